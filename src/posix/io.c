/*
 * Sending and receiving on POSIX systems.
 */
#include <stddef.h>
#include <string.h>
#include <sys/uio.h>

#include "port.h"

#ifndef MSG_NOSIGNAL
#define MSG_NOSIGNAL 0 /* SO_NOSIGPIPE does it there */
#endif
#ifndef MSG_MORE
#define MSG_MORE 0 /* a hint */
#endif

/* Our buffers are the system's. */
_Static_assert(sizeof(struct anysock_buffer) == sizeof(struct iovec), "see vector_of()");
_Static_assert(offsetof(struct anysock_buffer, data) == offsetof(struct iovec, iov_base), "");
_Static_assert(offsetof(struct anysock_buffer, length) == offsetof(struct iovec, iov_len), "");

/* Linux cuts a length below 2 GiB by itself; macOS and older BSDs refuse it. */
static size_t cut(size_t length) {
#ifdef HAS_LINUX_CALLS
    return length;
#else
    return length < CALL_MAX ? length : CALL_MAX;
#endif
}

/* A macro, so that an inline function with a name for the linker may use it. */
#define RAW_FLAGS(flags)                                                                           \
    ((((flags)&ANYSOCK_NO_WAIT) != 0 ? MSG_DONTWAIT : 0) |                                         \
     (((flags)&ANYSOCK_PEEK) != 0 ? MSG_PEEK : 0) | (((flags)&ANYSOCK_MORE) != 0 ? MSG_MORE : 0) | \
     (((flags)&ANYSOCK_OOB) != 0 ? MSG_OOB : 0))

bool anysock_port_would_block(void) {
    return errno == EAGAIN || errno == EWOULDBLOCK;
}

ptrdiff_t anysock_port_send(anysock_native native, const void *data, size_t length,
                            unsigned flags) {
    return send(native, data, cut(length), RAW_FLAGS(flags) | MSG_NOSIGNAL);
}

ptrdiff_t anysock_port_recv(anysock_native native, void *data, size_t capacity, unsigned flags) {
    return recv(native, data, cut(capacity), RAW_FLAGS(flags));
}

ptrdiff_t anysock_port_send_to(anysock_native native, const void *data, size_t length,
                               unsigned flags, const struct anysock_addr *to) {
    return sendto(native, data, length, RAW_FLAGS(flags) | MSG_NOSIGNAL,
                  (const struct sockaddr *)(const void *)to->bytes_, to->length_);
}

/* ------------------------------------------------------------------------------------------- */

/* One buffer as a message: what recvmsg and sendmsg want. */
static struct iovec *vector_of(const struct anysock_buffer *buffers) {
    return (struct iovec *)(uintptr_t)buffers;
}

#ifdef HAS_LINUX_CALLS

/* Asked so, Linux returns the length that the datagram has, and not the part that fitted. Inline
 * into the core's half below, where the flags are known. */
inline ptrdiff_t anysock_port_recv_from(anysock_native native, void *data, size_t capacity,
                                        unsigned flags, struct anysock_addr *from, unsigned *info) {
    socklen_t length = sizeof from->bytes_;
    ptrdiff_t count = recvfrom(native, data, capacity, RAW_FLAGS(flags) | MSG_TRUNC,
                               from != NULL ? (struct sockaddr *)(void *)from->bytes_ : NULL,
                               from != NULL ? &length : NULL);
    if (count < 0)
        return count;
    if (from != NULL) { /* of the family of the socket */
        from->length_ = length;
        from->reserved_ = 0;
    }
    bool truncated = (size_t)count > capacity;
    if (info != NULL)
        *info = truncated ? ANYSOCK_TRUNCATED : 0;
    return truncated ? (ptrdiff_t)capacity : count;
}

#else

ptrdiff_t anysock_port_recv_from(anysock_native native, void *data, size_t capacity, unsigned flags,
                                 struct anysock_addr *from, unsigned *info) {
    struct iovec vector = {data, cut(capacity)};
    struct msghdr message;
    memset(&message, 0, sizeof message);
    message.msg_iov = &vector;
    message.msg_iovlen = 1;
    message.msg_name = from != NULL ? from->bytes_ : NULL;
    message.msg_namelen = from != NULL ? sizeof from->bytes_ : 0;
    ptrdiff_t count = recvmsg(native, &message, RAW_FLAGS(flags));
    if (count < 0)
        return count;
    if (from != NULL) {
        from->length_ = message.msg_namelen;
        from->reserved_ = 0;
    }
    if (info != NULL)
        *info = (message.msg_flags & MSG_TRUNC) != 0 ? ANYSOCK_TRUNCATED : 0;
    return count;
}

#endif

/* macOS refuses no buffers at all. */
static struct msghdr message_of(const struct anysock_buffer *buffers, size_t count) {
    static struct anysock_buffer nothing;
    struct msghdr message;
    memset(&message, 0, sizeof message);
    message.msg_iov = vector_of(count > 0 ? buffers : &nothing);
    message.msg_iovlen = count > 0 ? (unsigned char)count : 1; /* its type differs; at most 64 */
    return message;
}

ptrdiff_t anysock_port_send_vec(anysock_native native, const struct anysock_buffer *buffers,
                                size_t count, unsigned flags) {
    struct msghdr message = message_of(buffers, count);
    return sendmsg(native, &message, RAW_FLAGS(flags) | MSG_NOSIGNAL);
}

ptrdiff_t anysock_port_recv_vec(anysock_native native, const struct anysock_buffer *buffers,
                                size_t count, unsigned flags) {
    struct msghdr message = message_of(buffers, count);
    return recvmsg(native, &message, RAW_FLAGS(flags));
}

/* ------------------------------------------------------------------------------------------- */

#ifdef HAS_LINUX_CALLS

enum { SYSTEM_REFUSES = 1 };

/* read has one argument less, and takes the kernel 45 ns more; see bench/README.md. */
static ptrdiff_t receive(anysock_native native, void *data, size_t capacity, unsigned flags) {
    return recv(native, data, capacity, (int)flags);
}

/* No flag against signals: Linux raises SIGPIPE for streams only. */
static ptrdiff_t send_datagram(anysock_native native, const void *data, size_t length,
                               unsigned flags, const struct anysock_addr *to) {
    return sendto(native, data, length, (int)flags,
                  (const struct sockaddr *)(const void *)to->bytes_, to->length_);
}

/* The length of an address is written in place. */
_Static_assert(sizeof(socklen_t) == sizeof(uint32_t), "see receive_datagram()");
_Static_assert(offsetof(struct anysock_addr, reserved_) ==
                   offsetof(struct anysock_addr, length_) + sizeof(uint32_t),
               "see receive_datagram()");

/* The length that a datagram has need not be asked for where nobody wants to know. */
static ptrdiff_t receive_datagram(anysock_native native, void *data, size_t capacity,
                                  unsigned flags, struct anysock_addr *from) {
    static const uint32_t head[2] = {sizeof from->bytes_, 0}; /* length_ and reserved_ in one */
    memcpy((char *)from + offsetof(struct anysock_addr, length_), head, sizeof head);
    return recvfrom(native, data, capacity, (int)flags, (struct sockaddr *)(void *)from->bytes_,
                    &from->length_);
}

#else

enum { SYSTEM_REFUSES = 0 };
#define receive anysock_port_recv
#define send_datagram anysock_port_send_to
#define receive_datagram(native, data, capacity, flags, from)                                      \
    anysock_port_recv_from(native, data, capacity, flags, from, NULL)

#endif

/* The core's half of the calls, so that the compiler joins the two. */
#include "../io_tpl.h"
