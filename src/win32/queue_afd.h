/*
 * What the back end of queues on Windows is made of: registrations, and the requests that the
 * driver has about them (queue_request.c). Whom to ask when, and what to tell, is queue_afd.c's.
 */
#ifndef ANYSOCK_WIN32_QUEUE_AFD_H
#define ANYSOCK_WIN32_QUEUE_AFD_H

#include "../queue.h"
#include "afd.h"

/* What the system has of a registration. */
enum afd_stage {
    AFD_IDLE,      /* nothing: it is in the list, or there is nothing to ask for */
    AFD_OWN,       /* a request of its own, whose packet tells the answer */
    AFD_RETRACTED, /* the same, cancelled, since it asks for too little or nobody wants to know. Its
                      packet is still to come, and until then its memory is the system's. */
    AFD_SHARED     /* a request about many. It can leave that at any time, since the memory is a
                      helper's. */
};

/* What is wrong with a registration's socket. */
enum afd_trouble {
    AFD_WELL,
    AFD_GONE,  /* closed behind our back; its handle may be somebody else's, so that it is not
                  asked about again */
    AFD_BROKEN /* the system refuses to answer, which its owner must hear */
};

/* A question that the driver has, or had. */
struct afd_request {
    IO_STATUS_BLOCK result;
    struct afd_questions *questions;   /* an own request's have room for one only */
    struct afd_registration **members; /* whom it is about; null for those who have left */
    ULONG count, left;                 /* members, and how many of them have left */
    unsigned turn;                     /* the number of the wait that made it */
    bool shared;                       /* a helper's, about many; otherwise a registration's own */
    struct afd_helper *helper;         /* that it is made through */
    struct afd_request *next;          /* of the shared ones that nobody uses */
};

struct afd_registration {
    struct anysock_registration core;
    struct afd_registration *next; /* in the list */
    HANDLE base;
    struct afd_helper *helper;
    struct afd_request *request; /* that it is a member of */
    struct afd_request own;
    struct afd_question question;  /* of the own request */
    struct afd_registration *self; /* the own request's only member */
    ULONG asked;                   /* by the request */
    unsigned met;                  /* the wait in which it was last told of, or looked at in vain */
    uint16_t found;                /* by the request */
    uint8_t stage;                 /* enum afd_stage */
    uint8_t trouble;               /* enum afd_trouble */
    uint8_t looks;                 /* that are left until it counts as quiet */
    bool apart;                    /* not to be asked about together with others */
    bool listed;                   /* perhaps since before it was removed */
};

/* The driver takes a lock per helper, so the own requests of so many registrations are made through
 * one, as long as the queue lives. With it come shared requests for as many, twice as many as it
 * takes if each of these is full. */
#define AFD_USERS 32
struct afd_helper {
    struct afd_helper *next;
    HANDLE handle;
    unsigned users;
    struct {
        struct afd_request request;
        struct afd_questions questions;
        struct afd_registration *members[AFD_MANY];
    } shared[2 * AFD_USERS / AFD_MANY];
};

/* What a queue's requests are made with. */
struct afd_pool {
    struct anysock_afd afd;
    HANDLE port;
    struct afd_helper first;
    struct afd_helper *helpers; /* the last one comes first; all others are full */
    struct afd_request *idle;   /* shared ones that nobody uses */
};

/* Finds the driver, and opens a port and the first helper. The memory is zero. */
int anysock_afd_open_pool(struct afd_pool *pool);
void anysock_afd_close_pool(struct afd_pool *pool);
/* Gives a registration the helper that it keeps, since it is used again. False if it has none and
 * there is none to be had. */
bool anysock_afd_give_helper(struct afd_pool *pool, struct afd_registration *a);

/* What has to be asked to learn of all that may be told. 0: nothing. */
ULONG anysock_afd_question_of(const struct anysock_registration *r);
/* Asks about the members of a request, as anysock_afd_ask() does. If the answer is to come, they
 * belong to it until it is taken back; otherwise they stay idle. */
NTSTATUS anysock_afd_make(struct afd_request *request, const struct anysock_afd *afd);
/* It is ours again: its members are idle, and get what the answer says of them. */
void anysock_afd_take_back(struct afd_request *request);
/* Takes a registration out of its request, or cancels that. A packet comes then if nobody is left
 * in it. */
void anysock_afd_withdraw(struct afd_registration *a);

#endif /* ANYSOCK_WIN32_QUEUE_AFD_H */
