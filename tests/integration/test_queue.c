/*
 * Queues on real sockets: data, capacity and turns, time, wakes from everywhere, and the native
 * handle.
 */
#include "deviations.h"
#include "queues.h"

static char buffer[64];
static size_t moved;

/* Sockets that are writable and cost little; more than a poll has room for on the stack. */
#define MANY 70
static struct anysock many[MANY];

static void open_many(size_t from) {
    for (size_t i = from; i < MANY; i++)
        assert_anysock(ANYSOCK_OK, anysock_open(ANYSOCK_INET, ANYSOCK_DGRAM, 0, &many[i]));
}

static void close_many(size_t from) {
    for (size_t i = from; i < MANY; i++)
        assert_anysock(ANYSOCK_OK, anysock_close(&many[i]));
}

/* A stream of which only the library knows something. */
static struct anysock fresh_stream(void) {
    struct anysock s;
    assert_anysock(ANYSOCK_OK, anysock_open(ANYSOCK_INET, ANYSOCK_STREAM, 0, &s));
    return s;
}

static struct anysock connected_datagram(void) {
    struct anysock s;
    struct anysock_addr addr;
    assert_anysock(ANYSOCK_OK, anysock_addr_loopback(ANYSOCK_INET, 9, &addr));
    assert_anysock(ANYSOCK_OK, anysock_open(ANYSOCK_INET, ANYSOCK_DGRAM, 0, &s));
    assert_anysock(ANYSOCK_OK, anysock_connect(&s, &addr));
    return s;
}

/* --- what it is --- */

static void back_end_is_the_one_asked_for(void **state) {
    const char *name = anysock_queue_backend(queue);
    if (*(const unsigned *)*state == ANYSOCK_QUEUE_PORTABLE)
        assert_string_equal("poll", name);
    else
        assert_true(strcmp(name, "epoll") == 0 || strcmp(name, "kqueue") == 0 ||
                    strcmp(name, "afd") == 0 || strcmp(name, "poll") == 0);
}

static void child_processes_inherit_no_queue(void **state) {
    (void)state;
    anysock_waitable native = anysock_queue_native(queue);
    if (native != (anysock_waitable)(intptr_t)-1)
        assert_false(waitable_is_inheritable(native));
}

static void queue_without_descriptors_is_refused(void **state) {
    struct anysock_queue *another = queue;
    if (forbid_descriptors()) { /* Windows has no such limit */
        int code = anysock_queue_open(*(const unsigned *)*state, &another);
        allow_descriptors();
        assert_anysock(ANYSOCK_EMFILE, code);
        assert_null(another);
    }
}

static void queue_with_sockets_stays_open(void **state) {
    (void)state;
    struct anysock s = fresh_stream();
    add(&s, BOTH, LEVEL);
    assert_anysock(ANYSOCK_EBUSY, anysock_queue_close(queue));
    assert_int_equal(BOTH | ANYSOCK_HANG_UP, told(&s));
    assert_anysock(ANYSOCK_OK, anysock_close(&s));
}

static void socket_may_go_from_queue_to_queue(void **state) {
    struct anysock client, server;
    struct anysock_queue *another;
    make_pair(0, 0, &client, &server);
    assert_anysock(ANYSOCK_OK, anysock_queue_open(*(const unsigned *)*state, &another));
    for (int i = 0; i < 10; i++) {
        add(&client, BOTH, LEVEL);
        assert_int_equal(ANYSOCK_WRITABLE, told(&client));
        take_out(&client);
        assert_anysock(ANYSOCK_OK, anysock_queue_add(another, &client, BOTH, LEVEL, &server));
        expect_silence();
        assert_anysock(ANYSOCK_OK, anysock_queue_wait(another, got, 4, PATIENCE_MS, &count));
        assert_int_equal(ANYSOCK_WRITABLE, events_of(&server));
        assert_anysock(ANYSOCK_OK, anysock_queue_remove(another, &client));
    }
    assert_anysock(ANYSOCK_OK, anysock_queue_close(another));
    close_pair(&client, &server);
}

