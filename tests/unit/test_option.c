/*
 * Options on the fake port: the table, what is refused before the system is asked, and keep-alive
 * times where they are no options.
 */
#include <string.h>

#include "check.h"
#include "fake_port.h"

/* What the tests use; the tear-down closes the sockets. */
static struct anysock s, stream, stream6, datagram, datagram6;
static struct anysock *const all[] = {&stream, &stream6, &datagram, &datagram6};
static const struct anysock_option_row *rows;
static size_t row_count;
static int value;

static int set_up(void **state) {
    int result = fake_reset(state);
    memset(&s, 0, sizeof s);
    (void)anysock_open(ANYSOCK_INET, ANYSOCK_STREAM, 0, &stream);
    (void)anysock_open(ANYSOCK_INET6, ANYSOCK_STREAM, 0, &stream6);
    (void)anysock_open(ANYSOCK_INET, ANYSOCK_DGRAM, 0, &datagram);
    (void)anysock_open(ANYSOCK_INET6, ANYSOCK_DGRAM, 0, &datagram6);
    (void)fake_trace();
    rows = anysock_option_rows(&row_count);
    value = 99; /* every get writes it */
    return result;
}

static int tear_down(void **state) {
    if (anysock_is_open(&s))
        (void)anysock_close(&s);
    for (size_t i = 0; i < COUNT_OF(all); i++)
        (void)anysock_close(all[i]);
    return fake_check(state);
}

static bool has_option(const struct anysock *socket, const struct anysock_option_row *row) {
    bool inet6 = socket == &stream6 || socket == &datagram6;
    unsigned kind = socket == &stream || socket == &stream6 ? ON_STREAM : ON_DATAGRAM;
    return (row->where & kind) != 0 && (inet6 || (row->where & ON_INET6_ONLY) == 0);
}

/* --- the table --- */

static void table_has_a_row_for_every_number(void **state) {
    (void)state;
    assert_int_equal(ANYSOCK_OPTION_PROTOCOL, row_count); /* the last one */
    for (size_t i = 0; i < row_count; i++)
        assert_int_equal(i + 1, rows[i].option);
}

static void table_says_what_everything_means(void **state) {
    (void)state;
    for (const struct anysock_option_row *row = rows; row < rows + row_count; row++) {
        assert_true(strlen(row->name) > 2 && strlen(row->unit) > 0);
        assert_true((row->where & ON_BOTH) != 0);
        if (strcmp(row->unit, "flag") == 0 && !row->read_only)
            assert_true(row->min == 0 && row->max == 1);
        assert_true(row->read_only ? row->max == 0 : row->min < row->max);
    }
}

/* --- arguments --- */

static void option_wants_a_socket_then_an_open_one(void **state) {
    (void)state;
    enum anysock_option unknown = (enum anysock_option)999;
    assert_refusal(ANYSOCK_EFAULT, anysock_set_option(NULL, unknown, -1));
    assert_refusal(ANYSOCK_EBADF, anysock_set_option(&s, unknown, -1));
    assert_refusal(ANYSOCK_EFAULT, anysock_get_option(NULL, unknown, &value));
    assert_int_equal(0, value);
    value = 99;
    assert_refusal(ANYSOCK_EBADF, anysock_get_option(&s, unknown, &value));
    assert_int_equal(0, value);
    assert_refusal(ANYSOCK_EFAULT, anysock_get_option(&s, unknown, NULL));
    assert_string_equal("", fake_trace());
}

static void unknown_numbers_are_refused_before_the_value(void **state) {
    (void)state;
    static const int unknown[] = {0, -1, ANYSOCK_OPTION_PROTOCOL + 1, 999, INT_MAX, INT_MIN};
    for (size_t i = 0; i < COUNT_OF(unknown); i++) {
        enum anysock_option option = (enum anysock_option)unknown[i];
        value = 99;
        assert_refusal(ANYSOCK_EINVAL, anysock_set_option(&stream, option, INT_MIN));
        assert_refusal(ANYSOCK_EINVAL, anysock_get_option(&stream, option, &value));
        assert_int_equal(0, value);
    }
    assert_string_equal("", fake_trace());
}

