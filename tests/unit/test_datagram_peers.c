/*
 * Datagram sockets and their peers on the fake port: noise about earlier datagrams, an address of
 * one's own, connecting elsewhere and to nobody.
 */
#include <string.h>

#include "check.h"
#include "fake_port.h"

/* What the tests use; the tear-down closes the socket. */
static struct anysock s;
static struct anysock_addr addr, from;
static char buffer[32];
static unsigned info;
static size_t count;

static int set_up(void **state) {
    memset(&s, 0, sizeof s);
    memset(&from, 0, sizeof from);
    info = 99;
    count = 99;
    (void)anysock_addr_loopback(ANYSOCK_INET, 80, &addr);
    return fake_reset(state);
}

static int tear_down(void **state) {
    if (anysock_is_open(&s))
        (void)anysock_close(&s);
    return fake_check(state);
}

static int send_to(void) {
    return anysock_send_to(&s, "hello", 5, 0, &addr, &count);
}

static int recv_from(unsigned flags) {
    info = 99;
    count = 99;
    return anysock_recv_from(&s, buffer, sizeof buffer, flags, &from, &info, &count);
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
    assert_anysock(ANYSOCK_OK, anysock_connect(&made, &addr));
    (void)fake_trace();
    return made;
}

/* How often a word is in the trace. */
static int traced(const char *word) {
    int times = 0;
    const char *at = fake_trace();
    while ((at = strstr(at, word)) != NULL) {
        at += strlen(word);
        times++;
    }
    return times;
}

/* --- what networks say about earlier datagrams --- */

static const int noises[] = {FAKE_ECONNRESET, FAKE_ECONNREFUSED, FAKE_ENETRESET};

static void noise_is_skipped_while_unconnected(void **state) {
    (void)state;
    s = bound_datagram(ANYSOCK_NONBLOCK);
    for (size_t i = 0; i < COUNT_OF(noises); i++) {
        fake_data_arrives(fake_of(&s));
        fake_fail("recv_from", noises[i], 2);
        assert_anysock(ANYSOCK_OK, recv_from(0));
        assert_int_equal(5, count);
        assert_int_equal(4000, anysock_addr_port(&from));
        assert_int_equal(0, info);
        assert_int_equal(3, traced("recv_from"));
    }
}

static void noise_with_nothing_behind_it_would_wait(void **state) {
    (void)state;
    s = bound_datagram(ANYSOCK_NONBLOCK);
    fake_fail("recv_from", FAKE_ECONNRESET, 1);
    assert_anysock(ANYSOCK_EAGAIN, recv_from(0));
    assert_int_equal(0, count);
}

static void noise_is_skipped_by_recv_too(void **state) {
    (void)state;
    s = bound_datagram(ANYSOCK_NONBLOCK);
    fake_data_arrives(fake_of(&s));
    fake_fail("recv", FAKE_ECONNRESET, 3);
    assert_anysock(ANYSOCK_OK, anysock_recv(&s, buffer, 5, 0, &count));
    assert_int_equal(5, count);
}

/* A path that was too narrow for an earlier datagram; a send is told. */
static void narrow_path_is_nothing_to_a_receiver(void **state) {
    (void)state;
    s = connected_datagram(ANYSOCK_NONBLOCK);
    fake_data_arrives(fake_of(&s));
    fake_fail("recv", FAKE_EMSGSIZE, 1);
    assert_anysock(ANYSOCK_OK, anysock_recv(&s, buffer, 5, 0, &count));
    assert_int_equal(5, count);
    fake_fail("send", FAKE_EMSGSIZE, 1);
    assert_anysock(ANYSOCK_EMSGSIZE, anysock_send(&s, "hello", 5, 0, &count));
}

static void noise_does_not_fail_a_send(void **state) {
    (void)state;
    s = bound_datagram(ANYSOCK_NONBLOCK);
    for (size_t i = 0; i < COUNT_OF(noises); i++) {
        fake_fail("send_to", noises[i], 1);
        assert_anysock(ANYSOCK_OK, send_to());
        assert_int_equal(5, count);
        fake_room_appears(fake_of(&s));
        assert_int_equal(2, traced("send_to"));
    }
}