static void mode_and_timeouts_of_a_socket_do_not_matter(void **state) {
    (void)state;
    struct anysock client, server;
    make_pair(0, 0, &client, &server);
    assert_anysock(ANYSOCK_OK, anysock_set_timeout(&client, ANYSOCK_TIMEOUT_RECV, 1));
    add(&client, ANYSOCK_READABLE, LEVEL);
    expect_silence();
    say(&server, "x");
    assert_int_equal(ANYSOCK_READABLE, told(&client));
    assert_true(anysock_is_blocking(&client));
    close_pair(&client, &server);
}

/* --- no descriptors left --- */

/* epoll needs one more for the first connected datagram socket; nobody else does. */
static void add_without_descriptors_works_or_says_why(void **state) {
    (void)state;
    struct anysock s = connected_datagram();
    if (forbid_descriptors()) {
        int code = anysock_queue_add(queue, &s, BOTH, LEVEL, &s);
        allow_descriptors();
        if (code != ANYSOCK_OK)
            assert_anysock(ANYSOCK_EMFILE, code);
        take_out(&s);
        expect_silence();
    }
    add(&s, BOTH, LEVEL);
    assert_int_equal(ANYSOCK_WRITABLE, told(&s));
    assert_anysock(ANYSOCK_OK, anysock_close(&s));
}

static void modify_without_descriptors_works_or_says_why(void **state) {
    (void)state;
    struct anysock client, server;
    make_pair(0, 0, &client, &server);
    add(&client, BOTH, LEVEL);
    if (forbid_descriptors()) {
        int code = anysock_queue_modify(queue, &client, BOTH, ONE_SHOT, &client);
        allow_descriptors();
        if (code != ANYSOCK_OK) {
            assert_anysock(ANYSOCK_EMFILE, code);
            expect_silence(); /* it rests */
        }
    }
    modify(&client, BOTH, ONE_SHOT);
    assert_int_equal(ANYSOCK_WRITABLE, told(&client));
    close_pair(&client, &server);
}

/* A call that has nothing to do with queues cannot say it: the socket is told to be broken. */
static void socket_that_cannot_be_watched_any_more_is_told(void **state) {
    (void)state;
    struct anysock s;
    struct anysock_addr addr;
    assert_anysock(ANYSOCK_OK, anysock_addr_loopback(ANYSOCK_INET, 9, &addr));
    assert_anysock(ANYSOCK_OK, anysock_open(ANYSOCK_INET, ANYSOCK_DGRAM, 0, &s));
    add(&s, BOTH, LEVEL);
    if (forbid_descriptors()) {
        int code = anysock_connect(&s, &addr);
        allow_descriptors();
        assert_anysock(ANYSOCK_OK, code);
        unsigned events = told(&s);
        if (events != ANYSOCK_WRITABLE)
            assert_int_equal(BOTH | UNASKED, events);
    }
    take_out(&s);
    add(&s, BOTH, LEVEL);
    assert_int_equal(ANYSOCK_WRITABLE, told(&s));
    assert_anysock(ANYSOCK_OK, anysock_close(&s));
}

static void closed_socket_is_refused_by_a_queue_that_was_used(void **state) {
    (void)state;
    struct anysock s;
    assert_anysock(ANYSOCK_OK, anysock_open(ANYSOCK_INET, ANYSOCK_DGRAM, 0, &s));
    add(&s, BOTH, LEVEL);
    assert_anysock(ANYSOCK_OK, anysock_close(&s));
    assert_anysock(ANYSOCK_EBADF, anysock_queue_add(queue, &s, BOTH, LEVEL, &s));
    assert_anysock(ANYSOCK_EBADF, anysock_queue_modify(queue, &s, BOTH, LEVEL, &s));
    assert_anysock(ANYSOCK_EBADF, anysock_queue_remove(queue, &s));
    expect_silence();
}

