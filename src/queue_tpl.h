/*
 * Queues: the straight ways. An ordinary socket (is_ordinary()), watched by level, is handed to the
 * port's back end. A wait without a time-out that would have to be watched asks that back end once,
 * and all that it finds is the caller's. Everything else goes the careful ways (queue.c,
 * queue_wait.c).
 *
 * Every back end that a port has includes this file behind its own half, so that the compiler joins
 * both; see io_tpl.h. Before it says:
 *
 *     OWN_QUEUE   its struct anysock_queue_backend
 */
#include "queue.h"

const struct anysock_queue_backend *const anysock_port_queue = &OWN_QUEUE;

/* Whether the arguments are those of the ordinary way to watch. */
static inline bool is_usual_request(const struct anysock_queue *queue, const struct anysock *s,
                                    unsigned wanted, enum anysock_queue_mode mode) {
    unsigned known = (unsigned)QUEUE_CONDITIONS & ~(unsigned)OWN_QUEUE.lacks;
    return are_there(queue, s) && mode == ANYSOCK_QUEUE_LEVEL && (wanted & ~known) == 0;
}

int anysock_queue_add(struct anysock_queue *queue, struct anysock *s, unsigned wanted,
                      enum anysock_queue_mode mode, void *data) {
    if (!is_usual_request(queue, s, wanted, mode))
        return anysock_queue_add_on(queue, s, wanted, mode, data);
    if (!lock_at_once(queue))
        return anysock_queue_add_behind(queue, s, wanted, mode, data);
    struct anysock_registration *r = queue->free;
    if (r == NULL || s->registration_ != NULL)
        return anysock_queue_add_under(queue, s, wanted, mode, data);
    queue->free = r->next;
    register_socket(r, s, wanted, data);
    r->place = PLACE_USUAL;

    struct anysock_queue *volatile kept = queue;
    struct anysock *volatile kept_socket = s;
    if (!is_ordinary(r->state) || OWN_QUEUE.watch(queue, r) != 0)
        return anysock_queue_add_rest(kept, kept_socket);
    anysock_queue_unlock(kept);
    return ANYSOCK_OK;
}

int anysock_queue_modify(struct anysock_queue *queue, struct anysock *s, unsigned wanted,
                         enum anysock_queue_mode mode, void *data) {
    if (!is_usual_request(queue, s, wanted, mode))
        return anysock_queue_modify_on(queue, s, wanted, mode, data);
    if (!lock_at_once(queue))
        return anysock_queue_modify_behind(queue, s, wanted, mode, data);
    struct anysock_registration *r = s->registration_;
    if (r == NULL || r->queue != queue || r->place != PLACE_USUAL)
        return anysock_queue_modify_under(queue, s, wanted, mode, data);
    if (r->wanted == wanted && r->data == data) {
        anysock_queue_unlock(queue);
        return ANYSOCK_OK;
    }
    r->wanted = (uint16_t)wanted;
    r->data = data;

    struct anysock_queue *volatile kept = queue;
    struct anysock *volatile kept_socket = s;
    if (OWN_QUEUE.change(queue, r, true) != 0)
        return anysock_queue_modify_rest(kept, kept_socket);
    anysock_queue_unlock(kept);
    return ANYSOCK_OK;
}

int anysock_queue_remove(struct anysock_queue *queue, struct anysock *s) {
    if (!are_there(queue, s) || OWN_QUEUE.looks_late)
        return anysock_queue_remove_on(queue, s);
    if (!lock_at_once(queue))
        return anysock_queue_remove_behind(queue, s);
    struct anysock_registration *r = s->registration_;
    if (r == NULL || r->queue != queue || r->place != PLACE_USUAL)
        return anysock_queue_remove_under(queue, s);

    struct anysock_queue *volatile kept = queue;
    struct anysock *volatile kept_socket = s;
    OWN_QUEUE.forget(queue, r);
    queue = kept;
    s = kept_socket;
    r = s->registration_;
    r->place = PLACE_FREE;
    r->fresh = true; /* the rest is clean: PLACE_USUAL says so */
    if (!r->busy) {
        r->next = queue->free;
        queue->free = r;
    }
    set_registration(s, NULL);
    anysock_queue_unlock(queue);
    return ANYSOCK_OK;
}

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
