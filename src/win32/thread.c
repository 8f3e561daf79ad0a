/*
 * What threads need of each other on Windows: a gate, and a waker.
 */
#include "port.h"

#include <limits.h>

static HANDLE *of(struct anysock_port_gate *gate) {
    return (HANDLE *)(void *)gate->storage;
}

int anysock_port_gate_open(struct anysock_port_gate *gate) {
    *of(gate) = CreateSemaphoreW(NULL, 0, LONG_MAX, NULL);
    return *of(gate) != NULL ? 0 : -1; /* GetLastError and WSAGetLastError are one slot */
}

void anysock_port_gate_close(struct anysock_port_gate *gate) {
    int error = WSAGetLastError();
    (void)CloseHandle(*of(gate));
    WSASetLastError(error);
}

void anysock_port_gate_wait(struct anysock_port_gate *gate) {
    int error = WSAGetLastError();
    (void)WaitForSingleObject(*of(gate), INFINITE);
    WSASetLastError(error);
}

void anysock_port_gate_let_one(struct anysock_port_gate *gate) {
    int error = WSAGetLastError();
    (void)ReleaseSemaphore(*of(gate), 1, NULL);
    WSASetLastError(error);
}

/* ------------------------------------------------------------------------------------------- */

/* Two datagram sockets on the loopback interface, each connected to the other, so that nobody else
 * can send to them: WSAPoll and select know nothing but sockets. */
int anysock_port_waker_open(struct anysock_port_waker *waker) {
    struct anysock_addr addr, other;
    (void)anysock_addr_loopback(ANYSOCK_INET, 0, &addr);
    if (anysock_port_open(ANYSOCK_INET, ANYSOCK_DGRAM, true, &waker->readable) != 0)
        return -1;
    if (anysock_port_open(ANYSOCK_INET, ANYSOCK_DGRAM, true, &waker->other) != 0) {
        anysock_port_close(waker->readable);
        return -1;
    }
    if (anysock_port_bind(waker->readable, &addr) == 0 &&
        anysock_port_bind(waker->other, &addr) == 0 &&
        anysock_port_local_addr(waker->readable, &addr) == 0 &&
        anysock_port_local_addr(waker->other, &other) == 0 &&
        anysock_port_connect(waker->other, &addr) == 0 &&
        anysock_port_connect(waker->readable, &other) == 0)
        return 0;
    anysock_port_waker_close(waker);
    return -1;
}

void anysock_port_waker_close(const struct anysock_port_waker *waker) {
    anysock_port_close(waker->readable);
    anysock_port_close(waker->other);
}

void anysock_port_waker_signal(const struct anysock_port_waker *waker) {
    int error = WSAGetLastError();
    (void)send(raw(waker->other), "", 1, 0); /* a full buffer is signalled already */
    WSASetLastError(error);
}

void anysock_port_waker_drain(const struct anysock_port_waker *waker) {
    char signals[8];
    while (recv(raw(waker->readable), signals, sizeof signals, 0) > 0) {
        /* There may be more. */
    }
}
