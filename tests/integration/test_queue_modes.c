/*
 * Level, one-shot and edge on real sockets: what repeats, what comes once, and what makes it come
 * again. Edges come alike whether the system makes them or the library does.
 */
#include "deviations.h"
#include "queues.h"

static struct anysock client, server;
static char buffer[65536];
static size_t moved;

static void open_pair(void) {
    make_pair(ANYSOCK_NONBLOCK, ANYSOCK_NONBLOCK, &client, &server);
}

/* Goes on until the call returns EAGAIN, as a user of edges does; returns how often it succeeded.
 */
static int exhaust(int (*call)(void)) {
    int times = 0, code;
    while ((code = call()) == ANYSOCK_OK)
        times++;
    assert_anysock(ANYSOCK_EAGAIN, code);
    return times;
}

static int receive(void) {
    return anysock_recv(&client, buffer, 2, 0, &moved);
}

static int receive_vector(void) {
    struct anysock_buffer vector = {buffer, 2};
    return anysock_recv_vec(&client, &vector, 1, 0, &moved);
}

static int receive_from(void) {
    return anysock_recv_from(&client, buffer, sizeof buffer, 0, NULL, NULL, &moved);
}

static int receive_without_waiting(void) {
    return anysock_recv(&client, buffer, sizeof buffer, ANYSOCK_NO_WAIT, &moved);
}

static int receive_urgent(void) {
    return anysock_recv(&client, buffer, 1, ANYSOCK_OOB, &moved);
}

static int send_block(void) {
    return anysock_send(&client, buffer, sizeof buffer, 0, &moved);
}

static int send_vector(void) {
    struct anysock_buffer vector[2] = {{buffer, 1}, {buffer, sizeof buffer}};
    return anysock_send_vec(&client, vector, 2, 0, &moved);
}

/* Leaves no room to send, and none to be told of. What was on its way may make some yet, as long as
 * it likes; but whatever is told must be true. */
static void leave_no_room(int (*call)(void)) {
    (void)exhaust(call);
    for (int looks = 0; looks < LOOKS; looks++) {
        if (told_now(&client) == 0)
            continue;
        assert_int_equal(ANYSOCK_WRITABLE, events_of(&client));
        assert_true(exhaust(call) > 0);
        looks = -1;
    }
}

static int accept_one(void) {
    struct anysock child;
    int code = anysock_accept(&client, 0, &child, NULL);
    if (code == ANYSOCK_OK)
        assert_anysock(ANYSOCK_OK, anysock_close(&child));
    return code;
}

/* --- level --- */

static void level_repeats_as_long_as_it_lasts(void **state) {
    (void)state;
    open_pair();
    add(&client, ANYSOCK_READABLE, LEVEL);
    expect_silence();
    say(&server, "abc");
    for (int i = 0; i < 3; i++) {
        assert_int_equal(ANYSOCK_READABLE, told(&client));
        assert_anysock(ANYSOCK_OK, anysock_recv(&client, buffer, 1, 0, &moved));
    }
    expect_silence();
    close_pair(&client, &server);
}

static void level_of_a_writer_ends_and_returns(void **state) {
    (void)state;
    open_pair();
    add(&client, ANYSOCK_WRITABLE, LEVEL);
    assert_int_equal(ANYSOCK_WRITABLE, told(&client));
    leave_no_room(send_block);
    while (told_now(&client) == 0)
        (void)drain(&server);
    assert_int_equal(ANYSOCK_WRITABLE, told(&client));
    close_pair(&client, &server);
}

/* --- one-shot --- */

static void pending_connect_hides_nothing_of_others(void **state) {
    (void)state;
    struct black_hole hole;
    struct anysock pending;
    open_pair();
    make_black_hole(&hole);
    assert_anysock(ANYSOCK_OK,
                   anysock_open(ANYSOCK_INET, ANYSOCK_STREAM, ANYSOCK_NONBLOCK, &pending));
    assert_anysock(ANYSOCK_EINPROGRESS, anysock_connect(&pending, &hole.addr));
    add(&pending, ANYSOCK_READABLE, LEVEL);
    add(&client, ANYSOCK_PRIORITY | ANYSOCK_PEER_CLOSED, LEVEL);
    expect_silence();
    assert_anysock(ANYSOCK_OK, anysock_send(&server, "!", 1, ANYSOCK_OOB, &moved));
    assert_int_equal(ANYSOCK_PRIORITY, told(&client));
    assert_anysock(ANYSOCK_OK, receive_urgent());
    assert_anysock(ANYSOCK_OK, anysock_shutdown(&server, ANYSOCK_SHUT_WR));
    while ((told(&client) & ANYSOCK_PEER_CLOSED) == 0) {
        /* The urgent byte is told until the end is there. */
    }
    assert_anysock(ANYSOCK_OK, anysock_close(&pending));
    close_pair(&client, &server);
    close_black_hole(&hole);
}

