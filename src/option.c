/*
 * Options: one table of what there is, in which unit and range and on which sockets. The ports know
 * where each of them is.
 */
#include "internal.h"

#define ROW(name, unit, min, max, where)                                                           \
    { #name, unit, ANYSOCK_OPTION_##name, min, max, where, false }
#define READ_ONLY(name, unit, where)                                                               \
    { #name, unit, ANYSOCK_OPTION_##name, 0, 0, where, true }
#define FLAG(name, where) ROW(name, "flag", 0, 1, where)

/* In the order of the enumeration. */
static const struct anysock_option_row rows[] = {
    FLAG(NODELAY, ON_STREAM),
    FLAG(KEEPALIVE, ON_STREAM),
    ROW(KEEPALIVE_IDLE, "s", 1, 32767, ON_STREAM),
    ROW(KEEPALIVE_INTERVAL, "s", 1, 32767, ON_STREAM),
    ROW(KEEPALIVE_COUNT, "number", 1, 127, ON_STREAM),
    ROW(USER_TIMEOUT, "ms", 0, INT_MAX, ON_STREAM),
    FLAG(CORK, ON_STREAM),
    FLAG(QUICK_ACK, ON_STREAM),
    ROW(FAST_OPEN, "number", 0, INT_MAX, ON_STREAM),
    ROW(NOT_SENT_LOW_WATER, "bytes", 0, INT_MAX, ON_STREAM),
    ROW(MAX_SEGMENT, "bytes", 88, 32767, ON_STREAM),
    FLAG(OOB_INLINE, ON_STREAM),
    ROW(SEND_BUFFER, "bytes", 1, INT_MAX / 2, ON_BOTH),
    ROW(RECV_BUFFER, "bytes", 1, INT_MAX / 2, ON_BOTH),
    ROW(RECV_LOW_WATER, "bytes", 1, INT_MAX, ON_STREAM),
    FLAG(BROADCAST, ON_DATAGRAM),
    FLAG(DONT_ROUTE, ON_BOTH),
    ROW(TTL, "hops", 1, 255, ON_BOTH),
    ROW(TOS, "byte", 0, 255, ON_BOTH),
    FLAG(V6ONLY, ON_BOTH | ON_INET6_ONLY),
    FLAG(DONT_FRAGMENT, ON_BOTH),
    READ_ONLY(PATH_MTU, "bytes", ON_BOTH),
    ROW(MULTICAST_TTL, "hops", 0, 255, ON_DATAGRAM),
    FLAG(MULTICAST_LOOP, ON_DATAGRAM),
    ROW(PRIORITY, "number", 0, 6, ON_BOTH),
    READ_ONLY(ACCEPTING, "flag", ON_STREAM),
    ROW(MULTICAST_INTERFACE, "index", 0, 0xffffff, ON_DATAGRAM),
    ROW(MARK, "number", 0, INT_MAX, ON_BOTH),
    ROW(BUSY_POLL, "us", 0, INT_MAX, ON_BOTH),
    READ_ONLY(INCOMING_CPU, "number", ON_BOTH),
    FLAG(FREE_BIND, ON_BOTH),
    FLAG(TRANSPARENT, ON_BOTH),
    ROW(SEND_LOW_WATER, "bytes", 1, INT_MAX, ON_STREAM),
    READ_ONLY(TYPE, "number", ON_BOTH),
    READ_ONLY(FAMILY, "number", ON_BOTH),
    READ_ONLY(PROTOCOL, "number", ON_BOTH),
};

#define ROWS (sizeof rows / sizeof rows[0])

/* As in an IP packet. */
enum { PROTOCOL_TCP = 6, PROTOCOL_UDP = 17 };

/* What Windows starts with. */
static const uint16_t keepalive_default_s[2] = {7200, 1};

const struct anysock_option_row *anysock_option_rows(size_t *count) {
    *count = ROWS;
    return rows;
}

/* The row, if the socket is one that has the option. */
static int find_row(const struct anysock *s, enum anysock_option option,
                    const struct anysock_option_row **row) {
    int code = check_open(s);
    if (code != ANYSOCK_OK)
        return code;
    if ((unsigned)option - 1 >= ROWS)
        return refuse(ANYSOCK_EINVAL);
    *row = &rows[(unsigned)option - 1];
    unsigned kind = is_stream(s) ? ON_STREAM : ON_DATAGRAM;
    if (((*row)->where & kind) == 0 ||
        (((*row)->where & ON_INET6_ONLY) != 0 && family_of(s) != ANYSOCK_INET6))
        return refuse(ANYSOCK_ENOPROTOOPT);
    return ANYSOCK_OK;
}

/* Why the system did not. macOS refuses an option of a connection that is over as it does a wrong
 * value; then the peer is gone, too. */
static int fail_option(const struct anysock *s) {
    int code = fail_native(OP_OPTION, is_stream(s));
    const uint32_t connection = ST_STREAM | ST_CONNECTED;
    if (code != ANYSOCK_EINVAL || (state_of(s) & connection) != connection)
        return code;
    int native = anysock_port_native_error();
    struct anysock_addr peer;
    if (anysock_port_peer_addr(s->native_, &peer) != 0)
        code = ANYSOCK_ENOTCONN;
    anysock_port_set_native_error(native);
    return code;
}

/* Which of the two keep-alive times an option is; -1 for none of them. */
static int keepalive_time(enum anysock_option option) {
    if (option == ANYSOCK_OPTION_KEEPALIVE_IDLE)
        return 0;
    return option == ANYSOCK_OPTION_KEEPALIVE_INTERVAL ? 1 : -1;
}

/* Puts both times into force, where they are no options. They count while keep-alive is on. */
static int apply_keepalive(struct anysock *s) {
    int on = 0;
    if (anysock_port_get_option(s->native_, ANYSOCK_OPTION_KEEPALIVE, false, &on) != 0)
        return fail_option(s);
    if (on == 0)
        return ANYSOCK_OK;
    unsigned times[2];
    for (size_t i = 0; i < 2; i++)
        times[i] = s->kept_[i] != 0 ? s->kept_[i] : keepalive_default_s[i];
    if (anysock_port_set_keepalive(s->native_, true, times[0], times[1]) != 0)
        return fail_option(s);
    return ANYSOCK_OK;
}

/* What the system could not do as an option; failed is what came of that. */
static int set_otherwise(struct anysock *s, enum anysock_option option, int value, int failed) {
    int time = keepalive_time(option);
    if (failed != ANYSOCK_ENOPROTOOPT || time < 0 || !anysock_port_traits.has_keepalive_call)
        return failed;
    uint16_t before = s->kept_[time];
    s->kept_[time] = (uint16_t)value;
    int code = apply_keepalive(s);
    if (code != ANYSOCK_OK)
        s->kept_[time] = before;
    return code;
}

/* What the library knows of its socket by itself. */
static bool is_known(const struct anysock *s, enum anysock_option option, int *value) {
    if (option == ANYSOCK_OPTION_TYPE)
        *value = is_stream(s) ? ANYSOCK_STREAM : ANYSOCK_DGRAM;
    else if (option == ANYSOCK_OPTION_FAMILY)
        *value = (int)family_of(s);
    else
        return false;
    return true;
}

/* What it knows where the system cannot be asked. */
static bool is_known_otherwise(const struct anysock *s, enum anysock_option option, int *value) {
    int time = keepalive_time(option);
    if (option == ANYSOCK_OPTION_PROTOCOL)
        *value = is_stream(s) ? PROTOCOL_TCP : PROTOCOL_UDP;
    else if (time >= 0 && anysock_port_traits.has_keepalive_call)
        *value = s->kept_[time] != 0 ? s->kept_[time] : keepalive_default_s[time];
    else
        return false;
    return true;
}

/* The interface for multicast, which few systems tell; streams keep their times there. */
static void keep_interface(struct anysock *s, int index) {
    s->kept_[0] = (uint16_t)(index & 0xffff);
    s->kept_[1] = (uint16_t)(index >> 16);
}

static int kept_interface(const struct anysock *s) {
    return (int)s->kept_[1] << 16 | s->kept_[0];
}

int anysock_set_option(struct anysock *s, enum anysock_option option, int value) {
    const struct anysock_option_row *row;
    int code = find_row(s, option, &row);
    if (code != ANYSOCK_OK)
        return code;
    if (row->read_only)
        return refuse(ANYSOCK_ENOPROTOOPT);
    if (value < row->min || value > row->max)
        return refuse(ANYSOCK_EDOM);

    if (anysock_port_set_option(s->native_, option, family_of(s) == ANYSOCK_INET6, value) != 0)
        return set_otherwise(s, option, value, fail_option(s));
    if (option == ANYSOCK_OPTION_MULTICAST_INTERFACE)
        keep_interface(s, value);
    /* Times that were set while keep-alive was off wait for this. */
    bool waiting = s->kept_[0] != 0 || s->kept_[1] != 0;
    return option == ANYSOCK_OPTION_KEEPALIVE && waiting ? apply_keepalive(s) : ANYSOCK_OK;
}

int anysock_get_option(struct anysock *s, enum anysock_option option, int *value) {
    const struct anysock_option_row *row;
    if (value == NULL)
        return refuse(ANYSOCK_EFAULT);
    *value = 0;
    int code = find_row(s, option, &row);
    if (code != ANYSOCK_OK)
        return code;
    if (is_known(s, option, value))
        return ANYSOCK_OK;
    if (anysock_port_get_option(s->native_, option, family_of(s) == ANYSOCK_INET6, value) == 0) {
        if (option == ANYSOCK_OPTION_MULTICAST_INTERFACE && *value == PORT_UNTOLD)
            *value = kept_interface(s);
        return ANYSOCK_OK;
    }

    *value = 0;
    code = fail_option(s);
    return code == ANYSOCK_ENOPROTOOPT && is_known_otherwise(s, option, value) ? ANYSOCK_OK : code;
}
