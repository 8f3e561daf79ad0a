/*
 * What internal.h promises of gates and wakers, asked of the real port.
 */
#include <stdatomic.h>

#include "check.h"
#include "internal.h"
#include "net.h"
#include "platform.h"

enum { THREADS = 4, SIGNALS = 20000, NATIVE = 4242 };

/* --- gates --- */

static struct anysock_port_gate gate;
static atomic_int passed;

static int pass_gate(void *argument) {
    (void)argument;
    anysock_port_set_native_error(NATIVE);
    anysock_port_gate_wait(&gate);
    atomic_fetch_add(&passed, 1);
    return anysock_port_native_error();
}

static void gate_that_was_opened_lets_one_through_later(void **state) {
    (void)state;
    assert_int_equal(0, anysock_port_gate_open(&gate));
    for (int i = 0; i < 3; i++)
        anysock_port_gate_let_one(&gate);
    for (int i = 0; i < 3; i++)
        anysock_port_gate_wait(&gate); /* hangs if an opening got lost */
    anysock_port_gate_close(&gate);
}

static void every_opening_lets_one_thread_through(void **state) {
    (void)state;
    struct thread threads[THREADS];
    assert_int_equal(0, anysock_port_gate_open(&gate));
    atomic_store(&passed, 0);
    for (size_t i = 0; i < THREADS; i++)
        thread_start(&threads[i], pass_gate, NULL);
    for (int i = 1; i <= THREADS; i++) {
        anysock_port_gate_let_one(&gate);
        while (atomic_load(&passed) < i)
            (void)anysock_port_poll(NULL, 0, 1);
        assert_int_equal(i, atomic_load(&passed));
    }
    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(NATIVE, thread_join(&threads[i])); /* the error slot is preserved */
    anysock_port_gate_close(&gate);
}

static void gate_preserves_the_error_slot(void **state) {
    (void)state;
    assert_int_equal(0, anysock_port_gate_open(&gate));
    anysock_port_set_native_error(NATIVE);
    anysock_port_gate_let_one(&gate);
    anysock_port_gate_wait(&gate);
    anysock_port_gate_close(&gate);
    assert_int_equal(NATIVE, anysock_port_native_error());
}

/* --- wakers --- */

static struct anysock_port_waker waker;

static bool is_signalled(int timeout_ms) {
    struct anysock_port_item item = {waker.readable, ANYSOCK_READABLE, 0};
    int found = anysock_port_poll(&item, 1, timeout_ms);
    assert_true(found >= 0);
    return found == 1 && (item.events & ANYSOCK_READABLE) != 0;
}

static void waker_is_readable_from_signal_to_drain(void **state) {
    (void)state;
    assert_int_equal(0, anysock_port_waker_open(&waker));
    for (int i = 0; i < 3; i++) {
        assert_false(is_signalled(0));
        anysock_port_waker_signal(&waker);
        assert_true(is_signalled(PATIENCE_MS));
        assert_true(is_signalled(0)); /* until it is drained */
        anysock_port_waker_drain(&waker);
    }
    anysock_port_waker_drain(&waker); /* without a signal, too */
    assert_false(is_signalled(0));
    anysock_port_waker_close(&waker);
}

/* More than a buffer of the system's takes. */
static void waker_takes_any_number_of_signals(void **state) {
    (void)state;
    assert_int_equal(0, anysock_port_waker_open(&waker));
    for (int i = 0; i < SIGNALS; i++)
        anysock_port_waker_signal(&waker);
    assert_true(is_signalled(PATIENCE_MS));
    while (is_signalled(0))
        anysock_port_waker_drain(&waker);
    anysock_port_waker_signal(&waker);
    assert_true(is_signalled(PATIENCE_MS));
    anysock_port_waker_close(&waker);
}

static void waker_preserves_the_error_slot(void **state) {
    (void)state;
    assert_int_equal(0, anysock_port_waker_open(&waker));
    anysock_port_set_native_error(NATIVE);
    anysock_port_waker_signal(&waker);
    assert_int_equal(NATIVE, anysock_port_native_error());
    anysock_port_waker_close(&waker);
}

static void child_processes_inherit_no_waker(void **state) {
    (void)state;
    assert_int_equal(0, anysock_port_waker_open(&waker));
    assert_false(is_inheritable(waker.readable));
    assert_false(is_inheritable(waker.other));
    anysock_port_waker_close(&waker);
}

static int signal_waker(void *argument) {
    (void)argument;
    anysock_port_waker_signal(&waker);
    return 0;
}

static void waker_ends_the_poll_of_another_thread(void **state) {
    (void)state;
    struct thread thread;
    assert_int_equal(0, anysock_port_waker_open(&waker));
    thread_start(&thread, signal_waker, NULL);
    assert_true(is_signalled(PATIENCE_MS));
    assert_int_equal(0, thread_join(&thread));
    anysock_port_waker_close(&waker);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(gate_that_was_opened_lets_one_through_later),
        TEST(every_opening_lets_one_thread_through),
        TEST(gate_preserves_the_error_slot),
        TEST(waker_is_readable_from_signal_to_drain),
        TEST(waker_takes_any_number_of_signals),
        TEST(waker_preserves_the_error_slot),
        TEST(child_processes_inherit_no_waker),
        TEST(waker_ends_the_poll_of_another_thread),
    };
    return cmocka_run_group_tests_name("thread", tests, NULL, NULL);
}
