/*
 * What is the kqueue back end's own affair: two filters and one event, filters that are quiet while
 * nobody wants to hear them, and what stays armed, which a look into the kqueue itself tells.
 */
#include <sys/event.h>

#include "net.h"
#include "platform.h"

static struct anysock_queue *queue;
static struct anysock client, server;
static struct anysock_queue_event events[8];
static char buffer[64];

static int set_up(void **state) {
    return remember_handles(state) != 0 || anysock_queue_open(0, &queue) != ANYSOCK_OK ? -1 : 0;
}

static int tear_down(void **state) {
    (void)anysock_close(&client);
    (void)anysock_close(&server);
    return anysock_queue_close(queue) == ANYSOCK_OK ? same_handles(state) : -1;
}

#define QUEUE_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

static size_t look_at(size_t capacity) {
    size_t count;
    assert_anysock(ANYSOCK_OK, anysock_queue_wait(queue, events, capacity, 0, &count));
    return count;
}

/* What a look tells of the one socket that is registered. */
static unsigned look(void) {
    return look_at(COUNT_OF(events)) > 0 ? events[0].events : 0;
}

/* The next events, which must come. */
static unsigned await_event(void) {
    size_t count;
    assert_anysock(ANYSOCK_OK, anysock_queue_wait(queue, events, 8, PATIENCE_MS, &count));
    assert_int_equal(1, count);
    return events[0].events;
}

static void add(struct anysock *s, unsigned wanted, enum anysock_queue_mode mode) {
    assert_anysock(ANYSOCK_OK, anysock_queue_add(queue, s, wanted, mode, s));
}

/* How many of the socket's filters are armed: as many as can be taken out of the kqueue by hand. */
static int take_filters(const struct anysock *s) {
    static const int filters[] = {EVFILT_READ, EVFILT_WRITE};
    int taken = 0;
    for (size_t i = 0; i < COUNT_OF(filters); i++) {
        struct kevent change;
        EV_SET(&change, (uintptr_t)anysock_native_handle(s), (short)filters[i], EV_DELETE, 0, 0, 0);
        taken += kevent(anysock_queue_native(queue), &change, 1, NULL, 0, NULL) == 0;
    }
    return taken;
}

/* How many events the kqueue itself has now, taken past the library. */
static int native_events(void) {
    static const struct timespec now = {0, 0};
    struct kevent found[8];
    return kevent(anysock_queue_native(queue), NULL, 0, found, 8, &now);
}

static void the_back_end_is_kqueue(void **state) {
    (void)state;
    assert_string_equal("kqueue", anysock_queue_backend(queue));
    assert_false(waitable_is_inheritable(anysock_queue_native(queue)));
}

static void both_filters_of_a_socket_are_one_event(void **state) {
    (void)state;
    make_pair(0, 0, &client, &server);
    say(&server, "x");
    (void)await(&client, ANYSOCK_READABLE);
    add(&client, ANYSOCK_READABLE | ANYSOCK_WRITABLE, ANYSOCK_QUEUE_LEVEL);
    assert_int_equal(1, look_at(8));
    assert_int_equal(ANYSOCK_READABLE | ANYSOCK_WRITABLE, events[0].events);
}

static void halves_that_do_not_fit_come_one_after_the_other(void **state) {
    (void)state;
    make_pair(0, 0, &client, &server);
    say(&server, "x");
    (void)await(&client, ANYSOCK_READABLE);
    add(&client, ANYSOCK_READABLE | ANYSOCK_WRITABLE, ANYSOCK_QUEUE_EDGE);
    assert_int_equal(1, look_at(1));
    unsigned first = events[0].events;
    assert_int_equal(1, look_at(1));
    assert_int_equal(ANYSOCK_READABLE | ANYSOCK_WRITABLE, first | events[0].events);
    assert_int_equal(0, look_at(1));
}

