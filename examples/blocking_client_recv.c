/*
 * A client with a blocking socket that waits in recv for whatever the server sends, until the
 * stream ends.
 *
 * Shows: a blocking recv; how data, the end of the stream and a reset look, which are never
 * mistaken for each other.
 */
#include "common.h"

int main(int argc, char **argv) {
    struct anysock_addr peer = {0};
    const struct option options[] = {
        {"--connect", OPTION_REQUIRED, &peer, "the server"},
        {NULL, OPTION_FLAG, NULL, NULL},
    };
    read_options(argc, argv, "blocking_client_recv",
                 "Receives with a blocking socket until the stream ends.", options);

    struct anysock s = ANYSOCK_INIT;
    if (connect_to(&peer, &s) != ANYSOCK_OK)
        return DIFFERENT;
    say("waiting in recv");
    for (;;) {
        char data[4096];
        size_t received;
        int code = anysock_recv(&s, data, sizeof data, 0, &received);
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