static void noise_is_skipped_sixteen_times(void **state) {
    (void)state;
    s = bound_datagram(ANYSOCK_NONBLOCK);
    fake_data_arrives(fake_of(&s));
    fake_fail("recv_from", FAKE_ECONNRESET, 16);
    assert_anysock(ANYSOCK_OK, recv_from(0));
    assert_int_equal(17, traced("recv_from"));
}

static void endless_noise_is_reported(void **state) {
    (void)state;
    s = bound_datagram(ANYSOCK_NONBLOCK);
    fake_data_arrives(fake_of(&s));
    fake_fail("recv_from", FAKE_ECONNRESET, 17);
    assert_anysock(ANYSOCK_ECONNREFUSED, recv_from(0));
    assert_int_equal(FAKE_ECONNRESET, anysock_native_error());
    assert_int_equal(ANYSOCK_UNSPEC, anysock_addr_family(&from));
    assert_int_equal(0, info);
    assert_int_equal(0, count);
    assert_anysock(ANYSOCK_OK, recv_from(0)); /* and it breaks nothing */
    assert_int_equal(5, count);
}

static void noise_does_not_prolong_the_deadline(void **state) {
    (void)state;
    s = bound_datagram(0);
    assert_anysock(ANYSOCK_OK, anysock_set_timeout(&s, ANYSOCK_TIMEOUT_RECV, 30));
    fake_fail("recv_from", FAKE_EWOULDBLOCK, 1);
    fake_later(20, fake_data_arrives, &s);
    fake_fail("recv_from", FAKE_ECONNRESET, 1); /* the second try */
    assert_anysock(ANYSOCK_OK, recv_from(0));
    assert_int_equal(20, fake_elapsed_ms());
}

static void refusal_is_meant_for_a_connected_socket(void **state) {
    (void)state;
    static const int codes[] = {ANYSOCK_ECONNREFUSED, ANYSOCK_ECONNREFUSED, ANYSOCK_ENETRESET};
    s = connected_datagram(ANYSOCK_NONBLOCK);
    for (size_t i = 0; i < COUNT_OF(noises); i++) {
        fake_fail("recv_from", noises[i], 1);
        assert_anysock(codes[i], recv_from(0));
        assert_int_equal(noises[i], anysock_native_error());
        fake_fail("recv", noises[i], 1);
        assert_anysock(codes[i], anysock_recv(&s, buffer, 5, 0, &count));
        fake_fail("send", noises[i], 1);
        assert_anysock(codes[i], anysock_send(&s, buffer, 1, 0, &count));
    }
}

static void refusal_is_told_once_and_breaks_nothing(void **state) {
    (void)state;
    s = connected_datagram(ANYSOCK_NONBLOCK);
    fake_fail("recv_from", FAKE_ECONNRESET, 1);
    assert_anysock(ANYSOCK_ECONNREFUSED, recv_from(0));
    assert_anysock(ANYSOCK_OK, anysock_send(&s, "hello", 5, 0, &count));
    fake_fin_arrives(fake_of(&s)); /* an empty datagram */
    assert_anysock(ANYSOCK_OK, recv_from(0));
    assert_int_equal(0, count);
}

/* --- an address of one's own --- */

static void first_receive_binds(void **state) {
    (void)state;
    s = fake_datagram(ANYSOCK_NONBLOCK);
    assert_anysock(ANYSOCK_EAGAIN, recv_from(0));
    assert_string_equal("intent bind recv_from", fake_trace());
    assert_true(anysock_addr_is_any(&fake_of(&s)->local));
    assert_int_equal(0, anysock_addr_port(&fake_of(&s)->local));
    assert_int_equal(ANYSOCK_BIND_CLIENT, fake_of(&s)->intent);
    assert_anysock(ANYSOCK_EAGAIN, recv_from(0));
    assert_string_equal("recv_from", fake_trace());
}

