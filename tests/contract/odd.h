/*
 * A system that is not like the one that the tests run on: the calls under the library are
 * replaced, and answer as some other version or system does.
 */
#ifndef ANYSOCK_TESTS_CONTRACT_ODD_H
#define ANYSOCK_TESTS_CONTRACT_ODD_H

#include <stdbool.h>

enum oddity {
    USUAL,
    /* getsockopt answers a small number with its first byte and leaves the others alone: Windows
     * for some flags, OpenBSD for some numbers. */
    ANSWERS_ONE_BYTE,
    /* setsockopt takes the hops and the loop of IPv4 multicast in one byte and in nothing else:
     * OpenBSD. */
    WANTS_ONE_BYTE,
    /* Windows 7 without its service pack does not know the flag that forbids inheritance; which
     * error that is depends on the provider. */
    FLAG_IS_INVALID,
    FLAG_IS_OF_ANOTHER_PROTOCOL,
    /* There are no descriptors left, with that flag or without it. */
    HAS_NO_DESCRIPTORS,
    /* Receiving ends with an error that says so: Windows. */
    REPORTS_THE_END,
    /* An IPv6 socket whose hops nobody has set answers -1: macOS, the BSDs. */
    TELLS_NO_HOPS,
    /* Options of IPv4 are refused: macOS, the BSDs, about IPv6 sockets. */
    REFUSES_IPV4,
    /* There are TCP_MAXRT, without limit at first, and TCP_FASTOPEN, which is 0 or 1: Windows 10,
     * and not Wine. */
    HAS_LATER_OPTIONS
};
/* False if no version of this system is so; then everything is as usual. */
bool become(enum oddity oddity);
/* How many calls were answered oddly since then. */
unsigned odd_answers(void);

#endif
