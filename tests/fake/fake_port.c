/*
 * The fake port: see fake_port.h.
 */
#include "fake_port.h"

#include "error_types.h"

#include <stdio.h>
#include <string.h>

#define NS_PER_MS UINT64_C(1000000)
#define START_MS 1000
#define SOCKETS (sizeof fake.sockets / sizeof fake.sockets[0])

struct fake fake;
static int slot; /* the thread's error slot; there is one thread */

const struct anysock_port_traits anysock_port_traits = {
    .inet_head = {2, 0},
    .inet6_head = {23, 0},
    .has_no_wait_flag = false,
    .listen_binds = false,
    .has_keepalive_call = true,
};

/* ------------------------------------------------------------------------------------------- */

struct failure {
    const char *word;
    int native, count;
};
static struct failure failures[8];

struct happening {
    uint64_t at_ns;
    void (*what)(struct fake_socket *);
    struct fake_socket *socket;
};
static struct happening happenings[8];

int fake_reset(void **state) {
    (void)state;
    memset(&fake, 0, sizeof fake);
    memset(failures, 0, sizeof failures);
    memset(happenings, 0, sizeof happenings);
    fake.now_ns = START_MS * NS_PER_MS;
    slot = FAKE_EODD; /* of an earlier failure */
    return 0;
}

int fake_check(void **state) {
    (void)state;
    if (fake.sockets_alive != 0 || fake.events_alive != 0)
        fprintf(stderr, "left open: %u sockets, %u events\n", fake.sockets_alive,
                fake.events_alive);
    if (fake.stuck)
        fprintf(stderr, "a call waited for ever\n");
    return fake.sockets_alive != 0 || fake.events_alive != 0 || fake.stuck ? -1 : 0;
}

const char *fake_trace(void) {
    static char copy[sizeof fake.trace];
    strcpy(copy, fake.trace);
    fake.trace[0] = '\0';
    return copy;
}

void fake_fail(const char *word, int native, int count) {
    struct failure *failure = failures;
    while (failure->count != 0)
        failure++;
    failure->word = word;
    failure->native = native;
    failure->count = count;
}

void fake_later(int ms, void (*what)(struct fake_socket *), const struct anysock *s) {
    struct happening *happening = happenings;
    while (happening->what != NULL)
        happening++;
    happening->at_ns = fake.now_ns + (uint64_t)ms * NS_PER_MS;
    happening->what = what;
    happening->socket = fake_of(s);
}

int fake_elapsed_ms(void) {
    return (int)(fake.now_ns / NS_PER_MS) - START_MS;
}

/* A port call that uses another one leaves only its own word. */
static bool skips_next;

static void trace_skips_next(void) {
    skips_next = true;
}

static void say(const char *word) {
    bool skip = skips_next;
    skips_next = false;
    if (skip)
        return;
    if (fake.trace[0] != '\0')
        strcat(fake.trace, " ");
    strcat(fake.trace, word);
}

static int deny(int native) {
    slot = native;
    return -1;
}

/* Begins a port call: leaves its word, and says whether it is to fail. */
static bool fails(const char *word) {
    say(word);
    for (size_t i = 0; i < sizeof failures / sizeof failures[0]; i++) {
        if (failures[i].count > 0 && strcmp(failures[i].word, word) == 0) {
            failures[i].count--;
            slot = failures[i].native;
            return true;
        }
    }
    return false;
}

static struct fake_socket *at(anysock_native native) {
    static struct fake_socket nothing;
    size_t index = (size_t)native - 100;
    memset(&nothing, 0, sizeof nothing);
    return index < SOCKETS && fake.sockets[index].open ? &fake.sockets[index] : &nothing;
}

/* Like fails(), for a call on a socket, which must be open. */
static bool fails_on(const char *word, anysock_native native) {
    if (fails(word))
        return true;
    if (at(native)->open)
        return false;
    slot = FAKE_ENOTSOCK;
    return true;
}

struct fake_socket *fake_of(const struct anysock *s) {
    return at(anysock_native_handle(s));
}

