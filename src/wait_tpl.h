/*
 * Waiting: the straight way. Looking at one connected socket, without a time-out that would have to
 * be watched, is one call; everything else goes the careful way (wait.c).
 *
 * Every port includes this file behind its own half of the call; see io_tpl.h.
 */
#include "internal.h"

int anysock_poll(struct anysock_poll_item *items, size_t count, int timeout_ms, size_t *ready) {
    if (count != 1 || items == NULL || ready == NULL || items->socket == NULL || timeout_ms > 0)
        return anysock_poll_on(items, count, timeout_ms, ready);
    uint32_t wanted = items->wanted;
    if ((state_of(items->socket) & QUIET_MASK) != QUIET || timeout_ms < ANYSOCK_FOREVER ||
        (wanted & ~(uint32_t)BOTH) != 0)
        return anysock_poll_on(items, count, timeout_ms, ready);

    unsigned events;
    int found = anysock_port_poll_one(items->socket->native_, wanted, timeout_ms, &events);
    /* Look again at anything but what was asked for; and at nothing, if there is no limit. */
    if (found < -timeout_ms || (events & ~wanted) != 0)
        return anysock_poll_on(items, count, timeout_ms, ready);
    items->events = events;
    *ready = (size_t)found;
    return ANYSOCK_OK;
}

int anysock_wait(struct anysock *s, unsigned wanted, int timeout_ms, unsigned *events) {
    if (s == NULL || events == NULL || timeout_ms > 0 || timeout_ms < ANYSOCK_FOREVER ||
        (state_of(s) & QUIET_MASK) != QUIET || (wanted & ~(unsigned)BOTH) != 0 || wanted == 0)
        return anysock_wait_on(s, wanted, timeout_ms, events);

    unsigned found;
    int count = anysock_port_poll_one(s->native_, wanted, timeout_ms, &found);
    if (count > 0 && (found & ~wanted) == 0) {
        *events = found;
        return ANYSOCK_OK;
    }
    if (count == 0 && timeout_ms == 0) {
        *events = 0;
        return refuse(ANYSOCK_ETIMEDOUT);
    }
    return anysock_wait_on(s, wanted, timeout_ms, events); /* look again, carefully */
}
