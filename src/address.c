/*
 * Addresses: parse, format, compare, hash. Pure, without the system, except for the name of an
 * interface in a zone. Inside, an address holds the system's own bytes; only their first two
 * (family, on the BSDs length and family) differ between systems, and those are data of the port.
 */
#include <string.h>

#include "internal.h"

/* The layout of the native IPv4 and IPv6 socket address, checked by every port. */
enum {
    PORT_AT = 2,
    INET_HOST_AT = 4,
    INET_LENGTH = 16,
    INET6_HOST_AT = 8,
    INET6_SCOPE_AT = 24,
    INET6_LENGTH = 28
};

static unsigned char *bytes_of(struct anysock_addr *addr) {
    return (unsigned char *)addr->bytes_;
}

static const unsigned char *const_bytes_of(const struct anysock_addr *addr) {
    return (const unsigned char *)addr->bytes_;
}

/* Makes an address of a family, all the rest zero. */
static void start(struct anysock_addr *addr, enum anysock_family family) {
    memset(addr, 0, sizeof *addr);
    addr->length_ = family == ANYSOCK_INET ? INET_LENGTH : INET6_LENGTH;
    memcpy(addr->bytes_,
           family == ANYSOCK_INET ? anysock_port_traits.inet_head : anysock_port_traits.inet6_head,
           2);
}

static void put_port(struct anysock_addr *addr, unsigned port) {
    bytes_of(addr)[PORT_AT] = (unsigned char)(port >> 8);
    bytes_of(addr)[PORT_AT + 1] = (unsigned char)port;
}

/* ------------------------------------------------------------------------------------------- */

enum anysock_family anysock_addr_family(const struct anysock_addr *addr) {
    if (addr == NULL)
        return ANYSOCK_UNSPEC;
    if (addr->length_ == INET_LENGTH &&
        memcmp(addr->bytes_, anysock_port_traits.inet_head, 2) == 0)
        return ANYSOCK_INET;
    if (addr->length_ == INET6_LENGTH &&
        memcmp(addr->bytes_, anysock_port_traits.inet6_head, 2) == 0)
        return ANYSOCK_INET6;
    return ANYSOCK_UNSPEC;
}

uint16_t anysock_addr_port(const struct anysock_addr *addr) {
    if (anysock_addr_family(addr) == ANYSOCK_UNSPEC)
        return 0;
    const unsigned char *bytes = const_bytes_of(addr);
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
        memcpy(&scope, const_bytes_of(addr) + INET6_SCOPE_AT, sizeof scope);
    return scope;
}

