/*
 * Every option of the table on the real port, on each kind of socket that has it: what is set comes
 * back, what the system lacks is said, and what is out of range never gets there.
 */
#include "check.h"
#include "deviations.h"
#include "internal.h"
#include "net.h"
#include "platform.h"

/* One socket of each kind, and the table. */
static struct anysock sockets[4];
static const struct anysock_option_row *rows;
static size_t row_count;
static int value;

static int open_sockets(void **state) {
    if (remember_handles(state) != 0)
        return -1;
    rows = anysock_option_rows(&row_count);
    for (size_t i = 0; i < COUNT_OF(sockets); i++)
        if (anysock_open(i < 2 ? ANYSOCK_INET : ANYSOCK_INET6,
                         i % 2 == 0 ? ANYSOCK_STREAM : ANYSOCK_DGRAM, 0, &sockets[i]) != ANYSOCK_OK)
            return -1;
    return 0;
}

static int close_sockets(void **state) {
    for (size_t i = 0; i < COUNT_OF(sockets); i++)
        (void)anysock_close(&sockets[i]);
    return same_handles(state);
}

/* What the table says about the socket, and what is known about the system. */
static bool kind_has(const struct anysock *s, const struct anysock_option_row *row) {
    unsigned kind = is_stream(s) ? ON_STREAM : ON_DATAGRAM;
    bool inet6_only = (row->where & ON_INET6_ONLY) != 0;
    return (row->where & kind) != 0 && (!inet6_only || family_of(s) == ANYSOCK_INET6);
}

static bool system_has(struct anysock *s, const struct anysock_option_row *row) {
    switch (row->option) {
    case ANYSOCK_OPTION_CORK:
    case ANYSOCK_OPTION_QUICK_ACK:
    case ANYSOCK_OPTION_NOT_SENT_LOW_WATER:
    case ANYSOCK_OPTION_RECV_LOW_WATER:
    case ANYSOCK_OPTION_PRIORITY:
    case ANYSOCK_OPTION_MARK:
    case ANYSOCK_OPTION_INCOMING_CPU:
    case ANYSOCK_OPTION_FREE_BIND:
    case ANYSOCK_OPTION_TRANSPARENT:
        return !is_windows();
    case ANYSOCK_OPTION_BUSY_POLL: /* kernels may be built without */
        return !is_windows() && anysock_get_option(s, row->option, &value) != ANYSOCK_ENOPROTOOPT;
    case ANYSOCK_OPTION_SEND_LOW_WATER:
        return false; /* the BSDs only */
    default:
        return !option_is_missing(row->option, family_of(s) == ANYSOCK_INET6);
    }
}

/* Calls a function for every socket and every option that it has. */
static void for_every_option(void (*look)(struct anysock *s,
                                          const struct anysock_option_row *row)) {
    for (const struct anysock_option_row *row = rows; row < rows + row_count; row++)
        for (size_t i = 0; i < COUNT_OF(sockets); i++)
            if (kind_has(&sockets[i], row))
                look(&sockets[i], row);
}

static void set(struct anysock *s, const struct anysock_option_row *row, int wanted) {
    int code = anysock_set_option(s, row->option, wanted);
    if (code != ANYSOCK_OK)
        fail_msg("%s = %d gave %s (native %d)", row->name, wanted, anysock_error_name(code),
                 anysock_native_error());
}

static void expect(struct anysock *s, const struct anysock_option_row *row, int wanted) {
    int code = anysock_get_option(s, row->option, &value);
    if (code != ANYSOCK_OK || value != wanted)
        fail_msg("%s gave %s and %d, not %d", row->name, anysock_error_name(code), value, wanted);
}

/* Whether the test may set it: an unprivileged process learns that it may not. */
static bool may_set(struct anysock *s, const struct anysock_option_row *row) {
    bool privileged = row->option == ANYSOCK_OPTION_MARK ||
                      row->option == ANYSOCK_OPTION_BUSY_POLL ||
                      row->option == ANYSOCK_OPTION_TRANSPARENT;
    return !privileged || anysock_set_option(s, row->option, row->max) != ANYSOCK_EACCES;
}

