/*
 * The waist of the house: what the core keeps in a socket, and what it asks of a port.
 *
 * The core (src/<name>.c) decides: arguments, state, waiting, deadlines. A port (src/posix,
 * src/win32, tests/fake) does: which call, which flag, which error number, which repair. The core
 * includes no system header; a port never looks inside struct anysock.
 */
#ifndef ANYSOCK_INTERNAL_H
#define ANYSOCK_INTERNAL_H

#include <limits.h>
#include <string.h>

#include "links.h"
#include "state.h"

/* ============================================================================================
 * The port contract
 *
 * A port function that returns int returns 0 (or a count) for success and -1 for failure, and
 * leaves the system's own number in the thread's error slot, where anysock_port_native_error()
 * finds it. anysock_port_map_error() gives it its meaning. Nothing here waits, except
 * anysock_port_poll() and its variants, anysock_port_event_wait(), and the I/O calls on a
 * descriptor that is blocking in the kernel.
 * ========================================================================================= */

/* Which operation failed: part of an error's meaning. */
enum anysock_op {
    OP_ANY,
    OP_OPEN,
    OP_ADOPT,
    OP_BIND,
    OP_LISTEN,
    OP_ACCEPT,
    OP_CONNECT,
    OP_SHUTDOWN,
    OP_NAME,
    OP_MODE,
    OP_SEND,
    OP_RECV,
    OP_RECV_OOB,
    OP_WAIT,
    OP_EVENT,
    OP_OPTION
};

/* What a system is like, where that is data and not behaviour. */
struct anysock_port_traits {
    /* The first two bytes of the native IPv4 and IPv6 socket address: the family, on the BSDs
     * preceded by the length. All that follows is laid out alike everywhere. */
    unsigned char inet_head[2];
    unsigned char inet6_head[2];
    /* One call can be told not to wait (MSG_DONTWAIT). Otherwise the descriptor must be. */
    bool has_no_wait_flag;
    /* listen() gives an unbound socket an address by itself. */
    bool listen_binds;
    /* Keep-alive times that are no options can be set otherwise, but not asked for. */
    bool has_keepalive_call;
    /* The native number for "out of memory". */
    int no_memory;
};
extern const struct anysock_port_traits anysock_port_traits;

/* The thread's error slot: errno, WSAGetLastError(). */
int anysock_port_native_error(void);
void anysock_port_set_native_error(int native);
/* Maps a native number, met by an operation on a stream or datagram socket, to an ANYSOCK_E code.
 * 0 is ANYSOCK_OK; what is not known is ANYSOCK_EUNKNOWN, never a guess. That a connection is gone
 * is ANYSOCK_ECONNRESET, ANYSOCK_ETIMEDOUT or ANYSOCK_EPIPE for who sends or receives; seldom
 * ANYSOCK_ECONNREFUSED or ANYSOCK_EPROTO, which mean something else besides. */
int anysock_port_map_error(int native, enum anysock_op op, bool stream);
/* The same for what getaddrinfo and getnameinfo return: numbers of their own, where a number may
 * mean another thing than in the error slot. Where it says that the error slot has it (EAI_SYSTEM),
 * that is mapped. */
int anysock_port_map_resolve_error(int result);
/* The symbol of a native number; null if unknown. */
const char *anysock_port_error_name(int native);

/* Makes the network usable. Idempotent and thread-safe. */
int anysock_port_startup(void);

/* Makes a socket that is not inheritable, raises no SIGPIPE, takes IPv6 only if it is INET6, and
 * whose kernel mode is as asked. */
int anysock_port_open(enum anysock_family family, enum anysock_type type, bool nonblocking,
                      anysock_native *native);
/* Closes it, whatever mode or linger it has, without waiting. Preserves the error slot. */
void anysock_port_close(anysock_native native);
/* Makes the coming close a reset. Preserves the error slot; a failure has no consequence. */
void anysock_port_reset_on_close(anysock_native native);

/* What can be asked of a foreign socket, which raises no SIGPIPE from then on. */
struct anysock_port_facts {
    enum anysock_family family;
    enum anysock_type type; /* 0: another type */
    bool bound, listening;
    bool connected;  /* or it was, and the system does not know the peer any more */
    bool shut;       /* and somebody has ended sending */
    bool lingers;    /* close would wait for unsent data */
    int nonblocking; /* 1, 0; -1 where the system does not tell */
};
int anysock_port_describe(anysock_native native, struct anysock_port_facts *facts);

