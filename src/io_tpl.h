/*
 * Sending and receiving: the straight way. A call on a plain socket, connected and without
 * time-outs, tries once and returns. Everything else goes the careful way (transfer.c).
 *
 * Every port includes this file behind its own half of the calls, so that the compiler sees both
 * and joins them. It belongs to the core all the same: it asks the port only what internal.h
 * promises.
 */
#include <string.h>

#include "internal.h"

/* "Would block" is the everyday failure of a non-blocking socket: it needs no other look. */
static bool is_eagain(const struct anysock *s, size_t *moved, ptrdiff_t count) {
    *moved = 0;
    return count < 0 && (state_of(s) & ST_NONBLOCK) != 0 && anysock_port_would_block();
}

/*
 * The four calls are written alike. What only the careful way needs after a try is kept in volatile
 * variables: the compiler would keep it in registers instead, and the straight way would pay for
 * saving and restoring those, half as much again as the call costs.
 */

int anysock_send(struct anysock *s, const void *data, size_t length, unsigned flags, size_t *sent) {
    if (!are_there(s, sent) || !is_plain(s, SENDING, PLAIN_STREAM, flags))
        return anysock_send_on(s, data, length, flags, sent, NOT_TRIED);
    if (data == NULL || length == 0)
        return anysock_send_on(s, data, length, flags, sent, NOT_TRIED);

    struct anysock *volatile kept = s;
    const void *volatile kept_data = data;
    volatile size_t kept_length = length;
    size_t *volatile kept_sent = sent;
    ptrdiff_t count = anysock_port_send(s->native_, data, length, 0);
    if (count > 0) {
        *kept_sent = (size_t)count;
        return ANYSOCK_OK;
    }
    if (is_eagain(kept, kept_sent, count))
        return ANYSOCK_EAGAIN;
    return anysock_send_on(kept, kept_data, kept_length, 0, kept_sent, count);
}

int anysock_recv(struct anysock *s, void *data, size_t capacity, unsigned flags, size_t *received) {
    if (!are_there(s, received) || !is_plain(s, RECEIVING, PLAIN_STREAM, flags))
        return anysock_recv_on(s, data, capacity, flags, received, NOT_TRIED);
    if (data == NULL || capacity == 0)
        return anysock_recv_on(s, data, capacity, flags, received, NOT_TRIED);

    struct anysock *volatile kept = s;
    void *volatile kept_data = data;
    volatile size_t kept_capacity = capacity;
    size_t *volatile kept_received = received;
    ptrdiff_t count = anysock_port_recv(s->native_, data, capacity, 0);
    if (count > 0) {
        *kept_received = (size_t)count;
        return ANYSOCK_OK;
    }
    if (is_eagain(kept, kept_received, count))
        return ANYSOCK_EAGAIN;
    return anysock_recv_on(kept, kept_data, kept_capacity, 0, kept_received, count);
}

/* Of the socket's family, with a port, and not the wildcard. The length tells the families apart;
 * an IPv6 address that begins with eight zero bytes may be one and goes the careful way. */
static bool is_destination(const struct anysock_addr *to, uint32_t state) {
    const unsigned char *bytes = addr_bytes(to);
    bool inet6 = (state & ST_INET6) != 0;
    uint32_t head[2];
    memcpy(head, bytes + (inet6 ? INET6_HOST_AT : INET_HOST_AT), sizeof head);
    return to->length_ == (inet6 ? INET6_LENGTH : INET_LENGTH) &&
           (bytes[PORT_AT] | bytes[PORT_AT + 1]) != 0 && (head[0] | (inet6 ? head[1] : 0)) != 0;
}

int anysock_send_to(struct anysock *s, const void *data, size_t length, unsigned flags,
                    const struct anysock_addr *to, size_t *sent) {
    if (s == NULL || sent == NULL || to == NULL || data == NULL || length > DATAGRAM_MAX ||
        !is_plain(s, SENDING_TO, PLAIN_DATAGRAM, flags) || !is_destination(to, state_of(s)))
        return anysock_send_to_on(s, data, length, flags, to, sent, NOT_TRIED);

    struct anysock *volatile kept = s;
    const void *volatile kept_data = data;
    volatile size_t kept_length = length;
    const struct anysock_addr *volatile kept_to = to;
    size_t *volatile kept_sent = sent;
    ptrdiff_t count = anysock_port_send_to(s->native_, data, length, 0, to);
    if (count < 0)
        return anysock_send_to_on(kept, kept_data, kept_length, 0, kept_to, kept_sent, count);
    *kept_sent = (size_t)count;
    return ANYSOCK_OK;
}

int anysock_recv_from(struct anysock *s, void *data, size_t capacity, unsigned flags,
                      struct anysock_addr *from, unsigned *info, size_t *received) {
    if (s == NULL || received == NULL || data == NULL ||
        !is_plain(s, RECEIVING_FROM, PLAIN_DATAGRAM, flags))
        return anysock_recv_from_on(s, data, capacity, flags, from, info, received, NOT_TRIED);

    struct anysock *volatile kept = s;
    void *volatile kept_data = data;
    volatile size_t kept_capacity = capacity;
    struct anysock_addr *volatile kept_from = from;
    unsigned *volatile kept_info = info;
    size_t *volatile kept_received = received;
    ptrdiff_t count = anysock_port_recv_from(s->native_, data, capacity, 0, from, info);
    if (count < 0)
        return anysock_recv_from_on(kept, kept_data, kept_capacity, 0, kept_from, kept_info,
                                    kept_received, count);
    *kept_received = (size_t)count;
    return ANYSOCK_OK;
}
