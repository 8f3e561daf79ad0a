/*
 * What events promise to a foreign loop, over loopback: the meaning of anysock_wait() in every
 * state, signals for what only the library knows, and what happens to signals that others take.
 */
#include <stdlib.h>

#include "deviations.h"
#include "net.h"
#include "platform.h"

/* Conditions of a loop. */
#define BOTH (ANYSOCK_READABLE | ANYSOCK_WRITABLE)

static struct anysock s, peer;
static struct anysock_event *event;
static char buffer[64];
static size_t count;

/* The tests leave s and peer to this. */
static void close_all(void) {
    if (anysock_is_open(&s))
        assert_anysock(ANYSOCK_OK, anysock_close(&s));
    if (anysock_is_open(&peer))
        assert_anysock(ANYSOCK_OK, anysock_close(&peer));
    assert_anysock(ANYSOCK_OK, anysock_event_destroy(event));
    event = NULL;
}

static void bind_for(unsigned wanted) {
    if (event == NULL)
        assert_anysock(ANYSOCK_OK, anysock_event_create(&event));
    assert_anysock(ANYSOCK_OK, anysock_event_bind(event, &s, wanted));
}

static void make_bound_pair(unsigned wanted) {
    make_pair(0, 0, &s, &peer);
    bind_for(wanted);
}

static unsigned which(void) {
    unsigned events;
    assert_anysock(ANYSOCK_OK, anysock_event_which(event, &events));
    return events;
}

static bool signalled(int timeout_ms) {
    return waitable_is_signalled(anysock_event_native(event), timeout_ms);
}

/* --- the same meaning as waiting --- */

static void be_fresh(void) {
    assert_anysock(ANYSOCK_OK, anysock_open(ANYSOCK_INET, ANYSOCK_STREAM, 0, &s));
}

static void be_fresh_datagram(void) {
    assert_anysock(ANYSOCK_OK, anysock_open(ANYSOCK_INET, ANYSOCK_DGRAM, 0, &s));
}

static void be_datagram_with_data(void) {
    struct anysock_addr addr;
    assert_anysock(ANYSOCK_OK, anysock_addr_loopback(ANYSOCK_INET, 0, &addr));
    be_fresh_datagram();
    assert_anysock(ANYSOCK_OK, anysock_bind(&s, &addr, ANYSOCK_BIND_SERVER));
    assert_anysock(ANYSOCK_OK, anysock_local_addr(&s, &addr));
    assert_anysock(ANYSOCK_OK, anysock_send_to(&s, "x", 1, 0, &addr, &count));
    (void)await(&s, ANYSOCK_READABLE);
}

static void be_listener(void) {
    struct anysock_addr addr;
    make_listener(ANYSOCK_INET, 0, &s, &addr);
}

static void be_listener_with_client(void) {
    struct anysock_addr addr;
    make_listener(ANYSOCK_INET, 0, &s, &addr);
    assert_anysock(ANYSOCK_OK, anysock_open(ANYSOCK_INET, ANYSOCK_STREAM, 0, &peer));
    assert_anysock(ANYSOCK_OK, anysock_connect(&peer, &addr));
    (void)await(&s, ANYSOCK_READABLE);
}

static void be_refused(void) {
    struct anysock_addr addr;
    make_refusing(&peer, &addr);
    be_fresh();
    assert_anysock(ANYSOCK_ECONNREFUSED, anysock_connect(&s, &addr));
}

static void be_connected(void) {
    make_pair(0, 0, &s, &peer);
}

static void be_connected_unasked(void) {
    struct anysock_addr addr;
    make_listener(ANYSOCK_INET, 0, &peer, &addr);
    assert_anysock(ANYSOCK_OK, anysock_open(ANYSOCK_INET, ANYSOCK_STREAM, ANYSOCK_NONBLOCK, &s));
    assert_anysock(ANYSOCK_EINPROGRESS, anysock_connect(&s, &addr));
    (void)await(&s, ANYSOCK_WRITABLE);
}

static void be_full(void) {
    be_connected();
    (void)fill(&s);
}

static void be_connected_with_data(void) {
    be_connected();
    say(&peer, "data");
    (void)await(&s, ANYSOCK_READABLE);
}

