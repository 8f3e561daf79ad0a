/*
 * What events tell, on the fake port: the same as anysock_wait(), be it from the system, which may
 * tell it only once, or from the library's own knowledge. And the signal that goes with it.
 */
#include "bound.h"

/* --- the same meaning as waiting --- */

static struct anysock failed_socket(void) {
    struct anysock failed = fake_connecting();
    fake_connect_fails(fake_of(&failed));
    assert_anysock(ANYSOCK_ECONNREFUSED, anysock_connect_result(&failed));
    return failed;
}

static struct anysock shut_socket(enum anysock_shutdown_how how) {
    struct anysock shut = fake_connected(0);
    fake_of(&shut)->room = 0;
    assert_anysock(ANYSOCK_OK, anysock_shutdown(&shut, how));
    return shut;
}

/* Fails a receive with a reset. */
static void see_a_reset(struct anysock *socket) {
    char byte;
    size_t count;
    fake_fail("recv", FAKE_ECONNRESET, 1);
    assert_anysock(ANYSOCK_ECONNRESET, anysock_recv(socket, &byte, 1, 0, &count));
}

/* A socket in each of the states that can be told apart. */
#define STATES 13
static struct anysock socket_in_state(int state) {
    struct anysock made;
    switch (state) {
    case 0:
        return fake_fresh(0);
    case 1:
        return fake_connecting();
    case 2:
        return failed_socket();
    case 3:
    case 4:
        made = fake_listener(0);
        fake_of(&made)->waiting = state - 3;
        return made;
    case 5:
        return fake_connected(0);
    case 6:
        made = fake_connected(0);
        see_a_reset(&made);
        return made;
    case 7:
        return shut_socket(ANYSOCK_SHUT_RD);
    case 8:
        return shut_socket(ANYSOCK_SHUT_WR);
    case 9:
        return shut_socket(ANYSOCK_SHUT_RDWR);
    case 10:
        made = fake_connected(0);
        fake_fin_arrives(fake_of(&made));
        return made;
    case 11:
        made = fake_connecting(); /* succeeded, and nobody has asked */
        fake_connect_succeeds(fake_of(&made));
        return made;
    default:
        return fake_datagram(0);
    }
}

static void event_tells_what_a_wait_tells(void **state) {
    (void)state;
    create();
    for (int i = 0; i < STATES; i++) {
        for (unsigned wanted = 1; wanted <= BOTH; wanted++) {
            if ((wanted & ~(unsigned)BOTH) != 0)
                continue;
            unsigned expected;
            s = socket_in_state(i);
            (void)anysock_wait(&s, wanted, 0, &expected);
            assert_anysock(ANYSOCK_OK, anysock_event_bind(event, &s, wanted));
            assert_int_equal(expected != 0, fake.signalled);
            assert_anysock(ANYSOCK_OK, anysock_event_which(event, &events));
            assert_int_equal(expected, events);
            assert_int_equal(expected != 0, fake.signalled);
            assert_anysock(expected != 0 ? ANYSOCK_OK : ANYSOCK_ETIMEDOUT,
                           anysock_event_wait(event, 0, &events));
            assert_int_equal(expected, events);
            assert_anysock(ANYSOCK_OK, anysock_close(&s));
        }
    }
}

static void which_of_a_descriptor_closed_by_somebody_else_fails(void **state) {
    (void)state;
    s = fake_connected(0);
    bind_for(ANYSOCK_READABLE);
    fake_of(&s)->seen = ANYSOCK_INVALID;
    assert_refusal(ANYSOCK_EBADF, anysock_event_which(event, &events));
    assert_int_equal(0, events);
}

/* --- what the system tells once --- */

static void end_of_stream_is_told_again_and_again(void **state) {
    (void)state;
    s = fake_connected(0);
    bind_for(ANYSOCK_READABLE);
    fake_of(&s)->recorded = ANYSOCK_READABLE;
    for (int i = 0; i < 3; i++) {
        assert_anysock(ANYSOCK_OK, anysock_event_which(event, &events));
        assert_int_equal(ANYSOCK_READABLE, events);
        assert_true(fake.signalled);
    }
}

static void end_of_stream_is_nothing_to_a_writer(void **state) {
    (void)state;
    s = fake_connected(0);
    fake_of(&s)->room = 0;
    bind_for(ANYSOCK_WRITABLE);
    fake_of(&s)->recorded = ANYSOCK_READABLE;
    assert_anysock(ANYSOCK_OK, anysock_event_which(event, &events));
    assert_int_equal(0, events);
    assert_false(fake.signalled);
}

