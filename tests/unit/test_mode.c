/*
 * Every row of the mode machine on the fake port, which has Winsock's rules. The tests are named
 * after the rows of src/mode.c; tests/mutate_mode.sh breaks each row and expects its test to fail.
 */
#include "check.h"
#include "fake_port.h"

static char buffer[16];
static size_t count;

static bool kernel_nonblocking(const struct anysock *s) {
    return fake_of(s)->kernel_nonblocking;
}

/* --- initial modes --- */

static void open_is_blocking_in_the_kernel_too(void **state) {
    (void)state;
    struct anysock s = fake_fresh(0);
    assert_true(anysock_is_blocking(&s));
    assert_false(kernel_nonblocking(&s));
    assert_anysock(ANYSOCK_OK, anysock_close(&s));
}

static void open_nonblocking_needs_no_further_call(void **state) {
    (void)state;
    struct anysock s;
    assert_anysock(ANYSOCK_OK, anysock_open(ANYSOCK_INET, ANYSOCK_STREAM, ANYSOCK_NONBLOCK, &s));
    assert_string_equal("startup open", fake_trace());
    assert_false(anysock_is_blocking(&s));
    assert_true(kernel_nonblocking(&s));
    assert_anysock(ANYSOCK_OK, anysock_close(&s));
}

static void accepted_socket_has_the_mode_asked_for(void **state) {
    (void)state;
    for (unsigned listener_flag = 0; listener_flag < 2; listener_flag++) {
        for (unsigned flag = 0; flag < 2; flag++) {
            struct anysock listener = fake_listener(listener_flag), child;
            fake_client_arrives(fake_of(&listener));
            assert_anysock(ANYSOCK_OK, anysock_accept(&listener, flag, &child, NULL));
            assert_string_equal("accept", fake_trace());
            assert_int_equal(flag == 0, anysock_is_blocking(&child));
            assert_int_equal(flag != 0, kernel_nonblocking(&child));
            assert_anysock(ANYSOCK_OK, anysock_close(&child));
            assert_anysock(ANYSOCK_OK, anysock_close(&listener));
        }
    }
}

static void adopted_blocking_is_believed(void **state) {
    (void)state;
    struct anysock s = fake_connected(0), again;
    anysock_native native;
    assert_anysock(ANYSOCK_OK, anysock_release(&s, &native));
    assert_string_equal("", fake_trace());
    assert_anysock(ANYSOCK_OK, anysock_adopt(native, 0, &again));
    assert_string_equal("startup describe", fake_trace());
    assert_true(anysock_is_blocking(&again));
    assert_anysock(ANYSOCK_OK, anysock_close(&again));
}

static void adopted_nonblocking_is_made_so(void **state) {
    (void)state;
    struct anysock s = fake_connected(0), again;
    anysock_native native;
    assert_anysock(ANYSOCK_OK, anysock_release(&s, &native));
    assert_anysock(ANYSOCK_OK, anysock_adopt(native, ANYSOCK_NONBLOCK, &again));
    assert_string_equal("startup describe nonblocking", fake_trace());
    assert_false(anysock_is_blocking(&again));
    assert_true(kernel_nonblocking(&again));
    assert_anysock(ANYSOCK_OK, anysock_close(&again));
}

/* --- the caller sets the mode --- */

static void set_nonblocking_is_immediate(void **state) {
    (void)state;
    struct anysock s = fake_connected(0);
    assert_anysock(ANYSOCK_OK, anysock_set_blocking(&s, false));
    assert_string_equal("nonblocking", fake_trace());
    assert_false(anysock_is_blocking(&s));
    assert_true(kernel_nonblocking(&s));
    assert_anysock(ANYSOCK_EAGAIN, anysock_recv(&s, buffer, 5, 0, &count));
    assert_anysock(ANYSOCK_OK, anysock_close(&s));
}

/* Setting the mode is what makes it ours again. */
static void set_nonblocking_makes_sure(void **state) {
    (void)state;
    struct anysock s = fake_connected(0);
    fake_of(&s)->kernel_nonblocking = true;
    fake_later(20, fake_data_arrives, &s);
    assert_anysock(ANYSOCK_OK, anysock_recv(&s, buffer, 5, 0, &count));
    assert_anysock(ANYSOCK_OK, anysock_set_timeout(&s, ANYSOCK_TIMEOUT_RECV, 30));
    assert_anysock(ANYSOCK_ETIMEDOUT, anysock_recv(&s, buffer, 5, 0, &count));
    fake_of(&s)->kernel_nonblocking = false; /* they are done with it */
    (void)fake_trace();
    assert_anysock(ANYSOCK_OK, anysock_set_blocking(&s, false));
    assert_string_equal("nonblocking", fake_trace());
    assert_anysock(ANYSOCK_EAGAIN, anysock_recv(&s, buffer, 5, 0, &count));
    assert_string_equal("recv", fake_trace());
    /* It is ours again, and goes back with the last time-out. */
    assert_anysock(ANYSOCK_OK, anysock_set_blocking(&s, true));
    assert_string_equal("", fake_trace());
    assert_anysock(ANYSOCK_OK, anysock_set_timeout(&s, ANYSOCK_TIMEOUT_RECV, ANYSOCK_FOREVER));
    assert_string_equal("blocking", fake_trace());
    assert_anysock(ANYSOCK_OK, anysock_close(&s));
}

