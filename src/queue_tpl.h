/*
 * Waiting in a queue: the straight way. The port's back end is asked once, without a time-out that
 * would have to be watched, and all that it finds is the caller's. Everything else goes the careful
 * way (queue_wait.c).
 *
 * Every back end that a port has includes this file behind its own half, so that the compiler joins
 * both; see io_tpl.h. Before it says:
 *
 *     OWN_QUEUE   its struct anysock_queue_backend
 */
#include "queue.h"

const struct anysock_queue_backend *const anysock_port_queue = &OWN_QUEUE;

/* Whether a wait of the back end may have met a wake and taken it back: known when this is
 * compiled, where the back end is. */
static bool was_woken(const struct anysock_queue *queue) {
    return OWN_QUEUE.sort_out == NULL && queue->woken;
}

int anysock_queue_wait(struct anysock_queue *queue, struct anysock_queue_event *events,
                       size_t capacity, int timeout_ms, size_t *count) {
    if (!are_there(queue, events) || count == NULL || capacity - 1 >= QUEUE_EVENTS_MAX ||
        !is_timeless(timeout_ms) || notes_of(queue) != 0 || !begin_to_wait(queue))
        return anysock_queue_wait_on(queue, events, capacity, timeout_ms, count);

    struct anysock_queue *volatile kept = queue;
    struct anysock_queue_event *volatile kept_events = events;
    volatile size_t kept_capacity = capacity;
    volatile int kept_timeout = timeout_ms;
    size_t *volatile kept_count = count;
    ptrdiff_t found = OWN_QUEUE.wait(queue, events, capacity, timeout_ms);
    queue = kept;
    if (found <= 0 || notes_of(queue) != 0 || was_woken(queue))
        return anysock_queue_wait_again(queue, kept_events, kept_capacity, kept_timeout, kept_count,
                                        found);
    *kept_count = (size_t)found;
    end_to_wait(queue);
    return ANYSOCK_OK;
}
