/*
 * What is peculiar to queues on Windows: requests whose answers may be out of date, and whose
 * memory is the system's until their packets have come.
 */
#include "driver.h"

/* How often the driver may be asked in a wait in which nothing happens. */
#define FEW 2

static void a_request_keeps_its_memory_until_its_packet_has_come(void **state) {
    (void)state;
    struct anysock_queue *queue = open_queue();
    struct anysock a = open_datagram(), b = open_datagram();
    add(queue, &a, ANYSOCK_READABLE);
    const void *memory = a.registration_;
    assert_int_equal(0, look(queue));
    assert_anysock(ANYSOCK_OK, anysock_queue_remove(queue, &a));
    add(queue, &b, ANYSOCK_READABLE);
    assert_ptr_not_equal(memory, b.registration_);
    assert_int_equal(0, look(queue)); /* takes the packet */
    add(queue, &a, ANYSOCK_READABLE);
    assert_ptr_equal(memory, a.registration_);
    assert_anysock(ANYSOCK_OK, anysock_close(&a));
    assert_anysock(ANYSOCK_OK, anysock_close(&b));
    assert_anysock(ANYSOCK_OK, anysock_queue_close(queue));
}

static void close_waits_for_the_packets_of_all_requests(void **state) {
    (void)state;
    struct anysock sockets[40]; /* more than one helper is for */
    struct anysock_queue *queue = open_queue();
    add_new(queue, sockets, COUNT_OF(sockets));
    assert_int_equal(0, look(queue));
    close_all(queue, sockets, COUNT_OF(sockets));
}

static void a_request_that_asks_for_too_little_is_made_anew(void **state) {
    (void)state;
    struct anysock_queue *queue = open_queue();
    struct anysock s = open_datagram();
    add(queue, &s, ANYSOCK_READABLE);
    assert_int_equal(0, look(queue));
    assert_anysock(ANYSOCK_OK, anysock_queue_modify(queue, &s, ANYSOCK_READABLE | ANYSOCK_WRITABLE,
                                                    ANYSOCK_QUEUE_LEVEL, &s));
    assert_int_equal(1, look(queue));
    assert_anysock(ANYSOCK_OK, anysock_close(&s));
    assert_anysock(ANYSOCK_OK, anysock_queue_close(queue));
}

static void an_answer_that_is_out_of_date_is_not_told(void **state) {
    (void)state;
    struct anysock_queue *queue = open_queue();
    struct anysock client, server;
    make_pair(0, ANYSOCK_NONBLOCK, &client, &server);
    add(queue, &server, ANYSOCK_READABLE);
    for (int others = 0; others < 2; others++) { /* with a request alone, and with a look */
        assert_int_equal(0, look(queue));
        say(&client, "x");
        (void)await(&server, ANYSOCK_READABLE);
        assert_int_equal(1, drain(&server));
        assert_int_equal(0, look(queue));
        if (others == 0)
            add(queue, &client, ANYSOCK_READABLE);
    }
    close_pair(&client, &server);
    assert_anysock(ANYSOCK_OK, anysock_queue_close(queue));
}

/* The wait takes what roused it together with the answer. */
static void an_answer_that_is_out_of_date_is_not_told_after_a_wake(void **state) {
    (void)state;
    struct anysock_queue *queue = open_queue();
    struct anysock client, server;
    make_pair(0, ANYSOCK_NONBLOCK, &client, &server);
    add(queue, &server, ANYSOCK_READABLE);
    assert_int_equal(0, look(queue));
    say(&client, "x");
    (void)await(&server, ANYSOCK_READABLE);
    assert_int_equal(1, drain(&server));
    assert_anysock(ANYSOCK_OK, anysock_queue_wake(queue));
    assert_int_equal(0, look(queue));
    assert_int_equal(0, look(queue));
    close_pair(&client, &server);
    assert_anysock(ANYSOCK_OK, anysock_queue_close(queue));
}

/* Both have requests of their own; the first one's answer is out of date, the second one's is not.
 */
