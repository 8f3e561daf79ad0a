/*
 * Events on the fake port: who may be bound to whom, what binding leaves behind when it fails,
 * and waiting through signals that mean nothing.
 */
#include "bound.h"

/* Something happens that signals the event for no good reason. */
static void false_alarm(struct fake_socket *socket) {
    (void)socket;
    fake.signalled = true;
}

/* --- create and destroy --- */

static void create_and_destroy_balance(void **state) {
    (void)state;
    assert_anysock(ANYSOCK_OK, anysock_event_create(&event));
    assert_non_null(event);
    assert_string_equal("startup event", fake_trace());
    assert_anysock(ANYSOCK_OK, anysock_event_destroy(event));
    event = NULL;
    assert_string_equal("unevent", fake_trace());
}

static void create_wants_a_place(void **state) {
    (void)state;
    assert_refusal(ANYSOCK_EFAULT, anysock_event_create(NULL));
    assert_string_equal("", fake_trace());
}

static void create_reports_a_failed_startup(void **state) {
    (void)state;
    event = (struct anysock_event *)&s;
    fake_fail("startup", FAKE_ESYSNOTREADY, 1);
    int code = anysock_event_create(&event);
    assert_null(event);
    assert_int_equal(FAKE_ESYSNOTREADY, anysock_native_error());
    assert_anysock(ANYSOCK_ESYSNOTREADY, code);
    assert_string_equal("startup", fake_trace());
}

static void create_that_fails_gives_null(void **state) {
    (void)state;
    event = (struct anysock_event *)&s;
    fake_fail("event", FAKE_EMFILE, 1);
    int code = anysock_event_create(&event);
    assert_null(event);
    assert_int_equal(FAKE_EMFILE, anysock_native_error());
    assert_anysock(ANYSOCK_EMFILE, code);
}

static void destroy_of_null_does_nothing(void **state) {
    (void)state;
    assert_anysock(ANYSOCK_OK, anysock_event_destroy(NULL));
    assert_string_equal("", fake_trace());
}

static void destroy_while_bound_is_refused(void **state) {
    (void)state;
    s = fake_connected(0);
    bind_for(ANYSOCK_READABLE);
    assert_refusal(ANYSOCK_EBUSY, anysock_event_destroy(event));
    assert_string_equal("", fake_trace());
    fake_data_arrives(fake_of(&s));
    assert_anysock(ANYSOCK_OK, anysock_event_which(event, &events)); /* it still works */
    assert_int_equal(ANYSOCK_READABLE, events);
}

/* --- bind and unbind --- */

static void bind_checks_its_arguments_in_order(void **state) {
    (void)state;
    struct anysock closed = ANYSOCK_INIT;
    s = fake_connected(0);
    bind_for(ANYSOCK_READABLE);
    assert_refusal(ANYSOCK_EFAULT, anysock_event_bind(NULL, &closed, 0));
    assert_refusal(ANYSOCK_EFAULT, anysock_event_bind(event, NULL, 0));
    assert_refusal(ANYSOCK_EBADF, anysock_event_bind(event, &closed, 0));
    static const unsigned bad[] = {0, ANYSOCK_ERROR, BOTH | ANYSOCK_INVALID, 0x100};
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        assert_refusal(ANYSOCK_EINVAL, anysock_event_bind(event, &s, bad[i]));
    assert_refusal(ANYSOCK_EBUSY, anysock_event_bind(event, &s, BOTH));
    assert_string_equal("", fake_trace());
}

static void event_takes_one_socket(void **state) {
    (void)state;
    struct anysock other = fake_connected(0);
    s = fake_connected(0);
    bind_for(ANYSOCK_READABLE);
    int code = anysock_event_bind(event, &other, ANYSOCK_READABLE);
    assert_string_equal("", fake_trace());
    assert_anysock(ANYSOCK_OK, anysock_close(&other));
    assert_anysock(ANYSOCK_EBUSY, code);
}

static void socket_takes_one_event(void **state) {
    (void)state;
    struct anysock_event *other;
    s = fake_connected(0);
    bind_for(ANYSOCK_READABLE);
    assert_anysock(ANYSOCK_OK, anysock_event_create(&other));
    (void)fake_trace();
    int code = anysock_event_bind(other, &s, ANYSOCK_READABLE);
    assert_string_equal("", fake_trace());
    assert_anysock(ANYSOCK_OK, anysock_event_destroy(other));
    assert_anysock(ANYSOCK_EBUSY, code);
}

static void bind_signals_what_is_there_already(void **state) {
    (void)state;
    s = fake_connected(0);
    fake_data_arrives(fake_of(&s));
    bind_for(ANYSOCK_READABLE);
    assert_true(fake.signalled);
}

