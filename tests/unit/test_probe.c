/*
 * Looking without touching, and closing after the peer has everything, on the fake port.
 */
#include <string.h>

#include "check.h"
#include "fake_port.h"

/* What the tests use; the tear-down closes the socket. */
static struct anysock s;
static enum anysock_peer_state peer;
static char buffer[32];
static size_t count;

static int set_up(void **state) {
    memset(&s, 0, sizeof s);
    peer = (enum anysock_peer_state)99; /* every call writes its results */
    count = 99;
    return fake_reset(state);
}

static int tear_down(void **state) {
    if (anysock_is_open(&s))
        (void)anysock_close(&s);
    return fake_check(state);
}

static struct anysock failed_socket(void) {
    struct anysock failed = fake_connecting();
    fake_connect_fails(fake_of(&failed));
    assert_anysock(ANYSOCK_ECONNREFUSED, anysock_connect_result(&failed));
    (void)fake_trace();
    return failed;
}

/* A stream whose reset some call has met. */
static struct anysock reset_socket(void) {
    struct anysock reset = fake_connected(0);
    fake_fail("send", FAKE_ECONNRESET, 1);
    assert_anysock(ANYSOCK_ECONNRESET, anysock_send(&reset, buffer, 1, 0, &count));
    (void)fake_trace();
    count = 99;
    return reset;
}

/* --- peek_state --- */

static void peek_state_checks_its_arguments(void **state) {
    (void)state;
    assert_refusal(ANYSOCK_EFAULT, anysock_peek_state(&s, NULL));
    assert_refusal(ANYSOCK_EFAULT, anysock_peek_state(NULL, &peer));
    assert_int_equal(ANYSOCK_PEER_OPEN, peer);
    peer = ANYSOCK_PEER_RESET;
    assert_refusal(ANYSOCK_EBADF, anysock_peek_state(&s, &peer));
    assert_int_equal(ANYSOCK_PEER_OPEN, peer);
    s = fake_datagram(0);
    peer = ANYSOCK_PEER_RESET;
    assert_refusal(ANYSOCK_EOPNOTSUPP, anysock_peek_state(&s, &peer));
    assert_int_equal(ANYSOCK_PEER_OPEN, peer);
    assert_string_equal("", fake_trace());
}

static void peek_state_wants_a_connection(void **state) {
    (void)state;
    struct anysock sockets[] = {fake_fresh(0), fake_listener(0), failed_socket()};
    for (size_t i = 0; i < COUNT_OF(sockets); i++) {
        peer = ANYSOCK_PEER_RESET;
        assert_refusal(ANYSOCK_ENOTCONN, anysock_peek_state(&sockets[i], &peer));
        assert_int_equal(ANYSOCK_PEER_OPEN, peer);
        assert_string_equal("", fake_trace());
        assert_anysock(ANYSOCK_OK, anysock_close(&sockets[i]));
        (void)fake_trace();
    }
}

static void peek_state_settles_a_pending_connect(void **state) {
    (void)state;
    s = fake_connecting();
    assert_refusal(ANYSOCK_ENOTCONN, anysock_peek_state(&s, &peer));
    assert_int_equal(0, fake_elapsed_ms());
    fake_connect_succeeds(fake_of(&s));
    assert_anysock(ANYSOCK_OK, anysock_peek_state(&s, &peer));
    assert_int_equal(ANYSOCK_PEER_OPEN, peer);
}

static void peek_state_tells_what_the_system_sees(void **state) {
    (void)state;
    s = fake_connected(0);
    for (int seen = ANYSOCK_PEER_OPEN; seen <= ANYSOCK_PEER_FINISHED; seen++) {
        fake_of(&s)->peer_state = (enum anysock_peer_state)seen;
        for (int again = 0; again < 2; again++) {
            assert_anysock(ANYSOCK_OK, anysock_peek_state(&s, &peer));
            assert_int_equal(seen, peer);
        }
    }
    assert_string_equal("peer_state peer_state peer_state peer_state", fake_trace());
}

static void peek_state_reports_the_system(void **state) {
    (void)state;
    s = fake_connected(0);
    fake_fail("peer_state", FAKE_ENOBUFS, 1);
    assert_anysock(ANYSOCK_ENOBUFS, anysock_peek_state(&s, &peer));
    assert_int_equal(FAKE_ENOBUFS, anysock_native_error());
    assert_int_equal(ANYSOCK_PEER_OPEN, peer);
}

