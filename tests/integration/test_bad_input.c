/*
 * Bad input: every public function with a closed socket, null pointers, wrong numbers and long
 * texts. Each row says which code that gives, what becomes of the results, and, where more than
 * one thing is wrong, which goes first. Afterwards everything still works.
 */
#include <limits.h>
#include <string.h>

#include "net.h"
#include "platform.h"

/* --- what the rows use --- */

static struct anysock closed, stream, server, listener, datagram, joined, fresh, failed;
static struct black_hole hole;
#define connecting hole.clients[BLACK_HOLE_CLIENTS - 1]
static struct anysock_event *bound, *unbound;
static struct anysock_queue *queue, *other_queue; /* the stream is in the first one */
static struct anysock_queue_event events[4];
static struct anysock_addr addr, addr6, no_addr, no_port;
static char bytes[128]; /* a native address */
static char long_text[70001], long_zone[2000];
static struct anysock_poll_item items[ANYSOCK_POLL_MAX + 1];
static const struct anysock_buffer whole[] = {{bytes, 1}};
static const struct anysock_buffer broken[] = {{bytes, 1}, {NULL, 1}};
static struct anysock_poll_item wrong_item = {NULL, ANYSOCK_ERROR, 0};
static struct anysock_poll_item second_wrong[] = {{&stream, ANYSOCK_WRITABLE, 77},
                                                  {NULL, ANYSOCK_ERROR, 77}};
static unsigned loopback; /* an interface */

/* Where the results go. */
static struct results {
    struct anysock_addr addr;
    struct anysock socket;
    struct anysock_event *event;
    struct anysock_queue *queue;
    anysock_native native;
    enum anysock_peer_state state;
    size_t count;
    uint32_t index;
    unsigned info, events;
    int value;
    char text[ANYSOCK_ADDR_TEXT_MAX];
} out, spoilt;

#define NOTHING true
#define COUNT_IS_0 (out.count == 0)
#define VALUE_IS_0 (out.value == 0)
#define VALUE_IS_FOREVER (out.value == ANYSOCK_FOREVER)
#define FIRST_IS_UNTOUCHED (out.count == 0 && second_wrong[0].events == 77)
#define EVENTS_ARE_0 (out.events == 0)
#define TEXT_IS_EMPTY (out.text[0] == '\0')
#define NO_EVENT (out.event == NULL)
#define NO_QUEUE (out.queue == NULL)
#define WRONG_MODE ((enum anysock_queue_mode)9)
#define LEVEL ANYSOCK_QUEUE_LEVEL
#define UNKNOWN (ANYSOCK_OOB << 1) /* the lowest bit that is no flag */
#define NO_SOCKET (!anysock_is_open(&out.socket))
#define PEER_IS_OPEN (out.state == ANYSOCK_PEER_OPEN)
#define NO_ADDR (anysock_addr_family(&out.addr) == ANYSOCK_UNSPEC && out.addr.length_ == 0)
#define NO_DATAGRAM (out.count == 0 && out.info == 0 && NO_ADDR)
#define NO_CHILD (NO_SOCKET && NO_ADDR)
#define UNTOUCHED (memcmp(&out, &spoilt, sizeof out) == 0)

#define TEXT (sizeof out.text)

/* --- the rows: X(function, code, what must be true afterwards, call) --- */

/* A closed socket, with everything that comes after it wrong, too. */
#define CLOSED_ROWS(X)                                                                             \
    X(anysock_release, EBADF, UNTOUCHED, (&closed, &out.native))                                   \
    X(anysock_close, EBADF, NOTHING, (&closed))                                                    \
    X(anysock_abort, EBADF, NOTHING, (&closed))                                                    \
    X(anysock_close_flush, EBADF, NOTHING, (&closed, -2))                                          \
    X(anysock_bind, EBADF, NOTHING, (&closed, &no_addr, (enum anysock_bind_intent)99))             \
    X(anysock_listen, EBADF, NOTHING, (&closed, -1))                                               \
    X(anysock_accept, EBADF, NO_CHILD, (&closed, ~0u, &out.socket, &out.addr))                     \
    X(anysock_connect, EBADF, NOTHING, (&closed, &no_addr))                                        \
    X(anysock_connect_result, EBADF, NOTHING, (&closed))                                           \
    X(anysock_disconnect, EBADF, NOTHING, (&closed))                                               \
    X(anysock_shutdown, EBADF, NOTHING, (&closed, (enum anysock_shutdown_how)99))                  \
    X(anysock_local_addr, EBADF, NO_ADDR, (&closed, &out.addr))                                    \
    X(anysock_peer_addr, EBADF, NO_ADDR, (&closed, &out.addr))                                     \
    X(anysock_set_blocking, EBADF, NOTHING, (&closed, true))                                       \
    X(anysock_set_timeout, EBADF, NOTHING, (&closed, (enum anysock_timeout)99, -2))                \
    X(anysock_get_timeout, EBADF, VALUE_IS_FOREVER,                                                \
      (&closed, (enum anysock_timeout)99, &out.value))                                             \
    X(anysock_set_option, EBADF, NOTHING, (&closed, (enum anysock_option)99, -1))                  \
    X(anysock_get_option, EBADF, VALUE_IS_0, (&closed, (enum anysock_option)99, &out.value))       \
    X(anysock_send, EBADF, COUNT_IS_0, (&closed, NULL, 1, ~0u, &out.count))                        \
    X(anysock_recv, EBADF, COUNT_IS_0, (&closed, NULL, 1, ~0u, &out.count))                        \
    X(anysock_send_all, EBADF, COUNT_IS_0, (&closed, NULL, 1, &out.count))                         \
    X(anysock_recv_all, EBADF, COUNT_IS_0, (&closed, NULL, 1, &out.count))                         \
    X(anysock_send_to, EBADF, COUNT_IS_0, (&closed, NULL, 1, ~0u, &no_addr, &out.count))           \
    X(anysock_recv_from, EBADF, NO_DATAGRAM,                                                       \
      (&closed, NULL, 1, ~0u, &out.addr, &out.info, &out.count))                                   \
    X(anysock_send_vec, EBADF, COUNT_IS_0, (&closed, broken, 65, ~0u, &out.count))                 \
    X(anysock_recv_vec, EBADF, COUNT_IS_0, (&closed, broken, 65, ~0u, &out.count))                 \
    X(anysock_peek_state, EBADF, PEER_IS_OPEN, (&closed, &out.state))                              \
    X(anysock_bytes_readable, EBADF, COUNT_IS_0, (&closed, &out.count))                            \
    X(anysock_wait, EBADF, EVENTS_ARE_0, (&closed, 0, -2, &out.events))                            \
    X(anysock_event_bind, EBADF, NOTHING, (unbound, &closed, 0))                                   \
    X(anysock_event_unbind, EBADF, NOTHING, (&closed))                                             \
    X(anysock_queue_add, EBADF, NOTHING, (queue, &closed, ~0u, WRONG_MODE, NULL))                  \
    X(anysock_queue_modify, EBADF, NOTHING, (queue, &closed, ~0u, WRONG_MODE, NULL))               \
    X(anysock_queue_remove, EBADF, NOTHING, (queue, &closed))

