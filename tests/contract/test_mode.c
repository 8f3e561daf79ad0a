/*
 * The mode machine on the real ports: what a blocking socket does, and in which mode its
 * descriptor is, whatever the library and foreign hands do to it. Named after the rows of
 * src/mode.c, like the unit tests.
 */
#include "internal.h"
#include "net.h"
#include "platform.h"

static char buffer[64];
static size_t count;

struct sender {
    struct thread thread;
    struct anysock *to, *after;
};

/* Sends when the other side is surely waiting, as far as that can be seen from outside: when it
 * has taken a first byte off. */
static int send_when_asked(void *argument) {
    struct sender *sender = argument;
    unsigned events;
    size_t sent;
    char byte;
    int code = anysock_wait(sender->after, ANYSOCK_READABLE, PATIENCE_MS, &events);
    if (code == ANYSOCK_OK)
        code = anysock_recv(sender->after, &byte, 1, 0, &sent);
    if (code == ANYSOCK_OK)
        code = anysock_send(sender->to, "later", 5, 0, &sent);
    return code;
}

/* A blocking receive on s that has to wait: the peer sends only after it was asked to. */
static void blocking_recv_works(struct anysock *s, struct anysock *peer) {
    struct sender sender = {.to = peer, .after = peer};
    assert_true(anysock_is_blocking(s));
    thread_start(&sender.thread, send_when_asked, &sender);
    say(s, "?");
    assert_anysock(ANYSOCK_OK, anysock_recv(s, buffer, sizeof buffer, 0, &count));
    assert_int_equal(5, count);
    assert_memory_equal("later", buffer, 5);
    assert_int_equal(ANYSOCK_OK, thread_join(&sender.thread));
}

static void assert_kernel(bool nonblocking, struct anysock *s) {
    assert_int_equal(nonblocking, kernel_is_nonblocking(anysock_native_handle(s)));
}

/* --- initial modes --- */

static void open_is_blocking_in_the_kernel_too(void **state) {
    (void)state;
    struct anysock client, server;
    make_pair(0, 0, &client, &server);
    assert_true(anysock_is_blocking(&client));
    assert_kernel(false, &client);
    blocking_recv_works(&client, &server);
    close_pair(&client, &server);
}

static void open_nonblocking_needs_no_further_call(void **state) {
    (void)state;
    struct anysock listener, s;
    struct anysock_addr addr;
    make_listener(ANYSOCK_INET, 0, &listener, &addr);
    assert_anysock(ANYSOCK_OK, anysock_open(ANYSOCK_INET, ANYSOCK_STREAM, ANYSOCK_NONBLOCK, &s));
    assert_false(anysock_is_blocking(&s));
    int code = anysock_connect(&s, &addr);
    assert_true(code == ANYSOCK_EINPROGRESS || code == ANYSOCK_OK);
    (void)await(&s, ANYSOCK_WRITABLE);
    assert_anysock(ANYSOCK_OK, anysock_connect_result(&s));
    assert_kernel(true, &s);
    assert_anysock(ANYSOCK_EAGAIN, anysock_recv(&s, buffer, 1, 0, &count));
    close_pair(&s, &listener);
}

static void accepted_socket_has_the_mode_asked_for(void **state) {
    (void)state;
    for (unsigned listener_flag = 0; listener_flag < 2; listener_flag++) {
        for (unsigned flag = 0; flag < 2; flag++) {
            struct anysock listener, client, child;
            struct anysock_addr addr;
            make_listener(ANYSOCK_INET, listener_flag, &listener, &addr);
            assert_anysock(ANYSOCK_OK, anysock_open(ANYSOCK_INET, ANYSOCK_STREAM, 0, &client));
            assert_anysock(ANYSOCK_OK, anysock_connect(&client, &addr));
            (void)await(&listener, ANYSOCK_READABLE);
            assert_anysock(ANYSOCK_OK, anysock_accept(&listener, flag, &child, NULL));
            assert_int_equal(flag == 0, anysock_is_blocking(&child));
            assert_kernel(flag != 0, &child);
            close_pair(&client, &child);
            assert_anysock(ANYSOCK_OK, anysock_close(&listener));
        }
    }
}

