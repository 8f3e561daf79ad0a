/*
 * A client with a blocking socket that sends to a server that does not read. When the window is
 * full, send waits: until the connection ends, or until the socket's send time-out.
 *
 * Shows: a blocking send, anysock_wait() as a look ahead, anysock_set_timeout().
 */
#include "common.h"

static const char block[64 * 1024];

/* Whether a send could take something at once. */
static bool has_room(struct anysock *s) {
    unsigned events;
    return anysock_wait(s, ANYSOCK_WRITABLE, 0, &events) != ANYSOCK_ETIMEDOUT;
}

/*
 * Sends until send fails. A system calls a socket writable only when a good part of its buffer is
 * free, so after "window full" the blocking send may take some more bytes before it really waits;
 * then nothing in this program can end the waiting.
 */
static int send_until_it_fails(struct anysock *s, bool *full) {
    size_t total = 0, sent = 0;
    int code;
    *full = false;
    do {
        if (!*full && !has_room(s)) {
            *full = true;
            say("window full after %lu bytes", (unsigned long)total);
        }
        code = anysock_send(s, block, sizeof block, 0, &sent);
        total += sent;
    } while (code == ANYSOCK_OK);
    return code;
}

int main(int argc, char **argv) {
    struct anysock_addr peer = {0};
    int timeout_ms = ANYSOCK_FOREVER;
    const struct option options[] = {
        {"--connect", OPTION_REQUIRED, &peer, "the server"},
        {"--timeout-ms", OPTION_NUMBER, &timeout_ms, "how long a send may wait (default forever)"},
        {NULL, OPTION_FLAG, NULL, NULL},
    };
    read_options(argc, argv, "blocking_client",
                 "Sends to a server that does not read, until send blocks and something ends it:\n"
                 "the end of the connection, or the time-out if there is one.",
                 options);

    struct anysock s = ANYSOCK_INIT;
    if (connect_to(&peer, &s) != ANYSOCK_OK)
        return DIFFERENT;
    int code = anysock_set_timeout(&s, ANYSOCK_TIMEOUT_SEND, timeout_ms);
    if (code != ANYSOCK_OK)
        return fail(code, "set timeout");

    bool full;
    code = send_until_it_fails(&s, &full);
    if (!full)
        return fail(code, "send");
    report(code, "send returned after blocking");
    anysock_close(&s);

    if (timeout_ms != ANYSOCK_FOREVER)
        return code == ANYSOCK_ETIMEDOUT ? HAPPENED : DIFFERENT;
    return code == ANYSOCK_ECONNRESET || code == ANYSOCK_EPIPE ? HAPPENED : DIFFERENT;
}
