/*
 * The back end of queues on Linux: epoll, whose bits are ours. What it reports is the caller's
 * already, data included, so that it writes straight into the caller's array.
 *
 * Two kinds need another word. Of a connected datagram socket epoll reports an error and not that a
 * receive would return it; and of a one-shot registration nobody could say whether it was told
 * already, which decides whether the library tells what it knows of the socket. Both are in an
 * epoll of their own inside the other one, with their registration as data.
 */
#include <stddef.h>
#include <sys/epoll.h>

#include "../queue.h"
#include "port.h"

/* Of two enums, hence the sums. */
_Static_assert(EPOLLIN + 0 == ANYSOCK_READABLE + 0 && EPOLLPRI + 0 == ANYSOCK_PRIORITY + 0, "");
_Static_assert(EPOLLOUT + 0 == ANYSOCK_WRITABLE + 0 && EPOLLERR + 0 == ANYSOCK_ERROR + 0, "");
_Static_assert(EPOLLHUP + 0 == ANYSOCK_HANG_UP + 0 && EPOLLRDHUP + 0 == ANYSOCK_PEER_CLOSED + 0,
               "");

/* Where the two structs are laid out alike: x86. */
#define LAID_OUT_ALIKE                                                                             \
    (sizeof(struct epoll_event) == sizeof(struct anysock_queue_event) &&                           \
     offsetof(struct epoll_event, events) == offsetof(struct anysock_queue_event, events) &&       \
     offsetof(struct epoll_event, data) == offsetof(struct anysock_queue_event, data))

/* Elsewhere, and from the inner epoll, so many are taken at a time. */
#define BATCH 64

/* Of functions that are seldom called: inside the others these would save registers for them. */
#define APART __attribute__((noinline, cold))

struct epoll_queue {
    struct anysock_queue core;
    int epoll;
    int inner; /* -1 until somebody needs it */
    struct anysock_port_waker waker;
};

static struct epoll_queue *of(struct anysock_queue *queue) {
    return (struct epoll_queue *)(void *)queue;
}

/* What an event of one of our own descriptors carries: an address that nobody else has. */
static int control(int epoll, int action, int fd, uint32_t bits, void *data) {
    struct epoll_event event;
    event.events = bits;
    event.data.u64 = 0; /* all of it, where pointers are shorter */
    event.data.ptr = data;
    return epoll_ctl(epoll, action, fd, &event);
}

static void close_epoll(struct anysock_queue *queue) {
    struct epoll_queue *q = of(queue);
    if (q->inner >= 0)
        anysock_port_close(q->inner);
    anysock_port_waker_close(&q->waker);
    anysock_port_close(q->epoll);
}

static int open_epoll(struct anysock_queue *queue) {
    struct epoll_queue *q = of(queue);
    q->inner = -1;
    q->epoll = epoll_create1(EPOLL_CLOEXEC);
    if (q->epoll < 0)
        return -1;
    if (anysock_port_waker_open(&q->waker) != 0) {
        anysock_port_close(q->epoll);
        return -1;
    }
    if (control(q->epoll, EPOLL_CTL_ADD, q->waker.readable, EPOLLIN, &q->waker) == 0)
        return 0;
    close_epoll(queue);
    return -1;
}

/* ------------------------------------------------------------------------------------------- */

/* The inner epoll, made when it is needed first. From then on every wait looks whether it is among
 * the events. */
static int inner_of(struct epoll_queue *q) {
    if (q->inner >= 0)
        return q->inner;
    int epoll = epoll_create1(EPOLL_CLOEXEC);
    if (epoll < 0)
        return -1;
    anysock_queue_set_note(&q->core, NOTE_BACKEND);
    if (control(q->epoll, EPOLL_CTL_ADD, epoll, EPOLLIN, &q->inner) != 0) {
        anysock_port_close(epoll);
        return -1;
    }
    return q->inner = epoll;
}

/* Never if it is PLACE_USUAL. */
static bool is_inner(const struct anysock_registration *r) {
    return r->mode == ANYSOCK_QUEUE_ONE_SHOT ||
           (!is_ordinary(r->state) && (r->state & (ST_STREAM | ST_CONNECTED)) == ST_CONNECTED);
}

/* One-shots are taken out when they are told. */
static inline int put(int epoll, int action, const struct anysock_registration *r, void *data) {
    if (r->place == PLACE_USUAL)
        return control(epoll, action, r->native, r->wanted, data);
    uint32_t bits = watched_of(r) & (uint32_t)QUEUE_CONDITIONS;
    if (r->mode == ANYSOCK_QUEUE_EDGE)
        bits |= EPOLLET;
    return control(epoll, action, r->native, bits, data);
}

/* The mark of a registration says that the inner epoll has it. */
static APART int watch_inner(struct anysock_queue *queue, struct anysock_registration *r) {
    int epoll = inner_of(of(queue));
    if (epoll < 0)
        return -1;
    if (put(epoll, EPOLL_CTL_ADD, r, r) != 0)
        return -1;
    r->marked = true;
    return 0;
}

