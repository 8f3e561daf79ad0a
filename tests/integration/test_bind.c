/*
 * Bind: what each intent shares with whom, and who gets what arrives.
 */
#include <string.h>

#include "net.h"
#include "platform.h"

/* So many that chance does not give all of them to one of two. */
#define MANY 64

static char buffer[64];
static size_t count;

static void open_two(enum anysock_type type, struct anysock sockets[2]) {
    for (size_t i = 0; i < 2; i++)
        assert_anysock(ANYSOCK_OK, anysock_open(ANYSOCK_INET, type, ANYSOCK_NONBLOCK, &sockets[i]));
}

/* Binds both to one address, of the system's choice if it has no port yet. */
static void bind_two(struct anysock sockets[2], struct anysock_addr *addr,
                     enum anysock_bind_intent intent) {
    assert_anysock(ANYSOCK_OK, anysock_bind(&sockets[0], addr, intent));
    assert_anysock(ANYSOCK_OK, anysock_local_addr(&sockets[0], addr));
    assert_anysock(ANYSOCK_OK, anysock_bind(&sockets[1], addr, intent));
}

/* Waits until one of two is readable; returns which. */
static size_t await_one(struct anysock sockets[2]) {
    struct anysock_poll_item items[] = {{&sockets[0], ANYSOCK_READABLE, 0},
                                        {&sockets[1], ANYSOCK_READABLE, 0}};
    size_t ready;
    assert_anysock(ANYSOCK_OK, anysock_poll(items, 2, PATIENCE_MS, &ready));
    assert_true(ready > 0);
    return items[0].events != 0 ? 0 : 1;
}

/* --- one socket --- */

static void bind_twice_is_refused(void **state) {
    (void)state;
    struct anysock s;
    struct anysock_addr addr;
    assert_anysock(ANYSOCK_OK, anysock_addr_loopback(ANYSOCK_INET, 0, &addr));
    assert_anysock(ANYSOCK_OK, anysock_open(ANYSOCK_INET, ANYSOCK_STREAM, 0, &s));
    assert_anysock(ANYSOCK_OK, anysock_bind(&s, &addr, ANYSOCK_BIND_CLIENT));
    assert_anysock(ANYSOCK_EINVAL, anysock_bind(&s, &addr, ANYSOCK_BIND_CLIENT));
    assert_anysock(ANYSOCK_OK, anysock_close(&s));
}

static void bind_to_a_foreign_address_fails(void **state) {
    (void)state;
    struct anysock s;
    struct anysock_addr addr;
    assert_anysock(ANYSOCK_OK, anysock_addr_parse("192.0.2.1:0", &addr)); /* documentation only */
    assert_anysock(ANYSOCK_OK, anysock_open(ANYSOCK_INET, ANYSOCK_STREAM, 0, &s));
    assert_anysock(ANYSOCK_EADDRNOTAVAIL, anysock_bind(&s, &addr, ANYSOCK_BIND_SERVER));
    assert_anysock(ANYSOCK_OK, anysock_close(&s));
}

/* An intent is an attempt's, and not the socket's: what the first one asked for would let others
 * share the second one's address, or make Windows refuse it. */
