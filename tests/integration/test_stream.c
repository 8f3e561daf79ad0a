/*
 * A connection's life: accept, send, receive, shut down, reset, close.
 */
#include <string.h>

#include "deviations.h"
#include "net.h"
#include "platform.h"

static char buffer[64];
static size_t count;

/* --- listen, accept --- */

static void accept_gives_the_peer(void **state) {
    (void)state;
    struct anysock listener, client, server;
    struct anysock_addr addr, peer, local;
    make_listener(ANYSOCK_INET6, 0, &listener, &addr);
    assert_anysock(ANYSOCK_OK, anysock_open(ANYSOCK_INET6, ANYSOCK_STREAM, 0, &client));
    assert_anysock(ANYSOCK_OK, anysock_connect(&client, &addr));
    assert_anysock(ANYSOCK_OK, anysock_accept(&listener, 0, &server, &peer));
    assert_anysock(ANYSOCK_OK, anysock_local_addr(&client, &local));
    assert_true(anysock_addr_equal(&local, &peer));
    assert_anysock(ANYSOCK_OK, anysock_local_addr(&server, &local));
    assert_true(anysock_addr_equal(&addr, &local));
    close_pair(&client, &server);
    assert_anysock(ANYSOCK_OK, anysock_close(&listener));
}

static void accept_with_nothing_there_would_block(void **state) {
    (void)state;
    struct anysock listener, child;
    struct anysock_addr addr, peer;
    make_listener(ANYSOCK_INET, ANYSOCK_NONBLOCK, &listener, &addr);
    assert_anysock(ANYSOCK_EAGAIN, anysock_accept(&listener, 0, &child, &peer));
    assert_false(anysock_is_open(&child));
    assert_int_equal(ANYSOCK_UNSPEC, anysock_addr_family(&peer));
    assert_anysock(ANYSOCK_OK, anysock_close(&listener));
}

static void accept_times_out(void **state) {
    (void)state;
    struct anysock listener, child;
    struct anysock_addr addr;
    make_listener(ANYSOCK_INET, 0, &listener, &addr);
    assert_anysock(ANYSOCK_OK, anysock_set_timeout(&listener, ANYSOCK_TIMEOUT_RECV, 20));
    assert_anysock(ANYSOCK_ETIMEDOUT, anysock_accept(&listener, 0, &child, NULL));
    assert_anysock(ANYSOCK_OK, anysock_close(&listener));
}

static void accept_needs_a_listener(void **state) {
    (void)state;
    struct anysock s, child;
    assert_anysock(ANYSOCK_OK, anysock_open(ANYSOCK_INET, ANYSOCK_STREAM, 0, &s));
    assert_anysock(ANYSOCK_EINVAL, anysock_accept(&s, 0, &child, NULL));
    assert_anysock(ANYSOCK_OK, anysock_close(&s));
}

static void binds_by_itself_by_itself(void **state) {
    (void)state;
    struct anysock listener;
    struct anysock_addr addr;
    assert_anysock(ANYSOCK_OK, anysock_open(ANYSOCK_INET, ANYSOCK_STREAM, 0, &listener));
    assert_anysock(ANYSOCK_OK, anysock_listen(&listener, 0));
    assert_anysock(ANYSOCK_OK, anysock_local_addr(&listener, &addr));
    assert_true(anysock_addr_is_any(&addr));
    assert_int_not_equal(0, anysock_addr_port(&addr));
    assert_anysock(ANYSOCK_OK, anysock_listen(&listener, 300)); /* again, with another backlog */
    assert_anysock(ANYSOCK_OK, anysock_close(&listener));
}

static void listen_is_for_streams(void **state) {
    (void)state;
    struct anysock s;
    assert_anysock(ANYSOCK_OK, anysock_open(ANYSOCK_INET, ANYSOCK_DGRAM, 0, &s));
    assert_anysock(ANYSOCK_EOPNOTSUPP, anysock_listen(&s, 1));
    assert_anysock(ANYSOCK_OK, anysock_close(&s));
}

