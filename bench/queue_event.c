/*
 * `queue` on libevent: a struct event per socket, in the program's memory.
 */
#include "queue.h"

#include <event2/event.h>
#include <event2/event_struct.h>
#include <stdlib.h>
#include <sys/socket.h>

struct queue {
    struct event_base *base;
    struct event *events;
};

static size_t count;
static ssize_t taken;

static void *open_queue(size_t most) {
    struct queue *q = malloc(sizeof *q);
    expect(q != NULL);
    q->base = event_base_new();
    q->events = calloc(most, sizeof *q->events);
    expect(q->base != NULL && q->events != NULL);
    return q;
}

static void take(evutil_socket_t fd, short what, void *data) {
    char message[BENCH_SIZE];
    (void)what;
    (void)data;
    taken += recv(fd, message, sizeof message, 0);
    count++;
}

static void add(void *queue, size_t i, int fd) {
    struct queue *q = queue;
    struct event *event = &q->events[i];
    int code;
    bench_begin();
    code = event_assign(event, q->base, fd, EV_READ | EV_PERSIST, take, event);
    if (code == 0)
        code = event_add(event, NULL);
    bench_end();
    expect(code == 0);
}

/* What an event waits for can only be changed while it does not wait. */
static void modify(void *queue, size_t i, bool both) {
    struct queue *q = queue;
    struct event *event = &q->events[i];
    short wanted = both ? EV_READ | EV_WRITE | EV_PERSIST : EV_READ | EV_PERSIST;
    int fd = event_get_fd(event);
    int code;
    bench_begin();
    code = event_del(event);
    if (code == 0)
        code = event_assign(event, q->base, fd, wanted, take, event);
    if (code == 0)
        code = event_add(event, NULL);
    bench_end();
    expect(code == 0);
}

static void remove_socket(void *queue, size_t i) {
    struct queue *q = queue;
    int code;
    bench_begin();
    code = event_del(&q->events[i]);
    bench_end();
    expect(code == 0);
}

static size_t turn(void *queue) {
    struct queue *q = queue;
    count = 0;
    taken = 0;
    bench_begin();
    event_base_loop(q->base, EVLOOP_ONCE);
    bench_end();
    expect(taken == (ssize_t)count * BENCH_SIZE);
    return count;
}

const struct queue_library queue_event = {
    .name = "event",
    .object = sizeof(struct event),
    .open = open_queue,
    .add = add,
    .modify = modify,
    .remove = remove_socket,
    .turn = turn,
};
