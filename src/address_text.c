/*
 * Addresses as text: a strict reader and a writer that is the same everywhere (RFC 4291, RFC 5952).
 * Pure, except for the name of an interface in a zone.
 */
#include <string.h>

#include "internal.h"

/* ------------------------------------------------------------------------------------------- *
 * Reading text. Each reader takes a place in the text and returns the place behind what it read,
 * or null if that is not there.
 * ------------------------------------------------------------------------------------------- */

/* The value of a decimal digit; above 9 for what is none. */
static inline unsigned digit_of(char c) {
    return (unsigned char)(c - '0');
}

/* A decimal number up to max, without leading zeros. */
static inline const char *read_decimal(const char *at, uint32_t max, uint32_t *value) {
    uint64_t number = digit_of(*at++);
    if (number > 9)
        return NULL;
    for (unsigned digit; (digit = digit_of(*at)) <= 9; at++) {
        if (number == 0)
            return NULL;
        number = number * 10 + digit;
        if (number > max)
            return NULL;
    }
    *value = (uint32_t)number;
    return at;
}

/* Four decimal bytes with dots between them. */
static const char *read_inet(const char *at, unsigned char host[4]) {
    for (int i = 0;; i++) {
        uint32_t byte;
        at = read_decimal(at, 255, &byte);
        if (at == NULL)
            return NULL;
        host[i] = (unsigned char)byte;
        if (i == 3)
            return at;
        if (*at++ != '.')
            return NULL;
    }
}

/* One more than the value of each hexadecimal digit; 0 for what is none. */
static const unsigned char hex_digits[UCHAR_MAX + 1] = {
    ['0'] = 1,  ['1'] = 2,  ['2'] = 3,  ['3'] = 4,  ['4'] = 5,  ['5'] = 6,  ['6'] = 7,  ['7'] = 8,
    ['8'] = 9,  ['9'] = 10, ['a'] = 11, ['b'] = 12, ['c'] = 13, ['d'] = 14, ['e'] = 15, ['f'] = 16,
    ['A'] = 11, ['B'] = 12, ['C'] = 13, ['D'] = 14, ['E'] = 15, ['F'] = 16};

/* One to four hexadecimal digits. */
static inline const char *read_group(const char *at, unsigned *group) {
    const char *begin = at;
    unsigned value = 0;
    for (unsigned digit; (digit = hex_digits[(unsigned char)*at]) != 0; at++)
        value = value * 16 + digit - 1;
    *group = value;
    ptrdiff_t length = at - begin;
    return length >= 1 && length <= 4 ? at : NULL;
}

/* Up to eight groups, one run of zero groups as "::", the last two groups also as IPv4. */
static const char *read_inet6(const char *at, unsigned char host[16]) {
    unsigned char *end = host, *gap = NULL; /* of what is read; where "::" stands in it */
    memset(host, 0, 16);
    for (;;) {
        if (at[0] == ':' && at[1] == ':') {
            if (gap != NULL)
                return NULL;
            gap = end;
            at += 2;
        } else if (end > host) {
            if (*at != ':')
                break;
            at++;
        }
        unsigned group;
        const char *behind = read_group(at, &group);
        if (behind == NULL) { /* only "::" may be the last */
            if (gap != end)
                return NULL;
            break;
        }
        if (*behind == '.') {
            if (end > host + 12)
                return NULL;
            at = read_inet(at, end);
            if (at == NULL)
                return NULL;
            end += 4;
            break;
        }
        if (end == host + 16)
            return NULL;
        *end++ = (unsigned char)(group >> 8);
        *end++ = (unsigned char)group;
        at = behind;
    }
    if (gap == NULL)
        return end == host + 16 ? at : NULL;
    if (end > host + 14)
        return NULL;
    /* What stands behind the gap moves to the end and leaves zeros behind. */
    for (unsigned char *to = host + 16; end > gap; *end = 0)
        *--to = *--end;
    return at;
}

