/*
 * What is peculiar to queues on Windows: requests about many sockets, who leaves them and what they
 * save.
 */
#include "driver.h"

static struct anysock crowd[2 * AFD_MANY + 1];

/* Sockets in which nothing happens, in requests about many. */
static struct anysock_queue *open_crowd(void) {
    struct anysock_queue *queue = open_queue();
    add_new(queue, crowd, COUNT_OF(crowd));
    assert_int_equal(0, look(queue));
    return queue;
}

static void close_crowd(struct anysock_queue *queue) {
    close_all(queue, crowd, COUNT_OF(crowd));
}

static void each_of_a_crowd_is_told(void **state) {
    (void)state;
    struct anysock_queue *queue = open_crowd();
    for (size_t i = 0; i < COUNT_OF(crowd); i++) {
        whisper(&crowd[(i + 1) % COUNT_OF(crowd)], &crowd[i]);
        assert_told(queue, &crowd[i], ANYSOCK_READABLE);
        assert_int_equal(1, drain(&crowd[i]));
    }
    assert_int_equal(0, look(queue));
    close_crowd(queue);
}

/* Who was told is asked about together with others who were. */
static void who_has_nothing_more_is_not_told_again_with_others(void **state) {
    (void)state;
    struct anysock_queue *queue = open_crowd();
    for (size_t i = 0; i < 2; i++)
        whisper(&crowd[2], &crowd[i]);
    assert_int_equal(2, look(queue));
    for (size_t i = 0; i < 2; i++)
        assert_int_equal(1, drain(&crowd[i]));
    whisper(&crowd[2], &crowd[0]);
    assert_told(queue, &crowd[0], ANYSOCK_READABLE);
    close_crowd(queue);
}

/* A wait would be told the same over and over otherwise. */
static void one_shots_and_edges_in_a_crowd_are_told_once(void **state) {
    (void)state;
    static const enum anysock_queue_mode modes[] = {ANYSOCK_QUEUE_ONE_SHOT, ANYSOCK_QUEUE_EDGE};
    struct anysock_queue *queue = open_crowd();
    for (size_t i = 0; i < COUNT_OF(modes); i++) {
        assert_anysock(ANYSOCK_OK, anysock_queue_modify(queue, &crowd[i], ANYSOCK_READABLE,
                                                        modes[i], &crowd[i]));
        whisper(&crowd[2], &crowd[i]);
        assert_told(queue, &crowd[i], ANYSOCK_READABLE);
        assert_int_equal(0, look(queue));
        assert_anysock(ANYSOCK_OK, anysock_queue_modify(queue, &crowd[i], ANYSOCK_READABLE,
                                                        modes[i], &crowd[i]));
        assert_told(queue, &crowd[i], ANYSOCK_READABLE);
        assert_int_equal(0, look(queue));
    }
    close_crowd(queue);
}

static void who_leaves_a_crowd_is_not_told_and_the_others_are(void **state) {
    (void)state;
    struct anysock_queue *queue = open_crowd();
    assert_anysock(ANYSOCK_OK, anysock_queue_remove(queue, &crowd[0]));
    whisper(&crowd[1], &crowd[0]);
    assert_int_equal(0, look(queue));
    whisper(&crowd[0], &crowd[1]);
    assert_told(queue, &crowd[1], ANYSOCK_READABLE);
    close_crowd(queue);
}

/* The request that it has left is still with the system when it gets another one. */
static void who_comes_back_to_a_crowd_is_told_once(void **state) {
    (void)state;
    struct anysock_queue *queue = open_crowd();
    assert_anysock(ANYSOCK_OK, anysock_queue_remove(queue, &crowd[0]));
    add(queue, &crowd[0], ANYSOCK_READABLE);
    assert_int_equal(0, look(queue));
    whisper(&crowd[1], &crowd[0]);
    for (int i = 0; i < 3; i++)
        assert_told(queue, &crowd[0], ANYSOCK_READABLE);
    assert_int_equal(1, drain(&crowd[0]));
    assert_int_equal(0, look(queue));
    close_crowd(queue);
}

