/*
 * The life of a socket handle on Windows: made, bound, accepted, closed; and its mode.
 */
#include "port.h"

/* getsockname fails on an unbound socket; the protocol tells the family. */
static enum anysock_family family_of_unbound(anysock_native native) {
    WSAPROTOCOL_INFOW info;
    int length = sizeof info;
    if (getsockopt(raw(native), SOL_SOCKET, SO_PROTOCOL_INFOW, (char *)&info, &length) != 0)
        return ANYSOCK_UNSPEC;
    if (info.iAddressFamily == AF_INET)
        return ANYSOCK_INET;
    return info.iAddressFamily == AF_INET6 ? ANYSOCK_INET6 : ANYSOCK_UNSPEC;
}
#include "../calls_tpl.h"

/* Present since Windows 7 SP1; the headers may be older. */
#ifndef WSA_FLAG_NO_HANDLE_INHERIT
#define WSA_FLAG_NO_HANDLE_INHERIT 0x80
#endif

const struct anysock_port_traits anysock_port_traits = {
    .inet_head = {AF_INET, 0},
    .inet6_head = {AF_INET6, 0},
    .has_no_wait_flag = false,
    .listen_binds = false,
    .has_keepalive_call = true,
    .no_memory = WSA_NOT_ENOUGH_MEMORY,
};

/* Preserves the error for the caller's failure. */
static int close_and_fail(SOCKET socket) {
    anysock_port_close(socket);
    return -1;
}

int anysock_port_set_blocking(anysock_native native, bool blocking) {
    u_long nonblocking = !blocking;
    return ioctlsocket(raw(native), (long)FIONBIO, &nonblocking);
}

/* A layered provider's handle may refuse it: then nothing can be done. */
static void stop_inheritance(SOCKET socket) {
    int error = WSAGetLastError();
    (void)SetHandleInformation((HANDLE)socket, HANDLE_FLAG_INHERIT, 0);
    WSASetLastError(error);
}

static SOCKET make_socket(int family, int type) {
    SOCKET socket =
        WSASocketW(family, type, 0, NULL, 0, WSA_FLAG_OVERLAPPED | WSA_FLAG_NO_HANDLE_INHERIT);
    if (socket != INVALID_SOCKET)
        return socket;
    int error = WSAGetLastError();
    if (error != WSAEINVAL && error != WSAEPROTOTYPE)
        return INVALID_SOCKET;
    /* Windows 7 before SP1 does not know the flag. */
    socket = WSASocketW(family, type, 0, NULL, 0, WSA_FLAG_OVERLAPPED);
    if (socket != INVALID_SOCKET)
        stop_inheritance(socket);
    return socket;
}

int anysock_port_open(enum anysock_family family, enum anysock_type type, bool nonblocking,
                      anysock_native *native) {
    SOCKET made = make_socket(family == ANYSOCK_INET ? AF_INET : AF_INET6,
                              type == ANYSOCK_STREAM ? SOCK_STREAM : SOCK_DGRAM);
    if (made == INVALID_SOCKET)
        return -1;
    if (nonblocking && anysock_port_set_blocking(made, false) != 0)
        return close_and_fail(made);
    *native = made; /* IPV6_V6ONLY is the default on Windows */
    return 0;
}

/* With linger on and data unsent, a non-blocking socket is not closed at all but says
 * WSAEWOULDBLOCK: close it in the background then, as a socket without linger is. */
void anysock_port_close(anysock_native native) {
    int error = WSAGetLastError();
    if (closesocket(raw(native)) != 0 && WSAGetLastError() == WSAEWOULDBLOCK) {
        (void)set_int(native, SOL_SOCKET, SO_DONTLINGER, 1);
        (void)closesocket(raw(native));
    }
    WSASetLastError(error);
}

int anysock_port_describe(anysock_native native, struct anysock_port_facts *facts) {
    if (describe_socket(native, facts) != 0)
        return -1;
    facts->nonblocking = -1; /* Windows has no way to ask */
    facts->shut = facts->connected && has_shut(native, facts);
    return 0;
}

/* ------------------------------------------------------------------------------------------- */

int anysock_port_bind_intent(anysock_native native, enum anysock_bind_intent intent, bool stream,
                             bool on) {
    (void)stream;
    switch (intent) {
    case ANYSOCK_BIND_SERVER:
        /* Without it anybody may take the port over; SO_REUSEADDR means just that here. */
        return set_int(native, SOL_SOCKET, SO_EXCLUSIVEADDRUSE, on);
    case ANYSOCK_BIND_BALANCED:
        WSASetLastError(WSAEOPNOTSUPP);
        return -1;
    case ANYSOCK_BIND_SHARED:
        return set_int(native, SOL_SOCKET, SO_REUSEADDR, on);
    case ANYSOCK_BIND_CLIENT:
        break;
    }
    return 0;
}