static void out_of_descriptors_is_said(void **state) {
    (void)state;
    struct anysock listener, client, child, s;
    struct anysock_addr addr;
    make_listener(ANYSOCK_INET, 0, &listener, &addr);
    assert_anysock(ANYSOCK_OK, anysock_open(ANYSOCK_INET, ANYSOCK_STREAM, 0, &client));
    assert_anysock(ANYSOCK_OK, anysock_connect(&client, &addr));
    if (forbid_descriptors()) {
        struct anysock_event *event;
        int opened = anysock_open(ANYSOCK_INET, ANYSOCK_STREAM, 0, &s);
        int accepted = anysock_accept(&listener, 0, &child, NULL);
        int created = anysock_event_create(&event);
        allow_descriptors();
        assert_anysock(ANYSOCK_EMFILE, opened);
        assert_anysock(ANYSOCK_EMFILE, accepted);
        assert_anysock(ANYSOCK_EMFILE, created);
        assert_false(anysock_is_open(&s));
        assert_false(anysock_is_open(&child));
        assert_null(event);
    }
    /* The connection is still there. */
    assert_anysock(ANYSOCK_OK, anysock_accept(&listener, 0, &child, NULL));
    close_pair(&client, &child);
    assert_anysock(ANYSOCK_OK, anysock_close(&listener));
}

/* --- send and receive --- */

static void bytes_arrive_in_order(void **state) {
    (void)state;
    struct anysock client, server;
    make_pair(0, 0, &client, &server);
    say(&client, "hello ");
    say(&client, "world");
    assert_anysock(ANYSOCK_OK, anysock_recv_all(&server, buffer, 11, &count));
    assert_int_equal(11, count);
    assert_memory_equal("hello world", buffer, 11);
    close_pair(&client, &server);
}

static void peek_leaves_the_data(void **state) {
    (void)state;
    struct anysock client, server;
    make_pair(0, 0, &client, &server);
    say(&client, "hello");
    assert_anysock(ANYSOCK_OK, anysock_recv(&server, buffer, 5, ANYSOCK_PEEK, &count));
    assert_int_equal(5, count);
    assert_anysock(ANYSOCK_OK, anysock_recv(&server, buffer, 5, 0, &count));
    assert_int_equal(5, count);
    assert_memory_equal("hello", buffer, 5);
    close_pair(&client, &server);
}

static void nonblocking_send_stops_when_the_window_is_full(void **state) {
    (void)state;
    struct anysock client, server;
    make_pair(ANYSOCK_NONBLOCK, 0, &client, &server);
    size_t filled = fill(&client);
    assert_true(filled > 0);
    assert_anysock(ANYSOCK_EAGAIN, anysock_send(&client, "x", 1, 0, &count));
    assert_int_equal(0, count);
    close_pair(&client, &server);
}

static void blocking_send_times_out_when_the_window_is_full(void **state) {
    (void)state;
    struct anysock client, server;
    make_pair(0, 0, &client, &server);
    (void)fill(&client);
    assert_anysock(ANYSOCK_OK, anysock_set_timeout(&client, ANYSOCK_TIMEOUT_SEND, 20));
    assert_anysock(ANYSOCK_ETIMEDOUT, anysock_send(&client, "x", 1, 0, &count));
    close_pair(&client, &server);
}

#define MUCH ((size_t)8 << 20)

static int take_all(void *argument) {
    struct anysock *s = argument;
    static char block[1 << 16];
    size_t total = 0, received;
    for (;;) {
        int code = anysock_recv(s, block, sizeof block, 0, &received);
        if (code != ANYSOCK_OK)
            return code;
        if (received == 0)
            return total == MUCH ? ANYSOCK_OK : ANYSOCK_EUNKNOWN;
        for (size_t i = 0; i < received; i++)
            if (block[i] != (char)((total + i) % 251))
                return ANYSOCK_EPROTO;
        total += received;
    }
}

/* With and without a time-out: kernel-blocking, and waited for by the library. */
static void send_all_sends_more_than_the_window(void **state) {
    (void)state;
    static char much[MUCH];
    for (size_t i = 0; i < MUCH; i++)
        much[i] = (char)(i % 251);
    for (int timed = 0; timed < 2; timed++) {
        struct anysock client, server;
        struct thread thread;
        make_pair(0, 0, &client, &server);
        if (timed)
            assert_anysock(ANYSOCK_OK,
                           anysock_set_timeout(&client, ANYSOCK_TIMEOUT_SEND, 2 * PATIENCE_MS));
        thread_start(&thread, take_all, &server);
        assert_anysock(ANYSOCK_OK, anysock_send_all(&client, much, MUCH, &count));
        assert_int_equal(MUCH, count);
        assert_anysock(ANYSOCK_OK, anysock_shutdown(&client, ANYSOCK_SHUT_WR));
        assert_int_equal(ANYSOCK_OK, thread_join(&thread));
        close_pair(&client, &server);
    }
}