/* Its memory is another one's by then, which has a request of its own. */
static void what_comes_for_a_crowd_is_nothing_to_one_who_has_left(void **state) {
    (void)state;
    struct anysock_queue *queue = open_crowd();
    struct anysock next = open_datagram(), last = open_datagram();
    const void *memory = crowd[0].registration_;
    assert_anysock(ANYSOCK_OK, anysock_queue_remove(queue, &crowd[0]));
    add(queue, &next, ANYSOCK_READABLE);
    assert_ptr_equal(memory, next.registration_);
    assert_int_equal(0, look(queue));
    whisper(&crowd[1], &crowd[2]);
    assert_told(queue, &crowd[2], ANYSOCK_READABLE);
    assert_anysock(ANYSOCK_OK, anysock_queue_remove(queue, &next));
    add(queue, &last, ANYSOCK_READABLE);
    assert_ptr_not_equal(memory, last.registration_);
    assert_anysock(ANYSOCK_OK, anysock_close(&next));
    assert_anysock(ANYSOCK_OK, anysock_close(&last));
    close_crowd(queue);
}

static void who_wants_more_than_its_crowd_was_asked_for_is_told(void **state) {
    (void)state;
    struct anysock_queue *queue = open_crowd();
    assert_anysock(ANYSOCK_OK, anysock_queue_modify(queue, &crowd[1], ANYSOCK_WRITABLE,
                                                    ANYSOCK_QUEUE_ONE_SHOT, &crowd[1]));
    assert_told(queue, &crowd[1], ANYSOCK_WRITABLE);
    whisper(&crowd[1], &crowd[0]);
    assert_told(queue, &crowd[0], ANYSOCK_READABLE);
    close_crowd(queue);
}

static void a_crowd_goes_on_without_one_that_is_closed_behind_the_queue(void **state) {
    (void)state;
    struct anysock_queue *queue = open_crowd();
    foreign_close(anysock_native_handle(&crowd[0]));
    for (int i = 0; i < 3; i++)
        assert_int_equal(0, look(queue));
    whisper(&crowd[1], &crowd[2]);
    assert_told(queue, &crowd[2], ANYSOCK_READABLE);
    assert_anysock(ANYSOCK_OK, anysock_queue_remove(queue, &crowd[0]));
    memset(&crowd[0], 0, sizeof crowd[0]);
    close_crowd(queue);
}

/* Its handle is nobody's when the request about all of them is made. */
static void a_crowd_is_asked_one_by_one_if_one_of_it_makes_the_request_fail(void **state) {
    (void)state;
    struct anysock_queue *queue = open_queue();
    add_new(queue, crowd, AFD_MANY);
    foreign_close(anysock_native_handle(&crowd[3]));
    assert_told(queue, &crowd[3], ANYSOCK_READABLE | ANYSOCK_ERROR);
    whisper(&crowd[4], &crowd[5]);
    while (look(queue) < 2)
        continue;
    count_anew();
    assert_int_equal(2, look(queue));
    assert_int_equal(1, driver.asked); /* not about all once more, because of the one */
    assert_anysock(ANYSOCK_OK, anysock_queue_remove(queue, &crowd[3]));
    memset(&crowd[3], 0, sizeof crowd[3]);
    assert_told(queue, &crowd[5], ANYSOCK_READABLE);
    close_crowd(queue);
}

static void a_crowd_that_has_left_is_cancelled(void **state) {
    (void)state;
    struct anysock_queue *queue = open_crowd();
    for (size_t i = 0; i < COUNT_OF(crowd); i++)
        assert_anysock(ANYSOCK_OK, anysock_queue_remove(queue, &crowd[i]));
    assert_anysock(ANYSOCK_OK, anysock_queue_close(queue)); /* would wait for ever */
    for (size_t i = 0; i < COUNT_OF(crowd); i++)
        assert_anysock(ANYSOCK_OK, anysock_close(&crowd[i]));
}

