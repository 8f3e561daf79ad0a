/*
 * A reset never reads as end of stream, whichever call met it first, on the fake port: the system
 * tells a look of it, once, and ends the stream from then on, as Wine does and Linux after somebody
 * has taken the error.
 */
#include <string.h>

#include "check.h"
#include "fake_port.h"

#define BOTH (ANYSOCK_READABLE | ANYSOCK_WRITABLE)

/* What the tests use; the tear-down closes and frees it. */
static struct anysock s;
static struct anysock_queue *queue;
static struct anysock_event *event;
static char buffer[8];
static size_t count;

static int set_up(void **state) {
    memset(&s, 0, sizeof s);
    (void)fake_reset(state);
    int code = anysock_queue_open(0, &queue);
    return code == ANYSOCK_OK ? anysock_event_create(&event) : code;
}

static int tear_down(void **state) {
    if (anysock_is_open(&s))
        (void)anysock_close(&s);
    int code = anysock_queue_close(queue) + anysock_event_destroy(event);
    return fake_check(state) + code;
}

static void reset_arrives(struct fake_socket *socket) {
    socket->error = FAKE_ECONNRESET;
    socket->peer_state = ANYSOCK_PEER_RESET;
}

static void system_forgets(struct fake_socket *socket) {
    socket->error = 0;
    socket->peer_state = ANYSOCK_PEER_FINISHED;
    fake_fin_arrives(socket);
}

/* --- who looks --- */

static void wait_looks(void) {
    unsigned events;
    assert_anysock(ANYSOCK_OK, anysock_wait(&s, ANYSOCK_READABLE, 0, &events));
    assert_int_equal(ANYSOCK_READABLE | ANYSOCK_ERROR, events);
}

static void poll_looks(void) {
    struct anysock_poll_item items[2] = {{NULL, 0, 0}, {&s, 0, 0}};
    assert_anysock(ANYSOCK_OK, anysock_poll(items, 2, 0, &count));
    assert_int_equal(ANYSOCK_ERROR, items[1].events);
}

static void peek_state_looks(void) {
    enum anysock_peer_state peer;
    assert_anysock(ANYSOCK_OK, anysock_peek_state(&s, &peer));
    assert_int_equal(ANYSOCK_PEER_RESET, peer);
}

static void event_looks(void) {
    unsigned events;
    assert_anysock(ANYSOCK_OK, anysock_event_bind(event, &s, ANYSOCK_WRITABLE));
    assert_anysock(ANYSOCK_OK, anysock_event_which(event, &events));
    assert_int_equal(ANYSOCK_WRITABLE | ANYSOCK_ERROR, events);
}

static void unbound_event_looked(void) {
    event_looks();
    assert_anysock(ANYSOCK_OK, anysock_event_unbind(&s));
}

static void queue_looks_by(enum anysock_queue_mode mode) {
    struct anysock_queue_event got;
    assert_anysock(ANYSOCK_OK, anysock_queue_add(queue, &s, 0, mode, &s));
    assert_anysock(ANYSOCK_OK, anysock_queue_wait(queue, &got, 1, 0, &count));
    assert_int_equal(1, count);
    assert_int_equal(ANYSOCK_ERROR | ANYSOCK_HANG_UP, got.events);
}

static void queue_looks_by_level(void) {
    queue_looks_by(ANYSOCK_QUEUE_LEVEL);
}

static void queue_looks_by_edge(void) {
    queue_looks_by(ANYSOCK_QUEUE_EDGE);
}

static void queue_looks_once(void) {
    queue_looks_by(ANYSOCK_QUEUE_ONE_SHOT);
}

static void queue_looked_that_has_let_go(void) {
    queue_looks_by_level();
    assert_anysock(ANYSOCK_OK, anysock_queue_remove(queue, &s));
}

static void queue_looked_and_watches_for_more(void) {
    queue_looks_by_level();
    assert_anysock(ANYSOCK_OK, anysock_queue_modify(queue, &s, BOTH, ANYSOCK_QUEUE_LEVEL, &s));
}

static void (*const looks[])(void) = {
    wait_looks,
    poll_looks,
    peek_state_looks,
    event_looks,
    unbound_event_looked,
    queue_looks_by_level,
    queue_looks_by_edge,
    queue_looks_once,
    queue_looked_that_has_let_go,
    queue_looked_and_watches_for_more,
};

/* --- what is behind it --- */

static void open_and_look(void (*look)(void)) {
    s = fake_connected(ANYSOCK_NONBLOCK);
    reset_arrives(fake_of(&s));
    look();
    system_forgets(fake_of(&s));
}

static void expect_always(int code) {
    for (int i = 0; i < 2; i++) {
        count = 99;
        assert_refusal(code, anysock_recv(&s, buffer, 8, 0, &count));
        assert_int_equal(0, count);
    }
}

static void expect_no_end(void) {
    expect_always(ANYSOCK_ECONNRESET);
}

static void recv_after_a_look_is_no_end_of_stream(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT_OF(looks); i++) {
        open_and_look(looks[i]);
        expect_no_end();
        assert_refusal(ANYSOCK_EPIPE, anysock_send(&s, "x", 1, 0, &count));
        assert_anysock(ANYSOCK_OK, anysock_close(&s));
    }
    s = fake_connected(0);
}

static void data_are_still_received_after_a_look(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT_OF(looks); i++) {
        open_and_look(looks[i]);
        fake_data_arrives(fake_of(&s));
        assert_anysock(ANYSOCK_OK, anysock_recv(&s, buffer, 8, 0, &count));
        assert_int_equal(5, count);
        expect_no_end();
        assert_anysock(ANYSOCK_OK, anysock_close(&s));
    }
    s = fake_connected(0);
}

