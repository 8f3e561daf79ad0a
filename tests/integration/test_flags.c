/*
 * The flags of send and receive over loopback: wait for all, look only, do not wait, more to come,
 * urgent.
 */
#include <string.h>

#include "net.h"
#include "platform.h"

static char buffer[64];
static size_t count;

/* Sends a text in pieces of two bytes, one call each, and ends. */
struct talker {
    struct anysock *s;
    const char *text;
};

static int talk(void *argument) {
    const struct talker *talker = argument;
    size_t sent;
    for (const char *at = talker->text; at[0] != '\0'; at += 2) {
        int code = anysock_send_all(talker->s, at, 2, &sent);
        if (code != ANYSOCK_OK)
            return code;
    }
    return anysock_shutdown(talker->s, ANYSOCK_SHUT_WR);
}

/* Sends "ab" and an urgent '!' behind it, and waits until they are there. */
static void send_urgently(struct anysock *client, struct anysock *server) {
    assert_anysock(ANYSOCK_OK, anysock_send(client, "ab!", 3, ANYSOCK_OOB, &count));
    assert_int_equal(3, count);
    (void)await(server, ANYSOCK_READABLE);
}

/* --- WAIT_ALL --- */

static void wait_all_waits_until_the_buffer_is_full(void **state) {
    (void)state;
    struct anysock client, server;
    struct thread thread;
    struct talker talker = {&client, "0123456789"};
    make_pair(0, 0, &client, &server);
    thread_start(&thread, talk, &talker);
    assert_anysock(ANYSOCK_OK, anysock_recv(&server, buffer, 9, ANYSOCK_WAIT_ALL, &count));
    assert_int_equal(9, count);
    assert_memory_equal("012345678", buffer, 9);
    assert_int_equal(ANYSOCK_OK, thread_join(&thread));
    close_pair(&client, &server);
}

static void wait_all_ends_with_the_stream(void **state) {
    (void)state;
    struct anysock client, server;
    struct thread thread;
    struct talker talker = {&client, "012345"};
    make_pair(0, 0, &client, &server);
    thread_start(&thread, talk, &talker);
    assert_anysock(ANYSOCK_OK,
                   anysock_recv(&server, buffer, sizeof buffer, ANYSOCK_WAIT_ALL, &count));
    assert_int_equal(6, count);
    assert_int_equal(ANYSOCK_OK, thread_join(&thread));
    close_pair(&client, &server);
}

static void wait_all_times_out_with_what_came(void **state) {
    (void)state;
    struct anysock client, server;
    make_pair(0, 0, &client, &server);
    assert_anysock(ANYSOCK_OK, anysock_set_timeout(&server, ANYSOCK_TIMEOUT_RECV, 20));
    say(&client, "part");
    assert_anysock(ANYSOCK_ETIMEDOUT,
                   anysock_recv(&server, buffer, sizeof buffer, ANYSOCK_WAIT_ALL, &count));
    assert_int_equal(4, count);
    assert_memory_equal("part", buffer, 4);
    close_pair(&client, &server);
}

static void wait_all_does_not_make_a_nonblocking_call_wait(void **state) {
    (void)state;
    static const unsigned flags[] = {0, ANYSOCK_NO_WAIT};
    for (size_t i = 0; i < COUNT_OF(flags); i++) {
        struct anysock client, server;
        make_pair(0, flags[i] == 0 ? ANYSOCK_NONBLOCK : 0, &client, &server);
        say(&client, "part");
        (void)await(&server, ANYSOCK_READABLE);
        assert_anysock(ANYSOCK_EAGAIN, anysock_recv(&server, buffer, sizeof buffer,
                                                    ANYSOCK_WAIT_ALL | flags[i], &count));
        assert_int_equal(4, count);
        close_pair(&client, &server);
    }
}

