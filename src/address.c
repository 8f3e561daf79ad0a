/*
 * Addresses as values: make, take apart, compare, hash. Pure, without the system. Inside, an
 * address holds the system's own bytes; only their first two (family, on the BSDs length and
 * family) differ between systems, and those are data of the port.
 */
#include <string.h>

#include "internal.h"

static unsigned char *bytes_of(struct anysock_addr *addr) {
    return (unsigned char *)addr->bytes_;
}

static void put_port(struct anysock_addr *addr, unsigned port) {
    bytes_of(addr)[PORT_AT] = (unsigned char)(port >> 8);
    bytes_of(addr)[PORT_AT + 1] = (unsigned char)port;
}

void anysock_addr_fill(struct anysock_addr *addr, enum anysock_family family,
                       const unsigned char *host, uint32_t scope, uint16_t port) {
    /* In halves, which are short enough for a compiler to write them out. */
    memset(addr, 0, sizeof *addr / 2);
    memset((char *)addr + sizeof *addr / 2, 0, sizeof *addr / 2);
    unsigned char *bytes = bytes_of(addr);
    if (family == ANYSOCK_INET) {
        addr->length_ = INET_LENGTH;
        memcpy(bytes, anysock_port_traits.inet_head, 2);
        memcpy(bytes + INET_HOST_AT, host, 4);
    } else {
        addr->length_ = INET6_LENGTH;
        memcpy(bytes, anysock_port_traits.inet6_head, 2);
        memcpy(bytes + INET6_HOST_AT, host, 16);
        memcpy(bytes + INET6_SCOPE_AT, &scope, sizeof scope);
    }
    put_port(addr, port);
}

/* ------------------------------------------------------------------------------------------- */

bool anysock_addr_is_known(const struct anysock_addr *addr) {
    const unsigned char *head = addr_bytes(addr);
    const unsigned char *inet = anysock_port_traits.inet_head;
    const unsigned char *inet6 = anysock_port_traits.inet6_head;
    if (addr->length_ == INET_LENGTH)
        return head[0] == inet[0] && head[1] == inet[1];
    return addr->length_ == INET6_LENGTH && head[0] == inet6[0] && head[1] == inet6[1];
}

enum anysock_family anysock_addr_family(const struct anysock_addr *addr) {
    return addr != NULL ? addr_family(addr) : ANYSOCK_UNSPEC;
}

uint16_t anysock_addr_port(const struct anysock_addr *addr) {
    if (anysock_addr_family(addr) == ANYSOCK_UNSPEC)
        return 0;
    const unsigned char *bytes = addr_bytes(addr);
    return (uint16_t)(bytes[PORT_AT] << 8 | bytes[PORT_AT + 1]);
}

int anysock_addr_set_port(struct anysock_addr *addr, uint16_t port) {
    if (addr == NULL)
        return refuse(ANYSOCK_EFAULT);
    if (anysock_addr_family(addr) == ANYSOCK_UNSPEC)
        return refuse(ANYSOCK_EAFNOSUPPORT);
    put_port(addr, port);
    return ANYSOCK_OK;
}

uint32_t anysock_addr_scope(const struct anysock_addr *addr) {
    uint32_t scope = 0;
    if (anysock_addr_family(addr) == ANYSOCK_INET6)
        memcpy(&scope, addr_bytes(addr) + INET6_SCOPE_AT, sizeof scope);
    return scope;
}

static int make_special(enum anysock_family family, uint16_t port, bool loopback,
                        struct anysock_addr *addr) {
    if (addr == NULL)
        return refuse(ANYSOCK_EFAULT);
    if (family != ANYSOCK_INET && family != ANYSOCK_INET6)
        return refuse(ANYSOCK_EAFNOSUPPORT);
    unsigned char host[16] = {0};
    if (loopback && family == ANYSOCK_INET)
        host[0] = 127;
    if (loopback) /* the last byte is 1 in both */
        host[family == ANYSOCK_INET ? 3 : 15] = 1;
    anysock_addr_fill(addr, family, host, 0, port);
    return ANYSOCK_OK;
}

int anysock_addr_any(enum anysock_family family, uint16_t port, struct anysock_addr *addr) {
    return make_special(family, port, false, addr);
}

int anysock_addr_loopback(enum anysock_family family, uint16_t port, struct anysock_addr *addr) {
    return make_special(family, port, true, addr);
}

/* ------------------------------------------------------------------------------------------- */

