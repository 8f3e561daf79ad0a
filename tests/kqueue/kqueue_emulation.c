/*
 * A small kqueue on top of epoll, so that the kqueue back end can be tested on Linux. It follows
 * the rules of the BSDs' kernels: a knote is activated when something happens to its descriptor,
 * and looked at when it is fetched; closing a descriptor removes its knotes. Correct rather than
 * fast.
 *
 * A program that uses it is linked with --wrap=close. What is different from the BSDs: the error
 * beside EV_EOF is always ECONNRESET, because Linux cannot tell it without taking it away; a filter
 * with EV_CLEAR may fire once more when something else happens to its socket.
 */
#include <sys/event.h>

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <unistd.h>

/* One epoll for each filter of descriptors, because an epoll takes a descriptor once. */
enum { READS, WRITES, URGENTS, EPOLLS };
static const uint32_t interests[] = {
    [READS] = EPOLLIN | EPOLLRDHUP, [WRITES] = EPOLLOUT, [URGENTS] = EPOLLPRI};

struct knote {
    struct kevent kevent; /* as it was added: its flags stay as they are */
    bool disabled, queued, triggered;
    unsigned short told_flags; /* the end, as it was told last */
    unsigned told_fflags;
    LIST_ENTRY(knote) all;
    TAILQ_ENTRY(knote) active;
};

struct queue {
    int outer; /* the descriptor that the user has: an epoll of the following */
    int inner[EPOLLS];
    int active_fd; /* readable while there are active knotes */
    unsigned active_count;
    LIST_HEAD(, knote) knotes;
    TAILQ_HEAD(, knote) active;
    LIST_ENTRY(queue) others;
};

int __real_close(int fd);
int __wrap_close(int fd);

static LIST_HEAD(, queue) queues = LIST_HEAD_INITIALIZER(queues);
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

/* Signal handlers may call kevent(), as a system call: so none runs under the lock. */
static void lock(sigset_t *signals) {
    sigset_t all;
    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, signals);
    (void)pthread_mutex_lock(&mutex);
}

static void unlock(const sigset_t *signals) {
    (void)pthread_mutex_unlock(&mutex);
    (void)pthread_sigmask(SIG_SETMASK, signals, NULL);
}

/* ------------------------------------------------------------------------------------------- *
 * Knotes
 * ------------------------------------------------------------------------------------------- */

static void activate(struct queue *q, struct knote *k) {
    if (k->queued || k->disabled)
        return;
    k->queued = true;
    q->active_count++;
    TAILQ_INSERT_TAIL(&q->active, k, active);
}

static void deactivate(struct queue *q, struct knote *k) {
    if (!k->queued)
        return;
    k->queued = false;
    q->active_count--;
    TAILQ_REMOVE(&q->active, k, active);
}

static int epoll_of(const struct queue *q, int filter) {
    switch (filter) {
    case EVFILT_READ:
        return q->inner[READS];
    case EVFILT_WRITE:
        return q->inner[WRITES];
    case EVFILT_EXCEPT:
        return q->inner[URGENTS];
    default:
        return -1;
    }
}

static struct knote *find_knote(struct queue *q, uintptr_t ident, int filter) {
    struct knote *k;
    LIST_FOREACH(k, &q->knotes, all) {
        if (k->kevent.ident == ident && k->kevent.filter == filter)
            return k;
    }
    return NULL;
}

static void drop(struct queue *q, struct knote *k) {
    if (k->kevent.filter != EVFILT_USER)
        (void)epoll_ctl(epoll_of(q, k->kevent.filter), EPOLL_CTL_DEL, (int)k->kevent.ident, NULL);
    deactivate(q, k);
    LIST_REMOVE(k, all);
    free(k);
}

/* What is there already makes the epoll report it at once. */
static int add(struct queue *q, const struct kevent *change, struct knote **made) {
    struct knote *k = calloc(1, sizeof *k);
    if (k == NULL)
        return ENOMEM;
    k->kevent = *change;
    struct epoll_event event = {.data.ptr = k};
    for (int i = 0; i < EPOLLS; i++)
        if (epoll_of(q, change->filter) == q->inner[i])
            event.events = interests[i] | (uint32_t)EPOLLET;
    if (change->filter != EVFILT_USER &&
        epoll_ctl(epoll_of(q, change->filter), EPOLL_CTL_ADD, (int)change->ident, &event) != 0) {
        free(k);
        return errno;
    }
    LIST_INSERT_HEAD(&q->knotes, k, all);
    *made = k;
    return 0;
}

