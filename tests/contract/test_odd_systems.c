/*
 * What the ports make of systems that nobody runs the tests on: options of one byte, a flag that is
 * not known yet, an end that is an error.
 */
#include "check.h"
#include "internal.h"
#include "net.h"
#include "odd.h"
#include "platform.h"

static struct anysock s;

/* Sets an option and reads it back. */
static int set_and_get(enum anysock_option option, int wanted) {
    int value = 9999;
    assert_anysock(ANYSOCK_OK, anysock_set_option(&s, option, wanted));
    assert_anysock(ANYSOCK_OK, anysock_get_option(&s, option, &value));
    return value;
}

static void answer_of_one_byte_is_the_value(void **state) {
    (void)state;
    static const enum anysock_family families[] = {ANYSOCK_INET, ANYSOCK_INET6};
    assert_true(become(ANSWERS_ONE_BYTE));
    for (size_t i = 0; i < COUNT_OF(families); i++) {
        assert_anysock(ANYSOCK_OK, anysock_open(families[i], ANYSOCK_STREAM, 0, &s));
        assert_int_equal(1, set_and_get(ANYSOCK_OPTION_NODELAY, 1));
        assert_int_equal(0, set_and_get(ANYSOCK_OPTION_NODELAY, 0));
        assert_int_equal(1, set_and_get(ANYSOCK_OPTION_KEEPALIVE, 1));
        assert_int_equal(200, set_and_get(ANYSOCK_OPTION_TTL, 200));
        assert_int_equal(20000, set_and_get(ANYSOCK_OPTION_RECV_BUFFER, 20000));
        assert_true(odd_answers() >= 4);
        assert_anysock(ANYSOCK_OK, anysock_close(&s));

        assert_anysock(ANYSOCK_OK, anysock_open(families[i], ANYSOCK_DGRAM, 0, &s));
        assert_int_equal(255, set_and_get(ANYSOCK_OPTION_MULTICAST_TTL, 255));
        assert_int_equal(0, set_and_get(ANYSOCK_OPTION_MULTICAST_LOOP, 0));
        assert_int_equal(1, set_and_get(ANYSOCK_OPTION_MULTICAST_LOOP, 1));
        assert_anysock(ANYSOCK_OK, anysock_close(&s));
    }
}

/* Also what the library asks for itself. */
static void socket_described_by_bytes_is_adopted(void **state) {
    (void)state;
    int value;
    assert_true(become(ANSWERS_ONE_BYTE));
    assert_anysock(ANYSOCK_OK, anysock_adopt(foreign_socket(), 0, &s));
    assert_true(odd_answers() > 0);
    assert_anysock(ANYSOCK_OK, anysock_get_option(&s, ANYSOCK_OPTION_TYPE, &value));
    assert_int_equal(ANYSOCK_STREAM, value);
    assert_anysock(ANYSOCK_OK, anysock_listen(&s, 1));
    assert_anysock(ANYSOCK_OK, anysock_get_option(&s, ANYSOCK_OPTION_ACCEPTING, &value));
    assert_int_equal(1, value);
    assert_anysock(ANYSOCK_OK, anysock_close(&s));
}

static void option_that_wants_one_byte_gets_one(void **state) {
    (void)state;
    if (!become(WANTS_ONE_BYTE))
        return;
    assert_anysock(ANYSOCK_OK, anysock_open(ANYSOCK_INET, ANYSOCK_DGRAM, 0, &s));
    assert_int_equal(200, set_and_get(ANYSOCK_OPTION_MULTICAST_TTL, 200));
    assert_int_equal(0, set_and_get(ANYSOCK_OPTION_MULTICAST_LOOP, 0));
    assert_int_equal(1, set_and_get(ANYSOCK_OPTION_MULTICAST_LOOP, 1));
    assert_int_equal(3, odd_answers());
    assert_int_equal(7, set_and_get(ANYSOCK_OPTION_TTL, 7)); /* an int, at once */
    assert_int_equal(3, odd_answers());
    assert_anysock(ANYSOCK_OK, anysock_close(&s));
}

static void hops_that_are_not_told_are_the_default(void **state) {
    (void)state;
    int value;
    assert_anysock(ANYSOCK_OK, anysock_open(ANYSOCK_INET6, ANYSOCK_DGRAM, 0, &s));
    if (!become(TELLS_NO_HOPS))
        return;
    assert_anysock(ANYSOCK_OK, anysock_get_option(&s, ANYSOCK_OPTION_TTL, &value));
    assert_int_equal(64, value);
    assert_int_equal(1, odd_answers());
}

static void inet6_socket_needs_no_options_of_ipv4(void **state) {
    (void)state;
    assert_anysock(ANYSOCK_OK, anysock_open(ANYSOCK_INET6, ANYSOCK_DGRAM, 0, &s));
    assert_true(become(REFUSES_IPV4));
    assert_int_equal(6, set_and_get(ANYSOCK_OPTION_TTL, 6));
    assert_int_equal(0, odd_answers()); /* as long as it has no IPv4-mapped peers */
    assert_anysock(ANYSOCK_OK, anysock_set_option(&s, ANYSOCK_OPTION_V6ONLY, 0));
    assert_int_equal(7, set_and_get(ANYSOCK_OPTION_TTL, 7));
    assert_int_equal(1, odd_answers());
    assert_int_equal(9, set_and_get(ANYSOCK_OPTION_MULTICAST_TTL, 9));
}

