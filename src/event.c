/*
 * Events: one socket seen through one native waitable. The state checks, what the conditions are
 * and the order of the steps are here; what is waitable, and how it is signalled, is the port's.
 */
#include <stdlib.h>

#include "internal.h"

/* The event keeps the descriptor and not the socket, which may move in memory; of the state it has
 * its own copy. What any thread may change is atomic, and ordered: a look takes the signal back
 * before it reads, and who writes signals afterwards, so that nothing is lost between the two. */
struct anysock_event {
    const struct anysock_watcher *watcher; /* the first: see event_watcher() */
    struct anysock_port_event port;
    anysock_native native; /* of the bound socket */
    unsigned wanted;       /* 0: no socket is bound */
    _Atomic uint32_t state;
    _Atomic unsigned once; /* what the system told once: it lasts. An error is a reset */
};

/* ------------------------------------------------------------------------------------------- */

/* What is known of the bound socket without asking the system. */
static unsigned known_of(struct anysock_event *event) {
    return told_of(event->wanted,
                   anysock_known_events(atomic_load(&event->state)) | atomic_load(&event->once));
}

/* Whether a look that did not find the socket writable must see to it that room signals. Before it
 * is connected something else does; and where sending fails anyway, it was found. */
static bool awaits_room(struct anysock_event *event, unsigned events) {
    const uint32_t connected = ST_STREAM | ST_CONNECTED;
    return (event->wanted & ~events & ANYSOCK_WRITABLE) != 0 &&
           (atomic_load(&event->state) & connected) == connected;
}

/* A look failed after it had taken the signal back, and what it would have found need not signal
 * anew: rather a signal too many. */
static int signal_unseen(struct anysock_event *event, int code) {
    int native = anysock_port_native_error();
    (void)anysock_port_event_signal(&event->port, true);
    anysock_port_set_native_error(native);
    return code;
}

/*
 * The level check: the conditions that the socket has, as anysock_wait() would tell them; the event
 * is signalled afterwards if and only if there is one. The order matters (see the struct).
 */
static int look(struct anysock_event *event, unsigned *events) {
    unsigned once = 0;
    if (anysock_port_event_take(&event->port, event->native, &once) != 0)
        return fail_native(OP_EVENT, true);
    (void)atomic_fetch_or(&event->once, once);

    unsigned known = known_of(event), found;
    uint32_t state = atomic_load(&event->state);
    int code = anysock_look(event->native, state, event->wanted, &found);
    if (code != ANYSOCK_OK)
        return signal_unseen(event, code);
    if (is_broken(state, found))
        (void)atomic_fetch_or(&event->once, ANYSOCK_ERROR);
    found = told_of(event->wanted, found);
    if ((found & ANYSOCK_INVALID) != 0)
        return refuse(ANYSOCK_EBADF); /* the descriptor was closed behind our back */
    if (awaits_room(event, known | found) && anysock_port_event_await_room(event->native))
        found |= ANYSOCK_WRITABLE;
    *events = known | found;
    if (*events == 0)
        return ANYSOCK_OK;
    bool unsaid = (known & event->wanted & ~found) != 0;
    return anysock_port_event_signal(&event->port, unsaid) == 0 ? ANYSOCK_OK
                                                                : fail_native(OP_EVENT, true);
}

/* Copies what the socket's state has become. Two threads may do so at once; the later copy must not
 * undo what the other has found out, which is never taken back anyway. */
static void copy_state(struct anysock_event *event, const struct anysock *s) {
    const uint32_t lasting = ST_RESET | ST_FAILED | ST_SHUT_RD | ST_SHUT_WR;
    uint32_t now = atomic_load(&event->state);
    while (!atomic_compare_exchange_weak(&event->state, &now, state_of(s) | (now & lasting))) {
        /* Another thread was faster; now holds what it wrote. */
    }
}

/* A signal that cannot be given is reported by the next look. */
static void refresh(struct anysock *s) {
    struct anysock_event *event = s->event_;
    unsigned before = known_of(event), events;
    copy_state(event, s);
    if (known_of(event) == before)
        return;
    int native = anysock_port_native_error();
    (void)look(event, &events);
    anysock_port_set_native_error(native);
}

static bool saw_reset(struct anysock *s) {
    return (atomic_load(&s->event_->once) & ANYSOCK_ERROR) != 0;
}

/* ------------------------------------------------------------------------------------------- */

/* Clears the association: first natively, since Winsock allows no "blocking" before. */
static int clear_association(struct anysock *s) {
    struct anysock_event *event = s->event_;
    (void)anysock_was_reset(s); /* or the event would take it along */
    s->event_ = NULL;
    event->wanted = 0;
    if (anysock_port_event_unbind(&event->port, s->native_) != 0)
        return fail_native(OP_EVENT, true);
    return ANYSOCK_OK;
}

static void detach(struct anysock *s) {
    int native = anysock_port_native_error();
    (void)clear_association(s);
    anysock_port_set_native_error(native);
}

static const struct anysock_watcher watcher = {
    .refresh = refresh, .saw_reset = saw_reset, .detach = detach};

