/*
 * Waiting for one socket and for several: the same conditions on every system.
 */
#include "net.h"
#include "platform.h"

#define BOTH (ANYSOCK_READABLE | ANYSOCK_WRITABLE)

static char buffer[64];
static size_t count;

/* The conditions now, of both kinds. */
static unsigned now(struct anysock *s) {
    unsigned events;
    int code = anysock_wait(s, BOTH, 0, &events);
    if (code != ANYSOCK_ETIMEDOUT)
        assert_anysock(ANYSOCK_OK, code);
    return events;
}

static void idle_connection_is_writable(void **state) {
    (void)state;
    struct anysock client, server;
    unsigned events = 7;
    make_pair(0, 0, &client, &server);
    assert_int_equal(ANYSOCK_WRITABLE, now(&client));
    assert_anysock(ANYSOCK_ETIMEDOUT, anysock_wait(&client, ANYSOCK_READABLE, 0, &events));
    assert_int_equal(0, events);
    assert_anysock(ANYSOCK_ETIMEDOUT, anysock_wait(&client, ANYSOCK_READABLE, 15, &events));
    assert_int_equal(0, anysock_native_error());
    close_pair(&client, &server);
}

static void data_make_it_readable(void **state) {
    (void)state;
    struct anysock client, server;
    make_pair(0, 0, &client, &server);
    say(&server, "x");
    assert_int_equal(ANYSOCK_READABLE, await(&client, ANYSOCK_READABLE));
    assert_int_equal(BOTH, now(&client));
    assert_anysock(ANYSOCK_OK, anysock_recv(&client, buffer, 1, 0, &count));
    assert_int_equal(ANYSOCK_WRITABLE, now(&client));
    close_pair(&client, &server);
}

static const char much[16 << 20]; /* more than fits into any buffer */

/* Winsock reports the peer's end also to who waits for room only, and goes on doing so. */
static void end_of_stream_does_not_disturb_a_wait_for_room(void **state) {
    (void)state;
    struct anysock client, server;
    unsigned events;
    make_pair(0, 0, &client, &server);
    (void)fill(&client);
    assert_anysock(ANYSOCK_OK, anysock_shutdown(&server, ANYSOCK_SHUT_WR));
    (void)await(&client, ANYSOCK_READABLE);
    assert_anysock(ANYSOCK_ETIMEDOUT, anysock_wait(&client, ANYSOCK_WRITABLE, 0, &events));
    assert_anysock(ANYSOCK_ETIMEDOUT, anysock_wait(&client, ANYSOCK_WRITABLE, 30, &events));
    assert_anysock(ANYSOCK_OK, anysock_set_timeout(&client, ANYSOCK_TIMEOUT_SEND, 30));
    assert_anysock(ANYSOCK_ETIMEDOUT, anysock_send_all(&client, much, sizeof much, &count));
    struct anysock_poll_item nothing = {&client, 0, 0};
    assert_anysock(ANYSOCK_OK, anysock_poll(&nothing, 1, 30, &count));
    assert_int_equal(0, count);
    while (anysock_wait(&client, ANYSOCK_WRITABLE, 1, &events) == ANYSOCK_ETIMEDOUT)
        (void)drain(&server);
    assert_int_equal(ANYSOCK_WRITABLE, events);
    close_pair(&client, &server);
}

static void end_of_stream_is_readable(void **state) {
    (void)state;
    struct anysock client, server;
    make_pair(0, 0, &client, &server);
    say(&server, "x");
    assert_anysock(ANYSOCK_OK, anysock_shutdown(&server, ANYSOCK_SHUT_WR));
    assert_int_equal(ANYSOCK_READABLE, await(&client, ANYSOCK_READABLE));
    assert_anysock(ANYSOCK_OK, anysock_recv(&client, buffer, 1, 0, &count));
    assert_int_equal(1, count);
    assert_int_equal(ANYSOCK_READABLE, await(&client, ANYSOCK_READABLE));
    assert_anysock(ANYSOCK_OK, anysock_recv(&client, buffer, 1, 0, &count));
    assert_int_equal(0, count);
    assert_int_equal(BOTH, now(&client)); /* and stays so */
    close_pair(&client, &server);
}

