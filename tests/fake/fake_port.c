/*
 * The fake port: see fake_port.h.
 */
#include <string.h>

#include "error_types.h"
#include "fake_world.h"
#include "queue.h"

const struct anysock_port_traits anysock_port_traits = {
    .inet_head = {2, 0},
    .inet6_head = {23, 0},
    .has_no_wait_flag = false,
    .listen_binds = false,
    .has_keepalive_call = true,
    .no_memory = FAKE_ENOBUFS,
};

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

static const struct entry broken[] = {
    {FAKE_ECONNABORTED, ANYSOCK_ECONNRESET},
    {FAKE_ENETRESET, ANYSOCK_ETIMEDOUT},
};

static const struct exception exceptions[] = {
    {OP_CONNECT, STREAM, FAKE_EWOULDBLOCK, ANYSOCK_EINPROGRESS},
    {OP_CONNECT, STREAM, FAKE_EINTR, ANYSOCK_EINPROGRESS},
    {OP_MODE, ALL_KINDS, FAKE_EINVAL, ANYSOCK_EBUSY},
    {OP_SEND, DATAGRAM, FAKE_ECONNRESET, ANYSOCK_ECONNREFUSED},
    {OP_RECV, DATAGRAM, FAKE_ECONNRESET, ANYSOCK_ECONNREFUSED},
    {OP_RECV_OOB, STREAM, FAKE_EINVAL, ANYSOCK_EAGAIN},
};

#include "error_tpl.h"

int anysock_port_map_resolve_error(int result) {
    static const struct entry of_resolver[] = {
        {FAKE_HOST_NOT_FOUND, ANYSOCK_EAI_NONAME},
        {FAKE_EINVAL, ANYSOCK_EAI_BADFLAGS},
    };
    return result == 0 ? ANYSOCK_OK : find_code(of_resolver, 2, result);
}

int anysock_port_native_error(void) {
    return fake_slot;
}

void anysock_port_set_native_error(int native) {
    fake_slot = native;
}

/* ------------------------------------------------------------------------------------------- */

int anysock_port_startup(void) {
    return fake_fails("startup") ? -1 : 0;
}

uint64_t anysock_port_now_ns(void) {
    return fake.now_ns;
}

uint32_t anysock_port_interface_index(const char *name) {
    return strcmp(name, "eth7") == 0 ? 7 : 0;
}

bool anysock_port_interface_name(uint32_t index, char *name) {
    if (index == 7)
        memcpy(name, "eth7", 5);
    return index == 7;
}

/* The loopback interface is number 1; eth7 and its neighbour have the same link-local address. */
int anysock_port_each_address(anysock_address_visitor *visit, void *context) {
    static const struct {
        const char *text;
        uint32_t index;
    } rows[] = {{"127.0.0.1", 1}, {"::1", 1}, {"192.0.2.7", 7}, {"fe80::7%7", 7}, {"fe80::7%8", 8}};
    if (fake_fails("each_address"))
        return -1;
    struct anysock_addr addr;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (anysock_addr_parse(rows[i].text, &addr) == ANYSOCK_OK &&
            !visit(context, &addr, rows[i].index))
            break;
    return 0;
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
    if (fake_fails("open"))
        return -1;
    *native = make(family, type);
    fake_at(*native)->kernel_nonblocking = nonblocking;
    return 0;
}

void anysock_port_close(anysock_native native) {
    fake_say(fake_at(native)->reset_on_close ? "abort" : "close");
    if (fake_at(native)->open)
        fake.sockets_alive--;
    fake_at(native)->open = false;
}

void anysock_port_reset_on_close(anysock_native native) {
    fake_at(native)->reset_on_close = true;
}

int anysock_port_describe(anysock_native native, struct anysock_port_facts *facts) {
    if (fake_fails_on("describe", native))
        return -1;
    const struct fake_socket *socket = fake_at(native);
    memset(facts, 0, sizeof *facts);
    facts->family = socket->family;
    facts->type = socket->type;
    facts->bound = socket->bound;
    facts->listening = socket->listening;
    facts->connected = socket->connected;
    facts->shut = socket->connected && socket->shut_wr;
    facts->lingers = socket->lingers;
    facts->nonblocking = fake.tells_mode ? socket->kernel_nonblocking : -1;
    return 0;
}

