/*
 * A server that takes one connection and never reads from it, so that a client that keeps sending
 * runs into a full window. What else it does to the client, it is told on its standard input.
 *
 * Shows: bind, listen, accept, send_all; the three ways to end a connection.
 */
#include <string.h>

#include "common.h"

static int obey(struct anysock *connection, const char *command) {
    size_t sent;
    if (strncmp(command, "send ", 5) == 0) {
        int code = anysock_send_all(connection, command + 5, strlen(command + 5), &sent);
        report(code, "send");
        return code;
    }
    /* The client gets what was sent and then end of stream; it may go on sending. */
    if (strcmp(command, "shutdown") == 0) {
        int code = anysock_shutdown(connection, ANYSOCK_SHUT_WR);
        report(code, "shutdown");
        return code;
    }
    /* The same in both directions; but whatever the client sent was never read, and every system
     * resets a connection that is closed with unread data. */
    if (strcmp(command, "close") == 0) {
        int code = anysock_close(connection);
        report(code, "close");
        return code;
    }
    /* The client gets a reset, whatever is under way. */
    if (strcmp(command, "reset") == 0) {
        int code = anysock_abort(connection);
        report(code, "reset");
        return code;
    }
    fprintf(stderr, "blocking_server: unknown command: %s\n", command);
    return ANYSOCK_EINVAL;
}

int main(int argc, char **argv) {
    struct anysock_addr addr;
    anysock_addr_loopback(ANYSOCK_INET, 0, &addr);
    const struct option options[] = {
        {"--listen", OPTION_ADDRESS, &addr, "where to listen (default 127.0.0.1:0)"},
        {NULL, OPTION_FLAG, NULL, NULL},
    };
    read_options(argc, argv, "blocking_server",
                 "Takes one connection and never reads from it. Obeys lines on standard input:\n"
                 "\"send TEXT\", \"shutdown\", \"close\", \"reset\"; ends with its input.",
                 options);

    struct anysock listener = ANYSOCK_INIT, connection = ANYSOCK_INIT;
    if (listen_on(&addr, &listener) != ANYSOCK_OK)
        return DIFFERENT;
    int code = anysock_accept(&listener, 0, &connection, NULL);
    if (code != ANYSOCK_OK)
        return fail(code, "accept");
    say("accepted");
    anysock_close(&listener); /* nobody else is to come */

    int outcome = HAPPENED;
    char line[1024];
    while (read_command(line, sizeof line))
        if (obey(&connection, line) != ANYSOCK_OK)
            outcome = DIFFERENT;
    anysock_close(&connection);
    return outcome;
}
