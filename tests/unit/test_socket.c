/*
 * The life of a socket on the fake port: open, adopt, bind, listen, accept, connect, shut down,
 * close. Every state meets every call that the state changes the meaning of.
 */
#include <string.h>

#include "check.h"
#include "fake_port.h"

/* What most tests use: two sockets, which the tear-down closes, and an address to connect to. */
static struct anysock s, child;
static struct anysock_addr addr;

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

static struct anysock failed_socket(void) {
    struct anysock failed = fake_connecting();
    fake_connect_fails(fake_of(&failed));
    assert_anysock(ANYSOCK_ECONNREFUSED, anysock_connect_result(&failed));
    (void)fake_trace();
    return failed;
}

/* A handle that was made elsewhere; *seen shows what the system knows of it. */
static anysock_native foreign_handle(struct fake_socket **seen) {
    struct anysock made = fake_fresh(0);
    anysock_native native;
    *seen = fake_of(&made);
    assert_anysock(ANYSOCK_OK, anysock_release(&made, &native));
    (void)fake_trace();
    return native;
}

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
    assert_anysock(ANYSOCK_EBADF, anysock_close(&s));
    assert_anysock(ANYSOCK_EBADF, anysock_abort(&s));
    assert_anysock(ANYSOCK_EBADF, anysock_release(&s, &native));
    assert_anysock(ANYSOCK_EBADF, anysock_bind(&s, &addr, ANYSOCK_BIND_SERVER));
    assert_anysock(ANYSOCK_EBADF, anysock_listen(&s, 0));
    assert_anysock(ANYSOCK_EBADF, anysock_accept(&s, 0, &child, NULL));
    assert_anysock(ANYSOCK_EBADF, anysock_connect(&s, &addr));
    assert_anysock(ANYSOCK_EBADF, anysock_connect_result(&s));
    assert_anysock(ANYSOCK_EBADF, anysock_shutdown(&s, ANYSOCK_SHUT_WR));
    assert_anysock(ANYSOCK_EBADF, anysock_local_addr(&s, &addr));
    assert_anysock(ANYSOCK_EBADF, anysock_peer_addr(&s, &addr));
    assert_int_equal(0, anysock_native_error());
    assert_string_equal("", fake_trace());
}

static void null_pointer_is_refused_everywhere(void **state) {
    (void)state;
    s = fake_fresh(0);
    anysock_native native;
    assert_anysock(ANYSOCK_EFAULT, anysock_open(ANYSOCK_UNSPEC, ANYSOCK_STREAM, 0, NULL));
    assert_anysock(ANYSOCK_EFAULT, anysock_adopt(100, ~0u, NULL));
    assert_anysock(ANYSOCK_EFAULT, anysock_release(NULL, &native));
    assert_anysock(ANYSOCK_EFAULT, anysock_release(&s, NULL));
    assert_anysock(ANYSOCK_EFAULT, anysock_close(NULL));
    assert_anysock(ANYSOCK_EFAULT, anysock_abort(NULL));
    assert_anysock(ANYSOCK_EFAULT, anysock_bind(NULL, &addr, ANYSOCK_BIND_SERVER));
    assert_anysock(ANYSOCK_EFAULT, anysock_bind(&s, NULL, ANYSOCK_BIND_SERVER));
    assert_anysock(ANYSOCK_EFAULT, anysock_listen(NULL, 0));
    assert_anysock(ANYSOCK_EFAULT, anysock_accept(NULL, 0, &child, NULL));
    assert_anysock(ANYSOCK_EFAULT, anysock_accept(&s, 0, NULL, NULL));
    assert_anysock(ANYSOCK_EFAULT, anysock_connect(NULL, &addr));
    assert_anysock(ANYSOCK_EFAULT, anysock_connect(&s, NULL));
    assert_anysock(ANYSOCK_EFAULT, anysock_connect_result(NULL));
    assert_anysock(ANYSOCK_EFAULT, anysock_shutdown(NULL, ANYSOCK_SHUT_WR));
    assert_anysock(ANYSOCK_EFAULT, anysock_local_addr(NULL, &addr));
    assert_anysock(ANYSOCK_EFAULT, anysock_local_addr(&s, NULL));
    assert_anysock(ANYSOCK_EFAULT, anysock_peer_addr(NULL, &addr));
    assert_anysock(ANYSOCK_EFAULT, anysock_peer_addr(&s, NULL));
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
        assert_anysock(rows[i].code,
                       anysock_open((enum anysock_family)rows[i].family,
                                    (enum anysock_type)rows[i].type, rows[i].flags, &s));
        assert_int_equal(0, anysock_native_error());
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
    assert_anysock(ANYSOCK_EBADF, anysock_close(&s));
    assert_string_equal("", fake_trace());
}

