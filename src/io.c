/*
 * The calls that send and receive: what the straight way (io_tpl.h) leaves of them, and those that
 * only go the careful one. Each names what it moves, and one function that tries once.
 */
#include "transfer.h"

static ptrdiff_t try_send(const struct anysock *s, const struct transfer *transfer,
                          unsigned flags) {
    return anysock_port_send(s->native_, transfer->data, transfer->length, flags);
}

static ptrdiff_t try_recv(const struct anysock *s, const struct transfer *transfer,
                          unsigned flags) {
    return anysock_port_recv(s->native_, transfer->data, transfer->length, flags);
}

static ptrdiff_t try_send_to(const struct anysock *s, const struct transfer *transfer,
                             unsigned flags) {
    return anysock_port_send_to(s->native_, transfer->data, transfer->length, flags, transfer->to);
}

static ptrdiff_t try_recv_from(const struct anysock *s, const struct transfer *transfer,
                               unsigned flags) {
    if (is_stream(s)) /* it has no senders to tell */
        return try_recv(s, transfer, flags);
    return anysock_port_recv_from(s->native_, transfer->data, transfer->length, flags,
                                  transfer->from, transfer->info);
}

/* Several buffers for one call. No system takes more than 2 GiB at once, and some count them in 32
 * bits: of a stream, the first GiB is moved. The result is transfer's buffers or cut. */
static const struct anysock_buffer *cut_buffers(const struct transfer *transfer,
                                                struct anysock_buffer cut[ANYSOCK_BUFFERS_MAX],
                                                size_t *count) {
    const struct anysock_buffer *buffers = transfer->buffers;
    *count = transfer->count;
    if (anysock_transfer_total(transfer) <= CALL_MAX)
        return buffers;
    size_t left = CALL_MAX, i;
    for (i = 0; i < transfer->count && left > 0; i++) {
        cut[i] = buffers[i];
        if (cut[i].length > left)
            cut[i].length = left;
        left -= cut[i].length;
    }
    *count = i;
    return cut;
}

static ptrdiff_t try_send_vec(const struct anysock *s, const struct transfer *transfer,
                              unsigned flags) {
    struct anysock_buffer cut[ANYSOCK_BUFFERS_MAX];
    size_t count;
    const struct anysock_buffer *buffers = cut_buffers(transfer, cut, &count);
    return anysock_port_send_vec(s->native_, buffers, count, flags);
}

static ptrdiff_t try_recv_vec(const struct anysock *s, const struct transfer *transfer,
                              unsigned flags) {
    struct anysock_buffer cut[ANYSOCK_BUFFERS_MAX];
    size_t count;
    const struct anysock_buffer *buffers = cut_buffers(transfer, cut, &count);
    return anysock_port_recv_vec(s->native_, buffers, count, flags);
}

/* ------------------------------------------------------------------------------------------- */

static struct transfer sending(const void *data, size_t length, unsigned flags) {
    struct transfer transfer = {
        .attempt = try_send, .op = OP_SEND, .flags = flags, .length = length};
    transfer.data = (void *)(uintptr_t)data; /* it is only read */
    return transfer;
}

static struct transfer receiving(void *data, size_t capacity, unsigned flags) {
    struct transfer transfer = {
        .attempt = try_recv, .op = OP_RECV, .flags = flags, .data = data, .length = capacity};
    return transfer;
}

int anysock_send_on(struct anysock *s, const void *data, size_t length, unsigned flags,
                    size_t *sent) {
    struct transfer transfer = sending(data, length, flags);
    return anysock_transfer(s, &transfer, NOT_TRIED, sent);
}

int anysock_send_again(struct anysock *s, const void *data, size_t length, size_t *sent) {
    struct transfer transfer = sending(data, length, 0);
    return anysock_transfer(s, &transfer, FAILED, sent);
}

int anysock_send_after_(struct anysock *s, const void *data, size_t length, ptrdiff_t count,
                        size_t *sent) {
    if (count == 0) /* which no system does */
        return anysock_send_on(s, data, length, 0, sent);
    return anysock_send_again(s, data, length, sent);
}

int anysock_recv_on(struct anysock *s, void *data, size_t capacity, unsigned flags,
                    size_t *received) {
    struct transfer transfer = receiving(data, capacity, flags);
    return anysock_transfer(s, &transfer, NOT_TRIED, received);
}

int anysock_recv_again(struct anysock *s, void *data, size_t capacity, size_t *received) {
    struct transfer transfer = receiving(data, capacity, 0);
    return anysock_transfer(s, &transfer, FAILED, received);
}

