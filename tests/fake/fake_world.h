/*
 * What fake_port.c uses of its world.
 */
#ifndef FAKE_WORLD_H
#define FAKE_WORLD_H

#include "fake_port.h"

#define NS_PER_MS UINT64_C(1000000)

/* The thread's error slot; there is one thread. */
extern int fake_slot;

/* The socket behind a handle; one that is not open for a handle that is none. */
struct fake_socket *fake_at(anysock_native native);

/* Leaves a word in the trace. */
void fake_say(const char *word);
/* A port call that uses another one leaves only its own word. */
void fake_skip_next_word(void);
/* Begins a port call: leaves its word, and says whether it is to fail. */
bool fake_fails(const char *word);
/* The same for a call on a socket, which must be open. */
bool fake_fails_on(const char *word, anysock_native native);
/* Fails with a number: -1. */
int fake_deny(int native);

/* Lets time pass until the next happening, at most until the limit. False: there was none. */
bool fake_pass_time(uint64_t limit_ns);
/* A call on a kernel-blocking socket waits for the next happening, or is stuck for ever. */
bool fake_kernel_waits(const struct fake_socket *socket);

#endif
