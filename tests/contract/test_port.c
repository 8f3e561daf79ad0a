/*
 * The postconditions of src/internal.h, asked of the real port on bare handles.
 */
#include "check.h"
#include "deviations.h"
#include "internal.h"
#include "net.h"
#include "platform.h"

static char buffer[64];

/* A connected pair of bare handles, and a listener. */
static anysock_native open_native(enum anysock_type type, bool nonblocking) {
    anysock_native native;
    assert_int_equal(0, anysock_port_startup());
    assert_int_equal(0, anysock_port_open(ANYSOCK_INET, type, nonblocking, &native));
    return native;
}

static anysock_native listen_native(bool nonblocking, struct anysock_addr *addr) {
    anysock_native native = open_native(ANYSOCK_STREAM, nonblocking);
    assert_anysock(ANYSOCK_OK, anysock_addr_loopback(ANYSOCK_INET, 0, addr));
    assert_int_equal(0, anysock_port_bind_intent(native, ANYSOCK_BIND_SERVER, true, true));
    assert_int_equal(0, anysock_port_bind(native, addr));
    assert_int_equal(0, anysock_port_listen(native, 5));
    assert_int_equal(0, anysock_port_local_addr(native, addr));
    return native;
}

struct natives {
    anysock_native listener, client, server;
};

static struct natives connect_natives(bool nonblocking) {
    struct natives n;
    struct anysock_addr addr;
    n.listener = listen_native(false, &addr);
    n.client = open_native(ANYSOCK_STREAM, false);
    assert_int_equal(0, anysock_port_connect(n.client, &addr));
    assert_int_equal(0, anysock_port_accept(n.listener, nonblocking, &n.server, NULL));
    return n;
}

static void close_natives(struct natives *n) {
    anysock_port_close(n->listener);
    anysock_port_close(n->client);
    anysock_port_close(n->server);
}

static int mapped(enum anysock_op op) {
    return anysock_port_map_error(anysock_port_native_error(), op, true);
}

static bool is_readable(anysock_native native, int timeout_ms) {
    struct anysock_port_item item = {native, ANYSOCK_READABLE, 0};
    return anysock_port_poll(&item, 1, timeout_ms) == 1 && (item.events & ANYSOCK_READABLE) != 0;
}

static void startup_is_idempotent(void **state) {
    (void)state;
    for (int i = 0; i < 3; i++)
        assert_int_equal(0, anysock_port_startup());
}

static void open_gives_what_was_asked_for(void **state) {
    (void)state;
    for (int family = ANYSOCK_INET; family <= ANYSOCK_INET6; family++) {
        for (int type = ANYSOCK_STREAM; type <= ANYSOCK_DGRAM; type++) {
            struct anysock_port_facts facts;
            anysock_native native;
            assert_int_equal(0, anysock_port_open((enum anysock_family)family,
                                                  (enum anysock_type)type, true, &native));
            assert_int_equal(0, anysock_port_describe(native, &facts));
            assert_int_equal(family, facts.family);
            assert_int_equal(type, facts.type);
            assert_false(facts.bound || facts.listening || facts.connected);
            assert_true(facts.nonblocking != 0); /* 1, or -1 for "cannot tell" */
            assert_false(is_inheritable(native));
            anysock_port_close(native);
        }
    }
}

static void describe_sees_the_role(void **state) {
    (void)state;
    struct natives n = connect_natives(false);
    struct anysock_port_facts facts;
    assert_int_equal(0, anysock_port_describe(n.listener, &facts));
    assert_true(facts.bound && facts.listening && !facts.connected);
    assert_int_equal(0, anysock_port_describe(n.client, &facts));
    assert_true(facts.bound && !facts.listening && facts.connected);
    assert_true(facts.nonblocking <= 0);
    close_natives(&n);
}

static void describe_refuses_what_is_no_socket(void **state) {
    (void)state;
    struct anysock_port_facts facts;
    anysock_native native = not_a_socket();
    assert_int_equal(-1, anysock_port_describe(native, &facts));
    assert_int_equal(ANYSOCK_EBADF, mapped(OP_ADOPT));
    close_not_a_socket(native);
}

static void close_preserves_the_error(void **state) {
    (void)state;
    anysock_native native = open_native(ANYSOCK_STREAM, false);
    anysock_port_set_native_error(7);
    anysock_port_reset_on_close(native);
    assert_int_equal(7, anysock_port_native_error());
    anysock_port_close(native);
    assert_int_equal(7, anysock_port_native_error());
    anysock_port_close(native); /* not open: a failure, but preserved too */
    assert_int_equal(7, anysock_port_native_error());
}