static void peek_state_takes_no_data(void **state) {
    (void)state;
    s = fake_connected(0);
    fake_data_arrives(fake_of(&s));
    fake_of(&s)->peer_state = ANYSOCK_PEER_FINISHED;
    assert_anysock(ANYSOCK_OK, anysock_peek_state(&s, &peer));
    assert_anysock(ANYSOCK_OK, anysock_recv(&s, buffer, 5, 0, &count));
    assert_int_equal(5, count);
}

static void reset_that_was_peeked_at_is_not_lost(void **state) {
    (void)state;
    s = fake_connected(0);
    fake_of(&s)->peer_state = ANYSOCK_PEER_RESET;
    assert_anysock(ANYSOCK_OK, anysock_peek_state(&s, &peer));
    assert_int_equal(ANYSOCK_PEER_RESET, peer);
    fake_of(&s)->peer_state = ANYSOCK_PEER_FINISHED; /* the system forgets */
    fake_fin_arrives(fake_of(&s));
    assert_anysock(ANYSOCK_OK, anysock_peek_state(&s, &peer));
    assert_int_equal(ANYSOCK_PEER_RESET, peer);
    assert_string_equal("peer_state", fake_trace()); /* the second time we know */
    assert_refusal(ANYSOCK_ECONNRESET, anysock_recv(&s, buffer, 5, 0, &count));
    assert_refusal(ANYSOCK_EPIPE, anysock_send(&s, buffer, 5, 0, &count));
}

static void reset_that_was_peeked_at_leaves_the_data(void **state) {
    (void)state;
    s = fake_connected(0);
    fake_data_arrives(fake_of(&s));
    fake_fin_arrives(fake_of(&s));
    fake_of(&s)->peer_state = ANYSOCK_PEER_RESET;
    assert_anysock(ANYSOCK_OK, anysock_peek_state(&s, &peer));
    assert_anysock(ANYSOCK_OK, anysock_recv(&s, buffer, 9, 0, &count));
    assert_int_equal(5, count);
    assert_refusal(ANYSOCK_ECONNRESET, anysock_recv(&s, buffer, 9, 0, &count));
}

static void peek_state_knows_a_reset_that_another_call_met(void **state) {
    (void)state;
    s = reset_socket();
    assert_anysock(ANYSOCK_OK, anysock_peek_state(&s, &peer));
    assert_int_equal(ANYSOCK_PEER_RESET, peer);
    assert_string_equal("", fake_trace());
}

static void own_shutdown_is_not_the_peers(void **state) {
    (void)state;
    s = fake_connected(0);
    assert_anysock(ANYSOCK_OK, anysock_shutdown(&s, ANYSOCK_SHUT_RDWR));
    assert_anysock(ANYSOCK_OK, anysock_peek_state(&s, &peer));
    assert_int_equal(ANYSOCK_PEER_OPEN, peer);
}

/* --- bytes_readable --- */

static void bytes_readable_checks_its_arguments(void **state) {
    (void)state;
    assert_refusal(ANYSOCK_EFAULT, anysock_bytes_readable(&s, NULL));
    assert_refusal(ANYSOCK_EFAULT, anysock_bytes_readable(NULL, &count));
    assert_int_equal(0, count);
    count = 99;
    assert_refusal(ANYSOCK_EBADF, anysock_bytes_readable(&s, &count));
    assert_int_equal(0, count);
    s = fake_listener(0);
    count = 99;
    assert_refusal(ANYSOCK_EINVAL, anysock_bytes_readable(&s, &count));
    assert_int_equal(0, count);
    assert_string_equal("", fake_trace());
}

static void bytes_readable_tells_what_is_there(void **state) {
    (void)state;
    struct anysock sockets[] = {fake_connected(0), fake_datagram(0)};
    for (size_t i = 0; i < COUNT_OF(sockets); i++) {
        assert_anysock(ANYSOCK_OK, anysock_bytes_readable(&sockets[i], &count));
        assert_int_equal(0, count);
        fake_data_arrives(fake_of(&sockets[i]));
        assert_anysock(ANYSOCK_OK, anysock_bytes_readable(&sockets[i], &count));
        assert_int_equal(5, count);
        assert_anysock(ANYSOCK_OK, anysock_close(&sockets[i]));
    }
}

