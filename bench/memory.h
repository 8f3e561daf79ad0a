/*
 * How much memory the program has taken, in malloc and past it.
 */
#ifndef ANYSOCK_BENCH_MEMORY_H
#define ANYSOCK_BENCH_MEMORY_H

#include <stddef.h>

size_t memory_in_use(void);

#endif
