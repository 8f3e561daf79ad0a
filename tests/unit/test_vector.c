/*
 * Vectored calls and flags on the fake port: several buffers at once, everything or nothing,
 * urgent bytes, hints.
 */
#include <string.h>

#include "check.h"
#include "fake_port.h"

/* What the tests use; the tear-down closes the socket. */
static struct anysock s;
static char buffer[64];
static size_t count;

static int set_up(void **state) {
    memset(&s, 0, sizeof s);
    memset(buffer, 0, sizeof buffer);
    count = 99;
    return fake_reset(state);
}

static int tear_down(void **state) {
    if (anysock_is_open(&s))
        (void)anysock_close(&s);
    return fake_check(state);
}

/* The two calls as one, for what they have in common. */
typedef int (*vector_call)(struct anysock *s, const struct anysock_buffer *buffers, size_t length,
                           unsigned flags, size_t *moved);

static int do_send(struct anysock *socket, const struct anysock_buffer *buffers, size_t length,
                   unsigned flags, size_t *moved) {
    return anysock_send_vec(socket, buffers, length, flags, moved);
}

static int do_recv(struct anysock *socket, const struct anysock_buffer *buffers, size_t length,
                   unsigned flags, size_t *moved) {
    return anysock_recv_vec(socket, buffers, length, flags, moved);
}

static const vector_call both[] = {do_send, do_recv};

/* Three pieces of the buffer: 2, 0 and 6 bytes. */
static const struct anysock_buffer pieces[] = {{buffer, 2}, {NULL, 0}, {buffer + 10, 6}};

static struct anysock connected_datagram(unsigned flags) {
    struct anysock made = fake_datagram(flags);
    struct anysock_addr peer;
    (void)anysock_addr_loopback(ANYSOCK_INET, 80, &peer);
    assert_anysock(ANYSOCK_OK, anysock_connect(&made, &peer));
    (void)fake_trace();
    return made;
}

/* --- arguments of the vectored calls --- */

static void vector_wants_a_place_for_the_count_first(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT_OF(both); i++) {
        assert_refusal(ANYSOCK_EFAULT, both[i](NULL, NULL, 99, ~0u, NULL));
        assert_refusal(ANYSOCK_EFAULT, both[i](&s, pieces, 3, 0, NULL));
    }
}

static void vector_wants_a_socket_before_it_counts(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT_OF(both); i++) {
        count = 99;
        assert_refusal(ANYSOCK_EFAULT, both[i](NULL, pieces, 65, ~0u, &count));
        assert_int_equal(0, count);
    }
}

static void vector_sees_a_closed_socket_before_it_counts(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT_OF(both); i++) {
        count = 99;
        assert_refusal(ANYSOCK_EBADF, both[i](&s, pieces, 3, 0, &count));
        assert_int_equal(0, count);
        assert_refusal(ANYSOCK_EBADF, both[i](&s, pieces, 65, ~0u, &count));
    }
}

static void vector_without_buffers_is_refused(void **state) {
    (void)state;
    s = fake_connected(0);
    for (size_t i = 0; i < COUNT_OF(both); i++) {
        count = 99;
        assert_refusal(ANYSOCK_EFAULT, both[i](&s, NULL, 1, 0, &count));
        assert_int_equal(0, count);
    }
    assert_string_equal("", fake_trace());
}

static void vector_of_too_many_is_not_looked_into(void **state) {
    (void)state;
    static const struct anysock_buffer broken = {NULL, 5}; /* one, where 65 are said to be */
    s = fake_connected(0);
    for (size_t i = 0; i < COUNT_OF(both); i++) {
        count = 99;
        assert_refusal(ANYSOCK_EINVAL, both[i](&s, &broken, 65, 0, &count));
        assert_int_equal(0, count);
        assert_refusal(ANYSOCK_EINVAL, both[i](&s, &broken, SIZE_MAX, 0, &count));
    }
    assert_string_equal("", fake_trace());
}

