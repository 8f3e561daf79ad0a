/*
 * Sending and receiving: the straight way. A call on a plain socket, connected and without
 * time-outs, tries once and returns. Everything else goes the careful way (transfer.c).
 *
 * Every port includes this file behind its own half of the calls, so that the compiler sees both
 * and joins them. It belongs to the core all the same: it asks the port only what internal.h
 * promises, and what the port says right before it includes this file:
 *
 *     SYSTEM_REFUSES  1 if the system itself refuses a send of null data, a datagram that is too
 *                     long, and a destination without port or of another family than IPv4 on an
 *                     IPv4 socket, and by that does nothing else; and if sending no bytes on a
 *                     stream does nothing. Then these are looked at after a try that failed.
 *     receive(native, data, capacity, flags)
 *                     anysock_port_recv(); flags are 0, and at hand
 *     send_datagram(native, data, length, flags, to)
 *                     anysock_port_send_to(); flags are 0, and at hand
 *     receive_datagram(native, data, capacity, flags, from)
 *                     anysock_port_recv_from() without info; flags are 0, and at hand
 */
#include "internal.h"

/* "Would block" is the everyday failure of a non-blocking socket: it needs no other look. */
static inline bool is_eagain(const struct anysock *s) {
    return (state_of(s) & ST_NONBLOCK) != 0 && anysock_port_would_block();
}

/* For the header's own straight way, which has looked at the same as can_send() and can_recv(). */
ptrdiff_t anysock_send_now_(anysock_native native, const void *data, size_t length) {
    return anysock_port_send(native, data, length, 0);
}

ptrdiff_t anysock_recv_now_(anysock_native native, void *data, size_t capacity) {
    return receive(native, data, capacity, 0);
}

bool anysock_is_eagain_(const struct anysock *s) {
    return is_eagain(s);
}

/*
 * The four calls are written alike. What only the careful way needs after a try is kept in volatile
 * variables: the compiler would keep it in registers instead, and the straight way would pay for
 * saving and restoring those, half as much again as the call costs.
 */

/* Where null data are left to the system, a blocking socket without room refuses them only when
 * there is some: it waits as it would for good data. */
static bool can_send(const struct anysock *s, const void *data, size_t length, unsigned flags) {
    if (!SYSTEM_REFUSES && (data == NULL || length == 0))
        return false;
    return flags < plain_to(s, PLAIN_SEND) || is_plain(s, SENDING, PLAIN_STREAM, flags);
}

int anysock_send(struct anysock *s, const void *data, size_t length, unsigned flags, size_t *sent) {
    if (!are_there(s, sent) || !can_send(s, data, length, flags))
        return anysock_send_on(s, data, length, flags, sent);

    struct anysock *volatile kept = s;
    const void *volatile kept_data = data;
    volatile size_t kept_length = length;
    size_t *volatile kept_sent = sent;
    ptrdiff_t count = anysock_port_send(s->native_, data, length, 0);
    if (count > 0) {
        *kept_sent = (size_t)count;
        return ANYSOCK_OK;
    }
    if (count == 0) /* there was nothing to send */
        return anysock_send_on(kept, kept_data, kept_length, 0, kept_sent);
    if (kept_data != NULL && is_eagain(kept)) {
        *kept_sent = 0;
        return ANYSOCK_EAGAIN;
    }
    return anysock_send_again(kept, kept_data, kept_length, kept_sent);
}

/* Whether there are data and a capacity, in one comparison: no capacity less one is the highest
 * number there is. A system would wait for something to receive before it refused the data. */
static bool has_room(const void *data, size_t capacity) {
    return capacity - 1 < (uintptr_t)data;
}

static bool can_recv(const struct anysock *s, unsigned flags) {
    return flags < plain_to(s, PLAIN_RECV) || is_plain(s, RECEIVING, PLAIN_STREAM, flags);
}

int anysock_recv(struct anysock *s, void *data, size_t capacity, unsigned flags, size_t *received) {
    if (!are_there(s, received) || !has_room(data, capacity) || !can_recv(s, flags))
        return anysock_recv_on(s, data, capacity, flags, received);

    struct anysock *volatile kept = s;
    void *volatile kept_data = data;
    volatile size_t kept_capacity = capacity;
    size_t *volatile kept_received = received;
    ptrdiff_t count = receive(s->native_, data, capacity, flags);
    if (count > 0) {
        *kept_received = (size_t)count;
        return ANYSOCK_OK;
    }
    if (count == 0)
        return anysock_recv_nothing(kept, kept_received);
    if (is_eagain(kept)) {
        *kept_received = 0;
        return ANYSOCK_EAGAIN;
    }
    return anysock_recv_again(kept, kept_data, kept_capacity, kept_received);
}

