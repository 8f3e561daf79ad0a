/*
 * How to speak with the Ancillary Function Driver. Nothing of it is documented, and nothing of it
 * has changed since Windows XP; Winsock's own select and WSAPoll speak with it in this way.
 */
#include <stdlib.h>

#include "afd.h"

#include <mswsock.h>

#define POLL 0x12024 /* IOCTL_AFD_POLL */

/* Two steps, since no compiler likes the direct way between types of functions. */
static void (*find(HMODULE library, const char *name))(void) {
    return (void (*)(void))GetProcAddress(library, name);
}

int anysock_afd_find(struct anysock_afd *afd) {
    HMODULE ntdll = GetModuleHandleW(L"ntdll.dll");
    if (ntdll == NULL)
        return -1; /* GetLastError and WSAGetLastError are one slot */
    afd->create = (afd_create)find(ntdll, "NtCreateFile");
    afd->control = (afd_control)find(ntdll, "NtDeviceIoControlFile");
    afd->to_error = (afd_to_error)find(ntdll, "RtlNtStatusToDosError");
    if (afd->create != NULL && afd->control != NULL && afd->to_error != NULL)
        return 0;
    WSASetLastError(WSAEOPNOTSUPP);
    return -1;
}

/* What follows the device's name is anybody's own. */
int anysock_afd_open(const struct anysock_afd *afd, HANDLE port, HANDLE *helper) {
    WCHAR path[] = L"\\Device\\Afd\\anysock";
    UNICODE_STRING name = {sizeof path - sizeof *path, sizeof path, path};
    OBJECT_ATTRIBUTES attributes;
    InitializeObjectAttributes(&attributes, &name, 0, NULL, NULL);
    IO_STATUS_BLOCK result;
    NTSTATUS status = afd->create(helper, SYNCHRONIZE, &attributes, &result, NULL, 0,
                                  FILE_SHARE_READ | FILE_SHARE_WRITE, FILE_OPEN, 0, NULL, 0);
    if (status != 0) {
        WSASetLastError((int)afd->to_error(status));
        return -1;
    }
    /* Nobody waits for the helper itself; and what is answered at once needs no packet. */
    if (CreateIoCompletionPort(*helper, port, 0, 0) != NULL &&
        SetFileCompletionNotificationModes(*helper, FILE_SKIP_SET_EVENT_ON_HANDLE |
                                                        FILE_SKIP_COMPLETION_PORT_ON_SUCCESS))
        return 0;
    int error = WSAGetLastError();
    (void)CloseHandle(*helper);
    WSASetLastError(error);
    return -1;
}

/* ------------------------------------------------------------------------------------------- */

static bool answers(SOCKET layer, DWORD question, SOCKET *answer) {
    DWORD length;
    return WSAIoctl(layer, question, NULL, 0, answer, sizeof *answer, &length, NULL, NULL) == 0;
}

/* The handle of the layer below. There are three questions for it, and every layer has its own
 * opinion about which one to pass on. */
static bool look_below(SOCKET layer, SOCKET *below) {
    static const DWORD questions[] = {SIO_BSP_HANDLE_POLL, SIO_BSP_HANDLE_SELECT, SIO_BSP_HANDLE};
    for (size_t i = 0; i < sizeof questions / sizeof *questions; i++)
        if (answers(layer, questions[i], below) && *below != layer)
            return true;
    return false;
}

/* More layers than anybody has; two that answer with each other would not end. */
#define LAYERS_MAX 16

int anysock_afd_base(SOCKET native, HANDLE *base) {
    SOCKET layer = native;
    for (int i = 0; i < LAYERS_MAX; i++) {
        SOCKET answer;
        if (answers(layer, SIO_BASE_HANDLE, &answer)) {
            *base = (HANDLE)answer;
            return 0;
        }
        /* Layers are told not to answer this themselves, and some do. */
        if (WSAGetLastError() == WSAENOTSOCK || !look_below(layer, &layer))
            break;
    }
    if (WSAGetLastError() != WSAENOTSOCK)
        WSASetLastError(WSAEINVALIDPROVIDER);
    return -1;
}

/* ------------------------------------------------------------------------------------------- */

NTSTATUS anysock_afd_ask(const struct anysock_afd *afd, HANDLE helper,
                         struct afd_questions *questions, IO_STATUS_BLOCK *result, void *context) {
    ULONG length = (ULONG)(offsetof(struct afd_questions, sockets) +
                           questions->count * sizeof *questions->sockets);
    questions->timeout.QuadPart = INT64_MAX;
    questions->exclusive = FALSE;
    for (ULONG i = 0; i < questions->count; i++)
        questions->sockets[i].status = 0;
    return afd->control(helper, NULL, NULL, context, result, POLL, questions, length, questions,
                        length);
}

bool anysock_afd_is_shortage(NTSTATUS status) {
    switch ((ULONG)status) {
    case 0xC0000017: /* STATUS_NO_MEMORY */
    case 0xC0000044: /* STATUS_QUOTA_EXCEEDED */
    case 0xC000009A: /* STATUS_INSUFFICIENT_RESOURCES */
        return true;
    default:
        return false;
    }
}