static void bind_that_fails_restores_the_mode(void **state) {
    (void)state;
    s = fake_connected(0);
    create();
    fake_fail("select", FAKE_ENOBUFS, 1);
    assert_anysock(ANYSOCK_ENOBUFS, anysock_event_bind(event, &s, ANYSOCK_READABLE));
    assert_int_equal(FAKE_ENOBUFS, anysock_native_error());
    assert_string_equal("nonblocking select blocking", fake_trace());
    assert_false(fake_of(&s)->kernel_nonblocking);
}

static void bind_that_fails_binds_nobody(void **state) {
    (void)state;
    s = fake_connected(0);
    create();
    fake_fail("select", FAKE_ENOBUFS, 1);
    assert_anysock(ANYSOCK_ENOBUFS, anysock_event_bind(event, &s, ANYSOCK_READABLE));
    assert_anysock(ANYSOCK_EINVAL, anysock_event_which(event, &events));
    assert_anysock(ANYSOCK_OK, anysock_event_bind(event, &s, ANYSOCK_READABLE));
}

/* Each step that can fail after the association. */
static void bind_that_cannot_look_binds_nobody(void **state) {
    (void)state;
    static const char *const words[] = {"take", "poll", "alarm"};
    s = fake_connected(0);
    fake_data_arrives(fake_of(&s));
    create();
    for (size_t i = 0; i < COUNT_OF(words); i++) {
        fake_fail(words[i], FAKE_ENOBUFS, 1);
        assert_anysock(ANYSOCK_ENOBUFS, anysock_event_bind(event, &s, ANYSOCK_READABLE));
        assert_int_equal(FAKE_ENOBUFS, anysock_native_error());
        assert_false(fake_of(&s)->selected);
        assert_false(fake_of(&s)->kernel_nonblocking);
        assert_anysock(ANYSOCK_EINVAL, anysock_event_which(event, &events));
    }
    assert_anysock(ANYSOCK_OK, anysock_event_bind(event, &s, ANYSOCK_READABLE));
}

static void bind_over_a_foreign_selection_is_busy(void **state) {
    (void)state;
    s = fake_connected(ANYSOCK_NONBLOCK);
    create();
    fake_of(&s)->selected = true; /* WSAEventSelect behind our back */
    assert_anysock(ANYSOCK_EBUSY, anysock_event_bind(event, &s, ANYSOCK_READABLE));
    assert_int_equal(FAKE_EINVAL, anysock_native_error());
    assert_string_equal("select", fake_trace());
    assert_true(fake_of(&s)->selected);
    assert_anysock(ANYSOCK_EINVAL, anysock_event_which(event, &events));
    fake_of(&s)->selected = false;
    assert_anysock(ANYSOCK_OK, anysock_event_bind(event, &s, ANYSOCK_READABLE));
}

/* Its descriptor cannot be made blocking again; the socket is so all the same. */
static void blocking_socket_under_a_foreign_selection_stays_blocking(void **state) {
    (void)state;
    s = fake_connected(0);
    create();
    fake_of(&s)->selected = true;
    fake_of(&s)->kernel_nonblocking = true;
    assert_anysock(ANYSOCK_EBUSY, anysock_event_bind(event, &s, ANYSOCK_READABLE));
    assert_true(anysock_is_blocking(&s));
    assert_true(fake_of(&s)->kernel_nonblocking);
}

static void bind_that_fails_keeps_its_number(void **state) {
    (void)state;
    s = fake_connected(0);
    create();
    fake_fail("select", FAKE_ENOBUFS, 1);
    fake_fail("blocking", FAKE_ENETDOWN, 1);
    assert_anysock(ANYSOCK_ENOBUFS, anysock_event_bind(event, &s, ANYSOCK_READABLE));
    assert_int_equal(FAKE_ENOBUFS, anysock_native_error());
}

static void bind_without_control_binds_nobody(void **state) {
    (void)state;
    s = fake_connected(0);
    create();
    fake_fail("nonblocking", FAKE_ENETDOWN, 1);
    assert_anysock(ANYSOCK_ENETDOWN, anysock_event_bind(event, &s, ANYSOCK_READABLE));
    assert_int_equal(FAKE_ENETDOWN, anysock_native_error());
    assert_string_equal("nonblocking", fake_trace());
    assert_anysock(ANYSOCK_EINVAL, anysock_event_which(event, &events));
}

static void unbind_of_an_unbound_socket_succeeds(void **state) {
    (void)state;
    s = fake_connected(0);
    assert_anysock(ANYSOCK_OK, anysock_event_unbind(&s));
    assert_string_equal("", fake_trace());
}

