/*
 * A client of the echo server that may want a certain local address.
 *
 * Shows: the three ways to get a local address (none: connect chooses; port 0: bind chooses; a
 * fixed port), the intent ANYSOCK_BIND_CLIENT, anysock_send_all() and anysock_recv_all().
 */
#include <stdlib.h>
#include <string.h>

#include "common.h"

/*
 * A client's address is its own: no other socket may share it, so a port that is in use, or whose
 * last connection the system still remembers (TIME_WAIT, a minute or more), is refused.
 */
static int open_bound(const struct anysock_addr *peer, const struct anysock_addr *local,
                      struct anysock *s) {
    int code = anysock_open(anysock_addr_family(peer), ANYSOCK_STREAM, 0, s);
    if (code != ANYSOCK_OK) {
        fail(code, "open");
        return code;
    }
    if (anysock_addr_family(local) == ANYSOCK_UNSPEC)
        return ANYSOCK_OK; /* connect will choose */
    code = anysock_bind(s, local, ANYSOCK_BIND_CLIENT);
    if (code != ANYSOCK_OK) {
        fail(code, "bind");
        return code;
    }
    return say_local_address(s, "bound to");
}

/* Sends the message and gets it back, in as many pieces as it takes. */
static int exchange(struct anysock *s, const char *message, char *echo, size_t length,
                    size_t *received) {
    size_t sent;
    int code = anysock_send_all(s, message, length, &sent);
    return code == ANYSOCK_OK ? anysock_recv_all(s, echo, length, received) : code;
}

/* Does that, prints what came back and compares; gives the exit code. */
static int talk(struct anysock *s, const char *message) {
    size_t length = strlen(message), received = 0;
    char *echo = malloc(length + 1);
    int code = echo != NULL ? exchange(s, message, echo, length, &received) : ANYSOCK_ENOMEM;
    int outcome = DIFFERENT;
    if (code != ANYSOCK_OK) {
        outcome = fail(code, "echo");
    } else {
        say("echo: %.*s", (int)received, echo);
        if (received == length && memcmp(echo, message, length) == 0)
            outcome = HAPPENED;
    }
    free(echo);
    return outcome;
}

static void wait_for_end_of_input(void) {
    while (getchar() != EOF)
        continue;
}

int main(int argc, char **argv) {
    struct anysock_addr peer = {0}, local = {0};
    const char *message = "hello";
    bool hold = false;
    const struct option options[] = {
        {"--connect", OPTION_REQUIRED, &peer, "the server"},
        {"--bind", OPTION_ADDRESS, &local, "the local address; port 0 lets the system choose"},
        {"--message", OPTION_TEXT, &message, "what to send (default hello)"},
        {"--hold", OPTION_FLAG, &hold, "keep the connection until standard input ends"},
        {NULL, OPTION_FLAG, NULL, NULL},
    };
    read_options(argc, argv, "echo_client", "Sends a message and gets it back.", options);

    struct anysock s = ANYSOCK_INIT;
    if (open_bound(&peer, &local, &s) != ANYSOCK_OK)
        return DIFFERENT;
    int code = anysock_connect(&s, &peer);
    if (code != ANYSOCK_OK)
        return fail(code, "connect");
    if (say_local_address(&s, "local address") != ANYSOCK_OK)
        return DIFFERENT;

    int outcome = talk(&s, message);
    if (hold)
        wait_for_end_of_input();
    anysock_close(&s);
    return outcome;
}