/* Sets the options that the intent needs, before bind; or takes them away, after a failed one. */
int anysock_port_bind_intent(anysock_native native, enum anysock_bind_intent intent, bool stream,
                             bool on);
int anysock_port_bind(anysock_native native, const struct anysock_addr *addr);
/* backlog <= 0: the system's maximum. */
int anysock_port_listen(anysock_native native, int backlog);
/* Takes one connection. The child has the kernel mode asked for, no association with any event
 * and no inheritance by processes, whatever the listener has. peer may be null. */
int anysock_port_accept(anysock_native native, bool nonblocking, anysock_native *child,
                        struct anysock_addr *peer);
int anysock_port_connect(anysock_native native, const struct anysock_addr *addr);
/* Reads the pending error of the socket into the error slot (0 for none). Returns -1 only if the
 * question itself failed. Systems may clear it by that: ask once. */
int anysock_port_take_error(anysock_native native);
int anysock_port_shutdown_send(anysock_native native);
int anysock_port_local_addr(anysock_native native, struct anysock_addr *addr);
int anysock_port_peer_addr(anysock_native native, struct anysock_addr *addr);
/* The peer of a connection that is over, if that is another question. Preserves the error slot. */
int anysock_port_former_peer_addr(anysock_native native, enum anysock_family family,
                                  struct anysock_addr *addr);
/* The index of the interface with this name; 0 if there is none. */
uint32_t anysock_port_interface_index(const char *name);
/* The name of the interface with this index, at most ANYSOCK_INTERFACE_NAME_MAX bytes; or false. */
bool anysock_port_interface_name(uint32_t index, char *name);
/* Shows every IPv4 and IPv6 address of every interface, with the interface's index, as long as the
 * visitor returns true. */
typedef bool anysock_address_visitor(void *context, const struct anysock_addr *addr,
                                     uint32_t index);
int anysock_port_each_address(anysock_address_visitor *visit, void *context);

/* Sets the kernel mode. Maps to ANYSOCK_EBUSY if an event selection forbids "blocking". */
int anysock_port_set_blocking(anysock_native native, bool blocking);

/* One try each. The count, or -1. flags as in the API; NO_WAIT only comes if has_no_wait_flag. A
 * stream may move less than asked; from 2 GiB on it does. A datagram that is longer than the buffer
 * is received, and cut. SIGPIPE is never raised. */
ptrdiff_t anysock_port_send(anysock_native native, const void *data, size_t length, unsigned flags);
ptrdiff_t anysock_port_recv(anysock_native native, void *data, size_t capacity, unsigned flags);
ptrdiff_t anysock_port_send_to(anysock_native native, const void *data, size_t length,
                               unsigned flags, const struct anysock_addr *to);
/* from and info may be null; info receives ANYSOCK_TRUNCATED or 0. */
ptrdiff_t anysock_port_recv_from(anysock_native native, void *data, size_t capacity, unsigned flags,
                                 struct anysock_addr *from, unsigned *info);
/* At most ANYSOCK_BUFFERS_MAX buffers. */
ptrdiff_t anysock_port_send_vec(anysock_native native, const struct anysock_buffer *buffers,
                                size_t count, unsigned flags);
ptrdiff_t anysock_port_recv_vec(anysock_native native, const struct anysock_buffer *buffers,
                                size_t count, unsigned flags);
/* Whether the last failed try would have had to wait. */
bool anysock_port_would_block(void);

/* Takes the peer from a datagram socket. 0 also if it has none. */
int anysock_port_disconnect(anysock_native native, enum anysock_family family);
/* Whether a datagram socket reports that nobody is there (ICMP). Only Windows does so unasked for
 * unconnected sockets; new sockets do not. A failure has no consequence. */
void anysock_port_report_refusals(anysock_native native, bool report);
/* Makes close not wait for unsent data. Preserves the error slot. */
void anysock_port_no_linger(anysock_native native);
/* Consumes neither data nor errors. */
int anysock_port_peer_state(anysock_native native, enum anysock_peer_state *state);
int anysock_port_bytes_readable(anysock_native native, size_t *bytes);

/* One integer option, in the API's unit and range; inet6 tells the socket's family. What the system
 * does not have fails and maps to ANYSOCK_ENOPROTOOPT. */
