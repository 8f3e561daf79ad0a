/*
 * Sending and receiving in every state of a connection, on the fake port: its ends, while it is
 * being made, and on datagram sockets.
 */
#include "calls.h"

/* --- the ends of a connection --- */

static void end_of_stream_is_no_error(void **state) {
    (void)state;
    s = fake_connected(0);
    fake_fin_arrives(fake_of(&s));
    for (int i = 0; i < 2; i++) {
        count = 99;
        assert_anysock(ANYSOCK_OK, anysock_recv(&s, buffer, 5, 0, &count));
        assert_int_equal(0, count);
    }
    assert_anysock(ANYSOCK_OK, anysock_send(&s, buffer, 5, 0, &count)); /* half closed */
}

static void recv_after_own_shutdown_is_end_of_stream(void **state) {
    (void)state;
    s = fake_connected(0);
    assert_anysock(ANYSOCK_OK, anysock_shutdown(&s, ANYSOCK_SHUT_RD));
    fake_data_arrives(fake_of(&s));
    (void)fake_trace();
    assert_anysock(ANYSOCK_OK, anysock_recv(&s, buffer, 5, 0, &count));
    assert_int_equal(0, count);
    assert_anysock(ANYSOCK_OK, anysock_recv_all(&s, buffer, 5, &count));
    assert_int_equal(0, count);
    assert_string_equal("", fake_trace());
}

static void send_after_own_shutdown_is_a_broken_pipe(void **state) {
    (void)state;
    s = fake_connected(0);
    assert_anysock(ANYSOCK_OK, anysock_shutdown(&s, ANYSOCK_SHUT_WR));
    (void)fake_trace();
    assert_refusal(ANYSOCK_EPIPE, anysock_send(&s, buffer, 5, 0, &count));
    assert_refusal(ANYSOCK_EPIPE, anysock_send_all(&s, buffer, 5, &count));
    assert_string_equal("", fake_trace());
    fake_fin_arrives(fake_of(&s));
    assert_anysock(ANYSOCK_OK, anysock_recv(&s, buffer, 5, 0, &count)); /* not broken for that */
}

static void recv_after_a_reset_never_sees_end_of_stream(void **state) {
    (void)state;
    s = fake_connected(0);
    fake_fail("recv", FAKE_ECONNRESET, 1);
    assert_anysock(ANYSOCK_ECONNRESET, anysock_recv(&s, buffer, 5, 0, &count));
    assert_int_equal(FAKE_ECONNRESET, anysock_native_error());
    fake_fin_arrives(fake_of(&s)); /* what Linux says from now on */
    for (int i = 0; i < 2; i++) {
        assert_anysock(ANYSOCK_ECONNRESET, anysock_recv(&s, buffer, 5, 0, &count));
        assert_int_equal(0, anysock_native_error());
        assert_int_equal(0, count);
    }
}

static void recv_after_a_reset_gives_what_is_left(void **state) {
    (void)state;
    s = fake_connected(0);
    fake_data_arrives(fake_of(&s));
    fake_fail("send", FAKE_ECONNRESET, 1);
    assert_anysock(ANYSOCK_ECONNRESET, anysock_send(&s, buffer, 5, 0, &count));
    assert_anysock(ANYSOCK_OK, anysock_recv(&s, buffer, 5, 0, &count));
    assert_int_equal(5, count);
}

static void send_after_a_reset_is_a_broken_pipe(void **state) {
    (void)state;
    s = fake_connected(0);
    fake_fail("send", FAKE_ECONNRESET, 1);
    assert_anysock(ANYSOCK_ECONNRESET, anysock_send(&s, buffer, 5, 0, &count));
    assert_anysock(ANYSOCK_EPIPE, anysock_send(&s, buffer, 5, 0, &count));
    assert_string_equal("send", fake_trace());
    fake_fin_arrives(fake_of(&s));
    assert_anysock(ANYSOCK_ECONNRESET, anysock_recv(&s, buffer, 5, 0, &count));
}