static void events_of_several_sockets_keep_apart(void **state) {
    (void)state;
    make_pair(0, 0, &client, &server);
    say(&server, "x");
    (void)await(&client, ANYSOCK_READABLE);
    add(&client, ANYSOCK_READABLE | ANYSOCK_WRITABLE, ANYSOCK_QUEUE_LEVEL);
    add(&server, ANYSOCK_READABLE | ANYSOCK_WRITABLE, ANYSOCK_QUEUE_LEVEL);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(2, look_at(8));
        bool first = events[0].data == &client;
        assert_ptr_equal(&server, events[first].data);
        assert_int_equal(ANYSOCK_READABLE | ANYSOCK_WRITABLE, events[!first].events);
        assert_int_equal(ANYSOCK_WRITABLE, events[first].events);
    }
}

static void nothing_stays_armed_after_a_one_shot(void **state) {
    (void)state;
    static const unsigned wanted[] = {ANYSOCK_READABLE, ANYSOCK_WRITABLE, ANYSOCK_PEER_CLOSED,
                                      ANYSOCK_READABLE | ANYSOCK_WRITABLE};
    make_pair(0, 0, &client, &server);
    say(&server, "x");
    assert_anysock(ANYSOCK_OK, anysock_shutdown(&server, ANYSOCK_SHUT_WR));
    (void)await(&client, ANYSOCK_READABLE);
    for (size_t i = 0; i < COUNT_OF(wanted); i++) {
        add(&client, wanted[i], ANYSOCK_QUEUE_ONE_SHOT);
        assert_int_equal(wanted[i], await_event());
        assert_int_equal(0, take_filters(&client));
        assert_int_equal(0, look());
        assert_anysock(ANYSOCK_OK, anysock_queue_remove(queue, &client));
    }
}

static void a_one_shot_is_armed_again_by_modify(void **state) {
    (void)state;
    make_pair(0, 0, &client, &server);
    add(&client, ANYSOCK_WRITABLE, ANYSOCK_QUEUE_ONE_SHOT);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(ANYSOCK_WRITABLE, look());
        assert_int_equal(0, look());
        assert_anysock(ANYSOCK_OK, anysock_queue_modify(queue, &client, ANYSOCK_WRITABLE,
                                                        ANYSOCK_QUEUE_ONE_SHOT, NULL));
    }
}

static void a_removed_socket_has_no_filter(void **state) {
    (void)state;
    make_pair(0, 0, &client, &server);
    add(&client, ANYSOCK_READABLE | ANYSOCK_WRITABLE, ANYSOCK_QUEUE_LEVEL);
    assert_anysock(ANYSOCK_OK, anysock_queue_remove(queue, &client));
    assert_int_equal(0, take_filters(&client));
}

/* The filter for reading is there for errors, and must not keep a wait awake. */
static void unwanted_data_are_quiet(void **state) {
    (void)state;
    make_pair(0, 0, &client, &server);
    add(&client, 0, ANYSOCK_QUEUE_LEVEL);
    say(&server, "x");
    (void)await(&client, ANYSOCK_READABLE);
    assert_int_equal(0, look());
    assert_int_equal(0, native_events());
    assert_false(waitable_is_signalled(anysock_queue_native(queue), 0));
}

static void an_unwanted_end_is_quiet(void **state) {
    (void)state;
    make_pair(0, 0, &client, &server);
    add(&client, 0, ANYSOCK_QUEUE_LEVEL);
    assert_anysock(ANYSOCK_OK, anysock_shutdown(&server, ANYSOCK_SHUT_WR));
    await_state(&client, ANYSOCK_PEER_FINISHED);
    assert_int_equal(0, look());
    assert_int_equal(0, native_events());
}

static void an_end_that_did_not_matter_becomes_a_hang_up(void **state) {
    (void)state;
    static const enum anysock_queue_mode modes[] = {ANYSOCK_QUEUE_LEVEL, ANYSOCK_QUEUE_ONE_SHOT,
                                                    ANYSOCK_QUEUE_EDGE};
    for (size_t i = 0; i < COUNT_OF(modes); i++) {
        make_pair(0, 0, &client, &server);
        add(&client, 0, modes[i]);
        assert_anysock(ANYSOCK_OK, anysock_shutdown(&server, ANYSOCK_SHUT_WR));
        await_state(&client, ANYSOCK_PEER_FINISHED);
        assert_int_equal(0, look());
        assert_anysock(ANYSOCK_OK, anysock_shutdown(&client, ANYSOCK_SHUT_WR));
        assert_int_equal(ANYSOCK_HANG_UP, await_event());
        close_pair(&client, &server);
    }
}

