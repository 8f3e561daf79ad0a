/*
 * What tests need of Windows.
 */
#include <winsock2.h>
#include <windows.h>

#include <stdlib.h>

#include "platform.h"

static DWORD WINAPI run(LPVOID argument) {
    struct thread *thread = argument;
    thread->result = thread->function(thread->argument);
    return 0;
}

void thread_start(struct thread *thread, int (*function)(void *), void *argument) {
    thread->function = function;
    thread->argument = argument;
    thread->handle = (uintptr_t)CreateThread(NULL, 0, run, thread, 0, NULL);
    if (thread->handle == 0)
        abort();
}

int thread_join(struct thread *thread) {
    (void)WaitForSingleObject((HANDLE)thread->handle, INFINITE);
    (void)CloseHandle((HANDLE)thread->handle);
    return thread->result;
}

void foreign_set_nonblocking(anysock_native native, bool nonblocking) {
    u_long value = nonblocking;
    if (ioctlsocket(native, (long)FIONBIO, &value) != 0)
        abort();
}

/* One at a time is enough for the tests. */
static WSAEVENT foreign_event;

void foreign_select(anysock_native native) {
    foreign_event = WSACreateEvent();
    if (WSAEventSelect(native, foreign_event, FD_READ | FD_CLOSE) != 0)
        abort();
}

void foreign_unselect(anysock_native native) {
    (void)WSAEventSelect(native, NULL, 0);
    (void)WSACloseEvent(foreign_event);
}

/* A message-only window needs no display. It goes with the thread. */
void foreign_async_select(anysock_native native) {
    HWND window =
        CreateWindowA("STATIC", "", 0, 0, 0, 0, 0, HWND_MESSAGE, NULL, GetModuleHandle(NULL), NULL);
    if (window == NULL || WSAAsyncSelect(native, window, WM_USER, FD_READ | FD_CLOSE) != 0)
        abort();
}

/* Windows has no way to ask. A receive with a native time-out tells: a blocking socket lets the
 * time run out, a non-blocking one does not wait. */
bool kernel_is_nonblocking(anysock_native native) {
    DWORD one_ms = 1, never = 0;
    char byte;
    (void)setsockopt(native, SOL_SOCKET, SO_RCVTIMEO, (const char *)&one_ms, sizeof one_ms);
    int result = recv(native, &byte, 1, MSG_PEEK);
    int error = WSAGetLastError();
    (void)setsockopt(native, SOL_SOCKET, SO_RCVTIMEO, (const char *)&never, sizeof never);
    if (result >= 0 || (error != WSAEWOULDBLOCK && error != WSAETIMEDOUT))
        abort();
    return error == WSAEWOULDBLOCK;
}

bool is_inheritable(anysock_native native) {
    DWORD flags = 0;
    return GetHandleInformation((HANDLE)native, &flags) && (flags & HANDLE_FLAG_INHERIT) != 0;
}

anysock_native foreign_socket(void) {
    return socket(AF_INET, SOCK_STREAM, 0);
}

void foreign_close(anysock_native native) {
    (void)closesocket(native);
}

anysock_native not_a_socket(void) {
    return (anysock_native)CreateEvent(NULL, TRUE, FALSE, NULL);
}

void close_not_a_socket(anysock_native native) {
    (void)CloseHandle((HANDLE)native);
}

bool waitable_is_signalled(anysock_waitable waitable, int timeout_ms) {
    return WaitForSingleObject(waitable, timeout_ms < 0 ? INFINITE : (DWORD)timeout_ms) ==
           WAIT_OBJECT_0;
}

unsigned open_handles(void) {
    DWORD count = 0;
    (void)GetProcessHandleCount(GetCurrentProcess(), &count);
    return count;
}

bool start_signals(void) {
    return false;
}

unsigned stop_signals(void) {
    return 0;
}

bool forbid_descriptors(void) {
    return false;
}

void allow_descriptors(void) {
}

bool is_wine(void) {
    HMODULE ntdll = GetModuleHandleA("ntdll.dll");
    return ntdll != NULL && GetProcAddress(ntdll, "wine_get_version") != NULL;
}

bool is_windows(void) {
    return true;
}
