/*
 * Events on Linux: an epoll descriptor that holds the one bound socket, level-triggered, is itself
 * readable exactly while the socket has a wanted condition. What only the library knows is said by
 * a descriptor beside it that can always be read.
 */
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>

#include "port.h"

int anysock_port_event_create(struct anysock_port_event *event) {
    event->waitable = epoll_create1(EPOLL_CLOEXEC);
    return event->waitable < 0 ? -1 : 0;
}

/* The always readable descriptor plus one, so that 0 is none. */
static int own_of(const struct anysock_port_event *event) {
    return (int)atomic_load(&event->own) - 1;
}

void anysock_port_event_destroy(struct anysock_port_event *event) {
    if (own_of(event) >= 0)
        anysock_port_close(own_of(event));
    anysock_port_close(event->waitable);
}

static int control(const struct anysock_port_event *event, int action, int fd, uint32_t bits) {
    struct epoll_event change;
    memset(&change, 0, sizeof change);
    change.events = bits;
    return epoll_ctl(event->waitable, action, fd, &change);
}

int anysock_port_event_bind(struct anysock_port_event *event, anysock_native native,
                            unsigned wanted) {
    return control(event, EPOLL_CTL_ADD, native,
                   ((wanted & ANYSOCK_READABLE) != 0 ? EPOLLIN : 0u) |
                       ((wanted & ANYSOCK_WRITABLE) != 0 ? EPOLLOUT : 0u));
}

/* Takes our own descriptor out, where it mostly is not. Preserves errno. */
static void quiet(const struct anysock_port_event *event) {
    int error = errno;
    if (own_of(event) >= 0)
        (void)control(event, EPOLL_CTL_DEL, own_of(event), 0);
    errno = error;
}

int anysock_port_event_unbind(struct anysock_port_event *event, anysock_native native) {
    int result = control(event, EPOLL_CTL_DEL, native, 0);
    quiet(event);
    return result;
}

int anysock_port_event_renew(const struct anysock_port_event *event, anysock_native native,
                             unsigned wanted) {
    (void)event; /* nobody else has this epoll descriptor */
    (void)native;
    (void)wanted;
    return 0;
}

int anysock_port_event_take(struct anysock_port_event *event, anysock_native native,
                            unsigned *once) {
    (void)native;
    *once = 0; /* levels are told as long as they last */
    quiet(event);
    return 0;
}

/* Makes the descriptor when it is needed first, which two threads may find at once. */
static int make_own(struct anysock_port_event *event) {
    int made = eventfd(1, EFD_CLOEXEC);
    if (made < 0)
        return -1;
    intptr_t none = 0;
    if (!atomic_compare_exchange_strong(&event->own, &none, (intptr_t)made + 1))
        anysock_port_close(made);
    return 0;
}

int anysock_port_event_signal(struct anysock_port_event *event, bool unsaid) {
    if (!unsaid)
        return 0;
    if (own_of(event) < 0 && make_own(event) != 0)
        return -1;
    int result = control(event, EPOLL_CTL_ADD, own_of(event), EPOLLIN);
    return result != 0 && errno == EEXIST ? 0 : result; /* another thread was faster */
}

bool anysock_port_event_await_room(anysock_native native) {
    (void)native; /* it signals by itself */
    return false;
}

int anysock_port_event_wait(const struct anysock_port_event *event, int timeout_ms) {
    struct pollfd fd = {event->waitable, POLLIN, 0};
    return poll(&fd, 1, timeout_ms);
}
