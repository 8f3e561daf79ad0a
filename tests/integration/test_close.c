/*
 * The ways to close a connection: gracefully in the background, at once, after the peer has all.
 */
#include <string.h>

#include "deviations.h"
#include "net.h"
#include "platform.h"

/* So long that a close that waits would not be taken for one that does not. */
#define LONG_LINGER_S 10000

static char buffer[64];
static size_t count;

/* Gives a socket away and takes it back with a linger time, as others might have set it. */
static void adopt_lingering(struct anysock *s, unsigned flags) {
    anysock_native native;
    assert_anysock(ANYSOCK_OK, anysock_release(s, &native));
    foreign_linger(native, LONG_LINGER_S);
    assert_anysock(ANYSOCK_OK, anysock_adopt(native, flags, s));
}

/* A thread that receives everything in small pieces, and then ends or does not. */
struct reader {
    struct anysock *s;
    bool ends;
    size_t total;
};

static int read_slowly(void *argument) {
    struct reader *reader = argument;
    char piece[1000];
    size_t received;
    for (;;) {
        int code = anysock_recv(reader->s, piece, sizeof piece, 0, &received);
        if (code != ANYSOCK_OK)
            return code;
        if (received == 0)
            break;
        reader->total += received;
    }
    return reader->ends ? anysock_shutdown(reader->s, ANYSOCK_SHUT_WR) : ANYSOCK_OK;
}

static void expect_everything(struct anysock *s, size_t expected) {
    struct reader reader = {s, false, 0};
    assert_anysock(ANYSOCK_OK, read_slowly(&reader));
    assert_int_equal(expected, reader.total);
}

/* --- close --- */

static void close_delivers_a_full_window(void **state) {
    (void)state;
    static const unsigned flags[] = {0, ANYSOCK_NONBLOCK};
    for (size_t i = 0; i < COUNT_OF(flags); i++) {
        struct anysock client, server;
        make_pair(flags[i], 0, &client, &server);
        size_t sent = fill(&client);
        assert_anysock(ANYSOCK_OK, anysock_close(&client));
        expect_everything(&server, sent);
        assert_anysock(ANYSOCK_OK, anysock_close(&server));
    }
}

static void close_never_waits_whatever_linger_says(void **state) {
    (void)state;
    static const unsigned flags[] = {0, ANYSOCK_NONBLOCK};
    for (size_t i = 0; i < COUNT_OF(flags); i++) {
        struct anysock client, server;
        make_pair(0, 0, &client, &server);
        adopt_lingering(&client, flags[i]);
        size_t sent = fill(&client);
        assert_anysock(ANYSOCK_OK, anysock_close(&client)); /* nobody reads yet */
        expect_everything(&server, sent);
        assert_anysock(ANYSOCK_OK, anysock_close(&server));
    }
}

/* What is accepted has its listener's linger time. */
static void close_of_a_lingering_listeners_child_does_not_wait(void **state) {
    (void)state;
    struct anysock listener, client, child;
    struct anysock_addr addr;
    make_listener(ANYSOCK_INET, 0, &listener, &addr);
    adopt_lingering(&listener, 0);
    assert_anysock(ANYSOCK_OK, anysock_open(ANYSOCK_INET, ANYSOCK_STREAM, 0, &client));
    assert_anysock(ANYSOCK_OK, anysock_connect(&client, &addr));
    assert_anysock(ANYSOCK_OK, anysock_accept(&listener, 0, &child, NULL));
    size_t sent = fill(&child);
    assert_anysock(ANYSOCK_OK, anysock_close(&child));
    expect_everything(&client, sent);
    close_pair(&client, &listener);
}

static void close_with_unread_data_resets(void **state) {
    (void)state;
    struct anysock client, server;
    make_pair(0, 0, &client, &server);
    say(&server, "nobody reads this");
    (void)await(&client, ANYSOCK_READABLE);
    assert_anysock(ANYSOCK_OK, anysock_close(&client));
    await_state(&server, ANYSOCK_PEER_RESET);
    assert_anysock(ANYSOCK_OK, anysock_close(&server));
}

static void close_while_connecting_gives_up(void **state) {
    (void)state;
    struct black_hole hole;
    make_black_hole(&hole);
    assert_anysock(ANYSOCK_OK, anysock_close(&hole.clients[BLACK_HOLE_CLIENTS - 1]));
    assert_anysock(ANYSOCK_OK, anysock_open(ANYSOCK_INET, ANYSOCK_STREAM, 0, /* for its tear-down */
                                            &hole.clients[BLACK_HOLE_CLIENTS - 1]));
    close_black_hole(&hole);
}

static void second_close_says_so(void **state) {
    (void)state;
    struct anysock client, server;
    make_pair(0, 0, &client, &server);
    close_pair(&client, &server);
    assert_anysock(ANYSOCK_EBADF, anysock_close(&client));
    assert_anysock(ANYSOCK_EBADF, anysock_abort(&client));
    assert_anysock(ANYSOCK_EBADF, anysock_close_flush(&client, 0));
    assert_int_equal(0, anysock_native_error());
    assert_anysock(ANYSOCK_OK, anysock_open(ANYSOCK_INET, ANYSOCK_STREAM, 0, &client));
    assert_anysock(ANYSOCK_OK, anysock_abort(&client));
    assert_anysock(ANYSOCK_EBADF, anysock_close(&client));
}