static void full_window_is_not_writable(void **state) {
    (void)state;
    struct anysock client, server;
    make_pair(0, 0, &client, &server);
    (void)fill(&client);
    assert_int_equal(0, now(&client));
    while (now(&client) == 0)
        (void)drain(&server);
    assert_int_equal(ANYSOCK_WRITABLE, now(&client));
    close_pair(&client, &server);
}

static void reset_is_an_error_and_both(void **state) {
    (void)state;
    struct anysock client, server;
    make_pair(0, 0, &client, &server);
    assert_anysock(ANYSOCK_OK, anysock_abort(&server));
    assert_int_equal(ANYSOCK_READABLE | ANYSOCK_ERROR, await(&client, ANYSOCK_READABLE));
    assert_int_equal(BOTH | ANYSOCK_ERROR, now(&client));
    assert_anysock(ANYSOCK_OK, anysock_close(&client));
}

static void listener_is_readable_with_a_connection(void **state) {
    (void)state;
    struct anysock listener, client, server;
    struct anysock_addr addr;
    make_listener(ANYSOCK_INET, 0, &listener, &addr);
    assert_int_equal(0, now(&listener));
    assert_anysock(ANYSOCK_OK, anysock_open(ANYSOCK_INET, ANYSOCK_STREAM, 0, &client));
    assert_anysock(ANYSOCK_OK, anysock_connect(&client, &addr));
    assert_int_equal(ANYSOCK_READABLE, await(&listener, ANYSOCK_READABLE));
    assert_int_equal(ANYSOCK_READABLE, now(&listener));
    assert_anysock(ANYSOCK_OK, anysock_accept(&listener, 0, &server, NULL));
    assert_int_equal(0, now(&listener));
    close_pair(&client, &server);
    assert_anysock(ANYSOCK_OK, anysock_close(&listener));
}

/* Systems disagree about fresh streams; what counts is that no call on them would wait. */
static void fresh_stream_does_not_keep_anybody_waiting(void **state) {
    (void)state;
    struct anysock s;
    assert_anysock(ANYSOCK_OK, anysock_open(ANYSOCK_INET, ANYSOCK_STREAM, 0, &s));
    assert_int_equal(BOTH, now(&s));
    assert_anysock(ANYSOCK_OK, anysock_close(&s));
}

static void pending_connect_has_no_condition(void **state) {
    (void)state;
    struct black_hole hole;
    struct anysock s;
    make_black_hole(&hole);
    assert_anysock(ANYSOCK_OK, anysock_open(ANYSOCK_INET, ANYSOCK_STREAM, ANYSOCK_NONBLOCK, &s));
    assert_anysock(ANYSOCK_EINPROGRESS, anysock_connect(&s, &hole.addr));
    assert_int_equal(0, now(&s));
    assert_anysock(ANYSOCK_OK, anysock_close(&s));
    close_black_hole(&hole);
}

static void own_shutdowns_count(void **state) {
    (void)state;
    struct anysock client, server;
    make_pair(0, 0, &client, &server);
    (void)fill(&client);
    assert_int_equal(0, now(&client));
    assert_anysock(ANYSOCK_OK, anysock_shutdown(&client, ANYSOCK_SHUT_RD));
    assert_int_equal(ANYSOCK_READABLE, now(&client)); /* end of stream */
    assert_anysock(ANYSOCK_OK, anysock_shutdown(&client, ANYSOCK_SHUT_WR));
    assert_int_equal(BOTH, now(&client)); /* EPIPE at once */
    close_pair(&client, &server);
}

static void datagram_socket_is_writable(void **state) {
    (void)state;
    struct anysock s;
    struct anysock_addr addr;
    assert_anysock(ANYSOCK_OK, anysock_open(ANYSOCK_INET, ANYSOCK_DGRAM, 0, &s));
    assert_anysock(ANYSOCK_OK, anysock_addr_loopback(ANYSOCK_INET, 0, &addr));
    assert_anysock(ANYSOCK_OK, anysock_bind(&s, &addr, ANYSOCK_BIND_SERVER));
    assert_int_equal(ANYSOCK_WRITABLE, now(&s));
    assert_anysock(ANYSOCK_OK, anysock_close(&s));
}

