/*
 * Datagrams on the fake port: whom they are for, where they come from, what networks say about
 * earlier ones, and peers that come and go.
 */
#include <string.h>

#include "check.h"
#include "fake_port.h"

/* What the tests use; the tear-down closes the socket. */
static struct anysock s;
static struct anysock_addr to, from;
static char buffer[32];
static unsigned info;
static size_t count;

/* Everything that a call writes holds something else before it. */
static void spoil_results(void) {
    (void)anysock_addr_loopback(ANYSOCK_INET6, 99, &from);
    info = 99;
    count = 99;
}

static int set_up(void **state) {
    memset(&s, 0, sizeof s);
    (void)anysock_addr_loopback(ANYSOCK_INET, 80, &to);
    spoil_results();
    return fake_reset(state);
}

static int tear_down(void **state) {
    if (anysock_is_open(&s))
        (void)anysock_close(&s);
    return fake_check(state);
}

static int send_to(const char *data, size_t length, unsigned flags) {
    count = 99;
    return anysock_send_to(&s, data, length, flags, &to, &count);
}

static int recv_from(size_t capacity, unsigned flags) {
    spoil_results();
    return anysock_recv_from(&s, buffer, capacity, flags, &from, &info, &count);
}

static void assert_nothing_came(void) {
    assert_int_equal(ANYSOCK_UNSPEC, anysock_addr_family(&from));
    assert_int_equal(0, info);
    assert_int_equal(0, count);
}

/* A datagram socket that has an address, and one that has a peer, too. */
static struct anysock bound_datagram(unsigned flags) {
    struct anysock made = fake_datagram(flags);
    struct anysock_addr any;
    (void)anysock_addr_any(ANYSOCK_INET, 0, &any);
    assert_anysock(ANYSOCK_OK, anysock_bind(&made, &any, ANYSOCK_BIND_CLIENT));
    (void)fake_trace();
    return made;
}

static struct anysock connected_datagram(unsigned flags) {
    struct anysock made = fake_datagram(flags);
    assert_anysock(ANYSOCK_OK, anysock_connect(&made, &to));
    (void)fake_trace();
    return made;
}

/* --- send_to: arguments, one after the other --- */

static void send_to_wants_a_place_for_the_count_first(void **state) {
    (void)state;
    assert_refusal(ANYSOCK_EFAULT, anysock_send_to(NULL, NULL, 5, ~0u, NULL, NULL));
    assert_refusal(ANYSOCK_EFAULT, anysock_send_to(&s, buffer, 5, 0, &to, NULL));
}

static void send_to_wants_a_socket_and_an_address(void **state) {
    (void)state;
    assert_refusal(ANYSOCK_EFAULT, anysock_send_to(NULL, buffer, 5, 0, &to, &count));
    assert_int_equal(0, count);
    count = 99;
    assert_refusal(ANYSOCK_EFAULT, anysock_send_to(&s, buffer, 5, 0, NULL, &count));
    assert_int_equal(0, count);
    s = bound_datagram(0);
    count = 99;
    assert_refusal(ANYSOCK_EFAULT, anysock_send_to(&s, buffer, 5, 0, NULL, &count));
    assert_int_equal(0, count);
    assert_string_equal("", fake_trace());
}

static void send_to_sees_a_closed_socket_before_null_data(void **state) {
    (void)state;
    assert_refusal(ANYSOCK_EBADF, send_to(NULL, 5, ~0u));
    assert_int_equal(0, count);
}

static void send_to_sees_null_data_before_the_flags(void **state) {
    (void)state;
    s = bound_datagram(0);
    assert_refusal(ANYSOCK_EFAULT, send_to(NULL, 5, ~0u));
    assert_refusal(ANYSOCK_EFAULT, send_to(NULL, 5, 0));
    assert_int_equal(0, count);
    assert_string_equal("", fake_trace());
}

