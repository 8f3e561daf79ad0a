/*
 * Datagrams over loopback: there and back, cut, empty and too long; peers that come, go and are
 * not there.
 */
#include <string.h>

#include "deviations.h"
#include "net.h"
#include "platform.h"

static char buffer[70000];
static struct anysock_addr from;
static unsigned info;
static size_t count;

static void open_datagram(enum anysock_family family, unsigned flags, struct anysock *s) {
    assert_anysock(ANYSOCK_OK, anysock_open(family, ANYSOCK_DGRAM, flags, s));
}

static void send_text(struct anysock *s, const char *text, const struct anysock_addr *to) {
    assert_anysock(ANYSOCK_OK, anysock_send_to(s, text, strlen(text), 0, to, &count));
    assert_int_equal(strlen(text), count);
}

/* Receives what comes, and compares. */
static void expect_text(struct anysock *s, const char *text) {
    (void)await(s, ANYSOCK_READABLE);
    assert_anysock(ANYSOCK_OK,
                   anysock_recv_from(s, buffer, sizeof buffer, 0, &from, &info, &count));
    assert_int_equal(strlen(text), count);
    assert_memory_equal(text, buffer, count);
    assert_int_equal(0, info);
}

/* --- one datagram --- */

static void datagrams_go_there_and_back(void **state) {
    (void)state;
    for (int family = ANYSOCK_INET; family <= ANYSOCK_INET6; family++) {
        struct anysock server, client;
        struct anysock_addr addr, local;
        make_datagram((enum anysock_family)family, &server, &addr);
        open_datagram((enum anysock_family)family, 0, &client);
        send_text(&client, "question", &addr);
        expect_text(&server, "question");
        assert_true(anysock_addr_is_loopback(&from));
        assert_anysock(ANYSOCK_OK, anysock_local_addr(&client, &local)); /* it has got a port */
        assert_int_equal(anysock_addr_port(&local), anysock_addr_port(&from));
        send_text(&server, "answer", &from);
        expect_text(&client, "answer");
        assert_true(anysock_addr_equal(&addr, &from));
        close_pair(&server, &client);
    }
}

static void datagrams_stay_apart(void **state) {
    (void)state;
    struct anysock server, client;
    struct anysock_addr addr;
    make_datagram(ANYSOCK_INET, &server, &addr);
    open_datagram(ANYSOCK_INET, 0, &client);
    send_text(&client, "one", &addr);
    send_text(&client, "three", &addr);
    expect_text(&server, "one");
    expect_text(&server, "three");
    close_pair(&server, &client);
}

static void empty_datagram_is_one(void **state) {
    (void)state;
    struct anysock server, client;
    struct anysock_addr addr;
    make_datagram(ANYSOCK_INET, &server, &addr);
    open_datagram(ANYSOCK_INET, 0, &client);
    assert_anysock(ANYSOCK_OK, anysock_send_to(&client, NULL, 0, 0, &addr, &count));
    send_text(&client, "next", &addr);
    expect_text(&server, "");
    assert_int_equal(ANYSOCK_INET, anysock_addr_family(&from)); /* somebody has sent it */
    expect_text(&server, "next");
    close_pair(&server, &client);
}

static void cut_datagram_says_so(void **state) {
    (void)state;
    struct anysock server, client;
    struct anysock_addr addr;
    make_datagram(ANYSOCK_INET, &server, &addr);
    open_datagram(ANYSOCK_INET, 0, &client);
    send_text(&client, "0123456789", &addr);
    send_text(&client, "next", &addr);
    memset(buffer, 0, sizeof buffer);
    (void)await(&server, ANYSOCK_READABLE);
    assert_anysock(ANYSOCK_OK, anysock_recv_from(&server, buffer, 4, 0, &from, &info, &count));
    assert_int_equal(4, count);
    assert_string_equal("0123", buffer);
    assert_int_equal(ANYSOCK_TRUNCATED, info);
    assert_int_equal(ANYSOCK_INET, anysock_addr_family(&from));
    expect_text(&server, "next"); /* the rest is lost */
    close_pair(&server, &client);
}

static void cut_datagram_is_no_error_for_recv(void **state) {
    (void)state;
    struct anysock server, client;
    struct anysock_addr addr;
    make_datagram(ANYSOCK_INET, &server, &addr);
    open_datagram(ANYSOCK_INET, 0, &client);
    send_text(&client, "0123456789", &addr);
    (void)await(&server, ANYSOCK_READABLE);
    assert_anysock(ANYSOCK_OK, anysock_recv(&server, buffer, 4, 0, &count));
    assert_int_equal(4, count);
    assert_anysock(ANYSOCK_EAGAIN, anysock_recv(&server, buffer, 4, ANYSOCK_NO_WAIT, &count));
    close_pair(&server, &client);
}

