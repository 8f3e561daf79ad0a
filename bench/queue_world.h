/*
 * What `queue` needs of the system where it measures time: sockets, and processes to run in.
 */
#ifndef ANYSOCK_BENCH_QUEUE_WORLD_H
#define ANYSOCK_BENCH_QUEUE_WORLD_H

#include "queue.h"

/* The libraries that take part, ended by null; the first is what the others are compared with. */
extern const struct queue_library *const world_libraries[];
/* How many idle sockets are watched, ended by 0. */
extern const size_t world_sizes[];
/* How often a size gets new sockets, queues and memory, and the time of each epoch and scene. */
extern const int world_epochs;
extern const unsigned world_epoch_ms;

/* How many sockets can be open. */
size_t world_files(void);
/* Memory that is zero at first and that all runs share. Once in a program. */
void *world_share(size_t bytes);
/* Runs a function where nothing is left over from earlier runs. Not on Windows. */
void world_isolate(void (*run)(void));
/* Starts this program once more and waits for its end: where its memory lies is part of the luck.
 */
void world_restart(void);
/* Whether this is such a second program; ask before world_share(). */
bool world_is_restarted(void);

/* Makes connected non-blocking sockets in which nothing happens. */
void world_connect_idle(queue_fd *fds, size_t count);
/* A connection: fd is non-blocking. */
void world_connect(queue_fd *fd, queue_fd *peer);
/* Sends until there is no room. */
void world_fill(queue_fd fd);
/* Sends so many bytes, and returns when they are there. */
void world_feed(queue_fd fd, queue_fd peer, size_t bytes);

#endif