static void send_all_on_a_nonblocking_socket_says_how_far_it_came(void **state) {
    (void)state;
    static char much[MUCH];
    struct anysock client, server;
    make_pair(ANYSOCK_NONBLOCK, 0, &client, &server);
    size_t total = 0;
    int code;
    while ((code = anysock_send_all(&client, much, MUCH, &count)) == ANYSOCK_OK)
        total += count;
    assert_anysock(ANYSOCK_EAGAIN, code);
    total += count;
    assert_anysock(ANYSOCK_OK, anysock_shutdown(&client, ANYSOCK_SHUT_WR));
    size_t arrived = 0;
    do {
        assert_anysock(ANYSOCK_OK, anysock_recv(&server, much, MUCH, 0, &count));
        arrived += count;
    } while (count > 0);
    assert_int_equal(total, arrived);
    close_pair(&client, &server);
}

static void recv_all_ends_with_the_stream(void **state) {
    (void)state;
    struct anysock client, server;
    make_pair(0, 0, &client, &server);
    say(&client, "short");
    assert_anysock(ANYSOCK_OK, anysock_shutdown(&client, ANYSOCK_SHUT_WR));
    assert_anysock(ANYSOCK_OK, anysock_recv_all(&server, buffer, sizeof buffer, &count));
    assert_int_equal(5, count);
    close_pair(&client, &server);
}

static void recv_all_times_out_with_what_came(void **state) {
    (void)state;
    struct anysock client, server;
    make_pair(0, 0, &client, &server);
    say(&client, "part");
    assert_anysock(ANYSOCK_OK, anysock_set_timeout(&server, ANYSOCK_TIMEOUT_RECV, 20));
    assert_anysock(ANYSOCK_ETIMEDOUT, anysock_recv_all(&server, buffer, sizeof buffer, &count));
    assert_int_equal(4, count);
    close_pair(&client, &server);
}

static void interrupted_recv_keeps_its_deadline(void **state) {
    (void)state;
    struct anysock client, server;
    make_pair(0, 0, &client, &server);
    assert_anysock(ANYSOCK_OK, anysock_set_timeout(&client, ANYSOCK_TIMEOUT_RECV, 30));
    bool signals = start_signals();
    int code = anysock_recv(&client, buffer, 1, 0, &count);
    unsigned came = stop_signals();
    assert_anysock(ANYSOCK_ETIMEDOUT, code);
    assert_true(came > 0 || !signals);
    close_pair(&client, &server);
}

static void unknown_flags_are_refused(void **state) {
    (void)state;
    struct anysock client, server;
    make_pair(0, 0, &client, &server);
    assert_anysock(ANYSOCK_EINVAL, anysock_send(&client, "x", 1, 0x4000, &count));
    assert_anysock(ANYSOCK_EINVAL, anysock_send(&client, "x", 1, ANYSOCK_PEEK, &count));
    assert_anysock(ANYSOCK_EINVAL, anysock_recv(&client, buffer, 1, 0x4000, &count));
    close_pair(&client, &server);
}

/* --- end of stream, shutdown, reset --- */

static void end_of_stream_is_zero_bytes_again_and_again(void **state) {
    (void)state;
    struct anysock client, server;
    make_pair(0, ANYSOCK_NONBLOCK, &client, &server);
    assert_anysock(ANYSOCK_OK, anysock_close(&client));
    (void)await(&server, ANYSOCK_READABLE);
    for (int i = 0; i < 3; i++) {
        count = 7;
        assert_anysock(ANYSOCK_OK, anysock_recv(&server, buffer, 8, 0, &count));
        assert_int_equal(0, count);
    }
    assert_anysock(ANYSOCK_OK, anysock_close(&server));
}