static void broken_connection_is_told_again_and_again(void **state) {
    (void)state;
    s = fake_connected(0);
    fake_of(&s)->room = 0;
    bind_for(ANYSOCK_WRITABLE);
    fake_of(&s)->recorded = ANYSOCK_READABLE | ANYSOCK_ERROR;
    for (int i = 0; i < 3; i++) {
        assert_anysock(ANYSOCK_OK, anysock_event_which(event, &events));
        assert_int_equal(ANYSOCK_WRITABLE | ANYSOCK_ERROR, events);
    }
}

static void what_was_told_once_is_not_another_sockets(void **state) {
    (void)state;
    s = fake_connected(0);
    bind_for(ANYSOCK_READABLE);
    fake_of(&s)->recorded = ANYSOCK_READABLE;
    assert_anysock(ANYSOCK_OK, anysock_event_which(event, &events));
    assert_anysock(ANYSOCK_OK, anysock_close(&s));
    s = fake_connected(0);
    assert_anysock(ANYSOCK_OK, anysock_event_bind(event, &s, ANYSOCK_READABLE));
    assert_anysock(ANYSOCK_OK, anysock_event_which(event, &events));
    assert_int_equal(0, events);
}

/* --- room, of which the system tells only who has met "would block" --- */

static void missing_room_is_awaited(void **state) {
    (void)state;
    s = fake_connected(0);
    fake_of(&s)->room = 0;
    bind_for(BOTH);
    fake_data_arrives(fake_of(&s));
    assert_anysock(ANYSOCK_OK, anysock_event_which(event, &events));
    assert_int_equal(ANYSOCK_READABLE, events);
    assert_string_equal("take poll room alarm", fake_trace());
}

static void room_that_came_meanwhile_is_told(void **state) {
    (void)state;
    s = fake_connected(0);
    fake_of(&s)->room = 0;
    bind_for(ANYSOCK_WRITABLE);
    fake_of(&s)->room_came = true;
    assert_anysock(ANYSOCK_OK, anysock_event_which(event, &events));
    assert_int_equal(ANYSOCK_WRITABLE, events);
    assert_true(fake.signalled);
}

static void room_is_awaited_only_where_sending_would_wait(void **state) {
    (void)state;
    create();
    for (int i = 0; i < STATES; i++) {
        s = socket_in_state(i);
        fake_of(&s)->room = 0;
        assert_anysock(ANYSOCK_OK, anysock_event_bind(event, &s, BOTH));
        (void)fake_trace();
        assert_anysock(ANYSOCK_OK, anysock_event_which(event, &events));
        bool connected = i == 5 || i == 7 || i == 10; /* plainly, own SHUT_RD, peer's end */
        assert_int_equal(connected, strstr(fake_trace(), "room") != NULL);
        assert_anysock(ANYSOCK_OK, anysock_close(&s));
    }
    s = fake_connected(0);
    fake_of(&s)->room = 0;
    assert_anysock(ANYSOCK_OK, anysock_event_bind(event, &s, ANYSOCK_READABLE));
    assert_null(strstr(fake_trace(), "room")); /* nobody wants it */
}

/* --- what other calls find out --- */

static void own_shutdown_signals_a_reader(void **state) {
    (void)state;
    s = fake_connected(0);
    bind_for(ANYSOCK_READABLE);
    assert_anysock(ANYSOCK_OK, anysock_shutdown(&s, ANYSOCK_SHUT_RD));
    assert_string_equal("take poll hold", fake_trace()); /* the system would never say it */
    assert_true(fake.signalled);
}

static void own_shutdown_of_the_other_direction_does_not_signal(void **state) {
    (void)state;
    s = fake_connected(0);
    bind_for(ANYSOCK_READABLE);
    assert_anysock(ANYSOCK_OK, anysock_shutdown(&s, ANYSOCK_SHUT_WR));
    assert_false(fake.signalled);
    assert_anysock(ANYSOCK_OK, anysock_event_which(event, &events));
    assert_int_equal(0, events);
}

static void what_the_system_says_too_needs_no_holding(void **state) {
    (void)state;
    s = fake_connected(0);
    fake_fin_arrives(fake_of(&s));
    bind_for(ANYSOCK_READABLE);
    assert_anysock(ANYSOCK_OK, anysock_shutdown(&s, ANYSOCK_SHUT_RD));
    assert_string_equal("take poll alarm", fake_trace());
}

static void reset_that_a_call_sees_signals(void **state) {
    (void)state;
    s = fake_connected(0);
    bind_for(ANYSOCK_READABLE);
    see_a_reset(&s);
    assert_int_equal(FAKE_ECONNRESET, anysock_native_error()); /* the call's number, still */
    assert_true(fake.signalled);
    assert_anysock(ANYSOCK_OK, anysock_event_which(event, &events));
    assert_int_equal(ANYSOCK_READABLE | ANYSOCK_ERROR, events);
}

