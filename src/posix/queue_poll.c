/*
 * The back end of queues where nothing better is to be had, or wanted: the portable one.
 */
#include "../queue.h"

const struct anysock_queue_backend *const anysock_port_queue = &anysock_poll_queue;
