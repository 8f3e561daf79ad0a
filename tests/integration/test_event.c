/*
 * Events: a socket seen through a native waitable, with level meaning on every system.
 */
#include "net.h"
#include "platform.h"

static char buffer[64];
static size_t count;

static struct anysock_event *bound_event(struct anysock *s, unsigned wanted) {
    struct anysock_event *event;
    assert_anysock(ANYSOCK_OK, anysock_event_create(&event));
    assert_anysock(ANYSOCK_OK, anysock_event_bind(event, s, wanted));
    return event;
}

static unsigned which(struct anysock_event *event) {
    unsigned events;
    assert_anysock(ANYSOCK_OK, anysock_event_which(event, &events));
    return events;
}

static unsigned await_event(struct anysock_event *event) {
    unsigned events;
    assert_anysock(ANYSOCK_OK, anysock_event_wait(event, PATIENCE_MS, &events));
    return events;
}

static bool signalled(struct anysock_event *event, int timeout_ms) {
    return waitable_is_signalled(anysock_event_native(event), timeout_ms);
}

static void data_signal_the_event(void **state) {
    (void)state;
    struct anysock client, server;
    make_pair(0, 0, &client, &server);
    struct anysock_event *event = bound_event(&client, ANYSOCK_READABLE);
    assert_false(signalled(event, 0));
    assert_int_equal(0, which(event));
    say(&server, "x");
    assert_true(signalled(event, PATIENCE_MS));
    assert_int_equal(ANYSOCK_READABLE, which(event));
    close_pair(&client, &server);
    assert_anysock(ANYSOCK_OK, anysock_event_destroy(event));
}

/* Winsock reports data once; the event stays signalled as long as there are any. */
static void event_stays_signalled_while_data_are_there(void **state) {
    (void)state;
    struct anysock client, server;
    make_pair(0, 0, &client, &server);
    struct anysock_event *event = bound_event(&client, ANYSOCK_READABLE);
    say(&server, "two");
    assert_int_equal(ANYSOCK_READABLE, await_event(event));
    assert_int_equal(ANYSOCK_READABLE, which(event));
    assert_true(signalled(event, 0));
    assert_anysock(ANYSOCK_OK, anysock_recv(&client, buffer, 1, 0, &count));
    assert_int_equal(ANYSOCK_READABLE, which(event));
    assert_anysock(ANYSOCK_OK, anysock_recv(&client, buffer, 8, 0, &count));
    assert_int_equal(0, which(event));
    assert_false(signalled(event, 0));
    close_pair(&client, &server);
    assert_anysock(ANYSOCK_OK, anysock_event_destroy(event));
}

/* What was there before the binding is not lost, also if an earlier event has reported it. */
static void binding_sees_what_is_there(void **state) {
    (void)state;
    struct anysock client, server;
    make_pair(0, 0, &client, &server);
    say(&server, "x");
    (void)await(&client, ANYSOCK_READABLE);
    for (int i = 0; i < 3; i++) {
        struct anysock_event *event = bound_event(&client, ANYSOCK_READABLE);
        assert_true(signalled(event, 0));
        assert_int_equal(ANYSOCK_READABLE, which(event));
        assert_anysock(ANYSOCK_OK, anysock_event_unbind(&client));
        assert_anysock(ANYSOCK_OK, anysock_event_destroy(event));
    }
    close_pair(&client, &server);
}

static void end_of_stream_signals_again_and_again(void **state) {
    (void)state;
    struct anysock client, server;
    make_pair(0, 0, &client, &server);
    struct anysock_event *event = bound_event(&client, ANYSOCK_READABLE);
    assert_anysock(ANYSOCK_OK, anysock_close(&server));
    for (int i = 0; i < 3; i++) {
        assert_int_equal(ANYSOCK_READABLE, await_event(event));
        assert_anysock(ANYSOCK_OK, anysock_recv(&client, buffer, 8, 0, &count));
        assert_int_equal(0, count);
    }
    assert_anysock(ANYSOCK_OK, anysock_close(&client));
    assert_anysock(ANYSOCK_OK, anysock_event_destroy(event));
}

static void reset_is_an_error(void **state) {
    (void)state;
    struct anysock client, server;
    make_pair(0, 0, &client, &server);
    struct anysock_event *event = bound_event(&client, ANYSOCK_READABLE);
    assert_anysock(ANYSOCK_OK, anysock_abort(&server));
    assert_int_equal(ANYSOCK_READABLE | ANYSOCK_ERROR, await_event(event));
    assert_anysock(ANYSOCK_OK, anysock_close(&client));
    assert_anysock(ANYSOCK_OK, anysock_event_destroy(event));
}

