/*
 * `queue`, instructions and system calls: the rows of one library, whose driver is linked to this
 * program. Marks stand in the driver.
 */
#include "calls.h"
#include "queue.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

/* scripts/bench.sh divides a row by its number of active ones. Beside them and as many idle ones
 * that are treated in turn, the others are watched, and nothing else. */
#define ACTIVE 10
#define TREATED_MAX (ACTIVE + 100)
/* Connections that a listener keeps until they are accepted, which never happens. */
#define KEPT 1000
/* In a library that carries changes out later, a turn follows so many of them, and counts. */
#define CHANGES 10
/* Those that are added to a new queue; the first one is not counted. */
#define FRESH 1001

static const struct queue_library *const library = &QUEUE_LIBRARY;
static void *queue;
static size_t treated, all;
static int fds[TREATED_MAX], peers[TREATED_MAX];
static bool registered[TREATED_MAX];

/* Connections that take and send nothing, but those that are fed: nothing is ever writable. */
static void connect_all(void) {
    uint16_t port;
    int listener = peer_listen(&port);
    for (size_t i = 0; i < treated; i++) {
        fds[i] = peer_connect(port);
        peers[i] = peer_accept(listener);
        peer_fill(fds[i]);
        expect(fcntl(fds[i], F_SETFL, O_RDWR | O_NONBLOCK) == 0);
    }
    close(listener);
}

static void watch(size_t i, int fd) {
    if (library->adopt != NULL)
        library->adopt(queue, i, fd);
    library->add(queue, i, fd);
}

/* Those that nobody treats. Nobody accepts them either, so that each costs one descriptor. */
static void watch_others(void) {
    uint16_t port = 0;
    for (size_t i = treated; i < all; i++) {
        if ((i - treated) % KEPT == 0)
            expect(listen(peer_listen(&port), KEPT) == 0);
        watch(i, peer_connect(port));
    }
}

static void flush(void) {
    if (library->flush != NULL)
        library->flush(queue);
}

static void flush_after(size_t changes) {
    if (changes % CHANGES == 0)
        flush();
}

/* Brings every socket into the queue, or none, without counting. */
static void register_all(bool wanted) {
    bench_quiet(true);
    for (size_t i = 0; i < treated; i++) {
        if (registered[i] && !wanted)
            library->remove(queue, i);
        if (!registered[i] && wanted)
            library->add(queue, i, fds[i]);
        registered[i] = wanted;
    }
    flush();
    bench_quiet(false);
}

static void measure_events(const char *row, size_t active) {
    while (bench_row(row)) {
        for (size_t i = 0; i < active; i++)
            peer_feed(peers[i]);
        expect(library->turn(queue) == active);
    }
}

/* They are all readable at first, which modify_same asks for again. */
static void measure_modify(const char *row, bool same) {
    size_t round = 0;
    while (bench_row(row)) {
        library->modify(queue, round % treated, !same && round / treated % 2 == 0);
        flush_after(++round);
    }
}

/* Adds those that are not in the queue, or removes the others, one after the other. */
static void measure_membership(const char *row, bool add) {
    size_t i = treated;
    while (bench_row(row)) {
        if (i == treated) {
            register_all(!add);
            i = 0;
        }
        if (add)
            library->add(queue, i, fds[i]);
        else
            library->remove(queue, i);
        registered[i] = add;
        flush_after(++i);
    }
}

/* Datagram sockets, since those need no peer. */
static void measure_fresh(const char *row) {
    static int fresh[FRESH];
    size_t i = 0;
    uint16_t port;
    queue = library->open(FRESH);
    for (; i < FRESH; i++) {
        fresh[i] = peer_datagram(&port, 0);
        if (library->adopt != NULL)
            library->adopt(queue, i, fresh[i]);
    }
    i = 0;
    while (bench_row(row)) {
        library->add(queue, i, fresh[i]);
        flush_after(++i);
    }
}

int main(int argc, char **argv) {
    size_t idle = argc == 3 ? (size_t)atoi(argv[2]) : 100;
    bench_start(argc, argv);
    (void)peer_files();
    all = ACTIVE + idle;
    treated = all < TREATED_MAX ? all : TREATED_MAX;
    connect_all();
    queue = library->open(all);
    bench_quiet(true);
    for (size_t i = 0; i < treated; i++) {
        watch(i, fds[i]);
        registered[i] = true;
    }
    watch_others();
    flush();
    bench_quiet(false);
    measure_events("queue_event_10", ACTIVE);
    measure_events("queue_event_1", 1);
    measure_modify("queue_modify_same", true);
    measure_modify("queue_modify", false);
    measure_membership("queue_remove", false);
    measure_membership("queue_add", true);
    measure_fresh("queue_add_new");
    return 0;
}