/* The memory of one that could not be watched serves the next one. */
static void refused_one_shot_leaves_nothing_to_the_next_socket(void **state) {
    (void)state;
    struct anysock gone, next;
    assert_anysock(ANYSOCK_OK, anysock_open(ANYSOCK_INET, ANYSOCK_DGRAM, 0, &gone));
    assert_anysock(ANYSOCK_OK, anysock_open(ANYSOCK_INET, ANYSOCK_DGRAM, 0, &next));
    add(&next, ANYSOCK_WRITABLE, ONE_SHOT);
    take_out(&next);
    foreign_close(anysock_native_handle(&gone));
    (void)anysock_queue_add(queue, &gone, BOTH, ONE_SHOT, &gone); /* poll does not refuse it */
    take_out(&gone);
    add(&next, ANYSOCK_READABLE, LEVEL);
    modify(&next, ANYSOCK_WRITABLE, ONE_SHOT);
    assert_int_equal(ANYSOCK_WRITABLE, told(&next));
    expect_silence();
    assert_anysock(ANYSOCK_OK, anysock_close(&next));
}

/* --- data --- */

static void data_come_back_as_they_were_given(void **state) {
    (void)state;
    static void *const values[] = {NULL, (void *)(uintptr_t)1, (void *)UINTPTR_MAX, &moved};
    for (int kind = 0; kind < 3; kind++) {
        struct anysock s = kind == 0 ? fresh_stream() : connected_datagram();
        if (kind == 2)
            assert_anysock(ANYSOCK_OK, anysock_disconnect(&s));
        assert_anysock(ANYSOCK_OK, anysock_queue_add(queue, &s, BOTH, LEVEL, &s));
        for (size_t i = 0; i < COUNT_OF(values); i++) {
            assert_anysock(ANYSOCK_OK, anysock_queue_modify(queue, &s, BOTH, LEVEL, values[i]));
            assert_int_equal(1, wait_for(4, PATIENCE_MS));
            assert_ptr_equal(values[i], got[0].data);
        }
        assert_anysock(ANYSOCK_OK, anysock_close(&s));
    }
}

static void moved_socket_stays_registered(void **state) {
    (void)state;
    struct anysock client, server, elsewhere;
    make_pair(ANYSOCK_NONBLOCK, 0, &client, &server);
    assert_anysock(ANYSOCK_OK, anysock_queue_add(queue, &client, BOTH, EDGE, &buffer));
    assert_int_equal(ANYSOCK_WRITABLE, told(&buffer));
    elsewhere = client;
    memset(&client, 0, sizeof client);
    assert_anysock(ANYSOCK_EAGAIN, anysock_recv(&elsewhere, buffer, 1, 0, &moved));
    say(&server, "x");
    assert_int_equal(ANYSOCK_READABLE, told(&buffer) & (unsigned)ANYSOCK_READABLE);
    assert_anysock(ANYSOCK_OK, anysock_queue_modify(queue, &elsewhere, BOTH, LEVEL, &server));
    assert_int_equal(BOTH, told(&server));
    close_pair(&elsewhere, &server);
    expect_silence();
}

/* --- capacity and turns --- */

static void what_does_not_fit_comes_later(void **state) {
    (void)state;
    static const size_t capacities[] = {1, 7, 64};
    open_many(0);
    for (size_t c = 0; c < COUNT_OF(capacities); c++) {
        for (size_t i = 0; i < MANY; i++) /* each is told once: none may get lost */
            add(&many[i], BOTH, ONE_SHOT);
        size_t seen = 0;
        bool was[MANY] = {false};
        while (seen < MANY && wait_for(capacities[c], PATIENCE_MS) > 0) {
            for (size_t i = 0; i < count; i++) {
                size_t which = (size_t)((struct anysock *)got[i].data - many);
                assert_int_equal(ANYSOCK_WRITABLE, got[i].events);
                assert_false(was[which]);
                was[which] = true;
            }
            seen += count;
        }
        assert_int_equal(MANY, seen);
        expect_silence();
        for (size_t i = 0; i < MANY; i++)
            take_out(&many[i]);
    }
    close_many(0);
}

