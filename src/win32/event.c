/*
 * Events on Windows: a manual-reset event that WSAEventSelect signals. Winsock reports edges, and
 * each only once; the promise is level: signalled while the socket has a wanted condition. So
 * after every look the conditions themselves are asked, and the signal is set by hand.
 */
#include "port.h"

int anysock_port_event_create(anysock_waitable *waitable) {
    *waitable = WSACreateEvent();
    return *waitable == WSA_INVALID_EVENT ? -1 : 0;
}

void anysock_port_event_destroy(anysock_waitable waitable) {
    int error = WSAGetLastError();
    (void)WSACloseEvent(waitable);
    WSASetLastError(error);
}

static long network_events(unsigned wanted) {
    long events = FD_CLOSE | FD_CONNECT;
    if ((wanted & ANYSOCK_READABLE) != 0)
        events |= FD_READ | FD_ACCEPT;
    if ((wanted & ANYSOCK_WRITABLE) != 0)
        events |= FD_WRITE;
    return events;
}

/* The conditions now: WSAPoll's, and a failed connect, which only select knows everywhere. */
static int look(anysock_native native, unsigned wanted, unsigned *events) {
    struct anysock_port_item item = {native, wanted, 0};
    if (anysock_port_poll(&item, 1, 0) < 0)
        return -1;
    *events = item.events;
    if (*events != 0)
        return 0;
    item.wanted = wanted | PORT_CONNECTING;
    if (anysock_port_poll(&item, 1, 0) < 0)
        return -1;
    *events = item.events & (wanted | ANYSOCK_ERROR);
    return 0;
}

int anysock_port_event_bind(anysock_waitable waitable, anysock_native native, unsigned wanted) {
    unsigned events;
    if (WSAEventSelect(raw(native), waitable, network_events(wanted)) != 0)
        return -1;
    /* A connection that has long been there is reported as new now; data that an earlier selection
     * was told of are not reported at all: put the signal right. */
    if (anysock_port_event_which(waitable, native, wanted, &events) == 0)
        return 0;
    int error = WSAGetLastError();
    (void)anysock_port_event_unbind(waitable, native);
    WSASetLastError(error);
    return -1;
}

/* The signal last: until the selection is gone it can come again. */
int anysock_port_event_unbind(anysock_waitable waitable, anysock_native native) {
    int result = WSAEventSelect(raw(native), NULL, 0);
    int error = WSAGetLastError();
    (void)WSAResetEvent(waitable);
    WSASetLastError(error);
    return result;
}

int anysock_port_event_which(anysock_waitable waitable, anysock_native native, unsigned wanted,
                             unsigned *events) {
    /* Takes what is recorded and resets the signal in one step, so that what happens from now on
     * signals anew; only then look. */
    WSANETWORKEVENTS recorded;
    if (WSAEnumNetworkEvents(raw(native), waitable, &recorded) != 0 ||
        look(native, wanted, events) != 0)
        return -1;
    if (*events != 0)
        (void)WSASetEvent(waitable);
    return 0;
}

int anysock_port_event_wait(anysock_waitable waitable, int timeout_ms) {
    switch (WaitForSingleObject(waitable, timeout_ms >= 0 ? (DWORD)timeout_ms : INFINITE)) {
    case WAIT_OBJECT_0:
        return 1;
    case WAIT_TIMEOUT:
        return 0;
    default:
        return -1; /* GetLastError and WSAGetLastError are one slot */
    }
}
