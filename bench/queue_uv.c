/*
 * `queue` on libuv: a uv_poll_t per socket. Changes reach the system in the next turn of the loop.
 */
#include "queue.h"

#include <stdint.h>
#include <stdlib.h>
#ifndef _WIN32
#include <sys/socket.h>
#endif
#include <uv.h>

struct queue {
    uv_loop_t loop;
    uv_poll_t *polls;
};

static size_t count;
static long taken;

static void *open_queue(size_t most) {
    struct queue *q = malloc(sizeof *q);
    expect(q != NULL && uv_loop_init(&q->loop) == 0);
    q->polls = calloc(most, sizeof *q->polls);
    expect(q->polls != NULL);
    return q;
}

static void take(uv_poll_t *poll, int status, int events) {
    char data[BENCH_SIZE];
    (void)status;
    (void)events;
    taken += (long)recv((queue_fd)(intptr_t)poll->data, data, sizeof data, 0);
    count++;
}

static void add(void *queue, size_t i, queue_fd fd) {
    struct queue *q = queue;
    int code;
    bench_begin();
    q->polls[i].data = (void *)(intptr_t)fd;
    code = uv_poll_init_socket(&q->loop, &q->polls[i], fd);
    if (code == 0)
        code = uv_poll_start(&q->polls[i], UV_READABLE, take);
    bench_end();
    expect(code == 0);
}

static void modify(void *queue, size_t i, bool both) {
    struct queue *q = queue;
    int wanted = both ? UV_READABLE | UV_WRITABLE : UV_READABLE;
    int code;
    bench_begin();
    code = uv_poll_start(&q->polls[i], wanted, take);
    bench_end();
    expect(code == 0);
}

static void remove_socket(void *queue, size_t i) {
    struct queue *q = queue;
    bench_begin();
    uv_close((uv_handle_t *)&q->polls[i], NULL);
    bench_end();
}

static size_t turn(void *queue) {
    struct queue *q = queue;
    count = 0;
    taken = 0;
    bench_begin();
    uv_run(&q->loop, UV_RUN_ONCE);
    bench_end();
    expect(taken == (long)count * BENCH_SIZE);
    return count;
}

static void flush(void *queue) {
    struct queue *q = queue;
    bench_begin();
    uv_run(&q->loop, UV_RUN_NOWAIT);
    bench_end();
}

const struct queue_library queue_uv = {
    .name = "uv",
    .object = sizeof(uv_poll_t),
    .open = open_queue,
    .add = add,
    .modify = modify,
    .remove = remove_socket,
    .turn = turn,
    .flush = flush,
};