/* Windows cancels the requests of a thread that ends. */
static int look_once(void *queue) {
    return (int)look(queue);
}

static void a_crowd_outlives_the_thread_that_asked(void **state) {
    (void)state;
    struct anysock_queue *queue = open_queue();
    struct thread thread;
    add_new(queue, crowd, COUNT_OF(crowd));
    thread_start(&thread, look_once, queue);
    assert_int_equal(0, thread_join(&thread));
    for (size_t i = 0; i < COUNT_OF(crowd); i += 5) {
        whisper(&crowd[(i + 1) % COUNT_OF(crowd)], &crowd[i]);
        assert_told(queue, &crowd[i], ANYSOCK_READABLE);
        assert_int_equal(1, drain(&crowd[i]));
    }
    close_crowd(queue);
}

/* The driver may refuse late, too. Who it is about is found when each is asked about alone. */
static void a_crowd_whose_request_fails_later_is_asked_one_by_one(void **state) {
    (void)state;
    struct anysock_queue *queue = open_queue();
    add_new(queue, crowd, AFD_MANY);
    assert_int_equal(0, look(queue));
    assert_int_equal(1, driver.asked);
    whisper(&crowd[4], &crowd[5]);
    driver.latest->Status = (NTSTATUS)0xC0000001; /* STATUS_UNSUCCESSFUL */
    assert_told(queue, &crowd[5], ANYSOCK_READABLE);
    assert_int_equal(AFD_MANY, driver.asked_alone);
    close_crowd(queue);
}

/* ------------------------------------------------------------------------------------------- *
 * What it costs
 * ------------------------------------------------------------------------------------------- */

static struct anysock many[5 * AFD_MANY]; /* more than one helper has requests for */

static struct anysock_queue *open_many(void) {
    struct anysock_queue *queue = open_queue();
    add_new(queue, many, COUNT_OF(many));
    assert_int_equal(0, look(queue));
    return queue;
}

static void close_many(struct anysock_queue *queue) {
    close_all(queue, many, COUNT_OF(many));
}

static void the_quiet_are_asked_about_together(void **state) {
    (void)state;
    struct anysock_queue *queue = open_many();
    assert_int_equal(COUNT_OF(many) / AFD_MANY, driver.asked);
    close_many(queue);
}

/* A request that all have left is used again. */
static void who_comes_and_goes_does_not_use_up_the_requests(void **state) {
    (void)state;
    struct anysock_queue *queue = open_many();
    for (int round = 0; round < 8; round++) {
        for (size_t i = 0; i < COUNT_OF(many); i++)
            assert_anysock(ANYSOCK_OK, anysock_queue_remove(queue, &many[i]));
        for (size_t i = 0; i < COUNT_OF(many); i++)
            add(queue, &many[i], ANYSOCK_READABLE);
        count_anew();
        assert_int_equal(0, look(queue));
        assert_int_equal(COUNT_OF(many) / AFD_MANY, driver.asked);
    }
    close_many(queue);
}

/* More often than there are requests for those who come back. */
static void leave_one_in_each_request(struct anysock_queue *queue) {
    for (size_t round = 0; round < 4; round++) {
        for (size_t i = 0; i < COUNT_OF(many); i++) {
            if (i % AFD_MANY <= round)
                continue;
            assert_anysock(ANYSOCK_OK, anysock_queue_remove(queue, &many[i]));
            add(queue, &many[i], ANYSOCK_READABLE);
        }
        assert_int_equal(0, look(queue));
    }
}

/* Who comes back when there are none gets a request of its own. */
static void requests_that_are_used_up_lose_nobody(void **state) {
    (void)state;
    struct anysock_queue *queue = open_many();
    leave_one_in_each_request(queue);
    assert_true(driver.asked_alone > 0);
    for (size_t i = 0; i < COUNT_OF(many); i++) {
        whisper(&many[(i + 1) % COUNT_OF(many)], &many[i]);
        assert_told(queue, &many[i], ANYSOCK_READABLE);
        assert_int_equal(1, drain(&many[i]));
    }
    close_many(queue);
}

