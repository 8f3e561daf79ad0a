/*
 * Where the options are on POSIX systems.
 */
#include "port.h"

enum shape {
    ABSENT,
    PLAIN,
    FLAG,      /* anything but 0 is 1, also to be set */
    NARROW,    /* OpenBSD takes one byte and nothing else; the others take an int too */
    BUFFER,    /* Linux answers the double of what was set */
    SECONDS,   /* milliseconds here, whole seconds there, rounded up */
    DISCOVER,  /* Linux: don't fragment is a way of path MTU discovery */
    HOPS,      /* the BSDs answer -1 for the system's default */
    INTERFACE, /* the index is in a structure; most systems do not answer it */
};

struct place {
    int level, name;
    enum shape shape;
};

#define PLACE(level, name, shape)                                                                  \
    { level, name, shape }
#define AT(level, name, shape)                                                                     \
    { PLACE(level, name, shape), PLACE(level, name, shape) }
#define BY_FAMILY(name, shape, name6, shape6)                                                      \
    { PLACE(IPPROTO_IP, name, shape), PLACE(IPPROTO_IPV6, name6, shape6) }

/* The same structure has another meaning, or none, on the other systems. */
#if defined(__linux__) || defined(__FreeBSD__)
#define HAS_INTERFACE_REQUEST
#endif

union native_value {
    int number;
    unsigned char byte;
#ifdef HAS_INTERFACE_REQUEST
    struct ip_mreqn request;
#endif
};

static const struct place places[][2] = {
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
#elif defined(TCP_MAXUNACKTIME) /* FreeBSD */
    [ANYSOCK_OPTION_USER_TIMEOUT] = AT(IPPROTO_TCP, TCP_MAXUNACKTIME, SECONDS),
#endif
#if defined(TCP_CORK)
    [ANYSOCK_OPTION_CORK] = AT(IPPROTO_TCP, TCP_CORK, FLAG),
#elif defined(TCP_NOPUSH)
    [ANYSOCK_OPTION_CORK] = AT(IPPROTO_TCP, TCP_NOPUSH, FLAG),
#endif
#ifdef TCP_QUICKACK
    [ANYSOCK_OPTION_QUICK_ACK] = AT(IPPROTO_TCP, TCP_QUICKACK, FLAG),
#endif
#if defined(TCP_FASTOPEN) && defined(__linux__) /* elsewhere the same name is a switch */
    [ANYSOCK_OPTION_FAST_OPEN] = AT(IPPROTO_TCP, TCP_FASTOPEN, PLAIN),
#elif defined(TCP_FASTOPEN)
    [ANYSOCK_OPTION_FAST_OPEN] = AT(IPPROTO_TCP, TCP_FASTOPEN, FLAG),
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
    [ANYSOCK_OPTION_TTL] = BY_FAMILY(IP_TTL, PLAIN, IPV6_UNICAST_HOPS, HOPS),
    [ANYSOCK_OPTION_TOS] = BY_FAMILY(IP_TOS, PLAIN, IPV6_TCLASS, PLAIN),
    [ANYSOCK_OPTION_V6ONLY] = BY_FAMILY(0, ABSENT, IPV6_V6ONLY, FLAG),
#if defined(IP_MTU_DISCOVER)
    [ANYSOCK_OPTION_DONT_FRAGMENT] =
        BY_FAMILY(IP_MTU_DISCOVER, DISCOVER, IPV6_MTU_DISCOVER, DISCOVER),
#elif defined(IP_DONTFRAG) && defined(IPV6_DONTFRAG)
    [ANYSOCK_OPTION_DONT_FRAGMENT] = BY_FAMILY(IP_DONTFRAG, FLAG, IPV6_DONTFRAG, FLAG),
#elif defined(IPV6_DONTFRAG) /* OpenBSD, NetBSD */
    [ANYSOCK_OPTION_DONT_FRAGMENT] = BY_FAMILY(0, ABSENT, IPV6_DONTFRAG, FLAG),
#endif
#if defined(IP_MTU) && defined(IPV6_MTU)
    [ANYSOCK_OPTION_PATH_MTU] = BY_FAMILY(IP_MTU, PLAIN, IPV6_MTU, PLAIN),
#endif
    [ANYSOCK_OPTION_MULTICAST_TTL] =
        BY_FAMILY(IP_MULTICAST_TTL, NARROW, IPV6_MULTICAST_HOPS, PLAIN),
    [ANYSOCK_OPTION_MULTICAST_LOOP] =
        BY_FAMILY(IP_MULTICAST_LOOP, NARROW, IPV6_MULTICAST_LOOP, FLAG),
#ifdef SO_PRIORITY
    [ANYSOCK_OPTION_PRIORITY] = AT(SOL_SOCKET, SO_PRIORITY, PLAIN),
#endif
    [ANYSOCK_OPTION_ACCEPTING] = AT(SOL_SOCKET, SO_ACCEPTCONN, FLAG),
#if defined(IP_MULTICAST_IFINDEX) /* macOS */
    [ANYSOCK_OPTION_MULTICAST_INTERFACE] =
        BY_FAMILY(IP_MULTICAST_IFINDEX, PLAIN, IPV6_MULTICAST_IF, PLAIN),
#elif defined(HAS_INTERFACE_REQUEST)
    [ANYSOCK_OPTION_MULTICAST_INTERFACE] =
        BY_FAMILY(IP_MULTICAST_IF, INTERFACE, IPV6_MULTICAST_IF, PLAIN),
#else
    [ANYSOCK_OPTION_MULTICAST_INTERFACE] = BY_FAMILY(0, ABSENT, IPV6_MULTICAST_IF, PLAIN),
#endif
#ifdef SO_MARK
    [ANYSOCK_OPTION_MARK] = AT(SOL_SOCKET, SO_MARK, PLAIN),
#endif
#ifdef SO_BUSY_POLL
    [ANYSOCK_OPTION_BUSY_POLL] = AT(SOL_SOCKET, SO_BUSY_POLL, PLAIN),
#endif
#ifdef SO_INCOMING_CPU
    [ANYSOCK_OPTION_INCOMING_CPU] = AT(SOL_SOCKET, SO_INCOMING_CPU, PLAIN),
#endif
#if defined(IP_FREEBIND) && defined(IPV6_FREEBIND)
    [ANYSOCK_OPTION_FREE_BIND] = BY_FAMILY(IP_FREEBIND, FLAG, IPV6_FREEBIND, FLAG),
#endif
#if defined(IP_TRANSPARENT) && defined(IPV6_TRANSPARENT)
    [ANYSOCK_OPTION_TRANSPARENT] = BY_FAMILY(IP_TRANSPARENT, FLAG, IPV6_TRANSPARENT, FLAG),
#elif defined(IP_BINDANY) && defined(IPV6_BINDANY)
    [ANYSOCK_OPTION_TRANSPARENT] = BY_FAMILY(IP_BINDANY, FLAG, IPV6_BINDANY, FLAG),
#elif defined(SO_BINDANY)
    [ANYSOCK_OPTION_TRANSPARENT] = AT(SOL_SOCKET, SO_BINDANY, FLAG),
#endif
#if defined(SO_SNDLOWAT) && !defined(__linux__) /* where it is always 1 */
    [ANYSOCK_OPTION_SEND_LOW_WATER] = AT(SOL_SOCKET, SO_SNDLOWAT, PLAIN),
#endif
#ifdef SO_PROTOCOL
    [ANYSOCK_OPTION_PROTOCOL] = AT(SOL_SOCKET, SO_PROTOCOL, PLAIN),
#endif
};

