/*
 * The back end of queues on Windows: requests to the Ancillary Function Driver, whose answers come
 * to a completion port.
 *
 * A request is about one socket and is answered once: at once if there is something already. So a
 * level needs a new request after every event, which would cost as much as the event itself.
 * Therefore sockets that have just had something to tell are looked at together first, with one
 * call, and get a request of their own only when they have nothing and the wait is about to sleep.
 *
 * An answer that came before the wait may be out of date: who reads without waiting would be told
 * of data that it has. Such sockets are looked at again; what comes while a wait sleeps is true.
 *
 * Only the waiting thread makes requests. Others put a registration into the list and rouse it.
 */
#include "../queue.h"
#include "afd.h"

/* What the system has of a registration. */
enum stage {
    IDLE,     /* nothing: it is in the list, or there is nothing to ask for */
    ASKED,    /* a request, whose packet tells the answer */
    RETRACTED /* a request that is cancelled, since it asks for too little or nobody wants to know.
                 Its packet is still to come, and until then its memory is the system's; what it
                 says is out of date. */
};

/* What is wrong with a registration's socket. */
enum trouble {
    WELL,
    CLOSED, /* behind our back; its handle may be somebody else's, so it is not asked about again */
    BROKEN  /* the system refuses to answer, which its owner must hear */
};

struct afd_registration {
    struct anysock_registration core;
    struct afd_registration *next; /* in the list */
    struct anysock_afd_helper *helper;
    HANDLE base;
    IO_STATUS_BLOCK result;
    struct afd_question question;
    ULONG asked;     /* by the request */
    uint8_t stage;   /* enum stage */
    uint8_t trouble; /* enum trouble */
    uint8_t looks;   /* that are left until it is not expected to have something soon */
    bool listed;     /* perhaps since before it was removed */
};

struct afd_queue {
    struct anysock_queue core;
    struct anysock_afd afd;
    HANDLE port;
    HANDLE looker; /* a helper without port */

    /* Under the lock. */
    struct anysock_afd_helper *helpers;
    struct afd_registration *first, *last; /* the list of those to ask about */
    size_t listed;
    size_t outstanding; /* requests whose packet is still to come */
};

/* So often a socket that had something to tell is looked at before it gets a request. */
#define LOOKS 2
/* So many packets are taken at a time. */
#define BATCH 64
/* The key of the packets that rouse; requests have 0. */
#define ROUSED 1

static struct afd_queue *of(struct anysock_queue *queue) {
    return (struct afd_queue *)(void *)queue;
}

static struct afd_registration *member_of(struct anysock_registration *r) {
    return (struct afd_registration *)(void *)r;
}

/* ------------------------------------------------------------------------------------------- *
 * The life of the queue
 * ------------------------------------------------------------------------------------------- */

static int open_afd(struct anysock_queue *queue) {
    struct afd_queue *q = of(queue);
    if (anysock_afd_find(&q->afd) != 0)
        return -1;
    q->port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 1);
    if (q->port == NULL)
        return -1;
    if (anysock_afd_open(&q->afd, NULL, &q->looker) == 0)
        return 0;
    int error = WSAGetLastError();
    (void)CloseHandle(q->port);
    WSASetLastError(error);
    return -1;
}

/* Nobody is registered any more, so that every request has been cancelled. */
static void close_afd(struct anysock_queue *queue) {
    struct afd_queue *q = of(queue);
    while (q->outstanding > 0) {
        OVERLAPPED_ENTRY packets[BATCH];
        ULONG count = 0;
        if (!GetQueuedCompletionStatusEx(q->port, packets, BATCH, &count, INFINITE, FALSE))
            break;
        for (ULONG i = 0; i < count; i++)
            q->outstanding -= packets[i].lpCompletionKey != ROUSED;
    }
    anysock_afd_free_helpers(q->helpers);
    (void)CloseHandle(q->looker);
    (void)CloseHandle(q->port);
}

/* ------------------------------------------------------------------------------------------- *
 * The list of those to ask about. Who is removed stays in it until it is met.
 * ------------------------------------------------------------------------------------------- */

static void append(struct afd_queue *q, struct afd_registration *a) {
    if (a->listed)
        return;
    a->listed = true;
    a->next = NULL;
    if (q->first == NULL)
        q->first = a;
    else
        q->last->next = a;
    q->last = a;
    q->listed++;
}

static void prepend(struct afd_queue *q, struct afd_registration *a) {
    a->listed = true;
    a->next = q->first;
    if (q->first == NULL)
        q->last = a;
    q->first = a;
    q->listed++;
}

