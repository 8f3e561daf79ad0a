/*
 * `streams` on the system's own calls: what all others are divided by.
 */
#include "streams.h"

#include <stdint.h>
#include <sys/socket.h>
#include <unistd.h>

static void *adopt(int fd) {
    return (void *)(intptr_t)fd;
}

static int fd_of(void *s) {
    return (int)(intptr_t)s;
}

static void drop(void *s) {
    close(fd_of(s));
}

static void ping(void *s, int rounds) {
    int fd = fd_of(s);
    for (int i = 0; i < rounds; i++) {
        expect(send(fd, stream_data, PING_SIZE, MSG_NOSIGNAL) == PING_SIZE);
        expect(recv(fd, stream_data, PING_SIZE, 0) == PING_SIZE);
    }
}

static void push(void *s) {
    int fd = fd_of(s);
    for (size_t left = BULK_BYTES; left > 0;) {
        ssize_t count = send(fd, stream_data, next_block(left), MSG_NOSIGNAL);
        expect(count > 0);
        left -= (size_t)count;
    }
    expect(recv(fd, stream_data, 1, 0) == 1);
}

static void pong(void *s) {
    int fd = fd_of(s);
    for (;;) {
        expect(recv(fd, stream_data, PING_SIZE, 0) == PING_SIZE);
        expect(send(fd, stream_data, PING_SIZE, MSG_NOSIGNAL) == PING_SIZE);
    }
}

static void pull(void *s) {
    int fd = fd_of(s);
    for (;;) {
        for (size_t left = BULK_BYTES; left > 0;) {
            ssize_t count = recv(fd, stream_data, BLOCK_SIZE, 0);
            expect(count > 0);
            left -= (size_t)count;
        }
        expect(send(fd, stream_data, 1, MSG_NOSIGNAL) == 1);
    }
}

static void accept_echo_close(int listener) {
    for (;;) {
        int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC); /* as all the others do it */
        expect(fd >= 0);
        expect(recv(fd, stream_data, PING_SIZE, 0) == PING_SIZE);
        expect(send(fd, stream_data, PING_SIZE, MSG_NOSIGNAL) == PING_SIZE);
        close(fd);
    }
}

const struct stream_library streams_raw = {"raw", adopt, drop, ping,
                                           push,  pong,  pull, accept_echo_close};
