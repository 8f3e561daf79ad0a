/*
 * What a queue is made of: the core's half (queue.c, with queue_memory.c and queue_wait.c) and the
 * contract of its back ends, of which there is one in every port and a portable one (queue_poll.c).
 *
 * The core decides who is watched and for what, and knows what the system does not; a back end
 * watches.
 */
#ifndef ANYSOCK_QUEUE_H
#define ANYSOCK_QUEUE_H

#include "internal.h"

/* What can be wanted, and what comes unasked. */
#define QUEUE_CONDITIONS (BOTH | ANYSOCK_PRIORITY | ANYSOCK_PEER_CLOSED)
#define QUEUE_UNASKED (ANYSOCK_ERROR | ANYSOCK_HANG_UP)

/*
 * Where a registration is. A socket of which the library itself knows something to tell that the
 * system would not (an own shutdown, a stream that was never connected) is "odd": it is not with
 * the back end, but in a list of the core, and no wait really waits until it has been told.
 */
enum anysock_place {
    PLACE_FREE,    /* not in use, or removed while a wait may still hold it */
    PLACE_ODD,     /* in the core's list */
    PLACE_RESTING, /* everything was told: one-shot, or an edge behind which nothing can come */
    PLACE_WATCHED, /* with the back end */
    PLACE_USUAL    /* with it, too: an ordinary socket, by level, with the port's own back end; the
                      straight ways may change and remove it (queue_tpl.h) */
};

/* One socket of a queue. Back ends may lay it at the head of a larger struct of their own, whose
 * rest is zero at first and from then on theirs, also when the registration is used again. In the
 * list of free ones each is fresh and level, and nothing is known or told. */
struct anysock_registration {
    struct anysock_queue *queue;       /* the first: see queue_watcher(). Never changes: who is too
                                          late for a removed registration may still read it */
    struct anysock_registration *next; /* in the list of odd ones, of free ones or of limbo */
    struct anysock_registration *previous; /* in the list of odd ones */
    void *data;
    anysock_native native;
    uint32_t state;  /* of the socket, as it was when the core last looked */
    uint16_t wanted; /* of QUEUE_CONDITIONS */
    uint16_t told;   /* what is not to be reported now, since it was told as an edge */
    uint16_t known;  /* what the library knows by itself */
    uint8_t mode;    /* enum anysock_queue_mode */
    uint8_t place;   /* enum anysock_place */
    bool broken;     /* the system has told that the connection is; never if PLACE_USUAL */
    bool fresh;      /* of a socket that the back end has not seen yet; the back end clears it */
    bool busy;       /* the back end's: the system uses it, so that it must not be used again yet */
    bool marked;     /* the back end's own mark; false of free ones */
};

static inline bool is_watched(const struct anysock_registration *r) {
    return r->place >= PLACE_WATCHED;
}

/* What may be reported now. */
static inline unsigned watched_of(const struct anysock_registration *r) {
    return (r->wanted | (unsigned)QUEUE_UNASKED) & ~(unsigned)r->told;
}

struct anysock_queue_backend {
    const char *name;
    size_t queue_size, registration_size; /* of the structs that begin with the core's */
    /* Edges are made here: a condition that was told is watched again only after a call has met
     * "would block", which the core passes on by change(). */
    bool makes_edges;
    /* A wait looks at registrations that it has found before it took the lock. */
    bool looks_late;
    /* Of QUEUE_CONDITIONS, what the system cannot tell of: it is refused. */
    uint16_t lacks;

    /* Makes the back end's part of the queue; -1 for failure, as a port function. */
    int (*open)(struct anysock_queue *queue);
    void (*close)(struct anysock_queue *queue);

    /* The following three are called under the queue's lock, with a registration that is
     * PLACE_WATCHED; if it is PLACE_USUAL, what that says is so. */

    /* Begins to watch a registration for its watched conditions. */
    int (*watch)(struct anysock_queue *queue, struct anysock_registration *r);
    /* Something of a watched registration has changed, perhaps only its socket's state. rearmed:
     * what is there already has to be reported anew. */
    int (*change)(struct anysock_queue *queue, struct anysock_registration *r, bool rearmed);
    /* Stops watching; the error slot may be another one afterwards. If the system still uses the
     * registration it is busy, and the back end calls anysock_queue_recycle() later, if it is free
     * by then. */
    void (*forget)(struct anysock_queue *queue, struct anysock_registration *r);

    /* Waits without the lock, at most timeout_ms. The number of events, or -1, also for a signal
     * (ANYSOCK_EINTR); 0 may be too early. When it, or sort_out(), finds that wake() was called it
     * calls anysock_queue_roused(), after it has taken the signal back. */
    ptrdiff_t (*wait)(struct anysock_queue *queue, struct anysock_queue_event *events,
                      size_t capacity, int timeout_ms);
    /* Takes out of the events that wait() has found what is not the caller's, and returns how many
     * are left; asked for only if there are notes then. Null if wait() does it itself. */
    ptrdiff_t (*sort_out)(struct anysock_queue *queue, struct anysock_queue_event *events,
                          size_t count, size_t capacity);
    /* Makes wait() return. Once until anysock_queue_roused(); any thread, also a signal handler. */
    void (*wake)(struct anysock_queue *queue);
    /* For a foreign loop; null if there is none. */
    anysock_waitable (*native)(const struct anysock_queue *queue);
};

