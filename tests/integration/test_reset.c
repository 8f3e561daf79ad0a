/*
 * A reset never reads as end of stream, whichever call meets it first: a table of calls, each
 * first, and what the receives behind it find.
 */
#include <string.h>

#include "deviations.h"
#include "internal.h"
#include "net.h"
#include "platform.h"

static struct anysock s;
static struct anysock_queue *queue;
static struct anysock_event *event;
static char buffer[64];
static size_t count;

/* --- the calls --- */

static int recv_meets_it(void) {
    return anysock_recv(&s, buffer, 1, 0, &count);
}

static int recv_without_waiting_meets_it(void) {
    return anysock_recv(&s, buffer, 1, ANYSOCK_NO_WAIT, &count);
}

static int peeking_recv_meets_it(void) {
    return anysock_recv(&s, buffer, 1, ANYSOCK_PEEK, &count);
}

static int recv_of_all_meets_it(void) {
    return anysock_recv(&s, buffer, sizeof buffer, ANYSOCK_WAIT_ALL, &count);
}

static int recv_all_meets_it(void) {
    return anysock_recv_all(&s, buffer, sizeof buffer, &count);
}

static int recv_vec_meets_it(void) {
    const struct anysock_buffer buffers[2] = {{buffer, 1}, {buffer + 1, 1}};
    return anysock_recv_vec(&s, buffers, 2, 0, &count);
}

static int recv_from_meets_it(void) {
    struct anysock_addr from;
    return anysock_recv_from(&s, buffer, 1, 0, &from, NULL, &count);
}

static int recv_with_a_time_out_meets_it(void) {
    int code = anysock_set_timeout(&s, ANYSOCK_TIMEOUT_RECV, PATIENCE_MS);
    return code == ANYSOCK_OK ? recv_meets_it() : code;
}

static int send_meets_it(void) {
    return anysock_send(&s, "x", 1, 0, &count);
}

static int send_without_waiting_meets_it(void) {
    return anysock_send(&s, "x", 1, ANYSOCK_NO_WAIT, &count);
}

static int send_all_meets_it(void) {
    return anysock_send_all(&s, "xyz", 3, &count);
}

static int send_vec_meets_it(void) {
    const struct anysock_buffer buffers[2] = {{buffer, 1}, {buffer + 1, 1}};
    return anysock_send_vec(&s, buffers, 2, 0, &count);
}

static int send_with_a_time_out_meets_it(void) {
    int code = anysock_set_timeout(&s, ANYSOCK_TIMEOUT_SEND, PATIENCE_MS);
    return code == ANYSOCK_OK ? send_meets_it() : code;
}

/* These tell of it, and are right. */

static int seen_in(unsigned events) {
    return (events & ANYSOCK_ERROR) != 0 ? ANYSOCK_ECONNRESET : ANYSOCK_OK;
}

static int wait_meets_it(void) {
    unsigned events;
    int code = anysock_wait(&s, ANYSOCK_READABLE, PATIENCE_MS, &events);
    return code == ANYSOCK_OK ? seen_in(events) : code;
}

static int look_meets_it(void) {
    unsigned events;
    int code = anysock_wait(&s, ANYSOCK_WRITABLE, 0, &events);
    return code == ANYSOCK_OK ? seen_in(events) : code;
}

static int poll_meets_it(void) {
    struct anysock_poll_item item = {&s, ANYSOCK_READABLE, 0};
    int code = anysock_poll(&item, 1, PATIENCE_MS, &count);
    return code == ANYSOCK_OK ? seen_in(item.events) : code;
}

static int poll_for_errors_meets_it(void) {
    struct anysock_poll_item items[2] = {{NULL, 0, 0}, {&s, 0, 0}};
    int code = anysock_poll(items, 2, PATIENCE_MS, &count);
    return code == ANYSOCK_OK ? seen_in(items[1].events) : code;
}

static int peek_state_meets_it(void) {
    enum anysock_peer_state peer;
    int code = anysock_peek_state(&s, &peer);
    return code != ANYSOCK_OK || peer != ANYSOCK_PEER_RESET ? code : ANYSOCK_ECONNRESET;
}

