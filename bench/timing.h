/*
 * What `streams` and `queue` have in common where they measure time: the runners take turns in
 * short slices, in another order each time, and of each runner the slices that nothing disturbed
 * are compared, which the 5th percentile stands for.
 */
#ifndef ANYSOCK_BENCH_TIMING_H
#define ANYSOCK_BENCH_TIMING_H

#include <stddef.h>
#include <stdint.h>

uint64_t timing_now_ns(void);

/* Keeps this process and its children on the last processor that it may use: the first one tends
 * to serve the interrupts. */
void timing_pin_to_one_cpu(void);

/* A new order of the numbers below count: what a slice leaves behind, in caches and in timers, must
 * not always meet the same neighbour. */
void timing_shuffle(size_t *order, size_t count);

/* The 5th percentile; sorts. */
double timing_fast(double *times, size_t count);

#endif