static void broken_pipe_of_the_system_is_a_reset(void **state) {
    (void)state;
    s = fake_connected(0);
    fake_fail("send", FAKE_ESHUTDOWN, 1);
    assert_anysock(ANYSOCK_ECONNRESET, anysock_send(&s, buffer, 5, 0, &count));
    assert_int_equal(FAKE_ESHUTDOWN, anysock_native_error());
    assert_refusal(ANYSOCK_EPIPE, anysock_send(&s, buffer, 5, 0, &count));
    fake_fin_arrives(fake_of(&s));
    assert_anysock(ANYSOCK_ECONNRESET, anysock_recv(&s, buffer, 5, 0, &count));
}

/* Linux tells once why it has given a connection up, and "end of stream" from then on. */
static void connection_that_the_system_gave_up_has_no_end_of_stream(void **state) {
    (void)state;
    static const struct {
        int native, told, later;
    } rows[] = {{FAKE_ECONNABORTED, ANYSOCK_ECONNRESET, ANYSOCK_ECONNRESET},
                {FAKE_ECONNREFUSED, ANYSOCK_ECONNREFUSED, ANYSOCK_ECONNRESET},
                {FAKE_ENETRESET, ANYSOCK_ETIMEDOUT, ANYSOCK_ETIMEDOUT}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        s = fake_connected(0);
        fake_fail("recv", rows[i].native, 1);
        assert_anysock(rows[i].told, anysock_recv(&s, buffer, 5, 0, &count));
        assert_int_equal(rows[i].native, anysock_native_error());
        fake_fin_arrives(fake_of(&s));
        assert_refusal(rows[i].later, anysock_recv(&s, buffer, 5, 0, &count));
        assert_refusal(rows[i].later, anysock_recv(&s, buffer, 5, ANYSOCK_NO_WAIT, &count));
        assert_refusal(ANYSOCK_EPIPE, anysock_send(&s, buffer, 5, 0, &count));
        assert_anysock(ANYSOCK_OK, anysock_close(&s));
    }
    s = fake_connected(0);
}

static void timeout_of_the_system_breaks_the_connection(void **state) {
    (void)state;
    s = fake_connected(0);
    fake_fail("recv", FAKE_ETIMEDOUT, 1);
    assert_anysock(ANYSOCK_ETIMEDOUT, anysock_recv(&s, buffer, 5, 0, &count));
    assert_int_equal(FAKE_ETIMEDOUT, anysock_native_error());
    assert_anysock(ANYSOCK_EPIPE, anysock_send(&s, buffer, 5, 0, &count));
}

static void timeout_that_a_send_meets_is_the_receives_too(void **state) {
    (void)state;
    s = fake_connected(0);
    fake_fail("send", FAKE_ETIMEDOUT, 1);
    assert_anysock(ANYSOCK_ETIMEDOUT, anysock_send(&s, buffer, 5, 0, &count));
    fake_fin_arrives(fake_of(&s));
    assert_refusal(ANYSOCK_ETIMEDOUT, anysock_recv(&s, buffer, 5, 0, &count));
}

/* The look only sees that the connection is broken, and the receive why. */
static void timeout_behind_a_look_stays_one(void **state) {
    (void)state;
    enum anysock_peer_state peer;
    s = fake_connected(0);
    fake_of(&s)->peer_state = ANYSOCK_PEER_RESET;
    assert_anysock(ANYSOCK_OK, anysock_peek_state(&s, &peer));
    fake_fail("recv", FAKE_ETIMEDOUT, 1);
    assert_anysock(ANYSOCK_ETIMEDOUT, anysock_recv(&s, buffer, 5, 0, &count));
    fake_fin_arrives(fake_of(&s));
    assert_refusal(ANYSOCK_ETIMEDOUT, anysock_recv(&s, buffer, 5, 0, &count));
    assert_refusal(ANYSOCK_EPIPE, anysock_send(&s, buffer, 5, 0, &count));
}

