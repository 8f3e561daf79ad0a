/*
 * Requests of queues to the driver: what is asked, whom each is about, and what the answer says of
 * them.
 */
#include <stdlib.h>

#include "queue_afd.h"

/* ------------------------------------------------------------------------------------------- *
 * Helpers
 * ------------------------------------------------------------------------------------------- */

static int set_up_helper(struct afd_pool *pool, struct afd_helper *helper) {
    if (anysock_afd_open(&pool->afd, pool->port, &helper->handle) != 0)
        return -1;
    for (size_t i = 0; i < sizeof helper->shared / sizeof *helper->shared; i++) {
        struct afd_request *request = &helper->shared[i].request;
        request->questions = &helper->shared[i].questions;
        request->members = helper->shared[i].members;
        request->shared = true;
        request->helper = helper;
        request->next = pool->idle;
        pool->idle = request;
    }
    helper->next = pool->helpers;
    pool->helpers = helper;
    return 0;
}

static bool add_helper(struct afd_pool *pool) {
    struct afd_helper *helper = calloc(1, sizeof *helper);
    if (helper == NULL) {
        WSASetLastError(WSA_NOT_ENOUGH_MEMORY);
        return false;
    }
    if (set_up_helper(pool, helper) == 0)
        return true;
    free(helper);
    return false;
}

int anysock_afd_open_pool(struct afd_pool *pool) {
    if (anysock_afd_find(&pool->afd) != 0)
        return -1;
    pool->port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 1);
    if (pool->port == NULL)
        return -1;
    if (set_up_helper(pool, &pool->first) == 0)
        return 0;
    int error = WSAGetLastError();
    (void)CloseHandle(pool->port);
    WSASetLastError(error);
    return -1;
}

void anysock_afd_close_pool(struct afd_pool *pool) {
    while (pool->helpers != NULL) {
        struct afd_helper *helper = pool->helpers;
        pool->helpers = helper->next;
        (void)CloseHandle(helper->handle);
        if (helper != &pool->first)
            free(helper);
    }
    (void)CloseHandle(pool->port);
}

bool anysock_afd_give_helper(struct afd_pool *pool, struct afd_registration *a) {
    if (a->helper != NULL)
        return true;
    if (pool->helpers->users == AFD_USERS && !add_helper(pool))
        return false;
    a->helper = pool->helpers;
    a->helper->users++;
    a->self = a;
    a->own.helper = a->helper;
    a->own.questions = (struct afd_questions *)(void *)&a->question;
    a->own.members = &a->self;
    a->own.count = 1;
    return true;
}

/* ------------------------------------------------------------------------------------------- *
 * Questions and answers
 * ------------------------------------------------------------------------------------------- */

ULONG anysock_afd_question_of(const struct anysock_registration *r) {
    unsigned wanted = watched_of(r);
    ULONG asked = 0;
    if ((wanted & ANYSOCK_READABLE) != 0)
        asked |= AFD_RECEIVE | AFD_ACCEPT | AFD_FINISHED;
    if ((wanted & ANYSOCK_PRIORITY) != 0)
        asked |= AFD_URGENT;
    if ((wanted & ANYSOCK_WRITABLE) != 0 && (r->state & ST_LISTENING) == 0)
        asked |= AFD_SEND;
    if ((wanted & ANYSOCK_PEER_CLOSED) != 0)
        asked |= AFD_FINISHED;
    if ((wanted & ANYSOCK_HANG_UP) != 0 && (r->state & ST_SHUT_WR) != 0)
        asked |= AFD_FINISHED; /* both ends together are a hang-up */
    if ((wanted & ANYSOCK_ERROR) != 0)
        asked |= AFD_ABORT | AFD_CONNECT_FAILED;
    return asked;
}