static void bytes_readable_of_nothing_needs_no_call(void **state) {
    (void)state;
    struct anysock sockets[] = {fake_fresh(0), failed_socket()};
    for (size_t i = 0; i < COUNT_OF(sockets); i++) {
        count = 99;
        assert_anysock(ANYSOCK_OK, anysock_bytes_readable(&sockets[i], &count));
        assert_int_equal(0, count);
        assert_string_equal("", fake_trace());
        assert_anysock(ANYSOCK_OK, anysock_close(&sockets[i]));
        (void)fake_trace();
    }
}

static void bytes_readable_after_own_shutdown_is_nothing(void **state) {
    (void)state;
    s = fake_connected(0);
    fake_data_arrives(fake_of(&s));
    assert_anysock(ANYSOCK_OK, anysock_shutdown(&s, ANYSOCK_SHUT_RD));
    (void)fake_trace();
    assert_anysock(ANYSOCK_OK, anysock_bytes_readable(&s, &count));
    assert_int_equal(0, count);
    assert_string_equal("", fake_trace());
}

static void bytes_readable_reports_the_system(void **state) {
    (void)state;
    s = fake_connected(0);
    fake_data_arrives(fake_of(&s));
    fake_fail("readable", FAKE_ENOBUFS, 1);
    assert_anysock(ANYSOCK_ENOBUFS, anysock_bytes_readable(&s, &count));
    assert_int_equal(FAKE_ENOBUFS, anysock_native_error());
    assert_int_equal(0, count);
}

/* --- close_flush --- */

static void close_flush_with_bad_arguments_leaves_the_socket_open(void **state) {
    (void)state;
    assert_refusal(ANYSOCK_EFAULT, anysock_close_flush(NULL, -2));
    assert_refusal(ANYSOCK_EBADF, anysock_close_flush(&s, -2));
    s = fake_datagram(0);
    assert_refusal(ANYSOCK_EINVAL, anysock_close_flush(&s, -2));
    assert_refusal(ANYSOCK_EINVAL, anysock_close_flush(&s, INT_MAX));
    assert_refusal(ANYSOCK_EOPNOTSUPP, anysock_close_flush(&s, 0));
    assert_true(anysock_is_open(&s));
    assert_anysock(ANYSOCK_OK, anysock_close(&s));
    s = fake_connected(0);
    (void)fake_trace();
    assert_refusal(ANYSOCK_EINVAL, anysock_close_flush(&s, INT_MIN));
    assert_string_equal("", fake_trace());
    assert_anysock(ANYSOCK_OK, anysock_send(&s, buffer, 1, 0, &count)); /* nothing was shut */
}

static void close_flush_waits_for_the_peers_end(void **state) {
    (void)state;
    s = fake_connected(0);
    fake_later(20, fake_fin_arrives, &s);
    assert_anysock(ANYSOCK_OK, anysock_close_flush(&s, 30));
    assert_int_equal(0, anysock_native_error());
    assert_false(anysock_is_open(&s));
    assert_int_equal(20, fake_elapsed_ms());
    assert_string_equal("shutdown:wr poll nonblocking recv close", fake_trace());
}

static void close_flush_waits_without_limit(void **state) {
    (void)state;
    s = fake_connected(ANYSOCK_NONBLOCK);
    fake_later(1000000, fake_fin_arrives, &s);
    assert_anysock(ANYSOCK_OK, anysock_close_flush(&s, ANYSOCK_FOREVER));
    assert_int_equal(1000000, fake_elapsed_ms());
}

static void close_flush_does_not_wait_for_no_time(void **state) {
    (void)state;
    s = fake_connected(0);
    assert_refusal(ANYSOCK_ETIMEDOUT, anysock_close_flush(&s, 0));
    assert_false(anysock_is_open(&s));
    assert_int_equal(0, fake_elapsed_ms());
    s = fake_connected(0);
    fake_fin_arrives(fake_of(&s));
    assert_anysock(ANYSOCK_OK, anysock_close_flush(&s, 0));
}

static void close_flush_discards_what_comes(void **state) {
    (void)state;
    s = fake_connected(0);
    for (int ms = 5; ms <= 15; ms += 5)
        fake_later(ms, fake_data_arrives, &s);
    fake_later(20, fake_fin_arrives, &s);
    assert_anysock(ANYSOCK_OK, anysock_close_flush(&s, 30));
    assert_int_equal(15, fake.sockets[0].received);
    assert_int_equal(20, fake_elapsed_ms());
}