static void be_left(void) {
    be_connected();
    assert_anysock(ANYSOCK_OK, anysock_shutdown(&peer, ANYSOCK_SHUT_WR));
    (void)await(&s, ANYSOCK_READABLE);
}

static void be_left_and_full(void) {
    be_left();
    (void)fill(&s);
}

static void be_left_with_data(void) {
    be_connected_with_data();
    assert_anysock(ANYSOCK_OK, anysock_close(&peer));
}

static void be_shut_for_reading(void) {
    be_connected();
    assert_anysock(ANYSOCK_OK, anysock_shutdown(&s, ANYSOCK_SHUT_RD));
}

static void be_shut_for_writing(void) {
    be_connected();
    assert_anysock(ANYSOCK_OK, anysock_shutdown(&s, ANYSOCK_SHUT_WR));
}

static void be_shut(void) {
    be_connected();
    assert_anysock(ANYSOCK_OK, anysock_shutdown(&s, ANYSOCK_SHUT_RDWR));
}

static void be_reset(void) {
    be_connected();
    assert_anysock(ANYSOCK_OK, anysock_abort(&peer));
    await_state(&s, ANYSOCK_PEER_RESET);
}

static void be_reset_unseen(void) {
    be_connected();
    assert_anysock(ANYSOCK_OK, anysock_abort(&peer));
    (void)await(&s, ANYSOCK_READABLE);
}

static const struct situation {
    const char *name;
    void (*be)(void);
} situations[] = {
    {"fresh", be_fresh},
    {"fresh datagram", be_fresh_datagram},
    {"datagram with data", be_datagram_with_data},
    {"listener", be_listener},
    {"listener with client", be_listener_with_client},
    {"refused", be_refused},
    {"connected", be_connected},
    {"connected unasked", be_connected_unasked},
    {"full", be_full},
    {"connected with data", be_connected_with_data},
    {"left", be_left},
    {"left and full", be_left_and_full},
    {"left with data", be_left_with_data},
    {"shut for reading", be_shut_for_reading},
    {"shut for writing", be_shut_for_writing},
    {"shut", be_shut},
    {"reset", be_reset},
    {"reset unseen", be_reset_unseen},
};

/* Nothing is lost by binding, by looking, by rearming or by a loop that resets the handle. */
static void compare_with_wait(const struct situation *situation, unsigned wanted) {
    unsigned expected, events;
    situation->be();
    int code = anysock_wait(&s, wanted, 0, &expected);
    bind_for(wanted);
    for (int i = 0; i < 3; i++) {
        if (signalled(0) != (expected != 0))
            fail_msg("%s for %u: %ssignalled", situation->name, wanted,
                     expected != 0 ? "not " : "");
        events = which();
        if (events != expected)
            fail_msg("%s for %u: %u instead of %u", situation->name, wanted, events, expected);
        if (i == 1)
            waitable_reset(anysock_event_native(event));
        assert_anysock(ANYSOCK_OK, anysock_event_rearm(event));
    }
    assert_anysock(code, anysock_event_wait(event, 0, &events));
    assert_int_equal(expected, events);
    close_all();
}

static void event_tells_what_a_wait_tells(void **state) {
    (void)state;
    static const unsigned wanted[] = {ANYSOCK_READABLE, ANYSOCK_WRITABLE, BOTH};
    for (size_t i = 0; i < COUNT_OF(situations); i++)
        for (size_t j = 0; j < COUNT_OF(wanted); j++)
            compare_with_wait(&situations[i], wanted[j]);
}

/* Bound before it is anything, as many programs do. */
static void event_of_a_fresh_socket_follows_its_connect(void **state) {
    (void)state;
    struct black_hole hole;
    make_black_hole(&hole);
    assert_anysock(ANYSOCK_OK, anysock_open(ANYSOCK_INET, ANYSOCK_STREAM, ANYSOCK_NONBLOCK, &s));
    bind_for(BOTH);
    assert_true(signalled(0)); /* a send would not wait but fail */
    assert_int_equal(BOTH, which());
    assert_anysock(ANYSOCK_EINPROGRESS, anysock_connect(&s, &hole.addr));
    assert_false(signalled(0));
    assert_int_equal(0, which());
    close_all();
    close_black_hole(&hole);
}