/* All are ready all the time; nobody is served again and again while another one waits. */
static void all_get_their_turn(void **state) {
    (void)state;
    static const size_t capacities[] = {1, 2, 7};
    open_many(0);
    for (size_t i = 0; i < MANY; i++)
        add(&many[i], BOTH, LEVEL);
    for (size_t c = 0; c < COUNT_OF(capacities); c++) {
        unsigned times[MANY] = {0};
        for (size_t i = 0; i < 4 * MANY; i++) {
            assert_true(wait_for(capacities[c], PATIENCE_MS) > 0);
            for (size_t k = 0; k < count; k++)
                times[(struct anysock *)got[k].data - many]++;
        }
        for (size_t i = 0; i < MANY; i++)
            assert_true(times[i] >= 2);
    }
    close_many(0);
}

/* The same with those of which the library itself knows something, and with datagram sockets that
 * have a peer. */
static void all_kinds_get_their_turn(void **state) {
    (void)state;
    static const size_t capacities[] = {1, 2, 3, 7};
    struct anysock kinds[12];
    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        kinds[i] = i % 3 == 0 ? fresh_stream() : connected_datagram();
        if (i % 3 == 2)
            assert_anysock(ANYSOCK_OK, anysock_disconnect(&kinds[i]));
        add(&kinds[i], BOTH, LEVEL);
    }
    for (size_t c = 0; c < COUNT_OF(capacities); c++) {
        unsigned times[COUNT_OF(kinds)] = {0};
        for (int round = 0; round < 20 * (int)COUNT_OF(kinds); round++) {
            assert_true(wait_for(capacities[c], round % 2 == 0 ? 0 : PATIENCE_MS) > 0);
            for (size_t i = 0; i < COUNT_OF(kinds); i++)
                times[i] += events_of(&kinds[i]) != 0;
        }
        for (size_t i = 0; i < COUNT_OF(kinds); i++)
            assert_true(times[i] >= 5);
    }
    for (size_t i = 0; i < COUNT_OF(kinds); i++)
        assert_anysock(ANYSOCK_OK, anysock_close(&kinds[i]));
}

/* A look finds what is there whatever else there is for the back end to do. */
static void every_look_finds_what_is_there(void **state) {
    (void)state;
    struct anysock client, server, odd = fresh_stream();
    make_pair(0, 0, &client, &server);
    add(&client, BOTH, LEVEL);
    add(&odd, BOTH, EDGE);
    for (int i = 0; i < 20; i++) {
        assert_int_equal(1, wait_for(1, 0));
        if (i % 5 == 4) /* rouses the queue, and then nothing comes of it */
            modify(&odd, BOTH, EDGE);
        if (i % 5 == 3)
            take_out(&odd);
        if (i % 5 == 3)
            add(&odd, 0, EDGE);
    }
    assert_anysock(ANYSOCK_OK, anysock_close(&odd));
    close_pair(&client, &server);
}

/* --- time --- */

static void wait_ends_when_its_time_is_over(void **state) {
    (void)state;
    static const int times_ms[] = {0, 1, 15};
    struct anysock client, server;
    make_pair(0, 0, &client, &server);
    add(&client, ANYSOCK_READABLE, LEVEL);
    for (size_t i = 0; i < COUNT_OF(times_ms); i++)
        assert_int_equal(0, wait_for(4, times_ms[i]));
    (void)start_signals();
    int code = anysock_queue_wait(queue, got, 4, 30, &count);
    (void)stop_signals();
    assert_anysock(ANYSOCK_OK, code);
    assert_int_equal(0, count);
    close_pair(&client, &server);
}

static void empty_queue_can_be_waited_in(void **state) {
    (void)state;
    expect_silence();
    assert_int_equal(0, wait_for(4, 15));
}

static int send_later(void *argument) {
    size_t ready;
    (void)anysock_poll(NULL, 0, 5, &ready);
    return anysock_send(argument, "x", 1, 0, &ready);
}

