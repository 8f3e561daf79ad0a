/*
 * The only place that reads errno values: one table for what a number means by itself, and one for
 * what it means after a certain operation.
 */
#include "port.h"

#include "../error_types.h"

#define IS(native, code) {native, ANYSOCK_##code},
static const struct entry entries[] = {
#include "error_list.h"
};
#undef IS

#define IS(native, code) {native, #native},
static const struct name names[] = {
#include "error_list.h"
};
#undef IS

/* The system itself gave the connection up: it was told to, or nobody answered, and then Linux says
 * what ICMP had given as the reason, once. */
static const struct entry broken[] = {
    {ECONNABORTED, ANYSOCK_ECONNRESET}, {ENETUNREACH, ANYSOCK_ETIMEDOUT},
    {EHOSTUNREACH, ANYSOCK_ETIMEDOUT},  {ENETRESET, ANYSOCK_ETIMEDOUT},
#ifdef EHOSTDOWN
    {EHOSTDOWN, ANYSOCK_ETIMEDOUT},
#endif
#ifdef ENONET
    {ENONET, ANYSOCK_ETIMEDOUT},
#endif
};

/* What a number means after an operation, if that is something else. */
static const struct exception exceptions[] = {
    /* An interrupted connect goes on in the background. */
    {OP_CONNECT, STREAM, EINTR, ANYSOCK_EINPROGRESS},
    /* Linux: a second attempt on a socket whose first one failed. */
    {OP_CONNECT, STREAM, ECONNABORTED, ANYSOCK_EBADSTATE},
    /* A datagram without destination is what Windows calls not connected. */
    {OP_SEND, ALL_KINDS, EDESTADDRREQ, ANYSOCK_ENOTCONN},
    /* What ICMP says about datagrams: nobody there speaks UDP. */
    {OP_SEND, DATAGRAM, ENOPROTOOPT, ANYSOCK_ECONNREFUSED},
    {OP_RECV, DATAGRAM, ENOPROTOOPT, ANYSOCK_ECONNREFUSED},
    {OP_SEND, DATAGRAM, ENOMEM, ANYSOCK_ENOBUFS},
    /* The zone of the address is no interface. */
    {OP_BIND, ALL_KINDS, ENODEV, ANYSOCK_EADDRNOTAVAIL},
    {OP_BIND, ALL_KINDS, ENXIO, ANYSOCK_EADDRNOTAVAIL},
    /* macOS, while a connection is being torn down. */
    {OP_SEND, STREAM, EPROTOTYPE, ANYSOCK_ECONNRESET},
    {OP_OPTION, ALL_KINDS, EOPNOTSUPP, ANYSOCK_ENOPROTOOPT},
    /* An index that no interface has. */
    {OP_OPTION, ALL_KINDS, EADDRNOTAVAIL, ANYSOCK_ENODEV},
    /* No urgent byte is there. */
    {OP_RECV_OOB, STREAM, EINVAL, ANYSOCK_EAGAIN},
    /* socket() with a type that the family does not have. */
    {OP_OPEN, ALL_KINDS, EINVAL, ANYSOCK_ESOCKTNOSUPPORT},
    /* Errors that belong to the connection in the queue and not to the listener: accept(2). */
    {OP_ACCEPT, STREAM, EPROTO, ANYSOCK_ECONNABORTED},
    {OP_ACCEPT, STREAM, EPERM, ANYSOCK_ECONNABORTED},
    {OP_ACCEPT, STREAM, ECONNRESET, ANYSOCK_ECONNABORTED},
    {OP_ACCEPT, STREAM, ENETDOWN, ANYSOCK_ECONNABORTED},
    {OP_ACCEPT, STREAM, ENOPROTOOPT, ANYSOCK_ECONNABORTED},
    {OP_ACCEPT, STREAM, EHOSTUNREACH, ANYSOCK_ECONNABORTED},
    {OP_ACCEPT, STREAM, ENETUNREACH, ANYSOCK_ECONNABORTED},
    {OP_ACCEPT, STREAM, EOPNOTSUPP, ANYSOCK_ECONNABORTED},
#ifdef EHOSTDOWN
    {OP_ACCEPT, STREAM, EHOSTDOWN, ANYSOCK_ECONNABORTED},
#endif
#ifdef ENONET
    {OP_ACCEPT, STREAM, ENONET, ANYSOCK_ECONNABORTED},
#endif
};

#include "../error_tpl.h"

int anysock_port_native_error(void) {
    return errno;
}

void anysock_port_set_native_error(int native) {
    errno = native;
}
