/*
 * A second thread, on Windows.
 */
#include "thread.h"

#include <process.h>
#include <stdint.h>
#include <stdlib.h>
#include <windows.h>

struct start {
    void (*function)(void *);
    void *argument;
};

static unsigned __stdcall run(void *argument) {
    struct start start = *(struct start *)argument;
    free(argument);
    start.function(start.argument);
    return 0;
}

/* Not CreateThread: the function uses the C library. */
bool start_thread(void (*function)(void *), void *argument) {
    struct start *start = malloc(sizeof *start);
    if (start == NULL)
        return false;
    *start = (struct start){function, argument};
    uintptr_t thread = _beginthreadex(NULL, 0, run, start, 0, NULL);
    if (thread == 0) {
        free(start);
        return false;
    }
    (void)CloseHandle((HANDLE)thread);
    return true;
}
