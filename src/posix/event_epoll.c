/*
 * Events on Linux: an epoll descriptor that holds the one bound socket, level-triggered, is itself
 * readable exactly while the socket has a wanted condition.
 */
#include <string.h>
#include <sys/epoll.h>

#include "port.h"

/* The epoll bits are the poll bits on Linux. */
_Static_assert(EPOLLIN == POLLIN && EPOLLOUT == POLLOUT, "see which()");
_Static_assert(EPOLLERR == POLLERR && EPOLLHUP == POLLHUP, "see which()");

int anysock_port_event_create(anysock_waitable *waitable) {
    *waitable = epoll_create1(EPOLL_CLOEXEC);
    return *waitable < 0 ? -1 : 0;
}

void anysock_port_event_destroy(anysock_waitable waitable) {
    anysock_port_close(waitable);
}

int anysock_port_event_bind(anysock_waitable waitable, anysock_native native, unsigned wanted) {
    struct epoll_event event;
    memset(&event, 0, sizeof event);
    event.events = ((wanted & ANYSOCK_READABLE) != 0 ? EPOLLIN : 0) |
                   ((wanted & ANYSOCK_WRITABLE) != 0 ? EPOLLOUT : 0);
    return epoll_ctl(waitable, EPOLL_CTL_ADD, native, &event);
}

int anysock_port_event_unbind(anysock_waitable waitable, anysock_native native) {
    struct epoll_event ignored; /* kernels before 2.6.9 want one */
    memset(&ignored, 0, sizeof ignored);
    return epoll_ctl(waitable, EPOLL_CTL_DEL, native, &ignored);
}

int anysock_port_event_which(anysock_waitable waitable, anysock_native native, unsigned wanted,
                             unsigned *events) {
    (void)native;
    (void)wanted;
    struct epoll_event event;
    int found = epoll_wait(waitable, &event, 1, 0);
    if (found < 0)
        return -1;
    *events = found > 0 ? anysock_posix_events((short)event.events) : 0;
    return 0;
}

int anysock_port_event_wait(anysock_waitable waitable, int timeout_ms) {
    struct pollfd fd = {waitable, POLLIN, 0};
    return poll(&fd, 1, timeout_ms);
}