static void set_nonblocking_while_kernel_is(void **state) {
    (void)state;
    struct anysock s = fake_connected(ANYSOCK_NONBLOCK);
    assert_anysock(ANYSOCK_OK, anysock_set_blocking(&s, false));
    assert_string_equal("", fake_trace());
    /* Also when it is so for another reason: a timed call took control. */
    assert_anysock(ANYSOCK_OK, anysock_set_blocking(&s, true));
    assert_anysock(ANYSOCK_OK, anysock_set_timeout(&s, ANYSOCK_TIMEOUT_RECV, 5));
    assert_anysock(ANYSOCK_ETIMEDOUT, anysock_recv(&s, buffer, 5, 0, &count));
    (void)fake_trace();
    assert_anysock(ANYSOCK_OK, anysock_set_blocking(&s, false));
    assert_string_equal("", fake_trace());
    assert_false(anysock_is_blocking(&s));
    assert_anysock(ANYSOCK_OK, anysock_close(&s));
}

static void set_blocking_restores_the_kernel(void **state) {
    (void)state;
    struct anysock s = fake_connected(ANYSOCK_NONBLOCK);
    assert_anysock(ANYSOCK_OK, anysock_set_blocking(&s, true));
    assert_string_equal("blocking", fake_trace());
    assert_true(anysock_is_blocking(&s));
    assert_false(kernel_nonblocking(&s));
    /* One system call for a blocking receive. */
    fake_later(20, fake_data_arrives, &s);
    assert_anysock(ANYSOCK_OK, anysock_recv(&s, buffer, 5, 0, &count));
    assert_string_equal("recv", fake_trace());
    assert_anysock(ANYSOCK_OK, anysock_close(&s));
}

static void set_blocking_while_kernel_is(void **state) {
    (void)state;
    struct anysock s = fake_connected(0);
    assert_anysock(ANYSOCK_OK, anysock_set_blocking(&s, true));
    assert_string_equal("", fake_trace());
    assert_anysock(ANYSOCK_OK, anysock_close(&s));
}

static void set_blocking_while_timed(void **state) {
    (void)state;
    struct anysock s = fake_connected(ANYSOCK_NONBLOCK);
    assert_anysock(ANYSOCK_OK, anysock_set_timeout(&s, ANYSOCK_TIMEOUT_RECV, 10));
    assert_anysock(ANYSOCK_OK, anysock_set_blocking(&s, true));
    assert_string_equal("", fake_trace());
    assert_true(anysock_is_blocking(&s));
    assert_true(kernel_nonblocking(&s));
    assert_anysock(ANYSOCK_ETIMEDOUT, anysock_recv(&s, buffer, 5, 0, &count));
    assert_anysock(ANYSOCK_OK, anysock_close(&s));
}

static void set_blocking_while_bound(void **state) {
    (void)state;
    struct anysock s = fake_connected(ANYSOCK_NONBLOCK);
    struct anysock_event *event;
    assert_anysock(ANYSOCK_OK, anysock_event_create(&event));
    assert_anysock(ANYSOCK_OK, anysock_event_bind(event, &s, ANYSOCK_READABLE));
    (void)fake_trace();
    assert_anysock(ANYSOCK_OK, anysock_set_blocking(&s, true));
    assert_string_equal("", fake_trace()); /* FIONBIO 0 would be WSAEINVAL */
    assert_true(anysock_is_blocking(&s));
    fake_later(20, fake_data_arrives, &s);
    assert_anysock(ANYSOCK_OK, anysock_recv(&s, buffer, 5, 0, &count));
    assert_string_equal("recv poll recv", fake_trace());
    assert_anysock(ANYSOCK_OK, anysock_close(&s));
    assert_anysock(ANYSOCK_OK, anysock_event_destroy(event));
}

static void set_blocking_reports_what_is_no_refusal(void **state) {
    (void)state;
    struct anysock s = fake_connected(ANYSOCK_NONBLOCK);
    fake_fail("blocking", FAKE_ENETDOWN, 1);
    assert_anysock(ANYSOCK_ENETDOWN, anysock_set_blocking(&s, true));
    assert_int_equal(FAKE_ENETDOWN, anysock_native_error());
    assert_false(anysock_is_blocking(&s)); /* nothing has changed */
    assert_anysock(ANYSOCK_OK, anysock_close(&s));
}

/* --- deadlines take control --- */

static void control_is_taken_by_the_first_timed_call(void **state) {
    (void)state;
    struct anysock s = fake_connected(0);
    assert_anysock(ANYSOCK_OK, anysock_set_timeout(&s, ANYSOCK_TIMEOUT_RECV, 30));
    assert_string_equal("", fake_trace());
    assert_false(kernel_nonblocking(&s));
    assert_anysock(ANYSOCK_ETIMEDOUT, anysock_recv(&s, buffer, 5, 0, &count));
    assert_string_equal("nonblocking recv poll", fake_trace());
    assert_true(anysock_is_blocking(&s));
    assert_anysock(ANYSOCK_ETIMEDOUT, anysock_recv(&s, buffer, 5, 0, &count));
    assert_string_equal("recv poll", fake_trace()); /* and not by the second */
    assert_anysock(ANYSOCK_OK, anysock_close(&s));
}

