/*
 * Nothing allocates, except making an event or a queue and adding to one, and asking for the
 * interface of an address. Linked with the allocation functions wrapped.
 */
#include <string.h>

#include "net.h"
#include "platform.h"

static char buffer[64];
static size_t count;
static struct anysock client, server, listener;

/* --- every call of the API that has to do with sockets and addresses, once --- */

/* But for anysock_interface_of(), which allocates and frees what it has from the system. */
static void use_addresses(void) {
    struct anysock_addr addr, same;
    char text[ANYSOCK_ADDR_TEXT_MAX], name[ANYSOCK_INTERFACE_NAME_MAX], native[128];
    size_t length;
    assert_anysock(ANYSOCK_OK, anysock_addr_any(ANYSOCK_INET6, 80, &addr));
    assert_anysock(ANYSOCK_OK, anysock_addr_parse("[::1%1]:80", &addr));
    assert_anysock(ANYSOCK_OK, anysock_addr_set_port(&addr, 81));
    assert_anysock(ANYSOCK_OK, anysock_addr_format(&addr, text, sizeof text));
    assert_anysock(ANYSOCK_OK, anysock_addr_to_native(&addr, native, sizeof native, &length));
    assert_anysock(ANYSOCK_OK, anysock_addr_from_native(native, length, &same));
    assert_true(anysock_addr_equal(&addr, &same));
    assert_int_equal(anysock_addr_hash(&addr), anysock_addr_hash(&same));
    assert_anysock(ANYSOCK_OK, anysock_interface_name(loopback_interface(), name, sizeof name));
}

static void use_setup(void) {
    struct anysock_addr addr, peer;
    anysock_native native;
    make_listener(ANYSOCK_INET, 0, &listener, &addr);
    assert_anysock(ANYSOCK_OK,
                   anysock_open(ANYSOCK_INET, ANYSOCK_STREAM, ANYSOCK_NONBLOCK, &client));
    (void)anysock_connect(&client, &addr);
    (void)await(&client, ANYSOCK_WRITABLE);
    assert_anysock(ANYSOCK_OK, anysock_connect_result(&client));
    assert_anysock(ANYSOCK_OK, anysock_accept(&listener, 0, &server, &peer));
    assert_anysock(ANYSOCK_OK, anysock_peer_addr(&server, &peer));
    assert_anysock(ANYSOCK_OK, anysock_set_blocking(&client, true));
    assert_true(anysock_is_blocking(&client));
    assert_anysock(ANYSOCK_OK, anysock_release(&server, &native));
    assert_anysock(ANYSOCK_OK, anysock_adopt(native, 0, &server));
}

/* Receives wait in the library, for the time-out. */
static void use_timeouts(void) {
    int timeout_ms;
    struct anysock child;
    unsigned events;
    assert_anysock(ANYSOCK_OK, anysock_set_timeout(&client, ANYSOCK_TIMEOUT_RECV, 1));
    assert_anysock(ANYSOCK_OK, anysock_get_timeout(&client, ANYSOCK_TIMEOUT_RECV, &timeout_ms));
    assert_anysock(ANYSOCK_ETIMEDOUT, anysock_recv(&client, buffer, 1, 0, &count));
    assert_anysock(ANYSOCK_OK, anysock_set_timeout(&listener, ANYSOCK_TIMEOUT_RECV, 1));
    assert_anysock(ANYSOCK_ETIMEDOUT, anysock_accept(&listener, 0, &child, NULL));
    assert_anysock(ANYSOCK_ETIMEDOUT, anysock_wait(&client, ANYSOCK_READABLE, 1, &events));
    assert_anysock(ANYSOCK_OK, anysock_set_timeout(&client, ANYSOCK_TIMEOUT_RECV, PATIENCE_MS));
}