static uint16_t found_in(ULONG events) {
    unsigned found = 0;
    if ((events & (AFD_RECEIVE | AFD_ACCEPT)) != 0)
        found |= ANYSOCK_READABLE;
    if ((events & AFD_URGENT) != 0)
        found |= ANYSOCK_PRIORITY;
    if ((events & AFD_SEND) != 0)
        found |= ANYSOCK_WRITABLE;
    if ((events & AFD_FINISHED) != 0)
        found |= ANYSOCK_READABLE | ANYSOCK_PEER_CLOSED;
    if ((events & AFD_CONNECT_FAILED) != 0)
        found |= ANYSOCK_ERROR;
    if ((events & AFD_ABORT) != 0)
        found |= ANYSOCK_ERROR | ANYSOCK_HANG_UP; /* a broken connection */
    return (uint16_t)found;
}

/* Whether a part of an answer is about this one. Two can have one handle, if one of them was closed
 * behind our back. */
static bool is_about(const struct afd_socket *part, const struct afd_registration *a) {
    return a != NULL && a->base == part->handle && (part->events & (a->asked | AFD_CLOSED)) != 0;
}

/* The answer has the order of the question, and who has left may be in it. */
static void read_answer(const struct afd_request *request) {
    const struct afd_questions *answer = request->questions;
    ULONG next = 0;
    for (ULONG at = 0; at < answer->count; at++) {
        ULONG i = next;
        while (i < request->count && !is_about(&answer->sockets[at], request->members[i]))
            i++;
        if (i == request->count)
            continue;
        struct afd_registration *a = request->members[i];
        a->found = found_in(answer->sockets[at].events);
        if ((answer->sockets[at].events & AFD_CLOSED) != 0)
            a->trouble = AFD_GONE;
        next = i + 1;
    }
}

/* ------------------------------------------------------------------------------------------- *
 * Requests
 * ------------------------------------------------------------------------------------------- */

static void hand_over(struct afd_request *request) {
    for (ULONG i = 0; i < request->count; i++) {
        struct afd_registration *a = request->members[i];
        a->stage = request->shared ? AFD_SHARED : AFD_OWN;
        a->request = request;
        a->core.busy = !request->shared;
    }
}

NTSTATUS anysock_afd_make(struct afd_request *request, const struct anysock_afd *afd) {
    struct afd_questions *questions = request->questions;
    for (ULONG i = 0; i < request->count; i++) {
        struct afd_registration *a = request->members[i];
        a->found = 0;
        a->asked = anysock_afd_question_of(&a->core);
        questions->sockets[i].handle = a->base;
        questions->sockets[i].events = a->asked;
    }
    questions->count = request->count;
    request->left = 0;
    NTSTATUS status =
        anysock_afd_ask(afd, request->helper->handle, questions, &request->result, request);
    if (status == STATUS_PENDING)
        hand_over(request);
    else if (status >= 0)
        read_answer(request);
    else
        WSASetLastError((int)afd->to_error(status));
    return status;
}

void anysock_afd_take_back(struct afd_request *request) {
    if (request->result.Status >= 0)
        read_answer(request);
    for (ULONG i = 0; i < request->count; i++) {
        struct afd_registration *a = request->members[i];
        if (a == NULL)
            continue;
        a->stage = AFD_IDLE;
        a->core.busy = false;
    }
}

static void cancel(struct afd_request *request) {
    int error = WSAGetLastError();
    /* This is NtCancelIoFileEx, and what it calls OVERLAPPED begins with the result. It fails if
     * the answer has come already. */
    (void)CancelIoEx(request->helper->handle, (OVERLAPPED *)(void *)&request->result);
    WSASetLastError(error);
}

static void leave(struct afd_request *request, struct afd_registration *a) {
    ULONG i = 0;
    while (request->members[i] != a)
        i++;
    request->members[i] = NULL;
    request->left++;
}

void anysock_afd_withdraw(struct afd_registration *a) {
    if (a->stage == AFD_OWN) {
        a->stage = AFD_RETRACTED;
        cancel(a->request);
    } else if (a->stage == AFD_SHARED) {
        a->stage = AFD_IDLE;
        leave(a->request, a);
        if (a->request->left == a->request->count)
            cancel(a->request);
    }
}
