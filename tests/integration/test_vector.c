/*
 * Vectored calls over loopback: streams, and datagrams made of several pieces.
 */
#include <string.h>

#include "net.h"
#include "platform.h"

static char buffer[256];
static size_t count;

/* Two datagram sockets that are each other's peer. */
static void make_datagram_pair(struct anysock *a, struct anysock *b) {
    struct anysock *const both[] = {a, b};
    struct anysock_addr addrs[2];
    for (size_t i = 0; i < 2; i++)
        make_datagram(ANYSOCK_INET, both[i], &addrs[i]);
    assert_anysock(ANYSOCK_OK, anysock_connect(a, &addrs[1]));
    assert_anysock(ANYSOCK_OK, anysock_connect(b, &addrs[0]));
}

/* Buffers of a byte each, as many as there can be. */
static void make_bytes(char *bytes, struct anysock_buffer pieces[ANYSOCK_BUFFERS_MAX]) {
    for (size_t i = 0; i < ANYSOCK_BUFFERS_MAX; i++)
        pieces[i] = (struct anysock_buffer){bytes + i, 1};
}

/* --- streams --- */

static void pieces_are_sent_in_order(void **state) {
    (void)state;
    struct anysock client, server;
    char one[] = "hel", two[] = "lo world";
    const struct anysock_buffer pieces[] = {{one, 3}, {NULL, 0}, {two, 8}};
    make_pair(0, 0, &client, &server);
    assert_anysock(ANYSOCK_OK, anysock_send_vec(&client, pieces, 3, 0, &count));
    assert_int_equal(11, count);
    assert_anysock(ANYSOCK_OK, anysock_recv_all(&server, buffer, 11, &count));
    assert_memory_equal("hello world", buffer, 11);
    close_pair(&client, &server);
}

static void pieces_are_filled_in_order(void **state) {
    (void)state;
    struct anysock client, server;
    const struct anysock_buffer pieces[] = {{buffer, 1}, {buffer + 10, 3}, {buffer + 20, 5}};
    make_pair(0, 0, &client, &server);
    say(&client, "abcdef");
    (void)await(&server, ANYSOCK_READABLE);
    memset(buffer, 0, sizeof buffer);
    assert_anysock(ANYSOCK_OK, anysock_recv_vec(&server, pieces, 3, 0, &count));
    assert_int_equal(6, count);
    assert_string_equal("a", buffer);
    assert_string_equal("bcd", buffer + 10);
    assert_string_equal("ef", buffer + 20);
    close_pair(&client, &server);
}

static void as_many_pieces_as_promised_are_moved(void **state) {
    (void)state;
    struct anysock client, server;
    struct anysock_buffer pieces[ANYSOCK_BUFFERS_MAX];
    char bytes[ANYSOCK_BUFFERS_MAX];
    make_pair(0, 0, &client, &server);
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (char)i;
    make_bytes(bytes, pieces);
    assert_anysock(ANYSOCK_OK, anysock_send_vec(&client, pieces, ANYSOCK_BUFFERS_MAX, 0, &count));
    assert_int_equal(ANYSOCK_BUFFERS_MAX, count);
    (void)await(&server, ANYSOCK_READABLE);
    make_bytes(buffer, pieces);
    assert_anysock(ANYSOCK_OK, anysock_recv_vec(&server, pieces, ANYSOCK_BUFFERS_MAX, 0, &count));
    assert_int_equal(ANYSOCK_BUFFERS_MAX, count);
    assert_memory_equal(bytes, buffer, sizeof bytes);
    close_pair(&client, &server);
}

static void nonblocking_pieces_are_sent_until_the_window_is_full(void **state) {
    (void)state;
    static char block[1 << 16];
    struct anysock client, server;
    const struct anysock_buffer pieces[] = {{block, sizeof block}, {block, 1}};
    make_pair(ANYSOCK_NONBLOCK, 0, &client, &server);
    size_t total = 0;
    int code;
    while ((code = anysock_send_vec(&client, pieces, 2, 0, &count)) == ANYSOCK_OK)
        total += count;
    assert_anysock(ANYSOCK_EAGAIN, code);
    assert_int_equal(0, count);
    assert_anysock(ANYSOCK_OK, anysock_close(&client));
    size_t arrived = 0;
    do {
        assert_anysock(ANYSOCK_OK, anysock_recv_vec(&server, pieces, 2, 0, &count));
        arrived += count;
    } while (count > 0);
    assert_int_equal(total, arrived);
    assert_anysock(ANYSOCK_OK, anysock_close(&server));
}

