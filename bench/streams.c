/*
 * `streams`: what a library costs in time, as ratios to the raw calls. Both sides of every
 * conversation share one processor, and the libraries take turns in slices of about a millisecond.
 * The slices that nothing disturbed are compared: of each library the 5th percentile.
 */
#include "streams.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "timing.h"

/* Of one library: connections and processes are made anew for each epoch, since a pair of them may
 * be lucky or unlucky with its memory for as long as it lives. */
#define EPOCHS 10
#define EPOCH_NS 1400000000u
#define SLICES_MAX 32768 /* in one scene */

/* What a slice holds, beside the BULK_BYTES of the bulk one. */
#define PINGS 50
#define CONNECTIONS 10
/* The most that Linux gives to everybody, if nobody has changed it. */
#define BUFFER_SIZE 212992

char stream_data[BLOCK_SIZE];

/* The second raw one tells how far apart two equal things come out. */
static const struct stream_library *const libraries[] = {
    &streams_raw,  &streams_anysock, &streams_raw,
#ifdef HAVE_APR
    &streams_apr,
#endif
#ifdef HAVE_GLIB
    &streams_glib,
#endif
#ifdef HAVE_UV
    &streams_uv,
#endif
};
enum { LIBRARIES = sizeof libraries / sizeof libraries[0] };

/* ------------------------------------------------------------------------------------------- */

/* With buffers of one size. Left alone, the kernel finds one for each connection, and a connection
 * that got small ones stays in the cache and moves its blocks in two thirds of the time. */
static int open_stream(void) {
    int fd = socket(AF_INET, SOCK_STREAM, 0), size = BUFFER_SIZE;
    expect(fd >= 0);
    expect(setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof size) == 0);
    expect(setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size) == 0);
    return fd;
}

static int listen_loopback(struct sockaddr_in *addr) {
    socklen_t length = sizeof *addr;
    *addr = (struct sockaddr_in){.sin_family = AF_INET};
    addr->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = open_stream();
    expect(bind(fd, (struct sockaddr *)addr, sizeof *addr) == 0 && listen(fd, 64) == 0);
    expect(getsockname(fd, (struct sockaddr *)addr, &length) == 0);
    return fd;
}

static int connect_to(const struct sockaddr_in *addr) {
    int fd = open_stream();
    expect(connect(fd, (const struct sockaddr *)addr, sizeof *addr) == 0);
    return fd;
}

/* One library in one epoch of a scene. */
struct runner {
    const struct stream_library *library;
    struct sockaddr_in addr; /* of the accepting server */
    void *s;
    pid_t server;
};

struct scene {
    const char *name;
    void (*slice)(const struct runner *runner);
    void (*serve)(const struct stream_library *library, int fd);
    int accepts; /* the server gets the listener and not a connection */
};

static void slice_ping(const struct runner *runner) {
    runner->library->ping(runner->s, PINGS);
}

static void serve_pong(const struct stream_library *library, int fd) {
    library->pong(library->adopt(fd));
}

static void slice_push(const struct runner *runner) {
    runner->library->push(runner->s);
}

static void serve_pull(const struct stream_library *library, int fd) {
    library->pull(library->adopt(fd));
}

/* The client is the same for all: what is measured is the server. It resets at the end, so that
 * nothing stays behind in TIME_WAIT. */
static void slice_accept(const struct runner *runner) {
    struct linger linger = {.l_onoff = 1, .l_linger = 0};
    for (int i = 0; i < CONNECTIONS; i++) {
        char data[PING_SIZE];
        int fd = connect_to(&runner->addr);
        expect(send(fd, stream_data, PING_SIZE, 0) == PING_SIZE);
        expect(recv(fd, data, sizeof data, MSG_WAITALL) == PING_SIZE);
        expect(recv(fd, data, sizeof data, 0) == 0);
        expect(setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger) == 0);
        close(fd);
    }
}

static void serve_accept(const struct stream_library *library, int fd) {
    library->accept_echo_close(fd);
}

static const struct scene scenes[] = {
    {"pingpong", slice_ping, serve_pong, 0},
    {"bulk", slice_push, serve_pull, 0},
    {"accept", slice_accept, serve_accept, 1},
};

static void start_runner(struct runner *runner, const struct scene *scene) {
    int client = -1;
    int server = listen_loopback(&runner->addr);
    if (!scene->accepts) {
        int listener = server;
        client = connect_to(&runner->addr);
        server = accept(listener, NULL, NULL);
        expect(server >= 0);
        close(listener);
    }
    pid_t parent = getpid();
    runner->server = fork();
    expect(runner->server >= 0);
    if (runner->server == 0) {
        /* No server outlives this program, however it ends. */
        expect(prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && getppid() == parent);
        if (client >= 0)
            close(client);
        scene->serve(runner->library, server);
        _exit(1);
    }
    close(server);
    runner->s = client >= 0 ? runner->library->adopt(client) : NULL;
    scene->slice(runner); /* the first one warms up */
}

static void stop_runner(struct runner *runner) {
    expect(kill(runner->server, SIGKILL) == 0);
    expect(waitpid(runner->server, NULL, 0) == runner->server);
    if (runner->s != NULL)
        runner->library->drop(runner->s);
}

/* ------------------------------------------------------------------------------------------- */

static double times_ns[LIBRARIES][SLICES_MAX];

static size_t run_epoch(const struct scene *scene, size_t slices) {
    struct runner runners[LIBRARIES];
    for (size_t i = 0; i < LIBRARIES; i++) {
        runners[i].library = libraries[i];
        start_runner(&runners[i], scene);
    }
    uint64_t end = timing_now_ns() + EPOCH_NS;
    for (; timing_now_ns() < end && slices < SLICES_MAX; slices++) {
        size_t order[LIBRARIES];
        timing_shuffle(order, LIBRARIES);
        for (size_t i = 0; i < LIBRARIES; i++) {
            uint64_t begin = timing_now_ns();
            scene->slice(&runners[order[i]]);
            times_ns[order[i]][slices] = (double)(timing_now_ns() - begin);
        }
    }
    for (size_t i = 0; i < LIBRARIES; i++)
        stop_runner(&runners[i]);
    return slices;
}

static void run_scene(const struct scene *scene) {
    size_t slices = 0;
    for (int epoch = 0; epoch < EPOCHS; epoch++)
        slices = run_epoch(scene, slices);
    double fast[LIBRARIES];
    for (size_t i = 0; i < LIBRARIES; i++)
        fast[i] = timing_fast(times_ns[i], slices);
    printf("%s ratio", scene->name);
    for (size_t i = 1; i < LIBRARIES; i++)
        printf(" %s %.3f", libraries[i]->name, fast[i] / fast[0]);
    printf("\n");
    fflush(stdout);
}

int main(void) {
    signal(SIGPIPE, SIG_IGN);
    timing_pin_to_one_cpu();
    for (size_t i = 0; i < sizeof scenes / sizeof scenes[0]; i++)
        run_scene(&scenes[i]);
    return 0;
}