static void one_shot_comes_once_until_modify(void **state) {
    (void)state;
    open_pair();
    say(&server, "x");
    add(&client, ANYSOCK_READABLE, ONE_SHOT);
    for (int i = 0; i < 5; i++) {
        assert_int_equal(ANYSOCK_READABLE, told(&client));
        expect_silence();
        say(&server, "x"); /* more is no reason */
        expect_silence();
        modify(&client, ANYSOCK_READABLE, ONE_SHOT);
    }
    close_pair(&client, &server);
}

static void one_shot_of_a_writer_comes_once(void **state) {
    (void)state;
    open_pair();
    add(&client, ANYSOCK_WRITABLE, ONE_SHOT);
    assert_int_equal(ANYSOCK_WRITABLE, told(&client));
    expect_silence();
    (void)fill(&client);
    (void)drain(&server);
    expect_silence();
    close_pair(&client, &server);
}

static void one_shot_waits_for_its_condition(void **state) {
    (void)state;
    open_pair();
    add(&client, ANYSOCK_READABLE, ONE_SHOT);
    expect_silence();
    say(&server, "x");
    assert_int_equal(ANYSOCK_READABLE, told(&client));
    close_pair(&client, &server);
}

/* Not even an error or a hang-up comes: who got the event has the socket to itself. */
static void one_shot_that_was_told_stays_silent(void **state) {
    (void)state;
    static const enum anysock_shutdown_how hows[] = {ANYSOCK_SHUT_RD, ANYSOCK_SHUT_WR,
                                                     ANYSOCK_SHUT_RDWR};
    for (size_t i = 0; i < COUNT_OF(hows); i++) {
        open_pair();
        add(&client, CONDITIONS, ONE_SHOT);
        assert_int_equal(ANYSOCK_WRITABLE, told(&client));
        assert_anysock(ANYSOCK_OK, anysock_shutdown(&client, hows[i]));
        expect_silence();
        assert_anysock(ANYSOCK_OK, anysock_abort(&server));
        (void)await(&client, ANYSOCK_READABLE);
        expect_silence();
        modify(&client, CONDITIONS, ONE_SHOT);
        assert_int_equal(BOTH | ANYSOCK_HANG_UP, told(&client) & (BOTH | ANYSOCK_HANG_UP));
        expect_silence();
        assert_anysock(ANYSOCK_OK, anysock_close(&client));
    }
}

static void one_shot_that_was_told_stays_silent_after_a_reset_was_seen(void **state) {
    (void)state;
    open_pair();
    add(&client, CONDITIONS, ONE_SHOT);
    assert_int_equal(ANYSOCK_WRITABLE, told(&client));
    assert_anysock(ANYSOCK_OK, anysock_abort(&server));
    (void)await(&client, ANYSOCK_READABLE);
    assert_anysock(ANYSOCK_ECONNRESET, anysock_recv(&client, buffer, 1, 0, &moved));
    expect_silence();
    assert_anysock(ANYSOCK_OK, anysock_close(&client));
}

static void one_shot_that_was_told_stays_silent_through_a_connect(void **state) {
    (void)state;
    struct anysock_addr addr;
    make_listener(ANYSOCK_INET, 0, &server, &addr);
    assert_anysock(ANYSOCK_OK,
                   anysock_open(ANYSOCK_INET, ANYSOCK_STREAM, ANYSOCK_NONBLOCK, &client));
    int code = anysock_connect(&client, &addr);
    add(&client, ANYSOCK_WRITABLE, ONE_SHOT);
    assert_true(code == ANYSOCK_EINPROGRESS || code == ANYSOCK_OK);
    assert_int_equal(ANYSOCK_WRITABLE, told(&client));
    assert_anysock(ANYSOCK_OK, anysock_connect_result(&client));
    expect_silence();
    modify(&client, ANYSOCK_WRITABLE, ONE_SHOT);
    assert_int_equal(ANYSOCK_WRITABLE, told(&client));
    close_pair(&client, &server);
}

static void one_shot_that_was_not_told_hears_of_own_shutdowns(void **state) {
    (void)state;
    open_pair();
    add(&client, ANYSOCK_READABLE, ONE_SHOT);
    expect_silence();
    assert_anysock(ANYSOCK_OK, anysock_shutdown(&client, ANYSOCK_SHUT_RD));
    assert_int_equal(ANYSOCK_READABLE, told(&client));
    expect_silence();
    close_pair(&client, &server);
}