/* Whether the checks that the system does not make are passed. Of an IPv4 destination that is only
 * the wildcard; what is no address has that host, too. */
static bool can_send_to(const struct anysock *s, unsigned flags, const struct anysock_addr *to) {
    return SYSTEM_REFUSES && flags < plain_to(s, PLAIN_SEND_TO) && flags < addr_inet_host(to);
}

/* Sends after the checks, whoever made them. A datagram is sent as a whole or not at all, so that
 * the result is written beforehand: it keeps the length, too, and a failure clears it. */
static inline int send_now(struct anysock *s, const void *data, size_t length, unsigned flags,
                           const struct anysock_addr *to, size_t *sent) {
    struct anysock *volatile kept = s;
    const void *volatile kept_data = data;
    const struct anysock_addr *volatile kept_to = to;
    size_t *volatile kept_sent = sent;
    *sent = length;
    if (send_datagram(s->native_, data, length, flags, to) < 0)
        return anysock_send_to_again(kept, kept_data, *kept_sent, kept_to, kept_sent);
    return ANYSOCK_OK;
}

int anysock_send_to(struct anysock *s, const void *data, size_t length, unsigned flags,
                    const struct anysock_addr *to, size_t *sent) {
    if (!are_there(s, to) || sent == NULL || !can_send_to(s, flags, to))
        return anysock_send_to_checked(s, data, length, flags, to, sent);
    return send_now(s, data, length, flags, to, sent);
}

/* The same for a plain socket, whatever of the above is not there. */
int anysock_send_to_checked(struct anysock *s, const void *data, size_t length, unsigned flags,
                            const struct anysock_addr *to, size_t *sent) {
    if (s == NULL || sent == NULL || to == NULL || data == NULL || length > DATAGRAM_MAX ||
        !is_plain(s, SENDING_TO, PLAIN_DATAGRAM, flags) || !is_destination(to, state_of(s)))
        return anysock_send_to_on(s, data, length, flags, to, sent);
    return send_now(s, data, length, flags, to, sent);
}

int anysock_recv_from(struct anysock *s, void *data, size_t capacity, unsigned flags,
                      struct anysock_addr *from, unsigned *info, size_t *volatile received) {
    if (!are_there(s, data) || !are_there(from, received) || info != NULL ||
        flags >= plain_to(s, PLAIN_RECV_FROM))
        return anysock_recv_from_checked(s, data, capacity, flags, from, info, received);

    struct anysock *volatile kept = s;
    void *volatile kept_data = data;
    volatile size_t kept_capacity = capacity;
    struct anysock_addr *volatile kept_from = from;
    ptrdiff_t count = receive_datagram(s->native_, data, capacity, flags, from);
    if (count < 0)
        return anysock_recv_from_again(kept, kept_data, kept_capacity, kept_from, NULL, received);
    *received = (size_t)count;
    return ANYSOCK_OK;
}

/* The same for a plain socket, and for who does not want to know the sender, or wants to know
 * whether the datagram was cut. */
int anysock_recv_from_checked(struct anysock *s, void *data, size_t capacity, unsigned flags,
                              struct anysock_addr *from, unsigned *info,
                              size_t *volatile received) {
    if (s == NULL || data == NULL || received == NULL ||
        !is_plain(s, RECEIVING_FROM, PLAIN_DATAGRAM, flags))
        return anysock_recv_from_on(s, data, capacity, flags, from, info, received);

    struct anysock *volatile kept = s;
    void *volatile kept_data = data;
    volatile size_t kept_capacity = capacity;
    struct anysock_addr *volatile kept_from = from;
    unsigned *volatile kept_info = info;
    ptrdiff_t count = anysock_port_recv_from(s->native_, data, capacity, 0, from, info);
    if (count < 0)
        return anysock_recv_from_again(kept, kept_data, kept_capacity, kept_from, kept_info,
                                       received);
    *received = (size_t)count;
    return ANYSOCK_OK;
}