static bool is_buffer(const struct anysock_option_row *row) {
    return row->option == ANYSOCK_OPTION_SEND_BUFFER || row->option == ANYSOCK_OPTION_RECV_BUFFER;
}

/* Has values that there is an interface for. */
static bool is_interface(const struct anysock_option_row *row) {
    return row->option == ANYSOCK_OPTION_MULTICAST_INTERFACE;
}

static int in_range(const struct anysock_option_row *row, int wanted) {
    if (wanted < row->min)
        return row->min;
    return wanted > row->max ? row->max : wanted;
}

/* --- every option --- */

/* Values that no system rounds or cuts: buffers have their own test, and on a stream the lowest two
 * bits of the type of service are the system's. */
static void set_and_get(struct anysock *s, const struct anysock_option_row *row) {
    static const int values[] = {20, 100, 0};
    if (row->read_only || is_buffer(row) || is_interface(row) || !system_has(s, row) ||
        !may_set(s, row))
        return;
    for (size_t i = 0; i < COUNT_OF(values); i++) {
        int wanted = in_range(row, values[i]);
        int told = option_as_told(row->option, wanted);
        if (told < 0) {
            assert_anysock(ANYSOCK_ENOPROTOOPT, anysock_set_option(s, row->option, wanted));
            continue;
        }
        set(s, row, wanted);
        expect(s, row, option_always_reads_as_on(row->option) ? 1 : told);
    }
}

static void what_is_set_comes_back(void **state) {
    (void)state;
    for_every_option(set_and_get);
}

static void set_both_ends(struct anysock *s, const struct anysock_option_row *row) {
    if (row->read_only || is_interface(row) || !system_has(s, row) || !may_set(s, row))
        return;
    if (option_as_told(row->option, row->min) >= 0)
        set(s, row, row->min);
    set(s, row, row->max);
}

static void whole_range_is_accepted(void **state) {
    (void)state;
    for_every_option(set_both_ends);
}

static void meet_a_missing_one(struct anysock *s, const struct anysock_option_row *row) {
    if (system_has(s, row))
        return;
    value = 99;
    if (!row->read_only)
        assert_anysock(ANYSOCK_ENOPROTOOPT, anysock_set_option(s, row->option, row->max));
    assert_anysock(ANYSOCK_ENOPROTOOPT, anysock_get_option(s, row->option, &value));
    assert_int_not_equal(0, anysock_native_error()); /* the system says so */
    assert_int_equal(0, value);
}

static void missing_option_is_said_to_be_missing(void **state) {
    (void)state;
    for_every_option(meet_a_missing_one);
}

/* Also where the system has no such option: the library refuses first. */
static void leave_the_range(struct anysock *s, const struct anysock_option_row *row) {
    if (row->read_only)
        return;
    int before_code = anysock_get_option(s, row->option, &value), before = value;
    const int64_t outside[] = {(int64_t)row->min - 1, (int64_t)row->max + 1, INT_MIN};
    for (size_t i = 0; i < COUNT_OF(outside); i++) {
        if (outside[i] > INT_MAX)
            continue;
        assert_anysock(ANYSOCK_EDOM, anysock_set_option(s, row->option, (int)outside[i]));
        assert_int_equal(0, anysock_native_error());
    }
    assert_int_equal(before_code, anysock_get_option(s, row->option, &value));
    assert_int_equal(before, value);
}

static void values_out_of_range_change_nothing(void **state) {
    (void)state;
    for_every_option(leave_the_range);
}

static void options_of_other_kinds_are_not_there(void **state) {
    (void)state;
    for (const struct anysock_option_row *row = rows; row < rows + row_count; row++) {
        for (size_t i = 0; i < COUNT_OF(sockets); i++) {
            if (kind_has(&sockets[i], row))
                continue;
            assert_anysock(ANYSOCK_ENOPROTOOPT,
                           anysock_set_option(&sockets[i], row->option, row->min));
            assert_anysock(ANYSOCK_ENOPROTOOPT,
                           anysock_get_option(&sockets[i], row->option, &value));
            assert_int_equal(0, anysock_native_error());
        }
    }
}

/* --- some of them --- */

