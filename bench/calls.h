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

#include "bench.h"
#include "peer.h"

/* The texts that are parsed and written; each library gets the nearest that it can read. */
#define BENCH_HOST_V4 "192.0.2.33"
#define BENCH_HOST_V6 "2001:db8::1:2"
#define BENCH_PORT 8080
#define BENCH_TEXT_V4 "192.0.2.33:8080"
#define BENCH_TEXT_V6 "[2001:db8::1:2]:8080"

/* Reads the first word of the command line, "instructions" or "syscalls", and measures the empty
 * row. */
void bench_start(int argc, char **argv);
/* Goes round the loop of a row: true until it has run often enough. */
bool bench_row(const char *name);
/* What is called while it is quiet does not count, whatever marks are set inside. */
void bench_quiet(bool quiet);

#endif
