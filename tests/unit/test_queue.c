/*
 * Queues on the fake port: opening and closing, adding, changing and removing, and what happens to
 * a registration when its socket is closed, released or moved.
 */
#include "watching.h"

static const unsigned bad_wanted[] = {
    ANYSOCK_ERROR, ANYSOCK_HANG_UP, ANYSOCK_INVALID, ANYSOCK_READABLE | 0x100u, 0x10000u, ~0u};
static const int bad_modes[] = {-1, 3, INT_MAX};

/* --- open and close --- */

static void open_and_close_balance(void **state) {
    (void)state;
    assert_anysock(ANYSOCK_OK, anysock_queue_open(0, &other));
    assert_non_null(other);
    assert_string_equal("startup gate gate waker", fake_trace());
    assert_anysock(ANYSOCK_OK, anysock_queue_close(other));
    other = NULL;
    assert_string_equal("close ungate ungate", fake_trace());
}

static void open_checks_its_arguments_in_order(void **state) {
    (void)state;
    assert_refusal(ANYSOCK_EFAULT, anysock_queue_open(~0u, NULL));
    static const unsigned bad_flags[] = {2, 0x80000000u, 3};
    for (size_t i = 0; i < COUNT_OF(bad_flags); i++) {
        other = queue; /* spoilt: must become null */
        assert_refusal(ANYSOCK_EINVAL, anysock_queue_open(bad_flags[i], &other));
        assert_null(other);
    }
    assert_string_equal("", fake_trace());
}

static void open_reports_a_failed_startup(void **state) {
    (void)state;
    other = queue;
    fake_fail("startup", FAKE_ESYSNOTREADY, 1);
    assert_anysock(ANYSOCK_ESYSNOTREADY, anysock_queue_open(0, &other));
    assert_int_equal(FAKE_ESYSNOTREADY, anysock_native_error());
    assert_null(other);
    assert_string_equal("startup", fake_trace());
}

static void open_without_a_gate_is_out_of_memory(void **state) {
    (void)state;
    other = queue;
    fake_fail("gate", FAKE_ENOBUFS, 1);
    assert_anysock(ANYSOCK_ENOMEM, anysock_queue_open(0, &other));
    assert_null(other);
    assert_string_equal("startup gate", fake_trace());
}

/* The limit of the process would hit the portable queue too. */
static void open_at_the_limit_tries_nothing_else(void **state) {
    (void)state;
    other = queue;
    fake_fail("waker", FAKE_EMFILE, 1);
    assert_anysock(ANYSOCK_EMFILE, anysock_queue_open(0, &other));
    assert_int_equal(FAKE_EMFILE, anysock_native_error());
    assert_null(other);
    assert_string_equal("startup gate gate waker ungate ungate", fake_trace());
}

static void open_falls_back_to_the_portable_queue(void **state) {
    (void)state;
    fake_fail("waker", FAKE_EACCES, 1);
    assert_anysock(ANYSOCK_OK, anysock_queue_open(0, &other));
    assert_string_equal("startup gate gate waker ungate ungate gate gate waker", fake_trace());
    assert_string_equal("poll", anysock_queue_backend(other));
}

static void portable_queue_has_no_fall_back(void **state) {
    (void)state;
    other = queue;
    fake_fail("waker", FAKE_EACCES, 1);
    assert_anysock(ANYSOCK_EACCES, anysock_queue_open(ANYSOCK_QUEUE_PORTABLE, &other));
    assert_int_equal(FAKE_EACCES, anysock_native_error());
    assert_null(other);
    assert_string_equal("startup gate gate waker ungate ungate", fake_trace());
}

static void close_of_null_does_nothing(void **state) {
    (void)state;
    assert_anysock(ANYSOCK_OK, anysock_queue_close(NULL));
    assert_string_equal("", fake_trace());
}

