/*
 * Datagram sockets that change their peer: what was about the old one is not the new one's.
 */
#include <string.h>

#include "deviations.h"
#include "internal.h"
#include "net.h"
#include "platform.h"

static char buffer[64];
static size_t count;

static void expect_text(struct anysock *s, const char *text) {
    (void)await(s, ANYSOCK_READABLE);
    assert_anysock(ANYSOCK_OK, anysock_recv(s, buffer, sizeof buffer, 0, &count));
    assert_int_equal(strlen(text), count);
    assert_memory_equal(text, buffer, count);
}

/* A socket whose peer is not there, and that has been told so, where the system can. */
static void open_refused(struct anysock *s, struct anysock *holder) {
    struct anysock_addr nobody;
    make_refusing_datagram(holder, &nobody);
    assert_anysock(ANYSOCK_OK, anysock_open(ANYSOCK_INET, ANYSOCK_DGRAM, 0, s));
    assert_anysock(ANYSOCK_OK, anysock_connect(s, &nobody));
    say(s, "anybody there?");
    if (!refusals_wake_nobody())
        (void)await(s, ANYSOCK_READABLE);
}

static void refusal_of_the_old_peer_is_not_the_new_ones(void **state) {
    (void)state;
    struct anysock holder, server, s;
    struct anysock_addr addr, local;
    open_refused(&s, &holder);
    make_datagram(ANYSOCK_INET, &server, &addr);
    assert_anysock(ANYSOCK_OK, anysock_connect(&s, &addr));
    say(&s, "hello");
    expect_text(&server, "hello");
    assert_anysock(ANYSOCK_OK, anysock_local_addr(&s, &local));
    assert_anysock(ANYSOCK_OK, anysock_send_to(&server, "answer", 6, 0, &local, &count));
    expect_text(&s, "answer");
    close_pair(&server, &s);
    assert_anysock(ANYSOCK_OK, anysock_close(&holder));
}

static void refusal_is_forgotten_with_the_peer(void **state) {
    (void)state;
    struct anysock holder, s;
    unsigned events;
    open_refused(&s, &holder);
    assert_anysock(ANYSOCK_OK, anysock_disconnect(&s));
    assert_anysock(ANYSOCK_ETIMEDOUT, anysock_wait(&s, ANYSOCK_READABLE, 0, &events));
    assert_anysock(ANYSOCK_EAGAIN,
                   anysock_recv(&s, buffer, sizeof buffer, ANYSOCK_NO_WAIT, &count));
    close_pair(&holder, &s);
}

/* Without the option for it, nobody connects to everybody; or, where one may, it is nobody's peer
 * any more in any case. */
static void peer_that_cannot_be_had_leaves_none(void **state) {
    (void)state;
    struct anysock server, s;
    struct anysock_addr addr, everybody, peer;
    make_datagram(ANYSOCK_INET, &server, &addr);
    assert_anysock(ANYSOCK_OK, anysock_open(ANYSOCK_INET, ANYSOCK_DGRAM, 0, &s));
    assert_anysock(ANYSOCK_OK, anysock_connect(&s, &addr));
    assert_anysock(ANYSOCK_OK, anysock_addr_parse("255.255.255.255:9", &everybody));
    if (anysock_connect(&s, &everybody) != ANYSOCK_OK) {
        assert_anysock(ANYSOCK_ENOTCONN, anysock_peer_addr(&s, &peer));
        assert_anysock(ANYSOCK_ENOTCONN, anysock_send(&s, "x", 1, 0, &count));
        assert_anysock(ANYSOCK_OK, anysock_send_to(&s, "hello", 5, 0, &addr, &count));
        expect_text(&server, "hello");
    }
    close_pair(&server, &s);
}

/* An IPv4 address of the machine that is not the loopback interface's. */
static bool find_other(void *context, const struct anysock_addr *addr, uint32_t index) {
    (void)index;
    if (anysock_addr_family(addr) != ANYSOCK_INET || anysock_addr_is_loopback(addr))
        return true;
    *(struct anysock_addr *)context = *addr;
    return false;
}

