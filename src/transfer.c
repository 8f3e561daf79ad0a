/*
 * The careful way of every send and receive: arguments, state, a pending connect, "would block",
 * end of stream, resets, the noise that networks make about datagrams. It is one way for all calls
 * (io.c): what differs between them is in struct transfer.
 */
#include <string.h>

#include "transfer.h"

/* So many errors about somebody else's datagrams are skipped before the call gives up. */
#define NOISE_MAX 16

static enum anysock_timeout timeout_of(const struct transfer *transfer) {
    return transfer->op == OP_SEND ? ANYSOCK_TIMEOUT_SEND : ANYSOCK_TIMEOUT_RECV;
}

static unsigned condition_of(const struct transfer *transfer) {
    if (transfer->op == OP_SEND)
        return ANYSOCK_WRITABLE;
    return (transfer->flags & ANYSOCK_OOB) != 0 ? ANYSOCK_PRIORITY : ANYSOCK_READABLE;
}

int anysock_block(struct anysock *s, unsigned flags, enum anysock_timeout which,
                  struct anysock_deadline *deadline) {
    if ((state_of(s) & ST_NONBLOCK) != 0 || (flags & ANYSOCK_NO_WAIT) != 0)
        return ANYSOCK_EAGAIN;

    int timeout_ms = s->timeout_[which] - 1;
    if (timeout_ms == ANYSOCK_FOREVER)
        (void)anysock_mode(s, MODE_WOULD_BLOCK);
    /* Systems may call something ready for which a call would wait: not for ever. */
    if (deadline->at_ns == 0)
        *deadline = anysock_deadline_in(timeout_ms);
    else if (anysock_deadline_left(deadline) == 0)
        return refuse(ANYSOCK_ETIMEDOUT);
    unsigned wanted = which == ANYSOCK_TIMEOUT_RECV ? ANYSOCK_READABLE : ANYSOCK_WRITABLE;
    unsigned events;
    return anysock_await(s, wanted, deadline, &events);
}

/* ------------------------------------------------------------------------------------------- */

/* Which flags a call knows, and which of them only a stream has. */
static int check_flags(const struct transfer *transfer, bool stream) {
    unsigned known = ANYSOCK_NO_WAIT | ANYSOCK_OOB;
    if (transfer->op == OP_SEND)
        known |= ANYSOCK_MORE;
    else
        known |= ANYSOCK_PEEK | (transfer->buffers == NULL ? (unsigned)ANYSOCK_WAIT_ALL : 0u);
    if (transfer->to != NULL || transfer->wants_from) /* one datagram: nothing to wait for */
        known = ANYSOCK_NO_WAIT | (transfer->op == OP_RECV ? (unsigned)ANYSOCK_PEEK : 0u);

    unsigned flags = transfer->flags;
    if ((flags & ~known) != 0)
        return refuse(ANYSOCK_EINVAL);
    if ((flags & ANYSOCK_WAIT_ALL) != 0 && (flags & (ANYSOCK_PEEK | ANYSOCK_OOB)) != 0)
        return refuse(ANYSOCK_EINVAL);
    if (!stream && (flags & (ANYSOCK_WAIT_ALL | ANYSOCK_OOB)) != 0)
        return refuse(ANYSOCK_EOPNOTSUPP);
    return ANYSOCK_OK;
}

/* The memory, in one piece or in several. */
static int check_memory(const struct transfer *transfer) {
    if (transfer->buffers == NULL)
        return transfer->data != NULL || transfer->length == 0 ? ANYSOCK_OK
                                                               : refuse(ANYSOCK_EFAULT);
    for (size_t i = 0; i < transfer->count; i++)
        if (transfer->buffers[i].data == NULL && transfer->buffers[i].length > 0)
            return refuse(ANYSOCK_EFAULT);
    return ANYSOCK_OK;
}

/* Whom a datagram is for. */
static int check_destination(const struct anysock *s, const struct transfer *transfer) {
    uint32_t state = state_of(s);
    if ((state & ST_STREAM) != 0)
        return refuse(ANYSOCK_EOPNOTSUPP);
    if (anysock_addr_family(transfer->to) != family_of(s))
        return refuse(ANYSOCK_EAFNOSUPPORT);
    if (anysock_addr_port(transfer->to) == 0)
        return refuse(ANYSOCK_EADDRNOTAVAIL);
    return (state & ST_CONNECTED) == 0 ? ANYSOCK_OK : refuse(ANYSOCK_EISCONN);
}

static int check_arguments(const struct anysock *s, const struct transfer *transfer) {
    int code = check_open(s);
    if (code == ANYSOCK_OK)
        code = check_memory(transfer);
    if (code == ANYSOCK_OK)
        code = check_flags(transfer, is_stream(s));
    if (code == ANYSOCK_OK && transfer->to != NULL)
        code = check_destination(s, transfer);
    return code;
}

/* A stream must be connected. A pending connect is settled first, waited for if the call may; one
 * that failed is what went wrong with the call, too. */