static void half_close_leaves_the_other_half(void **state) {
    (void)state;
    struct anysock client, server;
    make_pair(0, 0, &client, &server);
    assert_anysock(ANYSOCK_OK, anysock_shutdown(&client, ANYSOCK_SHUT_WR));
    assert_anysock(ANYSOCK_EPIPE, anysock_send(&client, "x", 1, 0, &count));
    assert_anysock(ANYSOCK_OK, anysock_recv(&server, buffer, 8, 0, &count));
    assert_int_equal(0, count);
    say(&server, "answer");
    assert_anysock(ANYSOCK_OK, anysock_recv_all(&client, buffer, 6, &count));
    assert_memory_equal("answer", buffer, 6);
    close_pair(&client, &server);
}

static void own_read_shutdown_is_end_of_stream(void **state) {
    (void)state;
    struct anysock client, server;
    make_pair(0, 0, &client, &server);
    assert_anysock(ANYSOCK_OK, anysock_shutdown(&client, ANYSOCK_SHUT_RD));
    assert_anysock(ANYSOCK_OK, anysock_recv(&client, buffer, 8, 0, &count));
    assert_int_equal(0, count);
    say(&server, "late");
    assert_anysock(ANYSOCK_OK, anysock_recv(&client, buffer, 8, 0, &count));
    assert_int_equal(0, count);
    say(&client, "still"); /* the other direction is not harmed by late data */
    assert_anysock(ANYSOCK_OK, anysock_recv_all(&server, buffer, 5, &count));
    close_pair(&client, &server);
}

/* A foreign library, the other thread, the process that the socket came from: whoever did it, the
 * answer is BSD's, also where the system makes an error of it. */
static void receiving_that_somebody_else_ended_is_end_of_stream(void **state) {
    (void)state;
    struct anysock client, server;
    struct anysock_addr from;
    struct anysock_buffer part;
    unsigned info;
    make_pair(0, 0, &client, &server);
    part.data = buffer;
    part.length = 4;
    foreign_shutdown_receiving(anysock_native_handle(&client));
    assert_anysock(ANYSOCK_OK, anysock_recv(&client, buffer, 4, 0, &count));
    assert_int_equal(0, count);
    assert_anysock(ANYSOCK_OK, anysock_recv(&client, buffer, 4, ANYSOCK_PEEK, &count));
    assert_int_equal(0, count);
    assert_anysock(ANYSOCK_OK, anysock_recv_vec(&client, &part, 1, 0, &count));
    assert_int_equal(0, count);
    assert_anysock(ANYSOCK_OK, anysock_recv_from(&client, buffer, 4, 0, &from, &info, &count));
    assert_int_equal(0, count);
    assert_int_equal(0, info);
    say(&client, "hello"); /* the other direction is as it was */
    assert_anysock(ANYSOCK_OK, anysock_recv_all(&server, buffer, 4, &count));
    close_pair(&client, &server);
}

static void shutdown_may_be_repeated(void **state) {
    (void)state;
    struct anysock client, server;
    make_pair(0, 0, &client, &server);
    for (int i = 0; i < 2; i++) {
        assert_anysock(ANYSOCK_OK, anysock_shutdown(&client, ANYSOCK_SHUT_WR));
        assert_anysock(ANYSOCK_OK, anysock_shutdown(&client, ANYSOCK_SHUT_RDWR));
    }
    assert_anysock(ANYSOCK_OK, anysock_close(&server));
    assert_anysock(ANYSOCK_OK, anysock_shutdown(&client, ANYSOCK_SHUT_RDWR));
    assert_anysock(ANYSOCK_EINVAL, anysock_shutdown(&client, (enum anysock_shutdown_how)4));
    assert_anysock(ANYSOCK_OK, anysock_close(&client));
}

static int recv_one(void *argument) {
    size_t received;
    char byte;
    return anysock_recv(argument, &byte, 1, 0, &received);
}

/* The reader asks first, so that it is in its receive, or about to be, when the reset comes. */
static int ask_and_recv(void *argument) {
    size_t n;
    int code = anysock_send(argument, "?", 1, 0, &n);
    return code == ANYSOCK_OK ? recv_one(argument) : code;
}

static void reset_is_no_end_of_stream(void **state) {
    (void)state;
    struct anysock client, server;
    struct thread thread;
    make_pair(0, 0, &client, &server);
    thread_start(&thread, ask_and_recv, &client);
    assert_anysock(ANYSOCK_OK, anysock_recv(&server, buffer, 1, 0, &count));
    assert_anysock(ANYSOCK_OK, anysock_abort(&server));
    int code = thread_join(&thread);
    if (!reset_may_read_as_end_of_stream(code))
        assert_anysock(ANYSOCK_ECONNRESET, code);
    assert_anysock(ANYSOCK_OK, anysock_close(&client));
}