static void closed_handle_is_ebadf_for_every_call(void **state) {
    (void)state;
    struct anysock_addr addr;
    anysock_native child, native = open_native(ANYSOCK_STREAM, true);
    anysock_port_close(native);
    assert_anysock(ANYSOCK_OK, anysock_addr_loopback(ANYSOCK_INET, 9, &addr));
    assert_int_equal(-1, anysock_port_bind(native, &addr));
    assert_int_equal(ANYSOCK_EBADF, mapped(OP_BIND));
    assert_int_equal(-1, anysock_port_listen(native, 1));
    assert_int_equal(ANYSOCK_EBADF, mapped(OP_LISTEN));
    assert_int_equal(-1, anysock_port_listen(native, 1000));
    assert_int_equal(ANYSOCK_EBADF, mapped(OP_LISTEN));
    assert_int_equal(-1, anysock_port_accept(native, true, &child, &addr));
    assert_int_equal(ANYSOCK_EBADF, mapped(OP_ACCEPT));
    assert_int_equal(-1, anysock_port_connect(native, &addr));
    assert_int_equal(ANYSOCK_EBADF, mapped(OP_CONNECT));
    assert_int_equal(-1, anysock_port_take_error(native));
    assert_int_equal(ANYSOCK_EBADF, mapped(OP_CONNECT));
    assert_int_equal(-1, anysock_port_shutdown_send(native));
    assert_int_equal(ANYSOCK_EBADF, mapped(OP_SHUTDOWN));
    assert_int_equal(-1, anysock_port_local_addr(native, &addr));
    assert_int_equal(ANYSOCK_EBADF, mapped(OP_NAME));
    assert_int_equal(-1, anysock_port_peer_addr(native, &addr));
    assert_int_equal(ANYSOCK_EBADF, mapped(OP_NAME));
    assert_int_equal(-1, anysock_port_set_blocking(native, false));
    assert_int_equal(ANYSOCK_EBADF, mapped(OP_MODE));
    assert_int_equal(-1, anysock_port_send(native, "x", 1, 0));
    assert_int_equal(ANYSOCK_EBADF, mapped(OP_SEND));
    assert_int_equal(-1, anysock_port_recv(native, buffer, 1, 0));
    assert_int_equal(ANYSOCK_EBADF, mapped(OP_RECV));
    assert_int_equal(-1, anysock_port_bind_intent(native, ANYSOCK_BIND_SERVER, true, true));
    assert_int_equal(ANYSOCK_EBADF, mapped(OP_BIND));
    assert_int_equal(-1, anysock_port_bind_intent(native, ANYSOCK_BIND_SHARED, false, true));
    assert_int_equal(ANYSOCK_EBADF, mapped(OP_BIND));
}

static void poll_reports_a_closed_handle(void **state) {
    (void)state;
    anysock_native native = open_native(ANYSOCK_STREAM, true);
    anysock_port_close(native);
    struct anysock_port_item item = {native, ANYSOCK_READABLE, 0};
    assert_int_equal(1, anysock_port_poll(&item, 1, 0));
    assert_int_equal(ANYSOCK_INVALID, item.events & ANYSOCK_INVALID);
}

static void accepted_handle_is_detached(void **state) {
    (void)state;
    for (int mode = 0; mode < 2; mode++) {
        struct anysock_addr addr, peer;
        anysock_native child, client = open_native(ANYSOCK_STREAM, false);
        anysock_native listener = listen_native(mode == 0, &addr);
        assert_int_equal(0, anysock_port_connect(client, &addr));
        assert_true(is_readable(listener, PATIENCE_MS));
        assert_int_equal(0, anysock_port_accept(listener, mode != 0, &child, &peer));
        assert_int_equal(mode != 0, kernel_is_nonblocking(child));
        assert_false(is_inheritable(child));
        assert_int_equal(0, anysock_port_local_addr(client, &addr));
        assert_true(anysock_addr_equal(&addr, &peer));
        anysock_port_close(child);
        anysock_port_close(client);
        anysock_port_close(listener);
    }
}

static void accept_without_connection_would_block(void **state) {
    (void)state;
    struct anysock_addr addr;
    anysock_native child, listener = listen_native(true, &addr);
    assert_int_equal(-1, anysock_port_accept(listener, false, &child, NULL));
    assert_int_equal(ANYSOCK_EAGAIN, mapped(OP_ACCEPT));
    anysock_port_close(listener);
}

