/*
 * Closing on Windows what somebody else has made wait: a non-blocking socket with a linger time and
 * unsent data is not closed but says WSAEWOULDBLOCK. Wine never does, so closesocket is made to.
 */
#include <winsock2.h>
#include <windows.h>

#include <string.h>

#include "imports.h"

enum { LINGER_S = 5, NATIVE = 4242 };

static struct {
    int refusals; /* so many are to come */
    int calls;
    struct linger linger; /* at the latest call */
    int(WSAAPI *original)(SOCKET);
} closing;

static int WSAAPI close_reluctantly(SOCKET socket) {
    int length = sizeof closing.linger;
    closing.calls++;
    if (getsockopt(socket, SOL_SOCKET, SO_LINGER, (char *)&closing.linger, &length) != 0)
        closing.calls = -1000;
    if (closing.refusals-- > 0) {
        WSASetLastError(WSAEWOULDBLOCK);
        return SOCKET_ERROR;
    }
    return closing.original(socket);
}

/* A full window with a linger time that the library knows nothing of. */
static size_t make_lingering(struct anysock *client, struct anysock *server) {
    make_pair(ANYSOCK_NONBLOCK, 0, client, server);
    foreign_linger(anysock_native_handle(client), LINGER_S);
    return fill(client);
}

/* Closes while closesocket refuses so often. */
static int close_with_refusals(struct anysock *s, int refusals) {
    closing.refusals = refusals;
    closing.calls = 0;
    closing.original = closesocket;
    replace_import((function_pointer)closing.original, (function_pointer)close_reluctantly);
    WSASetLastError(NATIVE);
    int code = anysock_close(s);
    int native = WSAGetLastError();
    replace_import((function_pointer)close_reluctantly, (function_pointer)closing.original);
    assert_int_equal(NATIVE, native);
    return code;
}

static void expect_everything(struct anysock *s, size_t expected) {
    static char piece[65536];
    size_t total = 0, count;
    do {
        assert_anysock(ANYSOCK_OK, anysock_recv(s, piece, sizeof piece, 0, &count));
        total += count;
    } while (count > 0);
    assert_int_equal(expected, total);
}

/* The tear-down counts the handles. */
static void socket_that_will_not_close_loses_its_linger_time(void **state) {
    (void)state;
    struct anysock client, server;
    size_t sent = make_lingering(&client, &server);
    assert_anysock(ANYSOCK_OK, close_with_refusals(&client, 1));
    assert_false(anysock_is_open(&client));
    assert_int_equal(2, closing.calls);
    assert_int_equal(0, closing.linger.l_onoff);
    expect_everything(&server, sent);
    assert_anysock(ANYSOCK_OK, anysock_close(&server));
}

/* The linger time is the maker's wish, as long as nothing speaks against it. */
static void socket_that_closes_is_closed_once(void **state) {
    (void)state;
    struct anysock client, server;
    make_pair(ANYSOCK_NONBLOCK, 0, &client, &server);
    foreign_linger(anysock_native_handle(&client), LINGER_S);
    assert_anysock(ANYSOCK_OK, close_with_refusals(&client, 0));
    assert_int_equal(1, closing.calls);
    assert_int_not_equal(0, closing.linger.l_onoff);
    assert_int_equal(LINGER_S, closing.linger.l_linger);
    expect_everything(&server, 0);
    assert_anysock(ANYSOCK_OK, anysock_close(&server));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(socket_that_will_not_close_loses_its_linger_time),
        TEST(socket_that_closes_is_closed_once),
    };
    return cmocka_run_group_tests_name("close_lingering", tests, NULL, NULL);
}