static void send_to_sees_unknown_flags_before_the_kind_of_socket(void **state) {
    (void)state;
    static const unsigned unknown[] = {ANYSOCK_PEEK, ANYSOCK_WAIT_ALL, ANYSOCK_MORE, ANYSOCK_OOB,
                                       0x8000};
    s = fake_connected(0);
    for (size_t i = 0; i < COUNT_OF(unknown); i++)
        assert_refusal(ANYSOCK_EINVAL, send_to(buffer, 5, unknown[i] | ANYSOCK_NO_WAIT));
    assert_int_equal(0, count);
    assert_string_equal("", fake_trace());
}

static void send_to_is_not_for_streams(void **state) {
    (void)state;
    memset(&to, 0, sizeof to); /* nobody looks at it */
    s = fake_fresh(0);
    assert_refusal(ANYSOCK_EOPNOTSUPP, send_to(buffer, 5, 0));
    assert_anysock(ANYSOCK_OK, anysock_close(&s));
    s = fake_connected(0);
    assert_refusal(ANYSOCK_EOPNOTSUPP, send_to(buffer, 5, 0));
    assert_int_equal(0, count);
}

static void send_to_wants_the_sockets_family_before_a_port(void **state) {
    (void)state;
    s = bound_datagram(0);
    assert_anysock(ANYSOCK_OK, anysock_addr_loopback(ANYSOCK_INET6, 0, &to));
    assert_refusal(ANYSOCK_EAFNOSUPPORT, send_to(buffer, 5, 0));
    memset(&to, 0, sizeof to);
    assert_refusal(ANYSOCK_EAFNOSUPPORT, send_to(buffer, 5, 0));
    assert_string_equal("", fake_trace());
}

static void send_to_wants_a_port_before_it_looks_for_a_peer(void **state) {
    (void)state;
    s = connected_datagram(0);
    assert_anysock(ANYSOCK_OK, anysock_addr_set_port(&to, 0));
    assert_refusal(ANYSOCK_EADDRNOTAVAIL, send_to(buffer, 5, 0));
    assert_int_equal(0, count);
    assert_string_equal("", fake_trace());
}

static void send_to_is_not_for_connected_sockets(void **state) {
    (void)state;
    s = connected_datagram(0);
    assert_refusal(ANYSOCK_EISCONN, send_to(buffer, 5, 0));
    assert_int_equal(0, count);
    assert_string_equal("", fake_trace());
}

static void long_datagram_needs_no_call(void **state) {
    (void)state;
    static char much[65536];
    s = bound_datagram(0);
    assert_refusal(ANYSOCK_EMSGSIZE, send_to(much, 65536, 0));
    assert_refusal(ANYSOCK_EMSGSIZE, send_to(much, SIZE_MAX, 0));
    assert_int_equal(0, count);
    assert_string_equal("", fake_trace());
    assert_anysock(ANYSOCK_OK, anysock_close(&s));

    s = connected_datagram(0);
    assert_refusal(ANYSOCK_EMSGSIZE, anysock_send(&s, much, 65536, 0, &count));
    assert_refusal(ANYSOCK_EMSGSIZE, anysock_send(&s, much, SIZE_MAX, 0, &count));
    assert_refusal(ANYSOCK_EMSGSIZE, anysock_send_all(&s, much, 65536, &count));
    assert_int_equal(0, count);
    assert_string_equal("", fake_trace());
}

static void longest_datagram_is_the_systems_business(void **state) {
    (void)state;
    static char much[65535];
    s = bound_datagram(0);
    fake_fail("send_to", FAKE_EMSGSIZE, 1);
    assert_anysock(ANYSOCK_EMSGSIZE, send_to(much, 65535, 0));
    assert_int_equal(0, count);
    assert_int_equal(FAKE_EMSGSIZE, anysock_native_error());
    assert_string_equal("send_to", fake_trace());
}

/* --- send_to: the call --- */

