/*
 * `queue` on anysock.
 */
#include "queue.h"

#include <anysock.h>
#include <stdlib.h>

struct queue {
    struct anysock_queue *queue;
    struct anysock *sockets;
};

static struct queue *open_with(unsigned flags, size_t most) {
    struct queue *q = malloc(sizeof *q);
    expect(q != NULL && anysock_queue_open(flags, &q->queue) == ANYSOCK_OK);
    q->sockets = calloc(most, sizeof *q->sockets);
    expect(q->sockets != NULL);
    return q;
}

static void *open_queue(size_t most) {
    return open_with(0, most);
}

static void *open_portable(size_t most) {
    return open_with(ANYSOCK_QUEUE_PORTABLE, most);
}

static void adopt(void *queue, size_t i, queue_fd fd) {
    struct queue *q = queue;
    expect(anysock_adopt(fd, ANYSOCK_NONBLOCK, &q->sockets[i]) == ANYSOCK_OK);
}

static void add(void *queue, size_t i, queue_fd fd) {
    struct queue *q = queue;
    struct anysock *s = &q->sockets[i];
    int code;
    (void)fd;
    bench_begin();
    code = anysock_queue_add(q->queue, s, ANYSOCK_READABLE, ANYSOCK_QUEUE_LEVEL, s);
    bench_end();
    expect(code == ANYSOCK_OK);
}

static void modify(void *queue, size_t i, bool both) {
    struct queue *q = queue;
    struct anysock *s = &q->sockets[i];
    unsigned wanted = both ? ANYSOCK_READABLE | ANYSOCK_WRITABLE : ANYSOCK_READABLE;
    int code;
    bench_begin();
    code = anysock_queue_modify(q->queue, s, wanted, ANYSOCK_QUEUE_LEVEL, s);
    bench_end();
    expect(code == ANYSOCK_OK);
}

static void remove_socket(void *queue, size_t i) {
    struct queue *q = queue;
    struct anysock *s = &q->sockets[i];
    int code;
    bench_begin();
    code = anysock_queue_remove(q->queue, s);
    bench_end();
    expect(code == ANYSOCK_OK);
}

static size_t turn(void *queue) {
    struct queue *q = queue;
    struct anysock_queue_event events[QUEUE_EVENTS];
    char data[BENCH_SIZE];
    size_t count, taken = 0;
    bench_begin();
    int code = anysock_queue_wait(q->queue, events, QUEUE_EVENTS, ANYSOCK_FOREVER, &count);
    for (size_t i = 0; i < count; i++) {
        size_t length;
        (void)anysock_recv(events[i].data, data, sizeof data, 0, &length);
        taken += length;
    }
    bench_end();
    expect(code == ANYSOCK_OK && taken == count * BENCH_SIZE);
    return count;
}

const struct queue_library queue_anysock = {
    .name = "anysock",
    .object = sizeof(struct anysock),
    .open = open_queue,
    .adopt = adopt,
    .add = add,
    .modify = modify,
    .remove = remove_socket,
    .turn = turn,
};

const struct queue_library queue_portable = {
    .name = "portable",
    .object = sizeof(struct anysock),
    .open = open_portable,
    .adopt = adopt,
    .add = add,
    .modify = modify,
    .remove = remove_socket,
    .turn = turn,
};
