/*
 * Counts the allocations of the objects that are linked with --wrap for them: the library's and
 * the test's own, not those inside the system's libraries.
 */
#include <stddef.h>

#include "platform.h"

static unsigned count;

void *__real_malloc(size_t size);
void *__wrap_malloc(size_t size);
void *__real_calloc(size_t number, size_t size);
void *__wrap_calloc(size_t number, size_t size);
void *__real_realloc(void *memory, size_t size);
void *__wrap_realloc(void *memory, size_t size);

void *__wrap_malloc(size_t size) {
    count++;
    return __real_malloc(size);
}

void *__wrap_calloc(size_t number, size_t size) {
    count++;
    return __real_calloc(number, size);
}

void *__wrap_realloc(void *memory, size_t size) {
    count++;
    return __real_realloc(memory, size);
}

unsigned allocations(void) {
    return count;
}
