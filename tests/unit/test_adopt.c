/*
 * Handles that come from elsewhere or go there, on the fake port: adopt and release.
 */
#include "life.h"

/* A handle that was made elsewhere; *seen shows what the system knows of it. */
static anysock_native foreign_handle(struct fake_socket **seen) {
    struct anysock made = fake_fresh(0);
    anysock_native native;
    *seen = fake_of(&made);
    assert_anysock(ANYSOCK_OK, anysock_release(&made, &native));
    (void)fake_trace();
    return native;
}

static void adopted_socket_is_what_the_system_says(void **state) {
    (void)state;
    static const struct {
        bool listening, connected;
        int accept, result; /* what these calls say then */
    } rows[] = {
        {false, false, ANYSOCK_EINVAL, ANYSOCK_ENOTCONN},
        {true, false, ANYSOCK_OK, ANYSOCK_ENOTCONN},
        {false, true, ANYSOCK_EINVAL, ANYSOCK_OK},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct fake_socket *seen;
        anysock_native native = foreign_handle(&seen);
        seen->listening = rows[i].listening;
        seen->connected = rows[i].connected;
        seen->waiting = 1;
        assert_anysock(ANYSOCK_OK, anysock_adopt(native, 0, &s));
        assert_true(anysock_native_handle(&s) == native);
        assert_anysock(rows[i].accept, anysock_accept(&s, 0, &child, NULL));
        assert_anysock(rows[i].result, anysock_connect_result(&s));
        if (rows[i].accept == ANYSOCK_OK)
            assert_anysock(ANYSOCK_OK, anysock_close(&child));
        assert_anysock(ANYSOCK_OK, anysock_close(&s));
    }
}

static void adopted_socket_keeps_family_type_and_name(void **state) {
    (void)state;
    struct fake_socket *seen;
    struct anysock_addr addr6;
    assert_anysock(ANYSOCK_OK, anysock_addr_loopback(ANYSOCK_INET6, 80, &addr6));
    anysock_native native = foreign_handle(&seen);
    seen->family = ANYSOCK_INET6;
    seen->type = ANYSOCK_DGRAM;
    seen->bound = true;
    assert_anysock(ANYSOCK_OK, anysock_adopt(native, 0, &s));
    assert_anysock(ANYSOCK_EAFNOSUPPORT, anysock_bind(&s, &addr, ANYSOCK_BIND_CLIENT));
    assert_anysock(ANYSOCK_EINVAL, anysock_bind(&s, &addr6, ANYSOCK_BIND_CLIENT));
    assert_anysock(ANYSOCK_EOPNOTSUPP, anysock_listen(&s, 0));
}

static void adopted_stream_keeps_all_at_once(void **state) {
    (void)state;
    struct fake_socket *seen;
    char byte;
    size_t count;
    anysock_native native = foreign_handle(&seen);
    assert_anysock(ANYSOCK_OK, anysock_addr_loopback(ANYSOCK_INET6, 80, &addr));
    seen->family = ANYSOCK_INET6;
    seen->bound = seen->connected = seen->fin = true;
    assert_anysock(ANYSOCK_OK, anysock_adopt(native, 0, &s));
    assert_refusal(ANYSOCK_EINVAL, anysock_bind(&s, &addr, ANYSOCK_BIND_CLIENT));
    assert_refusal(ANYSOCK_EISCONN, anysock_connect(&s, &addr));
    assert_anysock(ANYSOCK_OK, anysock_recv_all(&s, &byte, 1, &count)); /* only for streams */
}

static void adopted_stream_knows_its_own_end(void **state) {
    (void)state;
    anysock_native native;
    size_t count;
    s = fake_connected(0);
    assert_anysock(ANYSOCK_OK, anysock_shutdown(&s, ANYSOCK_SHUT_WR));
    assert_anysock(ANYSOCK_OK, anysock_release(&s, &native));
    assert_anysock(ANYSOCK_OK, anysock_adopt(native, 0, &s));
    (void)fake_trace();
    assert_refusal(ANYSOCK_EPIPE, anysock_send(&s, "x", 1, 0, &count));
    assert_string_equal("", fake_trace());
}