static void abort_resets_the_connection(void **state) {
    (void)state;
    s = fake_connected(0);
    assert_anysock(ANYSOCK_OK, anysock_abort(&s));
    assert_string_equal("abort", fake_trace());
    assert_anysock(ANYSOCK_EBADF, anysock_abort(&s));
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

/* --- adopt and release --- */

static void adopted_socket_is_what_the_system_says(void **state) {
    (void)state;
    static const struct {
        bool listening, connected;
        int accept, result; /* what these calls say then */
    } rows[] = {
        {false, false, ANYSOCK_EINVAL, ANYSOCK_ENOTCONN},
        {true, false, ANYSOCK_OK, ANYSOCK_ENOTCONN},
        {false, true, ANYSOCK_EINVAL, ANYSOCK_OK},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct fake_socket *seen;
        anysock_native native = foreign_handle(&seen);
        seen->listening = rows[i].listening;
        seen->connected = rows[i].connected;
        seen->waiting = 1;
        assert_anysock(ANYSOCK_OK, anysock_adopt(native, 0, &s));
        assert_true(anysock_native_handle(&s) == native);
        assert_anysock(rows[i].accept, anysock_accept(&s, 0, &child, NULL));
        assert_anysock(rows[i].result, anysock_connect_result(&s));
        if (rows[i].accept == ANYSOCK_OK)
            assert_anysock(ANYSOCK_OK, anysock_close(&child));
        assert_anysock(ANYSOCK_OK, anysock_close(&s));
    }
}

static void adopted_socket_keeps_family_type_and_name(void **state) {
    (void)state;
    struct fake_socket *seen;
    struct anysock_addr addr6;
    assert_anysock(ANYSOCK_OK, anysock_addr_loopback(ANYSOCK_INET6, 80, &addr6));
    anysock_native native = foreign_handle(&seen);
    seen->family = ANYSOCK_INET6;
    seen->type = ANYSOCK_DGRAM;
    seen->bound = true;
    assert_anysock(ANYSOCK_OK, anysock_adopt(native, 0, &s));
    assert_anysock(ANYSOCK_EAFNOSUPPORT, anysock_bind(&s, &addr, ANYSOCK_BIND_CLIENT));
    assert_anysock(ANYSOCK_EINVAL, anysock_bind(&s, &addr6, ANYSOCK_BIND_CLIENT));
    assert_anysock(ANYSOCK_EOPNOTSUPP, anysock_listen(&s, 0));
}

static void adopted_mode_is_used_where_the_system_tells_it(void **state) {
    (void)state;
    struct fake_socket *seen;
    fake.tells_mode = true;
    anysock_native native = foreign_handle(&seen);
    seen->kernel_nonblocking = true;
    assert_anysock(ANYSOCK_OK, anysock_adopt(native, ANYSOCK_NONBLOCK, &s));
    assert_string_equal("startup describe", fake_trace());
}

static void adopt_refuses_what_it_does_not_know(void **state) {
    (void)state;
    struct fake_socket *seen;
    anysock_native native = foreign_handle(&seen);
    assert_anysock(ANYSOCK_EINVAL, anysock_adopt(native, 0x2, &s));
    assert_string_equal("", fake_trace());
    seen->family = ANYSOCK_UNSPEC;
    assert_anysock(ANYSOCK_EAFNOSUPPORT, anysock_adopt(native, 0, &s));
    assert_int_equal(0, anysock_native_error());
    assert_false(anysock_is_open(&s));
    seen->family = ANYSOCK_INET;
    seen->type = (enum anysock_type)0;
    assert_anysock(ANYSOCK_ESOCKTNOSUPPORT, anysock_adopt(native, 0, &s));
    assert_false(anysock_is_open(&s));
    seen->type = ANYSOCK_STREAM; /* still the caller's, and open */
    assert_anysock(ANYSOCK_OK, anysock_adopt(native, 0, &s));
}

static void adopt_refuses_what_is_no_socket(void **state) {
    (void)state;
    assert_anysock(ANYSOCK_EBADF, anysock_adopt(100, 0, &s));
    assert_int_equal(FAKE_ENOTSOCK, anysock_native_error());
    assert_false(anysock_is_open(&s));
}

static void adopt_that_cannot_set_the_mode_leaves_the_handle(void **state) {
    (void)state;
    struct fake_socket *seen;
    anysock_native native = foreign_handle(&seen);
    fake_fail("nonblocking", FAKE_ENETDOWN, 1);
    assert_anysock(ANYSOCK_ENETDOWN, anysock_adopt(native, ANYSOCK_NONBLOCK, &s));
    assert_int_equal(FAKE_ENETDOWN, anysock_native_error());
    assert_false(anysock_is_open(&s));
    assert_true(seen->open);
    assert_anysock(ANYSOCK_OK, anysock_adopt(native, 0, &s));
}

static void adopt_reports_a_failed_startup(void **state) {
    (void)state;
    fake_fail("startup", FAKE_ESYSNOTREADY, 1);
    assert_anysock(ANYSOCK_ESYSNOTREADY, anysock_adopt(100, 0, &s));
    assert_string_equal("startup", fake_trace());
}

static void release_gives_the_handle_back(void **state) {
    (void)state;
    s = fake_connected(0);
    anysock_native native;
    assert_anysock(ANYSOCK_OK, anysock_release(&s, &native));
    assert_true(native == fake.last);
    assert_false(anysock_is_open(&s));
    assert_anysock(ANYSOCK_EBADF, anysock_release(&s, &native));
    assert_anysock(ANYSOCK_OK, anysock_adopt(native, 0, &s));
}

static void release_that_fails_keeps_the_socket(void **state) {
    (void)state;
    s = fake_connected(ANYSOCK_NONBLOCK);
    anysock_native native = 7;
    assert_anysock(ANYSOCK_OK, anysock_set_timeout(&s, ANYSOCK_TIMEOUT_RECV, 5));
    assert_anysock(ANYSOCK_OK, anysock_set_blocking(&s, true));
    fake_fail("blocking", FAKE_ENETDOWN, 1);
    assert_anysock(ANYSOCK_ENETDOWN, anysock_release(&s, &native));
    assert_true(native == 7);
}

static void release_that_fails_forgets_the_event(void **state) {
    (void)state;
    s = fake_connected(ANYSOCK_NONBLOCK);
    struct anysock_event *event;
    anysock_native native;
    assert_anysock(ANYSOCK_OK, anysock_event_create(&event));
    assert_anysock(ANYSOCK_OK, anysock_event_bind(event, &s, ANYSOCK_READABLE));
    fake_fail("unselect", FAKE_ENETDOWN, 1);
    assert_anysock(ANYSOCK_ENETDOWN, anysock_release(&s, &native));
    assert_true(anysock_is_open(&s));
    assert_anysock(ANYSOCK_OK, anysock_event_destroy(event));
    (void)fake_trace();
    assert_anysock(ANYSOCK_OK, anysock_set_blocking(&s, true));
    assert_string_equal("blocking", fake_trace()); /* no event is in the way any more */
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
    assert_anysock(ANYSOCK_ENOTCONN, anysock_peer_addr(&s, &peer));
    assert_int_equal(ANYSOCK_UNSPEC, anysock_addr_family(&peer));
    assert_anysock(ANYSOCK_ENOTCONN, anysock_peer_addr(&child, &peer));
    assert_string_equal("", fake_trace());
    assert_anysock(ANYSOCK_OK, anysock_close(&s));
    s = failed_socket();
    assert_anysock(ANYSOCK_ENOTCONN, anysock_peer_addr(&s, &peer));
}

static void peer_address_while_connecting_looks_again(void **state) {
    (void)state;
    struct anysock_addr peer;
    s = fake_connecting();
    assert_anysock(ANYSOCK_ENOTCONN, anysock_peer_addr(&s, &peer));
    fake_connect_succeeds(fake_of(&s));
    assert_anysock(ANYSOCK_OK, anysock_peer_addr(&s, &peer));
    assert_true(anysock_addr_equal(&addr, &peer));
}

static void peer_address_reports_the_system(void **state) {
    (void)state;
    struct anysock_addr peer = addr;
    s = fake_connected(0);
    fake_fail("peer", FAKE_ENOTCONN, 1); /* the peer is gone */
    assert_anysock(ANYSOCK_ENOTCONN, anysock_peer_addr(&s, &peer));
    assert_int_equal(FAKE_ENOTCONN, anysock_native_error());
    assert_int_equal(ANYSOCK_UNSPEC, anysock_addr_family(&peer));
}

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

static void bind_is_allowed_once(void **state) {
    (void)state;
    s = fake_fresh(0);
    child = fake_connected(0);
    assert_anysock(ANYSOCK_OK, anysock_bind(&s, &addr, ANYSOCK_BIND_SERVER));
    (void)fake_trace();
    assert_anysock(ANYSOCK_EINVAL, anysock_bind(&s, &addr, ANYSOCK_BIND_SERVER));
    assert_anysock(ANYSOCK_EINVAL, anysock_bind(&child, &addr, ANYSOCK_BIND_CLIENT));
    assert_string_equal("", fake_trace());
}

static void bind_wants_an_address_of_the_family(void **state) {
    (void)state;
    struct anysock_addr other;
    s = fake_fresh(0);
    assert_anysock(ANYSOCK_OK, anysock_addr_any(ANYSOCK_INET6, 0, &other));
    assert_anysock(ANYSOCK_EAFNOSUPPORT, anysock_bind(&s, &other, ANYSOCK_BIND_SERVER));
    memset(&other, 0, sizeof other);
    assert_anysock(ANYSOCK_EAFNOSUPPORT, anysock_bind(&s, &other, ANYSOCK_BIND_SERVER));
    assert_string_equal("", fake_trace());
}

static void bind_that_fails_may_be_repeated(void **state) {
    (void)state;
    s = fake_fresh(0);
    fake_fail("intent", FAKE_EACCES, 1);
    assert_anysock(ANYSOCK_EACCES, anysock_bind(&s, &addr, ANYSOCK_BIND_SERVER));
    assert_string_equal("intent", fake_trace());
    fake_fail("bind", FAKE_EADDRINUSE, 1);
    assert_anysock(ANYSOCK_EADDRINUSE, anysock_bind(&s, &addr, ANYSOCK_BIND_SERVER));
    assert_int_equal(FAKE_EADDRINUSE, anysock_native_error());
    assert_anysock(ANYSOCK_OK, anysock_bind(&s, &addr, ANYSOCK_BIND_SERVER));
}

/* --- listen --- */

static void listen_binds_what_is_unbound(void **state) {
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
        assert_anysock(codes[i], anysock_listen(&sockets[i], 0));
        assert_string_equal("", fake_trace());
        assert_anysock(ANYSOCK_OK, anysock_close(&sockets[i]));
        (void)fake_trace();
    }
}

