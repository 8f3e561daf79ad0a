/*
 * An echo server and its load: so many connections at the same time, and every byte that comes
 * back is compared.
 *
 * Shows: one queue for a listener, its connections and those of the clients, whose data tells what
 * an event is about; connects that do not wait, in waves that a listener can take; sends that take
 * a part only; not to read while nobody reads from us; to end one's own direction and to read on
 * until the peer ends the other; and what to do when there are no descriptors left.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "common.h"

/* So many connections may wait to be accepted: some systems refuse what is beyond 200. */
#define WAVE 100
/* When nothing at all has happened for so long, nothing will. */
#define PATIENCE_MS 120000
/* After so long there may be descriptors again that somebody else has given back. */
#define SHORTAGE_MS 1000
/* Of results that are all alike only the first ones are worth a line. */
#define REPORTS_MAX 5

/* What a queue holds of each socket: first of all, who deals with its events. */
struct watched {
    void (*serve)(struct watched *self, unsigned events);
    struct anysock socket;
};

static struct anysock_queue *queue;

static unsigned wanted_of(bool readable, bool writable) {
    return (readable ? (unsigned)ANYSOCK_READABLE : 0) |
           (writable ? (unsigned)ANYSOCK_WRITABLE : 0);
}

static int watch(struct watched *w, unsigned wanted) {
    return anysock_queue_add(queue, &w->socket, wanted, ANYSOCK_QUEUE_LEVEL, w);
}

/* Costs nothing if it is watched for just that already. */
static int watch_for(struct watched *w, unsigned wanted) {
    return anysock_queue_modify(queue, &w->socket, wanted, ANYSOCK_QUEUE_LEVEL, w);
}

/* ------------------------------------------------------------------------------------------- *
 * The server
 * ------------------------------------------------------------------------------------------- */

struct guest {
    struct watched watched;
    size_t first, waiting; /* what is to be sent back: so many bytes from here */
    char data[4096];
};

static struct {
    struct watched door;
    int expected; /* how many are to come; 0 if nobody knows */
    int come, gone, lost, shortages;
    bool shut; /* the door: there was a shortage */
    unsigned long long bytes;
} server;

static void reopen_door(void) {
    if (server.shut && watch_for(&server.door, ANYSOCK_READABLE) == ANYSOCK_OK)
        server.shut = false;
}

static void see_out(struct guest *guest, int code) {
    if (code != ANYSOCK_OK && server.lost++ < REPORTS_MAX)
        report(code, "client lost");
    anysock_close(&guest->watched.socket); /* which takes it from the queue */
    free(guest);
    server.gone++;
    reopen_door();
}

/* Moves what can be moved without waiting. Level-triggered events come again, so that one piece at
 * a time is enough, and the others get their turn. */
static int echo(struct guest *guest, bool *ended) {
    struct anysock *s = &guest->watched.socket;
    if (guest->waiting == 0) {
        int code = anysock_recv(s, guest->data, sizeof guest->data, 0, &guest->waiting);
        *ended = code == ANYSOCK_OK && guest->waiting == 0;
        if (code != ANYSOCK_OK || *ended)
            return code;
        guest->first = 0;
    }
    size_t sent;
    int code = anysock_send(s, guest->data + guest->first, guest->waiting, 0, &sent);
    guest->first += sent;
    guest->waiting -= sent;
    server.bytes += sent;
    return code;
}

/* Who does not read what it gets back is not read from: so its own sends have to wait. */
static void serve_guest(struct watched *self, unsigned events) {
    (void)events; /* what was waited for */
    struct guest *guest = (struct guest *)(void *)self;
    bool ended = false;
    int code = echo(guest, &ended);
    if (code == ANYSOCK_EAGAIN)
        code = ANYSOCK_OK;
    if (code == ANYSOCK_OK && !ended)
        code = watch_for(self, wanted_of(guest->waiting == 0, guest->waiting > 0));
    if (code != ANYSOCK_OK || ended)
        see_out(guest, code);
}

/* Mostly there are no descriptors left. The listener stays readable then, so whoever went on
 * watching it would never sleep again. It is looked at again when a client has gone, or after a
 * while. */
static void shut_door(int code) {
    if (server.shortages++ < REPORTS_MAX)
        report(code, "no more clients than %d for now", server.come - server.gone);
    server.shut = watch_for(&server.door, 0) == ANYSOCK_OK;
}

static int welcome(struct guest *guest) {
    guest->watched.serve = serve_guest;
    guest->first = guest->waiting = 0;
    struct anysock *s = &guest->watched.socket;
    int code = anysock_accept(&server.door.socket, ANYSOCK_NONBLOCK, s, NULL);
    if (code != ANYSOCK_OK)
        return code;
    code = watch(&guest->watched, ANYSOCK_READABLE);
    if (code != ANYSOCK_OK)
        anysock_abort(s);
    return code;
}