/* The zone after '%', up to ']' or the end: a number, or the name of an interface. */
static int read_zone(const char **text, uint32_t *scope) {
    char name[64];
    const char *at = *text;
    size_t length = strcspn(at, "]");
    if (length == 0 || length >= sizeof name)
        return ANYSOCK_EINVAL;
    *text = at + length;
    if (read_decimal(at, UINT32_MAX, scope) == at + length)
        return ANYSOCK_OK;
    memcpy(name, at, length);
    name[length] = '\0';
    *scope = anysock_port_interface_index(name);
    return *scope != 0 ? ANYSOCK_OK : ANYSOCK_ENODEV;
}

/* ":port" if it is there, and then the end. */
static bool read_port(const char *at, uint32_t *port) {
    *port = 0;
    if (*at == ':') {
        at = read_decimal(at + 1, 65535, port);
        if (at == NULL)
            return false;
    }
    return *at == '\0';
}

static int parse_inet(const char *text, struct anysock_addr *addr) {
    unsigned char host[4];
    uint32_t port;
    text = read_inet(text, host);
    if (text == NULL || !read_port(text, &port))
        return ANYSOCK_EINVAL;
    anysock_addr_fill(addr, ANYSOCK_INET, host, 0, (uint16_t)port);
    return ANYSOCK_OK;
}

static int parse_inet6(const char *text, struct anysock_addr *addr) {
    unsigned char host[16];
    uint32_t scope = 0, port = 0;
    bool bracket = *text == '[';
    if (bracket)
        text++;
    text = read_inet6(text, host);
    if (text == NULL)
        return ANYSOCK_EINVAL;
    if (*text == '%') {
        text++;
        int code = read_zone(&text, &scope);
        if (code != ANYSOCK_OK)
            return code;
    }
    if (bracket ? *text != ']' || !read_port(text + 1, &port) : *text != '\0')
        return ANYSOCK_EINVAL;
    anysock_addr_fill(addr, ANYSOCK_INET6, host, scope, (uint16_t)port);
    return ANYSOCK_OK;
}

int anysock_addr_parse(const char *text, struct anysock_addr *addr) {
    if (text == NULL || addr == NULL)
        return refuse(ANYSOCK_EFAULT);
    /* Brackets are for IPv6, and what reads as IPv4 up to its port cannot be read as IPv6. */
    int code = *text != '[' ? parse_inet(text, addr) : ANYSOCK_EINVAL;
    if (code != ANYSOCK_OK)
        code = parse_inet6(text, addr);
    return code == ANYSOCK_OK ? ANYSOCK_OK : refuse(code);
}

/* ------------------------------------------------------------------------------------------- *
 * Writing text. Each writer returns the end of what it wrote. The longest text is
 * "[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff%4294967295]:65535", which ANYSOCK_ADDR_TEXT_MAX holds.
 * ------------------------------------------------------------------------------------------- */

/* The two digits of a number below 100. */
static inline char *write_pair(char *at, size_t value) {
    static const char pairs[] = "00010203040506070809101112131415161718192021222324"
                                "25262728293031323334353637383940414243444546474849"
                                "50515253545556575859606162636465666768697071727374"
                                "75767778798081828384858687888990919293949596979899";
    memcpy(at, pairs + 2 * value, 2);
    return at + 2;
}

/* A number below 100, without a leading zero. */
static inline char *write_short(char *at, unsigned value) {
    if (value >= 10)
        return write_pair(at, value);
    *at = (char)('0' + value);
    return at + 1;
}

/* A number below 10000: a byte, most ports. */
static inline char *write_small(char *at, unsigned value) {
    if (value < 100)
        return write_short(at, value);
    return write_pair(write_short(at, value / 100), value % 100);
}

/* The four digits of a number below 10000. */
static inline char *write_four(char *at, unsigned value) {
    return write_pair(write_pair(at, value / 100), value % 100);
}

static char *write_decimal(char *at, uint32_t value) {
    if (value < 10000)
        return write_small(at, value);
    if (value < 100000000)
        at = write_small(at, value / 10000);
    else
        at = write_four(write_short(at, value / 100000000), value / 10000 % 10000);
    return write_four(at, value % 10000);
}

