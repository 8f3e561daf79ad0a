/*
 * What a queue tells on the fake port: what the system says, what only the library knows beside it,
 * and what other calls on a registered socket change.
 */
#include "watching.h"

/* --- what the system says means the same everywhere --- */

static void only_what_is_wanted_is_told(void **state) {
    (void)state;
    static const unsigned wanted[] = {BOTH, ANYSOCK_READABLE, ANYSOCK_WRITABLE, 0};
    s = fake_connected(0);
    fake_data_arrives(fake_of(&s));
    for (size_t i = 0; i < COUNT_OF(wanted); i++) {
        add(&s, wanted[i], LEVEL);
        assert_int_equal(wanted[i], told(&s));
        assert_anysock(ANYSOCK_OK, anysock_queue_remove(queue, &s));
    }
}

/* What the system says of a stream or datagram socket, and what that means to who wants all. */
static void every_answer_is_completed(void **state) {
    (void)state;
    static const struct {
        unsigned says;
        bool datagram, shut;
        unsigned means;
    } rows[] = {
        {ANYSOCK_READABLE, false, false, ANYSOCK_READABLE},
        {ANYSOCK_PRIORITY, false, false, ANYSOCK_PRIORITY},
        {ANYSOCK_PEER_CLOSED, false, false, ANYSOCK_READABLE | ANYSOCK_PEER_CLOSED},
        {ANYSOCK_PEER_CLOSED, false, true, BOTH | ANYSOCK_PEER_CLOSED | ANYSOCK_HANG_UP},
        {ANYSOCK_HANG_UP, false, false, FRESH},
        {ANYSOCK_ERROR, false, false, BROKEN},
        {ANYSOCK_INVALID, false, false, BROKEN},
        {ANYSOCK_ERROR, true, false, BOTH | ANYSOCK_ERROR},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        s = rows[i].datagram ? fake_datagram(0) : silent_socket();
        if (rows[i].shut)
            assert_anysock(ANYSOCK_OK, anysock_shutdown(&s, ANYSOCK_SHUT_WR));
        fake_of(&s)->seen = rows[i].says;
        add(&s, CONDITIONS, LEVEL);
        assert_int_equal(rows[i].means, told(&s));
        modify(&s, 0, LEVEL);
        assert_int_equal(rows[i].means & (ANYSOCK_ERROR | ANYSOCK_HANG_UP), told(&s));
        assert_anysock(ANYSOCK_OK, anysock_close(&s));
    }
}

/* A port may have to look for it in what can be received, and an empty datagram is no end. */
static void only_who_has_a_peer_is_asked_for_its_end(void **state) {
    (void)state;
    struct {
        struct anysock socket;
        bool has_peer;
    } rows[] = {{fake_fresh(0), false},
                {fake_listener(0), false},
                {fake_datagram(0), false},
                {fake_connecting(), true},
                {fake_connected(0), true}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        s = rows[i].socket;
        fake_of(&s)->room = 0;
        add(&s, CONDITIONS, LEVEL);
        (void)told(&s);
        assert_int_equal(rows[i].has_peer, (fake_of(&s)->asked & ANYSOCK_PEER_CLOSED) != 0);
        modify(&s, ANYSOCK_READABLE, LEVEL);
        (void)told(&s);
        assert_int_equal(0, fake_of(&s)->asked & ANYSOCK_PEER_CLOSED);
        assert_anysock(ANYSOCK_OK, anysock_close(&s));
    }
}

/* Both ends together are a hang-up, which comes unasked. Of the own one the library knows: some
 * systems would take it for both. */
