/*
 * Lengths that no int holds, and some that lose their upper half in 32 bits: every call moves some
 * bytes, says how many, and they are the right ones.
 */
#include <string.h>

#include "net.h"
#include "platform.h"

/* Negative as an int; nothing, and three bytes, as 32 bits. */
#define GIB ((uint64_t)1 << 30)
static const uint64_t lengths[] = {2 * GIB, 4 * GIB, 4 * GIB + 3};
#define LONGEST (4 * GIB + 3)
/* What 32 bits would make of the lengths is less than this. */
#define SOME 4

/* What is sent begins with a pattern, as long as the windows of most systems. */
#define PATTERN_LENGTH ((size_t)8 << 20)
static char *out, *in;

static int take_memory(void **state) {
    (void)state;
    out = take_zeros(LONGEST);
    in = take_zeros(LONGEST);
    for (size_t i = 0; out != NULL && i < PATTERN_LENGTH; i++)
        out[i] = (char)(i % 251);
    return 0;
}

static int give_memory_back(void **state) {
    (void)state;
    if (out != NULL) {
        give_zeros_back(out, LONGEST);
        give_zeros_back(in, LONGEST);
    }
    return 0;
}

/* --- the calls, with one meaning --- */

typedef int transfer(struct anysock *s, char *data, size_t length, size_t *count);

static int send_plainly(struct anysock *s, char *data, size_t length, size_t *count) {
    return anysock_send(s, data, length, 0, count);
}

static int send_with_flag(struct anysock *s, char *data, size_t length, size_t *count) {
    return anysock_send(s, data, length, ANYSOCK_NO_WAIT, count);
}

static int send_everything(struct anysock *s, char *data, size_t length, size_t *count) {
    int code = anysock_send_all(s, data, length, count);
    assert_anysock(ANYSOCK_EAGAIN, code); /* there is no room for that */
    return ANYSOCK_OK;
}

static int send_pieces(struct anysock *s, char *data, size_t length, size_t *count) {
    const struct anysock_buffer pieces[] = {{data, 1}, {data + 1, length - 1}};
    return anysock_send_vec(s, pieces, 2, 0, count);
}

static int send_halves(struct anysock *s, char *data, size_t length, size_t *count) {
    const struct anysock_buffer pieces[] = {{data, length / 2},
                                            {data + length / 2, length - length / 2}};
    return anysock_send_vec(s, pieces, 2, 0, count);
}

static int recv_plainly(struct anysock *s, char *data, size_t length, size_t *count) {
    return anysock_recv(s, data, length, 0, count);
}

static int recv_with_flag(struct anysock *s, char *data, size_t length, size_t *count) {
    return anysock_recv(s, data, length, ANYSOCK_NO_WAIT, count);
}

static int recv_everything(struct anysock *s, char *data, size_t length, size_t *count) {
    int code = anysock_recv_all(s, data, length, count);
    assert_anysock(ANYSOCK_EAGAIN, code);
    return ANYSOCK_OK;
}

static int recv_without_sender(struct anysock *s, char *data, size_t length, size_t *count) {
    return anysock_recv_from(s, data, length, 0, NULL, NULL, count);
}

static int recv_pieces(struct anysock *s, char *data, size_t length, size_t *count) {
    const struct anysock_buffer pieces[] = {{data, 1}, {data + 1, length - 1}};
    return anysock_recv_vec(s, pieces, 2, 0, count);
}

static int recv_halves(struct anysock *s, char *data, size_t length, size_t *count) {
    const struct anysock_buffer pieces[] = {{data, length / 2},
                                            {data + length / 2, length - length / 2}};
    return anysock_recv_vec(s, pieces, 2, 0, count);
}

/* --- streams --- */

