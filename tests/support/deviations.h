/*
 * Where Wine is not Windows: the one list of what tests accept under Wine only, each with its
 * reason. Nothing here applies to a real Windows.
 */
#ifndef TESTS_DEVIATIONS_H
#define TESTS_DEVIATIONS_H

#include <string.h>

#include "platform.h"

/* Wine 8 consumes the error of a reset that arrived before the receive was called, and reads 0
 * bytes from then on, unless another call has met the reset before. (Wine 10 and Windows answer
 * WSAECONNRESET every time.) */
static inline bool reset_may_read_as_end_of_stream(int code) {
    return is_wine() && code == ANYSOCK_OK;
}

/* An ICMP "port unreachable" for a connected datagram socket wakes nobody under Wine (row 14):
 * whoever comes first, Wine's server or a call, takes the error from the socket, and of the server
 * nobody hears. The first one is the server's, later ones are for calls that come at once. */
static inline bool refusals_wake_nobody(void) {
    return is_wine();
}
static inline bool refusal_may_be_missed(int code, int *misses) {
    return is_wine() && (code == ANYSOCK_OK || code == ANYSOCK_EAGAIN) && ++*misses < 1000;
}

/* Wine reports the end of a stream only after the data before it were read (row 3). Windows does so
 * at once. */
static inline bool end_hides_behind_data(void) {
    return is_wine();
}

/* Wine 8 consumes the error of a reset when it arrives (row 1): the receive that follows a look has
 * it from the library's memory, without a number. */
static inline bool reset_is_forgotten_by_the_system(void) {
    return is_wine();
}

/* Wine 8 asks its host, which does not know the peer of a connection that is over (sh.06, rs.18).
 * Wine 10 and Windows do. */
static inline bool former_peer_may_be_forgotten(int code) {
    return is_wine() && code == ANYSOCK_ENOTCONN;
}

/* Wine reports room only after a send that was refused as a whole, and there a send of nothing is
 * never refused: the host has no such thing. Windows refuses it while the buffer is full. */
static inline bool room_needs_would_block(void) {
    return is_wine();
}

/* Wine 8 has none of these options (rows 27 and 28, so.28 to so.41 and so.57), and no traffic
 * class. Windows has them. */
static inline bool option_is_missing(enum anysock_option option, bool inet6) {
    switch (option) {
    case ANYSOCK_OPTION_KEEPALIVE_COUNT:
    case ANYSOCK_OPTION_USER_TIMEOUT:
    case ANYSOCK_OPTION_FAST_OPEN:
    case ANYSOCK_OPTION_MAX_SEGMENT:
    case ANYSOCK_OPTION_PATH_MTU:
        return is_wine();
    case ANYSOCK_OPTION_TOS:
        return is_wine() && inet6;
    default:
        return false;
    }
}

/* Wine 8 takes SO_DONTROUTE, and always answers that it is on (so.05). */
static inline bool option_always_reads_as_on(enum anysock_option option) {
    return is_wine() && option == ANYSOCK_OPTION_DONT_ROUTE;
}

/* Wine hands IP_MULTICAST_IF to the host as it is, and 0.0.0.1 is no interface's address there.
 * Windows takes an address that begins with a zero byte for an index. */
static inline bool multicast_interface_wants_an_address(bool inet6) {
    return is_wine() && !inet6;
}

/* Wine 8 says WSAEINVAL for the index of no interface (IPV6_MULTICAST_IF), as it does for numbers
 * of the host that it does not know. Windows says WSAEADDRNOTAVAIL. */
static inline bool missing_interface_is_invalid(int code) {
    return is_wine() && code == ANYSOCK_EINVAL;
}

/* Wine keeps a socket until the answer of a request about it that was cancelled, or that its
 * closing has ended, has been taken too, which the thread does that made the request. Windows lets
 * go of it in the call that cancels or closes. */
static inline bool port_may_come_back_late(const char *backend, int code) {
    return is_wine() && strcmp(backend, "afd") == 0 && code == ANYSOCK_EADDRINUSE;
}

/* Wine asks the host for the peer, which Linux has forgotten once both directions have ended.
 * Windows remembers it. */
static inline bool ended_connection_counts_as_fresh(void) {
    return is_wine();
}

/* And one that no test meets, since it would take the descriptors from all programs of Wine's
 * server: when that has none left, accept fails with WSAEINVAL (Wine 8: its status for it,
 * 0xc000011f, has no Winsock code there), and so with ANYSOCK_EINVAL. Windows says WSAEMFILE or
 * WSAENOBUFS; there WSAEINVAL is about a socket that does not listen, and no shortage must be made
 * of it. */

#endif
