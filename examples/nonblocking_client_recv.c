/*
 * A client with a non-blocking socket: recv never waits, anysock_wait() does.
 *
 * Shows: try first, wait only after ANYSOCK_EAGAIN, try again. The end of the stream wakes the
 * wait as data do.
 */
#include "common.h"

/* Receives once, whatever it takes. */
static int receive(struct anysock *s, char *data, size_t capacity, size_t *received) {
    for (;;) {
        int code = anysock_recv(s, data, capacity, 0, received);
        if (code != ANYSOCK_EAGAIN)
            return code;
        report(code, "recv");
        unsigned events;
        code = anysock_wait(s, ANYSOCK_READABLE, ANYSOCK_FOREVER, &events);
        if (code != ANYSOCK_OK)
            return code;
    }
}

int main(int argc, char **argv) {
    struct anysock_addr peer = {0};
    const struct option options[] = {
        {"--connect", OPTION_REQUIRED, &peer, "the server"},
        {NULL, OPTION_FLAG, NULL, NULL},
    };
    read_options(argc, argv, "nonblocking_client_recv",
                 "Receives with a non-blocking socket until the stream ends.", options);

    struct anysock s = ANYSOCK_INIT;
    if (connect_to(&peer, &s) != ANYSOCK_OK)
        return DIFFERENT;
    int code = anysock_set_blocking(&s, false);
    if (code != ANYSOCK_OK)
        return fail(code, "set blocking");
    for (;;) {
        char data[4096];
        size_t received;
        code = receive(&s, data, sizeof data, &received);
        if (code != ANYSOCK_OK)
            return fail(code, "recv");
        if (received == 0)
            break; /* success with nothing received: the server has ended the stream */
        say_received(data, received);
    }
    say("end of stream");
    anysock_close(&s);
    return HAPPENED;
}
