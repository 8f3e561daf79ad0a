/*
 * `streams` on anysock.
 */
#include "streams.h"

#include <anysock.h>
#include <stdlib.h>

static void *adopt(int fd) {
    struct anysock *s = malloc(sizeof *s);
    expect(s != NULL && anysock_adopt(fd, 0, s) == ANYSOCK_OK);
    return s;
}

static void drop(void *s) {
    anysock_close(s);
    free(s);
}

static void send_ping(struct anysock *s) {
    size_t count;
    expect(anysock_send(s, stream_data, PING_SIZE, 0, &count) == ANYSOCK_OK && count == PING_SIZE);
}

static void recv_ping(struct anysock *s) {
    size_t count;
    expect(anysock_recv(s, stream_data, PING_SIZE, 0, &count) == ANYSOCK_OK && count == PING_SIZE);
}

static void ping(void *s, int rounds) {
    for (int i = 0; i < rounds; i++) {
        send_ping(s);
        recv_ping(s);
    }
}

static void push(void *s) {
    size_t count;
    for (size_t left = BULK_BYTES; left > 0; left -= count)
        expect(anysock_send(s, stream_data, next_block(left), 0, &count) == ANYSOCK_OK);
    expect(anysock_recv(s, stream_data, 1, 0, &count) == ANYSOCK_OK && count == 1);
}

static void pong(void *s) {
    for (;;) {
        recv_ping(s);
        send_ping(s);
    }
}

static void pull(void *s) {
    for (;;) {
        size_t count;
        for (size_t left = BULK_BYTES; left > 0; left -= count)
            expect(anysock_recv(s, stream_data, BLOCK_SIZE, 0, &count) == ANYSOCK_OK && count > 0);
        expect(anysock_send(s, stream_data, 1, 0, &count) == ANYSOCK_OK);
    }
}

static void accept_echo_close(int fd) {
    struct anysock listener, s;
    expect(anysock_adopt(fd, 0, &listener) == ANYSOCK_OK);
    for (;;) {
        expect(anysock_accept(&listener, 0, &s, NULL) == ANYSOCK_OK);
        recv_ping(&s);
        send_ping(&s);
        anysock_close(&s);
    }
}

const struct stream_library streams_anysock = {"anysock", adopt, drop, ping,
                                               push,      pong,  pull, accept_echo_close};
