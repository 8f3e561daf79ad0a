/*
 * The back end of queues on Windows: requests to the Ancillary Function Driver, whose answers come
 * to a completion port. Here is decided whom to ask when, and what to tell.
 *
 * A request about some sockets is answered once: at once if one of them has something already, and
 * otherwise with a packet as soon as one has. So a level needs a new request after every event, and
 * so do the others that were asked about together with it. Two kinds are asked about together
 * nevertheless. Those that have just had something to tell, since one call looks at many of them.
 * And those that are quiet, since few requests hold many of them. Who speaks in such a request is
 * not in the next one, which the others get: that one more call is needed once for each who begins
 * to speak alone.
 *
 * A packet that came before the wait may be out of date: who reads without waiting would be told of
 * data that it has. So only the answer to a request of the same wait is told as it is; what an
 * older one has found is a reason to ask again.
 *
 * Only the waiting thread makes requests. Others put a registration into the list and rouse it.
 */
#include "queue_afd.h"

struct afd_queue {
    struct anysock_queue core;
    struct afd_pool pool; /* under the lock, but for its port */

    /* The waiting thread's. */
    unsigned turn;                 /* counts the waits */
    unsigned unheard, unheard_max; /* so many in a row have taken no packets, and so many may */

    /* Under the lock. */
    struct afd_registration *first, *last; /* the list of those to ask about */
    size_t outstanding;                    /* requests whose packet is still to come */
};

/* So often a socket that had something to tell is looked at until it counts as quiet. */
#define LOOKS 2
/* So many waits in a row may find enough by asking, if taking packets was in vain lately. */
#define UNHEARD_MAX 7
/* So many packets are taken at a time. */
#define BATCH 64
/* The key of the packets that rouse; requests have 0. */
#define ROUSED 1

static struct afd_queue *of(struct anysock_queue *queue) {
    return (struct afd_queue *)(void *)queue;
}

static struct afd_registration *member_of(struct anysock_registration *r) {
    return (struct afd_registration *)(void *)r;
}

/* ------------------------------------------------------------------------------------------- *
 * The list of those to ask about. Who is removed stays in it until it is met.
 * ------------------------------------------------------------------------------------------- */

static void append(struct afd_queue *q, struct afd_registration *a) {
    if (a->listed)
        return;
    a->listed = true;
    a->next = NULL;
    if (q->first == NULL)
        q->first = a;
    else
        q->last->next = a;
    q->last = a;
}

static void prepend(struct afd_queue *q, struct afd_registration *a) {
    a->listed = true;
    a->next = q->first;
    if (q->first == NULL)
        q->last = a;
    q->first = a;
}

static struct afd_registration *take_first(struct afd_queue *q) {
    struct afd_registration *a = q->first;
    q->first = a->next;
    a->listed = false;
    return a;
}

/* It is not asked about again in this turn: those who are to be stand before it. */
static void leave_for_later(struct afd_queue *q, struct afd_registration *a) {
    a->met = q->turn;
    append(q, a);
}

/* The first of those that were not met in this turn; null if there is none. */
static struct afd_registration *first_to_meet(const struct afd_queue *q) {
    return q->first != NULL && q->first->met != q->turn ? q->first : NULL;
}

/* Whether there is anything to ask about a registration that was in the list. */
static bool is_to_ask(const struct afd_registration *a) {
    return is_watched(&a->core) && a->stage == AFD_IDLE && a->trouble != AFD_GONE &&
           anysock_afd_question_of(&a->core) != 0;
}

/* ------------------------------------------------------------------------------------------- *
 * Asking
 * ------------------------------------------------------------------------------------------- */

/* The events of a wait. */
struct answers {
    struct anysock_queue_event *events;
    size_t capacity, count;
};

static bool is_full(const struct answers *answers) {
    return answers->count == answers->capacity;
}

/* Tells what was found, if there is anything to tell and room for it. */
static bool tell(struct afd_queue *q, struct afd_registration *a, unsigned found,
                 struct answers *answers) {
    unsigned told = is_full(answers) ? 0 : anysock_queue_tell(&a->core, found);
    if (told == 0)
        return false;
    answers->events[answers->count].events = told;
    answers->events[answers->count++].data = a->core.data;
    a->looks = LOOKS;
    a->apart = false;
    leave_for_later(q, a);
    return true;
}

static bool is_quiet(const struct afd_registration *a) {
    return a->looks == 0;
}

/* A request about somebody who was the first of the list, and about those behind it that are of its
 * kind. */
static struct afd_request *gather(struct afd_queue *q, struct afd_registration *first) {
    struct afd_request *shared = q->pool.idle;
    struct afd_registration *a;
    if (shared == NULL || first->apart)
        return &first->own;
    shared->members[0] = first;
    shared->count = 1;
    while (shared->count < AFD_MANY && (a = first_to_meet(q)) != NULL &&
           is_quiet(a) == is_quiet(first) && a->trouble == AFD_WELL && !a->apart)
        if (is_to_ask(take_first(q)))
            shared->members[shared->count++] = a;
    return shared->count > 1 ? shared : &first->own;
}