static void time_without_limit_is_not_the_systems_rule(void **state) {
    (void)state;
    int value;
    assert_anysock(ANYSOCK_OK, anysock_open(ANYSOCK_INET, ANYSOCK_STREAM, 0, &s));
    if (!become(HAS_LATER_OPTIONS))
        return;
    assert_anysock(ANYSOCK_OK, anysock_get_option(&s, ANYSOCK_OPTION_USER_TIMEOUT, &value));
    assert_int_equal(INT_MAX, value);
    assert_int_equal(2000, set_and_get(ANYSOCK_OPTION_USER_TIMEOUT, 1001));
    unsigned before = odd_answers();
    assert_anysock(ANYSOCK_ENOPROTOOPT, anysock_set_option(&s, ANYSOCK_OPTION_USER_TIMEOUT, 0));
    assert_int_not_equal(0, anysock_native_error());
    assert_int_equal(before, odd_answers());
}

static void fast_open_that_is_a_switch_takes_any_number(void **state) {
    (void)state;
    assert_anysock(ANYSOCK_OK, anysock_open(ANYSOCK_INET, ANYSOCK_STREAM, 0, &s));
    if (!become(HAS_LATER_OPTIONS))
        return;
    assert_int_equal(1, set_and_get(ANYSOCK_OPTION_FAST_OPEN, 20));
    assert_int_equal(0, set_and_get(ANYSOCK_OPTION_FAST_OPEN, 0));
    assert_int_equal(1, set_and_get(ANYSOCK_OPTION_FAST_OPEN, 256));
}

static void without_the_flag_inheritance_is_taken_away_afterwards(void **state) {
    (void)state;
    static const enum oddity oddities[] = {FLAG_IS_INVALID, FLAG_IS_OF_ANOTHER_PROTOCOL};
    for (size_t i = 0; i < COUNT_OF(oddities) * 2; i++) {
        enum anysock_type type = i % 2 == 0 ? ANYSOCK_STREAM : ANYSOCK_DGRAM;
        bool possible = become(oddities[i / 2]);
        assert_anysock(ANYSOCK_OK, anysock_open(ANYSOCK_INET, type, ANYSOCK_NONBLOCK, &s));
        assert_int_equal(possible, odd_answers());
        assert_false(is_inheritable(anysock_native_handle(&s)));
        assert_false(anysock_is_blocking(&s));
        assert_anysock(ANYSOCK_OK, anysock_close(&s));
    }
}

static void other_failures_to_make_a_socket_are_not_tried_again(void **state) {
    (void)state;
    if (!become(HAS_NO_DESCRIPTORS))
        return;
    assert_anysock(ANYSOCK_EMFILE, anysock_open(ANYSOCK_INET, ANYSOCK_STREAM, 0, &s));
    assert_int_equal(1, odd_answers());
    assert_false(anysock_is_open(&s));
}

static void end_that_is_reported_as_an_error_is_the_end(void **state) {
    (void)state;
    struct anysock client, server;
    struct anysock_addr from;
    char byte;
    struct anysock_buffer buffer;
    size_t count = 9;
    buffer.data = &byte;
    buffer.length = 1;
    make_pair(0, 0, &client, &server);
    if (become(REPORTS_THE_END)) {
        assert_anysock(ANYSOCK_OK, anysock_recv(&client, &byte, 1, 0, &count));
        assert_int_equal(0, count);
        assert_anysock(ANYSOCK_OK, anysock_recv_vec(&client, &buffer, 1, 0, &count));
        assert_int_equal(0, count);
        assert_anysock(ANYSOCK_OK, anysock_recv_from(&client, &byte, 1, 0, &from, NULL, &count));
        assert_int_equal(0, count);
        assert_int_equal(ANYSOCK_UNSPEC, anysock_addr_family(&from));
        assert_int_equal(3, odd_answers());
    }
    assert_true(become(USUAL));
    close_pair(&client, &server);
}

static int back_to_usual(void **state) {
    (void)become(USUAL);
    if (anysock_is_open(&s))
        (void)anysock_close(&s);
    return same_handles(state);
}

#undef TEST
#define TEST(name) cmocka_unit_test_setup_teardown(name, remember_handles, back_to_usual)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(answer_of_one_byte_is_the_value),
        TEST(socket_described_by_bytes_is_adopted),
        TEST(option_that_wants_one_byte_gets_one),
        TEST(hops_that_are_not_told_are_the_default),
        TEST(inet6_socket_needs_no_options_of_ipv4),
        TEST(time_without_limit_is_not_the_systems_rule),
        TEST(fast_open_that_is_a_switch_takes_any_number),
        TEST(without_the_flag_inheritance_is_taken_away_afterwards),
        TEST(other_failures_to_make_a_socket_are_not_tried_again),
        TEST(end_that_is_reported_as_an_error_is_the_end),
    };
    return cmocka_run_group_tests_name("odd_systems", tests, NULL, NULL);
}
