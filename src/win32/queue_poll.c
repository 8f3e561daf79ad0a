/*
 * The back end of queues on Windows where nothing better is wanted: the portable one.
 */
#include "../queue.h"

#define OWN_QUEUE anysock_poll_queue
#include "../queue_tpl.h"
