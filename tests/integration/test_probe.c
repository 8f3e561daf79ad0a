/*
 * Looking at a connection without touching it, over loopback.
 */
#include <string.h>

#include "deviations.h"
#include "net.h"
#include "platform.h"

static char buffer[64];
static enum anysock_peer_state peer;
static size_t count;

static void expect_state(struct anysock *s, enum anysock_peer_state expected) {
    assert_anysock(ANYSOCK_OK, anysock_peek_state(s, &peer));
    assert_int_equal(expected, peer);
}

/* --- peek_state --- */

static void peer_is_open_whatever_is_unread(void **state) {
    (void)state;
    struct anysock client, server;
    make_pair(0, 0, &client, &server);
    expect_state(&server, ANYSOCK_PEER_OPEN);
    expect_state(&client, ANYSOCK_PEER_OPEN);
    say(&client, "hello");
    (void)await(&server, ANYSOCK_READABLE);
    expect_state(&server, ANYSOCK_PEER_OPEN);
    assert_anysock(ANYSOCK_OK, anysock_recv(&server, buffer, 5, 0, &count));
    assert_int_equal(5, count);
    close_pair(&client, &server);
}

static void peer_that_shut_down_has_finished(void **state) {
    (void)state;
    struct anysock client, server;
    make_pair(0, 0, &client, &server);
    assert_anysock(ANYSOCK_OK, anysock_shutdown(&client, ANYSOCK_SHUT_WR));
    (void)await(&server, ANYSOCK_READABLE);
    expect_state(&server, ANYSOCK_PEER_FINISHED);
    expect_state(&server, ANYSOCK_PEER_FINISHED);
    expect_state(&client, ANYSOCK_PEER_OPEN); /* half closed */
    assert_anysock(ANYSOCK_OK, anysock_recv(&server, buffer, 5, 0, &count));
    assert_int_equal(0, count);
    expect_state(&server, ANYSOCK_PEER_FINISHED);
    say(&server, "still");
    assert_anysock(ANYSOCK_OK, anysock_recv_all(&client, buffer, 5, &count));
    close_pair(&client, &server);
}

/* Whoever does not know the peer any more says so. */
static void expect_peer(struct anysock *s, const struct anysock_addr *before) {
    struct anysock_addr addr = *before;
    int code = anysock_peer_addr(s, &addr);
    bool forgotten = !former_peers_are_known() || former_peer_may_be_forgotten(code);
    if (code == ANYSOCK_OK || !forgotten) {
        assert_anysock(ANYSOCK_OK, code);
        assert_true(anysock_addr_equal(before, &addr));
        return;
    }
    assert_anysock(ANYSOCK_ENOTCONN, code);
    assert_int_equal(ANYSOCK_UNSPEC, anysock_addr_family(&addr));
}

/* Over in both ways of ending. */
static void peer_address_outlives_the_connection(void **state) {
    (void)state;
    static const enum anysock_family families[] = {ANYSOCK_INET, ANYSOCK_INET6};
    struct anysock client, server;
    struct anysock_addr before;
    for (size_t i = 0; i < COUNT_OF(families); i++) {
        make_family_pair(families[i], 0, &client, &server);
        assert_anysock(ANYSOCK_OK, anysock_peer_addr(&client, &before));
        assert_anysock(ANYSOCK_OK, anysock_shutdown(&client, ANYSOCK_SHUT_RDWR));
        expect_peer(&client, &before);
        assert_anysock(ANYSOCK_OK, anysock_close(&server));
        await_state(&client, ANYSOCK_PEER_FINISHED);
        expect_peer(&client, &before);
        assert_anysock(ANYSOCK_OK, anysock_close(&client));

        make_family_pair(families[i], 0, &client, &server);
        assert_anysock(ANYSOCK_OK, anysock_peer_addr(&client, &before));
        assert_anysock(ANYSOCK_OK, anysock_abort(&server));
        await_state(&client, ANYSOCK_PEER_RESET);
        expect_peer(&client, &before);
        assert_anysock(ANYSOCK_ECONNRESET, anysock_recv(&client, buffer, 1, 0, &count));
        expect_peer(&client, &before);
        assert_anysock(ANYSOCK_OK, anysock_close(&client));
    }
}

