/*
 * `calls` on libuv. Sending has a direct call; receiving, polling, accepting and closing happen
 * inside the loop, so that the nearest call is one turn of it with the callback included.
 */
#include "calls.h"

#include <string.h>
#include <unistd.h>
#include <uv.h>

static uv_loop_t loop;
/* Longer than a message: a full buffer would make the loop read once more. */
static char data[2 * BENCH_SIZE];
static ssize_t got; /* what the last callback had to say */

static struct sockaddr_in loopback(uint16_t port) {
    struct sockaddr_in addr;
    expect(uv_ip4_addr("127.0.0.1", port, &addr) == 0);
    return addr;
}

static void give_buffer(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer) {
    (void)handle;
    (void)suggested;
    *buffer = uv_buf_init(data, sizeof data);
}

static void take_connect(uv_connect_t *request, int status) {
    (void)request;
    expect(status == 0);
}

static void take_data(uv_stream_t *stream, ssize_t count, const uv_buf_t *buffer) {
    (void)stream;
    (void)buffer;
    got += count;
}

static void take_datagram(uv_udp_t *s, ssize_t count, const uv_buf_t *buffer,
                          const struct sockaddr *from, unsigned flags) {
    (void)s;
    (void)buffer;
    (void)flags;
    if (from != NULL)
        got += count;
}

static void take_events(uv_poll_t *poll, int status, int events) {
    (void)poll;
    got = status == 0 ? events : status;
}

static void take_close(uv_handle_t *handle) {
    (void)handle;
    got = 1;
}

static void close_handle(void *handle) {
    uv_close(handle, take_close);
    uv_run(&loop, UV_RUN_NOWAIT);
}

static void streams(void) {
    uint16_t port;
    int listener = peer_listen(&port);
    struct sockaddr_in addr = loopback(port);
    uv_tcp_t s;
    uv_connect_t request;
    uv_stream_t *stream = (uv_stream_t *)&s;
    expect(uv_tcp_init(&loop, &s) == 0);
    expect(uv_tcp_connect(&request, &s, (struct sockaddr *)&addr, take_connect) == 0);
    uv_run(&loop, UV_RUN_DEFAULT);
    int peer = peer_accept(listener);
    int code;

    while (bench_row("send")) {
        uv_buf_t buffer;
        bench_begin();
        buffer = uv_buf_init(bench_data, sizeof bench_data);
        code = uv_try_write(stream, &buffer, 1);
        bench_end();
        expect(code == BENCH_SIZE);
        peer_drain(peer);
    }
    while (bench_row("set_blocking")) {
        bench_begin();
        code = uv_stream_set_blocking(stream, 0);
        bench_end();
        expect(code == 0 && uv_stream_set_blocking(stream, 1) == 0);
    }
    expect(uv_stream_set_blocking(stream, 0) == 0);
    expect(uv_read_start(stream, give_buffer, take_data) == 0);
    while (bench_row("recv")) {
        peer_feed(peer);
        got = 0;
        bench_begin();
        uv_run(&loop, UV_RUN_NOWAIT);
        bench_end();
        expect(got == BENCH_SIZE);
    }
    while (bench_row("recv_would_block")) {
        got = 0;
        bench_begin();
        uv_run(&loop, UV_RUN_NOWAIT);
        bench_end();
        expect(got == 0);
    }
    close_handle(&s);
    close(peer);

    uv_poll_t poll;
    int watched = peer_connect(port);
    peer = peer_accept(listener);
    peer_feed(peer);
    expect(uv_poll_init(&loop, &poll, watched) == 0);
    expect(uv_poll_start(&poll, UV_READABLE, take_events) == 0);
    while (bench_row("poll")) {
        got = 0;
        bench_begin();
        uv_run(&loop, UV_RUN_NOWAIT);
        bench_end();
        expect(got == UV_READABLE);
    }
    close_handle(&poll);
    close(watched);
    close(peer);
    close(listener);
}