/* It was answered at once. Who did not get room comes first the next time. Of those who have
 * nothing, the quiet ones come first now: they get a request, so that they need not be met again.
 * All this backwards, since prepending turns the order around. */
static void settle(struct afd_queue *q, struct afd_request *request, struct answers *answers) {
    size_t before = answers->count;
    for (ULONG i = 0; i < request->count; i++)
        (void)tell(q, request->members[i], request->members[i]->found, answers);
    for (ULONG i = request->count; i-- > 0;) {
        struct afd_registration *a = request->members[i];
        if (a->listed)
            continue; /* told */
        bool lacks_room = a->found != 0 && is_full(answers);
        if (lacks_room || (is_quiet(a) && answers->count > before)) {
            prepend(q, a);
            continue;
        }
        if (!is_quiet(a))
            a->looks--;
        leave_for_later(q, a);
    }
}

/* It was refused, because of one of them: that is found when each is asked about alone. */
static void single_out(struct afd_queue *q, struct afd_request *request) {
    for (ULONG i = request->count; i-- > 0;) {
        struct afd_registration *a = request->members[i];
        if (!request->shared)
            a->trouble = AFD_BROKEN;
        a->apart = true;
        prepend(q, a);
    }
}

/* There was no memory for it: they stay in the list. */
static void put_back(struct afd_queue *q, const struct afd_request *request) {
    for (ULONG i = request->count; i-- > 0;)
        prepend(q, request->members[i]);
}

static bool make(struct afd_queue *q, struct afd_request *request, struct answers *answers) {
    NTSTATUS status = anysock_afd_make(request, &q->pool.afd);
    if (status == STATUS_PENDING) {
        request->turn = q->turn;
        q->outstanding++;
        if (request->shared)
            q->pool.idle = request->next;
    } else if (status >= 0) {
        settle(q, request, answers);
    } else if (anysock_afd_is_shortage(status)) {
        put_back(q, request);
        return false;
    } else {
        single_out(q, request);
    }
    return true;
}

/* Asks about everybody in the list who was not met in this turn, as long as there is room for what
 * they have. Fails if there is no memory for it, and nothing to tell. *all: nobody is left in the
 * list, so that a packet will come if there is something to tell. */
static bool ask_around(struct afd_queue *q, struct answers *answers, bool *all) {
    bool enough = true;
    anysock_queue_lock(&q->core);
    while (enough && !is_full(answers) && first_to_meet(q) != NULL) {
        struct afd_registration *a = take_first(q);
        if (!is_to_ask(a))
            continue;
        if (a->trouble == AFD_BROKEN)
            (void)tell(q, a, ANYSOCK_INVALID, answers);
        else
            enough = make(q, gather(q, a), answers);
    }
    *all = q->first == NULL;
    anysock_queue_unlock(&q->core);
    return enough || answers->count > 0;
}

/* ------------------------------------------------------------------------------------------- *
 * Hearing
 * ------------------------------------------------------------------------------------------- */

/* Something was found. If it is not told now, it is to be asked about before all others. */
static void take_word(struct afd_queue *q, struct afd_registration *a, bool is_true,
                      struct answers *answers) {
    if (is_true && tell(q, a, a->found, answers))
        return;
    prepend(q, a);
}

/* Nothing was found: another one had something, or the request did not end with an answer. */
static void take_silence(struct afd_queue *q, struct afd_registration *a,
                         const struct afd_request *request) {
    /* Windows cancels the requests of a thread that ends: that is no refusal. */
    bool refused = request->result.Status < 0 && request->result.Status != AFD_CANCELLED;
    if (refused && !request->shared)
        a->trouble = AFD_BROKEN;
    if (refused)
        a->apart = true;
    a->looks = 0;
    append(q, a);
}

/* Its packet has come. Those who have something stand together in the list, and the others do. */
static void take_back(struct afd_queue *q, struct afd_request *request, struct answers *answers) {
    bool is_true = request->turn == q->turn;
    anysock_afd_take_back(request);
    q->outstanding--;
    if (!request->shared && request->members[0]->core.place == PLACE_FREE) {
        anysock_queue_recycle(&q->core, &request->members[0]->core);
        return;
    }
    for (ULONG i = 0; i < request->count; i++)
        if (request->members[i] != NULL && request->members[i]->found != 0)
            take_word(q, request->members[i], is_true, answers);
    for (ULONG i = 0; i < request->count; i++)
        if (request->members[i] != NULL && request->members[i]->found == 0)
            take_silence(q, request->members[i], request);
    if (request->shared) {
        request->next = q->pool.idle;
        q->pool.idle = request;
    }
}

