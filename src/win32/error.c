/*
 * The only place that reads Winsock and Win32 codes: one table for what a number means by itself,
 * and one for what it means after a certain operation.
 */
#include "port.h"

#include "../error_types.h"

/* Some headers lack a few of the codes. */
#ifndef WSA_E_CANCELLED
#define WSA_E_CANCELLED 10111
#endif
#ifndef WSAEREFUSED
#define WSAEREFUSED 10112
#endif
#ifndef WSA_SECURE_HOST_NOT_FOUND
#define WSA_SECURE_HOST_NOT_FOUND 11032
#endif

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

/* The local stack gave the connection up; keep-alive found it dead; nobody answered. */
static const struct entry broken[] = {
    {WSAECONNABORTED, ANYSOCK_ECONNRESET}, {WSAENETRESET, ANYSOCK_ETIMEDOUT},
    {WSAENETUNREACH, ANYSOCK_ETIMEDOUT},   {WSAEHOSTUNREACH, ANYSOCK_ETIMEDOUT},
    {WSAEHOSTDOWN, ANYSOCK_ETIMEDOUT},
};

/* What a number means after an operation, if that is something else. */
static const struct exception exceptions[] = {
    {OP_CONNECT, STREAM, WSAEWOULDBLOCK, ANYSOCK_EINPROGRESS},
    /* Wine: a second attempt on a socket whose first one failed. */
    {OP_CONNECT, STREAM, WSAECONNABORTED, ANYSOCK_EBADSTATE},
    /* FIONBIO 0 while an event selection is on the socket. */
    {OP_MODE, ALL_KINDS, WSAEINVAL, ANYSOCK_EBUSY},
    /* An ICMP "port unreachable" that came for a connected datagram socket. */
    {OP_SEND, DATAGRAM, WSAECONNRESET, ANYSOCK_ECONNREFUSED},
    {OP_RECV, DATAGRAM, WSAECONNRESET, ANYSOCK_ECONNREFUSED},
    {OP_SEND, ALL_KINDS, WSAEDESTADDRREQ, ANYSOCK_ENOTCONN},
    {OP_OPTION, ALL_KINDS, WSAEOPNOTSUPP, ANYSOCK_ENOPROTOOPT},
    /* An index that no interface has. */
    {OP_OPTION, ALL_KINDS, WSAEADDRNOTAVAIL, ANYSOCK_ENODEV},
    /* No urgent byte is there. */
    {OP_RECV_OOB, STREAM, WSAEINVAL, ANYSOCK_EAGAIN},
    /* A type that the family does not have. */
    {OP_OPEN, ALL_KINDS, WSAEINVAL, ANYSOCK_ESOCKTNOSUPPORT},
    /* The connection broke in the queue; the listener is all right. */
    {OP_ACCEPT, STREAM, WSAECONNRESET, ANYSOCK_ECONNABORTED},
};

#include "../error_tpl.h"

int anysock_port_native_error(void) {
    return WSAGetLastError();
}

void anysock_port_set_native_error(int native) {
    WSASetLastError(native);
}