static void wrong_kind_of_socket_has_no_such_option(void **state) {
    (void)state;
    unsigned wrong = 0;
    for (const struct anysock_option_row *row = rows; row < rows + row_count; row++) {
        for (size_t i = 0; i < COUNT_OF(all); i++) {
            if (has_option(all[i], row))
                continue;
            value = 99;
            assert_refusal(ANYSOCK_ENOPROTOOPT,
                           anysock_set_option(all[i], row->option, row->min - 1));
            assert_refusal(ANYSOCK_ENOPROTOOPT, anysock_get_option(all[i], row->option, &value));
            assert_int_equal(0, value);
            wrong++;
        }
    }
    assert_true(wrong > 0);
    assert_string_equal("", fake_trace());
}

static void kinds_are_what_they_should_be(void **state) {
    (void)state;
    assert_anysock(ANYSOCK_ENOPROTOOPT, anysock_set_option(&datagram, ANYSOCK_OPTION_NODELAY, 1));
    assert_anysock(ANYSOCK_ENOPROTOOPT, anysock_set_option(&stream, ANYSOCK_OPTION_BROADCAST, 1));
    assert_anysock(ANYSOCK_ENOPROTOOPT, anysock_set_option(&stream, ANYSOCK_OPTION_V6ONLY, 1));
    assert_anysock(ANYSOCK_OK, anysock_set_option(&stream6, ANYSOCK_OPTION_V6ONLY, 1));
    assert_anysock(ANYSOCK_OK, anysock_set_option(&datagram6, ANYSOCK_OPTION_V6ONLY, 1));
    assert_anysock(ANYSOCK_OK, anysock_set_option(&datagram, ANYSOCK_OPTION_TTL, 7));
    assert_anysock(ANYSOCK_OK, anysock_set_option(&stream, ANYSOCK_OPTION_TTL, 7));
}

static void read_only_options_are_not_set(void **state) {
    (void)state;
    unsigned found = 0;
    for (const struct anysock_option_row *row = rows; row < rows + row_count; row++) {
        if (!row->read_only)
            continue;
        assert_refusal(ANYSOCK_ENOPROTOOPT, anysock_set_option(&stream, row->option, 0));
        assert_refusal(ANYSOCK_ENOPROTOOPT, anysock_set_option(&stream, row->option, -5));
        assert_string_equal("", fake_trace());
        found++;
        if (row->option == ANYSOCK_OPTION_TYPE || row->option == ANYSOCK_OPTION_FAMILY)
            continue;
        fake_of(&stream)->options[row->option] = 1400;
        assert_anysock(ANYSOCK_OK, anysock_get_option(&stream, row->option, &value));
        assert_int_equal(1400, value);
        (void)fake_trace();
    }
    assert_int_equal(6, found);
}

static void kind_of_socket_is_known_without_a_call(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT_OF(all); i++) {
        bool inet6 = all[i] == &stream6 || all[i] == &datagram6;
        bool streams = all[i] == &stream || all[i] == &stream6;
        assert_anysock(ANYSOCK_OK, anysock_get_option(all[i], ANYSOCK_OPTION_TYPE, &value));
        assert_int_equal(streams ? ANYSOCK_STREAM : ANYSOCK_DGRAM, value);
        assert_anysock(ANYSOCK_OK, anysock_get_option(all[i], ANYSOCK_OPTION_FAMILY, &value));
        assert_int_equal(inet6 ? ANYSOCK_INET6 : ANYSOCK_INET, value);
    }
    assert_string_equal("", fake_trace());
}

