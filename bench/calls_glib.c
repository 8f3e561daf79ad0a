/*
 * `calls` on GLib's GSocket. What a call returns is released outside the count.
 */
#include "calls.h"

#include <gio/gio.h>
#include <string.h>
#include <unistd.h>

static GSocketAddress *loopback(uint16_t port) {
    GSocketAddress *addr = g_inet_socket_address_new_from_string("127.0.0.1", port);
    expect(addr != NULL);
    return addr;
}

static GSocket *open_socket(GSocketType type) {
    GSocket *s = g_socket_new(G_SOCKET_FAMILY_IPV4, type, G_SOCKET_PROTOCOL_DEFAULT, NULL);
    expect(s != NULL);
    return s;
}

static uint16_t bind_loopback(GSocket *s) {
    GSocketAddress *addr = loopback(0);
    expect(g_socket_bind(s, addr, FALSE, NULL));
    g_object_unref(addr);
    return peer_port(g_socket_get_fd(s));
}

static void streams(void) {
    uint16_t port;
    int listener = peer_listen(&port);
    GSocket *s = open_socket(G_SOCKET_TYPE_STREAM);
    GSocketAddress *addr = loopback(port);
    expect(g_socket_connect(s, addr, NULL, NULL));
    g_object_unref(addr);
    int peer = peer_accept(listener);
    char data[BENCH_SIZE];
    gssize count;

    while (bench_row("send")) {
        bench_begin();
        count = g_socket_send(s, bench_data, sizeof bench_data, NULL, NULL);
        bench_end();
        expect(count == BENCH_SIZE);
        peer_drain(peer);
    }
    while (bench_row("recv")) {
        peer_feed(peer);
        bench_begin();
        count = g_socket_receive(s, data, sizeof data, NULL, NULL);
        bench_end();
        expect(count == BENCH_SIZE);
    }
    peer_feed(peer);
    while (bench_row("poll")) {
        gboolean ready;
        bench_begin();
        ready = g_socket_condition_wait(s, G_IO_IN, NULL, NULL);
        bench_end();
        expect(ready);
    }
    peer_drain(g_socket_get_fd(s));
    while (bench_row("set_blocking")) {
        bench_begin();
        g_socket_set_blocking(s, FALSE);
        bench_end();
        g_socket_set_blocking(s, TRUE);
    }
    g_socket_set_blocking(s, FALSE);
    while (bench_row("recv_would_block")) {
        GError *error = NULL;
        bench_begin();
        count = g_socket_receive(s, data, sizeof data, NULL, &error);
        bench_end();
        expect(count == -1 && g_error_matches(error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK));
        g_error_free(error);
    }
    g_object_unref(s);
    close(peer);
    close(listener);
}

static void datagrams(void) {
    uint16_t peers_port;
    GSocket *s = open_socket(G_SOCKET_TYPE_DATAGRAM);
    int peer = peer_datagram(&peers_port, bind_loopback(s));
    GSocketAddress *to = loopback(peers_port);
    char data[BENCH_SIZE];
    gssize count;

    while (bench_row("send_to")) {
        bench_begin();
        count = g_socket_send_to(s, to, bench_data, sizeof bench_data, NULL, NULL);
        bench_end();
        expect(count == BENCH_SIZE);
        peer_drain(peer);
    }
    while (bench_row("recv_from")) {
        GSocketAddress *from;
        peer_feed(peer);
        bench_begin();
        count = g_socket_receive_from(s, &from, data, sizeof data, NULL, NULL);
        bench_end();
        expect(count == BENCH_SIZE && from != NULL);
        g_object_unref(from);
    }
    g_object_unref(to);
    g_object_unref(s);
    close(peer);
}

static void life(void) {
    GSocket *listener = open_socket(G_SOCKET_TYPE_STREAM);
    uint16_t port = bind_loopback(listener);
    expect(g_socket_listen(listener, NULL));
    GSocket *s;

    while (bench_row("accept")) {
        int peer = peer_connect(port);
        bench_begin();
        s = g_socket_accept(listener, NULL, NULL);
        bench_end();
        expect(s != NULL);
        peer_reset(peer);
        g_object_unref(s);
    }
    while (bench_row("close")) {
        gboolean closed;
        s = open_socket(G_SOCKET_TYPE_STREAM);
        bench_begin();
        closed = g_socket_close(s, NULL);
        bench_end();
        expect(closed);
        g_object_unref(s);
    }
    g_object_unref(listener);
}

static void parse(const char *row, const char *text) {
    while (bench_row(row)) {
        GSocketAddress *addr;
        bench_begin();
        addr = g_inet_socket_address_new_from_string(text, BENCH_PORT);
        bench_end();
        expect(addr != NULL);
        g_object_unref(addr);
    }
}

static void format(const char *row, const char *host) {
    GInetAddress *addr = g_inet_address_new_from_string(host);
    while (bench_row(row)) {
        gchar *text;
        bench_begin();
        text = g_inet_address_to_string(addr);
        bench_end();
        expect(strcmp(text, host) == 0);
        g_free(text);
    }
    g_object_unref(addr);
}

int main(int argc, char **argv) {
    bench_start(argc, argv);
    streams();
    datagrams();
    life();
    parse("parse_v4", BENCH_HOST_V4);
    format("format_v4", BENCH_HOST_V4);
    parse("parse_v6", BENCH_HOST_V6);
    format("format_v6", BENCH_HOST_V6);
    return 0;
}