/* One that a socket can have now, with a port. */
static bool open_far_off(struct anysock *s, struct anysock_addr *addr) {
    memset(addr, 0, sizeof *addr);
    assert_int_equal(0, anysock_port_each_address(find_other, addr));
    if (anysock_addr_family(addr) == ANYSOCK_UNSPEC)
        return false;
    (void)anysock_addr_set_port(addr, 0);
    assert_anysock(ANYSOCK_OK, anysock_open(ANYSOCK_INET, ANYSOCK_DGRAM, 0, s));
    if (anysock_bind(s, addr, ANYSOCK_BIND_SERVER) != ANYSOCK_OK) {
        assert_anysock(ANYSOCK_OK, anysock_close(s));
        return false;
    }
    assert_anysock(ANYSOCK_OK, anysock_local_addr(s, addr));
    return true;
}

/* Where a socket keeps the address that its first connection gave it, as Wine has it, another
 * interface cannot be reached from there. */
static void source_follows_the_peer(void **state) {
    (void)state;
    struct anysock near_by, far_off, s;
    struct anysock_addr near_addr, far_addr, local;
    if (!open_far_off(&far_off, &far_addr))
        skip();
    make_datagram(ANYSOCK_INET, &near_by, &near_addr);
    assert_anysock(ANYSOCK_OK, anysock_open(ANYSOCK_INET, ANYSOCK_DGRAM, 0, &s));
    assert_anysock(ANYSOCK_OK, anysock_connect(&s, &near_addr));
    assert_anysock(ANYSOCK_OK, anysock_disconnect(&s));
    assert_anysock(ANYSOCK_OK, anysock_local_addr(&s, &local));
    bool keeps = !anysock_addr_is_any(&local);
    assert_anysock(ANYSOCK_OK, anysock_connect(&s, &near_addr));
    int code = anysock_connect(&s, &far_addr);
    if (!keeps) {
        assert_anysock(ANYSOCK_OK, code);
        assert_anysock(ANYSOCK_OK, anysock_local_addr(&s, &local));
        assert_false(anysock_addr_is_loopback(&local));
    }
    assert_anysock(ANYSOCK_OK, anysock_connect(&s, &near_addr)); /* and back */
    say(&s, "hello");
    expect_text(&near_by, "hello");
    close_pair(&near_by, &far_off);
    assert_anysock(ANYSOCK_OK, anysock_close(&s));
}

static void zone_that_is_no_interface_changes_nothing(void **state) {
    (void)state;
    static const enum anysock_type types[] = {ANYSOCK_STREAM, ANYSOCK_DGRAM};
    struct anysock_addr nowhere, loopback;
    assert_anysock(ANYSOCK_OK, anysock_addr_parse("[fe80::1%99999]:9", &nowhere));
    assert_anysock(ANYSOCK_OK, anysock_addr_loopback(ANYSOCK_INET6, 0, &loopback));
    for (size_t i = 0; i < COUNT_OF(types); i++) {
        struct anysock s;
        assert_anysock(ANYSOCK_OK, anysock_open(ANYSOCK_INET6, types[i], 0, &s));
        assert_anysock(ANYSOCK_EADDRNOTAVAIL, anysock_connect(&s, &nowhere));
        assert_false(is_tied(anysock_native_handle(&s)));
        assert_anysock(ANYSOCK_OK, anysock_bind(&s, &loopback, ANYSOCK_BIND_CLIENT));
        assert_anysock(ANYSOCK_OK, anysock_close(&s));
    }
}

static void device_stays_when_the_peer_goes(void **state) {
    (void)state;
    struct anysock server, s;
    struct anysock_addr addr;
    make_datagram(ANYSOCK_INET, &server, &addr);
    assert_anysock(ANYSOCK_OK, anysock_open(ANYSOCK_INET, ANYSOCK_DGRAM, 0, &s));
    bool tied = foreign_tie(anysock_native_handle(&s));
    for (int i = 0; i < 2; i++) {
        assert_anysock(ANYSOCK_OK, anysock_connect(&s, &addr));
        assert_int_equal(tied, is_tied(anysock_native_handle(&s)));
    }
    assert_anysock(ANYSOCK_OK, anysock_disconnect(&s));
    assert_int_equal(tied, is_tied(anysock_native_handle(&s)));
    close_pair(&server, &s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(refusal_of_the_old_peer_is_not_the_new_ones), TEST(refusal_is_forgotten_with_the_peer),
        TEST(peer_that_cannot_be_had_leaves_none),         TEST(source_follows_the_peer),
        TEST(zone_that_is_no_interface_changes_nothing),   TEST(device_stays_when_the_peer_goes),
    };
    return cmocka_run_group_tests_name("reconnect", tests, NULL, NULL);
}
