/*
 * The life of a socket: open, adopt, bind, listen, accept, shut down. Arguments and state are
 * checked here, so that both systems see only calls that mean the same to them.
 */
#include <string.h>

#include "internal.h"

#define ACCEPT_RETRIES 64

_Static_assert(sizeof(struct anysock) == 64, "struct anysock is 64 bytes everywhere");

/* Nobody else knows the socket yet, so that its state may be written like anything else. */
static void make_open(struct anysock *s, anysock_native native, uint32_t state) {
    make_closed(s);
    s->native_ = native;
    s->state_ = state | ST_OPEN;
}

size_t anysock_sizeof(void) {
    return sizeof(struct anysock);
}

bool anysock_is_open(const struct anysock *s) {
    return s != NULL && (state_of(s) & ST_OPEN) != 0;
}

anysock_native anysock_native_handle(const struct anysock *s) {
    return anysock_is_open(s) ? s->native_ : (anysock_native)-1;
}

/* ------------------------------------------------------------------------------------------- */

int anysock_open(enum anysock_family family, enum anysock_type type, unsigned flags,
                 struct anysock *s) {
    if (s == NULL)
        return refuse(ANYSOCK_EFAULT);
    make_closed(s);
    if (family != ANYSOCK_INET && family != ANYSOCK_INET6)
        return refuse(ANYSOCK_EAFNOSUPPORT);
    if (type != ANYSOCK_STREAM && type != ANYSOCK_DGRAM)
        return refuse(ANYSOCK_ESOCKTNOSUPPORT);
    if ((flags & ~(unsigned)ANYSOCK_NONBLOCK) != 0)
        return refuse(ANYSOCK_EINVAL);
    if (anysock_port_startup() != 0)
        return fail_native(OP_OPEN, true);

    bool nonblocking = (flags & ANYSOCK_NONBLOCK) != 0;
    anysock_native native;
    if (anysock_port_open(family, type, nonblocking, &native) != 0)
        return fail_native(OP_OPEN, type == ANYSOCK_STREAM);
    make_open(s, native,
              anysock_mode_initial(nonblocking, nonblocking) |
                  (type == ANYSOCK_STREAM ? ST_STREAM : 0) |
                  (family == ANYSOCK_INET6 ? ST_INET6 : 0));
    if (type == ANYSOCK_DGRAM)
        anysock_port_report_refusals(native, false);
    return ANYSOCK_OK;
}

/* The state that a foreign socket is in. */
static uint32_t adopted_state(const struct anysock_port_facts *facts) {
    uint32_t state = 0;
    if (facts->type == ANYSOCK_STREAM)
        state |= ST_STREAM;
    if (facts->lingers)
        state |= ST_LINGERS;
    if (facts->family == ANYSOCK_INET6)
        state |= ST_INET6;
    if (facts->bound)
        state |= ST_BOUND;
    if (facts->listening)
        state |= ST_LISTENING;
    else if (facts->connected)
        state |= ST_CONNECTED | (facts->shut ? ST_SHUT_WR : 0);
    return state;
}

int anysock_adopt(anysock_native native, unsigned flags, struct anysock *s) {
    if (s == NULL)
        return refuse(ANYSOCK_EFAULT);
    make_closed(s);
    if ((flags & ~(unsigned)ANYSOCK_NONBLOCK) != 0)
        return refuse(ANYSOCK_EINVAL);
    if (anysock_port_startup() != 0)
        return fail_native(OP_ADOPT, true);

    struct anysock_port_facts facts;
    if (anysock_port_describe(native, &facts) != 0)
        return fail_native(OP_ADOPT, true);
    if (facts.family == ANYSOCK_UNSPEC)
        return refuse(ANYSOCK_EAFNOSUPPORT);
    if (facts.type != ANYSOCK_STREAM && facts.type != ANYSOCK_DGRAM)
        return refuse(ANYSOCK_ESOCKTNOSUPPORT);

    /* Where the system cannot tell the mode, a blocking one is as the caller says. */
    make_open(s, native,
              adopted_state(&facts) | anysock_mode_initial(false, facts.nonblocking > 0));
    anysock_plain_raise(s);
    if (facts.type == ANYSOCK_DGRAM)
        anysock_port_report_refusals(native, facts.connected);
    bool nonblocking = (flags & ANYSOCK_NONBLOCK) != 0;
    int code = anysock_mode(s, nonblocking ? MODE_WANT_NONBLOCKING : MODE_WANT_BLOCKING);
    if (code != ANYSOCK_OK)
        make_closed(s);
    return code;
}

/* ------------------------------------------------------------------------------------------- */