static void pieces_with_nothing_there_would_wait(void **state) {
    (void)state;
    struct anysock client, server;
    const struct anysock_buffer piece = {buffer, 5};
    make_pair(0, ANYSOCK_NONBLOCK, &client, &server);
    assert_anysock(ANYSOCK_EAGAIN, anysock_recv_vec(&server, &piece, 1, 0, &count));
    assert_anysock(ANYSOCK_EAGAIN, anysock_recv_vec(&client, &piece, 1, ANYSOCK_NO_WAIT, &count));
    assert_int_equal(0, count);
    close_pair(&client, &server);
}

static void pieces_time_out(void **state) {
    (void)state;
    struct anysock client, server;
    const struct anysock_buffer piece = {buffer, 5};
    make_pair(0, 0, &client, &server);
    assert_anysock(ANYSOCK_OK, anysock_set_timeout(&server, ANYSOCK_TIMEOUT_RECV, 20));
    assert_anysock(ANYSOCK_ETIMEDOUT, anysock_recv_vec(&server, &piece, 1, 0, &count));
    assert_int_equal(0, count);
    close_pair(&client, &server);
}

static void pieces_can_be_peeked_at(void **state) {
    (void)state;
    struct anysock client, server;
    const struct anysock_buffer pieces[] = {{buffer, 2}, {buffer + 2, 3}};
    make_pair(0, 0, &client, &server);
    say(&client, "hello");
    (void)await(&server, ANYSOCK_READABLE);
    for (int i = 0; i < 2; i++) {
        memset(buffer, 0, sizeof buffer);
        assert_anysock(ANYSOCK_OK, anysock_recv_vec(&server, pieces, 2, ANYSOCK_PEEK, &count));
        assert_int_equal(5, count);
        assert_string_equal("hello", buffer);
    }
    assert_anysock(ANYSOCK_OK, anysock_recv_vec(&server, pieces, 2, 0, &count));
    assert_int_equal(5, count);
    close_pair(&client, &server);
}

static void pieces_end_with_the_stream(void **state) {
    (void)state;
    struct anysock client, server;
    const struct anysock_buffer piece = {buffer, 5};
    make_pair(0, 0, &client, &server);
    assert_anysock(ANYSOCK_OK, anysock_close(&client));
    for (int i = 0; i < 2; i++) {
        count = 99;
        assert_anysock(ANYSOCK_OK, anysock_recv_vec(&server, &piece, 1, 0, &count));
        assert_int_equal(0, count);
    }
    assert_anysock(ANYSOCK_OK, anysock_close(&server));
}

static void no_pieces_on_a_stream_do_nothing(void **state) {
    (void)state;
    struct anysock client, server;
    make_pair(0, 0, &client, &server);
    assert_anysock(ANYSOCK_OK, anysock_send_vec(&client, NULL, 0, 0, &count));
    assert_int_equal(0, count);
    assert_anysock(ANYSOCK_OK, anysock_recv_vec(&server, NULL, 0, 0, &count)); /* nor wait */
    assert_int_equal(0, count);
    close_pair(&client, &server);
}

/* --- datagrams --- */

static void pieces_are_one_datagram(void **state) {
    (void)state;
    struct anysock a, b;
    char one[] = "hel", two[] = "lo";
    const struct anysock_buffer pieces[] = {{one, 3}, {two, 2}};
    make_datagram_pair(&a, &b);
    assert_anysock(ANYSOCK_OK, anysock_send_vec(&a, pieces, 2, 0, &count));
    assert_int_equal(5, count);
    (void)await(&b, ANYSOCK_READABLE);
    assert_anysock(ANYSOCK_OK, anysock_recv(&b, buffer, sizeof buffer, 0, &count));
    assert_int_equal(5, count);
    assert_memory_equal("hello", buffer, 5);
    close_pair(&a, &b);
}