static void resize(struct anysock *s, const struct anysock_option_row *row) {
    if (!is_buffer(row))
        return;
    set(s, row, 20000);
    expect(s, row, 20000); /* Linux: not the double */
    set(s, row, row->max);
    assert_anysock(ANYSOCK_OK, anysock_get_option(s, row->option, &value));
    int most = value; /* what the system allows */
    assert_true(most > 20000);
    set(s, row, row->max - 1);
    assert_anysock(ANYSOCK_OK, anysock_get_option(s, row->option, &value));
    assert_true(value == most || value == row->max - 1);
    set(s, row, 1);
    assert_anysock(ANYSOCK_OK, anysock_get_option(s, row->option, &value));
    assert_in_range(value, 1, 20000);
}

static void buffers_are_as_long_as_asked_for_or_as_allowed(void **state) {
    (void)state;
    for_every_option(resize);
}

/* Where the times are no options (Wine, old Windows), the library remembers them. */
static void keepalive_times_come_back_before_and_after_it_is_on(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT_OF(sockets); i += 2) {
        struct anysock *s = &sockets[i];
        assert_anysock(ANYSOCK_OK, anysock_get_option(s, ANYSOCK_OPTION_KEEPALIVE_IDLE, &value));
        assert_true(value >= 1); /* 7200 where nobody has changed it */
        for (int on = 0; on < 2; on++) {
            assert_anysock(ANYSOCK_OK, anysock_set_option(s, ANYSOCK_OPTION_KEEPALIVE, on));
            assert_anysock(ANYSOCK_OK,
                           anysock_set_option(s, ANYSOCK_OPTION_KEEPALIVE_IDLE, 60 + on));
            assert_anysock(ANYSOCK_OK,
                           anysock_set_option(s, ANYSOCK_OPTION_KEEPALIVE_INTERVAL, 5 + on));
            assert_anysock(ANYSOCK_OK,
                           anysock_get_option(s, ANYSOCK_OPTION_KEEPALIVE_IDLE, &value));
            assert_int_equal(60 + on, value);
            assert_anysock(ANYSOCK_OK,
                           anysock_get_option(s, ANYSOCK_OPTION_KEEPALIVE_INTERVAL, &value));
            assert_int_equal(5 + on, value);
            assert_anysock(ANYSOCK_OK, anysock_get_option(s, ANYSOCK_OPTION_KEEPALIVE, &value));
            assert_int_equal(on, value);
        }
    }
}

static void keepalive_works_on_a_connection(void **state) {
    (void)state;
    struct anysock client, server;
    size_t count;
    char buffer[5];
    make_pair(0, 0, &client, &server);
    assert_anysock(ANYSOCK_OK, anysock_set_option(&client, ANYSOCK_OPTION_KEEPALIVE_IDLE, 1));
    assert_anysock(ANYSOCK_OK, anysock_set_option(&client, ANYSOCK_OPTION_KEEPALIVE_INTERVAL, 1));
    assert_anysock(ANYSOCK_OK, anysock_set_option(&client, ANYSOCK_OPTION_KEEPALIVE, 1));
    say(&client, "hello");
    assert_anysock(ANYSOCK_OK, anysock_recv_all(&server, buffer, 5, &count));
    close_pair(&client, &server);
}

/* By the straight accept, and by the careful one, which the peer's address takes. */
static void keepalive_times_of_a_listener_are_its_connections_too(void **state) {
    (void)state;
    const struct anysock_option_row *idle = &rows[ANYSOCK_OPTION_KEEPALIVE_IDLE - 1];
    const struct anysock_option_row *interval = &rows[ANYSOCK_OPTION_KEEPALIVE_INTERVAL - 1];
    struct anysock listener, server;
    struct anysock_addr addr, peer;
    make_listener(ANYSOCK_INET, 0, &listener, &addr);
    assert_anysock(ANYSOCK_OK, anysock_set_option(&listener, ANYSOCK_OPTION_KEEPALIVE, 1));
    set(&listener, idle, 60);
    for (size_t i = 0; i < 2; i++) {
        struct anysock client;
        assert_anysock(ANYSOCK_OK, anysock_open(ANYSOCK_INET, ANYSOCK_STREAM, 0, &client));
        assert_anysock(ANYSOCK_OK, anysock_connect(&client, &addr));
        assert_anysock(ANYSOCK_OK, anysock_accept(&listener, 0, &server, i == 0 ? NULL : &peer));
        expect(&server, idle, 60);
        set(&server, interval, 7);
        expect(&server, interval, 7);
        expect(&server, idle, 60);
        close_pair(&client, &server);
    }
    assert_anysock(ANYSOCK_OK, anysock_close(&listener));
}