static void close_with_sockets_is_refused(void **state) {
    (void)state;
    s = fake_connected(0);
    t = fake_fresh(0);
    add(&s, ANYSOCK_READABLE, LEVEL);
    add(&t, BOTH, LEVEL);
    assert_refusal(ANYSOCK_EBUSY, anysock_queue_close(queue));
    assert_anysock(ANYSOCK_OK, anysock_queue_remove(queue, &s));
    assert_refusal(ANYSOCK_EBUSY, anysock_queue_close(queue));
    assert_int_equal(BOTH | ANYSOCK_HANG_UP, told(&t)); /* it still works */
}

static void queue_says_what_it_is(void **state) {
    (void)state;
    assert_string_equal("poll", anysock_queue_backend(queue));
    assert_string_equal("", anysock_queue_backend(NULL));
    assert_true(anysock_queue_native(queue) == (anysock_waitable)(intptr_t)-1);
    assert_true(anysock_queue_native(NULL) == (anysock_waitable)(intptr_t)-1);
}

/* --- arguments --- */

static void add_checks_its_arguments_in_order(void **state) {
    (void)state;
    assert_refusal(ANYSOCK_EFAULT, anysock_queue_add(NULL, NULL, ~0u, (unsigned)-1, NULL));
    assert_refusal(ANYSOCK_EFAULT, anysock_queue_add(queue, NULL, ~0u, LEVEL, NULL));
    assert_refusal(ANYSOCK_EBADF, anysock_queue_add(queue, &s, ~0u, LEVEL, NULL));
    s = fake_connected(0);
    add(&s, 0, LEVEL);
    for (size_t i = 0; i < COUNT_OF(bad_wanted); i++)
        assert_refusal(ANYSOCK_EINVAL, anysock_queue_add(queue, &s, bad_wanted[i], LEVEL, NULL));
    for (size_t i = 0; i < COUNT_OF(bad_modes); i++)
        assert_refusal(
            ANYSOCK_EINVAL,
            anysock_queue_add(queue, &s, BOTH, (enum anysock_queue_mode)bad_modes[i], NULL));
    assert_refusal(ANYSOCK_EBUSY, anysock_queue_add(queue, &s, BOTH, LEVEL, NULL));
    assert_string_equal("", fake_trace());
}

static void modify_checks_its_arguments_in_order(void **state) {
    (void)state;
    assert_refusal(ANYSOCK_EFAULT, anysock_queue_modify(NULL, NULL, ~0u, LEVEL, NULL));
    assert_refusal(ANYSOCK_EFAULT, anysock_queue_modify(queue, NULL, ~0u, LEVEL, NULL));
    assert_refusal(ANYSOCK_EBADF, anysock_queue_modify(queue, &s, ~0u, LEVEL, NULL));
    s = fake_connected(0);
    for (size_t i = 0; i < COUNT_OF(bad_wanted); i++)
        assert_refusal(ANYSOCK_EINVAL, anysock_queue_modify(queue, &s, bad_wanted[i], LEVEL, NULL));
    for (size_t i = 0; i < COUNT_OF(bad_modes); i++)
        assert_refusal(
            ANYSOCK_EINVAL,
            anysock_queue_modify(queue, &s, BOTH, (enum anysock_queue_mode)bad_modes[i], NULL));
    assert_refusal(ANYSOCK_EINVAL, anysock_queue_modify(queue, &s, BOTH, LEVEL, NULL));
    assert_string_equal("", fake_trace());
}

static void remove_checks_its_arguments_in_order(void **state) {
    (void)state;
    assert_refusal(ANYSOCK_EFAULT, anysock_queue_remove(NULL, NULL));
    assert_refusal(ANYSOCK_EFAULT, anysock_queue_remove(queue, NULL));
    assert_refusal(ANYSOCK_EBADF, anysock_queue_remove(queue, &s));
    assert_string_equal("", fake_trace());
}

static void refused_modify_changes_nothing(void **state) {
    (void)state;
    s = fake_connected(0);
    add(&s, ANYSOCK_WRITABLE, LEVEL);
    assert_refusal(ANYSOCK_EINVAL, anysock_queue_modify(queue, &s, ~0u, LEVEL, &t));
    assert_int_equal(ANYSOCK_WRITABLE, told(&s));
}

