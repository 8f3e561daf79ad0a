/*
 * The back end of queues on macOS and the BSDs: kqueue, which watches each direction of a socket by
 * a filter of its own. What the filters find at once becomes one event; and since the end of a
 * stream and errors come by the filter for reading only, every socket has that one.
 */
#include "../queue.h"
#include "port.h"

#include <sys/event.h> /* OpenBSD wants sys/types.h before it */

/* What is fetched at a time. */
#define BATCH 128

/* The filters, as bits. Their numbers have another type on every system, hence the models. */
enum { READING = 1u << 0, WRITING = 1u << 1, URGENT = 1u << 2 };
static const struct kevent models[] = {
    {.filter = EVFILT_READ},
    {.filter = EVFILT_WRITE},
#ifdef EVFILT_EXCEPT
    {.filter = EVFILT_EXCEPT, .fflags = NOTE_OOB},
#define LACKS 0
#else
#define LACKS ANYSOCK_PRIORITY
#endif
};
#define FILTER_COUNT (sizeof models / sizeof models[0])

/* Beside the conditions in what was found: the filter for writing has seen an end, which may be our
 * own doing. */
#define SENDING_ENDED 0x10000u
/* What does not go away by reading. */
#define ENDS (ANYSOCK_PEER_CLOSED | ANYSOCK_ERROR | ANYSOCK_HANG_UP)

struct kqueue_registration {
    struct anysock_registration core;
    size_t index;      /* among the findings of a batch */
    unsigned armed_in; /* the wait that was the last to begin when its filters were armed */
    uint8_t filters;   /* that it has now */
    uint8_t quiet;     /* of them, those that report changes only: see follow_up() */
    bool shut;         /* our direction had ended when they were armed */
};

struct kqueue_queue {
    struct anysock_queue core;
    int kqueue;
    _Atomic unsigned waits; /* how many have begun */
    struct anysock_port_waker waker;
};

static struct kqueue_queue *of(struct anysock_queue *queue) {
    return (struct kqueue_queue *)(void *)queue;
}

static struct kqueue_registration *own(struct anysock_registration *r) {
    return (struct kqueue_registration *)(void *)r;
}

/* ------------------------------------------------------------------------------------------- *
 * Waking: an event of the user's own, or where there is none a waker. Both come without data, and
 * once for a signal: otherwise the kqueue would stay readable until it is asked again.
 * ------------------------------------------------------------------------------------------- */

#ifdef EVFILT_USER

static int open_waker(struct kqueue_queue *q) {
    struct kevent event;
    EV_SET(&event, 0, EVFILT_USER, EV_ADD | EV_CLEAR, 0, 0, 0);
    return kevent(q->kqueue, &event, 1, NULL, 0, NULL);
}

static void close_waker(const struct kqueue_queue *q) {
    (void)q; /* it goes with the kqueue */
}

static void drain_waker(const struct kqueue_queue *q) {
    (void)q; /* EV_CLEAR has taken it back */
}

static void wake(struct anysock_queue *queue) {
    int error = errno;
    struct kevent event;
    EV_SET(&event, 0, EVFILT_USER, 0, NOTE_TRIGGER, 0, 0);
    (void)kevent(of(queue)->kqueue, &event, 1, NULL, 0, NULL);
    errno = error;
}

#else

static int open_waker(struct kqueue_queue *q) {
    if (anysock_port_waker_open(&q->waker) != 0)
        return -1;
    struct kevent event;
    EV_SET(&event, (uintptr_t)q->waker.readable, EVFILT_READ, EV_ADD | EV_CLEAR, 0, 0, 0);
    if (kevent(q->kqueue, &event, 1, NULL, 0, NULL) == 0)
        return 0;
    anysock_port_waker_close(&q->waker);
    return -1;
}

static void close_waker(const struct kqueue_queue *q) {
    anysock_port_waker_close(&q->waker);
}

static void drain_waker(const struct kqueue_queue *q) {
    anysock_port_waker_drain(&q->waker);
}

static void wake(struct anysock_queue *queue) {
    anysock_port_waker_signal(&of(queue)->waker);
}

#endif

/* ------------------------------------------------------------------------------------------- */