static void peer_that_closed_has_finished(void **state) {
    (void)state;
    struct anysock client, server;
    make_pair(0, ANYSOCK_NONBLOCK, &client, &server);
    assert_anysock(ANYSOCK_OK, anysock_close(&client));
    await_state(&server, ANYSOCK_PEER_FINISHED);
    assert_anysock(ANYSOCK_OK, anysock_recv(&server, buffer, 5, 0, &count));
    assert_int_equal(0, count);
    assert_anysock(ANYSOCK_OK, anysock_close(&server));
}

static void peer_that_finished_is_seen_behind_unread_data(void **state) {
    (void)state;
    struct anysock client, server;
    make_pair(0, 0, &client, &server);
    say(&client, "last words");
    assert_anysock(ANYSOCK_OK, anysock_close(&client));
    (void)await(&server, ANYSOCK_READABLE);
    if (poll_sees_ends_behind_data() && !end_hides_behind_data())
        await_state(&server, ANYSOCK_PEER_FINISHED);
    assert_anysock(ANYSOCK_OK, anysock_recv_all(&server, buffer, sizeof buffer, &count));
    assert_int_equal(10, count); /* nothing was taken by looking */
    expect_state(&server, ANYSOCK_PEER_FINISHED);
    assert_anysock(ANYSOCK_OK, anysock_close(&server));
}

static void both_may_finish(void **state) {
    (void)state;
    struct anysock client, server;
    make_pair(0, 0, &client, &server);
    assert_anysock(ANYSOCK_OK, anysock_shutdown(&client, ANYSOCK_SHUT_WR));
    assert_anysock(ANYSOCK_OK, anysock_shutdown(&server, ANYSOCK_SHUT_WR));
    await_state(&server, ANYSOCK_PEER_FINISHED);
    await_state(&client, ANYSOCK_PEER_FINISHED);
    close_pair(&client, &server);
}

static void own_shutdown_is_not_the_peers(void **state) {
    (void)state;
    static const enum anysock_shutdown_how ways[] = {ANYSOCK_SHUT_RD, ANYSOCK_SHUT_WR,
                                                     ANYSOCK_SHUT_RDWR};
    for (size_t i = 0; i < COUNT_OF(ways); i++) {
        struct anysock client, server;
        make_pair(0, 0, &client, &server);
        assert_anysock(ANYSOCK_OK, anysock_shutdown(&client, ways[i]));
        expect_state(&client, ANYSOCK_PEER_OPEN);
        close_pair(&client, &server);
    }
}

static void end_of_the_peer_is_seen_after_own_shutdown(void **state) {
    (void)state;
    struct anysock client, server;
    make_pair(0, 0, &client, &server);
    assert_anysock(ANYSOCK_OK, anysock_shutdown(&client, ANYSOCK_SHUT_RDWR));
    assert_anysock(ANYSOCK_OK, anysock_shutdown(&server, ANYSOCK_SHUT_WR));
    await_state(&client, ANYSOCK_PEER_FINISHED);
    close_pair(&client, &server);
}

static void reset_is_seen_and_stays(void **state) {
    (void)state;
    struct anysock client, server;
    make_pair(0, 0, &client, &server);
    assert_anysock(ANYSOCK_OK, anysock_abort(&client));
    await_state(&server, ANYSOCK_PEER_RESET);
    expect_state(&server, ANYSOCK_PEER_RESET);
    assert_anysock(ANYSOCK_ECONNRESET, anysock_recv(&server, buffer, 5, 0, &count));
    assert_int_equal(0, count);
    expect_state(&server, ANYSOCK_PEER_RESET);
    assert_anysock(ANYSOCK_EPIPE, anysock_send(&server, "x", 1, 0, &count));
    assert_anysock(ANYSOCK_OK, anysock_close(&server));
}

/* The system's own number shows that the error was still there for the receive. */
static void looking_at_a_reset_leaves_the_error(void **state) {
    (void)state;
    struct anysock client, server;
    make_pair(0, 0, &client, &server);
    assert_anysock(ANYSOCK_OK, anysock_abort(&client));
    await_state(&server, ANYSOCK_PEER_RESET);
    int code = anysock_recv(&server, buffer, 5, 0, &count);
    int native = anysock_native_error();
    assert_anysock(ANYSOCK_ECONNRESET, code);
    if (!reset_is_forgotten_by_the_system())
        assert_int_not_equal(0, native);
    assert_anysock(ANYSOCK_OK, anysock_close(&server));
}