/* --- who is in which queue --- */

static void socket_is_in_one_queue_at_a_time(void **state) {
    (void)state;
    assert_anysock(ANYSOCK_OK, anysock_queue_open(0, &other));
    s = fake_connected(0);
    add(&s, BOTH, LEVEL);
    assert_refusal(ANYSOCK_EBUSY, anysock_queue_add(other, &s, BOTH, LEVEL, &t));
    assert_int_equal(ANYSOCK_WRITABLE, told(&s)); /* the first one keeps it, and its data */
    assert_anysock(ANYSOCK_OK, anysock_queue_remove(queue, &s));
    assert_anysock(ANYSOCK_OK, anysock_queue_add(other, &s, BOTH, LEVEL, &t));
    assert_int_equal(0, told(&s));
}

static void other_queues_socket_is_left_alone(void **state) {
    (void)state;
    assert_anysock(ANYSOCK_OK, anysock_queue_open(0, &other));
    s = fake_connected(0);
    add(&s, ANYSOCK_WRITABLE, LEVEL);
    assert_refusal(ANYSOCK_EINVAL, anysock_queue_modify(other, &s, 0, LEVEL, &t));
    assert_refusal(ANYSOCK_EINVAL, anysock_queue_remove(other, &s));
    assert_int_equal(ANYSOCK_WRITABLE, told(&s));
}

static void remove_of_an_unregistered_socket_succeeds(void **state) {
    (void)state;
    s = fake_connected(0);
    assert_anysock(ANYSOCK_OK, anysock_queue_remove(queue, &s));
    add(&s, BOTH, LEVEL);
    assert_anysock(ANYSOCK_OK, anysock_queue_remove(queue, &s));
    assert_anysock(ANYSOCK_OK, anysock_queue_remove(queue, &s));
}

static void removed_socket_is_not_told(void **state) {
    (void)state;
    static const enum anysock_queue_mode modes[] = {LEVEL, ONE_SHOT, EDGE};
    for (size_t i = 0; i < COUNT_OF(modes); i++) {
        s = fake_connected(0); /* the system would tell it, */
        t = fake_fresh(0);     /* and the library would */
        add(&s, BOTH, modes[i]);
        add(&t, BOTH, modes[i]);
        assert_anysock(ANYSOCK_OK, anysock_queue_remove(queue, &s));
        assert_anysock(ANYSOCK_OK, anysock_queue_remove(queue, &t));
        assert_int_equal(0, look(4));
        assert_anysock(ANYSOCK_OK, anysock_close(&s));
        assert_anysock(ANYSOCK_OK, anysock_close(&t));
    }
}

/* The last one takes the place of a removed one, in the middle and at the end. */
static void any_of_several_can_be_removed(void **state) {
    (void)state;
    for (size_t removed = 0; removed < 5; removed++) {
        struct anysock many[5];
        for (size_t i = 0; i < COUNT_OF(many); i++) {
            many[i] = fake_connected(0);
            add(&many[i], BOTH, LEVEL);
        }
        assert_anysock(ANYSOCK_OK, anysock_queue_remove(queue, &many[removed]));
        assert_int_equal(4, look(8));
        for (size_t i = 0; i < COUNT_OF(many); i++)
            assert_int_equal(i != removed ? ANYSOCK_WRITABLE : 0, events_of(&many[i]));
        for (size_t i = 0; i < COUNT_OF(many); i++)
            assert_anysock(ANYSOCK_OK, anysock_close(&many[i]));
    }
}