static struct afd_registration *take_first(struct afd_queue *q) {
    struct afd_registration *a = q->first;
    q->first = a->next;
    q->listed--;
    a->listed = false;
    return a;
}

/* ------------------------------------------------------------------------------------------- *
 * Questions and answers
 * ------------------------------------------------------------------------------------------- */

/* What has to be asked to learn of all that may be told. 0: nothing. */
static ULONG question_of(const struct anysock_registration *r) {
    unsigned wanted = r->watched;
    ULONG asked = 0;
    if ((wanted & ANYSOCK_READABLE) != 0)
        asked |= AFD_RECEIVE | AFD_ACCEPT | AFD_FINISHED;
    if ((wanted & ANYSOCK_PRIORITY) != 0)
        asked |= AFD_URGENT;
    if ((wanted & ANYSOCK_WRITABLE) != 0 && (r->state & ST_LISTENING) == 0)
        asked |= AFD_SEND;
    if ((wanted & ANYSOCK_PEER_CLOSED) != 0)
        asked |= AFD_FINISHED;
    if ((wanted & ANYSOCK_HANG_UP) != 0 && (r->state & ST_SHUT_WR) != 0)
        asked |= AFD_FINISHED; /* both ends together are a hang-up */
    if ((wanted & ANYSOCK_ERROR) != 0)
        asked |= AFD_ABORT | AFD_CONNECT_FAILED;
    return asked;
}

static unsigned found_in(ULONG events) {
    unsigned found = 0;
    if ((events & (AFD_RECEIVE | AFD_ACCEPT)) != 0)
        found |= ANYSOCK_READABLE;
    if ((events & AFD_URGENT) != 0)
        found |= ANYSOCK_PRIORITY;
    if ((events & AFD_SEND) != 0)
        found |= ANYSOCK_WRITABLE;
    if ((events & AFD_FINISHED) != 0)
        found |= ANYSOCK_READABLE | ANYSOCK_PEER_CLOSED;
    if ((events & (AFD_ABORT | AFD_CONNECT_FAILED)) != 0)
        found |= ANYSOCK_ERROR;
    return found;
}

/* Whether there is anything to ask about a registration that was in the list. */
static bool is_to_ask(const struct afd_registration *a) {
    return a->core.place == PLACE_WATCHED && a->stage == IDLE && a->trouble != CLOSED &&
           question_of(&a->core) != 0;
}

/* The events of a wait. */
struct answers {
    struct anysock_queue_event *events;
    size_t capacity, count;
};

static bool is_full(const struct answers *answers) {
    return answers->count == answers->capacity;
}

/* Tells what was found, for which there must be room. */
static bool tell(struct afd_queue *q, struct afd_registration *a, unsigned found,
                 struct answers *answers) {
    unsigned told = anysock_queue_tell(&a->core, found);
    if (told == 0)
        return false;
    answers->events[answers->count].events = told;
    answers->events[answers->count++].data = a->core.data;
    a->looks = LOOKS;
    append(q, a);
    return true;
}

/* Makes a request. Fails when there is no memory for it, and leaves the registration in the list;
 * other failures are the socket's own. */
static bool request(struct afd_queue *q, struct afd_registration *a) {
    a->asked = question_of(&a->core);
    a->question.sockets[0].handle = a->base;
    a->question.sockets[0].events = a->asked;
    NTSTATUS status = anysock_afd_ask(&q->afd, a->helper->handle, &a->question, &a->result, a);
    if (status >= 0) {
        a->stage = ASKED;
        a->core.busy = true;
        q->outstanding++;
        return true;
    }
    WSASetLastError((int)q->afd.to_error(status));
    if (!anysock_afd_is_shortage(status)) {
        a->trouble = BROKEN;
        return true;
    }
    append(q, a);
    return false;
}

/* Asks about one that was in the list, or tells what needs no asking. */
static bool attend(struct afd_queue *q, struct afd_registration *a, struct answers *answers) {
    if (!is_to_ask(a))
        return true;
    if (a->trouble == WELL && !request(q, a))
        return false;
    if (a->trouble == BROKEN && (is_full(answers) || !tell(q, a, ANYSOCK_INVALID, answers)))
        append(q, a);
    return true;
}

