/*
 * `calls` on anysock.
 */
#include "calls.h"

#include <anysock.h>
#include <string.h>
#include <unistd.h>

static void streams(void) {
    uint16_t port;
    int listener = peer_listen(&port);
    struct anysock s;
    struct anysock_addr addr;
    expect(anysock_addr_loopback(ANYSOCK_INET, port, &addr) == ANYSOCK_OK);
    expect(anysock_open(ANYSOCK_INET, ANYSOCK_STREAM, 0, &s) == ANYSOCK_OK);
    expect(anysock_connect(&s, &addr) == ANYSOCK_OK);
    int peer = peer_accept(listener);
    char data[BENCH_SIZE];
    size_t count;
    int code;

    while (bench_row("send")) {
        bench_begin();
        code = anysock_send(&s, bench_data, sizeof bench_data, 0, &count);
        bench_end();
        expect(code == ANYSOCK_OK && count == BENCH_SIZE);
        peer_drain(peer);
    }
    while (bench_row("recv")) {
        peer_feed(peer);
        bench_begin();
        code = anysock_recv(&s, data, sizeof data, 0, &count);
        bench_end();
        expect(code == ANYSOCK_OK && count == BENCH_SIZE);
    }
    peer_feed(peer);
    while (bench_row("poll")) {
        struct anysock_poll_item item = {.socket = &s, .wanted = ANYSOCK_READABLE};
        bench_begin();
        code = anysock_poll(&item, 1, ANYSOCK_FOREVER, &count);
        bench_end();
        expect(code == ANYSOCK_OK && count == 1 && item.events == ANYSOCK_READABLE);
    }
    while (bench_row("wait")) {
        unsigned events;
        bench_begin();
        code = anysock_wait(&s, ANYSOCK_READABLE, ANYSOCK_FOREVER, &events);
        bench_end();
        expect(code == ANYSOCK_OK && events == ANYSOCK_READABLE);
    }
    peer_drain(anysock_native_handle(&s));
    while (bench_row("set_blocking")) {
        bench_begin();
        code = anysock_set_blocking(&s, false);
        bench_end();
        expect(code == ANYSOCK_OK && anysock_set_blocking(&s, true) == ANYSOCK_OK);
    }
    expect(anysock_set_blocking(&s, false) == ANYSOCK_OK);
    while (bench_row("recv_would_block")) {
        bench_begin();
        code = anysock_recv(&s, data, sizeof data, 0, &count);
        bench_end();
        expect(code == ANYSOCK_EAGAIN && count == 0);
    }
    anysock_close(&s);
    close(peer);
    close(listener);
}

static void datagrams(void) {
    uint16_t peers_port;
    struct anysock s;
    struct anysock_addr addr, from;
    expect(anysock_open(ANYSOCK_INET, ANYSOCK_DGRAM, 0, &s) == ANYSOCK_OK);
    expect(anysock_addr_loopback(ANYSOCK_INET, 0, &addr) == ANYSOCK_OK);
    expect(anysock_bind(&s, &addr, ANYSOCK_BIND_SERVER) == ANYSOCK_OK);
    int peer = peer_datagram(&peers_port, peer_port(anysock_native_handle(&s)));
    expect(anysock_addr_set_port(&addr, peers_port) == ANYSOCK_OK);
    char data[BENCH_SIZE];
    size_t count;
    int code;

    while (bench_row("send_to")) {
        bench_begin();
        code = anysock_send_to(&s, bench_data, sizeof bench_data, 0, &addr, &count);
        bench_end();
        expect(code == ANYSOCK_OK && count == BENCH_SIZE);
        peer_drain(peer);
    }
    while (bench_row("recv_from")) {
        peer_feed(peer);
        bench_begin();
        code = anysock_recv_from(&s, data, sizeof data, 0, &from, NULL, &count);
        bench_end();
        expect(code == ANYSOCK_OK && count == BENCH_SIZE);
        expect(anysock_addr_equal(&from, &addr));
    }
    anysock_close(&s);
    close(peer);
}

static void life(void) {
    struct anysock listener, s;
    struct anysock_addr addr;
    int code;
    expect(anysock_open(ANYSOCK_INET, ANYSOCK_STREAM, 0, &listener) == ANYSOCK_OK);
    expect(anysock_addr_loopback(ANYSOCK_INET, 0, &addr) == ANYSOCK_OK);
    expect(anysock_bind(&listener, &addr, ANYSOCK_BIND_SERVER) == ANYSOCK_OK);
    expect(anysock_listen(&listener, 16) == ANYSOCK_OK);
    uint16_t port = peer_port(anysock_native_handle(&listener));

    while (bench_row("accept")) {
        int peer = peer_connect(port);
        bench_begin();
        code = anysock_accept(&listener, 0, &s, NULL);
        bench_end();
        expect(code == ANYSOCK_OK);
        peer_reset(peer);
        anysock_close(&s);
    }
    while (bench_row("close")) {
        expect(anysock_open(ANYSOCK_INET, ANYSOCK_STREAM, 0, &s) == ANYSOCK_OK);
        bench_begin();
        code = anysock_close(&s);
        bench_end();
        expect(code == ANYSOCK_OK);
    }
    anysock_close(&listener);
}

static void addresses(void) {
    struct anysock_addr v4, v6;
    char text[ANYSOCK_ADDR_TEXT_MAX];
    int code;

    while (bench_row("parse_v4")) {
        bench_begin();
        code = anysock_addr_parse(BENCH_TEXT_V4, &v4);
        bench_end();
        expect(code == ANYSOCK_OK);
    }
    while (bench_row("format_v4")) {
        bench_begin();
        code = anysock_addr_format(&v4, text, sizeof text);
        bench_end();
        expect(code == ANYSOCK_OK && strcmp(text, BENCH_TEXT_V4) == 0);
    }
    while (bench_row("parse_v6")) {
        bench_begin();
        code = anysock_addr_parse(BENCH_TEXT_V6, &v6);
        bench_end();
        expect(code == ANYSOCK_OK);
    }
    while (bench_row("format_v6")) {
        bench_begin();
        code = anysock_addr_format(&v6, text, sizeof text);
        bench_end();
        expect(code == ANYSOCK_OK && strcmp(text, BENCH_TEXT_V6) == 0);
    }
}

int main(int argc, char **argv) {
    bench_start(argc, argv);
    streams();
    datagrams();
    life();
    addresses();
    return 0;
}