/* Lets time pass until the next happening, at most until the limit. False: there was none. */
static bool pass_time(uint64_t limit_ns) {
    struct happening *next = NULL;
    for (size_t i = 0; i < sizeof happenings / sizeof happenings[0]; i++)
        if (happenings[i].what != NULL && (next == NULL || happenings[i].at_ns < next->at_ns))
            next = &happenings[i];
    if (next == NULL || next->at_ns > limit_ns)
        return false;
    if (next->at_ns > fake.now_ns)
        fake.now_ns = next->at_ns;
    void (*what)(struct fake_socket *) = next->what;
    next->what = NULL;
    what(next->socket);
    return true;
}

/* A call on a kernel-blocking socket waits for the next happening, or is stuck for ever. */
static bool kernel_waits(const struct fake_socket *socket) {
    if (socket->kernel_nonblocking)
        return false;
    if (pass_time(UINT64_MAX))
        return true;
    fake.stuck = true;
    return false;
}

/* ------------------------------------------------------------------------------------------- */

void fake_data_arrives(struct fake_socket *socket) {
    socket->incoming += 5;
}

void fake_fin_arrives(struct fake_socket *socket) {
    socket->fin = true;
}

void fake_room_appears(struct fake_socket *socket) {
    socket->room += 10;
}

void fake_client_arrives(struct fake_socket *socket) {
    socket->waiting++;
}

void fake_connect_succeeds(struct fake_socket *socket) {
    socket->connecting = false;
    socket->connected = true;
}

void fake_connect_fails(struct fake_socket *socket) {
    socket->connecting = false;
    socket->error = FAKE_ECONNREFUSED;
}

struct anysock fake_fresh(unsigned flags) {
    struct anysock s;
    (void)anysock_open(ANYSOCK_INET, ANYSOCK_STREAM, flags, &s);
    (void)fake_trace();
    return s;
}

struct anysock fake_listener(unsigned flags) {
    struct anysock s = fake_fresh(flags);
    (void)anysock_listen(&s, 5);
    (void)fake_trace();
    return s;
}

struct anysock fake_connected(unsigned flags) {
    struct anysock s = fake_fresh(flags);
    struct anysock_addr peer;
    bool at_once = fake.connect_at_once;
    (void)anysock_addr_loopback(ANYSOCK_INET, 80, &peer);
    fake.connect_at_once = true;
    (void)anysock_connect(&s, &peer);
    fake.connect_at_once = at_once;
    (void)fake_trace();
    return s;
}

struct anysock fake_connecting(void) {
    struct anysock s = fake_fresh(ANYSOCK_NONBLOCK);
    struct anysock_addr peer;
    (void)anysock_addr_loopback(ANYSOCK_INET, 80, &peer);
    (void)anysock_connect(&s, &peer);
    (void)fake_trace();
    return s;
}

struct anysock fake_datagram(unsigned flags) {
    struct anysock s;
    (void)anysock_open(ANYSOCK_INET, ANYSOCK_DGRAM, flags, &s);
    (void)fake_trace();
    return s;
}

/* ------------------------------------------------------------------------------------------- */

static const struct entry entries[] = {
    {FAKE_EINTR, ANYSOCK_EINTR},
    {FAKE_EACCES, ANYSOCK_EACCES},
    {FAKE_EINVAL, ANYSOCK_EINVAL},
    {FAKE_EMFILE, ANYSOCK_EMFILE},
    {FAKE_EWOULDBLOCK, ANYSOCK_EAGAIN},
    {FAKE_EALREADY, ANYSOCK_EALREADY},
    {FAKE_ENOTSOCK, ANYSOCK_EBADF},
    {FAKE_EMSGSIZE, ANYSOCK_EMSGSIZE},
    {FAKE_ENOPROTOOPT, ANYSOCK_ENOPROTOOPT},
    {FAKE_EOPNOTSUPP, ANYSOCK_EOPNOTSUPP},
    {FAKE_EADDRINUSE, ANYSOCK_EADDRINUSE},
    {FAKE_ENETDOWN, ANYSOCK_ENETDOWN},
    {FAKE_ENETRESET, ANYSOCK_ENETRESET},
    {FAKE_ECONNABORTED, ANYSOCK_ECONNABORTED},
    {FAKE_ECONNRESET, ANYSOCK_ECONNRESET},
    {FAKE_ENOBUFS, ANYSOCK_ENOBUFS},
    {FAKE_EISCONN, ANYSOCK_EISCONN},
    {FAKE_ENOTCONN, ANYSOCK_ENOTCONN},
    {FAKE_ESHUTDOWN, ANYSOCK_EPIPE},
    {FAKE_ETIMEDOUT, ANYSOCK_ETIMEDOUT},
    {FAKE_ECONNREFUSED, ANYSOCK_ECONNREFUSED},
    {FAKE_ESYSNOTREADY, ANYSOCK_ESYSNOTREADY},
};