static void end_of_stream_is_seen_behind_the_data(void **state) {
    (void)state;
    make_bound_pair(ANYSOCK_READABLE);
    say(&peer, "data");
    assert_anysock(ANYSOCK_OK, anysock_close(&peer));
    size_t total = 0;
    do {
        assert_true(signalled(PATIENCE_MS));
        if (which() == 0)
            continue; /* between the data and the end */
        assert_anysock(ANYSOCK_OK, anysock_recv(&s, buffer, 1, 0, &count));
        total += count;
    } while (count > 0);
    assert_int_equal(4, total);
    assert_int_equal(ANYSOCK_READABLE, which());
    close_all();
}

/* A send that was taken as a whole may have filled the buffer without having met "would block". */
static void room_signals_who_has_not_met_would_block(void **state) {
    (void)state;
    enum { MUCH = 16 << 20 };
    char *much = calloc(1, MUCH);
    assert_non_null(much);
    make_bound_pair(ANYSOCK_WRITABLE);
    assert_anysock(ANYSOCK_OK, anysock_send(&s, much, MUCH, ANYSOCK_NO_WAIT, &count));
    free(much);
    if (which() == 0 && !room_needs_would_block()) {
        assert_false(signalled(0));
        while (!signalled(1))
            (void)drain(&peer);
        assert_int_equal(ANYSOCK_WRITABLE, which());
    }
    close_all();
}

/* --- what only the library knows --- */

static int shut_down_for_reading(void *argument) {
    return anysock_shutdown(argument, ANYSOCK_SHUT_RD);
}

static void own_shutdown_wakes_a_foreign_loop(void **state) {
    (void)state;
    struct thread other;
    make_bound_pair(ANYSOCK_READABLE);
    assert_false(signalled(0));
    thread_start(&other, shut_down_for_reading, &s);
    bool woken = signalled(PATIENCE_MS);
    assert_anysock(ANYSOCK_OK, thread_join(&other));
    assert_true(woken);
    assert_int_equal(ANYSOCK_READABLE, which());
    assert_true(signalled(0));
    assert_anysock(ANYSOCK_OK, anysock_recv(&s, buffer, sizeof buffer, 0, &count));
    assert_int_equal(0, count);
    close_all();
}

/* Two threads at once, one looking and one finding out. */
static void own_shutdown_ends_a_wait_of_another_thread(void **state) {
    (void)state;
    for (int i = 0; i < 8; i++) {
        struct thread other;
        unsigned events;
        make_bound_pair(ANYSOCK_READABLE);
        thread_start(&other, shut_down_for_reading, &s);
        int code = anysock_event_wait(event, PATIENCE_MS, &events);
        assert_anysock(ANYSOCK_OK, thread_join(&other));
        assert_anysock(ANYSOCK_OK, code);
        assert_int_equal(ANYSOCK_READABLE, events);
        close_all();
    }
}

/* Both directions' ends are found by two threads at once. */
static int shut_down_for_writing(void *argument) {
    return anysock_shutdown(argument, ANYSOCK_SHUT_WR);
}

static void two_changes_at_once_are_both_told(void **state) {
    (void)state;
    for (int i = 0; i < 8; i++) {
        struct thread readers_end, writers_end;
        make_pair(0, 0, &s, &peer);
        (void)fill(&s);
        bind_for(BOTH);
        thread_start(&readers_end, shut_down_for_reading, &s);
        thread_start(&writers_end, shut_down_for_writing, &s);
        assert_anysock(ANYSOCK_OK, thread_join(&readers_end));
        assert_anysock(ANYSOCK_OK, thread_join(&writers_end));
        assert_true(signalled(0));
        assert_int_equal(BOTH, which());
        close_all();
    }
}