static int open_kqueue(struct anysock_queue *queue) {
    struct kqueue_queue *q = of(queue);
    q->kqueue = kqueue();
    if (q->kqueue < 0)
        return -1;
    /* Forked children do not have it; programs that they turn into must not either. */
    if (fcntl(q->kqueue, F_SETFD, FD_CLOEXEC) == 0 && open_waker(q) == 0)
        return 0;
    anysock_port_close(q->kqueue);
    return -1;
}

static void close_kqueue(struct anysock_queue *queue) {
    close_waker(of(queue));
    anysock_port_close(of(queue)->kqueue);
}

/* ------------------------------------------------------------------------------------------- *
 * Arming. A filter that is gone already is as good as deleted, and one that comes too late for
 * its direction (EPIPE) would have nothing to say that the filter for reading does not.
 * ------------------------------------------------------------------------------------------- */

static bool is_failure(const struct kevent *change, int error) {
    return error != 0 && error != EPIPE && (change->flags & EV_DELETE) == 0;
}

#ifdef EV_RECEIPT

#define ASK_FOR_RECEIPT EV_RECEIPT

/* All in one call, each with its own result. */
static int submit(int kqueue, const struct kevent *changes, unsigned short count) {
    struct kevent receipts[2 * FILTER_COUNT];
    int received = kevent(kqueue, changes, count, receipts, count, NULL);
    if (received < 0)
        return -1;
    for (int i = 0; i < received; i++) {
        int error = (receipts[i].flags & EV_ERROR) != 0 ? (int)receipts[i].data : 0;
        if (is_failure(&changes[i], error)) {
            errno = error;
            return -1;
        }
    }
    return 0;
}

#else

#define ASK_FOR_RECEIPT 0

/* One by one: together they would come back with events, or stop at the first error. */
static int submit(int kqueue, const struct kevent *changes, unsigned short count) {
    for (unsigned short i = 0; i < count; i++)
        if (kevent(kqueue, &changes[i], 1, NULL, 0, NULL) != 0 && is_failure(&changes[i], errno))
            return -1;
    return 0;
}

#endif

/* What the registration needs now. A listener is never writable, and urgent data are a stream's. */
static uint8_t filters_for(const struct anysock_registration *r) {
    uint8_t filters = READING;
    if ((r->state & ST_LISTENING) != 0)
        return filters;
    if ((watched_of(r) & ANYSOCK_WRITABLE) != 0)
        filters |= WRITING;
    if ((watched_of(r) & ANYSOCK_PRIORITY) != 0 && (r->state & ST_STREAM) != 0)
        filters |= URGENT;
    return filters;
}

/* EV_CLEAR is what an edge promises and more: all that arrives makes a further event. */
static unsigned short flags_for(const struct kqueue_registration *k, unsigned filter) {
    if ((k->quiet & filter) != 0 || k->core.mode == ANYSOCK_QUEUE_EDGE)
        return EV_ADD | EV_CLEAR | ASK_FOR_RECEIPT;
    return k->core.mode == ANYSOCK_QUEUE_ONE_SHOT ? EV_ADD | EV_ONESHOT | ASK_FOR_RECEIPT
                                                  : EV_ADD | ASK_FOR_RECEIPT;
}

static struct kevent change_of(const struct kqueue_registration *k, size_t i,
                               unsigned short flags) {
    struct kevent change = models[i];
    change.ident = (uintptr_t)k->core.native;
    change.flags = flags;
    memcpy(&change.udata, &k, sizeof(void *)); /* which older systems have as an intptr_t */
    return change;
}

/* Deletes filters of a socket and adds others. Both at once makes a filter anew: adding one that is
 * there would leave its mode as it is. */
static int replace(struct kqueue_registration *k, unsigned old, unsigned wanted) {
    struct kqueue_queue *q = of(k->core.queue);
    struct kevent changes[2 * FILTER_COUNT];
    unsigned short count = 0;
    for (size_t i = 0; i < FILTER_COUNT; i++)
        if ((old >> i & 1) != 0)
            changes[count++] = change_of(k, i, EV_DELETE | ASK_FOR_RECEIPT);
    for (size_t i = 0; i < FILTER_COUNT; i++)
        if ((wanted >> i & 1) != 0)
            changes[count++] = change_of(k, i, flags_for(k, 1u << i));
    k->filters = (uint8_t)((k->filters & ~old) | wanted);
    int result = count > 0 ? submit(q->kqueue, changes, count) : 0;
    k->armed_in = atomic_load(&q->waits); /* after the kernel has them: see has_fired() */
    return result;
}