static int make_special(enum anysock_family family, uint16_t port, bool loopback,
                        struct anysock_addr *addr) {
    if (addr == NULL)
        return refuse(ANYSOCK_EFAULT);
    if (family != ANYSOCK_INET && family != ANYSOCK_INET6)
        return refuse(ANYSOCK_EAFNOSUPPORT);
    start(addr, family);
    put_port(addr, port);
    if (loopback && family == ANYSOCK_INET)
        bytes_of(addr)[INET_HOST_AT] = 127;
    if (loopback) /* the last byte is 1 in both */
        bytes_of(addr)[family == ANYSOCK_INET ? INET_HOST_AT + 3 : INET6_HOST_AT + 15] = 1;
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
        return const_bytes_of(addr) + INET_HOST_AT;
    case ANYSOCK_INET6:
        *length = 16;
        return const_bytes_of(addr) + INET6_HOST_AT;
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

static const unsigned char mapped_prefix[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

bool anysock_addr_is_loopback(const struct anysock_addr *addr) {
    static const unsigned char loopback6[16] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
    size_t length;
    const unsigned char *host = host_of(addr, &length);
    if (length == 16)
        return memcmp(host, loopback6, 16) == 0 ||
               (memcmp(host, mapped_prefix, 12) == 0 && host[12] == 127);
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

/* ------------------------------------------------------------------------------------------- *
 * Reading text. Each reader takes the place in the text, moves it behind what it read, and says
 * whether it could.
 * ------------------------------------------------------------------------------------------- */

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/* A decimal number up to max, without leading zeros. */
static bool read_decimal(const char **text, uint32_t max, uint32_t *value) {
    const char *at = *text;
    if (!is_digit(*at) || (at[0] == '0' && is_digit(at[1])))
        return false;
    uint64_t number = 0;
    for (; is_digit(*at); at++) {
        number = number * 10 + (uint64_t)(*at - '0');
        if (number > max)
            return false;
    }
    *value = (uint32_t)number;
    *text = at;
    return true;
}

/* Four decimal bytes with dots between them. */
static bool read_inet(const char **text, unsigned char host[4]) {
    for (int i = 0; i < 4; i++) {
        uint32_t part;
        if (i > 0 && *(*text)++ != '.')
            return false;
        if (!read_decimal(text, 255, &part))
            return false;
        host[i] = (unsigned char)part;
    }
    return true;
}

static int hex_digit(char c) {
    if (is_digit(c))
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

/* One to four hexadecimal digits. */
static bool read_group(const char **text, unsigned *group) {
    int digit = hex_digit(**text);
    if (digit < 0)
        return false;
    *group = 0;
    for (int i = 0; digit >= 0; i++) {
        if (i == 4)
            return false;
        *group = *group << 4 | (unsigned)digit;
        digit = hex_digit(*++*text);
    }
    return true;
}

/* Up to eight groups, one run of zero groups as "::", the last two groups also as IPv4. */
static bool read_inet6(const char **text, unsigned char host[16]) {
    unsigned char read[16];
    int length = 0, gap = -1; /* bytes read; where "::" stands among them */
    const char *at = *text;

    if (at[0] == ':') {
        if (at[1] != ':')
            return false;
        at += 2;
        gap = 0;
    }
    while (length < 16 && (hex_digit(*at) >= 0)) {
        const char *begin = at;
        unsigned group;
        if (!read_group(&at, &group))
            return false;
        if (*at == '.') {
            at = begin;
            if (length > 12 || !read_inet(&at, read + length))
                return false;
            length += 4;
            break;
        }
        read[length++] = (unsigned char)(group >> 8);
        read[length++] = (unsigned char)group;
        if (*at != ':')
            break;
        if (at[1] == ':') {
            if (gap >= 0)
                return false;
            gap = length;
            at += 2;
        } else if (hex_digit(at[1]) >= 0 && length < 16) {
            at++;
        } else {
            return false;
        }
    }
    if (gap < 0 ? length != 16 : length > 14)
        return false;

    size_t head = gap < 0 ? 16 : (size_t)gap, tail = gap < 0 ? 0 : (size_t)(length - gap);
    memset(host, 0, 16);
    memcpy(host, read, head);
    memcpy(host + 16 - tail, read + head, tail);
    *text = at;
    return true;
}

/* The zone after '%', up to ']' or the end: a number, or the name of an interface. */
static int read_zone(const char **text, uint32_t *scope) {
    char name[64];
    const char *at = *text, *number = at;
    size_t length = strcspn(at, "]");
    if (length == 0 || length >= sizeof name)
        return ANYSOCK_EINVAL;
    *text = at + length;
    if (read_decimal(&number, UINT32_MAX, scope) && number == at + length)
        return ANYSOCK_OK;
    memcpy(name, at, length);
    name[length] = '\0';
    *scope = anysock_port_interface_index(name);
    return *scope != 0 ? ANYSOCK_OK : ANYSOCK_ENODEV;
}

/* ":port" if it is there, and then the end. */
static bool read_port(const char **text, struct anysock_addr *addr) {
    uint32_t port = 0;
    if (**text == ':') {
        ++*text;
        if (!read_decimal(text, 65535, &port))
            return false;
    }
    put_port(addr, port);
    return **text == '\0';
}

static int parse_inet(const char *text, struct anysock_addr *addr) {
    start(addr, ANYSOCK_INET);
    return read_inet(&text, bytes_of(addr) + INET_HOST_AT) && read_port(&text, addr)
               ? ANYSOCK_OK
               : ANYSOCK_EINVAL;
}

static int parse_inet6(const char *text, struct anysock_addr *addr) {
    start(addr, ANYSOCK_INET6);
    bool bracket = *text == '[';
    if (bracket)
        text++;
    if (!read_inet6(&text, bytes_of(addr) + INET6_HOST_AT))
        return ANYSOCK_EINVAL;
    if (*text == '%') {
        uint32_t scope;
        text++;
        int code = read_zone(&text, &scope);
        if (code != ANYSOCK_OK)
            return code;
        memcpy(bytes_of(addr) + INET6_SCOPE_AT, &scope, sizeof scope);
    }
    if (!bracket)
        return *text == '\0' ? ANYSOCK_OK : ANYSOCK_EINVAL;
    return *text++ == ']' && read_port(&text, addr) ? ANYSOCK_OK : ANYSOCK_EINVAL;
}

int anysock_addr_parse(const char *text, struct anysock_addr *addr) {
    if (text == NULL || addr == NULL)
        return refuse(ANYSOCK_EFAULT);
    struct anysock_addr read;
    const char *colon = strchr(text, ':');
    bool inet6 = text[0] == '[' || (colon != NULL && strchr(colon + 1, ':') != NULL);
    int code = inet6 ? parse_inet6(text, &read) : parse_inet(text, &read);
    if (code != ANYSOCK_OK)
        return refuse(code);
    *addr = read;
    return ANYSOCK_OK;
}

/* ------------------------------------------------------------------------------------------- *
 * Writing text. Each writer returns the end of what it wrote. The longest text is
 * "[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff%4294967295]:65535", which ANYSOCK_ADDR_TEXT_MAX holds.
 * ------------------------------------------------------------------------------------------- */

static char *write_decimal(char *at, uint32_t value) {
    char digits[10];
    int count = 0;
    do {
        digits[count++] = (char)('0' + value % 10);
        value /= 10;
    } while (value != 0);
    while (count > 0)
        *at++ = digits[--count];
    return at;
}

static char *write_inet(char *at, const unsigned char host[4]) {
    for (int i = 0; i < 4; i++) {
        if (i > 0)
            *at++ = '.';
        at = write_decimal(at, host[i]);
    }
    return at;
}

static char *write_group(char *at, unsigned group) {
    static const char digits[] = "0123456789abcdef";
    for (int shift = 12; shift >= 0; shift -= 4)
        if (group >> shift != 0 || shift == 0)
            *at++ = digits[group >> shift & 0xf];
    return at;
}

/* The longest run of at least two zero groups, the first of equals: its start and its end. */
static void find_gap(const unsigned groups[8], int *gap, int *end) {
    *gap = *end = 8;
    int longest = 1;
    for (int i = 0; i < 8; i++) {
        int j = i;
        while (j < 8 && groups[j] == 0)
            j++;
        if (j - i > longest) {
            longest = j - i;
            *gap = i;
            *end = j;
        }
        i = j; /* groups[j] is not zero */
    }
}

static char *write_inet6(char *at, const unsigned char host[16]) {
    if (memcmp(host, mapped_prefix, 12) == 0) {
        memcpy(at, "::ffff:", 7);
        return write_inet(at + 7, host + 12);
    }
    unsigned groups[8];
    for (int i = 0; i < 8; i++)
        groups[i] = (unsigned)(host[2 * i] << 8 | host[2 * i + 1]);
    int gap, end;
    find_gap(groups, &gap, &end);
    for (int i = 0; i < 8; i++) {
        if (i == gap) {
            *at++ = ':';
            i = end;
            if (i == 8) {
                *at++ = ':';
                break;
            }
        }
        if (i > 0)
            *at++ = ':';
        at = write_group(at, groups[i]);
    }
    return at;
}

/* Writes the whole text, without NUL, into a buffer that holds any. */
static char *write_addr(char *at, const struct anysock_addr *addr) {
    size_t length;
    const unsigned char *host = host_of(addr, &length);
    if (host == NULL) {
        *at++ = '-';
        return at;
    }
    if (length == 4) {
        at = write_inet(at, host);
    } else {
        *at++ = '[';
        at = write_inet6(at, host);
        uint32_t scope = anysock_addr_scope(addr);
        if (scope != 0) {
            *at++ = '%';
            at = write_decimal(at, scope);
        }
        *at++ = ']';
    }
    *at++ = ':';
    return write_decimal(at, anysock_addr_port(addr));
}

int anysock_addr_format(const struct anysock_addr *addr, char *text, size_t size) {
    if (text == NULL)
        return refuse(ANYSOCK_EFAULT);
    if (size > 0)
        text[0] = '\0';
    if (addr == NULL)
        return refuse(ANYSOCK_EFAULT);

    char buffer[ANYSOCK_ADDR_TEXT_MAX];
    size_t length = (size_t)(write_addr(buffer, addr) - buffer);
    if (length >= size)
        return refuse(ANYSOCK_ENOBUFS);
    memcpy(text, buffer, length);
    text[length] = '\0';
    return ANYSOCK_OK;
}
