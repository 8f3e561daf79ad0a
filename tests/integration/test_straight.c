/*
 * The straight ways of sending and receiving leave some arguments to the system, which differs from
 * one to the other: whatever is wrong, the result is the same, and nothing else has happened.
 */
#include <string.h>

#include "net.h"
#include "platform.h"

static char buffer[70000];
static size_t count;

/* --- streams --- */

static void null_data_are_refused_before_there_is_no_room(void **state) {
    (void)state;
    struct anysock client, server;
    make_pair(ANYSOCK_NONBLOCK, 0, &client, &server);
    (void)fill(&client);
    assert_anysock(ANYSOCK_EAGAIN, anysock_send(&client, "x", 1, 0, &count));
    assert_anysock(ANYSOCK_EFAULT, anysock_send(&client, NULL, 1, 0, &count));
    assert_int_equal(0, count);
    assert_int_equal(0, anysock_native_error());
    assert_anysock(ANYSOCK_OK, anysock_send(&client, NULL, 0, 0, &count));
    close_pair(&client, &server);
}

static void no_capacity_needs_no_data(void **state) {
    (void)state;
    struct anysock client, server;
    make_pair(0, 0, &client, &server);
    count = 99;
    assert_anysock(ANYSOCK_OK, anysock_recv(&client, buffer, 0, 0, &count)); /* does not wait */
    assert_int_equal(0, count);
    say(&server, "hello");
    (void)await(&client, ANYSOCK_READABLE);
    assert_anysock(ANYSOCK_OK, anysock_recv(&client, buffer, 0, 0, &count));
    assert_int_equal(0, count);
    assert_anysock(ANYSOCK_OK, anysock_recv(&client, buffer, sizeof buffer, 0, &count));
    assert_int_equal(5, count);
    close_pair(&client, &server);
}

static void half_closed_stream_goes_on_receiving(void **state) {
    (void)state;
    struct anysock client, server;
    make_pair(0, 0, &client, &server);
    assert_anysock(ANYSOCK_OK, anysock_shutdown(&client, ANYSOCK_SHUT_WR));
    say(&server, "hello");
    assert_anysock(ANYSOCK_OK, anysock_recv_all(&client, buffer, 5, &count));
    assert_anysock(ANYSOCK_EPIPE, anysock_send(&client, "x", 1, 0, &count));
    assert_anysock(ANYSOCK_EPIPE, anysock_send(&client, NULL, 0, 0, &count));
    assert_anysock(ANYSOCK_OK, anysock_shutdown(&client, ANYSOCK_SHUT_RD));
    say(&server, "hello");
    (void)await(&server, ANYSOCK_WRITABLE);
    assert_anysock(ANYSOCK_OK, anysock_recv(&client, buffer, 5, 0, &count));
    assert_int_equal(0, count);
    close_pair(&client, &server);
}

/* A connection that the server has reset, before the client looked. */
static void make_reset(struct anysock *client) {
    struct anysock server;
    make_pair(0, 0, client, &server);
    assert_anysock(ANYSOCK_OK, anysock_abort(&server));
    (void)await(client, ANYSOCK_READABLE);
}

/* The system may tell of a reset only once, also to a call that was wrong for another reason. */
static void reset_is_not_lost_to_a_wrong_call(void **state) {
    (void)state;
    const char *const data[] = {NULL, "x"};
    for (size_t length = 0; length < 2; length++) {
        struct anysock client;
        make_reset(&client);
        int expected = length > 0 ? ANYSOCK_EFAULT : ANYSOCK_OK;
        assert_anysock(expected, anysock_send(&client, data[0], length, 0, &count));
        assert_int_equal(0, count);
        assert_anysock(ANYSOCK_ECONNRESET, anysock_recv(&client, buffer, 1, 0, &count));
        assert_anysock(ANYSOCK_OK, anysock_close(&client));
    }
}

/* --- datagrams --- */

/* Asserts a refusal by the library, and that nothing was sent. */
static void expect_refused(struct anysock *s, int code, const void *data, size_t length,
                           const struct anysock_addr *to) {
    count = 99;
    assert_anysock(code, anysock_send_to(s, data, length, 0, to, &count));
    assert_int_equal(0, anysock_native_error());
    assert_int_equal(0, count);
}

