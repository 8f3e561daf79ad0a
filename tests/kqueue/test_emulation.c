/*
 * The rules of kqueue, asked of the emulation: what the back end is tested against must be right.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <sys/event.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net.h"
#include "platform.h"

static const struct timespec now = {0, 0};
static const struct timespec patience = {PATIENCE_MS / 1000, 0};
static struct kevent found[8];
static int data_of_ours;

static int change(int kq, int fd, int filter, int flags) {
    struct kevent event;
    EV_SET(&event, (uintptr_t)fd, (short)filter, (unsigned short)flags,
           filter == EVFILT_EXCEPT ? NOTE_OOB : 0, 0, &data_of_ours);
    return kevent(kq, &event, 1, NULL, 0, NULL);
}

static int look(int kq) {
    return kevent(kq, NULL, 0, found, 8, &now);
}

static int await_one(int kq) {
    return kevent(kq, NULL, 0, found, 8, &patience);
}

static bool is_readable(int fd) {
    struct pollfd pollfd = {fd, POLLIN, 0};
    return poll(&pollfd, 1, 0) == 1;
}

static int connected(int ends[2], int *listener) {
    struct sockaddr_in addr = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof addr;
    *listener = socket(AF_INET, SOCK_STREAM, 0);
    ends[0] = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(*listener, (struct sockaddr *)&addr, length) != 0 || listen(*listener, 5) != 0 ||
        getsockname(*listener, (struct sockaddr *)&addr, &length) != 0 ||
        connect(ends[0], (struct sockaddr *)&addr, length) != 0)
        return -1;
    ends[1] = accept(*listener, NULL, NULL);
    return ends[1];
}

static int kq, ends[2], listener;

static int set_up(void **state) {
    if (remember_handles(state) != 0 || connected(ends, &listener) < 0)
        return -1;
    kq = kqueue();
    return kq < 0 ? -1 : 0;
}

static int tear_down(void **state) {
    close(ends[0]);
    close(ends[1]);
    close(listener);
    close(kq);
    return same_handles(state);
}

#define RULE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

static void reading_tells_how_much_is_there_as_long_as_it_is(void **state) {
    (void)state;
    char bytes[8];
    assert_int_equal(0, change(kq, ends[0], EVFILT_READ, EV_ADD));
    assert_int_equal(0, look(kq));
    assert_int_equal(3, write(ends[1], "abc", 3));
    assert_int_equal(1, await_one(kq));
    assert_int_equal(1, look(kq));
    assert_int_equal(3, found[0].data);
    assert_ptr_equal(&data_of_ours, found[0].udata);
    assert_int_equal(0, found[0].flags & EV_EOF);
    assert_int_equal(3, read(ends[0], bytes, sizeof bytes));
    assert_int_equal(0, look(kq));
}

static void reading_of_a_listener_tells_the_backlog(void **state) {
    (void)state;
    struct sockaddr_in addr;
    socklen_t length = sizeof addr;
    int client = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(0, change(kq, listener, EVFILT_READ, EV_ADD));
    assert_int_equal(0, change(kq, listener, EVFILT_WRITE, EV_ADD));
    assert_int_equal(0, getsockname(listener, (struct sockaddr *)&addr, &length));
    assert_int_equal(0, connect(client, (struct sockaddr *)&addr, length));
    assert_int_equal(1, await_one(kq));
    assert_int_equal(EVFILT_READ, found[0].filter);
    assert_int_equal(1, found[0].data);
    close(client);
}

static void a_fresh_stream_says_nothing(void **state) {
    (void)state;
    int fresh = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(0, change(kq, fresh, EVFILT_READ, EV_ADD));
    assert_int_equal(0, change(kq, fresh, EVFILT_WRITE, EV_ADD));
    assert_int_equal(0, look(kq));
    close(fresh);
}

static void the_filters_of_a_socket_are_two_events(void **state) {
    (void)state;
    assert_int_equal(1, write(ends[1], "x", 1));
    assert_int_equal(0, change(kq, ends[0], EVFILT_READ, EV_ADD));
    assert_int_equal(0, change(kq, ends[0], EVFILT_WRITE, EV_ADD));
    struct pollfd pollfd = {ends[0], POLLIN, 0};
    assert_int_equal(1, poll(&pollfd, 1, PATIENCE_MS));
    assert_int_equal(2, look(kq));
    assert_int_equal(1, kevent(kq, NULL, 0, found, 1, &now));
}

static void clear_tells_what_comes_and_not_what_stays(void **state) {
    (void)state;
    assert_int_equal(0, change(kq, ends[0], EVFILT_READ, EV_ADD | EV_CLEAR));
    assert_int_equal(1, write(ends[1], "x", 1));
    assert_int_equal(1, await_one(kq));
    assert_int_equal(0, look(kq));
    assert_int_equal(1, write(ends[1], "y", 1));
    assert_int_equal(1, await_one(kq));
    assert_int_equal(2, found[0].data);
    assert_int_equal(0, shutdown(ends[1], SHUT_WR));
    assert_int_equal(1, await_one(kq));
    assert_int_not_equal(0, found[0].flags & EV_EOF);
    /* What happens to the other direction is nothing to it. */
    assert_int_equal(0, shutdown(ends[0], SHUT_WR));
    assert_int_equal(0, look(kq));
}

