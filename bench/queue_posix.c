/*
 * `queue`, time, on Linux: the libraries, and where their sockets come from.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* memfd_create */
#endif
#include "peer.h"
#include "queue_world.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

const struct queue_library *const world_libraries[] = {
    &queue_raw,   &queue_recv, &queue_anysock, &queue_raw, &queue_portable, &queue_poll,
#ifdef HAVE_APR
    &queue_apr,
#endif
#ifdef HAVE_EV
    &queue_ev,
#endif
#ifdef HAVE_EVENT
    &queue_event,
#endif
#ifdef HAVE_GLIB
    &queue_glib,
#endif
#ifdef HAVE_UV
    &queue_uv,
#endif
    NULL,
};
const size_t world_sizes[] = {10, 100, 1000, 10000, 19500, 0};
const int world_epochs = 8;
const unsigned world_epoch_ms = 250;

/* Connections that a listener keeps until they are accepted, which never happens. */
#define KEPT 1000

size_t world_files(void) {
    return peer_files();
}

/* The name of the variable that holds the inherited descriptor of the shared memory. */
#define SHARED "ANYSOCK_BENCH_SHARED"

bool world_is_restarted(void) {
    return getenv(SHARED) != NULL;
}

static int make_shared(size_t bytes) {
    char number[16];
    int fd = memfd_create("queue", 0);
    expect(fd >= 0 && ftruncate(fd, (off_t)bytes) == 0);
    snprintf(number, sizeof number, "%d", fd);
    expect(setenv(SHARED, number, 1) == 0);
    return fd;
}

void *world_share(size_t bytes) {
    int fd = world_is_restarted() ? atoi(getenv(SHARED)) : make_shared(bytes);
    void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    expect(memory != MAP_FAILED);
    return memory;
}

static void end_well(pid_t child) {
    int status;
    expect(waitpid(child, &status, 0) == child && status == 0);
}

void world_restart(void) {
    pid_t child = fork();
    expect(child >= 0);
    if (child == 0) {
        execl("/proc/self/exe", "queue_times", (char *)NULL);
        _exit(1);
    }
    end_well(child);
}

void world_isolate(void (*run)(void)) {
    pid_t child = fork();
    expect(child >= 0);
    if (child == 0) {
        run();
        _exit(0);
    }
    end_well(child);
}

static void set_nonblocking(int fd) {
    expect(fcntl(fd, F_SETFL, O_RDWR | O_NONBLOCK) == 0);
}

/* Nobody accepts them, so that each costs one descriptor only. Their end is a reset. */
void world_connect_idle(queue_fd *fds, size_t count) {
    uint16_t port = 0;
    for (size_t i = 0; i < count; i++) {
        if (i % KEPT == 0)
            expect(listen(peer_listen(&port), KEPT) == 0);
        fds[i] = peer_connect(port);
        set_nonblocking(fds[i]);
    }
}

void world_connect(queue_fd *fd, queue_fd *peer) {
    uint16_t port;
    int listener = peer_listen(&port);
    *peer = peer_connect(port);
    *fd = peer_accept(listener);
    set_nonblocking(*fd);
    close(listener);
}

void world_fill(queue_fd fd) {
    peer_fill(fd);
}

void world_feed(queue_fd fd, queue_fd peer, size_t bytes) {
    static char data[65536];
    int there = 0;
    expect(bytes <= sizeof data && send(peer, data, bytes, MSG_NOSIGNAL) == (ssize_t)bytes);
    do {
        struct pollfd item = {.fd = fd, .events = POLLIN};
        expect(poll(&item, 1, 1000) == 1 && ioctl(fd, FIONREAD, &there) == 0);
    } while ((size_t)there < bytes);
}