static void wrong_datagrams_are_refused(void **state) {
    (void)state;
    struct anysock s, s6;
    struct anysock_addr addr, addr6, no_port, none;
    memset(&none, 0, sizeof none);
    make_datagram(ANYSOCK_INET, &s, &addr);
    make_datagram(ANYSOCK_INET6, &s6, &addr6);
    no_port = addr;
    assert_anysock(ANYSOCK_OK, anysock_addr_set_port(&no_port, 0));
    expect_refused(&s, ANYSOCK_EFAULT, NULL, 1, &addr);
    expect_refused(&s, ANYSOCK_EMSGSIZE, buffer, 65536, &addr);
    expect_refused(&s, ANYSOCK_EMSGSIZE, buffer, SIZE_MAX, &addr);
    expect_refused(&s, ANYSOCK_EADDRNOTAVAIL, "x", 1, &no_port);
    expect_refused(&s, ANYSOCK_EAFNOSUPPORT, "x", 1, &addr6);
    expect_refused(&s, ANYSOCK_EAFNOSUPPORT, "x", 1, &none);
    expect_refused(&s6, ANYSOCK_EAFNOSUPPORT, "x", 1, &addr);
    /* The first of several is what it says. */
    expect_refused(&s, ANYSOCK_EFAULT, NULL, 65536, &no_port);
    expect_refused(&s, ANYSOCK_EADDRNOTAVAIL, buffer, 65536, &no_port);
    close_pair(&s, &s6);
}

/* Where both families meet in one socket, the system would take the destination. */
static void ipv4_destination_of_a_dual_socket_is_refused(void **state) {
    (void)state;
    struct anysock s, receiver;
    struct anysock_addr addr, any;
    make_datagram(ANYSOCK_INET, &receiver, &addr);
    assert_anysock(ANYSOCK_OK, anysock_open(ANYSOCK_INET6, ANYSOCK_DGRAM, 0, &s));
    assert_anysock(ANYSOCK_OK, anysock_set_option(&s, ANYSOCK_OPTION_V6ONLY, 0));
    assert_anysock(ANYSOCK_OK, anysock_addr_any(ANYSOCK_INET6, 0, &any));
    assert_anysock(ANYSOCK_OK, anysock_bind(&s, &any, ANYSOCK_BIND_SERVER));
    expect_refused(&s, ANYSOCK_EAFNOSUPPORT, "x", 1, &addr);
    close_pair(&s, &receiver);
}

/* Linux by itself takes the wildcard for the address that the sender is bound to. */
static void wildcard_is_loopback_for_a_sender_bound_elsewhere(void **state) {
    (void)state;
    struct anysock s, receiver;
    struct anysock_addr addr, elsewhere, any;
    make_datagram(ANYSOCK_INET, &receiver, &addr);
    assert_anysock(ANYSOCK_OK, anysock_addr_parse("127.0.0.2:0", &elsewhere));
    assert_anysock(ANYSOCK_OK, anysock_addr_any(ANYSOCK_INET, anysock_addr_port(&addr), &any));
    assert_anysock(ANYSOCK_OK, anysock_open(ANYSOCK_INET, ANYSOCK_DGRAM, 0, &s));
    int code = anysock_bind(&s, &elsewhere, ANYSOCK_BIND_SERVER);
    if (code == ANYSOCK_OK) { /* macOS and the BSDs have one loopback address only */
        count = 99;
        assert_anysock(ANYSOCK_OK, anysock_send_to(&s, "hello", 5, 0, &any, &count));
        assert_int_equal(5, count);
        (void)await(&receiver, ANYSOCK_READABLE);
        assert_anysock(ANYSOCK_OK, anysock_recv(&receiver, buffer, sizeof buffer, 0, &count));
        assert_memory_equal("hello", buffer, 5);
    }
    close_pair(&s, &receiver);
    if (code != ANYSOCK_OK)
        skip();
}