/* --- edge --- */

static void edge_of_receives_comes_again(void **state) {
    (void)state;
    int (*const calls[])(void) = {receive, receive_vector, receive_from, receive_without_waiting};
    for (size_t i = 0; i < COUNT_OF(calls); i++) {
        open_pair();
        add(&client, ANYSOCK_READABLE, EDGE);
        expect_silence();
        for (int round = 0; round < 3; round++) {
            say(&server, "data");
            assert_int_equal(ANYSOCK_READABLE, told(&client));
            expect_silence();
            assert_true(exhaust(calls[i]) > 0);
            expect_silence();
        }
        close_pair(&client, &server);
    }
}

static void edge_of_sends_comes_again(void **state) {
    (void)state;
    int (*const calls[])(void) = {send_block, send_vector};
    for (size_t i = 0; i < COUNT_OF(calls); i++) {
        open_pair();
        add(&client, ANYSOCK_WRITABLE, EDGE);
        assert_int_equal(ANYSOCK_WRITABLE, told(&client));
        expect_silence();
        for (int round = 0; round < 3; round++) {
            leave_no_room(calls[i]);
            while (told_now(&client) == 0)
                (void)drain(&server);
            assert_int_equal(ANYSOCK_WRITABLE, events_of(&client));
            /* An edge that the system makes may tell once more of more room, now or later. */
            int more = 0;
            for (int looks = 0; looks < 1 + LOOKS; looks++) {
                while (drain(&server) > 0) {
                    /* Makes all the room that there can be. */
                }
                more += told_now(&client) != 0;
            }
            assert_in_range(more, 0, 1);
        }
        close_pair(&client, &server);
    }
}

static void edge_of_accepts_comes_again(void **state) {
    (void)state;
    struct anysock_addr addr;
    make_listener(ANYSOCK_INET, ANYSOCK_NONBLOCK, &client, &addr);
    add(&client, ANYSOCK_READABLE, EDGE);
    expect_silence();
    for (int round = 0; round < 3; round++) {
        struct anysock clients[2];
        for (size_t i = 0; i < COUNT_OF(clients); i++) {
            assert_anysock(ANYSOCK_OK, anysock_open(ANYSOCK_INET, ANYSOCK_STREAM, 0, &clients[i]));
            assert_anysock(ANYSOCK_OK, anysock_connect(&clients[i], &addr));
        }
        assert_int_equal(ANYSOCK_READABLE, told(&client));
        int accepted = 0;
        while ((accepted += exhaust(accept_one)) < (int)COUNT_OF(clients))
            assert_int_equal(ANYSOCK_READABLE, told(&client)); /* that came a little later */
        (void)told_now(&client);
        expect_silence();
        for (size_t i = 0; i < COUNT_OF(clients); i++)
            assert_anysock(ANYSOCK_OK, anysock_close(&clients[i]));
    }
    assert_anysock(ANYSOCK_OK, anysock_close(&client));
}

static void edge_of_datagrams_comes_again(void **state) {
    (void)state;
    for (int connected = 0; connected < 2; connected++) {
        struct anysock_addr addr, other;
        assert_anysock(ANYSOCK_OK, anysock_addr_loopback(ANYSOCK_INET, 0, &addr));
        other = addr;
        assert_anysock(ANYSOCK_OK,
                       anysock_open(ANYSOCK_INET, ANYSOCK_DGRAM, ANYSOCK_NONBLOCK, &client));
        assert_anysock(ANYSOCK_OK, anysock_open(ANYSOCK_INET, ANYSOCK_DGRAM, 0, &server));
        assert_anysock(ANYSOCK_OK, anysock_bind(&client, &addr, ANYSOCK_BIND_CLIENT));
        assert_anysock(ANYSOCK_OK, anysock_bind(&server, &other, ANYSOCK_BIND_CLIENT));
        assert_anysock(ANYSOCK_OK, anysock_local_addr(&client, &addr));
        assert_anysock(ANYSOCK_OK, anysock_local_addr(&server, &other));
        if (connected)
            assert_anysock(ANYSOCK_OK, anysock_connect(&client, &other));
        add(&client, ANYSOCK_READABLE, EDGE);
        expect_silence();
        for (int round = 0; round < 3; round++) {
            for (size_t length = 0; length < 2; length++)
                assert_anysock(ANYSOCK_OK, anysock_send_to(&server, "x", length, 0, &addr, &moved));
            assert_int_equal(ANYSOCK_READABLE, told(&client));
            int received = 0;
            while ((received += exhaust(receive_from)) < 2)
                assert_int_equal(ANYSOCK_READABLE, told(&client));
            (void)told_now(&client);
            expect_silence();
        }
        close_pair(&client, &server);
    }
}