static void wait_all_looks_at_nothing(void **state) {
    (void)state;
    struct anysock client, server;
    make_pair(0, 0, &client, &server);
    say(&client, "hello");
    assert_anysock(ANYSOCK_EINVAL,
                   anysock_recv(&server, buffer, 5, ANYSOCK_WAIT_ALL | ANYSOCK_PEEK, &count));
    assert_anysock(ANYSOCK_EINVAL,
                   anysock_recv(&server, buffer, 5, ANYSOCK_WAIT_ALL | ANYSOCK_OOB, &count));
    assert_anysock(ANYSOCK_OK, anysock_recv(&server, buffer, 5, ANYSOCK_WAIT_ALL, &count));
    assert_memory_equal("hello", buffer, 5);
    close_pair(&client, &server);
}

/* --- PEEK, NO_WAIT --- */

static void peek_looks_as_often_as_one_likes(void **state) {
    (void)state;
    struct anysock client, server;
    make_pair(0, 0, &client, &server);
    say(&client, "hello");
    for (int i = 0; i < 3; i++) {
        memset(buffer, 0, sizeof buffer);
        assert_anysock(ANYSOCK_OK, anysock_recv(&server, buffer, 3, ANYSOCK_PEEK, &count));
        assert_string_equal("hel", buffer);
    }
    assert_anysock(ANYSOCK_OK, anysock_recv_all(&server, buffer, 5, &count));
    assert_memory_equal("hello", buffer, 5);
    close_pair(&client, &server);
}

static void peek_sees_the_end_and_leaves_it(void **state) {
    (void)state;
    struct anysock client, server;
    make_pair(0, 0, &client, &server);
    assert_anysock(ANYSOCK_OK, anysock_shutdown(&client, ANYSOCK_SHUT_WR));
    for (int i = 0; i < 2; i++) {
        assert_anysock(ANYSOCK_OK, anysock_recv(&server, buffer, 3, ANYSOCK_PEEK, &count));
        assert_int_equal(0, count);
    }
    close_pair(&client, &server);
}

static void peek_without_data_would_wait(void **state) {
    (void)state;
    struct anysock client, server;
    make_pair(0, ANYSOCK_NONBLOCK, &client, &server);
    assert_anysock(ANYSOCK_EAGAIN, anysock_recv(&server, buffer, 3, ANYSOCK_PEEK, &count));
    assert_anysock(ANYSOCK_EAGAIN,
                   anysock_recv(&client, buffer, 3, ANYSOCK_PEEK | ANYSOCK_NO_WAIT, &count));
    close_pair(&client, &server);
}

static void no_wait_is_for_one_call(void **state) {
    (void)state;
    struct anysock client, server;
    struct thread thread;
    struct talker talker = {&client, "ab"};
    make_pair(0, 0, &client, &server);
    assert_anysock(ANYSOCK_EAGAIN, anysock_recv(&server, buffer, 2, ANYSOCK_NO_WAIT, &count));
    assert_true(anysock_is_blocking(&server));
    thread_start(&thread, talk, &talker);
    assert_anysock(ANYSOCK_OK, anysock_recv(&server, buffer, 2, 0, &count)); /* waits */
    assert_true(count > 0);
    assert_int_equal(ANYSOCK_OK, thread_join(&thread));
    close_pair(&client, &server);
}

static void no_wait_stops_when_the_window_is_full(void **state) {
    (void)state;
    struct anysock client, server;
    make_pair(0, 0, &client, &server);
    (void)fill(&client);
    assert_anysock(ANYSOCK_EAGAIN, anysock_send(&client, "x", 1, ANYSOCK_NO_WAIT, &count));
    assert_int_equal(0, count);
    close_pair(&client, &server);
}

/* --- MORE --- */

