/*
 * Queues: who is watched, for what, and what the library knows without asking the system. The back
 * end (queue.h) watches; queue_wait.c tells; queue_memory.c keeps the registrations.
 */
#include <stddef.h>
#include <stdlib.h>

#include "queue.h"

/* ------------------------------------------------------------------------------------------- *
 * Odd registrations: those of which the library knows something to tell
 * ------------------------------------------------------------------------------------------- */

void anysock_queue_append_odd(struct anysock_queue *queue, struct anysock_registration *r) {
    r->place = PLACE_ODD;
    r->next = NULL;
    r->previous = queue->last_odd;
    *(r->previous != NULL ? &r->previous->next : &queue->odd) = r;
    queue->last_odd = r;
}

void anysock_queue_unlink_odd(struct anysock_queue *queue, struct anysock_registration *r) {
    *(r->previous != NULL ? &r->previous->next : &queue->odd) = r->next;
    *(r->next != NULL ? &r->next->previous : &queue->last_odd) = r->previous;
}

static void leave_odd(struct anysock_queue *queue, struct anysock_registration *r) {
    anysock_queue_unlink_odd(queue, r);
    r->place = PLACE_RESTING;
    if (queue->odd == NULL)
        anysock_queue_clear_note(queue, NOTE_ODD);
}

static void make_odd(struct anysock_queue *queue, struct anysock_registration *r) {
    if (is_watched(r))
        queue->backend->forget(queue, r);
    if (r->place != PLACE_ODD)
        anysock_queue_append_odd(queue, r);
    anysock_queue_rouse(queue, NOTE_ODD);
}

void anysock_queue_give_up(struct anysock_queue *queue, struct anysock_registration *r) {
    r->known |= BOTH | QUEUE_UNASKED;
    make_odd(queue, r);
}

static bool is_usual(const struct anysock_queue *queue, const struct anysock_registration *r) {
    return has_port_backend(queue) && r->mode == ANYSOCK_QUEUE_LEVEL && !r->broken &&
           is_ordinary(r->state);
}

/* Hands a registration of which something has changed to the back end, which may be watching it
 * already, and after a failure may do so still. It is not usual before that is done: what it was
 * watched as may have been something else. */
static inline int hand_over(struct anysock_queue *queue, struct anysock_registration *r,
                            bool rearmed) {
    bool is_there = is_watched(r);
    r->place = PLACE_WATCHED;
    int result =
        is_there ? queue->backend->change(queue, r, rearmed) : queue->backend->watch(queue, r);
    if (result == 0 && is_usual(queue, r))
        r->place = PLACE_USUAL;
    return result;
}

/* Puts a registration where it belongs after something of it has changed. rearmed: what is there
 * already has to be reported anew. On failure it rests. */
static inline int settle(struct anysock_queue *queue, struct anysock_registration *r,
                         bool rearmed) {
    unsigned all = r->wanted | (unsigned)QUEUE_UNASKED;
    if ((r->known & all) != 0) {
        make_odd(queue, r);
        return 0;
    }
    if (r->place == PLACE_ODD)
        leave_odd(queue, r);
    r->told = 0;
    bool was_watched = is_watched(r);
    if (hand_over(queue, r, rearmed) == 0)
        return 0;
    if (was_watched) {
        int native = anysock_port_native_error();
        queue->backend->forget(queue, r);
        anysock_port_set_native_error(native);
    }
    r->place = PLACE_RESTING;
    return -1;
}

/* ------------------------------------------------------------------------------------------- *
 * Adding, changing, removing
 * ------------------------------------------------------------------------------------------- */

static inline int check_request(const struct anysock_queue *queue, const struct anysock *s,
                                unsigned wanted, enum anysock_queue_mode mode) {
    int code = check_open(s);
    if (code != ANYSOCK_OK)
        return code;
    if ((wanted & ~(unsigned)QUEUE_CONDITIONS) != 0 || (unsigned)mode > ANYSOCK_QUEUE_EDGE)
        return refuse(ANYSOCK_EINVAL);
    return (wanted & queue->backend->lacks) == 0 ? ANYSOCK_OK : refuse(ANYSOCK_EOPNOTSUPP);
}