static void edge_of_urgent_data_comes_again(void **state) {
    (void)state;
    open_pair();
    add(&client, ANYSOCK_PRIORITY, EDGE);
    expect_silence();
    for (int round = 0; round < 3; round++) {
        assert_anysock(ANYSOCK_OK, anysock_send(&server, "!", 1, ANYSOCK_OOB, &moved));
        assert_int_equal(ANYSOCK_PRIORITY, told(&client));
        assert_int_equal(1, exhaust(receive_urgent));
        say(&server, "x"); /* what follows urgent data shows where they were */
        (void)await(&client, ANYSOCK_READABLE);
        (void)exhaust(receive);
        (void)told_now(&client);
        expect_silence();
    }
    close_pair(&client, &server);
}

static void several_edges_come_one_after_the_other(void **state) {
    (void)state;
    open_pair();
    add(&client, CONDITIONS, EDGE);
    assert_int_equal(ANYSOCK_WRITABLE, told(&client));
    expect_silence();
    say(&server, "data");
    assert_true((told(&client) & (unsigned)ANYSOCK_READABLE) != 0);
    (void)exhaust(receive);
    assert_anysock(ANYSOCK_OK, anysock_shutdown(&server, ANYSOCK_SHUT_WR));
    unsigned events = 0;
    while ((events & (unsigned)ANYSOCK_PEER_CLOSED) == 0)
        events = told(&client);
    expect_silence();
    assert_anysock(ANYSOCK_OK, anysock_shutdown(&client, ANYSOCK_SHUT_WR));
    while ((events & (unsigned)ANYSOCK_HANG_UP) == 0)
        events = told(&client);
    (void)told_now(&client);
    expect_silence();
    close_pair(&client, &server);
}

static void edge_of_a_connect_comes(void **state) {
    (void)state;
    for (int refused = 0; refused < 2; refused++) {
        struct anysock_addr addr;
        if (refused)
            make_refusing(&server, &addr);
        else
            make_listener(ANYSOCK_INET, 0, &server, &addr);
        assert_anysock(ANYSOCK_OK,
                       anysock_open(ANYSOCK_INET, ANYSOCK_STREAM, ANYSOCK_NONBLOCK, &client));
        add(&client, ANYSOCK_WRITABLE, EDGE);
        assert_int_equal(ANYSOCK_WRITABLE | ANYSOCK_HANG_UP, told(&client)); /* still fresh */
        (void)anysock_connect(&client, &addr);
        unsigned events = told(&client);
        assert_int_equal(refused ? ANYSOCK_WRITABLE | UNASKED : ANYSOCK_WRITABLE, events);
        assert_anysock(refused ? ANYSOCK_ECONNREFUSED : ANYSOCK_OK,
                       anysock_connect_result(&client));
        (void)told_now(&client);
        expect_silence();
        close_pair(&client, &server);
    }
}

/* A refusal is taken by the receive that reports it; the next one is told again. */
static void edge_of_refused_datagrams_comes_again(void **state) {
    (void)state;
    struct anysock_addr addr;
    if (refusals_wake_nobody())
        return;
    make_refusing_datagram(&server, &addr);
    assert_anysock(ANYSOCK_OK,
                   anysock_open(ANYSOCK_INET, ANYSOCK_DGRAM, ANYSOCK_NONBLOCK, &client));
    assert_anysock(ANYSOCK_OK, anysock_connect(&client, &addr));
    add(&client, ANYSOCK_READABLE, EDGE);
    for (int round = 0; round < 3; round++) {
        assert_anysock(ANYSOCK_OK, anysock_send(&client, "x", 1, 0, &moved));
        assert_int_equal(ANYSOCK_READABLE | ANYSOCK_ERROR, told(&client));
        expect_silence();
        assert_anysock(ANYSOCK_ECONNREFUSED, receive());
        assert_anysock(ANYSOCK_EAGAIN, receive());
    }
    close_pair(&client, &server);
}