static void first_receive_binds_to_the_sockets_family(void **state) {
    (void)state;
    assert_anysock(ANYSOCK_OK, anysock_open(ANYSOCK_INET6, ANYSOCK_DGRAM, ANYSOCK_NONBLOCK, &s));
    assert_anysock(ANYSOCK_EAGAIN, recv_from(0));
    assert_int_equal(ANYSOCK_INET6, anysock_addr_family(&fake_of(&s)->local));
}

static void every_kind_of_receive_binds(void **state) {
    (void)state;
    struct anysock_buffer piece = {buffer, 5};
    s = fake_datagram(ANYSOCK_NONBLOCK);
    assert_anysock(ANYSOCK_EAGAIN, anysock_recv(&s, buffer, 5, 0, &count));
    assert_string_equal("intent bind recv", fake_trace());
    assert_anysock(ANYSOCK_OK, anysock_close(&s));
    s = fake_datagram(ANYSOCK_NONBLOCK);
    assert_anysock(ANYSOCK_EAGAIN, anysock_recv_vec(&s, &piece, 1, 0, &count));
    assert_string_equal("intent bind recv_vec", fake_trace());
}

static void receive_after_bind_or_connect_does_not_bind(void **state) {
    (void)state;
    s = bound_datagram(ANYSOCK_NONBLOCK);
    assert_anysock(ANYSOCK_EAGAIN, recv_from(0));
    assert_string_equal("recv_from", fake_trace());
    assert_anysock(ANYSOCK_OK, anysock_close(&s));
    s = connected_datagram(ANYSOCK_NONBLOCK);
    assert_anysock(ANYSOCK_EAGAIN, recv_from(0));
    assert_string_equal("recv_from", fake_trace());
}

static void receive_after_send_to_does_not_bind(void **state) {
    (void)state;
    s = fake_datagram(ANYSOCK_NONBLOCK);
    assert_anysock(ANYSOCK_OK, send_to());
    assert_anysock(ANYSOCK_EAGAIN, recv_from(0));
    assert_string_equal("send_to recv_from", fake_trace());
}

/* Winsock may have bound the socket before the send failed. */
static void receive_after_send_to_that_failed_works(void **state) {
    (void)state;
    s = fake_datagram(ANYSOCK_NONBLOCK);
    fake_fail("send_to", FAKE_EMSGSIZE, 1);
    fake_of(&s)->bound = true;
    assert_anysock(ANYSOCK_EMSGSIZE, send_to());
    fake_fail("bind", FAKE_EINVAL, 1);
    assert_anysock(ANYSOCK_EAGAIN, recv_from(0));
    assert_anysock(ANYSOCK_EAGAIN, recv_from(0));
    assert_string_equal("send_to intent bind forget recv_from recv_from", fake_trace());
}

static void receive_that_cannot_bind_fails(void **state) {
    (void)state;
    s = fake_datagram(ANYSOCK_NONBLOCK);
    fake_fail("bind", FAKE_ENOBUFS, 1);
    assert_anysock(ANYSOCK_ENOBUFS, recv_from(0));
    assert_int_equal(FAKE_ENOBUFS, anysock_native_error());
    assert_string_equal("intent bind forget", fake_trace());
    assert_anysock(ANYSOCK_EAGAIN, recv_from(0)); /* the next one tries again */
    assert_string_equal("intent bind recv_from", fake_trace());
}

/* --- peers --- */

static void refusals_are_reported_while_connected(void **state) {
    (void)state;
    s = fake_datagram(0);
    assert_anysock(ANYSOCK_OK, anysock_connect(&s, &addr));
    assert_true(fake_of(&s)->reports_refusals);
    assert_anysock(ANYSOCK_OK, anysock_disconnect(&s));
    assert_false(fake_of(&s)->reports_refusals);
}

static void connect_that_fails_reports_no_refusals(void **state) {
    (void)state;
    s = fake_datagram(0);
    fake_fail("connect", FAKE_EACCES, 1);
    assert_anysock(ANYSOCK_EACCES, anysock_connect(&s, &addr));
    assert_int_equal(FAKE_EACCES, anysock_native_error());
    assert_false(fake_of(&s)->reports_refusals);
}