static void what_is_out_of_date_does_not_hide_what_is_there(void **state) {
    (void)state;
    struct anysock_queue *queue = open_queue();
    struct anysock clients[2], servers[2];
    struct anysock_queue_event event;
    size_t count;
    for (size_t i = 0; i < 2; i++) {
        make_pair(0, ANYSOCK_NONBLOCK, &clients[i], &servers[i]);
        add(queue, &servers[i], ANYSOCK_READABLE);
        assert_int_equal(0, look(queue));
    }
    for (size_t i = 0; i < 2; i++) {
        say(&clients[i], "x");
        (void)await(&servers[i], ANYSOCK_READABLE);
    }
    assert_int_equal(1, drain(&servers[0]));
    assert_anysock(ANYSOCK_OK, anysock_queue_wait(queue, &event, 1, 0, &count));
    assert_int_equal(1, count);
    assert_ptr_equal(&servers[1], event.data);
    for (size_t i = 0; i < 2; i++)
        close_pair(&clients[i], &servers[i]);
    assert_anysock(ANYSOCK_OK, anysock_queue_close(queue));
}

/* The packets of cancelled requests, more than are taken at a time, come before the one of an
 * answer. */
static void what_is_cancelled_does_not_hide_what_is_there(void **state) {
    (void)state;
    static struct anysock gone[70];
    struct anysock_queue *queue = open_queue();
    struct anysock client, server;
    for (size_t i = 0; i < COUNT_OF(gone); i++) {
        gone[i] = open_datagram();
        add(queue, &gone[i], ANYSOCK_READABLE);
        assert_int_equal(0, look(queue)); /* a request of its own */
    }
    make_pair(0, ANYSOCK_NONBLOCK, &client, &server);
    add(queue, &server, ANYSOCK_READABLE);
    assert_int_equal(0, look(queue));
    for (size_t i = 0; i < COUNT_OF(gone); i++)
        assert_anysock(ANYSOCK_OK, anysock_close(&gone[i]));
    say(&client, "x");
    (void)await(&server, ANYSOCK_READABLE);
    assert_int_equal(1, look(queue));
    close_pair(&client, &server);
    assert_anysock(ANYSOCK_OK, anysock_queue_close(queue));
}

/* Who has always something to tell, beside one who has nothing yet. */
static struct anysock busy, client, server;

static struct anysock_queue *open_beside_busy(void) {
    struct anysock_queue *queue = open_queue();
    busy = open_datagram();
    make_pair(0, ANYSOCK_NONBLOCK, &client, &server);
    add(queue, &server, ANYSOCK_READABLE);
    assert_int_equal(0, look(queue));
    add(queue, &busy, ANYSOCK_WRITABLE);
    return queue;
}

static void close_beside_busy(struct anysock_queue *queue) {
    assert_anysock(ANYSOCK_OK, anysock_close(&busy));
    close_pair(&client, &server);
    assert_anysock(ANYSOCK_OK, anysock_queue_close(queue));
}

/* A wait that finds enough by asking takes packets now and then, and after each that brought
 * something the next one does. */
static void who_begins_to_speak_is_told_soon_beside_others(void **state) {
    (void)state;
    static const int patience[] = {8, 2};
    struct anysock_queue *queue = open_beside_busy();
    for (int i = 0; i < 50; i++)
        assert_int_equal(1, look(queue));
    for (size_t i = 0; i < COUNT_OF(patience); i++) {
        int waits = 1;
        say(&client, "x");
        (void)await(&server, ANYSOCK_READABLE);
        while (look(queue) < 2)
            assert_true(++waits <= patience[i]);
        assert_int_equal(2, look(queue)); /* and so on */
        assert_int_equal(1, drain(&server));
        for (int looks = 0; looks < 3; looks++) /* until it counts as quiet */
            assert_int_equal(1, look(queue));
    }
    close_beside_busy(queue);
}

/* "Up to seven waits later", and one that begins just after packets were taken waits as long. */
static void who_begins_to_speak_waits_for_seven_others_at_most(void **state) {
    (void)state;
    int longest = 0;
    for (int before = 50; before < 58; before++) {
        int waits = 1;
        struct anysock_queue *queue = open_beside_busy();
        for (int i = 0; i < before; i++)
            assert_int_equal(1, look(queue));
        say(&client, "x");
        (void)await(&server, ANYSOCK_READABLE);
        while (look(queue) < 2)
            assert_true(++waits <= 8);
        longest = waits > longest ? waits : longest;
        close_beside_busy(queue);
    }
    assert_int_equal(8, longest);
}

