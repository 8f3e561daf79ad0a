/*
 * Who watches a socket: the event that it is bound to, the queue that it is registered with. What
 * the socket's other calls have to say to them goes through pointers, so that a program carries
 * neither events nor queues if it does not use them.
 */
#ifndef ANYSOCK_WATCHER_H
#define ANYSOCK_WATCHER_H

#include "state.h"

struct anysock_watcher {
    /* The state has changed in what can be told of it. Preserves the error slot. */
    void (*refresh)(struct anysock *s);
    /* A call met "would block": the condition that it waits for can come anew. Preserves the error
     * slot. Queues only. */
    void (*rearm)(struct anysock *s, unsigned condition);
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
static inline void refresh_watchers(struct anysock *s) {
    const struct anysock_watcher *watcher = queue_watcher(s);
    if (watcher != NULL)
        watcher->refresh(s);
    watcher = event_watcher(s);
    if (watcher != NULL)
        watcher->refresh(s);
}

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

#endif /* ANYSOCK_WATCHER_H */
