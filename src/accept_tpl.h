/*
 * Accepting: the straight way. A plain listener, without time-outs, takes one connection and makes
 * a blocking socket of it, whose peer nobody asks for. Everything else goes the careful way
 * (socket.c).
 *
 * Every port includes this file behind its own half of the call; see io_tpl.h. The port provides
 *
 *     accept_plainly(native)   anysock_port_accept() of a blocking child without its peer: the
 *                              child, or -1
 */
#include "internal.h"

int anysock_accept(struct anysock *listener, unsigned flags, struct anysock *child,
                   struct anysock_addr *peer) {
    if (!are_there(listener, child) || listener == child || peer != NULL ||
        !is_plain(listener, ACCEPTING, PLAIN_LISTENER, flags))
        return anysock_accept_on(listener, flags, child, peer);

    struct anysock *volatile kept = listener;
    struct anysock *volatile kept_child = child;
    anysock_native native = accept_plainly(listener->native_);
    if (native == (anysock_native)-1)
        return anysock_accept_again(kept, kept_child);
    make_child(kept_child, native, kept, 0);
    return ANYSOCK_OK;
}