static void control_is_taken_once(void **state) {
    (void)state;
    struct anysock s = fake_connected(0);
    assert_anysock(ANYSOCK_OK, anysock_set_timeout(&s, ANYSOCK_TIMEOUT_RECV, 30));
    assert_anysock(ANYSOCK_ETIMEDOUT, anysock_recv(&s, buffer, 5, 0, &count));
    (void)fake_trace();
    assert_anysock(ANYSOCK_ETIMEDOUT, anysock_recv(&s, buffer, 5, 0, &count));
    assert_string_equal("recv poll", fake_trace());
    assert_int_equal(1, anysock_mode(&s, MODE_WANT_CONTROL) == ANYSOCK_OK);
    assert_string_equal("", fake_trace());
    assert_anysock(ANYSOCK_OK, anysock_close(&s));
}

static void control_that_fails_fails_the_call(void **state) {
    (void)state;
    struct anysock s = fake_connected(0);
    assert_anysock(ANYSOCK_OK, anysock_set_timeout(&s, ANYSOCK_TIMEOUT_RECV, 30));
    fake_fail("nonblocking", FAKE_ENETDOWN, 1);
    assert_anysock(ANYSOCK_ENETDOWN, anysock_recv(&s, buffer, 5, 0, &count));
    assert_string_equal("nonblocking", fake_trace());
    assert_anysock(ANYSOCK_OK, anysock_close(&s));
}

static void no_wait_takes_control_where_calls_have_no_flag(void **state) {
    (void)state;
    struct anysock s = fake_connected(0);
    assert_anysock(ANYSOCK_EAGAIN, anysock_recv(&s, buffer, 5, ANYSOCK_NO_WAIT, &count));
    assert_string_equal("nonblocking recv", fake_trace());
    assert_true(anysock_is_blocking(&s));
    assert_anysock(ANYSOCK_OK, anysock_close(&s));
}

/* What another thread does meanwhile, and how that ends. */
static int other_code;
static size_t other_count;

static void receive_meanwhile(struct anysock *s) {
    char other[16];
    fake_later(20, fake_data_arrives, s);
    other_code = anysock_recv(s, other, 5, 0, &other_count);
}

static void send_meanwhile(struct anysock *s) {
    fake_later(20, fake_room_appears, s);
    other_code = anysock_send(s, "0123456789", 10, 0, &other_count);
}

/* The kernel mode is one for all: a call that waits must not turn it back. */
static void no_wait_does_not_wait_beside_a_receive_that_does(void **state) {
    (void)state;
    struct anysock s = fake_connected(0);
    fake_meanwhile("recv", receive_meanwhile, &s);
    assert_anysock(ANYSOCK_EAGAIN, anysock_recv(&s, buffer, 5, ANYSOCK_NO_WAIT, &count));
    assert_string_equal("nonblocking recv recv poll recv", fake_trace());
    assert_anysock(ANYSOCK_OK, other_code);
    assert_int_equal(5, other_count);
    assert_anysock(ANYSOCK_OK, anysock_close(&s));
}

static void no_wait_does_not_wait_beside_a_send_that_does(void **state) {
    (void)state;
    struct anysock s = fake_connected(0);
    fake_of(&s)->room = 0;
    fake_meanwhile("send", send_meanwhile, &s);
    assert_anysock(ANYSOCK_EAGAIN, anysock_send(&s, buffer, 5, ANYSOCK_NO_WAIT, &count));
    assert_string_equal("nonblocking send send poll send", fake_trace());
    assert_anysock(ANYSOCK_OK, other_code);
    assert_int_equal(10, other_count);
    assert_anysock(ANYSOCK_OK, anysock_close(&s));
}

static void receive_from_meanwhile(struct anysock *s) {
    char other[16];
    fake_later(20, fake_data_arrives, s);
    other_code = anysock_recv_from(s, other, 5, 0, NULL, NULL, &other_count);
}

static void no_wait_does_not_wait_beside_a_datagram_that_does(void **state) {
    (void)state;
    struct anysock s = fake_datagram(0);
    struct anysock_addr any;
    assert_anysock(ANYSOCK_OK, anysock_addr_any(ANYSOCK_INET, 0, &any));
    assert_anysock(ANYSOCK_OK, anysock_bind(&s, &any, ANYSOCK_BIND_CLIENT));
    fake_meanwhile("recv_from", receive_from_meanwhile, &s);
    assert_anysock(ANYSOCK_EAGAIN,
                   anysock_recv_from(&s, buffer, 5, ANYSOCK_NO_WAIT, NULL, NULL, &count));
    assert_anysock(ANYSOCK_OK, other_code);
    assert_int_equal(5, other_count);
    assert_anysock(ANYSOCK_OK, anysock_close(&s));
}

/* Also where the kernel is non-blocking from earlier calls with a time-out. */
static void no_wait_does_not_wait_after_the_timeouts(void **state) {
    (void)state;
    struct anysock s = fake_connected(0);
    assert_anysock(ANYSOCK_OK, anysock_set_timeout(&s, ANYSOCK_TIMEOUT_RECV, 30));
    assert_anysock(ANYSOCK_ETIMEDOUT, anysock_recv(&s, buffer, 5, 0, &count));
    assert_anysock(ANYSOCK_OK, anysock_set_timeout(&s, ANYSOCK_TIMEOUT_RECV, ANYSOCK_FOREVER));
    fake_meanwhile("recv", receive_meanwhile, &s);
    assert_anysock(ANYSOCK_EAGAIN, anysock_recv(&s, buffer, 5, ANYSOCK_NO_WAIT, &count));
    assert_anysock(ANYSOCK_OK, other_code);
    assert_anysock(ANYSOCK_OK, anysock_close(&s));
}

