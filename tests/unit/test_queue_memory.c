/*
 * Queues that run out of memory, on the fake port. Linked with the allocation functions wrapped,
 * of which any can be made to fail.
 */
#include "platform.h"
#include "watching.h"

static int restore(void **state) {
    allow_allocations();
    return tear_down(state);
}

/* Opens a queue when so many allocations succeed, and no more. */
static int open_after(unsigned successes) {
    other = queue;
    forbid_allocations(successes);
    int code = anysock_queue_open(0, &other);
    allow_allocations();
    return code;
}

static void open_without_memory_fails(void **state) {
    (void)state;
    assert_refusal(ANYSOCK_ENOMEM, open_after(0));
    assert_null(other);
    assert_anysock(ANYSOCK_OK, open_after(1));
}

static void add_without_memory_adds_nobody(void **state) {
    (void)state;
    s = fake_connected(0);
    forbid_allocations(0);
    assert_refusal(ANYSOCK_ENOMEM, anysock_queue_add(queue, &s, BOTH, LEVEL, &s));
    allow_allocations();
    assert_refusal(ANYSOCK_EINVAL, anysock_queue_modify(queue, &s, BOTH, LEVEL, &s));
    assert_anysock(ANYSOCK_OK, anysock_queue_remove(queue, &s));
    add(&s, BOTH, LEVEL);
    assert_int_equal(ANYSOCK_WRITABLE, told(&s));
}

/* The registration was there already, but the back end has no room. */
static void add_that_cannot_be_watched_adds_nobody(void **state) {
    (void)state;
    s = fake_connected(0);
    for (int i = 0; i < 2; i++) {
        forbid_allocations(i == 0); /* a chunk of registrations the first time */
        assert_anysock(ANYSOCK_ENOBUFS, anysock_queue_add(queue, &s, BOTH, LEVEL, &s));
        assert_int_equal(FAKE_ENOBUFS, anysock_native_error());
        allow_allocations();
    }
    assert_refusal(ANYSOCK_EINVAL, anysock_queue_modify(queue, &s, BOTH, LEVEL, &s));
    assert_int_equal(0, look(4));
    assert_anysock(ANYSOCK_OK, anysock_queue_close(queue));
    assert_anysock(ANYSOCK_OK, anysock_queue_open(0, &queue));
}

/* What the library knows itself needs no back end, until it changes: then its owner must hear that
 * nobody watches any more. */
static void socket_that_cannot_be_watched_any_more_is_broken(void **state) {
    (void)state;
    s = fake_fresh(0);
    add(&s, BOTH, LEVEL);
    forbid_allocations(0);
    assert_anysock(ANYSOCK_OK, anysock_listen(&s, 5));
    assert_int_equal(BOTH | ANYSOCK_ERROR | ANYSOCK_HANG_UP, told(&s));
    allow_allocations();
    modify(&s, BOTH, LEVEL);
    (void)told(&s);
    modify(&s, BOTH, EDGE); /* anew, from the state of the socket */
    assert_int_equal(0, told(&s));
    fake_client_arrives(fake_of(&s));
    assert_int_equal(ANYSOCK_READABLE, told(&s));
}

static void edge_that_cannot_be_watched_any_more_is_broken(void **state) {
    (void)state;
    s = fake_connected(0);
    assert_anysock(ANYSOCK_OK, anysock_shutdown(&s, ANYSOCK_SHUT_RD));
    add(&s, ANYSOCK_READABLE, EDGE);
    forbid_allocations(0);
    assert_int_equal(ANYSOCK_READABLE, told(&s));
    assert_int_equal(ANYSOCK_READABLE | ANYSOCK_ERROR | ANYSOCK_HANG_UP, told(&s));
    allow_allocations();
    assert_int_equal(0, told(&s)); /* an edge still */
}

static void modify_that_cannot_be_watched_reports_it(void **state) {
    (void)state;
    s = fake_fresh(0);
    add(&s, ANYSOCK_READABLE, ONE_SHOT);
    assert_int_equal(ANYSOCK_READABLE | ANYSOCK_HANG_UP, told(&s));
    assert_anysock(ANYSOCK_OK, anysock_listen(&s, 5));
    forbid_allocations(0);
    assert_anysock(ANYSOCK_ENOBUFS,
                   anysock_queue_modify(queue, &s, ANYSOCK_READABLE, ONE_SHOT, &s));
    assert_int_equal(0, told(&s)); /* still registered, and at rest */
    allow_allocations();
    modify(&s, ANYSOCK_READABLE, ONE_SHOT);
    fake_client_arrives(fake_of(&s));
    assert_int_equal(ANYSOCK_READABLE, told(&s));
}

static void wait_without_memory_fails(void **state) {
    (void)state;
    static const int times_ms[] = {0, 30, ANYSOCK_FOREVER};
    s = fake_connected(0);
    add(&s, BOTH, LEVEL);
    for (size_t i = 0; i < COUNT_OF(times_ms); i++) {
        for (unsigned successes = 0; successes < 2; successes++) {
            count = 99;
            forbid_allocations(successes);
            int code = anysock_queue_wait(queue, got, 4, times_ms[i], &count);
            allow_allocations();
            assert_anysock(ANYSOCK_ENOBUFS, code);
            assert_int_equal(0, count);
        }
    }
    assert_int_equal(ANYSOCK_WRITABLE, told(&s));
}

#undef TEST
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, restore)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(open_without_memory_fails),
        TEST(add_without_memory_adds_nobody),
        TEST(add_that_cannot_be_watched_adds_nobody),
        TEST(socket_that_cannot_be_watched_any_more_is_broken),
        TEST(edge_that_cannot_be_watched_any_more_is_broken),
        TEST(modify_that_cannot_be_watched_reports_it),
        TEST(wait_without_memory_fails),
    };
    return cmocka_run_group_tests_name("queue_memory", tests, NULL, NULL);
}
