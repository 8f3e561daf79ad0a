/*
 * Connecting on the fake port: every state meets connect, and every way in which a result can come.
 */
#include "life.h"

/* --- connect --- */

static void connect_waits_in_the_kernel(void **state) {
    (void)state;
    s = fake_fresh(0);
    fake_later(20, fake_connect_succeeds, &s);
    assert_anysock(ANYSOCK_OK, anysock_connect(&s, &addr));
    assert_string_equal("connect", fake_trace());
    assert_int_equal(20, fake_elapsed_ms());
    assert_anysock(ANYSOCK_OK, anysock_connect_result(&s));
}

static void connect_nonblocking_is_in_progress(void **state) {
    (void)state;
    s = fake_fresh(ANYSOCK_NONBLOCK);
    assert_anysock(ANYSOCK_EINPROGRESS, anysock_connect(&s, &addr));
    assert_string_equal("connect", fake_trace());
    assert_int_equal(0, fake_elapsed_ms());
}

static void connect_may_succeed_at_once(void **state) {
    (void)state;
    s = fake_fresh(ANYSOCK_NONBLOCK);
    fake.connect_at_once = true;
    assert_anysock(ANYSOCK_OK, anysock_connect(&s, &addr));
    assert_anysock(ANYSOCK_OK, anysock_connect_result(&s));
    assert_string_equal("connect", fake_trace());
}

static void connect_waits_as_long_as_its_timeout(void **state) {
    (void)state;
    s = fake_fresh(0);
    assert_anysock(ANYSOCK_OK, anysock_set_timeout(&s, ANYSOCK_TIMEOUT_CONNECT, 30));
    assert_refusal(ANYSOCK_ETIMEDOUT, anysock_connect(&s, &addr));
    assert_string_equal("nonblocking connect poll", fake_trace());
    assert_int_equal(30, fake_elapsed_ms());
    assert_refusal(ANYSOCK_ETIMEDOUT, anysock_connect_result(&s));
    assert_refusal(ANYSOCK_EBADSTATE, anysock_connect(&s, &addr));
    assert_string_equal("", fake_trace());
}

static void connect_within_its_timeout_succeeds(void **state) {
    (void)state;
    s = fake_fresh(0);
    assert_anysock(ANYSOCK_OK, anysock_set_timeout(&s, ANYSOCK_TIMEOUT_CONNECT, 30));
    fake_later(20, fake_connect_succeeds, &s);
    fake_fail("poll", FAKE_EINTR, 2);
    assert_anysock(ANYSOCK_OK, anysock_connect(&s, &addr));
    assert_string_equal("nonblocking connect poll poll poll error peer", fake_trace());
    assert_int_equal(20, fake_elapsed_ms());
}

static void connect_refused_while_waiting(void **state) {
    (void)state;
    s = fake_fresh(0);
    assert_anysock(ANYSOCK_OK, anysock_set_timeout(&s, ANYSOCK_TIMEOUT_CONNECT, 30));
    fake_later(20, fake_connect_fails, &s);
    assert_anysock(ANYSOCK_ECONNREFUSED, anysock_connect(&s, &addr));
    assert_int_equal(FAKE_ECONNREFUSED, anysock_native_error());
    assert_string_equal("nonblocking connect poll error", fake_trace());
    assert_anysock(ANYSOCK_EBADSTATE, anysock_connect(&s, &addr));
}

static void connect_refused_in_the_kernel(void **state) {
    (void)state;
    s = fake_fresh(0);
    fake_later(20, fake_connect_fails, &s);
    assert_anysock(ANYSOCK_ECONNREFUSED, anysock_connect(&s, &addr));
    assert_anysock(ANYSOCK_ECONNREFUSED, anysock_connect_result(&s));
    assert_int_equal(FAKE_ECONNREFUSED, anysock_native_error());
    assert_string_equal("connect", fake_trace());
}

static void connect_interrupted_is_not_repeated(void **state) {
    (void)state;
    s = fake_fresh(0);
    fake_fail("connect", FAKE_EINTR, 1);
    fake_later(20, fake_connect_succeeds, &s);
    assert_anysock(ANYSOCK_OK, anysock_connect(&s, &addr));
    assert_string_equal("connect poll error peer", fake_trace());
    assert_int_equal(20, fake_elapsed_ms());
}

