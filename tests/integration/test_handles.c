/*
 * What others get of our handles: child processes nothing, and nobody a server's address.
 */
#include <string.h>

#include "net.h"
#include "platform.h"

/* The test program itself, to be run again as a child. */
static const char *program;

static void expect_private(const struct anysock *s) {
    anysock_native native = anysock_native_handle(s);
    assert_false(is_inheritable(native));
    assert_int_equal(0, count_inherited(program, &native, 1));
}

/* --- child processes --- */

/* The counter-proof: the child can run, and can count. */
static void child_inherits_what_others_make(void **state) {
    (void)state;
    struct anysock ours;
    assert_anysock(ANYSOCK_OK, anysock_open(ANYSOCK_INET, ANYSOCK_STREAM, 0, &ours));
    anysock_native foreign[] = {foreign_socket(), anysock_native_handle(&ours), foreign_socket()};
    assert_true(is_inheritable(foreign[0]));
    assert_int_equal(2, count_inherited(program, foreign, COUNT_OF(foreign)));
    assert_anysock(ANYSOCK_OK, anysock_close(&ours));
    foreign_close(foreign[0]);
    foreign_close(foreign[2]);
}

static void child_inherits_no_opened_socket(void **state) {
    (void)state;
    for (int family = ANYSOCK_INET; family <= ANYSOCK_INET6; family++) {
        for (int type = ANYSOCK_STREAM; type <= ANYSOCK_DGRAM; type++) {
            for (unsigned flags = 0; flags <= ANYSOCK_NONBLOCK; flags++) {
                struct anysock s;
                assert_anysock(ANYSOCK_OK, anysock_open((enum anysock_family)family,
                                                        (enum anysock_type)type, flags, &s));
                expect_private(&s);
                assert_anysock(ANYSOCK_OK, anysock_close(&s));
            }
        }
    }
}

static void child_inherits_no_listener_and_no_accepted_socket(void **state) {
    (void)state;
    for (unsigned flags = 0; flags <= ANYSOCK_NONBLOCK; flags++) {
        struct anysock listener, client, server;
        struct anysock_addr addr;
        make_listener(ANYSOCK_INET, flags, &listener, &addr);
        assert_anysock(ANYSOCK_OK, anysock_open(ANYSOCK_INET, ANYSOCK_STREAM, 0, &client));
        assert_anysock(ANYSOCK_OK, anysock_connect(&client, &addr));
        (void)await(&listener, ANYSOCK_READABLE);
        assert_anysock(ANYSOCK_OK, anysock_accept(&listener, flags, &server, NULL));
        expect_private(&listener);
        expect_private(&client);
        expect_private(&server);
        close_pair(&client, &server);
        assert_anysock(ANYSOCK_OK, anysock_close(&listener));
    }
}

static void child_inherits_no_socket_accepted_from_a_foreign_listener(void **state) {
    (void)state;
    struct anysock listener, client, server;
    struct anysock_addr addr;
    assert_anysock(ANYSOCK_OK, anysock_adopt(foreign_socket(), 0, &listener));
    assert_anysock(ANYSOCK_OK, anysock_addr_loopback(ANYSOCK_INET, 0, &addr));
    assert_anysock(ANYSOCK_OK, anysock_bind(&listener, &addr, ANYSOCK_BIND_SERVER));
    assert_anysock(ANYSOCK_OK, anysock_listen(&listener, 1));
    assert_anysock(ANYSOCK_OK, anysock_local_addr(&listener, &addr));
    assert_anysock(ANYSOCK_OK, anysock_open(ANYSOCK_INET, ANYSOCK_STREAM, 0, &client));
    assert_anysock(ANYSOCK_OK, anysock_connect(&client, &addr));
    assert_anysock(ANYSOCK_OK, anysock_accept(&listener, 0, &server, NULL));
    expect_private(&server);
    assert_true(is_inheritable(anysock_native_handle(&listener))); /* the maker's choice */
    close_pair(&client, &server);
    assert_anysock(ANYSOCK_OK, anysock_close(&listener));
}

