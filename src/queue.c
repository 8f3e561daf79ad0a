/*
 * Queues: who is watched, for what, and what the library knows without asking the system. The back
 * end (queue.h) watches; queue_wait.c tells.
 */
#include <stddef.h>
#include <stdlib.h>

#include "queue.h"

/* Registrations are allocated so many at a time. */
#define CHUNK_COUNT 32
/* A waiting thread is roused when so many removed registrations wait for it. */
#define LIMBO_MAX 1024

struct chunk {
    struct chunk *next;
    max_align_t registrations[];
};

/* ------------------------------------------------------------------------------------------- *
 * Registrations. Removed ones are used again; their memory goes back with the queue.
 * ------------------------------------------------------------------------------------------- */

static void push(struct anysock_registration **list, struct anysock_registration *r) {
    r->next = *list;
    *list = r;
}

/* Nobody can hold a removed registration any more. */
void anysock_queue_empty_limbo(struct anysock_queue *queue) {
    while (queue->limbo != NULL) {
        struct anysock_registration *r = queue->limbo;
        queue->limbo = r->next;
        push(&queue->free, r);
    }
    queue->in_limbo = 0;
    anysock_queue_clear_note(queue, NOTE_LIMBO);
}

/* A wait that began before the removal may have found the registration already, and looks at its
 * place later: until it has come back nobody else may use it. */
static void lay_aside(struct anysock_queue *queue, struct anysock_registration *r) {
    push(&queue->limbo, r);
    if (++queue->in_limbo % LIMBO_MAX == 0)
        anysock_queue_rouse(queue, NOTE_LIMBO);
    else
        anysock_queue_set_note(queue, NOTE_LIMBO);
}

static inline void recycle(struct anysock_queue *queue, struct anysock_registration *r) {
    r->place = PLACE_FREE;
    if (!queue->backend->looks_late || !somebody_waits(queue))
        push(&queue->free, r);
    else
        lay_aside(queue, r);
}

void anysock_queue_recycle(struct anysock_queue *queue, struct anysock_registration *r) {
    recycle(queue, r);
}

static bool grow(struct anysock_queue *queue) {
    size_t size = queue->backend->registration_size;
    struct chunk *chunk = calloc(1, sizeof *chunk + CHUNK_COUNT * size);
    if (chunk == NULL)
        return false;
    chunk->next = queue->chunks;
    queue->chunks = chunk;
    for (size_t i = 0; i < CHUNK_COUNT; i++) {
        struct anysock_registration *r = (void *)((char *)chunk->registrations + i * size);
        r->queue = queue;
        push(&queue->free, r);
    }
    return true;
}

static struct anysock_registration *allocate(struct anysock_queue *queue) {
    if (queue->free == NULL && !somebody_waits(queue))
        anysock_queue_empty_limbo(queue);
    if (queue->free == NULL && !grow(queue))
        return NULL;
    struct anysock_registration *r = queue->free;
    queue->free = r->next;
    return r;
}

/* ------------------------------------------------------------------------------------------- *
 * Odd registrations: those of which the library knows something to tell
 * ------------------------------------------------------------------------------------------- */

void anysock_queue_append_odd(struct anysock_queue *queue, struct anysock_registration *r) {
    r->place = PLACE_ODD;
    r->next = NULL;
    if (queue->odd == NULL)
        queue->odd = r;
    else
        queue->last_odd->next = r;
    queue->last_odd = r;
}

static void unlink_odd(struct anysock_queue *queue, struct anysock_registration *r) {
    struct anysock_registration *before = NULL, *at = queue->odd;
    while (at != r) {
        before = at;
        at = at->next;
    }
    if (before == NULL)
        queue->odd = r->next;
    else
        before->next = r->next;
    if (queue->last_odd == r)
        queue->last_odd = before;
    r->place = PLACE_RESTING;
    if (queue->odd == NULL)
        anysock_queue_clear_note(queue, NOTE_ODD);
}

static void make_odd(struct anysock_queue *queue, struct anysock_registration *r) {
    if (r->place == PLACE_WATCHED)
        queue->backend->forget(queue, r);
    if (r->place != PLACE_ODD)
        anysock_queue_append_odd(queue, r);
    anysock_queue_rouse(queue, NOTE_ODD);
}

void anysock_queue_give_up(struct anysock_queue *queue, struct anysock_registration *r) {
    r->known |= BOTH | QUEUE_UNASKED;
    make_odd(queue, r);
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
        unlink_odd(queue, r);
    r->watched = (uint16_t)all;
    if (r->place == PLACE_WATCHED) {
        if (queue->backend->change(queue, r, rearmed) == 0)
            return 0;
        int native = anysock_port_native_error();
        queue->backend->forget(queue, r);
        anysock_port_set_native_error(native);
    } else {
        r->place = PLACE_WATCHED;
        if (queue->backend->watch(queue, r) == 0)
            return 0;
    }
    r->place = PLACE_RESTING;
    return -1;
}

/* ------------------------------------------------------------------------------------------- *
 * Adding, changing, removing
 * ------------------------------------------------------------------------------------------- */