static int event_meets_it(void) {
    unsigned events;
    assert_anysock(ANYSOCK_OK, anysock_event_bind(event, &s, ANYSOCK_READABLE));
    int code = anysock_event_wait(event, PATIENCE_MS, &events);
    return code == ANYSOCK_OK ? seen_in(events) : code;
}

static int event_that_is_unbound_meets_it(void) {
    int code = event_meets_it();
    assert_anysock(ANYSOCK_OK, anysock_event_unbind(&s));
    return code;
}

static int queue_meets_it_by(enum anysock_queue_mode mode) {
    struct anysock_queue_event got;
    assert_anysock(ANYSOCK_OK, anysock_queue_add(queue, &s, ANYSOCK_READABLE, mode, &s));
    int code = anysock_queue_wait(queue, &got, 1, PATIENCE_MS, &count);
    if (code == ANYSOCK_OK)
        code = count == 1 ? seen_in(got.events) : ANYSOCK_ETIMEDOUT;
    return code;
}

static int queue_meets_it(void) {
    return queue_meets_it_by(ANYSOCK_QUEUE_LEVEL);
}

static int queue_of_edges_meets_it(void) {
    return queue_meets_it_by(ANYSOCK_QUEUE_EDGE);
}

static int queue_meets_it_once(void) {
    return queue_meets_it_by(ANYSOCK_QUEUE_ONE_SHOT);
}

static int queue_that_lets_go_meets_it(void) {
    int code = queue_meets_it();
    assert_anysock(ANYSOCK_OK, anysock_queue_remove(queue, &s));
    return code;
}

enum kind { RECEIVES, SENDS, LOOKS };

