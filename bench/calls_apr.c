/*
 * `calls` on APR. What a call takes from a pool is given back outside the count.
 */
#include "calls.h"

#include <apr_general.h>
#include <apr_network_io.h>
#include <apr_poll.h>
#include <string.h>
#include <unistd.h>

static apr_pool_t *pool;
static apr_pool_t *scratch; /* cleared after each round */

static apr_sockaddr_t *loopback(uint16_t port) {
    apr_sockaddr_t *addr;
    expect(apr_sockaddr_info_get(&addr, "127.0.0.1", APR_INET, port, 0, pool) == APR_SUCCESS);
    return addr;
}

static apr_socket_t *open_socket(int type, apr_pool_t *from) {
    apr_socket_t *s;
    expect(apr_socket_create(&s, APR_INET, type, 0, from) == APR_SUCCESS);
    return s;
}

static uint16_t bind_loopback(apr_socket_t *s) {
    apr_sockaddr_t *addr;
    expect(apr_socket_bind(s, loopback(0)) == APR_SUCCESS);
    expect(apr_socket_addr_get(&addr, APR_LOCAL, s) == APR_SUCCESS);
    return addr->port;
}

static void streams(void) {
    uint16_t port;
    int listener = peer_listen(&port);
    apr_socket_t *s = open_socket(SOCK_STREAM, pool);
    expect(apr_socket_connect(s, loopback(port)) == APR_SUCCESS);
    int peer = peer_accept(listener);
    char data[BENCH_SIZE];
    apr_size_t count;
    apr_status_t code;

    while (bench_row("send")) {
        bench_begin();
        count = sizeof bench_data;
        code = apr_socket_send(s, bench_data, &count);
        bench_end();
        expect(code == APR_SUCCESS && count == BENCH_SIZE);
        peer_drain(peer);
    }
    while (bench_row("recv")) {
        peer_feed(peer);
        bench_begin();
        count = sizeof data;
        code = apr_socket_recv(s, data, &count);
        bench_end();
        expect(code == APR_SUCCESS && count == BENCH_SIZE);
    }
    peer_feed(peer);
    while (bench_row("poll")) {
        apr_pollfd_t item = {.p = pool, .desc_type = APR_POLL_SOCKET, .reqevents = APR_POLLIN};
        apr_int32_t ready;
        item.desc.s = s;
        bench_begin();
        code = apr_poll(&item, 1, &ready, -1);
        bench_end();
        expect(code == APR_SUCCESS && ready == 1 && item.rtnevents == APR_POLLIN);
    }
    count = sizeof data;
    expect(apr_socket_recv(s, data, &count) == APR_SUCCESS);
    while (bench_row("set_blocking")) {
        bench_begin();
        code = apr_socket_timeout_set(s, 0);
        bench_end();
        expect(code == APR_SUCCESS && apr_socket_timeout_set(s, -1) == APR_SUCCESS);
    }
    expect(apr_socket_timeout_set(s, 0) == APR_SUCCESS);
    while (bench_row("recv_would_block")) {
        bench_begin();
        count = sizeof data;
        code = apr_socket_recv(s, data, &count);
        bench_end();
        expect(APR_STATUS_IS_EAGAIN(code) && count == 0);
    }
    apr_socket_close(s);
    close(peer);
    close(listener);
}

static void datagrams(void) {
    uint16_t peers_port;
    apr_socket_t *s = open_socket(SOCK_DGRAM, pool);
    int peer = peer_datagram(&peers_port, bind_loopback(s));
    apr_sockaddr_t *to = loopback(peers_port);
    apr_sockaddr_t *from = loopback(0);
    char data[BENCH_SIZE];
    apr_size_t count;
    apr_status_t code;

    while (bench_row("send_to")) {
        bench_begin();
        count = sizeof bench_data;
        code = apr_socket_sendto(s, to, 0, bench_data, &count);
        bench_end();
        expect(code == APR_SUCCESS && count == BENCH_SIZE);
        peer_drain(peer);
    }
    while (bench_row("recv_from")) {
        peer_feed(peer);
        bench_begin();
        count = sizeof data;
        code = apr_socket_recvfrom(from, s, 0, data, &count);
        bench_end();
        expect(code == APR_SUCCESS && count == BENCH_SIZE && from->port == peers_port);
    }
    apr_socket_close(s);
    close(peer);
}

static void life(void) {
    apr_socket_t *listener = open_socket(SOCK_STREAM, pool);
    uint16_t port = bind_loopback(listener);
    expect(apr_socket_listen(listener, 16) == APR_SUCCESS);
    apr_socket_t *s;
    apr_status_t code;

    while (bench_row("accept")) {
        int peer = peer_connect(port);
        bench_begin();
        code = apr_socket_accept(&s, listener, scratch);
        bench_end();
        expect(code == APR_SUCCESS);
        peer_reset(peer);
        apr_pool_clear(scratch);
    }
    while (bench_row("close")) {
        s = open_socket(SOCK_STREAM, scratch);
        bench_begin();
        code = apr_socket_close(s);
        bench_end();
        expect(code == APR_SUCCESS);
        apr_pool_clear(scratch);
    }
    apr_socket_close(listener);
}

static void addresses(void) {
    apr_sockaddr_t *addr, *v4, *v6;
    char text[64];
    apr_status_t code;

    while (bench_row("parse_v4")) {
        bench_begin();
        code = apr_sockaddr_info_get(&addr, BENCH_HOST_V4, APR_INET, BENCH_PORT, 0, scratch);
        bench_end();
        expect(code == APR_SUCCESS);
        apr_pool_clear(scratch);
    }
    expect(apr_sockaddr_info_get(&v4, BENCH_HOST_V4, APR_INET, BENCH_PORT, 0, pool) == APR_SUCCESS);
    while (bench_row("format_v4")) {
        bench_begin();
        code = apr_sockaddr_ip_getbuf(text, sizeof text, v4);
        bench_end();
        expect(code == APR_SUCCESS && strcmp(text, BENCH_HOST_V4) == 0);
    }
    while (bench_row("parse_v6")) {
        bench_begin();
        code = apr_sockaddr_info_get(&addr, BENCH_HOST_V6, APR_INET6, BENCH_PORT, 0, scratch);
        bench_end();
        expect(code == APR_SUCCESS);
        apr_pool_clear(scratch);
    }
    expect(apr_sockaddr_info_get(&v6, BENCH_HOST_V6, APR_INET6, BENCH_PORT, 0, pool) ==
           APR_SUCCESS);
    while (bench_row("format_v6")) {
        bench_begin();
        code = apr_sockaddr_ip_getbuf(text, sizeof text, v6);
        bench_end();
        expect(code == APR_SUCCESS && strcmp(text, BENCH_HOST_V6) == 0);
    }
}

int main(int argc, char **argv) {
    bench_start(argc, argv);
    expect(apr_initialize() == APR_SUCCESS);
    expect(apr_pool_create(&pool, NULL) == APR_SUCCESS);
    expect(apr_pool_create(&scratch, pool) == APR_SUCCESS);
    streams();
    datagrams();
    life();
    addresses();
    apr_terminate();
    return 0;
}
