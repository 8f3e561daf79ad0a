/*
 * Sending and receiving on the fake port: arguments, waiting and its limits, the ends of a
 * connection, pending connects, datagrams.
 */
#include "calls.h"

/* A connected socket with a time-out for sending or receiving. */
static struct anysock timed(enum anysock_timeout which, int timeout_ms) {
    struct anysock made = fake_connected(0);
    assert_anysock(ANYSOCK_OK, anysock_set_timeout(&made, which, timeout_ms));
    return made;
}

/* --- arguments --- */

static void null_count_is_refused_first(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT_OF(all_calls); i++) {
        assert_refusal(ANYSOCK_EFAULT, do_call(all_calls[i], &s, NULL, 5, NULL));
        assert_refusal(ANYSOCK_EFAULT, do_call(all_calls[i], NULL, NULL, 5, NULL));
    }
}

static void null_socket_is_refused_before_its_state(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT_OF(all_calls); i++) {
        count = 99;
        assert_refusal(ANYSOCK_EFAULT, do_call(all_calls[i], NULL, NULL, 5, &count));
        assert_int_equal(0, count);
    }
}

static void closed_socket_is_refused_before_null_data(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT_OF(all_calls); i++) {
        count = 99;
        assert_refusal(ANYSOCK_EBADF, do_call(all_calls[i], &s, NULL, 5, &count));
        assert_int_equal(0, count);
    }
}

static void null_data_is_refused_before_flags(void **state) {
    (void)state;
    s = fake_connected(0);
    assert_refusal(ANYSOCK_EFAULT, anysock_send(&s, NULL, 1, ~0u, &count));
    assert_int_equal(0, count);
    count = 99;
    assert_refusal(ANYSOCK_EFAULT, anysock_recv(&s, NULL, 1, ~0u, &count));
    assert_int_equal(0, count);
    assert_refusal(ANYSOCK_EFAULT, anysock_send_all(&s, NULL, 1, &count));
    assert_refusal(ANYSOCK_EFAULT, anysock_recv_all(&s, NULL, 1, &count));
    assert_string_equal("", fake_trace());
}

static void unknown_flags_are_refused_before_the_state(void **state) {
    (void)state;
    s = fake_fresh(0);
    assert_refusal(ANYSOCK_EINVAL, anysock_send(&s, buffer, 1, ANYSOCK_PEEK, &count));
    assert_int_equal(0, count);
    assert_refusal(ANYSOCK_EINVAL, anysock_send(&s, buffer, 1, 0x8000, &count));
    assert_refusal(ANYSOCK_EINVAL, anysock_recv(&s, buffer, 1, 0x8000, &count));
    assert_refusal(ANYSOCK_EINVAL, anysock_recv(&s, buffer, 1, ~0u, &count));
    assert_string_equal("", fake_trace());
}

static void no_bytes_on_a_stream_need_no_call(void **state) {
    (void)state;
    s = fake_connected(0);
    for (size_t i = 0; i < COUNT_OF(all_calls); i++) {
        count = 99;
        assert_anysock(ANYSOCK_OK, do_call(all_calls[i], &s, NULL, 0, &count));
        assert_int_equal(0, count);
    }
    assert_string_equal("", fake_trace());
}

static void never_connected_stream_is_refused(void **state) {
    (void)state;
    struct anysock fresh = fake_fresh(0), listener = fake_listener(0);
    for (size_t i = 0; i < COUNT_OF(all_calls); i++) {
        count = 99;
        assert_refusal(ANYSOCK_ENOTCONN, do_call(all_calls[i], &fresh, buffer, 5, &count));
        assert_int_equal(0, count);
        assert_refusal(ANYSOCK_ENOTCONN, do_call(all_calls[i], &listener, buffer, 5, &count));
    }
    assert_string_equal("", fake_trace());
    assert_anysock(ANYSOCK_OK, anysock_close(&fresh));
    assert_anysock(ANYSOCK_OK, anysock_close(&listener));
}