/* A null pointer where none is allowed, with everything else wrong, too. */
#define NULL_ROWS(X)                                                                               \
    X(anysock_addr_parse, EFAULT, UNTOUCHED, (NULL, &out.addr))                                    \
    X(anysock_addr_parse, EFAULT, NOTHING, ("rubbish", NULL))                                      \
    X(anysock_addr_format, EFAULT, TEXT_IS_EMPTY, (NULL, out.text, TEXT))                          \
    X(anysock_addr_format, EFAULT, UNTOUCHED, (NULL, out.text, 0))                                 \
    X(anysock_addr_format, EFAULT, NOTHING, (&addr, NULL, TEXT))                                   \
    X(anysock_addr_any, EFAULT, NOTHING, (ANYSOCK_UNSPEC, 1, NULL))                                \
    X(anysock_addr_loopback, EFAULT, NOTHING, (ANYSOCK_UNSPEC, 1, NULL))                           \
    X(anysock_addr_set_port, EFAULT, NOTHING, (NULL, 1))                                           \
    X(anysock_addr_from_native, EFAULT, UNTOUCHED, (NULL, 999, &out.addr))                         \
    X(anysock_addr_from_native, EFAULT, NOTHING, (bytes, 999, NULL))                               \
    X(anysock_addr_to_native, EFAULT, COUNT_IS_0, (NULL, bytes, 0, &out.count))                    \
    X(anysock_addr_to_native, EFAULT, COUNT_IS_0, (&no_addr, NULL, 0, &out.count))                 \
    X(anysock_addr_to_native, EFAULT, NOTHING, (&addr, bytes, 0, NULL))                            \
    X(anysock_interface_of, EFAULT, UNTOUCHED, (NULL, &out.index))                                 \
    X(anysock_interface_of, EFAULT, NOTHING, (&no_addr, NULL))                                     \
    X(anysock_interface_name, EFAULT, NOTHING, (0, NULL, 999))                                     \
    X(anysock_open, EFAULT, NOTHING, (ANYSOCK_UNSPEC, ANYSOCK_STREAM, ~0u, NULL))                  \
    X(anysock_adopt, EFAULT, NOTHING, ((anysock_native)-1, ~0u, NULL))                             \
    X(anysock_release, EFAULT, UNTOUCHED, (NULL, &out.native))                                     \
    X(anysock_release, EFAULT, NOTHING, (&closed, NULL))                                           \
    X(anysock_close, EFAULT, NOTHING, (NULL))                                                      \
    X(anysock_abort, EFAULT, NOTHING, (NULL))                                                      \
    X(anysock_close_flush, EFAULT, NOTHING, (NULL, -2))                                            \
    X(anysock_bind, EFAULT, NOTHING, (NULL, &addr, ANYSOCK_BIND_SERVER))                           \
    X(anysock_bind, EFAULT, NOTHING, (&closed, NULL, ANYSOCK_BIND_SERVER))                         \
    X(anysock_listen, EFAULT, NOTHING, (NULL, 1))                                                  \
    X(anysock_accept, EFAULT, NO_CHILD, (NULL, ~0u, &out.socket, &out.addr))                       \
    X(anysock_accept, EFAULT, NOTHING, (&closed, ~0u, NULL, NULL))                                 \
    X(anysock_connect, EFAULT, NOTHING, (NULL, &addr))                                             \
    X(anysock_connect, EFAULT, NOTHING, (&closed, NULL))                                           \
    X(anysock_connect_result, EFAULT, NOTHING, (NULL))                                             \
    X(anysock_disconnect, EFAULT, NOTHING, (NULL))                                                 \
    X(anysock_shutdown, EFAULT, NOTHING, (NULL, ANYSOCK_SHUT_WR))                                  \
    X(anysock_local_addr, EFAULT, NO_ADDR, (NULL, &out.addr))                                      \
    X(anysock_local_addr, EFAULT, NOTHING, (&closed, NULL))                                        \
    X(anysock_peer_addr, EFAULT, NO_ADDR, (NULL, &out.addr))                                       \
    X(anysock_peer_addr, EFAULT, NOTHING, (&closed, NULL))                                         \
    X(anysock_set_blocking, EFAULT, NOTHING, (NULL, true))                                         \
    X(anysock_set_timeout, EFAULT, NOTHING, (NULL, ANYSOCK_TIMEOUT_RECV, 1))                       \
    X(anysock_get_timeout, EFAULT, VALUE_IS_FOREVER, (NULL, ANYSOCK_TIMEOUT_RECV, &out.value))     \
    X(anysock_get_timeout, EFAULT, NOTHING, (&closed, ANYSOCK_TIMEOUT_RECV, NULL))                 \
    X(anysock_set_option, EFAULT, NOTHING, (NULL, ANYSOCK_OPTION_NODELAY, 99))                     \
    X(anysock_get_option, EFAULT, VALUE_IS_0, (NULL, ANYSOCK_OPTION_NODELAY, &out.value))          \
    X(anysock_get_option, EFAULT, NOTHING, (&closed, ANYSOCK_OPTION_NODELAY, NULL))                \
    X(anysock_send, EFAULT, COUNT_IS_0, (NULL, "x", 1, ~0u, &out.count))                           \
    X(anysock_send, EFAULT, NOTHING, (&closed, "x", 1, ~0u, NULL))                                 \
    X(anysock_send, EFAULT, COUNT_IS_0, (&stream, NULL, 1, 0, &out.count))                         \
    X(anysock_send, EFAULT, COUNT_IS_0, (&fresh, NULL, 1, ~0u, &out.count))                        \
    X(anysock_recv, EFAULT, COUNT_IS_0, (NULL, bytes, 1, ~0u, &out.count))                         \
    X(anysock_recv, EFAULT, NOTHING, (&closed, bytes, 1, ~0u, NULL))                               \
    X(anysock_recv, EFAULT, COUNT_IS_0, (&stream, NULL, 1, 0, &out.count))                         \
    X(anysock_recv, EFAULT, COUNT_IS_0, (&fresh, NULL, 1, ~0u, &out.count))                        \
    X(anysock_send_all, EFAULT, COUNT_IS_0, (NULL, "x", 1, &out.count))                            \
    X(anysock_send_all, EFAULT, NOTHING, (&stream, "x", 1, NULL))                                  \
    X(anysock_send_all, EFAULT, COUNT_IS_0, (&stream, NULL, 1, &out.count))                        \
    X(anysock_recv_all, EFAULT, COUNT_IS_0, (NULL, bytes, 1, &out.count))                          \
    X(anysock_recv_all, EFAULT, NOTHING, (&stream, bytes, 1, NULL))                                \
    X(anysock_recv_all, EFAULT, COUNT_IS_0, (&stream, NULL, 1, &out.count))                        \
    X(anysock_send_to, EFAULT, COUNT_IS_0, (NULL, "x", 1, ~0u, &addr, &out.count))                 \
    X(anysock_send_to, EFAULT, NOTHING, (&closed, "x", 1, ~0u, &addr, NULL))                       \
    X(anysock_send_to, EFAULT, COUNT_IS_0, (&closed, "x", 1, ~0u, NULL, &out.count))               \
    X(anysock_send_to, EFAULT, COUNT_IS_0, (&datagram, NULL, 1, 0, &addr, &out.count))             \
    X(anysock_recv_from, EFAULT, NO_DATAGRAM,                                                      \
      (NULL, bytes, 1, ~0u, &out.addr, &out.info, &out.count))                                     \
    X(anysock_recv_from, EFAULT, NO_ADDR, (&closed, bytes, 1, ~0u, &out.addr, &out.info, NULL))    \
    X(anysock_recv_from, EFAULT, NO_DATAGRAM,                                                      \
      (&datagram, NULL, 1, 0, &out.addr, &out.info, &out.count))                                   \
    X(anysock_send_vec, EFAULT, COUNT_IS_0, (NULL, broken, 65, ~0u, &out.count))                   \
    X(anysock_send_vec, EFAULT, NOTHING, (&closed, broken, 65, ~0u, NULL))                         \
    X(anysock_send_vec, EFAULT, COUNT_IS_0, (&stream, NULL, 1, ~0u, &out.count))                   \
    X(anysock_send_vec, EFAULT, COUNT_IS_0, (&stream, broken, 2, ~0u, &out.count))                 \
    X(anysock_recv_vec, EFAULT, COUNT_IS_0, (NULL, broken, 65, ~0u, &out.count))                   \
    X(anysock_recv_vec, EFAULT, NOTHING, (&closed, broken, 65, ~0u, NULL))                         \
    X(anysock_recv_vec, EFAULT, COUNT_IS_0, (&stream, NULL, 1, ~0u, &out.count))                   \
    X(anysock_recv_vec, EFAULT, COUNT_IS_0, (&stream, broken, 2, ~0u, &out.count))                 \
    X(anysock_peek_state, EFAULT, PEER_IS_OPEN, (NULL, &out.state))                                \
    X(anysock_peek_state, EFAULT, NOTHING, (&closed, NULL))                                        \
    X(anysock_bytes_readable, EFAULT, COUNT_IS_0, (NULL, &out.count))                              \
    X(anysock_bytes_readable, EFAULT, NOTHING, (&closed, NULL))                                    \
    X(anysock_wait, EFAULT, EVENTS_ARE_0, (NULL, 0, -2, &out.events))                              \
    X(anysock_wait, EFAULT, NOTHING, (&closed, 0, -2, NULL))                                       \
    X(anysock_poll, EFAULT, COUNT_IS_0, (NULL, 1, -2, &out.count))                                 \
    X(anysock_poll, EFAULT, NOTHING, (items, 1, -2, NULL))                                         \
    X(anysock_event_create, EFAULT, NOTHING, (NULL))                                               \
    X(anysock_event_bind, EFAULT, NOTHING, (NULL, &closed, 0))                                     \
    X(anysock_event_bind, EFAULT, NOTHING, (unbound, NULL, 0))                                     \
    X(anysock_event_unbind, EFAULT, NOTHING, (NULL))                                               \
    X(anysock_event_which, EFAULT, EVENTS_ARE_0, (NULL, &out.events))                              \
    X(anysock_event_which, EFAULT, NOTHING, (unbound, NULL))                                       \
    X(anysock_event_rearm, EFAULT, NOTHING, (NULL))                                                \
    X(anysock_event_wait, EFAULT, EVENTS_ARE_0, (NULL, -2, &out.events))                           \
    X(anysock_event_wait, EFAULT, NOTHING, (unbound, -2, NULL))                                    \
    X(anysock_queue_open, EFAULT, NOTHING, (~0u, NULL))                                            \
    X(anysock_queue_add, EFAULT, NOTHING, (NULL, &closed, ~0u, WRONG_MODE, NULL))                  \
    X(anysock_queue_add, EFAULT, NOTHING, (queue, NULL, ~0u, WRONG_MODE, NULL))                    \
    X(anysock_queue_modify, EFAULT, NOTHING, (NULL, &closed, ~0u, WRONG_MODE, NULL))               \
    X(anysock_queue_modify, EFAULT, NOTHING, (queue, NULL, ~0u, WRONG_MODE, NULL))                 \
    X(anysock_queue_remove, EFAULT, NOTHING, (NULL, &closed))                                      \
    X(anysock_queue_remove, EFAULT, NOTHING, (queue, NULL))                                        \
    X(anysock_queue_wait, EFAULT, COUNT_IS_0, (NULL, events, 0, -2, &out.count))                   \
    X(anysock_queue_wait, EFAULT, COUNT_IS_0, (queue, NULL, 0, -2, &out.count))                    \
    X(anysock_queue_wait, EFAULT, NOTHING, (queue, events, 0, -2, NULL))                           \
    X(anysock_queue_wake, EFAULT, NOTHING, (NULL))