/* --- a blocking call without deadline meets "would block" --- */

static void would_block_under_control_waits(void **state) {
    (void)state;
    struct anysock s = fake_connected(0);
    assert_anysock(ANYSOCK_EAGAIN, anysock_recv(&s, buffer, 5, ANYSOCK_NO_WAIT, &count));
    (void)fake_trace();
    fake_later(20, fake_data_arrives, &s);
    assert_anysock(ANYSOCK_OK, anysock_recv(&s, buffer, 5, 0, &count));
    assert_string_equal("recv poll recv", fake_trace());
    assert_true(kernel_nonblocking(&s)); /* another thread may rely on it */
    /* The mode is still ours. */
    assert_anysock(ANYSOCK_OK, anysock_set_timeout(&s, ANYSOCK_TIMEOUT_RECV, ANYSOCK_FOREVER));
    assert_string_equal("blocking", fake_trace());
    assert_anysock(ANYSOCK_OK, anysock_close(&s));
}

static void would_block_while_bound_waits(void **state) {
    (void)state;
    struct anysock s = fake_connected(0);
    struct anysock_event *event;
    assert_anysock(ANYSOCK_OK, anysock_event_create(&event));
    assert_anysock(ANYSOCK_OK, anysock_event_bind(event, &s, ANYSOCK_READABLE));
    (void)fake_trace();
    fake_later(20, fake_data_arrives, &s);
    assert_anysock(ANYSOCK_OK, anysock_recv(&s, buffer, 5, 0, &count));
    assert_string_equal("recv poll recv", fake_trace());
    assert_anysock(ANYSOCK_OK, anysock_close(&s));
    assert_anysock(ANYSOCK_OK, anysock_event_destroy(event));
}

static void would_block_while_timed_waits(void **state) {
    (void)state;
    struct anysock s = fake_connected(0);
    fake_of(&s)->room = 0;
    assert_anysock(ANYSOCK_OK, anysock_set_timeout(&s, ANYSOCK_TIMEOUT_RECV, 30));
    assert_anysock(ANYSOCK_ETIMEDOUT, anysock_recv(&s, buffer, 5, 0, &count));
    (void)fake_trace();
    /* Sending has no time-out; giving control back would flip the mode at every call. */
    fake_later(20, fake_room_appears, &s);
    assert_anysock(ANYSOCK_OK, anysock_send(&s, buffer, 5, 0, &count));
    assert_string_equal("send poll send", fake_trace());
    assert_anysock(ANYSOCK_OK, anysock_close(&s));
}

static void would_block_by_a_foreign_hand_waits(void **state) {
    (void)state;
    struct anysock s = fake_connected(0);
    fake_of(&s)->kernel_nonblocking = true; /* ioctlsocket behind our back */
    fake_later(20, fake_data_arrives, &s);
    assert_anysock(ANYSOCK_OK, anysock_recv(&s, buffer, 5, 0, &count));
    assert_string_equal("recv poll recv", fake_trace());
    assert_true(kernel_nonblocking(&s)); /* it is theirs */
    assert_true(anysock_is_blocking(&s));
    /* And remains so, though a time-out takes control in between. */
    assert_anysock(ANYSOCK_OK, anysock_set_timeout(&s, ANYSOCK_TIMEOUT_RECV, 30));
    assert_anysock(ANYSOCK_ETIMEDOUT, anysock_recv(&s, buffer, 5, 0, &count));
    assert_anysock(ANYSOCK_OK, anysock_set_timeout(&s, ANYSOCK_TIMEOUT_RECV, ANYSOCK_FOREVER));
    (void)fake_trace();
    fake_later(20, fake_data_arrives, &s);
    assert_anysock(ANYSOCK_OK, anysock_recv(&s, buffer, 5, 0, &count));
    assert_string_equal("recv poll recv", fake_trace());
    assert_anysock(ANYSOCK_OK, anysock_close(&s));
}

static void would_block_after_a_foreign_hand_waits(void **state) {
    (void)state;
    struct anysock s = fake_connected(0);
    fake_of(&s)->kernel_nonblocking = true;
    fake_later(20, fake_data_arrives, &s);
    assert_anysock(ANYSOCK_OK, anysock_recv(&s, buffer, 5, 0, &count));
    /* A time-out in between takes control, but does not make the mode ours. */
    assert_anysock(ANYSOCK_OK, anysock_set_timeout(&s, ANYSOCK_TIMEOUT_RECV, 30));
    assert_anysock(ANYSOCK_ETIMEDOUT, anysock_recv(&s, buffer, 5, 0, &count));
    assert_anysock(ANYSOCK_OK, anysock_set_timeout(&s, ANYSOCK_TIMEOUT_RECV, ANYSOCK_FOREVER));
    (void)fake_trace();
    fake_later(20, fake_data_arrives, &s);
    assert_anysock(ANYSOCK_OK, anysock_recv(&s, buffer, 5, 0, &count));
    assert_string_equal("recv poll recv", fake_trace());
    assert_anysock(ANYSOCK_OK, anysock_close(&s));
}