/* --- one call --- */

static void send_takes_what_there_is_room_for(void **state) {
    (void)state;
    s = fake_connected(0);
    assert_anysock(ANYSOCK_OK, anysock_send(&s, buffer, 15, 0, &count));
    assert_int_equal(10, count);
    assert_string_equal("send", fake_trace());
}

static void recv_gives_what_is_there(void **state) {
    (void)state;
    s = fake_connected(0);
    fake_data_arrives(fake_of(&s));
    memset(buffer, 0, sizeof buffer);
    assert_anysock(ANYSOCK_OK, anysock_recv(&s, buffer, sizeof buffer, 0, &count));
    assert_int_equal(5, count);
    assert_string_equal("abcde", buffer);
}

static void peek_leaves_the_data(void **state) {
    (void)state;
    s = fake_connected(0);
    fake_data_arrives(fake_of(&s));
    assert_anysock(ANYSOCK_OK, anysock_recv(&s, buffer, 3, ANYSOCK_PEEK, &count));
    assert_int_equal(3, count);
    assert_anysock(ANYSOCK_OK, anysock_recv(&s, buffer, 9, 0, &count));
    assert_int_equal(5, count);
}

static void nonblocking_call_does_not_wait(void **state) {
    (void)state;
    s = fake_connected(ANYSOCK_NONBLOCK);
    fake_of(&s)->room = 0;
    assert_anysock(ANYSOCK_EAGAIN, anysock_send(&s, buffer, 5, 0, &count));
    assert_int_equal(0, count);
    assert_int_equal(FAKE_EWOULDBLOCK, anysock_native_error());
    count = 99;
    assert_anysock(ANYSOCK_EAGAIN, anysock_recv(&s, buffer, 5, 0, &count));
    assert_int_equal(0, count);
    assert_string_equal("send recv", fake_trace());
    assert_int_equal(0, fake_elapsed_ms());
}

static void nonblocking_call_ignores_the_timeout(void **state) {
    (void)state;
    s = fake_connected(ANYSOCK_NONBLOCK);
    assert_anysock(ANYSOCK_OK, anysock_set_timeout(&s, ANYSOCK_TIMEOUT_RECV, 30));
    assert_anysock(ANYSOCK_EAGAIN, anysock_recv(&s, buffer, 5, 0, &count));
    assert_int_equal(0, fake_elapsed_ms());
}

static void no_wait_does_not_wait(void **state) {
    (void)state;
    s = fake_connected(0);
    fake_of(&s)->room = 0;
    assert_anysock(ANYSOCK_EAGAIN, anysock_send(&s, buffer, 5, ANYSOCK_NO_WAIT, &count));
    assert_anysock(ANYSOCK_EAGAIN, anysock_recv(&s, buffer, 5, ANYSOCK_NO_WAIT, &count));
    assert_string_equal("nonblocking send recv", fake_trace());
    assert_true(anysock_is_blocking(&s));
}

static void no_wait_beats_the_timeout(void **state) {
    (void)state;
    s = timed(ANYSOCK_TIMEOUT_RECV, 30);
    assert_anysock(ANYSOCK_EAGAIN, anysock_recv(&s, buffer, 5, ANYSOCK_NO_WAIT, &count));
    assert_int_equal(0, fake_elapsed_ms());
}

static void no_wait_is_kept_from_calls_that_have_no_such_flag(void **state) {
    (void)state;
    s = fake_connected(0);
    fake_data_arrives(fake_of(&s));
    assert_anysock(ANYSOCK_OK, anysock_send(&s, buffer, 5, ANYSOCK_NO_WAIT, &count));
    assert_int_equal(0, fake.flags);
    assert_anysock(ANYSOCK_OK, anysock_recv(&s, buffer, 5, ANYSOCK_NO_WAIT | ANYSOCK_PEEK, &count));
    assert_int_equal(ANYSOCK_PEEK, fake.flags);
}

