/*
 * The only place that reads errno values: one table for what a number means by itself, and one for
 * what it means after a certain operation.
 */
#include "port.h"

struct entry {
    int native;
    int code;
    const char *name;
};

#define IS(native, code)                                                                           \
    { native, ANYSOCK_##code, #native }

static const struct entry entries[] = {
    IS(EAGAIN, EAGAIN),
#if EWOULDBLOCK != EAGAIN
    IS(EWOULDBLOCK, EAGAIN),
#endif
    IS(EINTR, EINTR),
    IS(EINPROGRESS, EINPROGRESS),
    IS(EALREADY, EALREADY),
    IS(EISCONN, EISCONN),
    IS(ENOTCONN, ENOTCONN),
    IS(EDESTADDRREQ, EDESTADDRREQ),
    IS(ECONNREFUSED, ECONNREFUSED),
    IS(ECONNRESET, ECONNRESET),
    IS(ECONNABORTED, ECONNABORTED),
    IS(EPIPE, EPIPE),
    IS(ETIMEDOUT, ETIMEDOUT),
    IS(ENETUNREACH, ENETUNREACH),
    IS(EHOSTUNREACH, EHOSTUNREACH),
    IS(ENETDOWN, ENETDOWN),
    IS(ENETRESET, ENETRESET),
    IS(EADDRINUSE, EADDRINUSE),
    IS(EADDRNOTAVAIL, EADDRNOTAVAIL),
    IS(EACCES, EACCES),
    IS(EPERM, EACCES),
    IS(EAFNOSUPPORT, EAFNOSUPPORT),
    IS(EPROTONOSUPPORT, EPROTONOSUPPORT),
    IS(EPROTOTYPE, EPROTOTYPE),
    IS(ENOPROTOOPT, ENOPROTOOPT),
    IS(EOPNOTSUPP, EOPNOTSUPP),
#if ENOTSUP != EOPNOTSUPP
    IS(ENOTSUP, EOPNOTSUPP),
#endif
    IS(ENOSYS, ENOSYS),
    IS(EBADF, EBADF),
    IS(ENOTSOCK, EBADF),
    IS(EINVAL, EINVAL),
    IS(EFAULT, EFAULT),
    IS(EMSGSIZE, EMSGSIZE),
    IS(ENOBUFS, ENOBUFS),
    IS(ENOMEM, ENOMEM),
    IS(EMFILE, EMFILE),
    IS(ENFILE, ENFILE),
    IS(ECANCELED, ECANCELED),
    IS(ELOOP, ELOOP),
    IS(ENAMETOOLONG, ENAMETOOLONG),
    IS(ENOENT, ENOENT),
    IS(ENOTDIR, ENOENT),
    IS(ENODEV, ENODEV),
    IS(ENXIO, ENODEV),
    IS(EPROTO, EPROTO),
    IS(EDOM, EDOM),
    IS(EBUSY, EBUSY),
    IS(EIO, EIO),
#ifdef ESOCKTNOSUPPORT
    IS(ESOCKTNOSUPPORT, ESOCKTNOSUPPORT),
#endif
#ifdef EPFNOSUPPORT
    IS(EPFNOSUPPORT, EAFNOSUPPORT),
#endif
#ifdef EHOSTDOWN
    IS(EHOSTDOWN, EHOSTUNREACH),
#endif
#ifdef ENONET
    IS(ENONET, ENETUNREACH),
#endif
#ifdef ESHUTDOWN
    IS(ESHUTDOWN, EPIPE),
#endif
#ifdef ETOOMANYREFS
    IS(ETOOMANYREFS, ETOOMANYREFS),
#endif
};

/* What a number means after an operation, if that is something else. */
struct exception {
    enum anysock_op op;
    bool stream, datagram; /* the kinds of socket that it holds for */
    int native;
    int code;
};

static const struct exception exceptions[] = {
    /* An interrupted connect goes on in the background. */
    {OP_CONNECT, true, false, EINTR, ANYSOCK_EINPROGRESS},
    /* Linux: a second attempt on a socket whose first one failed. */
    {OP_CONNECT, true, false, ECONNABORTED, ANYSOCK_EBADSTATE},
    /* A datagram without destination is what Windows calls not connected. */
    {OP_SEND, true, true, EDESTADDRREQ, ANYSOCK_ENOTCONN},
    /* macOS, while a connection is being torn down. */
    {OP_SEND, true, false, EPROTOTYPE, ANYSOCK_ECONNRESET},
    {OP_OPTION, true, true, EOPNOTSUPP, ANYSOCK_ENOPROTOOPT},
    /* No urgent byte is there. */
    {OP_RECV_OOB, true, false, EINVAL, ANYSOCK_EAGAIN},
    /* socket() with a type that the family does not have. */
    {OP_OPEN, true, true, EINVAL, ANYSOCK_ESOCKTNOSUPPORT},
    /* Errors that belong to the connection in the queue and not to the listener: accept(2). */
    {OP_ACCEPT, true, false, EPROTO, ANYSOCK_ECONNABORTED},
    {OP_ACCEPT, true, false, EPERM, ANYSOCK_ECONNABORTED},
    {OP_ACCEPT, true, false, ECONNRESET, ANYSOCK_ECONNABORTED},
    {OP_ACCEPT, true, false, ENETDOWN, ANYSOCK_ECONNABORTED},
    {OP_ACCEPT, true, false, ENOPROTOOPT, ANYSOCK_ECONNABORTED},
    {OP_ACCEPT, true, false, EHOSTUNREACH, ANYSOCK_ECONNABORTED},
    {OP_ACCEPT, true, false, ENETUNREACH, ANYSOCK_ECONNABORTED},
    {OP_ACCEPT, true, false, EOPNOTSUPP, ANYSOCK_ECONNABORTED},
#ifdef EHOSTDOWN
    {OP_ACCEPT, true, false, EHOSTDOWN, ANYSOCK_ECONNABORTED},
#endif
#ifdef ENONET
    {OP_ACCEPT, true, false, ENONET, ANYSOCK_ECONNABORTED},
#endif
};

#include "../error_tpl.h"

int anysock_port_native_error(void) {
    return errno;
}

void anysock_port_set_native_error(int native) {
    errno = native;
}
