/*
 * A second thread, on POSIX systems.
 */
#include "thread.h"

#include <pthread.h>
#include <stdlib.h>

struct thread {
    void (*function)(void *);
    void *argument;
    pthread_t id;
};

static void *run(void *argument) {
    struct thread *thread = argument;
    thread->function(thread->argument);
    return NULL;
}

struct thread *start_thread(void (*function)(void *), void *argument) {
    struct thread *thread = malloc(sizeof *thread);
    if (thread == NULL)
        return NULL;
    thread->function = function;
    thread->argument = argument;
    if (pthread_create(&thread->id, NULL, run, thread) != 0) {
        free(thread);
        return NULL;
    }
    return thread;
}

void join_thread(struct thread *thread) {
    (void)pthread_join(thread->id, NULL);
    free(thread);
}
