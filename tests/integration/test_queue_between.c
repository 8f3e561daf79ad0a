/*
 * What becomes of a wait when another thread changes a registration between two of its looks: on
 * epoll, whose waits are wrapped by the linker, so that the change comes exactly there.
 */
#include <sys/epoll.h>

#include "queues.h"

int __real_epoll_wait(int epoll, struct epoll_event *events, int capacity, int timeout_ms);
int __wrap_epoll_wait(int epoll, struct epoll_event *events, int capacity, int timeout_ms);

/* What the other thread does, once: before the next look at epoll, or after it. */
static void (*before)(void), (*after)(void);

static void let_in(void (**what)(void)) {
    void (*now)(void) = *what;
    *what = NULL;
    if (now != NULL)
        now();
}

int __wrap_epoll_wait(int epoll, struct epoll_event *events, int capacity, int timeout_ms) {
    let_in(&before);
    int found = __real_epoll_wait(epoll, events, capacity, timeout_ms);
    let_in(&after);
    return found;
}

/* The socket, with data that tell what it was added as from what it became. */
static struct anysock s, peer;
static char was, is;
static int code;

static void becomes_a_one_shot(void) {
    code = anysock_queue_modify(queue, &s, ANYSOCK_READABLE, ONE_SHOT, &is);
}

static void wants_to_write_only(void) {
    code = anysock_queue_modify(queue, &s, ANYSOCK_WRITABLE, LEVEL, &is);
}

static void is_removed_and_added(void) {
    code = anysock_queue_remove(queue, &s);
    if (code == ANYSOCK_OK)
        code = anysock_queue_add(queue, &s, ANYSOCK_READABLE, ONE_SHOT, &is);
}

static void add_readable(void) {
    make_pair(0, 0, &s, &peer);
    say(&peer, "x");
    (void)await(&s, ANYSOCK_READABLE);
    assert_anysock(ANYSOCK_OK,
                   anysock_queue_add(queue, &s, ANYSOCK_READABLE, ANYSOCK_QUEUE_LEVEL, &was));
}

static void close_both(void) {
    assert_null(before);
    assert_null(after);
    assert_anysock(ANYSOCK_OK, code);
    close_pair(&s, &peer);
}

/* The changed socket is told exactly once, by the wait that was under way or by the next. */
static void expect_one_event_of_what_it_is(void) {
    unsigned events = events_of(&is);
    if (events == 0)
        events = told_now(&is);
    assert_int_equal(ANYSOCK_READABLE, events);
    expect_silence();
}

/* The wait has found it as it was, and another one that it must ask about separately. */
static void one_shot_after_it_was_found_comes_once(void **state) {
    (void)state;
    struct anysock other, other_peer;
    make_pair(0, 0, &other, &other_peer);
    say(&other_peer, "x");
    (void)await(&other, ANYSOCK_READABLE);
    add(&other, ANYSOCK_READABLE, ONE_SHOT);
    add_readable();
    after = becomes_a_one_shot;
    (void)wait_for(COUNT_OF(got), 0);
    assert_int_equal(ANYSOCK_READABLE, events_of(&was)); /* it was found before */
    assert_int_equal(ANYSOCK_READABLE, events_of(&other));
    expect_one_event_of_what_it_is();
    close_both();
    close_pair(&other, &other_peer);
}

/* The same in a queue that has had no one-shot before. */
static void first_one_shot_after_it_was_found_comes_once(void **state) {
    (void)state;
    add_readable();
    after = becomes_a_one_shot;
    assert_int_equal(ANYSOCK_READABLE, told_now(&was));
    expect_one_event_of_what_it_is();
    close_both();
}

static void one_shot_before_it_is_found_comes_once(void **state) {
    (void)state;
    add_readable();
    before = becomes_a_one_shot;
    assert_int_equal(0, told_now(&was));
    expect_one_event_of_what_it_is();
    close_both();
}

static void socket_added_anew_after_it_was_found_comes_once(void **state) {
    (void)state;
    add_readable();
    after = is_removed_and_added;
    assert_int_equal(ANYSOCK_READABLE, told_now(&was));
    expect_one_event_of_what_it_is();
    close_both();
}

/* The library has told what it knows, and then the socket is the system's to tell of. */
static void socket_that_was_told_as_known_is_told_as_it_is_too(void **state) {
    (void)state;
    make_pair(0, 0, &s, &peer);
    assert_anysock(ANYSOCK_OK, anysock_shutdown(&s, ANYSOCK_SHUT_RD));
    assert_anysock(ANYSOCK_OK, anysock_queue_add(queue, &s, ANYSOCK_READABLE, LEVEL, &was));
    before = wants_to_write_only;
    assert_int_equal(ANYSOCK_READABLE, told_now(&was));
    unsigned events = events_of(&is);
    assert_int_equal(ANYSOCK_WRITABLE, events != 0 ? events : told_now(&is));
    assert_int_equal(ANYSOCK_WRITABLE, told_now(&is));
    assert_int_equal(0, events_of(&was));
    close_both();
}

#define ON_EPOLL(name)                                                                             \
    { #name, name, open_queue, close_queue, &of_the_system }

int main(void) {
    const struct CMUnitTest tests[] = {
        ON_EPOLL(one_shot_after_it_was_found_comes_once),
        ON_EPOLL(first_one_shot_after_it_was_found_comes_once),
        ON_EPOLL(one_shot_before_it_is_found_comes_once),
        ON_EPOLL(socket_added_anew_after_it_was_found_comes_once),
        ON_EPOLL(socket_that_was_told_as_known_is_told_as_it_is_too),
    };
    (void)portable;
    return cmocka_run_group_tests_name("queue_between", tests, NULL, NULL);
}
