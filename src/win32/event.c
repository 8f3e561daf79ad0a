/*
 * Events on Windows: a manual-reset event that WSAEventSelect signals. Winsock reports edges, and
 * each only once; after every look the core signals by hand what it has found.
 */
#include "port.h"

int anysock_port_event_create(struct anysock_port_event *event) {
    event->waitable = WSACreateEvent();
    return event->waitable == WSA_INVALID_EVENT ? -1 : 0;
}

void anysock_port_event_destroy(struct anysock_port_event *event) {
    int error = WSAGetLastError();
    (void)WSACloseEvent(event->waitable);
    WSASetLastError(error);
}

int anysock_port_event_renew(const struct anysock_port_event *event, anysock_native native,
                             unsigned wanted) {
    long events = FD_CLOSE | FD_CONNECT;
    if ((wanted & ANYSOCK_READABLE) != 0)
        events |= FD_READ | FD_ACCEPT;
    if ((wanted & ANYSOCK_WRITABLE) != 0)
        events |= FD_WRITE;
    return WSAEventSelect(raw(native), event->waitable, events);
}

/* Nobody can ask for the selection of a socket. But one that has any, WSAAsyncSelect's too, cannot
 * be made blocking; the new selection makes it non-blocking again at once. */
int anysock_port_event_bind(struct anysock_port_event *event, anysock_native native,
                            unsigned wanted) {
    if (anysock_port_set_blocking(native, true) != 0)
        return -1;
    if (anysock_port_event_renew(event, native, wanted) == 0)
        return 0;
    int error = WSAGetLastError();
    (void)anysock_port_set_blocking(native, false);
    WSASetLastError(error);
    return -1;
}

/* The signal last: until the selection is gone it can come again. */
int anysock_port_event_unbind(struct anysock_port_event *event, anysock_native native) {
    int result = WSAEventSelect(raw(native), NULL, 0);
    int error = WSAGetLastError();
    (void)WSAResetEvent(event->waitable);
    WSASetLastError(error);
    return result;
}

/* FD_CLOSE comes once for a connection, on Windows with data still unread, on Wine behind them. Its
 * error is there for a reset, on Windows; Wine 8 has none. */
int anysock_port_event_take(struct anysock_port_event *event, anysock_native native,
                            unsigned *once) {
    WSANETWORKEVENTS recorded;
    memset(&recorded, 0, sizeof recorded); /* the errors of what is not recorded are left alone */
    *once = 0;
    if (WSAEnumNetworkEvents(raw(native), event->waitable, &recorded) != 0)
        return -1;
    if ((recorded.lNetworkEvents & FD_CLOSE) != 0)
        *once = recorded.iErrorCode[FD_CLOSE_BIT] != 0 ? ANYSOCK_READABLE | ANYSOCK_ERROR
                                                       : ANYSOCK_READABLE;
    return 0;
}

int anysock_port_event_signal(struct anysock_port_event *event, bool unsaid) {
    (void)unsaid; /* nothing but take resets it */
    return WSASetEvent(event->waitable) ? 0 : -1;
}

/* FD_WRITE comes only after a send that met "would block", and who waits for room need not have met
 * it: a send that was taken as a whole may have filled the buffer. One of nothing meets it, and
 * sends nothing otherwise. */
bool anysock_port_event_await_room(anysock_native native) {
    unsigned events;
    return send(raw(native), "", 0, 0) == 0 &&
           anysock_port_poll_one(native, ANYSOCK_WRITABLE, 0, &events) > 0 &&
           (events & ANYSOCK_WRITABLE) != 0;
}

int anysock_port_event_wait(const struct anysock_port_event *event, int timeout_ms) {
    switch (WaitForSingleObject(event->waitable, timeout_ms >= 0 ? (DWORD)timeout_ms : INFINITE)) {
    case WAIT_OBJECT_0:
        return 1;
    case WAIT_TIMEOUT:
        return 0;
    default:
        return -1; /* GetLastError and WSAGetLastError are one slot */
    }
}