/* And then it also tells whoever has just begun to speak. */
static void a_wake_is_heard_beside_others(void **state) {
    (void)state;
    struct anysock_queue *queue = open_beside_busy();
    for (int i = 0; i < 50; i++)
        assert_int_equal(1, look(queue));
    say(&client, "x");
    (void)await(&server, ANYSOCK_READABLE);
    assert_anysock(ANYSOCK_OK, anysock_queue_wake(queue));
    assert_int_equal(2, look(queue));
    assert_int_equal(0, notes_of(queue));
    close_beside_busy(queue);
}

static void who_has_always_something_does_not_drown_the_others(void **state) {
    (void)state;
    struct anysock_queue *queue = open_beside_busy();
    struct anysock_queue_event event;
    assert_int_equal(1, look(queue));
    say(&client, "x");
    (void)await(&server, ANYSOCK_READABLE);
    struct anysock_deadline deadline = anysock_deadline_in(PATIENCE_MS);
    do {
        size_t count;
        assert_anysock(ANYSOCK_OK, anysock_queue_wait(queue, &event, 1, 0, &count));
        assert_int_equal(1, count);
        assert_true(anysock_deadline_left(&deadline) > 0);
    } while (event.data != &server);
    close_beside_busy(queue);
}

/* ------------------------------------------------------------------------------------------- *
 * Edges that last: the driver would answer at once, over and over
 * ------------------------------------------------------------------------------------------- */

static void add_edge(struct anysock_queue *queue, struct anysock *s, unsigned wanted) {
    assert_anysock(ANYSOCK_OK, anysock_queue_add(queue, s, wanted, ANYSOCK_QUEUE_EDGE, s));
}

/* The socket breaks; then a wait that lasts asks the driver a few times, and not as often as it
 * can. */
static void assert_broken_once(struct anysock_queue *queue, struct anysock *s) {
    struct anysock_queue_event event;
    size_t count;
    for (unsigned events = 0; (events & ANYSOCK_ERROR) == 0;) {
        assert_anysock(ANYSOCK_OK, anysock_queue_wait(queue, &event, 1, PATIENCE_MS, &count));
        assert_int_equal(1, count);
        assert_ptr_equal(s, event.data);
        events = event.events;
    }
    count_anew();
    assert_anysock(ANYSOCK_OK, anysock_queue_wait(queue, &event, 1, 50, &count));
    assert_int_equal(0, count);
    assert_in_range(driver.asked, 0, FEW);
}

static void an_aborted_edge_does_not_keep_the_driver_busy(void **state) {
    (void)state;
    static const unsigned wanted[] = {0, ANYSOCK_READABLE, ANYSOCK_WRITABLE, ANYSOCK_PEER_CLOSED,
                                      ANYSOCK_READABLE | ANYSOCK_WRITABLE | ANYSOCK_PEER_CLOSED};
    for (size_t i = 0; i < COUNT_OF(wanted); i++) {
        struct anysock_queue *queue = open_queue();
        make_pair(0, ANYSOCK_NONBLOCK, &client, &server);
        add_edge(queue, &server, wanted[i]);
        (void)look(queue); /* the room */
        assert_anysock(ANYSOCK_OK, anysock_abort(&client));
        assert_broken_once(queue, &server);
        close_all(queue, &server, 1);
    }
}

static void a_refused_edge_does_not_keep_the_driver_busy(void **state) {
    (void)state;
    static const unsigned wanted[] = {0, ANYSOCK_READABLE, ANYSOCK_WRITABLE};
    for (size_t i = 0; i < COUNT_OF(wanted); i++) {
        struct anysock_addr addr;
        struct anysock refusing, s;
        struct anysock_queue *queue = open_queue();
        make_refusing(&refusing, &addr);
        assert_anysock(ANYSOCK_OK,
                       anysock_open(ANYSOCK_INET, ANYSOCK_STREAM, ANYSOCK_NONBLOCK, &s));
        int code = anysock_connect(&s, &addr);
        assert_true(code == ANYSOCK_EINPROGRESS || code == ANYSOCK_ECONNREFUSED);
        add_edge(queue, &s, wanted[i]);
        assert_broken_once(queue, &s);
        close_all(queue, &s, 1);
        assert_anysock(ANYSOCK_OK, anysock_close(&refusing));
    }
}

/* ------------------------------------------------------------------------------------------- *
 * Sockets that are closed behind the queue's back, and refusals
 * ------------------------------------------------------------------------------------------- */

