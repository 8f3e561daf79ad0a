/*
 * Sockets that were made, or used, elsewhere: they are what they were.
 */
#include "deviations.h"
#include "net.h"
#include "platform.h"

static char buffer[64];
static size_t count;

static void adopted_sockets_are_what_they_were(void **state) {
    (void)state;
    struct anysock listener, client, server, s;
    struct anysock_addr addr;
    anysock_native native;
    make_listener(ANYSOCK_INET6, 0, &listener, &addr);
    assert_anysock(ANYSOCK_OK, anysock_release(&listener, &native));
    assert_anysock(ANYSOCK_OK, anysock_adopt(native, 0, &listener));
    assert_anysock(ANYSOCK_OK, anysock_open(ANYSOCK_INET6, ANYSOCK_STREAM, 0, &client));
    assert_anysock(ANYSOCK_OK, anysock_connect(&client, &addr));
    assert_anysock(ANYSOCK_OK, anysock_accept(&listener, 0, &server, NULL));
    assert_anysock(ANYSOCK_OK, anysock_release(&client, &native));
    assert_anysock(ANYSOCK_OK, anysock_adopt(native, 0, &client));
    assert_anysock(ANYSOCK_OK, anysock_connect_result(&client));
    say(&client, "hello");
    assert_anysock(ANYSOCK_OK, anysock_recv_all(&server, buffer, 5, &count));
    close_pair(&client, &server);
    assert_anysock(ANYSOCK_OK, anysock_close(&listener));

    /* A foreign one, fresh: it can bind, listen and so on. */
    assert_anysock(ANYSOCK_OK, anysock_adopt(foreign_socket(), 0, &s));
    assert_anysock(ANYSOCK_OK, anysock_listen(&s, 1));
    assert_anysock(ANYSOCK_OK, anysock_close(&s));
}

/* Gives a socket away and takes it back. */
static void hand_over(struct anysock *s) {
    anysock_native native;
    assert_anysock(ANYSOCK_OK, anysock_release(s, &native));
    assert_anysock(ANYSOCK_OK, anysock_adopt(native, 0, s));
}

static void adopted_socket_knows_its_own_shutdown(void **state) {
    (void)state;
    struct anysock client, server;
    make_pair(0, 0, &client, &server);
    assert_anysock(ANYSOCK_OK, anysock_shutdown(&client, ANYSOCK_SHUT_WR));
    hand_over(&client);
    assert_anysock(ANYSOCK_EPIPE, anysock_send(&client, "x", 1, 0, &count));
    say(&server, "answer");
    assert_anysock(ANYSOCK_OK, anysock_close(&server));
    assert_anysock(ANYSOCK_OK, anysock_recv_all(&client, buffer, 7, &count));
    assert_int_equal(6, count); /* and the end, which is no reset */
    assert_anysock(ANYSOCK_OK, anysock_close(&client));
}

/* Both directions have ended, and there are data still: nothing of that is lost on the way. */
static void adopted_connection_that_has_ended_keeps_its_data(void **state) {
    (void)state;
    struct anysock client, server;
    make_pair(0, 0, &client, &server);
    say(&server, "answer");
    (void)await(&client, ANYSOCK_READABLE);
    assert_anysock(ANYSOCK_OK, anysock_shutdown(&client, ANYSOCK_SHUT_WR));
    assert_anysock(ANYSOCK_OK, anysock_close(&server));
    if (!end_hides_behind_data())
        await_state(&client, ANYSOCK_PEER_FINISHED);
    hand_over(&client);
    int code = anysock_recv(&client, buffer, 6, 0, &count);
    if (!ended_connection_counts_as_fresh() || code == ANYSOCK_OK) {
        assert_anysock(ANYSOCK_OK, code);
        assert_int_equal(6, count);
        assert_anysock(ANYSOCK_EPIPE, anysock_send(&client, "x", 1, 0, &count));
        assert_anysock(ANYSOCK_OK, anysock_recv(&client, buffer, 6, 0, &count));
        assert_int_equal(0, count);
    }
    assert_anysock(ANYSOCK_OK, anysock_close(&client));
}

/* A connect that was refused, and a connection whose reset has been told, have no end of stream. */
static void adopted_failure_has_no_end_of_stream(void **state) {
    (void)state;
    struct anysock holder, client, server;
    struct anysock_addr addr;
    make_refusing(&holder, &addr);
    assert_anysock(ANYSOCK_OK, anysock_open(ANYSOCK_INET, ANYSOCK_STREAM, 0, &client));
    assert_anysock(ANYSOCK_ECONNREFUSED, anysock_connect(&client, &addr));
    hand_over(&client);
    assert_anysock(ANYSOCK_ENOTCONN, anysock_connect_result(&client));
    assert_anysock(ANYSOCK_ENOTCONN, anysock_recv(&client, buffer, 1, 0, &count));
    close_pair(&holder, &client);

    make_pair(0, 0, &client, &server);
    assert_anysock(ANYSOCK_OK, anysock_abort(&server));
    await_state(&client, ANYSOCK_PEER_RESET);
    (void)anysock_recv(&client, buffer, 1, 0, &count);
    hand_over(&client);
    int code = anysock_recv(&client, buffer, 1, 0, &count);
    assert_true(code == ANYSOCK_ENOTCONN || code == ANYSOCK_ECONNRESET);
    assert_anysock(ANYSOCK_OK, anysock_close(&client));
}

static void only_sockets_are_adopted(void **state) {
    (void)state;
    struct anysock s;
    anysock_native native = not_a_socket();
    assert_anysock(ANYSOCK_EBADF, anysock_adopt(native, 0, &s));
    assert_false(anysock_is_open(&s));
    close_not_a_socket(native);
    assert_anysock(ANYSOCK_EBADF, anysock_adopt((anysock_native)-1, 0, &s));
    native = foreign_socket();
    assert_anysock(ANYSOCK_EINVAL, anysock_adopt(native, 0x8000, &s));
    foreign_close(native);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(adopted_sockets_are_what_they_were),
        TEST(adopted_socket_knows_its_own_shutdown),
        TEST(adopted_connection_that_has_ended_keeps_its_data),
        TEST(adopted_failure_has_no_end_of_stream),
        TEST(only_sockets_are_adopted),
    };
    return cmocka_run_group_tests_name("adopt", tests, NULL, NULL);
}
