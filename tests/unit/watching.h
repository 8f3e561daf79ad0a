/*
 * What the tests of queues on the fake port share: test_queue.c, test_queue_told.c,
 * test_queue_modes.c, test_queue_wait.c, test_queue_memory.c. The fake port's queue is the portable
 * one.
 */
#ifndef TESTS_WATCHING_H
#define TESTS_WATCHING_H

#include <string.h>

#include "check.h"
#include "fake_port.h"

#define BOTH (ANYSOCK_READABLE | ANYSOCK_WRITABLE)
#define CONDITIONS (BOTH | ANYSOCK_PRIORITY | ANYSOCK_PEER_CLOSED)
/* A stream that is neither connecting nor listening, and one that was reset. */
#define FRESH (BOTH | ANYSOCK_HANG_UP)
#define BROKEN (BOTH | ANYSOCK_PEER_CLOSED | ANYSOCK_ERROR | ANYSOCK_HANG_UP)

#define LEVEL ANYSOCK_QUEUE_LEVEL
#define ONE_SHOT ANYSOCK_QUEUE_ONE_SHOT
#define EDGE ANYSOCK_QUEUE_EDGE

/* What the tests use; the tear-down closes and frees it. */
static struct anysock s, t;
static struct anysock_queue *queue, *other;
static struct anysock_queue_event got[16];
static size_t count;
static char buffer[32];
static size_t moved;

static int set_up(void **state) {
    memset(&s, 0, sizeof s);
    memset(&t, 0, sizeof t);
    memset(got, 0, sizeof got);
    other = NULL;
    count = 99; /* every call writes it */
    (void)fake_reset(state);
    int code = anysock_queue_open(0, &queue);
    (void)fake_trace();
    return code;
}

static int tear_down(void **state) {
    if (anysock_is_open(&t))
        (void)anysock_close(&t);
    if (anysock_is_open(&s))
        (void)anysock_close(&s);
    int code = anysock_queue_close(queue);
    int other_code = anysock_queue_close(other);
    return fake_check(state) == 0 ? code + other_code : -1;
}

/* Every socket's data is its struct. */
static inline void add(struct anysock *socket, unsigned wanted, enum anysock_queue_mode mode) {
    assert_anysock(ANYSOCK_OK, anysock_queue_add(queue, socket, wanted, mode, socket));
}

static inline void modify(struct anysock *socket, unsigned wanted, enum anysock_queue_mode mode) {
    assert_anysock(ANYSOCK_OK, anysock_queue_modify(queue, socket, wanted, mode, socket));
}

/* Looks what there is now. */
static inline size_t look(size_t capacity) {
    assert_anysock(ANYSOCK_OK, anysock_queue_wait(queue, got, capacity, 0, &count));
    assert_true(count <= capacity);
    return count;
}

/* What the last wait returned of a socket, at most once; 0 for nothing. */
static inline unsigned events_of(const struct anysock *socket) {
    unsigned events = 0;
    for (size_t i = 0; i < count; i++) {
        if (got[i].data != socket)
            continue;
        assert_int_equal(0, events);
        events = got[i].events;
        assert_int_not_equal(0, events);
    }
    return events;
}

/* What a wait returns of a socket now. */
static inline unsigned told(const struct anysock *socket) {
    (void)look(COUNT_OF(got));
    return events_of(socket);
}

static inline int receive(struct anysock *socket) {
    return anysock_recv(socket, buffer, sizeof buffer, ANYSOCK_NO_WAIT, &moved);
}

static inline int send_some(struct anysock *socket) {
    return anysock_send(socket, buffer, sizeof buffer, ANYSOCK_NO_WAIT, &moved);
}

/* A socket of which the system has nothing to say. */
static inline struct anysock silent_socket(void) {
    struct anysock made = fake_connected(0);
    fake_of(&made)->room = 0;
    return made;
}

static inline void reset_arrives(struct fake_socket *socket) {
    socket->error = FAKE_ECONNRESET;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

#endif