static int welcome_next(void) {
    struct guest *guest = malloc(sizeof *guest);
    int code = guest != NULL ? welcome(guest) : ANYSOCK_ENOMEM;
    if (code == ANYSOCK_OK)
        server.come++;
    else
        free(guest);
    return code;
}

/* One event may stand for many clients. */
static void open_door(struct watched *self, unsigned events) {
    (void)self;
    (void)events;
    int code = ANYSOCK_OK;
    for (int i = 0; i < WAVE && code == ANYSOCK_OK; i++)
        code = welcome_next();
    if (code != ANYSOCK_OK && code != ANYSOCK_EAGAIN)
        shut_door(code);
}

static int start_server(const struct anysock_addr *addr, int expected) {
    server.expected = expected;
    server.door.serve = open_door;
    int code = listen_on(addr, &server.door.socket);
    if (code != ANYSOCK_OK)
        return code;
    code = anysock_set_blocking(&server.door.socket, false);
    if (code == ANYSOCK_OK)
        code = watch(&server.door, ANYSOCK_READABLE);
    if (code != ANYSOCK_OK)
        fail(code, "watch the listener");
    return code;
}

static bool server_is_done(void) {
    return server.come == server.gone && server.come > 0 && server.come >= server.expected;
}

static int end_server(void) {
    anysock_close(&server.door.socket);
    say("%d clients served, %llu bytes sent back, %d lost", server.come, server.bytes, server.lost);
    return server_is_done() && server.lost == 0 ? HAPPENED : DIFFERENT;
}

/* ------------------------------------------------------------------------------------------- *
 * The clients
 * ------------------------------------------------------------------------------------------- */

struct connection {
    struct watched watched;
    uint32_t number;
    bool connected, answered, finished; /* finished: has ended its own direction */
    size_t sent, received;
};

static struct {
    struct anysock_addr peer;
    struct connection *connections;
    int wanted, opened, connecting, connected, ended, failed;
    int unanswered; /* those that the server has not yet shown to have accepted */
    size_t length;
    unsigned long long sent, received, wrong;
} load;

/* The pattern that a connection sends: no two connections, and no two places, have it in common
 * for long. */
static unsigned char pattern(uint32_t number, size_t place) {
    return (unsigned char)((number * 2654435761U + (uint32_t)place * 2246822519U) >> 24);
}

static void end(struct connection *c, int code, const char *what) {
    if (code != ANYSOCK_OK && load.failed++ < REPORTS_MAX)
        report(code, "connection %lu, %s", (unsigned long)c->number, what);
    anysock_close(&c->watched.socket);
    load.ended++;
    if (!c->answered)
        load.unanswered--;
}

/* All connections are held until the last one is there, so that they really are there together. */
static bool are_all_there(void) {
    return load.opened == load.wanted && load.connecting == 0;
}

/* Ends the own direction, if there is nothing more to say. */
static int finish(struct connection *c) {
    if (c->finished || c->sent < load.length || !are_all_there())
        return ANYSOCK_OK;
    c->finished = true;
    return anysock_shutdown(&c->watched.socket, ANYSOCK_SHUT_WR);
}

/* One that finished sending earlier has no event of its own that would make it go on. */
static void finish_all(void) {
    for (int i = 0; i < load.opened; i++) {
        struct connection *c = &load.connections[i];
        int code = anysock_is_open(&c->watched.socket) && c->connected ? finish(c) : ANYSOCK_OK;
        if (code != ANYSOCK_OK)
            end(c, code, "shutdown");
    }
}

/* A piece of the pattern; what send does not take is made anew the next time. */
static int send_piece(struct connection *c) {
    unsigned char piece[4096];
    size_t length = load.length - c->sent, sent;
    if (length > sizeof piece)
        length = sizeof piece;
    for (size_t i = 0; i < length; i++)
        piece[i] = pattern(c->number, c->sent + i);
    int code = anysock_send(&c->watched.socket, piece, length, 0, &sent);
    c->sent += sent;
    load.sent += sent;
    return code == ANYSOCK_EAGAIN ? ANYSOCK_OK : code;
}

static int receive_piece(struct connection *c, bool *over) {
    unsigned char piece[4096];
    size_t received;
    int code = anysock_recv(&c->watched.socket, piece, sizeof piece, 0, &received);
    *over = code == ANYSOCK_OK && received == 0;
    for (size_t i = 0; i < received; i++)
        if (c->received + i >= c->sent || piece[i] != pattern(c->number, c->received + i))
            load.wrong++;
    c->received += received;
    load.received += received;
    if (received > 0 && !c->answered) {
        c->answered = true;
        load.unanswered--;
    }
    return code == ANYSOCK_EAGAIN ? ANYSOCK_OK : code;
}

