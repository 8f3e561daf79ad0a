/*
 * Waiting in a queue: what was found is told with the meaning that it has everywhere, wakes and
 * deadlines are kept, and what only the library knows is told beside it.
 */
#include "queue.h"

void anysock_queue_rouse(struct anysock_queue *queue, unsigned notes) {
    unsigned before =
        atomic_fetch_or_explicit(&queue->notes, notes | NOTE_ROUSED, memory_order_acq_rel);
    if ((before & NOTE_ROUSED) == 0)
        queue->backend->wake(queue);
}

void anysock_queue_roused(struct anysock_queue *queue) {
    unsigned before = atomic_fetch_and_explicit(
        &queue->notes, ~(unsigned)(NOTE_ROUSED | NOTE_WOKEN), memory_order_acq_rel);
    queue->roused = true;
    if ((before & NOTE_WOKEN) != 0)
        queue->woken = true;
}

/* ------------------------------------------------------------------------------------------- */

/* What is known of it was told. An edge goes on with what can still happen: behind a hang-up there
 * is nothing. Returns whether the back end watches it now. */
static bool odd_was_told(struct anysock_queue *queue, struct anysock_registration *r) {
    if (r->mode == ANYSOCK_QUEUE_LEVEL) {
        anysock_queue_append_odd(queue, r);
        return false;
    }
    r->place = PLACE_RESTING;
    if (r->mode == ANYSOCK_QUEUE_ONE_SHOT || (r->known & ANYSOCK_HANG_UP) != 0)
        return false;
    r->told = r->known;
    r->place = PLACE_WATCHED;
    if (queue->backend->watch(queue, r) == 0)
        return true;
    r->place = PLACE_RESTING;
    anysock_queue_give_up(queue, r);
    return false;
}

/* What the system says, completed to what it means everywhere. */
static unsigned complete(const struct anysock_registration *r, unsigned found) {
    if ((found & ANYSOCK_INVALID) != 0)
        found |= ANYSOCK_ERROR; /* closed behind our back */
    if ((found & ANYSOCK_ERROR) != 0)
        found |= (r->state & ST_STREAM) != 0 ? BOTH | ANYSOCK_PEER_CLOSED | ANYSOCK_HANG_UP : BOTH;
    if ((found & ANYSOCK_PEER_CLOSED) != 0)
        found |= (r->state & ST_SHUT_WR) != 0 ? BOTH | ANYSOCK_HANG_UP : ANYSOCK_READABLE;
    if ((found & ANYSOCK_HANG_UP) != 0)
        found |= BOTH;
    return found | r->known;
}

unsigned anysock_queue_tell(struct anysock_registration *r, unsigned found) {
    if (!is_watched(r) || found == 0)
        return 0;
    if (is_broken(r->state, found)) {
        r->broken = true; /* the socket asks for it, saw_reset(): it may have moved */
        r->place = PLACE_WATCHED;
    }
    unsigned events = complete(r, found) & watched_of(r);
    if (events == 0)
        return 0;
    if (r->mode == ANYSOCK_QUEUE_ONE_SHOT)
        r->place = PLACE_RESTING;
    if (r->mode == ANYSOCK_QUEUE_EDGE && r->queue->backend->makes_edges)
        r->told |= (uint16_t)events;
    return events;
}

static unsigned look_at_odd(const struct anysock_registration *r) {
    struct anysock_port_item item = question_about(r, r->wanted);
    unsigned found = anysock_port_poll(&item, 1, 0) > 0 ? item.events : 0;
    return complete(r, found) & (r->wanted | (unsigned)QUEUE_UNASKED);
}

/* Each at most once, and the others get a turn first the next time. handed_over tells that the back
 * end would report some of them once more. */
static size_t tell_odd(struct anysock_queue *queue, struct anysock_queue_event *events,
                       size_t capacity, bool *handed_over) {
    size_t count = 0;
    anysock_queue_lock(queue);
    const struct anysock_registration *last = queue->last_odd;
    bool more = queue->odd != NULL;
    while (more && count < capacity) {
        struct anysock_registration *r = queue->odd;
        anysock_queue_unlink_odd(queue, r);
        more = r != last;
        events[count].events = look_at_odd(r);
        events[count++].data = r->data;
        *handed_over |= odd_was_told(queue, r);
    }
    if (queue->odd == NULL)
        anysock_queue_clear_note(queue, NOTE_ODD);
    anysock_queue_unlock(queue);
    return count;
}

/* ------------------------------------------------------------------------------------------- *
 * Waiting
 * ------------------------------------------------------------------------------------------- */