static void wait_ends_when_something_happens(void **state) {
    (void)state;
    static const int times_ms[] = {PATIENCE_MS, ANYSOCK_FOREVER};
    for (size_t i = 0; i < COUNT_OF(times_ms); i++) {
        struct anysock client, server;
        struct thread thread;
        make_pair(0, 0, &client, &server);
        add(&client, ANYSOCK_READABLE, LEVEL);
        thread_start(&thread, send_later, &server);
        assert_int_equal(1, wait_for(4, times_ms[i]));
        assert_int_equal(ANYSOCK_READABLE, events_of(&client));
        assert_int_equal(ANYSOCK_OK, thread_join(&thread));
        close_pair(&client, &server);
    }
}

/* --- wakes --- */

static void wake(void) {
    assert_anysock(ANYSOCK_OK, anysock_queue_wake(queue));
}

static void wake_before_the_wait_is_not_lost(void **state) {
    (void)state;
    static const int times_ms[] = {0, PATIENCE_MS, ANYSOCK_FOREVER};
    for (size_t i = 0; i < COUNT_OF(times_ms); i++) {
        wake();
        assert_int_equal(0, wait_for(4, times_ms[i]));
    }
}

static void wakes_count_as_one(void **state) {
    (void)state;
    for (int i = 0; i < 1000; i++)
        wake();
    assert_int_equal(0, wait_for(4, ANYSOCK_FOREVER));
    struct anysock client, server;
    struct thread thread;
    make_pair(0, 0, &client, &server);
    add(&client, ANYSOCK_READABLE, LEVEL);
    thread_start(&thread, send_later, &server);
    assert_int_equal(1, wait_for(4, ANYSOCK_FOREVER)); /* no further wake comes before */
    assert_int_equal(ANYSOCK_OK, thread_join(&thread));
    close_pair(&client, &server);
}

static void wake_hides_nothing(void **state) {
    (void)state;
    struct anysock s = fresh_stream(), d = connected_datagram();
    add(&s, BOTH, LEVEL);
    add(&d, BOTH, LEVEL);
    for (int i = 0; i < 10; i++) {
        wake();
        while (wait_for(1, ANYSOCK_FOREVER) == 0 || events_of(&s) == 0) {
            /* Woken, or the other one's turn. */
        }
        while (wait_for(1, ANYSOCK_FOREVER) == 0 || events_of(&d) == 0) {
            /* The same. */
        }
    }
    assert_anysock(ANYSOCK_OK, anysock_close(&s));
    assert_anysock(ANYSOCK_OK, anysock_close(&d));
}

static int wake_later(void *argument) {
    size_t ready;
    (void)anysock_poll(NULL, 0, 5, &ready);
    return anysock_queue_wake(argument);
}

static void wake_of_another_thread_ends_the_wait(void **state) {
    (void)state;
    static const int times_ms[] = {PATIENCE_MS, ANYSOCK_FOREVER};
    struct anysock client, server;
    make_pair(0, 0, &client, &server);
    add(&client, ANYSOCK_READABLE, LEVEL);
    for (size_t i = 0; i < COUNT_OF(times_ms); i++) {
        struct thread thread;
        thread_start(&thread, wake_later, queue);
        assert_int_equal(0, wait_for(4, times_ms[i]));
        assert_int_equal(ANYSOCK_OK, thread_join(&thread));
    }
    close_pair(&client, &server);
}

static void wake_now(void) {
    (void)anysock_queue_wake(queue);
}

static void wake_of_a_signal_handler_ends_the_wait(void **state) {
    (void)state;
    if (!start_signals_that_call(wake_now))
        return; /* Windows has none */
    for (int i = 0; i < 20; i++)
        assert_int_equal(0, wait_for(4, ANYSOCK_FOREVER));
    assert_true(stop_signals() >= 10); /* two waits may end by one signal that comes between */
    (void)wait_for(4, 0);
}