/* Nor does an own time-out make it one. */
static void timeout_of_ours_breaks_nothing(void **state) {
    (void)state;
    s = fake_connected(0);
    assert_anysock(ANYSOCK_OK, anysock_set_timeout(&s, ANYSOCK_TIMEOUT_RECV, 10));
    assert_refusal(ANYSOCK_ETIMEDOUT, anysock_recv(&s, buffer, 5, 0, &count));
    fake_fin_arrives(fake_of(&s));
    assert_anysock(ANYSOCK_OK, anysock_recv(&s, buffer, 5, 0, &count));
    assert_int_equal(0, count);
}

/* --- while connecting --- */

static void nonblocking_call_while_connecting_would_wait(void **state) {
    (void)state;
    s = fake_connecting();
    for (size_t i = 0; i < COUNT_OF(all_calls); i++) {
        count = 99;
        assert_anysock(ANYSOCK_EAGAIN, do_call(all_calls[i], &s, buffer, 5, &count));
        assert_int_equal(0, count);
        assert_string_equal("poll", fake_trace());
    }
}

static void call_settles_a_connect_that_succeeded(void **state) {
    (void)state;
    s = fake_connecting();
    fake_connect_succeeds(fake_of(&s));
    assert_anysock(ANYSOCK_OK, anysock_send(&s, buffer, 5, 0, &count));
    assert_string_equal("poll error peer send", fake_trace());
    assert_anysock(ANYSOCK_OK, anysock_send(&s, buffer, 5, 0, &count));
    assert_string_equal("send", fake_trace());
}

static void call_gives_the_error_of_a_connect_that_failed(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT_OF(all_calls); i++) {
        s = fake_connecting();
        fake_connect_fails(fake_of(&s));
        assert_anysock(ANYSOCK_ECONNREFUSED, do_call(all_calls[i], &s, buffer, 5, &count));
        assert_int_equal(FAKE_ECONNREFUSED, anysock_native_error());
        assert_anysock(ANYSOCK_ECONNREFUSED, anysock_connect_result(&s));
        assert_string_equal("poll error", fake_trace());
        assert_anysock(ANYSOCK_OK, anysock_close(&s));
        (void)fake_trace();
    }
}

static void blocking_call_waits_for_the_connect(void **state) {
    (void)state;
    s = fake_connecting();
    assert_anysock(ANYSOCK_OK, anysock_set_blocking(&s, true));
    (void)fake_trace();
    fake_later(20, fake_connect_succeeds, &s);
    fake_later(30, fake_data_arrives, &s);
    assert_anysock(ANYSOCK_OK, anysock_recv(&s, buffer, 5, 0, &count));
    assert_int_equal(5, count);
    assert_int_equal(30, fake_elapsed_ms());
    assert_string_equal("poll error peer recv", fake_trace());
}

static void connect_and_call_have_one_deadline(void **state) {
    (void)state;
    s = fake_connecting();
    assert_anysock(ANYSOCK_OK, anysock_set_blocking(&s, true));
    assert_anysock(ANYSOCK_OK, anysock_set_timeout(&s, ANYSOCK_TIMEOUT_RECV, 30));
    fake_later(20, fake_connect_succeeds, &s);
    assert_anysock(ANYSOCK_ETIMEDOUT, anysock_recv(&s, buffer, 5, 0, &count));
    assert_int_equal(30, fake_elapsed_ms());
}

static void no_wait_does_not_wait_for_the_connect(void **state) {
    (void)state;
    s = fake_connecting();
    assert_anysock(ANYSOCK_OK, anysock_set_blocking(&s, true));
    assert_anysock(ANYSOCK_EAGAIN, anysock_send(&s, buffer, 5, ANYSOCK_NO_WAIT, &count));
    assert_int_equal(0, fake_elapsed_ms());
}

/* --- datagrams --- */

static void datagram_without_peer_is_not_sent(void **state) {
    (void)state;
    s = fake_datagram(0);
    assert_refusal(ANYSOCK_ENOTCONN, anysock_send(&s, buffer, 5, 0, &count));
    assert_int_equal(0, count);
    assert_string_equal("", fake_trace());
}