static void wait_checks_its_arguments(void **state) {
    (void)state;
    struct anysock s = ANYSOCK_INIT;
    unsigned events = 7;
    assert_anysock(ANYSOCK_EFAULT, anysock_wait(NULL, BOTH, 0, &events));
    assert_anysock(ANYSOCK_EFAULT, anysock_wait(&s, BOTH, 0, NULL));
    assert_anysock(ANYSOCK_EBADF, anysock_wait(&s, BOTH, 0, &events));
    assert_int_equal(0, events);
    assert_anysock(ANYSOCK_OK, anysock_open(ANYSOCK_INET, ANYSOCK_STREAM, 0, &s));
    assert_anysock(ANYSOCK_EINVAL, anysock_wait(&s, 0, 0, &events));
    assert_anysock(ANYSOCK_EINVAL, anysock_wait(&s, ANYSOCK_ERROR, 0, &events));
    assert_anysock(ANYSOCK_EINVAL, anysock_wait(&s, BOTH, -2, &events));
    assert_anysock(ANYSOCK_OK, anysock_close(&s));
}

static void interrupted_wait_keeps_its_deadline(void **state) {
    (void)state;
    struct anysock client, server;
    unsigned events;
    make_pair(0, 0, &client, &server);
    bool signals = start_signals();
    int code = anysock_wait(&client, ANYSOCK_READABLE, 30, &events);
    unsigned came = stop_signals();
    assert_anysock(ANYSOCK_ETIMEDOUT, code);
    assert_true(came > 0 || !signals);
    close_pair(&client, &server);
}

/* --- several --- */

static void poll_finds_the_ready_ones(void **state) {
    (void)state;
    struct anysock client[3], server[3];
    struct anysock_poll_item items[3];
    for (size_t i = 0; i < 3; i++) {
        make_pair(0, 0, &client[i], &server[i]);
        items[i].socket = &client[i];
        items[i].wanted = ANYSOCK_READABLE;
    }
    assert_anysock(ANYSOCK_OK, anysock_poll(items, 3, 0, &count));
    assert_int_equal(0, count);
    say(&server[1], "x");
    assert_anysock(ANYSOCK_OK, anysock_poll(items, 3, PATIENCE_MS, &count));
    assert_int_equal(1, count);
    assert_int_equal(0, items[0].events);
    assert_int_equal(ANYSOCK_READABLE, items[1].events);
    assert_int_equal(0, items[2].events);
    items[0].wanted = ANYSOCK_WRITABLE;
    assert_anysock(ANYSOCK_OK, anysock_poll(items, 3, PATIENCE_MS, &count));
    assert_int_equal(2, count);
    for (size_t i = 0; i < 3; i++)
        close_pair(&client[i], &server[i]);
}

static void poll_ignores_null_and_reports_closed(void **state) {
    (void)state;
    struct anysock client, server, closed = ANYSOCK_INIT;
    make_pair(0, 0, &client, &server);
    struct anysock_poll_item items[] = {{NULL, ANYSOCK_READABLE, 7},
                                        {&client, ANYSOCK_READABLE, 7},
                                        {&closed, ANYSOCK_READABLE, 7}};
    assert_anysock(ANYSOCK_OK, anysock_poll(items, 3, ANYSOCK_FOREVER, &count));
    assert_int_equal(1, count);
    assert_int_equal(0, items[0].events);
    assert_int_equal(0, items[1].events);
    assert_int_equal(ANYSOCK_INVALID, items[2].events);
    assert_anysock(ANYSOCK_OK, anysock_poll(items, 2, 10, &count));
    assert_int_equal(0, count);
    assert_anysock(ANYSOCK_OK, anysock_poll(items, 1, 10, &count)); /* nothing to wait for */
    assert_int_equal(0, count);
    close_pair(&client, &server);
}

