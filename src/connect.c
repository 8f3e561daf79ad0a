/*
 * Connecting: started once, waited for or observed, its result read once and kept. The states are
 * fresh, connecting, connected and failed; only this file leaves "connecting".
 */
#include "internal.h"

/* Keeps the failure of a connect, whose native number is in the error slot. */
static int keep_failure(struct anysock *s, int code) {
    s->connect_error_ = (int16_t)code;
    s->connect_native_ = anysock_port_native_error();
    change_state(s, ST_CONNECTING, ST_FAILED);
    anysock_refresh_watchers(s);
    return code;
}

/* Whether the failure that was reported still is: not if another thread has taken its reason. */
static bool still_fails(const struct anysock *s) {
    struct anysock_port_item item = {s->native_, PORT_CONNECTING, 0};
    return anysock_port_poll(&item, 1, 0) > 0 && (item.events & ANYSOCK_ERROR) != 0;
}

/*
 * The only place that reads a connect's result, and so the only one that consumes it: the socket
 * is writable when it succeeded (POSIX, Windows) or failed (POSIX), and reports an error when it
 * failed (both). What the system says then is final, except that no error and no peer means
 * that it was not about the connect at all.
 */
static int settle_connect(struct anysock *s, unsigned events) {
    struct anysock_addr peer;
    if ((events & ANYSOCK_INVALID) != 0)
        return keep_failure(s, refuse(ANYSOCK_EBADF));
    if (anysock_port_take_error(s->native_) != 0)
        return keep_failure(s, fail_native(OP_CONNECT, true));
    if (anysock_port_native_error() != 0)
        return keep_failure(s, fail_native(OP_CONNECT, true));

    if (anysock_port_peer_addr(s->native_, &peer) == 0) {
        change_state(s, ST_CONNECTING, ST_CONNECTED | ST_BOUND);
        anysock_refresh_watchers(s);
        return ANYSOCK_OK;
    }
    if ((events & ANYSOCK_ERROR) != 0 && still_fails(s))
        return keep_failure(s, refuse(ANYSOCK_EUNKNOWN)); /* it failed, and nobody says why */
    /* Another thread may have asked first, and keeps the answer in a moment, if not by now. */
    return (state_of(s) & ST_FAILED) != 0 ? connect_failure(s) : refuse(ANYSOCK_EINPROGRESS);
}

static int finish(struct anysock *s) {
    struct anysock_deadline now = anysock_deadline_in(0);
    unsigned events;
    int code = anysock_await(s, PORT_CONNECTING, &now, &events);
    if (code == ANYSOCK_ETIMEDOUT)
        return refuse(ANYSOCK_EINPROGRESS);
    return code == ANYSOCK_OK ? settle_connect(s, events) : code;
}

static int await(struct anysock *s, const struct anysock_deadline *deadline) {
    for (;;) {
        unsigned events;
        int code = anysock_await(s, PORT_CONNECTING, deadline, &events);
        if (code == ANYSOCK_OK)
            code = settle_connect(s, events);
        if (code != ANYSOCK_EINPROGRESS)
            return code;
        /* Reported, and yet without a result: look again a little later, rather than spin. */
        if (anysock_deadline_left(deadline) == 0)
            return refuse(ANYSOCK_ETIMEDOUT);
        (void)anysock_port_poll(NULL, 0, 1);
    }
}

static const struct anysock_connector connector = {.finish = finish, .await = await};

/* The connect that was just started, for a blocking socket; the time-out ends the attempt. */
static int finish_in_time(struct anysock *s) {
    struct anysock_deadline deadline =
        anysock_deadline_in(s->timeout_[ANYSOCK_TIMEOUT_CONNECT] - 1);
    int code = await(s, &deadline);
    return code == ANYSOCK_ETIMEDOUT && (state_of(s) & ST_CONNECTING) != 0 ? keep_failure(s, code)
                                                                           : code;
}

/* Whether the socket may connect in this state; a code if not. */
static int check_fresh(uint32_t state) {
    if ((state & ST_STREAM) == 0)
        return ANYSOCK_OK;
    if ((state & ST_CONNECTED) != 0)
        return refuse(ANYSOCK_EISCONN);
    if ((state & ST_CONNECTING) != 0)
        return refuse(ANYSOCK_EALREADY);
    if ((state & ST_FAILED) != 0)
        return refuse(ANYSOCK_EBADSTATE);
    return (state & ST_LISTENING) != 0 ? refuse(ANYSOCK_EINVAL) : ANYSOCK_OK;
}

/* Whether the socket can connect there at all. Systems have four codes for a zone that is no
 * interface, and Linux ties the socket to it before it fails. */
static int check_target(const struct anysock *s, const struct anysock_addr *addr) {
    char name[ANYSOCK_INTERFACE_NAME_MAX];
    if (anysock_addr_family(addr) != family_of(s))
        return refuse(ANYSOCK_EAFNOSUPPORT);
    uint32_t zone = anysock_addr_scope(addr);
    bool is_there = zone == 0 || anysock_port_interface_name(zone, name);
    return is_there && anysock_addr_port(addr) != 0 ? ANYSOCK_OK : refuse(ANYSOCK_EADDRNOTAVAIL);
}

