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

#define raw(native) (native)
#define raw_length socklen_t
#define set_error(number) ((void)(errno = (number)))

#endif