static void adding_again_looks_again_and_keeps_the_flags(void **state) {
    (void)state;
    assert_int_equal(0, change(kq, ends[0], EVFILT_WRITE, EV_ADD | EV_CLEAR));
    assert_int_equal(1, look(kq));
    assert_int_equal(0, look(kq));
    assert_int_equal(0, change(kq, ends[0], EVFILT_WRITE, EV_ADD));
    assert_int_equal(1, look(kq));
    assert_int_equal(0, look(kq));
}

static void oneshot_is_gone_after_its_event(void **state) {
    (void)state;
    assert_int_equal(0, change(kq, ends[0], EVFILT_WRITE, EV_ADD | EV_ONESHOT));
    assert_int_equal(1, look(kq));
    assert_int_equal(0, look(kq));
    assert_int_equal(-1, change(kq, ends[0], EVFILT_WRITE, EV_DELETE));
    assert_int_equal(ENOENT, errno);
}

static void dispatch_rests_until_it_is_enabled(void **state) {
    (void)state;
    assert_int_equal(0, change(kq, ends[0], EVFILT_WRITE, EV_ADD | EV_DISPATCH));
    assert_int_equal(1, look(kq));
    assert_int_equal(0, look(kq));
    assert_int_equal(0, change(kq, ends[0], EVFILT_WRITE, EV_ENABLE));
    assert_int_equal(1, look(kq));
}

static void disabled_filters_are_silent(void **state) {
    (void)state;
    assert_int_equal(0, change(kq, ends[0], EVFILT_WRITE, EV_ADD | EV_DISABLE));
    assert_int_equal(0, look(kq));
    assert_int_equal(0, change(kq, ends[0], EVFILT_WRITE, EV_ENABLE));
    assert_int_equal(1, look(kq));
    assert_int_equal(0, change(kq, ends[0], EVFILT_WRITE, EV_DISABLE));
    assert_int_equal(0, look(kq));
}

static void the_peers_end_is_eof_of_reading_only(void **state) {
    (void)state;
    assert_int_equal(0, change(kq, ends[0], EVFILT_READ, EV_ADD));
    assert_int_equal(2, write(ends[1], "xy", 2));
    assert_int_equal(0, shutdown(ends[1], SHUT_WR));
    do {
        assert_int_equal(1, await_one(kq));
    } while ((found[0].flags & EV_EOF) == 0);
    assert_int_equal(2, found[0].data);
    assert_int_equal(0, found[0].fflags);
    assert_int_equal(0, change(kq, ends[0], EVFILT_READ, EV_DELETE));
    assert_int_equal(0, change(kq, ends[0], EVFILT_WRITE, EV_ADD));
    assert_int_equal(1, look(kq));
    assert_int_equal(0, found[0].flags & EV_EOF);
}

static void the_own_end_is_eof_of_writing_only(void **state) {
    (void)state;
    assert_int_equal(0, shutdown(ends[0], SHUT_WR));
    assert_int_equal(0, change(kq, ends[0], EVFILT_READ, EV_ADD));
    assert_int_equal(0, change(kq, ends[0], EVFILT_WRITE, EV_ADD));
    assert_int_equal(1, look(kq));
    assert_int_equal(EVFILT_WRITE, found[0].filter);
    assert_int_not_equal(0, found[0].flags & EV_EOF);
    assert_int_equal(0, found[0].fflags);
}

