/*
 * What a queue tells of a socket in every state: the same set of events with every back end, to
 * everybody what he wants of it, in every mode, and whether the state was there before the socket
 * was added or came later.
 */
#include "deviations.h"
#include "queues.h"

/* The socket that is watched, and its peer if it has one, or who else is there. */
static struct anysock s, peer;
static struct anysock_addr addr;
static struct black_hole hole;
static char buffer[64];
static size_t moved;

/* --- how a state begins --- */

static void open_stream(void) {
    assert_anysock(ANYSOCK_OK, anysock_open(ANYSOCK_INET, ANYSOCK_STREAM, ANYSOCK_NONBLOCK, &s));
}

static void open_connection(void) {
    make_pair(ANYSOCK_NONBLOCK, 0, &s, &peer);
}

static void open_listener(void) {
    make_listener(ANYSOCK_INET, ANYSOCK_NONBLOCK, &s, &addr);
}

static void open_datagram(void) {
    assert_anysock(ANYSOCK_OK, anysock_open(ANYSOCK_INET, ANYSOCK_DGRAM, ANYSOCK_NONBLOCK, &s));
}

/* With an address, and another socket that can send there. */
static void open_bound_datagram(void) {
    open_datagram();
    assert_anysock(ANYSOCK_OK, anysock_addr_loopback(ANYSOCK_INET, 0, &addr));
    assert_anysock(ANYSOCK_OK, anysock_bind(&s, &addr, ANYSOCK_BIND_CLIENT));
    assert_anysock(ANYSOCK_OK, anysock_local_addr(&s, &addr));
    assert_anysock(ANYSOCK_OK, anysock_open(ANYSOCK_INET, ANYSOCK_DGRAM, 0, &peer));
}

/* --- what happens to it then --- */

static void nothing(void) {
}

static void connect_to_nobody_who_answers(void) {
    make_black_hole(&hole);
    assert_anysock(ANYSOCK_EINPROGRESS, anysock_connect(&s, &hole.addr));
}

static void connect_to_nobody(void) {
    make_refusing(&peer, &addr);
    int code = anysock_connect(&s, &addr);
    assert_true(code == ANYSOCK_EINPROGRESS || code == ANYSOCK_ECONNREFUSED);
}

static void connect_to_nobody_and_ask(void) {
    connect_to_nobody();
    (void)await(&s, ANYSOCK_WRITABLE);
    assert_anysock(ANYSOCK_ECONNREFUSED, anysock_connect_result(&s));
}

static void connect_to_a_listener(void) {
    make_listener(ANYSOCK_INET, 0, &peer, &addr);
    int code = anysock_connect(&s, &addr);
    assert_true(code == ANYSOCK_EINPROGRESS || code == ANYSOCK_OK);
}

static void connect_to_a_listener_and_ask(void) {
    connect_to_a_listener();
    (void)await(&s, ANYSOCK_WRITABLE);
    assert_anysock(ANYSOCK_OK, anysock_connect_result(&s));
}

static void start_listening(void) {
    assert_anysock(ANYSOCK_OK, anysock_listen(&s, 5));
}

static void data_come(void) {
    say(&peer, "data");
}

static void urgent_data_come(void) {
    assert_anysock(ANYSOCK_OK, anysock_send(&peer, "!", 1, ANYSOCK_OOB, &moved));
}

static void peer_ends(void) {
    assert_anysock(ANYSOCK_OK, anysock_shutdown(&peer, ANYSOCK_SHUT_WR));
}

static void data_come_and_peer_ends(void) {
    data_come();
    peer_ends();
}

static void send_no_more(void) {
    assert_anysock(ANYSOCK_OK, anysock_shutdown(&s, ANYSOCK_SHUT_WR));
}

static void receive_no_more(void) {
    assert_anysock(ANYSOCK_OK, anysock_shutdown(&s, ANYSOCK_SHUT_RD));
}

static void both_no_more(void) {
    assert_anysock(ANYSOCK_OK, anysock_shutdown(&s, ANYSOCK_SHUT_RDWR));
}