/* Above 200 a plain number is cut; from Windows 8 on a negative one is taken as a hint. */
int anysock_port_listen(anysock_native native, int backlog) {
    if (backlog <= 0)
        return listen(raw(native), SOMAXCONN);
    if (backlog <= 200)
        return listen(raw(native), backlog);
    int hint = backlog < 65535 ? -backlog : -65535;
    if (listen(raw(native), hint) == 0)
        return 0;
    return listen(raw(native), SOMAXCONN);
}

/* The new socket has the listener's mode, event selection and inheritance: whatever they are,
 * and whoever made them so, they are taken away. In this order, since FIONBIO 0 is refused while
 * there is a selection. */
static int detach_child(SOCKET child, bool nonblocking) {
    stop_inheritance(child);
    if (WSAEventSelect(child, NULL, 0) != 0)
        return -1;
    return anysock_port_set_blocking(child, !nonblocking);
}

int anysock_port_accept(anysock_native native, bool nonblocking, anysock_native *child,
                        struct anysock_addr *peer) {
    int length = sizeof peer->bytes_;
    struct sockaddr *addr = peer != NULL ? (struct sockaddr *)(void *)peer->bytes_ : NULL;
    SOCKET made = accept(raw(native), addr, peer != NULL ? &length : NULL);
    if (made == INVALID_SOCKET)
        return -1;
    if (detach_child(made, nonblocking) != 0)
        return close_and_fail(made);
    if (peer != NULL)
        (void)finish_name(0, length, peer);
    *child = made;
    return 0;
}

int anysock_port_shutdown_send(anysock_native native) {
    return shutdown(raw(native), SD_SEND);
}

/* getpeername knows it as long as there is a socket. */
int anysock_port_former_peer_addr(anysock_native native, enum anysock_family family,
                                  struct anysock_addr *addr) {
    (void)native;
    (void)family;
    (void)addr;
    return -1;
}

/* ------------------------------------------------------------------------------------------- */

static bool has_peer(anysock_native native) {
    struct anysock_addr peer;
    return anysock_port_peer_addr(native, &peer) == 0;
}

/* Windows takes an address of zeros and AF_UNSPEC alike. Wine 8 keeps the socket usable only after
 * the first, Wine 10 lets go only for the second. */
int anysock_port_disconnect(anysock_native native, enum anysock_family family) {
    struct anysock_addr nowhere;
    (void)anysock_addr_any(family, 0, &nowhere);
    int result = anysock_port_connect(native, &nowhere);
    if (result == 0 && !has_peer(native))
        return 0;
    memset(nowhere.bytes_, 0, 2); /* AF_UNSPEC */
    return anysock_port_connect(native, &nowhere);
}

/* The headers of mingw-w64 lack them. */
#define REPORT_PORT_UNREACHABLE (IOC_IN | IOC_VENDOR | 12) /* SIO_UDP_CONNRESET */
#define REPORT_TTL_EXPIRED (IOC_IN | IOC_VENDOR | 15)      /* SIO_UDP_NETRESET */

static void set_report(anysock_native native, DWORD which, bool report) {
    BOOL value = report;
    DWORD returned;
    int error = WSAGetLastError();
    (void)WSAIoctl(raw(native), which, &value, sizeof value, NULL, 0, &returned, NULL, NULL);
    WSASetLastError(error);
}

void anysock_port_report_refusals(anysock_native native, bool report) {
    set_report(native, REPORT_PORT_UNREACHABLE, report);
    set_report(native, REPORT_TTL_EXPIRED, false); /* nobody wants these */
}

int anysock_port_bytes_readable(anysock_native native, size_t *bytes) {
    u_long count = 0;
    if (ioctlsocket(raw(native), (long)FIONREAD, &count) != 0)
        return -1;
    *bytes = count;
    return 0;
}

int anysock_port_peer_state(anysock_native native, enum anysock_peer_state *state) {
    WSAPOLLFD fd = {raw(native), POLLRDNORM, 0};
    if (WSAPoll(&fd, 1, 0) < 0)
        return -1;
    if ((fd.revents & POLLERR) != 0)
        *state = ANYSOCK_PEER_RESET;
    else
        *state = (fd.revents & POLLHUP) != 0 ? ANYSOCK_PEER_FINISHED : ANYSOCK_PEER_OPEN;
    return 0;
}

static anysock_native accept_plainly(anysock_native native) {
    anysock_native child;
    return anysock_port_accept(native, false, &child, NULL) == 0 ? child : (anysock_native)-1;
}

/* The core's half of accepting. */
#include "../accept_tpl.h"