int anysock_port_bind_intent(anysock_native native, enum anysock_bind_intent intent, bool stream,
                             bool on) {
    (void)stream;
    if (fake_fails_on(on ? "intent" : "forget", native))
        return -1;
    fake_at(native)->intent = on ? intent : ANYSOCK_BIND_CLIENT; /* which needs nothing */
    return intent == ANYSOCK_BIND_BALANCED ? fake_deny(FAKE_EOPNOTSUPP) : 0;
}

int anysock_port_bind(anysock_native native, const struct anysock_addr *addr) {
    if (fake_fails_on("bind", native))
        return -1;
    fake_at(native)->bound = true;
    fake_at(native)->local = *addr;
    return 0;
}

int anysock_port_listen(anysock_native native, int backlog) {
    if (fake_fails_on("listen", native))
        return -1;
    if (!fake_at(native)->bound)
        return fake_deny(FAKE_EINVAL);
    fake_at(native)->listening = true;
    fake_at(native)->backlog = backlog;
    return 0;
}

int anysock_port_accept(anysock_native native, bool nonblocking, anysock_native *child,
                        struct anysock_addr *peer) {
    if (fake_fails_on("accept", native))
        return -1;
    struct fake_socket *listener = fake_at(native);
    while (listener->waiting == 0)
        if (!fake_kernel_waits(listener))
            return fake_deny(FAKE_EWOULDBLOCK);
    listener->waiting--;
    *child = make(listener->family, listener->type);
    fake_at(*child)->bound = fake_at(*child)->connected = true;
    fake_at(*child)->kernel_nonblocking = nonblocking;
    (void)anysock_addr_loopback(listener->family, 4000, &fake_at(*child)->peer);
    if (peer != NULL)
        *peer = fake_at(*child)->peer;
    return 0;
}

int anysock_port_connect(anysock_native native, const struct anysock_addr *addr) {
    struct fake_socket *socket = fake_at(native);
    if (fake_fails("connect")) {
        socket->connecting = fake_slot == FAKE_EINTR; /* goes on in the background */
        return -1;
    }
    socket->peer = *addr;
    if (socket->type == ANYSOCK_DGRAM || fake.connect_at_once) {
        socket->connected = true;
        return 0;
    }
    socket->connecting = true;
    while (socket->connecting)
        if (!fake_kernel_waits(socket))
            return fake_deny(FAKE_EWOULDBLOCK);
    return socket->connected ? 0 : fake_deny(socket->error);
}

int anysock_port_take_error(anysock_native native) {
    if (fake_fails_on("error", native))
        return -1;
    fake_slot = fake_at(native)->error;
    fake_at(native)->error = 0;
    return 0;
}

int anysock_port_shutdown_send(anysock_native native) {
    if (fake_fails_on("shutdown:wr", native))
        return -1;
    fake_at(native)->shut_wr = true;
    return 0;
}

int anysock_port_local_addr(anysock_native native, struct anysock_addr *addr) {
    if (fake_fails_on("local", native))
        return -1;
    if (!fake_at(native)->bound)
        return fake_deny(FAKE_EINVAL);
    *addr = fake_at(native)->local;
    return 0;
}

int anysock_port_peer_addr(anysock_native native, struct anysock_addr *addr) {
    if (fake_fails_on("peer", native))
        return -1;
    if (!fake_at(native)->connected)
        return fake_deny(FAKE_ENOTCONN);
    *addr = fake_at(native)->peer;
    return 0;
}

/* Of a socket that was connected, the peer is still there. */
int anysock_port_former_peer_addr(anysock_native native, enum anysock_family family,
                                  struct anysock_addr *addr) {
    int error = anysock_port_native_error();
    bool known = !fake_fails_on("former peer", native) && fake_at(native)->connected;
    anysock_port_set_native_error(error);
    if (!known || anysock_addr_family(&fake_at(native)->peer) != family)
        return -1;
    *addr = fake_at(native)->peer;
    return 0;
}

int anysock_port_set_blocking(anysock_native native, bool blocking) {
    if (fake_fails_on(blocking ? "blocking" : "nonblocking", native))
        return -1;
    if (blocking && fake_at(native)->selected)
        return fake_deny(FAKE_EINVAL);
    fake_at(native)->kernel_nonblocking = !blocking;
    return 0;
}

/* ------------------------------------------------------------------------------------------- */

