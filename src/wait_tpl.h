/*
 * Waiting: the straight way. Looking at one connected socket, without a time-out that would have to
 * be watched, is one call; everything else goes the careful way (wait.c).
 *
 * Every port includes this file behind its own half of the call; see io_tpl.h.
 */
#include "internal.h"

/* Whether the conditions are some that can be waited for, and the socket is plain to wait for: for
 * plain is all of them together, that is one comparison, and one for the number between them. */
static bool is_question(const struct anysock *s, unsigned wanted) {
    _Static_assert(ANYSOCK_READABLE == 1 && ANYSOCK_WRITABLE == 4, "2 is between them");
    return wanted - 1 < plain_to(s, PLAIN_WAIT) && (wanted & 2) == 0;
}

int anysock_wait(struct anysock *s, unsigned wanted, int timeout_ms, unsigned *events) {
    if (!are_there(s, events) || !is_timeless(timeout_ms) || !is_question(s, wanted))
        return anysock_wait_on(s, wanted, timeout_ms, events);

    struct anysock *volatile kept = s;
    volatile unsigned kept_wanted = wanted;
    volatile int kept_timeout = timeout_ms;
    unsigned *volatile kept_events = events;
    unsigned found;
    int count = anysock_port_poll_one(s->native_, wanted, timeout_ms, &found);
    /* All of it, or something. */
    if (found == kept_wanted || (count > 0 && (found & ~kept_wanted) == 0)) {
        *kept_events = found;
        return ANYSOCK_OK;
    }
    if (count == 0 && kept_timeout == 0) {
        *kept_events = 0;
        return refuse(ANYSOCK_ETIMEDOUT);
    }
    return anysock_wait_on(kept, kept_wanted, kept_timeout, kept_events);
}

/* The usual question about one socket, whose answer is known but for whether it comes. */
int anysock_poll(struct anysock_poll_item *items, size_t count, int timeout_ms, size_t *ready) {
    if (count != 1 || !are_there(items, ready) || items->socket == NULL ||
        timeout_ms != ANYSOCK_FOREVER || items->wanted - 1 >= plain_to(items->socket, PLAIN_RECV))
        return anysock_poll_checked(items, count, timeout_ms, ready);

    struct anysock_poll_item *volatile kept = items;
    size_t *volatile kept_ready = ready;
    unsigned events;
    (void)anysock_port_poll_one(items->socket->native_, ANYSOCK_READABLE, ANYSOCK_FOREVER, &events);
    if (events != ANYSOCK_READABLE) /* more, or a failure: look again */
        return anysock_poll_on(kept, 1, ANYSOCK_FOREVER, kept_ready);
    kept->events = ANYSOCK_READABLE;
    *kept_ready = 1;
    return ANYSOCK_OK;
}

/* Any question about one socket that is plain to wait for. */
int anysock_poll_checked(struct anysock_poll_item *items, size_t count, int timeout_ms,
                         size_t *ready) {
    if (count != 1 || items == NULL || ready == NULL || items->socket == NULL ||
        !is_timeless(timeout_ms) || !is_question(items->socket, items->wanted))
        return anysock_poll_on(items, count, timeout_ms, ready);

    struct anysock_poll_item *volatile kept = items;
    volatile int kept_timeout = timeout_ms;
    size_t *volatile kept_ready = ready;
    unsigned events;
    int found = anysock_port_poll_one(items->socket->native_, items->wanted, timeout_ms, &events);
    /* Look again at anything but what was asked for; and at nothing, if there is no limit. */
    if (found < -kept_timeout || (events & ~kept->wanted) != 0)
        return anysock_poll_on(kept, 1, kept_timeout, kept_ready);
    kept->events = events;
    *kept_ready = (size_t)found;
    return ANYSOCK_OK;
}
