/*
 * `streams` on GLib's GSocket.
 */
#include "streams.h"

#include <gio/gio.h>

static void *adopt(int fd) {
    GSocket *s = g_socket_new_from_fd(fd, NULL);
    expect(s != NULL);
    return s;
}

static void drop(void *s) {
    g_object_unref(s);
}

static void send_ping(GSocket *s) {
    expect(g_socket_send(s, stream_data, PING_SIZE, NULL, NULL) == PING_SIZE);
}

static void recv_ping(GSocket *s) {
    expect(g_socket_receive(s, stream_data, PING_SIZE, NULL, NULL) == PING_SIZE);
}

static void ping(void *s, int rounds) {
    for (int i = 0; i < rounds; i++) {
        send_ping(s);
        recv_ping(s);
    }
}

static void push(void *s) {
    for (size_t left = BULK_BYTES; left > 0;) {
        gssize count = g_socket_send(s, stream_data, next_block(left), NULL, NULL);
        expect(count > 0);
        left -= (size_t)count;
    }
    expect(g_socket_receive(s, stream_data, 1, NULL, NULL) == 1);
}

static void pong(void *s) {
    for (;;) {
        recv_ping(s);
        send_ping(s);
    }
}

static void pull(void *s) {
    for (;;) {
        for (size_t left = BULK_BYTES; left > 0;) {
            gssize count = g_socket_receive(s, stream_data, BLOCK_SIZE, NULL, NULL);
            expect(count > 0);
            left -= (size_t)count;
        }
        expect(g_socket_send(s, stream_data, 1, NULL, NULL) == 1);
    }
}

static void accept_echo_close(int fd) {
    GSocket *listener = adopt(fd);
    for (;;) {
        GSocket *s = g_socket_accept(listener, NULL, NULL);
        expect(s != NULL);
        recv_ping(s);
        send_ping(s);
        g_socket_close(s, NULL);
        g_object_unref(s);
    }
}

const struct stream_library streams_glib = {"glib", adopt, drop, ping,
                                            push,   pong,  pull, accept_echo_close};
