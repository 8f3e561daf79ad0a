/*
 * Waiting for one socket and for a few on the fake port: arguments, limits, interruptions, and
 * what is known of a socket without asking the system.
 */
#include <string.h>

#include "check.h"
#include "fake_port.h"

#define BOTH (ANYSOCK_READABLE | ANYSOCK_WRITABLE)

/* What the tests use; the tear-down closes the sockets. */
static struct anysock s, t;
static unsigned events;
static size_t ready;

static int set_up(void **state) {
    memset(&s, 0, sizeof s);
    memset(&t, 0, sizeof t);
    events = 99; /* every call writes these */
    ready = 99;
    return fake_reset(state);
}

static int tear_down(void **state) {
    if (anysock_is_open(&t))
        (void)anysock_close(&t);
    if (anysock_is_open(&s))
        (void)anysock_close(&s);
    return fake_check(state);
}

static struct anysock failed_socket(void) {
    struct anysock made = fake_connecting();
    fake_connect_fails(fake_of(&made));
    assert_anysock(ANYSOCK_ECONNREFUSED, anysock_connect_result(&made));
    (void)fake_trace();
    return made;
}

static struct anysock reset_socket(void) {
    struct anysock made = fake_connected(0);
    char byte;
    size_t count;
    fake_fail("recv", FAKE_ECONNRESET, 1);
    assert_anysock(ANYSOCK_ECONNRESET, anysock_recv(&made, &byte, 1, 0, &count));
    (void)fake_trace();
    return made;
}

/* A connected socket without room. */
static struct anysock full_socket(void) {
    struct anysock made = fake_connected(0);
    fake_of(&made)->room = 0;
    return made;
}

/* --- anysock_wait --- */

static void wait_checks_its_arguments_in_order(void **state) {
    (void)state;
    assert_refusal(ANYSOCK_EFAULT, anysock_wait(&s, 0, -2, NULL));
    assert_refusal(ANYSOCK_EFAULT, anysock_wait(NULL, 0, -2, &events));
    assert_int_equal(0, events);
    events = 99;
    assert_refusal(ANYSOCK_EBADF, anysock_wait(&s, 0, -2, &events));
    assert_int_equal(0, events);
    s = fake_connected(0);
    static const unsigned bad[] = {0, ANYSOCK_ERROR, BOTH | ANYSOCK_INVALID, BOTH | 0x100u};
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        events = 99;
        assert_refusal(ANYSOCK_EINVAL, anysock_wait(&s, bad[i], 0, &events));
        assert_int_equal(0, events);
    }
    assert_refusal(ANYSOCK_EINVAL, anysock_wait(&s, BOTH, -2, &events));
    assert_refusal(ANYSOCK_EINVAL, anysock_wait(&s, BOTH, INT_MAX, &events));
    assert_string_equal("", fake_trace());
}

static void wait_returns_at_once_what_is_there(void **state) {
    (void)state;
    s = fake_connected(0);
    assert_anysock(ANYSOCK_OK, anysock_wait(&s, BOTH, ANYSOCK_FOREVER, &events));
    assert_int_equal(ANYSOCK_WRITABLE, events);
    fake_data_arrives(fake_of(&s));
    assert_anysock(ANYSOCK_OK, anysock_wait(&s, BOTH, ANYSOCK_FOREVER, &events));
    assert_int_equal(BOTH, events);
    assert_string_equal("poll poll", fake_trace());
    assert_int_equal(0, fake_elapsed_ms());
}

static void wait_reports_only_what_is_wanted(void **state) {
    (void)state;
    s = fake_connected(0);
    fake_data_arrives(fake_of(&s));
    assert_anysock(ANYSOCK_OK, anysock_wait(&s, ANYSOCK_READABLE, 0, &events));
    assert_int_equal(ANYSOCK_READABLE, events);
    assert_anysock(ANYSOCK_OK, anysock_wait(&s, ANYSOCK_WRITABLE, 0, &events));
    assert_int_equal(ANYSOCK_WRITABLE, events);
}