int anysock_event_create(struct anysock_event **event) {
    if (event == NULL)
        return refuse(ANYSOCK_EFAULT);
    *event = NULL;
    if (anysock_port_startup() != 0)
        return fail_native(OP_EVENT, true);

    struct anysock_event *made = malloc(sizeof *made);
    if (made == NULL)
        return refuse(ANYSOCK_ENOMEM);
    *made = (struct anysock_event){.watcher = &watcher};
    if (anysock_port_event_create(&made->port) != 0) {
        int native = anysock_port_native_error();
        free(made);
        anysock_port_set_native_error(native);
        return fail_native(OP_EVENT, true);
    }
    *event = made;
    return ANYSOCK_OK;
}

int anysock_event_destroy(struct anysock_event *event) {
    if (event == NULL)
        return ANYSOCK_OK;
    if (event->wanted != 0)
        return refuse(ANYSOCK_EBUSY);
    anysock_port_event_destroy(&event->port);
    free(event);
    return ANYSOCK_OK;
}

/* Nothing is bound any more: gives the mode back. An earlier failure and its number go first. */
static int restore_mode(struct anysock *s, int code) {
    int native = anysock_port_native_error();
    int restored = anysock_mode_unbound(s);
    if (code == ANYSOCK_OK)
        return restored;
    anysock_port_set_native_error(native);
    return code;
}

int anysock_event_bind(struct anysock_event *event, struct anysock *s, unsigned wanted) {
    if (event == NULL)
        return refuse(ANYSOCK_EFAULT);
    int code = check_open(s);
    if (code != ANYSOCK_OK)
        return code;
    if (wanted == 0 || (wanted & ~(unsigned)BOTH) != 0)
        return refuse(ANYSOCK_EINVAL);
    if (event->wanted != 0 || s->event_ != NULL)
        return refuse(ANYSOCK_EBUSY);

    code = anysock_mode(s, MODE_BINDING);
    if (code != ANYSOCK_OK)
        return code;
    if (anysock_port_event_bind(&event->port, s->native_, wanted) != 0)
        return restore_mode(s, fail_native(OP_MODE, true));
    event->native = s->native_;
    event->wanted = wanted;
    atomic_store(&event->state, state_of(s));
    atomic_store(&event->once, 0);
    s->event_ = event;

    unsigned events;
    code = look(event, &events);
    if (code == ANYSOCK_OK)
        return code;
    detach(s);
    return restore_mode(s, code);
}

int anysock_event_unbind(struct anysock *s) {
    int code = check_open(s);
    if (code != ANYSOCK_OK || s->event_ == NULL)
        return code;
    return restore_mode(s, clear_association(s));
}

/* ------------------------------------------------------------------------------------------- */

static int check_bound(const struct anysock_event *event) {
    if (event == NULL)
        return refuse(ANYSOCK_EFAULT);
    return event->wanted != 0 ? ANYSOCK_OK : refuse(ANYSOCK_EINVAL);
}

static int check_question(const struct anysock_event *event, unsigned *events) {
    if (events == NULL)
        return refuse(ANYSOCK_EFAULT);
    *events = 0;
    return check_bound(event);
}

int anysock_event_rearm(struct anysock_event *event) {
    unsigned events;
    int code = check_bound(event);
    if (code != ANYSOCK_OK)
        return code;
    if (anysock_port_event_renew(&event->port, event->native, event->wanted) != 0)
        return fail_native(OP_EVENT, true);
    return look(event, &events);
}

int anysock_event_which(struct anysock_event *event, unsigned *events) {
    int code = check_question(event, events);
    if (code != ANYSOCK_OK)
        return code;
    unsigned found = 0;
    code = look(event, &found);
    *events = code == ANYSOCK_OK ? found : 0;
    return code;
}

int anysock_event_wait(struct anysock_event *event, int timeout_ms, unsigned *events) {
    int code = check_question(event, events);
    if (code == ANYSOCK_OK && !is_timeout(timeout_ms))
        code = refuse(ANYSOCK_EINVAL);
    if (code == ANYSOCK_OK)
        code = anysock_event_which(event, events);
    if (code != ANYSOCK_OK || *events != 0)
        return code;

    struct anysock_deadline deadline = anysock_deadline_in(timeout_ms);
    int left = anysock_deadline_left(&deadline);
    while (left != 0) {
        if (anysock_port_event_wait(&event->port, left) < 0) {
            code = fail_native(OP_EVENT, true);
            if (code != ANYSOCK_EINTR)
                return code;
        }
        /* The signal may be older than the condition: look again, and wait on if it is over. */
        code = anysock_event_which(event, events);
        if (code != ANYSOCK_OK || *events != 0)
            return code;
        left = anysock_deadline_left(&deadline);
    }
    return refuse(ANYSOCK_ETIMEDOUT);
}

anysock_waitable anysock_event_native(const struct anysock_event *event) {
    return event != NULL ? event->port.waitable : (anysock_waitable)(intptr_t)-1;
}
