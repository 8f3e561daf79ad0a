/*
 * A look-alike of the BSDs' <sys/event.h> for tests on Linux: what kqueue_emulation.c does.
 * KQUEUE_OLD leaves out what older systems do not have, and KQUEUE_WITHOUT_EXCEPT what FreeBSD and
 * NetBSD do not have.
 */
#ifndef TESTS_KQUEUE_SYS_EVENT_H
#define TESTS_KQUEUE_SYS_EVENT_H

#include <stdint.h>
#include <time.h>

struct kevent {
    uintptr_t ident;
    short filter;
    unsigned short flags;
    unsigned int fflags;
    intptr_t data;
    void *udata;
};

#define EV_SET(event, a, b, c, d, e, f)                                                            \
    do {                                                                                           \
        struct kevent *event_ = (event);                                                           \
        event_->ident = (uintptr_t)(a);                                                            \
        event_->filter = (b);                                                                      \
        event_->flags = (c);                                                                       \
        event_->fflags = (d);                                                                      \
        event_->data = (e);                                                                        \
        event_->udata = (f);                                                                       \
    } while (0)

#define EVFILT_READ (-1)
#define EVFILT_WRITE (-2)

#define EV_ADD 0x0001
#define EV_DELETE 0x0002
#define EV_ENABLE 0x0004
#define EV_DISABLE 0x0008
#define EV_ONESHOT 0x0010
#define EV_CLEAR 0x0020
#define EV_DISPATCH 0x0080
#define EV_ERROR 0x4000
#define EV_EOF 0x8000

#ifndef KQUEUE_OLD
#define EVFILT_USER (-10)
#define NOTE_TRIGGER 0x01000000u
#define EV_RECEIPT 0x0040
#endif

#ifndef KQUEUE_WITHOUT_EXCEPT
#define EVFILT_EXCEPT (-15)
#define NOTE_OOB 0x00000002u
#endif

int kqueue(void);
int kevent(int kq, const struct kevent *changes, int change_count, struct kevent *events,
           int event_count, const struct timespec *timeout);

#endif
