/*
 * The other side of what is measured, on raw calls over loopback. Ports are in host order.
 */
#ifndef ANYSOCK_BENCH_PEER_H
#define ANYSOCK_BENCH_PEER_H

#include <stddef.h>
#include <stdint.h>

#include "bench.h"

extern char bench_data[BENCH_SIZE];

int peer_listen(uint16_t *port);
int peer_accept(int listener);
/* Connects a stream. */
int peer_connect(uint16_t port);
/* Opens a datagram socket that sends to to_port, if that is not 0. */
int peer_datagram(uint16_t *port, uint16_t to_port);
/* The local port of any socket. */
uint16_t peer_port(int fd);
/* Sends or takes one message. */
void peer_feed(int fd);
void peer_drain(int fd);
/* Sends until there is no room. */
void peer_fill(int fd);
/* Closes with a reset, which leaves nothing behind in TIME_WAIT. */
void peer_reset(int fd);

/* Raises the limit of descriptors as far as that is allowed, and returns it. */
size_t peer_files(void);

#endif