/* Of a knote that is there EV_ADD changes the data, and makes it look again. */
static int add_or_touch(struct queue *q, const struct kevent *change, struct knote **k) {
    if (*k == NULL)
        return add(q, change, k);
    (*k)->kevent.udata = change->udata;
    (*k)->told_flags = 0;
    activate(q, *k);
    return 0;
}

static int apply(struct queue *q, const struct kevent *change) {
    bool user = change->filter == EVFILT_USER;
    if (!user && epoll_of(q, change->filter) < 0)
        return EINVAL;
    if (!user && fcntl((int)change->ident, F_GETFD) < 0)
        return EBADF;
    struct knote *k = find_knote(q, change->ident, change->filter);
    if (k == NULL && (change->flags & (EV_ADD | EV_DELETE)) != EV_ADD)
        return ENOENT;
    if ((change->flags & EV_DELETE) != 0) {
        drop(q, k);
        return 0;
    }
    int error = (change->flags & EV_ADD) != 0 ? add_or_touch(q, change, &k) : 0;
    if (error != 0)
        return error;
    if ((change->flags & EV_DISABLE) != 0) {
        k->disabled = true;
        deactivate(q, k);
    }
    if ((change->flags & EV_ENABLE) != 0 && k->disabled) {
        k->disabled = false;
        activate(q, k);
    }
    if (user && (change->fflags & NOTE_TRIGGER) != 0) {
        k->triggered = true;
        activate(q, k);
    }
    return 0;
}

/* ------------------------------------------------------------------------------------------- *
 * What a filter finds when it looks
 * ------------------------------------------------------------------------------------------- */

static int option_of(int fd, int name) {
    int value = 0;
    socklen_t length = sizeof value;
    return getsockopt(fd, SOL_SOCKET, name, &value, &length) == 0 ? value : 0;
}

static intptr_t backlog_of(int fd) {
    struct tcp_info info;
    socklen_t length = sizeof info;
    bool told = getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &length) == 0;
    return told && info.tcpi_unacked > 0 ? (intptr_t)info.tcpi_unacked : 1;
}

/* Linux calls a stream hung up that was never connected, the BSDs say nothing about it. */
static bool is_fresh(int state) {
    return (state & POLLHUP) != 0 && (state & (POLLRDHUP | POLLERR)) == 0;
}

static bool look_for_reading(int fd, int state, bool stream, struct kevent *event) {
    int bytes = 0;
    if (option_of(fd, SO_ACCEPTCONN) != 0) {
        event->data = backlog_of(fd);
        return (state & POLLIN) != 0;
    }
    if (stream && is_fresh(state))
        return false;
    (void)ioctl(fd, FIONREAD, &bytes);
    event->data = bytes;
    if (stream && (state & (POLLRDHUP | POLLHUP)) != 0) {
        event->flags |= EV_EOF;
        event->fflags = (state & POLLERR) != 0 ? ECONNRESET : 0;
    } else if (!stream && (state & POLLHUP) != 0) { /* a pipe */
        event->flags |= EV_EOF;
    }
    return (state & (POLLIN | POLLERR | POLLHUP | POLLRDHUP)) != 0;
}

/* Our direction has ended: Linux' poll does not tell, but sending nothing does. */
static bool is_shut(int fd) {
    return send(fd, "", 0, MSG_NOSIGNAL | MSG_DONTWAIT) < 0 && errno == EPIPE;
}

static bool look_for_writing(int fd, int state, bool stream, struct kevent *event) {
    if (option_of(fd, SO_ACCEPTCONN) != 0 || (stream && is_fresh(state)))
        return false;
    event->data = option_of(fd, SO_SNDBUF);
    bool ended = (state & POLLHUP) != 0;
    if (ended || (stream && (state & (POLLOUT | POLLERR)) == POLLOUT && is_shut(fd))) {
        event->flags |= EV_EOF;
        event->fflags = (state & POLLERR) != 0 ? ECONNRESET : 0;
    }
    return ended || (state & (POLLOUT | POLLERR)) != 0;
}

