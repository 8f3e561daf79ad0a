/*
 * Start-up, the clock and the names of interfaces on POSIX systems.
 */
#include "port.h"

int anysock_port_startup(void) {
    return 0; /* there is nothing to start */
}

/* Does not count the time that the machine sleeps, on Linux and the BSDs. */
uint64_t anysock_port_now_ns(void) {
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now); /* cannot fail with this clock */
    return (uint64_t)now.tv_sec * UINT64_C(1000000000) + (uint64_t)now.tv_nsec;
}

uint32_t anysock_port_interface_index(const char *name) {
    return if_nametoindex(name);
}
