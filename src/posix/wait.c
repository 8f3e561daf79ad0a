/*
 * Waiting for descriptors on POSIX systems: poll.
 */
#include <stddef.h>
#include <stdlib.h>

#include "port.h"

_Static_assert(offsetof(struct pollfd, revents) == offsetof(struct pollfd, events) + sizeof(short),
               "see anysock_port_poll_one()");

/* The bits are the same, so that nothing needs translation but the ends. */
_Static_assert(POLLIN == ANYSOCK_READABLE && POLLOUT == ANYSOCK_WRITABLE, "see raw_events()");
_Static_assert(POLLERR == ANYSOCK_ERROR && POLLNVAL == ANYSOCK_INVALID, "see events_of()");
_Static_assert(POLLPRI == ANYSOCK_PRIORITY && POLLHUP == ANYSOCK_HANG_UP, "see events_of()");

#define ASKED (BOTH | ANYSOCK_PRIORITY)

static unsigned events_of(int fd, unsigned wanted, short revents) {
    unsigned events = (unsigned)revents & (ASKED | ANYSOCK_ERROR | ANYSOCK_INVALID);
    if ((wanted & ANYSOCK_PEER_CLOSED) != 0 || (revents & POLLHUP) != 0)
        events |= end_of(fd, revents);
    return (revents & POLLHUP) != 0 ? events | BOTH : events; /* no call would wait any more */
}

/* A pending connect has its result when the descriptor becomes writable. */
static short raw_events(unsigned wanted) {
    unsigned events = wanted & ASKED;
    if ((wanted & ANYSOCK_PEER_CLOSED) != 0)
        events |= ASK_FOR_END;
    return (short)((wanted & PORT_CONNECTING) != 0 ? events | POLLOUT : events);
}

static int poll_with(struct pollfd *fds, struct anysock_port_item *items, size_t count,
                     int timeout_ms) {
    for (size_t i = 0; i < count; i++) {
        fds[i].fd = items[i].native;
        fds[i].events = raw_events(items[i].wanted);
        fds[i].revents = 0;
    }
    int found = poll(fds, (nfds_t)count, timeout_ms);
    for (size_t i = 0; i < count; i++)
        items[i].events = found > 0 ? events_of(fds[i].fd, items[i].wanted, fds[i].revents) : 0;
    return found;
}

int anysock_port_poll(struct anysock_port_item *items, size_t count, int timeout_ms) {
    struct pollfd fds[ANYSOCK_POLL_MAX];
    return poll_with(fds, items, count, timeout_ms);
}

int anysock_port_poll_many(struct anysock_port_item *items, size_t count, int timeout_ms) {
    if (count <= ANYSOCK_POLL_MAX)
        return anysock_port_poll(items, count, timeout_ms);
    struct pollfd *many = malloc(count * sizeof *many);
    if (many == NULL)
        return -1;
    int found = poll_with(many, items, count, timeout_ms);
    int error = errno;
    free(many);
    errno = error;
    return found;
}

int anysock_port_poll_one(anysock_native native, unsigned wanted, int timeout_ms,
                          unsigned *events) {
    const short bits[2] = {(short)wanted, 0}; /* events and revents: one store */
    struct pollfd fd;
    fd.fd = native;
    memcpy((char *)&fd + offsetof(struct pollfd, events), bits, sizeof bits);
    int found = poll(&fd, 1, timeout_ms);
    *events = (unsigned)fd.revents;
    return found;
}

#include "../wait_tpl.h"