/* Wrong families, sizes, texts. */
#define ADDRESS_ROWS(X)                                                                            \
    X(anysock_addr_parse, EINVAL, UNTOUCHED, ("", &out.addr))                                      \
    X(anysock_addr_parse, EINVAL, UNTOUCHED, (long_text, &out.addr))                               \
    X(anysock_addr_parse, EINVAL, UNTOUCHED, (long_zone, &out.addr))                               \
    X(anysock_addr_parse, EINVAL, UNTOUCHED, ("127.0.0.1:65536", &out.addr))                       \
    X(anysock_addr_parse, ENODEV, UNTOUCHED, ("fe80::1%no-such-if", &out.addr))                    \
    X(anysock_addr_format, ENOBUFS, TEXT_IS_EMPTY, (&addr, out.text, 11))                          \
    X(anysock_addr_format, ENOBUFS, TEXT_IS_EMPTY, (&addr, out.text, 1))                           \
    X(anysock_addr_format, ENOBUFS, UNTOUCHED, (&addr, out.text, 0))                               \
    X(anysock_addr_any, EAFNOSUPPORT, NOTHING, (ANYSOCK_UNSPEC, 1, &out.addr))                     \
    X(anysock_addr_loopback, EAFNOSUPPORT, NOTHING, ((enum anysock_family)3, 1, &out.addr))        \
    X(anysock_addr_set_port, EAFNOSUPPORT, NOTHING, (&no_addr, 1))                                 \
    X(anysock_addr_from_native, EINVAL, UNTOUCHED, (bytes, 0, &out.addr))                          \
    X(anysock_addr_from_native, EINVAL, UNTOUCHED, (bytes, 15, &out.addr))                         \
    X(anysock_addr_from_native, EINVAL, UNTOUCHED, (bytes, 121, &out.addr))                        \
    X(anysock_addr_from_native, EAFNOSUPPORT, UNTOUCHED, ("\177\177\177\177", 4, &out.addr))       \
    X(anysock_interface_of, EAFNOSUPPORT, UNTOUCHED, (&no_addr, &out.index))                       \
    X(anysock_interface_name, ENODEV, TEXT_IS_EMPTY, (0, out.text, TEXT))                          \
    X(anysock_interface_name, ENODEV, UNTOUCHED, (0, out.text, 0))                                 \
    X(anysock_interface_name, ENOBUFS, TEXT_IS_EMPTY, (loopback, out.text, 1))                     \
    X(anysock_interface_name, ENOBUFS, UNTOUCHED, (loopback, out.text, 0))                         \
    X(anysock_addr_to_native, EINVAL, COUNT_IS_0, (&no_addr, bytes, 0, &out.count))                \
    X(anysock_addr_to_native, ENOBUFS, COUNT_IS_0, (&addr, out.text, 15, &out.count))

