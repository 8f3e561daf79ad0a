/*
 * `queue` on WSAEventSelect(): a wait takes 64 events at most, so that sockets share an event in as
 * many groups, and everybody of a group that has something is asked what it is.
 */
#include "queue.h"

#include <stdlib.h>

#define GROUPS WSA_MAXIMUM_WAIT_EVENTS

struct group {
    SOCKET *members;
    size_t count;
};

struct queue {
    WSAEVENT events[GROUPS];
    struct group groups[GROUPS];
    size_t added;
};

static void *open_queue(size_t most) {
    struct queue *q = calloc(1, sizeof *q);
    expect(q != NULL);
    for (size_t i = 0; i < GROUPS; i++) {
        q->events[i] = WSACreateEvent();
        q->groups[i].members = calloc(most / GROUPS + 1, sizeof(SOCKET));
        expect(q->events[i] != WSA_INVALID_EVENT && q->groups[i].members != NULL);
    }
    return q;
}

static void add(void *queue, size_t i, queue_fd fd) {
    struct queue *q = queue;
    int code;
    (void)i;
    bench_begin();
    size_t place = q->added++ % GROUPS;
    struct group *group = &q->groups[place];
    group->members[group->count++] = fd;
    code = WSAEventSelect(fd, q->events[place], FD_READ | FD_CLOSE);
    bench_end();
    expect(code == 0);
}

/* Only time is measured here, and nobody changes anything. */
static void modify(void *queue, size_t i, bool both) {
    (void)queue;
    (void)i;
    (void)both;
}

static size_t take_from(struct group *group, WSAEVENT event) {
    char data[BENCH_SIZE];
    size_t taken = 0;
    WSAResetEvent(event);
    for (size_t i = 0; i < group->count; i++) {
        WSANETWORKEVENTS found;
        if (WSAEnumNetworkEvents(group->members[i], NULL, &found) == 0 &&
            (found.lNetworkEvents & FD_READ) != 0)
            taken += recv(group->members[i], data, sizeof data, 0) == BENCH_SIZE;
    }
    return taken;
}

static size_t turn(void *queue) {
    struct queue *q = queue;
    size_t taken = 0;
    bench_begin();
    for (DWORD at = 0, timeout = WSA_INFINITE; at < GROUPS; at++, timeout = 0) {
        DWORD found = WSAWaitForMultipleEvents(GROUPS - at, q->events + at, FALSE, timeout, FALSE);
        if (found >= WSA_WAIT_EVENT_0 + GROUPS - at)
            break;
        at += found - WSA_WAIT_EVENT_0;
        taken += take_from(&q->groups[at], q->events[at]);
    }
    bench_end();
    return taken;
}

const struct queue_library queue_eventselect = {
    .name = "eventselect",
    .object = sizeof(SOCKET),
    .open = open_queue,
    .add = add,
    .modify = modify,
    .turn = turn,
};