static void connect_starts(void **state) {
    (void)state;
    struct anysock_addr addr;
    anysock_native listener = listen_native(false, &addr);
    anysock_native client = open_native(ANYSOCK_STREAM, true);
    int result = anysock_port_connect(client, &addr);
    if (result != 0)
        assert_int_equal(ANYSOCK_EINPROGRESS, mapped(OP_CONNECT));
    struct anysock_port_item item = {client, PORT_CONNECTING, 0};
    assert_int_equal(1, anysock_port_poll(&item, 1, PATIENCE_MS));
    assert_int_equal(ANYSOCK_WRITABLE, item.events & (ANYSOCK_WRITABLE | ANYSOCK_ERROR));
    assert_int_equal(0, anysock_port_take_error(client));
    assert_int_equal(0, anysock_port_native_error());
    anysock_port_close(client);
    anysock_port_close(listener);
}

static void refused_connect_is_an_error_event_and_a_pending_error(void **state) {
    (void)state;
    struct anysock holder;
    struct anysock_addr addr;
    make_refusing(&holder, &addr);
    anysock_native client = open_native(ANYSOCK_STREAM, true);
    assert_int_equal(-1, anysock_port_connect(client, &addr));
    struct anysock_port_item item = {client, PORT_CONNECTING, 0};
    assert_int_equal(1, anysock_port_poll(&item, 1, PATIENCE_MS));
    assert_int_equal(ANYSOCK_ERROR, item.events & ANYSOCK_ERROR);
    assert_int_equal(0, anysock_port_take_error(client));
    assert_int_equal(ANYSOCK_ECONNREFUSED, mapped(OP_CONNECT));
    anysock_port_close(client);
    assert_anysock(ANYSOCK_OK, anysock_close(&holder));
}

static void mode_can_be_set_both_ways(void **state) {
    (void)state;
    struct natives n = connect_natives(false);
    assert_false(kernel_is_nonblocking(n.server));
    assert_int_equal(0, anysock_port_set_blocking(n.server, false));
    assert_true(kernel_is_nonblocking(n.server));
    assert_int_equal(0, anysock_port_set_blocking(n.server, false));
    assert_int_equal(0, anysock_port_set_blocking(n.server, true));
    assert_false(kernel_is_nonblocking(n.server));
    close_natives(&n);
}

/* Winsock refuses; others have no reason to. */
static void blocking_under_a_selection_is_busy_or_done(void **state) {
    (void)state;
    struct natives n = connect_natives(true);
    foreign_select(n.server);
    int result = anysock_port_set_blocking(n.server, true);
    assert_int_equal(is_windows() ? -1 : 0, result);
    if (result != 0)
        assert_int_equal(ANYSOCK_EBUSY, mapped(OP_MODE));
    foreign_unselect(n.server);
    assert_int_equal(0, anysock_port_set_blocking(n.server, true));
    close_natives(&n);
}

static void try_calls_try_once(void **state) {
    (void)state;
    struct natives n = connect_natives(true);
    assert_int_equal(-1, anysock_port_recv(n.server, buffer, sizeof buffer, 0));
    assert_int_equal(ANYSOCK_EAGAIN, mapped(OP_RECV));
    assert_int_equal(5, anysock_port_send(n.client, "hello", 5, 0));
    assert_true(is_readable(n.server, PATIENCE_MS));
    assert_int_equal(5, anysock_port_recv(n.server, buffer, sizeof buffer, ANYSOCK_PEEK));
    assert_int_equal(5, anysock_port_recv(n.server, buffer, sizeof buffer, 0));
    assert_int_equal(-1, anysock_port_recv(n.server, buffer, sizeof buffer, 0));
    close_natives(&n);
}

static void no_wait_flag_works_where_it_exists(void **state) {
    (void)state;
    struct natives n = connect_natives(false);
    if (anysock_port_traits.has_no_wait_flag) {
        assert_int_equal(-1, anysock_port_recv(n.server, buffer, 1, ANYSOCK_NO_WAIT));
        assert_int_equal(ANYSOCK_EAGAIN, mapped(OP_RECV));
        assert_false(kernel_is_nonblocking(n.server));
    }
    close_natives(&n);
}