/* How many events may be about odd registrations: half, so that the others come too; with room
 * for one only, in turns. */
static size_t share_of(struct anysock_queue *queue, size_t capacity) {
    queue->odd_turn = !queue->odd_turn;
    return capacity > 1 ? capacity / 2 : (size_t)queue->odd_turn;
}

static ptrdiff_t sort_out(struct anysock_queue *queue, struct anysock_queue_event *events,
                          ptrdiff_t found, size_t capacity) {
    if (found <= 0 || notes_of(queue) == 0 || queue->backend->sort_out == NULL)
        return found;
    return queue->backend->sort_out(queue, events, (size_t)found, capacity);
}

static ptrdiff_t ask_backend(struct anysock_queue *queue, struct anysock_queue_event *events,
                             size_t capacity, int timeout_ms) {
    ptrdiff_t found = queue->backend->wait(queue, events, capacity, timeout_ms);
    return sort_out(queue, events, found, capacity);
}

/* The native descriptor, while there are odd registrations. However a wait ends. */
static void stay_readable(struct anysock_queue *queue) {
    if ((notes_of(queue) & NOTE_ODD) != 0)
        anysock_queue_rouse(queue, 0);
}

/* There are notes to look at, or a time to keep. */
static int keep_waiting(struct anysock_queue *queue, struct anysock_queue_event *events,
                        size_t capacity, int timeout_ms, size_t *count) {
    struct anysock_deadline deadline = anysock_deadline_in(timeout_ms);
    int left = timeout_ms;
    for (;;) {
        if ((notes_of(queue) & NOTE_LIMBO) != 0) {
            anysock_queue_lock(queue);
            anysock_queue_empty_limbo(queue);
            anysock_queue_unlock(queue);
        }
        bool odd = (notes_of(queue) & NOTE_ODD) != 0;
        bool handed_over = false;
        size_t told = odd ? tell_odd(queue, events, share_of(queue, capacity), &handed_over) : 0;
        ptrdiff_t found = 0;
        if (told < capacity && !handed_over)
            found = ask_backend(queue, events + told, capacity - told, odd ? 0 : left);
        int code = found < 0 ? fail_native(OP_WAIT, true) : ANYSOCK_OK;
        if (code != ANYSOCK_OK && code != ANYSOCK_EINTR && told == 0)
            return code;
        *count = told + (size_t)(found > 0 ? found : 0);
        bool woken = queue->woken, roused = queue->roused;
        queue->woken = queue->roused = false;
        if (*count > 0 || woken)
            return ANYSOCK_OK;
        left = anysock_deadline_left(&deadline);
        if (left == 0 && !odd && !roused && code == ANYSOCK_OK)
            return ANYSOCK_OK;
    }
}

int anysock_queue_wait_again(struct anysock_queue *queue, struct anysock_queue_event *events,
                             size_t capacity, int timeout_ms, size_t *count, ptrdiff_t first) {
    ptrdiff_t found = sort_out(queue, events, first, capacity);
    int code = ANYSOCK_OK;
    *count = 0;
    if (found > 0)
        *count = (size_t)found;
    else if (!queue->woken &&
             (found != 0 || timeout_ms != 0 || queue->roused || notes_of(queue) != 0))
        code = keep_waiting(queue, events, capacity, timeout_ms, count);
    queue->woken = queue->roused = false;
    stay_readable(queue); /* the signal of who has just become odd may have been taken back, too */
    end_to_wait(queue);
    return code;
}

int anysock_queue_wait_on(struct anysock_queue *queue, struct anysock_queue_event *events,
                          size_t capacity, int timeout_ms, size_t *count) {
    if (count == NULL)
        return refuse(ANYSOCK_EFAULT);
    *count = 0;
    if (queue == NULL || events == NULL)
        return refuse(ANYSOCK_EFAULT);
    if (capacity == 0 || !is_timeout(timeout_ms))
        return refuse(ANYSOCK_EINVAL);
    if (!begin_to_wait(queue))
        return refuse(ANYSOCK_EBUSY);
    if (capacity > QUEUE_EVENTS_MAX)
        capacity = QUEUE_EVENTS_MAX;
    return anysock_queue_wait_again(queue, events, capacity, timeout_ms, count, -1);
}

int anysock_queue_wake(struct anysock_queue *queue) {
    if (queue == NULL)
        return refuse(ANYSOCK_EFAULT);
    anysock_queue_rouse(queue, NOTE_WOKEN);
    return ANYSOCK_OK;
}