static void connect_that_cannot_wait_stays_pending(void **state) {
    (void)state;
    s = fake_fresh(0);
    assert_anysock(ANYSOCK_OK, anysock_set_timeout(&s, ANYSOCK_TIMEOUT_CONNECT, 30));
    fake_fail("poll", FAKE_ENOBUFS, 1);
    assert_anysock(ANYSOCK_ENOBUFS, anysock_connect(&s, &addr));
    assert_anysock(ANYSOCK_EALREADY, anysock_connect(&s, &addr));
    fake_connect_succeeds(fake_of(&s));
    assert_anysock(ANYSOCK_OK, anysock_connect_result(&s));
}

static void connect_sees_that_an_earlier_one_has_ended(void **state) {
    (void)state;
    s = fake_connecting();
    fake_connect_succeeds(fake_of(&s));
    assert_refusal(ANYSOCK_EISCONN, anysock_connect(&s, &addr));
    child = fake_connecting();
    fake_connect_fails(fake_of(&child));
    assert_refusal(ANYSOCK_EBADSTATE, anysock_connect(&child, &addr));
}

/* Reported as over, but neither connected nor failed: the deadline ends it, not the processor. */
static void connect_without_a_result_is_looked_at_until_the_time_is_over(void **state) {
    (void)state;
    s = fake_fresh(0);
    fake_of(&s)->seen = ANYSOCK_WRITABLE;
    assert_anysock(ANYSOCK_OK, anysock_set_timeout(&s, ANYSOCK_TIMEOUT_CONNECT, 30));
    assert_refusal(ANYSOCK_ETIMEDOUT, anysock_connect(&s, &addr));
    assert_int_equal(30, fake_elapsed_ms());
}

static void connect_wants_a_fresh_stream(void **state) {
    (void)state;
    struct anysock sockets[] = {fake_connecting(), fake_connected(0), failed_socket(),
                                fake_listener(0)};
    static const int codes[] = {ANYSOCK_EALREADY, ANYSOCK_EISCONN, ANYSOCK_EBADSTATE,
                                ANYSOCK_EINVAL};
    for (size_t i = 0; i < COUNT_OF(codes); i++) {
        assert_refusal(codes[i], anysock_connect(&sockets[i], &addr));
        assert_string_equal(i == 0 ? "poll" : "", fake_trace()); /* whether it has ended */
        assert_anysock(ANYSOCK_OK, anysock_close(&sockets[i]));
        (void)fake_trace();
    }
}

static void connect_wants_a_zone_that_is_an_interface(void **state) {
    (void)state;
    assert_anysock(ANYSOCK_OK, anysock_open(ANYSOCK_INET6, ANYSOCK_STREAM, ANYSOCK_NONBLOCK, &s));
    assert_anysock(ANYSOCK_OK, anysock_addr_parse("[fe80::1%8]:80", &addr));
    (void)fake_trace();
    assert_refusal(ANYSOCK_EADDRNOTAVAIL, anysock_connect(&s, &addr));
    assert_string_equal("", fake_trace());
    assert_anysock(ANYSOCK_OK, anysock_addr_parse("[fe80::1%eth7]:80", &addr));
    assert_anysock(ANYSOCK_EINPROGRESS, anysock_connect(&s, &addr));
}

static void connect_wants_an_address_with_a_port(void **state) {
    (void)state;
    s = fake_fresh(0);
    assert_anysock(ANYSOCK_OK, anysock_addr_loopback(ANYSOCK_INET6, 0, &addr));
    assert_refusal(ANYSOCK_EAFNOSUPPORT, anysock_connect(&s, &addr));
    memset(&addr, 0, sizeof addr);
    assert_refusal(ANYSOCK_EAFNOSUPPORT, anysock_connect(&s, &addr));
    assert_anysock(ANYSOCK_OK, anysock_addr_loopback(ANYSOCK_INET, 0, &addr));
    assert_refusal(ANYSOCK_EADDRNOTAVAIL, anysock_connect(&s, &addr));
    assert_string_equal("", fake_trace());
    assert_refusal(ANYSOCK_ENOTCONN, anysock_connect_result(&s)); /* as if never tried */
}

