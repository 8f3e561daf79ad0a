/*
 * Prints what there is to know about a connection, and every option with its value.
 *
 * Shows: the calls that ask and change nothing. The blocking mode is among them, which Windows
 * itself cannot tell; and an option that a system, or a kind of socket, does not have is
 * ANYSOCK_ENOPROTOOPT everywhere, printed as "-".
 */
#include "common.h"

#define NAMED(name)                                                                                \
    { ANYSOCK_OPTION_##name, #name }

static const struct {
    enum anysock_option option;
    const char *name;
} socket_options[] = {
    NAMED(NODELAY),
    NAMED(KEEPALIVE),
    NAMED(KEEPALIVE_IDLE),
    NAMED(KEEPALIVE_INTERVAL),
    NAMED(KEEPALIVE_COUNT),
    NAMED(USER_TIMEOUT),
    NAMED(CORK),
    NAMED(QUICK_ACK),
    NAMED(FAST_OPEN),
    NAMED(NOT_SENT_LOW_WATER),
    NAMED(MAX_SEGMENT),
    NAMED(OOB_INLINE),
    NAMED(SEND_BUFFER),
    NAMED(RECV_BUFFER),
    NAMED(RECV_LOW_WATER),
    NAMED(BROADCAST),
    NAMED(DONT_ROUTE),
    NAMED(TTL),
    NAMED(TOS),
    NAMED(V6ONLY),
    NAMED(DONT_FRAGMENT),
    NAMED(PATH_MTU),
    NAMED(MULTICAST_TTL),
    NAMED(MULTICAST_LOOP),
    NAMED(PRIORITY),
    NAMED(ACCEPTING),
    NAMED(MULTICAST_INTERFACE),
    NAMED(MARK),
    NAMED(BUSY_POLL),
    NAMED(INCOMING_CPU),
    NAMED(FREE_BIND),
    NAMED(TRANSPARENT),
    NAMED(SEND_LOW_WATER),
    NAMED(TYPE),
    NAMED(FAMILY),
    NAMED(PROTOCOL),
};

/* Each of these prints one line, or reports why there is nothing to print. */

static void say_peer_address(struct anysock *s) {
    struct anysock_addr addr;
    int code = anysock_peer_addr(s, &addr);
    if (code != ANYSOCK_OK)
        report(code, "peer address");
    else
        say_address("peer address", &addr);
}

static void say_timeout(const struct anysock *s, enum anysock_timeout which, const char *name) {
    int ms;
    int code = anysock_get_timeout(s, which, &ms);
    if (code != ANYSOCK_OK)
        report(code, "%s time-out", name);
    else if (ms == ANYSOCK_FOREVER)
        say("%s time-out: none", name);
    else
        say("%s time-out: %d ms", name, ms);
}

/* Only streams have an end, so only they know whether the peer is still there. */
static void say_peer_state(struct anysock *s) {
    enum anysock_peer_state state;
    int code = anysock_peek_state(s, &state);
    if (code != ANYSOCK_OK)
        report(code, "peer");
    else
        say("peer: %s", peer_state_name(state));
}

static void say_bytes_readable(struct anysock *s) {
    size_t bytes;
    int code = anysock_bytes_readable(s, &bytes);
    if (code != ANYSOCK_OK)
        report(code, "bytes readable");
    else
        say("bytes readable: %lu", (unsigned long)bytes);
}

/* That of the local address, by which the packets usually go. */
static void say_interface(struct anysock *s) {
    struct anysock_addr addr;
    uint32_t index;
    char name[ANYSOCK_INTERFACE_NAME_MAX];
    int code = anysock_local_addr(s, &addr);
    if (code == ANYSOCK_OK)
        code = anysock_interface_of(&addr, &index);
    if (code == ANYSOCK_OK)
        code = anysock_interface_name(index, name, sizeof name);
    if (code != ANYSOCK_OK)
        report(code, "interface");
    else
        say("interface: %s, number %lu", name, (unsigned long)index);
}

static void say_option(struct anysock *s, enum anysock_option option, const char *name) {
    int value;
    int code = anysock_get_option(s, option, &value);
    if (code == ANYSOCK_OK)
        say("option %s: %d", name, value);
    else if (code == ANYSOCK_ENOPROTOOPT)
        say("option %s: -", name);
    else
        report(code, "option %s", name);
}

static int say_everything(struct anysock *s, const char *protocol, enum anysock_family family) {
    say("protocol: %s over %s", protocol, family == ANYSOCK_INET6 ? "IPv6" : "IPv4");
    if (say_local_address(s, "local address") != ANYSOCK_OK)
        return DIFFERENT;
    say_peer_address(s);
    say_interface(s);
    say("mode: %s", anysock_is_blocking(s) ? "blocking" : "non-blocking");
    say_timeout(s, ANYSOCK_TIMEOUT_RECV, "receive");
    say_timeout(s, ANYSOCK_TIMEOUT_SEND, "send");
    say_timeout(s, ANYSOCK_TIMEOUT_CONNECT, "connect");
    say_peer_state(s);
    say_bytes_readable(s);
    for (size_t i = 0; i < sizeof socket_options / sizeof socket_options[0]; i++)
        say_option(s, socket_options[i].option, socket_options[i].name);
    return HAPPENED;
}

int main(int argc, char **argv) {
    struct anysock_addr peer = {0};
    bool udp = false, nonblock = false;
    int timeout_ms = ANYSOCK_FOREVER;
    const struct option options[] = {
        {"--connect", OPTION_REQUIRED, &peer, "the server"},
        {"--udp", OPTION_FLAG, &udp, "connect a UDP socket, which sends nothing"},
        {"--nonblock", OPTION_FLAG, &nonblock, "make the connected socket non-blocking"},
        {"--timeout-ms", OPTION_NUMBER, &timeout_ms, "set the receive time-out (default none)"},
        {NULL, OPTION_FLAG, NULL, NULL},
    };
    read_options(argc, argv, "sockinfo",
                 "Connects and prints what there is to know about the socket.", options);

    struct anysock s = ANYSOCK_INIT;
    enum anysock_family family = anysock_addr_family(&peer);
    int code = anysock_open(family, udp ? ANYSOCK_DGRAM : ANYSOCK_STREAM, 0, &s);
    if (code != ANYSOCK_OK)
        return fail(code, "open");
    code = anysock_connect(&s, &peer);
    if (code != ANYSOCK_OK)
        return fail(code, "connect");
    code = anysock_set_blocking(&s, !nonblock);
    if (code != ANYSOCK_OK)
        return fail(code, "set blocking");
    code = anysock_set_timeout(&s, ANYSOCK_TIMEOUT_RECV, timeout_ms);
    if (code != ANYSOCK_OK)
        return fail(code, "set time-out");
    int outcome = say_everything(&s, udp ? "UDP" : "TCP", family);
    anysock_close(&s);
    return outcome;
}
