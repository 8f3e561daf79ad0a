/*
 * The system's <poll.h>. POLL_WITHOUT_RDHUP leaves out what macOS, NetBSD and OpenBSD do not have.
 */
#ifndef TESTS_KQUEUE_POLL_H
#define TESTS_KQUEUE_POLL_H

#pragma GCC                                                                                        \
    system_header /* only such a header may look for the next of its name without a warning */
#include_next <poll.h>

#ifdef POLL_WITHOUT_RDHUP
#undef POLLRDHUP
#endif

#endif
