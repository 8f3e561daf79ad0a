/*
 * What `queue` asks of a library that watches many sockets. A driver (queue_<library>.c) is one
 * table of functions; between bench_begin() and bench_end() stands what a program would write, and
 * nothing else. The programs around the drivers count (queue_counts.c), time (queue_times.c,
 * on the worlds of queue_posix.c and queue_win32.c) and weigh (queue_heap.c).
 */
#ifndef ANYSOCK_BENCH_QUEUE_H
#define ANYSOCK_BENCH_QUEUE_H

#include <stdbool.h>
#include <stddef.h>

#include "bench.h"

#ifdef _WIN32
#include <winsock2.h>
typedef SOCKET queue_fd;
#else
typedef int queue_fd;
#endif

/* The most events that a program takes at once. */
#define QUEUE_EVENTS 64

struct queue_library {
    const char *name;
    size_t object; /* bytes of the program's own per socket, which open() allocates */
    /* A new queue for so many sockets at most. Ends with the process. */
    void *(*open)(size_t most);
    /* Makes the library's own object of a socket; null if it has none. */
    void (*adopt)(void *queue, size_t i, queue_fd fd);
    /* Watches the socket with this index for being readable, with what finds it again as data. */
    void (*add)(void *queue, size_t i, queue_fd fd);
    /* Watches it for being readable, or for both. */
    void (*modify)(void *queue, size_t i, bool both);
    void (*remove)(void *queue, size_t i);
    /* One turn of the program's loop: waits for events, finds the socket of each and takes a
     * message from it. Returns how many. */
    size_t (*turn)(void *queue);
    /* Null if changes are carried out at once; otherwise a turn without events, which does it. */
    void (*flush)(void *queue);
};

#ifdef _WIN32
extern const struct queue_library queue_anysock, queue_portable, queue_poll, queue_select,
    queue_eventselect, queue_recv, queue_uv;
#else
extern const struct queue_library queue_anysock, queue_portable, queue_raw, queue_poll, queue_apr,
    queue_ev, queue_event, queue_glib, queue_uv, queue_recv;
#endif

#endif