/* --- the native handle --- */

/* The descriptor is readable while a wait would not wait. (What was there and is over may be
 * signalled still, until a wait has looked.) */
static void expect_signalled(bool expected) {
    (void)wait_for(COUNT_OF(got), 0);
    assert_int_equal(expected, count > 0);
    assert_int_equal(
        expected, waitable_is_signalled(anysock_queue_native(queue), expected ? PATIENCE_MS : 0));
}

static void native_handle_is_signalled_while_a_wait_would_not_wait(void **state) {
    (void)state;
    const char *name = anysock_queue_backend(queue);
    if (strcmp(name, "epoll") != 0 && strcmp(name, "kqueue") != 0) {
        assert_true(anysock_queue_native(queue) == (anysock_waitable)(intptr_t)-1);
        return;
    }
    struct anysock client, server, odd = fresh_stream(), datagram = connected_datagram();
    make_pair(0, 0, &client, &server);
    expect_signalled(false);
    add(&client, ANYSOCK_READABLE, LEVEL);
    expect_signalled(false);
    say(&server, "x");
    assert_true(waitable_is_signalled(anysock_queue_native(queue), PATIENCE_MS));
    expect_signalled(true);
    (void)drain(&client);
    expect_signalled(false);

    add(&odd, BOTH, LEVEL);
    assert_true(waitable_is_signalled(anysock_queue_native(queue), 0));
    for (int i = 0; i < 3; i++)
        expect_signalled(true);
    take_out(&odd);
    expect_signalled(false);

    add(&datagram, ANYSOCK_READABLE, LEVEL);
    expect_signalled(false);
    modify(&datagram, BOTH, LEVEL);
    assert_true(waitable_is_signalled(anysock_queue_native(queue), 0));
    expect_signalled(true);
    take_out(&datagram);
    expect_signalled(false);

    wake();
    assert_true(waitable_is_signalled(anysock_queue_native(queue), 0));
    assert_int_equal(0, wait_for(4, ANYSOCK_FOREVER));
    expect_signalled(false);
    assert_anysock(ANYSOCK_OK, anysock_close(&odd));
    assert_anysock(ANYSOCK_OK, anysock_close(&datagram));
    close_pair(&client, &server);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        ON_EACH(back_end_is_the_one_asked_for),
        ON_EACH(child_processes_inherit_no_queue),
        ON_EACH(queue_without_descriptors_is_refused),
        ON_EACH(queue_with_sockets_stays_open),
        ON_EACH(socket_may_go_from_queue_to_queue),
        ON_EACH(mode_and_timeouts_of_a_socket_do_not_matter),
        ON_EACH(add_without_descriptors_works_or_says_why),
        ON_EACH(modify_without_descriptors_works_or_says_why),
        ON_EACH(socket_that_cannot_be_watched_any_more_is_told),
        ON_EACH(closed_socket_is_refused_by_a_queue_that_was_used),
        ON_EACH(refused_one_shot_leaves_nothing_to_the_next_socket),
        ON_EACH(data_come_back_as_they_were_given),
        ON_EACH(moved_socket_stays_registered),
        ON_EACH(what_does_not_fit_comes_later),
        ON_EACH(all_get_their_turn),
        ON_EACH(all_kinds_get_their_turn),
        ON_EACH(every_look_finds_what_is_there),
        ON_EACH(wait_ends_when_its_time_is_over),
        ON_EACH(empty_queue_can_be_waited_in),
        ON_EACH(wait_ends_when_something_happens),
        ON_EACH(wake_before_the_wait_is_not_lost),
        ON_EACH(wakes_count_as_one),
        ON_EACH(wake_hides_nothing),
        ON_EACH(wake_of_another_thread_ends_the_wait),
        ON_EACH(wake_of_a_signal_handler_ends_the_wait),
        ON_EACH(native_handle_is_signalled_while_a_wait_would_not_wait),
    };
    return cmocka_run_group_tests_name("queue", tests, NULL, NULL);
}