static void signal_does_not_end_a_call(void **state) {
    (void)state;
    s = fake_connected(ANYSOCK_NONBLOCK);
    fake_data_arrives(fake_of(&s));
    fake_fail("send", FAKE_EINTR, 2);
    assert_anysock(ANYSOCK_OK, anysock_send(&s, buffer, 5, 0, &count));
    assert_string_equal("send send send", fake_trace());
    fake_fail("recv", FAKE_EINTR, 2);
    assert_anysock(ANYSOCK_OK, anysock_recv(&s, buffer, 5, 0, &count));
    assert_string_equal("recv recv recv", fake_trace());
}

static void unknown_number_stays_visible(void **state) {
    (void)state;
    s = fake_connected(0);
    fake_fail("send", FAKE_EODD, 2);
    fake_fail("recv", FAKE_EODD, 2);
    for (size_t i = 0; i < COUNT_OF(all_calls); i++) {
        count = 99;
        assert_anysock(ANYSOCK_EUNKNOWN, do_call(all_calls[i], &s, buffer, 5, &count));
        assert_int_equal(FAKE_EODD, anysock_native_error());
        assert_int_equal(0, count);
    }
}

/* --- time-outs --- */

static void recv_waits_as_long_as_its_timeout(void **state) {
    (void)state;
    s = timed(ANYSOCK_TIMEOUT_RECV, 30);
    assert_refusal(ANYSOCK_ETIMEDOUT, anysock_recv(&s, buffer, 5, 0, &count));
    assert_int_equal(0, count);
    assert_int_equal(30, fake_elapsed_ms());
    assert_string_equal("nonblocking recv poll", fake_trace());
}

static void send_waits_as_long_as_its_timeout(void **state) {
    (void)state;
    s = timed(ANYSOCK_TIMEOUT_SEND, 30);
    fake_of(&s)->room = 0;
    assert_refusal(ANYSOCK_ETIMEDOUT, anysock_send(&s, buffer, 5, 0, &count));
    assert_int_equal(30, fake_elapsed_ms());
    assert_string_equal("nonblocking send poll", fake_trace());
}

static void own_timeout_is_no_broken_connection(void **state) {
    (void)state;
    s = timed(ANYSOCK_TIMEOUT_RECV, 30);
    assert_anysock(ANYSOCK_ETIMEDOUT, anysock_recv(&s, buffer, 5, 0, &count));
    assert_anysock(ANYSOCK_OK, anysock_send(&s, buffer, 5, 0, &count));
    fake_fin_arrives(fake_of(&s));
    assert_anysock(ANYSOCK_OK, anysock_recv(&s, buffer, 5, 0, &count));
}

static void timeout_of_nothing_tries_once(void **state) {
    (void)state;
    s = timed(ANYSOCK_TIMEOUT_RECV, 0);
    assert_anysock(ANYSOCK_ETIMEDOUT, anysock_recv(&s, buffer, 5, 0, &count));
    assert_int_equal(0, fake_elapsed_ms());
    fake_data_arrives(fake_of(&s));
    assert_anysock(ANYSOCK_OK, anysock_recv(&s, buffer, 5, 0, &count));
    assert_int_equal(5, count);
}

static void timed_call_ends_when_there_is_something(void **state) {
    (void)state;
    s = timed(ANYSOCK_TIMEOUT_RECV, 30);
    fake_later(20, fake_data_arrives, &s);
    assert_anysock(ANYSOCK_OK, anysock_recv(&s, buffer, 5, 0, &count));
    assert_int_equal(20, fake_elapsed_ms());
    assert_string_equal("nonblocking recv poll recv", fake_trace());
}

static void false_alarm_is_waited_out(void **state) {
    (void)state;
    s = timed(ANYSOCK_TIMEOUT_RECV, 30);
    fake_later(10, fake_data_arrives, &s);
    fake_fail("recv", FAKE_EWOULDBLOCK, 2); /* the second time although it is readable */
    assert_anysock(ANYSOCK_OK, anysock_recv(&s, buffer, 5, 0, &count));
    assert_string_equal("nonblocking recv poll recv poll recv", fake_trace());
}