static void datagram_that_just_fits_is_whole(void **state) {
    (void)state;
    struct anysock server, client;
    struct anysock_addr addr;
    make_datagram(ANYSOCK_INET, &server, &addr);
    open_datagram(ANYSOCK_INET, 0, &client);
    send_text(&client, "0123", &addr);
    (void)await(&server, ANYSOCK_READABLE);
    assert_anysock(ANYSOCK_OK, anysock_recv_from(&server, buffer, 4, 0, NULL, &info, &count));
    assert_int_equal(4, count);
    assert_int_equal(0, info);
    close_pair(&server, &client);
}

static void receive_without_room_takes_the_datagram(void **state) {
    (void)state;
    struct anysock server, client;
    struct anysock_addr addr;
    make_datagram(ANYSOCK_INET, &server, &addr);
    open_datagram(ANYSOCK_INET, 0, &client);
    send_text(&client, "lost", &addr);
    send_text(&client, "next", &addr);
    (void)await(&server, ANYSOCK_READABLE);
    assert_anysock(ANYSOCK_OK, anysock_recv_from(&server, NULL, 0, 0, &from, &info, &count));
    assert_int_equal(0, count);
    assert_int_equal(ANYSOCK_TRUNCATED, info);
    expect_text(&server, "next");
    close_pair(&server, &client);
}

static void peek_leaves_the_datagram(void **state) {
    (void)state;
    struct anysock server, client;
    struct anysock_addr addr;
    make_datagram(ANYSOCK_INET, &server, &addr);
    open_datagram(ANYSOCK_INET, 0, &client);
    send_text(&client, "hello", &addr);
    (void)await(&server, ANYSOCK_READABLE);
    for (int i = 0; i < 2; i++) {
        assert_anysock(ANYSOCK_OK,
                       anysock_recv_from(&server, buffer, 2, ANYSOCK_PEEK, &from, &info, &count));
        assert_int_equal(2, count);
        assert_int_equal(ANYSOCK_TRUNCATED, info);
        assert_int_equal(ANYSOCK_INET, anysock_addr_family(&from));
    }
    expect_text(&server, "hello");
    close_pair(&server, &client);
}

static void longest_datagram_arrives(void **state) {
    (void)state;
    static const size_t longest[] = {0, 65507, 65527}; /* by family */
    static char much[65527];
    for (int family = ANYSOCK_INET; family <= ANYSOCK_INET6; family++) {
        struct anysock server, client;
        struct anysock_addr addr;
        make_datagram((enum anysock_family)family, &server, &addr);
        open_datagram((enum anysock_family)family, 0, &client);
        assert_anysock(ANYSOCK_OK,
                       anysock_send_to(&client, much, longest[family], 0, &addr, &count));
        assert_int_equal(longest[family], count);
        (void)await(&server, ANYSOCK_READABLE);
        assert_anysock(ANYSOCK_OK,
                       anysock_recv_from(&server, buffer, sizeof buffer, 0, &from, &info, &count));
        assert_int_equal(longest[family], count);
        assert_int_equal(0, info);
        close_pair(&server, &client);
    }
}

static void longer_datagram_is_refused(void **state) {
    (void)state;
    static const size_t lengths[] = {65508, 65535, 65536, 70000};
    struct anysock server, client;
    struct anysock_addr addr;
    make_datagram(ANYSOCK_INET, &server, &addr);
    open_datagram(ANYSOCK_INET, 0, &client);
    assert_anysock(ANYSOCK_OK, anysock_connect(&client, &addr));
    for (size_t i = 0; i < COUNT_OF(lengths); i++) {
        assert_anysock(ANYSOCK_EMSGSIZE, anysock_send(&client, buffer, lengths[i], 0, &count));
        assert_int_equal(0, count);
    }
    assert_anysock(ANYSOCK_OK, anysock_send(&client, "fits", 4, 0, &count));
    expect_text(&server, "fits");
    close_pair(&server, &client);
}

