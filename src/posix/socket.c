/*
 * The life of a descriptor on POSIX systems: made, bound, accepted, closed; and its mode.
 */
#include "port.h"

/* getsockname tells the family always. */
#define family_of_unbound(native) ((void)(native), ANYSOCK_UNSPEC)
#include "../calls_tpl.h"

/* The BSDs and macOS begin an address with its length; the macro says that they do. */
#if defined(SIN6_LEN) || defined(__APPLE__) || defined(__OpenBSD__)
#define HEAD(length, family)                                                                       \
    { (length), (family) }
#elif defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#define HEAD(length, family)                                                                       \
    { (family) >> 8, (family)&0xff }
#else
#define HEAD(length, family)                                                                       \
    { (family) & 0xff, (family) >> 8 }
#endif

const struct anysock_port_traits anysock_port_traits = {
    .inet_head = HEAD(sizeof(struct sockaddr_in), AF_INET),
    .inet6_head = HEAD(sizeof(struct sockaddr_in6), AF_INET6),
    .has_no_wait_flag = true,
    .listen_binds = true,
    .has_keepalive_call = false,
    .no_memory = ENOMEM,
};

/* Preserves errno for the caller's failure. */
static int close_and_fail(int fd) {
    anysock_port_close(fd);
    return -1;
}

static int add_flag(int fd, int get, int set, int flag, bool on) {
    int flags = fcntl(fd, get);
    if (flags < 0)
        return -1;
    int wanted = on ? flags | flag : flags & ~flag;
    return wanted == flags ? 0 : fcntl(fd, set, wanted);
}

/* One call where fcntl needs two. A sandbox may forbid it. */
int anysock_port_set_blocking(anysock_native native, bool blocking) {
    int nonblocking = !blocking;
    if (ioctl(native, FIONBIO, &nonblocking) == 0)
        return 0;
    return add_flag(native, F_GETFL, F_SETFL, O_NONBLOCK, !blocking);
}

/* What could not be asked for in the call that made the descriptor: both flags, off as well as
 * on, since the BSDs let accept inherit them. */
#ifndef HAS_SOCKET_FLAGS
static int repair_flags(int fd, bool nonblocking) {
    if (add_flag(fd, F_GETFD, F_SETFD, FD_CLOEXEC, true) != 0 ||
        anysock_port_set_blocking(fd, !nonblocking) != 0)
        return close_and_fail(fd);
    return fd;
}
#endif

/* Where there is no flag for a send, the socket must be told. macOS refuses it on a connection
 * that is already reset, which must not fail an accept. */
static void suppress_sigpipe(int fd) {
#ifdef SO_NOSIGPIPE
    int error = errno;
    (void)set_int(fd, SOL_SOCKET, SO_NOSIGPIPE, 1);
    errno = error;
#else
    (void)fd; /* MSG_NOSIGNAL on every send does it */
#endif
}

static int make_socket(int family, int type, bool nonblocking) {
#ifdef HAS_SOCKET_FLAGS
    return socket(family, type | SOCK_CLOEXEC | (nonblocking ? SOCK_NONBLOCK : 0), 0);
#else
    int fd = socket(family, type, 0);
    return fd < 0 ? fd : repair_flags(fd, nonblocking);
#endif
}

int anysock_port_open(enum anysock_family family, enum anysock_type type, bool nonblocking,
                      anysock_native *native) {
    int fd = make_socket(family == ANYSOCK_INET ? AF_INET : AF_INET6,
                         type == ANYSOCK_STREAM ? SOCK_STREAM : SOCK_DGRAM, nonblocking);
    if (fd < 0)
        return -1;
    suppress_sigpipe(fd);
    if (family == ANYSOCK_INET6 && set_int(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1) != 0)
        return close_and_fail(fd);
    *native = fd;
    return 0;
}

/* The descriptor is gone whatever close says, also after EINTR: repeating it could close
 * somebody else's. */
void anysock_port_close(anysock_native native) {
    int error = errno;
    (void)close(native);
    errno = error;
}

