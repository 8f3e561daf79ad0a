/*
 * A server that sends everything back, to several clients at once, in one thread.
 *
 * Shows: anysock_poll() over a listener and its connections, and what to wait for: a connection
 * whose data are not yet sent back wants to be writable, any other wants to be readable.
 */
#include "common.h"

#define CLIENTS_AT_ONCE 64 /* at most ANYSOCK_POLL_MAX - 1 */

struct client {
    struct anysock socket; /* closed: the place is free */
    char data[4096];
    size_t first, waiting; /* what is to be sent back: so many bytes from here */
    unsigned long total;
};

static struct client clients[CLIENTS_AT_ONCE];

static struct client *free_place(void) {
    for (size_t i = 0; i < CLIENTS_AT_ONCE; i++)
        if (!anysock_is_open(&clients[i].socket))
            return &clients[i];
    return NULL;
}

/* Takes a connection if there is one; the listener does not block, since the one that poll saw may
 * be gone by now. */
static int welcome(struct anysock *listener) {
    struct client *client = free_place();
    *client = (struct client){0};
    return anysock_accept(listener, ANYSOCK_NONBLOCK, &client->socket, NULL);
}

/* Moves what can be moved without waiting; ANYSOCK_OK with nothing waiting is the end of the
 * stream. */
static int echo(struct client *client) {
    if (client->waiting == 0) {
        int code =
            anysock_recv(&client->socket, client->data, sizeof client->data, 0, &client->waiting);
        if (code != ANYSOCK_OK || client->waiting == 0)
            return code;
        client->first = 0;
        client->total += (unsigned long)client->waiting;
    }
    size_t sent;
    int code =
        anysock_send(&client->socket, client->data + client->first, client->waiting, 0, &sent);
    client->first += sent;
    client->waiting -= sent;
    return code == ANYSOCK_OK ? ANYSOCK_EAGAIN : code;
}

/* Serves one client that poll reported; returns whether it has gone. */
static bool serve(struct client *client) {
    int code = echo(client);
    if (code == ANYSOCK_EAGAIN)
        return false;
    if (code == ANYSOCK_OK)
        say("client gone after %lu bytes", client->total);
    else
        report(code, "client lost after %lu bytes", client->total);
    anysock_close(&client->socket);
    return true;
}

/* Serves so many clients; each round waits once for all sockets. */
static int serve_clients(struct anysock *listener, int count) {
    struct anysock_poll_item items[CLIENTS_AT_ONCE + 1];
    int come = 0, gone = 0;
    while (gone < count) {
        for (size_t i = 0; i < CLIENTS_AT_ONCE; i++) {
            bool open = anysock_is_open(&clients[i].socket);
            items[i].socket = open ? &clients[i].socket : NULL;
            items[i].wanted = clients[i].waiting > 0 ? ANYSOCK_WRITABLE : ANYSOCK_READABLE;
        }
        struct anysock_poll_item *door = &items[CLIENTS_AT_ONCE];
        door->socket = come < count && come - gone < CLIENTS_AT_ONCE ? listener : NULL;
        door->wanted = ANYSOCK_READABLE;

        size_t ready;
        int code = anysock_poll(items, CLIENTS_AT_ONCE + 1, ANYSOCK_FOREVER, &ready);
        if (code != ANYSOCK_OK)
            return fail(code, "poll");
        for (size_t i = 0; i < CLIENTS_AT_ONCE; i++)
            if (items[i].events != 0 && serve(&clients[i]))
                gone++;
        if (door->events == 0)
            continue;
        code = welcome(listener);
        if (code == ANYSOCK_OK)
            come++;
        else if (code != ANYSOCK_EAGAIN)
            return fail(code, "accept");
    }
    return HAPPENED;
}

int main(int argc, char **argv) {
    struct anysock_addr addr;
    anysock_addr_loopback(ANYSOCK_INET, 0, &addr);
    int count = 1;
    const struct option options[] = {
        {"--listen", OPTION_ADDRESS, &addr, "where to listen (default 127.0.0.1:0)"},
        {"--clients", OPTION_NUMBER, &count, "how many clients to serve in all (default 1)"},
        {NULL, OPTION_FLAG, NULL, NULL},
    };
    read_options(argc, argv, "echo_server",
                 "Sends everything back to its clients, until all of them have come and gone.",
                 options);

    struct anysock listener = ANYSOCK_INIT;
    if (listen_on(&addr, &listener) != ANYSOCK_OK)
        return DIFFERENT;
    int code = anysock_set_blocking(&listener, false);
    if (code != ANYSOCK_OK)
        return fail(code, "set blocking");
    int outcome = serve_clients(&listener, count);
    anysock_close(&listener);
    return outcome;
}
