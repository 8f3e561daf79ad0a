/*
 * Events on macOS and the BSDs: a kqueue descriptor that holds the one bound socket,
 * level-triggered, is itself readable exactly while the socket has a wanted condition. What only
 * the library knows is said by a descriptor beside it that can always be read.
 */
#include "port.h"

#include <sys/event.h> /* OpenBSD wants sys/types.h before it */

int anysock_port_event_create(struct anysock_port_event *event) {
    event->waitable = kqueue();
    if (event->waitable < 0)
        return -1;
    /* Forked children do not have it; programs that they turn into must not either. */
    if (fcntl(event->waitable, F_SETFD, FD_CLOEXEC) == 0)
        return 0;
    anysock_port_close(event->waitable);
    return -1;
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

/* One filter for each wanted condition: adds or deletes them. */
static int change(const struct anysock_port_event *event, int fd, unsigned wanted,
                  unsigned short action) {
    struct kevent changes[2];
    unsigned short count = 0; /* the parameter is an int here and a size_t there */
    if ((wanted & ANYSOCK_READABLE) != 0)
        EV_SET(&changes[count++], fd, EVFILT_READ, action, 0, 0, 0);
    if ((wanted & ANYSOCK_WRITABLE) != 0)
        EV_SET(&changes[count++], fd, EVFILT_WRITE, action, 0, 0, 0);
    return kevent(event->waitable, changes, count, NULL, 0, NULL);
}

int anysock_port_event_bind(struct anysock_port_event *event, anysock_native native,
                            unsigned wanted) {
    if (change(event, native, wanted, EV_ADD) == 0)
        return 0;
    int error = errno;
    (void)anysock_port_event_unbind(event, native);
    errno = error;
    return -1;
}

/* A filter that is not there is as good as deleted. */
static int forget(const struct anysock_port_event *event, int fd, unsigned condition) {
    int result = change(event, fd, condition, EV_DELETE);
    return result != 0 && errno == ENOENT ? 0 : result;
}

/* Takes our own descriptor out, where it mostly is not. Preserves errno. */
static void quiet(const struct anysock_port_event *event) {
    int error = errno;
    if (own_of(event) >= 0)
        (void)forget(event, own_of(event), ANYSOCK_READABLE);
    errno = error;
}

int anysock_port_event_unbind(struct anysock_port_event *event, anysock_native native) {
    int readable = forget(event, native, ANYSOCK_READABLE);
    int writable = forget(event, native, ANYSOCK_WRITABLE);
    quiet(event);
    return readable != 0 ? readable : writable;
}

int anysock_port_event_renew(const struct anysock_port_event *event, anysock_native native,
                             unsigned wanted) {
    (void)event; /* nobody else has this kqueue */
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

/* Makes the descriptor when it is needed first, which two threads may find at once. It is a pipe
 * that nobody writes to: at its end, and so always readable. */
static int make_own(struct anysock_port_event *event) {
    int ends[2];
    if (pipe(ends) != 0)
        return -1;
    (void)close(ends[1]);
    intptr_t none = 0;
    if (fcntl(ends[0], F_SETFD, FD_CLOEXEC) == 0 &&
        atomic_compare_exchange_strong(&event->own, &none, (intptr_t)ends[0] + 1))
        return 0;
    anysock_port_close(ends[0]);
    return none != 0 ? 0 : -1;
}

int anysock_port_event_signal(struct anysock_port_event *event, bool unsaid) {
    if (!unsaid)
        return 0;
    if (own_of(event) < 0 && make_own(event) != 0)
        return -1;
    return change(event, own_of(event), ANYSOCK_READABLE, EV_ADD);
}

bool anysock_port_event_await_room(anysock_native native) {
    (void)native; /* it signals by itself */
    return false;
}

int anysock_port_event_wait(const struct anysock_port_event *event, int timeout_ms) {
    struct pollfd fd = {event->waitable, POLLIN, 0};
    return poll(&fd, 1, timeout_ms);
}
