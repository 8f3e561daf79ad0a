/*
 * What the tests of sending and receiving share: test_io.c, test_io_states.c.
 */
#ifndef TESTS_CALLS_H
#define TESTS_CALLS_H

#include <string.h>

#include "check.h"
#include "fake_port.h"

/* What the tests use; the tear-down closes the socket. */
static struct anysock s;
static char buffer[32];
static size_t count;

static int set_up(void **state) {
    memset(&s, 0, sizeof s);
    count = 99; /* every call writes it */
    return fake_reset(state);
}

static int tear_down(void **state) {
    if (anysock_is_open(&s))
        (void)anysock_close(&s);
    return fake_check(state);
}

/* The four calls as one, for what they have in common. */
enum call { SEND, RECV, SEND_ALL, RECV_ALL };
static const enum call all_calls[] = {SEND, RECV, SEND_ALL, RECV_ALL};

static inline int do_call(enum call call, struct anysock *socket, char *data, size_t length,
                          size_t *out) {
    switch (call) {
    case SEND:
        return anysock_send(socket, data, length, 0, out);
    case RECV:
        return anysock_recv(socket, data, length, 0, out);
    case SEND_ALL:
        return anysock_send_all(socket, data, length, out);
    default:
        return anysock_recv_all(socket, data, length, out);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

#endif
