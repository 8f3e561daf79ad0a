/*
 * What the files of the POSIX port share: system headers, and the names that calls_tpl.h needs.
 */
#ifndef ANYSOCK_POSIX_PORT_H
#define ANYSOCK_POSIX_PORT_H

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

#endif