/* The bytes of the host, wherever they are: 4 or 16 of them; null for no address. */
static const unsigned char *host_of(const struct anysock_addr *addr, size_t *length) {
    switch (anysock_addr_family(addr)) {
    case ANYSOCK_INET:
        *length = 4;
        return addr_bytes(addr) + INET_HOST_AT;
    case ANYSOCK_INET6:
        *length = 16;
        return addr_bytes(addr) + INET6_HOST_AT;
    case ANYSOCK_UNSPEC:
        break;
    }
    *length = 0;
    return NULL;
}

bool anysock_addr_equal(const struct anysock_addr *a, const struct anysock_addr *b) {
    size_t length, length_b;
    const unsigned char *host = host_of(a, &length), *host_b = host_of(b, &length_b);
    if (host == NULL || host_b == NULL)
        return host == host_b;
    return length == length_b && memcmp(host, host_b, length) == 0 &&
           anysock_addr_port(a) == anysock_addr_port(b) &&
           anysock_addr_scope(a) == anysock_addr_scope(b);
}

/* FNV-1a over host, port and zone. */
uint32_t anysock_addr_hash(const struct anysock_addr *addr) {
    uint32_t hash = UINT32_C(2166136261);
    size_t length;
    const unsigned char *host = host_of(addr, &length);
    for (size_t i = 0; i < length; i++)
        hash = (hash ^ host[i]) * UINT32_C(16777619);
    hash = (hash ^ anysock_addr_port(addr)) * UINT32_C(16777619);
    return (hash ^ anysock_addr_scope(addr)) * UINT32_C(16777619);
}

bool anysock_addr_is_mapped(const unsigned char host[16]) {
    static const unsigned char prefix[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    return memcmp(host, prefix, sizeof prefix) == 0;
}

bool anysock_addr_is_loopback(const struct anysock_addr *addr) {
    static const unsigned char loopback6[16] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
    size_t length;
    const unsigned char *host = host_of(addr, &length);
    if (length == 16)
        return memcmp(host, loopback6, 16) == 0 ||
               (anysock_addr_is_mapped(host) && host[12] == 127);
    return length == 4 && host[0] == 127;
}

bool anysock_addr_is_multicast(const struct anysock_addr *addr) {
    size_t length;
    const unsigned char *host = host_of(addr, &length);
    if (length == 16)
        return host[0] == 0xff;
    return length == 4 && (host[0] & 0xf0) == 0xe0;
}

bool anysock_addr_is_link_local(const struct anysock_addr *addr) {
    size_t length;
    const unsigned char *host = host_of(addr, &length);
    if (length == 16)
        return host[0] == 0xfe && (host[1] & 0xc0) == 0x80;
    return length == 4 && host[0] == 169 && host[1] == 254;
}

bool anysock_addr_is_any(const struct anysock_addr *addr) {
    static const unsigned char zeros[16];
    size_t length;
    const unsigned char *host = host_of(addr, &length);
    return host != NULL && memcmp(host, zeros, length) == 0;
}

const struct anysock_addr *anysock_addr_destination(const struct anysock_addr *addr,
                                                    struct anysock_addr *loopback) {
    if (!anysock_addr_is_any(addr))
        return addr;
    (void)anysock_addr_loopback(addr_family(addr), anysock_addr_port(addr), loopback);
    return loopback;
}

/* ------------------------------------------------------------------------------------------- */

int anysock_addr_from_native(const void *native, size_t length, struct anysock_addr *addr) {
    if (native == NULL || addr == NULL)
        return refuse(ANYSOCK_EFAULT);
    struct anysock_addr made;
    memset(&made, 0, sizeof made);
    if (length < 2 || length > sizeof made.bytes_)
        return refuse(ANYSOCK_EINVAL);
    memcpy(made.bytes_, native, length);

    bool inet = memcmp(made.bytes_, anysock_port_traits.inet_head, 2) == 0;
    if (!inet && memcmp(made.bytes_, anysock_port_traits.inet6_head, 2) != 0)
        return refuse(ANYSOCK_EAFNOSUPPORT);
    made.length_ = inet ? INET_LENGTH : INET6_LENGTH;
    if (length < made.length_)
        return refuse(ANYSOCK_EINVAL);
    *addr = made;
    return ANYSOCK_OK;
}

int anysock_addr_to_native(const struct anysock_addr *addr, void *native, size_t size,
                           size_t *length) {
    if (length == NULL)
        return refuse(ANYSOCK_EFAULT);
    *length = 0;
    if (addr == NULL || native == NULL)
        return refuse(ANYSOCK_EFAULT);
    if (anysock_addr_family(addr) == ANYSOCK_UNSPEC)
        return refuse(ANYSOCK_EINVAL);
    if (size < addr->length_)
        return refuse(ANYSOCK_ENOBUFS);
    memcpy(native, addr->bytes_, addr->length_);
    *length = addr->length_;
    return ANYSOCK_OK;
}