static void send_to_sends_to_the_address(void **state) {
    (void)state;
    s = bound_datagram(0);
    assert_anysock(ANYSOCK_OK, send_to("hello", 5, 0));
    assert_int_equal(5, count);
    assert_memory_equal("hello", fake_of(&s)->outgoing, 5);
    assert_true(anysock_addr_equal(&to, &fake_of(&s)->sent_to));
    assert_string_equal("send_to", fake_trace());
}

static void send_to_sends_an_empty_datagram(void **state) {
    (void)state;
    s = bound_datagram(0);
    assert_anysock(ANYSOCK_OK, send_to(NULL, 0, 0));
    assert_int_equal(0, count);
    assert_anysock(ANYSOCK_OK, send_to(NULL, 0, ANYSOCK_NO_WAIT));
    assert_string_equal("send_to nonblocking send_to", fake_trace());
}

static void send_to_over_ipv6_wants_ipv6(void **state) {
    (void)state;
    assert_anysock(ANYSOCK_OK, anysock_open(ANYSOCK_INET6, ANYSOCK_DGRAM, 0, &s));
    assert_anysock(ANYSOCK_EAFNOSUPPORT, send_to("hello", 5, 0));
    assert_anysock(ANYSOCK_OK, anysock_addr_loopback(ANYSOCK_INET6, 80, &to));
    for (int i = 0; i < 2; i++) { /* the first one binds */
        assert_anysock(ANYSOCK_OK, send_to("hello", 5, 0));
        assert_true(anysock_addr_equal(&to, &fake_of(&s)->sent_to));
    }
}

static void send_to_would_wait(void **state) {
    (void)state;
    s = bound_datagram(ANYSOCK_NONBLOCK);
    fake_of(&s)->room = 0;
    assert_anysock(ANYSOCK_EAGAIN, send_to("hello", 5, 0));
    assert_int_equal(0, count);
    assert_int_equal(FAKE_EWOULDBLOCK, anysock_native_error());
    assert_int_equal(0, fake_elapsed_ms());
}

static void send_to_with_no_wait_does_not_wait(void **state) {
    (void)state;
    s = bound_datagram(0);
    fake_of(&s)->room = 0;
    assert_anysock(ANYSOCK_EAGAIN, send_to("hello", 5, ANYSOCK_NO_WAIT));
    assert_int_equal(0, fake.flags); /* a flag that calls do not have here */
    assert_string_equal("nonblocking send_to", fake_trace());
    assert_true(anysock_is_blocking(&s));
}

static void send_to_waits_for_room(void **state) {
    (void)state;
    s = bound_datagram(0);
    fake_of(&s)->room = 0;
    fake_later(20, fake_room_appears, &s);
    assert_anysock(ANYSOCK_OK, send_to("hello", 5, 0));
    assert_int_equal(20, fake_elapsed_ms());
    assert_string_equal("send_to", fake_trace()); /* in the kernel */
}

static void send_to_waits_as_long_as_its_timeout(void **state) {
    (void)state;
    s = bound_datagram(0);
    assert_anysock(ANYSOCK_OK, anysock_set_timeout(&s, ANYSOCK_TIMEOUT_SEND, 30));
    fake_of(&s)->room = 0;
    assert_refusal(ANYSOCK_ETIMEDOUT, send_to("hello", 5, 0));
    assert_int_equal(30, fake_elapsed_ms());
    assert_string_equal("nonblocking send_to poll", fake_trace());
}

static void signal_does_not_end_send_to(void **state) {
    (void)state;
    s = bound_datagram(ANYSOCK_NONBLOCK);
    fake_fail("send_to", FAKE_EINTR, 2);
    assert_anysock(ANYSOCK_OK, send_to("hello", 5, 0));
    assert_string_equal("send_to send_to send_to", fake_trace());
}

static void send_to_tells_what_the_system_says(void **state) {
    (void)state;
    static const struct {
        int native, code;
    } table[] = {
        {FAKE_EACCES, ANYSOCK_EACCES},
        {FAKE_ENOBUFS, ANYSOCK_ENOBUFS},
        {FAKE_ENETDOWN, ANYSOCK_ENETDOWN},
        {FAKE_EODD, ANYSOCK_EUNKNOWN},
    };
    s = bound_datagram(0);
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        fake_fail("send_to", table[i].native, 1);
        assert_anysock(table[i].code, send_to("hello", 5, 0));
        assert_int_equal(table[i].native, anysock_native_error());
        assert_int_equal(0, count);
    }
    assert_anysock(ANYSOCK_OK, send_to("hello", 5, 0));
}