static void protocol_is_known_where_the_system_does_not_tell(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT_OF(all); i++) {
        bool streams = all[i] == &stream || all[i] == &stream6;
        fake_fail("get", FAKE_ENOPROTOOPT, 1);
        assert_anysock(ANYSOCK_OK, anysock_get_option(all[i], ANYSOCK_OPTION_PROTOCOL, &value));
        assert_int_equal(streams ? 6 : 17, value);
        fake_fail("get", FAKE_ENOBUFS, 1);
        assert_anysock(ANYSOCK_ENOBUFS,
                       anysock_get_option(all[i], ANYSOCK_OPTION_PROTOCOL, &value));
        assert_int_equal(0, value);
    }
}

static int multicast_interface_of(struct anysock *socket) {
    assert_anysock(ANYSOCK_OK,
                   anysock_get_option(socket, ANYSOCK_OPTION_MULTICAST_INTERFACE, &value));
    return value;
}

/* What the system answers counts; what it does not answer is what was set. */
static void multicast_interface_is_kept_where_it_is_not_told(void **state) {
    (void)state;
    int *told = &fake_of(&datagram)->options[ANYSOCK_OPTION_MULTICAST_INTERFACE];
    *told = PORT_UNTOLD;
    assert_int_equal(0, multicast_interface_of(&datagram));
    assert_anysock(ANYSOCK_OK,
                   anysock_set_option(&datagram, ANYSOCK_OPTION_MULTICAST_INTERFACE, 0xabcdef));
    assert_int_equal(0xabcdef, *told);
    *told = PORT_UNTOLD;
    assert_int_equal(0xabcdef, multicast_interface_of(&datagram));
    fake_fail("set", FAKE_EINVAL, 1);
    assert_anysock(ANYSOCK_EINVAL,
                   anysock_set_option(&datagram, ANYSOCK_OPTION_MULTICAST_INTERFACE, 7));
    assert_int_equal(0xabcdef, multicast_interface_of(&datagram));
    *told = 9; /* by foreign hands */
    assert_int_equal(9, multicast_interface_of(&datagram));
}

/* --- values --- */

static void whole_range_is_accepted(void **state) {
    (void)state;
    for (const struct anysock_option_row *row = rows; row < rows + row_count; row++) {
        for (size_t i = 0; i < COUNT_OF(all) && !row->read_only; i++) {
            if (!has_option(all[i], row))
                continue;
            for (int end = 0; end < 2; end++) {
                int wanted = end == 0 ? row->min : row->max;
                assert_anysock(ANYSOCK_OK, anysock_set_option(all[i], row->option, wanted));
                assert_int_equal(wanted, fake_of(all[i])->options[row->option]);
                assert_anysock(ANYSOCK_OK, anysock_get_option(all[i], row->option, &value));
                assert_int_equal(wanted, value);
            }
        }
    }
}

static void values_out_of_range_never_reach_the_system(void **state) {
    (void)state;
    for (const struct anysock_option_row *row = rows; row < rows + row_count; row++) {
        for (size_t i = 0; i < COUNT_OF(all) && !row->read_only; i++) {
            if (!has_option(all[i], row))
                continue;
            assert_refusal(ANYSOCK_EDOM, anysock_set_option(all[i], row->option, row->min - 1));
            assert_refusal(ANYSOCK_EDOM, anysock_set_option(all[i], row->option, INT_MIN));
            if (row->max < INT_MAX)
                assert_refusal(ANYSOCK_EDOM, anysock_set_option(all[i], row->option, row->max + 1));
        }
    }
    assert_string_equal("", fake_trace());
}

static void option_is_one_call(void **state) {
    (void)state;
    assert_anysock(ANYSOCK_OK, anysock_set_option(&stream, ANYSOCK_OPTION_NODELAY, 1));
    assert_anysock(ANYSOCK_OK, anysock_set_option(&stream, ANYSOCK_OPTION_KEEPALIVE, 1));
    assert_anysock(ANYSOCK_OK, anysock_get_option(&stream, ANYSOCK_OPTION_NODELAY, &value));
    assert_string_equal("set set get", fake_trace());
}