static void an_unasked_end_is_told_by_every_wait(void **state) {
    (void)state;
    static const unsigned wanted[] = {0, ANYSOCK_PEER_CLOSED, ANYSOCK_WRITABLE};
    make_pair(0, 0, &client, &server);
    assert_anysock(ANYSOCK_OK, anysock_abort(&server));
    (void)await(&client, ANYSOCK_READABLE);
    for (size_t i = 0; i < COUNT_OF(wanted); i++) {
        add(&client, wanted[i], ANYSOCK_QUEUE_LEVEL);
        for (int j = 0; j < 3; j++)
            assert_int_equal(wanted[i] | ANYSOCK_ERROR | ANYSOCK_HANG_UP, look());
        assert_anysock(ANYSOCK_OK, anysock_queue_remove(queue, &client));
    }
}

static void an_end_is_told_by_every_wait_also_after_quiet_data(void **state) {
    (void)state;
    make_pair(0, 0, &client, &server);
    add(&client, ANYSOCK_PEER_CLOSED, ANYSOCK_QUEUE_LEVEL);
    say(&server, "x");
    (void)await(&client, ANYSOCK_READABLE);
    assert_int_equal(0, look());
    assert_anysock(ANYSOCK_OK, anysock_shutdown(&server, ANYSOCK_SHUT_WR));
    assert_int_equal(ANYSOCK_PEER_CLOSED, await_event());
    assert_int_equal(ANYSOCK_PEER_CLOSED, look());
    assert_int_equal(1, drain(&client));
    assert_int_equal(ANYSOCK_PEER_CLOSED, look());
}

static void make_refused_datagrams(struct anysock *s) {
    struct anysock gone;
    struct anysock_addr addr;
    size_t count;
    assert_anysock(ANYSOCK_OK, anysock_addr_loopback(ANYSOCK_INET, 0, &addr));
    assert_anysock(ANYSOCK_OK, anysock_open(ANYSOCK_INET, ANYSOCK_DGRAM, ANYSOCK_NONBLOCK, s));
    assert_anysock(ANYSOCK_OK, anysock_open(ANYSOCK_INET, ANYSOCK_DGRAM, 0, &gone));
    assert_anysock(ANYSOCK_OK, anysock_bind(&gone, &addr, ANYSOCK_BIND_CLIENT));
    assert_anysock(ANYSOCK_OK, anysock_local_addr(&gone, &addr));
    assert_anysock(ANYSOCK_OK, anysock_connect(s, &addr));
    assert_anysock(ANYSOCK_OK, anysock_close(&gone));
    assert_anysock(ANYSOCK_OK, anysock_send(s, "x", 1, 0, &count));
}

/* The filter that was made loud for the error becomes quiet again. */
static void a_refused_datagram_is_told_until_it_was_taken(void **state) {
    (void)state;
    size_t count;
    make_refused_datagrams(&client);
    add(&client, 0, ANYSOCK_QUEUE_LEVEL);
    assert_int_equal(ANYSOCK_ERROR, await_event());
    assert_int_equal(ANYSOCK_ERROR, look());
    assert_anysock(ANYSOCK_ECONNREFUSED, anysock_recv(&client, buffer, 8, 0, &count));
    assert_int_equal(0, look());
    assert_int_equal(0, native_events());
}