static const struct {
    const char *name;
    int (*call)(void);
    enum kind kind;
} rows[] = {
#define ROW(call, kind)                                                                            \
    { #call, call, kind }
    ROW(recv_meets_it, RECEIVES),
    ROW(recv_without_waiting_meets_it, RECEIVES),
    ROW(peeking_recv_meets_it, RECEIVES),
    ROW(recv_of_all_meets_it, RECEIVES),
    ROW(recv_all_meets_it, RECEIVES),
    ROW(recv_vec_meets_it, RECEIVES),
    ROW(recv_from_meets_it, RECEIVES),
    ROW(recv_with_a_time_out_meets_it, RECEIVES),
    ROW(send_meets_it, SENDS),
    ROW(send_without_waiting_meets_it, SENDS),
    ROW(send_all_meets_it, SENDS),
    ROW(send_vec_meets_it, SENDS),
    ROW(send_with_a_time_out_meets_it, SENDS),
    ROW(wait_meets_it, LOOKS),
    ROW(look_meets_it, LOOKS),
    ROW(poll_meets_it, LOOKS),
    ROW(poll_for_errors_meets_it, LOOKS),
    ROW(peek_state_meets_it, LOOKS),
    ROW(event_meets_it, LOOKS),
    ROW(event_that_is_unbound_meets_it, LOOKS),
    ROW(queue_meets_it, LOOKS),
    ROW(queue_of_edges_meets_it, LOOKS),
    ROW(queue_meets_it_once, LOOKS),
    ROW(queue_that_lets_go_meets_it, LOOKS),
#undef ROW
};

/* --- a reset that is there --- */

/* A connection that the peer has reset, which no call of the library has seen yet: the wait is the
 * port's. */
static void make_reset(const char *words) {
    struct anysock peer;
    make_pair(0, 0, &s, &peer);
    say(&peer, words);
    assert_anysock(ANYSOCK_OK, anysock_abort(&peer));
    struct anysock_port_item item = {anysock_native_handle(&s), 0, 0};
    assert_int_equal(1, anysock_port_poll(&item, 1, PATIENCE_MS));
}

/* Receives until there are no data any more, and twice then. */
static void expect_no_end(const char *name) {
    int code;
    do
        code = anysock_recv(&s, buffer, sizeof buffer, 0, &count);
    while (code == ANYSOCK_OK && count > 0);
    for (int i = 0; i < 2; i++) {
        if (code != ANYSOCK_ECONNRESET || count != 0)
            fail_msg("%s: a receive behind it gave %s", name, anysock_error_name(code));
        code = anysock_recv(&s, buffer, sizeof buffer, 0, &count);
    }
}

/* Calls a row as the first one. False if the system has hidden the reset from it. */
static bool meets(size_t row) {
    int code = rows[row].call();
    if (rows[row].kind == RECEIVES && reset_may_read_as_end_of_stream(code))
        return false;
    if (code != ANYSOCK_ECONNRESET)
        fail_msg("%s gave %s", rows[row].name, anysock_error_name(code));
    return true;
}

/* Both back ends of queues. */
static const unsigned queue_flags[] = {0, ANYSOCK_QUEUE_PORTABLE};

static void open_watchers(unsigned flags) {
    assert_anysock(ANYSOCK_OK, anysock_event_create(&event));
    assert_anysock(ANYSOCK_OK, anysock_queue_open(flags, &queue));
}

static void close_watchers(void) {
    assert_anysock(ANYSOCK_OK, anysock_queue_close(queue));
    assert_anysock(ANYSOCK_OK, anysock_event_destroy(event));
}

static void each_row(const char *words, void (*check)(size_t row)) {
    for (size_t f = 0; f < COUNT_OF(queue_flags); f++) {
        open_watchers(queue_flags[f]);
        for (size_t i = 0; i < COUNT_OF(rows); i++) {
            make_reset(words);
            check(i);
            assert_anysock(ANYSOCK_OK, anysock_close(&s));
        }
        close_watchers();
    }
}

static void check_that_it_is_no_end(size_t row) {
    if (meets(row))
        expect_no_end(rows[row].name);
}

static void reset_is_no_end_whichever_call_meets_it(void **state) {
    (void)state;
    each_row("", check_that_it_is_no_end);
}

static void check_the_first_send(size_t row) {
    if (rows[row].kind != LOOKS)
        return;
    assert_true(meets(row));
    assert_anysock(ANYSOCK_ECONNRESET, send_meets_it());
    assert_anysock(ANYSOCK_EPIPE, send_meets_it());
    expect_no_end(rows[row].name);
}

/* A look does not take from the first send what happened. */
static void first_send_after_a_look_tells_the_reset(void **state) {
    (void)state;
    each_row("", check_the_first_send);
}

static void check_that_it_is_no_end_behind_data(size_t row) {
    bool told = rows[row].call() != ANYSOCK_OK;
    if (told || !reset_may_read_as_end_of_stream(ANYSOCK_OK))
        expect_no_end(rows[row].name);
}

/* Systems disagree about the data, and a receive or a look may find those first. */
static void reset_behind_data_is_no_end_whichever_call_comes_first(void **state) {
    (void)state;
    each_row("data", check_that_it_is_no_end_behind_data);
}

/* A connection that the system gives up, since nothing comes back any more. */
static void make_silent(struct anysock *server) {
    make_pair(0, 0, &s, server);
    if (!foreign_silence(anysock_native_handle(server))) {
        close_pair(&s, server);
        skip();
    }
    assert_anysock(ANYSOCK_OK, anysock_set_option(&s, ANYSOCK_OPTION_USER_TIMEOUT, 1));
    say(&s, "x");
}

static void expect_time_out(int (*call)(void)) {
    assert_anysock(ANYSOCK_ETIMEDOUT, call());
    assert_int_not_equal(0, anysock_native_error());
    for (int i = 0; i < 2; i++)
        assert_anysock(ANYSOCK_ETIMEDOUT, recv_meets_it());
    assert_anysock(ANYSOCK_EPIPE, send_meets_it());
}

static void time_out_of_the_system_is_no_end_either(void **state) {
    (void)state;
    struct anysock server;
    make_silent(&server);
    expect_time_out(recv_meets_it);
    assert_anysock(ANYSOCK_OK, anysock_abort(&server));
    assert_anysock(ANYSOCK_OK, anysock_close(&s));

    make_silent(&server);
    await_state(&s, ANYSOCK_PEER_RESET);
    expect_time_out(send_meets_it);
    assert_anysock(ANYSOCK_OK, anysock_abort(&server));
    assert_anysock(ANYSOCK_OK, anysock_close(&s));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(reset_is_no_end_whichever_call_meets_it),
        TEST(first_send_after_a_look_tells_the_reset),
        TEST(reset_behind_data_is_no_end_whichever_call_comes_first),
        TEST(time_out_of_the_system_is_no_end_either),
    };
    return cmocka_run_group_tests_name("reset", tests, NULL, NULL);
}