static void child_inherits_no_socket_after_its_mode_changed(void **state) {
    (void)state;
    struct anysock client, server;
    struct anysock_event *event;
    make_pair(0, 0, &client, &server);
    assert_anysock(ANYSOCK_OK, anysock_event_create(&event));
    assert_anysock(ANYSOCK_OK, anysock_set_blocking(&client, false));
    assert_anysock(ANYSOCK_OK, anysock_event_bind(event, &server, ANYSOCK_READABLE));
    expect_private(&client);
    expect_private(&server);
    assert_anysock(ANYSOCK_OK, anysock_event_unbind(&server));
    expect_private(&server);
    assert_anysock(ANYSOCK_OK, anysock_event_destroy(event));
    close_pair(&client, &server);
}

static void child_inherits_no_event(void **state) {
    (void)state;
    struct anysock_event *event;
    assert_anysock(ANYSOCK_OK, anysock_event_create(&event));
    assert_false(waitable_is_inheritable(anysock_event_native(event)));
    assert_anysock(ANYSOCK_OK, anysock_event_destroy(event));
}

/* The waitable of an event or a queue is one of several: epoll and eventfd beside it, or a pipe, a
 * completion port, a device. The end of a direction that only the library knows needs one more in
 * an event; a one-shot registration and a connected datagram socket do in a queue. */
static void child_inherits_nothing_inside_events_and_queues(void **state) {
    (void)state;
    static const unsigned back_ends[] = {0, ANYSOCK_QUEUE_PORTABLE};
    struct anysock client, server, datagram;
    struct anysock_event *event;
    struct anysock_queue *queues[COUNT_OF(back_ends)];
    struct anysock_queue_event got[4];
    struct anysock_addr addr;
    unsigned events, before = inheritable_handles();
    size_t count;
    make_pair(0, 0, &client, &server);
    assert_anysock(ANYSOCK_OK, anysock_local_addr(&client, &addr));
    assert_anysock(ANYSOCK_OK, anysock_open(ANYSOCK_INET, ANYSOCK_DGRAM, 0, &datagram));
    assert_anysock(ANYSOCK_OK, anysock_connect(&datagram, &addr));
    assert_anysock(ANYSOCK_OK, anysock_event_create(&event));
    assert_anysock(ANYSOCK_OK, anysock_event_bind(event, &server, ANYSOCK_READABLE));
    assert_anysock(ANYSOCK_OK, anysock_shutdown(&server, ANYSOCK_SHUT_RD));
    assert_anysock(ANYSOCK_OK, anysock_event_which(event, &events));
    assert_int_equal(ANYSOCK_READABLE, events);
    for (size_t b = 0; b < COUNT_OF(back_ends); b++) {
        assert_anysock(ANYSOCK_OK, anysock_queue_open(back_ends[b], &queues[b]));
        struct anysock *shot = b == 0 ? &client : &datagram;
        assert_anysock(ANYSOCK_OK, anysock_queue_add(queues[b], shot, ANYSOCK_WRITABLE,
                                                     ANYSOCK_QUEUE_ONE_SHOT, NULL));
        assert_anysock(ANYSOCK_OK,
                       anysock_queue_wait(queues[b], got, COUNT_OF(got), PATIENCE_MS, &count));
        assert_int_equal(1, count);
    }
    assert_int_equal(before, inheritable_handles());
    anysock_native foreign = foreign_socket(); /* the counter-proof */
    assert_int_equal(before + 1, inheritable_handles());
    foreign_close(foreign);
    assert_anysock(ANYSOCK_OK, anysock_close(&datagram));
    close_pair(&client, &server);
    assert_anysock(ANYSOCK_OK, anysock_event_destroy(event));
    for (size_t b = 0; b < COUNT_OF(back_ends); b++)
        assert_anysock(ANYSOCK_OK, anysock_queue_close(queues[b]));
}

/* --- a server's address --- */