int anysock_bind_to(struct anysock *s, const struct anysock_addr *addr,
                    enum anysock_bind_intent intent) {
    if (addr == NULL)
        return refuse(ANYSOCK_EFAULT);
    int code = check_open(s);
    if (code != ANYSOCK_OK)
        return code;
    bool stream = is_stream(s);
    if ((unsigned)intent > ANYSOCK_BIND_CLIENT)
        return refuse(ANYSOCK_EINVAL);
    if (anysock_addr_family(addr) != family_of(s))
        return refuse(ANYSOCK_EAFNOSUPPORT);
    if ((state_of(s) & ST_FAILED) != 0)
        return refuse(ANYSOCK_EBADSTATE);
    if ((state_of(s) & ST_BOUND) != 0)
        return refuse(ANYSOCK_EINVAL);
    if (intent == ANYSOCK_BIND_SHARED && stream)
        return refuse(ANYSOCK_EOPNOTSUPP);

    if (anysock_port_bind_intent(s->native_, intent, stream, true) == 0 &&
        anysock_port_bind(s->native_, addr) == 0) {
        change_state(s, 0, ST_BOUND);
        return ANYSOCK_OK;
    }
    code = fail_native(OP_BIND, stream);
    /* The next attempt may have another intent, and these would count for it, too. */
    int native = anysock_port_native_error();
    (void)anysock_port_bind_intent(s->native_, intent, stream, false);
    anysock_port_set_native_error(native);
    return code;
}

int anysock_bind(struct anysock *s, const struct anysock_addr *addr,
                 enum anysock_bind_intent intent) {
    int code = anysock_bind_to(s, addr, intent);
    if (code == ANYSOCK_OK)
        anysock_plain_raise(s);
    return code;
}

int anysock_listen(struct anysock *s, int backlog) {
    int code = check_open(s);
    if (code != ANYSOCK_OK)
        return code;
    uint32_t state = refresh_role(s);
    if ((state & ST_STREAM) == 0)
        return refuse(ANYSOCK_EOPNOTSUPP);
    if ((state & (ST_CONNECTING | ST_CONNECTED)) != 0)
        return refuse(ANYSOCK_EISCONN);
    if ((state & ST_FAILED) != 0)
        return refuse(ANYSOCK_EBADSTATE);

    if ((state & ST_BOUND) == 0 && !anysock_port_traits.listen_binds) {
        struct anysock_addr any;
        (void)anysock_addr_any(family_of(s), 0, &any);
        code = anysock_bind_to(s, &any, ANYSOCK_BIND_SERVER);
        if (code != ANYSOCK_OK)
            return code;
    }
    if (anysock_port_listen(s->native_, backlog) != 0)
        return fail_native(OP_LISTEN, true);
    change_state(s, 0, ST_LISTENING | ST_BOUND);
    anysock_refresh_watchers(s);
    return ANYSOCK_OK;
}

/* Takes one connection natively, and waits for it if the listener may. */
static int accept_native(struct anysock *listener, bool nonblocking, anysock_native *native,
                         struct anysock_addr *peer, bool tried) {
    int code = ANYSOCK_OK;
    if ((state_of(listener) & ST_TIMED) != 0)
        code = anysock_mode_prepare(listener, 0, ANYSOCK_TIMEOUT_RECV);
    if (code != ANYSOCK_OK)
        return code;

    struct anysock_deadline deadline = DEADLINE_UNSET;
    int broken = 0;
    while (tried || anysock_port_accept(listener->native_, nonblocking, native, peer) != 0) {
        tried = false;
        code = fail_native(OP_ACCEPT, true);
        if (code == ANYSOCK_EINTR)
            continue;
        /* The port reports a connection that broke in the queue as ECONNABORTED: take the next
         * one, but do not spin on a system that never ends to say so. */
        if (code == ANYSOCK_ECONNABORTED && ++broken <= ACCEPT_RETRIES)
            continue;
        bool gives_up = code == ANYSOCK_ECONNABORTED;
        if (gives_up || code == ANYSOCK_EAGAIN)
            rearm_edge(listener, ANYSOCK_READABLE);
        if (gives_up)
            return ANYSOCK_EAGAIN;
        if (code == ANYSOCK_EAGAIN)
            code = anysock_block(listener, 0, ANYSOCK_TIMEOUT_RECV, &deadline);
        if (code != ANYSOCK_OK)
            return code;
    }
    return ANYSOCK_OK;
}

static int check_listener(const struct anysock *listener, unsigned flags) {
    int code = check_open(listener);
    if (code != ANYSOCK_OK)
        return code;
    bool good = (flags & ~(unsigned)ANYSOCK_NONBLOCK) == 0;
    return good && (state_of(listener) & ST_LISTENING) != 0 ? ANYSOCK_OK : refuse(ANYSOCK_EINVAL);
}