static void option_tells_what_the_system_says(void **state) {
    (void)state;
    static const struct {
        int native, code;
    } table[] = {
        {FAKE_ENOPROTOOPT, ANYSOCK_ENOPROTOOPT}, /* not on this system */
        {FAKE_EINVAL, ANYSOCK_EINVAL},           /* too late */
        {FAKE_EACCES, ANYSOCK_EACCES},           {FAKE_ENOBUFS, ANYSOCK_ENOBUFS},
        {FAKE_EODD, ANYSOCK_EUNKNOWN},
    };
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        value = 99;
        fake_fail("set", table[i].native, 1);
        assert_anysock(table[i].code, anysock_set_option(&stream, ANYSOCK_OPTION_NODELAY, 1));
        assert_int_equal(table[i].native, anysock_native_error());
        fake_fail("get", table[i].native, 1);
        assert_anysock(table[i].code, anysock_get_option(&stream, ANYSOCK_OPTION_NODELAY, &value));
        assert_int_equal(table[i].native, anysock_native_error());
        assert_int_equal(0, value);
    }
}

static void option_of_a_connection_that_is_over_says_so(void **state) {
    (void)state;
    s = fake_connected(0);
    for (int over = 0; over <= 1; over++) {
        int code = over ? ANYSOCK_ENOTCONN : ANYSOCK_EINVAL;
        fake_fail("set", FAKE_EINVAL, 1);
        fake_fail("peer", FAKE_ENOTCONN, over);
        assert_anysock(code, anysock_set_option(&s, ANYSOCK_OPTION_NODELAY, 1));
        assert_int_equal(FAKE_EINVAL, anysock_native_error());
        fake_fail("get", FAKE_EINVAL, 1);
        fake_fail("peer", FAKE_ENOTCONN, over);
        assert_anysock(code, anysock_get_option(&s, ANYSOCK_OPTION_NODELAY, &value));
        assert_int_equal(FAKE_EINVAL, anysock_native_error());
        assert_int_equal(0, value);
    }
}

/* --- keep-alive times that are no options --- */

#define IDLE ANYSOCK_OPTION_KEEPALIVE_IDLE
#define INTERVAL ANYSOCK_OPTION_KEEPALIVE_INTERVAL

/* Sets a time on a system where it is no option. */
static int set_time(enum anysock_option option, int seconds) {
    fake_fail("set", FAKE_ENOPROTOOPT, 1);
    return anysock_set_option(&stream, option, seconds);
}

static int get_time(enum anysock_option option) {
    fake_fail("get", FAKE_ENOPROTOOPT, 1);
    assert_anysock(ANYSOCK_OK, anysock_get_option(&stream, option, &value));
    return value;
}

static void keepalive_times_are_options_where_they_can_be(void **state) {
    (void)state;
    assert_anysock(ANYSOCK_OK, anysock_set_option(&stream, IDLE, 60));
    assert_anysock(ANYSOCK_OK, anysock_set_option(&stream, ANYSOCK_OPTION_KEEPALIVE, 1));
    assert_string_equal("set set", fake_trace());
    assert_int_equal(60, fake_of(&stream)->options[IDLE]);
}

static void keepalive_times_have_defaults(void **state) {
    (void)state;
    assert_int_equal(7200, get_time(IDLE));
    assert_int_equal(1, get_time(INTERVAL));
}

static void keepalive_times_are_remembered_while_it_is_off(void **state) {
    (void)state;
    assert_anysock(ANYSOCK_OK, set_time(IDLE, 60));
    assert_anysock(ANYSOCK_OK, set_time(INTERVAL, 32767));
    assert_string_equal("set get set get", fake_trace());
    assert_int_equal(60, get_time(IDLE));
    assert_int_equal(32767, get_time(INTERVAL));
    assert_false(fake_of(&stream)->keepalive_on);
}