static void send_to_after_own_shutdown_is_a_broken_pipe(void **state) {
    (void)state;
    s = bound_datagram(0);
    assert_anysock(ANYSOCK_OK, anysock_shutdown(&s, ANYSOCK_SHUT_WR));
    (void)fake_trace();
    assert_refusal(ANYSOCK_EPIPE, send_to("hello", 5, 0));
    assert_refusal(ANYSOCK_EPIPE, send_to("hello", 5, ANYSOCK_NO_WAIT));
    assert_int_equal(0, count);
    assert_string_equal("", fake_trace());
}

/* --- recv_from: arguments --- */

static void recv_from_wants_a_place_for_the_count_first(void **state) {
    (void)state;
    assert_refusal(ANYSOCK_EFAULT, anysock_recv_from(&s, NULL, 5, ~0u, &from, &info, NULL));
    assert_int_equal(ANYSOCK_UNSPEC, anysock_addr_family(&from));
    assert_int_equal(0, info);
}

static void recv_from_wants_a_socket_then_an_open_one(void **state) {
    (void)state;
    assert_refusal(ANYSOCK_EFAULT, anysock_recv_from(NULL, NULL, 5, ~0u, &from, &info, &count));
    assert_nothing_came();
    spoil_results();
    assert_refusal(ANYSOCK_EBADF, anysock_recv_from(&s, NULL, 5, ~0u, &from, &info, &count));
    assert_nothing_came();
}

static void recv_from_sees_null_data_before_the_flags(void **state) {
    (void)state;
    s = bound_datagram(0);
    fake_data_arrives(fake_of(&s));
    assert_refusal(ANYSOCK_EFAULT, anysock_recv_from(&s, NULL, 5, ~0u, &from, &info, &count));
    assert_nothing_came();
    spoil_results();
    assert_refusal(ANYSOCK_EFAULT, anysock_recv_from(&s, NULL, 5, 0, &from, &info, &count));
    assert_nothing_came();
    assert_string_equal("", fake_trace());
}

static void recv_from_knows_two_flags(void **state) {
    (void)state;
    static const unsigned unknown[] = {ANYSOCK_WAIT_ALL, ANYSOCK_MORE, ANYSOCK_OOB, 0x8000, ~0u};
    for (int stream = 0; stream < 2; stream++) {
        s = stream != 0 ? fake_connected(0) : bound_datagram(0);
        for (size_t i = 0; i < COUNT_OF(unknown); i++) {
            assert_refusal(ANYSOCK_EINVAL, recv_from(5, unknown[i]));
            assert_nothing_came();
        }
        assert_string_equal("", fake_trace());
        assert_anysock(ANYSOCK_OK, anysock_close(&s));
        (void)fake_trace();
    }
}

/* --- recv_from: the call --- */

static void recv_from_gives_the_datagram_and_its_sender(void **state) {
    (void)state;
    s = bound_datagram(0);
    fake_data_arrives(fake_of(&s));
    assert_anysock(ANYSOCK_OK, recv_from(sizeof buffer, 0));
    assert_int_equal(5, count);
    assert_memory_equal("abcde", buffer, 5);
    assert_int_equal(4000, anysock_addr_port(&from));
    assert_int_equal(0, info);
    assert_string_equal("recv_from", fake_trace());
}

static void recv_from_works_without_sender_and_info(void **state) {
    (void)state;
    s = bound_datagram(0);
    for (int i = 0; i < 2; i++) {
        fake_data_arrives(fake_of(&s));
        assert_anysock(ANYSOCK_OK, anysock_recv_from(&s, buffer, 3, i == 0 ? 0 : ANYSOCK_NO_WAIT,
                                                     NULL, NULL, &count));
        assert_int_equal(3, count);
    }
}