#ifdef IP_MTU_DISCOVER
#define DISCOVER_ON IP_PMTUDISC_DO
#define DISCOVER_OFF IP_PMTUDISC_DONT
#else
#define DISCOVER_ON 1
#define DISCOVER_OFF 0
#endif

/* What each of the BSDs and macOS begins with; an administrator may have changed it, and asking
 * whether is another way on each of them. */
enum { DEFAULT_HOPS = 64 };

static int missing(void) {
    errno = ENOPROTOOPT;
    return -1;
}

static raw_length to_native(enum shape shape, int value, union native_value *own) {
    memset(own, 0, sizeof *own);
#ifdef HAS_INTERFACE_REQUEST
    if (shape == INTERFACE) {
        own->request.imr_ifindex = value;
        return sizeof own->request;
    }
#endif
    own->number = value;
    if (shape == FLAG)
        own->number = value != 0;
    if (shape == SECONDS)
        own->number = value / 1000 + (value % 1000 != 0);
    if (shape == DISCOVER)
        own->number = value != 0 ? DISCOVER_ON : DISCOVER_OFF;
    return sizeof own->number;
}

/* The answer of most systems is the address of an interface that was chosen by address. */
static int interface_of(const union native_value *own, size_t length) {
#ifdef HAS_INTERFACE_REQUEST
    return length == sizeof own->request ? own->request.imr_ifindex : PORT_UNTOLD;
#else
    (void)own, (void)length;
    return PORT_UNTOLD;
#endif
}

static int from_native(enum shape shape, const union native_value *own, size_t length) {
    int number = own->number;
    switch (shape) {
    case FLAG:
        return number != 0;
    case SECONDS:
        return number <= INT_MAX / 1000 ? number * 1000 : INT_MAX;
    case DISCOVER:
        return number == DISCOVER_ON;
    case HOPS:
        return number >= 0 ? number : DEFAULT_HOPS;
    case INTERFACE:
        return interface_of(own, length);
    case BUFFER:
#ifdef __linux__
        return number / 2;
#else
        return number;
#endif
    case PLAIN:
    case NARROW:
    case ABSENT:
        break;
    }
    return number;
}

#include "../option_tpl.h"

int anysock_port_set_keepalive(anysock_native native, bool on, unsigned idle_s,
                               unsigned interval_s) {
    (void)native, (void)on, (void)idle_s, (void)interval_s;
    return missing(); /* the times are options here, or not there at all */
}