static void a_reset_is_eof_of_both_with_its_error(void **state) {
    (void)state;
    struct linger reset = {1, 0};
    assert_int_equal(0, change(kq, ends[0], EVFILT_READ, EV_ADD));
    assert_int_equal(0, setsockopt(ends[1], SOL_SOCKET, SO_LINGER, &reset, sizeof reset));
    assert_int_equal(0, close(ends[1]));
    assert_int_equal(1, await_one(kq));
    assert_int_equal(0, change(kq, ends[0], EVFILT_WRITE, EV_ADD));
    assert_int_equal(2, look(kq));
    for (int i = 0; i < 2; i++) {
        assert_int_not_equal(0, found[i].flags & EV_EOF);
        assert_int_equal(ECONNRESET, found[i].fflags);
    }
    ends[1] = dup(ends[0]);
}

static void urgent_data_are_an_exception(void **state) {
    (void)state;
    assert_int_equal(0, change(kq, ends[0], EVFILT_EXCEPT, EV_ADD));
    assert_int_equal(1, write(ends[1], "x", 1));
    assert_int_equal(0, look(kq));
    assert_int_equal(1, send(ends[1], "!", 1, MSG_OOB));
    assert_int_equal(1, await_one(kq));
    assert_int_equal(NOTE_OOB, found[0].fflags);
}

static void closing_removes_silently_even_if_a_copy_is_open(void **state) {
    (void)state;
    int copy = dup(ends[0]);
    assert_int_equal(0, change(kq, ends[0], EVFILT_WRITE, EV_ADD));
    assert_int_equal(0, close(ends[0]));
    assert_int_equal(0, look(kq));
    assert_int_equal(-1, change(kq, ends[0], EVFILT_WRITE, EV_DELETE));
    assert_int_equal(EBADF, errno);
    assert_int_equal(ends[0], dup2(copy, ends[0]));
    close(copy);
    assert_int_equal(-1, change(kq, ends[0], EVFILT_WRITE, EV_DELETE));
    assert_int_equal(ENOENT, errno);
}

static void receipts_come_instead_of_events(void **state) {
    (void)state;
    struct kevent changes[3];
    assert_int_equal(0, change(kq, ends[1], EVFILT_WRITE, EV_ADD));
    EV_SET(&changes[0], (uintptr_t)ends[0], EVFILT_READ, EV_ADD | EV_RECEIPT, 0, 0, 0);
    EV_SET(&changes[1], (uintptr_t)ends[0], EVFILT_WRITE, EV_DELETE | EV_RECEIPT, 0, 0, 0);
    EV_SET(&changes[2], (uintptr_t)ends[0], EVFILT_WRITE, EV_ADD | EV_RECEIPT, 0, 0, 0);
    assert_int_equal(3, kevent(kq, changes, 3, found, 8, NULL));
    for (int i = 0; i < 3; i++)
        assert_int_equal(EV_ERROR, found[i].flags);
    assert_int_equal(0, found[0].data);
    assert_int_equal(ENOENT, found[1].data);
    assert_int_equal(0, found[2].data);
}

/* Without room for receipts the first error ends the call. */
static void an_error_without_room_stops_the_changes(void **state) {
    (void)state;
    struct kevent changes[2];
    EV_SET(&changes[0], (uintptr_t)ends[0], EVFILT_READ, EV_DELETE, 0, 0, 0);
    EV_SET(&changes[1], (uintptr_t)ends[0], EVFILT_WRITE, EV_ADD, 0, 0, 0);
    assert_int_equal(-1, kevent(kq, changes, 2, NULL, 0, NULL));
    assert_int_equal(ENOENT, errno);
    assert_int_equal(0, look(kq));
}

