/*
 * `queue` on poll(), and on WSAPoll(), which is spelled alike: the program keeps the array, and
 * looks through it until it has found as many as the call has told.
 */
#include "queue.h"

#include <stdlib.h>
#ifdef _WIN32
#define NAME "wsapoll"
#define poll WSAPoll
typedef ULONG count_type;
#else
#include <poll.h>
#include <sys/socket.h>
#define NAME "poll"
typedef nfds_t count_type;
#endif

struct connection {
    size_t place; /* in the array */
};

struct queue {
    struct pollfd *items;
    struct connection **owners; /* of the items */
    size_t count;
    struct connection *connections;
};

static void *open_queue(size_t most) {
    struct queue *q = calloc(1, sizeof *q);
    expect(q != NULL);
    q->items = calloc(most, sizeof *q->items);
    q->owners = calloc(most, sizeof *q->owners);
    q->connections = calloc(most, sizeof *q->connections);
    expect(q->items != NULL && q->owners != NULL && q->connections != NULL);
    return q;
}

static void add(void *queue, size_t i, queue_fd fd) {
    struct queue *q = queue;
    struct connection *c = &q->connections[i];
    bench_begin();
    c->place = q->count++;
    q->items[c->place] = (struct pollfd){.fd = fd, .events = POLLIN};
    q->owners[c->place] = c;
    bench_end();
}

static void modify(void *queue, size_t i, bool both) {
    struct queue *q = queue;
    struct connection *c = &q->connections[i];
    short wanted = both ? POLLIN | POLLOUT : POLLIN;
    bench_begin();
    q->items[c->place].events = wanted;
    bench_end();
}

/* The last one takes the place. */
static void remove_socket(void *queue, size_t i) {
    struct queue *q = queue;
    struct connection *c = &q->connections[i];
    bench_begin();
    size_t last = --q->count;
    q->items[c->place] = q->items[last];
    q->owners[c->place] = q->owners[last];
    q->owners[c->place]->place = c->place;
    bench_end();
}

static size_t turn(void *queue) {
    struct queue *q = queue;
    char data[BENCH_SIZE];
    long taken = 0;
    bench_begin();
    int count = poll(q->items, (count_type)q->count, -1);
    int left = count < QUEUE_EVENTS ? count : QUEUE_EVENTS;
    for (size_t i = 0; left > 0; i++) {
        if (q->items[i].revents == 0)
            continue;
        left--;
        taken += (long)recv(q->items[i].fd, data, sizeof data, 0);
    }
    bench_end();
    expect(count > 0 && taken == (long)count * BENCH_SIZE);
    return (size_t)count;
}

const struct queue_library queue_poll = {
    .name = NAME,
    .object = sizeof(struct pollfd) + sizeof(struct connection *) + sizeof(struct connection),
    .open = open_queue,
    .add = add,
    .modify = modify,
    .remove = remove_socket,
    .turn = turn,
};