/* Where the back end makes the edges, "would block" takes the careful way, which tells it. */
static void mark_edge(const struct anysock_queue *queue, struct anysock *s,
                      const struct anysock_registration *r) {
    if (queue->backend->makes_edges)
        change_state(s, ST_EDGE, r->mode == ANYSOCK_QUEUE_EDGE ? ST_EDGE : 0);
}

/* Of a connected socket nothing is known unless something has ended. */
static void look_at_state(struct anysock_registration *r, const struct anysock *s) {
    uint32_t ends = ST_RESET | ST_FAILED | ST_SHUT_RD | ST_SHUT_WR;
    r->state = state_of(s);
    r->known = 0;
    if ((r->state & (ends | ST_CONNECTED)) != ST_CONNECTED)
        r->known = (uint16_t)anysock_known_events(r->state);
}

static int unlock_with(struct anysock_queue *queue, int code) {
    anysock_queue_unlock(queue);
    return code;
}

/* The socket may be a closed one: the straight way looks at the state last. */
int anysock_queue_add_rest(struct anysock_queue *queue, struct anysock *s) {
    struct anysock_registration *r = s->registration_;
    r->place = PLACE_RESTING;
    look_at_state(r, s);
    int code = check_open(s);
    if (code == ANYSOCK_OK && settle(queue, r, true) != 0)
        code = fail_native(OP_EVENT, true);
    if (code == ANYSOCK_OK) {
        mark_edge(queue, s, r);
    } else {
        set_registration(s, NULL);
        anysock_queue_recycle(queue, r);
    }
    return unlock_with(queue, code);
}

int anysock_queue_add_under(struct anysock_queue *queue, struct anysock *s, unsigned wanted,
                            enum anysock_queue_mode mode, void *data) {
    int code = check_request(queue, s, wanted, mode);
    if (code == ANYSOCK_OK && s->registration_ != NULL)
        code = refuse(ANYSOCK_EBUSY);
    if (code != ANYSOCK_OK)
        return unlock_with(queue, code);
    struct anysock_registration *r = anysock_queue_allocate(queue);
    if (r == NULL)
        return unlock_with(queue, refuse(ANYSOCK_ENOMEM));
    r->mode = (uint8_t)mode;
    register_socket(r, s, wanted, data);
    return anysock_queue_add_rest(queue, s);
}

int anysock_queue_modify_rest(struct anysock_queue *queue, struct anysock *s) {
    struct anysock_registration *r = s->registration_;
    look_at_state(r, s);
    mark_edge(queue, s, r);
    return unlock_with(queue,
                       settle(queue, r, true) == 0 ? ANYSOCK_OK : fail_native(OP_EVENT, true));
}

int anysock_queue_modify_under(struct anysock_queue *queue, struct anysock *s, unsigned wanted,
                               enum anysock_queue_mode mode, void *data) {
    int code = check_request(queue, s, wanted, mode);
    if (code == ANYSOCK_OK && (s->registration_ == NULL || s->registration_->queue != queue))
        code = refuse(ANYSOCK_EINVAL);
    if (code != ANYSOCK_OK)
        return unlock_with(queue, code);
    struct anysock_registration *r = s->registration_;
    if (mode == ANYSOCK_QUEUE_LEVEL && r->mode == mode && r->wanted == wanted && r->data == data &&
        r->place != PLACE_RESTING)
        return unlock_with(queue, ANYSOCK_OK);
    r->wanted = (uint16_t)wanted;
    r->mode = (uint8_t)mode;
    r->data = data;
    return anysock_queue_modify_rest(queue, s);
}