static void any_of_several_known_ones_can_be_removed(void **state) {
    (void)state;
    for (size_t removed = 0; removed < 3; removed++) {
        struct anysock many[3];
        for (size_t i = 0; i < COUNT_OF(many); i++) {
            many[i] = fake_fresh(0);
            add(&many[i], BOTH, LEVEL);
        }
        assert_anysock(ANYSOCK_OK, anysock_queue_remove(queue, &many[removed]));
        t = fake_fresh(0); /* also the end of the list is where it should be */
        add(&t, BOTH, LEVEL);
        assert_int_equal(3, look(8));
        assert_int_equal(0, events_of(&many[removed]));
        assert_int_equal(BOTH | ANYSOCK_HANG_UP, events_of(&t));
        for (size_t i = 0; i < COUNT_OF(many); i++)
            assert_anysock(ANYSOCK_OK, anysock_close(&many[i]));
        assert_anysock(ANYSOCK_OK, anysock_close(&t));
    }
}

/* --- what changing costs, and does --- */

static void unchanged_modify_costs_nothing(void **state) {
    (void)state;
    s = fake_connected(0);
    add(&s, BOTH, LEVEL);
    (void)fake_trace();
    for (int i = 0; i < 3; i++)
        modify(&s, BOTH, LEVEL);
    assert_string_equal("", fake_trace());
    assert_int_equal(ANYSOCK_WRITABLE, told(&s));
}

static void nobody_is_roused_when_nobody_waits(void **state) {
    (void)state;
    s = fake_connected(0);
    add(&s, BOTH, LEVEL);
    modify(&s, ANYSOCK_READABLE, ONE_SHOT);
    assert_anysock(ANYSOCK_OK, anysock_queue_remove(queue, &s));
    assert_string_equal("", fake_trace());
}

static void modify_changes_what_is_wanted(void **state) {
    (void)state;
    s = fake_connected(0);
    fake_data_arrives(fake_of(&s));
    add(&s, ANYSOCK_READABLE, LEVEL);
    assert_int_equal(ANYSOCK_READABLE, told(&s));
    modify(&s, ANYSOCK_WRITABLE, LEVEL);
    assert_int_equal(ANYSOCK_WRITABLE, told(&s));
    modify(&s, BOTH, LEVEL);
    assert_int_equal(BOTH, told(&s));
    modify(&s, 0, LEVEL);
    assert_int_equal(0, told(&s));
}

static void modify_changes_the_data(void **state) {
    (void)state;
    s = fake_connected(0);
    add(&s, BOTH, LEVEL);
    static void *const values[] = {&t, NULL, (void *)(uintptr_t)-1, &s};
    for (size_t i = 0; i < COUNT_OF(values); i++) {
        assert_anysock(ANYSOCK_OK, anysock_queue_modify(queue, &s, BOTH, LEVEL, values[i]));
        assert_int_equal(1, look(4));
        assert_ptr_equal(values[i], got[0].data);
    }
}

static void calls_keep_the_error_slot(void **state) {
    (void)state;
    s = fake_connected(0);
    add(&s, BOTH, LEVEL);
    anysock_port_set_native_error(FAKE_EODD);
    assert_anysock(ANYSOCK_OK, anysock_queue_remove(queue, &s));
    assert_int_equal(FAKE_EODD, anysock_native_error());
    assert_anysock(ANYSOCK_OK, anysock_queue_wake(queue));
    assert_int_equal(FAKE_EODD, anysock_native_error());
    (void)look(1);
}

/* --- sockets that go, and sockets that move --- */

static int release(struct anysock *socket) {
    anysock_native native;
    int code = anysock_release(socket, &native);
    anysock_port_close(native);
    return code;
}

static int flush(struct anysock *socket) {
    return anysock_close_flush(socket, 0);
}

static void socket_that_goes_is_removed_first(void **state) {
    (void)state;
    int (*const ways[])(struct anysock *) = {anysock_close, anysock_abort, release, flush};
    for (size_t i = 0; i < COUNT_OF(ways); i++) {
        s = fake_connected(0);
        add(&s, BOTH, LEVEL);
        fake_fin_arrives(fake_of(&s));
        assert_anysock(ANYSOCK_OK, ways[i](&s));
        t = fake_connected(0); /* with the same descriptor */
        assert_int_equal(0, look(4));
        assert_anysock(ANYSOCK_OK, anysock_close(&t));
        assert_anysock(ANYSOCK_OK, anysock_queue_close(queue));
        assert_anysock(ANYSOCK_OK, anysock_queue_open(0, &queue));
    }
}