static void vector_with_null_data_is_refused_before_the_flags(void **state) {
    (void)state;
    static const struct anysock_buffer broken[] = {{buffer, 2}, {NULL, 1}};
    s = fake_connected(0);
    for (size_t i = 0; i < COUNT_OF(both); i++) {
        count = 99;
        assert_refusal(ANYSOCK_EFAULT, both[i](&s, broken, 2, ~0u, &count));
        assert_int_equal(0, count);
    }
    assert_string_equal("", fake_trace());
}

static void vector_refuses_unknown_flags(void **state) {
    (void)state;
    s = fake_fresh(0); /* before the state is looked at */
    assert_refusal(ANYSOCK_EINVAL, anysock_send_vec(&s, pieces, 3, ANYSOCK_PEEK, &count));
    assert_refusal(ANYSOCK_EINVAL, anysock_send_vec(&s, pieces, 3, ANYSOCK_WAIT_ALL, &count));
    assert_refusal(ANYSOCK_EINVAL, anysock_send_vec(&s, pieces, 3, 0x8000, &count));
    assert_refusal(ANYSOCK_EINVAL, anysock_recv_vec(&s, pieces, 3, ANYSOCK_MORE, &count));
    assert_refusal(ANYSOCK_EINVAL, anysock_recv_vec(&s, pieces, 3, ANYSOCK_WAIT_ALL, &count));
    assert_refusal(ANYSOCK_EINVAL, anysock_recv_vec(&s, pieces, 3, 0x8000, &count));
    assert_int_equal(0, count);
    assert_string_equal("", fake_trace());
}

static void vector_wants_a_connection(void **state) {
    (void)state;
    s = fake_fresh(0);
    for (size_t i = 0; i < COUNT_OF(both); i++) {
        count = 99;
        assert_refusal(ANYSOCK_ENOTCONN, both[i](&s, pieces, 3, 0, &count));
        assert_int_equal(0, count);
    }
}

/* --- vectors on a stream --- */

static void vector_of_none_moves_nothing(void **state) {
    (void)state;
    static const struct anysock_buffer empty[] = {{NULL, 0}, {buffer, 0}};
    s = fake_connected(0);
    for (size_t i = 0; i < COUNT_OF(both); i++) {
        count = 99;
        assert_anysock(ANYSOCK_OK, both[i](&s, NULL, 0, 0, &count));
        assert_int_equal(0, count);
        assert_anysock(ANYSOCK_OK, both[i](&s, pieces, 0, 0, &count));
        assert_anysock(ANYSOCK_OK, both[i](&s, empty, 2, 0, &count));
        assert_int_equal(0, count);
    }
    assert_string_equal("", fake_trace());
}

static void vector_sends_the_buffers_in_order(void **state) {
    (void)state;
    s = fake_connected(0);
    memcpy(buffer, "ab", 2);
    memcpy(buffer + 10, "cdefgh", 6);
    assert_anysock(ANYSOCK_OK, anysock_send_vec(&s, pieces, 3, 0, &count));
    assert_int_equal(8, count);
    assert_memory_equal("abcdefgh", fake_of(&s)->outgoing, 8);
    assert_string_equal("send_vec", fake_trace());
}

static void vector_fills_the_buffers_in_order(void **state) {
    (void)state;
    s = fake_connected(0);
    fake_data_arrives(fake_of(&s));
    assert_anysock(ANYSOCK_OK, anysock_recv_vec(&s, pieces, 3, 0, &count));
    assert_int_equal(5, count);
    assert_memory_equal("ab", buffer, 3);
    assert_memory_equal("cde", buffer + 10, 4);
    assert_string_equal("recv_vec", fake_trace());
}

static void vector_of_64_is_taken(void **state) {
    (void)state;
    struct anysock_buffer many[64];
    for (size_t i = 0; i < COUNT_OF(many); i++)
        many[i] = (struct anysock_buffer){buffer + i, 1};
    s = fake_connected(0);
    fake_of(&s)->room = 100;
    fake_of(&s)->incoming = 100;
    for (size_t i = 0; i < COUNT_OF(both); i++) {
        assert_anysock(ANYSOCK_OK, both[i](&s, many, COUNT_OF(many), 0, &count));
        assert_int_equal(64, count);
    }
}

