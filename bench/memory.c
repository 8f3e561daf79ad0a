/*
 * Counts the memory in use: malloc's own count, and the pages that are taken past it.
 */
#include "memory.h"

#include <malloc.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Pages that a library takes past malloc, as APR's pools do. malloc does not call this one. */
static size_t mapped;

void *mmap(void *address, size_t length, int protection, int flags, int fd, off_t offset) {
    mapped += length;
    return (void *)syscall(SYS_mmap, address, length, protection, flags, fd, offset);
}

int munmap(void *address, size_t length) {
    mapped -= length;
    return (int)syscall(SYS_munmap, address, length);
}

size_t memory_in_use(void) {
    struct mallinfo2 info = mallinfo2();
    return info.uordblks + info.hblkhd + mapped;
}
