/*
 * Other POSIX systems: the linker leads the library's calls here (--wrap).
 */
#include "odd.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

static enum oddity now;
static unsigned answers;

bool become(enum oddity oddity) {
    bool possible = oddity == USUAL || oddity == ANSWERS_ONE_BYTE || oddity == WANTS_ONE_BYTE ||
                    oddity == TELLS_NO_HOPS || oddity == REFUSES_IPV4;
    now = possible ? oddity : USUAL;
    answers = 0;
    return possible;
}

unsigned odd_answers(void) {
    return answers;
}

/* The names are the linker's. */
int __real_getsockopt(int fd, int level, int name, void *value, socklen_t *length);
int __wrap_getsockopt(int fd, int level, int name, void *value, socklen_t *length);
int __real_setsockopt(int fd, int level, int name, const void *value, socklen_t length);
int __wrap_setsockopt(int fd, int level, int name, const void *value, socklen_t length);

int __wrap_getsockopt(int fd, int level, int name, void *value, socklen_t *length) {
    int number = 0;
    if (now == TELLS_NO_HOPS && level == IPPROTO_IPV6 && name == IPV6_UNICAST_HOPS) {
        number = -1;
        memcpy(value, &number, sizeof number);
        answers++;
        return 0;
    }
    if (now != ANSWERS_ONE_BYTE || *length != sizeof number)
        return __real_getsockopt(fd, level, name, value, length);
    if (__real_getsockopt(fd, level, name, &number, length) != 0)
        return -1;
    unsigned char byte = (unsigned char)number;
    bool narrow = byte == number;
    *length = narrow ? 1 : sizeof number;
    memcpy(value, narrow ? (const void *)&byte : &number, *length);
    answers += narrow;
    return 0;
}

int __wrap_setsockopt(int fd, int level, int name, const void *value, socklen_t length) {
    bool wants_one_byte = now == WANTS_ONE_BYTE && length != 1 &&
                          (name == IP_MULTICAST_TTL || name == IP_MULTICAST_LOOP);
    if (level == IPPROTO_IP && (wants_one_byte || now == REFUSES_IPV4)) {
        answers++;
        errno = EINVAL;
        return -1;
    }
    return __real_setsockopt(fd, level, name, value, length);
}