static void poll_without_sockets_sleeps(void **state) {
    (void)state;
    assert_anysock(ANYSOCK_OK, anysock_poll(NULL, 0, 10, &count));
    assert_int_equal(0, count);
    assert_anysock(ANYSOCK_OK, anysock_poll(NULL, 0, 0, &count));
}

/* One pending connect changes how Windows waits for all of them. */
static void poll_mixes_connecting_and_connected(void **state) {
    (void)state;
    struct anysock client, server, holder, refused;
    struct anysock_addr addr;
    make_pair(0, 0, &client, &server);
    make_refusing(&holder, &addr);
    assert_anysock(ANYSOCK_OK,
                   anysock_open(ANYSOCK_INET, ANYSOCK_STREAM, ANYSOCK_NONBLOCK, &refused));
    (void)anysock_connect(&refused, &addr);
    struct anysock_poll_item items[] = {{&client, ANYSOCK_READABLE, 0},
                                        {&refused, ANYSOCK_WRITABLE, 0}};
    assert_anysock(ANYSOCK_OK, anysock_poll(items, 2, PATIENCE_MS, &count));
    assert_int_equal(1, count);
    assert_int_equal(0, items[0].events);
    assert_int_equal(ANYSOCK_WRITABLE | ANYSOCK_ERROR, items[1].events);
    say(&server, "x");
    (void)await(&client, ANYSOCK_READABLE);
    assert_anysock(ANYSOCK_OK, anysock_poll(items, 2, PATIENCE_MS, &count));
    assert_int_equal(2, count);
    assert_int_equal(ANYSOCK_READABLE, items[0].events);
    assert_anysock(ANYSOCK_ECONNREFUSED, anysock_connect_result(&refused));
    close_pair(&client, &server);
    close_pair(&refused, &holder);
}

/* Windows is asked in another way then, which knows less. */
static void pending_connect_hides_no_error_of_others(void **state) {
    (void)state;
    for (unsigned wanted = 0; wanted <= ANYSOCK_READABLE; wanted++) {
        struct black_hole hole;
        struct anysock client, server, pending;
        make_pair(0, 0, &client, &server);
        make_black_hole(&hole);
        assert_anysock(ANYSOCK_OK,
                       anysock_open(ANYSOCK_INET, ANYSOCK_STREAM, ANYSOCK_NONBLOCK, &pending));
        assert_anysock(ANYSOCK_EINPROGRESS, anysock_connect(&pending, &hole.addr));
        struct anysock_poll_item items[] = {{&client, wanted, 0}, {&pending, ANYSOCK_READABLE, 0}};
        assert_anysock(ANYSOCK_OK, anysock_poll(items, 2, 15, &count));
        assert_int_equal(0, count);
        assert_anysock(ANYSOCK_OK, anysock_abort(&server));
        assert_anysock(ANYSOCK_OK, anysock_poll(items, 2, PATIENCE_MS, &count));
        assert_int_equal(wanted | ANYSOCK_ERROR, items[0].events);
        close_pair(&client, &pending);
        close_black_hole(&hole);
    }
}

static void poll_without_wants_reports_errors_only(void **state) {
    (void)state;
    struct anysock client, server;
    make_pair(0, 0, &client, &server);
    struct anysock_poll_item item = {&client, 0, 0};
    say(&server, "x");
    (void)await(&client, ANYSOCK_READABLE);
    assert_anysock(ANYSOCK_OK, anysock_poll(&item, 1, 0, &count));
    assert_int_equal(0, count);
    assert_anysock(ANYSOCK_OK, anysock_abort(&server));
    assert_anysock(ANYSOCK_OK, anysock_poll(&item, 1, PATIENCE_MS, &count));
    assert_int_equal(1, count);
    assert_int_equal(ANYSOCK_ERROR, item.events);
    assert_anysock(ANYSOCK_OK, anysock_close(&client));
}