int anysock_port_set_option(anysock_native native, enum anysock_option option, bool inet6,
                            int value);
int anysock_port_get_option(anysock_native native, enum anysock_option option, bool inet6,
                            int *value);
/* The value of ANYSOCK_OPTION_MULTICAST_INTERFACE where the system has it, but does not tell. */
#define PORT_UNTOLD (-1)
/* Only if has_keepalive_call: all three at once, times in seconds. */
int anysock_port_set_keepalive(anysock_native native, bool on, unsigned idle_s,
                               unsigned interval_s);

/* Asked besides ANYSOCK_READABLE, ANYSOCK_WRITABLE, ANYSOCK_PRIORITY and ANYSOCK_PEER_CLOSED: the
 * result of a pending connect. ANYSOCK_WRITABLE reports success, ANYSOCK_ERROR failure. */
#define PORT_CONNECTING 0x100u
/* ANYSOCK_PEER_CLOSED is asked only about streams that are connected or connect: a port may have to
 * look for it in what can be received. It may be hidden behind unread data, which are READABLE
 * then, also if only the end was asked about. */

struct anysock_port_item {
    anysock_native native;
    unsigned wanted;
    unsigned events; /* out; may hold more than wanted; ERROR, INVALID, HANG_UP come unasked, and
                        a broken connection is both ERROR and HANG_UP, if the system tells it */
};
/* Waits at most timeout_ms (-1: no limit). Returns how many items have events, 0 when the time is
 * over (perhaps a little early), -1 on failure, also for a signal (ANYSOCK_EINTR). End of stream is
 * readable. count may be 0, and is at most ANYSOCK_POLL_MAX. */
int anysock_port_poll(struct anysock_port_item *items, size_t count, int timeout_ms);
/* The same for any number; beyond ANYSOCK_POLL_MAX it allocates. */
int anysock_port_poll_many(struct anysock_port_item *items, size_t count, int timeout_ms);
/* The same for one socket that is not connecting; events may hold further bits of the system's. */
int anysock_port_poll_one(anysock_native native, unsigned wanted, int timeout_ms, unsigned *events);

/* A monotonic clock, in nanoseconds. */
uint64_t anysock_port_now_ns(void);

/* A gate at which threads wait: each opening lets one through, also one that comes later. All but
 * the first preserve the error slot; waiting cannot fail. */
struct anysock_port_gate {
    uint64_t storage[16]; /* the port's */
};
int anysock_port_gate_open(struct anysock_port_gate *gate);
void anysock_port_gate_close(struct anysock_port_gate *gate);
void anysock_port_gate_wait(struct anysock_port_gate *gate);
void anysock_port_gate_let_one(struct anysock_port_gate *gate);

/* A waker makes anysock_port_poll() return: its handle is readable from signal to drain. signal may
 * be called from signal handlers and preserves the error slot. */
struct anysock_port_waker {
    anysock_native readable, other; /* other is the port's */
};
int anysock_port_waker_open(struct anysock_port_waker *waker);
void anysock_port_waker_close(const struct anysock_port_waker *waker);
void anysock_port_waker_signal(const struct anysock_port_waker *waker);
void anysock_port_waker_drain(const struct anysock_port_waker *waker);

/* An event is a native waitable with at most one socket. The socket's kernel mode must be
 * non-blocking while bound, which the caller sees to (before bind, after unbind). The calls may
 * come from several threads at once, except the first four. */
struct anysock_port_event {
    anysock_waitable waitable;
    _Atomic intptr_t own; /* the port's; 0 at first */
};
int anysock_port_event_create(struct anysock_port_event *event);
void anysock_port_event_destroy(struct anysock_port_event *event);
/* Associates the two: what of the wanted conditions begins from now on signals the waitable; what
 * is there already need not. Maps to ANYSOCK_EBUSY (OP_MODE) if somebody else's selection is on the
 * socket, which would be lost. */
int anysock_port_event_bind(struct anysock_port_event *event, anysock_native native,
                            unsigned wanted);
/* Clears the association and the signal, in this order. */
int anysock_port_event_unbind(struct anysock_port_event *event, anysock_native native);
/* Associates them anew, where somebody else can have taken the association away. */
int anysock_port_event_renew(const struct anysock_port_event *event, anysock_native native,
                             unsigned wanted);
