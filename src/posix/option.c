/*
 * Where the options are on POSIX systems.
 */
#include "port.h"

enum shape {
    ABSENT,
    PLAIN,
    FLAG,     /* anything but 0 is 1 */
    BUFFER,   /* Linux answers the double of what was set */
    SECONDS,  /* milliseconds here, whole seconds there, rounded up */
    DISCOVER, /* Linux: don't fragment is a way of path MTU discovery */
};

/* A name that the other family does not have. */
#define NOWHERE (-1)

struct place {
    int level, name, level6, name6;
    enum shape shape;
};

#define AT(level, name, shape)                                                                     \
    { level, name, level, name, shape }
#define BY_FAMILY(name, name6, shape)                                                              \
    { IPPROTO_IP, name, IPPROTO_IPV6, name6, shape }

static const struct place places[] = {
    [ANYSOCK_OPTION_NODELAY] = AT(IPPROTO_TCP, TCP_NODELAY, FLAG),
    [ANYSOCK_OPTION_KEEPALIVE] = AT(SOL_SOCKET, SO_KEEPALIVE, FLAG),
#if defined(TCP_KEEPIDLE)
    [ANYSOCK_OPTION_KEEPALIVE_IDLE] = AT(IPPROTO_TCP, TCP_KEEPIDLE, PLAIN),
#elif defined(TCP_KEEPALIVE) /* macOS */
    [ANYSOCK_OPTION_KEEPALIVE_IDLE] = AT(IPPROTO_TCP, TCP_KEEPALIVE, PLAIN),
#endif
#ifdef TCP_KEEPINTVL
    [ANYSOCK_OPTION_KEEPALIVE_INTERVAL] = AT(IPPROTO_TCP, TCP_KEEPINTVL, PLAIN),
#endif
#ifdef TCP_KEEPCNT
    [ANYSOCK_OPTION_KEEPALIVE_COUNT] = AT(IPPROTO_TCP, TCP_KEEPCNT, PLAIN),
#endif
#if defined(TCP_USER_TIMEOUT)
    [ANYSOCK_OPTION_USER_TIMEOUT] = AT(IPPROTO_TCP, TCP_USER_TIMEOUT, PLAIN),
#elif defined(TCP_RXT_CONNDROPTIME)
    [ANYSOCK_OPTION_USER_TIMEOUT] = AT(IPPROTO_TCP, TCP_RXT_CONNDROPTIME, SECONDS),
#endif
#if defined(TCP_CORK)
    [ANYSOCK_OPTION_CORK] = AT(IPPROTO_TCP, TCP_CORK, FLAG),
#elif defined(TCP_NOPUSH)
    [ANYSOCK_OPTION_CORK] = AT(IPPROTO_TCP, TCP_NOPUSH, FLAG),
#endif
#ifdef TCP_QUICKACK
    [ANYSOCK_OPTION_QUICK_ACK] = AT(IPPROTO_TCP, TCP_QUICKACK, FLAG),
#endif
#ifdef TCP_FASTOPEN
    [ANYSOCK_OPTION_FAST_OPEN] = AT(IPPROTO_TCP, TCP_FASTOPEN, PLAIN),
#endif
#ifdef TCP_NOTSENT_LOWAT
    [ANYSOCK_OPTION_NOT_SENT_LOW_WATER] = AT(IPPROTO_TCP, TCP_NOTSENT_LOWAT, PLAIN),
#endif
    [ANYSOCK_OPTION_MAX_SEGMENT] = AT(IPPROTO_TCP, TCP_MAXSEG, PLAIN),
    [ANYSOCK_OPTION_OOB_INLINE] = AT(SOL_SOCKET, SO_OOBINLINE, FLAG),
    [ANYSOCK_OPTION_SEND_BUFFER] = AT(SOL_SOCKET, SO_SNDBUF, BUFFER),
    [ANYSOCK_OPTION_RECV_BUFFER] = AT(SOL_SOCKET, SO_RCVBUF, BUFFER),
    [ANYSOCK_OPTION_RECV_LOW_WATER] = AT(SOL_SOCKET, SO_RCVLOWAT, PLAIN),
    [ANYSOCK_OPTION_BROADCAST] = AT(SOL_SOCKET, SO_BROADCAST, FLAG),
    [ANYSOCK_OPTION_DONT_ROUTE] = AT(SOL_SOCKET, SO_DONTROUTE, FLAG),
    [ANYSOCK_OPTION_TTL] = BY_FAMILY(IP_TTL, IPV6_UNICAST_HOPS, PLAIN),
    [ANYSOCK_OPTION_TOS] = BY_FAMILY(IP_TOS, IPV6_TCLASS, PLAIN),
    [ANYSOCK_OPTION_V6ONLY] = BY_FAMILY(NOWHERE, IPV6_V6ONLY, FLAG),
#if defined(IP_MTU_DISCOVER)
    [ANYSOCK_OPTION_DONT_FRAGMENT] = BY_FAMILY(IP_MTU_DISCOVER, IPV6_MTU_DISCOVER, DISCOVER),
#elif defined(IP_DONTFRAG) && defined(IPV6_DONTFRAG)
    [ANYSOCK_OPTION_DONT_FRAGMENT] = BY_FAMILY(IP_DONTFRAG, IPV6_DONTFRAG, FLAG),
#endif
#if defined(IP_MTU) && defined(IPV6_MTU)
    [ANYSOCK_OPTION_PATH_MTU] = BY_FAMILY(IP_MTU, IPV6_MTU, PLAIN),
#endif
    [ANYSOCK_OPTION_MULTICAST_TTL] = BY_FAMILY(IP_MULTICAST_TTL, IPV6_MULTICAST_HOPS, PLAIN),
    [ANYSOCK_OPTION_MULTICAST_LOOP] = BY_FAMILY(IP_MULTICAST_LOOP, IPV6_MULTICAST_LOOP, FLAG),
#ifdef SO_PRIORITY
    [ANYSOCK_OPTION_PRIORITY] = AT(SOL_SOCKET, SO_PRIORITY, PLAIN),
#endif
    [ANYSOCK_OPTION_ACCEPTING] = AT(SOL_SOCKET, SO_ACCEPTCONN, FLAG),
};