/* Wrong numbers and states of sockets. */
#define SOCKET_ROWS(X)                                                                             \
    X(anysock_open, EAFNOSUPPORT, NO_SOCKET,                                                       \
      (ANYSOCK_UNSPEC, (enum anysock_type)9, ~0u, &out.socket))                                    \
    X(anysock_open, EAFNOSUPPORT, NO_SOCKET,                                                       \
      ((enum anysock_family)3, ANYSOCK_STREAM, 0, &out.socket))                                    \
    X(anysock_open, ESOCKTNOSUPPORT, NO_SOCKET,                                                    \
      (ANYSOCK_INET, (enum anysock_type)3, ~0u, &out.socket))                                      \
    X(anysock_open, EINVAL, NO_SOCKET, (ANYSOCK_INET, ANYSOCK_STREAM, 2, &out.socket))             \
    X(anysock_adopt, EINVAL, NO_SOCKET, ((anysock_native)-1, 2, &out.socket))                      \
    X(anysock_close_flush, EINVAL, NOTHING, (&datagram, -2))                                       \
    X(anysock_close_flush, EINVAL, NOTHING, (&datagram, INT_MAX))                                  \
    X(anysock_close_flush, EOPNOTSUPP, NOTHING, (&datagram, 0))                                    \
    X(anysock_bind, EINVAL, NOTHING, (&datagram, &no_addr, (enum anysock_bind_intent)4))           \
    X(anysock_bind, EINVAL, NOTHING, (&datagram, &no_addr, (enum anysock_bind_intent) - 1))        \
    X(anysock_bind, EAFNOSUPPORT, NOTHING, (&datagram, &addr6, ANYSOCK_BIND_CLIENT))               \
    X(anysock_bind, EAFNOSUPPORT, NOTHING, (&datagram, &no_addr, ANYSOCK_BIND_CLIENT))             \
    X(anysock_bind, EINVAL, NOTHING, (&datagram, &addr, ANYSOCK_BIND_CLIENT))                      \
    X(anysock_bind, EINVAL, NOTHING, (&stream, &addr, ANYSOCK_BIND_SHARED))                        \
    X(anysock_bind, EOPNOTSUPP, NOTHING, (&fresh, &addr, ANYSOCK_BIND_SHARED))                     \
    X(anysock_listen, EOPNOTSUPP, NOTHING, (&datagram, 1))                                         \
    X(anysock_listen, EISCONN, NOTHING, (&stream, 1))                                              \
    X(anysock_listen, EISCONN, NOTHING, (&connecting, 1))                                          \
    X(anysock_listen, EBADSTATE, NOTHING, (&failed, 1))                                            \
    X(anysock_accept, EINVAL, NO_CHILD, (&listener, 2, &out.socket, &out.addr))                    \
    X(anysock_accept, EINVAL, NO_CHILD, (&stream, 0, &out.socket, &out.addr))                      \
    X(anysock_accept, EINVAL, NO_CHILD, (&datagram, 0, &out.socket, &out.addr))                    \
    X(anysock_accept, EINVAL, NOTHING, (&listener, 0, &listener, NULL))                            \
    X(anysock_connect, EAFNOSUPPORT, NOTHING, (&stream, &addr6))                                   \
    X(anysock_connect, EAFNOSUPPORT, NOTHING, (&fresh, &no_addr))                                  \
    X(anysock_connect, EADDRNOTAVAIL, NOTHING, (&stream, &no_port))                                \
    X(anysock_connect, EISCONN, NOTHING, (&stream, &addr))                                         \
    X(anysock_connect, EINVAL, NOTHING, (&listener, &addr))                                        \
    X(anysock_connect, EALREADY, NOTHING, (&connecting, &addr))                                    \
    X(anysock_connect, EBADSTATE, NOTHING, (&failed, &addr))                                       \
    X(anysock_connect_result, ENOTCONN, NOTHING, (&fresh))                                         \
    X(anysock_disconnect, EOPNOTSUPP, NOTHING, (&stream))                                          \
    X(anysock_shutdown, EINVAL, NOTHING, (&fresh, (enum anysock_shutdown_how)0))                   \
    X(anysock_shutdown, EINVAL, NOTHING, (&stream, (enum anysock_shutdown_how)4))                  \
    X(anysock_shutdown, ENOTCONN, NOTHING, (&fresh, ANYSOCK_SHUT_WR))                              \
    X(anysock_shutdown, ENOTCONN, NOTHING, (&connecting, ANYSOCK_SHUT_WR))                         \
    X(anysock_peer_addr, ENOTCONN, NO_ADDR, (&fresh, &out.addr))                                   \
    X(anysock_set_timeout, EINVAL, NOTHING, (&stream, (enum anysock_timeout)3, 1))                 \
    X(anysock_set_timeout, EINVAL, NOTHING, (&stream, (enum anysock_timeout) - 1, 1))              \
    X(anysock_set_timeout, EINVAL, NOTHING, (&stream, ANYSOCK_TIMEOUT_RECV, -2))                   \
    X(anysock_set_timeout, EINVAL, NOTHING, (&stream, ANYSOCK_TIMEOUT_RECV, INT_MAX))              \
    X(anysock_get_timeout, EINVAL, VALUE_IS_FOREVER,                                               \
      (&stream, (enum anysock_timeout)3, &out.value))                                              \
    X(anysock_set_option, EINVAL, NOTHING, (&stream, (enum anysock_option)0, 99))                  \
    X(anysock_set_option, EINVAL, NOTHING, (&stream, (enum anysock_option)37, 99))                 \
    X(anysock_set_option, ENOPROTOOPT, NOTHING, (&datagram, ANYSOCK_OPTION_NODELAY, 99))           \
    X(anysock_set_option, ENOPROTOOPT, NOTHING, (&stream, ANYSOCK_OPTION_PATH_MTU, -9))            \
    X(anysock_set_option, EDOM, NOTHING, (&stream, ANYSOCK_OPTION_NODELAY, 2))                     \
    X(anysock_get_option, EINVAL, VALUE_IS_0, (&stream, (enum anysock_option) - 1, &out.value))    \
    X(anysock_get_option, ENOPROTOOPT, VALUE_IS_0, (&stream, ANYSOCK_OPTION_V6ONLY, &out.value))