ptrdiff_t anysock_port_send(anysock_native native, const void *data, size_t length,
                            unsigned flags) {
    fake.flags = flags;
    if (fake_fails_on("send", native))
        return -1;
    struct fake_socket *socket = fake_at(native);
    while (socket->room == 0 && length > 0)
        if ((flags & ANYSOCK_NO_WAIT) != 0 || !fake_kernel_waits(socket))
            return fake_deny(FAKE_EWOULDBLOCK);
    size_t count = length < socket->room ? length : socket->room;
    socket->room -= count;
    for (size_t i = 0; i < count; i++, socket->sent++)
        if (socket->sent < sizeof socket->outgoing)
            socket->outgoing[socket->sent] = ((const char *)data)[i];
    return (ptrdiff_t)count;
}

ptrdiff_t anysock_port_recv(anysock_native native, void *data, size_t capacity, unsigned flags) {
    fake.flags = flags;
    if (fake_fails_on("recv", native))
        return -1;
    struct fake_socket *socket = fake_at(native);
    while (socket->incoming == 0 && !socket->fin)
        if ((flags & ANYSOCK_NO_WAIT) != 0 || !fake_kernel_waits(socket))
            return fake_deny(FAKE_EWOULDBLOCK);
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
    if (fake_fails_on("send_to", native))
        return -1;
    fake_at(native)->bound = true;
    fake_at(native)->sent_to = *to;
    fake_skip_next_word();
    return anysock_port_send(native, data, length, flags);
}

/* A datagram is what is incoming, and it is cut to the capacity. */
ptrdiff_t anysock_port_recv_from(anysock_native native, void *data, size_t capacity, unsigned flags,
                                 struct anysock_addr *from, unsigned *info) {
    if (fake_fails_on("recv_from", native))
        return -1;
    size_t length = fake_at(native)->incoming;
    fake_skip_next_word();
    ptrdiff_t count = anysock_port_recv(native, data, capacity, flags);
    if (count < 0)
        return -1;
    if (from != NULL)
        (void)anysock_addr_loopback(fake_at(native)->family, 4000, from);
    if (info != NULL)
        *info = length > capacity ? ANYSOCK_TRUNCATED : 0;
    if ((flags & ANYSOCK_PEEK) == 0)
        fake_at(native)->incoming = 0;
    return count;
}

/* One buffer after the other. */
ptrdiff_t anysock_port_send_vec(anysock_native native, const struct anysock_buffer *buffers,
                                size_t count, unsigned flags) {
    if (fake_fails_on("send_vec", native))
        return -1;
    ptrdiff_t total = 0;
    for (size_t i = 0; i < count; i++) {
        fake_skip_next_word();
        ptrdiff_t moved = anysock_port_send(native, buffers[i].data, buffers[i].length, flags);
        if (moved < 0)
            return total > 0 ? total : -1;
        total += moved;
    }
    return total;
}

