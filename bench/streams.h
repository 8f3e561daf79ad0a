/*
 * What `streams` asks of a library: both ends of a ping-pong and of a bulk transfer, and a server
 * that accepts, echoes and closes. The program of streams.c connects, forks, and holds the watch.
 */
#ifndef ANYSOCK_BENCH_STREAMS_H
#define ANYSOCK_BENCH_STREAMS_H

#include <stddef.h>

#include "bench.h"

#define PING_SIZE 64
#define BLOCK_SIZE ((size_t)64 * 1024)
/* After so many bytes the bulk server answers with one. */
#define BULK_BYTES (16 * BLOCK_SIZE)

struct stream_library {
    const char *name;
    /* Takes a connected blocking descriptor over; the handle is the library's own. */
    void *(*adopt)(int fd);
    void (*drop)(void *s);
    /* One message there and back, so many times. */
    void (*ping)(void *s, int rounds);
    /* Sends BULK_BYTES in blocks and takes the answer. */
    void (*push)(void *s);
    /* The servers never return: streams.c ends them. Each takes over what it is given. */
    void (*pong)(void *s);
    void (*pull)(void *s);
    void (*accept_echo_close)(int listener);
};

extern const struct stream_library streams_raw, streams_anysock, streams_apr, streams_glib,
    streams_uv;

/* Room for a block. */
extern char stream_data[BLOCK_SIZE];

/* How much of the bytes left to send next. */
static inline size_t next_block(size_t left) {
    return left < BLOCK_SIZE ? left : BLOCK_SIZE;
}

#endif
