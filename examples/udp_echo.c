/*
 * A UDP server that sends every datagram back to its sender, and the client of it.
 *
 * Shows: anysock_send_to() and anysock_recv_from(), and how datagrams differ from a stream. Each
 * comes whole; one that does not fit into the buffer loses its end, and ANYSOCK_TRUNCATED tells,
 * also on Windows, where the system's call fails then. One of 0 bytes is a message like any other
 * and not the end of anything. And nobody promises that an answer comes, so whoever waits for one
 * sets a time-out.
 */
#include <string.h>

#include "common.h"

static char data[65536]; /* no datagram is longer */

static int receive_from(struct anysock *s, size_t capacity, struct anysock_addr *from,
                        size_t *received) {
    unsigned info;
    int code = anysock_recv_from(s, data, capacity, 0, from, &info, received);
    if (code == ANYSOCK_OK)
        say_datagram(from, info, data, *received);
    else
        fail(code, "recv_from");
    return code;
}

/* The socket of a server needs an address that others know; that of a client gets one when it
 * first sends. */
static int open_bound(const struct anysock_addr *addr, struct anysock *s) {
    int code = anysock_open(anysock_addr_family(addr), ANYSOCK_DGRAM, 0, s);
    if (code != ANYSOCK_OK) {
        fail(code, "open");
        return code;
    }
    code = anysock_bind(s, addr, ANYSOCK_BIND_SERVER);
    if (code != ANYSOCK_OK) {
        fail(code, "bind");
        return code;
    }
    return say_local_address(s, "listening on");
}

static int serve(const struct anysock_addr *addr, size_t capacity, int count) {
    struct anysock s = ANYSOCK_INIT;
    if (open_bound(addr, &s) != ANYSOCK_OK)
        return DIFFERENT;
    for (int i = 0; i < count; i++) {
        struct anysock_addr sender;
        size_t received, sent;
        if (receive_from(&s, capacity, &sender, &received) != ANYSOCK_OK)
            return DIFFERENT;
        int code = anysock_send_to(&s, data, received, 0, &sender, &sent);
        if (code != ANYSOCK_OK)
            return fail(code, "send_to");
    }
    anysock_close(&s);
    return HAPPENED;
}

static int send_and_hear(const struct anysock_addr *server, size_t capacity, int timeout_ms,
                         char **messages) {
    struct anysock s = ANYSOCK_INIT;
    int code = anysock_open(anysock_addr_family(server), ANYSOCK_DGRAM, 0, &s);
    if (code != ANYSOCK_OK)
        return fail(code, "open");
    code = anysock_set_timeout(&s, ANYSOCK_TIMEOUT_RECV, timeout_ms);
    if (code != ANYSOCK_OK)
        return fail(code, "set time-out");
    for (; *messages != NULL; messages++) {
        struct anysock_addr sender; /* may be anybody: a server that cares compares */
        size_t sent, received;
        code = anysock_send_to(&s, *messages, strlen(*messages), 0, server, &sent);
        if (code != ANYSOCK_OK)
            return fail(code, "send_to");
        say("sent %lu bytes", (unsigned long)sent);
        if (receive_from(&s, capacity, &sender, &received) != ANYSOCK_OK)
            return DIFFERENT;
    }
    anysock_close(&s);
    return HAPPENED;
}

int main(int argc, char **argv) {
    struct anysock_addr addr, server = {0};
    anysock_addr_loopback(ANYSOCK_INET, 0, &addr);
    int count = 3, capacity = sizeof data, timeout_ms = 5000;
    char hello[] = "hello", *default_messages[] = {hello, NULL}, **messages = default_messages;
    const struct option options[] = {
        {"--listen", OPTION_ADDRESS, &addr, "serve: where to listen (default 127.0.0.1:0)"},
        {"--count", OPTION_NUMBER, &count, "serve: how many datagrams (default 3)"},
        {"--send", OPTION_ADDRESS, &server, "be a client of the server there"},
        {"--timeout-ms", OPTION_NUMBER, &timeout_ms, "client: wait so long (default 5000)"},
        {"--capacity", OPTION_NUMBER, &capacity, "the size of the buffer (default 65536)"},
        {"TEXT...", OPTION_OPERANDS, &messages, "client: what to send (default hello)"},
        {NULL, OPTION_FLAG, NULL, NULL},
    };
    read_options(argc, argv, "udp_echo",
                 "Sends datagrams back to their senders, or (--send) sends some and hears the\n"
                 "answers.",
                 options);
    if (capacity > (int)sizeof data)
        capacity = sizeof data;

    if (anysock_addr_family(&server) != ANYSOCK_UNSPEC)
        return send_and_hear(&server, (size_t)capacity, timeout_ms, messages);
    return serve(&addr, (size_t)capacity, count);
}