static void v6only_is_for_the_time_before_bind(void **state) {
    (void)state;
    for (size_t i = 2; i < COUNT_OF(sockets); i++) {
        struct anysock_addr addr;
        assert_anysock(ANYSOCK_OK, anysock_get_option(&sockets[i], ANYSOCK_OPTION_V6ONLY, &value));
        assert_int_equal(1, value); /* of every new socket */
        assert_anysock(ANYSOCK_OK, anysock_set_option(&sockets[i], ANYSOCK_OPTION_V6ONLY, 0));
        assert_anysock(ANYSOCK_OK, anysock_addr_any(ANYSOCK_INET6, 0, &addr));
        assert_anysock(ANYSOCK_OK, anysock_bind(&sockets[i], &addr, ANYSOCK_BIND_CLIENT));
        assert_anysock(ANYSOCK_EINVAL, anysock_set_option(&sockets[i], ANYSOCK_OPTION_V6ONLY, 1));
        assert_anysock(ANYSOCK_OK, anysock_get_option(&sockets[i], ANYSOCK_OPTION_V6ONLY, &value));
        assert_int_equal(0, value);
    }
}

static void without_v6only_ipv4_clients_come_too(void **state) {
    (void)state;
    struct anysock *listener = &sockets[2], *client = &sockets[0], server;
    struct anysock_addr addr, peer;
    char text[ANYSOCK_ADDR_TEXT_MAX];
    assert_anysock(ANYSOCK_OK, anysock_set_option(listener, ANYSOCK_OPTION_V6ONLY, 0));
    assert_anysock(ANYSOCK_OK, anysock_addr_any(ANYSOCK_INET6, 0, &addr));
    assert_anysock(ANYSOCK_OK, anysock_bind(listener, &addr, ANYSOCK_BIND_SERVER));
    assert_anysock(ANYSOCK_OK, anysock_listen(listener, 1));
    assert_anysock(ANYSOCK_OK, anysock_local_addr(listener, &addr));
    uint16_t port = anysock_addr_port(&addr);
    assert_anysock(ANYSOCK_OK, anysock_addr_loopback(ANYSOCK_INET, port, &addr));
    assert_anysock(ANYSOCK_OK, anysock_connect(client, &addr));
    assert_anysock(ANYSOCK_OK, anysock_accept(listener, 0, &server, &peer));
    assert_int_equal(ANYSOCK_INET6, anysock_addr_family(&peer));
    assert_true(anysock_addr_is_loopback(&peer)); /* mapped */
    assert_anysock(ANYSOCK_OK, anysock_addr_format(&peer, text, sizeof text));
    assert_memory_equal("[::ffff:127.0.0.1]:", text, 19);
    assert_anysock(ANYSOCK_OK, anysock_close(&server));
}

static void accepting_tells_a_listener(void **state) {
    (void)state;
    struct anysock *s = &sockets[0];
    assert_anysock(ANYSOCK_OK, anysock_get_option(s, ANYSOCK_OPTION_ACCEPTING, &value));
    assert_int_equal(0, value);
    assert_anysock(ANYSOCK_OK, anysock_listen(s, 1));
    assert_anysock(ANYSOCK_OK, anysock_get_option(s, ANYSOCK_OPTION_ACCEPTING, &value));
    assert_int_equal(1, value);
    assert_anysock(ANYSOCK_ENOPROTOOPT, anysock_set_option(s, ANYSOCK_OPTION_ACCEPTING, 0));
}