static void wait_ends_when_something_happens(void **state) {
    (void)state;
    s = fake_connected(0);
    fake_later(20, fake_data_arrives, &s);
    assert_anysock(ANYSOCK_OK, anysock_wait(&s, ANYSOCK_READABLE, 30, &events));
    assert_int_equal(ANYSOCK_READABLE, events);
    assert_int_equal(20, fake_elapsed_ms());
}

static void wait_for_ever_has_no_limit(void **state) {
    (void)state;
    s = fake_connected(0);
    fake_later(100000, fake_data_arrives, &s);
    assert_anysock(ANYSOCK_OK, anysock_wait(&s, ANYSOCK_READABLE, ANYSOCK_FOREVER, &events));
    assert_int_equal(100000, fake_elapsed_ms());
}

static void wait_lasts_exactly_its_time(void **state) {
    (void)state;
    static const int times_ms[] = {1, 30, INT_MAX - 1};
    s = fake_connected(0);
    for (size_t i = 0; i < COUNT_OF(times_ms); i++) {
        uint64_t begin = fake.now_ns;
        events = 99;
        assert_refusal(ANYSOCK_ETIMEDOUT, anysock_wait(&s, ANYSOCK_READABLE, times_ms[i], &events));
        assert_int_equal(0, events);
        assert_true(fake.now_ns - begin == (uint64_t)times_ms[i] * 1000000);
    }
}

static void wait_of_no_time_looks_once(void **state) {
    (void)state;
    s = fake_connected(0);
    assert_anysock(ANYSOCK_ETIMEDOUT, anysock_wait(&s, ANYSOCK_READABLE, 0, &events));
    assert_string_equal("poll", fake_trace());
    assert_int_equal(0, fake_elapsed_ms());
}

static void signals_are_waited_out(void **state) {
    (void)state;
    s = fake_connected(0);
    fake_fail("poll", FAKE_EINTR, 3);
    assert_anysock(ANYSOCK_ETIMEDOUT, anysock_wait(&s, ANYSOCK_READABLE, 30, &events));
    assert_string_equal("poll poll poll poll", fake_trace());
    assert_int_equal(30, fake_elapsed_ms());
}

static void signal_does_not_hide_what_is_there(void **state) {
    (void)state;
    s = fake_connected(0);
    fake_data_arrives(fake_of(&s));
    fake_fail("poll", FAKE_EINTR, 1);
    assert_anysock(ANYSOCK_OK, anysock_wait(&s, ANYSOCK_READABLE, 0, &events));
    assert_int_equal(ANYSOCK_READABLE, events);
}

static void early_timers_are_waited_out(void **state) {
    (void)state;
    s = fake_connected(0);
    fake.early_ns = 400000;
    assert_anysock(ANYSOCK_ETIMEDOUT, anysock_wait(&s, ANYSOCK_READABLE, 30, &events));
    assert_string_equal("poll poll", fake_trace());
    assert_true(fake_elapsed_ms() >= 30);
}

static void wait_reports_a_failure_of_the_system(void **state) {
    (void)state;
    s = fake_connected(0);
    fake_fail("poll", FAKE_ENOBUFS, 1);
    assert_anysock(ANYSOCK_ENOBUFS, anysock_wait(&s, ANYSOCK_READABLE, 30, &events));
    assert_int_equal(FAKE_ENOBUFS, anysock_native_error());
    assert_int_equal(0, events);
}

static void wait_ignores_mode_and_timeouts(void **state) {
    (void)state;
    s = fake_connected(ANYSOCK_NONBLOCK);
    assert_anysock(ANYSOCK_OK, anysock_set_timeout(&s, ANYSOCK_TIMEOUT_RECV, 5));
    assert_anysock(ANYSOCK_ETIMEDOUT, anysock_wait(&s, ANYSOCK_READABLE, 30, &events));
    assert_int_equal(30, fake_elapsed_ms());
}