static void reconnect_that_fails_leaves_no_peer(void **state) {
    (void)state;
    s = connected_datagram(0);
    fake_fail("connect", FAKE_EACCES, 1);
    assert_anysock(ANYSOCK_EACCES, anysock_connect(&s, &addr));
    assert_int_equal(FAKE_EACCES, anysock_native_error());
    assert_false(fake_of(&s)->reports_refusals);
    assert_anysock(ANYSOCK_ENOTCONN, anysock_send(&s, "hello", 5, 0, &count));
    assert_anysock(ANYSOCK_OK, send_to());
}

static void reconnect_that_cannot_leave_the_old_peer_keeps_it(void **state) {
    (void)state;
    s = connected_datagram(0);
    fake_fail("disconnect", FAKE_ENOBUFS, 1);
    assert_anysock(ANYSOCK_ENOBUFS, anysock_connect(&s, &addr));
    assert_int_equal(FAKE_ENOBUFS, anysock_native_error());
    assert_string_equal("local disconnect", fake_trace());
    assert_true(fake_of(&s)->reports_refusals);
    assert_anysock(ANYSOCK_OK, anysock_send(&s, "hello", 5, 0, &count));
}

static void adopted_socket_reports_refusals_if_it_is_connected(void **state) {
    (void)state;
    for (int connected = 0; connected < 2; connected++) {
        anysock_native native;
        s = connected != 0 ? connected_datagram(0) : bound_datagram(0);
        assert_anysock(ANYSOCK_OK, anysock_release(&s, &native));
        fake.sockets[native - 100].reports_refusals = connected == 0; /* somebody set it wrong */
        assert_anysock(ANYSOCK_OK, anysock_adopt(native, 0, &s));
        assert_int_equal(connected != 0, fake_of(&s)->reports_refusals);
        assert_anysock(ANYSOCK_OK, anysock_close(&s));
    }
}

static void connect_again_goes_elsewhere(void **state) {
    (void)state;
    s = connected_datagram(0);
    assert_anysock(ANYSOCK_OK, anysock_addr_set_port(&addr, 81));
    assert_anysock(ANYSOCK_OK, anysock_connect(&s, &addr));
    assert_true(anysock_addr_equal(&addr, &fake_of(&s)->peer));
    assert_true(fake_of(&s)->reports_refusals);
    assert_anysock(ANYSOCK_OK, anysock_connect_result(&s));
    assert_string_equal("local disconnect error local connect", fake_trace());
}

static void disconnect_wants_an_open_datagram_socket(void **state) {
    (void)state;
    assert_refusal(ANYSOCK_EFAULT, anysock_disconnect(NULL));
    assert_refusal(ANYSOCK_EBADF, anysock_disconnect(&s));
    s = fake_connected(0);
    assert_refusal(ANYSOCK_EOPNOTSUPP, anysock_disconnect(&s));
    assert_string_equal("", fake_trace());
    assert_anysock(ANYSOCK_OK, anysock_connect_result(&s)); /* it stays connected */
}

static void disconnect_without_a_peer_does_nothing(void **state) {
    (void)state;
    s = fake_datagram(0);
    assert_anysock(ANYSOCK_OK, anysock_disconnect(&s));
    assert_anysock(ANYSOCK_OK, anysock_disconnect(&s));
    assert_string_equal("", fake_trace());
}

static void disconnected_socket_sends_to_anybody(void **state) {
    (void)state;
    s = connected_datagram(0);
    assert_anysock(ANYSOCK_OK, anysock_disconnect(&s));
    assert_string_equal("local disconnect error local", fake_trace());
    assert_anysock(ANYSOCK_ENOTCONN, anysock_send(&s, "hello", 5, 0, &count));
    assert_anysock(ANYSOCK_ENOTCONN, anysock_peer_addr(&s, &from));
    assert_anysock(ANYSOCK_ENOTCONN, anysock_connect_result(&s));
    assert_anysock(ANYSOCK_OK, send_to());
    assert_anysock(ANYSOCK_OK, anysock_connect(&s, &addr));
    assert_anysock(ANYSOCK_EISCONN, send_to());
}

