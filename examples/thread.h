/*
 * A second thread, for what a queue cannot wait for. Here and nowhere else an example needs the
 * system itself: not every C library has C11's threads.
 */
#ifndef EXAMPLES_THREAD_H
#define EXAMPLES_THREAD_H

#include <stdbool.h>

/* Starts a thread that runs the function, and that nobody waits for: it ends with the process at
 * the latest. Returns whether there was one to be had. */
bool start_thread(void (*function)(void *argument), void *argument);

#endif /* EXAMPLES_THREAD_H */
