/*
 * Clock, order and percentile of the benchmarks that measure time.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* sched_setaffinity */
#endif
#include "timing.h"

#include <stdlib.h>

#include "bench.h"

#ifdef _WIN32

#include <windows.h>

uint64_t timing_now_ns(void) {
    LARGE_INTEGER now, per_second;
    expect(QueryPerformanceCounter(&now) && QueryPerformanceFrequency(&per_second));
    return (uint64_t)((double)now.QuadPart * 1e9 / (double)per_second.QuadPart);
}

/* Wine's server, which does half of the work, would not follow. */
void timing_pin_to_one_cpu(void) {
}

#else

#include <sched.h>
#include <time.h>

uint64_t timing_now_ns(void) {
    struct timespec now;
    expect(clock_gettime(CLOCK_MONOTONIC, &now) == 0);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

void timing_pin_to_one_cpu(void) {
    cpu_set_t allowed, one;
    size_t last = 0;
    expect(sched_getaffinity(0, sizeof allowed, &allowed) == 0);
    for (size_t cpu = 0; cpu < CPU_SETSIZE; cpu++)
        if (CPU_ISSET(cpu, &allowed))
            last = cpu;
    CPU_ZERO(&one);
    CPU_SET(last, &one);
    expect(sched_setaffinity(0, sizeof one, &one) == 0);
}

#endif

void timing_shuffle(size_t *order, size_t count) {
    static uint32_t random = 1;
    for (size_t i = 0; i < count; i++) {
        random = random * 1664525u + 1013904223u;
        size_t place = (random >> 16) % (i + 1);
        order[i] = order[place];
        order[place] = i;
    }
}

/* Drivers are marked where counts are taken. */
void bench_begin(void) {
}

void bench_end(void) {
}

static int compare(const void *a, const void *b) {
    double left = *(const double *)a, right = *(const double *)b;
    return (left > right) - (left < right);
}

double timing_fast(double *times, size_t count) {
    expect(count > 0);
    qsort(times, count, sizeof *times, compare);
    return times[count / 20];
}