static int arm(struct kqueue_registration *k) {
    k->quiet = (watched_of(&k->core) & ANYSOCK_READABLE) != 0 ? 0 : READING;
    k->shut = (k->core.state & ST_SHUT_WR) != 0;
    return replace(k, k->filters, filters_for(&k->core));
}

static void forget(struct anysock_queue *queue, struct anysock_registration *r) {
    (void)queue;
    (void)replace(own(r), own(r)->filters, 0);
}

static int watch(struct anysock_queue *queue, struct anysock_registration *r) {
    own(r)->filters = 0;
    if (arm(own(r)) == 0)
        return 0;
    int error = errno;
    forget(queue, r);
    errno = error;
    return -1;
}

/* An end that was told, or that did not matter, is a hang-up once our direction has ended too; of
 * that only filters that are made anew tell. */
static int change(struct anysock_queue *queue, struct anysock_registration *r, bool rearmed) {
    (void)queue;
    struct kqueue_registration *k = own(r);
    bool shut = (r->state & ST_SHUT_WR) != 0;
    return rearmed || k->filters != filters_for(r) || k->shut != shut ? arm(k) : 0;
}

/* ------------------------------------------------------------------------------------------- *
 * Finding
 * ------------------------------------------------------------------------------------------- */

/* What was found of one socket in one batch. */
struct finding {
    struct kqueue_registration *k;
    unsigned found, fired;
};

/* Whether an error waits for the next call on a datagram socket. Few systems' poll tells; on the
 * others a look at what comes next does not take it away. */
