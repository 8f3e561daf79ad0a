/*
 * Where the options are on Windows.
 */
#include "port.h"

#include <mstcpip.h>
#include <string.h>

enum shape {
    ABSENT,
    PLAIN,
    FLAG,      /* anything but 0 is 1, also to be set, and the answer may be one byte */
    NARROW,    /* no option wants one byte */
    SECONDS,   /* milliseconds here, whole seconds there, rounded up */
    INTERFACE, /* an address that begins with a zero byte is an index; the answer is an index */
    PROTOCOL   /* the answer is in a description of the protocol */
};

struct place {
    int level, name;
    enum shape shape;
};

union native_value {
    int number;
    unsigned char byte;
    WSAPROTOCOL_INFOW protocol;
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

#define PLACE(level, name, shape)                                                                  \
    { level, name, shape }
#define AT(level, name, shape)                                                                     \
    { PLACE(level, name, shape), PLACE(level, name, shape) }
#define BY_FAMILY(name, shape, name6, shape6)                                                      \
    { PLACE(IPPROTO_IP, name, shape), PLACE(IPPROTO_IPV6, name6, shape6) }

static const struct place places[][2] = {
    [ANYSOCK_OPTION_NODELAY] = AT(IPPROTO_TCP, TCP_NODELAY, FLAG),
    [ANYSOCK_OPTION_KEEPALIVE] = AT(SOL_SOCKET, SO_KEEPALIVE, FLAG),
    [ANYSOCK_OPTION_KEEPALIVE_IDLE] = AT(IPPROTO_TCP, OWN_TCP_KEEPIDLE, PLAIN),
    [ANYSOCK_OPTION_KEEPALIVE_INTERVAL] = AT(IPPROTO_TCP, OWN_TCP_KEEPINTVL, PLAIN),
    [ANYSOCK_OPTION_KEEPALIVE_COUNT] = AT(IPPROTO_TCP, OWN_TCP_KEEPCNT, PLAIN),
    [ANYSOCK_OPTION_USER_TIMEOUT] = AT(IPPROTO_TCP, OWN_TCP_MAXRT, SECONDS),
    [ANYSOCK_OPTION_FAST_OPEN] = AT(IPPROTO_TCP, OWN_TCP_FASTOPEN, FLAG),
    [ANYSOCK_OPTION_MAX_SEGMENT] = AT(IPPROTO_TCP, OWN_TCP_MAXSEG, PLAIN),
    [ANYSOCK_OPTION_OOB_INLINE] = AT(SOL_SOCKET, SO_OOBINLINE, FLAG),
    [ANYSOCK_OPTION_SEND_BUFFER] = AT(SOL_SOCKET, SO_SNDBUF, PLAIN),
    [ANYSOCK_OPTION_RECV_BUFFER] = AT(SOL_SOCKET, SO_RCVBUF, PLAIN),
    [ANYSOCK_OPTION_BROADCAST] = AT(SOL_SOCKET, SO_BROADCAST, FLAG),
    [ANYSOCK_OPTION_DONT_ROUTE] = AT(SOL_SOCKET, SO_DONTROUTE, FLAG),
    [ANYSOCK_OPTION_TTL] = BY_FAMILY(IP_TTL, PLAIN, IPV6_UNICAST_HOPS, PLAIN),
    [ANYSOCK_OPTION_TOS] = BY_FAMILY(IP_TOS, PLAIN, OWN_IPV6_TCLASS, PLAIN),
    [ANYSOCK_OPTION_V6ONLY] = BY_FAMILY(0, ABSENT, IPV6_V6ONLY, FLAG),
    [ANYSOCK_OPTION_DONT_FRAGMENT] = BY_FAMILY(OWN_IP_DONTFRAGMENT, FLAG, OWN_IPV6_DONTFRAG, FLAG),
    [ANYSOCK_OPTION_PATH_MTU] = BY_FAMILY(OWN_IP_MTU, PLAIN, OWN_IPV6_MTU, PLAIN),
    [ANYSOCK_OPTION_MULTICAST_TTL] = BY_FAMILY(IP_MULTICAST_TTL, PLAIN, IPV6_MULTICAST_HOPS, PLAIN),
    [ANYSOCK_OPTION_MULTICAST_LOOP] = BY_FAMILY(IP_MULTICAST_LOOP, FLAG, IPV6_MULTICAST_LOOP, FLAG),
    [ANYSOCK_OPTION_ACCEPTING] = AT(SOL_SOCKET, SO_ACCEPTCONN, FLAG),
    [ANYSOCK_OPTION_MULTICAST_INTERFACE] =
        BY_FAMILY(IP_MULTICAST_IF, INTERFACE, IPV6_MULTICAST_IF, PLAIN),
    [ANYSOCK_OPTION_PROTOCOL] = AT(SOL_SOCKET, SO_PROTOCOL_INFOW, PROTOCOL),
};

static int missing(void) {
    WSASetLastError(WSAENOPROTOOPT);
    return -1;
}

/* The milliseconds 0 mean the system's rule; among TCP_MAXRT's seconds nothing does. */
static raw_length to_native(enum shape shape, int value, union native_value *own) {
    memset(own, 0, sizeof *own);
    own->number = value;
    if (shape == SECONDS && value == 0)
        return 0;
    if (shape == FLAG)
        own->number = value != 0;
    if (shape == SECONDS)
        own->number = value / 1000 + (value % 1000 != 0);
    if (shape == INTERFACE)
        own->number = (int)htonl((u_long)value);
    return shape == PROTOCOL ? sizeof own->protocol : sizeof own->number;
}

static int from_native(enum shape shape, const union native_value *own, size_t length) {
    int number = own->number;
    (void)length;
    if (shape == FLAG)
        return number != 0;
    if (shape == SECONDS)
        return number >= 0 && number <= INT_MAX / 1000 ? number * 1000 : INT_MAX; /* -1: for ever */
    return shape == PROTOCOL ? own->protocol.iProtocol : number;
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