/* Moves what a send takes; each receive has the whole length for what is left. */
static void move(transfer *send, transfer *receive, size_t length) {
    struct anysock client, server;
    size_t sent, received = 0, most = 0;
    make_pair(ANYSOCK_NONBLOCK, ANYSOCK_NONBLOCK, &client, &server);
    assert_anysock(ANYSOCK_OK, send(&client, out, length, &sent));
    assert_true(sent >= SOME && sent <= length);
    while (received < sent) {
        size_t count;
        (void)await(&server, ANYSOCK_READABLE);
        assert_anysock(ANYSOCK_OK, receive(&server, in, length, &count));
        assert_true(count > 0 && count <= sent - received);
        assert_memory_equal(out + received, in, count);
        received += count;
        most = count > most ? count : most;
    }
    assert_true(most >= SOME);
    assert_anysock(ANYSOCK_EAGAIN, receive == recv_everything
                                       ? recv_plainly(&server, in, length, &received)
                                       : receive(&server, in, length, &received));
    assert_int_equal(0, received);
    close_pair(&client, &server);
}

static void streams_move_some_of_it(void **state) {
    (void)state;
    static transfer *const sends[] = {send_plainly, send_with_flag, send_everything, send_pieces,
                                      send_halves};
    static transfer *const receives[] = {recv_plainly,        recv_with_flag, recv_everything,
                                         recv_without_sender, recv_pieces,    recv_halves};
    if (out == NULL)
        skip();
    for (size_t i = 0; i < COUNT_OF(lengths); i++) {
        for (size_t j = 0; j < COUNT_OF(sends); j++)
            move(sends[j], recv_plainly, (size_t)lengths[i]);
        for (size_t j = 0; j < COUNT_OF(receives); j++)
            move(send_plainly, receives[j], (size_t)lengths[i]);
    }
}

/* --- datagrams --- */

static void datagrams_are_refused_or_whole(void **state) {
    (void)state;
    static transfer *const receives[] = {recv_plainly, recv_with_flag, recv_without_sender,
                                         recv_pieces, recv_halves};
    struct anysock s;
    struct anysock_addr addr;
    size_t count;
    if (out == NULL)
        skip();
    assert_anysock(ANYSOCK_OK, anysock_addr_loopback(ANYSOCK_INET, 0, &addr));
    assert_anysock(ANYSOCK_OK, anysock_open(ANYSOCK_INET, ANYSOCK_DGRAM, ANYSOCK_NONBLOCK, &s));
    assert_anysock(ANYSOCK_OK, anysock_bind(&s, &addr, ANYSOCK_BIND_CLIENT));
    assert_anysock(ANYSOCK_OK, anysock_local_addr(&s, &addr));
    for (size_t i = 0; i < COUNT_OF(lengths); i++) {
        size_t length = (size_t)lengths[i];
        assert_anysock(ANYSOCK_EMSGSIZE, anysock_send_to(&s, out, length, 0, &addr, &count));
        for (size_t j = 0; j < COUNT_OF(receives); j++) {
            assert_anysock(ANYSOCK_OK, anysock_send_to(&s, "hello", 5, 0, &addr, &count));
            (void)await(&s, ANYSOCK_READABLE);
            assert_anysock(ANYSOCK_OK, receives[j](&s, in, length, &count));
            assert_int_equal(5, count);
            assert_memory_equal("hello", in, 5);
        }
    }
    assert_anysock(ANYSOCK_OK, anysock_connect(&s, &addr)); /* itself */
    for (size_t i = 0; i < COUNT_OF(lengths); i++) {
        assert_anysock(ANYSOCK_EMSGSIZE, send_plainly(&s, out, (size_t)lengths[i], &count));
        assert_anysock(ANYSOCK_EMSGSIZE, send_pieces(&s, out, (size_t)lengths[i], &count));
        assert_int_equal(0, count);
    }
    assert_anysock(ANYSOCK_OK, anysock_close(&s));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(streams_move_some_of_it),
        TEST(datagrams_are_refused_or_whole),
    };
    return cmocka_run_group_tests_name("huge", tests, take_memory, give_memory_back);
}
