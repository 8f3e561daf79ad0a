/*
 * Sockets in the usual situations, over loopback. All assert; for the test's own thread.
 */
#ifndef TESTS_NET_H
#define TESTS_NET_H

#include "check.h"

/* A listener on a loopback port of the system's choice, and its address. */
void make_listener(enum anysock_family family, unsigned flags, struct anysock *listener,
                   struct anysock_addr *addr);
/* A datagram socket on such a port, and its address. */
void make_datagram(enum anysock_family family, struct anysock *s, struct anysock_addr *addr);
/* Two connected sockets. */
void make_pair(unsigned client_flags, unsigned server_flags, struct anysock *client,
               struct anysock *server);
void make_family_pair(enum anysock_family family, unsigned server_flags, struct anysock *client,
                      struct anysock *server);
void close_pair(struct anysock *client, struct anysock *server);

/* An address where nobody listens, and nobody else can: it is bound by holder. */
void make_refusing(struct anysock *holder, struct anysock_addr *addr);
/* The same for datagrams: the holder hears only itself. It must be of their kind, since each kind
 * has ports of its own: the sender could be given this one, and hear itself. */
void make_refusing_datagram(struct anysock *holder, struct anysock_addr *addr);

/* A listener whose queue is full, so that further connects stay pending: Linux drops them, and so
 * they do under Wine. (Windows refuses them.) */
#define BLACK_HOLE_CLIENTS 4
struct black_hole {
    struct anysock listener;
    struct anysock_addr addr;
    struct anysock clients[BLACK_HOLE_CLIENTS];
};
void make_black_hole(struct black_hole *hole);
void close_black_hole(struct black_hole *hole);

/* Sends until there is no room, and none comes by itself; returns the bytes. */
size_t fill(struct anysock *s);
/* Receives and discards until there is nothing; returns the bytes. */
size_t drain(struct anysock *s);
/* Sends text. */
void say(struct anysock *s, const char *text);
/* Waits until s has one of the wanted conditions; returns what it has. */
unsigned await(struct anysock *s, unsigned wanted);

/* Waits until a look at the peer shows this state, and takes nothing. */
void await_state(struct anysock *s, enum anysock_peer_state wanted);

/* For group or test set-up and tear-down: as many handles afterwards as before. */
int remember_handles(void **state);
int same_handles(void **state);

#define TEST(name) cmocka_unit_test_setup_teardown(name, remember_handles, same_handles)

/* Longer than anything takes, so that a test that hangs says where. */
#define PATIENCE_MS 20000

#endif