static void more_delays_nothing_for_ever(void **state) {
    (void)state;
    struct anysock client, server;
    make_pair(0, 0, &client, &server);
    for (const char *at = "0123456"; *at != '\0'; at++) {
        assert_anysock(ANYSOCK_OK, anysock_send(&client, at, 1, ANYSOCK_MORE, &count));
        assert_int_equal(1, count);
    }
    say(&client, "789");
    assert_anysock(ANYSOCK_OK, anysock_recv_all(&server, buffer, 10, &count));
    assert_memory_equal("0123456789", buffer, 10);
    close_pair(&client, &server);
}

static void more_is_sent_when_the_stream_ends(void **state) {
    (void)state;
    struct anysock client, server;
    make_pair(0, 0, &client, &server);
    assert_anysock(ANYSOCK_OK, anysock_send(&client, "last", 4, ANYSOCK_MORE, &count));
    assert_anysock(ANYSOCK_OK, anysock_close(&client));
    assert_anysock(ANYSOCK_OK, anysock_recv_all(&server, buffer, sizeof buffer, &count));
    assert_int_equal(4, count);
    assert_anysock(ANYSOCK_OK, anysock_close(&server));
}

/* Linux's own flag would make one datagram of the three. */
static void more_does_not_join_datagrams(void **state) {
    (void)state;
    struct anysock receiver, sender;
    struct anysock_addr addr;
    char one[] = "one", two[] = "two";
    const struct anysock_buffer piece = {two, 3};
    assert_anysock(ANYSOCK_OK, anysock_addr_loopback(ANYSOCK_INET, 0, &addr));
    assert_anysock(ANYSOCK_OK, anysock_open(ANYSOCK_INET, ANYSOCK_DGRAM, 0, &receiver));
    assert_anysock(ANYSOCK_OK, anysock_bind(&receiver, &addr, ANYSOCK_BIND_SERVER));
    assert_anysock(ANYSOCK_OK, anysock_local_addr(&receiver, &addr));
    assert_anysock(ANYSOCK_OK, anysock_open(ANYSOCK_INET, ANYSOCK_DGRAM, 0, &sender));
    assert_anysock(ANYSOCK_OK, anysock_connect(&sender, &addr));
    assert_anysock(ANYSOCK_OK, anysock_send(&sender, one, 3, ANYSOCK_MORE, &count));
    assert_anysock(ANYSOCK_OK, anysock_send_vec(&sender, &piece, 1, ANYSOCK_MORE, &count));
    assert_anysock(ANYSOCK_OK, anysock_send(&sender, "three", 5, 0, &count));
    static const char *const expected[] = {"one", "two", "three"};
    for (size_t i = 0; i < COUNT_OF(expected); i++) {
        (void)await(&receiver, ANYSOCK_READABLE);
        assert_anysock(ANYSOCK_OK, anysock_recv(&receiver, buffer, sizeof buffer, 0, &count));
        assert_int_equal(strlen(expected[i]), count);
        assert_memory_equal(expected[i], buffer, count);
    }
    close_pair(&receiver, &sender);
}

/* --- OOB --- */

static void urgent_byte_comes_beside_the_others(void **state) {
    (void)state;
    struct anysock client, server;
    make_pair(0, 0, &client, &server);
    send_urgently(&client, &server);
    assert_anysock(ANYSOCK_OK, anysock_recv(&server, buffer, sizeof buffer, ANYSOCK_OOB, &count));
    assert_int_equal(1, count);
    assert_memory_equal("!", buffer, 1);
    say(&client, "cd");
    assert_anysock(ANYSOCK_OK, anysock_recv_all(&server, buffer, 4, &count));
    assert_memory_equal("abcd", buffer, 4);
    close_pair(&client, &server);
}

static void urgent_byte_can_be_taken_after_the_others(void **state) {
    (void)state;
    struct anysock client, server;
    make_pair(0, 0, &client, &server);
    send_urgently(&client, &server);
    assert_anysock(ANYSOCK_OK, anysock_recv(&server, buffer, sizeof buffer, 0, &count));
    assert_int_equal(2, count);
    assert_anysock(ANYSOCK_OK, anysock_recv(&server, buffer, 1, ANYSOCK_OOB, &count));
    assert_memory_equal("!", buffer, 1);
    close_pair(&client, &server);
}