/* Its packet has come, and it is ours again. Returns what it found. */
static unsigned take_back(struct afd_queue *q, struct afd_registration *a) {
    bool current = a->stage == ASKED;
    a->stage = IDLE;
    a->core.busy = false;
    q->outstanding--;
    if (a->core.place == PLACE_FREE)
        anysock_queue_recycle(&q->core, &a->core);
    if (a->core.place != PLACE_WATCHED)
        return 0;
    /* Windows cancels requests whose thread ends: nothing was found. */
    if (!current || a->result.Status == AFD_CANCELLED || a->question.count == 0)
        return 0;
    if (a->result.Status < 0)
        a->trouble = BROKEN;
    else if ((a->question.sockets[0].events & AFD_CLOSED) != 0)
        a->trouble = CLOSED;
    else
        return found_in(a->question.sockets[0].events);
    return a->trouble == BROKEN ? ANYSOCK_INVALID : 0u;
}

/* ------------------------------------------------------------------------------------------- *
 * Waiting
 * ------------------------------------------------------------------------------------------- */

/* Takes the packets that came before the wait, and makes them questions again. Whether the queue
 * was roused. */
static bool catch_up(struct afd_queue *q) {
    OVERLAPPED_ENTRY packets[BATCH];
    ULONG count = q->outstanding > 0 || (notes_of(&q->core) & NOTE_ROUSED) != 0 ? BATCH : 0;
    bool roused = false;
    while (count == BATCH &&
           GetQueuedCompletionStatusEx(q->port, packets, BATCH, &count, 0, FALSE)) {
        for (ULONG i = 0; i < count; i++) {
            if (packets[i].lpCompletionKey == ROUSED) {
                roused = true;
                continue;
            }
            struct afd_registration *a = (void *)packets[i].lpOverlapped;
            (void)take_back(q, a);
            append(q, a);
        }
    }
    if (roused)
        anysock_queue_roused(&q->core);
    return roused;
}

/* Those at the head of the list that a look can be about, at most left of them. */
static size_t gather(struct afd_queue *q, struct afd_registration **group, size_t *left,
                     struct answers *answers) {
    size_t count = 0;
    for (; *left > 0 && count < AFD_MANY && !is_full(answers); (*left)--) {
        if (q->first->trouble == BROKEN && count > 0)
            break; /* not its turn yet */
        struct afd_registration *a = take_first(q);
        if (a->trouble == BROKEN)
            (void)attend(q, a, answers);
        else if (is_to_ask(a))
            group[count++] = a;
    }
    return count;
}

/* What a look has found of one. False if there is no room for it. */
static bool take_look(struct afd_queue *q, struct afd_registration *a, ULONG events,
                      struct answers *answers) {
    unsigned found = found_in(events);
    if (found != 0 && is_full(answers))
        return false;
    if ((events & AFD_CLOSED) != 0)
        a->trouble = CLOSED;
    if (found != 0 && tell(q, a, found, answers))
        return true;
    if (a->looks == 0) {
        (void)attend(q, a, answers);
        return true;
    }
    a->looks--;
    append(q, a);
    return true;
}

/* Looks at some together. */
static void look_at(struct afd_queue *q, struct afd_registration **group, size_t count,
                    struct answers *answers) {
    struct afd_questions questions;
    questions.count = (ULONG)count;
    for (size_t i = 0; i < count; i++) {
        questions.sockets[i].handle = group[i]->base;
        questions.sockets[i].events = question_of(&group[i]->core);
        questions.sockets[i].status = 0;
    }
    bool seen = anysock_afd_look(&q->afd, q->looker, &questions);
    size_t i = 0;
    for (ULONG at = 0; seen && i < count; i++) {
        ULONG events = 0;
        if (at < questions.count && questions.sockets[at].handle == group[i]->base)
            events = questions.sockets[at++].events;
        if (!take_look(q, group[i], events, answers))
            break;
    }
    /* Who did not get room comes first the next time. If the look failed, a request of their own
     * finds out for whom. */
    while (count > i) {
        count--;
        if (seen)
            prepend(q, group[count]);
        else
            (void)attend(q, group[count], answers);
    }
}

/* Looks at everybody in the list once, while there is room. One alone gets a request instead, which
 * costs no more. */
static void look_around(struct afd_queue *q, struct answers *answers) {
    size_t left = q->listed > 1 ? q->listed : 0;
    while (left > 0 && !is_full(answers)) {
        struct afd_registration *group[AFD_MANY];
        size_t count = gather(q, group, &left, answers);
        if (count > 0)
            look_at(q, group, count, answers);
    }
}

/* Everybody in the list gets a request, before a wait sleeps. */
static bool request_all(struct afd_queue *q, struct answers *answers) {
    for (size_t left = q->listed; left > 0; left--)
        if (!attend(q, take_first(q), answers))
            return false;
    return true;
}

