/*
 * Waiting in a queue on the fake port: arguments, deadlines, signals, wakes, and what a wait does
 * when the system fails.
 */
#include "watching.h"

/* How many waits of this length there were, and how they ended. */
static void wait_for(int timeout_ms) {
    assert_anysock(ANYSOCK_OK, anysock_queue_wait(queue, got, COUNT_OF(got), timeout_ms, &count));
}

static void wake(void) {
    assert_anysock(ANYSOCK_OK, anysock_queue_wake(queue));
}

static void wake_now(struct fake_socket *socket) {
    (void)socket;
    (void)anysock_queue_wake(queue);
}

/* --- arguments --- */

static void wait_checks_its_arguments_in_order(void **state) {
    (void)state;
    assert_refusal(ANYSOCK_EFAULT, anysock_queue_wait(NULL, NULL, 0, -2, NULL));
    assert_refusal(ANYSOCK_EFAULT, anysock_queue_wait(NULL, got, 0, -2, &count));
    assert_int_equal(0, count);
    count = 99;
    assert_refusal(ANYSOCK_EFAULT, anysock_queue_wait(queue, NULL, 0, -2, &count));
    assert_int_equal(0, count);
    count = 99;
    assert_refusal(ANYSOCK_EINVAL, anysock_queue_wait(queue, got, 0, 0, &count));
    assert_int_equal(0, count);
    static const int bad_ms[] = {-2, INT_MIN, INT_MAX};
    for (size_t i = 0; i < COUNT_OF(bad_ms); i++) {
        count = 99;
        assert_refusal(ANYSOCK_EINVAL, anysock_queue_wait(queue, got, 1, bad_ms[i], &count));
        assert_int_equal(0, count);
    }
    assert_string_equal("", fake_trace());
}

static void refused_wait_does_not_keep_the_queue(void **state) {
    (void)state;
    assert_refusal(ANYSOCK_EINVAL, anysock_queue_wait(queue, got, 0, 0, &count));
    assert_int_equal(0, look(1));
}

static void any_capacity_will_do(void **state) {
    (void)state;
    s = fake_connected(0);
    add(&s, BOTH, LEVEL);
    assert_anysock(ANYSOCK_OK, anysock_queue_wait(queue, got, SIZE_MAX, 0, &count));
    assert_int_equal(1, count);
}

static void wake_wants_a_queue(void **state) {
    (void)state;
    assert_refusal(ANYSOCK_EFAULT, anysock_queue_wake(NULL));
    assert_string_equal("", fake_trace());
}

static int refusals;

/* What another thread meets while one waits. */
static void try_to_wait_and_close(struct fake_socket *socket) {
    struct anysock_queue_event event;
    size_t none = 99;
    refusals += anysock_queue_wait(queue, &event, 1, 0, &none) == ANYSOCK_EBUSY && none == 0;
    refusals += anysock_queue_close(queue) == ANYSOCK_EBUSY;
    fake_data_arrives(socket);
}

static void one_thread_waits_at_a_time(void **state) {
    (void)state;
    refusals = 0;
    t = fake_connected(0);
    s = fake_connected(0);
    add(&s, ANYSOCK_READABLE, LEVEL);
    fake_later(20, try_to_wait_and_close, &s);
    wait_for(ANYSOCK_FOREVER);
    assert_int_equal(ANYSOCK_READABLE, events_of(&s));
    assert_int_equal(2, refusals);
}

/* --- time --- */

static void wait_returns_at_once_what_is_there(void **state) {
    (void)state;
    static const int times_ms[] = {0, 30, ANYSOCK_FOREVER};
    s = fake_connected(0);
    t = fake_fresh(0);
    add(&s, BOTH, LEVEL);
    add(&t, BOTH, LEVEL);
    for (size_t i = 0; i < COUNT_OF(times_ms); i++) {
        wait_for(times_ms[i]);
        assert_int_equal(ANYSOCK_WRITABLE, events_of(&s));
        assert_int_equal(FRESH, events_of(&t));
    }
    assert_int_equal(0, fake_elapsed_ms());
}

static void wait_of_no_time_looks_once(void **state) {
    (void)state;
    s = fake_connected(0);
    add(&s, ANYSOCK_READABLE, LEVEL);
    wait_for(0);
    assert_int_equal(0, count);
    assert_string_equal("poll", fake_trace());
    assert_int_equal(0, fake_elapsed_ms());
}

static void wait_lasts_exactly_its_time(void **state) {
    (void)state;
    static const int times_ms[] = {1, 30, INT_MAX - 1};
    s = fake_connected(0);
    add(&s, ANYSOCK_READABLE, LEVEL);
    for (size_t i = 0; i < COUNT_OF(times_ms); i++) {
        uint64_t begin = fake.now_ns;
        wait_for(times_ms[i]);
        assert_int_equal(0, count);
        assert_true(fake.now_ns - begin == (uint64_t)times_ms[i] * 1000000);
    }
}