int anysock_recv_nothing(struct anysock *s, size_t *received) {
    *received = 0;
    if (!anysock_was_reset(s))
        return ANYSOCK_OK;
    anysock_note_reset(s, 0);
    return refuse((state_of(s) & ST_EXPIRED) != 0 ? ANYSOCK_ETIMEDOUT : ANYSOCK_ECONNRESET);
}

int anysock_recv_after_(struct anysock *s, void *data, size_t capacity, ptrdiff_t count,
                        size_t *received) {
    if (count == 0)
        return anysock_recv_nothing(s, received);
    return anysock_recv_again(s, data, capacity, received);
}

static int send_datagram(struct anysock *s, const void *data, size_t length, unsigned flags,
                         const struct anysock_addr *to, size_t *sent, enum before before) {
    struct transfer transfer = sending(data, length, flags);
    struct anysock_addr loopback;
    transfer.attempt = try_send_to;
    transfer.to = anysock_addr_destination(to, &loopback);
    return anysock_transfer(s, &transfer, before, sent);
}

int anysock_send_to_on(struct anysock *s, const void *data, size_t length, unsigned flags,
                       const struct anysock_addr *to, size_t *sent) {
    if (to == NULL) {
        if (sent != NULL)
            *sent = 0;
        return refuse(ANYSOCK_EFAULT);
    }
    return send_datagram(s, data, length, flags, to, sent, NOT_TRIED);
}

int anysock_send_to_again(struct anysock *s, const void *data, size_t length,
                          const struct anysock_addr *to, size_t *sent) {
    return send_datagram(s, data, length, 0, to, sent, FAILED);
}

static int receive_datagram(struct anysock *s, void *data, size_t capacity, unsigned flags,
                            struct anysock_addr *from, unsigned *info, size_t *received,
                            enum before before) {
    struct transfer transfer = receiving(data, capacity, flags);
    transfer.attempt = try_recv_from;
    transfer.wants_from = true;
    transfer.from = from;
    transfer.info = info;
    return anysock_transfer(s, &transfer, before, received);
}

int anysock_recv_from_on(struct anysock *s, void *data, size_t capacity, unsigned flags,
                         struct anysock_addr *from, unsigned *info, size_t *received) {
    return receive_datagram(s, data, capacity, flags, from, info, received, NOT_TRIED);
}

int anysock_recv_from_again(struct anysock *s, void *data, size_t capacity,
                            struct anysock_addr *from, unsigned *info, size_t *received) {
    return receive_datagram(s, data, capacity, 0, from, info, received, FAILED);
}

int anysock_send_all(struct anysock *s, const void *data, size_t length, size_t *sent) {
    struct transfer transfer = sending(data, length, 0);
    return anysock_transfer_all(s, &transfer, sent);
}

int anysock_recv_all(struct anysock *s, void *data, size_t length, size_t *received) {
    struct transfer transfer = receiving(data, length, ANYSOCK_WAIT_ALL);
    return anysock_transfer_all(s, &transfer, received);
}

/* What the vectored calls check before all others do. */
static int check_buffers(const struct anysock *s, const struct anysock_buffer *buffers,
                         size_t count, size_t *moved) {
    if (moved == NULL)
        return refuse(ANYSOCK_EFAULT);
    *moved = 0;
    if (s == NULL || (buffers == NULL && count > 0))
        return refuse(ANYSOCK_EFAULT);
    int code = check_open(s);
    if (code != ANYSOCK_OK)
        return code;
    return count <= ANYSOCK_BUFFERS_MAX ? ANYSOCK_OK : refuse(ANYSOCK_EINVAL);
}

static int transfer_buffers(struct anysock *s, struct transfer *transfer,
                            const struct anysock_buffer *buffers, size_t count, size_t *moved) {
    static const struct anysock_buffer none; /* for a count of 0 */
    int code = check_buffers(s, buffers, count, moved);
    if (code != ANYSOCK_OK)
        return code;
    transfer->buffers = buffers != NULL ? buffers : &none;
    transfer->count = count;
    return anysock_transfer(s, transfer, NOT_TRIED, moved);
}

int anysock_send_vec(struct anysock *s, const struct anysock_buffer *buffers, size_t count,
                     unsigned flags, size_t *sent) {
    struct transfer transfer = sending(NULL, 0, flags);
    transfer.attempt = try_send_vec;
    return transfer_buffers(s, &transfer, buffers, count, sent);
}

int anysock_recv_vec(struct anysock *s, const struct anysock_buffer *buffers, size_t count,
                     unsigned flags, size_t *received) {
    struct transfer transfer = receiving(NULL, 0, flags);
    transfer.attempt = try_recv_vec;
    return transfer_buffers(s, &transfer, buffers, count, received);
}