static void error_brings_what_is_wanted(void **state) {
    (void)state;
    s = full_socket();
    fake_of(&s)->error = FAKE_ECONNRESET;
    assert_anysock(ANYSOCK_OK, anysock_wait(&s, ANYSOCK_READABLE, 30, &events));
    assert_int_equal(ANYSOCK_READABLE | ANYSOCK_ERROR, events);
    assert_anysock(ANYSOCK_OK, anysock_wait(&s, BOTH, 30, &events));
    assert_int_equal(BOTH | ANYSOCK_ERROR, events);
}

static void handle_closed_behind_the_library_is_refused(void **state) {
    (void)state;
    s = fake_connected(0);
    fake_of(&s)->seen = ANYSOCK_INVALID; /* which only anysock_poll() may report */
    assert_refusal(ANYSOCK_EBADF, anysock_wait(&s, BOTH, 30, &events));
    assert_int_equal(0, events);
}

/* --- what is known of a socket --- */

static void unconnected_socket_is_known_to_return_at_once(void **state) {
    (void)state;
    s = fake_fresh(0);
    assert_anysock(ANYSOCK_OK, anysock_wait(&s, BOTH, ANYSOCK_FOREVER, &events));
    assert_int_equal(BOTH, events);
    assert_anysock(ANYSOCK_OK, anysock_wait(&s, ANYSOCK_READABLE, ANYSOCK_FOREVER, &events));
    assert_int_equal(ANYSOCK_READABLE, events);
    assert_int_equal(0, fake_elapsed_ms());
}

static void failed_socket_is_known_to_be_broken(void **state) {
    (void)state;
    s = failed_socket();
    assert_anysock(ANYSOCK_OK, anysock_wait(&s, ANYSOCK_WRITABLE, ANYSOCK_FOREVER, &events));
    assert_int_equal(ANYSOCK_WRITABLE | ANYSOCK_ERROR, events);
    assert_int_equal(0, fake_elapsed_ms());
}

static void reset_socket_is_known_to_be_broken(void **state) {
    (void)state;
    s = reset_socket();
    fake_of(&s)->room = 0;
    assert_anysock(ANYSOCK_OK, anysock_wait(&s, BOTH, ANYSOCK_FOREVER, &events));
    assert_int_equal(BOTH | ANYSOCK_ERROR, events);
}

static void own_shutdown_is_known(void **state) {
    (void)state;
    s = full_socket();
    assert_anysock(ANYSOCK_OK, anysock_shutdown(&s, ANYSOCK_SHUT_RD));
    assert_anysock(ANYSOCK_OK, anysock_wait(&s, BOTH, ANYSOCK_FOREVER, &events));
    assert_int_equal(ANYSOCK_READABLE, events);
    assert_anysock(ANYSOCK_ETIMEDOUT, anysock_wait(&s, ANYSOCK_WRITABLE, 30, &events));
    assert_anysock(ANYSOCK_OK, anysock_shutdown(&s, ANYSOCK_SHUT_WR));
    assert_anysock(ANYSOCK_OK, anysock_wait(&s, ANYSOCK_WRITABLE, ANYSOCK_FOREVER, &events));
    assert_int_equal(ANYSOCK_WRITABLE, events);
    assert_anysock(ANYSOCK_OK, anysock_wait(&s, BOTH, ANYSOCK_FOREVER, &events));
    assert_int_equal(BOTH, events);
}

static void what_is_known_comes_with_what_is_there(void **state) {
    (void)state;
    s = fake_connected(0);
    assert_anysock(ANYSOCK_OK, anysock_shutdown(&s, ANYSOCK_SHUT_RD));
    (void)fake_trace();
    assert_anysock(ANYSOCK_OK, anysock_wait(&s, BOTH, ANYSOCK_FOREVER, &events));
    assert_int_equal(BOTH, events);
    assert_string_equal("poll", fake_trace());
}

static void end_of_stream_is_readable(void **state) {
    (void)state;
    s = full_socket();
    fake_later(20, fake_fin_arrives, &s);
    assert_anysock(ANYSOCK_OK, anysock_wait(&s, BOTH, 30, &events));
    assert_int_equal(ANYSOCK_READABLE, events);
}

