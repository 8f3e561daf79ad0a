/*
 * `queue` on epoll itself, level-triggered: the reference.
 */
#include "queue.h"

#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>

struct connection {
    int fd;
};

struct queue {
    int epoll;
    struct connection *connections;
};

static void *open_queue(size_t most) {
    struct queue *q = malloc(sizeof *q);
    expect(q != NULL);
    q->epoll = epoll_create1(EPOLL_CLOEXEC);
    q->connections = calloc(most, sizeof *q->connections);
    expect(q->epoll >= 0 && q->connections != NULL);
    return q;
}

static void add(void *queue, size_t i, int fd) {
    struct queue *q = queue;
    struct connection *c = &q->connections[i];
    int code;
    c->fd = fd;
    bench_begin();
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = c};
    code = epoll_ctl(q->epoll, EPOLL_CTL_ADD, fd, &event);
    bench_end();
    expect(code == 0);
}

static void modify(void *queue, size_t i, bool both) {
    struct queue *q = queue;
    struct connection *c = &q->connections[i];
    uint32_t wanted = both ? EPOLLIN | EPOLLOUT : EPOLLIN;
    int code;
    bench_begin();
    struct epoll_event event = {.events = wanted, .data.ptr = c};
    code = epoll_ctl(q->epoll, EPOLL_CTL_MOD, c->fd, &event);
    bench_end();
    expect(code == 0);
}

static void remove_socket(void *queue, size_t i) {
    struct queue *q = queue;
    struct connection *c = &q->connections[i];
    int code;
    bench_begin();
    code = epoll_ctl(q->epoll, EPOLL_CTL_DEL, c->fd, NULL);
    bench_end();
    expect(code == 0);
}

static size_t turn(void *queue) {
    struct queue *q = queue;
    struct epoll_event events[QUEUE_EVENTS];
    char data[BENCH_SIZE];
    ssize_t taken = 0;
    bench_begin();
    int count = epoll_wait(q->epoll, events, QUEUE_EVENTS, -1);
    for (int i = 0; i < count; i++) {
        struct connection *c = events[i].data.ptr;
        taken += recv(c->fd, data, sizeof data, 0);
    }
    bench_end();
    expect(count > 0 && taken == (ssize_t)count * BENCH_SIZE);
    return (size_t)count;
}

const struct queue_library queue_raw = {
    .name = "raw",
    .object = sizeof(struct connection),
    .open = open_queue,
    .add = add,
    .modify = modify,
    .remove = remove_socket,
    .turn = turn,
};