static void keepalive_times_come_into_force_when_it_is_switched_on(void **state) {
    (void)state;
    assert_anysock(ANYSOCK_OK, set_time(IDLE, 60));
    (void)fake_trace();
    assert_anysock(ANYSOCK_OK, anysock_set_option(&stream, ANYSOCK_OPTION_KEEPALIVE, 1));
    assert_string_equal("set get keepalive", fake_trace());
    assert_true(fake_of(&stream)->keepalive_on);
    assert_int_equal(60, fake_of(&stream)->keepalive_s[0]);
    assert_int_equal(1, fake_of(&stream)->keepalive_s[1]); /* the other one: the default */
}

static void keepalive_times_come_into_force_at_once_while_it_is_on(void **state) {
    (void)state;
    assert_anysock(ANYSOCK_OK, anysock_set_option(&stream, ANYSOCK_OPTION_KEEPALIVE, 1));
    assert_anysock(ANYSOCK_OK, set_time(INTERVAL, 5));
    assert_int_equal(7200, fake_of(&stream)->keepalive_s[0]);
    assert_int_equal(5, fake_of(&stream)->keepalive_s[1]);
    assert_anysock(ANYSOCK_OK, set_time(IDLE, 9));
    assert_int_equal(9, fake_of(&stream)->keepalive_s[0]);
    assert_int_equal(5, fake_of(&stream)->keepalive_s[1]);
    assert_string_equal("set set get keepalive set get keepalive", fake_trace());
}

static void keepalive_switched_off_stays_off(void **state) {
    (void)state;
    assert_anysock(ANYSOCK_OK, set_time(IDLE, 60));
    assert_anysock(ANYSOCK_OK, anysock_set_option(&stream, ANYSOCK_OPTION_KEEPALIVE, 0));
    assert_string_equal("set get set get", fake_trace());
    assert_false(fake_of(&stream)->keepalive_on);
}

static void keepalive_count_cannot_be_set_otherwise(void **state) {
    (void)state;
    assert_anysock(ANYSOCK_ENOPROTOOPT, set_time(ANYSOCK_OPTION_KEEPALIVE_COUNT, 5));
    fake_fail("get", FAKE_ENOPROTOOPT, 1);
    assert_anysock(ANYSOCK_ENOPROTOOPT,
                   anysock_get_option(&stream, ANYSOCK_OPTION_KEEPALIVE_COUNT, &value));
    assert_int_equal(0, value);
    assert_string_equal("set get", fake_trace());
}

static void keepalive_time_that_fails_otherwise_is_not_replaced(void **state) {
    (void)state;
    fake_fail("set", FAKE_ENOBUFS, 1);
    assert_anysock(ANYSOCK_ENOBUFS, anysock_set_option(&stream, IDLE, 60));
    fake_fail("get", FAKE_ENOBUFS, 1);
    assert_anysock(ANYSOCK_ENOBUFS, anysock_get_option(&stream, IDLE, &value));
    assert_int_equal(0, value);
    assert_string_equal("set get", fake_trace());
    assert_int_equal(7200, get_time(IDLE));
}

static void keepalive_time_that_cannot_be_applied_is_not_kept(void **state) {
    (void)state;
    assert_anysock(ANYSOCK_OK, set_time(IDLE, 60));
    assert_anysock(ANYSOCK_OK, anysock_set_option(&stream, ANYSOCK_OPTION_KEEPALIVE, 1));
    fake_fail("keepalive", FAKE_ENOBUFS, 1);
    assert_anysock(ANYSOCK_ENOBUFS, set_time(IDLE, 70));
    assert_int_equal(FAKE_ENOBUFS, anysock_native_error());
    assert_int_equal(60, get_time(IDLE));
    assert_int_equal(60, fake_of(&stream)->keepalive_s[0]);
}

