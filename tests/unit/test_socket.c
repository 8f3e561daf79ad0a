/*
 * The life of a socket on the fake port: open, close, shut down, and what it is called meanwhile.
 * test_adopt.c, test_listen.c and test_connect.c have the rest.
 */
#include "life.h"

/* --- open and close --- */

static void zeroed_struct_is_a_closed_socket(void **state) {
    (void)state;
    struct anysock initial = ANYSOCK_INIT;
    assert_memory_equal(&initial, &s, sizeof s);
    assert_false(anysock_is_open(&s));
    assert_false(anysock_is_open(NULL));
    assert_true(anysock_native_handle(&s) == (anysock_native)-1);
    assert_true(anysock_native_handle(NULL) == (anysock_native)-1);
}

static void socket_has_64_bytes(void **state) {
    (void)state;
    assert_int_equal(64, sizeof(struct anysock));
    assert_int_equal(64, anysock_sizeof());
}

static void closed_socket_is_refused_everywhere(void **state) {
    (void)state;
    anysock_native native;
    assert_refusal(ANYSOCK_EBADF, anysock_close(&s));
    assert_refusal(ANYSOCK_EBADF, anysock_abort(&s));
    assert_refusal(ANYSOCK_EBADF, anysock_release(&s, &native));
    assert_refusal(ANYSOCK_EBADF, anysock_bind(&s, &addr, ANYSOCK_BIND_SERVER));
    assert_refusal(ANYSOCK_EBADF, anysock_listen(&s, 0));
    assert_refusal(ANYSOCK_EBADF, anysock_accept(&s, 0, &child, NULL));
    assert_refusal(ANYSOCK_EBADF, anysock_connect(&s, &addr));
    assert_refusal(ANYSOCK_EBADF, anysock_connect_result(&s));
    assert_refusal(ANYSOCK_EBADF, anysock_shutdown(&s, ANYSOCK_SHUT_WR));
    assert_refusal(ANYSOCK_EBADF, anysock_local_addr(&s, &addr));
    assert_refusal(ANYSOCK_EBADF, anysock_peer_addr(&s, &addr));
    assert_string_equal("", fake_trace());
}

static void null_pointer_is_refused_everywhere(void **state) {
    (void)state;
    s = fake_fresh(0);
    anysock_native native;
    assert_refusal(ANYSOCK_EFAULT, anysock_open(ANYSOCK_UNSPEC, ANYSOCK_STREAM, 0, NULL));
    assert_refusal(ANYSOCK_EFAULT, anysock_adopt(100, ~0u, NULL));
    assert_refusal(ANYSOCK_EFAULT, anysock_release(NULL, &native));
    assert_refusal(ANYSOCK_EFAULT, anysock_release(&s, NULL));
    assert_refusal(ANYSOCK_EFAULT, anysock_close(NULL));
    assert_refusal(ANYSOCK_EFAULT, anysock_abort(NULL));
    assert_refusal(ANYSOCK_EFAULT, anysock_bind(NULL, &addr, ANYSOCK_BIND_SERVER));
    assert_refusal(ANYSOCK_EFAULT, anysock_bind(&s, NULL, ANYSOCK_BIND_SERVER));
    assert_refusal(ANYSOCK_EFAULT, anysock_listen(NULL, 0));
    assert_refusal(ANYSOCK_EFAULT, anysock_accept(NULL, 0, &child, NULL));
    assert_refusal(ANYSOCK_EFAULT, anysock_accept(&s, 0, NULL, NULL));
    assert_refusal(ANYSOCK_EFAULT, anysock_connect(NULL, &addr));
    assert_refusal(ANYSOCK_EFAULT, anysock_connect(&s, NULL));
    assert_refusal(ANYSOCK_EFAULT, anysock_connect_result(NULL));
    assert_refusal(ANYSOCK_EFAULT, anysock_shutdown(NULL, ANYSOCK_SHUT_WR));
    assert_refusal(ANYSOCK_EFAULT, anysock_local_addr(NULL, &addr));
    assert_refusal(ANYSOCK_EFAULT, anysock_local_addr(&s, NULL));
    assert_refusal(ANYSOCK_EFAULT, anysock_peer_addr(NULL, &addr));
    assert_refusal(ANYSOCK_EFAULT, anysock_peer_addr(&s, NULL));
    assert_string_equal("", fake_trace());
}