static void listener_is_readable_for_a_client(void **state) {
    (void)state;
    s = fake_listener(0);
    fake_later(20, fake_client_arrives, &s);
    assert_anysock(ANYSOCK_OK, anysock_wait(&s, BOTH, 30, &events));
    assert_int_equal(ANYSOCK_READABLE, events);
    assert_int_equal(20, fake_elapsed_ms());
}

static void listener_is_never_writable(void **state) {
    (void)state;
    s = fake_listener(0);
    fake_of(&s)->connected = true; /* so that the fake would call it writable, as Linux does */
    assert_anysock(ANYSOCK_ETIMEDOUT, anysock_wait(&s, ANYSOCK_WRITABLE, 30, &events));
    assert_int_equal(30, fake_elapsed_ms());
}

static void unconnected_datagram_socket_is_writable(void **state) {
    (void)state;
    s = fake_datagram(0);
    assert_anysock(ANYSOCK_OK, anysock_wait(&s, BOTH, 30, &events));
    assert_int_equal(ANYSOCK_WRITABLE, events);
}

/* --- while connecting --- */

static void connecting_socket_becomes_writable(void **state) {
    (void)state;
    s = fake_connecting();
    fake_later(20, fake_connect_succeeds, &s);
    assert_anysock(ANYSOCK_ETIMEDOUT, anysock_wait(&s, BOTH, 10, &events));
    assert_anysock(ANYSOCK_OK, anysock_wait(&s, BOTH, 30, &events));
    assert_int_equal(ANYSOCK_WRITABLE, events);
    assert_int_equal(20, fake_elapsed_ms());
}

static void connecting_socket_shows_its_failure(void **state) {
    (void)state;
    s = fake_connecting();
    fake_later(20, fake_connect_fails, &s);
    assert_anysock(ANYSOCK_OK, anysock_wait(&s, ANYSOCK_WRITABLE, 30, &events));
    assert_int_equal(ANYSOCK_WRITABLE | ANYSOCK_ERROR, events);
    assert_anysock(ANYSOCK_ECONNREFUSED, anysock_connect_result(&s)); /* not used up by waiting */
}

static void connecting_socket_shows_its_failure_to_a_reader(void **state) {
    (void)state;
    s = fake_connecting();
    fake_later(20, fake_connect_fails, &s);
    assert_anysock(ANYSOCK_OK, anysock_wait(&s, ANYSOCK_READABLE, 30, &events));
    assert_int_equal(ANYSOCK_READABLE | ANYSOCK_ERROR, events);
}

static void reader_waits_on_when_the_connect_succeeds(void **state) {
    (void)state;
    s = fake_connecting();
    fake_later(20, fake_connect_succeeds, &s);
    fake_later(50, fake_data_arrives, &s);
    assert_anysock(ANYSOCK_OK, anysock_wait(&s, ANYSOCK_READABLE, 100, &events));
    assert_int_equal(ANYSOCK_READABLE, events);
    assert_int_equal(50, fake_elapsed_ms());
}

static void reader_waits_its_time_when_the_connect_succeeds(void **state) {
    (void)state;
    s = fake_connecting();
    fake_later(20, fake_connect_succeeds, &s);
    assert_anysock(ANYSOCK_ETIMEDOUT, anysock_wait(&s, ANYSOCK_READABLE, 100, &events));
    assert_int_equal(100, fake_elapsed_ms());
}

/* --- anysock_poll --- */

