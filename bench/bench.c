/*
 * How every benchmark ends that finds a wrong result.
 */
#include "bench.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

_Noreturn void bench_fail(const char *file, int line, const char *condition) {
    int number = errno;
    fprintf(stderr, "%s:%d: not so: %s (errno %d)\n", file, line, condition, number);
    exit(1);
}
