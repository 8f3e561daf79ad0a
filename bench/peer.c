/*
 * The peer that the drivers talk to, on raw calls over loopback.
 */
#include "peer.h"

#include <arpa/inet.h>
#include <errno.h>
#include <limits.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

char bench_data[BENCH_SIZE];

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

void peer_fill(int fd) {
    static char block[4096];
    int small = sizeof block; /* or the system would give megabytes to each */
    expect(setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &small, sizeof small) == 0);
    while (send(fd, block, sizeof block, MSG_NOSIGNAL | MSG_DONTWAIT) > 0) {
        /* Until there is no room. */
    }
    expect(errno == EAGAIN);
}

size_t peer_files(void) {
    struct rlimit files;
    expect(getrlimit(RLIMIT_NOFILE, &files) == 0);
    files.rlim_cur = files.rlim_max;
    expect(setrlimit(RLIMIT_NOFILE, &files) == 0);
    return files.rlim_cur < INT_MAX ? (size_t)files.rlim_cur : INT_MAX;
}
