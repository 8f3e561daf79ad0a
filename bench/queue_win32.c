/*
 * `queue`, time, on Windows: the ways to wait for many sockets, and where these come from.
 */
#include "queue_world.h"

#include <anysock.h>
#include <stdio.h>
#include <stdlib.h>

/* Compared with the bare receiving, which is the same for all. libuv has a program of its own: both
 * watch the same idle sockets, and two that do slow each other down under Wine. */
const struct queue_library *const world_libraries[] = {
    &queue_recv,
#ifdef HAVE_UV
    &queue_uv,
#else
    &queue_anysock, &queue_poll, &queue_select, &queue_eventselect,
#endif
    NULL,
};
const size_t world_sizes[] = {60, 500, 2000, 0};
const int world_epochs = 1;
const unsigned world_epoch_ms = 3000;

/* The name of the variable that holds the inherited handle of the shared memory. */
#define SHARED "ANYSOCK_BENCH_SHARED"

bool world_is_restarted(void) {
    return getenv(SHARED) != NULL;
}

/* Also says what anysock's queues work with. */
size_t world_files(void) {
    WSADATA data;
    struct anysock_queue *queue;
    expect(WSAStartup(MAKEWORD(2, 2), &data) == 0);
    expect(anysock_queue_open(0, &queue) == ANYSOCK_OK);
    if (!world_is_restarted())
        printf("backend anysock %s\n", anysock_queue_backend(queue));
    anysock_queue_close(queue);
    return 16000;
}

static HANDLE make_shared(size_t bytes) {
    char text[sizeof SHARED + 24];
    SECURITY_ATTRIBUTES inherited = {.nLength = sizeof inherited, .bInheritHandle = TRUE};
    HANDLE mapping =
        CreateFileMappingW(INVALID_HANDLE_VALUE, &inherited, PAGE_READWRITE, 0, (DWORD)bytes, NULL);
    expect(mapping != NULL);
    snprintf(text, sizeof text, SHARED "=%llu", (unsigned long long)(uintptr_t)mapping);
    expect(_putenv(text) == 0);
    return mapping;
}

void *world_share(size_t bytes) {
    HANDLE mapping = world_is_restarted() ? (HANDLE)(uintptr_t)strtoull(getenv(SHARED), NULL, 10)
                                          : make_shared(bytes);
    void *memory = MapViewOfFile(mapping, FILE_MAP_WRITE, 0, 0, bytes);
    expect(memory != NULL);
    return memory;
}

void world_restart(void) {
    WCHAR path[MAX_PATH];
    STARTUPINFOW start = {.cb = sizeof start};
    PROCESS_INFORMATION child;
    DWORD status = 1;
    expect(GetModuleFileNameW(NULL, path, MAX_PATH) < MAX_PATH);
    expect(CreateProcessW(path, NULL, NULL, NULL, TRUE, 0, NULL, NULL, &start, &child));
    expect(WaitForSingleObject(child.hProcess, INFINITE) == WAIT_OBJECT_0);
    expect(GetExitCodeProcess(child.hProcess, &status) && status == 0);
    CloseHandle(child.hThread);
    CloseHandle(child.hProcess);
}

static struct sockaddr_in listen_loopback(SOCKET *listener) {
    struct sockaddr_in addr = {.sin_family = AF_INET};
    int length = sizeof addr;
    addr.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    *listener = socket(AF_INET, SOCK_STREAM, 0);
    expect(*listener != INVALID_SOCKET);
    expect(bind(*listener, (struct sockaddr *)&addr, sizeof addr) == 0);
    expect(listen(*listener, 16) == 0);
    expect(getsockname(*listener, (struct sockaddr *)&addr, &length) == 0);
    return addr;
}

/* Both ends, since Windows keeps few that are not accepted. */
static void connect_pair(SOCKET listener, const struct sockaddr_in *addr, SOCKET *fd,
                         SOCKET *peer) {
    u_long on = 1;
    *peer = socket(AF_INET, SOCK_STREAM, 0);
    expect(*peer != INVALID_SOCKET);
    expect(connect(*peer, (const struct sockaddr *)addr, sizeof *addr) == 0);
    *fd = accept(listener, NULL, NULL);
    expect(*fd != INVALID_SOCKET && ioctlsocket(*fd, (long)FIONBIO, &on) == 0);
}

void world_connect_idle(queue_fd *fds, size_t count) {
    SOCKET listener, peer;
    struct sockaddr_in addr = listen_loopback(&listener);
    for (size_t i = 0; i < count; i++)
        connect_pair(listener, &addr, &fds[i], &peer);
    closesocket(listener);
}

void world_connect(queue_fd *fd, queue_fd *peer) {
    SOCKET listener;
    struct sockaddr_in addr = listen_loopback(&listener);
    connect_pair(listener, &addr, fd, peer);
    closesocket(listener);
}

void world_fill(queue_fd fd) {
    static char data[65536];
    int count;
    do {
        count = send(fd, data, sizeof data, 0);
    } while (count > 0);
    expect(WSAGetLastError() == WSAEWOULDBLOCK);
}

void world_feed(queue_fd fd, queue_fd peer, size_t bytes) {
    static char data[65536];
    u_long there = 0;
    expect(bytes <= sizeof data && send(peer, data, (int)bytes, 0) == (int)bytes);
    do {
        WSAPOLLFD item = {.fd = fd, .events = POLLRDNORM};
        expect(WSAPoll(&item, 1, 1000) == 1 && ioctlsocket(fd, FIONREAD, &there) == 0);
    } while (there < bytes);
}