static void empty_queue_waits_its_time(void **state) {
    (void)state;
    wait_for(30);
    assert_int_equal(0, count);
    assert_int_equal(30, fake_elapsed_ms());
}

static void wait_ends_when_something_happens(void **state) {
    (void)state;
    s = fake_connected(0);
    add(&s, ANYSOCK_READABLE, LEVEL);
    fake_later(20, fake_data_arrives, &s);
    wait_for(30);
    assert_int_equal(ANYSOCK_READABLE, events_of(&s));
    assert_int_equal(20, fake_elapsed_ms());
}

static void wait_for_ever_has_no_limit(void **state) {
    (void)state;
    s = fake_connected(0);
    add(&s, ANYSOCK_READABLE, LEVEL);
    fake_later(100000, fake_data_arrives, &s);
    wait_for(ANYSOCK_FOREVER);
    assert_int_equal(ANYSOCK_READABLE, events_of(&s));
    assert_int_equal(100000, fake_elapsed_ms());
}

static void early_timers_are_waited_out(void **state) {
    (void)state;
    s = fake_connected(0);
    add(&s, ANYSOCK_READABLE, LEVEL);
    fake.early_ns = 400000;
    wait_for(30);
    assert_int_equal(0, count);
    assert_string_equal("poll poll", fake_trace());
    assert_true(fake_elapsed_ms() >= 30);
}

static void signals_are_waited_out(void **state) {
    (void)state;
    s = fake_connected(0);
    add(&s, ANYSOCK_READABLE, LEVEL);
    fake_fail("poll", FAKE_EINTR, 3);
    wait_for(30);
    assert_int_equal(0, count);
    assert_string_equal("poll poll poll poll", fake_trace());
    assert_int_equal(30, fake_elapsed_ms());
}

static void signal_does_not_hide_what_is_there(void **state) {
    (void)state;
    static const int times_ms[] = {0, 30, ANYSOCK_FOREVER};
    s = fake_connected(0);
    add(&s, BOTH, LEVEL);
    for (size_t i = 0; i < COUNT_OF(times_ms); i++) {
        fake_fail("poll", FAKE_EINTR, 1);
        wait_for(times_ms[i]);
        assert_int_equal(ANYSOCK_WRITABLE, events_of(&s));
    }
    assert_int_equal(0, fake_elapsed_ms());
}

/* The system reports what nobody wants, again and again: Windows the peer's end, and a system that
 * can tell of it only by what is received the data in front of it. */
static void unwanted_news_are_waited_out(void **state) {
    (void)state;
    static const unsigned wanted[] = {ANYSOCK_WRITABLE, ANYSOCK_PEER_CLOSED};
    s = fake_connected(0);
    add(&s, 0, LEVEL);
    fake_of(&s)->seen = ANYSOCK_READABLE;
    for (size_t i = 0; i < COUNT_OF(wanted); i++) {
        uint64_t begin = fake.now_ns;
        modify(&s, wanted[i], LEVEL);
        (void)fake_trace();
        wait_for(100);
        assert_int_equal(0, count);
        assert_true(fake.now_ns - begin == 100 * (uint64_t)1000000);
        assert_true(strlen(fake_trace()) < strlen("poll ") * 15); /* and not by spinning */
    }
}

static void unwanted_news_hide_nothing_from_a_look(void **state) {
    (void)state;
    s = fake_connected(0);
    add(&s, ANYSOCK_WRITABLE, LEVEL);
    fake_of(&s)->seen = ANYSOCK_READABLE;
    wait_for(0);
    assert_int_equal(0, count);
    fake_of(&s)->seen = ANYSOCK_WRITABLE;
    wait_for(0);
    assert_int_equal(ANYSOCK_WRITABLE, events_of(&s));
}

/* --- wakes --- */

static void wake_before_the_wait_is_not_lost(void **state) {
    (void)state;
    static const int times_ms[] = {0, 30, ANYSOCK_FOREVER};
    for (size_t i = 0; i < COUNT_OF(times_ms); i++) {
        wake();
        wait_for(times_ms[i]);
        assert_int_equal(0, count);
        assert_string_equal("signal poll drain", fake_trace());
    }
    assert_int_equal(0, fake_elapsed_ms());
}

static void wakes_count_as_one(void **state) {
    (void)state;
    for (int i = 0; i < 3; i++)
        wake();
    wait_for(ANYSOCK_FOREVER);
    assert_string_equal("signal poll drain", fake_trace());
    wait_for(30);
    assert_int_equal(30, fake_elapsed_ms());
}

