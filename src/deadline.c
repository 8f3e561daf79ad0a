/*
 * Deadlines: points of the port's monotonic clock. Time left is always rounded up, so that a
 * fraction of a millisecond never becomes "do not wait", and never "wait forever".
 */
#include "internal.h"

#define NS_PER_MS UINT64_C(1000000)

struct anysock_deadline anysock_deadline_in(int timeout_ms) {
    struct anysock_deadline deadline = {UINT64_MAX};
    if (timeout_ms != ANYSOCK_FOREVER)
        deadline.at_ns = anysock_port_now_ns() + (uint64_t)timeout_ms * NS_PER_MS;
    return deadline;
}

int anysock_deadline_left(const struct anysock_deadline *deadline) {
    if (deadline->at_ns == UINT64_MAX)
        return ANYSOCK_FOREVER;

    uint64_t now = anysock_port_now_ns();
    if (now >= deadline->at_ns)
        return 0;

    uint64_t left = deadline->at_ns - now;
    uint64_t ms = left / NS_PER_MS + (left % NS_PER_MS != 0);
    return ms < INT_MAX ? (int)ms : INT_MAX;
}