static void refused_by_a_foreign_selection(void **state) {
    (void)state;
    struct anysock s = fake_connected(ANYSOCK_NONBLOCK);
    fake_of(&s)->selected = true; /* WSAEventSelect behind our back */
    assert_anysock(ANYSOCK_OK, anysock_set_blocking(&s, true));
    assert_string_equal("blocking", fake_trace());
    assert_true(anysock_is_blocking(&s));
    fake_later(20, fake_data_arrives, &s);
    assert_anysock(ANYSOCK_OK, anysock_recv(&s, buffer, 5, 0, &count));
    assert_string_equal("recv poll recv", fake_trace());
    /* When the selection is gone and the mode is set anew, the kernel blocks again. */
    fake_of(&s)->selected = false;
    assert_anysock(ANYSOCK_OK, anysock_set_blocking(&s, true));
    assert_string_equal("blocking", fake_trace());
    assert_false(kernel_nonblocking(&s));
    assert_anysock(ANYSOCK_OK, anysock_close(&s));
}

/* --- the last time-out is taken away --- */

static void the_last_timeout_restores_blocking(void **state) {
    (void)state;
    struct anysock s = fake_connected(0);
    assert_anysock(ANYSOCK_OK, anysock_set_timeout(&s, ANYSOCK_TIMEOUT_RECV, 30));
    assert_anysock(ANYSOCK_OK, anysock_set_timeout(&s, ANYSOCK_TIMEOUT_SEND, 30));
    assert_anysock(ANYSOCK_ETIMEDOUT, anysock_recv(&s, buffer, 5, 0, &count));
    (void)fake_trace();
    assert_anysock(ANYSOCK_OK, anysock_set_timeout(&s, ANYSOCK_TIMEOUT_RECV, ANYSOCK_FOREVER));
    assert_string_equal("", fake_trace()); /* there is another */
    assert_anysock(ANYSOCK_OK, anysock_set_timeout(&s, ANYSOCK_TIMEOUT_SEND, ANYSOCK_FOREVER));
    assert_string_equal("blocking", fake_trace());
    assert_false(kernel_nonblocking(&s));
    fake_later(20, fake_data_arrives, &s);
    assert_anysock(ANYSOCK_OK, anysock_recv(&s, buffer, 5, 0, &count));
    assert_string_equal("recv", fake_trace());
    assert_int_equal(5, count);
    /* The machine knows: the next one takes control again. */
    assert_anysock(ANYSOCK_OK, anysock_set_timeout(&s, ANYSOCK_TIMEOUT_RECV, 30));
    assert_anysock(ANYSOCK_ETIMEDOUT, anysock_recv(&s, buffer, 5, 0, &count));
    assert_string_equal("nonblocking recv poll", fake_trace());
    assert_anysock(ANYSOCK_OK, anysock_close(&s));
}

static void the_last_timeout_keeps_control_while_bound(void **state) {
    (void)state;
    struct anysock s = fake_connected(0);
    struct anysock_event *event;
    assert_anysock(ANYSOCK_OK, anysock_event_create(&event));
    assert_anysock(ANYSOCK_OK, anysock_event_bind(event, &s, ANYSOCK_READABLE));
    assert_anysock(ANYSOCK_OK, anysock_set_timeout(&s, ANYSOCK_TIMEOUT_RECV, 30));
    (void)fake_trace();
    assert_anysock(ANYSOCK_OK, anysock_set_timeout(&s, ANYSOCK_TIMEOUT_RECV, ANYSOCK_FOREVER));
    assert_string_equal("", fake_trace()); /* FIONBIO 0 would be WSAEINVAL */
    assert_anysock(ANYSOCK_OK, anysock_event_unbind(&s));
    assert_string_equal("unselect blocking", fake_trace());
    assert_anysock(ANYSOCK_OK, anysock_close(&s));
    assert_anysock(ANYSOCK_OK, anysock_event_destroy(event));
}

static void control_that_was_not_taken_is_not_given_back(void **state) {
    (void)state;
    struct anysock s = fake_connected(0);
    assert_anysock(ANYSOCK_OK, anysock_set_timeout(&s, ANYSOCK_TIMEOUT_RECV, 30));
    assert_anysock(ANYSOCK_OK, anysock_set_timeout(&s, ANYSOCK_TIMEOUT_RECV, ANYSOCK_FOREVER));
    assert_string_equal("", fake_trace());
    assert_anysock(ANYSOCK_OK, anysock_close(&s));
}

static void refused_when_the_last_timeout_goes(void **state) {
    (void)state;
    struct anysock s = fake_connected(0);
    assert_anysock(ANYSOCK_OK, anysock_set_timeout(&s, ANYSOCK_TIMEOUT_RECV, 30));
    assert_anysock(ANYSOCK_ETIMEDOUT, anysock_recv(&s, buffer, 5, 0, &count));
    fake_of(&s)->selected = true;
    (void)fake_trace();
    assert_anysock(ANYSOCK_OK, anysock_set_timeout(&s, ANYSOCK_TIMEOUT_RECV, ANYSOCK_FOREVER));
    assert_string_equal("blocking", fake_trace());
    fake_later(20, fake_data_arrives, &s);
    assert_anysock(ANYSOCK_OK, anysock_recv(&s, buffer, 5, 0, &count));
    assert_string_equal("recv poll recv", fake_trace());
    assert_anysock(ANYSOCK_OK, anysock_close(&s));
}