static void listening_address_cannot_be_taken_over(void **state) {
    (void)state;
    for (int family = ANYSOCK_INET; family <= ANYSOCK_INET6; family++) {
        struct anysock listener;
        struct anysock_addr addr;
        make_listener((enum anysock_family)family, 0, &listener, &addr);
        assert_false(can_hijack(ANYSOCK_STREAM, &addr));
        assert_anysock(ANYSOCK_OK, anysock_close(&listener));
        assert_anysock(ANYSOCK_OK, anysock_addr_set_port(&addr, 0));
        assert_true(can_hijack(ANYSOCK_STREAM, &addr)); /* the counter-proof: a free one can */
    }
}

/* A more special address than the wildcard would get the clients on Windows. */
static void part_of_a_wildcard_cannot_be_taken_over(void **state) {
    (void)state;
    struct anysock listener;
    struct anysock_addr addr;
    assert_anysock(ANYSOCK_OK, anysock_addr_any(ANYSOCK_INET, 0, &addr));
    assert_anysock(ANYSOCK_OK, anysock_open(ANYSOCK_INET, ANYSOCK_STREAM, 0, &listener));
    assert_anysock(ANYSOCK_OK, anysock_bind(&listener, &addr, ANYSOCK_BIND_SERVER));
    assert_anysock(ANYSOCK_OK, anysock_listen(&listener, 1));
    assert_anysock(ANYSOCK_OK, anysock_local_addr(&listener, &addr));
    assert_false(can_hijack(ANYSOCK_STREAM, &addr));
    uint16_t port = anysock_addr_port(&addr);
    assert_anysock(ANYSOCK_OK, anysock_addr_loopback(ANYSOCK_INET, port, &addr));
    assert_false(can_hijack(ANYSOCK_STREAM, &addr));
    assert_anysock(ANYSOCK_OK, anysock_close(&listener));
}

static void unbound_listeners_address_cannot_be_taken_over(void **state) {
    (void)state;
    struct anysock listener;
    struct anysock_addr addr;
    assert_anysock(ANYSOCK_OK, anysock_open(ANYSOCK_INET, ANYSOCK_STREAM, 0, &listener));
    assert_anysock(ANYSOCK_OK, anysock_listen(&listener, 1));
    assert_anysock(ANYSOCK_OK, anysock_local_addr(&listener, &addr));
    assert_false(can_hijack(ANYSOCK_STREAM, &addr));
    assert_anysock(ANYSOCK_OK, anysock_close(&listener));
}

static void datagram_servers_address_cannot_be_taken_over(void **state) {
    (void)state;
    struct anysock s;
    struct anysock_addr addr;
    assert_anysock(ANYSOCK_OK, anysock_addr_loopback(ANYSOCK_INET, 0, &addr));
    assert_anysock(ANYSOCK_OK, anysock_open(ANYSOCK_INET, ANYSOCK_DGRAM, 0, &s));
    assert_anysock(ANYSOCK_OK, anysock_bind(&s, &addr, ANYSOCK_BIND_SERVER));
    assert_anysock(ANYSOCK_OK, anysock_local_addr(&s, &addr));
    assert_false(can_hijack(ANYSOCK_DGRAM, &addr));
    assert_anysock(ANYSOCK_OK, anysock_close(&s));
}

int main(int argc, char **argv) {
    int counted = count_in_child(argc, argv);
    if (counted >= 0)
        return counted;
    program = argv[0];
    const struct CMUnitTest tests[] = {
        TEST(child_inherits_what_others_make),
        TEST(child_inherits_no_opened_socket),
        TEST(child_inherits_no_listener_and_no_accepted_socket),
        TEST(child_inherits_no_socket_accepted_from_a_foreign_listener),
        TEST(child_inherits_no_socket_after_its_mode_changed),
        TEST(child_inherits_no_event),
        TEST(child_inherits_nothing_inside_events_and_queues),
        TEST(listening_address_cannot_be_taken_over),
        TEST(part_of_a_wildcard_cannot_be_taken_over),
        TEST(unbound_listeners_address_cannot_be_taken_over),
        TEST(datagram_servers_address_cannot_be_taken_over),
    };
    return cmocka_run_group_tests_name("handles", tests, NULL, NULL);
}