static void urgent_byte_is_taken_once(void **state) {
    (void)state;
    struct anysock client, server;
    make_pair(0, 0, &client, &server);
    send_urgently(&client, &server);
    assert_anysock(ANYSOCK_OK, anysock_recv(&server, buffer, 1, ANYSOCK_OOB, &count));
    assert_anysock(ANYSOCK_EAGAIN, anysock_recv(&server, buffer, 1, ANYSOCK_OOB, &count));
    assert_int_equal(0, count);
    close_pair(&client, &server);
}

/* Also on a blocking socket, with and without ordinary data. */
static void urgent_byte_is_never_waited_for(void **state) {
    (void)state;
    struct anysock client, server;
    make_pair(0, 0, &client, &server);
    assert_anysock(ANYSOCK_EAGAIN, anysock_recv(&server, buffer, 1, ANYSOCK_OOB, &count));
    assert_int_equal(0, count);
    say(&client, "ordinary");
    (void)await(&server, ANYSOCK_READABLE);
    assert_anysock(ANYSOCK_EAGAIN, anysock_recv(&server, buffer, 1, ANYSOCK_OOB, &count));
    assert_true(anysock_is_blocking(&server));
    assert_anysock(ANYSOCK_OK, anysock_recv_all(&server, buffer, 8, &count));
    assert_memory_equal("ordinary", buffer, 8);
    close_pair(&client, &server);
}

static void urgent_byte_ignores_the_timeout(void **state) {
    (void)state;
    struct anysock client, server;
    make_pair(0, 0, &client, &server);
    assert_anysock(ANYSOCK_OK, anysock_set_timeout(&server, ANYSOCK_TIMEOUT_RECV, PATIENCE_MS));
    assert_anysock(ANYSOCK_EAGAIN, anysock_recv(&server, buffer, 1, ANYSOCK_OOB, &count));
    close_pair(&client, &server);
}

static void urgent_byte_comes_among_the_others_if_asked_for(void **state) {
    (void)state;
    struct anysock client, server;
    make_pair(0, 0, &client, &server);
    assert_anysock(ANYSOCK_OK, anysock_set_option(&server, ANYSOCK_OPTION_OOB_INLINE, 1));
    send_urgently(&client, &server);
    assert_anysock(ANYSOCK_EAGAIN, anysock_recv(&server, buffer, 1, ANYSOCK_OOB, &count));
    say(&client, "cd");
    assert_anysock(ANYSOCK_OK, anysock_recv_all(&server, buffer, 5, &count));
    assert_memory_equal("ab!cd", buffer, 5);
    close_pair(&client, &server);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(wait_all_waits_until_the_buffer_is_full),
        TEST(wait_all_ends_with_the_stream),
        TEST(wait_all_times_out_with_what_came),
        TEST(wait_all_does_not_make_a_nonblocking_call_wait),
        TEST(wait_all_looks_at_nothing),
        TEST(peek_looks_as_often_as_one_likes),
        TEST(peek_sees_the_end_and_leaves_it),
        TEST(peek_without_data_would_wait),
        TEST(no_wait_is_for_one_call),
        TEST(no_wait_stops_when_the_window_is_full),
        TEST(more_delays_nothing_for_ever),
        TEST(more_is_sent_when_the_stream_ends),
        TEST(more_does_not_join_datagrams),
        TEST(urgent_byte_comes_beside_the_others),
        TEST(urgent_byte_can_be_taken_after_the_others),
        TEST(urgent_byte_is_taken_once),
        TEST(urgent_byte_is_never_waited_for),
        TEST(urgent_byte_ignores_the_timeout),
        TEST(urgent_byte_comes_among_the_others_if_asked_for),
    };
    return cmocka_run_group_tests_name("flags", tests, NULL, NULL);
}
