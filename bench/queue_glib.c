/*
 * `queue` on GLib's main loop: a source per descriptor, and poll underneath.
 */
#include "queue.h"

#include <glib.h>
#include <stdlib.h>
#include <sys/socket.h>

struct queue {
    GMainContext *context;
    struct watch **watches;
};

/* A source of g_unix_fd_source_new() keeps its tag to itself, so that what it waits for cannot be
 * changed. This one does the same otherwise. */
struct watch {
    GSource source;
    gpointer tag;
    int fd;
};

static size_t count;
static ssize_t taken;

static gboolean dispatch(GSource *source, GSourceFunc callback, gpointer data) {
    (void)callback;
    (void)data;
    struct watch *watch = (struct watch *)source;
    char message[BENCH_SIZE];
    taken += recv(watch->fd, message, sizeof message, 0);
    count++;
    return G_SOURCE_CONTINUE;
}

static GSourceFuncs functions = {.dispatch = dispatch};

static void *open_queue(size_t most) {
    struct queue *q = malloc(sizeof *q);
    expect(q != NULL);
    q->context = g_main_context_new();
    q->watches = calloc(most, sizeof(struct watch *));
    expect(q->context != NULL && q->watches != NULL);
    expect(g_main_context_acquire(q->context));
    return q;
}

static void add(void *queue, size_t i, int fd) {
    struct queue *q = queue;
    bench_begin();
    struct watch *watch = (struct watch *)g_source_new(&functions, sizeof *watch);
    watch->fd = fd;
    watch->tag = g_source_add_unix_fd(&watch->source, fd, G_IO_IN);
    g_source_attach(&watch->source, q->context);
    bench_end();
    q->watches[i] = watch;
}

static void modify(void *queue, size_t i, bool both) {
    struct queue *q = queue;
    struct watch *watch = q->watches[i];
    GIOCondition wanted = both ? G_IO_IN | G_IO_OUT : G_IO_IN;
    bench_begin();
    g_source_modify_unix_fd(&watch->source, watch->tag, wanted);
    bench_end();
}

static void remove_socket(void *queue, size_t i) {
    struct queue *q = queue;
    bench_begin();
    g_source_destroy(&q->watches[i]->source);
    g_source_unref(&q->watches[i]->source);
    bench_end();
}

static size_t turn(void *queue) {
    struct queue *q = queue;
    count = 0;
    taken = 0;
    bench_begin();
    g_main_context_iteration(q->context, TRUE);
    bench_end();
    expect(taken == (ssize_t)count * BENCH_SIZE);
    return count;
}

const struct queue_library queue_glib = {
    .name = "glib",
    .object = sizeof(struct watch *),
    .open = open_queue,
    .add = add,
    .modify = modify,
    .remove = remove_socket,
    .turn = turn,
};