static void both_sides_end(void) {
    send_no_more();
    peer_ends();
}

static void room_goes(void) {
    (void)fill(&s);
}

static void peer_resets(void) {
    assert_anysock(ANYSOCK_OK, anysock_abort(&peer));
}

/* A receive sees it. */
static void peer_resets_and_we_know(void) {
    peer_resets();
    (void)await(&s, ANYSOCK_READABLE);
    assert_anysock(ANYSOCK_ECONNRESET, anysock_recv(&s, buffer, sizeof buffer, 0, &moved));
}

static void client_comes(void) {
    assert_anysock(ANYSOCK_OK, anysock_open(ANYSOCK_INET, ANYSOCK_STREAM, 0, &peer));
    assert_anysock(ANYSOCK_OK, anysock_connect(&peer, &addr));
}

static void datagram_comes(void) {
    assert_anysock(ANYSOCK_OK, anysock_send_to(&peer, "data", 4, 0, &addr, &moved));
}

static void empty_datagram_comes(void) {
    assert_anysock(ANYSOCK_OK, anysock_send_to(&peer, "", 0, 0, &addr, &moved));
}

static void datagram_gets_a_peer(void) {
    assert_anysock(ANYSOCK_OK, anysock_addr_loopback(ANYSOCK_INET, 0, &addr));
    assert_anysock(ANYSOCK_OK, anysock_open(ANYSOCK_INET, ANYSOCK_DGRAM, 0, &peer));
    assert_anysock(ANYSOCK_OK, anysock_bind(&peer, &addr, ANYSOCK_BIND_CLIENT));
    assert_anysock(ANYSOCK_OK, anysock_local_addr(&peer, &addr));
    assert_anysock(ANYSOCK_OK, anysock_connect(&s, &addr));
}

static void datagram_of_the_peer_comes(void) {
    struct anysock_addr own;
    datagram_gets_a_peer();
    assert_anysock(ANYSOCK_OK, anysock_local_addr(&s, &own));
    assert_anysock(ANYSOCK_OK, anysock_send_to(&peer, "data", 4, 0, &own, &moved));
}

static void datagram_is_refused(void) {
    make_refusing_datagram(&peer, &addr);
    assert_anysock(ANYSOCK_OK, anysock_connect(&s, &addr));
    assert_anysock(ANYSOCK_OK, anysock_send(&s, "data", 4, 0, &moved));
}

static void datagram_loses_its_peer(void) {
    datagram_gets_a_peer();
    assert_anysock(ANYSOCK_OK, anysock_disconnect(&s));
}

/* --- and what it is then --- */

/* Where it is poll that tells, whatever poll is able to tell. */
static bool end_is_hidden(void) {
    bool asks_poll = strcmp(anysock_queue_backend(queue), "poll") == 0;
    return end_hides_behind_data() || (asks_poll && !poll_sees_ends_behind_data());
}

struct situation {
    const char *name;
    void (*begin)(void), (*happen)(void);
    unsigned events;      /* all that can be told of it */
    bool (*hidden)(void); /* whether the system does not say all of it: */
    unsigned hides;
};

