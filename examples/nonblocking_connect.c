/*
 * A connect that does not wait: start it, do something else, ask for the result.
 *
 * Shows: ANYSOCK_EINPROGRESS, anysock_wait() and anysock_connect_result().
 *
 * With the raw calls this is where most programs are wrong. "select says writable, so it is
 * connected" lies on Linux, where a connect that failed makes the socket writable as well; and on
 * Windows it never fires after a failure, which only the third set of select reports, and which
 * WSAPoll did not report at all before Windows 10 2004. The usual remedy, getsockopt(SO_ERROR),
 * gives the error once on Linux and forgets it: whoever asks second hears "no error". Here the
 * result wakes the wait on every system, and the same answer is given however often it is asked.
 */
#include "common.h"

int main(int argc, char **argv) {
    struct anysock_addr peer = {0};
    const struct option options[] = {
        {"--connect", OPTION_REQUIRED, &peer, "the server"},
        {NULL, OPTION_FLAG, NULL, NULL},
    };
    read_options(argc, argv, "nonblocking_connect",
                 "Connects with a non-blocking socket and asks for the result twice.", options);

    struct anysock s = ANYSOCK_INIT;
    int code = anysock_open(anysock_addr_family(&peer), ANYSOCK_STREAM, ANYSOCK_NONBLOCK, &s);
    if (code != ANYSOCK_OK)
        return fail(code, "open");

    /* A system may know the result at once; else it is EINPROGRESS, also where the system itself
     * calls that WSAEWOULDBLOCK. */
    code = anysock_connect(&s, &peer);
    report(code, "connect");
    if (code == ANYSOCK_EINPROGRESS) {
        unsigned events;
        code = anysock_wait(&s, ANYSOCK_WRITABLE, ANYSOCK_FOREVER, &events);
        if (code != ANYSOCK_OK)
            return fail(code, "wait");
    }

    int result = anysock_connect_result(&s);
    report(result, "connect result");
    int again = anysock_connect_result(&s);
    report(again, "asked again");

    anysock_close(&s);
    return result == ANYSOCK_OK && again == ANYSOCK_OK ? HAPPENED : DIFFERENT;
}