/* Two lengths that make 0 together, where sizes wrap. */
static void vector_of_huge_buffers_is_not_empty(void **state) {
    (void)state;
    const struct anysock_buffer huge[] = {{buffer, SIZE_MAX / 2 + 1}, {buffer, SIZE_MAX / 2 + 1}};
    s = fake_connected(0);
    fake_data_arrives(fake_of(&s));
    assert_anysock(ANYSOCK_OK, anysock_recv_vec(&s, huge, 2, 0, &count));
    assert_int_equal(5, count);
}

static void vector_may_be_sent_in_part(void **state) {
    (void)state;
    s = fake_connected(ANYSOCK_NONBLOCK);
    fake_of(&s)->room = 3;
    assert_anysock(ANYSOCK_OK, anysock_send_vec(&s, pieces, 3, 0, &count));
    assert_int_equal(3, count);
}

static void vector_would_wait(void **state) {
    (void)state;
    s = fake_connected(ANYSOCK_NONBLOCK);
    fake_of(&s)->room = 0;
    for (size_t i = 0; i < COUNT_OF(both); i++) {
        count = 99;
        assert_anysock(ANYSOCK_EAGAIN, both[i](&s, pieces, 3, 0, &count));
        assert_int_equal(0, count);
        assert_int_equal(FAKE_EWOULDBLOCK, anysock_native_error());
    }
    assert_int_equal(0, fake_elapsed_ms());
}

static void vector_with_no_wait_does_not_wait(void **state) {
    (void)state;
    s = fake_connected(0);
    fake_of(&s)->room = 0;
    assert_anysock(ANYSOCK_EAGAIN, anysock_send_vec(&s, pieces, 3, ANYSOCK_NO_WAIT, &count));
    assert_anysock(ANYSOCK_EAGAIN, anysock_recv_vec(&s, pieces, 3, ANYSOCK_NO_WAIT, &count));
    assert_string_equal("nonblocking send_vec recv_vec", fake_trace());
}

static void vector_waits_as_long_as_the_timeout(void **state) {
    (void)state;
    s = fake_connected(0);
    fake_of(&s)->room = 0;
    assert_anysock(ANYSOCK_OK, anysock_set_timeout(&s, ANYSOCK_TIMEOUT_SEND, 30));
    assert_anysock(ANYSOCK_OK, anysock_set_timeout(&s, ANYSOCK_TIMEOUT_RECV, 40));
    assert_refusal(ANYSOCK_ETIMEDOUT, anysock_send_vec(&s, pieces, 3, 0, &count));
    assert_int_equal(30, fake_elapsed_ms());
    assert_refusal(ANYSOCK_ETIMEDOUT, anysock_recv_vec(&s, pieces, 3, 0, &count));
    assert_int_equal(70, fake_elapsed_ms());
}

static void vector_is_repeated_after_a_signal(void **state) {
    (void)state;
    s = fake_connected(ANYSOCK_NONBLOCK);
    fake_fail("send_vec", FAKE_EINTR, 1);
    assert_anysock(ANYSOCK_OK, anysock_send_vec(&s, pieces, 3, 0, &count));
    assert_string_equal("send_vec send_vec", fake_trace());
}

static void vector_peeks(void **state) {
    (void)state;
    s = fake_connected(0);
    fake_data_arrives(fake_of(&s));
    assert_anysock(ANYSOCK_OK, anysock_recv_vec(&s, pieces, 1, ANYSOCK_PEEK, &count));
    assert_int_equal(2, count);
    assert_int_equal(ANYSOCK_PEEK, fake.flags);
    assert_anysock(ANYSOCK_OK, anysock_recv_vec(&s, pieces, 3, 0, &count));
    assert_int_equal(5, count);
}

static void vector_sees_the_end_of_the_stream(void **state) {
    (void)state;
    s = fake_connected(0);
    fake_fin_arrives(fake_of(&s));
    for (int i = 0; i < 2; i++) {
        count = 99;
        assert_anysock(ANYSOCK_OK, anysock_recv_vec(&s, pieces, 3, 0, &count));
        assert_int_equal(0, count);
    }
}

