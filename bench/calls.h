/*
 * What the drivers of `calls` share. A driver has one loop per row; between bench_begin() and
 * bench_end() stands exactly one call of its library, and everything else in the loop prepares the
 * call, checks its result and plays the peer.
 *
 *     while (bench_row("send")) {
 *         bench_begin();
 *         count = send(s, bench_data, sizeof bench_data, MSG_NOSIGNAL);
 *         bench_end();
 *         expect(count == BENCH_SIZE);
 *         peer_drain(peer);
 *     }
 */
#ifndef ANYSOCK_BENCH_CALLS_H
#define ANYSOCK_BENCH_CALLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes per message. */
#define BENCH_SIZE 64

/* The texts that are parsed and written; each library gets the nearest that it can read. */
#define BENCH_HOST_V4 "192.0.2.33"
#define BENCH_HOST_V6 "2001:db8::1:2"
#define BENCH_PORT 8080
#define BENCH_TEXT_V4 "192.0.2.33:8080"
#define BENCH_TEXT_V6 "[2001:db8::1:2]:8080"

extern char bench_data[BENCH_SIZE];

/* Reads the command line, "instructions" or "syscalls", and measures the empty row. */
void bench_start(int argc, char **argv);
/* Goes round the loop of a row: true until it has run often enough. */
bool bench_row(const char *name);
/* Around the call that counts. */
void bench_begin(void);
void bench_end(void);

/* Ends the program unless a call did what the row says: a wrong call would be a cheap one. */
#define expect(condition) ((condition) ? (void)0 : bench_fail(__FILE__, __LINE__, #condition))
_Noreturn void bench_fail(const char *file, int line, const char *condition);

/* The other side, on raw calls over loopback. Ports are in host order. */

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
/* Closes with a reset, which leaves nothing behind in TIME_WAIT. */
void peer_reset(int fd);

#endif