/* Wrong flags, destinations and limits of sends, receives and waits. */
#define TRANSFER_ROWS(X)                                                                           \
    X(anysock_send, EINVAL, COUNT_IS_0, (&fresh, "x", 1, 0x8000, &out.count))                      \
    X(anysock_send, EINVAL, COUNT_IS_0, (&stream, "x", 1, UNKNOWN, &out.count))                    \
    X(anysock_send, EOPNOTSUPP, COUNT_IS_0, (&datagram, "x", 1, ANYSOCK_OOB, &out.count))          \
    X(anysock_send, ENOTCONN, COUNT_IS_0, (&fresh, "x", 1, 0, &out.count))                         \
    X(anysock_send, ENOTCONN, COUNT_IS_0, (&datagram, "x", 1, 0, &out.count))                      \
    X(anysock_recv, EINVAL, COUNT_IS_0, (&fresh, bytes, 1, ANYSOCK_MORE, &out.count))              \
    X(anysock_recv, EINVAL, COUNT_IS_0, (&stream, bytes, 1, UNKNOWN, &out.count))                  \
    X(anysock_recv, EOPNOTSUPP, COUNT_IS_0, (&datagram, bytes, 1, ANYSOCK_WAIT_ALL, &out.count))   \
    X(anysock_recv, ENOTCONN, COUNT_IS_0, (&listener, bytes, 1, 0, &out.count))                    \
    X(anysock_send_all, ENOTCONN, COUNT_IS_0, (&fresh, "x", 1, &out.count))                        \
    X(anysock_recv_all, EOPNOTSUPP, COUNT_IS_0, (&datagram, bytes, 1, &out.count))                 \
    X(anysock_recv_all, ENOTCONN, COUNT_IS_0, (&fresh, bytes, 1, &out.count))                      \
    X(anysock_send_to, EINVAL, COUNT_IS_0, (&stream, "x", 1, ANYSOCK_OOB, &no_addr, &out.count))   \
    X(anysock_send_to, EINVAL, COUNT_IS_0, (&datagram, "x", 1, UNKNOWN, &addr, &out.count))        \
    X(anysock_send_to, EOPNOTSUPP, COUNT_IS_0, (&stream, "x", 1, 0, &no_addr, &out.count))         \
    X(anysock_send_to, EAFNOSUPPORT, COUNT_IS_0, (&datagram, "x", 1, 0, &addr6, &out.count))       \
    X(anysock_send_to, EADDRNOTAVAIL, COUNT_IS_0, (&datagram, "x", 1, 0, &no_port, &out.count))    \
    X(anysock_send_to, EADDRNOTAVAIL, COUNT_IS_0, (&joined, "x", 1, 0, &no_port, &out.count))      \
    X(anysock_send_to, EISCONN, COUNT_IS_0, (&joined, "x", 1, 0, &addr, &out.count))               \
    X(anysock_send_to, EMSGSIZE, COUNT_IS_0,                                                       \
      (&datagram, long_text, sizeof long_text, 0, &addr, &out.count))                              \
    X(anysock_recv_from, EINVAL, NO_DATAGRAM,                                                      \
      (&stream, bytes, 1, ANYSOCK_WAIT_ALL, &out.addr, &out.info, &out.count))                     \
    X(anysock_recv_from, EINVAL, NO_DATAGRAM,                                                      \
      (&datagram, bytes, 1, UNKNOWN, &out.addr, &out.info, &out.count))                            \
    X(anysock_recv_from, ENOTCONN, NO_DATAGRAM,                                                    \
      (&fresh, bytes, 1, 0, &out.addr, &out.info, &out.count))                                     \
    X(anysock_send_vec, EINVAL, COUNT_IS_0, (&stream, broken, 65, 0, &out.count))                  \
    X(anysock_send_vec, EINVAL, COUNT_IS_0, (&stream, broken, 1, ANYSOCK_PEEK, &out.count))        \
    X(anysock_send_vec, EINVAL, COUNT_IS_0, (&stream, whole, 1, UNKNOWN, &out.count))              \
    X(anysock_send_vec, EINVAL, COUNT_IS_0, (&stream, whole, 1, 0x8000, &out.count))               \
    X(anysock_recv_vec, EINVAL, COUNT_IS_0, (&stream, broken, 65, 0, &out.count))                  \
    X(anysock_recv_vec, EINVAL, COUNT_IS_0, (&stream, broken, 1, ANYSOCK_WAIT_ALL, &out.count))    \
    X(anysock_recv_vec, EINVAL, COUNT_IS_0, (&stream, whole, 1, UNKNOWN, &out.count))              \
    X(anysock_recv_vec, EINVAL, COUNT_IS_0, (&stream, whole, 1, 0x8000, &out.count))               \
    X(anysock_peek_state, EOPNOTSUPP, PEER_IS_OPEN, (&datagram, &out.state))                       \
    X(anysock_peek_state, ENOTCONN, PEER_IS_OPEN, (&listener, &out.state))                         \
    X(anysock_bytes_readable, EINVAL, COUNT_IS_0, (&listener, &out.count))                         \
    X(anysock_wait, EINVAL, EVENTS_ARE_0, (&stream, 0, 0, &out.events))                            \
    X(anysock_wait, EINVAL, EVENTS_ARE_0, (&stream, ANYSOCK_ERROR, 0, &out.events))                \
    X(anysock_wait, EINVAL, EVENTS_ARE_0, (&stream, ANYSOCK_READABLE, -2, &out.events))            \
    X(anysock_wait, EINVAL, EVENTS_ARE_0, (&stream, ANYSOCK_READABLE, INT_MAX, &out.events))       \
    X(anysock_poll, EINVAL, COUNT_IS_0, (items, ANYSOCK_POLL_MAX + 1, 0, &out.count))              \
    X(anysock_poll, EINVAL, COUNT_IS_0, (items, 1, -2, &out.count))                                \
    X(anysock_poll, EINVAL, COUNT_IS_0, (items, 1, INT_MAX, &out.count))                           \
    X(anysock_poll, EINVAL, COUNT_IS_0, (&wrong_item, 1, 0, &out.count))                           \
    X(anysock_poll, EINVAL, FIRST_IS_UNTOUCHED,                                                    \
      (second_wrong, COUNT_OF(second_wrong), 0, &out.count))                                       \
    X(anysock_event_bind, EINVAL, NOTHING, (bound, &stream, 0))                                    \
    X(anysock_event_bind, EINVAL, NOTHING, (bound, &stream, ANYSOCK_ERROR))                        \
    X(anysock_event_bind, EBUSY, NOTHING, (unbound, &server, ANYSOCK_READABLE))                    \
    X(anysock_event_bind, EBUSY, NOTHING, (bound, &stream, ANYSOCK_READABLE))                      \
    X(anysock_event_which, EINVAL, EVENTS_ARE_0, (unbound, &out.events))                           \
    X(anysock_event_rearm, EINVAL, NOTHING, (unbound))                                             \
    X(anysock_event_wait, EINVAL, EVENTS_ARE_0, (unbound, 0, &out.events))                         \
    X(anysock_event_wait, EINVAL, EVENTS_ARE_0, (bound, -2, &out.events))                          \
    X(anysock_event_destroy, EBUSY, NOTHING, (bound))                                              \
    X(anysock_cleanup, ENOTINIT, NOTHING, ())