static int check_connected(struct anysock *s, const struct transfer *transfer,
                           struct anysock_deadline *deadline) {
    uint32_t state = state_of(s);
    if ((state & ST_CONNECTED) != 0 || (state & ST_STREAM) == 0)
        return ANYSOCK_OK;
    if ((state & ST_FAILED) != 0)
        return connect_failure(s);
    if ((state & ST_CONNECTING) == 0)
        return refuse(ANYSOCK_ENOTCONN);

    if ((state & ST_NONBLOCK) != 0 || (transfer->flags & ANYSOCK_NO_WAIT) != 0) {
        int code = s->connector_->finish(s);
        if (code != ANYSOCK_EINPROGRESS)
            return code;
        rearm_edge(s, condition_of(transfer));
        return refuse(ANYSOCK_EAGAIN);
    }
    *deadline = anysock_deadline_in(s->timeout_[timeout_of(transfer)] - 1);
    return s->connector_->await(s, deadline);
}

size_t anysock_transfer_total(const struct transfer *transfer) {
    if (transfer->buffers == NULL)
        return transfer->length;
    size_t total = 0;
    for (size_t i = 0; i < transfer->count; i++) {
        size_t length = transfer->buffers[i].length;
        total = length < SIZE_MAX - total ? total + length : SIZE_MAX;
    }
    return total;
}

/* A datagram socket that is to receive needs an address, or it would wait for nothing (Linux) or
 * fail (Windows); a sending one needs a peer. */
static int check_datagram(struct anysock *s, const struct transfer *transfer) {
    uint32_t state = state_of(s);
    if ((state & ST_STREAM) != 0)
        return ANYSOCK_OK;
    if (transfer->op == OP_SEND) {
        if ((state & ST_CONNECTED) == 0 && transfer->to == NULL)
            return refuse(ANYSOCK_ENOTCONN);
        return anysock_transfer_total(transfer) <= DATAGRAM_MAX ? ANYSOCK_OK
                                                                : refuse(ANYSOCK_EMSGSIZE);
    }
    if ((state & ST_BOUND) != 0)
        return ANYSOCK_OK;
    struct anysock_addr any;
    (void)anysock_addr_any(family_of(s), 0, &any);
    int code = anysock_bind_to(s, &any, ANYSOCK_BIND_CLIENT);
    if (code != ANYSOCK_EINVAL)
        return code;
    /* Another thread was faster, or a send that failed has bound it all the same. */
    change_state(s, 0, ST_BOUND);
    return ANYSOCK_OK;
}

/* Whether own shutdowns, or nothing to do, answer the call without the system: 1, with the answer
 * in code. */
static bool is_answered(const struct anysock *s, const struct transfer *transfer, int *code) {
    uint32_t state = state_of(s);
    *code = ANYSOCK_OK;
    bool told = (state & (ST_RESET | ST_UNTOLD)) == ST_RESET;
    if (transfer->op == OP_SEND && (told || (state & ST_SHUT_WR) != 0)) {
        *code = refuse(ANYSOCK_EPIPE);
        return true;
    }
    if (transfer->op == OP_RECV && (state & ST_SHUT_RD) != 0)
        return true; /* end of stream */
    return (state & ST_STREAM) != 0 && anysock_transfer_total(transfer) == 0;
}

/* ------------------------------------------------------------------------------------------- */

/* The flags for the port: where no call can be told not to wait, the descriptor has been told. */
static unsigned port_flags(const struct anysock *s, const struct transfer *transfer) {
    unsigned flags = transfer->flags & ~(unsigned)ANYSOCK_WAIT_ALL;
    if (!is_stream(s))
        flags &= ~(unsigned)ANYSOCK_MORE; /* Linux would join the datagrams */
    return anysock_port_traits.has_no_wait_flag ? flags : flags & ~(unsigned)ANYSOCK_NO_WAIT;
}

static ptrdiff_t try_once(const struct anysock *s, const struct transfer *transfer) {
    return transfer->attempt(s, transfer, port_flags(s, transfer));
}

/* What says that the connection is gone; see anysock_port_map_error(). */
static bool breaks(int code, uint32_t state) {
    static const int16_t codes[] = {ANYSOCK_ECONNRESET, ANYSOCK_ETIMEDOUT, ANYSOCK_ECONNREFUSED,
                                    ANYSOCK_EPROTO};
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        if (code == codes[i])
            return true;
    return code == ANYSOCK_EPIPE && (state & ST_SHUT_WR) == 0;
}

/* Remembers what an error says about the connection. The first call that fails for a reset says so,
 * and not that the pipe is broken: some systems put it so, and some forget it after a look. */
static int note_error(struct anysock *s, int code) {
    if (!breaks(code, state_of(s)))
        return code;
    anysock_note_reset(s, code == ANYSOCK_ETIMEDOUT ? ST_EXPIRED : 0);
    return code == ANYSOCK_EPIPE && is_stream(s) ? ANYSOCK_ECONNRESET : code;
}

/* Whether an error is about an earlier datagram: of an unconnected socket perhaps one to somebody
 * else. Linux never reports those, Windows may, and each report hides what is behind. Of a
 * connected one, that its path is too narrow, which is nothing to receivers. */