static void keepalive_times_go_with_the_socket(void **state) {
    (void)state;
    assert_anysock(ANYSOCK_OK, set_time(IDLE, 60));
    assert_anysock(ANYSOCK_OK, anysock_close(&stream));
    assert_anysock(ANYSOCK_OK, anysock_open(ANYSOCK_INET, ANYSOCK_STREAM, 0, &stream));
    assert_int_equal(7200, get_time(IDLE));
}

/* By the straight accept and by the careful one. */
static void keepalive_times_of_a_listener_are_its_connections_too(void **state) {
    (void)state;
    for (int careful = 0; careful <= 1; careful++) {
        struct anysock listener = fake_listener(0);
        struct anysock_addr peer;
        fake_fail("set", FAKE_ENOPROTOOPT, 1);
        assert_anysock(ANYSOCK_OK, anysock_set_option(&listener, IDLE, 60));
        fake_client_arrives(fake_of(&listener));
        assert_anysock(ANYSOCK_OK, anysock_accept(&listener, 0, &s, careful != 0 ? &peer : NULL));
        fake_fail("get", FAKE_ENOPROTOOPT, 1);
        assert_anysock(ANYSOCK_OK, anysock_get_option(&s, IDLE, &value));
        assert_int_equal(60, value);
        fake_of(&s)->options[ANYSOCK_OPTION_KEEPALIVE] = 1;
        fake_fail("set", FAKE_ENOPROTOOPT, 1);
        assert_anysock(ANYSOCK_OK, anysock_set_option(&s, INTERVAL, 5));
        assert_int_equal(60, fake_of(&s)->keepalive_s[0]);
        assert_int_equal(5, fake_of(&s)->keepalive_s[1]);
        assert_anysock(ANYSOCK_OK, anysock_close(&s));
        assert_anysock(ANYSOCK_OK, anysock_close(&listener));
    }
}

static void keepalive_times_out_of_range_are_not_remembered(void **state) {
    (void)state;
    assert_refusal(ANYSOCK_EDOM, anysock_set_option(&stream, IDLE, 0));
    assert_refusal(ANYSOCK_EDOM, anysock_set_option(&stream, IDLE, 32768));
    assert_refusal(ANYSOCK_EDOM, anysock_set_option(&stream, INTERVAL, 65536 + 5));
    assert_int_equal(7200, get_time(IDLE));
    assert_int_equal(1, get_time(INTERVAL));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(table_has_a_row_for_every_number),
        TEST(table_says_what_everything_means),
        TEST(option_wants_a_socket_then_an_open_one),
        TEST(unknown_numbers_are_refused_before_the_value),
        TEST(wrong_kind_of_socket_has_no_such_option),
        TEST(kinds_are_what_they_should_be),
        TEST(read_only_options_are_not_set),
        TEST(kind_of_socket_is_known_without_a_call),
        TEST(protocol_is_known_where_the_system_does_not_tell),
        TEST(multicast_interface_is_kept_where_it_is_not_told),
        TEST(whole_range_is_accepted),
        TEST(values_out_of_range_never_reach_the_system),
        TEST(option_is_one_call),
        TEST(option_tells_what_the_system_says),
        TEST(option_of_a_connection_that_is_over_says_so),
        TEST(keepalive_times_are_options_where_they_can_be),
        TEST(keepalive_times_have_defaults),
        TEST(keepalive_times_are_remembered_while_it_is_off),
        TEST(keepalive_times_come_into_force_when_it_is_switched_on),
        TEST(keepalive_times_come_into_force_at_once_while_it_is_on),
        TEST(keepalive_switched_off_stays_off),
        TEST(keepalive_count_cannot_be_set_otherwise),
        TEST(keepalive_time_that_fails_otherwise_is_not_replaced),
        TEST(keepalive_time_that_cannot_be_applied_is_not_kept),
        TEST(keepalive_times_go_with_the_socket),
        TEST(keepalive_times_of_a_listener_are_its_connections_too),
        TEST(keepalive_times_out_of_range_are_not_remembered),
    };
    return cmocka_run_group_tests_name("option", tests, NULL, NULL);
}
