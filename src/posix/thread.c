/*
 * What threads need of each other on POSIX systems: a gate, and a waker.
 */
#include <pthread.h>

#include "port.h"

#ifdef HAS_LINUX_CALLS
#include <sys/eventfd.h>
#endif

/* Unnamed semaphores would do, but macOS has none. */
struct gate {
    pthread_mutex_t mutex;
    pthread_cond_t opened;
    unsigned count; /* of openings that nobody went through yet */
};

_Static_assert(sizeof(struct gate) <= sizeof(struct anysock_port_gate), "it is kept there");

static struct gate *of(struct anysock_port_gate *gate) {
    return (struct gate *)(void *)gate->storage;
}

/* The functions return their error, and leave errno alone. */
int anysock_port_gate_open(struct anysock_port_gate *gate) {
    int error = pthread_mutex_init(&of(gate)->mutex, NULL);
    if (error == 0) {
        error = pthread_cond_init(&of(gate)->opened, NULL);
        if (error != 0)
            (void)pthread_mutex_destroy(&of(gate)->mutex);
    }
    of(gate)->count = 0;
    if (error == 0)
        return 0;
    errno = error;
    return -1;
}

void anysock_port_gate_close(struct anysock_port_gate *gate) {
    (void)pthread_cond_destroy(&of(gate)->opened);
    (void)pthread_mutex_destroy(&of(gate)->mutex);
}

void anysock_port_gate_wait(struct anysock_port_gate *gate) {
    (void)pthread_mutex_lock(&of(gate)->mutex);
    while (of(gate)->count == 0)
        (void)pthread_cond_wait(&of(gate)->opened, &of(gate)->mutex);
    of(gate)->count--;
    (void)pthread_mutex_unlock(&of(gate)->mutex);
}

void anysock_port_gate_let_one(struct anysock_port_gate *gate) {
    (void)pthread_mutex_lock(&of(gate)->mutex);
    of(gate)->count++;
    (void)pthread_cond_signal(&of(gate)->opened);
    (void)pthread_mutex_unlock(&of(gate)->mutex);
}

/* ------------------------------------------------------------------------------------------- */

#ifdef HAS_LINUX_CALLS

/* One descriptor with a counter instead of the two ends of a pipe. */
int anysock_port_waker_open(struct anysock_port_waker *waker) {
    waker->readable = waker->other = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    return waker->readable < 0 ? -1 : 0;
}

#define SIGNAL_BYTES 8

#else

static bool prepare(int fd) {
    return anysock_port_set_blocking(fd, false) == 0 && fcntl(fd, F_SETFD, FD_CLOEXEC) == 0;
}

int anysock_port_waker_open(struct anysock_port_waker *waker) {
    int ends[2];
    if (pipe(ends) != 0)
        return -1;
    waker->readable = ends[0];
    waker->other = ends[1];
    if (prepare(ends[0]) && prepare(ends[1]))
        return 0;
    anysock_port_waker_close(waker);
    return -1;
}

#define SIGNAL_BYTES 1

#endif

void anysock_port_waker_close(const struct anysock_port_waker *waker) {
    anysock_port_close(waker->readable);
    if (waker->other != waker->readable)
        anysock_port_close(waker->other);
}

/* A full pipe is signalled already. */
void anysock_port_waker_signal(const struct anysock_port_waker *waker) {
    int error = errno;
    uint64_t one = 1;
    if (write(waker->other, &one, SIGNAL_BYTES) < 0) {
        /* It would have been blocked, which cannot matter, or the descriptor is not ours. */
    }
    errno = error;
}

void anysock_port_waker_drain(const struct anysock_port_waker *waker) {
    uint64_t signals[8];
    while (read(waker->readable, signals, sizeof signals) == (ssize_t)sizeof signals) {
        /* A pipe may hold more. */
    }
}