static void recv_from_tells_that_a_datagram_was_cut(void **state) {
    (void)state;
    s = bound_datagram(0);
    fake_data_arrives(fake_of(&s));
    assert_anysock(ANYSOCK_OK, recv_from(3, 0));
    assert_int_equal(3, count);
    assert_int_equal(ANYSOCK_TRUNCATED, info);
    fake_data_arrives(fake_of(&s)); /* the rest of the first one is lost */
    assert_anysock(ANYSOCK_OK, recv_from(5, 0));
    assert_int_equal(5, count);
    assert_int_equal(0, info);
}

static void recv_from_without_room_takes_the_datagram(void **state) {
    (void)state;
    s = bound_datagram(0);
    fake_data_arrives(fake_of(&s));
    assert_anysock(ANYSOCK_OK, anysock_recv_from(&s, NULL, 0, 0, &from, &info, &count));
    assert_int_equal(0, count);
    assert_int_equal(ANYSOCK_TRUNCATED, info);
    assert_int_equal(0, fake_of(&s)->incoming);
}

static void empty_datagram_is_no_end(void **state) {
    (void)state;
    s = bound_datagram(0);
    fake_fin_arrives(fake_of(&s)); /* to a datagram socket: one of no bytes */
    assert_anysock(ANYSOCK_OK, recv_from(5, 0));
    assert_int_equal(0, count);
    assert_int_equal(4000, anysock_addr_port(&from));
    assert_anysock(ANYSOCK_OK, recv_from(5, 0)); /* asked again, not remembered */
    assert_string_equal("recv_from recv_from", fake_trace());
}

static void peek_leaves_the_datagram(void **state) {
    (void)state;
    s = bound_datagram(0);
    fake_data_arrives(fake_of(&s));
    assert_anysock(ANYSOCK_OK, recv_from(3, ANYSOCK_PEEK));
    assert_int_equal(ANYSOCK_PEEK, fake.flags);
    assert_int_equal(3, count);
    assert_int_equal(ANYSOCK_TRUNCATED, info);
    assert_anysock(ANYSOCK_OK, recv_from(5, 0));
    assert_int_equal(5, count);
    assert_memory_equal("abcde", buffer, 5);
}

static void recv_from_would_wait(void **state) {
    (void)state;
    s = bound_datagram(ANYSOCK_NONBLOCK);
    assert_anysock(ANYSOCK_EAGAIN, recv_from(5, 0));
    assert_nothing_came();
    assert_int_equal(FAKE_EWOULDBLOCK, anysock_native_error());
    assert_int_equal(0, fake_elapsed_ms());
}

static void recv_from_with_no_wait_does_not_wait(void **state) {
    (void)state;
    s = bound_datagram(0);
    assert_anysock(ANYSOCK_EAGAIN, recv_from(5, ANYSOCK_NO_WAIT));
    assert_nothing_came();
    assert_string_equal("nonblocking recv_from", fake_trace());
}

static void recv_from_waits_as_long_as_its_timeout(void **state) {
    (void)state;
    s = bound_datagram(0);
    assert_anysock(ANYSOCK_OK, anysock_set_timeout(&s, ANYSOCK_TIMEOUT_RECV, 30));
    assert_refusal(ANYSOCK_ETIMEDOUT, recv_from(5, 0));
    assert_nothing_came();
    assert_int_equal(30, fake_elapsed_ms());
    assert_string_equal("nonblocking recv_from poll", fake_trace());
}

static void recv_from_within_its_timeout_succeeds(void **state) {
    (void)state;
    s = bound_datagram(0);
    assert_anysock(ANYSOCK_OK, anysock_set_timeout(&s, ANYSOCK_TIMEOUT_RECV, 30));
    fake_later(20, fake_data_arrives, &s);
    fake_fail("poll", FAKE_EINTR, 1);
    assert_anysock(ANYSOCK_OK, recv_from(5, 0));
    assert_int_equal(4000, anysock_addr_port(&from));
    assert_int_equal(20, fake_elapsed_ms());
    assert_string_equal("nonblocking recv_from poll poll recv_from", fake_trace());
}

