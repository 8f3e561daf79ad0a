/*
 * The portable back end of queues: every wait asks the port's poll about every socket. It needs
 * nothing that a port does not have anyway, and costs as much as there are sockets.
 */
#include <stdlib.h>

#include "queue.h"

struct poll_registration {
    struct anysock_registration core;
    size_t index; /* of it among the members, while it is watched */
    bool muted;   /* the last answer had nothing to tell, and would come again at once */
};

struct poll_queue {
    struct anysock_queue core;
    struct anysock_port_waker waker;
    _Atomic unsigned polling;          /* enum polling */
    struct anysock_port_gate returned; /* lets through who has awaited the port's poll */

    /* Under the lock: all that are watched. */
    struct poll_registration **members;
    size_t count, capacity;

    /* The waiting thread's: the question, and for whom. The first item is the waker. */
    struct anysock_port_item *items;
    struct poll_registration **asked;
    size_t asked_capacity;
    size_t first; /* the member that the next wait begins with, so that all get their turn */
};

/* What the waiting thread does outside of the lock. Others look at it under the lock. */
enum polling {
    NOT_POLLING,
    POLLING, /* it asks the port's poll, or is about to */
    AWAITED  /* the same; another thread, which has the lock, waits at the gate for the end */
};

/* How long a muted socket is left out. */
#define MUTE_MS 20

static struct poll_queue *of(struct anysock_queue *queue) {
    return (struct poll_queue *)(void *)queue;
}

static struct poll_registration *member_of(struct anysock_registration *r) {
    return (struct poll_registration *)(void *)r;
}

static int no_memory(void) {
    anysock_port_set_native_error(anysock_port_traits.no_memory);
    return -1;
}

static int open_poll(struct anysock_queue *queue) {
    struct poll_queue *q = of(queue);
    if (anysock_port_gate_open(&q->returned) != 0)
        return -1;
    if (anysock_port_waker_open(&q->waker) == 0)
        return 0;
    anysock_port_gate_close(&q->returned);
    return -1;
}

static void close_poll(struct anysock_queue *queue) {
    struct poll_queue *q = of(queue);
    anysock_port_waker_close(&q->waker);
    anysock_port_gate_close(&q->returned);
    free(q->members);
    free(q->items);
    free(q->asked);
}

/* A wait that has begun asks about others. */
static void ask_anew(struct anysock_queue *queue) {
    if (somebody_waits(queue))
        anysock_queue_rouse(queue, 0);
}

static int watch(struct anysock_queue *queue, struct anysock_registration *r) {
    struct poll_queue *q = of(queue);
    if (q->count == q->capacity) {
        size_t capacity = q->capacity > 0 ? 2 * q->capacity : 16;
        void *members = realloc(q->members, capacity * sizeof(struct poll_registration *));
        if (members == NULL)
            return no_memory();
        q->members = members;
        q->capacity = capacity;
    }
    member_of(r)->index = q->count;
    member_of(r)->muted = false;
    q->members[q->count++] = member_of(r);
    ask_anew(queue);
    return 0;
}

static int change(struct anysock_queue *queue, struct anysock_registration *r, bool rearmed) {
    (void)rearmed; /* every wait looks anyway */
    member_of(r)->muted = false;
    ask_anew(queue);
    return 0;
}

/* The last one takes the place. */
static void drop(struct poll_queue *q, struct poll_registration *r) {
    struct poll_registration *last = q->members[--q->count];
    q->members[r->index] = last;
    last->index = r->index;
}

/*
 * Makes a poll that has begun return, and waits until it has. Nobody must ask about a socket that
 * leaves: its owner may close it next, and its number may be somebody else's soon. Besides, some
 * systems do not really close a socket that is being polled: a listener would keep its port.
 *
 * Wine's server even dies of it, and all programs with it, whose exit status is 0 then. There
 * socket() makes a handle first, and the socket behind it in a second step. A poll that comes in
 * between with that number fails an assertion in set_fd_events(); seen with Wine 8.
 */
static void end_poll(struct poll_queue *q) {
    unsigned polling = POLLING;
    if (!atomic_compare_exchange_strong_explicit(&q->polling, &polling, AWAITED,
                                                 memory_order_acq_rel, memory_order_relaxed))
        return;
    anysock_queue_rouse(&q->core, 0); /* only who has returned takes the signal back */
    anysock_port_gate_wait(&q->returned);
}

