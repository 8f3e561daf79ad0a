/*
 * The server's side on the fake port: bind, listen, accept.
 */
#include "life.h"

/* --- bind --- */

static void bind_gives_the_address(void **state) {
    (void)state;
    struct anysock_addr local;
    s = fake_fresh(0);
    assert_anysock(ANYSOCK_OK, anysock_bind(&s, &addr, ANYSOCK_BIND_SERVER));
    assert_string_equal("intent bind", fake_trace());
    assert_anysock(ANYSOCK_OK, anysock_local_addr(&s, &local));
    assert_true(anysock_addr_equal(&addr, &local));
}

static void bind_passes_each_intent_on(void **state) {
    (void)state;
    static const struct {
        unsigned intent;
        int on_stream, on_datagram;
    } rows[] = {
        {ANYSOCK_BIND_SERVER, ANYSOCK_OK, ANYSOCK_OK},
        {ANYSOCK_BIND_BALANCED, ANYSOCK_EOPNOTSUPP, ANYSOCK_EOPNOTSUPP}, /* says the fake */
        {ANYSOCK_BIND_SHARED, ANYSOCK_EOPNOTSUPP, ANYSOCK_OK},
        {ANYSOCK_BIND_CLIENT, ANYSOCK_OK, ANYSOCK_OK},
        {ANYSOCK_BIND_CLIENT + 1, ANYSOCK_EINVAL, ANYSOCK_EINVAL},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        enum anysock_bind_intent intent = (enum anysock_bind_intent)rows[i].intent;
        s = fake_fresh(0);
        child = fake_datagram(0);
        assert_anysock(rows[i].on_stream, anysock_bind(&s, &addr, intent));
        assert_anysock(rows[i].on_datagram, anysock_bind(&child, &addr, intent));
        if (rows[i].on_datagram == ANYSOCK_OK)
            assert_int_equal(intent, fake_of(&child)->intent);
        assert_anysock(ANYSOCK_OK, anysock_close(&child));
        assert_anysock(ANYSOCK_OK, anysock_close(&s));
    }
}

static void bind_refuses_intents_without_asking(void **state) {
    (void)state;
    s = fake_fresh(0);
    assert_refusal(ANYSOCK_EOPNOTSUPP, anysock_bind(&s, &addr, ANYSOCK_BIND_SHARED));
    assert_refusal(ANYSOCK_EINVAL, anysock_bind(&s, &addr, (enum anysock_bind_intent)4));
    assert_string_equal("", fake_trace());
}

static void bind_is_allowed_once(void **state) {
    (void)state;
    s = fake_fresh(0);
    child = fake_connected(0);
    assert_anysock(ANYSOCK_OK, anysock_bind(&s, &addr, ANYSOCK_BIND_SERVER));
    (void)fake_trace();
    assert_refusal(ANYSOCK_EINVAL, anysock_bind(&s, &addr, ANYSOCK_BIND_SERVER));
    assert_refusal(ANYSOCK_EINVAL, anysock_bind(&child, &addr, ANYSOCK_BIND_CLIENT));
    assert_string_equal("", fake_trace());
}

static void bind_wants_an_address_of_the_family(void **state) {
    (void)state;
    struct anysock_addr other;
    s = fake_fresh(0);
    assert_anysock(ANYSOCK_OK, anysock_addr_any(ANYSOCK_INET6, 0, &other));
    assert_refusal(ANYSOCK_EAFNOSUPPORT, anysock_bind(&s, &other, ANYSOCK_BIND_SERVER));
    memset(&other, 0, sizeof other);
    assert_refusal(ANYSOCK_EAFNOSUPPORT, anysock_bind(&s, &other, ANYSOCK_BIND_SERVER));
    assert_string_equal("", fake_trace());
}