/* Linux takes a port that it had chosen itself away with the peer, and the socket would be deaf:
 * give it the old one back, or else let the next call choose one. */
static void keep_port(struct anysock *s, uint16_t port) {
    struct anysock_addr now;
    if (anysock_port_local_addr(s->native_, &now) != 0)
        (void)anysock_addr_any(family_of(s), 0, &now);
    if (port == 0 || anysock_addr_port(&now) != 0)
        return;
    (void)anysock_addr_set_port(&now, port);
    if (anysock_port_bind(s->native_, &now) == 0)
        return;
    (void)anysock_addr_set_port(&now, 0); /* somebody has it: another one, at the same address */
    if (anysock_port_bind(s->native_, &now) != 0)
        change_state(s, ST_BOUND, 0);
}

/* Takes the peer from a datagram socket, and what the network has reported about it: nobody is to
 * hear of that any more. */
static int leave_peer(struct anysock *s) {
    struct anysock_addr before;
    bool named = anysock_port_local_addr(s->native_, &before) == 0;
    if (anysock_port_disconnect(s->native_, family_of(s)) != 0)
        return fail_native(OP_CONNECT, false);
    anysock_port_report_refusals(s->native_, false);
    (void)anysock_port_take_error(s->native_);
    change_state(s, ST_CONNECTED, 0);
    anysock_refresh_watchers(s);
    keep_port(s, named ? anysock_addr_port(&before) : 0);
    return ANYSOCK_OK;
}

static int connect_to(struct anysock *s, const struct anysock_addr *addr) {
    struct anysock_addr loopback;
    int code = check_open(s);
    if (code == ANYSOCK_OK)
        code = check_target(s, addr);
    if (code == ANYSOCK_OK)
        code = check_fresh(refresh_role(s));
    if (code == ANYSOCK_OK)
        code = anysock_mode_prepare(s, 0, ANYSOCK_TIMEOUT_CONNECT);
    if (code != ANYSOCK_OK)
        return code;

    bool stream = is_stream(s);
    /* Systems disagree about whether the old peer goes first, what is left of it, and whether it
     * stays if the new one cannot be had. */
    if (!stream && (state_of(s) & ST_CONNECTED) != 0)
        code = leave_peer(s);
    if (code != ANYSOCK_OK)
        return code;
    if (!stream)
        anysock_port_report_refusals(s->native_, true); /* now they are this socket's */
    if (anysock_port_connect(s->native_, anysock_addr_destination(addr, &loopback)) == 0) {
        change_state(s, 0, ST_CONNECTED | ST_BOUND);
        anysock_refresh_watchers(s);
        return ANYSOCK_OK;
    }
    code = fail_native(OP_CONNECT, stream);
    if (!stream) {
        anysock_port_report_refusals(s->native_, false);
        return code;
    }
    if (code != ANYSOCK_EINPROGRESS)
        return keep_failure(s, code);
    /* Under way: the descriptor is non-blocking, or a signal interrupted the kernel's waiting.
     * The attempt goes on in both cases and must not be repeated. */
    s->connector_ = &connector;
    change_state(s, 0, ST_CONNECTING | ST_BOUND);
    anysock_refresh_watchers(s);
    return anysock_is_blocking(s) ? finish_in_time(s) : code;
}

int anysock_connect(struct anysock *s, const struct anysock_addr *addr) {
    if (addr == NULL)
        return refuse(ANYSOCK_EFAULT);
    int code = connect_to(s, addr);
    if (code == ANYSOCK_OK)
        anysock_plain_raise(s);
    return code;
}

int anysock_disconnect(struct anysock *s) {
    int code = check_open(s);
    if (code != ANYSOCK_OK)
        return code;
    if (is_stream(s))
        return refuse(ANYSOCK_EOPNOTSUPP);
    if ((state_of(s) & ST_CONNECTED) == 0)
        return ANYSOCK_OK;
    code = leave_peer(s);
    if (code == ANYSOCK_OK)
        anysock_plain_raise(s);
    return code;
}

int anysock_connect_result(struct anysock *s) {
    int code = check_open(s);
    if (code != ANYSOCK_OK)
        return code;
    uint32_t state = state_of(s);
    if ((state & ST_FAILED) != 0)
        return connect_failure(s);
    if ((state & ST_CONNECTING) != 0)
        code = finish(s);
    else if ((state & ST_CONNECTED) == 0)
        code = refuse(ANYSOCK_ENOTCONN);
    if (code == ANYSOCK_EINPROGRESS)
        rearm_edge(s, ANYSOCK_WRITABLE); /* a system may have been early to report it */
    if (code == ANYSOCK_OK)
        anysock_plain_raise(s);
    return code;
}