static void end_of_stream_is_zero_and_readable(void **state) {
    (void)state;
    struct natives n = connect_natives(false);
    assert_int_equal(0, anysock_port_shutdown_send(n.client));
    assert_true(is_readable(n.server, PATIENCE_MS));
    assert_int_equal(0, anysock_port_recv(n.server, buffer, 1, 0));
    assert_true(is_readable(n.server, 0));
    close_natives(&n);
}

static void send_after_shutdown_is_epipe(void **state) {
    (void)state;
    struct natives n = connect_natives(false);
    assert_int_equal(0, anysock_port_shutdown_send(n.client));
    assert_int_equal(-1, anysock_port_send(n.client, "x", 1, 0));
    assert_int_equal(ANYSOCK_EPIPE, mapped(OP_SEND));
    close_natives(&n);
}

static void reset_on_close_resets(void **state) {
    (void)state;
    struct natives n = connect_natives(false);
    anysock_port_reset_on_close(n.client);
    anysock_port_close(n.client);
    struct anysock_port_item item = {n.server, ANYSOCK_READABLE, 0};
    assert_int_equal(1, anysock_port_poll(&item, 1, PATIENCE_MS));
    const unsigned broken = ANYSOCK_ERROR | ANYSOCK_HANG_UP;
    assert_int_equal(broken, item.events & broken);
    anysock_port_close(n.server);
    anysock_port_close(n.listener);
}

/* Where the system knows it, one of the two questions tells. */
static void former_peer_is_the_peer_or_none(void **state) {
    (void)state;
    struct anysock_addr before, peer;
    struct natives n = connect_natives(false);
    assert_int_equal(0, anysock_port_peer_addr(n.client, &before));
    anysock_port_reset_on_close(n.server);
    anysock_port_close(n.server);
    assert_true(is_readable(n.client, PATIENCE_MS));
    bool known = anysock_port_peer_addr(n.client, &peer) == 0;
    anysock_port_set_native_error(7);
    if (anysock_port_former_peer_addr(n.client, ANYSOCK_INET, &peer) == 0)
        known = true;
    assert_int_equal(7, anysock_port_native_error());
    if (known)
        assert_true(anysock_addr_equal(&before, &peer));
    assert_true(known || !former_peers_are_known() ||
                former_peer_may_be_forgotten(ANYSOCK_ENOTCONN));

    anysock_native fresh = open_native(ANYSOCK_STREAM, false);
    anysock_port_set_native_error(7);
    assert_int_equal(-1, anysock_port_former_peer_addr(fresh, ANYSOCK_INET, &peer));
    assert_int_equal(-1, anysock_port_former_peer_addr(n.listener, ANYSOCK_INET, &peer));
    anysock_port_close(fresh);
    assert_int_equal(-1, anysock_port_former_peer_addr(fresh, ANYSOCK_INET, &peer));
    assert_int_equal(7, anysock_port_native_error());
    anysock_port_close(n.client);
    anysock_port_close(n.listener);
}

static void poll_without_items_sleeps(void **state) {
    (void)state;
    uint64_t before = anysock_port_now_ns();
    assert_int_equal(0, anysock_port_poll(NULL, 0, 20));
    assert_true(anysock_port_now_ns() > before);
    assert_int_equal(0, anysock_port_poll(NULL, 0, 0));
}

static void poll_many_takes_more_than_poll(void **state) {
    (void)state;
    static struct anysock_port_item items[ANYSOCK_POLL_MAX + 1];
    struct natives n = connect_natives(false);
    for (size_t i = 0; i < COUNT_OF(items); i++)
        items[i] = (struct anysock_port_item){n.client, ANYSOCK_WRITABLE, 0};
    assert_int_equal(COUNT_OF(items), anysock_port_poll_many(items, COUNT_OF(items), PATIENCE_MS));
    assert_int_equal(ANYSOCK_WRITABLE, items[ANYSOCK_POLL_MAX].events);
    close_natives(&n);
}

static void clock_never_goes_back(void **state) {
    (void)state;
    uint64_t before = anysock_port_now_ns();
    for (int i = 0; i < 10000; i++) {
        uint64_t now = anysock_port_now_ns();
        assert_true(now >= before);
        before = now;
    }
}

/* What a look does to an event of a socket that has a condition, or none. */
static unsigned look_at(struct anysock_port_event *event, anysock_native native, unsigned wanted) {
    unsigned once;
    struct anysock_port_item item = {native, wanted, 0};
    assert_int_equal(0, anysock_port_event_take(event, native, &once));
    assert_true(anysock_port_poll(&item, 1, 0) >= 0);
    if ((item.events & wanted) != 0)
        assert_int_equal(0, anysock_port_event_signal(event, false));
    return item.events & wanted;
}

