/*
 * What stands beside the state for the straight ways of the calls (state.h): that it is there when
 * the state is plain, gone when it is not, and the same whatever way a socket came to its state.
 */
#include <string.h>

#include "check.h"
#include "fake_port.h"

static struct anysock s, child;
static struct anysock_addr addr;
static char buffer[8];
static size_t count;

static int set_up(void **state) {
    memset(&s, 0, sizeof s);
    memset(&child, 0, sizeof child);
    (void)anysock_addr_loopback(ANYSOCK_INET, 80, &addr);
    return fake_reset(state);
}

static int tear_down(void **state) {
    if (anysock_is_open(&child))
        (void)anysock_close(&child);
    if (anysock_is_open(&s))
        (void)anysock_close(&s);
    return fake_check(state);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

/* What a socket is plain for, as letters: send, receive, (send) to, (receive) from, wait. */
static const char *plain_for(const struct anysock *socket) {
    static char text[6];
    char *end = text;
    if (plain_to(socket, PLAIN_SEND) != 0)
        *end++ = 's';
    if (plain_to(socket, PLAIN_RECV) != 0)
        *end++ = 'r';
    if (plain_to(socket, PLAIN_SEND_TO) != 0)
        *end++ = 't';
    if (plain_to(socket, PLAIN_RECV_FROM) != 0)
        *end++ = 'f';
    if (plain_to(socket, PLAIN_WAIT) != 0)
        *end++ = 'w';
    *end = '\0';
    return text;
}

#define assert_plain(letters, socket) assert_string_equal(letters, plain_for(socket))

static void made_socket_is_plain_for_nothing(void **state) {
    (void)state;
    assert_plain("", &s);
    s = fake_fresh(0);
    assert_plain("", &s);
    child = fake_listener(0);
    assert_plain("", &child);
}

static void connected_stream_is_plain(void **state) {
    (void)state;
    s = fake_connected(0);
    assert_plain("srw", &s);
    assert_int_equal(1, plain_to(&s, PLAIN_SEND));
    assert_int_equal(BOTH, plain_to(&s, PLAIN_WAIT));
    assert_int_equal(1, plain_to(&s, PLAIN_RECV));
}

static void pending_connect_is_plain_when_its_result_is_known(void **state) {
    (void)state;
    s = fake_connecting();
    assert_plain("", &s);
    fake_connect_succeeds(fake_of(&s));
    assert_anysock(ANYSOCK_OK, anysock_connect_result(&s));
    assert_plain("srw", &s);
}

/* Other threads may be in a call that finishes the connect: raising is not theirs. */
static void call_that_finishes_a_connect_raises_nothing(void **state) {
    (void)state;
    s = fake_connecting();
    fake_connect_succeeds(fake_of(&s));
    assert_anysock(ANYSOCK_OK, anysock_send(&s, buffer, 1, 0, &count));
    assert_plain("", &s);
    assert_anysock(ANYSOCK_OK, anysock_send(&s, buffer, 1, 0, &count));
    assert_int_equal(1, count);
    assert_anysock(ANYSOCK_OK, anysock_connect_result(&s));
    assert_plain("srw", &s);
}

static void failed_connect_is_plain_for_nothing(void **state) {
    (void)state;
    s = fake_connecting();
    fake_connect_fails(fake_of(&s));
    assert_anysock(ANYSOCK_ECONNREFUSED, anysock_connect_result(&s));
    assert_plain("", &s);
}

static void own_shutdown_ends_one_direction(void **state) {
    (void)state;
    s = fake_connected(0);
    assert_anysock(ANYSOCK_OK, anysock_shutdown(&s, ANYSOCK_SHUT_WR));
    assert_plain("r", &s);
    child = fake_connected(0);
    assert_anysock(ANYSOCK_OK, anysock_shutdown(&child, ANYSOCK_SHUT_RD));
    assert_plain("s", &child);
    assert_anysock(ANYSOCK_OK, anysock_set_timeout(&child, ANYSOCK_TIMEOUT_SEND, 5));
    assert_anysock(ANYSOCK_OK, anysock_set_timeout(&child, ANYSOCK_TIMEOUT_SEND, ANYSOCK_FOREVER));
    assert_plain("s", &child);
}

static void reset_ends_both_directions(void **state) {
    (void)state;
    s = fake_connected(0);
    fake_fail("recv", FAKE_ECONNRESET, 1);
    assert_anysock(ANYSOCK_ECONNRESET, anysock_recv(&s, buffer, 1, 0, &count));
    assert_plain("", &s);
    assert_anysock(ANYSOCK_OK, anysock_set_timeout(&s, ANYSOCK_TIMEOUT_RECV, ANYSOCK_FOREVER));
    assert_plain("", &s);
}

static void time_out_is_for_the_careful_way(void **state) {
    (void)state;
    s = fake_connected(0);
    assert_anysock(ANYSOCK_OK, anysock_set_timeout(&s, ANYSOCK_TIMEOUT_CONNECT, 5));
    assert_plain("w", &s);
    assert_anysock(ANYSOCK_OK, anysock_set_timeout(&s, ANYSOCK_TIMEOUT_CONNECT, ANYSOCK_FOREVER));
    assert_plain("srw", &s);
}

static void mode_does_not_matter(void **state) {
    (void)state;
    s = fake_connected(ANYSOCK_NONBLOCK);
    assert_plain("srw", &s);
    assert_anysock(ANYSOCK_OK, anysock_set_blocking(&s, true));
    assert_plain("srw", &s);
}

static void bound_datagram_is_plain(void **state) {
    (void)state;
    s = fake_datagram(0);
    struct anysock_addr any;
    assert_plain("", &s);
    assert_anysock(ANYSOCK_OK, anysock_addr_any(ANYSOCK_INET, 5, &any));
    assert_anysock(ANYSOCK_OK, anysock_bind(&s, &any, ANYSOCK_BIND_SERVER));
    assert_plain("tf", &s);
    assert_anysock(ANYSOCK_OK, anysock_connect(&s, &addr));
    assert_plain("w", &s);
    assert_anysock(ANYSOCK_OK, anysock_disconnect(&s));
    assert_plain("tf", &s);
    assert_anysock(ANYSOCK_OK, anysock_shutdown(&s, ANYSOCK_SHUT_WR));
    assert_plain("f", &s);
}

/* Its destinations are looked at more closely. */
static void bound_ipv6_datagram_only_receives_plainly(void **state) {
    (void)state;
    struct anysock_addr any;
    assert_anysock(ANYSOCK_OK, anysock_open(ANYSOCK_INET6, ANYSOCK_DGRAM, 0, &s));
    assert_anysock(ANYSOCK_OK, anysock_addr_any(ANYSOCK_INET6, 5, &any));
    assert_anysock(ANYSOCK_OK, anysock_bind(&s, &any, ANYSOCK_BIND_SERVER));
    assert_plain("f", &s);
}

static void call_that_binds_raises_nothing(void **state) {
    (void)state;
    s = fake_datagram(ANYSOCK_NONBLOCK);
    assert_anysock(ANYSOCK_OK, anysock_send_to(&s, buffer, 1, 0, &addr, &count));
    assert_plain("", &s);
    child = fake_datagram(ANYSOCK_NONBLOCK);
    assert_anysock(ANYSOCK_EAGAIN, anysock_recv_from(&child, buffer, 1, 0, &addr, NULL, &count));
    assert_plain("", &child);
}

static void adopted_connection_is_plain(void **state) {
    (void)state;
    struct anysock made = fake_connected(0);
    anysock_native native;
    assert_anysock(ANYSOCK_OK, anysock_release(&made, &native));
    assert_plain("", &made);
    assert_anysock(ANYSOCK_OK, anysock_adopt(native, 0, &s));
    assert_plain("srw", &s);
}

/* The child of the straight way, and that of the careful one, which tells the peer. */
static void both_ways_of_accept_make_the_same(void **state) {
    (void)state;
    struct anysock straight, careful;
    s = fake_listener(0);
    fake_client_arrives(fake_of(&s));
    assert_anysock(ANYSOCK_OK, anysock_accept(&s, 0, &straight, NULL));
    assert_plain("srw", &straight);
    struct anysock before = straight;
    assert_anysock(ANYSOCK_OK, anysock_close(&straight));
    fake_client_arrives(fake_of(&s));
    assert_anysock(ANYSOCK_OK, anysock_accept(&s, 0, &careful, &addr));
    assert_memory_equal(&before, &careful, sizeof careful); /* it has got the same handle */
    anysock_plain_raise(&careful);
    assert_memory_equal(&before, &careful, sizeof careful);
    assert_anysock(ANYSOCK_OK, anysock_close(&careful));
}

static void closed_socket_is_all_zeros(void **state) {
    (void)state;
    const struct anysock nothing = ANYSOCK_INIT;
    s = fake_connected(0);
    assert_anysock(ANYSOCK_OK, anysock_close(&s));
    assert_memory_equal(&nothing, &s, sizeof s);
}

/* --- a call that looks at little before it tries, and more when that failed --- */

static void wrong_argument_is_found_after_a_try(void **state) {
    (void)state;
    s = fake_connected(0);
    anysock_port_set_native_error(FAKE_ECONNRESET);
    assert_anysock(ANYSOCK_EFAULT, anysock_send_again(&s, NULL, 1, &count));
    assert_int_equal(0, anysock_native_error());
    assert_int_equal(0, count);
    assert_string_equal("", fake_trace());
    fake_fin_arrives(fake_of(&s)); /* the system has told it, and will not again */
    assert_anysock(ANYSOCK_ECONNRESET, anysock_recv(&s, buffer, 1, 0, &count));
}

static void nothing_to_send_is_found_after_a_try(void **state) {
    (void)state;
    s = fake_connected(0);
    anysock_port_set_native_error(FAKE_ECONNRESET);
    assert_anysock(ANYSOCK_OK, anysock_send_again(&s, buffer, 0, &count));
    assert_int_equal(0, count);
    assert_string_equal("", fake_trace());
    fake_fail("send", FAKE_ESHUTDOWN, 1); /* nobody has been told of the reset yet */
    assert_anysock(ANYSOCK_ECONNRESET, anysock_send(&s, buffer, 1, 0, &count));
    assert_refusal(ANYSOCK_EPIPE, anysock_send(&s, buffer, 1, 0, &count));
}

static void wrong_datagram_is_found_after_a_try(void **state) {
    (void)state;
    s = fake_datagram(0);
    struct anysock_addr addr6, no_port = addr;
    assert_anysock(ANYSOCK_OK, anysock_addr_loopback(ANYSOCK_INET6, 80, &addr6));
    assert_anysock(ANYSOCK_OK, anysock_addr_set_port(&no_port, 0));
    assert_refusal(ANYSOCK_EFAULT, anysock_send_to_again(&s, NULL, 1, &addr, &count));
    assert_refusal(ANYSOCK_EAFNOSUPPORT, anysock_send_to_again(&s, "x", 1, &addr6, &count));
    assert_refusal(ANYSOCK_EADDRNOTAVAIL, anysock_send_to_again(&s, "x", 1, &no_port, &count));
    assert_refusal(ANYSOCK_EMSGSIZE, anysock_send_to_again(&s, buffer, 65536, &addr, &count));
    assert_string_equal("", fake_trace());
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(made_socket_is_plain_for_nothing),
        TEST(connected_stream_is_plain),
        TEST(pending_connect_is_plain_when_its_result_is_known),
        TEST(call_that_finishes_a_connect_raises_nothing),
        TEST(failed_connect_is_plain_for_nothing),
        TEST(own_shutdown_ends_one_direction),
        TEST(reset_ends_both_directions),
        TEST(time_out_is_for_the_careful_way),
        TEST(mode_does_not_matter),
        TEST(bound_datagram_is_plain),
        TEST(bound_ipv6_datagram_only_receives_plainly),
        TEST(call_that_binds_raises_nothing),
        TEST(adopted_connection_is_plain),
        TEST(both_ways_of_accept_make_the_same),
        TEST(closed_socket_is_all_zeros),
        TEST(wrong_argument_is_found_after_a_try),
        TEST(nothing_to_send_is_found_after_a_try),
        TEST(wrong_datagram_is_found_after_a_try),
    };
    return cmocka_run_group_tests_name("plain", tests, NULL, NULL);
}