/* Why a wait must look at more than the back end's events. */
enum {
    NOTE_ROUSED = 1u << 0,  /* wake() was called, and its signal not yet taken back */
    NOTE_WOKEN = 1u << 1,   /* the user woke the queue */
    NOTE_ODD = 1u << 2,     /* there are odd registrations */
    NOTE_LIMBO = 1u << 3,   /* there are removed registrations to recycle */
    NOTE_BACKEND = 1u << 4, /* the back end's own */
    NOTE_OTHER = 1u << 5 /* for ever: the back end is not the port's, which the straight wait has */
};

struct anysock_queue {
    const struct anysock_watcher *watcher; /* the first: see queue_watcher() */
    const struct anysock_queue_backend *backend;
    _Atomic unsigned notes;
    atomic_bool waiting; /* a thread is in anysock_queue_wait() */
    bool woken;          /* belongs to that thread: a wake was taken back */
    bool roused;         /* belongs to that thread: a signal was, and may have taken all the room */
    bool odd_turn;       /* belongs to that thread: whose turn it is when there is room for one */

    /* The lock: who finds it taken goes to the gate. */
    _Atomic int lockers; /* how many have it or wait for it, less one: below 0 it is free */
    struct anysock_port_gate gate;

    /* Under the lock. */
    struct anysock_registration *odd, *last_odd;
    struct anysock_registration *free, *limbo;
    struct anysock_registration *other_free; /* where the back end is not the port's */
    unsigned in_limbo;
    struct chunk *chunks;
};

/* The lock: one atomic step when nobody else is there, and the gate otherwise. An ordinary mutex
 * would cost more than the rest of adding a socket. */
/* Who gets false stands in line, and has to go through the gate. */
static inline bool lock_at_once(struct anysock_queue *queue) {
    return atomic_fetch_add_explicit(&queue->lockers, 1, memory_order_acquire) + 1 == 0;
}

static inline void anysock_queue_lock(struct anysock_queue *queue) {
    if (!lock_at_once(queue))
        anysock_port_gate_wait(&queue->gate);
}

static inline void anysock_queue_unlock(struct anysock_queue *queue) {
    if (atomic_fetch_sub_explicit(&queue->lockers, 1, memory_order_release) - 1 >= 0)
        anysock_port_gate_let_one(&queue->gate);
}

static inline unsigned notes_of(struct anysock_queue *queue) {
    return atomic_load_explicit(&queue->notes, memory_order_relaxed);
}

static inline void anysock_queue_set_note(struct anysock_queue *queue, unsigned note) {
    atomic_fetch_or_explicit(&queue->notes, note, memory_order_relaxed);
}

static inline void anysock_queue_clear_note(struct anysock_queue *queue, unsigned note) {
    atomic_fetch_and_explicit(&queue->notes, ~note, memory_order_relaxed);
}

static inline bool somebody_waits(struct anysock_queue *queue) {
    return atomic_load_explicit(&queue->waiting, memory_order_acquire);
}

/* Adds notes and makes a waiting thread look at them. Any thread, also a signal handler. */
void anysock_queue_rouse(struct anysock_queue *queue, unsigned notes);
/* A back end has taken the signal of its wake() back. The waiting thread only. */
void anysock_queue_roused(struct anysock_queue *queue);
/* Makes what a system says of a watched registration what the user is told, and takes note of the
 * telling: 0 if there is nothing to tell. Under the lock; not needed where the system does both. */
unsigned anysock_queue_tell(struct anysock_registration *r, unsigned found);

/* Whether a socket is a connected stream, or one for datagrams that is not connected, and the
 * library knows nothing of it that the system does not. */
static inline bool is_ordinary(uint32_t state) {
    uint32_t bits = state & (PLAIN_STREAM | ST_LISTENING | ST_CONNECTING | ST_RESET | ST_FAILED |
                             ST_SHUT_RD | ST_SHUT_WR);
    return bits == PLAIN_STREAM || bits == ST_OPEN;
}

/* The question to the port about a registration, for who wants this. What the library knows need
 * not be asked, and only a stream has a peer that ends, when it is connected. That end and an own
 * one are a hang-up together. */
static inline struct anysock_port_item question_about(const struct anysock_registration *r,
                                                      unsigned wanted) {
    bool can_end = (r->state & ST_STREAM) != 0 && (r->state & (ST_CONNECTING | ST_CONNECTED)) != 0;
    wanted &= (unsigned)QUEUE_CONDITIONS & ~(unsigned)r->known;
    if (!can_end)
        wanted &= ~(unsigned)ANYSOCK_PEER_CLOSED;
    else if ((r->state & ST_SHUT_WR) != 0)
        wanted |= ANYSOCK_PEER_CLOSED;
    return ask_about(r->native, r->state, wanted);
}