/* Also if the listener's event or selection would be inherited. */
static void accepted_socket_has_no_association(void **state) {
    (void)state;
    for (int foreign = 0; foreign < 2; foreign++) {
        struct anysock listener, client, child;
        struct anysock_addr addr;
        struct anysock_event *event = NULL;
        make_listener(ANYSOCK_INET, 0, &listener, &addr);
        if (foreign) {
            foreign_select(anysock_native_handle(&listener));
        } else {
            assert_anysock(ANYSOCK_OK, anysock_event_create(&event));
            assert_anysock(ANYSOCK_OK, anysock_event_bind(event, &listener, ANYSOCK_READABLE));
        }
        assert_anysock(ANYSOCK_OK, anysock_open(ANYSOCK_INET, ANYSOCK_STREAM, 0, &client));
        assert_anysock(ANYSOCK_OK, anysock_connect(&client, &addr));
        assert_anysock(ANYSOCK_OK, anysock_accept(&listener, 0, &child, NULL));
        assert_kernel(false, &child);
        blocking_recv_works(&child, &client);
        if (foreign)
            foreign_unselect(anysock_native_handle(&listener));
        assert_anysock(ANYSOCK_OK, anysock_close(&listener));
        assert_anysock(ANYSOCK_OK, anysock_event_destroy(event));
        close_pair(&client, &child);
    }
}

static void accepted_socket_is_not_inheritable(void **state) {
    (void)state;
    struct anysock client, server, listener;
    struct anysock_addr addr;
    make_pair(0, 0, &client, &server);
    make_listener(ANYSOCK_INET6, 0, &listener, &addr);
    assert_false(is_inheritable(anysock_native_handle(&client)));
    assert_false(is_inheritable(anysock_native_handle(&server)));
    assert_false(is_inheritable(anysock_native_handle(&listener)));
    close_pair(&client, &server);
    assert_anysock(ANYSOCK_OK, anysock_close(&listener));
}

/* --- the caller sets the mode --- */

static void set_nonblocking_is_immediate(void **state) {
    (void)state;
    struct anysock client, server;
    make_pair(0, 0, &client, &server);
    assert_anysock(ANYSOCK_OK, anysock_set_blocking(&client, false));
    assert_false(anysock_is_blocking(&client));
    assert_kernel(true, &client);
    assert_anysock(ANYSOCK_EAGAIN, anysock_recv(&client, buffer, 1, 0, &count));
    close_pair(&client, &server);
}

static void set_blocking_restores_the_kernel(void **state) {
    (void)state;
    struct anysock client, server;
    make_pair(ANYSOCK_NONBLOCK, 0, &client, &server);
    assert_kernel(true, &client);
    assert_anysock(ANYSOCK_OK, anysock_set_blocking(&client, true));
    assert_kernel(false, &client);
    blocking_recv_works(&client, &server);
    close_pair(&client, &server);
}

static void set_blocking_while_timed(void **state) {
    (void)state;
    struct anysock client, server;
    make_pair(ANYSOCK_NONBLOCK, 0, &client, &server);
    assert_anysock(ANYSOCK_OK, anysock_set_timeout(&client, ANYSOCK_TIMEOUT_RECV, PATIENCE_MS));
    assert_anysock(ANYSOCK_OK, anysock_set_blocking(&client, true));
    blocking_recv_works(&client, &server);
    close_pair(&client, &server);
}

/* What Winsock answers to FIONBIO 0 under a selection never reaches the caller. */
static void set_blocking_while_bound(void **state) {
    (void)state;
    struct anysock client, server;
    struct anysock_event *event;
    make_pair(ANYSOCK_NONBLOCK, 0, &client, &server);
    assert_anysock(ANYSOCK_OK, anysock_event_create(&event));
    assert_anysock(ANYSOCK_OK, anysock_event_bind(event, &client, ANYSOCK_READABLE));
    assert_anysock(ANYSOCK_OK, anysock_set_blocking(&client, true));
    blocking_recv_works(&client, &server);
    assert_anysock(ANYSOCK_OK, anysock_set_blocking(&client, false));
    assert_anysock(ANYSOCK_EAGAIN, anysock_recv(&client, buffer, 1, 0, &count));
    close_pair(&client, &server);
    assert_anysock(ANYSOCK_OK, anysock_event_destroy(event));
}

/* --- deadlines --- */

