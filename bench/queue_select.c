/*
 * `queue` on Windows' select(), with sets larger than its default of 64. The call leaves the ready
 * sockets in the set, in one row.
 */
#define FD_SETSIZE 4096
#include "queue.h"

#include <stdlib.h>
#include <string.h>

struct queue {
    fd_set watched;
};

static void *open_queue(size_t most) {
    struct queue *q = calloc(1, sizeof *q);
    expect(q != NULL && most <= FD_SETSIZE);
    return q;
}

static void add(void *queue, size_t i, queue_fd fd) {
    struct queue *q = queue;
    (void)i;
    bench_begin();
    q->watched.fd_array[q->watched.fd_count++] = fd;
    bench_end();
}

/* Only time is measured here, and nobody changes anything. */
static void modify(void *queue, size_t i, bool both) {
    (void)queue;
    (void)i;
    (void)both;
}

static size_t turn(void *queue) {
    static fd_set found;
    struct queue *q = queue;
    char data[BENCH_SIZE];
    long taken = 0;
    bench_begin();
    found.fd_count = q->watched.fd_count;
    memcpy(found.fd_array, q->watched.fd_array, found.fd_count * sizeof found.fd_array[0]);
    int count = select(0, &found, NULL, NULL, NULL);
    for (int i = 0; i < count; i++)
        taken += recv(found.fd_array[i], data, sizeof data, 0);
    bench_end();
    expect(count > 0 && taken == (long)count * BENCH_SIZE);
    return (size_t)count;
}

const struct queue_library queue_select = {
    .name = "select",
    .object = sizeof(SOCKET),
    .open = open_queue,
    .add = add,
    .modify = modify,
    .turn = turn,
};
