/*
 * One-shots and edges of a queue on the fake port, whose back end makes them itself: what is told
 * once, and what makes it be told again.
 */
#include "watching.h"

static void one_shot_is_told_once_until_modify(void **state) {
    (void)state;
    s = fake_connected(0);
    add(&s, BOTH, ONE_SHOT);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(ANYSOCK_WRITABLE, told(&s));
        fake_data_arrives(fake_of(&s)); /* not even something else */
        assert_int_equal(0, told(&s));
        assert_anysock(ANYSOCK_OK, receive(&s));
        modify(&s, BOTH, ONE_SHOT);
    }
}

/* Whoever got the event has the socket to itself: nothing that it does brings another one. */
static void one_shot_stays_silent_whatever_becomes_of_it(void **state) {
    (void)state;
    s = fake_connected(0);
    add(&s, BOTH, ONE_SHOT);
    assert_int_equal(ANYSOCK_WRITABLE, told(&s));
    assert_anysock(ANYSOCK_OK, anysock_shutdown(&s, ANYSOCK_SHUT_RD));
    assert_int_equal(0, told(&s));
    fake_fail("send", FAKE_ECONNRESET, 1);
    assert_anysock(ANYSOCK_ECONNRESET, send_some(&s));
    assert_int_equal(0, told(&s));
    modify(&s, BOTH, ONE_SHOT);
    assert_int_equal(BOTH | ANYSOCK_ERROR | ANYSOCK_HANG_UP, told(&s));
}

static void edge_is_told_again_after_would_block(void **state) {
    (void)state;
    s = fake_connected(ANYSOCK_NONBLOCK);
    fake_of(&s)->room = 0;
    add(&s, BOTH, EDGE);
    for (int i = 0; i < 3; i++) {
        fake_data_arrives(fake_of(&s));
        assert_int_equal(ANYSOCK_READABLE, told(&s));
        assert_int_equal(0, told(&s));
        assert_anysock(ANYSOCK_OK, receive(&s));
        fake_data_arrives(fake_of(&s)); /* no "would block" yet: nothing is promised */
        assert_int_equal(0, told(&s));
        assert_anysock(ANYSOCK_OK, receive(&s));
        assert_anysock(ANYSOCK_EAGAIN, receive(&s));
    }
    for (int i = 0; i < 3; i++) {
        fake_room_appears(fake_of(&s));
        assert_int_equal(ANYSOCK_WRITABLE, told(&s));
        assert_int_equal(0, told(&s));
        assert_anysock(ANYSOCK_OK, send_some(&s));
        assert_anysock(ANYSOCK_EAGAIN, send_some(&s));
    }
}

static void every_call_that_would_block_arms_the_edge(void **state) {
    (void)state;
    struct anysock_buffer vector = {buffer, 1};
    s = fake_connected(ANYSOCK_NONBLOCK);
    add(&s, BOTH, EDGE);
    for (int call = 0; call < 8; call++) {
        fake_of(&s)->incoming = 1;
        fake_of(&s)->room = 1;
        assert_int_equal(BOTH, told(&s));
        fake_of(&s)->incoming = fake_of(&s)->room = 0;
        int code = call == 0   ? anysock_recv(&s, buffer, 1, 0, &moved)
                   : call == 1 ? anysock_recv(&s, buffer, 1, ANYSOCK_PEEK, &moved)
                   : call == 2 ? anysock_recv_all(&s, buffer, 1, &moved)
                   : call == 3 ? anysock_recv_vec(&s, &vector, 1, 0, &moved)
                   : call == 4 ? anysock_recv_from(&s, buffer, 1, 0, NULL, NULL, &moved)
                   : call == 5 ? anysock_send(&s, buffer, 1, 0, &moved)
                   : call == 6 ? anysock_send_all(&s, buffer, 1, &moved)
                               : anysock_send_vec(&s, &vector, 1, 0, &moved);
        assert_anysock(ANYSOCK_EAGAIN, code);
        fake_of(&s)->incoming = fake_of(&s)->room = 1;
        assert_int_equal(call < 5 ? ANYSOCK_READABLE : ANYSOCK_WRITABLE, told(&s));
        modify(&s, BOTH, EDGE);
    }
}

/* Some systems report a connect a moment before they know its result. */
static void would_block_of_a_pending_connect_arms_the_edge(void **state) {
    (void)state;
    s = fake_connecting();
    fake_of(&s)->seen = ANYSOCK_WRITABLE;
    add(&s, ANYSOCK_WRITABLE, EDGE);
    assert_int_equal(ANYSOCK_WRITABLE, told(&s));
    fake_of(&s)->seen = 0;
    assert_int_equal(0, told(&s));
    assert_anysock(ANYSOCK_EAGAIN, send_some(&s));
    fake_of(&s)->seen = ANYSOCK_WRITABLE;
    assert_int_equal(ANYSOCK_WRITABLE, told(&s));
    fake_of(&s)->seen = 0;
    assert_anysock(ANYSOCK_EINPROGRESS, anysock_connect_result(&s));
    fake_connect_succeeds(fake_of(&s));
    assert_int_equal(ANYSOCK_WRITABLE, told(&s));
}

static void would_block_arms_nothing_unwanted(void **state) {
    (void)state;
    s = silent_socket();
    add(&s, ANYSOCK_READABLE, EDGE);
    assert_anysock(ANYSOCK_EAGAIN, send_some(&s));
    fake_room_appears(fake_of(&s));
    assert_int_equal(0, told(&s));
}

