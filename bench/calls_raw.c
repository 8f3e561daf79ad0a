/*
 * `calls` on the system's own calls: the reference.
 */
#define _GNU_SOURCE /* accept4 */
#include "calls.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void streams(void) {
    uint16_t port;
    int listener = peer_listen(&port);
    int s = peer_connect(port);
    int peer = peer_accept(listener);
    char data[BENCH_SIZE];
    ssize_t count;

    while (bench_row("send")) {
        bench_begin();
        count = send(s, bench_data, sizeof bench_data, MSG_NOSIGNAL);
        bench_end();
        expect(count == BENCH_SIZE);
        peer_drain(peer);
    }
    while (bench_row("recv")) {
        peer_feed(peer);
        bench_begin();
        count = recv(s, data, sizeof data, 0);
        bench_end();
        expect(count == BENCH_SIZE);
    }
    peer_feed(peer);
    while (bench_row("poll")) {
        struct pollfd item = {.fd = s, .events = POLLIN};
        int ready;
        bench_begin();
        ready = poll(&item, 1, -1);
        bench_end();
        expect(ready == 1 && item.revents == POLLIN);
    }
    while (bench_row("wait")) { /* anysock has two calls for it, the system one */
        struct pollfd item = {.fd = s, .events = POLLIN};
        int ready;
        bench_begin();
        ready = poll(&item, 1, -1);
        bench_end();
        expect(ready == 1 && item.revents == POLLIN);
    }
    peer_drain(s);
    while (bench_row("set_blocking")) {
        int code;
        bench_begin();
        code = fcntl(s, F_SETFL, O_RDWR | O_NONBLOCK);
        bench_end();
        expect(code == 0 && fcntl(s, F_SETFL, O_RDWR) == 0);
    }
    expect(fcntl(s, F_SETFL, O_RDWR | O_NONBLOCK) == 0);
    while (bench_row("recv_would_block")) {
        bench_begin();
        count = recv(s, data, sizeof data, 0);
        bench_end();
        expect(count == -1 && errno == EAGAIN);
    }
    close(s);
    close(peer);
    close(listener);
}

static void datagrams(void) {
    uint16_t port, peers_port;
    int s = peer_datagram(&port, 0);
    int peer = peer_datagram(&peers_port, port);
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(peers_port)};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    char data[BENCH_SIZE];
    ssize_t count;

    while (bench_row("send_to")) {
        bench_begin();
        count = sendto(s, bench_data, sizeof bench_data, 0, (struct sockaddr *)&to, sizeof to);
        bench_end();
        expect(count == BENCH_SIZE);
        peer_drain(peer);
    }
    while (bench_row("recv_from")) {
        struct sockaddr_storage from;
        socklen_t length;
        peer_feed(peer);
        bench_begin();
        length = sizeof from;
        count = recvfrom(s, data, sizeof data, 0, (struct sockaddr *)&from, &length);
        bench_end();
        expect(count == BENCH_SIZE && length == sizeof to);
    }
    close(s);
    close(peer);
}

static void life(void) {
    uint16_t port;
    int listener = peer_listen(&port);
    while (bench_row("accept")) {
        int peer = peer_connect(port);
        int s;
        bench_begin();
        s = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
        bench_end();
        expect(s >= 0);
        peer_reset(peer);
        close(s);
    }
    while (bench_row("close")) {
        int s = socket(AF_INET, SOCK_STREAM, 0);
        int code;
        bench_begin();
        code = close(s);
        bench_end();
        expect(code == 0);
    }
    close(listener);
}

/* libc reads and writes the host alone. */
static void addresses(void) {
    struct in_addr v4;
    struct in6_addr v6;
    char text[INET6_ADDRSTRLEN];
    const char *result;
    int code;

    while (bench_row("parse_v4")) {
        bench_begin();
        code = inet_pton(AF_INET, BENCH_HOST_V4, &v4);
        bench_end();
        expect(code == 1);
    }
    while (bench_row("format_v4")) {
        bench_begin();
        result = inet_ntop(AF_INET, &v4, text, sizeof text);
        bench_end();
        expect(result != NULL && strcmp(text, BENCH_HOST_V4) == 0);
    }
    while (bench_row("parse_v6")) {
        bench_begin();
        code = inet_pton(AF_INET6, BENCH_HOST_V6, &v6);
        bench_end();
        expect(code == 1);
    }
    while (bench_row("format_v6")) {
        bench_begin();
        result = inet_ntop(AF_INET6, &v6, text, sizeof text);
        bench_end();
        expect(result != NULL && strcmp(text, BENCH_HOST_V6) == 0);
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