static void who_has_ended_is_asked_for_its_peers_end_only(void **state) {
    (void)state;
    static const unsigned wanted[] = {CONDITIONS, ANYSOCK_WRITABLE, 0};
    s = silent_socket();
    assert_anysock(ANYSOCK_OK, anysock_shutdown(&s, ANYSOCK_SHUT_WR));
    for (size_t i = 0; i < COUNT_OF(wanted); i++) {
        add(&s, wanted[i], LEVEL);
        (void)told(&s);
        assert_int_equal(ANYSOCK_PEER_CLOSED,
                         fake_of(&s)->asked & (ANYSOCK_PEER_CLOSED | ANYSOCK_WRITABLE));
        assert_anysock(ANYSOCK_OK, anysock_queue_remove(queue, &s));
    }
}

static void listener_is_never_writable(void **state) {
    (void)state;
    s = fake_listener(0);
    fake_of(&s)->connected = true; /* so that the fake would call it writable */
    add(&s, BOTH, LEVEL);
    assert_int_equal(0, told(&s));
    fake_client_arrives(fake_of(&s));
    assert_int_equal(ANYSOCK_READABLE, told(&s));
}

static void connecting_socket_has_its_result(void **state) {
    (void)state;
    for (int fails = 0; fails < 2; fails++) {
        s = fake_connecting();
        add(&s, ANYSOCK_WRITABLE, LEVEL);
        assert_int_equal(0, told(&s));
        fake_later(20, fails ? fake_connect_fails : fake_connect_succeeds, &s);
        assert_anysock(ANYSOCK_OK, anysock_queue_wait(queue, got, 4, ANYSOCK_FOREVER, &count));
        assert_int_equal(fails ? ANYSOCK_WRITABLE | ANYSOCK_ERROR | ANYSOCK_HANG_UP
                               : ANYSOCK_WRITABLE,
                         events_of(&s));
        assert_anysock(fails ? ANYSOCK_ECONNREFUSED : ANYSOCK_OK, anysock_connect_result(&s));
        assert_anysock(ANYSOCK_OK, anysock_close(&s));
    }
}

/* --- what only the library knows --- */

static void fresh_stream_is_told_by_every_wait(void **state) {
    (void)state;
    s = fake_fresh(0);
    add(&s, BOTH, LEVEL);
    for (int i = 0; i < 3; i++)
        assert_int_equal(FRESH, told(&s));
    modify(&s, 0, LEVEL);
    assert_int_equal(ANYSOCK_HANG_UP, told(&s));
}

static void fresh_stream_is_told_once_to_others(void **state) {
    (void)state;
    static const enum anysock_queue_mode modes[] = {ONE_SHOT, EDGE};
    for (size_t i = 0; i < COUNT_OF(modes); i++) {
        s = fake_fresh(0);
        add(&s, BOTH, modes[i]);
        for (int again = 0; again < 2; again++) {
            assert_int_equal(FRESH, told(&s));
            assert_int_equal(0, told(&s));
            modify(&s, BOTH, modes[i]);
        }
        assert_anysock(ANYSOCK_OK, anysock_close(&s));
    }
}

/* They are in a list, from which each goes from where it is, and the others are told as before. */
static void fresh_streams_leave_in_any_order(void **state) {
    (void)state;
    enum { MANY = 16 };
    struct anysock many[MANY];
    struct anysock_queue_event all[2 * MANY];       /* half of the room is for such as these */
    for (size_t step = 1; step < MANY; step += 2) { /* an odd step reaches all */
        unsigned left = (1u << MANY) - 1;
        for (size_t i = 0; i < MANY; i++) {
            many[i] = fake_fresh(0);
            add(&many[i], BOTH, LEVEL);
        }
        for (size_t i = 0; i <= MANY; i++) {
            unsigned seen = 0;
            assert_anysock(ANYSOCK_OK, anysock_queue_wait(queue, all, 2 * MANY, 0, &count));
            assert_int_equal(MANY - i, count);
            for (size_t k = 0; k < count; k++)
                seen |= 1u << ((struct anysock *)all[k].data - many);
            assert_int_equal(left, seen);
            size_t gone = i * step % MANY;
            left &= ~(1u << gone);
            if (i < MANY)
                assert_anysock(ANYSOCK_OK, anysock_close(&many[gone]));
        }
    }
}