/* Once seen, whoever asks next and whatever the system has forgotten. */
static void reset_is_sticky(void **state) {
    (void)state;
    struct anysock client, server;
    make_pair(0, 0, &client, &server);
    assert_anysock(ANYSOCK_OK, anysock_abort(&server));
    (void)await(&client, ANYSOCK_READABLE);
    for (int i = 0; i < 2; i++)
        assert_anysock(ANYSOCK_ECONNRESET, anysock_recv(&client, buffer, 1, 0, &count));
    assert_anysock(ANYSOCK_EPIPE, anysock_send(&client, "x", 1, 0, &count));
    assert_anysock(ANYSOCK_ECONNRESET, anysock_recv(&client, buffer, 1, 0, &count));
    assert_int_equal(0, count);
    assert_anysock(ANYSOCK_OK, anysock_close(&client));
}

/* Linux tells the sender and forgets; the receiver must not read end of stream then. */
static void reset_seen_by_send_is_not_lost(void **state) {
    (void)state;
    struct anysock client, server;
    make_pair(0, 0, &client, &server);
    assert_anysock(ANYSOCK_OK, anysock_abort(&server));
    (void)await(&client, ANYSOCK_READABLE);
    assert_anysock(ANYSOCK_ECONNRESET, anysock_send(&client, "x", 1, 0, &count));
    assert_anysock(ANYSOCK_ECONNRESET, anysock_recv(&client, buffer, 1, 0, &count));
    assert_anysock(ANYSOCK_EPIPE, anysock_send(&client, "x", 1, 0, &count));
    assert_anysock(ANYSOCK_OK, anysock_close(&client));
}

static int send_plainly(struct anysock *s) {
    return anysock_send(s, "x", 1, 0, &count);
}

static int send_carefully(struct anysock *s) {
    return anysock_send(s, "x", 1, ANYSOCK_NO_WAIT, &count);
}

static int send_with_more(struct anysock *s) {
    return anysock_send(s, "x", 1, ANYSOCK_MORE, &count);
}

static int send_urgently(struct anysock *s) {
    return anysock_send(s, "x", 1, ANYSOCK_OOB, &count);
}

static int send_everything(struct anysock *s) {
    return anysock_send_all(s, "x", 1, &count);
}

static int send_pieces(struct anysock *s) {
    const struct anysock_buffer pieces[] = {{buffer, 1}, {buffer + 1, 1}};
    return anysock_send_vec(s, pieces, 2, 0, &count);
}

/* SIGPIPE would end the test program. Each call meets the system's refusal by itself: what the
 * library knows already it answers alone, without a number. */
static void sending_to_nobody_raises_no_signal(void **state) {
    (void)state;
    static int (*const calls[])(struct anysock *) = {send_plainly,  send_carefully,  send_with_more,
                                                     send_urgently, send_everything, send_pieces};
    make_sigpipe_deadly();
    assert_true(sigpipe_is_deadly());
    for (size_t i = 0; i < COUNT_OF(calls); i++) {
        struct anysock client, server;
        make_pair(0, 0, &client, &server);
        assert_anysock(ANYSOCK_OK, anysock_close(&server));
        int code;
        do
            code = calls[i](&client);
        while (code == ANYSOCK_OK);
        assert_int_not_equal(0, anysock_native_error());
        assert_anysock(ANYSOCK_ECONNRESET, code);
        assert_anysock(ANYSOCK_EPIPE, calls[i](&client));
        assert_true(sigpipe_is_deadly());
        assert_anysock(ANYSOCK_OK, anysock_close(&client));
    }
}