static void unbind_checks_its_argument(void **state) {
    (void)state;
    assert_refusal(ANYSOCK_EFAULT, anysock_event_unbind(NULL));
    assert_refusal(ANYSOCK_EBADF, anysock_event_unbind(&s));
}

static void unbind_frees_both(void **state) {
    (void)state;
    s = fake_connected(ANYSOCK_NONBLOCK);
    bind_for(ANYSOCK_READABLE);
    assert_anysock(ANYSOCK_OK, anysock_event_unbind(&s));
    assert_string_equal("unselect", fake_trace());
    assert_refusal(ANYSOCK_EINVAL, anysock_event_which(event, &events));
    assert_anysock(ANYSOCK_OK, anysock_event_bind(event, &s, ANYSOCK_WRITABLE));
}

static void unbind_that_fails_frees_both(void **state) {
    (void)state;
    s = fake_connected(ANYSOCK_NONBLOCK);
    bind_for(ANYSOCK_READABLE);
    fake_fail("unselect", FAKE_ENOBUFS, 1);
    assert_anysock(ANYSOCK_ENOBUFS, anysock_event_unbind(&s));
    assert_anysock(ANYSOCK_EINVAL, anysock_event_which(event, &events));
    assert_anysock(ANYSOCK_OK, anysock_event_unbind(&s));
}

static void unbind_that_fails_keeps_its_number(void **state) {
    (void)state;
    s = fake_connected(0);
    bind_for(ANYSOCK_READABLE);
    fake_fail("unselect", FAKE_ENOBUFS, 1); /* so that "blocking" is refused as well */
    assert_anysock(ANYSOCK_ENOBUFS, anysock_event_unbind(&s));
    assert_int_equal(FAKE_ENOBUFS, anysock_native_error());
}

static void unbind_reports_a_mode_that_cannot_be_restored(void **state) {
    (void)state;
    s = fake_connected(0);
    bind_for(ANYSOCK_READABLE);
    fake_fail("blocking", FAKE_ENETDOWN, 1);
    assert_anysock(ANYSOCK_ENETDOWN, anysock_event_unbind(&s));
    assert_string_equal("unselect blocking", fake_trace());
    assert_anysock(ANYSOCK_EINVAL, anysock_event_which(event, &events));
}

static void close_unbinds_first(void **state) {
    (void)state;
    s = fake_connected(0);
    bind_for(ANYSOCK_READABLE);
    assert_anysock(ANYSOCK_OK, anysock_close(&s));
    assert_string_equal("unselect close", fake_trace());
    assert_anysock(ANYSOCK_EINVAL, anysock_event_which(event, &events));
}

static void abort_unbinds_first(void **state) {
    (void)state;
    s = fake_connected(0);
    bind_for(ANYSOCK_READABLE);
    assert_anysock(ANYSOCK_OK, anysock_abort(&s));
    assert_string_equal("unselect abort", fake_trace());
}

static void close_succeeds_when_unbinding_fails(void **state) {
    (void)state;
    s = fake_connected(0);
    bind_for(ANYSOCK_READABLE);
    fake_fail("unselect", FAKE_ENOBUFS, 1);
    assert_anysock(ANYSOCK_OK, anysock_close(&s));
    assert_string_equal("unselect close", fake_trace());
    assert_anysock(ANYSOCK_OK, anysock_event_destroy(event));
    event = NULL;
}

/* --- which --- */

static void which_checks_its_arguments_in_order(void **state) {
    (void)state;
    create();
    assert_refusal(ANYSOCK_EFAULT, anysock_event_which(event, NULL));
    assert_refusal(ANYSOCK_EFAULT, anysock_event_which(NULL, &events));
    assert_int_equal(0, events);
    events = 99;
    assert_refusal(ANYSOCK_EINVAL, anysock_event_which(event, &events));
    assert_int_equal(0, events);
    assert_string_equal("", fake_trace());
}

static void which_tells_what_is_wanted(void **state) {
    (void)state;
    s = fake_connected(0);
    bind_for(ANYSOCK_READABLE);
    assert_anysock(ANYSOCK_OK, anysock_event_which(event, &events));
    assert_int_equal(0, events);
    fake_data_arrives(fake_of(&s));
    assert_anysock(ANYSOCK_OK, anysock_event_which(event, &events));
    assert_int_equal(ANYSOCK_READABLE, events);
}