static void a_kernel_that_stays_nonblocking_does_not_break_blocking_calls(void **state) {
    (void)state;
    struct anysock s = fake_connected(0);
    assert_anysock(ANYSOCK_OK, anysock_set_timeout(&s, ANYSOCK_TIMEOUT_RECV, 30));
    assert_anysock(ANYSOCK_ETIMEDOUT, anysock_recv(&s, buffer, 5, 0, &count));
    fake_fail("blocking", FAKE_ENETDOWN, 1);
    assert_anysock(ANYSOCK_OK, anysock_set_timeout(&s, ANYSOCK_TIMEOUT_RECV, ANYSOCK_FOREVER));
    fake_later(20, fake_data_arrives, &s);
    assert_anysock(ANYSOCK_OK, anysock_recv(&s, buffer, 5, 0, &count));
    assert_int_equal(5, count);
    assert_anysock(ANYSOCK_OK, anysock_close(&s));
}

/* --- events --- */

static void binding_forces_the_kernel(void **state) {
    (void)state;
    struct anysock s = fake_connected(0);
    struct anysock_event *event;
    assert_anysock(ANYSOCK_OK, anysock_event_create(&event));
    (void)fake_trace();
    assert_anysock(ANYSOCK_OK, anysock_event_bind(event, &s, ANYSOCK_READABLE));
    assert_string_equal("nonblocking select take poll", fake_trace());
    assert_true(anysock_is_blocking(&s));
    /* The machine knows both: what the kernel is, and that it must stay so. */
    assert_anysock(ANYSOCK_OK, anysock_set_blocking(&s, false));
    assert_anysock(ANYSOCK_OK, anysock_set_blocking(&s, true));
    assert_string_equal("", fake_trace());
    assert_anysock(ANYSOCK_OK, anysock_close(&s));
    assert_anysock(ANYSOCK_OK, anysock_event_destroy(event));
}

static void binding_keeps_a_nonblocking_kernel(void **state) {
    (void)state;
    struct anysock s = fake_connected(ANYSOCK_NONBLOCK);
    struct anysock_event *event;
    assert_anysock(ANYSOCK_OK, anysock_event_create(&event));
    (void)fake_trace();
    assert_anysock(ANYSOCK_OK, anysock_event_bind(event, &s, ANYSOCK_READABLE));
    assert_string_equal("select take poll", fake_trace());
    /* Bound all the same: "blocking" must not be tried. */
    assert_anysock(ANYSOCK_OK, anysock_set_blocking(&s, true));
    assert_string_equal("", fake_trace());
    assert_anysock(ANYSOCK_OK, anysock_close(&s));
    assert_anysock(ANYSOCK_OK, anysock_event_destroy(event));
}

static void unbind_restores_blocking(void **state) {
    (void)state;
    struct anysock s = fake_connected(0);
    struct anysock_event *event;
    assert_anysock(ANYSOCK_OK, anysock_event_create(&event));
    assert_anysock(ANYSOCK_OK, anysock_event_bind(event, &s, ANYSOCK_READABLE));
    (void)fake_trace();
    assert_anysock(ANYSOCK_OK, anysock_event_unbind(&s));
    assert_string_equal("unselect blocking", fake_trace()); /* in this order */
    assert_false(kernel_nonblocking(&s));
    /* The machine knows both: nothing is bound, and the kernel blocks. */
    assert_anysock(ANYSOCK_OK, anysock_set_blocking(&s, false));
    assert_anysock(ANYSOCK_OK, anysock_set_blocking(&s, true));
    assert_string_equal("nonblocking blocking", fake_trace());
    fake_later(20, fake_data_arrives, &s);
    assert_anysock(ANYSOCK_OK, anysock_recv(&s, buffer, 5, 0, &count));
    assert_string_equal("recv", fake_trace());
    assert_anysock(ANYSOCK_OK, anysock_close(&s));
    assert_anysock(ANYSOCK_OK, anysock_event_destroy(event));
}

static void unbind_keeps_a_nonblocking_socket(void **state) {
    (void)state;
    struct anysock s = fake_connected(ANYSOCK_NONBLOCK);
    struct anysock_event *event;
    assert_anysock(ANYSOCK_OK, anysock_event_create(&event));
    assert_anysock(ANYSOCK_OK, anysock_event_bind(event, &s, ANYSOCK_READABLE));
    (void)fake_trace();
    assert_anysock(ANYSOCK_OK, anysock_event_unbind(&s));
    assert_string_equal("unselect", fake_trace());
    assert_true(kernel_nonblocking(&s));
    /* The association is forgotten: "blocking" is tried again. */
    assert_anysock(ANYSOCK_OK, anysock_set_blocking(&s, true));
    assert_string_equal("blocking", fake_trace());
    assert_anysock(ANYSOCK_OK, anysock_close(&s));
    assert_anysock(ANYSOCK_OK, anysock_event_destroy(event));
}