static void accept_that_would_block_arms_the_edge(void **state) {
    (void)state;
    s = fake_listener(ANYSOCK_NONBLOCK);
    add(&s, ANYSOCK_READABLE, EDGE);
    for (int i = 0; i < 3; i++) {
        fake_client_arrives(fake_of(&s));
        assert_int_equal(ANYSOCK_READABLE, told(&s));
        assert_int_equal(0, told(&s));
        assert_anysock(ANYSOCK_OK, anysock_accept(&s, 0, &t, NULL));
        assert_anysock(ANYSOCK_OK, anysock_close(&t));
        assert_anysock(ANYSOCK_EAGAIN, anysock_accept(&s, 0, &t, NULL));
    }
}

/* The library gives up on a system that reports broken connections without end. */
static void accept_that_gives_up_arms_the_edge(void **state) {
    (void)state;
    s = fake_listener(ANYSOCK_NONBLOCK);
    add(&s, ANYSOCK_READABLE, EDGE);
    fake_client_arrives(fake_of(&s));
    assert_int_equal(ANYSOCK_READABLE, told(&s));
    fake_fail("accept", FAKE_ECONNABORTED, 65);
    assert_anysock(ANYSOCK_EAGAIN, anysock_accept(&s, 0, &t, NULL));
    assert_int_equal(ANYSOCK_READABLE, told(&s));
}

static void urgent_data_come_as_an_edge_again(void **state) {
    (void)state;
    s = silent_socket();
    add(&s, ANYSOCK_PRIORITY, EDGE);
    for (int i = 0; i < 2; i++) {
        fake_of(&s)->seen = ANYSOCK_PRIORITY;
        assert_int_equal(ANYSOCK_PRIORITY, told(&s));
        assert_int_equal(0, told(&s));
        fake_of(&s)->seen = 0;
        fake_fail("recv", FAKE_EINVAL, 1); /* how Winsock says that there are none (any more) */
        assert_anysock(ANYSOCK_EAGAIN, anysock_recv(&s, buffer, 1, ANYSOCK_OOB, &moved));
    }
}

static void edges_come_one_after_the_other(void **state) {
    (void)state;
    s = silent_socket();
    add(&s, CONDITIONS, EDGE);
    assert_int_equal(0, told(&s));
    fake_room_appears(fake_of(&s));
    assert_int_equal(ANYSOCK_WRITABLE, told(&s));
    fake_data_arrives(fake_of(&s));
    assert_int_equal(ANYSOCK_READABLE, told(&s));
    fake_fin_arrives(fake_of(&s));
    assert_int_equal(ANYSOCK_PEER_CLOSED, told(&s));
    reset_arrives(fake_of(&s));
    assert_int_equal(ANYSOCK_ERROR | ANYSOCK_HANG_UP, told(&s));
    assert_int_equal(0, told(&s));
}

/* A datagram socket goes on after an error. */
static void error_is_an_edge_too(void **state) {
    (void)state;
    struct anysock_addr peer;
    s = fake_datagram(ANYSOCK_NONBLOCK);
    assert_anysock(ANYSOCK_OK, anysock_addr_loopback(ANYSOCK_INET, 80, &peer));
    assert_anysock(ANYSOCK_OK, anysock_connect(&s, &peer));
    add(&s, ANYSOCK_READABLE, EDGE);
    for (int i = 0; i < 2; i++) {
        fake_connect_fails(fake_of(&s));
        assert_int_equal(ANYSOCK_READABLE | ANYSOCK_ERROR, told(&s));
        assert_int_equal(0, told(&s));
        fake_of(&s)->error = 0;
        fake_fail("recv", FAKE_ECONNRESET, 1);
        assert_anysock(ANYSOCK_ECONNREFUSED, receive(&s));
        assert_anysock(ANYSOCK_EAGAIN, receive(&s));
    }
}

static void modify_changes_the_mode(void **state) {
    (void)state;
    s = fake_connected(0);
    add(&s, BOTH, EDGE);
    assert_int_equal(ANYSOCK_WRITABLE, told(&s));
    assert_int_equal(0, told(&s));
    modify(&s, BOTH, LEVEL);
    assert_int_equal(ANYSOCK_WRITABLE, told(&s));
    assert_int_equal(ANYSOCK_WRITABLE, told(&s));
    modify(&s, BOTH, ONE_SHOT);
    assert_int_equal(ANYSOCK_WRITABLE, told(&s));
    assert_int_equal(0, told(&s));
    modify(&s, BOTH, EDGE);
    assert_int_equal(ANYSOCK_WRITABLE, told(&s));
    assert_int_equal(0, told(&s));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(one_shot_is_told_once_until_modify),
        TEST(one_shot_stays_silent_whatever_becomes_of_it),
        TEST(edge_is_told_again_after_would_block),
        TEST(every_call_that_would_block_arms_the_edge),
        TEST(would_block_of_a_pending_connect_arms_the_edge),
        TEST(would_block_arms_nothing_unwanted),
        TEST(accept_that_would_block_arms_the_edge),
        TEST(accept_that_gives_up_arms_the_edge),
        TEST(urgent_data_come_as_an_edge_again),
        TEST(edges_come_one_after_the_other),
        TEST(error_is_an_edge_too),
        TEST(modify_changes_the_mode),
    };
    return cmocka_run_group_tests_name("queue_modes", tests, NULL, NULL);
}