static void own_shutdown_comes_with_what_is_there(void **state) {
    (void)state;
    s = silent_socket();
    assert_anysock(ANYSOCK_OK, anysock_shutdown(&s, ANYSOCK_SHUT_RD));
    add(&s, BOTH, LEVEL);
    assert_int_equal(ANYSOCK_READABLE, told(&s));
    fake_room_appears(fake_of(&s));
    assert_int_equal(BOTH, told(&s));
    modify(&s, ANYSOCK_WRITABLE, LEVEL);
    assert_int_equal(ANYSOCK_WRITABLE, told(&s));
    fake_of(&s)->room = 0;
    assert_int_equal(0, told(&s)); /* nobody wants what is known */
}

static void known_edge_goes_on_with_the_rest(void **state) {
    (void)state;
    s = silent_socket();
    add(&s, BOTH, EDGE);
    assert_anysock(ANYSOCK_OK, anysock_shutdown(&s, ANYSOCK_SHUT_RD));
    assert_int_equal(ANYSOCK_READABLE, told(&s));
    assert_int_equal(0, told(&s));
    fake_room_appears(fake_of(&s));
    assert_int_equal(ANYSOCK_WRITABLE, told(&s) & (unsigned)ANYSOCK_WRITABLE);
    assert_int_equal(0, told(&s));
    reset_arrives(fake_of(&s));
    assert_int_equal(ANYSOCK_ERROR, told(&s) & (unsigned)ANYSOCK_ERROR);
}

/* The edge that the library tells is not told by the system again in the same wait. */
static void every_socket_comes_once_a_wait(void **state) {
    (void)state;
    static const enum anysock_queue_mode modes[] = {LEVEL, ONE_SHOT, EDGE};
    for (size_t i = 0; i < COUNT_OF(modes); i++) {
        s = fake_connected(0);
        add(&s, BOTH, modes[i]);
        assert_anysock(ANYSOCK_OK, anysock_shutdown(&s, ANYSOCK_SHUT_RD));
        assert_int_equal(BOTH, told(&s)); /* told() asserts it */
        assert_anysock(ANYSOCK_OK, anysock_close(&s));
    }
}

static void known_ones_do_not_hide_the_others(void **state) {
    (void)state;
    s = fake_fresh(0);
    t = fake_connected(0);
    add(&s, BOTH, LEVEL);
    add(&t, BOTH, LEVEL);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(FRESH, told(&s));
        assert_int_equal(ANYSOCK_WRITABLE, events_of(&t));
    }
}

static void known_ones_and_others_take_turns(void **state) {
    (void)state;
    static const size_t capacities[] = {1, 2, 3};
    struct anysock many[6];
    for (size_t i = 0; i < COUNT_OF(many); i++) {
        many[i] = i % 2 == 0 ? fake_fresh(0) : fake_connected(0);
        add(&many[i], BOTH, LEVEL);
    }
    for (size_t c = 0; c < COUNT_OF(capacities); c++) {
        unsigned times[COUNT_OF(many)] = {0};
        for (int round = 0; round < 30; round++) {
            assert_true(look(capacities[c]) > 0);
            for (size_t i = 0; i < COUNT_OF(many); i++)
                times[i] += events_of(&many[i]) != 0;
        }
        for (size_t i = 0; i < COUNT_OF(many); i++)
            assert_true(times[i] >= 4); /* of 5, 10 and 15 that would be each one's share */
    }
    for (size_t i = 0; i < COUNT_OF(many); i++)
        assert_anysock(ANYSOCK_OK, anysock_close(&many[i]));
}

