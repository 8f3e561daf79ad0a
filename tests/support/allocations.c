/*
 * Counts the allocations of the objects that are linked with --wrap for them: the library's and
 * the test's own, not those inside the system's libraries. They can be made to fail.
 */
#include <stddef.h>

#include "platform.h"

static unsigned count;
static size_t bytes;

/* How many may still succeed, if they are limited. */
static bool limited;
static unsigned successes;

void *__real_malloc(size_t size);
void *__wrap_malloc(size_t size);
void *__real_calloc(size_t number, size_t size);
void *__wrap_calloc(size_t number, size_t size);
void *__real_realloc(void *memory, size_t size);
void *__wrap_realloc(void *memory, size_t size);

/* Counts one, and says whether it may succeed. */
static bool begin(size_t size) {
    if (limited && successes == 0)
        return false;
    successes -= limited;
    count++;
    bytes += size;
    return true;
}

void *__wrap_malloc(size_t size) {
    return begin(size) ? __real_malloc(size) : NULL;
}

void *__wrap_calloc(size_t number, size_t size) {
    return begin(number * size) ? __real_calloc(number, size) : NULL;
}

void *__wrap_realloc(void *memory, size_t size) {
    return begin(size) ? __real_realloc(memory, size) : NULL;
}

unsigned allocations(void) {
    return count;
}

size_t allocated_bytes(void) {
    return bytes;
}

void forbid_allocations(unsigned after) {
    limited = true;
    successes = after;
}

void allow_allocations(void) {
    limited = false;
}