static void which_renews_the_signal(void **state) {
    (void)state;
    s = fake_connected(0);
    bind_for(ANYSOCK_READABLE);
    fake.signalled = true;
    assert_anysock(ANYSOCK_OK, anysock_event_which(event, &events));
    assert_false(fake.signalled);
    fake_data_arrives(fake_of(&s));
    assert_anysock(ANYSOCK_OK, anysock_event_which(event, &events));
    assert_true(fake.signalled);
}

static void which_drops_what_nobody_wanted(void **state) {
    (void)state;
    s = fake_connected(0);
    bind_for(ANYSOCK_READABLE);
    fake_of(&s)->seen = ANYSOCK_WRITABLE;
    assert_anysock(ANYSOCK_OK, anysock_event_which(event, &events));
    assert_int_equal(0, events);
}

static void error_brings_what_is_wanted(void **state) {
    (void)state;
    s = fake_connected(0);
    bind_for(ANYSOCK_READABLE);
    fake_of(&s)->error = FAKE_ECONNRESET;
    assert_anysock(ANYSOCK_OK, anysock_event_which(event, &events));
    assert_int_equal(ANYSOCK_READABLE | ANYSOCK_ERROR, events);
}

static void which_reports_a_failure_of_the_system(void **state) {
    (void)state;
    s = fake_connected(0);
    bind_for(ANYSOCK_WRITABLE);
    fake_fail("take", FAKE_ENOBUFS, 1);
    assert_anysock(ANYSOCK_ENOBUFS, anysock_event_which(event, &events));
    assert_int_equal(0, events);
    assert_int_equal(FAKE_ENOBUFS, anysock_native_error());
    assert_anysock(ANYSOCK_OK, anysock_event_which(event, &events)); /* still bound */
    assert_int_equal(ANYSOCK_WRITABLE, events);
}

static void connect_that_ends_is_seen(void **state) {
    (void)state;
    s = fake_connecting();
    bind_for(ANYSOCK_WRITABLE);
    assert_anysock(ANYSOCK_OK, anysock_event_which(event, &events));
    assert_int_equal(0, events);
    fake_later(20, fake_connect_fails, &s);
    assert_anysock(ANYSOCK_OK, anysock_event_wait(event, 30, &events));
    assert_int_equal(ANYSOCK_WRITABLE | ANYSOCK_ERROR, events);
    assert_anysock(ANYSOCK_ECONNREFUSED, anysock_connect_result(&s));
}

/* --- wait --- */

static void wait_checks_its_arguments_in_order(void **state) {
    (void)state;
    create();
    assert_refusal(ANYSOCK_EFAULT, anysock_event_wait(event, 0, NULL));
    assert_refusal(ANYSOCK_EFAULT, anysock_event_wait(NULL, 0, &events));
    assert_int_equal(0, events);
    events = 99;
    assert_refusal(ANYSOCK_EINVAL, anysock_event_wait(event, 0, &events));
    assert_int_equal(0, events);
    assert_string_equal("", fake_trace());
}

static void wait_refuses_a_bad_time_and_gives_nothing(void **state) {
    (void)state;
    static const int bad_ms[] = {-2, INT_MIN, INT_MAX};
    s = fake_connected(0);
    bind_for(ANYSOCK_WRITABLE); /* there would be something */
    for (size_t i = 0; i < COUNT_OF(bad_ms); i++) {
        events = 99;
        assert_refusal(ANYSOCK_EINVAL, anysock_event_wait(event, bad_ms[i], &events));
        assert_int_equal(0, events);
    }
}

static void wait_returns_at_once_what_is_there(void **state) {
    (void)state;
    s = fake_connected(0);
    bind_for(BOTH);
    assert_anysock(ANYSOCK_OK, anysock_event_wait(event, ANYSOCK_FOREVER, &events));
    assert_int_equal(ANYSOCK_WRITABLE, events);
    assert_string_equal("take poll alarm", fake_trace());
}

static void wait_ends_when_something_happens(void **state) {
    (void)state;
    s = fake_connected(0);
    bind_for(ANYSOCK_READABLE);
    fake_later(20, fake_data_arrives, &s);
    assert_anysock(ANYSOCK_OK, anysock_event_wait(event, ANYSOCK_FOREVER, &events));
    assert_int_equal(ANYSOCK_READABLE, events);
    assert_string_equal("take poll await take poll alarm", fake_trace());
    assert_int_equal(20, fake_elapsed_ms());
}

static void wait_lasts_exactly_its_time(void **state) {
    (void)state;
    s = fake_connected(0);
    bind_for(ANYSOCK_READABLE);
    assert_refusal(ANYSOCK_ETIMEDOUT, anysock_event_wait(event, 30, &events));
    assert_int_equal(30, fake_elapsed_ms());
    assert_int_equal(0, events);
}