static void use_transfers(void) {
    const struct anysock_buffer pieces[] = {{buffer, 3}, {buffer + 3, 2}};
    enum anysock_peer_state peer;
    say(&server, "hello");
    assert_anysock(ANYSOCK_OK, anysock_recv_all(&client, buffer, 5, &count));
    assert_anysock(ANYSOCK_OK, anysock_send(&server, buffer, 3, ANYSOCK_MORE, &count));
    say(&server, "lo");
    assert_anysock(ANYSOCK_OK, anysock_recv(&client, buffer, 5, ANYSOCK_WAIT_ALL, &count));
    assert_int_equal(5, count);
    assert_anysock(ANYSOCK_OK,
                   anysock_send_vec(&server, pieces, COUNT_OF(pieces), ANYSOCK_NO_WAIT, &count));
    (void)await(&client, ANYSOCK_READABLE);
    assert_anysock(ANYSOCK_OK, anysock_bytes_readable(&client, &count));
    assert_anysock(ANYSOCK_OK, anysock_recv(&client, buffer, 1, ANYSOCK_PEEK, &count));
    assert_anysock(ANYSOCK_OK, anysock_recv_vec(&client, pieces, COUNT_OF(pieces), 0, &count));
    assert_anysock(ANYSOCK_EAGAIN, anysock_recv(&client, buffer, 1, ANYSOCK_OOB, &count));
    assert_anysock(ANYSOCK_OK, anysock_peek_state(&client, &peer));
    (void)fill(&client);
    (void)drain(&server);
}

/* Full, and with a socket that is connecting, for which Windows has another call; there it may be
 * refused meanwhile. */
static void use_poll(struct anysock *connecting) {
    struct anysock_poll_item items[ANYSOCK_POLL_MAX] = {{&client, ANYSOCK_READABLE, 0},
                                                        {&listener, ANYSOCK_READABLE, 0},
                                                        {connecting, ANYSOCK_WRITABLE, 0}};
    assert_anysock(ANYSOCK_OK, anysock_poll(items, COUNT_OF(items), 1, &count));
    items[2].socket = NULL;
    items[1] = (struct anysock_poll_item){&server, ANYSOCK_WRITABLE, 0};
    assert_anysock(ANYSOCK_OK, anysock_poll(items, COUNT_OF(items), PATIENCE_MS, &count));
    assert_int_equal(1, count);
    assert_anysock(ANYSOCK_OK, anysock_poll(items + 1, 1, PATIENCE_MS, &count));
    assert_int_equal(1, count);
}

static void use_datagrams(void) {
    struct anysock here, there;
    struct anysock_addr addr, from;
    unsigned info;
    assert_anysock(ANYSOCK_OK, anysock_addr_loopback(ANYSOCK_INET, 0, &addr));
    assert_anysock(ANYSOCK_OK, anysock_open(ANYSOCK_INET, ANYSOCK_DGRAM, 0, &here));
    assert_anysock(ANYSOCK_OK, anysock_open(ANYSOCK_INET, ANYSOCK_DGRAM, 0, &there));
    assert_anysock(ANYSOCK_OK, anysock_bind(&there, &addr, ANYSOCK_BIND_SERVER));
    assert_anysock(ANYSOCK_OK, anysock_local_addr(&there, &addr));
    assert_anysock(ANYSOCK_OK, anysock_send_to(&here, "hello", 5, 0, &addr, &count));
    assert_anysock(ANYSOCK_OK, anysock_recv_from(&there, buffer, 1, 0, &from, &info, &count));
    assert_int_equal(ANYSOCK_TRUNCATED, info);
    assert_anysock(ANYSOCK_OK, anysock_connect(&here, &addr));
    assert_anysock(ANYSOCK_OK, anysock_local_addr(&here, &from));
    assert_anysock(ANYSOCK_OK, anysock_send(&here, "hello", 5, 0, &count));
    assert_anysock(ANYSOCK_OK, anysock_recv(&there, buffer, sizeof buffer, 0, &count));
    assert_anysock(ANYSOCK_OK, anysock_send_to(&there, buffer, count, 0, &from, &count));
    assert_anysock(ANYSOCK_OK, anysock_recv(&here, buffer, sizeof buffer, 0, &count));
    assert_int_equal(5, count);
    assert_anysock(ANYSOCK_OK, anysock_disconnect(&here));
    assert_anysock(ANYSOCK_OK, anysock_set_timeout(&there, ANYSOCK_TIMEOUT_RECV, 1));
    assert_anysock(ANYSOCK_ETIMEDOUT,
                   anysock_recv_from(&there, buffer, 1, 0, &from, &info, &count));
    close_pair(&here, &there);
}

