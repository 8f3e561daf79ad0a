/*
 * What the files of the POSIX port share: system headers, and the names that calls_tpl.h needs.
 */
#ifndef ANYSOCK_POSIX_PORT_H
#define ANYSOCK_POSIX_PORT_H

/* Apple's headers show IPV6_DONTFRAG, and what else is of RFC 3542, only to who asks for it. */
#define __APPLE_USE_RFC_3542

#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

#include "../internal.h"

/* What not every system has, and what there is another way for. ANYSOCK_PLAIN_POSIX takes that
 * other way here too, so that it is tested. */
#ifndef ANYSOCK_PLAIN_POSIX
#ifdef SOCK_CLOEXEC
#define HAS_SOCKET_FLAGS
#endif
#ifdef __linux__
#define HAS_LINUX_CALLS
#endif
#endif

#define raw(native) (native)
#define raw_length socklen_t
#define set_error(number) ((void)(errno = (number)))

/*
 * What a poll says of a stream's ends, which was asked with ASK_FOR_END. Linux' bit for the peer's
 * end is ours, FreeBSD has another one, and there a hang-up means both directions.
 *
 * macOS, NetBSD and OpenBSD have no such bit. There we ask for data, and look whether it is the end
 * that comes; behind unread data it hides. A hang-up, where there is one at all, does not mean
 * more: on macOS it comes with the end of one direction, also behind data, and instead of an error.
 * The look leaves an error where it is; on systems where it would not (Linux, in tests) poll knows
 * errors itself.
 */
#ifdef POLLRDHUP

#define ASK_FOR_END POLLRDHUP

static inline unsigned end_of(int fd, short revents) {
    (void)fd;
    unsigned hang_up = (revents & POLLHUP) != 0 ? ANYSOCK_HANG_UP : 0;
    return (revents & POLLRDHUP) != 0 ? hang_up | ANYSOCK_PEER_CLOSED : hang_up;
}

#else

#define ASK_FOR_END POLLIN

static inline unsigned end_of(int fd, short revents) {
    if ((revents & (POLLIN | POLLHUP)) == 0 || (revents & POLLNVAL) != 0)
        return 0;
    if ((revents & POLLERR) != 0) /* who breaks ends both directions */
        return (revents & POLLHUP) != 0 ? ANYSOCK_HANG_UP : 0;
    char byte;
    ssize_t count = recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    if (count < 0)
        return anysock_port_would_block() || errno == ENOTCONN ? 0
                                                               : ANYSOCK_ERROR | ANYSOCK_HANG_UP;
    return count == 0 || (revents & POLLHUP) != 0 ? ANYSOCK_PEER_CLOSED : 0;
}

#endif

#endif
