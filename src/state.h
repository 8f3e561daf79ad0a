/*
 * The state of a socket: the bits, what follows from them for the straight ways of the calls, and
 * how threads share both.
 */
#ifndef ANYSOCK_STATE_H
#define ANYSOCK_STATE_H

#include <stdatomic.h>

#define ANYSOCK_OUT_OF_LINE /* here are the functions themselves */
#include "anysock.h"

/* The conditions that can be waited for. */
#define BOTH (ANYSOCK_READABLE | ANYSOCK_WRITABLE)

/* The bits of struct anysock's state_. */
enum {
    /* The mode machine's bits: only mode.c writes them. They are the lowest, so that its table,
     * which every program carries, is one of bytes. */
    ST_NONBLOCK = 1u << 0,        /* logical mode: what the caller asked for */
    ST_KERNEL_NONBLOCK = 1u << 1, /* kernel mode: what we made of the descriptor */
    ST_KERNEL_FOREIGN = 1u << 2,  /* somebody else has changed the kernel mode: theirs now */
    ST_EVENT = 1u << 3,           /* an event is bound */
    ST_TIMED = 1u << 4,           /* a time-out is set */

    ST_OPEN = 1u << 5,
    ST_STREAM = 1u << 6, /* else datagram */
    ST_INET6 = 1u << 7,  /* else IPv4 */
    ST_BOUND = 1u << 8,

    /* The role of a stream; none of them: fresh. */
    ST_LISTENING = 1u << 9,
    ST_CONNECTING = 1u << 10,
    ST_CONNECTED = 1u << 11,
    ST_FAILED = 1u << 12,

    ST_SHUT_RD = 1u << 13, /* own shutdown */
    ST_SHUT_WR = 1u << 14,
    ST_RESET = 1u << 15,   /* some call saw a reset: sticky */
    ST_LINGERS = 1u << 16, /* made elsewhere, and its close would wait for unsent data */
    ST_EDGE = 1u << 17,    /* in a queue that wants to hear of every "would block" */
    ST_UNTOLD = 1u << 18,  /* beside ST_RESET: it was only looked at, no call has failed for it */
    ST_EXPIRED = 1u << 19  /* beside ST_RESET: it was a time-out of the system's */
};

/*
 * The state word is shared by the threads that send and receive on one socket, so every access
 * is atomic. Reading orders nothing: relaxed. The header is also C99 and C++, which have no
 * _Atomic, hence the cast; the object representation is the same on every compiler we know.
 */
static inline uint32_t state_of(const struct anysock *s) {
    return atomic_load_explicit((const _Atomic uint32_t *)&s->state_, memory_order_relaxed);
}

/* Clears some bits of the mode and sets others, in one step. It acquires, since whoever adds the
 * socket to a queue relies on being seen afterwards (register_socket() in queue.h), and releases
 * what was kept of a connect that failed. */
static inline void change_mode(struct anysock *s, uint32_t clear, uint32_t set) {
    _Atomic uint32_t *state = (_Atomic uint32_t *)&s->state_;
    uint32_t now = atomic_load_explicit(state, memory_order_relaxed);
    while (!atomic_compare_exchange_weak_explicit(state, &now, (now & ~clear) | set,
                                                  memory_order_acq_rel, memory_order_relaxed)) {
        /* Another thread was faster; now holds what it wrote. */
    }
}

/*
 * Beside the state stands what follows from it for the calls that have no time to look at every
 * bit: plain_[way] is 1 if the state is plain for calls of that kind, and "flags < plain" then asks
 * about the state and about flags in one comparison. 0 means "look closer", at the state itself.
 *
 * That makes it simple among threads. Any call may lower a 1 to 0, after it has changed the state;
 * only the calls that want the other threads out raise it (anysock_plain_raise()). So a 1 is never
 * older than the state, and nobody needs to write the two in one step.
 */
enum plain_way {
    PLAIN_SEND,
    PLAIN_RECV,
    PLAIN_SEND_TO, /* IPv4 only */
    PLAIN_RECV_FROM,
    PLAIN_WAIT, /* here it is not 1 but BOTH */
    PLAIN_WAYS
};

/* 1 (BOTH), or 0. */
static inline unsigned plain_to(const struct anysock *s, enum plain_way way) {
    return atomic_load_explicit((const _Atomic unsigned char *)&s->plain_[way],
                                memory_order_relaxed);
}

/* What the state of a plain socket is, and which bits of it matter, for each kind of call. */
#define PLAIN_STREAM (ST_OPEN | ST_STREAM | ST_CONNECTED)
#define SENDING (PLAIN_STREAM | ST_TIMED | ST_EDGE | ST_RESET | ST_SHUT_WR)
#define RECEIVING (PLAIN_STREAM | ST_TIMED | ST_EDGE | ST_RESET | ST_SHUT_RD)
#define PLAIN_DATAGRAM (ST_OPEN | ST_BOUND)
#define SENDING_TO (PLAIN_DATAGRAM | ST_STREAM | ST_CONNECTED | ST_TIMED | ST_EDGE | ST_SHUT_WR)
#define RECEIVING_FROM (PLAIN_DATAGRAM | ST_STREAM | ST_CONNECTED | ST_TIMED | ST_EDGE | ST_SHUT_RD)
#define PLAIN_LISTENER (ST_OPEN | ST_LISTENING)
#define ACCEPTING (PLAIN_LISTENER | ST_TIMED | ST_EDGE)
/* For waiting: nothing is known of such a socket that the system would not say. */
#define QUIET (ST_OPEN | ST_CONNECTED)
#define QUIET_MASK                                                                                 \
    (QUIET | ST_LISTENING | ST_CONNECTING | ST_FAILED | ST_SHUT_RD | ST_SHUT_WR | ST_RESET)

/* Whether the bits that matter are as wanted and there are no flags: one comparison. */
static inline bool is_plain(const struct anysock *s, uint32_t mask, uint32_t wanted,
                            unsigned flags) {
    return (((state_of(s) & mask) ^ wanted) | flags) == 0;
}

/* Whether neither pointer is null, in one test: if no bit is in both, one may be, and the careful
 * way looks closer. */
static inline bool are_there(const void *a, const void *b) {
    return ((uintptr_t)a & (uintptr_t)b) != 0;
}

/* plain.c: writes 0 where the state is not plain any more; raise also 1 where it is. */
void anysock_plain_lower(struct anysock *s);
void anysock_plain_raise(struct anysock *s);

/* Clears some bits of the state and sets others in one step. */
static inline void change_state(struct anysock *s, uint32_t clear, uint32_t set) {
    change_mode(s, clear, set);
    /* BOUND alone makes no call less plain; the compiler sees which bits are meant. */
    if ((clear | (set & ~(uint32_t)ST_BOUND)) != 0)
        anysock_plain_lower(s);
}

static inline bool is_stream(const struct anysock *s) {
    return (state_of(s) & ST_STREAM) != 0;
}

static inline enum anysock_family family_of(const struct anysock *s) {
    return (state_of(s) & ST_INET6) != 0 ? ANYSOCK_INET6 : ANYSOCK_INET;
}

#endif /* ANYSOCK_STATE_H */