static int accept_into(struct anysock *listener, unsigned flags, struct anysock *child,
                       struct anysock_addr *peer, bool tried) {
    anysock_native native;
    bool nonblocking = (flags & ANYSOCK_NONBLOCK) != 0;
    int code = check_listener(listener, flags);
    if (code == ANYSOCK_OK)
        code = accept_native(listener, nonblocking, &native, peer, tried);
    if (code != ANYSOCK_OK) {
        make_closed(child);
        if (peer != NULL) /* a port may have begun to write it */
            memset(peer, 0, sizeof *peer);
        return code;
    }
    make_child(child, native, listener, anysock_mode_initial(nonblocking, nonblocking));
    return ANYSOCK_OK;
}

int anysock_accept_on(struct anysock *listener, unsigned flags, struct anysock *child,
                      struct anysock_addr *peer) {
    if (peer != NULL)
        memset(peer, 0, sizeof *peer);
    if (child == NULL)
        return refuse(ANYSOCK_EFAULT);
    if (child == listener)
        return refuse(ANYSOCK_EINVAL); /* the only argument that would be lost */
    return accept_into(listener, flags, child, peer, false);
}

int anysock_accept_again(struct anysock *listener, struct anysock *child) {
    return accept_into(listener, 0, child, NULL, true);
}

/* ------------------------------------------------------------------------------------------- */

/* The sending direction natively. Systems disagree about repetition and about a peer that is gone;
 * the connection was there, so what was asked for is true now. */
static int shut_native(const struct anysock *s) {
    if (anysock_port_shutdown_send(s->native_) == 0)
        return ANYSOCK_OK;
    static const int16_t gone[] = {ANYSOCK_ENOTCONN,     ANYSOCK_EINVAL,    ANYSOCK_ECONNRESET,
                                   ANYSOCK_ECONNABORTED, ANYSOCK_ETIMEDOUT, ANYSOCK_ENETRESET,
                                   ANYSOCK_EPIPE};
    int code = fail_native(OP_SHUTDOWN, is_stream(s));
    for (size_t i = 0; i < sizeof gone / sizeof *gone; i++)
        if (code == gone[i])
            return ANYSOCK_OK;
    return code;
}

int anysock_shutdown(struct anysock *s, enum anysock_shutdown_how how) {
    int code = check_open(s);
    if (code != ANYSOCK_OK)
        return code;
    if (how != ANYSOCK_SHUT_RD && how != ANYSOCK_SHUT_WR && how != ANYSOCK_SHUT_RDWR)
        return refuse(ANYSOCK_EINVAL);
    uint32_t state = refresh_role(s);
    if ((state & (ST_STREAM | ST_CONNECTED)) == ST_STREAM)
        return refuse(ANYSOCK_ENOTCONN);

    if ((how & ANYSOCK_SHUT_WR) != 0 && (state & ST_SHUT_WR) == 0) {
        /* First, or a send that another thread makes meanwhile takes it for a reset. */
        change_state(s, 0, ST_SHUT_WR);
        code = shut_native(s);
        if (code != ANYSOCK_OK) {
            change_state(s, ST_SHUT_WR, 0);
            return code;
        }
    }
    /* Receiving ends inside the library only. The peer would not hear of it in any case; Windows
     * would reset the connection when more data come, and Linux could no longer tell whether the
     * peer has finished. */
    if ((how & ANYSOCK_SHUT_RD) != 0)
        change_state(s, 0, ST_SHUT_RD);
    anysock_refresh_watchers(s);
    return code;
}

int anysock_local_addr(struct anysock *s, struct anysock_addr *addr) {
    if (addr == NULL)
        return refuse(ANYSOCK_EFAULT);
    memset(addr, 0, sizeof *addr);
    int code = check_open(s);
    if (code != ANYSOCK_OK)
        return code;
    if (anysock_port_local_addr(s->native_, addr) == 0)
        return ANYSOCK_OK;
    code = fail_native(OP_NAME, is_stream(s));
    /* Windows has no name for an unbound socket; everybody else calls it the wildcard. */
    return code == ANYSOCK_EINVAL ? anysock_addr_any(family_of(s), 0, addr) : code;
}

int anysock_peer_addr(struct anysock *s, struct anysock_addr *addr) {
    if (addr == NULL)
        return refuse(ANYSOCK_EFAULT);
    memset(addr, 0, sizeof *addr);
    int code = check_open(s);
    if (code != ANYSOCK_OK)
        return code;
    if ((refresh_role(s) & ST_CONNECTED) == 0)
        return refuse(ANYSOCK_ENOTCONN);
    if (anysock_port_peer_addr(s->native_, addr) == 0)
        return ANYSOCK_OK;
    code = fail_native(OP_NAME, is_stream(s));
    /* The connection is over: macOS says the one of it, everybody else the other. */
    if (code != ANYSOCK_EINVAL && code != ANYSOCK_ENOTCONN)
        return code;
    return anysock_port_former_peer_addr(s->native_, family_of(s), addr) == 0 ? ANYSOCK_OK
                                                                              : ANYSOCK_ENOTCONN;
}