static void bind_that_fails_may_be_repeated(void **state) {
    (void)state;
    s = fake_fresh(0);
    fake_fail("intent", FAKE_EACCES, 1);
    assert_anysock(ANYSOCK_EACCES, anysock_bind(&s, &addr, ANYSOCK_BIND_SERVER));
    assert_string_equal("intent forget", fake_trace());
    fake_fail("bind", FAKE_EADDRINUSE, 1);
    assert_anysock(ANYSOCK_EADDRINUSE, anysock_bind(&s, &addr, ANYSOCK_BIND_SERVER));
    assert_int_equal(FAKE_EADDRINUSE, anysock_native_error());
    assert_anysock(ANYSOCK_OK, anysock_bind(&s, &addr, ANYSOCK_BIND_SERVER));
}

static void bind_that_fails_leaves_no_intent(void **state) {
    (void)state;
    s = fake_fresh(0);
    fake_fail("bind", FAKE_EADDRINUSE, 1);
    fake_fail("forget", FAKE_EACCES, 1); /* it has no consequence */
    assert_anysock(ANYSOCK_EADDRINUSE, anysock_bind(&s, &addr, ANYSOCK_BIND_SERVER));
    assert_int_equal(FAKE_EADDRINUSE, anysock_native_error());
    fake_fail("bind", FAKE_EADDRINUSE, 1);
    assert_anysock(ANYSOCK_EADDRINUSE, anysock_bind(&s, &addr, ANYSOCK_BIND_SERVER));
    assert_int_equal(ANYSOCK_BIND_CLIENT, fake_of(&s)->intent);
    assert_string_equal("intent bind forget intent bind forget", fake_trace());
}

static void bind_after_a_failed_connect_is_too_late(void **state) {
    (void)state;
    s = fake_fresh(0);
    fake_fail("connect", FAKE_ECONNREFUSED, 1);
    assert_anysock(ANYSOCK_ECONNREFUSED, anysock_connect(&s, &addr));
    (void)fake_trace();
    assert_refusal(ANYSOCK_EBADSTATE, anysock_bind(&s, &addr, ANYSOCK_BIND_CLIENT));
    assert_string_equal("", fake_trace());
}

/* --- listen --- */

static void binds_by_itself_what_is_unbound(void **state) {
    (void)state;
    struct anysock_addr local;
    assert_anysock(ANYSOCK_OK, anysock_open(ANYSOCK_INET6, ANYSOCK_STREAM, 0, &s));
    (void)fake_trace();
    assert_anysock(ANYSOCK_OK, anysock_listen(&s, 7));
    assert_string_equal("intent bind listen", fake_trace());
    assert_int_equal(7, fake_of(&s)->backlog);
    assert_anysock(ANYSOCK_OK, anysock_local_addr(&s, &local));
    assert_true(anysock_addr_is_any(&local) && anysock_addr_family(&local) == ANYSOCK_INET6);
}

static void listen_keeps_what_is_bound(void **state) {
    (void)state;
    s = fake_fresh(0);
    assert_anysock(ANYSOCK_OK, anysock_bind(&s, &addr, ANYSOCK_BIND_SERVER));
    (void)fake_trace();
    assert_anysock(ANYSOCK_OK, anysock_listen(&s, 0));
    assert_string_equal("listen", fake_trace());
}

static void listen_wants_a_fresh_stream(void **state) {
    (void)state;
    struct anysock sockets[] = {fake_datagram(0), fake_connecting(), fake_connected(0),
                                failed_socket()};
    static const int codes[] = {ANYSOCK_EOPNOTSUPP, ANYSOCK_EISCONN, ANYSOCK_EISCONN,
                                ANYSOCK_EBADSTATE};
    for (size_t i = 0; i < COUNT_OF(codes); i++) {
        assert_refusal(codes[i], anysock_listen(&sockets[i], 0));
        assert_string_equal(i == 1 ? "poll" : "", fake_trace()); /* whether it has ended */
        assert_anysock(ANYSOCK_OK, anysock_close(&sockets[i]));
        (void)fake_trace();
    }
}

