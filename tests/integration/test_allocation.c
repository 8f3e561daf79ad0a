/*
 * Nothing allocates, except making an event or a queue and adding to one. Linked with the
 * allocation functions wrapped.
 */
#include <string.h>

#include "net.h"
#include "platform.h"

static char buffer[64];
static size_t count;

/* Every call of the API that has to do with sockets and addresses, once. */
static void use_everything(void) {
    struct anysock listener, client, server, s;
    struct anysock_addr addr, peer;
    struct black_hole hole;
    char text[ANYSOCK_ADDR_TEXT_MAX];
    unsigned events;
    int timeout_ms;
    anysock_native native;

    assert_anysock(ANYSOCK_OK, anysock_startup());
    assert_anysock(ANYSOCK_OK, anysock_addr_parse("[::1%1]:80", &addr));
    assert_anysock(ANYSOCK_OK, anysock_addr_format(&addr, text, sizeof text));
    make_listener(ANYSOCK_INET, 0, &listener, &addr);
    assert_anysock(ANYSOCK_OK,
                   anysock_open(ANYSOCK_INET, ANYSOCK_STREAM, ANYSOCK_NONBLOCK, &client));
    (void)anysock_connect(&client, &addr);
    (void)await(&client, ANYSOCK_WRITABLE);
    assert_anysock(ANYSOCK_OK, anysock_connect_result(&client));
    assert_anysock(ANYSOCK_OK, anysock_accept(&listener, 0, &server, &peer));
    assert_anysock(ANYSOCK_OK, anysock_peer_addr(&server, &peer));
    assert_anysock(ANYSOCK_OK, anysock_set_blocking(&client, true));
    assert_anysock(ANYSOCK_OK, anysock_set_timeout(&client, ANYSOCK_TIMEOUT_RECV, 1));
    assert_anysock(ANYSOCK_OK, anysock_get_timeout(&client, ANYSOCK_TIMEOUT_RECV, &timeout_ms));
    assert_anysock(ANYSOCK_ETIMEDOUT, anysock_recv(&client, buffer, 1, 0, &count));
    say(&server, "hello");
    assert_anysock(ANYSOCK_OK, anysock_recv_all(&client, buffer, 5, &count));
    assert_anysock(ANYSOCK_ETIMEDOUT, anysock_wait(&client, ANYSOCK_READABLE, 1, &events));
    struct anysock_poll_item item = {&client, ANYSOCK_WRITABLE, 0};
    assert_anysock(ANYSOCK_OK, anysock_poll(&item, 1, 1, &count));
    (void)fill(&client);
    (void)drain(&server);
    assert_anysock(ANYSOCK_OK, anysock_shutdown(&server, ANYSOCK_SHUT_WR));
    assert_anysock(ANYSOCK_OK, anysock_release(&server, &native));
    assert_anysock(ANYSOCK_OK, anysock_adopt(native, 0, &server));
    close_pair(&client, &server);
    assert_anysock(ANYSOCK_OK, anysock_abort(&listener));

    make_black_hole(&hole);
    assert_anysock(ANYSOCK_OK, anysock_open(ANYSOCK_INET, ANYSOCK_STREAM, 0, &s));
    assert_anysock(ANYSOCK_OK, anysock_set_timeout(&s, ANYSOCK_TIMEOUT_CONNECT, 1));
    assert_anysock(ANYSOCK_ETIMEDOUT, anysock_connect(&s, &hole.addr));
    assert_anysock(ANYSOCK_OK, anysock_close(&s));
    close_black_hole(&hole);
    assert_anysock(ANYSOCK_OK, anysock_cleanup());
}

static void nothing_allocates(void **state) {
    (void)state;
    unsigned before = allocations();
    use_everything();
    assert_int_equal(before, allocations());
}

static void event_create_allocates_once(void **state) {
    (void)state;
    struct anysock client, server;
    struct anysock_event *event;
    unsigned events;
    make_pair(0, 0, &client, &server);
    unsigned before = allocations();
    assert_anysock(ANYSOCK_OK, anysock_event_create(&event));
    assert_int_equal(before + 1, allocations()); /* also shows that the counting works */
    assert_anysock(ANYSOCK_OK, anysock_event_bind(event, &client, ANYSOCK_READABLE));
    assert_anysock(ANYSOCK_ETIMEDOUT, anysock_event_wait(event, 1, &events));
    assert_anysock(ANYSOCK_OK, anysock_event_which(event, &events));
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