static void socket_may_move_while_bound(void **state) {
    (void)state;
    struct anysock old;
    make_pair(0, 0, &old, &peer);
    assert_anysock(ANYSOCK_OK, anysock_event_create(&event));
    assert_anysock(ANYSOCK_OK, anysock_event_bind(event, &old, ANYSOCK_READABLE));
    s = old;
    old = (struct anysock)ANYSOCK_INIT;
    assert_anysock(ANYSOCK_OK, anysock_shutdown(&s, ANYSOCK_SHUT_RD));
    assert_true(signalled(0));
    assert_anysock(ANYSOCK_OK, anysock_event_unbind(&s));
    assert_false(signalled(0));
    bind_for(ANYSOCK_READABLE);
    assert_true(signalled(0));
    close_all();
}

/* What only the library knows needs a descriptor on POSIX. */
static void missing_descriptor_is_reported(void **state) {
    (void)state;
    make_bound_pair(ANYSOCK_READABLE);
    bool forbidden = forbid_descriptors();
    int shut = anysock_shutdown(&s, ANYSOCK_SHUT_RD);
    unsigned events = 99;
    int code = anysock_event_which(event, &events);
    allow_descriptors();
    assert_anysock(ANYSOCK_OK, shut);
    if (forbidden && !is_windows()) {
        assert_int_equal(ANYSOCK_EMFILE, code);
        assert_int_equal(0, events);
    }
    assert_int_equal(ANYSOCK_READABLE, which());
    assert_true(signalled(0));
    close_all();
}

/* --- signals that others take --- */

static void consumed_signal_comes_back_by_rearming(void **state) {
    (void)state;
    make_bound_pair(ANYSOCK_READABLE);
    say(&peer, "data");
    assert_true(signalled(PATIENCE_MS));
    waitable_reset(anysock_event_native(event));
    assert_anysock(ANYSOCK_OK, anysock_recv(&s, buffer, 1, 0, &count));
    waitable_reset(anysock_event_native(event));
    assert_anysock(ANYSOCK_OK, anysock_event_rearm(event));
    assert_true(signalled(0));
    close_all();
}

static void rearming_takes_back_what_was_handled(void **state) {
    (void)state;
    make_bound_pair(ANYSOCK_READABLE);
    say(&peer, "data");
    assert_true(signalled(PATIENCE_MS));
    assert_int_equal(ANYSOCK_READABLE, which());
    assert_anysock(ANYSOCK_OK, anysock_recv(&s, buffer, sizeof buffer, 0, &count));
    assert_anysock(ANYSOCK_OK, anysock_event_rearm(event));
    assert_false(signalled(0));
    say(&peer, "more");
    assert_true(signalled(PATIENCE_MS));
    close_all();
}

static void rearm_checks_its_argument(void **state) {
    (void)state;
    assert_anysock(ANYSOCK_EFAULT, anysock_event_rearm(NULL));
    assert_anysock(ANYSOCK_OK, anysock_event_create(&event));
    assert_anysock(ANYSOCK_EINVAL, anysock_event_rearm(event));
    close_all();
}

/* There is one selection per socket on Windows, and the event does not steal it. */
static void foreign_selection_is_left_alone(void **state) {
    (void)state;
    make_pair(0, 0, &s, &peer);
    assert_anysock(ANYSOCK_OK, anysock_event_create(&event));
    foreign_select(anysock_native_handle(&s));
    int code = anysock_event_bind(event, &s, ANYSOCK_READABLE);
    assert_anysock(is_windows() ? ANYSOCK_EBUSY : ANYSOCK_OK, code);
    assert_true(anysock_is_blocking(&s));
    assert_anysock(ANYSOCK_OK, anysock_event_unbind(&s));
    foreign_unselect(anysock_native_handle(&s));
    bind_for(ANYSOCK_READABLE);
    say(&peer, "x");
    assert_true(signalled(PATIENCE_MS));
    close_all();
}

static void foreign_async_selection_is_left_alone(void **state) {
    (void)state;
    make_pair(0, 0, &s, &peer);
    assert_anysock(ANYSOCK_OK, anysock_event_create(&event));
    foreign_async_select(anysock_native_handle(&s));
    int code = anysock_event_bind(event, &s, ANYSOCK_READABLE);
    assert_anysock(is_windows() ? ANYSOCK_EBUSY : ANYSOCK_OK, code);
    close_all();
}