static void connect_takes_the_wildcard_for_loopback(void **state) {
    (void)state;
    fake.connect_at_once = true;
    for (int family = ANYSOCK_INET; family <= ANYSOCK_INET6; family++) {
        enum anysock_family f = (enum anysock_family)family;
        assert_anysock(ANYSOCK_OK, anysock_open(f, ANYSOCK_STREAM, 0, &s));
        assert_anysock(ANYSOCK_OK, anysock_addr_any(f, 80, &addr));
        assert_anysock(ANYSOCK_OK, anysock_connect(&s, &addr));
        assert_true(anysock_addr_is_loopback(&fake_of(&s)->peer));
        assert_int_equal(80, anysock_addr_port(&fake_of(&s)->peer));
        assert_true(anysock_addr_is_any(&addr)); /* the caller's stays */
        assert_anysock(ANYSOCK_OK, anysock_close(&s));
    }
}

static void connect_without_control_is_not_started(void **state) {
    (void)state;
    s = fake_fresh(0);
    assert_anysock(ANYSOCK_OK, anysock_set_timeout(&s, ANYSOCK_TIMEOUT_CONNECT, 30));
    fake_fail("nonblocking", FAKE_ENETDOWN, 1);
    assert_anysock(ANYSOCK_ENETDOWN, anysock_connect(&s, &addr));
    assert_string_equal("nonblocking", fake_trace());
    assert_anysock(ANYSOCK_ENOTCONN, anysock_connect_result(&s));
}

static void datagram_socket_connects_again_and_again(void **state) {
    (void)state;
    s = fake_datagram(0);
    fake_fail("connect", FAKE_EACCES, 1);
    assert_anysock(ANYSOCK_EACCES, anysock_connect(&s, &addr));
    assert_anysock(ANYSOCK_ENOTCONN, anysock_connect_result(&s));
    assert_anysock(ANYSOCK_OK, anysock_connect(&s, &addr));
    assert_anysock(ANYSOCK_OK, anysock_addr_set_port(&addr, 81));
    assert_anysock(ANYSOCK_OK, anysock_connect(&s, &addr));
    assert_true(anysock_addr_equal(&addr, &fake_of(&s)->peer));
    assert_string_equal("connect connect local disconnect error local connect", fake_trace());
}

/* --- the result of a connect --- */

static void result_without_connect_is_not_connected(void **state) {
    (void)state;
    s = fake_fresh(0);
    child = fake_listener(0);
    assert_refusal(ANYSOCK_ENOTCONN, anysock_connect_result(&s));
    assert_refusal(ANYSOCK_ENOTCONN, anysock_connect_result(&child));
    assert_string_equal("", fake_trace());
}

static void result_of_success_is_asked_once(void **state) {
    (void)state;
    s = fake_connecting();
    assert_anysock(ANYSOCK_EINPROGRESS, anysock_connect_result(&s));
    assert_string_equal("poll", fake_trace());
    assert_int_equal(0, fake_elapsed_ms());
    fake_connect_succeeds(fake_of(&s));
    assert_anysock(ANYSOCK_OK, anysock_connect_result(&s));
    assert_string_equal("poll error peer", fake_trace());
    assert_anysock(ANYSOCK_OK, anysock_connect_result(&s));
    assert_string_equal("", fake_trace());
}

static void result_of_failure_is_asked_once(void **state) {
    (void)state;
    s = fake_connecting();
    fake_connect_fails(fake_of(&s));
    for (int i = 0; i < 3; i++) {
        anysock_port_set_native_error(FAKE_EINVAL); /* other calls in between */
        assert_anysock(ANYSOCK_ECONNREFUSED, anysock_connect_result(&s));
        assert_int_equal(FAKE_ECONNREFUSED, anysock_native_error());
        assert_string_equal(i == 0 ? "poll error" : "", fake_trace());
    }
}