static void poll_checks_its_arguments_in_order(void **state) {
    (void)state;
    struct anysock_poll_item item = {&s, BOTH, 0};
    assert_refusal(ANYSOCK_EFAULT, anysock_poll(&item, ANYSOCK_POLL_MAX + 1, -2, NULL));
    assert_refusal(ANYSOCK_EFAULT, anysock_poll(NULL, ANYSOCK_POLL_MAX + 1, -2, &ready));
    assert_int_equal(0, ready);
    ready = 99;
    assert_refusal(ANYSOCK_EINVAL, anysock_poll(&item, ANYSOCK_POLL_MAX + 1, 0, &ready));
    assert_int_equal(0, ready);
    assert_refusal(ANYSOCK_EINVAL, anysock_poll(&item, 1, -2, &ready));
    assert_refusal(ANYSOCK_EINVAL, anysock_poll(&item, 1, INT_MAX, &ready));
    item.wanted = ANYSOCK_ERROR;
    assert_refusal(ANYSOCK_EINVAL, anysock_poll(&item, 1, 0, &ready));
    assert_int_equal(0, ready);
    assert_string_equal("", fake_trace());
}

static void poll_reports_several_at_once(void **state) {
    (void)state;
    s = fake_connected(0);
    t = full_socket();
    fake_data_arrives(fake_of(&t));
    struct anysock_poll_item items[] = {{&s, BOTH, 99}, {&t, BOTH, 99}, {&s, 0, 99}};
    assert_anysock(ANYSOCK_OK, anysock_poll(items, COUNT_OF(items), ANYSOCK_FOREVER, &ready));
    assert_int_equal(2, ready);
    assert_int_equal(ANYSOCK_WRITABLE, items[0].events);
    assert_int_equal(ANYSOCK_READABLE, items[1].events);
    assert_int_equal(0, items[2].events);
    assert_string_equal("poll", fake_trace());
}

static void poll_wakes_up_for_one_of_them(void **state) {
    (void)state;
    s = fake_connected(0);
    t = fake_listener(0);
    struct anysock_poll_item items[] = {{&s, ANYSOCK_READABLE, 99}, {&t, ANYSOCK_READABLE, 99}};
    fake_later(20, fake_client_arrives, &t);
    assert_anysock(ANYSOCK_OK, anysock_poll(items, COUNT_OF(items), 30, &ready));
    assert_int_equal(1, ready);
    assert_int_equal(0, items[0].events);
    assert_int_equal(ANYSOCK_READABLE, items[1].events);
    assert_int_equal(20, fake_elapsed_ms());
}

static void poll_that_finds_nothing_is_no_error(void **state) {
    (void)state;
    s = fake_connected(0);
    struct anysock_poll_item item = {&s, ANYSOCK_READABLE, 99};
    assert_anysock(ANYSOCK_OK, anysock_poll(&item, 1, 30, &ready));
    assert_int_equal(0, ready);
    assert_int_equal(0, item.events);
    assert_int_equal(30, fake_elapsed_ms());
}

static void poll_of_no_time_looks_once(void **state) {
    (void)state;
    s = fake_connected(0);
    struct anysock_poll_item item = {&s, ANYSOCK_READABLE, 99};
    assert_anysock(ANYSOCK_OK, anysock_poll(&item, 1, 0, &ready));
    assert_string_equal("poll", fake_trace());
    assert_int_equal(0, fake_elapsed_ms());
}

static void poll_goes_on_after_signals(void **state) {
    (void)state;
    s = fake_connected(0);
    struct anysock_poll_item item = {&s, ANYSOCK_READABLE, 99};
    fake_fail("poll", FAKE_EINTR, 2);
    assert_anysock(ANYSOCK_OK, anysock_poll(&item, 1, 30, &ready));
    assert_int_equal(0, ready);
    assert_string_equal("poll poll poll", fake_trace());
    assert_int_equal(30, fake_elapsed_ms());
}

static void poll_reports_a_failure_of_the_system(void **state) {
    (void)state;
    s = fake_connected(0);
    struct anysock_poll_item item = {&s, ANYSOCK_READABLE, 99};
    fake_fail("poll", FAKE_ENOBUFS, 1);
    assert_anysock(ANYSOCK_ENOBUFS, anysock_poll(&item, 1, 30, &ready));
    assert_int_equal(0, ready);
    assert_int_equal(FAKE_ENOBUFS, anysock_native_error());
}

