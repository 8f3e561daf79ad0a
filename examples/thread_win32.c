/*
 * A second thread, on Windows.
 */
#include "thread.h"

#include <process.h>
#include <stdint.h>
#include <stdlib.h>
#include <windows.h>

struct thread {
    void (*function)(void *);
    void *argument;
    HANDLE handle;
};

static unsigned __stdcall run(void *argument) {
    struct thread *thread = argument;
    thread->function(thread->argument);
    return 0;
}

/* Not CreateThread: the function uses the C library. */
struct thread *start_thread(void (*function)(void *), void *argument) {
    struct thread *thread = malloc(sizeof *thread);
    if (thread == NULL)
        return NULL;
    *thread = (struct thread){function, argument, NULL};
    thread->handle = (HANDLE)_beginthreadex(NULL, 0, run, thread, 0, NULL);
    if (thread->handle == NULL) {
        free(thread);
        return NULL;
    }
    return thread;
}

void join_thread(struct thread *thread) {
    (void)WaitForSingleObject(thread->handle, INFINITE);
    (void)CloseHandle(thread->handle);
    free(thread);
}