static inline int check_request(const struct anysock_queue *queue, const struct anysock *s,
                                unsigned wanted, enum anysock_queue_mode mode) {
    if (queue == NULL)
        return refuse(ANYSOCK_EFAULT);
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

int anysock_queue_add_rest(struct anysock_queue *queue, struct anysock *s,
                           struct anysock_registration *r) {
    int code = ANYSOCK_OK;
    r->place = PLACE_RESTING;
    look_at_state(r, s);
    if (settle(queue, r, true) == 0) {
        queue->registered++;
        mark_edge(queue, s, r);
    } else {
        code = fail_native(OP_EVENT, true);
        set_registration(s, NULL);
        anysock_queue_recycle(queue, r);
    }
    anysock_queue_unlock(queue);
    return code;
}

int anysock_queue_add_on(struct anysock_queue *queue, struct anysock *s, unsigned wanted,
                         enum anysock_queue_mode mode, void *data) {
    int code = check_request(queue, s, wanted, mode);
    if (code != ANYSOCK_OK)
        return code;
    if (s->registration_ != NULL)
        return refuse(ANYSOCK_EBUSY);
    anysock_queue_lock(queue);
    return anysock_queue_add_under(queue, s, wanted, mode, data);
}

int anysock_queue_add_under(struct anysock_queue *queue, struct anysock *s, unsigned wanted,
                            enum anysock_queue_mode mode, void *data) {
    struct anysock_registration *r = allocate(queue);
    if (r == NULL) {
        anysock_queue_unlock(queue);
        return refuse(ANYSOCK_ENOMEM);
    }
    register_socket(r, s, wanted, mode, data);
    return anysock_queue_add_rest(queue, s, r);
}

int anysock_queue_modify_rest(struct anysock_queue *queue, struct anysock *s,
                              struct anysock_registration *r) {
    look_at_state(r, s);
    mark_edge(queue, s, r);
    int code = settle(queue, r, true) == 0 ? ANYSOCK_OK : fail_native(OP_EVENT, true);
    anysock_queue_unlock(queue);
    return code;
}

int anysock_queue_modify_on(struct anysock_queue *queue, struct anysock *s, unsigned wanted,
                            enum anysock_queue_mode mode, void *data) {
    int code = check_request(queue, s, wanted, mode);
    if (code != ANYSOCK_OK)
        return code;
    struct anysock_registration *r = s->registration_;
    if (r == NULL || r->queue != queue)
        return refuse(ANYSOCK_EINVAL);
    anysock_queue_lock(queue);
    return anysock_queue_modify_under(queue, s, wanted, mode, data);
}

int anysock_queue_modify_under(struct anysock_queue *queue, struct anysock *s, unsigned wanted,
                               enum anysock_queue_mode mode, void *data) {
    struct anysock_registration *r = s->registration_;
    if (mode == ANYSOCK_QUEUE_LEVEL && r->mode == mode && r->wanted == wanted && r->data == data &&
        r->place != PLACE_RESTING) {
        anysock_queue_unlock(queue);
        return ANYSOCK_OK;
    }
    r->wanted = (uint16_t)wanted;
    r->mode = (uint8_t)mode;
    r->data = data;
    return anysock_queue_modify_rest(queue, s, r);
}

int anysock_queue_remove_under(struct anysock_queue *queue, struct anysock *s) {
    struct anysock_registration *r = s->registration_;
    if (r->place == PLACE_WATCHED)
        queue->backend->forget(queue, r);
    if (r->place == PLACE_ODD)
        unlink_odd(queue, r);
    r->place = PLACE_FREE;
    if (!r->busy)
        recycle(queue, r);
    queue->registered--;
    set_registration(s, NULL);
    if (queue->backend->makes_edges)
        change_state(s, ST_EDGE, 0);
    anysock_queue_unlock(queue);
    return ANYSOCK_OK;
}

static void detach(struct anysock *s) {
    struct anysock_queue *queue = s->registration_->queue;
    int native = anysock_port_native_error();
    anysock_queue_lock(queue);
    (void)anysock_queue_remove_under(queue, s);
    anysock_port_set_native_error(native);
}

int anysock_queue_remove_on(struct anysock_queue *queue, struct anysock *s) {
    if (queue == NULL)
        return refuse(ANYSOCK_EFAULT);
    int code = check_open(s);
    if (code != ANYSOCK_OK || s->registration_ == NULL)
        return code;
    if (s->registration_->queue != queue)
        return refuse(ANYSOCK_EINVAL);
    anysock_queue_lock(queue);
    return anysock_queue_remove_under(queue, s);
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
    else if (r->place == PLACE_WATCHED)
        result = queue->backend->change(queue, r, false);
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
    if (r->place == PLACE_WATCHED && (r->watched & condition) != condition) {
        r->watched |= (uint16_t)condition;
        (void)queue->backend->change(queue, r, false);
    }
    anysock_queue_unlock(queue);
    anysock_port_set_native_error(native);
}

static const struct anysock_watcher watcher = {
    .refresh = refresh, .rearm = rearm, .detach = detach};

/* ------------------------------------------------------------------------------------------- *
 * The life of a queue
 * ------------------------------------------------------------------------------------------- */

static struct anysock_queue *make(const struct anysock_queue_backend *backend) {
    struct anysock_queue *queue = calloc(1, backend->queue_size);
    if (queue == NULL)
        return NULL;
    queue->watcher = &watcher;
    queue->backend = backend;
    atomic_init(&queue->notes, backend != anysock_port_queue ? NOTE_OTHER : 0);
    if (anysock_port_gate_open(&queue->gate) != 0) {
        free(queue);
        return NULL;
    }
    return queue;
}

static void destroy(struct anysock_queue *queue) {
    int native = anysock_port_native_error();
    while (queue->chunks != NULL) {
        struct chunk *chunk = queue->chunks;
        queue->chunks = chunk->next;
        free(chunk);
    }
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
    if (queue->registered != 0 || somebody_waits(queue))
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