/* Wrong flags, conditions, modes, sockets and limits of queues. */
#define QUEUE_ROWS(X)                                                                              \
    X(anysock_queue_open, EINVAL, NO_QUEUE, (2, &out.queue))                                       \
    X(anysock_queue_open, EINVAL, NO_QUEUE, (ANYSOCK_QUEUE_PORTABLE | 4, &out.queue))              \
    X(anysock_queue_close, EBUSY, NOTHING, (queue))                                                \
    X(anysock_queue_add, EINVAL, NOTHING, (queue, &stream, ANYSOCK_ERROR, LEVEL, NULL))            \
    X(anysock_queue_add, EINVAL, NOTHING, (queue, &stream, ANYSOCK_HANG_UP, LEVEL, NULL))          \
    X(anysock_queue_add, EINVAL, NOTHING, (queue, &stream, 0x10000u, LEVEL, NULL))                 \
    X(anysock_queue_add, EINVAL, NOTHING, (queue, &stream, 0, WRONG_MODE, NULL))                   \
    X(anysock_queue_add, EINVAL, NOTHING,                                                          \
      (queue, &stream, 0, (enum anysock_queue_mode) - 1, NULL))                                    \
    X(anysock_queue_add, EBUSY, NOTHING, (queue, &stream, 0, LEVEL, NULL))                         \
    X(anysock_queue_add, EBUSY, NOTHING, (other_queue, &stream, 0, LEVEL, NULL))                   \
    X(anysock_queue_modify, EINVAL, NOTHING, (queue, &stream, ANYSOCK_INVALID, LEVEL, NULL))       \
    X(anysock_queue_modify, EINVAL, NOTHING, (queue, &stream, 0, WRONG_MODE, NULL))                \
    X(anysock_queue_modify, EINVAL, NOTHING, (queue, &server, 0, LEVEL, NULL))                     \
    X(anysock_queue_modify, EINVAL, NOTHING, (other_queue, &stream, 0, LEVEL, NULL))               \
    X(anysock_queue_remove, EINVAL, NOTHING, (other_queue, &stream))                               \
    X(anysock_queue_wait, EINVAL, COUNT_IS_0, (queue, events, 0, 0, &out.count))                   \
    X(anysock_queue_wait, EINVAL, COUNT_IS_0, (queue, events, 1, -2, &out.count))                  \
    X(anysock_queue_wait, EINVAL, COUNT_IS_0, (queue, events, 1, INT_MAX, &out.count))

