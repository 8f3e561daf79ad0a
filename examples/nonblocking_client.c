/*
 * A client with a non-blocking socket that sends to a server that does not read. When the window
 * is full, send says so and returns at once.
 *
 * Shows: anysock_set_blocking(), and ANYSOCK_EAGAIN as the one code for "not now" everywhere.
 */
#include "common.h"

static const char block[64 * 1024];

int main(int argc, char **argv) {
    struct anysock_addr peer = {0};
    const struct option options[] = {
        {"--connect", OPTION_REQUIRED, &peer, "the server"},
        {NULL, OPTION_FLAG, NULL, NULL},
    };
    read_options(argc, argv, "nonblocking_client",
                 "Sends to a server that does not read, until there is no more room.", options);

    /* Connect first, then become non-blocking: the mode can be changed at any time, and asked
     * for on every system (Windows itself cannot tell). */
    struct anysock s = ANYSOCK_INIT;
    if (connect_to(&peer, &s) != ANYSOCK_OK)
        return DIFFERENT;
    int code = anysock_set_blocking(&s, false);
    if (code != ANYSOCK_OK || anysock_is_blocking(&s))
        return fail(code, "set blocking");

    /* Each send may take less than it was given; the next one then says why. */
    size_t total = 0, sent = 0;
    do {
        code = anysock_send(&s, block, sizeof block, 0, &sent);
        total += sent;
    } while (code == ANYSOCK_OK);
    if (code != ANYSOCK_EAGAIN)
        return fail(code, "send");
    report(code, "window full after %lu bytes", (unsigned long)total);

    anysock_close(&s);
    return HAPPENED;
}