static void disconnect_that_fails_keeps_the_peer(void **state) {
    (void)state;
    s = connected_datagram(0);
    fake_fail("disconnect", FAKE_ENOBUFS, 1);
    assert_anysock(ANYSOCK_ENOBUFS, anysock_disconnect(&s));
    assert_int_equal(FAKE_ENOBUFS, anysock_native_error());
    assert_true(fake_of(&s)->reports_refusals);
    assert_anysock(ANYSOCK_EISCONN, send_to());
    assert_anysock(ANYSOCK_OK, anysock_disconnect(&s));
}

static void lose_the_port(struct anysock *other) {
    (void)anysock_addr_set_port(&fake_of(other)->local, 0);
}

/* The port goes with the peer (Linux). If somebody takes it at once there is another one, at the
 * same address: the socket must not be heard of elsewhere all of a sudden. */
static void port_that_is_lost_is_replaced_at_the_same_address(void **state) {
    (void)state;
    for (int failures = 0; failures <= 2; failures++) {
        s = connected_datagram(0);
        assert_anysock(ANYSOCK_OK, anysock_addr_loopback(ANYSOCK_INET, 0, &fake_of(&s)->local));
        fake_of(&s)->bound = true;
        struct anysock_addr before = fake_of(&s)->local;
        (void)anysock_addr_set_port(&fake_of(&s)->local, 4000);
        fake_meanwhile("disconnect", lose_the_port, &s);
        fake_fail("bind", FAKE_EADDRINUSE, failures);
        assert_anysock(ANYSOCK_OK, anysock_disconnect(&s));
        (void)anysock_addr_set_port(&before, failures == 0 ? 4000 : 0);
        assert_true(anysock_addr_equal(&before, &fake_of(&s)->local));
        (void)fake_trace();
        fake_data_arrives(fake_of(&s));
        assert_anysock(ANYSOCK_OK, recv_from(0));
        assert_string_equal(failures < 2 ? "recv_from" : "intent bind recv_from", fake_trace());
        assert_anysock(ANYSOCK_OK, anysock_close(&s));
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(noise_is_skipped_while_unconnected),
        TEST(noise_with_nothing_behind_it_would_wait),
        TEST(noise_is_skipped_by_recv_too),
        TEST(narrow_path_is_nothing_to_a_receiver),
        TEST(noise_does_not_fail_a_send),
        TEST(noise_is_skipped_sixteen_times),
        TEST(endless_noise_is_reported),
        TEST(noise_does_not_prolong_the_deadline),
        TEST(refusal_is_meant_for_a_connected_socket),
        TEST(refusal_is_told_once_and_breaks_nothing),
        TEST(first_receive_binds),
        TEST(first_receive_binds_to_the_sockets_family),
        TEST(every_kind_of_receive_binds),
        TEST(receive_after_bind_or_connect_does_not_bind),
        TEST(receive_after_send_to_does_not_bind),
        TEST(receive_after_send_to_that_failed_works),
        TEST(receive_that_cannot_bind_fails),
        TEST(refusals_are_reported_while_connected),
        TEST(connect_that_fails_reports_no_refusals),
        TEST(reconnect_that_fails_leaves_no_peer),
        TEST(reconnect_that_cannot_leave_the_old_peer_keeps_it),
        TEST(adopted_socket_reports_refusals_if_it_is_connected),
        TEST(connect_again_goes_elsewhere),
        TEST(disconnect_wants_an_open_datagram_socket),
        TEST(disconnect_without_a_peer_does_nothing),
        TEST(disconnected_socket_sends_to_anybody),
        TEST(disconnect_that_fails_keeps_the_peer),
        TEST(port_that_is_lost_is_replaced_at_the_same_address),
    };
    return cmocka_run_group_tests_name("datagram_peers", tests, NULL, NULL);
}
