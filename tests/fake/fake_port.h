/*
 * The fake port: the port contract with Winsock's rules and without sockets. Tests of the core
 * link it in place of a real port. Time stands still unless a call waits; what is scheduled
 * happens while it waits. Every port call leaves a word in a trace, and any can be made to fail.
 */
#ifndef FAKE_PORT_H
#define FAKE_PORT_H

#include "internal.h"

/* Native numbers, as Winsock has them. */
enum {
    FAKE_EINTR = 10004,
    FAKE_EACCES = 10013,
    FAKE_EINVAL = 10022,
    FAKE_EMFILE = 10024,
    FAKE_EWOULDBLOCK = 10035,
    FAKE_EALREADY = 10037,
    FAKE_ENOTSOCK = 10038,
    FAKE_EMSGSIZE = 10040,
    FAKE_ENOPROTOOPT = 10042,
    FAKE_EOPNOTSUPP = 10045,
    FAKE_EADDRINUSE = 10048,
    FAKE_ENETDOWN = 10050,
    FAKE_ENETRESET = 10052,
    FAKE_ECONNABORTED = 10053,
    FAKE_ECONNRESET = 10054,
    FAKE_ENOBUFS = 10055,
    FAKE_EISCONN = 10056,
    FAKE_ENOTCONN = 10057,
    FAKE_ESHUTDOWN = 10058,
    FAKE_ETIMEDOUT = 10060,
    FAKE_ECONNREFUSED = 10061,
    FAKE_ESYSNOTREADY = 10091,
    FAKE_HOST_NOT_FOUND = 11001, /* of the resolver only */
    FAKE_EODD = 4242             /* a number that nobody knows */
};

/* One fake socket; tests look inside and change it at will. */
struct fake_socket {
    bool open;
    enum anysock_family family;
    enum anysock_type type;
    bool kernel_nonblocking;
    bool selected;     /* an event selection is on it, ours or a foreign one */
    unsigned recorded; /* what the selection tells once */
    bool room_came;    /* when somebody begins to await it */
    bool bound, listening, connected, connecting;
    bool shut_wr;
    bool reset_on_close;
    int backlog;
    enum anysock_bind_intent intent;
    int error;       /* SO_ERROR: why the connect failed; taken by asking */
    unsigned seen;   /* if not 0: what the system says of it, true or not */
    unsigned asked;  /* what the last poll asked about it */
    size_t incoming; /* bytes that recv can take */
    bool fin;        /* end of stream behind them */
    size_t room;     /* bytes that send can put */
    size_t received; /* bytes that recv has taken: a, b, c and so on */
    size_t sent;     /* bytes that send has put: the first of them are in outgoing */
    char outgoing[32];
    int waiting;           /* connections that accept can take */
    bool reports_refusals; /* SIO_UDP_CONNRESET */
    bool lingers;          /* somebody else has set a linger time */
    bool no_linger;
    int options[40];   /* by their numbers */
    bool keepalive_on; /* what SIO_KEEPALIVE_VALS has set */
    unsigned keepalive_s[2];
    enum anysock_peer_state peer_state; /* what a look at the peer shows */
    struct anysock_addr local, peer, sent_to;
};

struct fake {
    uint64_t now_ns;
    struct fake_socket sockets[32];
    anysock_native last;  /* the socket made last */
    bool connect_at_once; /* else a non-blocking connect is pending */
    bool tells_mode;      /* a foreign socket can be asked for its mode, as on POSIX */
    unsigned flags;       /* of the last send or recv */
    unsigned early_ns;    /* the next timer fires so much too early */
    bool stuck;           /* a call waited although nothing was to come */
    bool happens;         /* something, which another thread or the network does */
    unsigned awaited;     /* openings of gates that are still to come */
    bool signalled;       /* the event */
    unsigned events_alive;
    unsigned sockets_alive;
    char trace[2048];
};
extern struct fake fake;

/* Empties everything. For a test's set-up. */
int fake_reset(void **state);
/* Checks that nothing is left open and nothing was stuck. For a test's tear-down. */
int fake_check(void **state);

/* The words since the last call of this function or fake_reset, separated by blanks. */
const char *fake_trace(void);
/* Makes the next count calls of the port function with this word fail with the number. */
void fake_fail(const char *word, int native, int count);
/* Lets something happen to a socket after so many milliseconds. */
void fake_later(int ms, void (*what)(struct fake_socket *), const struct anysock *s);

/* Lets another thread do something to a socket in the middle of a call: right before the port does
 * what the next call with this word is for. */
void fake_meanwhile(const char *word, void (*what)(struct anysock *), struct anysock *s);

/* Asserts a code that the library decides by itself: no number, also not that of an earlier
 * failure, stands behind it. */
#define assert_refusal(code, call)                                                                 \
    do {                                                                                           \
        anysock_port_set_native_error(FAKE_EODD);                                                  \
        assert_anysock(code, call);                                                                \
        assert_int_equal(0, anysock_native_error());                                               \
    } while (0)

/* How much time has passed since fake_reset. */
int fake_elapsed_ms(void);

/* The fake socket behind s. */
struct fake_socket *fake_of(const struct anysock *s);

/* Sockets in the usual states, made through the API; the trace is emptied. */
struct anysock fake_fresh(unsigned flags);
struct anysock fake_listener(unsigned flags);
struct anysock fake_connected(unsigned flags);
struct anysock fake_connecting(void);
struct anysock fake_datagram(unsigned flags);

/* Things that happen. */
void fake_data_arrives(struct fake_socket *socket);
void fake_fin_arrives(struct fake_socket *socket);
void fake_room_appears(struct fake_socket *socket);
void fake_client_arrives(struct fake_socket *socket);
void fake_connect_succeeds(struct fake_socket *socket);
void fake_connect_fails(struct fake_socket *socket);

#endif
