/*
 * What the tests of a socket's life share: test_socket.c, test_adopt.c, test_listen.c and
 * test_connect.c.
 */
#ifndef TESTS_LIFE_H
#define TESTS_LIFE_H

#include <string.h>

#include "check.h"
#include "fake_port.h"

/* What most tests use: two sockets, which the tear-down closes, and an address to connect to. */
static struct anysock s, child;
static struct anysock_addr addr;

static int set_up(void **state) {
    memset(&s, 0, sizeof s);
    memset(&child, 0, sizeof child);
    (void)anysock_addr_loopback(ANYSOCK_INET, 80, &addr);
    return fake_reset(state);
}

static int tear_down(void **state) {
    if (anysock_is_open(&child))
        (void)anysock_close(&child);
    if (anysock_is_open(&s))
        (void)anysock_close(&s);
    return fake_check(state);
}

static inline struct anysock failed_socket(void) {
    struct anysock failed = fake_connecting();
    fake_connect_fails(fake_of(&failed));
    assert_anysock(ANYSOCK_ECONNREFUSED, anysock_connect_result(&failed));
    (void)fake_trace();
    return failed;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

#endif