static void event_is_signalled_while_there_is_a_condition(void **state) {
    (void)state;
    struct natives n = connect_natives(true);
    struct anysock_port_event event = {.own = 0};
    assert_int_equal(0, anysock_port_event_create(&event));
    assert_int_equal(0, anysock_port_event_wait(&event, 0));
    assert_int_equal(0, anysock_port_event_bind(&event, n.server, ANYSOCK_READABLE));
    assert_int_equal(0, anysock_port_event_wait(&event, 0));
    assert_int_equal(1, anysock_port_send(n.client, "x", 1, 0));
    assert_int_equal(1, anysock_port_event_wait(&event, PATIENCE_MS));
    assert_int_equal(ANYSOCK_READABLE, look_at(&event, n.server, ANYSOCK_READABLE));
    assert_int_equal(1, anysock_port_event_wait(&event, 0));
    assert_int_equal(0, anysock_port_event_unbind(&event, n.server));
    assert_int_equal(0, anysock_port_event_wait(&event, 0));
    anysock_port_event_destroy(&event);
    close_natives(&n);
}

static void unsaid_signal_lasts_until_it_is_taken_back(void **state) {
    (void)state;
    struct natives n = connect_natives(true);
    struct anysock_port_event event = {.own = 0};
    unsigned once;
    assert_int_equal(0, anysock_port_event_create(&event));
    assert_int_equal(0, anysock_port_event_bind(&event, n.server, ANYSOCK_READABLE));
    for (int round = 0; round < 2; round++) {
        for (int again = 0; again < 2; again++) /* two threads may find it at once */
            assert_int_equal(0, anysock_port_event_signal(&event, true));
        for (int look = 0; look < 2; look++)
            assert_int_equal(1, anysock_port_event_wait(&event, 0));
        assert_int_equal(0, anysock_port_event_take(&event, n.server, &once));
        assert_int_equal(0, anysock_port_event_wait(&event, 0));
    }
    assert_int_equal(0, anysock_port_event_signal(&event, true));
    assert_int_equal(0, anysock_port_event_unbind(&event, n.server));
    assert_int_equal(0, anysock_port_event_wait(&event, 0));
    anysock_port_event_destroy(&event);
    close_natives(&n);
}

/* Systems that tell levels have nothing that they tell once. */
static void end_of_stream_is_told_once_or_as_a_level(void **state) {
    (void)state;
    struct natives n = connect_natives(true);
    struct anysock_port_event event = {.own = 0};
    unsigned once;
    assert_int_equal(0, anysock_port_event_create(&event));
    assert_int_equal(0, anysock_port_event_bind(&event, n.server, ANYSOCK_READABLE));
    assert_int_equal(0, anysock_port_shutdown_send(n.client));
    assert_int_equal(1, anysock_port_event_wait(&event, PATIENCE_MS));
    assert_int_equal(0, anysock_port_event_take(&event, n.server, &once));
    assert_int_equal(is_windows() ? ANYSOCK_READABLE : 0, once);
    assert_int_equal(is_windows() ? 0 : 1, anysock_port_event_wait(&event, 0));
    assert_int_equal(0, anysock_port_event_take(&event, n.server, &once));
    assert_int_equal(0, once);
    assert_int_equal(0, anysock_port_event_unbind(&event, n.server));
    anysock_port_event_destroy(&event);
    close_natives(&n);
}

static void event_is_not_bound_over_a_foreign_selection(void **state) {
    (void)state;
    struct natives n = connect_natives(true);
    struct anysock_port_event event = {.own = 0};
    assert_int_equal(0, anysock_port_event_create(&event));
    foreign_select(n.server);
    if (is_windows()) {
        assert_int_equal(-1, anysock_port_event_bind(&event, n.server, ANYSOCK_READABLE));
        assert_int_equal(ANYSOCK_EBUSY, mapped(OP_MODE));
        assert_int_equal(-1, anysock_port_set_blocking(n.server, true)); /* it is still there */
    }
    foreign_unselect(n.server);
    assert_int_equal(0, anysock_port_set_blocking(n.server, false));
    assert_int_equal(0, anysock_port_event_bind(&event, n.server, ANYSOCK_READABLE));
    assert_true(kernel_is_nonblocking(n.server));
    assert_int_equal(0, anysock_port_event_unbind(&event, n.server));
    anysock_port_event_destroy(&event);
    close_natives(&n);
}