static bool is_connected(struct connection *c) {
    int code = anysock_connect_result(&c->watched.socket);
    if (code == ANYSOCK_EINPROGRESS)
        return false;
    load.connecting--;
    if (code == ANYSOCK_OK) {
        c->connected = true;
        load.connected++;
    } else {
        end(c, code, "connect");
    }
    if (are_all_there())
        finish_all();
    return anysock_is_open(&c->watched.socket);
}

static void serve_connection(struct watched *self, unsigned events) {
    struct connection *c = (struct connection *)(void *)self;
    if (!anysock_is_open(&self->socket))
        return; /* finish_all() has ended it, and this event was found before */
    if (!c->connected && !is_connected(c))
        return;
    const char *what = "send";
    int code = ANYSOCK_OK;
    bool over = false;
    if ((events & ANYSOCK_WRITABLE) != 0 && c->sent < load.length)
        code = send_piece(c);
    if (code == ANYSOCK_OK && (events & ANYSOCK_READABLE) != 0) {
        what = "receive";
        code = receive_piece(c, &over);
    }
    if (code == ANYSOCK_OK && !over) {
        what = "go on";
        code = finish(c);
        if (code == ANYSOCK_OK)
            code = watch_for(self, wanted_of(true, c->sent < load.length));
    }
    if (code != ANYSOCK_OK || over)
        end(c, code, what);
}

static int begin(struct connection *c, uint32_t number) {
    c->number = number;
    c->watched.serve = serve_connection;
    struct anysock *s = &c->watched.socket;
    int code = anysock_open(anysock_addr_family(&load.peer), ANYSOCK_STREAM, ANYSOCK_NONBLOCK, s);
    if (code != ANYSOCK_OK)
        return code;
    code = anysock_connect(s, &load.peer);
    if (code == ANYSOCK_OK || code == ANYSOCK_EINPROGRESS)
        code = watch(&c->watched, wanted_of(true, true)); /* the result makes it writable */
    if (code != ANYSOCK_OK)
        anysock_close(s);
    return code;
}

/* Opens as many as fit into the wave; with no descriptors left there will be fewer in all. */
static void open_wave(void) {
    while (load.opened < load.wanted && load.unanswered < WAVE) {
        struct connection *c = &load.connections[load.opened];
        int code = begin(c, (uint32_t)load.opened);
        if (code != ANYSOCK_OK) {
            report(code, "only %d of %d connections can be opened", load.opened, load.wanted);
            fprintf(stderr, "echo_many: %s\n", anysock_error_text(code));
            load.failed += load.wanted - load.opened;
            load.wanted = load.opened;
            finish_all();
            return;
        }
        load.opened++;
        load.connecting++;
        load.unanswered++;
    }
}

static int start_load(const struct anysock_addr *peer, int connections, size_t length) {
    load.peer = *peer;
    load.length = length;
    load.connections = calloc((size_t)connections, sizeof *load.connections);
    if (load.connections == NULL)
        return fail(ANYSOCK_ENOMEM, "memory for the connections");
    load.wanted = connections;
    return HAPPENED;
}

static bool load_is_done(void) {
    return load.opened == load.wanted && load.ended == load.opened;
}

static int end_load(void) {
    unsigned long long lost = load.sent > load.received ? load.sent - load.received : 0;
    bool good = load_is_done() && load.failed == 0 && load.wrong == 0 && lost == 0 &&
                load.sent == (unsigned long long)load.wanted * load.length;
    for (int i = 0; i < load.opened; i++)
        if (anysock_is_open(&load.connections[i].watched.socket))
            anysock_abort(&load.connections[i].watched.socket);
    free(load.connections);
    say("%d connections, %llu bytes sent, %llu received, %llu wrong, %llu lost", load.connected,
        load.sent, load.received, load.wrong, lost);
    return good ? HAPPENED : DIFFERENT;
}

/* ------------------------------------------------------------------------------------------- */

/* Of both, the clients know how many they are, which may be fewer than were asked for. */
static bool is_done(bool serves, bool loads) {
    if (!loads)
        return server_is_done();
    return load_is_done() && (!serves || server.come == server.gone);
}

/* One thread does it all, in both roles if need be. */
static int run(bool serves, bool loads, int patience_ms) {
    struct anysock_queue_event events[256];
    int quiet_ms = 0; /* for how long nothing has happened, while the door was shut */
    for (open_wave(); !is_done(serves, loads); open_wave()) {
        size_t count;
        int code = anysock_queue_wait(queue, events, sizeof events / sizeof *events,
                                      server.shut ? SHORTAGE_MS : patience_ms, &count);
        if (code != ANYSOCK_OK)
            return fail(code, "wait");
        quiet_ms = count == 0 && server.shut ? quiet_ms + SHORTAGE_MS : 0;
        if (count == 0 && (!server.shut || (loads && quiet_ms >= patience_ms))) {
            say("nothing happens");
            return DIFFERENT;
        }
        if (count == 0)
            reopen_door();
        for (size_t i = 0; i < count; i++) {
            struct watched *w = events[i].data;
            w->serve(w, events[i].events);
        }
    }
    return HAPPENED;
}

