/*
 * The end of a socket: closed, reset, flushed first, or given away. A server closes as often as it
 * accepts, so that unlike the rest of its life this is optimised for speed.
 */
#include "internal.h"

/* An event's association goes with the descriptor in any case, so that its end cannot fail. */
static void close_native(struct anysock *s) {
    detach_watchers(s);
    anysock_port_close(s->native_);
    make_closed(s);
}

int anysock_close(struct anysock *s) {
    int code = check_open(s);
    if (code != ANYSOCK_OK)
        return code;
    if ((state_of(s) & ST_LINGERS) != 0)
        anysock_port_no_linger(s->native_);
    close_native(s);
    return ANYSOCK_OK;
}

int anysock_abort(struct anysock *s) {
    int code = check_open(s);
    if (code != ANYSOCK_OK)
        return code;
    anysock_port_reset_on_close(s->native_);
    close_native(s);
    return ANYSOCK_OK;
}

/* What has come when the time is over is still looked through for the end, but not more than
 * buffers hold: a peer that goes on sending would keep us for ever. */
#define LATE_MAX 2048

/* Receives and discards until the peer ends; what it said does not matter any more. */
static int drain(struct anysock *s, int timeout_ms) {
    struct anysock_deadline deadline = anysock_deadline_in(timeout_ms);
    char waste[4096];
    for (int late = 0; late < LATE_MAX; late += anysock_deadline_left(&deadline) == 0) {
        unsigned events;
        int code = anysock_await(s, ANYSOCK_READABLE, &deadline, &events);
        if (code != ANYSOCK_OK)
            return code;
        size_t count;
        code = anysock_recv(s, waste, sizeof waste, ANYSOCK_NO_WAIT, &count);
        if (code != ANYSOCK_EAGAIN && (code != ANYSOCK_OK || count == 0))
            return code;
    }
    return refuse(ANYSOCK_ETIMEDOUT);
}

int anysock_close_flush(struct anysock *s, int timeout_ms) {
    int code = check_open(s);
    if (code != ANYSOCK_OK)
        return code;
    if (!is_timeout(timeout_ms))
        return refuse(ANYSOCK_EINVAL);
    if (!is_stream(s))
        return refuse(ANYSOCK_EOPNOTSUPP);
    change_state(s, ST_SHUT_RD, 0); /* what still comes must be read, or it becomes a reset */
    code = anysock_shutdown(s, ANYSOCK_SHUT_WR);
    if (code == ANYSOCK_OK)
        code = drain(s, timeout_ms);
    int native = anysock_port_native_error();
    (void)anysock_close(s);
    anysock_port_set_native_error(code == ANYSOCK_OK ? 0 : native);
    return code;
}

int anysock_release(struct anysock *s, anysock_native *native) {
    if (native == NULL)
        return refuse(ANYSOCK_EFAULT);
    int code = check_open(s);
    if (code == ANYSOCK_OK)
        code = anysock_event_unbind(s);
    if (code == ANYSOCK_OK)
        code = anysock_mode(s, MODE_RELEASING);
    if (code != ANYSOCK_OK)
        return code;
    detach_watchers(s);
    *native = s->native_;
    make_closed(s);
    return ANYSOCK_OK;
}