static const struct situation situations[] = {
    {"fresh", open_stream, nothing, BOTH | ANYSOCK_HANG_UP, NULL, 0},
    {"connecting", open_stream, connect_to_nobody_who_answers, 0, NULL, 0},
    {"refused", open_stream, connect_to_nobody, BROKEN, NULL, 0},
    {"refused and asked", open_stream, connect_to_nobody_and_ask, BROKEN, NULL, 0},
    {"connects", open_stream, connect_to_a_listener, ANYSOCK_WRITABLE, NULL, 0},
    {"connects and asked", open_stream, connect_to_a_listener_and_ask, ANYSOCK_WRITABLE, NULL, 0},
    {"connected", open_connection, nothing, ANYSOCK_WRITABLE, NULL, 0},
    {"data", open_connection, data_come, BOTH, NULL, 0},
    {"urgent data", open_connection, urgent_data_come, ANYSOCK_WRITABLE | ANYSOCK_PRIORITY, NULL,
     0},
    {"no room", open_connection, room_goes, 0, NULL, 0},
    {"FIN", open_connection, peer_ends, BOTH | ANYSOCK_PEER_CLOSED, NULL, 0},
    {"data and FIN", open_connection, data_come_and_peer_ends, BOTH | ANYSOCK_PEER_CLOSED,
     end_is_hidden, ANYSOCK_PEER_CLOSED},
    {"own SHUT_WR", open_connection, send_no_more, ANYSOCK_WRITABLE, NULL, 0},
    {"FIN and own SHUT_WR", open_connection, both_sides_end,
     BOTH | ANYSOCK_PEER_CLOSED | ANYSOCK_HANG_UP, NULL, 0},
    {"own SHUT_RD", open_connection, receive_no_more, BOTH, NULL, 0},
    {"own SHUT_RDWR", open_connection, both_no_more, BOTH | ANYSOCK_HANG_UP, NULL, 0},
    {"reset", open_connection, peer_resets, BROKEN, NULL, 0},
    {"reset and seen", open_connection, peer_resets_and_we_know, BROKEN, NULL, 0},
    {"listener", open_listener, nothing, 0, NULL, 0},
    {"becomes a listener", open_stream, start_listening, 0, NULL, 0},
    {"listener with a client", open_listener, client_comes, ANYSOCK_READABLE, NULL, 0},
    {"datagram", open_datagram, nothing, ANYSOCK_WRITABLE, NULL, 0},
    {"datagram with data", open_bound_datagram, datagram_comes, BOTH, NULL, 0},
    {"empty datagram", open_bound_datagram, empty_datagram_comes, BOTH, NULL, 0},
    {"connected datagram", open_datagram, datagram_gets_a_peer, ANYSOCK_WRITABLE, NULL, 0},
    {"connected datagram with data", open_datagram, datagram_of_the_peer_comes, BOTH, NULL, 0},
    {"refused datagram", open_datagram, datagram_is_refused, BOTH | ANYSOCK_ERROR,
     refusals_wake_nobody, ANYSOCK_READABLE | ANYSOCK_ERROR},
    {"disconnected datagram", open_datagram, datagram_loses_its_peer, ANYSOCK_WRITABLE, NULL, 0},
};

static const unsigned interests[] = {CONDITIONS,          ANYSOCK_READABLE, ANYSOCK_WRITABLE,
                                     ANYSOCK_PEER_CLOSED, ANYSOCK_PRIORITY, 0};

/* Of what is of interest, what this back end can be asked for. */
static unsigned interest(size_t i) {
    return interests[i] & ~lacks;
}

static void end_situation(void) {
    struct anysock *const all[] = {&s, &peer};
    for (size_t i = 0; i < COUNT_OF(all); i++)
        if (anysock_is_open(all[i]))
            assert_anysock(ANYSOCK_OK, anysock_close(all[i]));
    if (anysock_is_open(&hole.listener))
        close_black_hole(&hole);
}

/* Whoever wants this gets that: an error and a hang-up come unasked. */
static unsigned expected_of(const struct situation *situation, unsigned wanted) {
    unsigned events = situation->events & (wanted | UNASKED);
    if (situation->hidden != NULL && situation->hidden())
        events &= ~situation->hides;
    return events;
}

static void check(const struct situation *situation, unsigned wanted, unsigned events,
                  unsigned expected) {
    if (events != expected)
        fail_msg("%s, %s: who wants 0x%x got 0x%x, not 0x%x", anysock_queue_backend(queue),
                 situation->name, wanted, events, expected);
}