static void unbind_keeps_control_while_timed(void **state) {
    (void)state;
    struct anysock s = fake_connected(0);
    struct anysock_event *event;
    assert_anysock(ANYSOCK_OK, anysock_set_timeout(&s, ANYSOCK_TIMEOUT_RECV, 30));
    assert_anysock(ANYSOCK_OK, anysock_event_create(&event));
    assert_anysock(ANYSOCK_OK, anysock_event_bind(event, &s, ANYSOCK_READABLE));
    (void)fake_trace();
    assert_anysock(ANYSOCK_OK, anysock_event_unbind(&s));
    assert_string_equal("unselect", fake_trace());
    assert_anysock(ANYSOCK_ETIMEDOUT, anysock_recv(&s, buffer, 5, 0, &count));
    assert_string_equal("recv poll", fake_trace());
    /* The association is forgotten: without the time-out, control goes back. */
    assert_anysock(ANYSOCK_OK, anysock_set_timeout(&s, ANYSOCK_TIMEOUT_RECV, ANYSOCK_FOREVER));
    fake_later(20, fake_data_arrives, &s);
    assert_anysock(ANYSOCK_OK, anysock_recv(&s, buffer, 5, 0, &count));
    assert_string_equal("blocking recv", fake_trace());
    assert_anysock(ANYSOCK_OK, anysock_close(&s));
    assert_anysock(ANYSOCK_OK, anysock_event_destroy(event));
}

static void unbind_leaves_a_foreign_mode(void **state) {
    (void)state;
    struct anysock s = fake_connected(0);
    struct anysock_event *event;
    fake_of(&s)->kernel_nonblocking = true;
    fake_later(20, fake_data_arrives, &s);
    assert_anysock(ANYSOCK_OK, anysock_recv(&s, buffer, 5, 0, &count));
    assert_anysock(ANYSOCK_OK, anysock_event_create(&event));
    assert_anysock(ANYSOCK_OK, anysock_event_bind(event, &s, ANYSOCK_READABLE));
    (void)fake_trace();
    assert_anysock(ANYSOCK_OK, anysock_event_unbind(&s));
    assert_string_equal("unselect", fake_trace());
    assert_true(kernel_nonblocking(&s));
    /* The association is forgotten: the mode can be set anew. */
    assert_anysock(ANYSOCK_OK, anysock_set_blocking(&s, true));
    assert_string_equal("blocking", fake_trace());
    assert_anysock(ANYSOCK_OK, anysock_close(&s));
    assert_anysock(ANYSOCK_OK, anysock_event_destroy(event));
}

/* --- release --- */

static void release_keeps_a_blocking_kernel(void **state) {
    (void)state;
    struct anysock s = fake_connected(0), again;
    anysock_native native;
    assert_anysock(ANYSOCK_OK, anysock_release(&s, &native));
    assert_string_equal("", fake_trace());
    assert_false(anysock_is_open(&s));
    assert_anysock(ANYSOCK_OK, anysock_adopt(native, 0, &again));
    assert_anysock(ANYSOCK_OK, anysock_close(&again));
}

static void release_keeps_a_nonblocking_socket(void **state) {
    (void)state;
    struct anysock s = fake_connected(ANYSOCK_NONBLOCK), again;
    anysock_native native;
    assert_anysock(ANYSOCK_OK, anysock_release(&s, &native));
    assert_string_equal("", fake_trace());
    assert_anysock(ANYSOCK_OK, anysock_adopt(native, ANYSOCK_NONBLOCK, &again));
    assert_true(kernel_nonblocking(&again));
    assert_anysock(ANYSOCK_OK, anysock_close(&again));
}

static void release_restores_blocking(void **state) {
    (void)state;
    struct anysock s = fake_connected(0), again;
    anysock_native native;
    assert_anysock(ANYSOCK_OK, anysock_set_timeout(&s, ANYSOCK_TIMEOUT_RECV, 1));
    assert_anysock(ANYSOCK_ETIMEDOUT, anysock_recv(&s, buffer, 5, 0, &count));
    (void)fake_trace();
    assert_anysock(ANYSOCK_OK, anysock_release(&s, &native));
    assert_string_equal("blocking", fake_trace());
    assert_anysock(ANYSOCK_OK, anysock_adopt(native, 0, &again));
    assert_false(kernel_nonblocking(&again));
    assert_anysock(ANYSOCK_OK, anysock_close(&again));
}

static void release_unbinds_first(void **state) {
    (void)state;
    struct anysock s = fake_connected(0), again;
    struct anysock_event *event;
    anysock_native native;
    assert_anysock(ANYSOCK_OK, anysock_event_create(&event));
    assert_anysock(ANYSOCK_OK, anysock_event_bind(event, &s, ANYSOCK_READABLE));
    (void)fake_trace();
    assert_anysock(ANYSOCK_OK, anysock_release(&s, &native));
    assert_string_equal("unselect blocking", fake_trace());
    assert_anysock(ANYSOCK_OK, anysock_event_destroy(event));
    assert_anysock(ANYSOCK_OK, anysock_adopt(native, 0, &again));
    assert_anysock(ANYSOCK_OK, anysock_close(&again));
}

static void release_under_a_foreign_selection_succeeds(void **state) {
    (void)state;
    struct anysock s = fake_connected(ANYSOCK_NONBLOCK), again;
    anysock_native native;
    fake_of(&s)->selected = true;
    assert_anysock(ANYSOCK_OK, anysock_set_blocking(&s, true));
    assert_anysock(ANYSOCK_OK, anysock_release(&s, &native));
    assert_false(anysock_is_open(&s));
    assert_anysock(ANYSOCK_OK, anysock_adopt(native, 0, &again));
    assert_anysock(ANYSOCK_OK, anysock_close(&again));
}

