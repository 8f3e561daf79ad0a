/*
 * The counting half of `calls`. Instructions are counted by callgrind, which collects between two
 * client requests; system calls by strace, which sees two markers.
 */
#include "calls.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <valgrind/callgrind.h>

/* scripts/bench.sh divides by these. */
#define INSTRUCTION_ROUNDS 1000
#define SYSCALL_ROUNDS 10

static bool tracing, quiet;
static int rounds;
static int done = -1; /* rounds of the row so far; the first one is not counted */

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
    if (quiet)
        return;
    if (tracing)
        mark("begin");
    CALLGRIND_TOGGLE_COLLECT;
}

__attribute__((noinline)) void bench_end(void) {
    if (quiet)
        return;
    CALLGRIND_TOGGLE_COLLECT;
    if (tracing)
        mark("end");
}

void bench_quiet(bool on) {
    quiet = on;
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
    tracing = argc >= 2 && strcmp(argv[1], "syscalls") == 0;
    if (argc > 3 || (!tracing && !(argc >= 2 && strcmp(argv[1], "instructions") == 0))) {
        fprintf(stderr, "usage: %s instructions|syscalls [IDLE]\n", argv[0]);
        exit(2);
    }
    rounds = tracing ? SYSCALL_ROUNDS : INSTRUCTION_ROUNDS;
    while (bench_row("empty")) {
        bench_begin();
        bench_end();
    }
}
