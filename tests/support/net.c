/*
 * Sockets in the usual situations: see net.h.
 */
#include "net.h"

#include <string.h>

#include "platform.h"

static void make_bound(enum anysock_family family, enum anysock_type type, unsigned flags,
                       struct anysock *s, struct anysock_addr *addr) {
    assert_anysock(ANYSOCK_OK, anysock_addr_loopback(family, 0, addr));
    assert_anysock(ANYSOCK_OK, anysock_open(family, type, flags, s));
    assert_anysock(ANYSOCK_OK, anysock_bind(s, addr, ANYSOCK_BIND_SERVER));
    assert_anysock(ANYSOCK_OK, anysock_local_addr(s, addr));
}

void make_listener(enum anysock_family family, unsigned flags, struct anysock *listener,
                   struct anysock_addr *addr) {
    make_bound(family, ANYSOCK_STREAM, flags, listener, addr);
    assert_anysock(ANYSOCK_OK, anysock_listen(listener, 5));
}

void make_datagram(enum anysock_family family, struct anysock *s, struct anysock_addr *addr) {
    make_bound(family, ANYSOCK_DGRAM, 0, s, addr);
}

void make_family_pair(enum anysock_family family, unsigned server_flags, struct anysock *client,
                      struct anysock *server) {
    struct anysock listener;
    struct anysock_addr addr;
    make_listener(family, 0, &listener, &addr);
    assert_anysock(ANYSOCK_OK, anysock_open(family, ANYSOCK_STREAM, 0, client));
    assert_anysock(ANYSOCK_OK, anysock_connect(client, &addr));
    assert_anysock(ANYSOCK_OK, anysock_accept(&listener, server_flags, server, NULL));
    assert_anysock(ANYSOCK_OK, anysock_close(&listener));
}

void make_pair(unsigned client_flags, unsigned server_flags, struct anysock *client,
               struct anysock *server) {
    make_family_pair(ANYSOCK_INET, server_flags, client, server);
    if ((client_flags & ANYSOCK_NONBLOCK) != 0)
        assert_anysock(ANYSOCK_OK, anysock_set_blocking(client, false));
}

void close_pair(struct anysock *client, struct anysock *server) {
    assert_anysock(ANYSOCK_OK, anysock_close(client));
    assert_anysock(ANYSOCK_OK, anysock_close(server));
}

void make_refusing(struct anysock *holder, struct anysock_addr *addr) {
    make_bound(ANYSOCK_INET, ANYSOCK_STREAM, 0, holder, addr);
}

void make_refusing_datagram(struct anysock *holder, struct anysock_addr *addr) {
    make_datagram(ANYSOCK_INET, holder, addr);
    assert_anysock(ANYSOCK_OK, anysock_connect(holder, addr));
}

/* Backlog 1 makes room for two; the rest stays pending. Two more than that, since a system may
 * round up. */
void make_black_hole(struct black_hole *hole) {
    memset(hole, 0, sizeof *hole);
    make_bound(ANYSOCK_INET, ANYSOCK_STREAM, 0, &hole->listener, &hole->addr);
    assert_anysock(ANYSOCK_OK, anysock_listen(&hole->listener, 1));
    for (size_t i = 0; i < BLACK_HOLE_CLIENTS; i++) {
        struct anysock *client = &hole->clients[i];
        assert_anysock(ANYSOCK_OK,
                       anysock_open(ANYSOCK_INET, ANYSOCK_STREAM, ANYSOCK_NONBLOCK, client));
        (void)anysock_connect(client, &hole->addr);
    }
}

void close_black_hole(struct black_hole *hole) {
    for (size_t i = 0; i < BLACK_HOLE_CLIENTS; i++)
        assert_anysock(ANYSOCK_OK, anysock_close(&hole->clients[i]));
    assert_anysock(ANYSOCK_OK, anysock_close(&hole->listener));
}

/* What was sent last may make room yet: on a busy machine the kernel delivers later, and a receiver
 * delays its acknowledgement (Linux: 40 ms). */
#define SETTLED_MS 50

size_t fill(struct anysock *s) {
    static char block[65536];
    size_t total = 0, sent;
    unsigned events;
    for (;;) {
        size_t before = total;
        int code;
        while ((code = anysock_send(s, block, sizeof block, ANYSOCK_NO_WAIT, &sent)) == ANYSOCK_OK)
            total += sent;
        assert_anysock(ANYSOCK_EAGAIN, code);
        if (total == before)
            return total;
        (void)anysock_wait(s, ANYSOCK_WRITABLE, SETTLED_MS, &events);
    }
}

size_t drain(struct anysock *s) {
    static char block[65536];
    size_t total = 0, received;
    while (anysock_recv(s, block, sizeof block, ANYSOCK_NO_WAIT, &received) == ANYSOCK_OK &&
           received > 0)
        total += received;
    return total;
}

void say(struct anysock *s, const char *text) {
    size_t sent;
    assert_anysock(ANYSOCK_OK, anysock_send_all(s, text, strlen(text), &sent));
    assert_int_equal(strlen(text), sent);
}

unsigned await(struct anysock *s, unsigned wanted) {
    unsigned events;
    assert_anysock(ANYSOCK_OK, anysock_wait(s, wanted, PATIENCE_MS, &events));
    return events;
}

void await_state(struct anysock *s, enum anysock_peer_state wanted) {
    for (int ms = 0; ms < PATIENCE_MS; ms++) {
        enum anysock_peer_state now;
        size_t ready;
        assert_anysock(ANYSOCK_OK, anysock_peek_state(s, &now));
        if (now == wanted)
            return;
        assert_anysock(ANYSOCK_OK, anysock_poll(NULL, 0, 1, &ready));
    }
    fail_msg("the peer's state never became %d", (int)wanted);
}

static unsigned handles;

int remember_handles(void **state) {
    (void)state;
    /* The first socket of a process opens what the system keeps for all of them. */
    struct anysock first;
    struct anysock_event *event;
    struct anysock_queue *queue;
    if (anysock_open(ANYSOCK_INET, ANYSOCK_STREAM, 0, &first) != ANYSOCK_OK ||
        anysock_event_create(&event) != ANYSOCK_OK || anysock_queue_open(0, &queue) != ANYSOCK_OK)
        return -1;
    (void)anysock_queue_close(queue);
    (void)anysock_event_destroy(event);
    (void)anysock_close(&first);
    handles = open_handles();
    return 0;
}

int same_handles(void **state) {
    (void)state;
    unsigned now = open_handles();
    if (now != handles)
        print_error("%u handles before the test, %u after it\n", handles, now);
    return now == handles ? 0 : -1;
}