/* Which cannot be refused, but repaired. */
static void stolen_association_comes_back_by_rearming(void **state) {
    (void)state;
    make_bound_pair(ANYSOCK_READABLE);
    foreign_select(anysock_native_handle(&s));
    foreign_unselect(anysock_native_handle(&s));
    say(&peer, "x");
    (void)await(&s, ANYSOCK_READABLE);
    assert_anysock(ANYSOCK_OK, anysock_event_rearm(event));
    assert_true(signalled(0));
    assert_anysock(ANYSOCK_OK, anysock_recv(&s, buffer, sizeof buffer, 0, &count));
    assert_anysock(ANYSOCK_OK, anysock_event_rearm(event));
    assert_false(signalled(0));
    say(&peer, "y");
    assert_true(signalled(PATIENCE_MS));
    close_all();
}

/* --- with a queue --- */

static unsigned queue_tells(struct anysock_queue *queue, int timeout_ms) {
    struct anysock_queue_event told[2];
    assert_anysock(ANYSOCK_OK, anysock_queue_wait(queue, told, 2, timeout_ms, &count));
    if (count == 0)
        return 0;
    assert_int_equal(1, count);
    assert_ptr_equal(&s, told[0].data);
    return told[0].events;
}

static void event_and_queue_watch_the_same_socket(void **state) {
    (void)state;
    for (unsigned flags = 0; flags <= ANYSOCK_QUEUE_PORTABLE; flags++) {
        struct anysock_queue *queue;
        assert_anysock(ANYSOCK_OK, anysock_queue_open(flags, &queue));
        make_pair(ANYSOCK_NONBLOCK, 0, &s, &peer);
        if (flags == 0)
            bind_for(ANYSOCK_READABLE);
        assert_anysock(ANYSOCK_OK,
                       anysock_queue_add(queue, &s, ANYSOCK_READABLE, ANYSOCK_QUEUE_LEVEL, &s));
        if (flags != 0)
            bind_for(ANYSOCK_READABLE);
        for (int i = 0; i < 3; i++) {
            assert_int_equal(0, queue_tells(queue, 0));
            assert_false(signalled(0));
            say(&peer, "x");
            assert_int_equal(ANYSOCK_READABLE, queue_tells(queue, PATIENCE_MS));
            assert_true(signalled(PATIENCE_MS));
            assert_anysock(ANYSOCK_OK, anysock_recv(&s, buffer, sizeof buffer, 0, &count));
            assert_int_equal(0, which());
        }
        assert_anysock(ANYSOCK_OK, anysock_shutdown(&s, ANYSOCK_SHUT_RD));
        assert_int_equal(ANYSOCK_READABLE, queue_tells(queue, 0));
        assert_int_equal(ANYSOCK_READABLE, which());
        if (flags == 0)
            assert_anysock(ANYSOCK_OK, anysock_event_unbind(&s));
        else
            assert_anysock(ANYSOCK_OK, anysock_queue_remove(queue, &s));
        close_all(); /* leaves what it is still in */
        assert_anysock(ANYSOCK_OK, anysock_queue_close(queue));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(event_tells_what_a_wait_tells),
        TEST(event_of_a_fresh_socket_follows_its_connect),
        TEST(end_of_stream_is_seen_behind_the_data),
        TEST(room_signals_who_has_not_met_would_block),
        TEST(own_shutdown_wakes_a_foreign_loop),
        TEST(own_shutdown_ends_a_wait_of_another_thread),
        TEST(two_changes_at_once_are_both_told),
        TEST(socket_may_move_while_bound),
        TEST(missing_descriptor_is_reported),
        TEST(consumed_signal_comes_back_by_rearming),
        TEST(rearming_takes_back_what_was_handled),
        TEST(rearm_checks_its_argument),
        TEST(foreign_selection_is_left_alone),
        cmocka_unit_test(foreign_async_selection_is_left_alone), /* its window stays */
        TEST(stolen_association_comes_back_by_rearming),
        TEST(event_and_queue_watch_the_same_socket),
    };
    return cmocka_run_group_tests_name("event levels", tests, NULL, NULL);
}
