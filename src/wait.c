/*
 * Waiting for one socket or a few, with one meaning on every system: what the port reports is
 * completed by what the library knows of the socket, and interruptions are waited out.
 */
#include "internal.h"

/* Polls until something is found or the deadline is over; returns how many, or a negative code. */
static int poll_until(struct anysock_port_item *items, size_t count, bool stream,
                      const struct anysock_deadline *deadline) {
    int left = anysock_deadline_left(deadline);
    for (;;) {
        int found = anysock_port_poll(items, count, left);
        if (found > 0)
            return found;
        int code = found < 0 ? fail_native(OP_WAIT, stream) : ANYSOCK_OK;
        if (code != ANYSOCK_OK && code != ANYSOCK_EINTR)
            return code;
        /* The time is over; or a signal came, or a timer fired a tick too early: wait for the
         * rest, and look at least once. */
        left = anysock_deadline_left(deadline);
        if (left == 0 && code == ANYSOCK_OK)
            return 0;
    }
}

/* The system may forget a reset that it has told of: Wine does. */
static void note_events(struct anysock *s, unsigned found) {
    if (is_broken(state_of(s), found))
        anysock_note_reset(s, ST_UNTOLD);
}

int anysock_await(struct anysock *s, unsigned wanted, const struct anysock_deadline *deadline,
                  unsigned *events) {
    struct anysock_port_item item = {s->native_, wanted, 0};
    int found = poll_until(&item, 1, is_stream(s), deadline);
    *events = found > 0 ? item.events : 0;
    note_events(s, *events);
    if (found == 0)
        return refuse(ANYSOCK_ETIMEDOUT);
    return found > 0 ? ANYSOCK_OK : found;
}

/*
 * Receive after an own shutdown (end of stream), send after one (EPIPE), anything on a stream that
 * is not connected. Systems disagree about all of these: Linux calls a fresh stream writable and
 * hung up, Windows never reports it.
 */
unsigned anysock_known_events(uint32_t state) {
    if ((state & (ST_RESET | ST_FAILED)) != 0)
        return BOTH | ANYSOCK_ERROR | ANYSOCK_HANG_UP | ANYSOCK_PEER_CLOSED;
    if ((state & (ST_STREAM | ST_LISTENING | ST_CONNECTING | ST_CONNECTED)) == ST_STREAM)
        return BOTH | ANYSOCK_HANG_UP;

    unsigned events = 0;
    if ((state & ST_SHUT_RD) != 0)
        events |= ANYSOCK_READABLE;
    if ((state & ST_SHUT_WR) != 0)
        events |= ANYSOCK_WRITABLE;
    return events == BOTH ? events | ANYSOCK_HANG_UP : events;
}

int anysock_look(anysock_native native, uint32_t state, unsigned wanted, unsigned *events) {
    struct anysock_port_item item = ask_about(native, state, wanted);
    struct anysock_deadline now = anysock_deadline_in(0);
    int found = poll_until(&item, 1, (state & ST_STREAM) != 0, &now);
    *events = found > 0 ? item.events : 0;
    return found < 0 ? found : ANYSOCK_OK;
}

int anysock_wait_on(struct anysock *s, unsigned wanted, int timeout_ms, unsigned *events) {
    if (events == NULL)
        return refuse(ANYSOCK_EFAULT);
    *events = 0;
    int code = check_open(s);
    if (code != ANYSOCK_OK)
        return code;
    if (wanted == 0 || (wanted & ~(unsigned)BOTH) != 0 || !is_timeout(timeout_ms))
        return refuse(ANYSOCK_EINVAL);

    struct anysock_poll_item item = {s, wanted, 0};
    size_t ready = 0;
    code = anysock_poll_on(&item, 1, timeout_ms, &ready);
    if (code != ANYSOCK_OK)
        return code;
    if ((item.events & ANYSOCK_INVALID) != 0)
        return refuse(ANYSOCK_EBADF); /* the descriptor was closed behind our back */
    *events = item.events;
    return ready != 0 ? ANYSOCK_OK : refuse(ANYSOCK_ETIMEDOUT);
}

/* One poll call: what the port is asked, and for whom. */
struct question {
    struct anysock_port_item asked[ANYSOCK_POLL_MAX];
    unsigned char owner[ANYSOCK_POLL_MAX]; /* asked[i] is about items[owner[i]] */
    size_t count;
};

_Static_assert(ANYSOCK_POLL_MAX <= UCHAR_MAX + 1, "owner holds an index");

/* Makes the question, and answers from what is known. Returns how many are answered, or a code; all
 * items are checked before the first is written to. */
static int prepare(struct anysock_poll_item *items, size_t count, struct question *question) {
    uint32_t wanted = 0;
    for (size_t i = 0; i < count; i++)
        wanted |= items[i].wanted;
    if ((wanted & ~(uint32_t)BOTH) != 0)
        return refuse(ANYSOCK_EINVAL);

    int known = 0;
    question->count = 0;
    for (size_t i = 0; i < count; i++) {
        struct anysock_poll_item *item = &items[i];
        item->events = 0;
        if (item->socket == NULL)
            continue;
        uint32_t state = state_of(item->socket);
        bool open = (state & ST_OPEN) != 0;
        item->events = told_of(item->wanted, open ? anysock_known_events(state) : ANYSOCK_INVALID);
        known += item->events != 0;
        if (open) {
            question->asked[question->count] =
                ask_about(item->socket->native_, state, item->wanted);
            question->owner[question->count++] = (unsigned char)i;
        }
    }
    return known;
}

/*
 * Gives the port's answers to the items. Some are none: a connect that succeeded, for who wants to
 * read only; the connection is asked about as such from now on. And a hang-up, for who wants
 * nothing but errors; it lasts, so that asking on would only spin.
 */
static void take_answers(struct anysock_poll_item *items, struct question *question) {
    size_t kept = 0;
    for (size_t i = 0; i < question->count; i++) {
        struct anysock_port_item asked = question->asked[i];
        struct anysock_poll_item *item = &items[question->owner[i]];
        item->events |= told_of(item->wanted, asked.events);
        note_events(item->socket, asked.events);
        if (asked.events != 0 && asked.wanted == 0)
            continue;
        if (asked.events != 0)
            asked.wanted &= ~PORT_CONNECTING;
        question->asked[kept] = asked;
        question->owner[kept++] = question->owner[i];
    }
    question->count = kept;
}

int anysock_poll_on(struct anysock_poll_item *items, size_t count, int timeout_ms, size_t *ready) {
    if (ready == NULL)
        return refuse(ANYSOCK_EFAULT);
    *ready = 0;
    if (items == NULL && count > 0)
        return refuse(ANYSOCK_EFAULT);
    if (count > ANYSOCK_POLL_MAX || !is_timeout(timeout_ms))
        return refuse(ANYSOCK_EINVAL);

    struct anysock_poll_item none = {NULL, 0, 0};
    struct question question;
    if (items == NULL)
        items = &none; /* there is nothing to look at, but the time to wait */
    int known = prepare(items, count, &question);
    if (known < 0)
        return known;
    struct anysock_deadline deadline = anysock_deadline_in(known > 0 ? 0 : timeout_ms);
    int found;
    do {
        found = poll_until(question.asked, question.count, true, &deadline);
        if (found < 0)
            return found;
        take_answers(items, &question);
        for (size_t i = 0; i < count; i++)
            *ready += items[i].events != 0;
    } while (found > 0 && *ready == 0);
    return ANYSOCK_OK;
}