static bool is_noise(const struct anysock *s, enum anysock_op op, int code) {
    uint32_t state = state_of(s);
    if ((state & ST_STREAM) != 0)
        return false;
    if ((state & ST_CONNECTED) != 0)
        return op == OP_RECV && code == ANYSOCK_EMSGSIZE;
    return code == ANYSOCK_ECONNREFUSED || code == ANYSOCK_ENETRESET;
}

static int finish(struct anysock *s, const struct transfer *transfer, ptrdiff_t count,
                  size_t *moved) {
    if (count == 0 && transfer->op == OP_RECV && is_stream(s))
        return anysock_recv_nothing(s, moved);
    if (transfer->to != NULL && (state_of(s) & ST_BOUND) == 0)
        change_state(s, 0, ST_BOUND);
    *moved = (size_t)count;
    return ANYSOCK_OK;
}

/* Goes on from the result of a try until there is an outcome. */
static int try_on(struct anysock *s, const struct transfer *transfer, ptrdiff_t count,
                  struct anysock_deadline *deadline, size_t *moved) {
    enum anysock_op op = (transfer->flags & ANYSOCK_OOB) != 0 && transfer->op == OP_RECV
                             ? OP_RECV_OOB
                             : transfer->op;
    int noise = 0;
    while (count < 0) {
        int code = fail_native(op, is_stream(s));
        if (code == ANYSOCK_EAGAIN) {
            rearm_edge(s, condition_of(transfer));
            code = anysock_block(s, transfer->flags, timeout_of(transfer), deadline);
            if (code != ANYSOCK_OK)
                return code;
        } else if (code != ANYSOCK_EINTR && !(is_noise(s, op, code) && noise++ < NOISE_MAX)) {
            return note_error(s, code);
        }
        count = try_once(s, transfer);
    }
    return finish(s, transfer, count, moved);
}

/* One call's worth, with the deadline of the whole. */
static int transfer_until(struct anysock *s, struct transfer *transfer,
                          struct anysock_deadline *deadline, size_t *moved) {
    int code = check_arguments(s, transfer);
    if (code != ANYSOCK_OK)
        return code;
    if ((transfer->flags & ANYSOCK_OOB) != 0 && transfer->op == OP_RECV)
        transfer->flags |= ANYSOCK_NO_WAIT;
    code = check_connected(s, transfer, deadline);
    if (code != ANYSOCK_OK || is_answered(s, transfer, &code))
        return code;
    code = check_datagram(s, transfer);
    if (code == ANYSOCK_OK)
        code = anysock_mode_prepare(s, transfer->flags, timeout_of(transfer));
    if (code != ANYSOCK_OK)
        return code;
    return try_on(s, transfer, try_once(s, transfer), deadline, moved);
}

/* What the call writes besides the count, in case it fails. */
static int clear_results(const struct transfer *transfer, size_t *moved) {
    if (transfer->from != NULL)
        memset(transfer->from, 0, sizeof *transfer->from);
    if (transfer->info != NULL)
        *transfer->info = 0;
    if (moved == NULL)
        return refuse(ANYSOCK_EFAULT);
    *moved = 0;
    return ANYSOCK_OK;
}

int anysock_transfer_all(struct anysock *s, struct transfer *transfer, size_t *moved) {
    int code = clear_results(transfer, moved);
    struct anysock_deadline deadline = DEADLINE_UNSET;
    while (code == ANYSOCK_OK) {
        size_t count = 0;
        code = transfer_until(s, transfer, &deadline, &count);
        *moved += count;
        transfer->length -= count;
        if (transfer->length == 0 || (count == 0 && transfer->op == OP_RECV))
            break; /* everything, or the end of the stream */
        transfer->data = (char *)transfer->data + count;
    }
    return code;
}

/*
 * Goes on from a try that failed. The straight way makes it without looking at every argument, so
 * that one of them may be the reason; then that is the result, as if nothing had been tried. But
 * what the system said about the connection on this occasion must not be lost, though nobody has
 * been told of it yet.
 */
static int go_on(struct anysock *s, const struct transfer *transfer, size_t *moved) {
    struct anysock_deadline deadline = DEADLINE_UNSET;
    if (breaks(fail_native(transfer->op, is_stream(s)), state_of(s)))
        anysock_note_reset(s, ST_UNTOLD);
    int code = check_arguments(s, transfer);
    if (code == ANYSOCK_OK)
        code = check_datagram(s, transfer);
    if (code != ANYSOCK_OK || (is_stream(s) && anysock_transfer_total(transfer) == 0))
        return code;
    return try_on(s, transfer, -1, &deadline, moved);
}

int anysock_transfer(struct anysock *s, struct transfer *transfer, enum before before,
                     size_t *moved) {
    if ((transfer->flags & ANYSOCK_WAIT_ALL) != 0)
        return anysock_transfer_all(s, transfer, moved);
    int code = clear_results(transfer, moved);
    if (code != ANYSOCK_OK)
        return code;
    if (before == FAILED)
        return go_on(s, transfer, moved);
    struct anysock_deadline deadline = DEADLINE_UNSET;
    return transfer_until(s, transfer, &deadline, moved);
}