/* Whether the knote has something to tell, and what. */
static bool look(struct knote *k, struct kevent *event) {
    *event = k->kevent;
    event->fflags = 0;
    event->data = 0;
    if (k->kevent.filter == EVFILT_USER) {
        bool triggered = k->triggered;
        if ((k->kevent.flags & EV_CLEAR) != 0)
            k->triggered = false;
        return triggered;
    }
    struct pollfd pollfd = {(int)k->kevent.ident, POLLIN | POLLOUT | POLLPRI | POLLRDHUP, 0};
    (void)poll(&pollfd, 1, 0);
    bool stream = option_of(pollfd.fd, SO_TYPE) == SOCK_STREAM;
    if (k->kevent.filter == EVFILT_READ)
        return look_for_reading(pollfd.fd, pollfd.revents, stream, event);
    if (k->kevent.filter == EVFILT_WRITE)
        return look_for_writing(pollfd.fd, pollfd.revents, stream, event);
    event->fflags = NOTE_OOB;
    return (pollfd.revents & POLLPRI) != 0;
}

/* Linux wakes also those readers who have seen the end, when our own direction ends. */
static bool is_repeated(struct knote *k, const struct kevent *event) {
    bool repeated = (k->kevent.flags & EV_CLEAR) != 0 && (event->flags & EV_EOF) != 0 &&
                    k->kevent.filter == EVFILT_READ && (k->told_flags & EV_EOF) != 0 &&
                    k->told_fflags == event->fflags;
    k->told_flags = event->flags;
    k->told_fflags = event->fflags;
    return repeated;
}

/* ------------------------------------------------------------------------------------------- */

static void harvest(struct queue *q) {
    struct epoll_event found[64];
    for (int i = 0; i < EPOLLS; i++) {
        int count;
        while ((count = epoll_wait(q->inner[i], found, 64, 0)) > 0)
            for (int j = 0; j < count; j++)
                activate(q, found[j].data.ptr);
    }
}

/* Level-triggered knotes stay active until a look finds nothing. */
static int fetch(struct queue *q, struct kevent *events, int capacity) {
    int count = 0;
    harvest(q);
    for (unsigned left = q->active_count; left > 0 && count < capacity; left--) {
        struct knote *k = TAILQ_FIRST(&q->active);
        deactivate(q, k);
        if (!look(k, &events[count]) || is_repeated(k, &events[count]))
            continue;
        count++;
        if ((k->kevent.flags & EV_ONESHOT) != 0)
            drop(q, k);
        else if ((k->kevent.flags & EV_DISPATCH) != 0)
            k->disabled = true;
        else if ((k->kevent.flags & EV_CLEAR) == 0)
            activate(q, k);
    }
    return count;
}

static void update_descriptor(const struct queue *q) {
    uint64_t number = 1;
    ssize_t moved = read(q->active_fd, &number, sizeof number);
    if (q->active_count > 0)
        moved = write(q->active_fd, &number, sizeof number);
    (void)moved;
}

static struct queue *find_queue(int kq) {
    struct queue *q;
    LIST_FOREACH(q, &queues, others) {
        if (q->outer == kq)
            return q;
    }
    return NULL;
}

/* The receipts, or -1: an error for which there is no room. */
static int apply_all(struct queue *q, const struct kevent *changes, int change_count,
                     struct kevent *events, int event_count) {
    int receipts = 0;
    for (int i = 0; i < change_count; i++) {
        int error = apply(q, &changes[i]);
        if (error == 0 && (changes[i].flags & EV_RECEIPT) == 0)
            continue;
        if (receipts < event_count) {
            struct kevent receipt = changes[i];
            receipt.flags = EV_ERROR;
            receipt.data = error;
            events[receipts++] = receipt;
        } else if (error != 0) {
            errno = error;
            return -1;
        }
    }
    return receipts;
}