static void datagram_without_bytes_is_a_datagram(void **state) {
    (void)state;
    s = fake_datagram(0);
    struct anysock_addr peer;
    assert_anysock(ANYSOCK_OK, anysock_addr_loopback(ANYSOCK_INET, 80, &peer));
    assert_anysock(ANYSOCK_OK, anysock_connect(&s, &peer));
    (void)fake_trace();
    anysock_port_set_native_error(FAKE_EODD); /* nothing taken is no failure */
    assert_anysock(ANYSOCK_OK, anysock_send(&s, NULL, 0, 0, &count));
    assert_anysock(ANYSOCK_OK, anysock_send_all(&s, NULL, 0, &count));
    fake_data_arrives(fake_of(&s));
    assert_anysock(ANYSOCK_OK, anysock_recv(&s, NULL, 0, 0, &count));
    assert_string_equal("send send recv", fake_trace());
}

static void refused_datagram_is_not_a_reset(void **state) {
    (void)state;
    s = fake_datagram(0);
    struct anysock_addr peer;
    (void)anysock_addr_loopback(ANYSOCK_INET, 80, &peer);
    assert_anysock(ANYSOCK_OK, anysock_connect(&s, &peer));
    fake_fail("recv", FAKE_ECONNRESET, 1);
    assert_anysock(ANYSOCK_ECONNREFUSED, anysock_recv(&s, buffer, 5, 0, &count));
    fake_fin_arrives(fake_of(&s)); /* an empty datagram */
    assert_anysock(ANYSOCK_OK, anysock_recv(&s, buffer, 5, 0, &count));
    assert_int_equal(0, count);
}

static void recv_all_of_datagrams_is_refused(void **state) {
    (void)state;
    s = fake_datagram(0);
    assert_refusal(ANYSOCK_EOPNOTSUPP, anysock_recv_all(&s, buffer, 5, &count));
    assert_int_equal(0, count);
    assert_string_equal("", fake_trace());
}

static void long_datagram_is_refused_by_the_system(void **state) {
    (void)state;
    s = fake_connected(0);
    fake_fail("send", FAKE_EMSGSIZE, 1);
    assert_anysock(ANYSOCK_EMSGSIZE, anysock_send(&s, buffer, 5, 0, &count));
    assert_anysock(ANYSOCK_OK, anysock_send(&s, buffer, 5, 0, &count));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(end_of_stream_is_no_error),
        TEST(recv_after_own_shutdown_is_end_of_stream),
        TEST(send_after_own_shutdown_is_a_broken_pipe),
        TEST(recv_after_a_reset_never_sees_end_of_stream),
        TEST(recv_after_a_reset_gives_what_is_left),
        TEST(send_after_a_reset_is_a_broken_pipe),
        TEST(broken_pipe_of_the_system_is_a_reset),
        TEST(connection_that_the_system_gave_up_has_no_end_of_stream),
        TEST(timeout_of_the_system_breaks_the_connection),
        TEST(timeout_that_a_send_meets_is_the_receives_too),
        TEST(timeout_behind_a_look_stays_one),
        TEST(timeout_of_ours_breaks_nothing),
        TEST(nonblocking_call_while_connecting_would_wait),
        TEST(call_settles_a_connect_that_succeeded),
        TEST(call_gives_the_error_of_a_connect_that_failed),
        TEST(blocking_call_waits_for_the_connect),
        TEST(connect_and_call_have_one_deadline),
        TEST(no_wait_does_not_wait_for_the_connect),
        TEST(datagram_without_peer_is_not_sent),
        TEST(datagram_without_bytes_is_a_datagram),
        TEST(refused_datagram_is_not_a_reset),
        TEST(recv_all_of_datagrams_is_refused),
        TEST(long_datagram_is_refused_by_the_system),
    };
    return cmocka_run_group_tests_name("io_states", tests, NULL, NULL);
}