static void intent_of_a_failed_bind_is_over(void **state) {
    (void)state;
    static const enum anysock_type types[] = {ANYSOCK_STREAM, ANYSOCK_DGRAM};
    for (int i = 0; i < 2 * (ANYSOCK_BIND_CLIENT + 1); i++) {
        enum anysock_type type = types[i % 2];
        struct anysock sockets[2], holder;
        struct anysock_addr taken, addr;
        open_two(type, sockets);
        assert_anysock(ANYSOCK_OK, anysock_addr_loopback(ANYSOCK_INET, 0, &taken));
        assert_anysock(ANYSOCK_OK, anysock_open(ANYSOCK_INET, type, 0, &holder));
        assert_anysock(ANYSOCK_OK, anysock_bind(&holder, &taken, ANYSOCK_BIND_SERVER));
        if (type == ANYSOCK_STREAM)
            assert_anysock(ANYSOCK_OK, anysock_listen(&holder, 1));
        assert_anysock(ANYSOCK_OK, anysock_local_addr(&holder, &taken));
        int code = anysock_bind(&sockets[0], &taken, (enum anysock_bind_intent)(i / 2));
        assert_int_not_equal(ANYSOCK_OK, code);

        assert_anysock(ANYSOCK_OK, anysock_addr_loopback(ANYSOCK_INET, 0, &addr));
        assert_anysock(ANYSOCK_OK, anysock_bind(&sockets[0], &addr, ANYSOCK_BIND_SERVER));
        if (type == ANYSOCK_STREAM)
            assert_anysock(ANYSOCK_OK, anysock_listen(&sockets[0], 1));
        assert_anysock(ANYSOCK_OK, anysock_local_addr(&sockets[0], &addr));
        assert_false(can_hijack(type, &addr));
        if (kernel_balances())
            assert_anysock(ANYSOCK_EADDRINUSE,
                           anysock_bind(&sockets[1], &addr, ANYSOCK_BIND_BALANCED));
        close_pair(&sockets[0], &sockets[1]);
        assert_anysock(ANYSOCK_OK, anysock_close(&holder));
    }
}

static void bind_after_a_failed_connect_is_too_late(void **state) {
    (void)state;
    struct anysock holder, s;
    struct anysock_addr refusing, addr;
    make_refusing(&holder, &refusing);
    assert_anysock(ANYSOCK_OK, anysock_addr_loopback(ANYSOCK_INET, 0, &addr));
    assert_anysock(ANYSOCK_OK, anysock_open(ANYSOCK_INET, ANYSOCK_STREAM, 0, &s));
    assert_anysock(ANYSOCK_ECONNREFUSED, anysock_connect(&s, &refusing));
    assert_anysock(ANYSOCK_EBADSTATE, anysock_bind(&s, &addr, ANYSOCK_BIND_CLIENT));
    close_pair(&holder, &s);
}

/* A zone that no interface has; and one is needed. */
static void link_local_address_wants_an_interface(void **state) {
    (void)state;
    struct anysock s;
    struct anysock_addr addr;
    assert_anysock(ANYSOCK_OK, anysock_open(ANYSOCK_INET6, ANYSOCK_DGRAM, 0, &s));
    assert_anysock(ANYSOCK_OK, anysock_addr_parse("fe80::1%99999", &addr));
    assert_anysock(ANYSOCK_EADDRNOTAVAIL, anysock_bind(&s, &addr, ANYSOCK_BIND_SERVER));
    assert_anysock(ANYSOCK_OK, anysock_close(&s));
}

/* --- a server --- */

static void server_owns_its_address(void **state) {
    (void)state;
    static const enum anysock_bind_intent intents[] = {ANYSOCK_BIND_SERVER, ANYSOCK_BIND_CLIENT};
    for (size_t i = 0; i < COUNT_OF(intents); i++) {
        struct anysock listener, second;
        struct anysock_addr addr;
        make_listener(ANYSOCK_INET, 0, &listener, &addr);
        assert_anysock(ANYSOCK_OK, anysock_open(ANYSOCK_INET, ANYSOCK_STREAM, 0, &second));
        assert_anysock(ANYSOCK_EADDRINUSE, anysock_bind(&second, &addr, intents[i]));
        close_pair(&listener, &second);
    }
}