static void room_signals_a_writer(void **state) {
    (void)state;
    struct anysock client, server;
    make_pair(0, 0, &client, &server);
    struct anysock_event *event = bound_event(&client, ANYSOCK_WRITABLE);
    assert_int_equal(ANYSOCK_WRITABLE, await_event(event));
    (void)fill(&client);
    assert_int_equal(0, which(event));
    assert_false(signalled(event, 0));
    unsigned events;
    while (anysock_event_wait(event, 1, &events) == ANYSOCK_ETIMEDOUT)
        (void)drain(&server);
    assert_int_equal(ANYSOCK_WRITABLE, events);
    close_pair(&client, &server);
    assert_anysock(ANYSOCK_OK, anysock_event_destroy(event));
}

static void connection_signals_a_listener(void **state) {
    (void)state;
    struct anysock listener, client[2], server;
    struct anysock_addr addr;
    make_listener(ANYSOCK_INET, ANYSOCK_NONBLOCK, &listener, &addr);
    struct anysock_event *event = bound_event(&listener, ANYSOCK_READABLE);
    assert_int_equal(0, which(event));
    for (int i = 0; i < 2; i++) {
        assert_anysock(ANYSOCK_OK, anysock_open(ANYSOCK_INET, ANYSOCK_STREAM, 0, &client[i]));
        assert_anysock(ANYSOCK_OK, anysock_connect(&client[i], &addr));
    }
    for (int i = 0; i < 2; i++) {
        assert_int_equal(ANYSOCK_READABLE, await_event(event));
        assert_anysock(ANYSOCK_OK, anysock_accept(&listener, 0, &server, NULL));
        close_pair(&client[i], &server);
    }
    assert_int_equal(0, which(event));
    assert_anysock(ANYSOCK_OK, anysock_close(&listener));
    assert_anysock(ANYSOCK_OK, anysock_event_destroy(event));
}

static void connect_signals_its_result(void **state) {
    (void)state;
    for (int refused = 0; refused < 2; refused++) {
        struct anysock other, client;
        struct anysock_addr addr;
        if (refused)
            make_refusing(&other, &addr);
        else
            make_listener(ANYSOCK_INET, 0, &other, &addr);
        assert_anysock(ANYSOCK_OK,
                       anysock_open(ANYSOCK_INET, ANYSOCK_STREAM, ANYSOCK_NONBLOCK, &client));
        (void)anysock_connect(&client, &addr);
        struct anysock_event *event = bound_event(&client, ANYSOCK_WRITABLE);
        unsigned wanted = ANYSOCK_WRITABLE | (refused ? ANYSOCK_ERROR : 0u);
        assert_int_equal(wanted, await_event(event));
        assert_int_equal(wanted, which(event)); /* again: it is not read by looking */
        assert_anysock(refused ? ANYSOCK_ECONNREFUSED : ANYSOCK_OK,
                       anysock_connect_result(&client));
        close_pair(&client, &other);
        assert_anysock(ANYSOCK_OK, anysock_event_destroy(event));
    }
}

/* Bound before the connect is started, as an event loop does. */
static void connect_may_be_started_while_bound(void **state) {
    (void)state;
    struct anysock listener, client;
    struct anysock_addr addr;
    make_listener(ANYSOCK_INET, 0, &listener, &addr);
    assert_anysock(ANYSOCK_OK,
                   anysock_open(ANYSOCK_INET, ANYSOCK_STREAM, ANYSOCK_NONBLOCK, &client));
    struct anysock_event *event = bound_event(&client, ANYSOCK_WRITABLE);
    int code = anysock_connect(&client, &addr);
    assert_true(code == ANYSOCK_EINPROGRESS || code == ANYSOCK_OK);
    assert_int_equal(ANYSOCK_WRITABLE, await_event(event));
    assert_anysock(ANYSOCK_OK, anysock_connect_result(&client));
    close_pair(&client, &listener);
    assert_anysock(ANYSOCK_OK, anysock_event_destroy(event));
}

/* The blocking connect of a blocking socket waits, though the descriptor does not. */
static void blocking_connect_blocks_while_bound(void **state) {
    (void)state;
    struct anysock listener, client;
    struct anysock_addr addr;
    make_listener(ANYSOCK_INET, 0, &listener, &addr);
    assert_anysock(ANYSOCK_OK, anysock_open(ANYSOCK_INET, ANYSOCK_STREAM, 0, &client));
    struct anysock_event *event = bound_event(&client, ANYSOCK_READABLE);
    assert_anysock(ANYSOCK_OK, anysock_connect(&client, &addr));
    close_pair(&client, &listener);
    assert_anysock(ANYSOCK_OK, anysock_event_destroy(event));
}