static void control_is_taken_by_the_first_timed_call(void **state) {
    (void)state;
    struct anysock client, server;
    make_pair(0, 0, &client, &server);
    assert_anysock(ANYSOCK_OK, anysock_set_timeout(&client, ANYSOCK_TIMEOUT_RECV, 1));
    assert_kernel(false, &client);
    assert_anysock(ANYSOCK_ETIMEDOUT, anysock_recv(&client, buffer, 1, 0, &count));
    assert_int_equal(0, anysock_native_error());
    assert_kernel(true, &client);
    assert_true(anysock_is_blocking(&client));
    close_pair(&client, &server);
}

static void the_last_timeout_restores_blocking(void **state) {
    (void)state;
    struct anysock client, server;
    make_pair(0, 0, &client, &server);
    assert_anysock(ANYSOCK_OK, anysock_set_timeout(&client, ANYSOCK_TIMEOUT_RECV, 1));
    assert_anysock(ANYSOCK_ETIMEDOUT, anysock_recv(&client, buffer, 1, 0, &count));
    assert_kernel(true, &client);
    assert_anysock(ANYSOCK_OK, anysock_set_timeout(&client, ANYSOCK_TIMEOUT_RECV, ANYSOCK_FOREVER));
    assert_kernel(false, &client);
    blocking_recv_works(&client, &server);
    close_pair(&client, &server);
}

/* What a receive does that meets "would block", while another thread relies on control; whether it
 * meets it is the peer's doing. */
static void would_block_under_control_waits(void **state) {
    (void)state;
    struct anysock client, server;
    make_pair(0, 0, &client, &server);
    assert_anysock(ANYSOCK_EAGAIN, anysock_recv(&client, buffer, 1, ANYSOCK_NO_WAIT, &count));
    assert_kernel(is_windows(), &client); /* elsewhere the one call is told */
    assert_anysock(ANYSOCK_OK, anysock_mode(&client, MODE_WOULD_BLOCK));
    assert_kernel(is_windows(), &client);
    blocking_recv_works(&client, &server);
    close_pair(&client, &server);
}

static void would_block_while_timed_waits(void **state) {
    (void)state;
    struct anysock client, server;
    make_pair(0, 0, &client, &server);
    assert_anysock(ANYSOCK_OK, anysock_set_timeout(&client, ANYSOCK_TIMEOUT_SEND, PATIENCE_MS));
    say(&client, "take control");
    assert_kernel(true, &client);
    assert_int_equal(12, drain(&server));
    blocking_recv_works(&client, &server);
    assert_kernel(true, &client);
    close_pair(&client, &server);
}

static void no_wait_leaves_a_blocking_socket_blocking(void **state) {
    (void)state;
    struct anysock client, server;
    make_pair(0, 0, &client, &server);
    assert_anysock(ANYSOCK_EAGAIN, anysock_recv(&client, buffer, 1, ANYSOCK_NO_WAIT, &count));
    blocking_recv_works(&client, &server);
    close_pair(&client, &server);
}

/* --- foreign hands --- */

static void would_block_by_a_foreign_hand_waits(void **state) {
    (void)state;
    struct anysock client, server;
    make_pair(0, 0, &client, &server);
    foreign_set_nonblocking(anysock_native_handle(&client), true);
    blocking_recv_works(&client, &server);
    assert_kernel(true, &client); /* theirs */
    blocking_recv_works(&client, &server);
    close_pair(&client, &server);
}

static void foreign_selection_does_not_break_a_blocking_call(void **state) {
    (void)state;
    struct anysock client, server;
    make_pair(0, 0, &client, &server);
    foreign_select(anysock_native_handle(&client));
    blocking_recv_works(&client, &server);
    foreign_unselect(anysock_native_handle(&client));
    blocking_recv_works(&client, &server);
    close_pair(&client, &server);
}

static void foreign_async_selection_does_not_break_a_blocking_call(void **state) {
    (void)state;
    struct anysock client, server;
    make_pair(0, 0, &client, &server);
    foreign_async_select(anysock_native_handle(&client));
    assert_anysock(ANYSOCK_OK, anysock_set_blocking(&client, true));
    blocking_recv_works(&client, &server);
    close_pair(&client, &server);
}

static void refused_by_a_foreign_selection(void **state) {
    (void)state;
    struct anysock client, server;
    make_pair(ANYSOCK_NONBLOCK, 0, &client, &server);
    foreign_select(anysock_native_handle(&client));
    assert_anysock(ANYSOCK_OK, anysock_set_blocking(&client, true));
    blocking_recv_works(&client, &server);
    foreign_unselect(anysock_native_handle(&client));
    assert_anysock(ANYSOCK_OK, anysock_set_blocking(&client, true));
    assert_kernel(false, &client);
    blocking_recv_works(&client, &server);
    close_pair(&client, &server);
}