#define NAME(native)                                                                               \
    { native, #native }
static const struct name names[] = {
    NAME(FAKE_EINTR),        NAME(FAKE_EACCES),       NAME(FAKE_EINVAL),     NAME(FAKE_EMFILE),
    NAME(FAKE_EWOULDBLOCK),  NAME(FAKE_EALREADY),     NAME(FAKE_ENOTSOCK),   NAME(FAKE_EMSGSIZE),
    NAME(FAKE_ENOPROTOOPT),  NAME(FAKE_EOPNOTSUPP),   NAME(FAKE_EADDRINUSE), NAME(FAKE_ENETDOWN),
    NAME(FAKE_ENETRESET),    NAME(FAKE_ECONNABORTED), NAME(FAKE_ECONNRESET), NAME(FAKE_ENOBUFS),
    NAME(FAKE_EISCONN),      NAME(FAKE_ENOTCONN),     NAME(FAKE_ESHUTDOWN),  NAME(FAKE_ETIMEDOUT),
    NAME(FAKE_ECONNREFUSED), NAME(FAKE_ESYSNOTREADY),
};

static const struct exception exceptions[] = {
    {OP_CONNECT, true, false, FAKE_EWOULDBLOCK, ANYSOCK_EINPROGRESS},
    {OP_CONNECT, true, false, FAKE_EINTR, ANYSOCK_EINPROGRESS},
    {OP_MODE, true, true, FAKE_EINVAL, ANYSOCK_EBUSY},
    {OP_SEND, false, true, FAKE_ECONNRESET, ANYSOCK_ECONNREFUSED},
    {OP_RECV, false, true, FAKE_ECONNRESET, ANYSOCK_ECONNREFUSED},
    {OP_RECV_OOB, true, false, FAKE_EINVAL, ANYSOCK_EAGAIN},
};

#include "error_tpl.h"

int anysock_port_native_error(void) {
    return slot;
}

void anysock_port_set_native_error(int native) {
    slot = native;
}

/* ------------------------------------------------------------------------------------------- */

int anysock_port_startup(void) {
    return fails("startup") ? -1 : 0;
}

uint64_t anysock_port_now_ns(void) {
    return fake.now_ns;
}

uint32_t anysock_port_interface_index(const char *name) {
    return strcmp(name, "eth7") == 0 ? 7 : 0;
}

static anysock_native make(enum anysock_family family, enum anysock_type type) {
    size_t index = 0;
    while (fake.sockets[index].open)
        index++;
    struct fake_socket *socket = &fake.sockets[index];
    memset(socket, 0, sizeof *socket);
    socket->open = true;
    socket->family = family;
    socket->type = type;
    socket->room = 10;
    fake.sockets_alive++;
    fake.last = (anysock_native)(100 + index);
    return fake.last;
}

int anysock_port_open(enum anysock_family family, enum anysock_type type, bool nonblocking,
                      anysock_native *native) {
    if (fails("open"))
        return -1;
    *native = make(family, type);
    at(*native)->kernel_nonblocking = nonblocking;
    return 0;
}

void anysock_port_close(anysock_native native) {
    say(at(native)->reset_on_close ? "abort" : "close");
    if (at(native)->open)
        fake.sockets_alive--;
    at(native)->open = false;
}

void anysock_port_reset_on_close(anysock_native native) {
    at(native)->reset_on_close = true;
}

int anysock_port_describe(anysock_native native, struct anysock_port_facts *facts) {
    if (fails_on("describe", native))
        return -1;
    const struct fake_socket *socket = at(native);
    memset(facts, 0, sizeof *facts);
    facts->family = socket->family;
    facts->type = socket->type;
    facts->bound = socket->bound;
    facts->listening = socket->listening;
    facts->connected = socket->connected;
    facts->nonblocking = fake.tells_mode ? socket->kernel_nonblocking : -1;
    return 0;
}

int anysock_port_bind_intent(anysock_native native, enum anysock_bind_intent intent, bool stream) {
    (void)stream;
    if (fails_on("intent", native))
        return -1;
    at(native)->intent = intent;
    return intent == ANYSOCK_BIND_BALANCED ? deny(FAKE_EOPNOTSUPP) : 0;
}

int anysock_port_bind(anysock_native native, const struct anysock_addr *addr) {
    if (fails_on("bind", native))
        return -1;
    at(native)->bound = true;
    at(native)->local = *addr;
    return 0;
}

int anysock_port_listen(anysock_native native, int backlog) {
    if (fails_on("listen", native))
        return -1;
    if (!at(native)->bound)
        return deny(FAKE_EINVAL);
    at(native)->listening = true;
    at(native)->backlog = backlog;
    return 0;
}

int anysock_port_accept(anysock_native native, bool nonblocking, anysock_native *child,
                        struct anysock_addr *peer) {
    if (fails_on("accept", native))
        return -1;
    struct fake_socket *listener = at(native);
    while (listener->waiting == 0)
        if (!kernel_waits(listener))
            return deny(FAKE_EWOULDBLOCK);
    listener->waiting--;
    *child = make(listener->family, listener->type);
    at(*child)->bound = at(*child)->connected = true;
    at(*child)->kernel_nonblocking = nonblocking;
    (void)anysock_addr_loopback(listener->family, 4000, &at(*child)->peer);
    if (peer != NULL)
        *peer = at(*child)->peer;
    return 0;
}

int anysock_port_connect(anysock_native native, const struct anysock_addr *addr) {
    struct fake_socket *socket = at(native);
    if (fails("connect")) {
        socket->connecting = slot == FAKE_EINTR; /* goes on in the background */
        return -1;
    }
    socket->peer = *addr;
    if (socket->type == ANYSOCK_DGRAM || fake.connect_at_once) {
        socket->connected = true;
        return 0;
    }
    socket->connecting = true;
    while (socket->connecting)
        if (!kernel_waits(socket))
            return deny(FAKE_EWOULDBLOCK);
    return socket->connected ? 0 : deny(socket->error);
}

int anysock_port_take_error(anysock_native native) {
    if (fails_on("error", native))
        return -1;
    slot = at(native)->error;
    at(native)->error = 0;
    return 0;
}

int anysock_port_shutdown_send(anysock_native native) {
    if (fails_on("shutdown:wr", native))
        return -1;
    at(native)->shut_wr = true;
    return 0;
}

int anysock_port_local_addr(anysock_native native, struct anysock_addr *addr) {
    if (fails_on("local", native))
        return -1;
    if (!at(native)->bound)
        return deny(FAKE_EINVAL);
    *addr = at(native)->local;
    return 0;
}

int anysock_port_peer_addr(anysock_native native, struct anysock_addr *addr) {
    if (fails_on("peer", native))
        return -1;
    if (!at(native)->connected)
        return deny(FAKE_ENOTCONN);
    *addr = at(native)->peer;
    return 0;
}

int anysock_port_set_blocking(anysock_native native, bool blocking) {
    if (fails_on(blocking ? "blocking" : "nonblocking", native))
        return -1;
    if (blocking && at(native)->selected)
        return deny(FAKE_EINVAL);
    at(native)->kernel_nonblocking = !blocking;
    return 0;
}

/* ------------------------------------------------------------------------------------------- */

ptrdiff_t anysock_port_send(anysock_native native, const void *data, size_t length,
                            unsigned flags) {
    fake.flags = flags;
    if (fails_on("send", native))
        return -1;
    struct fake_socket *socket = at(native);
    while (socket->room == 0 && length > 0)
        if ((flags & ANYSOCK_NO_WAIT) != 0 || !kernel_waits(socket))
            return deny(FAKE_EWOULDBLOCK);
    size_t count = length < socket->room ? length : socket->room;
    socket->room -= count;
    for (size_t i = 0; i < count; i++, socket->sent++)
        if (socket->sent < sizeof socket->outgoing)
            socket->outgoing[socket->sent] = ((const char *)data)[i];
    return (ptrdiff_t)count;
}

ptrdiff_t anysock_port_recv(anysock_native native, void *data, size_t capacity, unsigned flags) {
    fake.flags = flags;
    if (fails_on("recv", native))
        return -1;
    struct fake_socket *socket = at(native);
    while (socket->incoming == 0 && !socket->fin)
        if ((flags & ANYSOCK_NO_WAIT) != 0 || !kernel_waits(socket))
            return deny(FAKE_EWOULDBLOCK);
    size_t count = capacity < socket->incoming ? capacity : socket->incoming;
    for (size_t i = 0; i < count; i++)
        ((char *)data)[i] = (char)('a' + (socket->received + i) % 26);
    if ((flags & ANYSOCK_PEEK) == 0) {
        socket->incoming -= count;
        socket->received += count;
    }
    return (ptrdiff_t)count;
}

ptrdiff_t anysock_port_send_to(anysock_native native, const void *data, size_t length,
                               unsigned flags, const struct anysock_addr *to) {
    if (fails_on("send_to", native))
        return -1;
    at(native)->bound = true;
    at(native)->sent_to = *to;
    trace_skips_next();
    return anysock_port_send(native, data, length, flags);
}

/* A datagram is what is incoming, and it is cut to the capacity. */
ptrdiff_t anysock_port_recv_from(anysock_native native, void *data, size_t capacity, unsigned flags,
                                 struct anysock_addr *from, unsigned *info) {
    if (fails_on("recv_from", native))
        return -1;
    size_t length = at(native)->incoming;
    trace_skips_next();
    ptrdiff_t count = anysock_port_recv(native, data, capacity, flags);
    if (count < 0)
        return -1;
    if (from != NULL)
        (void)anysock_addr_loopback(at(native)->family, 4000, from);
    if (info != NULL)
        *info = length > capacity ? ANYSOCK_TRUNCATED : 0;
    if ((flags & ANYSOCK_PEEK) == 0)
        at(native)->incoming = 0;
    return count;
}

/* One buffer after the other. */
ptrdiff_t anysock_port_send_vec(anysock_native native, const struct anysock_buffer *buffers,
                                size_t count, unsigned flags) {
    if (fails_on("send_vec", native))
        return -1;
    ptrdiff_t total = 0;
    for (size_t i = 0; i < count; i++) {
        trace_skips_next();
        ptrdiff_t moved = anysock_port_send(native, buffers[i].data, buffers[i].length, flags);
        if (moved < 0)
            return total > 0 ? total : -1;
        total += moved;
    }
    return total;
}

ptrdiff_t anysock_port_recv_vec(anysock_native native, const struct anysock_buffer *buffers,
                                size_t count, unsigned flags) {
    if (fails_on("recv_vec", native))
        return -1;
    ptrdiff_t total = 0;
    for (size_t i = 0; i < count && (i == 0 || at(native)->incoming > 0); i++) {
        trace_skips_next();
        ptrdiff_t moved = anysock_port_recv(native, buffers[i].data, buffers[i].length, flags);
        if (moved < 0)
            return total > 0 ? total : -1;
        total += moved;
    }
    return total;
}

/* Every option is a number that is kept; keep-alive times can be made none of them. */
int anysock_port_set_option(anysock_native native, enum anysock_option option, bool inet6,
                            int value) {
    (void)inet6;
    if (fails_on("set", native))
        return -1;
    at(native)->options[option] = value;
    return 0;
}

int anysock_port_get_option(anysock_native native, enum anysock_option option, bool inet6,
                            int *value) {
    (void)inet6;
    if (fails_on("get", native))
        return -1;
    *value = at(native)->options[option];
    return 0;
}

int anysock_port_set_keepalive(anysock_native native, bool on, unsigned idle_s,
                               unsigned interval_s) {
    if (fails_on("keepalive", native))
        return -1;
    at(native)->keepalive_on = on;
    at(native)->keepalive_s[0] = idle_s;
    at(native)->keepalive_s[1] = interval_s;
    return 0;
}

bool anysock_port_would_block(void) {
    return slot == FAKE_EWOULDBLOCK;
}

int anysock_port_disconnect(anysock_native native, enum anysock_family family) {
    (void)family;
    if (fails_on("disconnect", native))
        return -1;
    at(native)->connected = false;
    return 0;
}

void anysock_port_report_refusals(anysock_native native, bool report) {
    at(native)->reports_refusals = report;
}

void anysock_port_no_linger(anysock_native native) {
    at(native)->no_linger = true;
}

int anysock_port_peer_state(anysock_native native, enum anysock_peer_state *state) {
    if (fails_on("peer_state", native))
        return -1;
    *state = at(native)->peer_state;
    return 0;
}

int anysock_port_bytes_readable(anysock_native native, size_t *bytes) {
    if (fails_on("readable", native))
        return -1;
    *bytes = at(native)->incoming;
    return 0;
}

static unsigned conditions(anysock_native native, unsigned wanted) {
    const struct fake_socket *socket = at(native);
    unsigned events = 0;
    if (!socket->open)
        return ANYSOCK_INVALID;
    if (socket->seen != 0)
        return socket->seen;
    if (socket->incoming > 0 || socket->fin || socket->waiting > 0)
        events |= ANYSOCK_READABLE;
    if (socket->room > 0 && (socket->connected || socket->type == ANYSOCK_DGRAM))
        events |= ANYSOCK_WRITABLE;
    if (socket->error != 0)
        return events | ANYSOCK_ERROR;
    unsigned asked = (wanted & PORT_CONNECTING) != 0 ? wanted | ANYSOCK_WRITABLE : wanted;
    return events & asked;
}

int anysock_port_poll(struct anysock_port_item *items, size_t count, int timeout_ms) {
    if (fails("poll"))
        return -1;
    uint64_t limit = timeout_ms < 0 ? UINT64_MAX : fake.now_ns + (uint64_t)timeout_ms * NS_PER_MS;
    for (;;) {
        int found = 0;
        for (size_t i = 0; i < count; i++) {
            items[i].events = conditions(items[i].native, items[i].wanted);
            found += items[i].events != 0;
        }
        if (found > 0)
            return found;
        if (!pass_time(limit)) {
            fake.stuck = fake.stuck || timeout_ms < 0;
            if (timeout_ms < 0) { /* do not hang the test */
                slot = FAKE_ENETDOWN;
                return -1;
            }
            fake.now_ns = limit - fake.early_ns;
            fake.early_ns = 0;
            return 0;
        }
    }
}

/* ------------------------------------------------------------------------------------------- */

int anysock_port_event_create(anysock_waitable *waitable) {
    if (fails("event"))
        return -1;
    memset(waitable, 0, sizeof *waitable);
    fake.events_alive++;
    return 0;
}

void anysock_port_event_destroy(anysock_waitable waitable) {
    (void)waitable;
    say("unevent");
    fake.events_alive--;
}

int anysock_port_event_bind(anysock_waitable waitable, anysock_native native, unsigned wanted) {
    (void)waitable;
    if (fails_on("select", native))
        return -1;
    at(native)->selected = true;
    at(native)->kernel_nonblocking = true;
    fake.signalled = conditions(native, wanted) != 0;
    return 0;
}

int anysock_port_event_unbind(anysock_waitable waitable, anysock_native native) {
    (void)waitable;
    if (fails_on("unselect", native))
        return -1;
    at(native)->selected = false; /* the mode stays non-blocking */
    fake.signalled = false;
    return 0;
}

int anysock_port_event_which(anysock_waitable waitable, anysock_native native, unsigned wanted,
                             unsigned *events) {
    (void)waitable;
    if (fails_on("which", native))
        return -1;
    *events = conditions(native, wanted);
    fake.signalled = *events != 0;
    return 0;
}

int anysock_port_event_wait(anysock_waitable waitable, int timeout_ms) {
    (void)waitable;
    if (fails("await"))
        return -1;
    if (fake.signalled)
        return 1;
    uint64_t limit = timeout_ms < 0 ? UINT64_MAX : fake.now_ns + (uint64_t)timeout_ms * NS_PER_MS;
    if (pass_time(limit))
        return 1; /* signalled by anything that happens */
    fake.stuck = fake.stuck || timeout_ms < 0;
    if (timeout_ms >= 0)
        fake.now_ns = limit;
    return timeout_ms < 0 ? deny(FAKE_ENETDOWN) : 0;
}

int anysock_port_poll_one(anysock_native native, unsigned wanted, int timeout_ms,
                          unsigned *events) {
    struct anysock_port_item item = {native, wanted, 0};
    int found = anysock_port_poll(&item, 1, timeout_ms);
    *events = item.events;
    return found;
}

/* The core's half of the calls. */
#include "io_tpl.h"
#include "wait_tpl.h"
