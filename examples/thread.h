/*
 * A second thread, for what a queue cannot wait for. Here and nowhere else an example needs the
 * system itself: not every C library has C11's threads.
 */
#ifndef EXAMPLES_THREAD_H
#define EXAMPLES_THREAD_H

struct thread;

/* Starts a thread that runs the function; null if there is none to be had. It ends with the process
 * at the latest, also if nobody waits for it. */
struct thread *start_thread(void (*function)(void *argument), void *argument);
/* Waits until the function has returned. */
void join_thread(struct thread *thread);

#endif /* EXAMPLES_THREAD_H */