static void datagrams(void) {
    uint16_t peers_port;
    uv_udp_t s;
    uv_os_fd_t fd;
    struct sockaddr_in addr = loopback(0);
    expect(uv_udp_init(&loop, &s) == 0);
    expect(uv_udp_bind(&s, (struct sockaddr *)&addr, 0) == 0);
    expect(uv_fileno((uv_handle_t *)&s, &fd) == 0);
    int peer = peer_datagram(&peers_port, peer_port(fd));
    addr = loopback(peers_port);

    while (bench_row("send_to")) {
        uv_buf_t buffer;
        int code;
        bench_begin();
        buffer = uv_buf_init(bench_data, sizeof bench_data);
        code = uv_udp_try_send(&s, &buffer, 1, (struct sockaddr *)&addr);
        bench_end();
        expect(code == BENCH_SIZE);
        peer_drain(peer);
    }
    expect(uv_udp_recv_start(&s, give_buffer, take_datagram) == 0);
    while (bench_row("recv_from")) {
        peer_feed(peer);
        got = 0;
        bench_begin();
        uv_run(&loop, UV_RUN_NOWAIT);
        bench_end();
        expect(got == BENCH_SIZE);
    }
    close_handle(&s);
    close(peer);
}

static uv_tcp_t child;

static void take_connection(uv_stream_t *listener, int status) {
    expect(status == 0);
    expect(uv_tcp_init(&loop, &child) == 0);
    expect(uv_accept(listener, (uv_stream_t *)&child) == 0);
    got = 1;
}

static void life(void) {
    uv_tcp_t listener;
    uv_os_fd_t fd;
    struct sockaddr_in addr = loopback(0);
    expect(uv_tcp_init(&loop, &listener) == 0);
    expect(uv_tcp_bind(&listener, (struct sockaddr *)&addr, 0) == 0);
    expect(uv_listen((uv_stream_t *)&listener, 16, take_connection) == 0);
    expect(uv_fileno((uv_handle_t *)&listener, &fd) == 0);
    uint16_t port = peer_port(fd);

    while (bench_row("accept")) {
        int peer = peer_connect(port);
        got = 0;
        bench_begin();
        uv_run(&loop, UV_RUN_NOWAIT);
        bench_end();
        expect(got == 1);
        peer_reset(peer);
        close_handle(&child);
    }
    close_handle(&listener);
    while (bench_row("close")) {
        uv_tcp_t s;
        expect(uv_tcp_init_ex(&loop, &s, AF_INET) == 0);
        got = 0;
        bench_begin();
        uv_close((uv_handle_t *)&s, take_close);
        uv_run(&loop, UV_RUN_NOWAIT);
        bench_end();
        expect(got == 1);
    }
}

static void addresses(void) {
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
    char text[64];
    int code;

    while (bench_row("parse_v4")) {
        bench_begin();
        code = uv_ip4_addr(BENCH_HOST_V4, BENCH_PORT, &v4);
        bench_end();
        expect(code == 0);
    }
    while (bench_row("format_v4")) {
        bench_begin();
        code = uv_ip4_name(&v4, text, sizeof text);
        bench_end();
        expect(code == 0 && strcmp(text, BENCH_HOST_V4) == 0);
    }
    while (bench_row("parse_v6")) {
        bench_begin();
        code = uv_ip6_addr(BENCH_HOST_V6, BENCH_PORT, &v6);
        bench_end();
        expect(code == 0);
    }
    while (bench_row("format_v6")) {
        bench_begin();
        code = uv_ip6_name(&v6, text, sizeof text);
        bench_end();
        expect(code == 0 && strcmp(text, BENCH_HOST_V6) == 0);
    }
}

int main(int argc, char **argv) {
    bench_start(argc, argv);
    expect(uv_loop_init(&loop) == 0);
    streams();
    datagrams();
    life();
    addresses();
    uv_loop_close(&loop);
    return 0;
}