static void an_empty_datagram_is_no_error(void **state) {
    (void)state;
    size_t count;
    struct anysock_addr addr;
    struct anysock *both[] = {&client, &server};
    for (int i = 0; i < 2; i++) {
        assert_anysock(ANYSOCK_OK, anysock_addr_loopback(ANYSOCK_INET, 0, &addr));
        assert_anysock(ANYSOCK_OK, anysock_open(ANYSOCK_INET, ANYSOCK_DGRAM, 0, both[i]));
        assert_anysock(ANYSOCK_OK, anysock_bind(both[i], &addr, ANYSOCK_BIND_CLIENT));
    }
    assert_anysock(ANYSOCK_OK, anysock_local_addr(&client, &addr));
    assert_anysock(ANYSOCK_OK, anysock_connect(&server, &addr));
    assert_anysock(ANYSOCK_OK, anysock_local_addr(&server, &addr));
    assert_anysock(ANYSOCK_OK, anysock_connect(&client, &addr));
    assert_anysock(ANYSOCK_OK, anysock_send(&server, "", 0, 0, &count));
    add(&client, ANYSOCK_READABLE, ANYSOCK_QUEUE_LEVEL);
    assert_int_equal(ANYSOCK_READABLE, await_event());
    assert_int_equal(ANYSOCK_READABLE, look());
}

/* Where there is a filter for urgent data; where there is none they are refused, also by sockets
 * that the kqueue does not know yet. */
static void urgent_data_are_told_or_refused(void **state) {
    (void)state;
    size_t count;
    make_pair(0, 0, &client, &server);
    int code = anysock_queue_add(queue, &client, ANYSOCK_PRIORITY, ANYSOCK_QUEUE_LEVEL, &client);
    if (code != ANYSOCK_OK) {
        struct anysock fresh;
        assert_int_equal(ANYSOCK_EOPNOTSUPP, code);
        assert_anysock(ANYSOCK_OK, anysock_open(ANYSOCK_INET, ANYSOCK_STREAM, 0, &fresh));
        assert_anysock(ANYSOCK_EOPNOTSUPP, anysock_queue_add(queue, &fresh, ANYSOCK_PRIORITY,
                                                             ANYSOCK_QUEUE_LEVEL, NULL));
        assert_anysock(ANYSOCK_OK, anysock_close(&fresh));
        return;
    }
    assert_anysock(ANYSOCK_OK, anysock_send(&server, "!", 1, ANYSOCK_OOB, &count));
    assert_int_equal(ANYSOCK_PRIORITY, await_event());
    assert_int_equal(ANYSOCK_PRIORITY, look());
}

/* Its descriptor was closed by somebody else, and with it went the filters. */
static void forgetting_what_is_gone_is_no_failure(void **state) {
    (void)state;
    make_pair(0, 0, &client, &server);
    add(&client, ANYSOCK_READABLE | ANYSOCK_WRITABLE, ANYSOCK_QUEUE_LEVEL);
    assert_int_equal(2, take_filters(&client));
    assert_anysock(ANYSOCK_OK, anysock_queue_modify(queue, &client, ANYSOCK_WRITABLE,
                                                    ANYSOCK_QUEUE_LEVEL, &client));
    assert_int_equal(ANYSOCK_WRITABLE, look());
    assert_int_equal(2, take_filters(&client));
    assert_anysock(ANYSOCK_OK, anysock_queue_remove(queue, &client));
}

static void what_was_closed_behind_our_back_is_refused(void **state) {
    (void)state;
    make_pair(0, 0, &client, &server);
    foreign_close(anysock_native_handle(&client));
    assert_anysock(ANYSOCK_EBADF, anysock_queue_add(queue, &client, ANYSOCK_READABLE,
                                                    ANYSOCK_QUEUE_LEVEL, &client));
}

static void edges_do_not_repeat_without_cause(void **state) {
    (void)state;
    make_pair(0, 0, &client, &server);
    add(&client, ANYSOCK_READABLE | ANYSOCK_WRITABLE, ANYSOCK_QUEUE_EDGE);
    assert_int_equal(ANYSOCK_WRITABLE, look());
    assert_int_equal(0, look());
    say(&server, "x");
    assert_int_equal(ANYSOCK_READABLE, await_event() & ANYSOCK_READABLE);
    assert_int_equal(0, look());
    say(&server, "y");
    assert_int_equal(ANYSOCK_READABLE, await_event() & ANYSOCK_READABLE);
    assert_int_equal(2, drain(&client));
    assert_int_equal(0, look());
}

