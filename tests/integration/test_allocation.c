/*
 * Nothing allocates, except anysock_event_create. Linked with the allocation functions wrapped.
 */
#include "net.h"
#include "platform.h"

static char buffer[64];
static size_t count;

/* Every call of the API that has to do with sockets and addresses, once. */
static void use_everything(void) {
    struct anysock listener, client, server, s;
    struct anysock_addr addr, peer;
    struct black_hole hole;
    char text[ANYSOCK_ADDR_TEXT_MAX];
    unsigned events;
    int timeout_ms;
    anysock_native native;

    assert_anysock(ANYSOCK_OK, anysock_startup());
    assert_anysock(ANYSOCK_OK, anysock_addr_parse("[::1%1]:80", &addr));
    assert_anysock(ANYSOCK_OK, anysock_addr_format(&addr, text, sizeof text));
    make_listener(ANYSOCK_INET, 0, &listener, &addr);
    assert_anysock(ANYSOCK_OK,
                   anysock_open(ANYSOCK_INET, ANYSOCK_STREAM, ANYSOCK_NONBLOCK, &client));
    (void)anysock_connect(&client, &addr);
    (void)await(&client, ANYSOCK_WRITABLE);
    assert_anysock(ANYSOCK_OK, anysock_connect_result(&client));
    assert_anysock(ANYSOCK_OK, anysock_accept(&listener, 0, &server, &peer));
    assert_anysock(ANYSOCK_OK, anysock_peer_addr(&server, &peer));
    assert_anysock(ANYSOCK_OK, anysock_set_blocking(&client, true));
    assert_anysock(ANYSOCK_OK, anysock_set_timeout(&client, ANYSOCK_TIMEOUT_RECV, 1));
    assert_anysock(ANYSOCK_OK, anysock_get_timeout(&client, ANYSOCK_TIMEOUT_RECV, &timeout_ms));
    assert_anysock(ANYSOCK_ETIMEDOUT, anysock_recv(&client, buffer, 1, 0, &count));
    say(&server, "hello");
    assert_anysock(ANYSOCK_OK, anysock_recv_all(&client, buffer, 5, &count));
    assert_anysock(ANYSOCK_ETIMEDOUT, anysock_wait(&client, ANYSOCK_READABLE, 1, &events));
    struct anysock_poll_item item = {&client, ANYSOCK_WRITABLE, 0};
    assert_anysock(ANYSOCK_OK, anysock_poll(&item, 1, 1, &count));
    (void)fill(&client);
    (void)drain(&server);
    assert_anysock(ANYSOCK_OK, anysock_shutdown(&server, ANYSOCK_SHUT_WR));
    assert_anysock(ANYSOCK_OK, anysock_release(&server, &native));
    assert_anysock(ANYSOCK_OK, anysock_adopt(native, 0, &server));
    close_pair(&client, &server);
    assert_anysock(ANYSOCK_OK, anysock_abort(&listener));

    make_black_hole(&hole);
    assert_anysock(ANYSOCK_OK, anysock_open(ANYSOCK_INET, ANYSOCK_STREAM, 0, &s));
    assert_anysock(ANYSOCK_OK, anysock_set_timeout(&s, ANYSOCK_TIMEOUT_CONNECT, 1));
    assert_anysock(ANYSOCK_ETIMEDOUT, anysock_connect(&s, &hole.addr));
    assert_anysock(ANYSOCK_OK, anysock_close(&s));
    close_black_hole(&hole);
    assert_anysock(ANYSOCK_OK, anysock_cleanup());
}

static void nothing_allocates(void **state) {
    (void)state;
    unsigned before = allocations();
    use_everything();
    assert_int_equal(before, allocations());
}

static void event_create_allocates_once(void **state) {
    (void)state;
    struct anysock client, server;
    struct anysock_event *event;
    unsigned events;
    make_pair(0, 0, &client, &server);
    unsigned before = allocations();
    assert_anysock(ANYSOCK_OK, anysock_event_create(&event));
    assert_int_equal(before + 1, allocations()); /* also shows that the counting works */
    assert_anysock(ANYSOCK_OK, anysock_event_bind(event, &client, ANYSOCK_READABLE));
    assert_anysock(ANYSOCK_ETIMEDOUT, anysock_event_wait(event, 1, &events));
    assert_anysock(ANYSOCK_OK, anysock_event_which(event, &events));
    assert_anysock(ANYSOCK_OK, anysock_event_unbind(&client));
    assert_anysock(ANYSOCK_OK, anysock_event_destroy(event));
    assert_int_equal(before + 1, allocations());
    close_pair(&client, &server);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(nothing_allocates),
        TEST(event_create_allocates_once),
    };
    return cmocka_run_group_tests_name("allocation", tests, NULL, NULL);
}