/* Whether the failed send has bound the socket differs between systems. */
static void receive_after_a_failed_send_works(void **state) {
    (void)state;
    struct anysock server, client;
    struct anysock_addr addr;
    make_datagram(ANYSOCK_INET, &server, &addr);
    open_datagram(ANYSOCK_INET, ANYSOCK_NONBLOCK, &client);
    assert_anysock(ANYSOCK_EMSGSIZE, anysock_send_to(&client, buffer, 65508, 0, &addr, &count));
    assert_anysock(ANYSOCK_EAGAIN, anysock_recv_from(&client, buffer, 4, 0, &from, &info, &count));
    send_text(&client, "hello", &addr);
    expect_text(&server, "hello");
    close_pair(&server, &client);
}

static void broadcast_wants_its_option(void **state) {
    (void)state;
    struct anysock s;
    struct anysock_addr addr;
    assert_anysock(ANYSOCK_OK, anysock_addr_parse("127.255.255.255:9", &addr)); /* of loopback */
    open_datagram(ANYSOCK_INET, 0, &s);
    assert_anysock(ANYSOCK_EACCES, anysock_send_to(&s, "x", 1, 0, &addr, &count));
    assert_anysock(ANYSOCK_OK, anysock_set_option(&s, ANYSOCK_OPTION_BROADCAST, 1));
    assert_anysock(ANYSOCK_OK, anysock_send_to(&s, "x", 1, 0, &addr, &count));
    assert_anysock(ANYSOCK_OK, anysock_close(&s));
}

/* --- waiting --- */

static void first_receive_gives_the_socket_a_port(void **state) {
    (void)state;
    struct anysock receiver, sender;
    struct anysock_addr addr;
    open_datagram(ANYSOCK_INET, ANYSOCK_NONBLOCK, &receiver);
    open_datagram(ANYSOCK_INET, 0, &sender);
    assert_anysock(ANYSOCK_EAGAIN,
                   anysock_recv_from(&receiver, buffer, 4, 0, &from, &info, &count));
    assert_int_equal(ANYSOCK_UNSPEC, anysock_addr_family(&from));
    assert_anysock(ANYSOCK_OK, anysock_local_addr(&receiver, &addr));
    assert_int_not_equal(0, anysock_addr_port(&addr));
    uint16_t port = anysock_addr_port(&addr);
    assert_anysock(ANYSOCK_OK, anysock_addr_loopback(ANYSOCK_INET, port, &addr));
    send_text(&sender, "hello", &addr);
    expect_text(&receiver, "hello");
    close_pair(&receiver, &sender);
}

static void receive_times_out(void **state) {
    (void)state;
    struct anysock s;
    struct anysock_addr addr;
    make_datagram(ANYSOCK_INET, &s, &addr);
    assert_anysock(ANYSOCK_OK, anysock_set_timeout(&s, ANYSOCK_TIMEOUT_RECV, 20));
    assert_anysock(ANYSOCK_ETIMEDOUT,
                   anysock_recv_from(&s, buffer, sizeof buffer, 0, &from, &info, &count));
    assert_int_equal(0, anysock_native_error());
    assert_int_equal(0, count);
    send_text(&s, "to myself", &addr);
    expect_text(&s, "to myself");
    assert_anysock(ANYSOCK_OK, anysock_close(&s));
}

static void no_wait_does_not_wait(void **state) {
    (void)state;
    struct anysock s;
    struct anysock_addr addr;
    make_datagram(ANYSOCK_INET, &s, &addr);
    assert_anysock(ANYSOCK_EAGAIN, anysock_recv_from(&s, buffer, sizeof buffer, ANYSOCK_NO_WAIT,
                                                     &from, &info, &count));
    assert_anysock(ANYSOCK_OK, anysock_send_to(&s, "x", 1, ANYSOCK_NO_WAIT, &addr, &count));
    assert_true(anysock_is_blocking(&s));
    assert_anysock(ANYSOCK_OK, anysock_close(&s));
}

static int wait_for_datagram(void *argument) {
    char byte;
    size_t received;
    return anysock_recv_from(argument, &byte, 1, 0, NULL, NULL, &received);
}

static void blocking_receive_waits_for_the_datagram(void **state) {
    (void)state;
    struct anysock server, client;
    struct anysock_addr addr;
    struct thread thread;
    make_datagram(ANYSOCK_INET, &server, &addr);
    open_datagram(ANYSOCK_INET, 0, &client);
    thread_start(&thread, wait_for_datagram, &server);
    send_text(&client, "x", &addr);
    assert_int_equal(ANYSOCK_OK, thread_join(&thread));
    close_pair(&server, &client);
}