static void closed_socket_has_no_mode(void **state) {
    (void)state;
    struct anysock s = ANYSOCK_INIT;
    int timeout_ms = 7;
    assert_false(anysock_is_blocking(&s));
    assert_false(anysock_is_blocking(NULL));
    assert_anysock(ANYSOCK_EBADF, anysock_set_blocking(&s, true));
    assert_anysock(ANYSOCK_EFAULT, anysock_set_blocking(NULL, true));
    assert_refusal(ANYSOCK_EBADF, anysock_set_timeout(&s, ANYSOCK_TIMEOUT_RECV, 1));
    assert_refusal(ANYSOCK_EBADF, anysock_get_timeout(&s, ANYSOCK_TIMEOUT_RECV, &timeout_ms));
    assert_int_equal(ANYSOCK_FOREVER, timeout_ms);
    assert_refusal(ANYSOCK_EFAULT, anysock_get_timeout(&s, ANYSOCK_TIMEOUT_RECV, NULL));
}

static void timeouts_are_checked_and_kept(void **state) {
    (void)state;
    struct anysock s = fake_fresh(0);
    int timeout_ms;
    for (int which = ANYSOCK_TIMEOUT_RECV; which <= ANYSOCK_TIMEOUT_CONNECT; which++) {
        enum anysock_timeout timeout = (enum anysock_timeout)which;
        assert_anysock(ANYSOCK_OK, anysock_get_timeout(&s, timeout, &timeout_ms));
        assert_int_equal(ANYSOCK_FOREVER, timeout_ms);
        assert_refusal(ANYSOCK_EINVAL, anysock_set_timeout(&s, timeout, -2));
        assert_refusal(ANYSOCK_EINVAL, anysock_set_timeout(&s, timeout, INT_MAX));
        assert_anysock(ANYSOCK_OK, anysock_set_timeout(&s, timeout, 0));
        assert_anysock(ANYSOCK_OK, anysock_get_timeout(&s, timeout, &timeout_ms));
        assert_int_equal(0, timeout_ms);
        assert_anysock(ANYSOCK_OK, anysock_set_timeout(&s, timeout, INT_MAX - 1));
        assert_anysock(ANYSOCK_OK, anysock_get_timeout(&s, timeout, &timeout_ms));
        assert_int_equal(INT_MAX - 1, timeout_ms);
    }
    assert_refusal(ANYSOCK_EINVAL, anysock_set_timeout(&s, (enum anysock_timeout)3, 1));
    assert_refusal(ANYSOCK_EINVAL, anysock_get_timeout(&s, (enum anysock_timeout)3, &timeout_ms));
    assert_anysock(ANYSOCK_OK, anysock_close(&s));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fake_reset, fake_check)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(open_is_blocking_in_the_kernel_too),
        TEST(open_nonblocking_needs_no_further_call),
        TEST(accepted_socket_has_the_mode_asked_for),
        TEST(adopted_blocking_is_believed),
        TEST(adopted_nonblocking_is_made_so),
        TEST(set_nonblocking_is_immediate),
        TEST(set_nonblocking_makes_sure),
        TEST(set_nonblocking_while_kernel_is),
        TEST(set_blocking_restores_the_kernel),
        TEST(set_blocking_while_kernel_is),
        TEST(set_blocking_while_timed),
        TEST(set_blocking_while_bound),
        TEST(set_blocking_reports_what_is_no_refusal),
        TEST(control_is_taken_by_the_first_timed_call),
        TEST(control_is_taken_once),
        TEST(control_that_fails_fails_the_call),
        TEST(no_wait_takes_control_where_calls_have_no_flag),
        TEST(no_wait_does_not_wait_beside_a_receive_that_does),
        TEST(no_wait_does_not_wait_beside_a_send_that_does),
        TEST(no_wait_does_not_wait_beside_a_datagram_that_does),
        TEST(no_wait_does_not_wait_after_the_timeouts),
        TEST(would_block_under_control_waits),
        TEST(would_block_while_bound_waits),
        TEST(would_block_while_timed_waits),
        TEST(would_block_by_a_foreign_hand_waits),
        TEST(would_block_after_a_foreign_hand_waits),
        TEST(refused_by_a_foreign_selection),
        TEST(the_last_timeout_restores_blocking),
        TEST(the_last_timeout_keeps_control_while_bound),
        TEST(control_that_was_not_taken_is_not_given_back),
        TEST(refused_when_the_last_timeout_goes),
        TEST(a_kernel_that_stays_nonblocking_does_not_break_blocking_calls),
        TEST(binding_forces_the_kernel),
        TEST(binding_keeps_a_nonblocking_kernel),
        TEST(unbind_restores_blocking),
        TEST(unbind_keeps_a_nonblocking_socket),
        TEST(unbind_keeps_control_while_timed),
        TEST(unbind_leaves_a_foreign_mode),
        TEST(release_keeps_a_blocking_kernel),
        TEST(release_keeps_a_nonblocking_socket),
        TEST(release_restores_blocking),
        TEST(release_unbinds_first),
        TEST(release_under_a_foreign_selection_succeeds),
        TEST(closed_socket_has_no_mode),
        TEST(timeouts_are_checked_and_kept),
    };
    return cmocka_run_group_tests_name("mode", tests, NULL, NULL);
}