static void signal_does_not_end_recv_from(void **state) {
    (void)state;
    s = bound_datagram(ANYSOCK_NONBLOCK);
    fake_data_arrives(fake_of(&s));
    fake_fail("recv_from", FAKE_EINTR, 2);
    assert_anysock(ANYSOCK_OK, recv_from(5, 0));
    assert_int_equal(5, count);
    assert_int_equal(4000, anysock_addr_port(&from));
    assert_string_equal("recv_from recv_from recv_from", fake_trace());
}

static void recv_from_on_a_stream_is_recv_without_sender(void **state) {
    (void)state;
    s = fake_connected(0);
    fake_data_arrives(fake_of(&s));
    assert_anysock(ANYSOCK_OK, recv_from(3, 0));
    assert_int_equal(3, count);
    assert_int_equal(ANYSOCK_UNSPEC, anysock_addr_family(&from));
    assert_int_equal(0, info); /* the rest is not lost */
    assert_anysock(ANYSOCK_OK, recv_from(3, ANYSOCK_NO_WAIT));
    assert_int_equal(2, count);
    assert_string_equal("recv nonblocking recv", fake_trace());
}

static void recv_from_on_a_stream_wants_a_connection(void **state) {
    (void)state;
    s = fake_fresh(0);
    assert_refusal(ANYSOCK_ENOTCONN, recv_from(5, 0));
    assert_nothing_came();
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(send_to_wants_a_place_for_the_count_first),
        TEST(send_to_wants_a_socket_and_an_address),
        TEST(send_to_sees_a_closed_socket_before_null_data),
        TEST(send_to_sees_null_data_before_the_flags),
        TEST(send_to_sees_unknown_flags_before_the_kind_of_socket),
        TEST(send_to_is_not_for_streams),
        TEST(send_to_wants_the_sockets_family_before_a_port),
        TEST(send_to_wants_a_port_before_it_looks_for_a_peer),
        TEST(send_to_is_not_for_connected_sockets),
        TEST(long_datagram_needs_no_call),
        TEST(longest_datagram_is_the_systems_business),
        TEST(send_to_sends_to_the_address),
        TEST(send_to_sends_an_empty_datagram),
        TEST(send_to_over_ipv6_wants_ipv6),
        TEST(send_to_would_wait),
        TEST(send_to_with_no_wait_does_not_wait),
        TEST(send_to_waits_for_room),
        TEST(send_to_waits_as_long_as_its_timeout),
        TEST(signal_does_not_end_send_to),
        TEST(send_to_tells_what_the_system_says),
        TEST(send_to_after_own_shutdown_is_a_broken_pipe),
        TEST(recv_from_wants_a_place_for_the_count_first),
        TEST(recv_from_wants_a_socket_then_an_open_one),
        TEST(recv_from_sees_null_data_before_the_flags),
        TEST(recv_from_knows_two_flags),
        TEST(recv_from_gives_the_datagram_and_its_sender),
        TEST(recv_from_works_without_sender_and_info),
        TEST(recv_from_tells_that_a_datagram_was_cut),
        TEST(recv_from_without_room_takes_the_datagram),
        TEST(empty_datagram_is_no_end),
        TEST(peek_leaves_the_datagram),
        TEST(recv_from_would_wait),
        TEST(recv_from_with_no_wait_does_not_wait),
        TEST(recv_from_waits_as_long_as_its_timeout),
        TEST(recv_from_within_its_timeout_succeeds),
        TEST(signal_does_not_end_recv_from),
        TEST(recv_from_on_a_stream_is_recv_without_sender),
        TEST(recv_from_on_a_stream_wants_a_connection),
    };
    return cmocka_run_group_tests_name("datagram", tests, NULL, NULL);
}
