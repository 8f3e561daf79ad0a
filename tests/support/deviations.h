/*
 * Where Wine is not Windows: the one list of what tests accept under Wine only, each with its
 * reason. Nothing here applies to a real Windows.
 */
#ifndef TESTS_DEVIATIONS_H
#define TESTS_DEVIATIONS_H

#include "platform.h"

/* Wine 8 consumes the error of a reset that arrived before the receive was called, and reads 0
 * bytes from then on. (Wine 10 and Windows answer WSAECONNRESET every time.) */
static inline bool reset_may_read_as_end_of_stream(int code) {
    return is_wine() && code == ANYSOCK_OK;
}

/* Wine 8 never fails a receive for an ICMP "port unreachable", also on a connected socket (row 14).
 * Windows answers WSAECONNRESET. */
static inline bool refusals_are_not_received(void) {
    return is_wine();
}

#endif