/* --- abort --- */

static void abort_resets(void **state) {
    (void)state;
    static const unsigned flags[] = {0, ANYSOCK_NONBLOCK};
    for (size_t i = 0; i < COUNT_OF(flags); i++) {
        struct anysock client, server;
        make_pair(flags[i], 0, &client, &server);
        assert_anysock(ANYSOCK_OK, anysock_abort(&client));
        assert_false(anysock_is_open(&client));
        await_state(&server, ANYSOCK_PEER_RESET);
        assert_anysock(ANYSOCK_ECONNRESET, anysock_recv(&server, buffer, 1, 0, &count));
        assert_anysock(ANYSOCK_OK, anysock_close(&server));
    }
}

static void abort_drops_what_was_not_delivered(void **state) {
    (void)state;
    struct anysock client, server;
    make_pair(0, 0, &client, &server);
    adopt_lingering(&client, 0); /* which does not make it wait either */
    size_t sent = fill(&client);
    assert_anysock(ANYSOCK_OK, anysock_abort(&client));
    await_state(&server, ANYSOCK_PEER_RESET);
    assert_true(drain(&server) < sent);
    assert_anysock(ANYSOCK_ECONNRESET, anysock_recv(&server, buffer, 1, 0, &count));
    assert_anysock(ANYSOCK_OK, anysock_close(&server));
}

static void abort_closes_what_has_no_connection(void **state) {
    (void)state;
    struct anysock listener, datagram;
    struct anysock_addr addr;
    make_listener(ANYSOCK_INET, 0, &listener, &addr);
    assert_anysock(ANYSOCK_OK, anysock_open(ANYSOCK_INET, ANYSOCK_DGRAM, 0, &datagram));
    assert_anysock(ANYSOCK_OK, anysock_abort(&listener));
    assert_anysock(ANYSOCK_OK, anysock_abort(&datagram));
    assert_false(anysock_is_open(&listener) || anysock_is_open(&datagram));
}

/* --- close_flush --- */

static void close_flush_delivers_all_to_a_slow_reader(void **state) {
    (void)state;
    static const unsigned flags[] = {0, ANYSOCK_NONBLOCK};
    for (size_t i = 0; i < COUNT_OF(flags); i++) {
        struct anysock client, server;
        struct thread thread;
        struct reader reader = {&server, true, 0};
        make_pair(flags[i], 0, &client, &server);
        size_t sent = fill(&client);
        thread_start(&thread, read_slowly, &reader);
        int code = anysock_close_flush(&client, i == 0 ? PATIENCE_MS : ANYSOCK_FOREVER);
        assert_int_equal(ANYSOCK_OK, thread_join(&thread));
        assert_anysock(ANYSOCK_OK, code);
        assert_int_equal(sent, reader.total);
        assert_false(anysock_is_open(&client));
        assert_anysock(ANYSOCK_OK, anysock_close(&server));
    }
}

static void close_flush_times_out_on_a_reader_that_never_ends(void **state) {
    (void)state;
    struct anysock client, server;
    make_pair(0, 0, &client, &server);
    say(&client, "hello");
    assert_anysock(ANYSOCK_ETIMEDOUT, anysock_close_flush(&client, 20));
    assert_int_equal(0, anysock_native_error());
    assert_false(anysock_is_open(&client));
    expect_everything(&server, 5); /* which is what nobody knew */
    assert_anysock(ANYSOCK_OK, anysock_close(&server));
}

static void close_flush_times_out_on_a_reader_that_does_not_read(void **state) {
    (void)state;
    struct anysock client, server;
    make_pair(0, 0, &client, &server);
    size_t sent = fill(&client);
    assert_anysock(ANYSOCK_ETIMEDOUT, anysock_close_flush(&client, 20));
    assert_false(anysock_is_open(&client));
    expect_everything(&server, sent); /* still delivered in the background */
    assert_anysock(ANYSOCK_OK, anysock_close(&server));
}

/* A thread that sends until nobody takes it any more. */
static int send_endlessly(void *argument) {
    static const char piece[65536];
    size_t sent;
    int code;
    do
        code = anysock_send(argument, piece, sizeof piece, 0, &sent);
    while (code == ANYSOCK_OK);
    return code;
}

static void close_flush_times_out_on_a_peer_that_goes_on_sending(void **state) {
    (void)state;
    struct anysock client, server;
    struct thread thread;
    make_pair(0, 0, &client, &server);
    thread_start(&thread, send_endlessly, &server);
    (void)await(&client, ANYSOCK_READABLE);
    int code = anysock_close_flush(&client, 20);
    int end = thread_join(&thread); /* what was not read made the close a reset */
    assert_anysock(ANYSOCK_ETIMEDOUT, code);
    assert_anysock(ANYSOCK_ECONNRESET, end);
    assert_anysock(ANYSOCK_OK, anysock_close(&server));
}

