/*
 * The back end of queues where nothing better is to be had, or wanted: the portable one.
 */
#include "../queue.h"

#define OWN_QUEUE anysock_poll_queue
#include "../queue_tpl.h"
