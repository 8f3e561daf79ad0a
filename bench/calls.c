/*
 * The counting half of `calls`, and the peer that the drivers talk to. Instructions are counted by
 * callgrind, which collects between two client requests; system calls by strace, which sees two
 * markers.
 */
#include "calls.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <valgrind/callgrind.h>

/* scripts/bench.sh divides by these. */
#define INSTRUCTION_ROUNDS 1000
#define SYSCALL_ROUNDS 10

char bench_data[BENCH_SIZE];

static bool tracing;
static int rounds;
static int done = -1; /* rounds of the row so far; the first one is not counted */

_Noreturn void bench_fail(const char *file, int line, const char *condition) {
    int number = errno;
    fprintf(stderr, "%s:%d: not so: %s (errno %d)\n", file, line, condition, number);
    exit(1);
}

/* A system call that does nothing and that nobody else makes. */
static void mark(const char *what) {
    int number = errno;
    ssize_t count = write(-1, what, strlen(what));
    (void)count;
    errno = number;
}

/* Never inlined: the same few instructions of these two are counted in every row, the empty one
 * included, and cancel out. */
__attribute__((noinline)) void bench_begin(void) {
    if (tracing)
        mark("begin");
    CALLGRIND_TOGGLE_COLLECT;
}

__attribute__((noinline)) void bench_end(void) {
    CALLGRIND_TOGGLE_COLLECT;
    if (tracing)
        mark("end");
}

/* The first round is for what a library does once: caches, types, buffers. */
bool bench_row(const char *name) {
    done++;
    if (done == 1) {
        CALLGRIND_ZERO_STATS;
        if (tracing) {
            char text[64];
            snprintf(text, sizeof text, "row %s", name);
            mark(text);
        }
    }
    if (done <= rounds)
        return true;
    CALLGRIND_DUMP_STATS_AT(name);
    if (tracing)
        mark("done");
    done = -1;
    return false;
}

void bench_start(int argc, char **argv) {
    tracing = argc == 2 && strcmp(argv[1], "syscalls") == 0;
    if (!tracing && !(argc == 2 && strcmp(argv[1], "instructions") == 0)) {
        fprintf(stderr, "usage: %s instructions|syscalls\n", argv[0]);
        exit(2);
    }
    rounds = tracing ? SYSCALL_ROUNDS : INSTRUCTION_ROUNDS;
    while (bench_row("empty")) {
        bench_begin();
        bench_end();
    }
}

/* ------------------------------------------------------------------------------------------- */

static struct sockaddr_in loopback(uint16_t port) {
    struct sockaddr_in addr = {.sin_family = AF_INET, .sin_port = htons(port)};
    addr.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return addr;
}

/* Binds to a free port. */
static void bind_loopback(int fd, uint16_t *port) {
    struct sockaddr_in addr = loopback(0);
    expect(bind(fd, (struct sockaddr *)&addr, sizeof addr) == 0);
    *port = peer_port(fd);
}

uint16_t peer_port(int fd) {
    struct sockaddr_in addr;
    socklen_t length = sizeof addr;
    expect(getsockname(fd, (struct sockaddr *)&addr, &length) == 0);
    return ntohs(addr.sin_port);
}

int peer_listen(uint16_t *port) {
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    expect(fd >= 0);
    bind_loopback(fd, port);
    expect(listen(fd, 16) == 0);
    return fd;
}

int peer_accept(int listener) {
    int fd = accept(listener, NULL, NULL);
    expect(fd >= 0);
    return fd;
}

int peer_connect(uint16_t port) {
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    expect(fd >= 0);
    struct sockaddr_in addr = loopback(port);
    expect(connect(fd, (struct sockaddr *)&addr, sizeof addr) == 0);
    return fd;
}

int peer_datagram(uint16_t *port, uint16_t to_port) {
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    expect(fd >= 0);
    bind_loopback(fd, port);
    if (to_port != 0) {
        struct sockaddr_in addr = loopback(to_port);
        expect(connect(fd, (struct sockaddr *)&addr, sizeof addr) == 0);
    }
    return fd;
}

void peer_feed(int fd) {
    expect(send(fd, bench_data, sizeof bench_data, MSG_NOSIGNAL) == BENCH_SIZE);
}

void peer_drain(int fd) {
    char data[BENCH_SIZE];
    expect(recv(fd, data, sizeof data, MSG_WAITALL) == BENCH_SIZE);
}

void peer_reset(int fd) {
    struct linger linger = {.l_onoff = 1, .l_linger = 0};
    expect(setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger) == 0);
    expect(close(fd) == 0);
}
