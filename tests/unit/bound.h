/*
 * What the tests of events share: test_event.c, test_event_levels.c.
 */
#ifndef TESTS_BOUND_H
#define TESTS_BOUND_H

#include <string.h>

#include "check.h"
#include "fake_port.h"

#define BOTH (ANYSOCK_READABLE | ANYSOCK_WRITABLE)

/* What the tests use; the tear-down closes and frees it. */
static struct anysock s;
static struct anysock_event *event;
static unsigned events;

static int set_up(void **state) {
    memset(&s, 0, sizeof s);
    event = NULL;
    events = 99; /* every call writes it */
    return fake_reset(state);
}

static int tear_down(void **state) {
    if (anysock_is_open(&s))
        (void)anysock_close(&s);
    (void)anysock_event_destroy(event);
    return fake_check(state);
}

static inline void create(void) {
    assert_anysock(ANYSOCK_OK, anysock_event_create(&event));
    (void)fake_trace();
}

static inline void bind_for(unsigned wanted) {
    create();
    assert_anysock(ANYSOCK_OK, anysock_event_bind(event, &s, wanted));
    (void)fake_trace();
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

#endif