static void listen_that_fails_leaves_no_listener(void **state) {
    (void)state;
    s = fake_fresh(0);
    fake_fail("bind", FAKE_ENOBUFS, 1);
    assert_anysock(ANYSOCK_ENOBUFS, anysock_listen(&s, 0));
    assert_string_equal("intent bind forget", fake_trace());
    fake_fail("listen", FAKE_EADDRINUSE, 1);
    assert_anysock(ANYSOCK_EADDRINUSE, anysock_listen(&s, 0));
    assert_int_equal(FAKE_EADDRINUSE, anysock_native_error());
    assert_anysock(ANYSOCK_EINVAL, anysock_accept(&s, 0, &child, NULL));
    (void)fake_trace();
    assert_anysock(ANYSOCK_OK, anysock_listen(&s, 0)); /* bound since the second attempt */
    assert_string_equal("listen", fake_trace());
}

/* --- accept --- */

static void accept_into_the_listener_is_refused(void **state) {
    (void)state;
    s = fake_listener(0);
    assert_refusal(ANYSOCK_EINVAL, anysock_accept(&s, 0, &s, NULL));
    assert_string_equal("", fake_trace());
    assert_true(anysock_is_open(&s));
}

/* Whatever is wrong, there is no peer. */
static void accept_without_a_place_for_the_child_gives_no_peer(void **state) {
    (void)state;
    struct anysock *const children[] = {NULL, &s};
    s = fake_listener(0);
    for (size_t i = 0; i < COUNT_OF(children); i++) {
        (void)anysock_addr_loopback(ANYSOCK_INET, 80, &addr);
        assert_true(anysock_accept(&s, 0, children[i], &addr) < 0);
        assert_int_equal(ANYSOCK_UNSPEC, anysock_addr_family(&addr));
    }
    assert_string_equal("", fake_trace());
}

static void accept_wants_a_listener_and_known_flags(void **state) {
    (void)state;
    s = fake_connected(0);
    memset(&child, 0xff, sizeof child);
    assert_refusal(ANYSOCK_EINVAL, anysock_accept(&s, 0, &child, &addr));
    assert_false(anysock_is_open(&child));
    assert_int_equal(ANYSOCK_UNSPEC, anysock_addr_family(&addr));
    assert_anysock(ANYSOCK_OK, anysock_close(&s));
    s = fake_listener(0);
    assert_refusal(ANYSOCK_EINVAL, anysock_accept(&s, 0x2, &child, NULL));
    assert_string_equal("", fake_trace());
}

static void accept_gives_socket_and_peer(void **state) {
    (void)state;
    struct anysock_addr peer;
    s = fake_listener(0);
    fake_client_arrives(fake_of(&s));
    assert_anysock(ANYSOCK_OK, anysock_accept(&s, 0, &child, &addr));
    assert_true(anysock_native_handle(&child) == fake.last);
    assert_int_equal(4000, anysock_addr_port(&addr));
    assert_anysock(ANYSOCK_OK, anysock_peer_addr(&child, &peer));
    assert_true(anysock_addr_equal(&addr, &peer));
    assert_anysock(ANYSOCK_OK, anysock_connect_result(&child));
}

static void accept_waits_on_a_blocking_listener(void **state) {
    (void)state;
    s = fake_listener(0);
    fake_later(20, fake_client_arrives, &s);
    assert_anysock(ANYSOCK_OK, anysock_accept(&s, 0, &child, NULL));
    assert_string_equal("accept", fake_trace());
    assert_int_equal(20, fake_elapsed_ms());
}

static void accept_does_not_wait_on_a_nonblocking_listener(void **state) {
    (void)state;
    s = fake_listener(ANYSOCK_NONBLOCK);
    assert_anysock(ANYSOCK_EAGAIN, anysock_accept(&s, 0, &child, NULL));
    assert_string_equal("accept", fake_trace());
    assert_false(anysock_is_open(&child));
}