static void close_flush_ends_with_the_time(void **state) {
    (void)state;
    s = fake_connected(0);
    fake_later(20, fake_data_arrives, &s); /* it does not prolong it */
    assert_refusal(ANYSOCK_ETIMEDOUT, anysock_close_flush(&s, 30));
    assert_false(anysock_is_open(&s));
    assert_int_equal(30, fake_elapsed_ms());
}

static void close_flush_ends_with_the_time_also_while_the_peer_sends(void **state) {
    (void)state;
    s = fake_connected(0);
    struct fake_socket *sender = fake_of(&s);
    sender->incoming = (size_t)64 << 20; /* for as long as anybody listens */
    assert_refusal(ANYSOCK_ETIMEDOUT, anysock_close_flush(&s, 0));
    assert_false(anysock_is_open(&s));
    assert_true(sender->received <= (size_t)8 << 20);
}

static void close_flush_finds_the_end_behind_what_has_come_in_time(void **state) {
    (void)state;
    s = fake_connected(0);
    fake_of(&s)->incoming = (size_t)1 << 20;
    fake_fin_arrives(fake_of(&s));
    assert_anysock(ANYSOCK_OK, anysock_close_flush(&s, 0));
}

static void close_flush_ignores_the_sockets_own_timeout(void **state) {
    (void)state;
    s = fake_connected(0);
    assert_anysock(ANYSOCK_OK, anysock_set_timeout(&s, ANYSOCK_TIMEOUT_RECV, 5));
    fake_later(20, fake_fin_arrives, &s);
    assert_anysock(ANYSOCK_OK, anysock_close_flush(&s, 30));
    assert_int_equal(20, fake_elapsed_ms());
}

static void close_flush_tells_of_a_reset(void **state) {
    (void)state;
    s = fake_connected(0);
    fake_later(10, fake_data_arrives, &s);
    fake_fail("recv", FAKE_ECONNRESET, 1);
    assert_anysock(ANYSOCK_ECONNRESET, anysock_close_flush(&s, 30));
    assert_int_equal(FAKE_ECONNRESET, anysock_native_error()); /* close preserves it */
    assert_false(anysock_is_open(&s));
}

static void close_flush_does_not_take_a_reset_for_the_end(void **state) {
    (void)state;
    s = reset_socket();
    fake_fin_arrives(fake_of(&s));
    assert_refusal(ANYSOCK_ECONNRESET, anysock_close_flush(&s, 30));
    assert_false(anysock_is_open(&s));
}

static void close_flush_without_a_connection_closes(void **state) {
    (void)state;
    struct anysock sockets[] = {fake_fresh(0), fake_listener(0), fake_connecting(),
                                failed_socket()};
    for (size_t i = 0; i < COUNT_OF(sockets); i++) {
        assert_refusal(ANYSOCK_ENOTCONN, anysock_close_flush(&sockets[i], 30));
        assert_false(anysock_is_open(&sockets[i]));
    }
    assert_int_equal(0, fake_elapsed_ms());
}

static void close_flush_after_own_shutdowns_still_waits(void **state) {
    (void)state;
    s = fake_connected(0);
    assert_anysock(ANYSOCK_OK, anysock_shutdown(&s, ANYSOCK_SHUT_RDWR));
    fake_later(10, fake_data_arrives, &s);
    fake_later(20, fake_fin_arrives, &s);
    assert_anysock(ANYSOCK_OK, anysock_close_flush(&s, 30));
    assert_int_equal(5, fake.sockets[0].received);
    assert_int_equal(20, fake_elapsed_ms());
}

static void close_flush_that_cannot_shut_down_closes(void **state) {
    (void)state;
    s = fake_connected(0);
    fake_fail("shutdown:wr", FAKE_ENOBUFS, 1);
    assert_anysock(ANYSOCK_ENOBUFS, anysock_close_flush(&s, 30));
    assert_int_equal(FAKE_ENOBUFS, anysock_native_error());
    assert_false(anysock_is_open(&s));
}

static void close_flush_frees_the_event(void **state) {
    (void)state;
    struct anysock_event *event;
    s = fake_connected(0);
    assert_anysock(ANYSOCK_OK, anysock_event_create(&event));
    assert_anysock(ANYSOCK_OK, anysock_event_bind(event, &s, ANYSOCK_READABLE));
    assert_anysock(ANYSOCK_ETIMEDOUT, anysock_close_flush(&s, 0));
    assert_anysock(ANYSOCK_OK, anysock_event_destroy(event));
}