/* What takes everything, or has no code: X(function, what must be true). */
#define ODD_ROWS(X)                                                                                \
    X(anysock_version, anysock_version()[0] != '\0')                                               \
    X(anysock_error_name, anysock_error_name(INT_MIN)[0] == 'A')                                   \
    X(anysock_error_text, anysock_error_text(INT_MAX)[0] != '\0')                                  \
    X(anysock_native_error, anysock_native_error() == 0)                                           \
    X(anysock_native_error_name, anysock_native_error_name(INT_MIN)[0] == '?')                     \
    X(anysock_error_from_native, anysock_error_from_native(INT_MIN) == ANYSOCK_EUNKNOWN)           \
    X(anysock_error_from_getaddrinfo, anysock_error_from_getaddrinfo(INT_MIN) == ANYSOCK_EUNKNOWN) \
    X(anysock_startup, anysock_startup() == ANYSOCK_OK && anysock_cleanup() == ANYSOCK_OK)         \
    X(anysock_addr_family, anysock_addr_family(NULL) == ANYSOCK_UNSPEC)                            \
    X(anysock_addr_port, anysock_addr_port(NULL) == 0 && anysock_addr_port(&no_addr) == 0)         \
    X(anysock_addr_scope, anysock_addr_scope(NULL) == 0 && anysock_addr_scope(&no_addr) == 0)      \
    X(anysock_addr_equal, !anysock_addr_equal(NULL, &addr) && !anysock_addr_equal(&addr, NULL))    \
    X(anysock_addr_hash, anysock_addr_hash(NULL) == anysock_addr_hash(&no_addr))                   \
    X(anysock_addr_is_loopback, !anysock_addr_is_loopback(NULL))                                   \
    X(anysock_addr_is_multicast, !anysock_addr_is_multicast(NULL))                                 \
    X(anysock_addr_is_link_local, !anysock_addr_is_link_local(NULL))                               \
    X(anysock_addr_is_any, !anysock_addr_is_any(NULL) && !anysock_addr_is_any(&no_addr))           \
    X(anysock_sizeof, anysock_sizeof() == sizeof(struct anysock))                                  \
    X(anysock_native_handle, anysock_native_handle(NULL) == (anysock_native)-1)                    \
    X(anysock_native_handle, anysock_native_handle(&closed) == (anysock_native)-1)                 \
    X(anysock_is_open, !anysock_is_open(NULL) && !anysock_is_open(&closed))                        \
    X(anysock_is_blocking, !anysock_is_blocking(NULL) && !anysock_is_blocking(&closed))            \
    X(anysock_event_destroy, anysock_event_destroy(NULL) == ANYSOCK_OK)                            \
    X(anysock_event_native, anysock_event_native(NULL) == (anysock_waitable)(intptr_t)-1)          \
    X(anysock_queue_close, anysock_queue_close(NULL) == ANYSOCK_OK)                                \
    X(anysock_queue_remove, anysock_queue_remove(queue, &server) == ANYSOCK_OK)                    \
    X(anysock_queue_backend, anysock_queue_backend(NULL)[0] == '\0')                               \
    X(anysock_queue_native, anysock_queue_native(NULL) == (anysock_waitable)(intptr_t)-1)

/* --- running them --- */

static void make_all(void) {
    struct anysock_addr listening;
    size_t length;
    memset(&closed, 0, sizeof closed);
    memset(long_text, '1', sizeof long_text - 1);
    memset(long_zone, 'x', sizeof long_zone - 1);
    memcpy(long_zone, "fe80::1%", 8);
    make_pair(0, 0, &stream, &server);
    make_listener(ANYSOCK_INET, 0, &listener, &listening);
    assert_anysock(ANYSOCK_OK, anysock_open(ANYSOCK_INET, ANYSOCK_STREAM, 0, &fresh));
    assert_anysock(ANYSOCK_OK, anysock_open(ANYSOCK_INET, ANYSOCK_DGRAM, 0, &datagram));
    make_black_hole(&hole);
    assert_anysock(ANYSOCK_OK, anysock_open(ANYSOCK_INET, ANYSOCK_STREAM, 0, &failed));
    assert_anysock(ANYSOCK_OK, anysock_set_timeout(&failed, ANYSOCK_TIMEOUT_CONNECT, 0));
    assert_anysock(ANYSOCK_ETIMEDOUT, anysock_connect(&failed, &hole.addr));
    assert_anysock(ANYSOCK_OK, anysock_addr_loopback(ANYSOCK_INET, 0, &no_port));
    assert_anysock(ANYSOCK_OK, anysock_bind(&datagram, &no_port, ANYSOCK_BIND_SERVER));
    assert_anysock(ANYSOCK_OK, anysock_local_addr(&datagram, &addr));
    assert_anysock(ANYSOCK_OK, anysock_open(ANYSOCK_INET, ANYSOCK_DGRAM, 0, &joined));
    assert_anysock(ANYSOCK_OK, anysock_connect(&joined, &addr));
    assert_anysock(ANYSOCK_OK, anysock_addr_loopback(ANYSOCK_INET6, 9, &addr6));
    loopback = loopback_interface();
    assert_anysock(ANYSOCK_OK, anysock_addr_to_native(&addr, bytes, sizeof bytes, &length));
    assert_anysock(ANYSOCK_OK, anysock_event_create(&bound));
    assert_anysock(ANYSOCK_OK, anysock_event_create(&unbound));
    assert_anysock(ANYSOCK_OK, anysock_event_bind(bound, &server, ANYSOCK_READABLE));
    assert_anysock(ANYSOCK_OK, anysock_queue_open(0, &queue));
    assert_anysock(ANYSOCK_OK, anysock_queue_open(ANYSOCK_QUEUE_PORTABLE, &other_queue));
    assert_anysock(ANYSOCK_OK, anysock_queue_add(queue, &stream, ANYSOCK_WRITABLE, LEVEL, bytes));
}

/* Everything does what it is for. */
static void use_all(void) {
    struct anysock_addr listening;
    size_t count;
    unsigned found;
    assert_anysock(ANYSOCK_OK, anysock_queue_wait(queue, events, 4, PATIENCE_MS, &count));
    assert_int_equal(1, count);
    assert_int_equal(ANYSOCK_WRITABLE, events[0].events);
    assert_ptr_equal(bytes, events[0].data);
    say(&stream, "hello");
    assert_anysock(ANYSOCK_OK, anysock_event_wait(bound, PATIENCE_MS, &found));
    assert_anysock(ANYSOCK_OK, anysock_recv_all(&server, bytes, 5, &count));
    assert_memory_equal("hello", bytes, 5);
    assert_anysock(ANYSOCK_OK, anysock_send_to(&datagram, "hello", 5, 0, &addr, &count));
    assert_anysock(ANYSOCK_OK, anysock_recv(&datagram, bytes, sizeof bytes, 0, &count));
    assert_int_equal(5, count);
    assert_anysock(ANYSOCK_OK, anysock_local_addr(&listener, &listening));
    assert_anysock(ANYSOCK_OK, anysock_connect(&fresh, &listening));
    assert_anysock(ANYSOCK_OK, anysock_accept(&listener, 0, &closed, NULL));
}

static void close_all(void) {
    struct anysock *const all[] = {&closed, &stream,   &server, &listener,
                                   &joined, &datagram, &fresh,  &failed};
    for (size_t i = 0; i < COUNT_OF(all); i++)
        assert_anysock(ANYSOCK_OK, anysock_close(all[i]));
    close_black_hole(&hole);
    assert_anysock(ANYSOCK_OK, anysock_event_destroy(bound));
    assert_anysock(ANYSOCK_OK, anysock_event_destroy(unbound));
    assert_anysock(ANYSOCK_OK, anysock_queue_close(queue));
    assert_anysock(ANYSOCK_OK, anysock_queue_close(other_queue));
}

/* Before a row: no result is by chance what it should become. */
static void spoil_results(void) {
    memset(&out, 0x55, sizeof out);
    memset(&out.socket, 0, sizeof out.socket);
    out.socket.state_ = 1; /* looks open */
    out.addr = addr6;
    spoilt = out;
}