static void adopted_listener_keeps_all_at_once(void **state) {
    (void)state;
    struct fake_socket *seen;
    anysock_native native = foreign_handle(&seen);
    seen->family = ANYSOCK_INET6;
    seen->bound = seen->listening = true;
    seen->waiting = 1;
    assert_anysock(ANYSOCK_OK, anysock_adopt(native, 0, &s));
    assert_anysock(ANYSOCK_OK, anysock_accept(&s, 0, &child, &addr));
    assert_int_equal(ANYSOCK_INET6, anysock_addr_family(&addr));
    assert_refusal(ANYSOCK_EINVAL, anysock_bind(&s, &addr, ANYSOCK_BIND_SERVER));
    assert_refusal(ANYSOCK_EISCONN, anysock_connect(&child, &addr));
}

static void adopted_blocking_mode_is_not_taken_for_another(void **state) {
    (void)state;
    struct fake_socket *seen;
    char byte;
    size_t count;
    fake.tells_mode = true;
    anysock_native native = foreign_handle(&seen);
    seen->connected = true;
    assert_anysock(ANYSOCK_OK, anysock_adopt(native, 0, &s));
    assert_anysock(ANYSOCK_OK, anysock_set_timeout(&s, ANYSOCK_TIMEOUT_RECV, 30));
    (void)fake_trace();
    assert_refusal(ANYSOCK_ETIMEDOUT, anysock_recv(&s, &byte, 1, 0, &count));
    assert_string_equal("nonblocking recv poll", fake_trace());
}

static void adopted_mode_is_used_where_the_system_tells_it(void **state) {
    (void)state;
    struct fake_socket *seen;
    fake.tells_mode = true;
    anysock_native native = foreign_handle(&seen);
    seen->kernel_nonblocking = true;
    assert_anysock(ANYSOCK_OK, anysock_adopt(native, ANYSOCK_NONBLOCK, &s));
    assert_string_equal("startup describe", fake_trace());
}

static void adopted_blocking_is_made_so_where_the_system_tells_it(void **state) {
    (void)state;
    struct fake_socket *seen;
    fake.tells_mode = true;
    anysock_native native = foreign_handle(&seen);
    seen->kernel_nonblocking = true;
    assert_anysock(ANYSOCK_OK, anysock_adopt(native, 0, &s));
    assert_string_equal("startup describe blocking", fake_trace());
    assert_false(seen->kernel_nonblocking);
}

static void adopt_refuses_what_it_does_not_know(void **state) {
    (void)state;
    struct fake_socket *seen;
    anysock_native native = foreign_handle(&seen);
    memset(&s, 0xff, sizeof s);
    assert_refusal(ANYSOCK_EINVAL, anysock_adopt(native, 0x2, &s));
    assert_false(anysock_is_open(&s));
    assert_string_equal("", fake_trace());
    seen->family = ANYSOCK_UNSPEC;
    assert_refusal(ANYSOCK_EAFNOSUPPORT, anysock_adopt(native, 0, &s));
    assert_false(anysock_is_open(&s));
    seen->family = ANYSOCK_INET;
    seen->type = (enum anysock_type)0;
    assert_refusal(ANYSOCK_ESOCKTNOSUPPORT, anysock_adopt(native, 0, &s));
    assert_false(anysock_is_open(&s));
    seen->type = ANYSOCK_STREAM; /* still the caller's, and open */
    assert_anysock(ANYSOCK_OK, anysock_adopt(native, 0, &s));
}

static void adopt_refuses_what_is_no_socket(void **state) {
    (void)state;
    assert_anysock(ANYSOCK_EBADF, anysock_adopt(100, 0, &s));
    assert_int_equal(FAKE_ENOTSOCK, anysock_native_error());
    assert_false(anysock_is_open(&s));
}

