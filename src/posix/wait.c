/*
 * Waiting for descriptors on POSIX systems: poll.
 */
#include "port.h"

unsigned anysock_posix_events(short revents) {
    unsigned events = 0;
    if ((revents & (POLLIN | POLLHUP)) != 0)
        events |= ANYSOCK_READABLE; /* a hang-up is end of stream */
    if ((revents & (POLLOUT | POLLHUP)) != 0)
        events |= ANYSOCK_WRITABLE;
    if ((revents & POLLERR) != 0)
        events |= ANYSOCK_ERROR;
    if ((revents & POLLNVAL) != 0)
        events |= ANYSOCK_INVALID;
    return events;
}

/* A pending connect has its result when the descriptor becomes writable. */
static short raw_events(unsigned wanted) {
    int events = 0;
    if ((wanted & ANYSOCK_READABLE) != 0)
        events |= POLLIN;
    if ((wanted & (ANYSOCK_WRITABLE | PORT_CONNECTING)) != 0)
        events |= POLLOUT;
    return (short)events;
}

int anysock_port_poll(struct anysock_port_item *items, size_t count, int timeout_ms) {
    struct pollfd fds[ANYSOCK_POLL_MAX];
    for (size_t i = 0; i < count; i++) {
        fds[i].fd = items[i].native;
        fds[i].events = raw_events(items[i].wanted);
        fds[i].revents = 0;
    }
    int found = poll(fds, (nfds_t)count, timeout_ms);
    for (size_t i = 0; i < count; i++)
        items[i].events = found > 0 ? anysock_posix_events(fds[i].revents) : 0;
    return found;
}