static void open_checks_family_then_type_then_flags(void **state) {
    (void)state;
    static const struct {
        int family, type;
        unsigned flags;
        int code;
    } rows[] = {
        {ANYSOCK_UNSPEC, 0, ~0u, ANYSOCK_EAFNOSUPPORT},
        {3, ANYSOCK_STREAM, 0, ANYSOCK_EAFNOSUPPORT},
        {ANYSOCK_INET, 0, ~0u, ANYSOCK_ESOCKTNOSUPPORT},
        {ANYSOCK_INET6, 3, 0, ANYSOCK_ESOCKTNOSUPPORT},
        {ANYSOCK_INET, ANYSOCK_DGRAM, 0x2, ANYSOCK_EINVAL},
        {ANYSOCK_INET6, ANYSOCK_STREAM, 0x80000001u, ANYSOCK_EINVAL},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        memset(&s, 0xff, sizeof s);
        assert_refusal(rows[i].code,
                       anysock_open((enum anysock_family)rows[i].family,
                                    (enum anysock_type)rows[i].type, rows[i].flags, &s));
        assert_false(anysock_is_open(&s));
    }
    assert_string_equal("", fake_trace());
}

static void open_makes_what_was_asked_for(void **state) {
    (void)state;
    for (int family = ANYSOCK_INET; family <= ANYSOCK_INET6; family++) {
        for (int type = ANYSOCK_STREAM; type <= ANYSOCK_DGRAM; type++) {
            assert_anysock(ANYSOCK_OK, anysock_open((enum anysock_family)family,
                                                    (enum anysock_type)type, 0, &s));
            assert_true(anysock_is_open(&s));
            assert_true(anysock_native_handle(&s) == fake.last);
            assert_int_equal(family, fake_of(&s)->family);
            assert_int_equal(type, fake_of(&s)->type);
            assert_anysock(ANYSOCK_OK, anysock_close(&s));
        }
    }
}

static void open_that_fails_leaves_a_closed_socket(void **state) {
    (void)state;
    memset(&s, 0xff, sizeof s);
    fake_fail("open", FAKE_EMFILE, 1);
    assert_anysock(ANYSOCK_EMFILE, anysock_open(ANYSOCK_INET, ANYSOCK_STREAM, 0, &s));
    assert_int_equal(FAKE_EMFILE, anysock_native_error());
    assert_false(anysock_is_open(&s));
}

static void open_reports_a_failed_startup(void **state) {
    (void)state;
    fake_fail("startup", FAKE_ESYSNOTREADY, 1);
    assert_anysock(ANYSOCK_ESYSNOTREADY, anysock_open(ANYSOCK_INET, ANYSOCK_STREAM, 0, &s));
    assert_string_equal("startup", fake_trace());
    assert_false(anysock_is_open(&s));
}

static void second_close_is_refused(void **state) {
    (void)state;
    s = fake_connected(0);
    assert_anysock(ANYSOCK_OK, anysock_close(&s));
    assert_string_equal("close", fake_trace());
    assert_false(anysock_is_open(&s));
    assert_refusal(ANYSOCK_EBADF, anysock_close(&s));
    assert_string_equal("", fake_trace());
}

static void abort_resets_the_connection(void **state) {
    (void)state;
    s = fake_connected(0);
    assert_anysock(ANYSOCK_OK, anysock_abort(&s));
    assert_string_equal("abort", fake_trace());
    assert_refusal(ANYSOCK_EBADF, anysock_abort(&s));
}

