/*
 * Deadlines on the fake port's clock: what is left is rounded up, never below one millisecond
 * and never into "for ever".
 */
#include "check.h"
#include "fake_port.h"

#define NS_PER_MS UINT64_C(1000000)

static void whole_time_is_left_at_first(void **state) {
    (void)state;
    static const int times_ms[] = {1, 2, 999, 1000, 60000};
    for (size_t i = 0; i < COUNT_OF(times_ms); i++) {
        struct anysock_deadline deadline = anysock_deadline_in(times_ms[i]);
        assert_int_equal(times_ms[i], anysock_deadline_left(&deadline));
    }
}

static void time_left_shrinks_by_exact_milliseconds(void **state) {
    (void)state;
    struct anysock_deadline deadline = anysock_deadline_in(30);
    for (int left = 29; left >= 0; left--) {
        fake.now_ns += NS_PER_MS;
        assert_int_equal(left, anysock_deadline_left(&deadline));
    }
}

static void fraction_is_rounded_up(void **state) {
    (void)state;
    static const struct {
        uint64_t passed_ns;
        int left_ms;
    } rows[] = {
        {1, 30},
        {NS_PER_MS - 1, 30},
        {NS_PER_MS, 29},
        {NS_PER_MS + 1, 29},
        {29 * NS_PER_MS + NS_PER_MS / 2, 1},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct anysock_deadline deadline = anysock_deadline_in(30);
        fake.now_ns += rows[i].passed_ns;
        assert_int_equal(rows[i].left_ms, anysock_deadline_left(&deadline));
    }
}

static void last_nanosecond_is_a_millisecond(void **state) {
    (void)state;
    struct anysock_deadline deadline = anysock_deadline_in(30);
    fake.now_ns += 30 * NS_PER_MS - 1;
    assert_int_equal(1, anysock_deadline_left(&deadline));
    fake.now_ns += 1;
    assert_int_equal(0, anysock_deadline_left(&deadline));
}

static void nothing_is_left_when_it_is_over(void **state) {
    (void)state;
    struct anysock_deadline deadline = anysock_deadline_in(30);
    fake.now_ns += 30 * NS_PER_MS + 1;
    assert_int_equal(0, anysock_deadline_left(&deadline));
    fake.now_ns = UINT64_MAX - 1;
    assert_int_equal(0, anysock_deadline_left(&deadline));
}

static void deadline_of_no_time_is_over_at_once(void **state) {
    (void)state;
    struct anysock_deadline deadline = anysock_deadline_in(0);
    assert_int_equal(0, anysock_deadline_left(&deadline));
}

static void for_ever_is_never_over(void **state) {
    (void)state;
    struct anysock_deadline deadline = anysock_deadline_in(ANYSOCK_FOREVER);
    assert_int_equal(ANYSOCK_FOREVER, anysock_deadline_left(&deadline));
    fake.now_ns = UINT64_MAX - 1;
    assert_int_equal(ANYSOCK_FOREVER, anysock_deadline_left(&deadline));
}

static void longest_time_out_is_exact(void **state) {
    (void)state;
    struct anysock_deadline deadline = anysock_deadline_in(INT_MAX - 1);
    assert_int_equal(INT_MAX - 1, anysock_deadline_left(&deadline));
    fake.now_ns += 1;
    assert_int_equal(INT_MAX - 1, anysock_deadline_left(&deadline));
    fake.now_ns += NS_PER_MS;
    assert_int_equal(INT_MAX - 2, anysock_deadline_left(&deadline));
}

static void time_left_is_at_most_int_max(void **state) {
    (void)state;
    struct anysock_deadline deadline = {fake.now_ns + INT_MAX * NS_PER_MS};
    assert_int_equal(INT_MAX, anysock_deadline_left(&deadline));
    deadline.at_ns += 1;
    assert_int_equal(INT_MAX, anysock_deadline_left(&deadline));
    deadline.at_ns = UINT64_MAX - 1;
    assert_int_equal(INT_MAX, anysock_deadline_left(&deadline));
}

static void deadline_that_is_set_is_never_the_unset_one(void **state) {
    (void)state;
    struct anysock_deadline unset = DEADLINE_UNSET, deadline = anysock_deadline_in(0);
    assert_true(unset.at_ns == 0);
    assert_true(deadline.at_ns != 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fake_reset, fake_check)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(whole_time_is_left_at_first),     TEST(time_left_shrinks_by_exact_milliseconds),
        TEST(fraction_is_rounded_up),          TEST(last_nanosecond_is_a_millisecond),
        TEST(nothing_is_left_when_it_is_over), TEST(deadline_of_no_time_is_over_at_once),
        TEST(for_ever_is_never_over),          TEST(longest_time_out_is_exact),
        TEST(time_left_is_at_most_int_max),    TEST(deadline_that_is_set_is_never_the_unset_one),
    };
    return cmocka_run_group_tests_name("deadline", tests, NULL, NULL);
}