/* Empty, whole and cut; with and without the sender and what happened. */
static void datagram_is_received_alike_however_it_is_asked(void **state) {
    (void)state;
    struct anysock s, sender;
    struct anysock_addr addr, senders, from;
    unsigned info;
    make_datagram(ANYSOCK_INET, &s, &addr);
    make_datagram(ANYSOCK_INET, &sender, &senders);
    for (size_t length = 0; length <= 9; length += 3)
        for (int how = 0; how < 4; how++) {
            struct anysock_addr *wanted = (how & 1) != 0 ? &from : NULL;
            unsigned *told = (how & 2) != 0 ? &info : NULL;
            memset(&from, 0x55, sizeof from);
            info = 99;
            assert_anysock(ANYSOCK_OK,
                           anysock_send_to(&sender, "123456789", length, 0, &addr, &count));
            (void)await(&s, ANYSOCK_READABLE);
            assert_anysock(ANYSOCK_OK, anysock_recv_from(&s, buffer, 6, 0, wanted, told, &count));
            assert_int_equal(length < 6 ? length : 6, count);
            assert_memory_equal("123456", buffer, count);
            assert_true(wanted == NULL || anysock_addr_equal(&senders, wanted));
            assert_true(wanted == NULL || wanted->reserved_ == 0);
            assert_true(told == NULL || *told == (length > 6 ? ANYSOCK_TRUNCATED : 0u));
        }
    close_pair(&s, &sender);
}

static void failed_receive_tells_no_sender(void **state) {
    (void)state;
    struct anysock s;
    struct anysock_addr addr;
    make_datagram(ANYSOCK_INET, &s, &addr);
    assert_anysock(ANYSOCK_OK, anysock_set_blocking(&s, false));
    assert_anysock(ANYSOCK_EAGAIN, anysock_recv_from(&s, buffer, 1, 0, &addr, NULL, &count));
    assert_int_equal(ANYSOCK_UNSPEC, anysock_addr_family(&addr));
    assert_int_equal(0, count);
    assert_anysock(ANYSOCK_OK, anysock_close(&s));
}

/* --- waiting --- */

static void one_of_two_conditions_is_enough(void **state) {
    (void)state;
    const unsigned both = ANYSOCK_READABLE | ANYSOCK_WRITABLE;
    struct anysock client, server;
    make_pair(0, 0, &client, &server);
    struct anysock_poll_item item = {&client, both, 0};
    unsigned events;
    assert_anysock(ANYSOCK_OK, anysock_wait(&client, both, ANYSOCK_FOREVER, &events));
    assert_int_equal(ANYSOCK_WRITABLE, events);
    assert_anysock(ANYSOCK_OK, anysock_poll(&item, 1, ANYSOCK_FOREVER, &count));
    assert_int_equal(ANYSOCK_WRITABLE, item.events);
    say(&server, "hello");
    (void)await(&client, ANYSOCK_READABLE);
    assert_anysock(ANYSOCK_OK, anysock_wait(&client, both, 0, &events));
    assert_int_equal(both, events);
    assert_anysock(ANYSOCK_EINVAL, anysock_wait(&client, 2, ANYSOCK_FOREVER, &events));
    assert_anysock(ANYSOCK_EINVAL, anysock_wait(&client, 3, ANYSOCK_FOREVER, &events));
    item.wanted = 3;
    assert_anysock(ANYSOCK_EINVAL, anysock_poll(&item, 1, ANYSOCK_FOREVER, &count));
    close_pair(&client, &server);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(null_data_are_refused_before_there_is_no_room),
        TEST(no_capacity_needs_no_data),
        TEST(half_closed_stream_goes_on_receiving),
        TEST(reset_is_not_lost_to_a_wrong_call),
        TEST(wrong_datagrams_are_refused),
        TEST(ipv4_destination_of_a_dual_socket_is_refused),
        TEST(wildcard_is_loopback_for_a_sender_bound_elsewhere),
        TEST(datagram_is_received_alike_however_it_is_asked),
        TEST(failed_receive_tells_no_sender),
        TEST(one_of_two_conditions_is_enough),
    };
    return cmocka_run_group_tests_name("straight", tests, NULL, NULL);
}
