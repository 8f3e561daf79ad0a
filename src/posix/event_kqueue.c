/*
 * Events on macOS and the BSDs: a kqueue descriptor that holds the one bound socket,
 * level-triggered, is itself readable exactly while the socket has a wanted condition.
 */
#include "port.h"

#include <sys/event.h> /* OpenBSD wants sys/types.h before it */

int anysock_port_event_create(anysock_waitable *waitable) {
    *waitable = kqueue();
    if (*waitable < 0)
        return -1;
    /* Forked children do not have it; programs that they turn into must not either. */
    return fcntl(*waitable, F_SETFD, FD_CLOEXEC);
}

void anysock_port_event_destroy(anysock_waitable waitable) {
    anysock_port_close(waitable);
}

/* One filter for each wanted condition: adds or deletes them. */
static int change(anysock_waitable waitable, anysock_native native, unsigned wanted,
                  unsigned short action) {
    struct kevent changes[2];
    unsigned short count = 0; /* the parameter is an int here and a size_t there */
    if ((wanted & ANYSOCK_READABLE) != 0)
        EV_SET(&changes[count++], native, EVFILT_READ, action, 0, 0, 0);
    if ((wanted & ANYSOCK_WRITABLE) != 0)
        EV_SET(&changes[count++], native, EVFILT_WRITE, action, 0, 0, 0);
    return kevent(waitable, changes, count, NULL, 0, NULL);
}

int anysock_port_event_bind(anysock_waitable waitable, anysock_native native, unsigned wanted) {
    if (change(waitable, native, wanted, EV_ADD) == 0)
        return 0;
    int error = errno;
    (void)anysock_port_event_unbind(waitable, native);
    errno = error;
    return -1;
}

/* A filter that is not there is as good as deleted. */
static int forget(anysock_waitable waitable, anysock_native native, unsigned condition) {
    int result = change(waitable, native, condition, EV_DELETE);
    return result != 0 && errno == ENOENT ? 0 : result;
}

int anysock_port_event_unbind(anysock_waitable waitable, anysock_native native) {
    int readable = forget(waitable, native, ANYSOCK_READABLE);
    int writable = forget(waitable, native, ANYSOCK_WRITABLE);
    return readable != 0 ? readable : writable;
}

/* A hang-up is reported by the filter of its direction; its error, if any, beside it. */
static unsigned events_of(const struct kevent *event) {
    unsigned events = event->filter == EVFILT_READ ? ANYSOCK_READABLE : ANYSOCK_WRITABLE;
    if ((event->flags & EV_EOF) != 0 && event->fflags != 0)
        events |= ANYSOCK_ERROR;
    return events;
}

int anysock_port_event_which(anysock_waitable waitable, anysock_native native, unsigned wanted,
                             unsigned *events) {
    (void)native;
    (void)wanted;
    static const struct timespec now = {0, 0};
    struct kevent found[2];
    int count = kevent(waitable, NULL, 0, found, 2, &now);
    if (count < 0)
        return -1;
    *events = 0;
    for (int i = 0; i < count; i++)
        *events |= events_of(&found[i]);
    return 0;
}

int anysock_port_event_wait(anysock_waitable waitable, int timeout_ms) {
    struct pollfd fd = {waitable, POLLIN, 0};
    return poll(&fd, 1, timeout_ms);
}
