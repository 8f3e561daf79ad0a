/*
 * The back end of queues on Windows where nothing better is wanted: the portable one.
 */
#include "../queue.h"

const struct anysock_queue_backend *const anysock_port_queue = &anysock_poll_queue;
