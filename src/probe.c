/*
 * Looking without touching: the state of the peer and what can be read, with no effect on either.
 */
#include "internal.h"

int anysock_peek_state(struct anysock *s, enum anysock_peer_state *state) {
    if (state == NULL)
        return refuse(ANYSOCK_EFAULT);
    *state = ANYSOCK_PEER_OPEN;
    int code = check_open(s);
    if (code != ANYSOCK_OK)
        return code;
    if (!is_stream(s))
        return refuse(ANYSOCK_EOPNOTSUPP);
    uint32_t now = refresh_role(s);
    if ((now & ST_CONNECTED) == 0)
        return refuse(ANYSOCK_ENOTCONN);
    if (anysock_was_reset(s)) {
        *state = ANYSOCK_PEER_RESET; /* once seen, for ever */
        return ANYSOCK_OK;
    }
    if (anysock_port_peer_state(s->native_, state) != 0)
        return fail_native(OP_WAIT, true);
    if (*state == ANYSOCK_PEER_RESET)
        anysock_note_reset(s, ST_UNTOLD);
    return ANYSOCK_OK;
}

int anysock_bytes_readable(struct anysock *s, size_t *bytes) {
    if (bytes == NULL)
        return refuse(ANYSOCK_EFAULT);
    *bytes = 0;
    int code = check_open(s);
    if (code != ANYSOCK_OK)
        return code;
    uint32_t state = state_of(s);
    if ((state & ST_LISTENING) != 0)
        return refuse(ANYSOCK_EINVAL);
    if ((state & ST_SHUT_RD) != 0 ||
        (state & (ST_STREAM | ST_CONNECTED | ST_CONNECTING)) == ST_STREAM)
        return ANYSOCK_OK; /* a receive would give none */
    if (anysock_port_bytes_readable(s->native_, bytes) != 0)
        return fail_native(OP_RECV, is_stream(s));
    return ANYSOCK_OK;
}