/* Who spoke is not together with others any more, so that in the end everybody is asked about
 * alone. When all begin to speak, one after the other, it takes more. */
static void who_speaks_alone_costs_two_questions(void **state) {
    (void)state;
    struct anysock_queue *queue = open_many();
    for (size_t round = 0; round < 3; round++) {
        count_anew();
        for (size_t i = 0; i < COUNT_OF(many); i++) {
            size_t at = i * 37 % COUNT_OF(many);
            whisper(&many[(at + 1) % COUNT_OF(many)], &many[at]);
            assert_told(queue, &many[at], ANYSOCK_READABLE);
            assert_int_equal(1, drain(&many[at]));
        }
        assert_true(driver.asked <= (round == 0 ? 3 : 2) * COUNT_OF(many));
    }
    assert_true(driver.sockets <= 2 * COUNT_OF(many));
    close_many(queue);
}

/* Also where others have come and gone so often that they use up the requests. */
static void those_who_speak_together_cost_one_question(void **state) {
    (void)state;
    enum { SPEAKERS = 12 };
    struct anysock_queue *queue = open_many();
    struct anysock_queue_event events[SPEAKERS];
    size_t count;
    leave_one_in_each_request(queue);
    for (size_t i = 1; i <= SPEAKERS; i++) /* who came back in every round */
        whisper(&many[0], &many[AFD_MANY - i]);
    do
        assert_anysock(ANYSOCK_OK, anysock_queue_wait(queue, events, SPEAKERS, 0, &count));
    while (count < SPEAKERS);
    assert_int_equal(4, look(queue)); /* the others get requests again */
    for (int wait = 0; wait < 4; wait++) {
        count_anew();
        assert_anysock(ANYSOCK_OK, anysock_queue_wait(queue, events, SPEAKERS, 0, &count));
        assert_int_equal(SPEAKERS, count);
        assert_int_equal(1, driver.asked);
    }
    close_many(queue);
}

/* Until it is asked about with the quiet. */
static void who_falls_silent_is_not_looked_at_for_long(void **state) {
    (void)state;
    struct anysock_queue *queue = open_many();
    for (size_t i = 0; i < 2; i++)
        whisper(&many[2], &many[i]);
    while (look(queue) < 2)
        continue;
    assert_int_equal(1, drain(&many[0]));
    for (int i = 0; i < 4; i++)
        assert_told(queue, &many[1], ANYSOCK_READABLE);
    count_anew();
    assert_told(queue, &many[1], ANYSOCK_READABLE);
    assert_int_equal(1, driver.sockets);
    close_many(queue);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(each_of_a_crowd_is_told),
        TEST(who_has_nothing_more_is_not_told_again_with_others),
        TEST(one_shots_and_edges_in_a_crowd_are_told_once),
        TEST(who_leaves_a_crowd_is_not_told_and_the_others_are),
        TEST(who_comes_back_to_a_crowd_is_told_once),
        TEST(what_comes_for_a_crowd_is_nothing_to_one_who_has_left),
        TEST(who_wants_more_than_its_crowd_was_asked_for_is_told),
        TEST(a_crowd_goes_on_without_one_that_is_closed_behind_the_queue),
        TEST(a_crowd_is_asked_one_by_one_if_one_of_it_makes_the_request_fail),
        TEST(a_crowd_that_has_left_is_cancelled),
        TEST(a_crowd_outlives_the_thread_that_asked),
        TEST(a_crowd_whose_request_fails_later_is_asked_one_by_one),
        TEST(the_quiet_are_asked_about_together),
        TEST(who_comes_and_goes_does_not_use_up_the_requests),
        TEST(requests_that_are_used_up_lose_nobody),
        TEST(who_speaks_alone_costs_two_questions),
        TEST(those_who_speak_together_cost_one_question),
        TEST(who_falls_silent_is_not_looked_at_for_long),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
