/*
 * `queue` on APR's pollsets, which have no way to change a descriptor but to add it anew.
 */
#include "queue.h"

#include <apr_general.h>
#include <apr_network_io.h>
#include <apr_poll.h>
#include <apr_portable.h>
#include <stdlib.h>

struct queue {
    apr_pool_t *pool;
    apr_pollset_t *pollset;
    apr_pollfd_t *items;
};

static void *open_queue(size_t most) {
    struct queue *q = malloc(sizeof *q);
    expect(q != NULL && apr_initialize() == APR_SUCCESS);
    expect(apr_pool_create(&q->pool, NULL) == APR_SUCCESS);
    expect(apr_pollset_create(&q->pollset, (apr_uint32_t)most, q->pool, 0) == APR_SUCCESS);
    q->items = calloc(most, sizeof *q->items);
    expect(q->items != NULL);
    return q;
}

static void adopt(void *queue, size_t i, int fd) {
    struct queue *q = queue;
    expect(apr_os_sock_put(&q->items[i].desc.s, &fd, q->pool) == APR_SUCCESS);
}

static void add(void *queue, size_t i, int fd) {
    struct queue *q = queue;
    apr_pollfd_t *item = &q->items[i];
    apr_status_t code;
    (void)fd;
    bench_begin();
    item->desc_type = APR_POLL_SOCKET;
    item->reqevents = APR_POLLIN;
    item->client_data = item;
    code = apr_pollset_add(q->pollset, item);
    bench_end();
    expect(code == APR_SUCCESS);
}

static void modify(void *queue, size_t i, bool both) {
    struct queue *q = queue;
    apr_pollfd_t *item = &q->items[i];
    apr_int16_t wanted = both ? APR_POLLIN | APR_POLLOUT : APR_POLLIN;
    apr_status_t code;
    bench_begin();
    code = apr_pollset_remove(q->pollset, item);
    item->reqevents = wanted;
    if (code == APR_SUCCESS)
        code = apr_pollset_add(q->pollset, item);
    bench_end();
    expect(code == APR_SUCCESS);
}

static void remove_socket(void *queue, size_t i) {
    struct queue *q = queue;
    apr_status_t code;
    bench_begin();
    code = apr_pollset_remove(q->pollset, &q->items[i]);
    bench_end();
    expect(code == APR_SUCCESS);
}

static size_t turn(void *queue) {
    struct queue *q = queue;
    const apr_pollfd_t *events;
    apr_int32_t count;
    apr_size_t taken = 0;
    char data[BENCH_SIZE];
    bench_begin();
    apr_status_t code = apr_pollset_poll(q->pollset, -1, &count, &events);
    for (apr_int32_t i = 0; i < count; i++) {
        const apr_pollfd_t *item = events[i].client_data;
        apr_size_t length = sizeof data;
        (void)apr_socket_recv(item->desc.s, data, &length);
        taken += length;
    }
    bench_end();
    expect(code == APR_SUCCESS && taken == (apr_size_t)count * BENCH_SIZE);
    return (size_t)count;
}

const struct queue_library queue_apr = {
    .name = "apr",
    .object = sizeof(apr_pollfd_t),
    .open = open_queue,
    .adopt = adopt,
    .add = add,
    .modify = modify,
    .remove = remove_socket,
    .turn = turn,
};