static void peek_state_after_a_look_knows(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT_OF(looks); i++) {
        open_and_look(looks[i]);
        peek_state_looks();
        expect_no_end();
        assert_anysock(ANYSOCK_OK, anysock_close(&s));
    }
    s = fake_connected(0);
}

/* As if nobody had looked: the first send tells the reset, or whatever the reason is, and only the
 * next finds the pipe broken. */
static void first_send_after_a_look_tells_the_reset(void **state) {
    (void)state;
    static const int natives[][2] = {{FAKE_ECONNRESET, ANYSOCK_ECONNRESET},
                                     {FAKE_ETIMEDOUT, ANYSOCK_ETIMEDOUT},
                                     {FAKE_ESHUTDOWN, ANYSOCK_ECONNRESET}};
    for (size_t i = 0; i < COUNT_OF(looks); i++) {
        for (size_t n = 0; n < COUNT_OF(natives); n++) {
            if (looks[i] == event_looks || looks[i] == queue_looks_by_level ||
                looks[i] == queue_looks_by_edge || looks[i] == queue_looks_once ||
                looks[i] == queue_looked_and_watches_for_more)
                continue; /* these are asked only when there is an end of stream */
            open_and_look(looks[i]);
            fake_fail("send", natives[n][0], 1);
            assert_anysock(natives[n][1], anysock_send(&s, "x", 1, 0, &count));
            assert_int_equal(natives[n][0], anysock_native_error());
            assert_refusal(ANYSOCK_EPIPE, anysock_send(&s, "x", 1, 0, &count));
            expect_always(natives[n][1]);
            assert_anysock(ANYSOCK_OK, anysock_close(&s));
        }
    }
    s = fake_connected(0);
}

static void reset_and_silence(struct fake_socket *socket) {
    reset_arrives(socket);
    fake_fin_arrives(socket);
}

static void reset_that_a_time_out_waited_through_is_no_end_of_stream(void **state) {
    (void)state;
    s = fake_connected(0);
    assert_anysock(ANYSOCK_OK, anysock_set_timeout(&s, ANYSOCK_TIMEOUT_RECV, 100));
    fake_later(10, reset_and_silence, &s);
    expect_no_end();
}

static void close_flush_that_waited_for_a_reset_tells_it(void **state) {
    (void)state;
    s = fake_connected(0);
    fake_later(10, reset_and_silence, &s);
    assert_refusal(ANYSOCK_ECONNRESET, anysock_close_flush(&s, 100));
    s = fake_connected(0);
}

/* --- what is none --- */

/* Somebody has asked Linux for its queue of errors: something in it is an error, too. */
static void error_of_a_living_connection_is_no_reset(void **state) {
    (void)state;
    static void (*const harmless[])(void) = {wait_looks, poll_looks, event_looks};
    for (size_t i = 0; i < COUNT_OF(harmless); i++) {
        s = fake_connected(0);
        fake_of(&s)->seen = ANYSOCK_ERROR;
        harmless[i]();
        fake_of(&s)->seen = 0;
        assert_anysock(ANYSOCK_OK, anysock_send(&s, "x", 1, 0, &count));
        fake_fin_arrives(fake_of(&s));
        assert_anysock(ANYSOCK_OK, anysock_recv(&s, buffer, 8, 0, &count));
        assert_anysock(ANYSOCK_OK, anysock_close(&s));
    }
    s = fake_connected(0);
}

static void error_of_a_connect_is_no_reset(void **state) {
    (void)state;
    unsigned events;
    s = fake_connecting();
    fake_connect_fails(fake_of(&s));
    assert_anysock(ANYSOCK_OK, anysock_wait(&s, BOTH, 0, &events));
    assert_int_equal(BOTH | ANYSOCK_ERROR, events);
    assert_anysock(ANYSOCK_ECONNREFUSED, anysock_recv(&s, buffer, 8, 0, &count));
    assert_anysock(ANYSOCK_ECONNREFUSED, anysock_send(&s, "x", 1, 0, &count));
}

static void error_of_a_datagram_socket_is_no_reset(void **state) {
    (void)state;
    struct anysock_addr peer;
    unsigned events;
    s = fake_datagram(ANYSOCK_NONBLOCK);
    assert_anysock(ANYSOCK_OK, anysock_addr_loopback(ANYSOCK_INET, 80, &peer));
    assert_anysock(ANYSOCK_OK, anysock_connect(&s, &peer));
    fake_of(&s)->seen = ANYSOCK_ERROR | ANYSOCK_HANG_UP;
    assert_anysock(ANYSOCK_OK, anysock_wait(&s, BOTH, 0, &events));
    fake_of(&s)->seen = 0;
    assert_anysock(ANYSOCK_OK, anysock_send(&s, "x", 1, 0, &count));
    assert_anysock(ANYSOCK_EAGAIN, anysock_recv(&s, buffer, 8, 0, &count));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(recv_after_a_look_is_no_end_of_stream),
        TEST(data_are_still_received_after_a_look),
        TEST(peek_state_after_a_look_knows),
        TEST(first_send_after_a_look_tells_the_reset),
        TEST(reset_that_a_time_out_waited_through_is_no_end_of_stream),
        TEST(close_flush_that_waited_for_a_reset_tells_it),
        TEST(error_of_a_living_connection_is_no_reset),
        TEST(error_of_a_connect_is_no_reset),
        TEST(error_of_a_datagram_socket_is_no_reset),
    };
    return cmocka_run_group_tests_name("reset", tests, NULL, NULL);
}
