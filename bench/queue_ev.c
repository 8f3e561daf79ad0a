/*
 * `queue` on libev: an ev_io per socket. Changes reach epoll in the next turn of the loop, and a
 * socket that is no longer watched stays in epoll until it has an event.
 */
#include "queue.h"

#include <ev.h>
#include <stdlib.h>
#include <sys/socket.h>

struct queue {
    struct ev_loop *loop;
    struct ev_io *watchers;
};

static size_t count;
static ssize_t taken;

static void *open_queue(size_t most) {
    struct queue *q = malloc(sizeof *q);
    expect(q != NULL);
    q->loop = ev_loop_new(EVBACKEND_EPOLL);
    q->watchers = calloc(most, sizeof *q->watchers);
    expect(q->loop != NULL && q->watchers != NULL);
    return q;
}

static void take(struct ev_loop *loop, struct ev_io *watcher, int events) {
    char data[BENCH_SIZE];
    (void)loop;
    (void)events;
    taken += recv(watcher->fd, data, sizeof data, 0);
    count++;
}

static void add(void *queue, size_t i, int fd) {
    struct queue *q = queue;
    struct ev_io *watcher = &q->watchers[i];
    bench_begin();
    ev_io_init(watcher, take, fd, EV_READ);
    ev_io_start(q->loop, watcher);
    bench_end();
}

static void modify(void *queue, size_t i, bool both) {
    struct queue *q = queue;
    struct ev_io *watcher = &q->watchers[i];
    int wanted = both ? EV_READ | EV_WRITE : EV_READ;
    bench_begin();
    ev_io_stop(q->loop, watcher);
    ev_io_set(watcher, watcher->fd, wanted);
    ev_io_start(q->loop, watcher);
    bench_end();
}

static void remove_socket(void *queue, size_t i) {
    struct queue *q = queue;
    bench_begin();
    ev_io_stop(q->loop, &q->watchers[i]);
    bench_end();
}

static size_t turn(void *queue) {
    struct queue *q = queue;
    count = 0;
    taken = 0;
    bench_begin();
    ev_run(q->loop, EVRUN_ONCE);
    bench_end();
    expect(taken == (ssize_t)count * BENCH_SIZE);
    return count;
}

static void flush(void *queue) {
    struct queue *q = queue;
    bench_begin();
    ev_run(q->loop, EVRUN_NOWAIT);
    bench_end();
}

const struct queue_library queue_ev = {
    .name = "ev",
    .object = sizeof(struct ev_io),
    .open = open_queue,
    .add = add,
    .modify = modify,
    .remove = remove_socket,
    .turn = turn,
    .flush = flush,
};