static int usage(void) {
    fprintf(stderr, "echo_many: wants other operands (see --help)\n");
    return USAGE;
}

/* A number from lowest to highest, or false. */
static bool read_number(const char *text, long lowest, long highest, long *number) {
    char *rest;
    *number = strtol(text, &rest, 10);
    return rest != text && *rest == '\0' && *number >= lowest && *number <= highest;
}

/* The three modes. Each is given what follows its name. */

static int serve_only(struct anysock_addr *addr, int count, char **operands) {
    long port = anysock_addr_port(addr), expected = 0;
    if (count > 2 || (count > 0 && !read_number(operands[0], 0, 65535, &port)) ||
        (count > 1 && !read_number(operands[1], 1, 1000000, &expected)) ||
        anysock_addr_set_port(addr, (uint16_t)port) != ANYSOCK_OK)
        return usage();
    if (start_server(addr, (int)expected) != ANYSOCK_OK)
        return DIFFERENT;
    int outcome = run(true, false, ANYSOCK_FOREVER);
    return end_server() == HAPPENED ? outcome : DIFFERENT;
}

static int load_only(int count, char **operands) {
    long port, connections, length;
    struct anysock_addr peer;
    if (count != 4 || anysock_addr_parse(operands[0], &peer) != ANYSOCK_OK ||
        !read_number(operands[1], 1, 65535, &port) ||
        !read_number(operands[2], 1, 1000000, &connections) ||
        !read_number(operands[3], 1, 1000000000, &length) ||
        anysock_addr_set_port(&peer, (uint16_t)port) != ANYSOCK_OK)
        return usage();
    if (start_load(&peer, (int)connections, (size_t)length) != HAPPENED)
        return DIFFERENT;
    int outcome = run(false, true, PATIENCE_MS);
    return end_load() == HAPPENED ? outcome : DIFFERENT;
}

static int do_both(struct anysock_addr *addr, int count, char **operands) {
    long connections = 200;
    if (count > 1 || (count > 0 && !read_number(operands[0], 1, 1000000, &connections)))
        return usage();
    if (start_server(addr, (int)connections) != ANYSOCK_OK ||
        anysock_local_addr(&server.door.socket, addr) != ANYSOCK_OK ||
        start_load(addr, (int)connections, 4096) != HAPPENED)
        return DIFFERENT;
    int outcome = run(true, true, PATIENCE_MS);
    if (end_load() != HAPPENED)
        outcome = DIFFERENT;
    return end_server() == HAPPENED ? outcome : DIFFERENT;
}

int main(int argc, char **argv) {
    char *none[] = {NULL}, **operands = none;
    struct anysock_addr addr;
    (void)anysock_addr_loopback(ANYSOCK_INET, 0, &addr);
    bool portable = false;
    const struct option options[] = {
        {"--listen", OPTION_ADDRESS, &addr, "where the server listens (default 127.0.0.1:0)"},
        {"--portable", OPTION_FLAG, &portable, "use poll, even where the system has better"},
        {"server [PORT [CONNECTIONS]] | client HOST PORT CONNECTIONS BYTES | CONNECTIONS",
         OPTION_OPERANDS, &operands, ""},
        {NULL, OPTION_FLAG, NULL, NULL},
    };
    read_options(argc, argv, "echo_many",
                 "Opens many connections at the same time, sends a pattern on each and compares\n"
                 "what comes back. Alone it is server and client at once (default 200\n"
                 "connections). A server ends when so many have come and gone; without a number,\n"
                 "when the last one has gone.",
                 options);
    int count = 0;
    while (operands[count] != NULL)
        count++;

    int code = anysock_queue_open(portable ? ANYSOCK_QUEUE_PORTABLE : 0, &queue);
    if (code != ANYSOCK_OK)
        return fail(code, "open the queue");
    say("queue: %s", anysock_queue_backend(queue));
    int outcome;
    if (count > 0 && strcmp(operands[0], "server") == 0)
        outcome = serve_only(&addr, count - 1, operands + 1);
    else if (count > 0 && strcmp(operands[0], "client") == 0)
        outcome = load_only(count - 1, operands + 1);
    else
        outcome = do_both(&addr, count, operands);
    (void)anysock_queue_close(queue);
    return outcome;
}