static void path_mtu_wants_a_peer(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT_OF(sockets); i++) {
        struct anysock *s = &sockets[i];
        struct anysock_addr addr;
        if (option_is_missing(ANYSOCK_OPTION_PATH_MTU, false))
            continue;
        value = 99;
        assert_anysock(ANYSOCK_ENOTCONN, anysock_get_option(s, ANYSOCK_OPTION_PATH_MTU, &value));
        assert_int_equal(0, value);
        if (is_stream(s))
            continue;
        assert_anysock(ANYSOCK_OK, anysock_addr_loopback(family_of(s), 9, &addr));
        assert_anysock(ANYSOCK_OK, anysock_connect(s, &addr));
        assert_anysock(ANYSOCK_OK, anysock_get_option(s, ANYSOCK_OPTION_PATH_MTU, &value));
        assert_true(value >= 1280);
    }
}

static void options_can_be_set_on_a_connection(void **state) {
    (void)state;
    static const enum anysock_option options[] = {ANYSOCK_OPTION_NODELAY, ANYSOCK_OPTION_KEEPALIVE,
                                                  ANYSOCK_OPTION_OOB_INLINE, ANYSOCK_OPTION_TTL,
                                                  ANYSOCK_OPTION_TOS};
    struct anysock client, server;
    make_pair(0, 0, &client, &server);
    for (size_t i = 0; i < COUNT_OF(options); i++) {
        const struct anysock_option_row *row = &rows[options[i] - 1];
        int wanted = in_range(row, 40);
        set(&server, row, wanted);
        expect(&server, row, wanted);
    }
    close_pair(&client, &server);
}

/* IPv4 and IPv6 have these at different places, and other options at the same ones. */
static void families_do_not_mix(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT_OF(sockets); i++)
        assert_anysock(ANYSOCK_OK, anysock_set_option(&sockets[i], ANYSOCK_OPTION_TTL, 7));
    for (size_t i = 1; i < COUNT_OF(sockets); i += 2) {
        assert_anysock(ANYSOCK_OK,
                       anysock_set_option(&sockets[i], ANYSOCK_OPTION_MULTICAST_TTL, 9));
        assert_anysock(ANYSOCK_OK, anysock_get_option(&sockets[i], ANYSOCK_OPTION_TTL, &value));
        assert_int_equal(7, value);
    }
}

/* Without V6ONLY an IPv6 socket has IPv4-mapped peers, too. */
static void option_of_an_inet6_socket_counts_for_ipv4_peers(void **state) {
    (void)state;
    static const struct {
        enum anysock_option option;
        int value;
    } table[] = {{ANYSOCK_OPTION_TTL, 33},
                 {ANYSOCK_OPTION_TOS, 0x20},
                 {ANYSOCK_OPTION_DONT_FRAGMENT, 1},
                 {ANYSOCK_OPTION_DONT_FRAGMENT, 0}};
    for (size_t i = 2; i < COUNT_OF(sockets); i++) {
        assert_anysock(ANYSOCK_OK, anysock_set_option(&sockets[i], ANYSOCK_OPTION_V6ONLY, 0));
        for (size_t row = 0; row < COUNT_OF(table); row++) {
            enum anysock_option option = table[row].option;
            if (option_is_missing(option, true) || !inet6_sockets_have_ipv4_options())
                continue;
            set(&sockets[i], &rows[option - 1], table[row].value);
            assert_int_equal(0, anysock_port_get_option(sockets[i].native_, option, false, &value));
            assert_int_equal(table[row].value, value);
        }
    }
}

/* IPv4's type of service would take it away (Linux). */
static void priority_outlives_the_traffic_class(void **state) {
    (void)state;
    const struct anysock_option_row *row = &rows[ANYSOCK_OPTION_PRIORITY - 1];
    for (size_t i = 2; i < COUNT_OF(sockets); i++) {
        if (!system_has(&sockets[i], row))
            continue;
        set(&sockets[i], row, 5);
        set(&sockets[i], &rows[ANYSOCK_OPTION_TOS - 1], 0x20);
        expect(&sockets[i], row, 5);
    }
}