static void wait_of_no_time_only_looks(void **state) {
    (void)state;
    s = fake_connected(0);
    bind_for(ANYSOCK_READABLE);
    assert_anysock(ANYSOCK_ETIMEDOUT, anysock_event_wait(event, 0, &events));
    assert_string_equal("take poll", fake_trace());
    assert_int_equal(0, fake_elapsed_ms());
}

static void false_alarms_are_waited_out(void **state) {
    (void)state;
    s = fake_connected(0);
    bind_for(ANYSOCK_READABLE);
    fake.signalled = true;
    fake_later(10, false_alarm, &s);
    fake_later(20, false_alarm, &s);
    assert_anysock(ANYSOCK_ETIMEDOUT, anysock_event_wait(event, 30, &events));
    assert_string_equal("take poll await take poll await take poll await take poll", fake_trace());
    assert_int_equal(30, fake_elapsed_ms());
}

static void signals_of_the_system_are_waited_out(void **state) {
    (void)state;
    s = fake_connected(0);
    bind_for(ANYSOCK_READABLE);
    fake_fail("await", FAKE_EINTR, 2);
    assert_anysock(ANYSOCK_ETIMEDOUT, anysock_event_wait(event, 30, &events));
    assert_int_equal(30, fake_elapsed_ms());
    fake_fail("await", FAKE_EINTR, 1);
    fake_later(20, fake_data_arrives, &s);
    assert_anysock(ANYSOCK_OK, anysock_event_wait(event, 30, &events));
    assert_int_equal(50, fake_elapsed_ms());
}

static void wait_reports_a_failure_of_the_system(void **state) {
    (void)state;
    static const char *const words[] = {"await", "take", "poll"};
    s = fake_connected(0);
    bind_for(ANYSOCK_READABLE);
    for (size_t i = 0; i < COUNT_OF(words); i++) {
        events = 99;
        fake_fail(words[i], FAKE_ENOBUFS, 1);
        assert_anysock(ANYSOCK_ENOBUFS, anysock_event_wait(event, 30, &events));
        assert_int_equal(FAKE_ENOBUFS, anysock_native_error());
        assert_int_equal(0, events);
    }
}

static void event_has_a_native_handle(void **state) {
    (void)state;
    anysock_waitable made;
    create();
    memset(&made, 0, sizeof made); /* as the fake makes it */
    assert_true(anysock_event_native(event) == made);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(create_and_destroy_balance),
        TEST(create_wants_a_place),
        TEST(create_reports_a_failed_startup),
        TEST(create_that_fails_gives_null),
        TEST(destroy_of_null_does_nothing),
        TEST(destroy_while_bound_is_refused),
        TEST(bind_checks_its_arguments_in_order),
        TEST(event_takes_one_socket),
        TEST(socket_takes_one_event),
        TEST(bind_signals_what_is_there_already),
        TEST(bind_that_fails_restores_the_mode),
        TEST(bind_that_fails_binds_nobody),
        TEST(bind_that_cannot_look_binds_nobody),
        TEST(bind_over_a_foreign_selection_is_busy),
        TEST(blocking_socket_under_a_foreign_selection_stays_blocking),
        TEST(bind_that_fails_keeps_its_number),
        TEST(bind_without_control_binds_nobody),
        TEST(unbind_of_an_unbound_socket_succeeds),
        TEST(unbind_checks_its_argument),
        TEST(unbind_frees_both),
        TEST(unbind_that_fails_frees_both),
        TEST(unbind_that_fails_keeps_its_number),
        TEST(unbind_reports_a_mode_that_cannot_be_restored),
        TEST(close_unbinds_first),
        TEST(abort_unbinds_first),
        TEST(close_succeeds_when_unbinding_fails),
        TEST(which_checks_its_arguments_in_order),
        TEST(which_tells_what_is_wanted),
        TEST(which_renews_the_signal),
        TEST(which_drops_what_nobody_wanted),
        TEST(error_brings_what_is_wanted),
        TEST(which_reports_a_failure_of_the_system),
        TEST(connect_that_ends_is_seen),
        TEST(wait_checks_its_arguments_in_order),
        TEST(wait_refuses_a_bad_time_and_gives_nothing),
        TEST(wait_returns_at_once_what_is_there),
        TEST(wait_ends_when_something_happens),
        TEST(wait_lasts_exactly_its_time),
        TEST(wait_of_no_time_only_looks),
        TEST(false_alarms_are_waited_out),
        TEST(signals_of_the_system_are_waited_out),
        TEST(wait_reports_a_failure_of_the_system),
        TEST(event_has_a_native_handle),
    };
    return cmocka_run_group_tests_name("event", tests, NULL, NULL);
}