static void calls_that_do_not_send_to_nobody_raise_no_signal_either(void **state) {
    (void)state;
    make_sigpipe_deadly();
    for (int known = 0; known < 2; known++) {
        struct anysock client, server;
        struct anysock_addr addr;
        make_pair(0, 0, &client, &server);
        assert_anysock(ANYSOCK_OK, anysock_peer_addr(&client, &addr));
        assert_anysock(ANYSOCK_OK, anysock_close(&server));
        say(&client, "x"); /* which is answered with a reset */
        for (int code = ANYSOCK_OK; known != 0 && code == ANYSOCK_OK;)
            code = send_plainly(&client);
        assert_anysock(ANYSOCK_EOPNOTSUPP, anysock_send_to(&client, "x", 1, 0, &addr, &count));
        assert_anysock(ANYSOCK_OK, anysock_shutdown(&client, ANYSOCK_SHUT_WR));
        assert_anysock(ANYSOCK_EPIPE, send_plainly(&client));
        assert_int_equal(0, anysock_native_error());
        (void)anysock_close_flush(&client, PATIENCE_MS);
        assert_false(anysock_is_open(&client));
        assert_true(sigpipe_is_deadly());
    }
}

/* --- close --- */

static void close_delivers_what_was_sent(void **state) {
    (void)state;
    struct anysock client, server;
    make_pair(0, 0, &client, &server);
    say(&client, "last words");
    assert_anysock(ANYSOCK_OK, anysock_close(&client));
    assert_anysock(ANYSOCK_OK, anysock_recv_all(&server, buffer, sizeof buffer, &count));
    assert_int_equal(10, count);
    assert_anysock(ANYSOCK_OK, anysock_close(&server));
}

static void closed_socket_says_so(void **state) {
    (void)state;
    struct anysock s;
    assert_anysock(ANYSOCK_OK, anysock_open(ANYSOCK_INET, ANYSOCK_STREAM, 0, &s));
    assert_anysock(ANYSOCK_OK, anysock_close(&s));
    assert_anysock(ANYSOCK_EBADF, anysock_close(&s));
    assert_anysock(ANYSOCK_EBADF, anysock_abort(&s));
    assert_anysock(ANYSOCK_EBADF, anysock_send(&s, "x", 1, 0, &count));
    assert_true(anysock_native_handle(&s) == (anysock_native)-1);
}

static void socket_may_move_in_memory(void **state) {
    (void)state;
    struct anysock client, server, moved;
    struct anysock_event *event;
    unsigned events;
    make_pair(0, 0, &client, &server);
    assert_anysock(ANYSOCK_OK, anysock_event_create(&event));
    assert_anysock(ANYSOCK_OK, anysock_event_bind(event, &client, ANYSOCK_READABLE));
    moved = client;
    memset(&client, 0, sizeof client);
    say(&server, "hello");
    assert_anysock(ANYSOCK_OK, anysock_event_wait(event, PATIENCE_MS, &events));
    assert_anysock(ANYSOCK_OK, anysock_recv(&moved, buffer, 5, 0, &count));
    close_pair(&moved, &server);
    assert_anysock(ANYSOCK_OK, anysock_event_destroy(event));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(accept_gives_the_peer),
        TEST(accept_with_nothing_there_would_block),
        TEST(accept_times_out),
        TEST(accept_needs_a_listener),
        TEST(binds_by_itself_by_itself),
        TEST(listen_is_for_streams),
        TEST(out_of_descriptors_is_said),
        TEST(bytes_arrive_in_order),
        TEST(peek_leaves_the_data),
        TEST(nonblocking_send_stops_when_the_window_is_full),
        TEST(blocking_send_times_out_when_the_window_is_full),
        TEST(send_all_sends_more_than_the_window),
        TEST(send_all_on_a_nonblocking_socket_says_how_far_it_came),
        TEST(recv_all_ends_with_the_stream),
        TEST(recv_all_times_out_with_what_came),
        TEST(interrupted_recv_keeps_its_deadline),
        TEST(unknown_flags_are_refused),
        TEST(end_of_stream_is_zero_bytes_again_and_again),
        TEST(half_close_leaves_the_other_half),
        TEST(own_read_shutdown_is_end_of_stream),
        TEST(receiving_that_somebody_else_ended_is_end_of_stream),
        TEST(shutdown_may_be_repeated),
        TEST(reset_is_no_end_of_stream),
        TEST(reset_is_sticky),
        TEST(reset_seen_by_send_is_not_lost),
        TEST(sending_to_nobody_raises_no_signal),
        TEST(calls_that_do_not_send_to_nobody_raise_no_signal_either),
        TEST(close_delivers_what_was_sent),
        TEST(closed_socket_says_so),
        TEST(socket_may_move_in_memory),
    };
    return cmocka_run_group_tests_name("stream", tests, NULL, NULL);
}
