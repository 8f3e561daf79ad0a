/*
 * `size`, the heap's half: how many bytes a library allocates for an open socket. The sockets are
 * connected and wait for data; what the program itself has to provide for each is told beside it.
 */
#include <anysock.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "memory.h"

#ifdef HAVE_APR
#include <apr_general.h>
#include <apr_network_io.h>
#include <apr_portable.h>
#endif
#ifdef HAVE_GLIB
#include <gio/gio.h>
#endif
#ifdef HAVE_UV
#include <uv.h>
#endif

#define SOCKETS 1000

static void check(int condition, const char *what) {
    if (!condition) {
        perror(what);
        exit(1);
    }
}

/* ------------------------------------------------------------------------------------------- */

static struct anysock anysocks[SOCKETS];

static void take_anysock(int i, int fd) {
    check(anysock_adopt(fd, 0, &anysocks[i]) == ANYSOCK_OK, "anysock_adopt");
}

#ifdef HAVE_APR
/* A pool for each, or the memory of one that closes could not come back. */
static void take_apr(int i, int fd) {
    static apr_pool_t *root;
    apr_pool_t *pool;
    apr_socket_t *s = NULL;
    (void)i;
    if (root == NULL)
        check(apr_initialize() == APR_SUCCESS && apr_pool_create(&root, NULL) == APR_SUCCESS,
              "apr_pool_create");
    check(apr_pool_create(&pool, root) == APR_SUCCESS, "apr_pool_create");
    check(apr_os_sock_put(&s, &fd, pool) == APR_SUCCESS, "apr_os_sock_put");
}
#endif

#ifdef HAVE_GLIB
static void take_glib(int i, int fd) {
    (void)i;
    check(g_socket_new_from_fd(fd, NULL) != NULL, "g_socket_new_from_fd");
}
#endif

#ifdef HAVE_UV
static uv_tcp_t uvs[SOCKETS];

static void give_nothing(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer) {
    (void)handle;
    (void)suggested;
    *buffer = uv_buf_init(NULL, 0);
}

static void take_nothing(uv_stream_t *stream, ssize_t count, const uv_buf_t *buffer) {
    (void)stream;
    (void)count;
    (void)buffer;
}

static void take_uv(int i, int fd) {
    uv_loop_t *loop = uv_default_loop();
    check(uv_tcp_init(loop, &uvs[i]) == 0 && uv_tcp_open(&uvs[i], fd) == 0, "uv_tcp_open");
    check(uv_read_start((uv_stream_t *)&uvs[i], give_nothing, take_nothing) == 0, "uv_read_start");
    uv_run(loop, UV_RUN_NOWAIT);
}
#endif

static const struct {
    const char *name;
    void (*take)(int i, int fd);
    size_t object; /* bytes of the program's own per socket: a pointer, or the socket itself */
} libraries[] = {
    {"anysock", take_anysock, sizeof(struct anysock)},
#ifdef HAVE_APR
    {"apr", take_apr, sizeof(apr_socket_t *)},
#endif
#ifdef HAVE_GLIB
    {"glib", take_glib, sizeof(GSocket *)},
#endif
#ifdef HAVE_UV
    {"uv", take_uv, sizeof(uv_tcp_t)},
#endif
};
enum { LIBRARIES = sizeof libraries / sizeof libraries[0] };

/* ------------------------------------------------------------------------------------------- */

/* A connected descriptor; its other end stays open, unused. */
static int connect_pair(int listener, const struct sockaddr_in *addr) {
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    check(fd >= 0, "socket");
    check(connect(fd, (const struct sockaddr *)addr, sizeof *addr) == 0, "connect");
    check(accept(listener, NULL, NULL) >= 0, "accept");
    return fd;
}

/* The bytes in use after the first socket, which also pays for what a library makes once, and
 * after all the others. */
static double bytes_per_socket(void (*take)(int i, int fd)) {
    struct sockaddr_in addr = {.sin_family = AF_INET};
    socklen_t length = sizeof addr;
    addr.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    check(listener >= 0 && bind(listener, (struct sockaddr *)&addr, sizeof addr) == 0, "bind");
    check(listen(listener, 16) == 0, "listen");
    check(getsockname(listener, (struct sockaddr *)&addr, &length) == 0, "getsockname");

    take(0, connect_pair(listener, &addr));
    size_t before = memory_in_use();
    for (int i = 1; i < SOCKETS; i++)
        take(i, connect_pair(listener, &addr));
    size_t after = memory_in_use();
    return ((double)after - (double)before) / (SOCKETS - 1);
}

int main(void) {
    struct rlimit files;
    check(getrlimit(RLIMIT_NOFILE, &files) == 0, "getrlimit");
    files.rlim_cur = files.rlim_max;
    check(setrlimit(RLIMIT_NOFILE, &files) == 0, "setrlimit");

    /* Each library in a process of its own, so that none finds what another one has freed. */
    printf("heap bytes_per_socket");
    for (size_t i = 0; i < LIBRARIES; i++) {
        fflush(stdout);
        pid_t child = fork();
        check(child >= 0, "fork");
        if (child == 0) {
            printf(" %s %.0f", libraries[i].name, bytes_per_socket(libraries[i].take));
            fflush(stdout);
            _exit(0);
        }
        int status;
        check(waitpid(child, &status, 0) == child && status == 0, "waitpid");
    }
    printf("\nobject bytes_per_socket");
    for (size_t i = 0; i < LIBRARIES; i++)
        printf(" %s %zu", libraries[i].name, libraries[i].object);
    printf("\n");
    return 0;
}
