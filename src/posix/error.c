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
