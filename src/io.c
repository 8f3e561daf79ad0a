/*
 * Sending and receiving. One try on the straight path; everything else (a pending connect, a
 * time-out, "would block", end of stream, a reset) is told once, beside it.
 */
#include "internal.h"

int anysock_block(struct anysock *s, unsigned flags, enum anysock_timeout which,
                  struct anysock_deadline *deadline) {
    uint32_t state = state_of(s);
    if ((state & ST_NONBLOCK) != 0 || (flags & ANYSOCK_NO_WAIT) != 0)
        return ANYSOCK_EAGAIN;

    unsigned wanted = which == ANYSOCK_TIMEOUT_RECV ? ANYSOCK_READABLE : ANYSOCK_WRITABLE;
    int timeout_ms = s->timeout_[which] - 1;
    if (timeout_ms == ANYSOCK_FOREVER && anysock_mode(s, MODE_WOULD_BLOCK) == 1)
        return ANYSOCK_OK;
    if (deadline->at_ns == 0)
        *deadline = anysock_deadline_in(timeout_ms);
    unsigned events;
    return anysock_wait_native(s->native_, wanted, (state & ST_STREAM) != 0, deadline, &events);
}

/* A stream must be connected. A pending connect is settled first, waited for if the call may; one
 * that failed is what went wrong with the call, too. */
static int check_connected(struct anysock *s, unsigned flags, enum anysock_timeout which,
                           struct anysock_deadline *deadline) {
    uint32_t state = state_of(s);
    if ((state & ST_CONNECTED) != 0 || (state & ST_STREAM) == 0)
        return ANYSOCK_OK;
    if ((state & ST_FAILED) != 0)
        return anysock_connect_failure(s);
    if ((state & ST_CONNECTING) == 0)
        return refuse(ANYSOCK_ENOTCONN);

    if ((state & ST_NONBLOCK) != 0 || (flags & ANYSOCK_NO_WAIT) != 0) {
        int code = anysock_finish_connect(s);
        return code == ANYSOCK_EINPROGRESS ? refuse(ANYSOCK_EAGAIN) : code;
    }
    *deadline = anysock_deadline_in(s->timeout_[which] - 1);
    return anysock_await_connect(s, deadline);
}

/* Remembers what an error says about the connection. */
static int note_error(struct anysock *s, int code) {
    uint32_t state = state_of(s);
    bool broken = code == ANYSOCK_ECONNRESET || code == ANYSOCK_ETIMEDOUT ||
                  (code == ANYSOCK_EPIPE && (state & ST_SHUT_WR) == 0);
    if ((state & ST_STREAM) != 0 && broken)
        change_state(s, 0, ST_RESET);
    return code;
}

/* The arguments that both directions check alike, before anything else. */
static int check_arguments(const struct anysock *s, const void *data, size_t length, unsigned flags,
                           unsigned allowed) {
    int code = check_open(s);
    if (code != ANYSOCK_OK)
        return code;
    if (data == NULL && length > 0)
        return refuse(ANYSOCK_EFAULT);
    if ((flags & ~allowed) != 0)
        return refuse(ANYSOCK_EINVAL);
    return ANYSOCK_OK;
}

/* The flags for the port: where no call can be told not to wait, the descriptor has been told. */
static unsigned port_flags(unsigned flags) {
    return anysock_port_traits.has_no_wait_flag ? flags : flags & ~(unsigned)ANYSOCK_NO_WAIT;
}

/* ------------------------------------------------------------------------------------------- */

static int send_until(struct anysock *s, const void *data, size_t length, unsigned flags,
                      struct anysock_deadline *deadline, size_t *sent) {
    int code = check_arguments(s, data, length, flags, ANYSOCK_NO_WAIT);
    if (code == ANYSOCK_OK)
        code = check_connected(s, flags, ANYSOCK_TIMEOUT_SEND, deadline);
    if (code != ANYSOCK_OK)
        return code;

    uint32_t state = state_of(s);
    if ((state & (ST_SHUT_WR | ST_RESET)) != 0)
        return refuse(ANYSOCK_EPIPE);
    if ((state & (ST_STREAM | ST_CONNECTED)) == 0)
        return refuse(ANYSOCK_ENOTCONN);
    if (length == 0 && (state & ST_STREAM) != 0)
        return ANYSOCK_OK;
    code = anysock_mode_prepare(s, flags, ANYSOCK_TIMEOUT_SEND);
    if (code != ANYSOCK_OK)
        return code;

    for (;;) {
        ptrdiff_t count = anysock_port_send(s->native_, data, length, port_flags(flags));
        if (count >= 0) {
            *sent = (size_t)count;
            return ANYSOCK_OK;
        }
        code = fail_native(OP_SEND, (state & ST_STREAM) != 0);
        if (code == ANYSOCK_EINTR)
            continue;
        if (code != ANYSOCK_EAGAIN)
            return note_error(s, code);
        code = anysock_block(s, flags, ANYSOCK_TIMEOUT_SEND, deadline);
        if (code != ANYSOCK_OK)
            return code;
    }
}