static void interrupted_receive_keeps_its_deadline(void **state) {
    (void)state;
    struct anysock s;
    struct anysock_addr addr;
    make_datagram(ANYSOCK_INET, &s, &addr);
    assert_anysock(ANYSOCK_OK, anysock_set_timeout(&s, ANYSOCK_TIMEOUT_RECV, 30));
    bool signals = start_signals();
    int code = anysock_recv_from(&s, buffer, sizeof buffer, 0, &from, &info, &count);
    unsigned came = stop_signals();
    assert_anysock(ANYSOCK_ETIMEDOUT, code);
    assert_true(came > 0 || !signals);
    assert_anysock(ANYSOCK_OK, anysock_close(&s));
}

static void own_shutdown_ends_both_directions(void **state) {
    (void)state;
    struct anysock s;
    struct anysock_addr addr;
    make_datagram(ANYSOCK_INET, &s, &addr);
    assert_anysock(ANYSOCK_OK, anysock_shutdown(&s, ANYSOCK_SHUT_RDWR));
    assert_anysock(ANYSOCK_EPIPE, anysock_send_to(&s, "x", 1, 0, &addr, &count));
    count = 99;
    assert_anysock(ANYSOCK_OK, anysock_recv_from(&s, buffer, 4, 0, &from, &info, &count));
    assert_int_equal(0, count);
    assert_anysock(ANYSOCK_OK, anysock_close(&s));
}

/* --- peers --- */

static void connected_socket_sends_to_its_peer(void **state) {
    (void)state;
    struct anysock server, client;
    struct anysock_addr addr, peer;
    make_datagram(ANYSOCK_INET6, &server, &addr);
    open_datagram(ANYSOCK_INET6, 0, &client);
    assert_anysock(ANYSOCK_ENOTCONN, anysock_send(&client, "x", 1, 0, &count));
    assert_anysock(ANYSOCK_OK, anysock_connect(&client, &addr));
    assert_anysock(ANYSOCK_OK, anysock_peer_addr(&client, &peer));
    assert_true(anysock_addr_equal(&addr, &peer));
    assert_anysock(ANYSOCK_OK, anysock_send(&client, "hello", 5, 0, &count));
    expect_text(&server, "hello");
    assert_anysock(ANYSOCK_EISCONN, anysock_send_to(&client, "x", 1, 0, &addr, &count));
    close_pair(&server, &client);
}

static void connected_socket_hears_its_peer_only(void **state) {
    (void)state;
    struct anysock server, client, stranger;
    struct anysock_addr addr, local;
    make_datagram(ANYSOCK_INET, &server, &addr);
    make_datagram(ANYSOCK_INET, &client, &local);
    open_datagram(ANYSOCK_INET, 0, &stranger);
    assert_anysock(ANYSOCK_OK, anysock_connect(&client, &addr));
    send_text(&stranger, "noise", &local);
    send_text(&server, "hello", &local);
    expect_text(&client, "hello");
    assert_true(anysock_addr_equal(&addr, &from));
    close_pair(&server, &client);
    assert_anysock(ANYSOCK_OK, anysock_close(&stranger));
}

static void reconnected_socket_sends_elsewhere(void **state) {
    (void)state;
    struct anysock first, second, client;
    struct anysock_addr first_addr, second_addr, peer;
    make_datagram(ANYSOCK_INET, &first, &first_addr);
    make_datagram(ANYSOCK_INET, &second, &second_addr);
    open_datagram(ANYSOCK_INET, 0, &client);
    assert_anysock(ANYSOCK_OK, anysock_connect(&client, &first_addr));
    assert_anysock(ANYSOCK_OK, anysock_connect(&client, &second_addr));
    assert_anysock(ANYSOCK_OK, anysock_peer_addr(&client, &peer));
    assert_true(anysock_addr_equal(&second_addr, &peer));
    assert_anysock(ANYSOCK_OK, anysock_send(&client, "hello", 5, 0, &count));
    expect_text(&second, "hello");
    send_text(&second, "answer", &from);
    expect_text(&client, "answer");
    close_pair(&first, &second);
    assert_anysock(ANYSOCK_OK, anysock_close(&client));
}