static void false_alarms_do_not_prolong_the_time(void **state) {
    (void)state;
    s = timed(ANYSOCK_TIMEOUT_RECV, 0);
    fake_of(&s)->seen = ANYSOCK_READABLE; /* and yet there is nothing */
    assert_refusal(ANYSOCK_ETIMEDOUT, anysock_recv(&s, buffer, 5, 0, &count));
    assert_string_equal("nonblocking recv poll recv", fake_trace());
    assert_int_equal(0, fake_elapsed_ms());
    assert_refusal(ANYSOCK_ETIMEDOUT, anysock_recv_all(&s, buffer, 5, &count));
}

static void signals_use_up_one_deadline(void **state) {
    (void)state;
    s = timed(ANYSOCK_TIMEOUT_RECV, 30);
    fake_fail("poll", FAKE_EINTR, 2);
    assert_anysock(ANYSOCK_ETIMEDOUT, anysock_recv(&s, buffer, 5, 0, &count));
    assert_string_equal("nonblocking recv poll poll poll", fake_trace());
    assert_int_equal(30, fake_elapsed_ms());
}

static void waiting_that_fails_fails_the_call(void **state) {
    (void)state;
    s = timed(ANYSOCK_TIMEOUT_RECV, 30);
    fake_fail("poll", FAKE_ENOBUFS, 1);
    assert_anysock(ANYSOCK_ENOBUFS, anysock_recv(&s, buffer, 5, 0, &count));
    assert_int_equal(FAKE_ENOBUFS, anysock_native_error());
}

/* --- everything --- */

static void send_all_sends_all(void **state) {
    (void)state;
    s = fake_connected(0);
    fake_later(20, fake_room_appears, &s);
    memcpy(buffer, "abcdefghijklmnopqrst", 20);
    assert_anysock(ANYSOCK_OK, anysock_send_all(&s, buffer, 20, &count));
    assert_memory_equal(buffer, fake_of(&s)->outgoing, 20);
    assert_int_equal(20, count);
    assert_string_equal("send send", fake_trace());
}

static void send_all_tells_the_progress_when_there_is_no_room(void **state) {
    (void)state;
    s = fake_connected(ANYSOCK_NONBLOCK);
    assert_anysock(ANYSOCK_EAGAIN, anysock_send_all(&s, buffer, 15, &count));
    assert_int_equal(10, count);
}

static void send_all_has_one_deadline_for_the_whole(void **state) {
    (void)state;
    s = timed(ANYSOCK_TIMEOUT_SEND, 30);
    fake_of(&s)->room = 0;
    fake_later(20, fake_room_appears, &s);
    fake_later(40, fake_room_appears, &s);
    assert_anysock(ANYSOCK_ETIMEDOUT, anysock_send_all(&s, buffer, 20, &count));
    assert_int_equal(10, count);
    assert_int_equal(30, fake_elapsed_ms());
}

static void send_all_tells_the_progress_when_it_fails(void **state) {
    (void)state;
    s = timed(ANYSOCK_TIMEOUT_SEND, 30);
    fake_fail("poll", FAKE_ENOBUFS, 1);
    assert_anysock(ANYSOCK_ENOBUFS, anysock_send_all(&s, buffer, 15, &count));
    assert_int_equal(10, count);
}

static void recv_all_fills_the_buffer(void **state) {
    (void)state;
    s = fake_connected(0);
    for (int ms = 10; ms <= 30; ms += 10)
        fake_later(ms, fake_data_arrives, &s);
    assert_anysock(ANYSOCK_OK, anysock_recv_all(&s, buffer, 12, &count));
    assert_int_equal(12, count);
    assert_memory_equal("abcdefghijkl", buffer, 12);
    assert_string_equal("recv recv recv", fake_trace());
    assert_int_equal(3, fake_of(&s)->incoming);
}

