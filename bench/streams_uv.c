/*
 * `streams` on libuv: everything but an immediate write happens in the loop's callbacks.
 */
#include "streams.h"

#include <stdlib.h>
#include <uv.h>

struct connection {
    uv_tcp_t tcp;
    size_t left; /* bytes or rounds to go, as the scene counts */
    uv_write_t request;
};

static uv_loop_t *loop;

/* One loop per process: parent and child would wake each other through a shared one. */
static void make_loop(void) {
    static uv_pid_t owner;
    if (owner == uv_os_getpid())
        return;
    owner = uv_os_getpid();
    loop = malloc(sizeof *loop);
    expect(loop != NULL && uv_loop_init(loop) == 0);
}

static struct connection *new_connection(void) {
    struct connection *s = malloc(sizeof *s);
    make_loop();
    expect(s != NULL && uv_tcp_init(loop, &s->tcp) == 0);
    return s;
}

static uv_stream_t *stream_of(void *s) {
    return (uv_stream_t *)&((struct connection *)s)->tcp;
}

static struct connection *connection_of(uv_stream_t *stream) {
    return (struct connection *)stream; /* its first member */
}

static void *adopt(int fd) {
    struct connection *s = new_connection();
    expect(uv_tcp_open(&s->tcp, fd) == 0);
    return s;
}

static void free_handle(uv_handle_t *handle) {
    free(handle);
}

static void drop(void *s) {
    uv_close((uv_handle_t *)stream_of(s), free_handle);
    uv_run(loop, UV_RUN_DEFAULT);
}

static void give_buffer(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer) {
    (void)handle;
    (void)suggested;
    *buffer = uv_buf_init(stream_data, sizeof stream_data);
}

static void write_now(uv_stream_t *stream, unsigned size) {
    uv_buf_t buffer = uv_buf_init(stream_data, size);
    expect(uv_try_write(stream, &buffer, 1) == (int)size);
}

/* Whoever has counted to the end leaves the loop. */
static void take_pong(uv_stream_t *stream, ssize_t count, const uv_buf_t *buffer) {
    (void)buffer;
    expect(count == PING_SIZE);
    if (--connection_of(stream)->left > 0)
        write_now(stream, PING_SIZE);
    else
        uv_read_stop(stream);
}

static void ping(void *s, int rounds) {
    ((struct connection *)s)->left = (size_t)rounds;
    write_now(stream_of(s), PING_SIZE);
    expect(uv_read_start(stream_of(s), give_buffer, take_pong) == 0);
    uv_run(loop, UV_RUN_DEFAULT);
}

static void take_answer(uv_stream_t *stream, ssize_t count, const uv_buf_t *buffer) {
    (void)buffer;
    expect(count == 1);
    uv_read_stop(stream);
}

static void write_block(struct connection *s);

static void take_written(uv_write_t *request, int status) {
    struct connection *s = connection_of(request->handle);
    expect(status == 0);
    s->left -= BLOCK_SIZE;
    if (s->left > 0)
        write_block(s);
}

static void write_block(struct connection *s) {
    uv_buf_t buffer = uv_buf_init(stream_data, sizeof stream_data);
    expect(uv_write(&s->request, stream_of(s), &buffer, 1, take_written) == 0);
}

static void push(void *s) {
    ((struct connection *)s)->left = BULK_BYTES;
    write_block(s);
    expect(uv_read_start(stream_of(s), give_buffer, take_answer) == 0);
    uv_run(loop, UV_RUN_DEFAULT);
}

static void take_ping(uv_stream_t *stream, ssize_t count, const uv_buf_t *buffer) {
    (void)buffer;
    expect(count == PING_SIZE);
    write_now(stream, PING_SIZE);
}

static void pong(void *s) {
    expect(uv_read_start(stream_of(s), give_buffer, take_ping) == 0);
    uv_run(loop, UV_RUN_DEFAULT);
}

static void take_bulk(uv_stream_t *stream, ssize_t count, const uv_buf_t *buffer) {
    struct connection *s = connection_of(stream);
    (void)buffer;
    expect(count >= 0);
    s->left -= (size_t)count;
    if (s->left == 0) {
        s->left = BULK_BYTES;
        write_now(stream, 1);
    }
}

static void pull(void *s) {
    ((struct connection *)s)->left = BULK_BYTES;
    expect(uv_read_start(stream_of(s), give_buffer, take_bulk) == 0);
    uv_run(loop, UV_RUN_DEFAULT);
}

static void echo_and_close(uv_stream_t *stream, ssize_t count, const uv_buf_t *buffer) {
    (void)buffer;
    expect(count == PING_SIZE);
    write_now(stream, PING_SIZE);
    uv_close((uv_handle_t *)stream, free_handle);
}

static void take_connection(uv_stream_t *listener, int status) {
    struct connection *s = new_connection();
    expect(status == 0 && uv_accept(listener, stream_of(s)) == 0);
    expect(uv_read_start(stream_of(s), give_buffer, echo_and_close) == 0);
}

static void accept_echo_close(int fd) {
    struct connection *listener = adopt(fd);
    expect(uv_listen(stream_of(listener), 64, take_connection) == 0);
    uv_run(loop, UV_RUN_DEFAULT);
}

const struct stream_library streams_uv = {"uv", adopt, drop, ping,
                                          push, pong,  pull, accept_echo_close};