/* All of them: those that do not exist are looked for, too. */
static void use_options(void) {
    static const enum anysock_type types[] = {ANYSOCK_STREAM, ANYSOCK_DGRAM};
    struct anysock s;
    int value;
    for (size_t i = 0; i < COUNT_OF(types); i++) {
        assert_anysock(ANYSOCK_OK, anysock_open(ANYSOCK_INET, types[i], 0, &s));
        for (int option = 1; option <= ANYSOCK_OPTION_PROTOCOL; option++) {
            (void)anysock_set_option(&s, (enum anysock_option)option, 1);
            (void)anysock_get_option(&s, (enum anysock_option)option, &value);
        }
        assert_anysock(ANYSOCK_OK, anysock_set_option(&s, ANYSOCK_OPTION_RECV_BUFFER, 8192));
        assert_anysock(ANYSOCK_OK, anysock_get_option(&s, ANYSOCK_OPTION_TYPE, &value));
        assert_anysock(ANYSOCK_OK, anysock_close(&s));
    }
}

/* Gracefully, with everything read and sent, and at once. */
static void use_ends(struct black_hole *hole) {
    struct anysock s;
    assert_anysock(ANYSOCK_OK, anysock_shutdown(&server, ANYSOCK_SHUT_WR));
    assert_anysock(ANYSOCK_OK, anysock_close_flush(&client, PATIENCE_MS));
    assert_anysock(ANYSOCK_OK, anysock_close_flush(&server, PATIENCE_MS));
    assert_anysock(ANYSOCK_OK, anysock_close(&listener));
    make_pair(0, 0, &client, &server);
    assert_anysock(ANYSOCK_OK, anysock_abort(&server));
    (void)await(&client, ANYSOCK_READABLE);
    assert_anysock(ANYSOCK_OK, anysock_close(&client));
    assert_anysock(ANYSOCK_OK, anysock_open(ANYSOCK_INET, ANYSOCK_STREAM, 0, &s));
    assert_anysock(ANYSOCK_OK, anysock_set_timeout(&s, ANYSOCK_TIMEOUT_CONNECT, 1));
    assert_anysock(ANYSOCK_ETIMEDOUT, anysock_connect(&s, &hole->addr));
    assert_anysock(ANYSOCK_OK, anysock_close(&s));
}

static void nothing_allocates(void **state) {
    (void)state;
    struct black_hole hole;
    unsigned before = allocations();
    assert_anysock(ANYSOCK_OK, anysock_startup());
    make_black_hole(&hole);
    use_addresses();
    use_setup();
    use_timeouts();
    use_transfers();
    use_poll(&hole.clients[BLACK_HOLE_CLIENTS - 1]);
    use_datagrams();
    use_options();
    use_ends(&hole);
    close_black_hole(&hole);
    assert_anysock(ANYSOCK_OK, anysock_cleanup());
    assert_int_equal(before, allocations());
}

static void event_create_allocates_once(void **state) {
    (void)state;
    struct anysock_event *event;
    unsigned events;
    make_pair(0, 0, &client, &server);
    unsigned before = allocations();
    assert_anysock(ANYSOCK_OK, anysock_event_create(&event));
    assert_int_equal(before + 1, allocations()); /* also shows that the counting works */
    assert_anysock(ANYSOCK_OK, anysock_event_bind(event, &client, ANYSOCK_READABLE));
    assert_anysock(ANYSOCK_ETIMEDOUT, anysock_event_wait(event, 1, &events));
    assert_anysock(ANYSOCK_OK, anysock_event_which(event, &events));
    assert_anysock(ANYSOCK_OK, anysock_event_rearm(event));
    assert_anysock(ANYSOCK_OK, anysock_event_unbind(&client));
    assert_anysock(ANYSOCK_OK, anysock_event_destroy(event));
    assert_int_equal(before + 1, allocations());
    close_pair(&client, &server);
}

/* --- queues --- */

static const unsigned back_ends[] = {0, ANYSOCK_QUEUE_PORTABLE};
static struct anysock_queue *queue;
static struct anysock_queue_event got[8];

#define REGISTERED 1000
static struct anysock many[REGISTERED];

static void open_many(size_t number) {
    for (size_t i = 0; i < number; i++)
        assert_anysock(ANYSOCK_OK, anysock_open(ANYSOCK_INET, ANYSOCK_DGRAM, 0, &many[i]));
}

/* Takes them out of their queue, too. */
static void close_many(size_t number) {
    for (size_t i = 0; i < number; i++)
        assert_anysock(ANYSOCK_OK, anysock_close(&many[i]));
}