/* The socket that a registration is of. */
static inline void set_registration(struct anysock *s, struct anysock_registration *r) {
    atomic_store_explicit((struct anysock_registration * _Atomic *)&s->registration_, r,
                          memory_order_release);
}

/* Under the lock, of a free registration. The state is looked at last: another thread that changes
 * it either finds the registration before, and waits for the lock, or has changed it already. Of
 * two steps on one word one is the later, and sees what the other thread wrote before. */
static inline void register_socket(struct anysock_registration *r, struct anysock *s,
                                   unsigned wanted, void *data) {
    set_registration(s, r);
    (void)atomic_fetch_or_explicit((_Atomic uint32_t *)&s->state_, 0, memory_order_acq_rel);
    r->state = state_of(s);
    r->data = data;
    r->native = s->native_;
    r->wanted = (uint16_t)wanted;
}

/* The careful ways of adding, changing and removing, beside queue_tpl.h's straight ones. "behind"
 * begins in the line for the lock, "under" with the lock, which it gives back; the arguments are
 * checked, but for what another thread may have changed before the lock. "rest" goes on with a
 * registration that has all but its state and its place, and is not watched for what is wanted. */
int anysock_queue_add_on(struct anysock_queue *queue, struct anysock *s, unsigned wanted,
                         enum anysock_queue_mode mode, void *data);
int anysock_queue_add_behind(struct anysock_queue *queue, struct anysock *s, unsigned wanted,
                             enum anysock_queue_mode mode, void *data);
int anysock_queue_add_under(struct anysock_queue *queue, struct anysock *s, unsigned wanted,
                            enum anysock_queue_mode mode, void *data);
int anysock_queue_add_rest(struct anysock_queue *queue, struct anysock *s);
int anysock_queue_modify_on(struct anysock_queue *queue, struct anysock *s, unsigned wanted,
                            enum anysock_queue_mode mode, void *data);
int anysock_queue_modify_behind(struct anysock_queue *queue, struct anysock *s, unsigned wanted,
                                enum anysock_queue_mode mode, void *data);
int anysock_queue_modify_under(struct anysock_queue *queue, struct anysock *s, unsigned wanted,
                               enum anysock_queue_mode mode, void *data);
int anysock_queue_modify_rest(struct anysock_queue *queue, struct anysock *s);
int anysock_queue_remove_on(struct anysock_queue *queue, struct anysock *s);
int anysock_queue_remove_behind(struct anysock_queue *queue, struct anysock *s);
int anysock_queue_remove_under(struct anysock_queue *queue, struct anysock *s);

/* More events at once than anybody uses, and no system minds. */
#define QUEUE_EVENTS_MAX 65536

/* One thread at a time: false if another one waits. */
static inline bool begin_to_wait(struct anysock_queue *queue) {
    return !atomic_exchange_explicit(&queue->waiting, true, memory_order_acq_rel);
}

static inline void end_to_wait(struct anysock_queue *queue) {
    atomic_store_explicit(&queue->waiting, false, memory_order_release);
}

/* The careful way of anysock_queue_wait(), beside queue_tpl.h's straight one; and its rest, by the
 * thread that has begun to wait: first is what the back end has found already, or -1. */
int anysock_queue_wait_on(struct anysock_queue *queue, struct anysock_queue_event *events,
                          size_t capacity, int timeout_ms, size_t *count);
int anysock_queue_wait_again(struct anysock_queue *queue, struct anysock_queue_event *events,
                             size_t capacity, int timeout_ms, size_t *count, ptrdiff_t first);

/* A registration cannot be watched any more, which its owner must hear. Under the lock. */
void anysock_queue_give_up(struct anysock_queue *queue, struct anysock_registration *r);

/* Between queue.c and queue_wait.c: puts a registration at the end of the odd ones, and takes it
 * from among them, wherever it is. Thousands may be odd. */
void anysock_queue_append_odd(struct anysock_queue *queue, struct anysock_registration *r);
void anysock_queue_unlink_odd(struct anysock_queue *queue, struct anysock_registration *r);

/* The memory of registrations (queue_memory.c), under the lock. A free registration, which the
 * caller takes to another place, or null if there is no memory. */
struct anysock_registration *anysock_queue_allocate(struct anysock_queue *queue);
/* Makes a registration free; at once, or when the wait that may still hold it has come back. */
void anysock_queue_recycle(struct anysock_queue *queue, struct anysock_registration *r);
/* No wait can hold a removed registration any more. */
void anysock_queue_empty_limbo(struct anysock_queue *queue);
bool anysock_queue_is_empty(const struct anysock_queue *queue);
void anysock_queue_free_registrations(struct anysock_queue *queue);

/* The port's back end, and the portable one, which takes over when the port's cannot be opened. */
extern const struct anysock_queue_backend *const anysock_port_queue;
extern const struct anysock_queue_backend anysock_poll_queue;

/* Whether the straight ways are for this queue. */
static inline bool has_port_backend(const struct anysock_queue *queue) {
    return queue->backend == anysock_port_queue;
}

#endif /* ANYSOCK_QUEUE_H */