static void refused_release_leaves_the_socket_registered(void **state) {
    (void)state;
    s = fake_connected(0);
    add(&s, BOTH, LEVEL);
    assert_refusal(ANYSOCK_EFAULT, anysock_release(&s, NULL));
    assert_int_equal(ANYSOCK_WRITABLE, told(&s));
}

static void moved_socket_stays_registered(void **state) {
    (void)state;
    s = fake_connected(0);
    add(&s, BOTH, LEVEL);
    t = s;
    memset(&s, 0, sizeof s);
    assert_int_equal(ANYSOCK_WRITABLE, told(&s)); /* the data stay as they were given */
    assert_refusal(ANYSOCK_EBUSY, anysock_queue_add(queue, &t, BOTH, LEVEL, &t));
    modify(&t, BOTH, ONE_SHOT);
    assert_int_equal(ANYSOCK_WRITABLE, told(&t));
    assert_anysock(ANYSOCK_OK, anysock_queue_remove(queue, &t));
    assert_int_equal(0, look(4));
}

static void accepted_socket_is_in_no_queue(void **state) {
    (void)state;
    s = fake_listener(ANYSOCK_NONBLOCK);
    add(&s, ANYSOCK_READABLE, EDGE);
    fake_client_arrives(fake_of(&s));
    assert_anysock(ANYSOCK_OK, anysock_accept(&s, 0, &t, NULL));
    assert_refusal(ANYSOCK_EINVAL, anysock_queue_modify(queue, &t, BOTH, LEVEL, NULL));
    add(&t, BOTH, LEVEL);
    assert_int_equal(ANYSOCK_WRITABLE, told(&t));
}

/* More than the registrations of one chunk, and again with those that are free then. */
static void many_come_and_go(void **state) {
    (void)state;
    s = fake_connected(0);
    for (int i = 0; i < 100; i++) {
        add(&s, BOTH, LEVEL);
        assert_int_equal(ANYSOCK_WRITABLE, told(&s));
        assert_anysock(ANYSOCK_OK, anysock_queue_remove(queue, &s));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(open_and_close_balance),
        TEST(open_checks_its_arguments_in_order),
        TEST(open_reports_a_failed_startup),
        TEST(open_without_a_gate_is_out_of_memory),
        TEST(open_at_the_limit_tries_nothing_else),
        TEST(open_falls_back_to_the_portable_queue),
        TEST(portable_queue_has_no_fall_back),
        TEST(close_of_null_does_nothing),
        TEST(close_with_sockets_is_refused),
        TEST(queue_says_what_it_is),
        TEST(add_checks_its_arguments_in_order),
        TEST(modify_checks_its_arguments_in_order),
        TEST(remove_checks_its_arguments_in_order),
        TEST(refused_modify_changes_nothing),
        TEST(socket_is_in_one_queue_at_a_time),
        TEST(other_queues_socket_is_left_alone),
        TEST(remove_of_an_unregistered_socket_succeeds),
        TEST(removed_socket_is_not_told),
        TEST(any_of_several_can_be_removed),
        TEST(any_of_several_known_ones_can_be_removed),
        TEST(unchanged_modify_costs_nothing),
        TEST(nobody_is_roused_when_nobody_waits),
        TEST(modify_changes_what_is_wanted),
        TEST(modify_changes_the_data),
        TEST(calls_keep_the_error_slot),
        TEST(socket_that_goes_is_removed_first),
        TEST(refused_release_leaves_the_socket_registered),
        TEST(moved_socket_stays_registered),
        TEST(accepted_socket_is_in_no_queue),
        TEST(many_come_and_go),
    };
    return cmocka_run_group_tests_name("queue", tests, NULL, NULL);
}
