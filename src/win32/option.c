/*
 * Where the options are on Windows.
 */
#include "port.h"

#include <mstcpip.h>
#include <string.h>

enum shape {
    ABSENT,
    PLAIN,
    FLAG,   /* anything but 0 is 1, and the answer may be one byte */
    SECONDS /* milliseconds here, whole seconds there, rounded up */
};

/* A name that the other family does not have. */
#define NOWHERE (-1)

struct place {
    int level, name, level6, name6;
    enum shape shape;
};

/* Numbers that the headers of mingw-w64 lack, under our own names. */
enum {
    OWN_TCP_KEEPIDLE = 3, /* Windows 10 1709 */
    OWN_TCP_MAXSEG = 4,
    OWN_TCP_MAXRT = 5,      /* Vista */
    OWN_TCP_FASTOPEN = 15,  /* Windows 10 1607 */
    OWN_TCP_KEEPCNT = 16,   /* Windows 10 1703 */
    OWN_TCP_KEEPINTVL = 17, /* Windows 10 1709 */
    OWN_IP_DONTFRAGMENT = 14,
    OWN_IP_MTU = 73,
    OWN_IPV6_DONTFRAG = 14,
    OWN_IPV6_TCLASS = 39,
    OWN_IPV6_MTU = 72
};

#define AT(level, name, shape)                                                                     \
    { level, name, level, name, shape }
#define BY_FAMILY(name, name6, shape)                                                              \
    { IPPROTO_IP, name, IPPROTO_IPV6, name6, shape }

static const struct place places[] = {
    [ANYSOCK_OPTION_NODELAY] = AT(IPPROTO_TCP, TCP_NODELAY, FLAG),
    [ANYSOCK_OPTION_KEEPALIVE] = AT(SOL_SOCKET, SO_KEEPALIVE, FLAG),
    [ANYSOCK_OPTION_KEEPALIVE_IDLE] = AT(IPPROTO_TCP, OWN_TCP_KEEPIDLE, PLAIN),
    [ANYSOCK_OPTION_KEEPALIVE_INTERVAL] = AT(IPPROTO_TCP, OWN_TCP_KEEPINTVL, PLAIN),
    [ANYSOCK_OPTION_KEEPALIVE_COUNT] = AT(IPPROTO_TCP, OWN_TCP_KEEPCNT, PLAIN),
    [ANYSOCK_OPTION_USER_TIMEOUT] = AT(IPPROTO_TCP, OWN_TCP_MAXRT, SECONDS),
    [ANYSOCK_OPTION_FAST_OPEN] = AT(IPPROTO_TCP, OWN_TCP_FASTOPEN, PLAIN),
    [ANYSOCK_OPTION_MAX_SEGMENT] = AT(IPPROTO_TCP, OWN_TCP_MAXSEG, PLAIN),
    [ANYSOCK_OPTION_OOB_INLINE] = AT(SOL_SOCKET, SO_OOBINLINE, FLAG),
    [ANYSOCK_OPTION_SEND_BUFFER] = AT(SOL_SOCKET, SO_SNDBUF, PLAIN),
    [ANYSOCK_OPTION_RECV_BUFFER] = AT(SOL_SOCKET, SO_RCVBUF, PLAIN),
    [ANYSOCK_OPTION_BROADCAST] = AT(SOL_SOCKET, SO_BROADCAST, FLAG),
    [ANYSOCK_OPTION_DONT_ROUTE] = AT(SOL_SOCKET, SO_DONTROUTE, FLAG),
    [ANYSOCK_OPTION_TTL] = BY_FAMILY(IP_TTL, IPV6_UNICAST_HOPS, PLAIN),
    [ANYSOCK_OPTION_TOS] = BY_FAMILY(IP_TOS, OWN_IPV6_TCLASS, PLAIN),
    [ANYSOCK_OPTION_V6ONLY] = BY_FAMILY(NOWHERE, IPV6_V6ONLY, FLAG),
    [ANYSOCK_OPTION_DONT_FRAGMENT] = BY_FAMILY(OWN_IP_DONTFRAGMENT, OWN_IPV6_DONTFRAG, FLAG),
    [ANYSOCK_OPTION_PATH_MTU] = BY_FAMILY(OWN_IP_MTU, OWN_IPV6_MTU, PLAIN),
    [ANYSOCK_OPTION_MULTICAST_TTL] = BY_FAMILY(IP_MULTICAST_TTL, IPV6_MULTICAST_HOPS, PLAIN),
    [ANYSOCK_OPTION_MULTICAST_LOOP] = BY_FAMILY(IP_MULTICAST_LOOP, IPV6_MULTICAST_LOOP, FLAG),
    [ANYSOCK_OPTION_ACCEPTING] = AT(SOL_SOCKET, SO_ACCEPTCONN, FLAG),
};

static int missing(void) {
    WSASetLastError(WSAENOPROTOOPT);
    return -1;
}

/* The milliseconds 0 mean the system's rule; among TCP_MAXRT's seconds that is -1 (for ever). */
static int to_native(enum shape shape, int value) {
    if (shape == SECONDS)
        return value == 0 ? -1 : value / 1000 + (value % 1000 != 0);
    return value;
}

static int from_native(enum shape shape, int own, size_t length) {
    if (length == 1) {
        unsigned char byte;
        memcpy(&byte, &own, 1);
        own = byte;
    }
    if (shape == FLAG)
        return own != 0;
    if (shape == SECONDS)
        return own < 0 ? 0 : own <= INT_MAX / 1000 ? own * 1000 : INT_MAX;
    return own;
}

#include "../option_tpl.h"

/* Sets switch and both times together; the number of probes is fixed (10 since Vista). */
int anysock_port_set_keepalive(anysock_native native, bool on, unsigned idle_s,
                               unsigned interval_s) {
    struct tcp_keepalive values = {on, idle_s * 1000, interval_s * 1000};
    DWORD returned;
    return WSAIoctl(raw(native), SIO_KEEPALIVE_VALS, &values, sizeof values, NULL, 0, &returned,
                    NULL, NULL);
}