/* Linux knows no peer any more once both directions have ended. But there may be data of it still,
 * and those nobody has who never had a peer. */
static bool has_unread_data(int fd) {
    int count = 0;
    return ioctl(fd, FIONREAD, &count) == 0 && count > 0;
}

int anysock_port_describe(anysock_native native, struct anysock_port_facts *facts) {
    int flags = fcntl(native, F_GETFL);
    if (flags < 0 || describe_socket(native, facts) != 0)
        return -1;
    facts->nonblocking = (flags & O_NONBLOCK) != 0;
    if (facts->type == ANYSOCK_STREAM && !facts->listening && !facts->connected)
        facts->connected = has_unread_data(native);
    facts->shut = facts->connected && has_shut(native, facts);
    if (facts->family != ANYSOCK_UNSPEC && facts->type != 0) /* else it stays somebody else's */
        suppress_sigpipe(native);
    return 0;
}

/* ------------------------------------------------------------------------------------------- */

/* The option that makes the kernel spread the load; elsewhere SO_REUSEPORT means "the last one
 * gets everything". */
#if defined(SO_REUSEPORT_LB)
#define BALANCE_OPTION SO_REUSEPORT_LB
#elif defined(SO_REUSEPORT) && (defined(__linux__) || defined(__DragonFly__))
#define BALANCE_OPTION SO_REUSEPORT
#endif

/* Several receivers of one group: the BSDs want SO_REUSEPORT for it, Linux SO_REUSEADDR. */
static int share(int fd, bool on) {
#if defined(SO_REUSEPORT) && !defined(__linux__)
    if (set_int(fd, SOL_SOCKET, SO_REUSEPORT, on) != 0)
        return -1;
#endif
    return set_int(fd, SOL_SOCKET, SO_REUSEADDR, on);
}

int anysock_port_bind_intent(anysock_native native, enum anysock_bind_intent intent, bool stream,
                             bool on) {
    switch (intent) {
    case ANYSOCK_BIND_SERVER:
        /* For a stream it allows the restart over connections in TIME_WAIT, and no more. For
         * datagrams it would share the port. */
        return stream ? set_int(native, SOL_SOCKET, SO_REUSEADDR, on) : 0;
    case ANYSOCK_BIND_BALANCED:
#ifdef BALANCE_OPTION
        return set_int(native, SOL_SOCKET, BALANCE_OPTION, on);
#else
        errno = EOPNOTSUPP;
        return -1;
#endif
    case ANYSOCK_BIND_SHARED:
        return share(native, on);
    case ANYSOCK_BIND_CLIENT:
        break;
    }
    return 0;
}

int anysock_port_listen(anysock_native native, int backlog) {
    return listen(native, backlog > 0 ? backlog : SOMAXCONN);
}

static int accept_socket(int listener, bool nonblocking, struct sockaddr *addr, socklen_t *length) {
#ifdef HAS_SOCKET_FLAGS
    return accept4(listener, addr, length, SOCK_CLOEXEC | (nonblocking ? SOCK_NONBLOCK : 0));
#else
    int fd = accept(listener, addr, length);
    return fd < 0 ? fd : repair_flags(fd, nonblocking);
#endif
}

int anysock_port_accept(anysock_native native, bool nonblocking, anysock_native *child,
                        struct anysock_addr *peer) {
    socklen_t length = sizeof peer->bytes_;
    struct sockaddr *addr = peer != NULL ? (struct sockaddr *)(void *)peer->bytes_ : NULL;
    int fd = accept_socket(native, nonblocking, addr, peer != NULL ? &length : NULL);
    if (fd < 0)
        return -1;
    suppress_sigpipe(fd);
    if (peer != NULL)
        (void)finish_name(0, length, peer);
    *child = fd;
    return 0;
}

int anysock_port_shutdown_send(anysock_native native) {
    return shutdown(native, SHUT_WR);
}

