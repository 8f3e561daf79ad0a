/*
 * Sending and receiving on Windows.
 */
#include "port.h"

/* Winsock's lengths are ints. */
static int cut(size_t length) {
    return (int)(length < CALL_MAX ? length : CALL_MAX);
}

static int raw_flags(unsigned flags) {
    return ((flags & ANYSOCK_PEEK) != 0 ? MSG_PEEK : 0) |
           ((flags & ANYSOCK_OOB) != 0 ? MSG_OOB : 0);
}

bool anysock_port_would_block(void) {
    return WSAGetLastError() == WSAEWOULDBLOCK;
}

/* A datagram that did not fit is reported as an error; the buffer is full of it all the same. And
 * so is the end of the stream: some transports say WSAEDISCON, and whoever has shut receiving down
 * gets WSAESHUTDOWN. */
static ptrdiff_t received(int result, size_t capacity, unsigned *info) {
    int error = result < 0 ? WSAGetLastError() : 0;
    if (info != NULL)
        *info = error == WSAEMSGSIZE ? ANYSOCK_TRUNCATED : 0;
    if (error == WSAEMSGSIZE)
        return (ptrdiff_t)capacity;
    return error == WSAEDISCON || error == WSAESHUTDOWN ? 0 : result;
}

ptrdiff_t anysock_port_send(anysock_native native, const void *data, size_t length,
                            unsigned flags) {
    return send(raw(native), data, cut(length), raw_flags(flags));
}

ptrdiff_t anysock_port_recv(anysock_native native, void *data, size_t capacity, unsigned flags) {
    int result = recv(raw(native), data, cut(capacity), raw_flags(flags));
    return result >= 0 ? result : received(result, capacity, NULL);
}

ptrdiff_t anysock_port_send_to(anysock_native native, const void *data, size_t length,
                               unsigned flags, const struct anysock_addr *to) {
    return sendto(raw(native), data, cut(length), raw_flags(flags),
                  (const struct sockaddr *)(const void *)to->bytes_, (int)to->length_);
}

ptrdiff_t anysock_port_recv_from(anysock_native native, void *data, size_t capacity, unsigned flags,
                                 struct anysock_addr *from, unsigned *info) {
    int length = sizeof from->bytes_;
    int result = recvfrom(raw(native), data, cut(capacity), raw_flags(flags),
                          from != NULL ? (struct sockaddr *)(void *)from->bytes_ : NULL,
                          from != NULL ? &length : NULL);
    ptrdiff_t count = received(result, capacity, info);
    if (count == 0 && result < 0)
        length = 0;                   /* nobody has sent the end */
    if (count >= 0 && from != NULL) { /* of the family of the socket */
        from->length_ = (uint32_t)length;
        from->reserved_ = 0;
    }
    return count;
}

/* ------------------------------------------------------------------------------------------- */

struct vector {
    WSABUF buffers[ANYSOCK_BUFFERS_MAX];
    DWORD count;
    size_t total;
};

/* Winsock's order of the two fields is another one. No buffers at all it refuses. */
static void make_vector(const struct anysock_buffer *buffers, size_t count, struct vector *vector) {
    static char nothing;
    vector->total = 0;
    vector->count = count > 0 ? (DWORD)count : 1;
    vector->buffers[0].len = 0;
    vector->buffers[0].buf = &nothing;
    for (size_t i = 0; i < count; i++) {
        vector->buffers[i].len = (ULONG)buffers[i].length;
        vector->buffers[i].buf = buffers[i].data;
        vector->total += buffers[i].length;
    }
}

ptrdiff_t anysock_port_send_vec(anysock_native native, const struct anysock_buffer *buffers,
                                size_t count, unsigned flags) {
    struct vector vector;
    DWORD moved = 0;
    make_vector(buffers, count, &vector);
    int result = WSASend(raw(native), vector.buffers, vector.count, &moved, (DWORD)raw_flags(flags),
                         NULL, NULL);
    return result == 0 ? (ptrdiff_t)moved : -1;
}

ptrdiff_t anysock_port_recv_vec(anysock_native native, const struct anysock_buffer *buffers,
                                size_t count, unsigned flags) {
    struct vector vector;
    DWORD moved = 0, how = (DWORD)raw_flags(flags);
    make_vector(buffers, count, &vector);
    int result = WSARecv(raw(native), vector.buffers, vector.count, &moved, &how, NULL, NULL);
    return result == 0 ? (ptrdiff_t)moved : received(result, vector.total, NULL);
}

/* The core's half of the calls, so that the compiler joins the two. */
enum { SYSTEM_REFUSES = 0 };
#define receive anysock_port_recv
#define send_datagram anysock_port_send_to
#define receive_datagram(native, data, capacity, flags, from)                                      \
    anysock_port_recv_from(native, data, capacity, flags, from, NULL)
#include "../io_tpl.h"
