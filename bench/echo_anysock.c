/*
 * The echo server of echo_raw.c on anysock.
 */
#include <anysock.h>
#include <stdio.h>
#include <stdlib.h>

static void report(const char *what, int code) {
    fprintf(stderr, "%s: %s\n", what, anysock_error_text(code));
}

static void check(const char *what, int code) {
    if (code != ANYSOCK_OK) {
        report(what, code);
        exit(1);
    }
}

static void serve(struct anysock *s) {
    char data[4096];
    size_t count, sent;
    int code;
    while ((code = anysock_recv(s, data, sizeof data, 0, &count)) == ANYSOCK_OK && count > 0) {
        code = anysock_send_all(s, data, count, &sent);
        if (code != ANYSOCK_OK) {
            report("send", code);
            return;
        }
    }
    if (code != ANYSOCK_OK)
        report("recv", code);
}

int main(int argc, char **argv) {
    struct anysock listener, s;
    struct anysock_addr addr;
    uint16_t port = (uint16_t)(argc > 1 ? atoi(argv[1]) : 0);
    check("open", anysock_open(ANYSOCK_INET, ANYSOCK_STREAM, 0, &listener));
    check("address", anysock_addr_loopback(ANYSOCK_INET, port, &addr));
    check("bind", anysock_bind(&listener, &addr, ANYSOCK_BIND_SERVER));
    check("listen", anysock_listen(&listener, 0));
    for (;;) {
        check("accept", anysock_accept(&listener, 0, &s, NULL));
        serve(&s);
        anysock_close(&s);
    }
}