static void socket_may_move_in_memory(void **state) {
    (void)state;
    struct anysock here = fake_connected(ANYSOCK_NONBLOCK), there;
    struct anysock_event *event;
    unsigned events;
    assert_anysock(ANYSOCK_OK, anysock_event_create(&event));
    assert_anysock(ANYSOCK_OK, anysock_event_bind(event, &here, ANYSOCK_READABLE));
    memcpy(&there, &here, sizeof there);
    memset(&here, 0xff, sizeof here);
    fake_data_arrives(fake_of(&there));
    assert_anysock(ANYSOCK_OK, anysock_event_which(event, &events));
    assert_int_equal(ANYSOCK_READABLE, events);
    assert_anysock(ANYSOCK_OK, anysock_close(&there));
    assert_anysock(ANYSOCK_OK, anysock_event_destroy(event));
}

/* --- names --- */

static void local_address_of_an_unbound_socket_is_the_wildcard(void **state) {
    (void)state;
    assert_anysock(ANYSOCK_OK, anysock_open(ANYSOCK_INET6, ANYSOCK_STREAM, 0, &s));
    assert_anysock(ANYSOCK_OK, anysock_local_addr(&s, &addr));
    assert_int_equal(ANYSOCK_INET6, anysock_addr_family(&addr));
    assert_true(anysock_addr_is_any(&addr));
    assert_int_equal(0, anysock_addr_port(&addr));
}

static void local_address_that_fails_is_no_address(void **state) {
    (void)state;
    s = fake_fresh(0);
    fake_fail("local", FAKE_ENOBUFS, 1);
    assert_anysock(ANYSOCK_ENOBUFS, anysock_local_addr(&s, &addr));
    assert_int_equal(ANYSOCK_UNSPEC, anysock_addr_family(&addr));
}

static void peer_address_needs_a_connection(void **state) {
    (void)state;
    struct anysock_addr peer = addr;
    s = fake_fresh(0);
    child = fake_listener(0);
    assert_refusal(ANYSOCK_ENOTCONN, anysock_peer_addr(&s, &peer));
    assert_int_equal(ANYSOCK_UNSPEC, anysock_addr_family(&peer));
    assert_refusal(ANYSOCK_ENOTCONN, anysock_peer_addr(&child, &peer));
    assert_string_equal("", fake_trace());
    assert_anysock(ANYSOCK_OK, anysock_close(&s));
    s = failed_socket();
    assert_refusal(ANYSOCK_ENOTCONN, anysock_peer_addr(&s, &peer));
}

static void peer_address_while_connecting_looks_again(void **state) {
    (void)state;
    struct anysock_addr peer;
    s = fake_connecting();
    assert_refusal(ANYSOCK_ENOTCONN, anysock_peer_addr(&s, &peer));
    fake_connect_succeeds(fake_of(&s));
    assert_anysock(ANYSOCK_OK, anysock_peer_addr(&s, &peer));
    assert_true(anysock_addr_equal(&addr, &peer));
}

static void peer_address_reports_the_system(void **state) {
    (void)state;
    struct anysock_addr peer = addr;
    s = fake_connected(0);
    fake_fail("peer", FAKE_ENOBUFS, 1);
    assert_anysock(ANYSOCK_ENOBUFS, anysock_peer_addr(&s, &peer));
    assert_string_equal("peer", fake_trace());
    assert_int_equal(FAKE_ENOBUFS, anysock_native_error());
    assert_int_equal(ANYSOCK_UNSPEC, anysock_addr_family(&peer));
}

/* What systems say of it; the second is macOS. */
static const int over[] = {FAKE_ENOTCONN, FAKE_EINVAL};

static void peer_address_outlives_the_connection(void **state) {
    (void)state;
    s = fake_connected(0);
    for (size_t i = 0; i < COUNT_OF(over); i++) {
        struct anysock_addr peer;
        fake_fail("peer", over[i], 1);
        assert_anysock(ANYSOCK_OK, anysock_peer_addr(&s, &peer));
        assert_true(anysock_addr_equal(&addr, &peer));
    }
}

