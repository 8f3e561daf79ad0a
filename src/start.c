/*
 * Start and end of the library. The start is implicit; the explicit one is counted, so that
 * components of one program need not know of each other.
 */
#include "internal.h"

static atomic_int startups;

const char *anysock_version(void) {
    return ANYSOCK_VERSION;
}

int anysock_startup(void) {
    if (anysock_port_startup() != 0)
        return fail_native(OP_ANY, true);
    atomic_fetch_add(&startups, 1);
    return ANYSOCK_OK;
}

int anysock_cleanup(void) {
    int now = atomic_load(&startups);
    do {
        if (now == 0)
            return refuse(ANYSOCK_ENOTINIT);
    } while (!atomic_compare_exchange_weak(&startups, &now, now - 1));
    return ANYSOCK_OK;
}