static void a_socket_closed_behind_the_queue_is_not_asked_about_again(void **state) {
    (void)state;
    struct anysock_queue *queue = open_queue();
    struct anysock s = open_datagram();
    add(queue, &s, ANYSOCK_READABLE);
    assert_int_equal(0, look(queue));
    foreign_close(anysock_native_handle(&s));
    for (int i = 0; i < 3; i++)
        assert_int_equal(0, look(queue));
    assert_anysock(ANYSOCK_OK, anysock_queue_remove(queue, &s));
    assert_anysock(ANYSOCK_OK, anysock_queue_close(queue));
}

/* Nothing of that is left when its memory serves another one. */
static void the_next_one_with_the_memory_of_a_closed_one_is_told(void **state) {
    (void)state;
    struct anysock_queue *queue = open_queue();
    struct anysock gone = open_datagram(), next = open_datagram();
    add(queue, &gone, ANYSOCK_READABLE);
    assert_int_equal(0, look(queue));
    const void *memory = gone.registration_;
    foreign_close(anysock_native_handle(&gone));
    assert_int_equal(0, look(queue));
    assert_anysock(ANYSOCK_OK, anysock_queue_remove(queue, &gone));
    add(queue, &next, ANYSOCK_READABLE);
    assert_ptr_equal(memory, next.registration_);
    whisper(&next, &next);
    assert_told(queue, &next, ANYSOCK_READABLE);
    assert_anysock(ANYSOCK_OK, anysock_close(&next));
    assert_anysock(ANYSOCK_OK, anysock_queue_close(queue));
}

/* Both are asked about, and the answer has the handle once: it must not go to the wrong one. */
static void a_handle_that_is_used_again_hides_no_event(void **state) {
    (void)state;
    struct anysock_queue *queue = open_queue();
    struct anysock gone = open_datagram(), next;
    struct anysock_queue_event events[2];
    bool told = false;
    add(queue, &gone, ANYSOCK_READABLE);
    foreign_close(anysock_native_handle(&gone));
    next = open_datagram(); /* usually it gets the same handle */
    add(queue, &next, ANYSOCK_WRITABLE);
    for (int i = 0; i < 3 && !told; i++) {
        size_t count;
        assert_anysock(ANYSOCK_OK, anysock_queue_wait(queue, events, 2, PATIENCE_MS, &count));
        for (size_t j = 0; j < count; j++)
            told = told || events[j].data == &next;
    }
    assert_true(told);
    if (anysock_native_handle(&next) == anysock_native_handle(&gone))
        assert_int_equal(2, driver.asked); /* the second time about the one that has nothing */
    assert_anysock(ANYSOCK_OK, anysock_queue_remove(queue, &gone));
    assert_anysock(ANYSOCK_OK, anysock_close(&next));
    assert_anysock(ANYSOCK_OK, anysock_queue_close(queue));
}

/* Its handle is nobody's when the request is made. The others are told as ever. */
static void a_socket_that_cannot_be_asked_about_is_an_error_of_its_own(void **state) {
    (void)state;
    struct anysock_queue *queue = open_queue();
    struct anysock gone = open_datagram(), well = open_datagram();
    struct anysock_queue_event events[4];
    size_t count;
    add(queue, &gone, ANYSOCK_READABLE);
    add(queue, &well, ANYSOCK_WRITABLE);
    foreign_close(anysock_native_handle(&gone));
    for (unsigned seen = 0; seen != 3;) {
        assert_anysock(ANYSOCK_OK,
                       anysock_queue_wait(queue, events, COUNT_OF(events), PATIENCE_MS, &count));
        assert_true(count > 0);
        for (size_t i = 0; i < count; i++) {
            bool is_gone = events[i].data == &gone;
            assert_int_equal(is_gone ? ANYSOCK_READABLE | ANYSOCK_ERROR : ANYSOCK_WRITABLE,
                             events[i].events);
            seen |= is_gone ? 1u : 2u;
        }
    }
    assert_anysock(ANYSOCK_OK, anysock_queue_remove(queue, &gone));
    assert_anysock(ANYSOCK_OK, anysock_close(&well));
    assert_anysock(ANYSOCK_OK, anysock_queue_close(queue));
}

/* The driver may refuse late, too. */
static void a_request_that_fails_later_is_an_error_of_its_socket(void **state) {
    (void)state;
    struct anysock_queue *queue = open_queue();
    struct anysock s = open_datagram();
    add(queue, &s, ANYSOCK_READABLE);
    assert_int_equal(0, look(queue));
    whisper(&s, &s);
    driver.latest->Status = (NTSTATUS)0xC0000001; /* STATUS_UNSUCCESSFUL */
    assert_told(queue, &s, ANYSOCK_READABLE | ANYSOCK_ERROR);
    assert_anysock(ANYSOCK_OK, anysock_close(&s));
    assert_anysock(ANYSOCK_OK, anysock_queue_close(queue));
}

