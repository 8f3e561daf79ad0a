/*
 * A UDP socket that is connected to one peer, then to another, then to nobody.
 *
 * Shows: anysock_connect() on a datagram socket, which only notes an address: that is where send
 * goes and whence recv hears, nobody else. It may be done again; anysock_disconnect() ends it,
 * which the raw calls do in a way of each system.
 *
 * A connected socket also hears when nobody is there: ANYSOCK_ECONNREFUSED from the recv after the
 * send. It is a hint and no promise, since networks may lose it, so there is a time-out as well.
 * A socket that is not connected never hears of that; Windows would tell it, about datagrams to
 * anybody, and many servers fell over it.
 */
#include <string.h>

#include "common.h"

static int connect_and_say(struct anysock *s, const struct anysock_addr *peer) {
    int code = anysock_connect(s, peer);
    if (code != ANYSOCK_OK) {
        fail(code, "connect");
        return code;
    }
    say_address("connected to", peer);
    return ANYSOCK_OK;
}

/* With the one peer: no address in either call. */
static int exchange_with_peer(struct anysock *s, const char *message) {
    size_t sent, received;
    int code = anysock_send(s, message, strlen(message), 0, &sent);
    if (code != ANYSOCK_OK) {
        fail(code, "send");
        return code;
    }
    char data[4096];
    code = anysock_recv(s, data, sizeof data, 0, &received);
    if (code != ANYSOCK_OK)
        fail(code, "recv");
    else
        say_received(data, received);
    return code;
}

static int talk_connected(struct anysock *s, const struct anysock_addr *peer, const char *message) {
    int code = connect_and_say(s, peer);
    return code == ANYSOCK_OK ? exchange_with_peer(s, message) : code;
}

/* With anybody: every datagram has an address. */
static int exchange_with(struct anysock *s, const struct anysock_addr *to, const char *message) {
    size_t sent, received;
    int code = anysock_send_to(s, message, strlen(message), 0, to, &sent);
    if (code != ANYSOCK_OK) {
        fail(code, "send_to");
        return code;
    }
    char data[4096];
    struct anysock_addr from;
    unsigned info;
    code = anysock_recv_from(s, data, sizeof data, 0, &from, &info, &received);
    if (code != ANYSOCK_OK) {
        fail(code, "recv_from");
        return code;
    }
    say_datagram(&from, info, data, received);
    return ANYSOCK_OK;
}

/* Sending without a peer must fail. */
static int disconnect_and_try(struct anysock *s) {
    int code = anysock_disconnect(s);
    if (code != ANYSOCK_OK) {
        fail(code, "disconnect");
        return code;
    }
    say("disconnected");
    size_t sent;
    code = anysock_send(s, "lost", 4, 0, &sent);
    report(code, "send");
    return code == ANYSOCK_ENOTCONN ? ANYSOCK_OK : ANYSOCK_EPROTO;
}

static int talk(struct anysock *s, const struct anysock_addr *first,
                const struct anysock_addr *second) {
    int code = talk_connected(s, first, "one");
    if (code == ANYSOCK_OK)
        code = talk_connected(s, second, "two");
    if (code == ANYSOCK_OK)
        code = disconnect_and_try(s);
    if (code == ANYSOCK_OK)
        code = exchange_with(s, first, "three");
    if (code == ANYSOCK_OK)
        code = exchange_with(s, second, "four");
    return code;
}

int main(int argc, char **argv) {
    struct anysock_addr first = {0}, second = {0};
    int timeout_ms = 5000;
    const struct option options[] = {
        {"--connect", OPTION_REQUIRED, &first, "an echo server, like udp_echo"},
        {"--second", OPTION_ADDRESS, &second, "another one (default: the same)"},
        {"--timeout-ms", OPTION_NUMBER, &timeout_ms, "wait so long for answers (default 5000)"},
        {NULL, OPTION_FLAG, NULL, NULL},
    };
    read_options(argc, argv, "udp_connect",
                 "Talks to two servers through one UDP socket: connected to the one, connected to\n"
                 "the other, and connected to none.",
                 options);
    if (anysock_addr_family(&second) == ANYSOCK_UNSPEC)
        second = first;

    struct anysock s = ANYSOCK_INIT;
    int code = anysock_open(anysock_addr_family(&first), ANYSOCK_DGRAM, 0, &s);
    if (code != ANYSOCK_OK)
        return fail(code, "open");
    code = anysock_set_timeout(&s, ANYSOCK_TIMEOUT_RECV, timeout_ms);
    if (code != ANYSOCK_OK)
        return fail(code, "set time-out");
    code = talk(&s, &first, &second);
    anysock_close(&s);
    return code == ANYSOCK_OK ? HAPPENED : DIFFERENT;
}