#ifdef IP_MTU_DISCOVER
#define DISCOVER_ON IP_PMTUDISC_DO
#define DISCOVER_OFF IP_PMTUDISC_DONT
#else
#define DISCOVER_ON 1
#define DISCOVER_OFF 0
#endif

static int missing(void) {
    errno = ENOPROTOOPT;
    return -1;
}

static int to_native(enum shape shape, int value) {
    if (shape == SECONDS)
        return value / 1000 + (value % 1000 != 0);
    if (shape == DISCOVER)
        return value != 0 ? DISCOVER_ON : DISCOVER_OFF;
    return value;
}

/* OpenBSD answers some options with one byte; the value is in the first one of ours then. */
static int from_native(enum shape shape, int own, size_t length) {
    if (length == 1) {
        unsigned char byte;
        memcpy(&byte, &own, 1);
        own = byte;
    }
    switch (shape) {
    case FLAG:
        return own != 0;
    case SECONDS:
        return own <= INT_MAX / 1000 ? own * 1000 : INT_MAX;
    case DISCOVER:
        return own == DISCOVER_ON;
    case BUFFER:
#ifdef __linux__
        return own / 2;
#else
        return own;
#endif
    case PLAIN:
    case ABSENT:
        break;
    }
    return own;
}

#include "../option_tpl.h"

int anysock_port_set_keepalive(anysock_native native, bool on, unsigned idle_s,
                               unsigned interval_s) {
    (void)native, (void)on, (void)idle_s, (void)interval_s;
    return missing(); /* the times are options here, or not there at all */
}