/* Those that are not asked about take nobody's turn. */
static void ready_ones_take_turns_beside_silent_edges(void **state) {
    (void)state;
    struct anysock many[12];
    for (size_t i = 0; i < COUNT_OF(many); i++) {
        many[i] = fake_connected(0);
        if (i < 2) {
            add(&many[i], BOTH, LEVEL);
            continue;
        }
        reset_arrives(fake_of(&many[i]));
        add(&many[i], BOTH, EDGE);
    }
    (void)look(COUNT_OF(got));
    unsigned times[2] = {0};
    for (int round = 0; round < 20; round++) {
        assert_int_equal(1, look(1));
        times[0] += events_of(&many[0]) != 0;
        times[1] += events_of(&many[1]) != 0;
    }
    assert_int_equal(10, times[0]);
    assert_int_equal(10, times[1]);
    for (size_t i = 0; i < COUNT_OF(many); i++)
        assert_anysock(ANYSOCK_OK, anysock_close(&many[i]));
}

/* --- what other calls on a registered socket change --- */

static void listen_makes_a_listener_of_it(void **state) {
    (void)state;
    s = fake_fresh(0);
    add(&s, BOTH, LEVEL);
    assert_int_equal(FRESH, told(&s));
    assert_anysock(ANYSOCK_OK, anysock_listen(&s, 5));
    assert_int_equal(0, told(&s));
    fake_client_arrives(fake_of(&s));
    assert_int_equal(ANYSOCK_READABLE, told(&s));
}

static void connect_makes_a_connection_of_it(void **state) {
    (void)state;
    static const enum anysock_queue_mode modes[] = {LEVEL, EDGE};
    struct anysock_addr peer;
    assert_anysock(ANYSOCK_OK, anysock_addr_loopback(ANYSOCK_INET, 80, &peer));
    for (size_t i = 0; i < COUNT_OF(modes); i++) {
        s = fake_fresh(ANYSOCK_NONBLOCK);
        add(&s, BOTH, modes[i]);
        assert_int_equal(FRESH, told(&s));
        assert_anysock(ANYSOCK_EINPROGRESS, anysock_connect(&s, &peer));
        assert_int_equal(0, told(&s));
        fake_connect_succeeds(fake_of(&s));
        assert_int_equal(ANYSOCK_WRITABLE, told(&s));
        assert_anysock(ANYSOCK_OK, anysock_connect_result(&s));
        fake_data_arrives(fake_of(&s));
        assert_int_equal(ANYSOCK_READABLE, told(&s) & (unsigned)ANYSOCK_READABLE);
        assert_anysock(ANYSOCK_OK, anysock_close(&s));
    }
}

static void one_shot_that_was_told_waits_for_modify_across_a_connect(void **state) {
    (void)state;
    struct anysock_addr peer;
    assert_anysock(ANYSOCK_OK, anysock_addr_loopback(ANYSOCK_INET, 80, &peer));
    s = fake_fresh(ANYSOCK_NONBLOCK);
    add(&s, BOTH, ONE_SHOT);
    assert_int_equal(FRESH, told(&s));
    assert_anysock(ANYSOCK_EINPROGRESS, anysock_connect(&s, &peer));
    fake_connect_succeeds(fake_of(&s));
    assert_int_equal(0, told(&s));
    modify(&s, BOTH, ONE_SHOT);
    assert_int_equal(ANYSOCK_WRITABLE, told(&s));
}

static void failed_connect_stays_told(void **state) {
    (void)state;
    s = fake_connecting();
    add(&s, BOTH, LEVEL);
    fake_connect_fails(fake_of(&s));
    assert_int_equal(BOTH | ANYSOCK_ERROR | ANYSOCK_HANG_UP, told(&s));
    assert_anysock(ANYSOCK_ECONNREFUSED, anysock_connect_result(&s)); /* the system forgets */
    assert_int_equal(BOTH | ANYSOCK_ERROR | ANYSOCK_HANG_UP, told(&s));
}

static void reset_that_a_call_saw_stays_told(void **state) {
    (void)state;
    s = silent_socket();
    add(&s, CONDITIONS, LEVEL);
    assert_int_equal(0, told(&s));
    fake_fail("recv", FAKE_ECONNRESET, 1);
    assert_anysock(ANYSOCK_ECONNRESET, receive(&s));
    assert_int_equal(BROKEN, told(&s));
    assert_int_equal(BROKEN, told(&s));
}

