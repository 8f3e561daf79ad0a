/*
 * What calls reach through pointers in the socket: events, queues, the end of a pending connect.
 * Who makes use of one of these leaves the pointer there, so that other programs do not carry it.
 */
#ifndef ANYSOCK_LINKS_H
#define ANYSOCK_LINKS_H

#include "state.h"

struct anysock_deadline; /* internal.h */

/*
 * Who watches a socket: the event that it is bound to, the queue that it is registered with. What
 * the socket's other calls have to say to them goes through these.
 */
struct anysock_watcher {
    /* The state has changed in what can be told of it. Preserves the error slot. */
    void (*refresh)(struct anysock *s);
    /* A call met "would block": the condition that it waits for can come anew. Preserves the error
     * slot. Queues only. */
    void (*rearm)(struct anysock *s, unsigned condition);
    /* Whether the system has told it of a reset. Preserves the error slot. */
    bool (*saw_reset)(struct anysock *s);
    /* Forgets a socket that is about to be closed or released. Preserves the error slot. */
    void (*detach)(struct anysock *s);
};

/* Other threads may add the socket to a queue and remove it at any time. As with the state, a cast
 * stands for the _Atomic that the header cannot have. */
static inline struct anysock_registration *registration_of(const struct anysock *s) {
    return atomic_load_explicit((struct anysock_registration *const _Atomic *)&s->registration_,
                                memory_order_acquire);
}

/* An event begins with its watcher; a registration with its queue, which begins with it. Null if
 * there is none. */
static inline const struct anysock_watcher *event_watcher(const struct anysock *s) {
    return s->event_ != NULL ? *(const struct anysock_watcher *const *)(const void *)s->event_
                             : NULL;
}

static inline const struct anysock_watcher *queue_watcher(const struct anysock *s) {
    const void *registration = registration_of(s);
    return registration != NULL ? **(const struct anysock_watcher *const *const *)registration
                                : NULL;
}

/* To be called whenever the state has changed in what can be told of it, so that whoever waits for
 * the socket hears of it. */
void anysock_refresh_watchers(struct anysock *s);

/* Whether what the system found of a socket in this state says that its connection is broken.
 * Before there is one, the error is the connect's. And an error alone may be no more than something
 * in Linux' queue of errors. */
static inline bool is_broken(uint32_t state, unsigned found) {
    const uint32_t connection = ST_STREAM | ST_CONNECTED;
    const unsigned broken = ANYSOCK_ERROR | ANYSOCK_HANG_UP;
    return (state & connection) == connection && (found & broken) == broken;
}

/* A connected stream was found to be broken. Once seen, for ever. How: a look has met it
 * (ST_UNTOLD), or a call has failed for it, with the system's time-out (ST_EXPIRED) or another
 * error (0). */
void anysock_note_reset(struct anysock *s, uint32_t how);
/* Whether anybody has seen a reset of the connection, also somebody who does not know the socket,
 * which may have moved: a watcher. */
bool anysock_was_reset(struct anysock *s);

/* Here, since every close comes by. */
static inline void detach_watchers(struct anysock *s) {
    const struct anysock_watcher *watcher = queue_watcher(s);
    if (watcher != NULL)
        watcher->detach(s);
    watcher = event_watcher(s);
    if (watcher != NULL)
        watcher->detach(s);
}

/* Only a queue that makes edges itself wants to hear of it, and says so in the state. */
static inline void rearm_edge(struct anysock *s, unsigned condition) {
    if ((state_of(s) & ST_EDGE) == 0)
        return;
    const struct anysock_watcher *watcher = queue_watcher(s);
    if (watcher != NULL)
        watcher->rearm(s, condition);
}

/*
 * How a pending connect ends. Any call may meet one, but only anysock_connect() leaves one behind,
 * and with it the pointer to this. The pointer stays until the socket is closed, since several
 * threads may end the same connect at once.
 */
struct anysock_connector {
    /* Settles it if its result is there: ANYSOCK_OK, ANYSOCK_EINPROGRESS, its error. */
    int (*finish)(struct anysock *s);
    /* The same, waiting until the deadline; ANYSOCK_ETIMEDOUT leaves the connect pending. */
    int (*await)(struct anysock *s, const struct anysock_deadline *deadline);
};

/* The state, after a look whether a pending connect has ended. */
static inline uint32_t refresh_role(struct anysock *s) {
    if ((state_of(s) & ST_CONNECTING) != 0)
        (void)s->connector_->finish(s);
    return state_of(s);
}

#endif /* ANYSOCK_LINKS_H */