ptrdiff_t anysock_port_recv_vec(anysock_native native, const struct anysock_buffer *buffers,
                                size_t count, unsigned flags) {
    if (fake_fails_on("recv_vec", native))
        return -1;
    ptrdiff_t total = 0;
    for (size_t i = 0; i < count && (i == 0 || fake_at(native)->incoming > 0); i++) {
        fake_skip_next_word();
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
    if (fake_fails_on("set", native))
        return -1;
    fake_at(native)->options[option] = value;
    return 0;
}

int anysock_port_get_option(anysock_native native, enum anysock_option option, bool inet6,
                            int *value) {
    (void)inet6;
    if (fake_fails_on("get", native))
        return -1;
    *value = fake_at(native)->options[option];
    return 0;
}

int anysock_port_set_keepalive(anysock_native native, bool on, unsigned idle_s,
                               unsigned interval_s) {
    if (fake_fails_on("keepalive", native))
        return -1;
    fake_at(native)->keepalive_on = on;
    fake_at(native)->keepalive_s[0] = idle_s;
    fake_at(native)->keepalive_s[1] = interval_s;
    return 0;
}

bool anysock_port_would_block(void) {
    return fake_slot == FAKE_EWOULDBLOCK;
}

int anysock_port_disconnect(anysock_native native, enum anysock_family family) {
    (void)family;
    if (fake_fails_on("disconnect", native))
        return -1;
    fake_at(native)->connected = false;
    return 0;
}

void anysock_port_report_refusals(anysock_native native, bool report) {
    fake_at(native)->reports_refusals = report;
}

void anysock_port_no_linger(anysock_native native) {
    fake_at(native)->no_linger = true;
}

int anysock_port_peer_state(anysock_native native, enum anysock_peer_state *state) {
    if (fake_fails_on("peer_state", native))
        return -1;
    *state = fake_at(native)->peer_state;
    return 0;
}

int anysock_port_bytes_readable(anysock_native native, size_t *bytes) {
    if (fake_fails_on("readable", native))
        return -1;
    *bytes = fake_at(native)->incoming;
    return 0;
}

static unsigned conditions(anysock_native native, unsigned wanted) {
    const struct fake_socket *socket = fake_at(native);
    bool stream = socket->type == ANYSOCK_STREAM;
    unsigned events = 0;
    if (!socket->open)
        return ANYSOCK_INVALID;
    if (socket->seen != 0)
        return socket->seen;
    if (socket->incoming > 0 || socket->fin || socket->waiting > 0)
        events |= ANYSOCK_READABLE;
    if (socket->fin)
        events |= ANYSOCK_PEER_CLOSED;
    if (socket->room > 0 && (socket->connected || !stream))
        events |= ANYSOCK_WRITABLE;
    if (socket->error != 0)
        events |= ANYSOCK_ERROR | (stream && socket->connected ? ANYSOCK_HANG_UP : 0u);
    if (socket->error != 0)
        return events;
    unsigned asked = (wanted & PORT_CONNECTING) != 0 ? wanted | ANYSOCK_WRITABLE : wanted;
    return events & asked;
}

/* A failed connect is reported to who asks for it only, as by Windows before 10. */
static unsigned polled(const struct anysock_port_item *item) {
    struct fake_socket *socket = fake_at(item->native);
    unsigned events = conditions(item->native, item->wanted);
    socket->asked = item->wanted;
    bool connect = socket->type == ANYSOCK_STREAM && !socket->connected;
    return connect && (item->wanted & PORT_CONNECTING) == 0 && socket->seen == 0
               ? events & ~(unsigned)ANYSOCK_ERROR
               : events;
}

int anysock_port_poll(struct anysock_port_item *items, size_t count, int timeout_ms) {
    if (fake_fails("poll"))
        return -1;
    uint64_t limit = timeout_ms < 0 ? UINT64_MAX : fake.now_ns + (uint64_t)timeout_ms * NS_PER_MS;
    for (;;) {
        int found = 0;
        for (size_t i = 0; i < count; i++) {
            items[i].events = polled(&items[i]);
            found += items[i].events != 0;
        }
        if (found > 0)
            return found;
        if (!fake_pass_time(limit)) {
            fake.stuck = fake.stuck || timeout_ms < 0;
            if (timeout_ms < 0) { /* do not hang the test */
                fake_slot = FAKE_ENETDOWN;
                return -1;
            }
            fake.now_ns = limit - fake.early_ns;
            fake.early_ns = 0;
            return 0;
        }
    }
}

int anysock_port_poll_many(struct anysock_port_item *items, size_t count, int timeout_ms) {
    return anysock_port_poll(items, count, timeout_ms);
}

/* ------------------------------------------------------------------------------------------- */

int anysock_port_event_create(struct anysock_port_event *event) {
    if (fake_fails("event"))
        return -1;
    memset(&event->waitable, 0, sizeof event->waitable);
    fake.events_alive++;
    return 0;
}

void anysock_port_event_destroy(struct anysock_port_event *event) {
    (void)event;
    fake_say("unevent");
    fake.events_alive--;
}

/* What is there already is not reported, as if it had been to an earlier selection. */
int anysock_port_event_bind(struct anysock_port_event *event, anysock_native native,
                            unsigned wanted) {
    (void)event;
    (void)wanted;
    if (fake_fails_on("select", native))
        return -1;
    if (fake_at(native)->selected)
        return fake_deny(FAKE_EINVAL);
    fake_at(native)->selected = true;
    fake_at(native)->kernel_nonblocking = true;
    return 0;
}

int anysock_port_event_unbind(struct anysock_port_event *event, anysock_native native) {
    (void)event;
    if (fake_fails_on("unselect", native))
        return -1;
    fake_at(native)->selected = false; /* the mode stays non-blocking */
    fake.signalled = false;
    return 0;
}

int anysock_port_event_renew(const struct anysock_port_event *event, anysock_native native,
                             unsigned wanted) {
    (void)event;
    (void)wanted;
    if (fake_fails_on("reselect", native))
        return -1;
    fake_at(native)->selected = true;
    return 0;
}

int anysock_port_event_take(struct anysock_port_event *event, anysock_native native,
                            unsigned *once) {
    (void)event;
    *once = 0;
    if (fake_fails_on("take", native))
        return -1;
    *once = fake_at(native)->recorded;
    fake_at(native)->recorded = 0;
    fake.signalled = false;
    return 0;
}

int anysock_port_event_signal(struct anysock_port_event *event, bool unsaid) {
    (void)event;
    if (fake_fails(unsaid ? "hold" : "alarm"))
        return -1;
    fake.signalled = true;
    return 0;
}

bool anysock_port_event_await_room(anysock_native native) {
    fake_say("room");
    return fake_at(native)->room_came;
}

int anysock_port_event_wait(const struct anysock_port_event *event, int timeout_ms) {
    (void)event;
    if (fake_fails("await"))
        return -1;
    if (fake.signalled)
        return 1;
    uint64_t limit = timeout_ms < 0 ? UINT64_MAX : fake.now_ns + (uint64_t)timeout_ms * NS_PER_MS;
    if (fake_pass_time(limit))
        return 1; /* signalled by anything that happens */
    fake.stuck = fake.stuck || timeout_ms < 0;
    if (timeout_ms >= 0)
        fake.now_ns = limit;
    return timeout_ms < 0 ? fake_deny(FAKE_ENETDOWN) : 0;
}

int anysock_port_poll_one(anysock_native native, unsigned wanted, int timeout_ms,
                          unsigned *events) {
    struct anysock_port_item item = {native, wanted, 0};
    int found = anysock_port_poll(&item, 1, timeout_ms);
    *events = item.events;
    return found;
}

/* There is one thread, which never waits at a gate. Happenings are other threads' doing: one that
 * has to wait goes on at once, and what it waits for must come later. */
int anysock_port_gate_open(struct anysock_port_gate *gate) {
    gate->storage[0] = 0;
    return fake_fails("gate") ? -1 : 0;
}

void anysock_port_gate_close(struct anysock_port_gate *gate) {
    (void)gate;
    fake_say("ungate");
}

void anysock_port_gate_wait(struct anysock_port_gate *gate) {
    (void)gate;
    if (fake.happens)
        fake.awaited++;
    else
        fake.stuck = true;
}

void anysock_port_gate_let_one(struct anysock_port_gate *gate) {
    if (fake.awaited > 0)
        fake.awaited--;
    else
        gate->storage[0]++;
}

/* A waker is a socket that can be read while it is signalled. */
int anysock_port_waker_open(struct anysock_port_waker *waker) {
    if (fake_fails("waker"))
        return -1;
    fake_skip_next_word();
    int result = anysock_port_open(ANYSOCK_INET, ANYSOCK_DGRAM, true, &waker->readable);
    waker->other = waker->readable;
    return result;
}

void anysock_port_waker_close(const struct anysock_port_waker *waker) {
    anysock_port_close(waker->readable);
}

void anysock_port_waker_signal(const struct anysock_port_waker *waker) {
    fake_say("signal");
    fake_at(waker->readable)->incoming = 1;
}

void anysock_port_waker_drain(const struct anysock_port_waker *waker) {
    fake_say("drain");
    fake_at(waker->readable)->incoming = 0;
}

#define OWN_QUEUE anysock_poll_queue
#include "queue_tpl.h"

/* The core's half of the calls. */
static anysock_native accept_plainly(anysock_native native) {
    anysock_native child;
    return anysock_port_accept(native, false, &child, NULL) == 0 ? child : (anysock_native)-1;
}
#include "accept_tpl.h"
enum { SYSTEM_REFUSES = 0 };
#define receive anysock_port_recv
#define send_datagram anysock_port_send_to
#define receive_datagram(native, data, capacity, flags, from)                                      \
    anysock_port_recv_from(native, data, capacity, flags, from, NULL)
#include "io_tpl.h"
#include "wait_tpl.h"
