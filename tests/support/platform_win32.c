/*
 * What tests need of Windows.
 */
#include <winsock2.h>
#include <ws2tcpip.h>
#include <windows.h>

#include <iphlpapi.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

/* Wine's Winsock has no local sockets; raw ones are for administrators. */
bool foreign_socket_of(enum foreign_kind kind, anysock_native *native) {
    bool local = kind == FOREIGN_LOCAL_STREAM;
    *native = local ? socket(AF_UNIX, SOCK_STREAM, 0) : socket(AF_INET, SOCK_RAW, IPPROTO_ICMP);
    return *native != INVALID_SOCKET;
}

void foreign_linger(anysock_native native, int seconds) {
    struct linger linger = {1, (u_short)seconds};
    if (setsockopt(native, SOL_SOCKET, SO_LINGER, (const char *)&linger, sizeof linger) != 0)
        abort();
}

unsigned loopback_interface(void) {
    DWORD index = 0;
    return GetBestInterface(htonl(INADDR_LOOPBACK), &index) == NO_ERROR ? index : 0;
}

bool foreign_tie(anysock_native native) {
    (void)native;
    return false;
}

bool is_tied(anysock_native native) {
    (void)native;
    return false;
}

void foreign_shutdown_receiving(anysock_native native) {
    if (shutdown(native, SD_RECEIVE) != 0)
        abort();
}

bool can_hijack(enum anysock_type type, const struct anysock_addr *addr) {
    SOCKADDR_STORAGE raw;
    size_t length;
    BOOL on = TRUE;
    if (anysock_addr_to_native(addr, &raw, sizeof raw, &length) != ANYSOCK_OK)
        abort();
    SOCKET made = socket(raw.ss_family, type == ANYSOCK_STREAM ? SOCK_STREAM : SOCK_DGRAM, 0);
    if (made == INVALID_SOCKET ||
        setsockopt(made, SOL_SOCKET, SO_REUSEADDR, (const char *)&on, sizeof on) != 0)
        abort();
    int result = bind(made, (struct sockaddr *)&raw, (int)length);
    (void)closesocket(made);
    return result == 0;
}

bool servers_may_bind_alike(void) {
    return false;
}

bool kernel_balances(void) {
    return false;
}

/* Windows tells receivers only; Wine's sends are those of its host. */
bool refusals_fail_sends(void) {
    return is_wine();
}

bool inet6_sockets_have_ipv4_options(void) {
    return true;
}

int option_as_told(enum anysock_option option, int value) {
    if (option == ANYSOCK_OPTION_FAST_OPEN)
        return value != 0;
    if (option != ANYSOCK_OPTION_USER_TIMEOUT)
        return value;
    if (value == 0)
        return -1;
    return value <= INT_MAX - 999 ? (value + 999) / 1000 * 1000 : INT_MAX;
}

anysock_native not_a_socket(void) {
    return (anysock_native)CreateEvent(NULL, TRUE, FALSE, NULL);
}

void close_not_a_socket(anysock_native native) {
    (void)CloseHandle((HANDLE)native);
}

bool waitable_is_inheritable(anysock_waitable waitable) {
    return is_inheritable((anysock_native)waitable);
}

/* More than any test has open; the numbers of handles are multiples of 4. */
#define HIGHEST 8192

unsigned inheritable_handles(void) {
    unsigned count = 0;
    for (anysock_native handle = 4; handle <= HIGHEST; handle += 4)
        count += is_inheritable(handle);
    return count;
}

/* What the child is told: this word, and the handles. */
#define COUNT_THESE "--count-sockets"
#define MOST 16

int count_inherited(const char *program, const anysock_native *natives, size_t count) {
    char line[1024];
    int at = snprintf(line, sizeof line, "\"%s\" " COUNT_THESE, program);
    for (size_t i = 0; i < count; i++)
        at +=
            snprintf(line + at, sizeof line - (size_t)at, " %llu", (unsigned long long)natives[i]);
    STARTUPINFOA start;
    PROCESS_INFORMATION child;
    DWORD status = 0;
    memset(&start, 0, sizeof start);
    start.cb = sizeof start;
    if (!CreateProcessA(NULL, line, NULL, NULL, TRUE, 0, NULL, NULL, &start, &child))
        return -1;
    (void)WaitForSingleObject(child.hProcess, INFINITE);
    BOOL ended = GetExitCodeProcess(child.hProcess, &status);
    (void)CloseHandle(child.hThread);
    (void)CloseHandle(child.hProcess);
    return ended && status <= MOST ? (int)status : -1;
}