static void vector_sees_own_shutdowns_without_a_call(void **state) {
    (void)state;
    s = fake_connected(0);
    assert_anysock(ANYSOCK_OK, anysock_shutdown(&s, ANYSOCK_SHUT_RDWR));
    (void)fake_trace();
    assert_refusal(ANYSOCK_EPIPE, anysock_send_vec(&s, pieces, 3, 0, &count));
    assert_anysock(ANYSOCK_OK, anysock_recv_vec(&s, pieces, 3, 0, &count));
    assert_int_equal(0, count);
    assert_string_equal("", fake_trace());
}

static void vector_never_takes_a_reset_for_the_end(void **state) {
    (void)state;
    s = fake_connected(0);
    fake_fail("send_vec", FAKE_ECONNRESET, 1);
    assert_anysock(ANYSOCK_ECONNRESET, anysock_send_vec(&s, pieces, 3, 0, &count));
    fake_fin_arrives(fake_of(&s)); /* the system has forgotten */
    assert_refusal(ANYSOCK_ECONNRESET, anysock_recv_vec(&s, pieces, 3, 0, &count));
    assert_refusal(ANYSOCK_EPIPE, anysock_send_vec(&s, pieces, 3, 0, &count));
}

/* --- vectors of datagrams --- */

static void vector_is_one_datagram(void **state) {
    (void)state;
    s = connected_datagram(0);
    assert_anysock(ANYSOCK_OK, anysock_send_vec(&s, pieces, 3, 0, &count));
    assert_int_equal(8, count);
    fake_data_arrives(fake_of(&s));
    assert_anysock(ANYSOCK_OK, anysock_recv_vec(&s, pieces, 3, 0, &count));
    assert_int_equal(5, count);
    assert_string_equal("send_vec recv_vec", fake_trace());
}

static void vector_of_none_is_an_empty_datagram(void **state) {
    (void)state;
    s = connected_datagram(0);
    assert_anysock(ANYSOCK_OK, anysock_send_vec(&s, NULL, 0, 0, &count));
    assert_int_equal(0, count);
    fake_fin_arrives(fake_of(&s)); /* an empty one comes */
    assert_anysock(ANYSOCK_OK, anysock_recv_vec(&s, NULL, 0, 0, &count));
    assert_int_equal(0, count);
    assert_string_equal("send_vec recv_vec", fake_trace());
}

static void vector_of_a_datagram_wants_a_peer(void **state) {
    (void)state;
    s = fake_datagram(0);
    assert_refusal(ANYSOCK_ENOTCONN, anysock_send_vec(&s, pieces, 3, 0, &count));
    assert_int_equal(0, count);
    assert_string_equal("", fake_trace());
}

static void vector_that_is_too_long_for_a_datagram_needs_no_call(void **state) {
    (void)state;
    static char much[40000];
    const struct anysock_buffer sum[] = {{much, sizeof much}, {much, sizeof much}};
    const struct anysock_buffer wraps[] = {{much, SIZE_MAX / 2 + 1}, {much, SIZE_MAX / 2 + 1}};
    s = connected_datagram(0);
    assert_refusal(ANYSOCK_EMSGSIZE, anysock_send_vec(&s, sum, 2, 0, &count));
    assert_refusal(ANYSOCK_EMSGSIZE, anysock_send_vec(&s, wraps, 2, 0, &count));
    assert_int_equal(0, count);
    assert_string_equal("", fake_trace());
}

/* --- flags --- */

static void wait_all_fills_the_buffer(void **state) {
    (void)state;
    s = fake_connected(0);
    for (int ms = 10; ms <= 30; ms += 10)
        fake_later(ms, fake_data_arrives, &s);
    assert_anysock(ANYSOCK_OK, anysock_recv(&s, buffer, 12, ANYSOCK_WAIT_ALL, &count));
    assert_int_equal(12, count);
    assert_memory_equal("abcdefghijkl", buffer, 12);
    assert_int_equal(0, fake.flags); /* the system's own one differs */
    assert_string_equal("recv recv recv", fake_trace());
}

