/*
 * Start-up, the clock and the names of interfaces on Windows.
 */
#include "port.h"

#include <iphlpapi.h>

static INIT_ONCE once = INIT_ONCE_STATIC_INIT;

static BOOL CALLBACK start_winsock(PINIT_ONCE unused, PVOID result, PVOID *context) {
    (void)unused;
    (void)context;
    WSADATA data;
    int error = WSAStartup(MAKEWORD(2, 2), &data);
    if (error == 0 && data.wVersion != MAKEWORD(2, 2)) {
        (void)WSACleanup();
        error = WSAVERNOTSUPPORTED;
    }
    *(int *)result = error;
    return error == 0; /* after a failure the next call tries again */
}

/* The reference is kept for the life of the process: the last WSACleanup would destroy every
 * socket, also those of other components. */
int anysock_port_startup(void) {
    int error = 0;
    if (InitOnceExecuteOnce(&once, start_winsock, &error, NULL))
        return 0;
    WSASetLastError(error != 0 ? error : WSASYSNOTREADY);
    return -1;
}

uint64_t anysock_port_now_ns(void) {
    LARGE_INTEGER frequency, count; /* neither call fails on Windows XP or later */
    (void)QueryPerformanceFrequency(&frequency);
    (void)QueryPerformanceCounter(&count);
    uint64_t ticks = (uint64_t)count.QuadPart, hz = (uint64_t)frequency.QuadPart;
    /* In two steps, so that the product cannot overflow. */
    return ticks / hz * UINT64_C(1000000000) + ticks % hz * UINT64_C(1000000000) / hz;
}

uint32_t anysock_port_interface_index(const char *name) {
    return if_nametoindex(name);
}
