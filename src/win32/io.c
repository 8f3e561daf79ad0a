/*
 * Sending and receiving on Windows.
 */
#include "port.h"

/* One call moves at most this: Winsock's lengths are ints. */
#define STREAM_MAX ((size_t)1 << 30)

static int cut(size_t length) {
    return (int)(length < STREAM_MAX ? length : STREAM_MAX);
}

static int raw_flags(unsigned flags) {
    return (flags & ANYSOCK_PEEK) != 0 ? MSG_PEEK : 0;
}

ptrdiff_t anysock_port_send(anysock_native native, const void *data, size_t length,
                            unsigned flags) {
    return send(raw(native), data, cut(length), raw_flags(flags));
}

ptrdiff_t anysock_port_recv(anysock_native native, void *data, size_t capacity, unsigned flags) {
    return recv(raw(native), data, cut(capacity), raw_flags(flags));
}
