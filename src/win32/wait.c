/*
 * Waiting for sockets on Windows. WSAPoll is the ordinary way. It does not report a failed connect
 * before Windows 10 2004, so while a connect is pending select does the waiting, whose third
 * set knows on every version, and WSAPoll tells of the others what select does not.
 */
#include <stdlib.h>

#include "port.h"

/* FIN is a hang-up without POLLIN here, and only the bits that WSAPoll can be asked for are
 * asked: it answers WSAEINVAL to all others. */
static unsigned events_of(short revents) {
    unsigned events = 0;
    if ((revents & POLLRDNORM) != 0)
        events |= ANYSOCK_READABLE;
    if ((revents & POLLRDBAND) != 0)
        events |= ANYSOCK_PRIORITY;
    if ((revents & POLLHUP) != 0)
        events |= ANYSOCK_READABLE | ANYSOCK_PEER_CLOSED;
    if ((revents & POLLWRNORM) != 0)
        events |= ANYSOCK_WRITABLE;
    if ((revents & POLLERR) != 0)
        events |= ANYSOCK_ERROR;
    if ((revents & POLLERR) != 0 && (revents & POLLHUP) != 0)
        events |= ANYSOCK_HANG_UP; /* a broken connection */
    if ((revents & POLLNVAL) != 0)
        events |= ANYSOCK_INVALID;
    return events;
}

static short raw_events(unsigned wanted) {
    int events = 0;
    if ((wanted & ANYSOCK_READABLE) != 0)
        events |= POLLRDNORM;
    if ((wanted & ANYSOCK_WRITABLE) != 0)
        events |= POLLWRNORM;
    if ((wanted & ANYSOCK_PRIORITY) != 0)
        events |= POLLRDBAND;
    return (short)events; /* the peer's end comes unasked */
}

/* The peer's end is reported also to who has not asked, and as long as it lasts. */
#define PEERS_END (ANYSOCK_READABLE | ANYSOCK_PEER_CLOSED)
#define ONLY_UNASKED (-2)

static bool connects(const struct anysock_port_item *item) {
    return (item->wanted & PORT_CONNECTING) != 0;
}

static void clear(struct anysock_port_item *items, size_t count) {
    for (size_t i = 0; i < count; i++)
        items[i].events = 0;
}

/* Once, about all that are not connecting; adds to their events. Returns how many items have any,
 * or ONLY_UNASKED if it came back with nothing that anybody wants to hear. */
static int poll_sockets(WSAPOLLFD *fds, struct anysock_port_item *items, size_t count,
                        int timeout_ms) {
    ULONG asked = 0;
    for (size_t i = 0; i < count; i++) {
        if (connects(&items[i]))
            continue;
        fds[asked].fd = raw(items[i].native);
        fds[asked].events = raw_events(items[i].wanted);
        fds[asked++].revents = 0;
    }
    int reported = asked > 0 ? WSAPoll(fds, asked, timeout_ms) : 0;
    /* A call without one valid socket fails, but marks them as poll does. */
    if (reported < 0 && WSAGetLastError() != WSAENOTSOCK)
        return -1;
    int found = 0;
    for (size_t i = 0; i < count; i++) {
        if (!connects(&items[i])) {
            unsigned events = events_of((fds++)->revents);
            bool deaf = (items[i].wanted & PEERS_END) == 0;
            items[i].events |= deaf ? events & ~(unsigned)PEERS_END : events;
        }
        found += items[i].events != 0;
    }
    return found > 0 || reported <= 0 ? found : ONLY_UNASKED;
}

/* ------------------------------------------------------------------------------------------- */

/* What select takes: on Windows an fd_set is a count and an array of any length. */
struct sockets {
    u_int count;
    SOCKET array[];
};

static size_t set_size(size_t count) {
    return sizeof(struct sockets) + count * sizeof(SOCKET);
}

static struct sockets *empty_set(void *memory) {
    struct sockets *set = memory;
    set->count = 0;
    return set;
}

static void add(struct sockets *set, SOCKET socket) {
    set->array[set->count++] = socket;
}

static bool contains(const struct sockets *set, SOCKET socket) {
    for (u_int i = 0; i < set->count; i++)
        if (set->array[i] == socket)
            return true;
    return false;
}

static fd_set *fd_set_of(struct sockets *set) {
    return set->count > 0 ? (fd_set *)(void *)set : NULL;
}

/* The third set also knows urgent data. The pending error tells them apart, and reading it
 * changes nothing on Windows. */
static bool connect_failed(SOCKET socket) {
    int error = 0, length = sizeof error;
    return getsockopt(socket, SOL_SOCKET, SO_ERROR, (char *)&error, &length) == 0 && error != 0;
}

