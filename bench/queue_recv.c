/*
 * `queue` without a queue: a program that knows who has something, and only takes it. What the
 * others cost beyond this is the price of finding out.
 */
#include "queue.h"

#include <stdlib.h>
#ifndef _WIN32
#include <sys/socket.h>
#endif

struct queue {
    queue_fd *fds;
    size_t count;
};

static void *open_queue(size_t most) {
    struct queue *q = calloc(1, sizeof *q);
    expect(q != NULL);
    q->fds = calloc(most, sizeof *q->fds);
    expect(q->fds != NULL);
    return q;
}

static void add(void *queue, size_t i, queue_fd fd) {
    struct queue *q = queue;
    q->fds[i] = fd;
    q->count = i + 1;
}

static size_t turn(void *queue) {
    struct queue *q = queue;
    char data[BENCH_SIZE];
    long taken = 0;
    bench_begin();
    for (size_t i = 0; i < q->count; i++)
        taken += (long)recv(q->fds[i], data, sizeof data, 0);
    bench_end();
    expect(taken == (long)q->count * BENCH_SIZE);
    return q->count;
}

const struct queue_library queue_recv = {
    .name = "recv",
    .object = sizeof(queue_fd),
    .open = open_queue,
    .add = add,
    .turn = turn,
};