/* A plain close would reset the connection because of them, and the peer lose what it was sent. */
static void close_flush_discards_late_data(void **state) {
    (void)state;
    struct anysock client, server;
    struct thread thread;
    struct reader reader = {&server, true, 0};
    make_pair(0, 0, &client, &server);
    say(&client, "question");
    say(&server, "an answer that nobody wants any more");
    thread_start(&thread, read_slowly, &reader);
    int code = anysock_close_flush(&client, PATIENCE_MS);
    assert_int_equal(ANYSOCK_OK, thread_join(&thread)); /* the end, and no reset */
    assert_anysock(ANYSOCK_OK, code);
    assert_int_equal(8, reader.total);
    assert_anysock(ANYSOCK_OK, anysock_close(&server));
}

static void close_flush_tells_of_a_reset(void **state) {
    (void)state;
    struct anysock client, server;
    make_pair(0, 0, &client, &server);
    assert_anysock(ANYSOCK_OK, anysock_abort(&server));
    await_state(&client, ANYSOCK_PEER_RESET);
    assert_anysock(ANYSOCK_ECONNRESET, anysock_close_flush(&client, PATIENCE_MS));
    assert_false(anysock_is_open(&client));
}

static void close_flush_after_own_shutdown_still_waits(void **state) {
    (void)state;
    static const enum anysock_shutdown_how ways[] = {ANYSOCK_SHUT_RD, ANYSOCK_SHUT_WR,
                                                     ANYSOCK_SHUT_RDWR};
    for (size_t i = 0; i < COUNT_OF(ways); i++) {
        struct anysock client, server;
        make_pair(0, 0, &client, &server);
        assert_anysock(ANYSOCK_OK, anysock_shutdown(&client, ways[i]));
        assert_anysock(ANYSOCK_ETIMEDOUT, anysock_close_flush(&client, 20));
        assert_false(anysock_is_open(&client));
        assert_anysock(ANYSOCK_OK, anysock_close(&server));
    }
}

static void close_flush_of_what_both_ended_is_done(void **state) {
    (void)state;
    struct anysock client, server;
    make_pair(0, 0, &client, &server);
    assert_anysock(ANYSOCK_OK, anysock_shutdown(&server, ANYSOCK_SHUT_WR));
    assert_anysock(ANYSOCK_OK, anysock_shutdown(&client, ANYSOCK_SHUT_RDWR));
    assert_anysock(ANYSOCK_OK, anysock_close_flush(&client, PATIENCE_MS));
    assert_anysock(ANYSOCK_OK, anysock_close(&server));
}

static void close_flush_without_connection_closes(void **state) {
    (void)state;
    struct anysock fresh, listener;
    struct anysock_addr addr;
    make_listener(ANYSOCK_INET, 0, &listener, &addr);
    assert_anysock(ANYSOCK_OK, anysock_open(ANYSOCK_INET, ANYSOCK_STREAM, 0, &fresh));
    assert_anysock(ANYSOCK_ENOTCONN, anysock_close_flush(&fresh, PATIENCE_MS));
    assert_anysock(ANYSOCK_ENOTCONN, anysock_close_flush(&listener, PATIENCE_MS));
    assert_false(anysock_is_open(&fresh) || anysock_is_open(&listener));
}

static void close_flush_with_wrong_arguments_leaves_the_socket_open(void **state) {
    (void)state;
    struct anysock client, server, datagram;
    make_pair(0, 0, &client, &server);
    assert_anysock(ANYSOCK_OK, anysock_open(ANYSOCK_INET, ANYSOCK_DGRAM, 0, &datagram));
    assert_anysock(ANYSOCK_EOPNOTSUPP, anysock_close_flush(&datagram, 0));
    assert_anysock(ANYSOCK_EINVAL, anysock_close_flush(&client, -2));
    say(&client, "still there");
    assert_anysock(ANYSOCK_OK, anysock_recv_all(&server, buffer, 11, &count));
    close_pair(&client, &server);
    assert_anysock(ANYSOCK_OK, anysock_close(&datagram));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(close_delivers_a_full_window),
        TEST(close_never_waits_whatever_linger_says),
        TEST(close_of_a_lingering_listeners_child_does_not_wait),
        TEST(close_with_unread_data_resets),
        TEST(close_while_connecting_gives_up),
        TEST(second_close_says_so),
        TEST(abort_resets),
        TEST(abort_drops_what_was_not_delivered),
        TEST(abort_closes_what_has_no_connection),
        TEST(close_flush_delivers_all_to_a_slow_reader),
        TEST(close_flush_times_out_on_a_reader_that_never_ends),
        TEST(close_flush_times_out_on_a_reader_that_does_not_read),
        TEST(close_flush_times_out_on_a_peer_that_goes_on_sending),
        TEST(close_flush_discards_late_data),
        TEST(close_flush_tells_of_a_reset),
        TEST(close_flush_after_own_shutdown_still_waits),
        TEST(close_flush_of_what_both_ended_is_done),
        TEST(close_flush_without_connection_closes),
        TEST(close_flush_with_wrong_arguments_leaves_the_socket_open),
    };
    return cmocka_run_group_tests_name("close", tests, NULL, NULL);
}
