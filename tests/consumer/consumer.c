/*
 * Uses the installed header and library: a round trip over loopback.
 */
#include <anysock.h>

int main(void) {
    struct anysock listener, client, server;
    struct anysock_addr addr;
    size_t count;
    char byte = 0;
    int failed = anysock_addr_loopback(ANYSOCK_INET, 0, &addr) ||
                 anysock_open(ANYSOCK_INET, ANYSOCK_STREAM, 0, &listener) ||
                 anysock_bind(&listener, &addr, ANYSOCK_BIND_SERVER) ||
                 anysock_listen(&listener, 1) || anysock_local_addr(&listener, &addr) ||
                 anysock_open(ANYSOCK_INET, ANYSOCK_STREAM, 0, &client) ||
                 anysock_connect(&client, &addr) || anysock_accept(&listener, 0, &server, NULL) ||
                 anysock_send(&client, "x", 1, 0, &count) ||
                 anysock_recv(&server, &byte, 1, 0, &count) || byte != 'x';
    (void)anysock_close(&client);
    (void)anysock_close(&server);
    (void)anysock_close(&listener);
    return failed;
}
