/*
 * The calls that are spelled alike on both systems, written once. Each port includes this file in
 * its socket.c, after its own port.h, which provides
 *     raw(native)    the handle as the system's calls take it
 *     raw_length     the type of address and option lengths
 *     set_error(n)   writes the thread's error slot
 *     family_of_unbound(native)   the family where getsockname does not tell
 */
#include <stddef.h>
#include <string.h>

_Static_assert(offsetof(struct sockaddr_in, sin_port) == 2, "address.c relies on it");
_Static_assert(offsetof(struct sockaddr_in, sin_addr) == 4, "address.c relies on it");
_Static_assert(sizeof(struct sockaddr_in) == 16, "address.c relies on it");
_Static_assert(offsetof(struct sockaddr_in6, sin6_port) == 2, "address.c relies on it");
_Static_assert(offsetof(struct sockaddr_in6, sin6_addr) == 8, "address.c relies on it");
_Static_assert(offsetof(struct sockaddr_in6, sin6_scope_id) == 24, "address.c relies on it");
_Static_assert(sizeof(struct sockaddr_in6) == 28, "address.c relies on it");

static const struct sockaddr *sockaddr_of(const struct anysock_addr *addr) {
    return (const struct sockaddr *)(const void *)addr->bytes_;
}

/* Options of four bytes. The casts are for Winsock, which wants char. */
static int set_int(anysock_native native, int level, int name, int value) {
    return setsockopt(raw(native), level, name, (const char *)&value, sizeof value);
}

/* Zeroed first: Windows may answer a boolean with one byte. */
static int get_int(anysock_native native, int level, int name, int *value) {
    raw_length length = sizeof *value;
    *value = 0;
    return getsockopt(raw(native), level, name, (char *)value, &length);
}

int anysock_port_bind(anysock_native native, const struct anysock_addr *addr) {
    return bind(raw(native), sockaddr_of(addr), (raw_length)addr->length_);
}

int anysock_port_connect(anysock_native native, const struct anysock_addr *addr) {
    return connect(raw(native), sockaddr_of(addr), (raw_length)addr->length_);
}

/* Both name calls, with the address left empty on failure. */
static int finish_name(int result, raw_length length, struct anysock_addr *addr) {
    addr->length_ = result == 0 ? (uint32_t)length : 0;
    addr->reserved_ = 0;
    if (!anysock_addr_is_known(addr))
        addr->length_ = 0; /* of a kind that the library does not know */
    return result;
}

int anysock_port_local_addr(anysock_native native, struct anysock_addr *addr) {
    raw_length length = sizeof addr->bytes_;
    int result = getsockname(raw(native), (struct sockaddr *)(void *)addr->bytes_, &length);
    return finish_name(result, length, addr);
}

int anysock_port_peer_addr(anysock_native native, struct anysock_addr *addr) {
    raw_length length = sizeof addr->bytes_;
    int result = getpeername(raw(native), (struct sockaddr *)(void *)addr->bytes_, &length);
    return finish_name(result, length, addr);
}

int anysock_port_take_error(anysock_native native) {
    int error;
    if (get_int(native, SOL_SOCKET, SO_ERROR, &error) != 0)
        return -1;
    set_error(error);
    return 0;
}

/* Linger of no time at all is a reset; none is a graceful close in the background. */
static void set_linger(anysock_native native, bool on) {
    struct linger linger;
    memset(&linger, 0, sizeof linger);
    linger.l_onoff = on;
    int error = anysock_port_native_error();
    (void)setsockopt(raw(native), SOL_SOCKET, SO_LINGER, (const char *)&linger, sizeof linger);
    set_error(error);
}

void anysock_port_reset_on_close(anysock_native native) {
    set_linger(native, true);
}

void anysock_port_no_linger(anysock_native native) {
    set_linger(native, false);
}

/* Only a stream waits; what cannot be asked is taken for the worst. */
static bool lingers(anysock_native native) {
    struct linger linger;
    raw_length length = sizeof linger;
    memset(&linger, 0, sizeof linger);
    int result = getsockopt(raw(native), SOL_SOCKET, SO_LINGER, (char *)&linger, &length);
    return result != 0 || linger.l_onoff != 0;
}

/* Whether somebody has ended sending: then a send of nothing fails. It is not asked beside an
 * error, which it would take, and not without room, when it might wait. */
static bool has_shut(anysock_native native, const struct anysock_port_facts *facts) {
    struct anysock_port_item item = {native, ANYSOCK_WRITABLE, 0};
    if (facts->type != ANYSOCK_STREAM || anysock_port_poll(&item, 1, 0) <= 0 ||
        (item.events & (ANYSOCK_WRITABLE | ANYSOCK_ERROR)) != ANYSOCK_WRITABLE)
        return false;
    return anysock_port_send(native, "", 0, 0) < 0 &&
           anysock_port_map_error(anysock_port_native_error(), OP_SEND, true) == ANYSOCK_EPIPE;
}

/* What every system can be asked of a foreign socket; the ports add the mode and the ends. */
static int describe_socket(anysock_native native, struct anysock_port_facts *facts) {
    struct anysock_addr addr;
    int type, listening;
    memset(facts, 0, sizeof *facts);
    memset(&addr, 0, sizeof addr);
    if (get_int(native, SOL_SOCKET, SO_TYPE, &type) != 0)
        return -1;
    if (type == SOCK_STREAM)
        facts->type = ANYSOCK_STREAM;
    else if (type == SOCK_DGRAM)
        facts->type = ANYSOCK_DGRAM;

    if (anysock_port_local_addr(native, &addr) == 0) {
        facts->family = anysock_addr_family(&addr);
        facts->bound = anysock_addr_port(&addr) != 0;
    } else {
        facts->family = family_of_unbound(native);
    }
    if (get_int(native, SOL_SOCKET, SO_ACCEPTCONN, &listening) == 0)
        facts->listening = listening != 0;
    facts->connected = anysock_port_peer_addr(native, &addr) == 0;
    facts->lingers = facts->type == ANYSOCK_STREAM && lingers(native);
    return 0;
}