/* A whole stream through small buffers, by nothing but edges on both sides. */
static void edges_move_a_stream(void **state) {
    (void)state;
    enum { TOTAL = 4 << 20 };
    size_t sent = 0, received = 0;
    open_pair();
    add(&client, ANYSOCK_WRITABLE, EDGE);
    add(&server, ANYSOCK_READABLE, EDGE);
    while (received < TOTAL) {
        if (wait_for(2, PATIENCE_MS) == 0)
            fail_msg("%s: stuck with %zu sent, %zu received", anysock_queue_backend(queue), sent,
                     received);
        bool writes = events_of(&client) != 0, reads = events_of(&server) != 0;
        while (writes && sent < TOTAL && send_block() == ANYSOCK_OK)
            sent += moved;
        while (reads && anysock_recv(&server, buffer, sizeof buffer, 0, &moved) == ANYSOCK_OK)
            received += moved;
    }
    close_pair(&client, &server);
}

/* --- changes --- */

static void modify_tells_anew_what_is_there(void **state) {
    (void)state;
    static const enum anysock_queue_mode modes[] = {LEVEL, ONE_SHOT, EDGE};
    open_pair();
    say(&server, "x");
    (void)await(&client, ANYSOCK_READABLE);
    add(&client, BOTH, EDGE);
    assert_int_equal(BOTH, told(&client));
    for (size_t from = 0; from < COUNT_OF(modes); from++) {
        for (size_t to = 0; to < COUNT_OF(modes); to++) {
            modify(&client, BOTH, modes[from]);
            assert_int_equal(BOTH, told(&client));
            modify(&client, BOTH, modes[to]);
            assert_int_equal(BOTH, told(&client));
            if (modes[to] == LEVEL)
                assert_int_equal(BOTH, told(&client));
            else
                expect_silence();
        }
    }
    close_pair(&client, &server);
}

static void modify_changes_what_is_wanted(void **state) {
    (void)state;
    open_pair();
    say(&server, "x");
    (void)await(&client, ANYSOCK_READABLE);
    add(&client, 0, LEVEL);
    expect_silence();
    modify(&client, ANYSOCK_READABLE, LEVEL);
    assert_int_equal(ANYSOCK_READABLE, told(&client));
    modify(&client, ANYSOCK_WRITABLE, LEVEL);
    assert_int_equal(ANYSOCK_WRITABLE, told(&client));
    modify(&client, BOTH, LEVEL);
    assert_int_equal(BOTH, told(&client));
    modify(&client, 0, LEVEL);
    expect_silence();
    close_pair(&client, &server);
}

/* The end is the library's to tell, the rest the system's, which also knows of the end. */
static void own_end_is_one_edge_and_the_rest_another(void **state) {
    (void)state;
    unsigned readable = 0, writable = 0;
    open_pair();
    assert_anysock(ANYSOCK_OK, anysock_shutdown(&client, ANYSOCK_SHUT_RD));
    add(&client, BOTH, EDGE);
    for (int i = 0; i < 6; i++) {
        unsigned events = told_now(&client);
        readable += (events & ANYSOCK_READABLE) != 0;
        writable += (events & ANYSOCK_WRITABLE) != 0;
    }
    assert_int_equal(1, readable);
    assert_in_range(writable, 1, 2); /* the system does not know that it was told */
    close_pair(&client, &server);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        ON_EACH(level_repeats_as_long_as_it_lasts),
        ON_EACH(level_of_a_writer_ends_and_returns),
        ON_EACH(pending_connect_hides_nothing_of_others),
        ON_EACH(one_shot_comes_once_until_modify),
        ON_EACH(one_shot_of_a_writer_comes_once),
        ON_EACH(one_shot_waits_for_its_condition),
        ON_EACH(one_shot_that_was_told_stays_silent),
        ON_EACH(one_shot_that_was_told_stays_silent_after_a_reset_was_seen),
        ON_EACH(one_shot_that_was_told_stays_silent_through_a_connect),
        ON_EACH(one_shot_that_was_not_told_hears_of_own_shutdowns),
        ON_EACH(edge_of_receives_comes_again),
        ON_EACH(edge_of_sends_comes_again),
        ON_EACH(edge_of_accepts_comes_again),
        ON_EACH(edge_of_datagrams_comes_again),
        ON_EACH(edge_of_urgent_data_comes_again),
        ON_EACH(several_edges_come_one_after_the_other),
        ON_EACH(edge_of_a_connect_comes),
        ON_EACH(edge_of_refused_datagrams_comes_again),
        ON_EACH(edges_move_a_stream),
        ON_EACH(modify_tells_anew_what_is_there),
        ON_EACH(modify_changes_what_is_wanted),
        ON_EACH(own_end_is_one_edge_and_the_rest_another),
    };
    return cmocka_run_group_tests_name("queue_modes", tests, NULL, NULL);
}