static void a_user_event_is_told_once_for_each_trigger(void **state) {
    (void)state;
    struct kevent event;
    assert_int_equal(0, change(kq, 7, EVFILT_USER, EV_ADD | EV_CLEAR));
    assert_int_equal(0, look(kq));
    EV_SET(&event, 7, EVFILT_USER, 0, NOTE_TRIGGER, 0, 0);
    assert_int_equal(0, kevent(kq, &event, 1, NULL, 0, NULL));
    assert_int_equal(0, kevent(kq, &event, 1, NULL, 0, NULL));
    assert_true(is_readable(kq));
    assert_int_equal(1, look(kq));
    assert_int_equal(0, look(kq));
    assert_false(is_readable(kq));
}

static int trigger(void *unused) {
    struct kevent event;
    (void)unused;
    EV_SET(&event, 7, EVFILT_USER, 0, NOTE_TRIGGER, 0, 0);
    return kevent(kq, &event, 1, NULL, 0, NULL);
}

static void a_trigger_ends_the_wait_of_another_thread(void **state) {
    (void)state;
    struct thread thread;
    assert_int_equal(0, change(kq, 7, EVFILT_USER, EV_ADD | EV_CLEAR));
    thread_start(&thread, trigger, NULL);
    assert_int_equal(1, await_one(kq));
    assert_int_equal(0, thread_join(&thread));
}

static int add_writing(void *unused) {
    (void)unused;
    return change(kq, ends[0], EVFILT_WRITE, EV_ADD);
}

static void a_filter_added_by_another_thread_ends_the_wait(void **state) {
    (void)state;
    struct thread thread;
    thread_start(&thread, add_writing, NULL);
    assert_int_equal(1, await_one(kq));
    assert_int_equal(0, thread_join(&thread));
}

static void the_kqueue_is_readable_while_there_are_events(void **state) {
    (void)state;
    char byte;
    assert_int_equal(0, change(kq, ends[0], EVFILT_READ, EV_ADD));
    assert_false(is_readable(kq));
    assert_int_equal(1, write(ends[1], "x", 1));
    assert_int_equal(1, await_one(kq));
    assert_true(is_readable(kq));
    assert_int_equal(1, read(ends[0], &byte, 1));
    assert_int_equal(0, look(kq));
    assert_false(is_readable(kq));
}

static void a_wait_is_interrupted_by_signals(void **state) {
    (void)state;
    assert_true(start_signals());
    int result = await_one(kq);
    int error = errno;
    (void)stop_signals();
    assert_int_equal(-1, result);
    assert_int_equal(EINTR, error);
}

static void other_filters_and_descriptors_are_refused(void **state) {
    (void)state;
    assert_int_equal(-1, change(kq, ends[0], -7, EV_ADD));
    assert_int_equal(EINVAL, errno);
    assert_int_equal(-1, change(kq, 1000, EVFILT_READ, EV_ADD));
    assert_int_equal(EBADF, errno);
    assert_int_equal(-1, kevent(ends[0], NULL, 0, found, 1, &now));
    assert_int_equal(EBADF, errno);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        RULE(reading_tells_how_much_is_there_as_long_as_it_is),
        RULE(reading_of_a_listener_tells_the_backlog),
        RULE(a_fresh_stream_says_nothing),
        RULE(the_filters_of_a_socket_are_two_events),
        RULE(clear_tells_what_comes_and_not_what_stays),
        RULE(adding_again_looks_again_and_keeps_the_flags),
        RULE(oneshot_is_gone_after_its_event),
        RULE(dispatch_rests_until_it_is_enabled),
        RULE(disabled_filters_are_silent),
        RULE(the_peers_end_is_eof_of_reading_only),
        RULE(the_own_end_is_eof_of_writing_only),
        RULE(a_reset_is_eof_of_both_with_its_error),
        RULE(urgent_data_are_an_exception),
        RULE(closing_removes_silently_even_if_a_copy_is_open),
        RULE(receipts_come_instead_of_events),
        RULE(an_error_without_room_stops_the_changes),
        RULE(a_user_event_is_told_once_for_each_trigger),
        RULE(a_trigger_ends_the_wait_of_another_thread),
        RULE(a_filter_added_by_another_thread_ends_the_wait),
        RULE(the_kqueue_is_readable_while_there_are_events),
        RULE(a_wait_is_interrupted_by_signals),
        RULE(other_filters_and_descriptors_are_refused),
    };
    return cmocka_run_group_tests_name("kqueue emulation", tests, NULL, NULL);
}