/* Waits until the expected is told by every wait: what happens may need its time to arrive. */
static void await_level(const struct situation *situation, unsigned wanted, unsigned expected) {
    unsigned events = told_now(&s);
    for (int ms = 0; events != expected && ms < PATIENCE_MS; ms++) {
        (void)anysock_poll(NULL, 0, 1, &moved);
        events = told_now(&s);
    }
    for (int i = 0; i < LOOKS; i++) {
        check(situation, wanted, events, expected);
        events = told_now(&s);
    }
    if (expected != 0)
        check(situation, wanted, told(&s), expected); /* also a wait that would wait */
}

static void every_state_is_told_alike(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT_OF(situations); i++) {
        situations[i].begin();
        situations[i].happen();
        for (size_t k = 0; k < COUNT_OF(interests); k++) {
            add(&s, interest(k), LEVEL);
            await_level(&situations[i], interest(k), expected_of(&situations[i], interest(k)));
            take_out(&s);
            expect_silence();
        }
        end_situation();
    }
}

static void every_state_is_told_alike_to_who_is_there_before(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT_OF(situations); i++) {
        for (size_t k = 0; k < COUNT_OF(interests); k++) {
            situations[i].begin();
            add(&s, interest(k), LEVEL);
            (void)told_now(&s);
            situations[i].happen();
            await_level(&situations[i], interest(k), expected_of(&situations[i], interest(k)));
            end_situation();
            expect_silence();
        }
    }
}

/* Once, and after modify() once more; of an edge the part that the system tells may come twice. */
static void check_once(const struct situation *situation, unsigned wanted,
                       enum anysock_queue_mode mode) {
    unsigned expected = expected_of(situation, wanted);
    for (int again = 0; again < 2; again++) {
        modify(&s, wanted, mode);
        check(situation, wanted, told_now(&s), expected);
        if (mode == EDGE)
            assert_int_equal(0, told_now(&s) & ~expected);
        expect_silence();
    }
}

/* When all of it is there it is told as a whole, to everybody what he wants of it. */
static void every_state_is_told_once(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT_OF(situations); i++) {
        situations[i].begin();
        situations[i].happen();
        add(&s, interest(0), LEVEL);
        await_level(&situations[i], interest(0), expected_of(&situations[i], interest(0)));
        for (size_t k = 0; k < COUNT_OF(interests); k++) {
            check_once(&situations[i], interest(k), ONE_SHOT);
            check_once(&situations[i], interest(k), EDGE);
        }
        end_situation();
    }
}

/* Also to who wants nothing else, and where data hide it. */
static void an_end_is_told_once_the_data_before_it_are_read(void **state) {
    (void)state;
    for (int shut = 0; shut < 2; shut++) {
        open_connection();
        add(&s, ANYSOCK_PEER_CLOSED, LEVEL);
        data_come();
        (void)await(&s, ANYSOCK_READABLE);
        expect_silence();
        peer_ends();
        if (shut != 0)
            send_no_more();
        assert_int_equal(4, drain(&s));
        unsigned expected = shut != 0 ? ANYSOCK_PEER_CLOSED | ANYSOCK_HANG_UP : ANYSOCK_PEER_CLOSED;
        while (told(&s) != expected)
            assert_int_equal(0, events_of(&s) & ~expected); /* we have ended, and it has not yet */
        end_situation();
    }
}

/* Closed while it is registered, with all that it had to say. */
static void closed_sockets_are_silent(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT_OF(situations); i++) {
        situations[i].begin();
        add(&s, interest(0), LEVEL);
        situations[i].happen();
        await_level(&situations[i], interest(0), expected_of(&situations[i], interest(0)));
        assert_anysock(ANYSOCK_OK, anysock_close(&s));
        expect_silence();
        end_situation();
    }
}

#define ALL(name) ON_EACH_OPENED(name, open_queue_that_may_lack)

int main(void) {
    const struct CMUnitTest tests[] = {
        ALL(every_state_is_told_alike), ALL(every_state_is_told_alike_to_who_is_there_before),
        ALL(every_state_is_told_once),  ALL(an_end_is_told_once_the_data_before_it_are_read),
        ALL(closed_sockets_are_silent),
    };
    return cmocka_run_group_tests_name("queue_states", tests, NULL, NULL);
}