static void check_row(const char *call, int expected, int code) {
    int native = anysock_native_error();
    if (code != expected)
        fail_msg("%s gave %s, not %s", call, anysock_error_name(code),
                 anysock_error_name(expected));
    if (native != 0)
        fail_msg("%s left the number %d", call, native);
}

#define CHECK_ROW(function, code, after, arguments)                                                \
    spoil_results();                                                                               \
    check_row(#function #arguments, ANYSOCK_##code, function arguments);                           \
    if (!(after))                                                                                  \
        fail_msg("%s left its results wrong", #function #arguments);

#define CHECK_ODD(function, truth)                                                                 \
    if (!(truth))                                                                                  \
        fail_msg("%s: not true that %s", #function, #truth);

#define TEST_OF(name, rows, check)                                                                 \
    static void name(void **state) {                                                               \
        (void)state;                                                                               \
        make_all();                                                                                \
        rows(check) use_all();                                                                     \
        close_all();                                                                               \
    }

TEST_OF(closed_sockets_are_refused, CLOSED_ROWS, CHECK_ROW)
TEST_OF(null_pointers_are_refused, NULL_ROWS, CHECK_ROW)
TEST_OF(wrong_addresses_are_refused, ADDRESS_ROWS, CHECK_ROW)
TEST_OF(wrong_numbers_and_states_are_refused, SOCKET_ROWS, CHECK_ROW)
TEST_OF(wrong_flags_and_limits_are_refused, TRANSFER_ROWS, CHECK_ROW)
TEST_OF(wrong_requests_to_queues_are_refused, QUEUE_ROWS, CHECK_ROW)
TEST_OF(some_calls_take_everything, ODD_ROWS, CHECK_ODD)

static void closed_socket_is_an_answer_of_poll(void **state) {
    (void)state;
    struct anysock nothing = ANYSOCK_INIT;
    struct anysock_poll_item one = {&nothing, ANYSOCK_READABLE, 0};
    size_t ready;
    assert_anysock(ANYSOCK_OK, anysock_poll(&one, 1, ANYSOCK_FOREVER, &ready));
    assert_int_equal(1, ready);
    assert_int_equal(ANYSOCK_INVALID, one.events);
}

static void handles_that_are_no_sockets_stay_the_callers(void **state) {
    (void)state;
    struct anysock s;
    anysock_native native = not_a_socket();
    assert_anysock(ANYSOCK_EBADF, anysock_adopt(native, 0, &s));
    assert_int_not_equal(0, anysock_native_error());
    assert_anysock(ANYSOCK_EBADF, anysock_adopt((anysock_native)-1, 0, &s));
    assert_false(anysock_is_open(&s));
    close_not_a_socket(native);
}

/* --- completeness --- */

/* The functions of the header, in its order; tests/house/symbols.sh compares them. */
static const char *const functions[] = {
#define NAME(name) "anysock_" #name
    NAME(version),
    NAME(error_name),
    NAME(error_text),
    NAME(native_error),
    NAME(native_error_name),
    NAME(error_from_native),
    NAME(error_from_getaddrinfo),
    NAME(startup),
    NAME(cleanup),
    NAME(addr_parse),
    NAME(addr_format),
    NAME(addr_any),
    NAME(addr_loopback),
    NAME(addr_family),
    NAME(addr_port),
    NAME(addr_set_port),
    NAME(addr_scope),
    NAME(addr_equal),
    NAME(addr_hash),
    NAME(addr_is_loopback),
    NAME(addr_is_multicast),
    NAME(addr_is_link_local),
    NAME(addr_is_any),
    NAME(addr_from_native),
    NAME(addr_to_native),
    NAME(interface_of),
    NAME(interface_name),
    NAME(sizeof),
    NAME(open),
    NAME(adopt),
    NAME(release),
    NAME(native_handle),
    NAME(is_open),
    NAME(close),
    NAME(abort),
    NAME(close_flush),
    NAME(bind),
    NAME(listen),
    NAME(accept),
    NAME(connect),
    NAME(connect_result),
    NAME(disconnect),
    NAME(shutdown),
    NAME(local_addr),
    NAME(peer_addr),
    NAME(set_blocking),
    NAME(is_blocking),
    NAME(set_timeout),
    NAME(get_timeout),
    NAME(set_option),
    NAME(get_option),
    NAME(send),
    NAME(recv),
    NAME(send_all),
    NAME(recv_all),
    NAME(send_to),
    NAME(recv_from),
    NAME(send_vec),
    NAME(recv_vec),
    NAME(peek_state),
    NAME(bytes_readable),
    NAME(wait),
    NAME(poll),
    NAME(queue_open),
    NAME(queue_close),
    NAME(queue_add),
    NAME(queue_modify),
    NAME(queue_remove),
    NAME(queue_wait),
    NAME(queue_wake),
    NAME(queue_backend),
    NAME(queue_native),
    NAME(event_create),
    NAME(event_destroy),
    NAME(event_bind),
    NAME(event_unbind),
    NAME(event_which),
    NAME(event_rearm),
    NAME(event_wait),
    NAME(event_native),
};

#define NAME_OF_ROW(function, code, after, arguments) #function,
#define NAME_OF_ODD(function, truth) #function,
static const char *const covered[] = {CLOSED_ROWS(NAME_OF_ROW) NULL_ROWS(NAME_OF_ROW)
                                          ADDRESS_ROWS(NAME_OF_ROW) SOCKET_ROWS(NAME_OF_ROW)
                                              TRANSFER_ROWS(NAME_OF_ROW) QUEUE_ROWS(NAME_OF_ROW)
                                                  ODD_ROWS(NAME_OF_ODD)};

static void every_function_has_a_row(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT_OF(functions); i++) {
        size_t row = 0;
        while (row < COUNT_OF(covered) && strcmp(covered[row], functions[i]) != 0)
            row++;
        if (row == COUNT_OF(covered))
            fail_msg("%s has no row", functions[i]);
    }
    assert_true(COUNT_OF(covered) > 200);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(closed_sockets_are_refused),
        TEST(null_pointers_are_refused),
        TEST(wrong_addresses_are_refused),
        TEST(wrong_numbers_and_states_are_refused),
        TEST(wrong_flags_and_limits_are_refused),
        TEST(wrong_requests_to_queues_are_refused),
        TEST(some_calls_take_everything),
        TEST(closed_socket_is_an_answer_of_poll),
        TEST(handles_that_are_no_sockets_stay_the_callers),
        TEST(every_function_has_a_row),
    };
    return cmocka_run_group_tests_name("bad_input", tests, NULL, NULL);
}