/* --- close, and a linger time that somebody else has set --- */

static void close_of_our_own_socket_asks_nothing(void **state) {
    (void)state;
    s = fake_connected(0);
    assert_anysock(ANYSOCK_OK, anysock_close(&s));
    assert_false(fake.sockets[0].no_linger);
    assert_string_equal("close", fake_trace());
}

static void close_of_an_adopted_socket_without_linger_asks_nothing(void **state) {
    (void)state;
    anysock_native native;
    s = fake_connected(0);
    assert_anysock(ANYSOCK_OK, anysock_release(&s, &native));
    assert_anysock(ANYSOCK_OK, anysock_adopt(native, 0, &s));
    assert_anysock(ANYSOCK_OK, anysock_close(&s));
    assert_false(fake.sockets[0].no_linger);
}

static void close_of_an_adopted_socket_does_not_linger(void **state) {
    (void)state;
    anysock_native native;
    s = fake_connected(0);
    fake_of(&s)->lingers = true;
    assert_anysock(ANYSOCK_OK, anysock_release(&s, &native));
    assert_anysock(ANYSOCK_OK, anysock_adopt(native, 0, &s));
    assert_anysock(ANYSOCK_OK, anysock_close(&s));
    assert_true(fake.sockets[0].no_linger);
}

/* Linger goes from a listener to what it accepts. */
static void close_of_an_adopted_listeners_child_does_not_linger(void **state) {
    (void)state;
    struct anysock child;
    anysock_native native;
    s = fake_listener(0);
    fake_of(&s)->lingers = true;
    assert_anysock(ANYSOCK_OK, anysock_release(&s, &native));
    assert_anysock(ANYSOCK_OK, anysock_adopt(native, 0, &s));
    fake_client_arrives(fake_of(&s));
    assert_anysock(ANYSOCK_OK, anysock_accept(&s, 0, &child, NULL));
    const struct fake_socket *accepted = fake_of(&child);
    assert_anysock(ANYSOCK_OK, anysock_close(&child));
    assert_true(accepted->no_linger);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(peek_state_checks_its_arguments),
        TEST(peek_state_wants_a_connection),
        TEST(peek_state_settles_a_pending_connect),
        TEST(peek_state_tells_what_the_system_sees),
        TEST(peek_state_reports_the_system),
        TEST(peek_state_takes_no_data),
        TEST(reset_that_was_peeked_at_is_not_lost),
        TEST(reset_that_was_peeked_at_leaves_the_data),
        TEST(peek_state_knows_a_reset_that_another_call_met),
        TEST(own_shutdown_is_not_the_peers),
        TEST(bytes_readable_checks_its_arguments),
        TEST(bytes_readable_tells_what_is_there),
        TEST(bytes_readable_of_nothing_needs_no_call),
        TEST(bytes_readable_after_own_shutdown_is_nothing),
        TEST(bytes_readable_reports_the_system),
        TEST(close_flush_with_bad_arguments_leaves_the_socket_open),
        TEST(close_flush_waits_for_the_peers_end),
        TEST(close_flush_waits_without_limit),
        TEST(close_flush_does_not_wait_for_no_time),
        TEST(close_flush_discards_what_comes),
        TEST(close_flush_ends_with_the_time),
        TEST(close_flush_ends_with_the_time_also_while_the_peer_sends),
        TEST(close_flush_finds_the_end_behind_what_has_come_in_time),
        TEST(close_flush_ignores_the_sockets_own_timeout),
        TEST(close_flush_tells_of_a_reset),
        TEST(close_flush_does_not_take_a_reset_for_the_end),
        TEST(close_flush_without_a_connection_closes),
        TEST(close_flush_after_own_shutdowns_still_waits),
        TEST(close_flush_that_cannot_shut_down_closes),
        TEST(close_flush_frees_the_event),
        TEST(close_of_our_own_socket_asks_nothing),
        TEST(close_of_an_adopted_socket_without_linger_asks_nothing),
        TEST(close_of_an_adopted_socket_does_not_linger),
        TEST(close_of_an_adopted_listeners_child_does_not_linger),
    };
    return cmocka_run_group_tests_name("probe", tests, NULL, NULL);
}
