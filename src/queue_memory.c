/*
 * The memory of registrations. It is allocated in chunks, and goes back with the queue; removed
 * ones are used again, but not before nobody can hold them any more.
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

static void push(struct anysock_registration **list, struct anysock_registration *r) {
    r->next = *list;
    *list = r;
}

/* The free ones. The straight way takes whatever is in its list. */
static struct anysock_registration **free_ones(struct anysock_queue *queue) {
    return has_port_backend(queue) ? &queue->free : &queue->other_free;
}

/* Nobody can hold a removed registration any more. */
void anysock_queue_empty_limbo(struct anysock_queue *queue) {
    while (queue->limbo != NULL) {
        struct anysock_registration *r = queue->limbo;
        queue->limbo = r->next;
        push(free_ones(queue), r);
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

void anysock_queue_recycle(struct anysock_queue *queue, struct anysock_registration *r) {
    r->place = PLACE_FREE;
    r->told = 0;
    r->known = 0;
    r->broken = false;
    r->mode = ANYSOCK_QUEUE_LEVEL;
    r->fresh = true;
    if (!queue->backend->looks_late || !somebody_waits(queue))
        push(free_ones(queue), r);
    else
        lay_aside(queue, r);
}

static struct anysock_registration *at(const struct anysock_queue *queue, struct chunk *chunk,
                                       size_t i) {
    return (void *)((char *)chunk->registrations + i * queue->backend->registration_size);
}

static bool grow(struct anysock_queue *queue) {
    size_t size = queue->backend->registration_size;
    struct chunk *chunk = calloc(1, sizeof *chunk + CHUNK_COUNT * size);
    if (chunk == NULL)
        return false;
    chunk->next = queue->chunks;
    queue->chunks = chunk;
    for (size_t i = 0; i < CHUNK_COUNT; i++) {
        struct anysock_registration *r = at(queue, chunk, i);
        r->queue = queue;
        r->fresh = true;
        push(free_ones(queue), r);
    }
    return true;
}

struct anysock_registration *anysock_queue_allocate(struct anysock_queue *queue) {
    struct anysock_registration **list = free_ones(queue);
    if (*list == NULL && !somebody_waits(queue))
        anysock_queue_empty_limbo(queue);
    if (*list == NULL && !grow(queue))
        return NULL;
    struct anysock_registration *r = *list;
    *list = r->next;
    return r;
}

bool anysock_queue_is_empty(const struct anysock_queue *queue) {
    for (struct chunk *chunk = queue->chunks; chunk != NULL; chunk = chunk->next)
        for (size_t i = 0; i < CHUNK_COUNT; i++)
            if (at(queue, chunk, i)->place != PLACE_FREE)
                return false;
    return true;
}

void anysock_queue_free_registrations(struct anysock_queue *queue) {
    while (queue->chunks != NULL) {
        struct chunk *chunk = queue->chunks;
        queue->chunks = chunk->next;
        free(chunk);
    }
}