static void multicast_leaves_by_the_interface_asked_for(void **state) {
    (void)state;
    const struct anysock_option_row *row = &rows[ANYSOCK_OPTION_MULTICAST_INTERFACE - 1];
    int loopback = (int)loopback_interface();
    assert_true(loopback > 0);
    for (size_t i = 1; i < COUNT_OF(sockets); i += 2) {
        bool inet6 = family_of(&sockets[i]) == ANYSOCK_INET6;
        expect(&sockets[i], row, 0);
        if (multicast_interface_wants_an_address(inet6))
            continue;
        set(&sockets[i], row, loopback);
        expect(&sockets[i], row, loopback);
        int code = anysock_set_option(&sockets[i], row->option, row->max);
        assert_true(code == ANYSOCK_ENODEV || missing_interface_is_invalid(code));
        expect(&sockets[i], row, loopback);
        set(&sockets[i], row, 0);
        expect(&sockets[i], row, 0);
    }
}

static void socket_tells_its_kind(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT_OF(sockets); i++) {
        struct anysock *s = &sockets[i];
        assert_anysock(ANYSOCK_OK, anysock_get_option(s, ANYSOCK_OPTION_TYPE, &value));
        assert_int_equal(i % 2 == 0 ? ANYSOCK_STREAM : ANYSOCK_DGRAM, value);
        assert_anysock(ANYSOCK_OK, anysock_get_option(s, ANYSOCK_OPTION_FAMILY, &value));
        assert_int_equal(i < 2 ? ANYSOCK_INET : ANYSOCK_INET6, value);
        assert_anysock(ANYSOCK_OK, anysock_get_option(s, ANYSOCK_OPTION_PROTOCOL, &value));
        assert_int_equal(i % 2 == 0 ? 6 : 17, value);
    }
}

static void processor_of_a_fresh_socket_is_none(void **state) {
    (void)state;
    const struct anysock_option_row *row = &rows[ANYSOCK_OPTION_INCOMING_CPU - 1];
    for (size_t i = 0; i < COUNT_OF(sockets); i++)
        if (system_has(&sockets[i], row))
            expect(&sockets[i], row, -1);
}

/* 192.0.2.1 is nobody's (RFC 5737). */
static void freely_bound_sockets_need_no_interface(void **state) {
    (void)state;
    const struct anysock_option_row *row = &rows[ANYSOCK_OPTION_FREE_BIND - 1];
    struct anysock *s = &sockets[1];
    struct anysock_addr nowhere;
    if (!system_has(s, row))
        return;
    assert_anysock(ANYSOCK_OK, anysock_addr_parse("192.0.2.1", &nowhere));
    assert_anysock(ANYSOCK_EADDRNOTAVAIL, anysock_bind(s, &nowhere, ANYSOCK_BIND_CLIENT));
    set(s, row, 1);
    assert_anysock(ANYSOCK_OK, anysock_bind(s, &nowhere, ANYSOCK_BIND_CLIENT));
}

#undef TEST
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_sockets, close_sockets)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(what_is_set_comes_back),
        TEST(whole_range_is_accepted),
        TEST(missing_option_is_said_to_be_missing),
        TEST(values_out_of_range_change_nothing),
        TEST(options_of_other_kinds_are_not_there),
        TEST(buffers_are_as_long_as_asked_for_or_as_allowed),
        TEST(keepalive_times_come_back_before_and_after_it_is_on),
        TEST(keepalive_works_on_a_connection),
        TEST(keepalive_times_of_a_listener_are_its_connections_too),
        TEST(v6only_is_for_the_time_before_bind),
        TEST(without_v6only_ipv4_clients_come_too),
        TEST(accepting_tells_a_listener),
        TEST(path_mtu_wants_a_peer),
        TEST(options_can_be_set_on_a_connection),
        TEST(families_do_not_mix),
        TEST(option_of_an_inet6_socket_counts_for_ipv4_peers),
        TEST(priority_outlives_the_traffic_class),
        TEST(multicast_leaves_by_the_interface_asked_for),
        TEST(socket_tells_its_kind),
        TEST(processor_of_a_fresh_socket_is_none),
        TEST(freely_bound_sockets_need_no_interface),
    };
    return cmocka_run_group_tests_name("options", tests, NULL, NULL);
}