static void wake_ends_a_wait(void **state) {
    (void)state;
    static const int times_ms[] = {30, ANYSOCK_FOREVER};
    s = fake_connected(0);
    add(&s, ANYSOCK_READABLE, LEVEL);
    for (size_t i = 0; i < COUNT_OF(times_ms); i++) {
        int begin_ms = fake_elapsed_ms();
        fake_later(20, wake_now, &s);
        wait_for(times_ms[i]);
        assert_int_equal(0, count);
        assert_int_equal(20, fake_elapsed_ms() - begin_ms);
    }
}

static void wake_after_the_wait_ends_the_next_one(void **state) {
    (void)state;
    wait_for(10);
    wake();
    wait_for(ANYSOCK_FOREVER);
    assert_int_equal(0, count);
    assert_int_equal(10, fake_elapsed_ms());
    wait_for(10);
    assert_int_equal(20, fake_elapsed_ms());
}

static void wake_comes_with_what_is_there(void **state) {
    (void)state;
    s = fake_connected(0);
    t = fake_fresh(0);
    add(&s, BOTH, LEVEL);
    add(&t, BOTH, LEVEL);
    wake();
    wait_for(ANYSOCK_FOREVER);
    assert_int_equal(ANYSOCK_WRITABLE, events_of(&s));
    assert_int_equal(FRESH, events_of(&t));
}

static void data_and_wake(struct fake_socket *socket) {
    fake_data_arrives(socket);
    (void)anysock_queue_wake(queue);
}

static void wake_with_data_ends_one_wait_only(void **state) {
    (void)state;
    s = fake_connected(0);
    add(&s, ANYSOCK_READABLE, LEVEL);
    fake_later(20, data_and_wake, &s);
    wait_for(ANYSOCK_FOREVER);
    assert_int_equal(ANYSOCK_READABLE, events_of(&s));
    fake_of(&s)->incoming = 0;
    fake_later(20, fake_data_arrives, &s);
    wait_for(30);
    assert_int_equal(ANYSOCK_READABLE, events_of(&s));
    assert_int_equal(40, fake_elapsed_ms());
}

static void interrupted_wait_sees_the_wake(void **state) {
    (void)state;
    wake();
    fake_fail("poll", FAKE_EINTR, 2);
    wait_for(ANYSOCK_FOREVER);
    assert_int_equal(0, count);
    assert_int_equal(0, fake_elapsed_ms());
}

/* What others change while a wait lasts makes it look again, and no more. */
static struct anysock *added;

static void add_now(struct fake_socket *socket) {
    (void)socket;
    (void)anysock_queue_add(queue, added, ANYSOCK_READABLE, LEVEL, added);
}

static void socket_that_is_added_meanwhile_is_seen(void **state) {
    (void)state;
    s = fake_connected(0);
    t = fake_connected(0);
    added = &t;
    fake_later(20, add_now, &s);
    fake_later(50, fake_data_arrives, &t);
    wait_for(ANYSOCK_FOREVER);
    assert_int_equal(ANYSOCK_READABLE, events_of(&t));
    assert_int_equal(50, fake_elapsed_ms());
}

static void fresh_stream_that_is_added_meanwhile_is_told(void **state) {
    (void)state;
    s = fake_connected(0);
    t = fake_fresh(0);
    added = &t;
    add(&s, ANYSOCK_READABLE, LEVEL);
    fake_later(20, add_now, &s);
    wait_for(ANYSOCK_FOREVER);
    assert_int_equal(ANYSOCK_READABLE | ANYSOCK_HANG_UP, events_of(&t));
    assert_int_equal(20, fake_elapsed_ms());
}

/* The wait finds data on the removed socket, and the other one must not have its place yet. */
static void replace_now(struct fake_socket *socket) {
    (void)anysock_queue_remove(queue, &s);
    fake_data_arrives(socket);
    add_now(socket);
}

static void socket_that_is_removed_meanwhile_is_not_told(void **state) {
    (void)state;
    s = fake_connected(0);
    t = fake_connected(0);
    added = &t;
    add(&s, ANYSOCK_READABLE, LEVEL);
    fake_later(20, replace_now, &s);
    wait_for(30);
    assert_int_equal(0, count);
    assert_int_equal(30, fake_elapsed_ms());
    fake_data_arrives(fake_of(&t));
    wait_for(0);
    assert_int_equal(ANYSOCK_READABLE, events_of(&t));
}

/* Whoever removes a socket may close it next, and nobody must ask about a closed one. */
static unsigned awaited;

static void remove_now(struct fake_socket *socket) {
    (void)socket;
    (void)anysock_queue_remove(queue, &s);
    awaited = fake.awaited;
}