static void wait_all_ends_with_the_stream(void **state) {
    (void)state;
    s = fake_connected(0);
    fake_data_arrives(fake_of(&s));
    fake_fin_arrives(fake_of(&s));
    assert_anysock(ANYSOCK_OK, anysock_recv(&s, buffer, 12, ANYSOCK_WAIT_ALL, &count));
    assert_int_equal(5, count);
}

static void wait_all_counts_what_came_before_it_would_wait(void **state) {
    (void)state;
    s = fake_connected(0);
    fake_data_arrives(fake_of(&s));
    assert_anysock(ANYSOCK_EAGAIN,
                   anysock_recv(&s, buffer, 12, ANYSOCK_WAIT_ALL | ANYSOCK_NO_WAIT, &count));
    assert_int_equal(5, count);
    assert_int_equal(FAKE_EWOULDBLOCK, anysock_native_error());
}

static void wait_all_has_one_deadline(void **state) {
    (void)state;
    s = fake_connected(0);
    assert_anysock(ANYSOCK_OK, anysock_set_timeout(&s, ANYSOCK_TIMEOUT_RECV, 30));
    fake_later(20, fake_data_arrives, &s);
    fake_later(40, fake_data_arrives, &s);
    assert_refusal(ANYSOCK_ETIMEDOUT, anysock_recv(&s, buffer, 10, ANYSOCK_WAIT_ALL, &count));
    assert_int_equal(5, count);
    assert_int_equal(30, fake_elapsed_ms());
}

static void wait_all_goes_with_nothing_else_that_looks(void **state) {
    (void)state;
    s = fake_connected(0);
    fake_data_arrives(fake_of(&s));
    assert_refusal(ANYSOCK_EINVAL,
                   anysock_recv(&s, buffer, 5, ANYSOCK_WAIT_ALL | ANYSOCK_PEEK, &count));
    assert_refusal(ANYSOCK_EINVAL,
                   anysock_recv(&s, buffer, 5, ANYSOCK_WAIT_ALL | ANYSOCK_OOB, &count));
    assert_refusal(ANYSOCK_EINVAL, anysock_send(&s, buffer, 5, ANYSOCK_WAIT_ALL, &count));
    assert_int_equal(0, count);
    assert_string_equal("", fake_trace());
}

static void streams_only_have_wait_all_and_urgent_bytes(void **state) {
    (void)state;
    s = connected_datagram(0);
    assert_refusal(ANYSOCK_EOPNOTSUPP, anysock_recv(&s, buffer, 5, ANYSOCK_WAIT_ALL, &count));
    assert_refusal(ANYSOCK_EOPNOTSUPP, anysock_recv(&s, buffer, 5, ANYSOCK_OOB, &count));
    assert_refusal(ANYSOCK_EOPNOTSUPP, anysock_send(&s, buffer, 5, ANYSOCK_OOB, &count));
    assert_refusal(ANYSOCK_EOPNOTSUPP, anysock_send_vec(&s, pieces, 3, ANYSOCK_OOB, &count));
    assert_refusal(ANYSOCK_EOPNOTSUPP, anysock_recv_vec(&s, pieces, 3, ANYSOCK_OOB, &count));
    assert_refusal(ANYSOCK_EINVAL, anysock_send(&s, buffer, 5, ANYSOCK_OOB | 0x8000, &count));
    assert_int_equal(0, count);
    assert_string_equal("", fake_trace());
}

static void more_is_passed_on_for_streams(void **state) {
    (void)state;
    s = fake_connected(0);
    assert_anysock(ANYSOCK_OK, anysock_send(&s, buffer, 1, ANYSOCK_MORE, &count));
    assert_int_equal(ANYSOCK_MORE, fake.flags);
    assert_anysock(ANYSOCK_OK, anysock_send_vec(&s, pieces, 1, ANYSOCK_MORE, &count));
    assert_int_equal(ANYSOCK_MORE, fake.flags);
}

/* Linux would make one datagram of two. */
static void more_is_kept_from_datagrams(void **state) {
    (void)state;
    s = connected_datagram(0);
    assert_anysock(ANYSOCK_OK, anysock_send(&s, buffer, 1, ANYSOCK_MORE, &count));
    assert_int_equal(0, fake.flags);
    assert_anysock(ANYSOCK_OK, anysock_send_vec(&s, pieces, 1, ANYSOCK_MORE, &count));
    assert_int_equal(0, fake.flags);
}