static void a_wake_makes_the_kqueue_readable_until_a_wait(void **state) {
    (void)state;
    assert_anysock(ANYSOCK_OK, anysock_queue_wake(queue));
    assert_anysock(ANYSOCK_OK, anysock_queue_wake(queue));
    assert_true(waitable_is_signalled(anysock_queue_native(queue), 0));
    assert_int_equal(0, look_at(8));
    assert_false(waitable_is_signalled(anysock_queue_native(queue), 0));
}

static int wake_queue(void *unused) {
    (void)unused;
    return anysock_queue_wake(queue);
}

static void a_wake_ends_the_wait_of_another_thread(void **state) {
    (void)state;
    size_t count;
    struct thread thread;
    for (int i = 0; i < 50; i++) {
        thread_start(&thread, wake_queue, NULL);
        assert_anysock(ANYSOCK_OK, anysock_queue_wait(queue, events, 8, ANYSOCK_FOREVER, &count));
        assert_int_equal(0, count);
        assert_int_equal(ANYSOCK_OK, thread_join(&thread));
    }
}

/* Arms and disarms a socket while the main thread waits. */
#define ROUNDS 500
static int change_often(void *unused) {
    (void)unused;
    for (int i = 0; i < ROUNDS; i++) {
        int code = anysock_queue_modify(queue, &client, i % 3 == 0 ? 0 : ANYSOCK_WRITABLE,
                                        i % 2 == 0 ? ANYSOCK_QUEUE_ONE_SHOT : ANYSOCK_QUEUE_LEVEL,
                                        &client);
        if (code != ANYSOCK_OK)
            return code;
    }
    int code = anysock_queue_remove(queue, &client);
    return code != ANYSOCK_OK ? code : anysock_queue_wake(queue);
}

static void a_socket_can_be_changed_during_waits(void **state) {
    (void)state;
    size_t count;
    struct thread thread;
    make_pair(0, 0, &client, &server);
    add(&client, ANYSOCK_WRITABLE, ANYSOCK_QUEUE_LEVEL);
    thread_start(&thread, change_often, NULL);
    bool woken = false;
    while (!woken) {
        assert_anysock(ANYSOCK_OK, anysock_queue_wait(queue, events, 8, ANYSOCK_FOREVER, &count));
        woken = count == 0;
        assert_true(woken || (count == 1 && events[0].data == &client));
    }
    assert_int_equal(ANYSOCK_OK, thread_join(&thread));
    assert_int_equal(0, take_filters(&client));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        QUEUE_TEST(the_back_end_is_kqueue),
        QUEUE_TEST(both_filters_of_a_socket_are_one_event),
        QUEUE_TEST(halves_that_do_not_fit_come_one_after_the_other),
        QUEUE_TEST(events_of_several_sockets_keep_apart),
        QUEUE_TEST(nothing_stays_armed_after_a_one_shot),
        QUEUE_TEST(a_one_shot_is_armed_again_by_modify),
        QUEUE_TEST(a_removed_socket_has_no_filter),
        QUEUE_TEST(unwanted_data_are_quiet),
        QUEUE_TEST(an_unwanted_end_is_quiet),
        QUEUE_TEST(an_end_that_did_not_matter_becomes_a_hang_up),
        QUEUE_TEST(an_unasked_end_is_told_by_every_wait),
        QUEUE_TEST(an_end_is_told_by_every_wait_also_after_quiet_data),
        QUEUE_TEST(a_refused_datagram_is_told_until_it_was_taken),
        QUEUE_TEST(an_empty_datagram_is_no_error),
        QUEUE_TEST(urgent_data_are_told_or_refused),
        QUEUE_TEST(forgetting_what_is_gone_is_no_failure),
        QUEUE_TEST(what_was_closed_behind_our_back_is_refused),
        QUEUE_TEST(edges_do_not_repeat_without_cause),
        QUEUE_TEST(a_wake_makes_the_kqueue_readable_until_a_wait),
        QUEUE_TEST(a_wake_ends_the_wait_of_another_thread),
        QUEUE_TEST(a_socket_can_be_changed_during_waits),
    };
    return cmocka_run_group_tests_name("kqueue back end", tests, NULL, NULL);
}
