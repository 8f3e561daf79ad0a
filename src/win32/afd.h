/*
 * The Ancillary Function Driver: what Winsock's sockets are files of. It answers questions about
 * the readiness of any number of sockets, and is asked here without Winsock's detours.
 */
#ifndef ANYSOCK_WIN32_AFD_H
#define ANYSOCK_WIN32_AFD_H

#include "port.h"

#include <winternl.h>

/* What a socket can be asked for, and answers. */
enum {
    AFD_RECEIVE = 0x1,
    AFD_URGENT = 0x2,
    AFD_SEND = 0x4,
    AFD_FINISHED = 0x8, /* the peer has ended its direction */
    AFD_ABORT = 0x10,
    AFD_CLOSED = 0x20, /* closed here: comes unasked */
    AFD_ACCEPT = 0x80,
    AFD_CONNECT_FAILED = 0x100
};

/* Not among the few that the header has. */
#define AFD_CANCELLED ((NTSTATUS)0xC0000120) /* STATUS_CANCELLED */

struct afd_socket {
    HANDLE handle; /* of the base provider */
    ULONG events;
    NTSTATUS status;
};

/* A question. The answer has the sockets with events only, in the order of the question. More of
 * them in one would save few calls, and make it dearer to ask about all of them again. */
#define AFD_MANY 16
struct afd_questions {
    LARGE_INTEGER timeout;
    ULONG count, exclusive;
    struct afd_socket sockets[AFD_MANY];
};

/* The same with room for one. */
struct afd_question {
    LARGE_INTEGER timeout;
    ULONG count, exclusive;
    struct afd_socket sockets[1];
};

/* How to reach the driver: functions of ntdll, which need not be there. */
typedef NTSTATUS(NTAPI *afd_create)(PHANDLE, ACCESS_MASK, OBJECT_ATTRIBUTES *, IO_STATUS_BLOCK *,
                                    PLARGE_INTEGER, ULONG, ULONG, ULONG, ULONG, PVOID, ULONG);
typedef NTSTATUS(NTAPI *afd_control)(HANDLE, HANDLE, PIO_APC_ROUTINE, PVOID, IO_STATUS_BLOCK *,
                                     ULONG, PVOID, ULONG, PVOID, ULONG);
typedef ULONG(NTAPI *afd_to_error)(NTSTATUS);
struct anysock_afd {
    afd_create create;
    afd_control control;
    afd_to_error to_error;
};
int anysock_afd_find(struct anysock_afd *afd);

/* Opens the driver. What it does not answer at once it answers at the port. */
int anysock_afd_open(const struct anysock_afd *afd, HANDLE port, HANDLE *helper);

/* The handle that the driver knows a socket by. */
int anysock_afd_base(SOCKET native, HANDLE *base);

/* Asks, and STATUS_SUCCESS is the answer at once: there was something. STATUS_PENDING: the answer
 * comes with a packet of this context, and until then question and result are the system's. No
 * packet comes otherwise. */
NTSTATUS anysock_afd_ask(const struct anysock_afd *afd, HANDLE helper,
                         struct afd_questions *questions, IO_STATUS_BLOCK *result, void *context);
/* Whether a failure comes from a lack of memory, and not from a socket. */
bool anysock_afd_is_shortage(NTSTATUS status);

#endif /* ANYSOCK_WIN32_AFD_H */