/* Systems differ about the data, but never is there an end of stream. */
static void reset_behind_data_is_no_end(void **state) {
    (void)state;
    struct anysock client, server;
    make_pair(0, 0, &client, &server);
    say(&client, "hello");
    assert_anysock(ANYSOCK_OK, anysock_abort(&client));
    await_state(&server, ANYSOCK_PEER_RESET);
    int code;
    do
        code = anysock_recv(&server, buffer, 1, 0, &count);
    while (code == ANYSOCK_OK && count > 0);
    assert_anysock(ANYSOCK_ECONNRESET, code);
    assert_anysock(ANYSOCK_OK, anysock_close(&server));
}

static void reset_met_by_another_call_is_known(void **state) {
    (void)state;
    struct anysock client, server;
    make_pair(0, 0, &client, &server);
    assert_anysock(ANYSOCK_OK, anysock_abort(&client));
    (void)await(&server, ANYSOCK_READABLE);
    assert_anysock(ANYSOCK_ECONNRESET, anysock_send(&server, "x", 1, 0, &count));
    expect_state(&server, ANYSOCK_PEER_RESET);
    assert_anysock(ANYSOCK_OK, anysock_close(&server));
}

static void peek_state_wants_a_connected_stream(void **state) {
    (void)state;
    struct anysock fresh, listener, datagram;
    struct anysock_addr addr;
    make_listener(ANYSOCK_INET, 0, &listener, &addr);
    assert_anysock(ANYSOCK_OK, anysock_open(ANYSOCK_INET, ANYSOCK_STREAM, 0, &fresh));
    assert_anysock(ANYSOCK_OK, anysock_open(ANYSOCK_INET, ANYSOCK_DGRAM, 0, &datagram));
    assert_anysock(ANYSOCK_ENOTCONN, anysock_peek_state(&fresh, &peer));
    assert_anysock(ANYSOCK_ENOTCONN, anysock_peek_state(&listener, &peer));
    assert_anysock(ANYSOCK_EOPNOTSUPP, anysock_peek_state(&datagram, &peer));
    close_pair(&fresh, &listener);
    assert_anysock(ANYSOCK_OK, anysock_close(&datagram));
}

static void peek_state_while_connecting_is_not_connected(void **state) {
    (void)state;
    struct black_hole hole;
    struct anysock *pending = &hole.clients[BLACK_HOLE_CLIENTS - 1];
    make_black_hole(&hole);
    if (anysock_connect_result(pending) == ANYSOCK_EINPROGRESS) {
        assert_anysock(ANYSOCK_ENOTCONN, anysock_peek_state(pending, &peer));
        assert_anysock(ANYSOCK_EINPROGRESS, anysock_connect_result(pending));
        assert_anysock(ANYSOCK_OK, anysock_bytes_readable(pending, &count));
        assert_int_equal(0, count);
    }
    close_black_hole(&hole);
}

/* --- bytes_readable --- */

static void bytes_readable_counts_and_takes_nothing(void **state) {
    (void)state;
    struct anysock client, server;
    make_pair(0, 0, &client, &server);
    assert_anysock(ANYSOCK_OK, anysock_bytes_readable(&server, &count));
    assert_int_equal(0, count);
    say(&client, "hello");
    (void)await(&server, ANYSOCK_READABLE);
    for (int i = 0; i < 2; i++) {
        assert_anysock(ANYSOCK_OK, anysock_bytes_readable(&server, &count));
        assert_int_equal(5, count);
    }
    assert_anysock(ANYSOCK_OK, anysock_recv(&server, buffer, 2, 0, &count));
    assert_anysock(ANYSOCK_OK, anysock_bytes_readable(&server, &count));
    assert_int_equal(3, count);
    assert_anysock(ANYSOCK_OK, anysock_recv(&server, buffer, 5, 0, &count));
    assert_int_equal(3, count);
    close_pair(&client, &server);
}