/* Both directions are finished: no error, and nothing to wait for but the time. */
static void poll_without_wants_sits_a_hang_up_out(void **state) {
    (void)state;
    struct anysock client, server;
    make_pair(0, 0, &client, &server);
    struct anysock_poll_item item = {&client, 0, 0};
    assert_anysock(ANYSOCK_OK, anysock_shutdown(&client, ANYSOCK_SHUT_WR));
    assert_anysock(ANYSOCK_OK, anysock_shutdown(&server, ANYSOCK_SHUT_WR));
    (void)await(&client, ANYSOCK_READABLE);
    assert_anysock(ANYSOCK_OK, anysock_poll(&item, 1, 15, &count));
    assert_int_equal(0, count);
    assert_int_equal(0, item.events);
    close_pair(&client, &server);
}

/* The success of a connect is nothing to read: the wait goes on until there is. */
static void reader_waits_through_the_end_of_a_connect(void **state) {
    (void)state;
    struct anysock listener, client, server;
    struct anysock_addr addr;
    unsigned events;
    make_listener(ANYSOCK_INET, 0, &listener, &addr);
    assert_anysock(ANYSOCK_OK,
                   anysock_open(ANYSOCK_INET, ANYSOCK_STREAM, ANYSOCK_NONBLOCK, &client));
    (void)anysock_connect(&client, &addr);
    assert_anysock(ANYSOCK_ETIMEDOUT, anysock_wait(&client, ANYSOCK_READABLE, 15, &events));
    assert_anysock(ANYSOCK_OK, anysock_accept(&listener, 0, &server, NULL));
    say(&server, "x");
    assert_int_equal(ANYSOCK_READABLE, await(&client, ANYSOCK_READABLE));
    close_pair(&client, &server);
    assert_anysock(ANYSOCK_OK, anysock_close(&listener));
}

static void poll_takes_as_many_as_it_says(void **state) {
    (void)state;
    static struct anysock_poll_item items[ANYSOCK_POLL_MAX + 1];
    struct anysock client, server;
    make_pair(0, 0, &client, &server);
    for (size_t i = 0; i < ANYSOCK_POLL_MAX; i++) {
        items[i].socket = i + 1 == ANYSOCK_POLL_MAX ? &client : NULL;
        items[i].wanted = ANYSOCK_WRITABLE;
    }
    assert_anysock(ANYSOCK_OK, anysock_poll(items, ANYSOCK_POLL_MAX, PATIENCE_MS, &count));
    assert_int_equal(1, count);
    assert_int_equal(ANYSOCK_WRITABLE, items[ANYSOCK_POLL_MAX - 1].events);
    assert_anysock(ANYSOCK_EINVAL, anysock_poll(items, ANYSOCK_POLL_MAX + 1, 0, &count));
    assert_anysock(ANYSOCK_EFAULT, anysock_poll(NULL, 1, 0, &count));
    assert_anysock(ANYSOCK_EFAULT, anysock_poll(items, 1, 0, NULL));
    close_pair(&client, &server);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(idle_connection_is_writable),
        TEST(data_make_it_readable),
        TEST(end_of_stream_is_readable),
        TEST(end_of_stream_does_not_disturb_a_wait_for_room),
        TEST(full_window_is_not_writable),
        TEST(reset_is_an_error_and_both),
        TEST(listener_is_readable_with_a_connection),
        TEST(fresh_stream_does_not_keep_anybody_waiting),
        TEST(pending_connect_has_no_condition),
        TEST(own_shutdowns_count),
        TEST(datagram_socket_is_writable),
        TEST(wait_checks_its_arguments),
        TEST(interrupted_wait_keeps_its_deadline),
        TEST(poll_finds_the_ready_ones),
        TEST(poll_ignores_null_and_reports_closed),
        TEST(poll_without_sockets_sleeps),
        TEST(poll_mixes_connecting_and_connected),
        TEST(pending_connect_hides_no_error_of_others),
        TEST(poll_without_wants_reports_errors_only),
        TEST(poll_without_wants_sits_a_hang_up_out),
        TEST(reader_waits_through_the_end_of_a_connect),
        TEST(poll_takes_as_many_as_it_says),
    };
    return cmocka_run_group_tests_name("wait", tests, NULL, NULL);
}
