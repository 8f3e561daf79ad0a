/*
 * Looking at the peer where poll tells of no errors, as on macOS and the BSDs: a reset shows as a
 * hang-up there, and is no end all the same. The program's poll is one of those.
 */
#include <poll.h>

#include "net.h"

static char buffer[8];
static size_t count;
static bool tells_errors;

int __real_poll(struct pollfd *fds, nfds_t fd_count, int timeout_ms);
int __wrap_poll(struct pollfd *fds, nfds_t fd_count, int timeout_ms);

int __wrap_poll(struct pollfd *fds, nfds_t fd_count, int timeout_ms) {
    int found = __real_poll(fds, fd_count, timeout_ms);
    for (nfds_t i = 0; i < fd_count && !tells_errors; i++)
        fds[i].revents &= (short)~POLLERR;
    return found;
}

static enum anysock_peer_state state_of_peer(struct anysock *s) {
    enum anysock_peer_state peer;
    assert_anysock(ANYSOCK_OK, anysock_peek_state(s, &peer));
    return peer;
}

static void reset_is_told_from_an_end(void **state) {
    (void)state;
    for (int told = 0; told < 2; told++) {
        struct anysock client, server;
        tells_errors = told != 0;
        make_pair(0, 0, &client, &server);
        assert_int_equal(ANYSOCK_PEER_OPEN, state_of_peer(&client));
        assert_anysock(ANYSOCK_OK, anysock_abort(&server));
        await_state(&client, ANYSOCK_PEER_RESET);
        for (int i = 0; i < 2; i++)
            assert_anysock(ANYSOCK_ECONNRESET, anysock_recv(&client, buffer, 1, 0, &count));
        assert_anysock(ANYSOCK_OK, anysock_close(&client));
    }
}

/* Of both sides, a hang-up as well, and with data before it. */
static void end_is_no_reset(void **state) {
    (void)state;
    struct anysock client, server;
    tells_errors = false;
    make_pair(0, 0, &client, &server);
    say(&server, "data");
    assert_anysock(ANYSOCK_OK, anysock_shutdown(&client, ANYSOCK_SHUT_WR));
    assert_anysock(ANYSOCK_OK, anysock_shutdown(&server, ANYSOCK_SHUT_WR));
    await_state(&client, ANYSOCK_PEER_FINISHED);
    assert_anysock(ANYSOCK_OK, anysock_recv(&client, buffer, sizeof buffer, 0, &count));
    assert_int_equal(4, count);
    assert_int_equal(ANYSOCK_PEER_FINISHED, state_of_peer(&client));
    assert_anysock(ANYSOCK_OK, anysock_recv(&client, buffer, sizeof buffer, 0, &count));
    assert_int_equal(0, count);
    close_pair(&client, &server);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(reset_is_told_from_an_end),
        TEST(end_is_no_reset),
    };
    return cmocka_run_group_tests_name("probe_error", tests, NULL, NULL);
}