static inline int watch(struct anysock_queue *queue, struct anysock_registration *r) {
    if (r->place != PLACE_USUAL && is_inner(r))
        return watch_inner(queue, r);
    return put(of(queue)->epoll, EPOLL_CTL_ADD, r, r->data);
}

/* It is gone already if somebody else has closed it, which is no failure of ours. */
static inline void take_out(int epoll, const struct anysock_registration *r) {
    struct epoll_event ignored; /* kernels before 2.6.9 want one */
    (void)epoll_ctl(epoll, EPOLL_CTL_DEL, r->native, &ignored);
}

static APART void forget_inside(struct anysock_queue *queue, struct anysock_registration *r) {
    take_out(of(queue)->inner, r);
    r->marked = false;
}

static inline void forget(struct anysock_queue *queue, struct anysock_registration *r) {
    if (r->place != PLACE_USUAL && r->marked)
        forget_inside(queue, r);
    else
        take_out(of(queue)->epoll, r);
}

/* From one epoll to the other, if need be. */
static APART int change_unusual(struct anysock_queue *queue, struct anysock_registration *r,
                                bool rearmed) {
    bool inside = r->marked;
    if (inside != is_inner(r)) {
        forget(queue, r);
        return watch(queue, r);
    }
    if (!rearmed)
        return 0;
    return put(inside ? of(queue)->inner : of(queue)->epoll, EPOLL_CTL_MOD, r,
               inside ? r : r->data);
}

static inline int change(struct anysock_queue *queue, struct anysock_registration *r,
                         bool rearmed) {
    if (r->place == PLACE_USUAL)
        return put(of(queue)->epoll, EPOLL_CTL_MOD, r, r->data);
    return change_unusual(queue, r, rearmed);
}

/* ------------------------------------------------------------------------------------------- */

/* Moves the events of the inner epoll to the caller's. Under the lock, so that no registration is
 * removed between the look and the telling. */
static size_t tell_inner(struct anysock_queue *queue, struct anysock_queue_event *events,
                         size_t capacity) {
    struct epoll_event found[BATCH];
    size_t told = 0;
    anysock_queue_lock(queue);
    int count = epoll_wait(of(queue)->inner, found, (int)(capacity < BATCH ? capacity : BATCH), 0);
    for (int i = 0; i < count; i++) {
        struct anysock_registration *r = found[i].data.ptr;
        unsigned bits = anysock_queue_tell(r, found[i].events);
        if (bits == 0)
            continue;
        events[told].events = bits;
        events[told++].data = r->data;
        if (r->place == PLACE_RESTING)
            forget(queue, r);
    }
    anysock_queue_unlock(queue);
    return told;
}

/* Takes our own descriptors out of the events. What rouses a wait leaves a note first, so that
 * without one there are none. */
static ptrdiff_t sort_out(struct anysock_queue *queue, struct anysock_queue_event *events,
                          size_t count, size_t capacity) {
    struct epoll_queue *q = of(queue);
    bool inner = false;
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        const void *data = events[i].data;
        if (data == &q->waker) {
            anysock_port_waker_drain(&q->waker);
            anysock_queue_roused(queue);
        } else if (data == &q->inner) {
            inner = true;
        } else {
            events[kept++] = events[i];
        }
    }
    if (inner && kept < capacity)
        kept += tell_inner(queue, events + kept, capacity - kept);
    return (ptrdiff_t)kept;
}

/* By way of a struct of the system's. */
static int fetch(int epoll, struct anysock_queue_event *events, size_t capacity, int timeout_ms) {
    struct epoll_event found[BATCH];
    int count = epoll_wait(epoll, found, (int)(capacity < BATCH ? capacity : BATCH), timeout_ms);
    for (int i = 0; i < count; i++) {
        events[i].events = found[i].events;
        events[i].data = found[i].data.ptr;
    }
    return count;
}

static ptrdiff_t wait_epoll(struct anysock_queue *queue, struct anysock_queue_event *events,
                            size_t capacity, int timeout_ms) {
    int epoll = of(queue)->epoll;
    return LAID_OUT_ALIKE
               ? epoll_wait(epoll, (struct epoll_event *)(void *)events, (int)capacity, timeout_ms)
               : fetch(epoll, events, capacity, timeout_ms);
}

static void wake(struct anysock_queue *queue) {
    anysock_port_waker_signal(&of(queue)->waker);
}

static anysock_waitable native(const struct anysock_queue *queue) {
    return ((const struct epoll_queue *)(const void *)queue)->epoll;
}

static const struct anysock_queue_backend epoll_queue = {
    .name = "epoll",
    .queue_size = sizeof(struct epoll_queue),
    .registration_size = sizeof(struct anysock_registration),
    .open = open_epoll,
    .close = close_epoll,
    .watch = watch,
    .change = change,
    .forget = forget,
    .wait = wait_epoll,
    .sort_out = sort_out,
    .wake = wake,
    .native = native,
};

#define OWN_QUEUE epoll_queue
#include "../queue_tpl.h"