static void listen_that_fails_leaves_no_listener(void **state) {
    (void)state;
    s = fake_fresh(0);
    fake_fail("bind", FAKE_ENOBUFS, 1);
    assert_anysock(ANYSOCK_ENOBUFS, anysock_listen(&s, 0));
    assert_string_equal("intent bind", fake_trace());
    fake_fail("listen", FAKE_EADDRINUSE, 1);
    assert_anysock(ANYSOCK_EADDRINUSE, anysock_listen(&s, 0));
    assert_int_equal(FAKE_EADDRINUSE, anysock_native_error());
    assert_anysock(ANYSOCK_EINVAL, anysock_accept(&s, 0, &child, NULL));
    (void)fake_trace();
    assert_anysock(ANYSOCK_OK, anysock_listen(&s, 0)); /* bound since the second attempt */
    assert_string_equal("listen", fake_trace());
}

/* --- accept --- */

static void accept_wants_a_listener_and_known_flags(void **state) {
    (void)state;
    s = fake_connected(0);
    memset(&child, 0xff, sizeof child);
    assert_anysock(ANYSOCK_EINVAL, anysock_accept(&s, 0, &child, &addr));
    assert_false(anysock_is_open(&child));
    assert_int_equal(ANYSOCK_UNSPEC, anysock_addr_family(&addr));
    assert_anysock(ANYSOCK_OK, anysock_close(&s));
    s = fake_listener(0);
    assert_anysock(ANYSOCK_EINVAL, anysock_accept(&s, 0x2, &child, NULL));
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

/* --- connect --- */

static void connect_waits_in_the_kernel(void **state) {
    (void)state;
    s = fake_fresh(0);
    fake_later(20, fake_connect_succeeds, &s);
    assert_anysock(ANYSOCK_OK, anysock_connect(&s, &addr));
    assert_string_equal("connect", fake_trace());
    assert_int_equal(20, fake_elapsed_ms());
    assert_anysock(ANYSOCK_OK, anysock_connect_result(&s));
}

static void connect_nonblocking_is_in_progress(void **state) {
    (void)state;
    s = fake_fresh(ANYSOCK_NONBLOCK);
    assert_anysock(ANYSOCK_EINPROGRESS, anysock_connect(&s, &addr));
    assert_string_equal("connect", fake_trace());
    assert_int_equal(0, fake_elapsed_ms());
}

static void connect_may_succeed_at_once(void **state) {
    (void)state;
    s = fake_fresh(ANYSOCK_NONBLOCK);
    fake.connect_at_once = true;
    assert_anysock(ANYSOCK_OK, anysock_connect(&s, &addr));
    assert_anysock(ANYSOCK_OK, anysock_connect_result(&s));
    assert_string_equal("connect", fake_trace());
}

static void connect_waits_as_long_as_its_timeout(void **state) {
    (void)state;
    s = fake_fresh(0);
    assert_anysock(ANYSOCK_OK, anysock_set_timeout(&s, ANYSOCK_TIMEOUT_CONNECT, 30));
    assert_anysock(ANYSOCK_ETIMEDOUT, anysock_connect(&s, &addr));
    assert_string_equal("nonblocking connect poll", fake_trace());
    assert_int_equal(30, fake_elapsed_ms());
    assert_int_equal(0, anysock_native_error());
    assert_anysock(ANYSOCK_ETIMEDOUT, anysock_connect_result(&s));
    assert_anysock(ANYSOCK_EBADSTATE, anysock_connect(&s, &addr));
    assert_string_equal("", fake_trace());
}

static void connect_within_its_timeout_succeeds(void **state) {
    (void)state;
    s = fake_fresh(0);
    assert_anysock(ANYSOCK_OK, anysock_set_timeout(&s, ANYSOCK_TIMEOUT_CONNECT, 30));
    fake_later(20, fake_connect_succeeds, &s);
    fake_fail("poll", FAKE_EINTR, 2);
    assert_anysock(ANYSOCK_OK, anysock_connect(&s, &addr));
    assert_string_equal("nonblocking connect poll poll poll error peer", fake_trace());
    assert_int_equal(20, fake_elapsed_ms());
}

static void connect_refused_while_waiting(void **state) {
    (void)state;
    s = fake_fresh(0);
    assert_anysock(ANYSOCK_OK, anysock_set_timeout(&s, ANYSOCK_TIMEOUT_CONNECT, 30));
    fake_later(20, fake_connect_fails, &s);
    assert_anysock(ANYSOCK_ECONNREFUSED, anysock_connect(&s, &addr));
    assert_int_equal(FAKE_ECONNREFUSED, anysock_native_error());
    assert_string_equal("nonblocking connect poll error", fake_trace());
    assert_anysock(ANYSOCK_EBADSTATE, anysock_connect(&s, &addr));
}

static void connect_refused_in_the_kernel(void **state) {
    (void)state;
    s = fake_fresh(0);
    fake_later(20, fake_connect_fails, &s);
    assert_anysock(ANYSOCK_ECONNREFUSED, anysock_connect(&s, &addr));
    assert_anysock(ANYSOCK_ECONNREFUSED, anysock_connect_result(&s));
    assert_int_equal(FAKE_ECONNREFUSED, anysock_native_error());
    assert_string_equal("connect", fake_trace());
}

static void connect_interrupted_is_not_repeated(void **state) {
    (void)state;
    s = fake_fresh(0);
    fake_fail("connect", FAKE_EINTR, 1);
    fake_later(20, fake_connect_succeeds, &s);
    assert_anysock(ANYSOCK_OK, anysock_connect(&s, &addr));
    assert_string_equal("connect poll error peer", fake_trace());
    assert_int_equal(20, fake_elapsed_ms());
}

static void connect_that_cannot_wait_stays_pending(void **state) {
    (void)state;
    s = fake_fresh(0);
    assert_anysock(ANYSOCK_OK, anysock_set_timeout(&s, ANYSOCK_TIMEOUT_CONNECT, 30));
    fake_fail("poll", FAKE_ENOBUFS, 1);
    assert_anysock(ANYSOCK_ENOBUFS, anysock_connect(&s, &addr));
    assert_anysock(ANYSOCK_EALREADY, anysock_connect(&s, &addr));
    fake_connect_succeeds(fake_of(&s));
    assert_anysock(ANYSOCK_OK, anysock_connect_result(&s));
}

static void connect_wants_a_fresh_stream(void **state) {
    (void)state;
    struct anysock sockets[] = {fake_connecting(), fake_connected(0), failed_socket(),
                                fake_listener(0)};
    static const int codes[] = {ANYSOCK_EALREADY, ANYSOCK_EISCONN, ANYSOCK_EBADSTATE,
                                ANYSOCK_EINVAL};
    for (size_t i = 0; i < COUNT_OF(codes); i++) {
        assert_anysock(codes[i], anysock_connect(&sockets[i], &addr));
        assert_string_equal("", fake_trace());
        assert_anysock(ANYSOCK_OK, anysock_close(&sockets[i]));
        (void)fake_trace();
    }
}

static void connect_wants_an_address_with_a_port(void **state) {
    (void)state;
    s = fake_fresh(0);
    assert_anysock(ANYSOCK_OK, anysock_addr_loopback(ANYSOCK_INET6, 0, &addr));
    assert_anysock(ANYSOCK_EAFNOSUPPORT, anysock_connect(&s, &addr));
    memset(&addr, 0, sizeof addr);
    assert_anysock(ANYSOCK_EAFNOSUPPORT, anysock_connect(&s, &addr));
    assert_anysock(ANYSOCK_OK, anysock_addr_loopback(ANYSOCK_INET, 0, &addr));
    assert_anysock(ANYSOCK_EADDRNOTAVAIL, anysock_connect(&s, &addr));
    assert_string_equal("", fake_trace());
    assert_anysock(ANYSOCK_ENOTCONN, anysock_connect_result(&s)); /* as if never tried */
}

static void connect_takes_the_wildcard_for_loopback(void **state) {
    (void)state;
    fake.connect_at_once = true;
    for (int family = ANYSOCK_INET; family <= ANYSOCK_INET6; family++) {
        enum anysock_family f = (enum anysock_family)family;
        assert_anysock(ANYSOCK_OK, anysock_open(f, ANYSOCK_STREAM, 0, &s));
        assert_anysock(ANYSOCK_OK, anysock_addr_any(f, 80, &addr));
        assert_anysock(ANYSOCK_OK, anysock_connect(&s, &addr));
        assert_true(anysock_addr_is_loopback(&fake_of(&s)->peer));
        assert_int_equal(80, anysock_addr_port(&fake_of(&s)->peer));
        assert_true(anysock_addr_is_any(&addr)); /* the caller's stays */
        assert_anysock(ANYSOCK_OK, anysock_close(&s));
    }
}

static void connect_without_control_is_not_started(void **state) {
    (void)state;
    s = fake_fresh(0);
    assert_anysock(ANYSOCK_OK, anysock_set_timeout(&s, ANYSOCK_TIMEOUT_CONNECT, 30));
    fake_fail("nonblocking", FAKE_ENETDOWN, 1);
    assert_anysock(ANYSOCK_ENETDOWN, anysock_connect(&s, &addr));
    assert_string_equal("nonblocking", fake_trace());
    assert_anysock(ANYSOCK_ENOTCONN, anysock_connect_result(&s));
}

static void datagram_socket_connects_again_and_again(void **state) {
    (void)state;
    s = fake_datagram(0);
    fake_fail("connect", FAKE_EACCES, 1);
    assert_anysock(ANYSOCK_EACCES, anysock_connect(&s, &addr));
    assert_anysock(ANYSOCK_ENOTCONN, anysock_connect_result(&s));
    assert_anysock(ANYSOCK_OK, anysock_connect(&s, &addr));
    assert_anysock(ANYSOCK_OK, anysock_addr_set_port(&addr, 81));
    assert_anysock(ANYSOCK_OK, anysock_connect(&s, &addr));
    assert_true(anysock_addr_equal(&addr, &fake_of(&s)->peer));
    assert_string_equal("connect connect connect", fake_trace());
}

/* --- the result of a connect --- */

static void result_without_connect_is_not_connected(void **state) {
    (void)state;
    s = fake_fresh(0);
    child = fake_listener(0);
    assert_anysock(ANYSOCK_ENOTCONN, anysock_connect_result(&s));
    assert_anysock(ANYSOCK_ENOTCONN, anysock_connect_result(&child));
    assert_string_equal("", fake_trace());
}

static void result_of_success_is_asked_once(void **state) {
    (void)state;
    s = fake_connecting();
    assert_anysock(ANYSOCK_EINPROGRESS, anysock_connect_result(&s));
    assert_string_equal("poll", fake_trace());
    assert_int_equal(0, fake_elapsed_ms());
    fake_connect_succeeds(fake_of(&s));
    assert_anysock(ANYSOCK_OK, anysock_connect_result(&s));
    assert_string_equal("poll error peer", fake_trace());
    assert_anysock(ANYSOCK_OK, anysock_connect_result(&s));
    assert_string_equal("", fake_trace());
}

static void result_of_failure_is_asked_once(void **state) {
    (void)state;
    s = fake_connecting();
    fake_connect_fails(fake_of(&s));
    for (int i = 0; i < 3; i++) {
        anysock_port_set_native_error(FAKE_EINVAL); /* other calls in between */
        assert_anysock(ANYSOCK_ECONNREFUSED, anysock_connect_result(&s));
        assert_int_equal(FAKE_ECONNREFUSED, anysock_native_error());
        assert_string_equal(i == 0 ? "poll error" : "", fake_trace());
    }
}

/* How a system may report a pending connect, and what that means. */
static void result_is_read_from_what_the_system_reports(void **state) {
    (void)state;
    static const struct {
        unsigned seen;
        int error, code;
    } rows[] = {
        {ANYSOCK_WRITABLE, FAKE_ECONNREFUSED, ANYSOCK_ECONNREFUSED}, /* POSIX */
        {ANYSOCK_WRITABLE | ANYSOCK_ERROR, FAKE_ETIMEDOUT, ANYSOCK_ETIMEDOUT},
        {ANYSOCK_ERROR, FAKE_ECONNREFUSED, ANYSOCK_ECONNREFUSED}, /* Windows */
        {ANYSOCK_ERROR, FAKE_EODD, ANYSOCK_EUNKNOWN},
        {ANYSOCK_ERROR, 0, ANYSOCK_EUNKNOWN}, /* and nobody says why */
        {ANYSOCK_INVALID, 0, ANYSOCK_EBADF},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        s = fake_connecting();
        fake_of(&s)->seen = rows[i].seen;
        fake_of(&s)->error = rows[i].error;
        for (int again = 0; again < 2; again++) {
            assert_anysock(rows[i].code, anysock_connect_result(&s));
            assert_int_equal(rows[i].error, anysock_native_error());
        }
        assert_anysock(ANYSOCK_EBADSTATE, anysock_connect(&s, &addr));
        assert_anysock(ANYSOCK_OK, anysock_close(&s));
    }
}

static void result_needs_a_peer_for_success(void **state) {
    (void)state;
    s = fake_connecting();
    fake_of(&s)->seen = ANYSOCK_WRITABLE;
    assert_anysock(ANYSOCK_EINPROGRESS, anysock_connect_result(&s));
    assert_int_equal(0, anysock_native_error());
    assert_string_equal("poll error peer", fake_trace());
    fake_connect_succeeds(fake_of(&s));
    assert_anysock(ANYSOCK_OK, anysock_connect_result(&s));
}

static void result_that_cannot_be_asked_for_is_a_failure(void **state) {
    (void)state;
    s = fake_connecting();
    fake_connect_succeeds(fake_of(&s));
    fake_fail("error", FAKE_ENOBUFS, 1);
    assert_anysock(ANYSOCK_ENOBUFS, anysock_connect_result(&s));
    assert_anysock(ANYSOCK_ENOBUFS, anysock_connect_result(&s));
    assert_string_equal("poll error", fake_trace());
}

static void result_that_cannot_be_looked_for_is_still_pending(void **state) {
    (void)state;
    s = fake_connecting();
    fake_connect_succeeds(fake_of(&s));
    fake_fail("poll", FAKE_ENOBUFS, 1);
    assert_anysock(ANYSOCK_ENOBUFS, anysock_connect_result(&s));
    assert_anysock(ANYSOCK_OK, anysock_connect_result(&s));
}

/* --- shutdown --- */

static void shutdown_wants_a_connection(void **state) {
    (void)state;
    struct anysock sockets[] = {fake_fresh(0), fake_listener(0), fake_connecting(),
                                failed_socket()};
    for (size_t i = 0; i < COUNT_OF(sockets); i++) {
        assert_anysock(ANYSOCK_ENOTCONN, anysock_shutdown(&sockets[i], ANYSOCK_SHUT_RDWR));
        assert_int_equal(0, anysock_native_error());
        assert_anysock(ANYSOCK_OK, anysock_close(&sockets[i]));
    }
}

static void shutdown_wants_a_direction(void **state) {
    (void)state;
    s = fake_connected(0);
    assert_anysock(ANYSOCK_EINVAL, anysock_shutdown(&s, (enum anysock_shutdown_how)0));
    assert_anysock(ANYSOCK_EINVAL, anysock_shutdown(&s, (enum anysock_shutdown_how)4));
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
    static const int gone[] = {FAKE_ENOTCONN, FAKE_ECONNRESET, FAKE_EINVAL};
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

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

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
        TEST(adopted_socket_is_what_the_system_says),
        TEST(adopted_socket_keeps_family_type_and_name),
        TEST(adopted_mode_is_used_where_the_system_tells_it),
        TEST(adopt_refuses_what_it_does_not_know),
        TEST(adopt_refuses_what_is_no_socket),
        TEST(adopt_that_cannot_set_the_mode_leaves_the_handle),
        TEST(adopt_reports_a_failed_startup),
        TEST(release_gives_the_handle_back),
        TEST(release_that_fails_keeps_the_socket),
        TEST(release_that_fails_forgets_the_event),
        TEST(local_address_of_an_unbound_socket_is_the_wildcard),
        TEST(local_address_that_fails_is_no_address),
        TEST(peer_address_needs_a_connection),
        TEST(peer_address_while_connecting_looks_again),
        TEST(peer_address_reports_the_system),
        TEST(bind_gives_the_address),
        TEST(bind_passes_each_intent_on),
        TEST(bind_is_allowed_once),
        TEST(bind_wants_an_address_of_the_family),
        TEST(bind_that_fails_may_be_repeated),
        TEST(listen_binds_what_is_unbound),
        TEST(listen_keeps_what_is_bound),
        TEST(listen_wants_a_fresh_stream),
        TEST(listen_that_fails_leaves_no_listener),
        TEST(accept_wants_a_listener_and_known_flags),
        TEST(accept_gives_socket_and_peer),
        TEST(accept_waits_on_a_blocking_listener),
        TEST(accept_does_not_wait_on_a_nonblocking_listener),
        TEST(accept_waits_as_long_as_the_receive_timeout),
        TEST(accept_skips_broken_connections),
        TEST(accept_does_not_skip_for_ever),
        TEST(accept_goes_on_after_a_signal),
        TEST(accept_that_fails_gives_nothing),
        TEST(connect_waits_in_the_kernel),
        TEST(connect_nonblocking_is_in_progress),
        TEST(connect_may_succeed_at_once),
        TEST(connect_waits_as_long_as_its_timeout),
        TEST(connect_within_its_timeout_succeeds),
        TEST(connect_refused_while_waiting),
        TEST(connect_refused_in_the_kernel),
        TEST(connect_interrupted_is_not_repeated),
        TEST(connect_that_cannot_wait_stays_pending),
        TEST(connect_wants_a_fresh_stream),
        TEST(connect_wants_an_address_with_a_port),
        TEST(connect_takes_the_wildcard_for_loopback),
        TEST(connect_without_control_is_not_started),
        TEST(datagram_socket_connects_again_and_again),
        TEST(result_without_connect_is_not_connected),
        TEST(result_of_success_is_asked_once),
        TEST(result_of_failure_is_asked_once),
        TEST(result_is_read_from_what_the_system_reports),
        TEST(result_needs_a_peer_for_success),
        TEST(result_that_cannot_be_asked_for_is_a_failure),
        TEST(result_that_cannot_be_looked_for_is_still_pending),
        TEST(shutdown_wants_a_connection),
        TEST(shutdown_wants_a_direction),
        TEST(shutdown_may_be_repeated),
        TEST(shutdown_of_reading_stays_inside),
        TEST(shutdown_of_a_connection_that_is_gone_succeeds),
        TEST(shutdown_that_fails_may_be_repeated),
        TEST(shutdown_settles_a_pending_connect),
        TEST(shutdown_of_a_datagram_socket_needs_no_peer),
    };
    return cmocka_run_group_tests_name("socket", tests, NULL, NULL);
}