int anysock_queue_remove_under(struct anysock_queue *queue, struct anysock *s) {
    int code = check_open(s);
    struct anysock_registration *r = code == ANYSOCK_OK ? s->registration_ : NULL;
    if (r == NULL)
        return unlock_with(queue, code);
    if (r->queue != queue)
        return unlock_with(queue, refuse(ANYSOCK_EINVAL));
    bool broken = r->broken;
    if (is_watched(r))
        queue->backend->forget(queue, r);
    if (r->place == PLACE_ODD)
        leave_odd(queue, r);
    r->place = PLACE_FREE;
    if (!r->busy)
        anysock_queue_recycle(queue, r);
    if (queue->backend->makes_edges)
        change_state(s, ST_EDGE, 0);
    if (broken && (state_of(s) & ST_RESET) == 0)
        change_state(s, 0, ST_RESET | ST_UNTOLD); /* nobody else would know */
    set_registration(s, NULL);
    return unlock_with(queue, ANYSOCK_OK);
}

/* Each from the beginning, and from the line for the lock. */

int anysock_queue_add_on(struct anysock_queue *queue, struct anysock *s, unsigned wanted,
                         enum anysock_queue_mode mode, void *data) {
    if (queue == NULL)
        return refuse(ANYSOCK_EFAULT);
    anysock_queue_lock(queue);
    return anysock_queue_add_under(queue, s, wanted, mode, data);
}

int anysock_queue_add_behind(struct anysock_queue *queue, struct anysock *s, unsigned wanted,
                             enum anysock_queue_mode mode, void *data) {
    anysock_port_gate_wait(&queue->gate);
    return anysock_queue_add_under(queue, s, wanted, mode, data);
}

int anysock_queue_modify_on(struct anysock_queue *queue, struct anysock *s, unsigned wanted,
                            enum anysock_queue_mode mode, void *data) {
    if (queue == NULL)
        return refuse(ANYSOCK_EFAULT);
    anysock_queue_lock(queue);
    return anysock_queue_modify_under(queue, s, wanted, mode, data);
}

int anysock_queue_modify_behind(struct anysock_queue *queue, struct anysock *s, unsigned wanted,
                                enum anysock_queue_mode mode, void *data) {
    anysock_port_gate_wait(&queue->gate);
    return anysock_queue_modify_under(queue, s, wanted, mode, data);
}

int anysock_queue_remove_on(struct anysock_queue *queue, struct anysock *s) {
    if (queue == NULL)
        return refuse(ANYSOCK_EFAULT);
    anysock_queue_lock(queue);
    return anysock_queue_remove_under(queue, s);
}

int anysock_queue_remove_behind(struct anysock_queue *queue, struct anysock *s) {
    anysock_port_gate_wait(&queue->gate);
    return anysock_queue_remove_under(queue, s);
}

static void detach(struct anysock *s) {
    struct anysock_queue *queue = s->registration_->queue;
    int native = anysock_port_native_error();
    anysock_queue_lock(queue);
    (void)anysock_queue_remove_under(queue, s);
    anysock_port_set_native_error(native);
}

/* ------------------------------------------------------------------------------------------- *
 * What other calls on a registered socket have to say
 * ------------------------------------------------------------------------------------------- */

/* The socket's registration, with its queue's lock held; null if it has none (any more). */
static struct anysock_registration *lock_registration(struct anysock *s) {
    struct anysock_registration *r = registration_of(s);
    if (r == NULL)
        return NULL;
    struct anysock_queue *queue = r->queue; /* of every registration there, whoever has it now */
    anysock_queue_lock(queue);
    if (registration_of(s) == r)
        return r;
    anysock_queue_unlock(queue); /* another thread has just removed it */
    return NULL;
}

static void refresh(struct anysock *s) {
    struct anysock_registration *r = lock_registration(s);
    if (r == NULL)
        return;
    struct anysock_queue *queue = r->queue;
    int native = anysock_port_native_error();
    uint16_t known = r->known;
    look_at_state(r, s);
    int result = 0;
    if (r->known != known && !(r->mode == ANYSOCK_QUEUE_ONE_SHOT && r->place == PLACE_RESTING))
        result = settle(queue, r, false);
    else if (is_watched(r))
        result = hand_over(queue, r, false);
    if (result != 0)
        anysock_queue_give_up(queue, r);
    anysock_queue_unlock(queue);
    anysock_port_set_native_error(native);
}