/* What comes now is true: it is told at once. */
static ptrdiff_t sleep_for(struct afd_queue *q, struct answers *answers, int timeout_ms) {
    OVERLAPPED_ENTRY packets[BATCH];
    ULONG count = 0, most = answers->capacity < BATCH ? (ULONG)answers->capacity : BATCH;
    if (!GetQueuedCompletionStatusEx(q->port, packets, most, &count,
                                     timeout_ms >= 0 ? (DWORD)timeout_ms : INFINITE, FALSE))
        return WSAGetLastError() == WAIT_TIMEOUT ? 0 : -1;
    anysock_queue_lock(&q->core);
    for (ULONG i = 0; i < count; i++) {
        if (packets[i].lpCompletionKey == ROUSED) {
            anysock_queue_roused(&q->core);
            continue;
        }
        struct afd_registration *a = (void *)packets[i].lpOverlapped;
        unsigned found = take_back(q, a);
        if (found == 0 || !tell(q, a, found, answers))
            append(q, a);
    }
    anysock_queue_unlock(&q->core);
    return (ptrdiff_t)answers->count;
}

static ptrdiff_t wait_afd(struct anysock_queue *queue, struct anysock_queue_event *events,
                          size_t capacity, int timeout_ms) {
    struct afd_queue *q = of(queue);
    struct answers answers = {events, capacity, 0};
    bool enough = true;
    anysock_queue_lock(queue);
    if (catch_up(q))
        timeout_ms = 0;
    look_around(q, &answers);
    if (answers.count == 0)
        enough = request_all(q, &answers);
    anysock_queue_unlock(queue);
    if (answers.count > 0)
        return (ptrdiff_t)answers.count;
    return enough ? sleep_for(q, &answers, timeout_ms) : -1;
}

static void wake(struct anysock_queue *queue) {
    int error = WSAGetLastError();
    (void)PostQueuedCompletionStatus(of(queue)->port, 0, ROUSED, NULL);
    WSASetLastError(error);
}

/* ------------------------------------------------------------------------------------------- *
 * Watching
 * ------------------------------------------------------------------------------------------- */

static void ask_later(struct afd_queue *q, struct afd_registration *a) {
    append(q, a);
    if (somebody_waits(&q->core))
        anysock_queue_rouse(&q->core, 0);
}

/* Its packet will wake who sleeps. */
static void retract(struct afd_registration *a) {
    int error = WSAGetLastError();
    a->stage = RETRACTED;
    /* This is NtCancelIoFileEx, and what it calls OVERLAPPED begins with the result. It fails if
     * the answer has come already. */
    (void)CancelIoEx(a->helper->handle, (OVERLAPPED *)(void *)&a->result);
    WSASetLastError(error);
}

static int watch(struct anysock_queue *queue, struct anysock_registration *r) {
    struct afd_queue *q = of(queue);
    struct afd_registration *a = member_of(r);
    if (r->fresh && anysock_afd_base(raw(r->native), &a->base) != 0)
        return -1;
    /* It keeps its helper, since it is used again. */
    if (a->helper == NULL)
        a->helper = anysock_afd_find_helper(&q->afd, q->port, &q->helpers);
    if (a->helper == NULL)
        return -1;
    if (r->fresh) {
        r->fresh = false;
        a->trouble = WELL;
        a->looks = 0;
    }
    if (a->stage == IDLE)
        ask_later(q, a);
    return 0;
}

/* Whoever has a request that asks for all of it will hear of all of it: when the request was made
 * there was nothing. */
static int change(struct anysock_queue *queue, struct anysock_registration *r, bool rearmed) {
    struct afd_registration *a = member_of(r);
    (void)rearmed;
    if (a->stage == ASKED && (question_of(r) & ~a->asked) != 0)
        retract(a);
    if (a->stage == IDLE)
        ask_later(of(queue), a);
    return 0;
}

static void forget(struct anysock_queue *queue, struct anysock_registration *r) {
    (void)queue;
    int error = WSAGetLastError();
    if (member_of(r)->stage == ASKED)
        retract(member_of(r));
    WSASetLastError(error);
}

static const struct anysock_queue_backend afd_queue = {
    .name = "afd",
    .queue_size = sizeof(struct afd_queue),
    .registration_size = sizeof(struct afd_registration),
    .makes_edges = true,
    .open = open_afd,
    .close = close_afd,
    .watch = watch,
    .change = change,
    .forget = forget,
    .wait = wait_afd,
    .wake = wake,
};
#define OWN_QUEUE afd_queue
#include "../queue_tpl.h"