/* Before a look: takes the signal back, so that what begins from now on signals anew. once receives
 * what lasts and yet is told only once: ANYSOCK_READABLE for the end of the stream, and
 * ANYSOCK_ERROR for one that broke. */
int anysock_port_event_take(struct anysock_port_event *event, anysock_native native,
                            unsigned *once);
/* After a look that found a wanted condition: the waitable is signalled. unsaid: the system does
 * not report it; then the signal lasts until take or unbind in any case. */
int anysock_port_event_signal(struct anysock_port_event *event, bool unsaid);
/* After a look that found no room in a connected stream: room will signal. True if there is some by
 * now. */
bool anysock_port_event_await_room(anysock_native native);
/* 1 when signalled, 0 when the time is over, -1 on failure, also for a signal of the system. */
int anysock_port_event_wait(const struct anysock_port_event *event, int timeout_ms);

/* ============================================================================================
 * Between core files
 * ========================================================================================= */

/* Fails by our own decision: there is no native number behind it. */
static inline int refuse(int code) {
    anysock_port_set_native_error(0);
    return code;
}

/* Fails with what the port left in the error slot, which stays there. */
int anysock_fail_native(enum anysock_op op, bool stream); /* error.c */
static inline int fail_native(enum anysock_op op, bool stream) {
    return anysock_fail_native(op, stream);
}

/* address.c */

/* The layout of the two kinds of native address, the same everywhere, and checked by every port.
 * What a port or a constructor makes has the length of its family, so that the length tells it. */
enum {
    PORT_AT = 2,
    INET_HOST_AT = 4,
    INET_LENGTH = 16,
    INET6_HOST_AT = 8,
    INET6_SCOPE_AT = 24,
    INET6_LENGTH = 28
};

static inline const unsigned char *addr_bytes(const struct anysock_addr *addr) {
    return (const unsigned char *)addr->bytes_;
}

static inline enum anysock_family addr_family(const struct anysock_addr *addr) {
    if (addr->length_ == INET_LENGTH)
        return ANYSOCK_INET;
    return addr->length_ == INET6_LENGTH ? ANYSOCK_INET6 : ANYSOCK_UNSPEC;
}

/* The host of an IPv4 address: 0 for the wildcard, and for no address. */
static inline uint32_t addr_inet_host(const struct anysock_addr *addr) {
    uint32_t host;
    memcpy(&host, addr_bytes(addr) + INET_HOST_AT, sizeof host);
    return host;
}

/* Of the family of a socket in this state, with a port, and not the wildcard. The length tells the
 * families apart; an IPv6 address that begins with eight zero bytes may be the wildcard. */
static inline bool is_destination(const struct anysock_addr *to, uint32_t state) {
    const unsigned char *bytes = addr_bytes(to);
    bool inet6 = (state & ST_INET6) != 0;
    uint32_t head[2];
    memcpy(head, bytes + (inet6 ? INET6_HOST_AT : INET_HOST_AT), sizeof head);
    return to->length_ == (inet6 ? INET6_LENGTH : INET_LENGTH) &&
           (bytes[PORT_AT] | bytes[PORT_AT + 1]) != 0 && (head[0] | (inet6 ? head[1] : 0)) != 0;
}

/* Whether native bytes are an address of a family that the library knows, of the right length. */
bool anysock_addr_is_known(const struct anysock_addr *addr);
/* Makes an address of 4 or 16 bytes of host. */
void anysock_addr_fill(struct anysock_addr *addr, enum anysock_family family,
                       const unsigned char *host, uint32_t scope, uint16_t port);
/* The address to use natively: Linux takes the wildcard for the loopback address, Windows and macOS
 * refuse it, so that everybody gets the loopback address. The result is addr or loopback. */
const struct anysock_addr *anysock_addr_destination(const struct anysock_addr *addr,
                                                    struct anysock_addr *loopback);
/* Whether 16 bytes are an IPv4-mapped address. */
bool anysock_addr_is_mapped(const unsigned char host[16]);

/* ANYSOCK_OK if s is an open socket. */
static inline int check_open(const struct anysock *s) {
    if (s == NULL)
        return refuse(ANYSOCK_EFAULT);
    return (state_of(s) & ST_OPEN) != 0 ? ANYSOCK_OK : refuse(ANYSOCK_EBADF);
}

/* socket.c */

static inline void make_closed(struct anysock *s) {
    memset(s, 0, sizeof *s);
}