static void rearm(struct anysock *s, unsigned condition) {
    struct anysock_registration *r = lock_registration(s);
    if (r == NULL)
        return;
    struct anysock_queue *queue = r->queue;
    int native = anysock_port_native_error();
    /* An error that was told has been taken by a call meanwhile. */
    condition = (condition & r->wanted) | (unsigned)QUEUE_UNASKED;
    if (is_watched(r) && (r->told & condition) != 0) {
        r->told &= (uint16_t)~condition;
        (void)queue->backend->change(queue, r, false);
    }
    anysock_queue_unlock(queue);
    anysock_port_set_native_error(native);
}

static bool saw_reset(struct anysock *s) {
    struct anysock_registration *r = lock_registration(s);
    if (r == NULL)
        return false;
    bool broken = r->broken;
    anysock_queue_unlock(r->queue);
    return broken;
}

static const struct anysock_watcher watcher = {
    .refresh = refresh, .rearm = rearm, .saw_reset = saw_reset, .detach = detach};

/* ------------------------------------------------------------------------------------------- *
 * The life of a queue
 * ------------------------------------------------------------------------------------------- */

static struct anysock_queue *make(const struct anysock_queue_backend *backend) {
    struct anysock_queue *queue = calloc(1, backend->queue_size);
    if (queue == NULL)
        return NULL;
    queue->watcher = &watcher;
    queue->backend = backend;
    atomic_init(&queue->lockers, -1);
    atomic_init(&queue->notes, has_port_backend(queue) ? 0 : NOTE_OTHER);
    if (anysock_port_gate_open(&queue->gate) != 0) {
        free(queue);
        return NULL;
    }
    return queue;
}

static void destroy(struct anysock_queue *queue) {
    int native = anysock_port_native_error();
    anysock_queue_free_registrations(queue);
    anysock_port_gate_close(&queue->gate);
    free(queue);
    anysock_port_set_native_error(native);
}

static int open_with(const struct anysock_queue_backend *backend, struct anysock_queue **queue) {
    struct anysock_queue *made = make(backend);
    if (made == NULL)
        return refuse(ANYSOCK_ENOMEM);
    if (backend->open(made) != 0) {
        destroy(made);
        return fail_native(OP_EVENT, true);
    }
    *queue = made;
    return ANYSOCK_OK;
}

int anysock_queue_open(unsigned flags, struct anysock_queue **queue) {
    if (queue == NULL)
        return refuse(ANYSOCK_EFAULT);
    *queue = NULL;
    if ((flags & ~(unsigned)ANYSOCK_QUEUE_PORTABLE) != 0)
        return refuse(ANYSOCK_EINVAL);
    if (anysock_port_startup() != 0)
        return fail_native(OP_EVENT, true);

    int code = ANYSOCK_ENOSYS;
    if ((flags & ANYSOCK_QUEUE_PORTABLE) == 0)
        code = open_with(anysock_port_queue, queue);
    /* Limits of the process would hit the portable one too. */
    if (code == ANYSOCK_OK || code == ANYSOCK_EMFILE || code == ANYSOCK_ENFILE ||
        code == ANYSOCK_ENOMEM)
        return code;
    return open_with(&anysock_poll_queue, queue);
}

int anysock_queue_close(struct anysock_queue *queue) {
    if (queue == NULL)
        return ANYSOCK_OK;
    anysock_queue_lock(queue);
    bool empty = anysock_queue_is_empty(queue);
    anysock_queue_unlock(queue);
    if (!empty || somebody_waits(queue))
        return refuse(ANYSOCK_EBUSY);
    queue->backend->close(queue);
    destroy(queue);
    return ANYSOCK_OK;
}

const char *anysock_queue_backend(const struct anysock_queue *queue) {
    return queue != NULL ? queue->backend->name : "";
}

anysock_waitable anysock_queue_native(const struct anysock_queue *queue) {
    if (queue == NULL || queue->backend->native == NULL)
        return (anysock_waitable)(intptr_t)-1;
    return queue->backend->native(queue);
}