static void disconnected_socket_sends_to_anybody(void **state) {
    (void)state;
    struct anysock first, second, client;
    struct anysock_addr first_addr, second_addr, peer;
    make_datagram(ANYSOCK_INET, &first, &first_addr);
    make_datagram(ANYSOCK_INET, &second, &second_addr);
    open_datagram(ANYSOCK_INET, 0, &client);
    assert_anysock(ANYSOCK_OK, anysock_disconnect(&client)); /* from nobody */
    assert_anysock(ANYSOCK_OK, anysock_connect(&client, &first_addr));
    assert_anysock(ANYSOCK_OK, anysock_disconnect(&client));
    assert_anysock(ANYSOCK_ENOTCONN, anysock_peer_addr(&client, &peer));
    assert_anysock(ANYSOCK_ENOTCONN, anysock_send(&client, "x", 1, 0, &count));
    send_text(&client, "hello", &second_addr);
    expect_text(&second, "hello");
    assert_anysock(ANYSOCK_OK, anysock_connect(&client, &first_addr)); /* and back again */
    assert_anysock(ANYSOCK_OK, anysock_send(&client, "again", 5, 0, &count));
    expect_text(&first, "again");
    close_pair(&first, &second);
    assert_anysock(ANYSOCK_OK, anysock_close(&client));
}

/* Bound before or bound by connecting: afterwards it has a port, and everybody can send to it. */
static void disconnected_socket_hears_everybody(void **state) {
    (void)state;
    for (int family = ANYSOCK_INET; family <= ANYSOCK_INET6; family++) {
        for (int bound = 0; bound < 2; bound++) {
            struct anysock server, client, stranger;
            struct anysock_addr addr, local;
            make_datagram((enum anysock_family)family, &server, &addr);
            if (bound != 0)
                make_datagram((enum anysock_family)family, &client, &local);
            else
                open_datagram((enum anysock_family)family, 0, &client);
            open_datagram((enum anysock_family)family, 0, &stranger);
            assert_anysock(ANYSOCK_OK, anysock_connect(&client, &addr));
            assert_anysock(ANYSOCK_OK, anysock_disconnect(&client));
            assert_anysock(ANYSOCK_OK, anysock_local_addr(&client, &local));
            assert_int_not_equal(0, anysock_addr_port(&local));
            uint16_t port = anysock_addr_port(&local);
            assert_anysock(ANYSOCK_OK,
                           anysock_addr_loopback((enum anysock_family)family, port, &local));
            send_text(&stranger, "hello", &local);
            expect_text(&client, "hello");
            close_pair(&server, &client);
            assert_anysock(ANYSOCK_OK, anysock_close(&stranger));
        }
    }
}

static void adopted_socket_keeps_its_peer(void **state) {
    (void)state;
    struct anysock server, client;
    struct anysock_addr addr;
    anysock_native native;
    make_datagram(ANYSOCK_INET, &server, &addr);
    open_datagram(ANYSOCK_INET, 0, &client);
    assert_anysock(ANYSOCK_OK, anysock_connect(&client, &addr));
    assert_anysock(ANYSOCK_OK, anysock_release(&client, &native));
    assert_anysock(ANYSOCK_OK, anysock_adopt(native, 0, &client));
    assert_anysock(ANYSOCK_OK, anysock_send(&client, "hello", 5, 0, &count));
    expect_text(&server, "hello");
    assert_anysock(ANYSOCK_OK, anysock_disconnect(&client));
    close_pair(&server, &client);
}

static void server_owns_its_datagram_address(void **state) {
    (void)state;
    static const enum anysock_bind_intent intents[] = {ANYSOCK_BIND_SERVER, ANYSOCK_BIND_CLIENT};
    for (size_t i = 0; i < COUNT_OF(intents); i++) {
        struct anysock first, second;
        struct anysock_addr addr;
        make_datagram(ANYSOCK_INET, &first, &addr);
        open_datagram(ANYSOCK_INET, 0, &second);
        assert_anysock(ANYSOCK_EADDRINUSE, anysock_bind(&second, &addr, intents[i]));
        close_pair(&first, &second);
    }
}

/* --- nobody there --- */

static int send_byte(struct anysock *s) {
    return anysock_send(s, "x", 1, 0, &count);
}

static int receive_anything(struct anysock *s) {
    return anysock_recv_from(s, buffer, 4, 0, &from, &info, &count);
}

/* Sends, and tells of the refusal by another call. */
static void expect_refusal(struct anysock *s, int (*call)(struct anysock *)) {
    int code, misses = 0;
    do {
        code = send_byte(s);
        if (misses == 0)
            assert_anysock(ANYSOCK_OK, code);
        if (!refusals_wake_nobody())
            (void)await(s, ANYSOCK_READABLE);
        if (code == ANYSOCK_OK)
            code = call(s);
    } while (refusal_may_be_missed(code, &misses));
    assert_anysock(ANYSOCK_ECONNREFUSED, code);
    assert_int_not_equal(0, anysock_native_error());
    assert_int_equal(0, count);
}