static void foreign_mode_on_a_listener_does_not_break_accept(void **state) {
    (void)state;
    struct anysock listener, client, child;
    struct anysock_addr addr;
    unsigned events;
    make_listener(ANYSOCK_INET, 0, &listener, &addr);
    foreign_set_nonblocking(anysock_native_handle(&listener), true);
    assert_anysock(ANYSOCK_OK,
                   anysock_open(ANYSOCK_INET, ANYSOCK_STREAM, ANYSOCK_NONBLOCK, &client));
    (void)anysock_connect(&client, &addr);
    assert_anysock(ANYSOCK_OK, anysock_accept(&listener, 0, &child, NULL));
    assert_kernel(false, &child);
    assert_anysock(ANYSOCK_OK, anysock_wait(&client, ANYSOCK_WRITABLE, PATIENCE_MS, &events));
    close_pair(&client, &child);
    assert_anysock(ANYSOCK_OK, anysock_close(&listener));
}

static void foreign_mode_does_not_break_connect(void **state) {
    (void)state;
    struct anysock listener, client;
    struct anysock_addr addr;
    make_listener(ANYSOCK_INET, 0, &listener, &addr);
    assert_anysock(ANYSOCK_OK, anysock_open(ANYSOCK_INET, ANYSOCK_STREAM, 0, &client));
    foreign_set_nonblocking(anysock_native_handle(&client), true);
    assert_anysock(ANYSOCK_OK, anysock_connect(&client, &addr));
    close_pair(&client, &listener);
}

/* --- events --- */

static void binding_forces_the_kernel(void **state) {
    (void)state;
    struct anysock client, server;
    struct anysock_event *event;
    make_pair(0, 0, &client, &server);
    assert_anysock(ANYSOCK_OK, anysock_event_create(&event));
    assert_anysock(ANYSOCK_OK, anysock_event_bind(event, &client, ANYSOCK_READABLE));
    assert_kernel(true, &client);
    assert_true(anysock_is_blocking(&client));
    blocking_recv_works(&client, &server);
    close_pair(&client, &server);
    assert_anysock(ANYSOCK_OK, anysock_event_destroy(event));
}

static void unbind_restores_blocking(void **state) {
    (void)state;
    struct anysock client, server;
    struct anysock_event *event;
    make_pair(0, 0, &client, &server);
    assert_anysock(ANYSOCK_OK, anysock_event_create(&event));
    assert_anysock(ANYSOCK_OK, anysock_event_bind(event, &client, ANYSOCK_READABLE));
    assert_anysock(ANYSOCK_OK, anysock_event_unbind(&client));
    assert_kernel(false, &client);
    blocking_recv_works(&client, &server);
    close_pair(&client, &server);
    assert_anysock(ANYSOCK_OK, anysock_event_destroy(event));
}

static void unbind_keeps_a_nonblocking_socket(void **state) {
    (void)state;
    struct anysock client, server;
    struct anysock_event *event;
    make_pair(ANYSOCK_NONBLOCK, 0, &client, &server);
    assert_anysock(ANYSOCK_OK, anysock_event_create(&event));
    assert_anysock(ANYSOCK_OK, anysock_event_bind(event, &client, ANYSOCK_READABLE));
    assert_anysock(ANYSOCK_OK, anysock_event_unbind(&client));
    assert_kernel(true, &client);
    assert_anysock(ANYSOCK_EAGAIN, anysock_recv(&client, buffer, 1, 0, &count));
    close_pair(&client, &server);
    assert_anysock(ANYSOCK_OK, anysock_event_destroy(event));
}

/* The mode set while bound counts after it. */
static void unbind_restores_what_was_set_while_bound(void **state) {
    (void)state;
    struct anysock client, server;
    struct anysock_event *event;
    make_pair(ANYSOCK_NONBLOCK, 0, &client, &server);
    assert_anysock(ANYSOCK_OK, anysock_event_create(&event));
    assert_anysock(ANYSOCK_OK, anysock_event_bind(event, &client, ANYSOCK_READABLE));
    assert_anysock(ANYSOCK_OK, anysock_set_blocking(&client, true));
    assert_anysock(ANYSOCK_OK, anysock_event_unbind(&client));
    assert_kernel(false, &client);
    assert_anysock(ANYSOCK_OK, anysock_event_bind(event, &client, ANYSOCK_READABLE));
    assert_anysock(ANYSOCK_OK, anysock_set_blocking(&client, false));
    assert_anysock(ANYSOCK_OK, anysock_event_unbind(&client));
    assert_kernel(true, &client);
    close_pair(&client, &server);
    assert_anysock(ANYSOCK_OK, anysock_event_destroy(event));
}