/* Writes the events of all; memory has room for three sets. */
static int select_sockets(char *memory, struct anysock_port_item *items, size_t count,
                          int timeout_ms) {
    struct sockets *readable = empty_set(memory);
    struct sockets *writable = empty_set(memory + set_size(count));
    struct sockets *failed = empty_set(memory + 2 * set_size(count));
    for (size_t i = 0; i < count; i++) {
        unsigned wanted = items[i].wanted;
        SOCKET socket = raw(items[i].native);
        if ((wanted & ANYSOCK_READABLE) != 0)
            add(readable, socket);
        if ((wanted & (ANYSOCK_WRITABLE | PORT_CONNECTING)) != 0)
            add(writable, socket);
        if ((wanted & PORT_CONNECTING) != 0) /* of others it would tell of urgent data only */
            add(failed, socket);
    }
    if (readable->count + writable->count == 0) { /* select refuses to just sleep */
        Sleep((DWORD)timeout_ms);
        return 0;
    }
    struct timeval timeout = {timeout_ms / 1000, timeout_ms % 1000 * 1000};
    int found = select(0, fd_set_of(readable), fd_set_of(writable), fd_set_of(failed),
                       timeout_ms >= 0 ? &timeout : NULL);
    if (found < 0)
        return -1;

    found = 0;
    for (size_t i = 0; i < count; i++) {
        SOCKET socket = raw(items[i].native);
        items[i].events = (contains(readable, socket) ? ANYSOCK_READABLE : 0u) |
                          (contains(writable, socket) ? ANYSOCK_WRITABLE : 0u);
        if (contains(failed, socket) && connect_failed(socket))
            items[i].events |= ANYSOCK_ERROR;
        found += items[i].events != 0;
    }
    return found;
}

/* ------------------------------------------------------------------------------------------- */

int anysock_port_poll_one(anysock_native native, unsigned wanted, int timeout_ms,
                          unsigned *events) {
    WSAPOLLFD fd = {raw(native), raw_events(wanted), 0};
    int found = WSAPoll(&fd, 1, timeout_ms);
    *events = events_of(fd.revents);
    return found;
}

static bool is_connecting(const struct anysock_port_item *items, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (connects(&items[i]))
            return true;
    return false;
}

/* Where select does the waiting, WSAPoll looks now and then for what select does not tell. */
#define LOOK_AGAIN_MS 20

static int slice_of(int left_ms) {
    return left_ms < 0 || left_ms > LOOK_AGAIN_MS ? LOOK_AGAIN_MS : left_ms;
}

/*
 * While somebody's peer has ended and nobody wants to hear it, WSAPoll does not wait any more.
 * select does, which can be asked for one direction only; but errors it tells only beside a
 * direction.
 */
static int poll_past_ends(void *memory, struct anysock_port_item *items, size_t count,
                          int timeout_ms) {
    struct anysock_deadline deadline = anysock_deadline_in(timeout_ms);
    int left = timeout_ms;
    for (;;) {
        clear(items, count);
        int found = poll_sockets(memory, items, count, left);
        if (found != ONLY_UNASKED)
            return found;
        left = anysock_deadline_left(&deadline);
        if (left == 0)
            return 0;
        if (select_sockets(memory, items, count, slice_of(left)) < 0)
            return -1;
        left = anysock_deadline_left(&deadline);
    }
}

/* Whether select wakes up for all that somebody wants. */
static bool select_tells(const struct anysock_port_item *items, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (!connects(&items[i]) &&
            (items[i].wanted == 0 || (items[i].wanted & ~(unsigned)BOTH) != 0))
            return false;
    return true;
}

/* If select fails because of a socket that somebody has closed, WSAPoll tells which. */
static int poll_beside_connects(void *memory, struct anysock_port_item *items, size_t count,
                                int timeout_ms) {
    struct anysock_deadline deadline = anysock_deadline_in(timeout_ms);
    bool sliced = !select_tells(items, count);
    int left = timeout_ms;
    for (;;) {
        clear(items, count);
        int selected = select_sockets(memory, items, count, sliced ? slice_of(left) : left);
        int error = WSAGetLastError();
        int found = poll_sockets(memory, items, count, 0);
        if (found > 0 || found == -1)
            return found;
        if (selected < 0) {
            WSASetLastError(error);
            return -1;
        }
        left = anysock_deadline_left(&deadline);
        if (left == 0)
            return 0;
    }
}

static int poll_with(void *memory, struct anysock_port_item *items, size_t count, int timeout_ms) {
    return is_connecting(items, count) ? poll_beside_connects(memory, items, count, timeout_ms)
                                       : poll_past_ends(memory, items, count, timeout_ms);
}

/* What either way needs. */
union few {
    WSAPOLLFD fds[ANYSOCK_POLL_MAX];
    SOCKET sets[3 * (ANYSOCK_POLL_MAX + 1)];
};

int anysock_port_poll(struct anysock_port_item *items, size_t count, int timeout_ms) {
    if (count == 0) { /* WSAPoll and select refuse to just sleep */
        Sleep(timeout_ms >= 0 ? (DWORD)timeout_ms : INFINITE);
        return 0;
    }
    union few few;
    return poll_with(&few, items, count, timeout_ms);
}

int anysock_port_poll_many(struct anysock_port_item *items, size_t count, int timeout_ms) {
    if (count <= ANYSOCK_POLL_MAX)
        return anysock_port_poll(items, count, timeout_ms);
    void *many = malloc((count / ANYSOCK_POLL_MAX + 1) * sizeof(union few));
    if (many == NULL) {
        WSASetLastError(WSA_NOT_ENOUGH_MEMORY);
        return -1;
    }
    int found = poll_with(many, items, count, timeout_ms);
    int error = WSAGetLastError();
    free(many);
    WSASetLastError(error);
    return found;
}

#include "../wait_tpl.h"
