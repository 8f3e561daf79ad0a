/*
 * Addresses as text: a strict reader and a writer that is the same everywhere (RFC 4291, RFC 5952).
 * Pure, except for the name of an interface in a zone.
 */
#include <string.h>

#include "internal.h"

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
    unsigned digit = (unsigned)(*at - '0');
    if (digit > 9 || (digit == 0 && is_digit(at[1])))
        return false;
    uint64_t number = 0;
    do {
        number = number * 10 + digit;
        if (number > max)
            return false;
        digit = (unsigned)(*++at - '0');
    } while (digit <= 9);
    *value = (uint32_t)number;
    *text = at;
    return true;
}

/* A decimal byte, without leading zeros. */
static inline bool read_byte(const char **text, unsigned char *byte) {
    const char *at = *text;
    unsigned value = (unsigned)(*at - '0');
    if (value > 9)
        return false;
    unsigned digit = (unsigned)(*++at - '0');
    if (value == 0 && digit <= 9)
        return false;
    if (digit <= 9) {
        value = value * 10 + digit;
        digit = (unsigned)(*++at - '0');
        if (digit <= 9) {
            value = value * 10 + digit;
            digit = (unsigned)(*++at - '0');
        }
    }
    *byte = (unsigned char)value;
    *text = at;
    return value <= 255 && digit > 9;
}

/* Four decimal bytes with dots between them. */
static bool read_inet(const char **text, unsigned char host[4]) {
    const char *at = *text;
    bool good = read_byte(&at, &host[0]) && *at++ == '.' && read_byte(&at, &host[1]) &&
                *at++ == '.' && read_byte(&at, &host[2]) && *at++ == '.' &&
                read_byte(&at, &host[3]);
    *text = at;
    return good;
}

/* Above 15 for what is no hexadecimal digit. */
static inline unsigned hex_digit(char c) {
    unsigned digit = (unsigned)(c - '0');
    if (digit <= 9)
        return digit;
    unsigned letter = (unsigned)((c | 0x20) - 'a');
    return letter <= 5 ? letter + 10 : 16;
}

/* One to four hexadecimal digits, the first of which the caller has seen. */
static inline bool read_group(const char **text, unsigned *group) {
    const char *at = *text;
    unsigned value = hex_digit(*at), digit = hex_digit(*++at);
    for (int i = 1; digit <= 15; i++) {
        if (i == 4)
            return false;
        value = value << 4 | digit;
        digit = hex_digit(*++at);
    }
    *group = value;
    *text = at;
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
    while (length < 16 && hex_digit(*at) <= 15) {
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
        } else if (hex_digit(at[1]) <= 15 && length < 16) {
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
static bool read_port(const char **text, uint32_t *port) {
    *port = 0;
    if (**text == ':') {
        ++*text;
        if (!read_decimal(text, 65535, port))
            return false;
    }
    return **text == '\0';
}

static int parse_inet(const char *text, struct anysock_addr *addr) {
    unsigned char host[4];
    uint32_t port;
    if (!read_inet(&text, host) || !read_port(&text, &port))
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
    if (!read_inet6(&text, host))
        return ANYSOCK_EINVAL;
    if (*text == '%') {
        text++;
        int code = read_zone(&text, &scope);
        if (code != ANYSOCK_OK)
            return code;
    }
    if (bracket ? *text++ != ']' || !read_port(&text, &port) : *text != '\0')
        return ANYSOCK_EINVAL;
    anysock_addr_fill(addr, ANYSOCK_INET6, host, scope, (uint16_t)port);
    return ANYSOCK_OK;
}

int anysock_addr_parse(const char *text, struct anysock_addr *addr) {
    if (text == NULL || addr == NULL)
        return refuse(ANYSOCK_EFAULT);
    /* What reads as IPv4 up to its port cannot be read as IPv6. */
    int code = parse_inet(text, addr);
    if (code != ANYSOCK_OK)
        code = parse_inet6(text, addr);
    return code == ANYSOCK_OK ? ANYSOCK_OK : refuse(code);
}

/* ------------------------------------------------------------------------------------------- *
 * Writing text. Each writer returns the end of what it wrote. The longest text is
 * "[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff%4294967295]:65535", which ANYSOCK_ADDR_TEXT_MAX holds.
 * ------------------------------------------------------------------------------------------- */

/* At most 999: the bytes of IPv4, and what is left of a port. */
static inline char *write_byte(char *at, unsigned value) {
    unsigned tens = value * 205 >> 11; /* value / 10, exact below 1000 */
    if (value >= 100) {
        unsigned hundreds = tens * 205 >> 11;
        *at++ = (char)('0' + hundreds);
        *at++ = (char)('0' + tens - hundreds * 10);
    } else if (value >= 10) {
        *at++ = (char)('0' + tens);
    }
    *at++ = (char)('0' + value - tens * 10);
    return at;
}

static char *write_decimal(char *at, uint32_t value) {
    uint32_t scale = 1;
    while (value / scale >= 10)
        scale *= 10;
    for (; scale > 0; scale /= 10)
        *at++ = (char)('0' + value / scale % 10);
    return at;
}

/* A port, which is short: by comparison and not by division. */
static char *write_port(char *at, unsigned port) {
    if (port >= 10000) {
        *at++ = (char)('0' + port / 10000);
        port %= 10000;
        *at++ = (char)('0' + port / 1000);
    } else if (port >= 1000) {
        *at++ = (char)('0' + port / 1000);
    } else {
        return write_byte(at, port);
    }
    port %= 1000;
    *at++ = (char)('0' + port / 100);
    port %= 100;
    *at++ = (char)('0' + port / 10);
    *at++ = (char)('0' + port % 10);
    return at;
}

static char *write_inet(char *at, const unsigned char host[4]) {
    at = write_byte(at, host[0]);
    *at++ = '.';
    at = write_byte(at, host[1]);
    *at++ = '.';
    at = write_byte(at, host[2]);
    *at++ = '.';
    return write_byte(at, host[3]);
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
    if (anysock_addr_is_mapped(host)) {
        for (const char *prefix = "::ffff:"; *prefix != '\0'; prefix++)
            *at++ = *prefix;
        return write_inet(at, host + 12);
    }
    unsigned groups[8];
    for (size_t i = 0; i < 8; i++)
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
    return write_port(at, (unsigned)(bytes[PORT_AT] << 8 | bytes[PORT_AT + 1]));
}

int anysock_addr_format(const struct anysock_addr *addr, char *text, size_t size) {
    if (text == NULL)
        return refuse(ANYSOCK_EFAULT);
    if (addr != NULL && size >= ANYSOCK_ADDR_TEXT_MAX) {
        *write_addr(text, addr) = '\0';
        return ANYSOCK_OK;
    }
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