static void server_restarts_at_once(void **state) {
    (void)state;
    struct anysock listener, client, server;
    struct anysock_addr addr;
    make_listener(ANYSOCK_INET, 0, &listener, &addr);
    assert_anysock(ANYSOCK_OK, anysock_open(ANYSOCK_INET, ANYSOCK_STREAM, 0, &client));
    assert_anysock(ANYSOCK_OK, anysock_connect(&client, &addr));
    assert_anysock(ANYSOCK_OK, anysock_accept(&listener, 0, &server, NULL));
    /* The server closes first, so that its side of the connection lingers. */
    assert_anysock(ANYSOCK_OK, anysock_close(&server));
    assert_anysock(ANYSOCK_OK, anysock_recv(&client, buffer, 1, 0, &count));
    assert_int_equal(0, count);
    assert_anysock(ANYSOCK_OK, anysock_close(&client));
    assert_anysock(ANYSOCK_OK, anysock_close(&listener));
    assert_anysock(ANYSOCK_OK, anysock_open(ANYSOCK_INET, ANYSOCK_STREAM, 0, &listener));
    assert_anysock(ANYSOCK_OK, anysock_bind(&listener, &addr, ANYSOCK_BIND_SERVER));
    assert_anysock(ANYSOCK_OK, anysock_listen(&listener, 1));
    assert_anysock(ANYSOCK_OK, anysock_close(&listener));
}

/* Linux, which lets a server restart by SO_REUSEADDR, lets two be bound that do not listen. Neither
 * gets a connection of the other's: only one can listen. */
static void server_that_listens_first_owns_the_address(void **state) {
    (void)state;
    for (size_t first = 0; first < 2; first++) {
        struct anysock servers[2], client, child;
        struct anysock *owner = &servers[first], *other = &servers[1 - first];
        struct anysock_addr addr;
        open_two(ANYSOCK_STREAM, servers);
        assert_anysock(ANYSOCK_OK, anysock_addr_loopback(ANYSOCK_INET, 0, &addr));
        if (servers_may_bind_alike()) {
            bind_two(servers, &addr, ANYSOCK_BIND_SERVER);
        } else {
            assert_anysock(ANYSOCK_OK, anysock_bind(owner, &addr, ANYSOCK_BIND_SERVER));
            assert_anysock(ANYSOCK_OK, anysock_local_addr(owner, &addr));
            assert_anysock(ANYSOCK_EADDRINUSE, anysock_bind(other, &addr, ANYSOCK_BIND_SERVER));
        }
        assert_anysock(ANYSOCK_OK, anysock_listen(owner, 1));
        if (servers_may_bind_alike()) {
            assert_anysock(ANYSOCK_EADDRINUSE, anysock_listen(other, 1));
            assert_int_not_equal(0, anysock_native_error());
        }
        assert_anysock(ANYSOCK_EINVAL, anysock_accept(other, 0, &child, NULL));
        assert_anysock(ANYSOCK_OK, anysock_open(ANYSOCK_INET, ANYSOCK_STREAM, 0, &client));
        assert_anysock(ANYSOCK_OK, anysock_connect(&client, &addr));
        (void)await(owner, ANYSOCK_READABLE);
        assert_anysock(ANYSOCK_OK, anysock_accept(owner, 0, &child, NULL));
        close_pair(&client, &child);
        assert_anysock(ANYSOCK_OK, anysock_close(owner));
        if (servers_may_bind_alike())
            assert_anysock(ANYSOCK_OK, anysock_listen(other, 1)); /* the next one has it now */
        assert_anysock(ANYSOCK_OK, anysock_close(other));
    }
}

/* --- balanced --- */

static void balanced_binds_are_refused_where_nobody_balances(void **state) {
    (void)state;
    static const enum anysock_type types[] = {ANYSOCK_STREAM, ANYSOCK_DGRAM};
    for (size_t i = 0; i < COUNT_OF(types); i++) {
        struct anysock s;
        struct anysock_addr addr;
        assert_anysock(ANYSOCK_OK, anysock_addr_loopback(ANYSOCK_INET, 0, &addr));
        assert_anysock(ANYSOCK_OK, anysock_open(ANYSOCK_INET, types[i], 0, &s));
        assert_anysock(kernel_balances() ? ANYSOCK_OK : ANYSOCK_EOPNOTSUPP,
                       anysock_bind(&s, &addr, ANYSOCK_BIND_BALANCED));
        assert_anysock(ANYSOCK_OK, anysock_close(&s));
    }
}