static void poll_ignores_entries_without_socket(void **state) {
    (void)state;
    s = fake_connected(0);
    struct anysock_poll_item items[] = {{NULL, BOTH, 99}, {&s, BOTH, 99}, {NULL, 0, 99}};
    assert_anysock(ANYSOCK_OK, anysock_poll(items, COUNT_OF(items), 30, &ready));
    assert_int_equal(1, ready);
    assert_int_equal(0, items[0].events);
    assert_int_equal(ANYSOCK_WRITABLE, items[1].events);
    assert_int_equal(0, items[2].events);
}

static void poll_reports_a_closed_socket_at_once(void **state) {
    (void)state;
    s = fake_connected(0);
    struct anysock_poll_item items[] = {{&t, 0, 99}, {&s, ANYSOCK_READABLE, 99}};
    assert_anysock(ANYSOCK_OK, anysock_poll(items, COUNT_OF(items), ANYSOCK_FOREVER, &ready));
    assert_int_equal(1, ready);
    assert_int_equal(ANYSOCK_INVALID, items[0].events);
    assert_int_equal(0, items[1].events);
    assert_int_equal(0, fake_elapsed_ms());
}

static void poll_reports_a_handle_closed_behind_the_library(void **state) {
    (void)state;
    s = fake_connected(0);
    struct anysock_poll_item item = {&s, ANYSOCK_READABLE, 99};
    fake_of(&s)->seen = ANYSOCK_INVALID;
    assert_anysock(ANYSOCK_OK, anysock_poll(&item, 1, 30, &ready));
    assert_int_equal(1, ready);
    assert_int_equal(ANYSOCK_INVALID, item.events);
}

static void poll_counts_the_known_and_the_found(void **state) {
    (void)state;
    s = fake_connected(0);
    t = fake_fresh(0);
    struct anysock_poll_item items[] = {{&s, ANYSOCK_WRITABLE, 99}, {&t, ANYSOCK_READABLE, 99}};
    (void)fake_trace();
    assert_anysock(ANYSOCK_OK, anysock_poll(items, COUNT_OF(items), ANYSOCK_FOREVER, &ready));
    assert_int_equal(2, ready);
    assert_int_equal(ANYSOCK_WRITABLE, items[0].events);
    assert_int_equal(ANYSOCK_READABLE, items[1].events);
    assert_string_equal("poll", fake_trace());
}

static void poll_for_nothing_finds_errors(void **state) {
    (void)state;
    s = failed_socket();
    t = fake_connected(0);
    fake_data_arrives(fake_of(&t));
    struct anysock_poll_item items[] = {{&t, 0, 99}, {&s, 0, 99}};
    assert_anysock(ANYSOCK_OK, anysock_poll(items, 1, 30, &ready));
    assert_int_equal(0, ready);
    assert_int_equal(30, fake_elapsed_ms());
    assert_anysock(ANYSOCK_OK, anysock_poll(items, 2, 30, &ready));
    assert_int_equal(1, ready);
    assert_int_equal(ANYSOCK_ERROR, items[1].events);
    assert_int_equal(30, fake_elapsed_ms());
}

static void poll_for_nothing_does_not_spin(void **state) {
    (void)state;
    s = fake_connected(0);
    struct anysock_poll_item item = {&s, 0, 99};
    fake_of(&s)->seen = ANYSOCK_READABLE; /* unasked, as a hang-up is on POSIX */
    assert_anysock(ANYSOCK_OK, anysock_poll(&item, 1, 30, &ready));
    assert_int_equal(0, ready);
    assert_int_equal(0, item.events);
    assert_int_equal(30, fake_elapsed_ms());
}

static void poll_of_nobody_sleeps(void **state) {
    (void)state;
    assert_anysock(ANYSOCK_OK, anysock_poll(NULL, 0, 30, &ready));
    assert_int_equal(0, ready);
    assert_int_equal(30, fake_elapsed_ms());
    struct anysock_poll_item item = {NULL, BOTH, 99};
    assert_anysock(ANYSOCK_OK, anysock_poll(&item, 1, 30, &ready));
    assert_int_equal(0, ready);
    assert_int_equal(60, fake_elapsed_ms());
}