static void reset_that_a_look_saw_stays_told(void **state) {
    (void)state;
    enum anysock_peer_state peer;
    s = silent_socket();
    add(&s, CONDITIONS, LEVEL);
    fake_of(&s)->peer_state = ANYSOCK_PEER_RESET;
    assert_anysock(ANYSOCK_OK, anysock_peek_state(&s, &peer));
    assert_int_equal(BROKEN, told(&s));
}

static void own_shutdowns_become_a_hang_up(void **state) {
    (void)state;
    s = silent_socket();
    add(&s, BOTH, LEVEL);
    assert_anysock(ANYSOCK_OK, anysock_shutdown(&s, ANYSOCK_SHUT_WR));
    assert_int_equal(ANYSOCK_WRITABLE, told(&s));
    assert_anysock(ANYSOCK_OK, anysock_shutdown(&s, ANYSOCK_SHUT_RD));
    assert_int_equal(FRESH, told(&s));
}

static void own_shutdown_and_the_peers_are_a_hang_up(void **state) {
    (void)state;
    s = fake_connected(0);
    add(&s, 0, LEVEL); /* nobody wants the peer's end, but a hang-up comes unasked */
    fake_fin_arrives(fake_of(&s));
    assert_int_equal(0, told(&s));
    assert_anysock(ANYSOCK_OK, anysock_shutdown(&s, ANYSOCK_SHUT_WR));
    assert_int_equal(ANYSOCK_HANG_UP, told(&s));
    modify(&s, ANYSOCK_WRITABLE, LEVEL); /* which the library knows itself */
    assert_int_equal(ANYSOCK_WRITABLE | ANYSOCK_HANG_UP, told(&s));
}

static void disconnect_changes_what_an_error_means(void **state) {
    (void)state;
    struct anysock_addr peer;
    assert_anysock(ANYSOCK_OK, anysock_addr_loopback(ANYSOCK_INET, 80, &peer));
    s = fake_datagram(0);
    add(&s, BOTH, LEVEL);
    assert_anysock(ANYSOCK_OK, anysock_connect(&s, &peer));
    assert_int_equal(ANYSOCK_WRITABLE, told(&s));
    assert_anysock(ANYSOCK_OK, anysock_disconnect(&s));
    assert_int_equal(ANYSOCK_WRITABLE, told(&s));
    fake_data_arrives(fake_of(&s));
    assert_int_equal(BOTH, told(&s));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(only_what_is_wanted_is_told),
        TEST(every_answer_is_completed),
        TEST(only_who_has_a_peer_is_asked_for_its_end),
        TEST(who_has_ended_is_asked_for_its_peers_end_only),
        TEST(listener_is_never_writable),
        TEST(connecting_socket_has_its_result),
        TEST(fresh_stream_is_told_by_every_wait),
        TEST(fresh_stream_is_told_once_to_others),
        TEST(fresh_streams_leave_in_any_order),
        TEST(own_shutdown_comes_with_what_is_there),
        TEST(known_edge_goes_on_with_the_rest),
        TEST(every_socket_comes_once_a_wait),
        TEST(known_ones_do_not_hide_the_others),
        TEST(known_ones_and_others_take_turns),
        TEST(ready_ones_take_turns_beside_silent_edges),
        TEST(listen_makes_a_listener_of_it),
        TEST(connect_makes_a_connection_of_it),
        TEST(one_shot_that_was_told_waits_for_modify_across_a_connect),
        TEST(failed_connect_stays_told),
        TEST(reset_that_a_call_saw_stays_told),
        TEST(reset_that_a_look_saw_stays_told),
        TEST(own_shutdowns_become_a_hang_up),
        TEST(own_shutdown_and_the_peers_are_a_hang_up),
        TEST(disconnect_changes_what_an_error_means),
    };
    return cmocka_run_group_tests_name("queue_told", tests, NULL, NULL);
}