/* anysock_bind() for calls that do not want the other threads out. */
int anysock_bind_to(struct anysock *s, const struct anysock_addr *addr,
                    enum anysock_bind_intent intent);
/* What accept makes of a connection, with the bits of its mode. Nobody else knows it yet, so that
 * it may be written like anything else; a new connection is plain (see plain.c). Natively it has
 * the listener's keep-alive times; where these cannot be asked for, what is known of them goes with
 * them. */
static inline void make_child(struct anysock *child, anysock_native native,
                              const struct anysock *listener, uint32_t mode) {
    make_closed(child);
    child->state_ = PLAIN_STREAM | ST_BOUND | (state_of(listener) & (ST_INET6 | ST_LINGERS)) | mode;
    if (anysock_port_traits.has_keepalive_call)
        memcpy(child->kept_, listener->kept_, sizeof child->kept_);
    child->native_ = native;
    child->plain_[PLAIN_SEND] = child->plain_[PLAIN_RECV] = 1;
    child->plain_[PLAIN_WAIT] = BOTH;
}

/* The careful way of accept, beside accept_tpl.h's straight one; and the same without flags and
 * peer after a try that failed, with its failure in the error slot. */
int anysock_accept_on(struct anysock *listener, unsigned flags, struct anysock *child,
                      struct anysock_addr *peer);
int anysock_accept_again(struct anysock *listener, struct anysock *child);

/* deadline.c */

/* A point of the port's clock. */
struct anysock_deadline {
    uint64_t at_ns; /* 0: not started yet; UINT64_MAX: never */
};
#define DEADLINE_UNSET                                                                             \
    { 0 }
/* The deadline timeout_ms from now. */
struct anysock_deadline anysock_deadline_in(int timeout_ms);
/* Milliseconds left, rounded up and at most INT_MAX; 0 when over; -1 for never. */
int anysock_deadline_left(const struct anysock_deadline *deadline);

/* connect.c */

/* The kept result of a connect that failed, with its native number. The state is read once more, so
 * that what was kept before it is seen: another thread may have kept it. */
static inline int connect_failure(const struct anysock *s) {
    (void)atomic_load_explicit((const _Atomic uint32_t *)&s->state_, memory_order_acquire);
    anysock_port_set_native_error(s->connect_native_);
    return s->connect_error_;
}

/* wait.c */

/* What is known of a socket in this state without asking the system, because a call would return
 * at once. */
unsigned anysock_known_events(uint32_t state);

/* The part of what was found that the caller wants, and what comes unasked: an error makes every
 * wanted condition true. */
static inline unsigned told_of(unsigned wanted, unsigned found) {
    unsigned events = found & (wanted | ANYSOCK_ERROR | ANYSOCK_INVALID);
    return (events & ANYSOCK_ERROR) != 0 ? events | wanted : events;
}

/* The question to the port about a socket in this state. A listener is never writable: send on it
 * would not wait, but nobody waits for that, and only Linux would report it. */
static inline struct anysock_port_item ask_about(anysock_native native, uint32_t state,
                                                 unsigned wanted) {
    struct anysock_port_item item = {native, wanted, 0};
    if ((state & ST_CONNECTING) != 0)
        item.wanted |= PORT_CONNECTING;
    if ((state & ST_LISTENING) != 0)
        item.wanted &= ~(unsigned)ANYSOCK_WRITABLE;
    return item;
}

/* Looks what the system says of a socket in this state; events may hold more than wanted. */
int anysock_look(anysock_native native, uint32_t state, unsigned wanted, unsigned *events);
/* The careful way of both calls, beside wait_tpl.h's straight one. */
int anysock_wait_on(struct anysock *s, unsigned wanted, int timeout_ms, unsigned *events);
int anysock_poll_on(struct anysock_poll_item *items, size_t count, int timeout_ms, size_t *ready);

/* wait_tpl.h: between the two ways, see anysock_send_to_checked() */
int anysock_poll_checked(struct anysock_poll_item *items, size_t count, int timeout_ms,
                         size_t *ready);

/* Waits for one socket, and remembers a reset. Signals and early wake-ups are waited out. */
int anysock_await(struct anysock *s, unsigned wanted, const struct anysock_deadline *deadline,
                  unsigned *events);
