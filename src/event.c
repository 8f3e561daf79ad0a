/*
 * Events: one socket seen through one native waitable. The state checks and the order of the
 * steps are here; what is waitable, and how it is signalled, is the port's.
 */
#include <stdlib.h>

#include "internal.h"

/* The event keeps the descriptor and not the socket, which may move in memory. */
struct anysock_event {
    anysock_waitable waitable;
    anysock_native native; /* of the bound socket */
    unsigned wanted;       /* 0: no socket is bound */
};

int anysock_event_create(struct anysock_event **event) {
    if (event == NULL)
        return refuse(ANYSOCK_EFAULT);
    *event = NULL;
    if (anysock_port_startup() != 0)
        return fail_native(OP_EVENT, true);

    struct anysock_event *made = malloc(sizeof *made);
    if (made == NULL)
        return refuse(ANYSOCK_ENOMEM);
    made->wanted = 0;
    if (anysock_port_event_create(&made->waitable) != 0) {
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
    anysock_port_event_destroy(event->waitable);
    free(event);
    return ANYSOCK_OK;
}

/* Nothing is bound any more: gives the mode back. An earlier failure and its number go first. */
static int restore_mode(struct anysock *s, int code) {
    int native = anysock_port_native_error();
    int restored = anysock_mode(s, MODE_UNBOUND);
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
    if (anysock_port_event_bind(event->waitable, s->native_, wanted) != 0)
        return restore_mode(s, fail_native(OP_EVENT, true));
    event->native = s->native_;
    event->wanted = wanted;
    s->event_ = event;
    return ANYSOCK_OK;
}

/* Clears the association: first natively, since Winsock allows no "blocking" before. */
int anysock_event_detach(struct anysock *s) {
    struct anysock_event *event = s->event_;
    if (event == NULL)
        return ANYSOCK_OK;
    s->event_ = NULL;
    event->wanted = 0;
    if (anysock_port_event_unbind(event->waitable, s->native_) != 0)
        return fail_native(OP_EVENT, true);
    return ANYSOCK_OK;
}

int anysock_event_unbind(struct anysock *s) {
    int code = check_open(s);
    if (code != ANYSOCK_OK || s->event_ == NULL)
        return code;
    return restore_mode(s, anysock_event_detach(s));
}

static int check_bound(const struct anysock_event *event, unsigned *events) {
    if (events == NULL)
        return refuse(ANYSOCK_EFAULT);
    *events = 0;
    if (event == NULL)
        return refuse(ANYSOCK_EFAULT);
    return event->wanted != 0 ? ANYSOCK_OK : refuse(ANYSOCK_EINVAL);
}

int anysock_event_which(struct anysock_event *event, unsigned *events) {
    int code = check_bound(event, events);
    if (code != ANYSOCK_OK)
        return code;

    unsigned found = 0;
    if (anysock_port_event_which(event->waitable, event->native, event->wanted, &found) != 0)
        return fail_native(OP_EVENT, true);
    *events = found & (event->wanted | ANYSOCK_ERROR);
    if ((found & ANYSOCK_ERROR) != 0)
        *events |= event->wanted;
    return ANYSOCK_OK;
}

int anysock_event_wait(struct anysock_event *event, int timeout_ms, unsigned *events) {
    int code = check_bound(event, events);
    if (code == ANYSOCK_OK && !is_timeout(timeout_ms))
        code = refuse(ANYSOCK_EINVAL);
    if (code == ANYSOCK_OK)
        code = anysock_event_which(event, events);
    if (code != ANYSOCK_OK || *events != 0)
        return code;

    struct anysock_deadline deadline = anysock_deadline_in(timeout_ms);
    int left = anysock_deadline_left(&deadline);
    while (left != 0) {
        if (anysock_port_event_wait(event->waitable, left) < 0) {
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
    return event != NULL ? event->waitable : (anysock_waitable)(intptr_t)-1;
}