/* More than one look is about, and more than one wait can tell. */
static void all_of_many_get_their_turn(void **state) {
    (void)state;
    enum { MANY = 8 * AFD_MANY + 1, ROOM = 7 };
    static struct anysock sockets[MANY];
    static unsigned told[MANY];
    struct anysock_queue *queue = open_queue();
    struct anysock_queue_event events[ROOM];
    memset(told, 0, sizeof told);
    for (size_t i = 0; i < MANY; i++) {
        sockets[i] = open_datagram();
        add(queue, &sockets[i], ANYSOCK_WRITABLE);
    }
    for (size_t sum = 0; sum < 3 * MANY;) {
        size_t count;
        assert_anysock(ANYSOCK_OK, anysock_queue_wait(queue, events, ROOM, PATIENCE_MS, &count));
        assert_true(count > 0);
        sum += count;
        for (size_t i = 0; i < count; i++)
            told[(struct anysock *)events[i].data - sockets]++;
    }
    for (size_t i = 0; i < MANY; i++) {
        assert_in_range(told[i], 2, 4);
        assert_anysock(ANYSOCK_OK, anysock_close(&sockets[i]));
    }
    assert_anysock(ANYSOCK_OK, anysock_queue_close(queue));
}

/* Those that it had no memory for are asked about by the next wait, in their order. */
static void a_wait_that_lacks_memory_says_so_and_loses_nobody(void **state) {
    (void)state;
    struct anysock_queue *queue = open_queue();
    struct anysock_queue_event events[4];
    struct anysock sockets[3];
    size_t count;
    for (size_t i = 0; i < COUNT_OF(sockets); i++) {
        sockets[i] = open_datagram();
        add(queue, &sockets[i], ANYSOCK_WRITABLE);
    }
    driver.lacks_memory = true;
    for (int tries = 0; tries < 2; tries++) {
        assert_anysock(ANYSOCK_ENOMEM, anysock_queue_wait(queue, events, COUNT_OF(events),
                                                          ANYSOCK_FOREVER, &count));
        assert_int_equal(0, count);
    }
    driver.lacks_memory = false;
    assert_anysock(ANYSOCK_OK, anysock_queue_wait(queue, events, COUNT_OF(events), 0, &count));
    assert_int_equal(COUNT_OF(sockets), count);
    for (size_t i = 0; i < COUNT_OF(sockets); i++) {
        assert_ptr_equal(&sockets[i], events[i].data);
        assert_anysock(ANYSOCK_OK, anysock_close(&sockets[i]));
    }
    assert_anysock(ANYSOCK_OK, anysock_queue_close(queue));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(a_request_keeps_its_memory_until_its_packet_has_come),
        TEST(close_waits_for_the_packets_of_all_requests),
        TEST(a_request_that_asks_for_too_little_is_made_anew),
        TEST(an_answer_that_is_out_of_date_is_not_told),
        TEST(an_answer_that_is_out_of_date_is_not_told_after_a_wake),
        TEST(what_is_out_of_date_does_not_hide_what_is_there),
        TEST(what_is_cancelled_does_not_hide_what_is_there),
        TEST(who_begins_to_speak_is_told_soon_beside_others),
        TEST(who_begins_to_speak_waits_for_seven_others_at_most),
        TEST(a_wake_is_heard_beside_others),
        TEST(who_has_always_something_does_not_drown_the_others),
        TEST(an_aborted_edge_does_not_keep_the_driver_busy),
        TEST(a_refused_edge_does_not_keep_the_driver_busy),
        TEST(a_socket_closed_behind_the_queue_is_not_asked_about_again),
        TEST(the_next_one_with_the_memory_of_a_closed_one_is_told),
        TEST(a_handle_that_is_used_again_hides_no_event),
        TEST(a_socket_that_cannot_be_asked_about_is_an_error_of_its_own),
        TEST(a_request_that_fails_later_is_an_error_of_its_socket),
        TEST(all_of_many_get_their_turn),
        TEST(a_wait_that_lacks_memory_says_so_and_loses_nobody),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