int anysock_send(struct anysock *s, const void *data, size_t length, unsigned flags, size_t *sent) {
    if (sent == NULL)
        return refuse(ANYSOCK_EFAULT);
    *sent = 0;
    struct anysock_deadline deadline = DEADLINE_UNSET;
    return send_until(s, data, length, flags, &deadline, sent);
}

int anysock_send_all(struct anysock *s, const void *data, size_t length, size_t *sent) {
    if (sent == NULL)
        return refuse(ANYSOCK_EFAULT);
    *sent = 0;
    struct anysock_deadline deadline = DEADLINE_UNSET;
    for (;;) {
        size_t count = 0;
        int code = send_until(s, data, length, 0, &deadline, &count);
        *sent += count;
        length -= count;
        if (code != ANYSOCK_OK || length == 0)
            return code;
        data = (const char *)data + count;
    }
}

/* ------------------------------------------------------------------------------------------- */

static int recv_until(struct anysock *s, void *data, size_t capacity, unsigned flags,
                      struct anysock_deadline *deadline, size_t *received) {
    int code = check_arguments(s, data, capacity, flags, ANYSOCK_PEEK | ANYSOCK_NO_WAIT);
    if (code == ANYSOCK_OK)
        code = check_connected(s, flags, ANYSOCK_TIMEOUT_RECV, deadline);
    if (code != ANYSOCK_OK)
        return code;

    uint32_t state = state_of(s);
    bool stream = (state & ST_STREAM) != 0;
    if ((state & ST_SHUT_RD) != 0 || (capacity == 0 && stream))
        return ANYSOCK_OK;
    code = anysock_mode_prepare(s, flags, ANYSOCK_TIMEOUT_RECV);
    if (code != ANYSOCK_OK)
        return code;

    for (;;) {
        ptrdiff_t count = anysock_port_recv(s->native_, data, capacity, port_flags(flags));
        if (count == 0 && (state_of(s) & ST_RESET) != 0)
            return refuse(ANYSOCK_ECONNRESET); /* the system has forgotten; we have not */
        if (count >= 0) {
            *received = (size_t)count;
            return ANYSOCK_OK;
        }
        code = fail_native(OP_RECV, stream);
        if (code == ANYSOCK_EINTR)
            continue;
        if (code != ANYSOCK_EAGAIN)
            return note_error(s, code);
        code = anysock_block(s, flags, ANYSOCK_TIMEOUT_RECV, deadline);
        if (code != ANYSOCK_OK)
            return code;
    }
}

int anysock_recv(struct anysock *s, void *data, size_t capacity, unsigned flags, size_t *received) {
    if (received == NULL)
        return refuse(ANYSOCK_EFAULT);
    *received = 0;
    struct anysock_deadline deadline = DEADLINE_UNSET;
    return recv_until(s, data, capacity, flags, &deadline, received);
}

int anysock_recv_all(struct anysock *s, void *data, size_t length, size_t *received) {
    if (received == NULL)
        return refuse(ANYSOCK_EFAULT);
    *received = 0;
    struct anysock_deadline deadline = DEADLINE_UNSET;
    int code = check_arguments(s, data, length, 0, 0);
    if (code == ANYSOCK_OK && (state_of(s) & ST_STREAM) == 0)
        code = refuse(ANYSOCK_EOPNOTSUPP);
    while (code == ANYSOCK_OK) {
        size_t count = 0;
        code = recv_until(s, data, length, 0, &deadline, &count);
        *received += count;
        length -= count;
        if (count == 0 || length == 0)
            break; /* end of stream, or an error, or full */
        data = (char *)data + count;
    }
    return code;
}