static char *write_inet(char *at, const unsigned char host[4]) {
    at = write_small(at, host[0]);
    *at++ = '.';
    at = write_small(at, host[1]);
    *at++ = '.';
    at = write_small(at, host[2]);
    *at++ = '.';
    return write_small(at, host[3]);
}

static inline char *write_group(char *at, unsigned group) {
    static const char digits[] = "0123456789abcdef";
    if (group >= 0x1000)
        *at++ = digits[group >> 12];
    if (group >= 0x100)
        *at++ = digits[group >> 8 & 0xf];
    if (group >= 0x10)
        *at++ = digits[group >> 4 & 0xf];
    *at++ = digits[group & 0xf];
    return at;
}

/* Two bytes, the higher one first. */
static inline unsigned group_at(const unsigned char bytes[2]) {
    return (unsigned)(bytes[0] << 8 | bytes[1]);
}

/* "::" is the longest run of at least two zero groups, the first of equals. */
static char *write_inet6(char *at, const unsigned char host[16]) {
    size_t zeros = 0, longest = 2, gap = 16, gap_end = 16; /* in bytes */
    for (size_t i = 0; i < 16; i += 2) {
        zeros = group_at(host + i) == 0 ? zeros + 2 : 0;
        if (zeros > longest) {
            longest = zeros;
            gap_end = i + 2;
            gap = gap_end - zeros;
        }
    }
    if (gap == 0 && gap_end == 10 && group_at(host + 10) == 0xffff) {
        static const char mapped[] = "::ffff:";
        memcpy(at, mapped, sizeof mapped);
        return write_inet(at + sizeof mapped - 1, host + 12);
    }
    if (gap == 0)
        *at++ = ':';
    for (size_t i = 0; i < 16; i += 2) { /* each group with the colon behind it */
        if (i == gap) {
            *at++ = ':';
            i = gap_end;
            if (i == 16)
                return at;
        }
        at = write_group(at, group_at(host + i));
        *at++ = ':';
    }
    return at - 1;
}

/* Writes the whole text, without NUL, into a buffer that holds any. */
static char *write_addr(char *at, const struct anysock_addr *addr) {
    const unsigned char *bytes = addr_bytes(addr);
    if (addr->length_ == INET_LENGTH) {
        at = write_inet(at, bytes + INET_HOST_AT);
    } else if (addr->length_ == INET6_LENGTH) {
        *at++ = '[';
        at = write_inet6(at, bytes + INET6_HOST_AT);
        uint32_t scope;
        memcpy(&scope, bytes + INET6_SCOPE_AT, sizeof scope);
        if (scope != 0) {
            *at++ = '%';
            at = write_decimal(at, scope);
        }
        *at++ = ']';
    } else {
        *at++ = '-';
        return at;
    }
    *at++ = ':';
    unsigned port = group_at(bytes + PORT_AT);
    return port < 10000 ? write_small(at, port) : write_decimal(at, port);
}

/* A text that was written elsewhere, to where it may not fit. */
static int copy_text(const char *from, size_t length, char *text, size_t size) {
    if (length < size) {
        memcpy(text, from, length + 1);
        return ANYSOCK_OK;
    }
    if (size > 0)
        text[0] = '\0';
    return refuse(ANYSOCK_ENOBUFS);
}

int anysock_addr_format(const struct anysock_addr *addr, char *text, size_t size) {
    if (text == NULL)
        return refuse(ANYSOCK_EFAULT);
    if (addr == NULL) {
        if (size > 0)
            text[0] = '\0';
        return refuse(ANYSOCK_EFAULT);
    }
    char buffer[ANYSOCK_ADDR_TEXT_MAX];
    char *begin = size < sizeof buffer ? buffer : text;
    char *end = write_addr(begin, addr);
    *end = '\0';
    return begin == text ? ANYSOCK_OK : copy_text(begin, (size_t)(end - begin), text, size);
}