static void urgent_byte_is_passed_on(void **state) {
    (void)state;
    s = fake_connected(0);
    assert_anysock(ANYSOCK_OK, anysock_send(&s, "!", 1, ANYSOCK_OOB, &count));
    assert_int_equal(ANYSOCK_OOB, fake.flags);
    fake_data_arrives(fake_of(&s));
    assert_anysock(ANYSOCK_OK, anysock_recv(&s, buffer, 1, ANYSOCK_OOB, &count));
    assert_int_equal(ANYSOCK_OOB, fake.flags);
    assert_int_equal(1, count);
}

static void urgent_byte_is_not_waited_for(void **state) {
    (void)state;
    s = fake_connected(0);
    assert_anysock(ANYSOCK_OK, anysock_set_timeout(&s, ANYSOCK_TIMEOUT_RECV, 30));
    fake_later(10, fake_data_arrives, &s);
    assert_anysock(ANYSOCK_EAGAIN, anysock_recv(&s, buffer, 1, ANYSOCK_OOB, &count));
    assert_int_equal(0, count);
    assert_int_equal(0, fake_elapsed_ms());
    assert_string_equal("nonblocking recv", fake_trace());
}

static void missing_urgent_byte_is_no_invalid_argument(void **state) {
    (void)state;
    s = fake_connected(0);
    fake_fail("recv", FAKE_EINVAL, 1);
    assert_anysock(ANYSOCK_EAGAIN, anysock_recv(&s, buffer, 1, ANYSOCK_OOB, &count));
    assert_int_equal(FAKE_EINVAL, anysock_native_error());
    fake_fail("recv", FAKE_EINVAL, 1);
    assert_anysock(ANYSOCK_EINVAL, anysock_recv(&s, buffer, 1, 0, &count)); /* here it is one */
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(vector_wants_a_place_for_the_count_first),
        TEST(vector_wants_a_socket_before_it_counts),
        TEST(vector_sees_a_closed_socket_before_it_counts),
        TEST(vector_without_buffers_is_refused),
        TEST(vector_of_too_many_is_not_looked_into),
        TEST(vector_with_null_data_is_refused_before_the_flags),
        TEST(vector_refuses_unknown_flags),
        TEST(vector_wants_a_connection),
        TEST(vector_of_none_moves_nothing),
        TEST(vector_sends_the_buffers_in_order),
        TEST(vector_fills_the_buffers_in_order),
        TEST(vector_of_64_is_taken),
        TEST(vector_of_huge_buffers_is_not_empty),
        TEST(vector_may_be_sent_in_part),
        TEST(vector_would_wait),
        TEST(vector_with_no_wait_does_not_wait),
        TEST(vector_waits_as_long_as_the_timeout),
        TEST(vector_is_repeated_after_a_signal),
        TEST(vector_peeks),
        TEST(vector_sees_the_end_of_the_stream),
        TEST(vector_sees_own_shutdowns_without_a_call),
        TEST(vector_never_takes_a_reset_for_the_end),
        TEST(vector_is_one_datagram),
        TEST(vector_of_none_is_an_empty_datagram),
        TEST(vector_of_a_datagram_wants_a_peer),
        TEST(vector_that_is_too_long_for_a_datagram_needs_no_call),
        TEST(wait_all_fills_the_buffer),
        TEST(wait_all_ends_with_the_stream),
        TEST(wait_all_counts_what_came_before_it_would_wait),
        TEST(wait_all_has_one_deadline),
        TEST(wait_all_goes_with_nothing_else_that_looks),
        TEST(streams_only_have_wait_all_and_urgent_bytes),
        TEST(more_is_passed_on_for_streams),
        TEST(more_is_kept_from_datagrams),
        TEST(urgent_byte_is_passed_on),
        TEST(urgent_byte_is_not_waited_for),
        TEST(missing_urgent_byte_is_no_invalid_argument),
    };
    return cmocka_run_group_tests_name("vector", tests, NULL, NULL);
}