/* Whoever calls next, and once: what comes then goes its way. */
static void connected_socket_learns_that_nobody_is_there(void **state) {
    (void)state;
    struct anysock holder, s;
    struct anysock_addr addr;
    make_refusing_datagram(&holder, &addr);
    open_datagram(ANYSOCK_INET, ANYSOCK_NONBLOCK, &s);
    assert_anysock(ANYSOCK_OK, anysock_connect(&s, &addr));
    for (int i = 0; i < 3; i++) {
        expect_refusal(&s, receive_anything);
        assert_int_equal(ANYSOCK_UNSPEC, anysock_addr_family(&from));
        assert_anysock(ANYSOCK_EAGAIN, receive_anything(&s));
        if (refusals_fail_sends())
            expect_refusal(&s, send_byte);
        assert_anysock(ANYSOCK_EAGAIN, receive_anything(&s));
    }
    close_pair(&holder, &s);
}

/* Whoever called last: the refusal is not this socket's alone to know, and hides nothing. */
static void unconnected_socket_is_not_disturbed_by_refusals(void **state) {
    (void)state;
    struct anysock holder, s, server;
    struct anysock_addr nobody, addr, local;
    make_refusing_datagram(&holder, &nobody);
    make_datagram(ANYSOCK_INET, &server, &addr);
    make_datagram(ANYSOCK_INET, &s, &local);
    for (int i = 0; i < 20; i++)
        send_text(&s, "x", &nobody);
    send_text(&server, "hello", &local);
    expect_text(&s, "hello");
    send_text(&s, "x", &nobody);
    assert_anysock(ANYSOCK_EAGAIN,
                   anysock_recv_from(&s, buffer, 4, ANYSOCK_NO_WAIT, &from, &info, &count));
    close_pair(&holder, &s);
    assert_anysock(ANYSOCK_OK, anysock_close(&server));
}

static void disconnected_socket_is_not_disturbed_by_refusals(void **state) {
    (void)state;
    struct anysock holder, s;
    struct anysock_addr nobody;
    make_refusing_datagram(&holder, &nobody);
    open_datagram(ANYSOCK_INET, ANYSOCK_NONBLOCK, &s);
    assert_anysock(ANYSOCK_OK, anysock_connect(&s, &nobody));
    assert_anysock(ANYSOCK_OK, anysock_disconnect(&s));
    for (int i = 0; i < 3; i++) {
        send_text(&s, "x", &nobody);
        assert_anysock(ANYSOCK_EAGAIN, anysock_recv_from(&s, buffer, 4, 0, &from, &info, &count));
    }
    close_pair(&holder, &s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(datagrams_go_there_and_back),
        TEST(datagrams_stay_apart),
        TEST(empty_datagram_is_one),
        TEST(cut_datagram_says_so),
        TEST(cut_datagram_is_no_error_for_recv),
        TEST(datagram_that_just_fits_is_whole),
        TEST(receive_without_room_takes_the_datagram),
        TEST(peek_leaves_the_datagram),
        TEST(longest_datagram_arrives),
        TEST(longer_datagram_is_refused),
        TEST(receive_after_a_failed_send_works),
        TEST(broadcast_wants_its_option),
        TEST(first_receive_gives_the_socket_a_port),
        TEST(receive_times_out),
        TEST(no_wait_does_not_wait),
        TEST(blocking_receive_waits_for_the_datagram),
        TEST(interrupted_receive_keeps_its_deadline),
        TEST(own_shutdown_ends_both_directions),
        TEST(connected_socket_sends_to_its_peer),
        TEST(connected_socket_hears_its_peer_only),
        TEST(reconnected_socket_sends_elsewhere),
        TEST(disconnected_socket_sends_to_anybody),
        TEST(disconnected_socket_hears_everybody),
        TEST(adopted_socket_keeps_its_peer),
        TEST(server_owns_its_datagram_address),
        TEST(connected_socket_learns_that_nobody_is_there),
        TEST(unconnected_socket_is_not_disturbed_by_refusals),
        TEST(disconnected_socket_is_not_disturbed_by_refusals),
    };
    return cmocka_run_group_tests_name("datagram", tests, NULL, NULL);
}
