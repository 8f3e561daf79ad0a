/*
 * Sending and receiving on POSIX systems.
 */
#include "port.h"

/* One stream call moves at most this: macOS refuses more than INT_MAX. */
#define STREAM_MAX ((size_t)1 << 30)

#ifndef MSG_NOSIGNAL
#define MSG_NOSIGNAL 0 /* SO_NOSIGPIPE does it there */
#endif

static size_t cut(size_t length) {
    return length < STREAM_MAX ? length : STREAM_MAX;
}

static int raw_flags(unsigned flags) {
    return ((flags & ANYSOCK_NO_WAIT) != 0 ? MSG_DONTWAIT : 0) |
           ((flags & ANYSOCK_PEEK) != 0 ? MSG_PEEK : 0);
}

ptrdiff_t anysock_port_send(anysock_native native, const void *data, size_t length,
                            unsigned flags) {
    return send(native, data, cut(length), raw_flags(flags) | MSG_NOSIGNAL);
}

ptrdiff_t anysock_port_recv(anysock_native native, void *data, size_t capacity, unsigned flags) {
    return recv(native, data, cut(capacity), raw_flags(flags));
}