static void reset_that_a_look_at_the_peer_sees_signals(void **state) {
    (void)state;
    enum anysock_peer_state peer;
    s = fake_connected(0);
    bind_for(ANYSOCK_READABLE);
    fake_of(&s)->peer_state = ANYSOCK_PEER_RESET;
    assert_anysock(ANYSOCK_OK, anysock_peek_state(&s, &peer));
    assert_true(fake.signalled);
}

static void failed_connect_lasts_when_its_error_was_taken(void **state) {
    (void)state;
    s = fake_connecting();
    bind_for(ANYSOCK_WRITABLE);
    fake_connect_fails(fake_of(&s));
    assert_anysock(ANYSOCK_ECONNREFUSED, anysock_connect_result(&s));
    assert_true(fake.signalled);
    assert_anysock(ANYSOCK_OK, anysock_event_which(event, &events));
    assert_int_equal(ANYSOCK_WRITABLE | ANYSOCK_ERROR, events);
}

static void connect_ends_the_signal_of_a_fresh_socket(void **state) {
    (void)state;
    struct anysock_addr peer;
    (void)anysock_addr_loopback(ANYSOCK_INET, 80, &peer);
    s = fake_fresh(ANYSOCK_NONBLOCK);
    bind_for(BOTH);
    assert_true(fake.signalled);
    assert_anysock(ANYSOCK_EINPROGRESS, anysock_connect(&s, &peer));
    assert_false(fake.signalled);
    fake_connect_succeeds(fake_of(&s));
    assert_anysock(ANYSOCK_OK, anysock_event_which(event, &events));
    assert_int_equal(ANYSOCK_WRITABLE, events);
}

static void listen_ends_the_signal_of_a_fresh_socket(void **state) {
    (void)state;
    s = fake_fresh(0);
    bind_for(BOTH);
    assert_anysock(ANYSOCK_OK, anysock_listen(&s, 5));
    assert_false(fake.signalled);
}

static void change_that_tells_nothing_new_costs_nothing(void **state) {
    (void)state;
    s = fake_connected(0);
    bind_for(ANYSOCK_READABLE);
    see_a_reset(&s);
    (void)fake_trace();
    see_a_reset(&s);
    assert_string_equal("recv", fake_trace());
}

/* The event must not look at where the socket was. */
static void socket_may_move_while_bound(void **state) {
    (void)state;
    struct anysock old = fake_connected(0);
    create();
    assert_anysock(ANYSOCK_OK, anysock_event_bind(event, &old, ANYSOCK_READABLE));
    s = old;
    memset(&old, 0xff, sizeof old);
    assert_anysock(ANYSOCK_OK, anysock_shutdown(&s, ANYSOCK_SHUT_RD));
    assert_true(fake.signalled);
    assert_anysock(ANYSOCK_OK, anysock_event_which(event, &events));
    assert_int_equal(ANYSOCK_READABLE, events);
}

static void signal_that_could_not_be_given_is_reported_by_a_look(void **state) {
    (void)state;
    s = fake_connected(0);
    bind_for(ANYSOCK_READABLE);
    fake_fail("hold", FAKE_EMFILE, 2);
    assert_anysock(ANYSOCK_OK, anysock_shutdown(&s, ANYSOCK_SHUT_RD));
    assert_anysock(ANYSOCK_EMFILE, anysock_event_which(event, &events));
    assert_int_equal(FAKE_EMFILE, anysock_native_error());
    assert_int_equal(0, events);
    assert_anysock(ANYSOCK_OK, anysock_event_which(event, &events));
    assert_int_equal(ANYSOCK_READABLE, events);
}

/* Another thread ends the receiving. */
/* The signal was taken back for the look, and nothing else would give it again. */
static void look_that_fails_leaves_a_signal(void **state) {
    (void)state;
    s = fake_connected(0);
    bind_for(ANYSOCK_READABLE);
    fake_fail("poll", FAKE_ENOBUFS, 1);
    see_a_reset(&s);
    assert_int_equal(FAKE_ECONNRESET, anysock_native_error());
    assert_true(fake.signalled);
    assert_anysock(ANYSOCK_OK, anysock_event_which(event, &events));
    assert_int_equal(ANYSOCK_READABLE | ANYSOCK_ERROR, events);
    fake_fail("poll", FAKE_ENOBUFS, 1);
    assert_anysock(ANYSOCK_ENOBUFS, anysock_event_which(event, &events));
    assert_int_equal(FAKE_ENOBUFS, anysock_native_error());
    assert_true(fake.signalled);
}

static void shut_down(struct fake_socket *socket) {
    (void)socket;
    (void)anysock_shutdown(&s, ANYSOCK_SHUT_RD);
}

static void own_shutdown_ends_a_wait(void **state) {
    (void)state;
    s = fake_connected(0);
    bind_for(ANYSOCK_READABLE);
    fake_later(20, shut_down, &s);
    assert_anysock(ANYSOCK_OK, anysock_event_wait(event, ANYSOCK_FOREVER, &events));
    assert_int_equal(ANYSOCK_READABLE, events);
    assert_int_equal(20, fake_elapsed_ms());
}