static void poll_takes_as_many_as_it_says(void **state) {
    (void)state;
    static struct anysock_poll_item items[ANYSOCK_POLL_MAX];
    s = fake_connected(0);
    t = full_socket();
    items[0].socket = &t;
    items[0].wanted = ANYSOCK_WRITABLE;
    items[ANYSOCK_POLL_MAX - 1].socket = &s;
    items[ANYSOCK_POLL_MAX - 1].wanted = ANYSOCK_WRITABLE;
    assert_anysock(ANYSOCK_OK, anysock_poll(items, COUNT_OF(items), 30, &ready));
    assert_int_equal(1, ready);
    assert_int_equal(0, items[0].events);
    assert_int_equal(ANYSOCK_WRITABLE, items[ANYSOCK_POLL_MAX - 1].events);
}

static void poll_waits_on_when_a_reader_is_only_connected(void **state) {
    (void)state;
    s = fake_connecting();
    t = fake_connected(0);
    struct anysock_poll_item items[] = {{&s, ANYSOCK_READABLE, 99}, {&t, ANYSOCK_READABLE, 99}};
    fake_later(20, fake_connect_succeeds, &s);
    fake_later(50, fake_data_arrives, &t);
    assert_anysock(ANYSOCK_OK, anysock_poll(items, COUNT_OF(items), 100, &ready));
    assert_int_equal(1, ready);
    assert_int_equal(0, items[0].events);
    assert_int_equal(ANYSOCK_READABLE, items[1].events);
    assert_int_equal(50, fake_elapsed_ms());
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(wait_checks_its_arguments_in_order),
        TEST(wait_returns_at_once_what_is_there),
        TEST(wait_reports_only_what_is_wanted),
        TEST(wait_ends_when_something_happens),
        TEST(wait_for_ever_has_no_limit),
        TEST(wait_lasts_exactly_its_time),
        TEST(wait_of_no_time_looks_once),
        TEST(signals_are_waited_out),
        TEST(signal_does_not_hide_what_is_there),
        TEST(early_timers_are_waited_out),
        TEST(wait_reports_a_failure_of_the_system),
        TEST(wait_ignores_mode_and_timeouts),
        TEST(error_brings_what_is_wanted),
        TEST(handle_closed_behind_the_library_is_refused),
        TEST(unconnected_socket_is_known_to_return_at_once),
        TEST(failed_socket_is_known_to_be_broken),
        TEST(reset_socket_is_known_to_be_broken),
        TEST(own_shutdown_is_known),
        TEST(what_is_known_comes_with_what_is_there),
        TEST(end_of_stream_is_readable),
        TEST(listener_is_readable_for_a_client),
        TEST(listener_is_never_writable),
        TEST(unconnected_datagram_socket_is_writable),
        TEST(connecting_socket_becomes_writable),
        TEST(connecting_socket_shows_its_failure),
        TEST(connecting_socket_shows_its_failure_to_a_reader),
        TEST(reader_waits_on_when_the_connect_succeeds),
        TEST(reader_waits_its_time_when_the_connect_succeeds),
        TEST(poll_checks_its_arguments_in_order),
        TEST(poll_reports_several_at_once),
        TEST(poll_wakes_up_for_one_of_them),
        TEST(poll_that_finds_nothing_is_no_error),
        TEST(poll_of_no_time_looks_once),
        TEST(poll_goes_on_after_signals),
        TEST(poll_reports_a_failure_of_the_system),
        TEST(poll_ignores_entries_without_socket),
        TEST(poll_reports_a_closed_socket_at_once),
        TEST(poll_reports_a_handle_closed_behind_the_library),
        TEST(poll_counts_the_known_and_the_found),
        TEST(poll_for_nothing_finds_errors),
        TEST(poll_for_nothing_does_not_spin),
        TEST(poll_of_nobody_sleeps),
        TEST(poll_takes_as_many_as_it_says),
        TEST(poll_waits_on_when_a_reader_is_only_connected),
    };
    return cmocka_run_group_tests_name("wait", tests, NULL, NULL);
}