static void removal_awaits_the_end_of_the_systems_wait(void **state) {
    (void)state;
    awaited = 0;
    s = fake_connected(0);
    add(&s, ANYSOCK_READABLE, LEVEL);
    fake_later(20, remove_now, &s);
    wait_for(30);
    assert_int_equal(1, awaited);
    assert_int_equal(0, fake.awaited); /* the gate was opened */
    assert_int_equal(30, fake_elapsed_ms());
}

static void removal_awaits_nobody_between_waits(void **state) {
    (void)state;
    s = fake_connected(0);
    add(&s, ANYSOCK_READABLE, LEVEL);
    wait_for(0);
    assert_anysock(ANYSOCK_OK, anysock_queue_remove(queue, &s));
    assert_false(fake.stuck);
}

/* Removed ones are used again at the latest when so many of them wait for a waiting thread. */
static void churn_now(struct fake_socket *socket) {
    for (int i = 0; i < 5000; i++) {
        add_now(socket);
        (void)anysock_queue_remove(queue, added);
    }
}

static void churn_while_a_thread_waits_is_survived(void **state) {
    (void)state;
    s = fake_connected(0);
    t = fake_connected(0);
    added = &t;
    add(&s, ANYSOCK_READABLE, LEVEL);
    fake_later(10, churn_now, &s);
    fake_later(20, churn_now, &s);
    wait_for(30);
    assert_int_equal(0, count);
    fake.trace[0] = '\0';
    add_now(NULL);
    fake_data_arrives(fake_of(&t));
    wait_for(0);
    assert_int_equal(ANYSOCK_READABLE, events_of(&t));
}

/* --- failures --- */

static void wait_reports_a_failure_of_the_system(void **state) {
    (void)state;
    static const int times_ms[] = {0, 30, ANYSOCK_FOREVER};
    s = fake_connected(0);
    add(&s, ANYSOCK_READABLE, LEVEL);
    for (size_t i = 0; i < COUNT_OF(times_ms); i++) {
        count = 99;
        fake_fail("poll", FAKE_ENOBUFS, 2); /* one that does not pass by itself */
        assert_anysock(ANYSOCK_ENOBUFS, anysock_queue_wait(queue, got, 4, times_ms[i], &count));
        assert_int_equal(FAKE_ENOBUFS, anysock_native_error());
        assert_int_equal(0, count);
        while (anysock_queue_wait(queue, got, 4, 0, &count) != ANYSOCK_OK) {
            /* The rest of the failures. */
        }
    }
    fake_data_arrives(fake_of(&s));
    wait_for(0);
    assert_int_equal(ANYSOCK_READABLE, events_of(&s)); /* it waits again */
}

static void failure_does_not_hide_what_is_known(void **state) {
    (void)state;
    s = fake_fresh(0);
    add(&s, BOTH, LEVEL);
    fake_fail("poll", FAKE_ENOBUFS, 2);
    wait_for(30);
    assert_int_equal(FRESH, events_of(&s));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(wait_checks_its_arguments_in_order),
        TEST(refused_wait_does_not_keep_the_queue),
        TEST(any_capacity_will_do),
        TEST(wake_wants_a_queue),
        TEST(one_thread_waits_at_a_time),
        TEST(wait_returns_at_once_what_is_there),
        TEST(wait_of_no_time_looks_once),
        TEST(wait_lasts_exactly_its_time),
        TEST(empty_queue_waits_its_time),
        TEST(wait_ends_when_something_happens),
        TEST(wait_for_ever_has_no_limit),
        TEST(early_timers_are_waited_out),
        TEST(signals_are_waited_out),
        TEST(signal_does_not_hide_what_is_there),
        TEST(unwanted_news_are_waited_out),
        TEST(unwanted_news_hide_nothing_from_a_look),
        TEST(wake_before_the_wait_is_not_lost),
        TEST(wakes_count_as_one),
        TEST(wake_ends_a_wait),
        TEST(wake_after_the_wait_ends_the_next_one),
        TEST(wake_comes_with_what_is_there),
        TEST(wake_with_data_ends_one_wait_only),
        TEST(interrupted_wait_sees_the_wake),
        TEST(socket_that_is_added_meanwhile_is_seen),
        TEST(fresh_stream_that_is_added_meanwhile_is_told),
        TEST(socket_that_is_removed_meanwhile_is_not_told),
        TEST(removal_awaits_the_end_of_the_systems_wait),
        TEST(removal_awaits_nobody_between_waits),
        TEST(churn_while_a_thread_waits_is_survived),
        TEST(wait_reports_a_failure_of_the_system),
        TEST(failure_does_not_hide_what_is_known),
    };
    return cmocka_run_group_tests_name("queue_wait", tests, NULL, NULL);
}