static void event_and_queue_hear_of_the_same_change(void **state) {
    (void)state;
    struct anysock_queue *queue;
    struct anysock_queue_event told;
    size_t count;
    assert_anysock(ANYSOCK_OK, anysock_queue_open(0, &queue));
    s = fake_connected(0);
    assert_anysock(ANYSOCK_OK,
                   anysock_queue_add(queue, &s, ANYSOCK_READABLE, ANYSOCK_QUEUE_LEVEL, &s));
    bind_for(ANYSOCK_READABLE);
    assert_anysock(ANYSOCK_OK, anysock_shutdown(&s, ANYSOCK_SHUT_RD));
    assert_true(fake.signalled);
    assert_anysock(ANYSOCK_OK, anysock_queue_wait(queue, &told, 1, 0, &count));
    assert_int_equal(1, count);
    assert_int_equal(ANYSOCK_READABLE, told.events);
    assert_anysock(ANYSOCK_OK, anysock_close(&s)); /* leaves both */
    assert_anysock(ANYSOCK_EINVAL, anysock_event_which(event, &events));
    assert_anysock(ANYSOCK_OK, anysock_queue_close(queue));
}

/* --- rearm --- */

static void rearm_checks_its_argument(void **state) {
    (void)state;
    assert_refusal(ANYSOCK_EFAULT, anysock_event_rearm(NULL));
    create();
    assert_refusal(ANYSOCK_EINVAL, anysock_event_rearm(event));
    assert_string_equal("", fake_trace());
}

static void rearm_signals_what_is_still_there(void **state) {
    (void)state;
    s = fake_connected(0);
    bind_for(ANYSOCK_READABLE);
    fake_data_arrives(fake_of(&s));
    fake.signalled = false; /* the loop has consumed it */
    assert_anysock(ANYSOCK_OK, anysock_event_rearm(event));
    assert_true(fake.signalled);
    assert_string_equal("reselect take poll alarm", fake_trace());
}

static void rearm_takes_back_what_is_over(void **state) {
    (void)state;
    s = fake_connected(0);
    bind_for(ANYSOCK_READABLE);
    fake.signalled = true;
    assert_anysock(ANYSOCK_OK, anysock_event_rearm(event));
    assert_false(fake.signalled);
}

static void rearm_reports_a_failure_of_the_system(void **state) {
    (void)state;
    static const char *const words[] = {"reselect", "take", "poll", "alarm"};
    s = fake_connected(0);
    bind_for(ANYSOCK_WRITABLE);
    for (size_t i = 0; i < COUNT_OF(words); i++) {
        fake_fail(words[i], FAKE_ENOBUFS, 1);
        assert_anysock(ANYSOCK_ENOBUFS, anysock_event_rearm(event));
        assert_int_equal(FAKE_ENOBUFS, anysock_native_error());
    }
    assert_anysock(ANYSOCK_OK, anysock_event_rearm(event)); /* still bound */
    assert_true(fake.signalled);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(event_tells_what_a_wait_tells),
        TEST(which_of_a_descriptor_closed_by_somebody_else_fails),
        TEST(end_of_stream_is_told_again_and_again),
        TEST(end_of_stream_is_nothing_to_a_writer),
        TEST(broken_connection_is_told_again_and_again),
        TEST(what_was_told_once_is_not_another_sockets),
        TEST(missing_room_is_awaited),
        TEST(room_that_came_meanwhile_is_told),
        TEST(room_is_awaited_only_where_sending_would_wait),
        TEST(own_shutdown_signals_a_reader),
        TEST(own_shutdown_of_the_other_direction_does_not_signal),
        TEST(what_the_system_says_too_needs_no_holding),
        TEST(reset_that_a_call_sees_signals),
        TEST(reset_that_a_look_at_the_peer_sees_signals),
        TEST(failed_connect_lasts_when_its_error_was_taken),
        TEST(connect_ends_the_signal_of_a_fresh_socket),
        TEST(listen_ends_the_signal_of_a_fresh_socket),
        TEST(change_that_tells_nothing_new_costs_nothing),
        TEST(socket_may_move_while_bound),
        TEST(signal_that_could_not_be_given_is_reported_by_a_look),
        TEST(look_that_fails_leaves_a_signal),
        TEST(own_shutdown_ends_a_wait),
        TEST(event_and_queue_hear_of_the_same_change),
        TEST(rearm_checks_its_argument),
        TEST(rearm_signals_what_is_still_there),
        TEST(rearm_takes_back_what_is_over),
        TEST(rearm_reports_a_failure_of_the_system),
    };
    return cmocka_run_group_tests_name("event levels", tests, NULL, NULL);
}