static void peer_address_that_nobody_knows_is_none(void **state) {
    (void)state;
    s = fake_connected(0);
    for (size_t i = 0; i < COUNT_OF(over); i++) {
        struct anysock_addr peer = addr;
        fake_fail("peer", over[i], 1);
        fake_fail("former peer", FAKE_ENOBUFS, 1);
        assert_anysock(ANYSOCK_ENOTCONN, anysock_peer_addr(&s, &peer));
        assert_int_equal(over[i], anysock_native_error());
        assert_int_equal(ANYSOCK_UNSPEC, anysock_addr_family(&peer));
    }
}

/* --- shutdown --- */

static void shutdown_wants_a_connection(void **state) {
    (void)state;
    struct anysock sockets[] = {fake_fresh(0), fake_listener(0), fake_connecting(),
                                failed_socket()};
    for (size_t i = 0; i < COUNT_OF(sockets); i++) {
        assert_refusal(ANYSOCK_ENOTCONN, anysock_shutdown(&sockets[i], ANYSOCK_SHUT_RDWR));
        assert_anysock(ANYSOCK_OK, anysock_close(&sockets[i]));
    }
}

static void shutdown_wants_a_direction(void **state) {
    (void)state;
    s = fake_connected(0);
    assert_refusal(ANYSOCK_EINVAL, anysock_shutdown(&s, (enum anysock_shutdown_how)0));
    assert_refusal(ANYSOCK_EINVAL, anysock_shutdown(&s, (enum anysock_shutdown_how)4));
    assert_string_equal("", fake_trace());
}

static void shutdown_may_be_repeated(void **state) {
    (void)state;
    s = fake_connected(0);
    assert_anysock(ANYSOCK_OK, anysock_shutdown(&s, ANYSOCK_SHUT_WR));
    assert_string_equal("shutdown:wr", fake_trace());
    assert_anysock(ANYSOCK_OK, anysock_shutdown(&s, ANYSOCK_SHUT_WR));
    assert_anysock(ANYSOCK_OK, anysock_shutdown(&s, ANYSOCK_SHUT_RDWR));
    assert_string_equal("", fake_trace());
}

static void shutdown_of_writing_leaves_reading(void **state) {
    (void)state;
    char bytes[5];
    size_t count;
    s = fake_connected(0);
    assert_anysock(ANYSOCK_OK, anysock_shutdown(&s, ANYSOCK_SHUT_WR));
    fake_data_arrives(fake_of(&s));
    assert_anysock(ANYSOCK_OK, anysock_recv(&s, bytes, sizeof bytes, 0, &count));
    assert_int_equal(5, count);
}

static void shutdown_of_reading_stays_inside(void **state) {
    (void)state;
    char byte;
    size_t count;
    s = fake_connected(0);
    assert_anysock(ANYSOCK_OK, anysock_shutdown(&s, ANYSOCK_SHUT_RD));
    assert_anysock(ANYSOCK_OK, anysock_recv(&s, &byte, 1, 0, &count));
    assert_string_equal("", fake_trace());
    assert_anysock(ANYSOCK_OK, anysock_shutdown(&s, ANYSOCK_SHUT_RDWR));
    assert_string_equal("shutdown:wr", fake_trace());
}

static void shutdown_of_a_connection_that_is_gone_succeeds(void **state) {
    (void)state;
    static const int gone[] = {FAKE_ENOTCONN,  FAKE_ECONNRESET, FAKE_EINVAL,   FAKE_ECONNABORTED,
                               FAKE_ENETRESET, FAKE_ETIMEDOUT,  FAKE_ESHUTDOWN};
    for (size_t i = 0; i < COUNT_OF(gone); i++) {
        s = fake_connected(0);
        fake_fail("shutdown:wr", gone[i], 1);
        assert_anysock(ANYSOCK_OK, anysock_shutdown(&s, ANYSOCK_SHUT_RDWR));
        assert_anysock(ANYSOCK_OK, anysock_close(&s));
    }
}