/* A child's own handles have low numbers, and the same number means another object there. So the
 * parent's sockets get numbers above those of the handles that are opened here, before them. */
#define LOW_NUMBERS 200

static void take_low_numbers(void) {
    for (int i = 0; i < LOW_NUMBERS; i++)
        if (CreateEvent(NULL, TRUE, FALSE, NULL) == NULL)
            abort();
}

/* Winsock is not asked, since Wine's knows no inherited sockets (row 25): their handles are open
 * all the same, and of the type that Windows gives to pipes and sockets. */
int count_in_child(int argc, char **argv) {
    if (argc < 2 || strcmp(argv[1], COUNT_THESE) != 0) {
        take_low_numbers();
        return -1;
    }
    int found = 0;
    for (int i = 2; i < argc; i++)
        found += GetFileType((HANDLE)(uintptr_t)strtoull(argv[i], NULL, 10)) == FILE_TYPE_PIPE;
    return found;
}

bool waitable_is_signalled(anysock_waitable waitable, int timeout_ms) {
    return WaitForSingleObject(waitable, timeout_ms < 0 ? INFINITE : (DWORD)timeout_ms) ==
           WAIT_OBJECT_0;
}

void waitable_reset(anysock_waitable waitable) {
    if (!ResetEvent(waitable))
        abort();
}

char *take_zeros(uint64_t length) {
    if (length > SIZE_MAX)
        return NULL;
    char *zeros = VirtualAlloc(NULL, (SIZE_T)length, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
    if (zeros == NULL)
        abort();
    return zeros;
}

void give_zeros_back(char *zeros, uint64_t length) {
    (void)length;
    (void)VirtualFree(zeros, 0, MEM_RELEASE);
}

unsigned open_handles(void) {
    DWORD count = 0;
    (void)GetProcessHandleCount(GetCurrentProcess(), &count);
    return count;
}

bool start_signals(void) {
    return false;
}

bool start_signals_that_call(void (*function)(void)) {
    (void)function;
    return false;
}

unsigned stop_signals(void) {
    return 0;
}

void make_sigpipe_deadly(void) {
}

bool sigpipe_is_deadly(void) {
    return true;
}

bool run_unprivileged(int (*function)(void *), void *argument, int *result) {
    (void)function;
    (void)argument;
    (void)result;
    return false;
}

bool forbid_descriptors(void) {
    return false;
}

void allow_descriptors(void) {
}

/* There is no call for it, so that the headers are copied. */
const char *system_error_name(int native) {
    static const struct {
        int number;
        const char *name;
    } names[] = {
#define X(number, name) {number, #name},
#include "winsock_names.h"
#undef X
        {0, "0"},
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (names[i].number == native)
            return names[i].name;
    return NULL;
}

bool poll_sees_ends_behind_data(void) {
    return true;
}

bool foreign_silence(anysock_native native) {
    (void)native;
    return false;
}

bool former_peers_are_known(void) {
    return true;
}

static const struct resolver_name resolver_names[] = {
    {"EAI_NONAME", WSAHOST_NOT_FOUND},
    {"EAI_AGAIN", WSATRY_AGAIN},
    {"EAI_FAIL", WSANO_RECOVERY},
    {"EAI_NODATA", WSANO_DATA},
    {"EAI_SERVICE", WSATYPE_NOT_FOUND},
    {"EAI_FAMILY", WSAEAFNOSUPPORT},
    {"EAI_SOCKTYPE", WSAESOCKTNOSUPPORT},
    {"EAI_BADFLAGS", WSAEINVAL},
    {"EAI_MEMORY", WSA_NOT_ENOUGH_MEMORY},
    {"EAI_OVERFLOW", ERROR_INSUFFICIENT_BUFFER},
    {"EAI_CANCELED", 10111},
};

#include "resolver_tpl.h"

bool is_wine(void) {
    HMODULE ntdll = GetModuleHandleA("ntdll.dll");
    return ntdll != NULL && GetProcAddress(ntdll, "wine_get_version") != NULL;
}

bool is_windows(void) {
    return true;
}
