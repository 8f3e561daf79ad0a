/*
 * Threads that use one socket at the same time, as the header allows. Run under ThreadSanitizer
 * too.
 */
#include <stdatomic.h>

#include "net.h"
#include "platform.h"

enum { THREADS = 4, ROUNDS = 2000 };

static int send_many(void *argument) {
    for (int i = 0; i < ROUNDS; i++) {
        size_t sent;
        int code = anysock_send_all(argument, "abcdefgh", 8, &sent);
        if (code != ANYSOCK_OK)
            return code;
    }
    return ANYSOCK_OK;
}

/* The bytes received, or a code. */
static int recv_until_end(void *argument) {
    int total = 0;
    for (;;) {
        char buffer[512];
        size_t received;
        int code = anysock_recv(argument, buffer, sizeof buffer, 0, &received);
        if (code != ANYSOCK_OK)
            return code;
        if (received == 0)
            return total;
        total += (int)received;
    }
}

static void many_send_and_receive_on_one_socket(void **state) {
    (void)state;
    for (int timed = 0; timed < 2; timed++) {
        struct anysock client, server;
        struct thread senders[THREADS], receivers[THREADS];
        make_pair(0, 0, &client, &server);
        if (timed) { /* the first call of each thread takes control of the mode */
            assert_anysock(ANYSOCK_OK,
                           anysock_set_timeout(&client, ANYSOCK_TIMEOUT_SEND, PATIENCE_MS));
            assert_anysock(ANYSOCK_OK,
                           anysock_set_timeout(&server, ANYSOCK_TIMEOUT_RECV, PATIENCE_MS));
        }
        for (size_t i = 0; i < THREADS; i++) {
            thread_start(&receivers[i], recv_until_end, &server);
            thread_start(&senders[i], send_many, &client);
        }
        for (size_t i = 0; i < THREADS; i++)
            assert_int_equal(ANYSOCK_OK, thread_join(&senders[i]));
        assert_anysock(ANYSOCK_OK, anysock_shutdown(&client, ANYSOCK_SHUT_WR));
        int total = 0;
        for (size_t i = 0; i < THREADS; i++) {
            int part = thread_join(&receivers[i]);
            assert_true(part >= 0);
            total += part;
        }
        assert_int_equal(THREADS * ROUNDS * 8, total);
        close_pair(&client, &server);
    }
}

/* The sender itself looks for what it has sent: a look that waited would wait for ever. */
static void no_wait_returns_beside_a_receive_that_waits(void **state) {
    (void)state;
    struct anysock client, server;
    struct thread receiver;
    int taken = 0;
    make_pair(0, 0, &client, &server);
    thread_start(&receiver, recv_until_end, &server);
    for (int i = 0; i < ROUNDS; i++) {
        char byte;
        size_t received;
        say(&client, "x");
        int code;
        while ((code = anysock_recv(&server, &byte, 1, ANYSOCK_NO_WAIT, &received)) == ANYSOCK_OK)
            taken++;
        assert_anysock(ANYSOCK_EAGAIN, code);
    }
    assert_anysock(ANYSOCK_OK, anysock_shutdown(&client, ANYSOCK_SHUT_WR));
    assert_int_equal(ROUNDS - taken, thread_join(&receiver));
    close_pair(&client, &server);
}

static int send_until_it_fails(void *argument) {
    static const char data[4096];
    size_t sent;
    int code;
    do
        code = anysock_send(argument, data, sizeof data, 0, &sent);
    while (code == ANYSOCK_OK);
    return code;
}

/* To a send that it interrupts the shutdown looks like a peer that is gone. */
static void own_shutdown_is_not_taken_for_a_reset(void **state) {
    (void)state;
    for (int i = 0; i < ROUNDS / 20; i++) {
        struct anysock client, server;
        struct thread sender;
        char byte;
        size_t received;
        make_pair(0, 0, &client, &server);
        thread_start(&sender, send_until_it_fails, &client);
        (void)await(&server, ANYSOCK_READABLE);
        assert_anysock(ANYSOCK_OK, anysock_shutdown(&client, ANYSOCK_SHUT_WR));
        /* A system may let a send that waits go on. */
        assert_true(recv_until_end(&server) > 0);
        assert_anysock(ANYSOCK_OK, anysock_shutdown(&server, ANYSOCK_SHUT_WR));
        assert_anysock(ANYSOCK_EPIPE, thread_join(&sender));
        assert_anysock(ANYSOCK_OK, anysock_recv(&client, &byte, 1, 0, &received));
        assert_int_equal(0, received);
        close_pair(&client, &server);
    }
}

static int accept_and_close(void *argument) {
    struct anysock child;
    int code = anysock_accept(argument, 0, &child, NULL);
    return code == ANYSOCK_OK ? anysock_close(&child) : code;
}