static void adopt_that_cannot_set_the_mode_leaves_the_handle(void **state) {
    (void)state;
    struct fake_socket *seen;
    anysock_native native = foreign_handle(&seen);
    fake_fail("nonblocking", FAKE_ENETDOWN, 1);
    assert_anysock(ANYSOCK_ENETDOWN, anysock_adopt(native, ANYSOCK_NONBLOCK, &s));
    assert_int_equal(FAKE_ENETDOWN, anysock_native_error());
    assert_false(anysock_is_open(&s));
    assert_true(seen->open);
    assert_anysock(ANYSOCK_OK, anysock_adopt(native, 0, &s));
}

static void adopt_reports_a_failed_startup(void **state) {
    (void)state;
    fake_fail("startup", FAKE_ESYSNOTREADY, 1);
    assert_anysock(ANYSOCK_ESYSNOTREADY, anysock_adopt(100, 0, &s));
    assert_string_equal("startup", fake_trace());
}

static void release_gives_the_handle_back(void **state) {
    (void)state;
    s = fake_connected(0);
    anysock_native native;
    assert_anysock(ANYSOCK_OK, anysock_release(&s, &native));
    assert_true(native == fake.last);
    assert_false(anysock_is_open(&s));
    assert_refusal(ANYSOCK_EBADF, anysock_release(&s, &native));
    assert_anysock(ANYSOCK_OK, anysock_adopt(native, 0, &s));
}

static void release_that_fails_keeps_the_socket(void **state) {
    (void)state;
    s = fake_connected(ANYSOCK_NONBLOCK);
    anysock_native native = 7;
    assert_anysock(ANYSOCK_OK, anysock_set_timeout(&s, ANYSOCK_TIMEOUT_RECV, 5));
    assert_anysock(ANYSOCK_OK, anysock_set_blocking(&s, true));
    fake_fail("blocking", FAKE_ENETDOWN, 1);
    assert_anysock(ANYSOCK_ENETDOWN, anysock_release(&s, &native));
    assert_true(native == 7);
}

static void release_that_fails_forgets_the_event(void **state) {
    (void)state;
    s = fake_connected(ANYSOCK_NONBLOCK);
    struct anysock_event *event;
    anysock_native native;
    assert_anysock(ANYSOCK_OK, anysock_event_create(&event));
    assert_anysock(ANYSOCK_OK, anysock_event_bind(event, &s, ANYSOCK_READABLE));
    fake_fail("unselect", FAKE_ENETDOWN, 1);
    assert_anysock(ANYSOCK_ENETDOWN, anysock_release(&s, &native));
    assert_true(anysock_is_open(&s));
    assert_anysock(ANYSOCK_OK, anysock_event_destroy(event));
    (void)fake_trace();
    assert_anysock(ANYSOCK_OK, anysock_set_blocking(&s, true));
    assert_string_equal("blocking", fake_trace()); /* no event is in the way any more */
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(adopted_socket_is_what_the_system_says),
        TEST(adopted_socket_keeps_family_type_and_name),
        TEST(adopted_stream_keeps_all_at_once),
        TEST(adopted_stream_knows_its_own_end),
        TEST(adopted_listener_keeps_all_at_once),
        TEST(adopted_blocking_mode_is_not_taken_for_another),
        TEST(adopted_mode_is_used_where_the_system_tells_it),
        TEST(adopted_blocking_is_made_so_where_the_system_tells_it),
        TEST(adopt_refuses_what_it_does_not_know),
        TEST(adopt_refuses_what_is_no_socket),
        TEST(adopt_that_cannot_set_the_mode_leaves_the_handle),
        TEST(adopt_reports_a_failed_startup),
        TEST(release_gives_the_handle_back),
        TEST(release_that_fails_keeps_the_socket),
        TEST(release_that_fails_forgets_the_event),
    };
    return cmocka_run_group_tests_name("adopt", tests, NULL, NULL);
}