static bool has_error(int native) {
    struct pollfd fd = {native, POLLIN, 0};
    if (poll(&fd, 1, 0) > 0 && (fd.revents & POLLERR) != 0)
        return true;
    char byte;
    return recv(native, &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0 && !anysock_port_would_block();
}

/* Of a connected datagram socket, an error looks like a datagram without data. */
static bool may_be_error(const struct anysock_registration *r, const struct kevent *event) {
    return (r->state & (ST_STREAM | ST_CONNECTED)) == ST_CONNECTED && event->data == 0 &&
           is_watched(r);
}

/* With an end comes the error that caused it, if any. */
static unsigned meaning_of(const struct anysock_registration *r, const struct kevent *event) {
    bool ended = (event->flags & EV_EOF) != 0;
    unsigned broken = ended && event->fflags != 0 ? ANYSOCK_ERROR : 0;
    if (event->filter == EVFILT_WRITE)
        return ANYSOCK_WRITABLE | broken | (ended ? SENDING_ENDED : 0);
    if (event->filter != EVFILT_READ)
        return ended ? 0 : ANYSOCK_PRIORITY;
    if (ended)
        return ANYSOCK_READABLE | ANYSOCK_PEER_CLOSED | broken;
    return ANYSOCK_READABLE | (may_be_error(r, event) && has_error(r->native) ? ANYSOCK_ERROR : 0);
}

static unsigned filter_of(const struct kevent *event) {
    if (event->filter == EVFILT_READ)
        return READING;
    return event->filter == EVFILT_WRITE ? WRITING : URGENT;
}

/* Puts together what belongs to one socket, in the order of what came first. */
static size_t collect(struct kqueue_queue *q, const struct kevent *batch, int count,
                      struct finding *findings) {
    size_t known = 0;
    for (int i = 0; i < count; i++) {
        struct kqueue_registration *k;
        memcpy(&k, &batch[i].udata, sizeof(void *));
        if (k == NULL) {
            drain_waker(q);
            anysock_queue_roused(&q->core);
            continue;
        }
        /* An index that is left from an earlier batch leads to another one, or too far. */
        if (k->index >= known || findings[k->index].k != k) {
            k->index = known;
            findings[known++] = (struct finding){k, 0, 0};
        }
        findings[k->index].found |= meaning_of(&k->core, &batch[i]);
        findings[k->index].fired |= filter_of(&batch[i]);
    }
    return known;
}

/* ------------------------------------------------------------------------------------------- *
 * Telling
 * ------------------------------------------------------------------------------------------- */

/* The one-shot filters that have fired are gone, unless they were armed again after this wait had
 * begun: then the event may be an older one's. */
static unsigned gone_of(const struct kqueue_registration *k, unsigned fired) {
    bool older = k->armed_in != atomic_load(&of(k->core.queue)->waits);
    return older ? fired & ~(unsigned)k->quiet : 0;
}

/*
 * What becomes of the filters. Of a one-shot nothing stays. Otherwise a filter that reports every
 * time what nobody wants to hear is made quiet: it goes on with changes only. And a quiet one is
 * made loud again when it has told of an end, because that is to be told by every wait.
 */
static void follow_up(struct kqueue_registration *k, unsigned fired, unsigned told) {
    unsigned loud = fired & k->filters & ~(unsigned)k->quiet, quiet = fired & k->quiet;
    int result = 0;
    if (k->core.place == PLACE_RESTING) {
        k->filters &= (uint8_t)~gone_of(k, fired);
        forget(k->core.queue, &k->core);
    } else if (k->core.mode == ANYSOCK_QUEUE_EDGE) {
        return;
    } else if (told == 0 && loud != 0) {
        k->quiet |= (uint8_t)loud;
        result = replace(k, loud, loud);
    } else if ((told & ENDS) != 0 && quiet != 0) {
        k->quiet &= (uint8_t)~quiet;
        result = replace(k, quiet, quiet);
    }
    if (result != 0)
        anysock_queue_give_up(k->core.queue, &k->core);
}

/* Who was removed meanwhile is in limbo, and is not told. */
static size_t tell(struct finding *findings, size_t count, struct anysock_queue_event *events) {
    size_t told = 0;
    for (size_t i = 0; i < count; i++) {
        struct anysock_registration *r = &findings[i].k->core;
        unsigned found = findings[i].found;
        if (!is_watched(r))
            continue;
        if ((found & SENDING_ENDED) != 0 && (found & ANYSOCK_PEER_CLOSED) != 0)
            found |= ANYSOCK_HANG_UP;
        unsigned bits = anysock_queue_tell(r, found);
        if (bits != 0) {
            events[told].events = bits;
            events[told++].data = r->data;
        }
        follow_up(findings[i].k, findings[i].fired, bits);
    }
    return told;
}

static ptrdiff_t wait_kqueue(struct anysock_queue *queue, struct anysock_queue_event *events,
                             size_t capacity, int timeout_ms) {
    struct kqueue_queue *q = of(queue);
    struct kevent batch[BATCH];
    struct finding findings[BATCH];
    struct timespec limit = {timeout_ms / 1000, timeout_ms % 1000 * 1000000L};
    /* The parameter is an int here and a size_t there. */
    unsigned short room = (unsigned short)(capacity < BATCH ? capacity : BATCH);

    atomic_fetch_add(&q->waits, 1);
    int count = kevent(q->kqueue, NULL, 0, batch, room, timeout_ms < 0 ? NULL : &limit);
    if (count <= 0)
        return count;
    anysock_queue_lock(queue);
    size_t told = tell(findings, collect(q, batch, count, findings), events);
    anysock_queue_unlock(queue);
    return (ptrdiff_t)told;
}

static anysock_waitable native(const struct anysock_queue *queue) {
    return ((const struct kqueue_queue *)(const void *)queue)->kqueue;
}

static const struct anysock_queue_backend kqueue_queue = {
    .name = "kqueue",
    .queue_size = sizeof(struct kqueue_queue),
    .registration_size = sizeof(struct kqueue_registration),
    .looks_late = true,
    .lacks = LACKS,
    .open = open_kqueue,
    .close = close_kqueue,
    .watch = watch,
    .change = change,
    .forget = forget,
    .wait = wait_kqueue,
    .wake = wake,
    .native = native,
};

#define OWN_QUEUE kqueue_queue
#include "../queue_tpl.h"