static void renewed_event_is_signalled_again(void **state) {
    (void)state;
    struct natives n = connect_natives(true);
    struct anysock_port_event event = {.own = 0};
    assert_int_equal(0, anysock_port_event_create(&event));
    assert_int_equal(0, anysock_port_event_bind(&event, n.server, ANYSOCK_READABLE));
    foreign_select(n.server);
    foreign_unselect(n.server);
    assert_int_equal(0, anysock_port_event_renew(&event, n.server, ANYSOCK_READABLE));
    assert_int_equal(0, look_at(&event, n.server, ANYSOCK_READABLE));
    assert_int_equal(1, anysock_port_send(n.client, "x", 1, 0));
    assert_int_equal(1, anysock_port_event_wait(&event, PATIENCE_MS));
    assert_int_equal(0, anysock_port_event_unbind(&event, n.server));
    anysock_port_event_destroy(&event);
    close_natives(&n);
}

static void event_calls_on_a_closed_handle_fail(void **state) {
    (void)state;
    anysock_native native = open_native(ANYSOCK_STREAM, true);
    struct anysock_port_event event = {.own = 0};
    assert_int_equal(0, anysock_port_event_create(&event));
    anysock_port_close(native); /* after it, so that the event does not get its number */
    assert_int_equal(-1, anysock_port_event_bind(&event, native, ANYSOCK_READABLE));
    assert_int_equal(ANYSOCK_EBADF, mapped(OP_EVENT));
    assert_int_equal(-1, anysock_port_event_unbind(&event, native));
    assert_int_equal(ANYSOCK_EBADF, mapped(OP_EVENT));
    anysock_port_event_destroy(&event);
}

static void native_addresses_are_the_systems_own(void **state) {
    (void)state;
    struct anysock_addr addr, copy;
    unsigned char bytes[128];
    size_t length;
    anysock_native listener = listen_native(false, &addr);
    assert_int_equal(ANYSOCK_INET, anysock_addr_family(&addr));
    assert_true(anysock_addr_is_loopback(&addr));
    assert_int_not_equal(0, anysock_addr_port(&addr));
    assert_anysock(ANYSOCK_OK, anysock_addr_to_native(&addr, bytes, sizeof bytes, &length));
    assert_anysock(ANYSOCK_OK, anysock_addr_from_native(bytes, length, &copy));
    assert_true(anysock_addr_equal(&addr, &copy));
    anysock_port_close(listener);
}

static void interface_names_are_looked_up(void **state) {
    (void)state;
    assert_int_equal(0, anysock_port_interface_index("no such interface"));
    if (!is_windows())
        assert_int_not_equal(0, anysock_port_interface_index("lo"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(startup_is_idempotent),
        TEST(open_gives_what_was_asked_for),
        TEST(describe_sees_the_role),
        TEST(describe_refuses_what_is_no_socket),
        TEST(close_preserves_the_error),
        TEST(closed_handle_is_ebadf_for_every_call),
        TEST(poll_reports_a_closed_handle),
        TEST(accepted_handle_is_detached),
        TEST(accept_without_connection_would_block),
        TEST(connect_starts),
        TEST(refused_connect_is_an_error_event_and_a_pending_error),
        TEST(mode_can_be_set_both_ways),
        TEST(blocking_under_a_selection_is_busy_or_done),
        TEST(try_calls_try_once),
        TEST(no_wait_flag_works_where_it_exists),
        TEST(end_of_stream_is_zero_and_readable),
        TEST(send_after_shutdown_is_epipe),
        TEST(reset_on_close_resets),
        TEST(former_peer_is_the_peer_or_none),
        TEST(poll_without_items_sleeps),
        TEST(poll_many_takes_more_than_poll),
        TEST(clock_never_goes_back),
        TEST(event_is_signalled_while_there_is_a_condition),
        TEST(unsaid_signal_lasts_until_it_is_taken_back),
        TEST(end_of_stream_is_told_once_or_as_a_level),
        TEST(event_is_not_bound_over_a_foreign_selection),
        TEST(renewed_event_is_signalled_again),
        TEST(event_calls_on_a_closed_handle_fail),
        TEST(native_addresses_are_the_systems_own),
        TEST(interface_names_are_looked_up),
    };
    return cmocka_run_group_tests_name("port", tests, NULL, NULL);
}
