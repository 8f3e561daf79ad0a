/*
 * A second thread, on POSIX systems.
 */
#include "thread.h"

#include <pthread.h>
#include <stdlib.h>

struct start {
    void (*function)(void *);
    void *argument;
};

static void *run(void *argument) {
    struct start start = *(struct start *)argument;
    free(argument);
    start.function(start.argument);
    return NULL;
}

bool start_thread(void (*function)(void *), void *argument) {
    struct start *start = malloc(sizeof *start);
    if (start == NULL)
        return false;
    *start = (struct start){function, argument};
    pthread_t thread;
    if (pthread_create(&thread, NULL, run, start) != 0) {
        free(start);
        return false;
    }
    (void)pthread_detach(thread);
    return true;
}