/* How a system may report a pending connect, and what that means. */
static void result_is_read_from_what_the_system_reports(void **state) {
    (void)state;
    static const struct {
        unsigned seen;
        int error, code;
    } rows[] = {
        {ANYSOCK_WRITABLE, FAKE_ECONNREFUSED, ANYSOCK_ECONNREFUSED}, /* POSIX */
        {ANYSOCK_WRITABLE | ANYSOCK_ERROR, FAKE_ETIMEDOUT, ANYSOCK_ETIMEDOUT},
        {ANYSOCK_ERROR, FAKE_ECONNREFUSED, ANYSOCK_ECONNREFUSED}, /* Windows */
        {ANYSOCK_ERROR, FAKE_EODD, ANYSOCK_EUNKNOWN},
        {ANYSOCK_ERROR, 0, ANYSOCK_EUNKNOWN}, /* and nobody says why */
        {ANYSOCK_INVALID, 0, ANYSOCK_EBADF},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        s = fake_connecting();
        fake_of(&s)->seen = rows[i].seen;
        fake_of(&s)->error = rows[i].error;
        for (int again = 0; again < 2; again++) {
            assert_anysock(rows[i].code, anysock_connect_result(&s));
            assert_int_equal(rows[i].error, anysock_native_error());
        }
        assert_anysock(ANYSOCK_EBADSTATE, anysock_connect(&s, &addr));
        assert_anysock(ANYSOCK_OK, anysock_close(&s));
    }
}

static void result_needs_a_peer_for_success(void **state) {
    (void)state;
    s = fake_connecting();
    fake_of(&s)->seen = ANYSOCK_WRITABLE;
    assert_refusal(ANYSOCK_EINPROGRESS, anysock_connect_result(&s));
    assert_string_equal("poll error peer", fake_trace());
    fake_connect_succeeds(fake_of(&s));
    assert_anysock(ANYSOCK_OK, anysock_connect_result(&s));
}

static void result_that_cannot_be_asked_for_is_a_failure(void **state) {
    (void)state;
    s = fake_connecting();
    fake_connect_succeeds(fake_of(&s));
    fake_fail("error", FAKE_ENOBUFS, 1);
    assert_anysock(ANYSOCK_ENOBUFS, anysock_connect_result(&s));
    assert_anysock(ANYSOCK_ENOBUFS, anysock_connect_result(&s));
    assert_string_equal("poll error", fake_trace());
}

static void result_that_cannot_be_looked_for_is_still_pending(void **state) {
    (void)state;
    s = fake_connecting();
    fake_connect_succeeds(fake_of(&s));
    fake_fail("poll", FAKE_ENOBUFS, 1);
    assert_anysock(ANYSOCK_ENOBUFS, anysock_connect_result(&s));
    assert_anysock(ANYSOCK_OK, anysock_connect_result(&s));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(connect_waits_in_the_kernel),
        TEST(connect_nonblocking_is_in_progress),
        TEST(connect_may_succeed_at_once),
        TEST(connect_waits_as_long_as_its_timeout),
        TEST(connect_within_its_timeout_succeeds),
        TEST(connect_refused_while_waiting),
        TEST(connect_refused_in_the_kernel),
        TEST(connect_interrupted_is_not_repeated),
        TEST(connect_that_cannot_wait_stays_pending),
        TEST(connect_sees_that_an_earlier_one_has_ended),
        TEST(connect_without_a_result_is_looked_at_until_the_time_is_over),
        TEST(connect_wants_a_fresh_stream),
        TEST(connect_wants_a_zone_that_is_an_interface),
        TEST(connect_wants_an_address_with_a_port),
        TEST(connect_takes_the_wildcard_for_loopback),
        TEST(connect_without_control_is_not_started),
        TEST(datagram_socket_connects_again_and_again),
        TEST(result_without_connect_is_not_connected),
        TEST(result_of_success_is_asked_once),
        TEST(result_of_failure_is_asked_once),
        TEST(result_is_read_from_what_the_system_reports),
        TEST(result_needs_a_peer_for_success),
        TEST(result_that_cannot_be_asked_for_is_a_failure),
        TEST(result_that_cannot_be_looked_for_is_still_pending),
    };
    return cmocka_run_group_tests_name("connect", tests, NULL, NULL);
}