static void forget(struct anysock_queue *queue, struct anysock_registration *r) {
    drop(of(queue), member_of(r));
    end_poll(of(queue));
}

/* The waiting thread's memory for a question about all members. */
static bool make_room(struct poll_queue *q) {
    if (q->asked_capacity > q->count)
        return true;
    size_t capacity = q->capacity + 1;
    void *items = realloc(q->items, capacity * sizeof *q->items);
    if (items == NULL)
        return false;
    q->items = items;
    void *asked = realloc(q->asked, capacity * sizeof(struct poll_registration *));
    if (asked == NULL)
        return false;
    q->asked = asked;
    q->asked_capacity = capacity;
    return true;
}

/*
 * Prepares the question; returns how many items it has. Two kinds are left out, whose answer would
 * come at once and tell nothing: those whose error or hang-up was told as an edge, and for a moment
 * those that just gave such an answer: the end of a connect, to who does not want to write, and on
 * some systems data, to who wants to hear of the end behind them. (A wait that only looks does not
 * spin, and asks about all.)
 */
static size_t ask(struct poll_queue *q, int *timeout_ms) {
    q->items[0] = (struct anysock_port_item){q->waker.readable, ANYSOCK_READABLE, 0};
    size_t asked = 1, first = q->count > 0 ? q->first % q->count : 0;
    for (size_t i = 0; i < q->count; i++) {
        struct poll_registration *r = q->members[(first + i) % q->count];
        bool muted = r->muted && *timeout_ms != 0;
        r->muted = false;
        if (muted && (*timeout_ms < 0 || *timeout_ms > MUTE_MS))
            *timeout_ms = MUTE_MS;
        if (muted || (r->core.told & QUEUE_UNASKED) != 0)
            continue;
        q->items[asked] = question_about(&r->core, watched_of(&r->core));
        q->asked[asked++] = r;
    }
    return asked;
}

/* Hands the answers out. Who was removed meanwhile is in limbo, and is not told. */
static size_t answer(struct poll_queue *q, size_t asked, struct anysock_queue_event *events,
                     size_t capacity) {
    size_t told = 0, i = 1;
    for (; i < asked && told < capacity; i++) {
        struct poll_registration *r = q->asked[i];
        unsigned found = anysock_queue_tell(&r->core, q->items[i].events);
        if (found == 0) {
            r->muted = q->items[i].events != 0;
            continue;
        }
        events[told].events = found;
        events[told++].data = r->core.data;
        if (r->core.place == PLACE_RESTING)
            drop(q, r);
    }
    if (i < asked)
        q->first = q->asked[i]->index; /* there was no room for it: the next wait begins with it */
    return told;
}

/* The port's poll, which other threads can await. */
static int poll_asked(struct poll_queue *q, size_t asked, int timeout_ms) {
    int found = anysock_port_poll_many(q->items, asked, timeout_ms);
    if (atomic_exchange_explicit(&q->polling, NOT_POLLING, memory_order_acq_rel) == AWAITED)
        anysock_port_gate_let_one(&q->returned);
    return found;
}

static ptrdiff_t wait_poll(struct anysock_queue *queue, struct anysock_queue_event *events,
                           size_t capacity, int timeout_ms) {
    struct poll_queue *q = of(queue);
    anysock_queue_lock(queue);
    size_t asked = make_room(q) ? ask(q, &timeout_ms) : 0;
    if (asked > 0)
        atomic_store_explicit(&q->polling, POLLING, memory_order_relaxed);
    anysock_queue_unlock(queue);
    if (asked == 0)
        return no_memory();

    int found = poll_asked(q, asked, timeout_ms);
    if (found <= 0)
        return found;
    if (q->items[0].events != 0) {
        anysock_port_waker_drain(&q->waker);
        anysock_queue_roused(queue);
    }
    anysock_queue_lock(queue);
    size_t told = answer(q, asked, events, capacity);
    anysock_queue_unlock(queue);
    return (ptrdiff_t)told;
}

static void wake(struct anysock_queue *queue) {
    anysock_port_waker_signal(&of(queue)->waker);
}

const struct anysock_queue_backend anysock_poll_queue = {
    .name = "poll",
    .queue_size = sizeof(struct poll_queue),
    .registration_size = sizeof(struct poll_registration),
    .makes_edges = true,
    .looks_late = true,
    .open = open_poll,
    .close = close_poll,
    .watch = watch,
    .change = change,
    .forget = forget,
    .wait = wait_poll,
    .wake = wake,
};
