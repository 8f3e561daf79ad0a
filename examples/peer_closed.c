/*
 * Tells what the peer does without taking anything away: whether it is still there, and how much
 * of what it sent has not been read. When to look, and when to read, it is told on its standard
 * input.
 *
 * Shows: anysock_peek_state() and anysock_bytes_readable(), around anysock_wait().
 *
 * The end of a stream wakes whoever waits for data, so readable with 0 bytes means that there is
 * nothing to wait for any more. A peer that is finished has ended only its own direction: it may
 * still read. Many programs ask with a recv of one byte and MSG_PEEK instead, which sees the end
 * only when everything was read, and which takes the error of a reset away on some systems.
 */
#include <string.h>

#include "common.h"

static int look(struct anysock *s) {
    size_t bytes;
    int code = anysock_bytes_readable(s, &bytes);
    if (code != ANYSOCK_OK) {
        fail(code, "bytes readable");
        return code;
    }
    enum anysock_peer_state state;
    code = anysock_peek_state(s, &state);
    if (code != ANYSOCK_OK) {
        fail(code, "peek state");
        return code;
    }
    if (bytes > 0)
        say("%lu bytes readable, peer: %s", (unsigned long)bytes, peer_state_name(state));
    else
        say("peer: %s", peer_state_name(state));
    return ANYSOCK_OK;
}

static int wait_and_look(struct anysock *s) {
    unsigned events;
    int code = anysock_wait(s, ANYSOCK_READABLE, ANYSOCK_FOREVER, &events);
    if (code != ANYSOCK_OK) {
        fail(code, "wait");
        return code;
    }
    return look(s);
}

static int receive(struct anysock *s) {
    char data[4096];
    size_t received;
    int code = anysock_recv(s, data, sizeof data, 0, &received);
    if (code != ANYSOCK_OK)
        fail(code, "recv");
    else if (received == 0)
        say("end of stream");
    else
        say_received(data, received);
    return code;
}

static int obey(struct anysock *connection, const char *command) {
    if (strcmp(command, "look") == 0)
        return look(connection);
    if (strcmp(command, "wait") == 0)
        return wait_and_look(connection);
    if (strcmp(command, "read") == 0)
        return receive(connection);
    fprintf(stderr, "peer_closed: unknown command: %s\n", command);
    return ANYSOCK_EINVAL;
}

static int accept_one(const struct anysock_addr *addr, struct anysock *connection) {
    struct anysock listener = ANYSOCK_INIT;
    int code = listen_on(addr, &listener);
    if (code != ANYSOCK_OK)
        return code;
    code = anysock_accept(&listener, 0, connection, NULL);
    if (code != ANYSOCK_OK)
        fail(code, "accept");
    else
        say("accepted");
    anysock_close(&listener);
    return code;
}

int main(int argc, char **argv) {
    struct anysock_addr addr, peer = {0};
    anysock_addr_loopback(ANYSOCK_INET, 0, &addr);
    const struct option options[] = {
        {"--connect", OPTION_ADDRESS, &peer, "the server; without it, be one and take a client"},
        {"--listen", OPTION_ADDRESS, &addr, "where to listen (default 127.0.0.1:0)"},
        {NULL, OPTION_FLAG, NULL, NULL},
    };
    read_options(
        argc, argv, "peer_closed",
        "Tells what the peer does. Obeys lines on standard input: \"look\" (now), \"wait\"\n"
        "(until something comes, then look), \"read\"; ends with its input.",
        options);

    struct anysock connection = ANYSOCK_INIT;
    bool is_client = anysock_addr_family(&peer) != ANYSOCK_UNSPEC;
    int code = is_client ? connect_to(&peer, &connection) : accept_one(&addr, &connection);
    if (code != ANYSOCK_OK)
        return DIFFERENT;

    int outcome = HAPPENED;
    char line[1024];
    while (read_command(line, sizeof line))
        if (obey(&connection, line) != ANYSOCK_OK)
            outcome = DIFFERENT;
    anysock_close(&connection);
    return outcome;
}