static void balanced_servers_share_the_connections(void **state) {
    (void)state;
    struct anysock servers[2], clients[MANY], child, third;
    struct anysock_addr addr;
    size_t got[2] = {0, 0};
    if (!kernel_balances())
        skip();
    open_two(ANYSOCK_STREAM, servers);
    assert_anysock(ANYSOCK_OK, anysock_addr_loopback(ANYSOCK_INET, 0, &addr));
    bind_two(servers, &addr, ANYSOCK_BIND_BALANCED);
    for (size_t i = 0; i < 2; i++)
        assert_anysock(ANYSOCK_OK, anysock_listen(&servers[i], MANY));
    assert_anysock(ANYSOCK_OK, anysock_open(ANYSOCK_INET, ANYSOCK_STREAM, 0, &third));
    assert_anysock(ANYSOCK_EADDRINUSE, anysock_bind(&third, &addr, ANYSOCK_BIND_SERVER));
    for (size_t i = 0; i < MANY; i++) {
        assert_anysock(ANYSOCK_OK, anysock_open(ANYSOCK_INET, ANYSOCK_STREAM, 0, &clients[i]));
        assert_anysock(ANYSOCK_OK, anysock_connect(&clients[i], &addr));
    }
    for (size_t i = 0; i < MANY; i++) {
        size_t which = await_one(servers);
        assert_anysock(ANYSOCK_OK, anysock_accept(&servers[which], 0, &child, NULL));
        got[which]++;
        assert_anysock(ANYSOCK_OK, anysock_close(&child));
    }
    assert_true(got[0] > 0 && got[1] > 0);
    for (size_t i = 0; i < MANY; i++)
        assert_anysock(ANYSOCK_OK, anysock_close(&clients[i]));
    close_pair(&servers[0], &servers[1]);
    assert_anysock(ANYSOCK_OK, anysock_close(&third));
}

/* By sender: the datagrams of one all go to the same receiver. */
static void balanced_receivers_share_the_datagrams(void **state) {
    (void)state;
    struct anysock receivers[2], sender;
    struct anysock_addr addr;
    size_t got[2] = {0, 0};
    if (!kernel_balances())
        skip();
    open_two(ANYSOCK_DGRAM, receivers);
    assert_anysock(ANYSOCK_OK, anysock_addr_loopback(ANYSOCK_INET, 0, &addr));
    bind_two(receivers, &addr, ANYSOCK_BIND_BALANCED);
    for (size_t i = 0; i < MANY; i++) {
        assert_anysock(ANYSOCK_OK, anysock_open(ANYSOCK_INET, ANYSOCK_DGRAM, 0, &sender));
        assert_anysock(ANYSOCK_OK, anysock_send_to(&sender, "hello", 5, 0, &addr, &count));
        size_t which = await_one(receivers);
        assert_anysock(ANYSOCK_OK,
                       anysock_recv(&receivers[which], buffer, sizeof buffer, 0, &count));
        assert_int_equal(5, count);
        assert_anysock(ANYSOCK_EAGAIN,
                       anysock_recv(&receivers[1 - which], buffer, sizeof buffer, 0, &count));
        got[which]++;
        assert_anysock(ANYSOCK_OK, anysock_close(&sender));
    }
    assert_true(got[0] > 0 && got[1] > 0);
    close_pair(&receivers[0], &receivers[1]);
}

/* --- shared --- */