static void add(struct anysock *s, unsigned wanted, enum anysock_queue_mode mode) {
    assert_anysock(ANYSOCK_OK, anysock_queue_add(queue, s, wanted, mode, s));
}

static void wait_in_queue(int timeout_ms) {
    assert_anysock(ANYSOCK_OK, anysock_queue_wait(queue, got, COUNT_OF(got), timeout_ms, &count));
}

/* Fewer sockets than a poll has room for on the stack. */
static void used_queue_allocates_nothing(void **state) {
    (void)state;
    static const unsigned both = ANYSOCK_READABLE | ANYSOCK_WRITABLE;
    enum { FEW = 5 };
    for (size_t b = 0; b < COUNT_OF(back_ends); b++) {
        struct anysock fresh;
        assert_anysock(ANYSOCK_OK, anysock_queue_open(back_ends[b], &queue));
        assert_anysock(ANYSOCK_OK, anysock_open(ANYSOCK_INET, ANYSOCK_STREAM, 0, &fresh));
        open_many(FEW);
        unsigned before = 0;
        for (int round = 0; round < 5; round++) {
            if (round == 1)
                before = allocations(); /* the first one makes room */
            add(&fresh, both, ANYSOCK_QUEUE_LEVEL);
            for (size_t i = 0; i < FEW; i++)
                add(&many[i], both, (enum anysock_queue_mode)(i % 3));
            wait_in_queue(0);
            wait_in_queue(1);
            assert_anysock(ANYSOCK_OK, anysock_queue_wake(queue));
            wait_in_queue(ANYSOCK_FOREVER);
            for (size_t i = 0; i < FEW; i++)
                assert_anysock(ANYSOCK_OK,
                               anysock_queue_modify(queue, &many[i], 0, ANYSOCK_QUEUE_EDGE, NULL));
            for (size_t i = 0; i < FEW; i++)
                assert_anysock(ANYSOCK_OK, anysock_queue_remove(queue, &many[i]));
            assert_anysock(ANYSOCK_OK, anysock_queue_remove(queue, &fresh));
        }
        assert_int_equal(before, allocations());
        close_many(FEW);
        assert_anysock(ANYSOCK_OK, anysock_close(&fresh));
        assert_anysock(ANYSOCK_OK, anysock_queue_close(queue));
    }
}

/* epoll keeps what it needs in the kernel; the other back ends have more to remember. */
static void registered_sockets_cost_little(void **state) {
    (void)state;
    for (size_t b = 0; b < COUNT_OF(back_ends); b++) {
        assert_anysock(ANYSOCK_OK, anysock_queue_open(back_ends[b], &queue));
        size_t limit = strcmp(anysock_queue_backend(queue), "epoll") == 0 ? 64 : 320;
        open_many(REGISTERED);
        size_t before = allocated_bytes();
        for (size_t i = 0; i < REGISTERED; i++)
            add(&many[i], ANYSOCK_READABLE, ANYSOCK_QUEUE_LEVEL);
        size_t each = (allocated_bytes() - before) / REGISTERED;
        if (each > limit)
            fail_msg("%s: %zu bytes a socket", anysock_queue_backend(queue), each);

        /* And others take the place of those that go. */
        before = allocated_bytes();
        for (size_t i = 0; i < REGISTERED; i++)
            assert_anysock(ANYSOCK_OK, anysock_queue_remove(queue, &many[i]));
        for (size_t i = 0; i < REGISTERED; i++)
            add(&many[i], ANYSOCK_READABLE, ANYSOCK_QUEUE_LEVEL);
        assert_int_equal(before, allocated_bytes());
        close_many(REGISTERED);
        assert_anysock(ANYSOCK_OK, anysock_queue_close(queue));
    }
}

static void queue_allocates_once(void **state) {
    (void)state;
    for (size_t b = 0; b < COUNT_OF(back_ends); b++) {
        unsigned before = allocations();
        assert_anysock(ANYSOCK_OK, anysock_queue_open(back_ends[b], &queue));
        assert_int_equal(before + 1, allocations());
        wait_in_queue(1);
        assert_anysock(ANYSOCK_OK, anysock_queue_close(queue));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(nothing_allocates),
        TEST(event_create_allocates_once),
        TEST(queue_allocates_once),
        TEST(used_queue_allocates_nothing),
        TEST(registered_sockets_cost_little),
    };
    return cmocka_run_group_tests_name("allocation", tests, NULL, NULL);
}