static void accept_waits_as_long_as_the_receive_timeout(void **state) {
    (void)state;
    s = fake_listener(0);
    assert_anysock(ANYSOCK_OK, anysock_set_timeout(&s, ANYSOCK_TIMEOUT_RECV, 30));
    assert_anysock(ANYSOCK_ETIMEDOUT, anysock_accept(&s, 0, &child, NULL));
    assert_string_equal("nonblocking accept poll", fake_trace());
    assert_int_equal(30, fake_elapsed_ms());
    assert_int_equal(0, anysock_native_error());
    fake_later(20, fake_client_arrives, &s);
    assert_anysock(ANYSOCK_OK, anysock_accept(&s, 0, &child, NULL));
    assert_true(anysock_is_blocking(&child)); /* has no time-out either: waits in the kernel */
    assert_false(fake_of(&child)->kernel_nonblocking);
}

static void accept_skips_broken_connections(void **state) {
    (void)state;
    s = fake_listener(ANYSOCK_NONBLOCK);
    fake_client_arrives(fake_of(&s));
    fake_fail("accept", FAKE_ECONNABORTED, 64);
    assert_anysock(ANYSOCK_OK, anysock_accept(&s, 0, &child, NULL));
    assert_int_equal(65 * strlen("accept ") - 1, strlen(fake_trace()));
}

static void accept_does_not_skip_for_ever(void **state) {
    (void)state;
    s = fake_listener(0);
    fake_client_arrives(fake_of(&s));
    fake_fail("accept", FAKE_ECONNABORTED, 65);
    assert_anysock(ANYSOCK_EAGAIN, anysock_accept(&s, 0, &child, NULL));
    assert_int_equal(65 * strlen("accept ") - 1, strlen(fake_trace()));
    assert_false(anysock_is_open(&child));
}

static void accept_goes_on_after_a_signal(void **state) {
    (void)state;
    s = fake_listener(0);
    fake_client_arrives(fake_of(&s));
    fake_fail("accept", FAKE_EINTR, 2);
    assert_anysock(ANYSOCK_OK, anysock_accept(&s, 0, &child, NULL));
    assert_string_equal("accept accept accept", fake_trace());
}

static void accept_that_fails_gives_nothing(void **state) {
    (void)state;
    s = fake_listener(0);
    memset(&child, 0xff, sizeof child);
    fake_fail("accept", FAKE_EMFILE, 1);
    assert_anysock(ANYSOCK_EMFILE, anysock_accept(&s, 0, &child, &addr));
    assert_int_equal(FAKE_EMFILE, anysock_native_error());
    assert_false(anysock_is_open(&child));
    assert_int_equal(ANYSOCK_UNSPEC, anysock_addr_family(&addr));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(bind_gives_the_address),
        TEST(bind_passes_each_intent_on),
        TEST(bind_refuses_intents_without_asking),
        TEST(bind_is_allowed_once),
        TEST(bind_wants_an_address_of_the_family),
        TEST(bind_that_fails_may_be_repeated),
        TEST(bind_that_fails_leaves_no_intent),
        TEST(bind_after_a_failed_connect_is_too_late),
        TEST(binds_by_itself_what_is_unbound),
        TEST(listen_keeps_what_is_bound),
        TEST(listen_wants_a_fresh_stream),
        TEST(listen_that_fails_leaves_no_listener),
        TEST(accept_into_the_listener_is_refused),
        TEST(accept_without_a_place_for_the_child_gives_no_peer),
        TEST(accept_wants_a_listener_and_known_flags),
        TEST(accept_gives_socket_and_peer),
        TEST(accept_waits_on_a_blocking_listener),
        TEST(accept_does_not_wait_on_a_nonblocking_listener),
        TEST(accept_waits_as_long_as_the_receive_timeout),
        TEST(accept_skips_broken_connections),
        TEST(accept_does_not_skip_for_ever),
        TEST(accept_goes_on_after_a_signal),
        TEST(accept_that_fails_gives_nothing),
    };
    return cmocka_run_group_tests_name("listen", tests, NULL, NULL);
}