/* Takes all packets that are there: one that is out of date must not hide one that is not. */
static bool hear(struct afd_queue *q, int timeout_ms, struct answers *answers) {
    OVERLAPPED_ENTRY packets[BATCH];
    ULONG count = BATCH;
    q->unheard = 0;
    q->unheard_max = q->unheard_max < UNHEARD_MAX ? 2 * q->unheard_max + 1 : UNHEARD_MAX;
    for (; count == BATCH; timeout_ms = 0) {
        if (!GetQueuedCompletionStatusEx(q->pool.port, packets, BATCH, &count,
                                         timeout_ms >= 0 ? (DWORD)timeout_ms : INFINITE, FALSE))
            return WSAGetLastError() == WAIT_TIMEOUT;
        q->unheard_max = 0;
        anysock_queue_lock(&q->core);
        for (ULONG i = 0; i < count; i++)
            if (packets[i].lpCompletionKey == ROUSED)
                anysock_queue_roused(&q->core);
            else
                take_back(q, (void *)packets[i].lpOverlapped, answers);
        anysock_queue_unlock(&q->core);
    }
    return true;
}

/* ------------------------------------------------------------------------------------------- *
 * Waiting
 * ------------------------------------------------------------------------------------------- */

/* Whether a wait may end with what it has found by asking. To take packets costs a call even if
 * there are none, so the less often the longer there were none; who has just begun to speak is told
 * by one of the next waits. */
static bool is_enough(struct afd_queue *q, const struct answers *answers) {
    if (answers->count == 0 || (notes_of(&q->core) & NOTE_ROUSED) != 0)
        return false;
    return q->outstanding == 0 || q->unheard++ < q->unheard_max;
}

static ptrdiff_t wait_afd(struct anysock_queue *queue, struct anysock_queue_event *events,
                          size_t capacity, int timeout_ms) {
    struct afd_queue *q = of(queue);
    struct answers answers = {events, capacity, 0};
    bool all;
    q->turn++;
    (void)ask_around(q, &answers, &all); /* if memory lacks, it is seen below */
    if (is_enough(q, &answers))
        return (ptrdiff_t)answers.count;
    if (!hear(q, all ? timeout_ms : 0, &answers) && answers.count == 0)
        return -1;
    return ask_around(q, &answers, &all) ? (ptrdiff_t)answers.count : -1;
}

static void wake(struct anysock_queue *queue) {
    int error = WSAGetLastError();
    (void)PostQueuedCompletionStatus(of(queue)->pool.port, 0, ROUSED, NULL);
    WSASetLastError(error);
}

/* ------------------------------------------------------------------------------------------- *
 * Watching
 * ------------------------------------------------------------------------------------------- */

static void ask_later(struct afd_queue *q, struct afd_registration *a) {
    if (a->stage != AFD_IDLE)
        return; /* its packet will wake who sleeps */
    append(q, a);
    if (somebody_waits(&q->core))
        anysock_queue_rouse(&q->core, 0);
}

static int watch(struct anysock_queue *queue, struct anysock_registration *r) {
    struct afd_queue *q = of(queue);
    struct afd_registration *a = member_of(r);
    if (r->fresh && anysock_afd_base(raw(r->native), &a->base) != 0)
        return -1;
    if (!anysock_afd_give_helper(&q->pool, a))
        return -1;
    if (r->fresh) {
        r->fresh = false;
        a->trouble = AFD_WELL;
        a->looks = 0;
        a->apart = false;
    }
    ask_later(q, a);
    return 0;
}

/* Whoever has a request that asks for all of it will hear of all of it: when the request was made
 * there was nothing. */
static int change(struct anysock_queue *queue, struct anysock_registration *r, bool rearmed) {
    struct afd_registration *a = member_of(r);
    (void)rearmed;
    if ((anysock_afd_question_of(r) & ~a->asked) != 0)
        anysock_afd_withdraw(a);
    ask_later(of(queue), a);
    return 0;
}

static void forget(struct anysock_queue *queue, struct anysock_registration *r) {
    (void)queue;
    anysock_afd_withdraw(member_of(r));
}

/* ------------------------------------------------------------------------------------------- *
 * The life of the queue
 * ------------------------------------------------------------------------------------------- */

static int open_afd(struct anysock_queue *queue) {
    return anysock_afd_open_pool(&of(queue)->pool);
}

/* Nobody is registered any more, so that every request has been cancelled. */
static void close_afd(struct anysock_queue *queue) {
    struct afd_queue *q = of(queue);
    while (q->outstanding > 0) {
        OVERLAPPED_ENTRY packets[BATCH];
        ULONG count = 0;
        if (!GetQueuedCompletionStatusEx(q->pool.port, packets, BATCH, &count, INFINITE, FALSE))
            break;
        for (ULONG i = 0; i < count; i++)
            q->outstanding -= packets[i].lpCompletionKey != ROUSED;
    }
    anysock_afd_close_pool(&q->pool);
}

static const struct anysock_queue_backend afd_queue = {
    .name = "afd",
    .queue_size = sizeof(struct afd_queue),
    .registration_size = sizeof(struct afd_registration),
    .makes_edges = true,
    .open = open_afd,
    .close = close_afd,
    .watch = watch,
    .change = change,
    .forget = forget,
    .wait = wait_afd,
    .wake = wake,
};
#define OWN_QUEUE afd_queue
#include "../queue_tpl.h"