static void shutdown_that_fails_may_be_repeated(void **state) {
    (void)state;
    s = fake_connected(0);
    fake_fail("shutdown:wr", FAKE_ENOBUFS, 1);
    assert_anysock(ANYSOCK_ENOBUFS, anysock_shutdown(&s, ANYSOCK_SHUT_WR));
    assert_int_equal(FAKE_ENOBUFS, anysock_native_error());
    assert_false(fake_of(&s)->shut_wr);
    assert_anysock(ANYSOCK_OK, anysock_shutdown(&s, ANYSOCK_SHUT_WR));
    assert_true(fake_of(&s)->shut_wr);
}

static void send_meanwhile(struct anysock *other) {
    size_t sent;
    fake_fail("send", FAKE_ESHUTDOWN, 1);
    assert_anysock(ANYSOCK_EPIPE, anysock_send(other, "x", 1, 0, &sent));
}

/* A send that runs into another thread's shutdown has not seen a reset. */
static void shutdown_is_no_reset_to_a_send_that_meets_it(void **state) {
    (void)state;
    char byte;
    size_t count;
    s = fake_connected(0);
    fake_meanwhile("shutdown:wr", send_meanwhile, &s);
    assert_anysock(ANYSOCK_OK, anysock_shutdown(&s, ANYSOCK_SHUT_WR));
    fake_fin_arrives(fake_of(&s));
    assert_anysock(ANYSOCK_OK, anysock_recv(&s, &byte, 1, 0, &count));
    assert_int_equal(0, count);
}

static void shutdown_settles_a_pending_connect(void **state) {
    (void)state;
    s = fake_connecting();
    fake_connect_succeeds(fake_of(&s));
    assert_anysock(ANYSOCK_OK, anysock_shutdown(&s, ANYSOCK_SHUT_WR));
    assert_string_equal("poll error peer shutdown:wr", fake_trace());
}

static void shutdown_of_a_datagram_socket_needs_no_peer(void **state) {
    (void)state;
    char byte = 0;
    size_t count;
    s = fake_datagram(0);
    fake_fail("shutdown:wr", FAKE_ENOTCONN, 1); /* Linux */
    assert_anysock(ANYSOCK_OK, anysock_shutdown(&s, ANYSOCK_SHUT_WR));
    assert_anysock(ANYSOCK_EPIPE, anysock_send(&s, &byte, 1, 0, &count));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(zeroed_struct_is_a_closed_socket),
        TEST(socket_has_64_bytes),
        TEST(closed_socket_is_refused_everywhere),
        TEST(null_pointer_is_refused_everywhere),
        TEST(open_checks_family_then_type_then_flags),
        TEST(open_makes_what_was_asked_for),
        TEST(open_that_fails_leaves_a_closed_socket),
        TEST(open_reports_a_failed_startup),
        TEST(second_close_is_refused),
        TEST(abort_resets_the_connection),
        TEST(socket_may_move_in_memory),
        TEST(local_address_of_an_unbound_socket_is_the_wildcard),
        TEST(local_address_that_fails_is_no_address),
        TEST(peer_address_needs_a_connection),
        TEST(peer_address_while_connecting_looks_again),
        TEST(peer_address_reports_the_system),
        TEST(peer_address_outlives_the_connection),
        TEST(peer_address_that_nobody_knows_is_none),
        TEST(shutdown_wants_a_connection),
        TEST(shutdown_wants_a_direction),
        TEST(shutdown_may_be_repeated),
        TEST(shutdown_of_writing_leaves_reading),
        TEST(shutdown_of_reading_stays_inside),
        TEST(shutdown_of_a_connection_that_is_gone_succeeds),
        TEST(shutdown_that_fails_may_be_repeated),
        TEST(shutdown_is_no_reset_to_a_send_that_meets_it),
        TEST(shutdown_settles_a_pending_connect),
        TEST(shutdown_of_a_datagram_socket_needs_no_peer),
    };
    return cmocka_run_group_tests_name("socket", tests, NULL, NULL);
}
