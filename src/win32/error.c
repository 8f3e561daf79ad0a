/*
 * The only place that reads Winsock and Win32 codes: one table for what a number means by itself,
 * and one for what it means after a certain operation.
 */
#include "port.h"

struct entry {
    int native;
    int code;
    const char *name;
};

#define IS(native, code)                                                                           \
    { native, ANYSOCK_##code, #native }

/* Some headers lack a few of the codes. */
#ifndef WSA_E_CANCELLED
#define WSA_E_CANCELLED 10111
#endif

static const struct entry entries[] = {
    IS(WSAEWOULDBLOCK, EAGAIN),
    IS(WSA_IO_PENDING, EINPROGRESS),
    IS(WSAEALREADY, EALREADY),
    IS(WSAEISCONN, EISCONN),
    IS(WSAENOTCONN, ENOTCONN),
    IS(WSAEDESTADDRREQ, EDESTADDRREQ),
    IS(WSAECONNREFUSED, ECONNREFUSED),
    IS(WSAECONNRESET, ECONNRESET),
    IS(WSAECONNABORTED, ECONNABORTED),
    IS(WSAESHUTDOWN, EPIPE),
    IS(WSAETIMEDOUT, ETIMEDOUT),
    IS(WSAENETUNREACH, ENETUNREACH),
    IS(WSAEHOSTUNREACH, EHOSTUNREACH),
    IS(WSAEHOSTDOWN, EHOSTUNREACH),
    IS(WSAENETDOWN, ENETDOWN),
    IS(WSAENETRESET, ENETRESET),
    IS(WSAEADDRINUSE, EADDRINUSE),
    IS(WSAEADDRNOTAVAIL, EADDRNOTAVAIL),
    IS(WSAEACCES, EACCES),
    IS(WSAEAFNOSUPPORT, EAFNOSUPPORT),
    IS(WSAEPFNOSUPPORT, EAFNOSUPPORT),
    IS(WSAEPROTONOSUPPORT, EPROTONOSUPPORT),
    IS(WSAESOCKTNOSUPPORT, ESOCKTNOSUPPORT),
    IS(WSAEPROTOTYPE, EPROTOTYPE),
    IS(WSAENOPROTOOPT, ENOPROTOOPT),
    IS(WSAEOPNOTSUPP, EOPNOTSUPP),
    IS(WSAENOTSOCK, EBADF),
    IS(WSAEBADF, EBADF),
    IS(WSA_INVALID_HANDLE, EBADF),
    IS(WSAEINVAL, EINVAL),
    IS(WSA_INVALID_PARAMETER, EINVAL),
    IS(WSAEFAULT, EFAULT),
    IS(WSAEMSGSIZE, EMSGSIZE),
    IS(WSAENOBUFS, ENOBUFS),
    IS(WSA_NOT_ENOUGH_MEMORY, ENOMEM),
    IS(WSAEMFILE, EMFILE),
    IS(ERROR_TOO_MANY_OPEN_FILES, EMFILE),
    IS(WSAEINTR, EINTR),
    IS(WSA_OPERATION_ABORTED, ECANCELED),
    IS(WSA_E_CANCELLED, ECANCELED),
    IS(WSAECANCELLED, ECANCELED),
    IS(WSAETOOMANYREFS, ETOOMANYREFS),
    IS(WSAELOOP, ELOOP),
    IS(WSAENAMETOOLONG, ENAMETOOLONG),
    IS(WSAEINPROGRESS, EBUSY), /* a Winsock 1.1 call is blocking */
    IS(WSANOTINITIALISED, ENOTINIT),
    IS(WSASYSNOTREADY, ESYSNOTREADY),
    IS(WSAVERNOTSUPPORTED, EVERSION),
    IS(WSAEINVALIDPROCTABLE, EPROVIDER),
    IS(WSAEINVALIDPROVIDER, EPROVIDER),
    IS(WSAEPROVIDERFAILEDINIT, EPROVIDER),
    IS(WSASYSCALLFAILURE, EPROVIDER),
    IS(WSASERVICE_NOT_FOUND, EPROVIDER),
    IS(WSATYPE_NOT_FOUND, EAI_SERVICE),
    IS(WSAHOST_NOT_FOUND, EAI_NONAME),
    IS(WSATRY_AGAIN, EAI_AGAIN),
    IS(WSANO_RECOVERY, EAI_FAIL),
    IS(WSANO_DATA, EAI_NODATA),
    IS(ERROR_ACCESS_DENIED, EACCES),
    IS(ERROR_NOT_SUPPORTED, EOPNOTSUPP),
    IS(ERROR_NETNAME_DELETED, ECONNRESET),
    IS(ERROR_SEM_TIMEOUT, ETIMEDOUT),
    IS(ERROR_MORE_DATA, EMSGSIZE),
    IS(ERROR_CONNECTION_REFUSED, ECONNREFUSED),
    IS(ERROR_NETWORK_UNREACHABLE, ENETUNREACH),
    IS(ERROR_HOST_UNREACHABLE, EHOSTUNREACH),
    IS(ERROR_PORT_UNREACHABLE, ECONNREFUSED),
    IS(ERROR_CONNECTION_ABORTED, ECONNABORTED),
};

/* What a number means after an operation, if that is something else. */
struct exception {
    enum anysock_op op;
    bool stream, datagram; /* the kinds of socket that it holds for */
    int native;
    int code;
};

static const struct exception exceptions[] = {
    {OP_CONNECT, true, false, WSAEWOULDBLOCK, ANYSOCK_EINPROGRESS},
    /* Wine: a second attempt on a socket whose first one failed. */
    {OP_CONNECT, true, false, WSAECONNABORTED, ANYSOCK_EBADSTATE},
    /* FIONBIO 0 while an event selection is on the socket. */
    {OP_MODE, true, true, WSAEINVAL, ANYSOCK_EBUSY},
    /* The local stack gave the connection up; keep-alive found it dead. */
    {OP_SEND, true, false, WSAECONNABORTED, ANYSOCK_ECONNRESET},
    {OP_RECV, true, false, WSAECONNABORTED, ANYSOCK_ECONNRESET},
    {OP_SEND, true, false, WSAENETRESET, ANYSOCK_ETIMEDOUT},
    {OP_RECV, true, false, WSAENETRESET, ANYSOCK_ETIMEDOUT},
    {OP_RECV_OOB, true, false, WSAECONNABORTED, ANYSOCK_ECONNRESET},
    /* An ICMP "port unreachable" that came for a connected datagram socket. */
    {OP_SEND, false, true, WSAECONNRESET, ANYSOCK_ECONNREFUSED},
    {OP_RECV, false, true, WSAECONNRESET, ANYSOCK_ECONNREFUSED},
    {OP_SEND, true, true, WSAEDESTADDRREQ, ANYSOCK_ENOTCONN},
    {OP_OPTION, true, true, WSAEOPNOTSUPP, ANYSOCK_ENOPROTOOPT},
    /* No urgent byte is there. */
    {OP_RECV_OOB, true, false, WSAEINVAL, ANYSOCK_EAGAIN},
    /* A type that the family does not have. */
    {OP_OPEN, true, true, WSAEINVAL, ANYSOCK_ESOCKTNOSUPPORT},
    /* The connection broke in the queue; the listener is all right. */
    {OP_ACCEPT, true, false, WSAECONNRESET, ANYSOCK_ECONNABORTED},
};

#include "../error_tpl.h"

int anysock_port_native_error(void) {
    return WSAGetLastError();
}

void anysock_port_set_native_error(int native) {
    WSASetLastError(native);
}