/* --- adopt and release --- */

static void release_gives_the_logical_mode(void **state) {
    (void)state;
    for (unsigned flag = 0; flag < 2; flag++) {
        struct anysock client, server, again;
        struct anysock_event *event;
        anysock_native native;
        make_pair(flag, 0, &client, &server);
        /* A time-out and an event have made the kernel non-blocking in between. */
        assert_anysock(ANYSOCK_OK, anysock_event_create(&event));
        assert_anysock(ANYSOCK_OK, anysock_event_bind(event, &client, ANYSOCK_READABLE));
        assert_anysock(ANYSOCK_OK, anysock_set_timeout(&client, ANYSOCK_TIMEOUT_RECV, 1));
        (void)anysock_recv(&client, buffer, 1, 0, &count);
        assert_anysock(ANYSOCK_OK, anysock_release(&client, &native));
        assert_false(anysock_is_open(&client));
        assert_int_equal(flag != 0, kernel_is_nonblocking(native));
        assert_anysock(ANYSOCK_OK, anysock_event_destroy(event));
        assert_anysock(ANYSOCK_OK, anysock_adopt(native, flag, &again));
        assert_int_equal(flag == 0, anysock_is_blocking(&again));
        close_pair(&again, &server);
    }
}

static void adopted_nonblocking_is_made_so(void **state) {
    (void)state;
    struct anysock client, server, again;
    anysock_native native;
    make_pair(0, 0, &client, &server);
    assert_anysock(ANYSOCK_OK, anysock_release(&client, &native));
    assert_anysock(ANYSOCK_OK, anysock_adopt(native, ANYSOCK_NONBLOCK, &again));
    assert_kernel(true, &again);
    close_pair(&again, &server);
}

/* Stated blocking, but it is not: blocking calls block all the same. */
static void adopted_blocking_blocks_whatever_it_is(void **state) {
    (void)state;
    struct anysock client, server, again;
    anysock_native native;
    make_pair(ANYSOCK_NONBLOCK, 0, &client, &server);
    assert_anysock(ANYSOCK_OK, anysock_release(&client, &native));
    assert_true(kernel_is_nonblocking(native));
    assert_anysock(ANYSOCK_OK, anysock_adopt(native, 0, &again));
    assert_kernel(is_windows(), &again); /* which cannot be asked for it */
    blocking_recv_works(&again, &server);
    close_pair(&again, &server);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(open_is_blocking_in_the_kernel_too),
        TEST(open_nonblocking_needs_no_further_call),
        TEST(accepted_socket_has_the_mode_asked_for),
        TEST(accepted_socket_has_no_association),
        TEST(accepted_socket_is_not_inheritable),
        TEST(set_nonblocking_is_immediate),
        TEST(set_blocking_restores_the_kernel),
        TEST(set_blocking_while_timed),
        TEST(set_blocking_while_bound),
        TEST(control_is_taken_by_the_first_timed_call),
        TEST(the_last_timeout_restores_blocking),
        TEST(would_block_under_control_waits),
        TEST(would_block_while_timed_waits),
        TEST(no_wait_leaves_a_blocking_socket_blocking),
        TEST(would_block_by_a_foreign_hand_waits),
        TEST(foreign_selection_does_not_break_a_blocking_call),
        cmocka_unit_test(foreign_async_selection_does_not_break_a_blocking_call),
        TEST(refused_by_a_foreign_selection),
        TEST(foreign_mode_on_a_listener_does_not_break_accept),
        TEST(foreign_mode_does_not_break_connect),
        TEST(binding_forces_the_kernel),
        TEST(unbind_restores_blocking),
        TEST(unbind_keeps_a_nonblocking_socket),
        TEST(unbind_restores_what_was_set_while_bound),
        TEST(release_gives_the_logical_mode),
        TEST(adopted_nonblocking_is_made_so),
        TEST(adopted_blocking_blocks_whatever_it_is),
    };
    return cmocka_run_group_tests_name("mode_contract", tests, NULL, NULL);
}