static int64_t now_ms(void) {
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* The first round's changes and every round's events; -1 with the lock held. */
static int serve(int kq, const struct kevent *changes, int change_count, struct kevent *events,
                 int event_count) {
    struct queue *q = find_queue(kq);
    if (q == NULL) {
        errno = EBADF;
        return -1;
    }
    int count = apply_all(q, changes, change_count, events, event_count);
    if (count == 0 && event_count > 0)
        count = fetch(q, events, event_count);
    int error = errno;
    update_descriptor(q);
    errno = error;
    return count;
}

int kevent(int kq, const struct kevent *changes, int change_count, struct kevent *events,
           int event_count, const struct timespec *timeout) {
    sigset_t signals;
    int64_t end = timeout == NULL ? INT64_MAX
                                  : now_ms() + (int64_t)timeout->tv_sec * 1000 +
                                        (timeout->tv_nsec + 999999) / 1000000;
    lock(&signals);
    for (;;) {
        int count = serve(kq, changes, change_count, events, event_count);
        int64_t left = timeout == NULL ? -1 : end - now_ms();
        if (count != 0 || event_count == 0 || (timeout != NULL && left <= 0)) {
            unlock(&signals);
            return count;
        }
        change_count = 0;
        struct epoll_event ignored;
        (void)pthread_mutex_unlock(&mutex);
        int found =
            epoll_pwait(kq, &ignored, 1, left > INT32_MAX ? INT32_MAX : (int)left, &signals);
        (void)pthread_mutex_lock(&mutex);
        if (found < 0) {
            unlock(&signals);
            return -1;
        }
    }
}

/* ------------------------------------------------------------------------------------------- */

static void close_fds(const struct queue *q) {
    for (int i = 0; i < EPOLLS; i++)
        if (q->inner[i] >= 0)
            (void)__real_close(q->inner[i]);
    if (q->active_fd >= 0)
        (void)__real_close(q->active_fd);
}

static bool nest(int outer, int fd) {
    struct epoll_event event = {.events = EPOLLIN};
    return fd >= 0 && epoll_ctl(outer, EPOLL_CTL_ADD, fd, &event) == 0;
}

static bool open_fds(struct queue *q) {
    q->outer = epoll_create1(0);
    bool good = q->outer >= 0;
    for (int i = 0; i < EPOLLS; i++) {
        q->inner[i] = epoll_create1(EPOLL_CLOEXEC);
        good = good && nest(q->outer, q->inner[i]);
    }
    q->active_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    return good && nest(q->outer, q->active_fd);
}

int kqueue(void) {
    sigset_t signals;
    struct queue *q = calloc(1, sizeof *q);
    if (q == NULL)
        return -1;
    LIST_INIT(&q->knotes);
    TAILQ_INIT(&q->active);
    if (!open_fds(q)) {
        int error = errno;
        close_fds(q);
        if (q->outer >= 0)
            (void)__real_close(q->outer);
        free(q);
        errno = error;
        return -1;
    }
    lock(&signals);
    LIST_INSERT_HEAD(&queues, q, others);
    unlock(&signals);
    return q->outer;
}

static void destroy(struct queue *q) {
    while (!LIST_EMPTY(&q->knotes))
        drop(q, LIST_FIRST(&q->knotes));
    close_fds(q);
    LIST_REMOVE(q, others);
    free(q);
}

static void drop_all_of(struct queue *q, int fd) {
    struct knote *k = LIST_FIRST(&q->knotes);
    while (k != NULL) {
        struct knote *next = LIST_NEXT(k, all);
        if (k->kevent.filter != EVFILT_USER && k->kevent.ident == (uintptr_t)fd)
            drop(q, k);
        k = next;
    }
}

/* A descriptor's knotes go silently with it. */
int __wrap_close(int fd) {
    sigset_t signals;
    struct queue *q;
    lock(&signals);
    LIST_FOREACH(q, &queues, others) {
        drop_all_of(q, fd);
    }
    q = find_queue(fd);
    if (q != NULL)
        destroy(q);
    int result = __real_close(fd);
    int error = errno;
    unlock(&signals);
    errno = error;
    return result;
}