static void recv_all_ends_with_the_stream(void **state) {
    (void)state;
    s = fake_connected(0);
    fake_data_arrives(fake_of(&s));
    fake_fin_arrives(fake_of(&s));
    assert_anysock(ANYSOCK_OK, anysock_recv_all(&s, buffer, 12, &count));
    assert_int_equal(5, count);
    assert_anysock(ANYSOCK_OK, anysock_recv_all(&s, buffer, 12, &count));
    assert_int_equal(0, count);
}

static void recv_all_tells_the_progress_when_nothing_comes(void **state) {
    (void)state;
    s = fake_connected(ANYSOCK_NONBLOCK);
    fake_data_arrives(fake_of(&s));
    assert_anysock(ANYSOCK_EAGAIN, anysock_recv_all(&s, buffer, 12, &count));
    assert_int_equal(5, count);
}

static void recv_all_has_one_deadline_for_the_whole(void **state) {
    (void)state;
    s = timed(ANYSOCK_TIMEOUT_RECV, 30);
    fake_later(20, fake_data_arrives, &s);
    fake_later(40, fake_data_arrives, &s);
    assert_anysock(ANYSOCK_ETIMEDOUT, anysock_recv_all(&s, buffer, 10, &count));
    assert_int_equal(5, count);
    assert_int_equal(30, fake_elapsed_ms());
}

static void recv_all_sees_a_reset_behind_the_data(void **state) {
    (void)state;
    s = fake_connected(0);
    fake_data_arrives(fake_of(&s));
    fake_fin_arrives(fake_of(&s));
    fake_fail("send", FAKE_ECONNRESET, 1);
    assert_anysock(ANYSOCK_ECONNRESET, anysock_send(&s, buffer, 5, 0, &count));
    assert_anysock(ANYSOCK_ECONNRESET, anysock_recv_all(&s, buffer, 12, &count));
    assert_int_equal(5, count);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(null_count_is_refused_first),
        TEST(null_socket_is_refused_before_its_state),
        TEST(closed_socket_is_refused_before_null_data),
        TEST(null_data_is_refused_before_flags),
        TEST(unknown_flags_are_refused_before_the_state),
        TEST(no_bytes_on_a_stream_need_no_call),
        TEST(never_connected_stream_is_refused),
        TEST(send_takes_what_there_is_room_for),
        TEST(recv_gives_what_is_there),
        TEST(peek_leaves_the_data),
        TEST(nonblocking_call_does_not_wait),
        TEST(nonblocking_call_ignores_the_timeout),
        TEST(no_wait_does_not_wait),
        TEST(no_wait_beats_the_timeout),
        TEST(no_wait_is_kept_from_calls_that_have_no_such_flag),
        TEST(signal_does_not_end_a_call),
        TEST(unknown_number_stays_visible),
        TEST(recv_waits_as_long_as_its_timeout),
        TEST(send_waits_as_long_as_its_timeout),
        TEST(own_timeout_is_no_broken_connection),
        TEST(timeout_of_nothing_tries_once),
        TEST(timed_call_ends_when_there_is_something),
        TEST(false_alarm_is_waited_out),
        TEST(false_alarms_do_not_prolong_the_time),
        TEST(signals_use_up_one_deadline),
        TEST(waiting_that_fails_fails_the_call),
        TEST(send_all_sends_all),
        TEST(send_all_tells_the_progress_when_there_is_no_room),
        TEST(send_all_has_one_deadline_for_the_whole),
        TEST(send_all_tells_the_progress_when_it_fails),
        TEST(recv_all_fills_the_buffer),
        TEST(recv_all_ends_with_the_stream),
        TEST(recv_all_tells_the_progress_when_nothing_comes),
        TEST(recv_all_has_one_deadline_for_the_whole),
        TEST(recv_all_sees_a_reset_behind_the_data),
    };
    return cmocka_run_group_tests_name("io", tests, NULL, NULL);
}