static void bytes_readable_does_not_count_the_end(void **state) {
    (void)state;
    struct anysock client, server;
    make_pair(0, 0, &client, &server);
    say(&client, "hello");
    assert_anysock(ANYSOCK_OK, anysock_close(&client));
    (void)await(&server, ANYSOCK_READABLE);
    assert_anysock(ANYSOCK_OK, anysock_bytes_readable(&server, &count));
    assert_int_equal(5, count);
    assert_anysock(ANYSOCK_OK, anysock_recv_all(&server, buffer, sizeof buffer, &count));
    count = 99;
    assert_anysock(ANYSOCK_OK, anysock_bytes_readable(&server, &count));
    assert_int_equal(0, count);
    assert_anysock(ANYSOCK_OK, anysock_close(&server));
}

static void bytes_readable_of_datagrams_is_the_first_at_least(void **state) {
    (void)state;
    struct anysock s;
    struct anysock_addr addr;
    assert_anysock(ANYSOCK_OK, anysock_addr_loopback(ANYSOCK_INET, 0, &addr));
    assert_anysock(ANYSOCK_OK, anysock_open(ANYSOCK_INET, ANYSOCK_DGRAM, 0, &s));
    assert_anysock(ANYSOCK_OK, anysock_bytes_readable(&s, &count)); /* unbound yet */
    assert_int_equal(0, count);
    assert_anysock(ANYSOCK_OK, anysock_bind(&s, &addr, ANYSOCK_BIND_SERVER));
    assert_anysock(ANYSOCK_OK, anysock_local_addr(&s, &addr));
    assert_anysock(ANYSOCK_OK, anysock_send_to(&s, "one", 3, 0, &addr, &count));
    assert_anysock(ANYSOCK_OK, anysock_send_to(&s, "two", 3, 0, &addr, &count));
    (void)await(&s, ANYSOCK_READABLE);
    assert_anysock(ANYSOCK_OK, anysock_bytes_readable(&s, &count));
    assert_true(count >= 3);
    for (int i = 0; i < 2; i++) {
        assert_anysock(ANYSOCK_OK, anysock_recv(&s, buffer, sizeof buffer, 0, &count));
        assert_int_equal(3, count);
    }
    assert_anysock(ANYSOCK_OK, anysock_close(&s));
}

static void bytes_readable_is_what_recv_would_give(void **state) {
    (void)state;
    struct anysock fresh, listener, client, server;
    struct anysock_addr addr;
    make_listener(ANYSOCK_INET, 0, &listener, &addr);
    assert_anysock(ANYSOCK_OK, anysock_open(ANYSOCK_INET, ANYSOCK_STREAM, 0, &fresh));
    assert_anysock(ANYSOCK_OK, anysock_bytes_readable(&fresh, &count));
    assert_int_equal(0, count);
    assert_anysock(ANYSOCK_EINVAL, anysock_bytes_readable(&listener, &count));
    close_pair(&fresh, &listener);
    make_pair(0, 0, &client, &server);
    say(&client, "hello");
    (void)await(&server, ANYSOCK_READABLE);
    assert_anysock(ANYSOCK_OK, anysock_shutdown(&server, ANYSOCK_SHUT_RD));
    assert_anysock(ANYSOCK_OK, anysock_bytes_readable(&server, &count));
    assert_int_equal(0, count);
    close_pair(&client, &server);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(peer_is_open_whatever_is_unread),
        TEST(peer_that_shut_down_has_finished),
        TEST(peer_address_outlives_the_connection),
        TEST(peer_that_closed_has_finished),
        TEST(peer_that_finished_is_seen_behind_unread_data),
        TEST(both_may_finish),
        TEST(own_shutdown_is_not_the_peers),
        TEST(end_of_the_peer_is_seen_after_own_shutdown),
        TEST(reset_is_seen_and_stays),
        TEST(looking_at_a_reset_leaves_the_error),
        TEST(reset_behind_data_is_no_end),
        TEST(reset_met_by_another_call_is_known),
        TEST(peek_state_wants_a_connected_stream),
        TEST(peek_state_while_connecting_is_not_connected),
        TEST(bytes_readable_counts_and_takes_nothing),
        TEST(bytes_readable_does_not_count_the_end),
        TEST(bytes_readable_of_datagrams_is_the_first_at_least),
        TEST(bytes_readable_is_what_recv_would_give),
    };
    return cmocka_run_group_tests_name("probe", tests, NULL, NULL);
}