/* Linux' getpeername wants a living connection, this option only a peer; and the exact length. */
int anysock_port_former_peer_addr(anysock_native native, enum anysock_family family,
                                  struct anysock_addr *addr) {
    int result = -1;
#ifdef SO_PEERNAME
    int error = errno;
    raw_length length = family == ANYSOCK_INET6 ? INET6_LENGTH : INET_LENGTH;
    result = finish_name(getsockopt(native, SOL_SOCKET, SO_PEERNAME, addr->bytes_, &length), length,
                         addr);
    errno = error;
#else
    (void)native, (void)family, (void)addr;
#endif
    return result;
}

/* ------------------------------------------------------------------------------------------- */

/* Linux lets go of the device, too, that a socket is bound to. It is the program's, unless the zone
 * of the peer has chosen it. */
#ifdef SO_BINDTODEVICE
struct device {
    char name[IFNAMSIZ];
    socklen_t length;
};

static struct device device_of(int fd) {
    struct device device = {.length = IFNAMSIZ};
    struct anysock_addr peer;
    if (anysock_port_peer_addr(fd, &peer) != 0 || anysock_addr_scope(&peer) != 0 ||
        getsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, device.name, &device.length) != 0)
        device.length = 0;
    return device;
}

static void give_device_back(int fd, const struct device *device) {
    if (device->length > 0)
        (void)setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, device->name, device->length);
}
#else
struct device {
    char unused;
};
#define device_of(fd) ((struct device){0})
#define give_device_back(fd, device) ((void)(device))
#endif

/* Linux says 0. The BSDs disconnect, and then fail to connect to nowhere. */
int anysock_port_disconnect(anysock_native native, enum anysock_family family) {
    struct anysock_addr nowhere, peer;
    (void)anysock_addr_any(family, 0, &nowhere);
    /* AF_UNSPEC is 0; the length before it, where there is one, stays the family's. */
    memset((char *)nowhere.bytes_ + offsetof(struct sockaddr, sa_family), 0, sizeof(sa_family_t));
    struct device device = device_of(native);
    if (anysock_port_connect(native, &nowhere) == 0) {
        give_device_back(native, &device);
        return 0;
    }
    bool expected = errno == EAFNOSUPPORT || errno == EINVAL || errno == EADDRNOTAVAIL;
    int error = errno;
    if (expected && anysock_port_peer_addr(native, &peer) != 0 && errno == ENOTCONN)
        return 0;
    errno = error;
    return -1;
}

void anysock_port_report_refusals(anysock_native native, bool report) {
    (void)native;
    (void)report; /* only connected sockets hear of them */
}

int anysock_port_bytes_readable(anysock_native native, size_t *bytes) {
    int count = 0;
    if (ioctl(native, FIONREAD, &count) != 0)
        return -1;
    *bytes = (size_t)count;
    return 0;
}

/* Some systems tell of an error as of an end. One that is only peeked at stays; on Linux, where it
 * would not, poll knows every error, and nobody comes here. */
static bool error_is_next(int fd) {
    char byte;
    return recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0 && !anysock_port_would_block();
}

/* An error without a hang-up may be in Linux' queue of errors only. */
static enum anysock_peer_state state_in(int fd, short revents) {
    const int broken = POLLERR | POLLHUP;
    if ((revents & broken) == broken)
        return ANYSOCK_PEER_RESET;
    unsigned end = end_of(fd, revents);
    if (end == 0)
        return ANYSOCK_PEER_OPEN;
    return (end & ANYSOCK_ERROR) != 0 || error_is_next(fd) ? ANYSOCK_PEER_RESET
                                                           : ANYSOCK_PEER_FINISHED;
}

int anysock_port_peer_state(anysock_native native, enum anysock_peer_state *state) {
    struct pollfd fd = {native, ASK_FOR_END, 0};
    if (poll(&fd, 1, 0) < 0)
        return -1;
    if ((fd.revents & POLLNVAL) != 0) {
        errno = EBADF;
        return -1;
    }
    *state = state_in(native, fd.revents);
    return 0;
}

static anysock_native accept_plainly(anysock_native native) {
    int fd = accept_socket(native, false, NULL, NULL);
    if (fd >= 0)
        suppress_sigpipe(fd);
    return fd;
}

/* The core's half of accepting. */
#include "../accept_tpl.h"