static void datagram_fills_pieces(void **state) {
    (void)state;
    struct anysock a, b;
    const struct anysock_buffer pieces[] = {{buffer, 2}, {buffer + 10, 9}};
    make_datagram_pair(&a, &b);
    assert_anysock(ANYSOCK_OK, anysock_send(&a, "hello", 5, 0, &count));
    assert_anysock(ANYSOCK_OK, anysock_send(&a, "next", 4, 0, &count));
    (void)await(&b, ANYSOCK_READABLE);
    assert_anysock(ANYSOCK_OK, anysock_recv_vec(&b, pieces, 2, 0, &count));
    assert_int_equal(5, count); /* and no byte of the next one */
    assert_memory_equal("he", buffer, 2);
    assert_memory_equal("llo", buffer + 10, 3);
    close_pair(&a, &b);
}

static void datagram_that_is_longer_than_the_pieces_is_cut(void **state) {
    (void)state;
    struct anysock a, b;
    const struct anysock_buffer pieces[] = {{buffer, 2}, {buffer + 10, 1}};
    make_datagram_pair(&a, &b);
    assert_anysock(ANYSOCK_OK, anysock_send(&a, "hello", 5, 0, &count));
    assert_anysock(ANYSOCK_OK, anysock_send(&a, "next", 4, 0, &count));
    (void)await(&b, ANYSOCK_READABLE);
    assert_anysock(ANYSOCK_OK, anysock_recv_vec(&b, pieces, 2, 0, &count));
    assert_int_equal(3, count);
    (void)await(&b, ANYSOCK_READABLE);
    assert_anysock(ANYSOCK_OK, anysock_recv(&b, buffer, sizeof buffer, 0, &count));
    assert_int_equal(4, count);
    assert_memory_equal("next", buffer, 4);
    close_pair(&a, &b);
}

static void no_pieces_are_an_empty_datagram(void **state) {
    (void)state;
    struct anysock a, b;
    make_datagram_pair(&a, &b);
    assert_anysock(ANYSOCK_OK, anysock_send_vec(&a, NULL, 0, 0, &count));
    assert_anysock(ANYSOCK_OK, anysock_send(&a, "next", 4, 0, &count));
    (void)await(&b, ANYSOCK_READABLE);
    count = 99;
    assert_anysock(ANYSOCK_OK, anysock_recv(&b, buffer, sizeof buffer, 0, &count));
    assert_int_equal(0, count);
    (void)await(&b, ANYSOCK_READABLE);
    assert_anysock(ANYSOCK_OK, anysock_recv_vec(&b, NULL, 0, 0, &count)); /* takes the other */
    assert_int_equal(0, count);
    assert_anysock(ANYSOCK_EAGAIN,
                   anysock_recv(&b, buffer, sizeof buffer, ANYSOCK_NO_WAIT, &count));
    close_pair(&a, &b);
}

static void pieces_that_are_too_long_for_a_datagram_are_refused(void **state) {
    (void)state;
    static char much[40000];
    struct anysock a, b;
    const struct anysock_buffer pieces[] = {{much, sizeof much}, {much, sizeof much}};
    const struct anysock_buffer fewer[] = {{much, 32768}, {much, 32740}};
    make_datagram_pair(&a, &b);
    assert_anysock(ANYSOCK_EMSGSIZE, anysock_send_vec(&a, pieces, 2, 0, &count));
    assert_anysock(ANYSOCK_EMSGSIZE, anysock_send_vec(&a, fewer, 2, 0, &count)); /* by one */
    assert_int_equal(0, count);
    close_pair(&a, &b);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(pieces_are_sent_in_order),
        TEST(pieces_are_filled_in_order),
        TEST(as_many_pieces_as_promised_are_moved),
        TEST(nonblocking_pieces_are_sent_until_the_window_is_full),
        TEST(pieces_with_nothing_there_would_wait),
        TEST(pieces_time_out),
        TEST(pieces_can_be_peeked_at),
        TEST(pieces_end_with_the_stream),
        TEST(no_pieces_on_a_stream_do_nothing),
        TEST(pieces_are_one_datagram),
        TEST(datagram_fills_pieces),
        TEST(datagram_that_is_longer_than_the_pieces_is_cut),
        TEST(no_pieces_are_an_empty_datagram),
        TEST(pieces_that_are_too_long_for_a_datagram_are_refused),
    };
    return cmocka_run_group_tests_name("vector", tests, NULL, NULL);
}