static void many_accept_from_one_listener(void **state) {
    (void)state;
    struct anysock listener, clients[THREADS];
    struct anysock_addr addr;
    struct thread threads[THREADS];
    make_listener(ANYSOCK_INET, 0, &listener, &addr);
    assert_anysock(ANYSOCK_OK, anysock_set_timeout(&listener, ANYSOCK_TIMEOUT_RECV, PATIENCE_MS));
    for (size_t i = 0; i < THREADS; i++)
        thread_start(&threads[i], accept_and_close, &listener);
    for (size_t i = 0; i < THREADS; i++) {
        assert_anysock(ANYSOCK_OK, anysock_open(ANYSOCK_INET, ANYSOCK_STREAM, 0, &clients[i]));
        assert_anysock(ANYSOCK_OK, anysock_connect(&clients[i], &addr));
    }
    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(ANYSOCK_OK, thread_join(&threads[i]));
    for (size_t i = 0; i < THREADS; i++)
        assert_anysock(ANYSOCK_OK, anysock_close(&clients[i]));
    assert_anysock(ANYSOCK_OK, anysock_close(&listener));
}

static int wait_for_data(void *argument) {
    unsigned events;
    return anysock_wait(argument, ANYSOCK_READABLE, PATIENCE_MS, &events);
}

static void many_wait_for_one_socket(void **state) {
    (void)state;
    struct anysock client, server;
    struct thread threads[THREADS];
    make_pair(0, 0, &client, &server);
    for (size_t i = 0; i < THREADS; i++)
        thread_start(&threads[i], wait_for_data, &client);
    say(&server, "x");
    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(ANYSOCK_OK, thread_join(&threads[i]));
    close_pair(&client, &server);
}

static int start_and_stop(void *argument) {
    (void)argument;
    for (int i = 0; i < ROUNDS; i++) {
        int code = anysock_startup();
        if (code == ANYSOCK_OK)
            code = anysock_cleanup();
        if (code != ANYSOCK_OK)
            return code;
    }
    return ANYSOCK_OK;
}

static void startup_is_counted_across_threads(void **state) {
    (void)state;
    struct thread threads[THREADS];
    for (size_t i = 0; i < THREADS; i++)
        thread_start(&threads[i], start_and_stop, NULL);
    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(ANYSOCK_OK, thread_join(&threads[i]));
    assert_anysock(ANYSOCK_ENOTINIT, anysock_cleanup());
}

/* The system tells why a connect failed once only: whoever sends must learn it all the same. Few
 * attempts where each takes two seconds. */
static unsigned attempts(void) {
    return is_windows() ? 4 : 4000;
}

static struct anysock refused;
static atomic_uint arrived;

/* Waits until the other thread has come as often. */
static void meet(unsigned meeting) {
    size_t none;
    atomic_fetch_add(&arrived, 1);
    while (atomic_load(&arrived) < 2 * meeting)
        (void)anysock_poll(NULL, 0, 0, &none);
}

static int send_to_nobody(void) {
    size_t sent;
    int code;
    do
        code = anysock_send(&refused, "x", 1, 0, &sent);
    while (code == ANYSOCK_EAGAIN);
    return code;
}

/* The first result that is not the right one. */
static int note_wrong(int wrong, int code) {
    return wrong == ANYSOCK_OK && code != ANYSOCK_ECONNREFUSED ? code : wrong;
}

static int send_to_nobody_too(void *argument) {
    (void)argument;
    int wrong = ANYSOCK_OK;
    for (unsigned i = 0; i < attempts(); i++) {
        meet(2 * i + 1);
        wrong = note_wrong(wrong, send_to_nobody());
        meet(2 * i + 2);
    }
    return wrong;
}

static void all_learn_why_a_connect_failed(void **state) {
    (void)state;
    struct anysock holder;
    struct anysock_addr addr;
    struct thread thread;
    int wrong = ANYSOCK_OK;
    make_refusing(&holder, &addr);
    atomic_store(&arrived, 0);
    thread_start(&thread, send_to_nobody_too, NULL);
    for (unsigned i = 0; i < attempts(); i++) {
        (void)anysock_open(ANYSOCK_INET, ANYSOCK_STREAM, ANYSOCK_NONBLOCK, &refused);
        (void)anysock_connect(&refused, &addr);
        (void)anysock_set_blocking(&refused, i % 2 != 0);
        (void)anysock_set_timeout(&refused, ANYSOCK_TIMEOUT_SEND, PATIENCE_MS);
        meet(2 * i + 1);
        wrong = note_wrong(wrong, send_to_nobody());
        meet(2 * i + 2);
        wrong = note_wrong(wrong, anysock_connect_result(&refused));
        (void)anysock_close(&refused);
    }
    assert_anysock(ANYSOCK_OK, thread_join(&thread));
    assert_anysock(ANYSOCK_OK, wrong);
    assert_anysock(ANYSOCK_OK, anysock_close(&holder));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(many_send_and_receive_on_one_socket),
        TEST(no_wait_returns_beside_a_receive_that_waits),
        TEST(own_shutdown_is_not_taken_for_a_reset),
        TEST(many_accept_from_one_listener),
        TEST(many_wait_for_one_socket),
        TEST(startup_is_counted_across_threads),
        TEST(all_learn_why_a_connect_failed),
    };
    return cmocka_run_group_tests_name("threads", tests, NULL, NULL);
}
