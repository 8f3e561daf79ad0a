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

static void open_bound(struct anysock *s, struct anysock_addr *addr) {
    assert_anysock(ANYSOCK_OK, anysock_open(ANYSOCK_INET, ANYSOCK_DGRAM, 0, s));
    assert_anysock(ANYSOCK_OK, anysock_bind(s, addr, ANYSOCK_BIND_SERVER));
    assert_anysock(ANYSOCK_OK, anysock_local_addr(s, addr));
}

static void open_on_loopback(struct anysock *s, struct anysock_addr *addr) {
    assert_anysock(ANYSOCK_OK, anysock_addr_loopback(ANYSOCK_INET, 0, addr));
    open_bound(s, addr);
}

static void expect_text(struct anysock *s, const char *text) {
    (void)await(s, ANYSOCK_READABLE);
    assert_anysock(ANYSOCK_OK, anysock_recv(s, buffer, sizeof buffer, 0, &count));
    assert_int_equal(strlen(text), count);
    assert_memory_equal(text, buffer, count);
}

/* A socket whose peer is not there, and that has been told so, where the system can. The holder has
 * the peer's address, and speaks to itself only. */
static void open_refused(struct anysock *s, struct anysock *holder) {
    struct anysock_addr nobody;
    open_on_loopback(holder, &nobody);
    assert_anysock(ANYSOCK_OK, anysock_connect(holder, &nobody));
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
    open_on_loopback(&server, &addr);
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
    open_on_loopback(&server, &addr);
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

static void source_follows_the_peer(void **state) {
    (void)state;
    struct anysock near_by, far_off, s;
    struct anysock_addr near_addr, far_addr, local;
    memset(&far_addr, 0, sizeof far_addr);
    assert_int_equal(0, anysock_port_each_address(find_other, &far_addr));
    if (anysock_addr_family(&far_addr) == ANYSOCK_UNSPEC || keeps_the_connections_address())
        skip();
    open_on_loopback(&near_by, &near_addr);
    (void)anysock_addr_set_port(&far_addr, 0);
    open_bound(&far_off, &far_addr);
    assert_anysock(ANYSOCK_OK, anysock_open(ANYSOCK_INET, ANYSOCK_DGRAM, 0, &s));
    assert_anysock(ANYSOCK_OK, anysock_connect(&s, &near_addr));
    assert_anysock(ANYSOCK_OK, anysock_connect(&s, &far_addr));
    assert_anysock(ANYSOCK_OK, anysock_local_addr(&s, &local));
    assert_false(anysock_addr_is_loopback(&local));
    assert_anysock(ANYSOCK_OK, anysock_connect(&s, &near_addr)); /* and back */
    say(&s, "hello");
    expect_text(&near_by, "hello");
    close_pair(&near_by, &far_off);
    assert_anysock(ANYSOCK_OK, anysock_close(&s));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(refusal_of_the_old_peer_is_not_the_new_ones),
        TEST(refusal_is_forgotten_with_the_peer),
        TEST(peer_that_cannot_be_had_leaves_none),
        TEST(source_follows_the_peer),
    };
    return cmocka_run_group_tests_name("reconnect", tests, NULL, NULL);
}