static void sharing_is_for_datagrams(void **state) {
    (void)state;
    struct anysock s;
    struct anysock_addr addr;
    assert_anysock(ANYSOCK_OK, anysock_addr_loopback(ANYSOCK_INET, 0, &addr));
    assert_anysock(ANYSOCK_OK, anysock_open(ANYSOCK_INET, ANYSOCK_STREAM, 0, &s));
    assert_anysock(ANYSOCK_EOPNOTSUPP, anysock_bind(&s, &addr, ANYSOCK_BIND_SHARED));
    assert_anysock(ANYSOCK_OK, anysock_close(&s));
}

/* To which of them is the system's business. */
static void datagram_for_one_reaches_one_of_those_that_share(void **state) {
    (void)state;
    struct anysock receivers[2], sender;
    struct anysock_addr addr;
    open_two(ANYSOCK_DGRAM, receivers);
    assert_anysock(ANYSOCK_OK, anysock_addr_loopback(ANYSOCK_INET, 0, &addr));
    bind_two(receivers, &addr, ANYSOCK_BIND_SHARED);
    assert_anysock(ANYSOCK_OK, anysock_open(ANYSOCK_INET, ANYSOCK_DGRAM, 0, &sender));
    assert_anysock(ANYSOCK_OK, anysock_send_to(&sender, "hello", 5, 0, &addr, &count));
    size_t which = await_one(receivers);
    assert_anysock(ANYSOCK_OK, anysock_recv(&receivers[which], buffer, sizeof buffer, 0, &count));
    assert_int_equal(5, count);
    assert_memory_equal("hello", buffer, 5);
    close_pair(&receivers[0], &receivers[1]);
    assert_anysock(ANYSOCK_OK, anysock_close(&sender));
}

static void datagram_for_all_reaches_all_that_share(void **state) {
    (void)state;
    struct anysock receivers[2], sender;
    struct anysock_addr addr, everybody;
    open_two(ANYSOCK_DGRAM, receivers);
    assert_anysock(ANYSOCK_OK, anysock_addr_any(ANYSOCK_INET, 0, &addr));
    bind_two(receivers, &addr, ANYSOCK_BIND_SHARED);
    assert_anysock(ANYSOCK_OK, anysock_addr_parse("127.255.255.255", &everybody));
    assert_anysock(ANYSOCK_OK, anysock_addr_set_port(&everybody, anysock_addr_port(&addr)));
    assert_anysock(ANYSOCK_OK, anysock_open(ANYSOCK_INET, ANYSOCK_DGRAM, 0, &sender));
    assert_anysock(ANYSOCK_OK, anysock_set_option(&sender, ANYSOCK_OPTION_BROADCAST, 1));
    assert_anysock(ANYSOCK_OK, anysock_send_to(&sender, "hello", 5, 0, &everybody, &count));
    for (size_t i = 0; i < 2; i++) {
        (void)await(&receivers[i], ANYSOCK_READABLE);
        assert_anysock(ANYSOCK_OK, anysock_recv(&receivers[i], buffer, sizeof buffer, 0, &count));
        assert_int_equal(5, count);
        assert_memory_equal("hello", buffer, 5);
    }
    close_pair(&receivers[0], &receivers[1]);
    assert_anysock(ANYSOCK_OK, anysock_close(&sender));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(bind_twice_is_refused),
        TEST(bind_to_a_foreign_address_fails),
        TEST(intent_of_a_failed_bind_is_over),
        TEST(bind_after_a_failed_connect_is_too_late),
        TEST(link_local_address_wants_an_interface),
        TEST(server_owns_its_address),
        TEST(server_restarts_at_once),
        TEST(server_that_listens_first_owns_the_address),
        TEST(balanced_binds_are_refused_where_nobody_balances),
        TEST(balanced_servers_share_the_connections),
        TEST(balanced_receivers_share_the_datagrams),
        TEST(sharing_is_for_datagrams),
        TEST(datagram_for_one_reaches_one_of_those_that_share),
        TEST(datagram_for_all_reaches_all_that_share),
    };
    return cmocka_run_group_tests_name("bind", tests, NULL, NULL);
}
