/*
 * What the tests of queues on real sockets share: every test runs on the system's back end and on
 * the portable one, which must not be told apart.
 */
#ifndef TESTS_QUEUES_H
#define TESTS_QUEUES_H

#include <string.h>

#include "net.h"
#include "platform.h"

#define BOTH (ANYSOCK_READABLE | ANYSOCK_WRITABLE)
#define CONDITIONS (BOTH | ANYSOCK_PRIORITY | ANYSOCK_PEER_CLOSED)
#define UNASKED (ANYSOCK_ERROR | ANYSOCK_HANG_UP)
#define BROKEN (BOTH | ANYSOCK_PEER_CLOSED | UNASKED)

#define LEVEL ANYSOCK_QUEUE_LEVEL
#define ONE_SHOT ANYSOCK_QUEUE_ONE_SHOT
#define EDGE ANYSOCK_QUEUE_EDGE

/* How often a look must find nothing until the tests believe that there is nothing. */
#define LOOKS 3

static struct anysock_queue *queue;
static unsigned lacks; /* of CONDITIONS, what the back end refuses: urgent data or nothing */
static struct anysock_queue_event got[64];
static size_t count;

/* The flags of the two back ends: the tests' initial states. */
static unsigned of_the_system = 0, portable = ANYSOCK_QUEUE_PORTABLE;

static int open_queue(void **state) {
    if (remember_handles(state) != 0)
        return -1;
    return anysock_queue_open(*(const unsigned *)*state, &queue);
}

/* The same, for tests that go on without what the back end lacks. */
static inline int open_queue_that_may_lack(void **state) {
    struct anysock s;
    int code = open_queue(state);
    if (code == ANYSOCK_OK)
        code = anysock_open(ANYSOCK_INET, ANYSOCK_STREAM, 0, &s);
    if (code != ANYSOCK_OK)
        return code;
    code = anysock_queue_add(queue, &s, ANYSOCK_PRIORITY, ANYSOCK_QUEUE_LEVEL, NULL);
    lacks = code == ANYSOCK_EOPNOTSUPP ? ANYSOCK_PRIORITY : 0;
    int closed = anysock_close(&s);
    return code == ANYSOCK_OK || lacks != 0 ? closed : code;
}

static int close_queue(void **state) {
    if (anysock_queue_close(queue) != ANYSOCK_OK)
        return -1;
    return same_handles(state);
}

#define ON_EACH_OPENED(name, open)                                                                 \
    {#name "/of_the_system", name, open, close_queue, &of_the_system}, {                           \
#name "/portable", name, open, close_queue, &portable                                      \
    }
#define ON_EACH(name) ON_EACH_OPENED(name, open_queue)

/* Every socket's data is its struct, as long as it is not moved. */
static inline void add(struct anysock *s, unsigned wanted, enum anysock_queue_mode mode) {
    assert_anysock(ANYSOCK_OK, anysock_queue_add(queue, s, wanted, mode, s));
}

static inline void modify(struct anysock *s, unsigned wanted, enum anysock_queue_mode mode) {
    assert_anysock(ANYSOCK_OK, anysock_queue_modify(queue, s, wanted, mode, s));
}

static inline void take_out(struct anysock *s) {
    assert_anysock(ANYSOCK_OK, anysock_queue_remove(queue, s));
}

static inline size_t wait_for(size_t capacity, int timeout_ms) {
    assert_anysock(ANYSOCK_OK, anysock_queue_wait(queue, got, capacity, timeout_ms, &count));
    assert_true(count <= capacity);
    return count;
}

/* What the last wait returned with these data, at most once; 0 for nothing. */
static inline unsigned events_of(const void *data) {
    unsigned events = 0;
    for (size_t i = 0; i < count; i++) {
        if (got[i].data != data)
            continue;
        assert_int_equal(0, events);
        events = got[i].events;
        assert_int_not_equal(0, events);
    }
    return events;
}

/* What a wait returns of a socket without waiting. */
static inline unsigned told_now(const void *data) {
    (void)wait_for(COUNT_OF(got), 0);
    return events_of(data);
}

/* Waits for the next event of a socket; others get lost. */
static inline unsigned told(const void *data) {
    do {
        if (wait_for(COUNT_OF(got), PATIENCE_MS) == 0)
            fail_msg("%s: nothing came", anysock_queue_backend(queue));
    } while (events_of(data) == 0);
    return events_of(data);
}

static inline void expect_silence(void) {
    for (int i = 0; i < LOOKS; i++)
        if (wait_for(COUNT_OF(got), 0) != 0)
            fail_msg("%s: 0x%x came", anysock_queue_backend(queue), got[0].events);
}

#endif