/* A limit that a caller may give: ANYSOCK_FOREVER, 0 to INT_MAX - 1. */
static inline bool is_timeout(int timeout_ms) {
    return timeout_ms >= ANYSOCK_FOREVER && timeout_ms < INT_MAX;
}

/* 0 or ANYSOCK_FOREVER: there is no time to measure. */
static inline bool is_timeless(int timeout_ms) {
    return (unsigned)timeout_ms + 1 <= 1;
}

/* No datagram is longer, and a length beyond must not be cut to one that is none. */
#define DATAGRAM_MAX 65535
/* What every system can move in one call: some count in 31 bits. */
#define CALL_MAX ((size_t)1 << 30)

/* io.c: the careful way (transfer.c) of every send and receive, beside io_tpl.h's straight one */
int anysock_send_on(struct anysock *s, const void *data, size_t length, unsigned flags,
                    size_t *sent);
int anysock_recv_on(struct anysock *s, void *data, size_t capacity, unsigned flags,
                    size_t *received);
int anysock_send_to_on(struct anysock *s, const void *data, size_t length, unsigned flags,
                       const struct anysock_addr *to, size_t *sent);
int anysock_recv_from_on(struct anysock *s, void *data, size_t capacity, unsigned flags,
                         struct anysock_addr *from, unsigned *info, size_t *received);
/* The same after a try that failed. With no more arguments than the straight way has: it jumps. */
int anysock_send_again(struct anysock *s, const void *data, size_t length, size_t *sent);
int anysock_recv_again(struct anysock *s, void *data, size_t capacity, size_t *received);
int anysock_send_to_again(struct anysock *s, const void *data, size_t length,
                          const struct anysock_addr *to, size_t *sent);
int anysock_recv_from_again(struct anysock *s, void *data, size_t capacity,
                            struct anysock_addr *from, unsigned *info, size_t *received);
/* What a stream's 0 bytes mean: its end, or a reset that the system has forgotten. */
int anysock_recv_nothing(struct anysock *s, size_t *received);

/* io_tpl.h: between the two ways; functions of their own to keep what they need out of the first */
int anysock_send_to_checked(struct anysock *s, const void *data, size_t length, unsigned flags,
                            const struct anysock_addr *to, size_t *sent);
int anysock_recv_from_checked(struct anysock *s, void *data, size_t capacity, unsigned flags,
                              struct anysock_addr *from, unsigned *info, size_t *received);

/* The one place that turns "would block" into waiting. Called when a call met ANYSOCK_EAGAIN:
 * ANYSOCK_OK means try again, everything else is the caller's result. */
int anysock_block(struct anysock *s, unsigned flags, enum anysock_timeout which,
                  struct anysock_deadline *deadline);

/* mode.c: the only writer of the mode bits. See the table there. */

enum anysock_mode_input {
    MODE_WANT_NONBLOCKING, /* the caller sets the logical mode */
    MODE_WANT_BLOCKING,
    MODE_WANT_CONTROL, /* a call with a deadline, or one that must not wait, is about to be tried */
    MODE_WOULD_BLOCK,  /* a logically blocking call without deadline met "would block" */
    MODE_BINDING,      /* an event is about to be bound */
    MODE_NEED_OVER,    /* an event is unbound, or the last time-out taken away */
    MODE_RELEASING     /* the descriptor goes back to the caller */
};
/* Feeds the machine: ANYSOCK_OK or an error. */
int anysock_mode(struct anysock *s, enum anysock_mode_input input);
/* The event's association has been cleared. */
int anysock_mode_unbound(struct anysock *s);
/* The mode bits of a new socket. */
uint32_t anysock_mode_initial(bool nonblocking, bool kernel_nonblocking);
/* A call with this time-out is about to be tried: takes control of the mode if it needs it. */
int anysock_mode_prepare(struct anysock *s, unsigned flags, enum anysock_timeout which);

/* option.c */

/* One row of the table of options: what docs/options.md is made from. */
struct anysock_option_row {
    const char *name, *unit;
    enum anysock_option option;
    int min, max;
    unsigned char where; /* ON_STREAM, ON_DATAGRAM, ON_INET6_ONLY */
    bool read_only;
};
enum { ON_STREAM = 1, ON_DATAGRAM = 2, ON_BOTH = 3, ON_INET6_ONLY = 4 };
const struct anysock_option_row *anysock_option_rows(size_t *count);

#endif /* ANYSOCK_INTERNAL_H */