static void wait_times_out(void **state) {
    (void)state;
    struct anysock client, server;
    unsigned events = 7;
    make_pair(0, 0, &client, &server);
    struct anysock_event *event = bound_event(&client, ANYSOCK_READABLE);
    assert_anysock(ANYSOCK_ETIMEDOUT, anysock_event_wait(event, 0, &events));
    assert_int_equal(0, events);
    assert_anysock(ANYSOCK_ETIMEDOUT, anysock_event_wait(event, 15, &events));
    assert_anysock(ANYSOCK_EINVAL, anysock_event_wait(event, -2, &events));
    (void)start_signals();
    int code = anysock_event_wait(event, 30, &events);
    (void)stop_signals();
    assert_anysock(ANYSOCK_ETIMEDOUT, code);
    close_pair(&client, &server);
    assert_anysock(ANYSOCK_OK, anysock_event_destroy(event));
}

static void one_event_one_socket(void **state) {
    (void)state;
    struct anysock client, server;
    struct anysock_event *second;
    make_pair(0, 0, &client, &server);
    struct anysock_event *event = bound_event(&client, ANYSOCK_READABLE);
    assert_anysock(ANYSOCK_OK, anysock_event_create(&second));
    assert_anysock(ANYSOCK_EBUSY, anysock_event_bind(event, &server, ANYSOCK_READABLE));
    assert_anysock(ANYSOCK_EBUSY, anysock_event_bind(second, &client, ANYSOCK_READABLE));
    assert_anysock(ANYSOCK_EBUSY, anysock_event_destroy(event));
    /* The first binding is unharmed. */
    say(&server, "x");
    assert_int_equal(ANYSOCK_READABLE, await_event(event));
    close_pair(&client, &server);
    assert_anysock(ANYSOCK_OK, anysock_event_destroy(event));
    assert_anysock(ANYSOCK_OK, anysock_event_destroy(second));
}

static void unbound_event_is_quiet(void **state) {
    (void)state;
    struct anysock client, server;
    unsigned events;
    make_pair(0, 0, &client, &server);
    struct anysock_event *event = bound_event(&client, ANYSOCK_READABLE);
    say(&server, "x");
    assert_int_equal(ANYSOCK_READABLE, await_event(event));
    assert_anysock(ANYSOCK_OK, anysock_event_unbind(&client));
    assert_anysock(ANYSOCK_OK, anysock_event_unbind(&client)); /* nothing to do */
    assert_false(signalled(event, 0));
    assert_anysock(ANYSOCK_EINVAL, anysock_event_which(event, &events));
    say(&server, "y");
    assert_false(signalled(event, 5));
    /* And can be bound again, to another socket. */
    assert_anysock(ANYSOCK_OK, anysock_event_bind(event, &server, ANYSOCK_WRITABLE));
    assert_int_equal(ANYSOCK_WRITABLE, await_event(event));
    close_pair(&client, &server);
    assert_anysock(ANYSOCK_OK, anysock_event_destroy(event));
}

static void closing_unbinds(void **state) {
    (void)state;
    struct anysock client, server;
    unsigned events;
    make_pair(0, 0, &client, &server);
    struct anysock_event *event = bound_event(&client, ANYSOCK_READABLE);
    close_pair(&client, &server);
    assert_anysock(ANYSOCK_EINVAL, anysock_event_which(event, &events));
    assert_anysock(ANYSOCK_OK, anysock_event_destroy(event));
    assert_anysock(ANYSOCK_OK, anysock_event_destroy(NULL));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(data_signal_the_event),
        TEST(event_stays_signalled_while_data_are_there),
        TEST(binding_sees_what_is_there),
        TEST(end_of_stream_signals_again_and_again),
        TEST(reset_is_an_error),
        TEST(room_signals_a_writer),
        TEST(connection_signals_a_listener),
        TEST(connect_signals_its_result),
        TEST(connect_may_be_started_while_bound),
        TEST(blocking_connect_blocks_while_bound),
        TEST(wait_times_out),
        TEST(one_event_one_socket),
        TEST(unbound_event_is_quiet),
        TEST(closing_unbinds),
    };
    return cmocka_run_group_tests_name("event", tests, NULL, NULL);
}
