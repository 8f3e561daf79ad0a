/*
 * `queue`, time: what an event costs, the waiting and the receiving of its 64 bytes, depending on
 * how many sockets are watched in which nothing happens. An active socket has bytes for the whole
 * slice, so that the peer's part is not in the time.
 */
#include "queue_world.h"
#include "timing.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LIBRARIES_MAX 16
#define SLICES_MAX 16384
#define ACTIVE_MAX 10
#define SLICE_NS 400000u
/* In a slice, of each active socket: it has to hold them. */
#define MESSAGES_MAX 500u

/* One library with its queue and the active sockets of its own; all share the idle ones. */
struct runner {
    const struct queue_library *library;
    void *queue;
    queue_fd fds[ACTIVE_MAX], peers[ACTIVE_MAX];
    size_t turns; /* in a slice */
    size_t every; /* rounds it takes part in one: who is slow would take the time from the others */
};

/* Nanoseconds per event. */
struct results {
    size_t slices[LIBRARIES_MAX];
    double times_ns[LIBRARIES_MAX][SLICES_MAX];
};

static const size_t actives[] = {1, ACTIVE_MAX};
enum { SCENES = sizeof actives / sizeof actives[0] };

/* Shared with the processes that measure. */
static struct shared {
    size_t idle, scene; /* of this epoch */
    struct results results[SCENES];
} * shared;

static size_t count_libraries(void) {
    size_t count = 0;
    while (world_libraries[count] != NULL)
        count++;
    expect(count <= LIBRARIES_MAX);
    return count;
}

/* The active sockets stand in the middle, since an array is searched from one end. One that only
 * receives gets nothing else. */
static void start_runner(struct runner *runner, const queue_fd *idle_fds, size_t active) {
    const struct queue_library *library = runner->library;
    bool watches = library->modify != NULL;
    size_t others = watches ? shared->idle : 0, i = 0;
    runner->queue = library->open(others + ACTIVE_MAX);
    for (size_t next_idle = 0, next = 0; i < others + (watches ? ACTIVE_MAX : active); i++) {
        bool is_active = next < ACTIVE_MAX && next_idle >= others / 2;
        queue_fd fd = is_active ? runner->fds[next++] : idle_fds[next_idle++];
        if (library->adopt != NULL)
            library->adopt(runner->queue, i, fd);
        library->add(runner->queue, i, fd);
    }
    if (library->flush != NULL)
        library->flush(runner->queue);
}

static void take(const struct runner *runner, size_t events) {
    for (size_t taken = 0; taken < events;)
        taken += runner->library->turn(runner->queue);
}

/* What it takes per event. A first turn, in which the caches fill, is not counted. */
static double run_slice(const struct runner *runner, size_t active) {
    for (size_t i = 0; i < active; i++)
        world_feed(runner->fds[i], runner->peers[i], (runner->turns + 1) * BENCH_SIZE);
    take(runner, active);
    uint64_t begin = timing_now_ns();
    take(runner, runner->turns * active);
    return (double)(timing_now_ns() - begin) / (double)(runner->turns * active);
}

/* Chooses the number of turns that makes the slices equally long, if a turn is not longer. */
static void calibrate(struct runner *runner, size_t active) {
    runner->turns = 3;
    double turn_ns = run_slice(runner, active) * (double)active;
    double turns = SLICE_NS / turn_ns;
    runner->turns = turns < 1 ? 1 : turns > MESSAGES_MAX ? MESSAGES_MAX : (size_t)turns;
    runner->every = turns < 1 ? 1 + (size_t)(1 / turns) : 1;
}

static void run_scene(struct runner *runners, size_t count, size_t active, struct results *into) {
    for (size_t i = 0; i < count; i++)
        calibrate(&runners[i], active);
    uint64_t end = timing_now_ns() + (uint64_t)world_epoch_ms * 1000000u;
    for (size_t round = 0; timing_now_ns() < end; round++) {
        size_t order[LIBRARIES_MAX];
        timing_shuffle(order, count);
        for (size_t i = 0; i < count; i++) {
            size_t at = order[i];
            if (round % runners[at].every == 0 && into->slices[at] < SLICES_MAX)
                into->times_ns[at][into->slices[at]++] = run_slice(&runners[at], active);
        }
    }
}

/* One epoch of one size and scene. */
static void run_epoch(void) {
    struct runner runners[LIBRARIES_MAX];
    size_t count = count_libraries(), active = actives[shared->scene];
    queue_fd *idle_fds = calloc(shared->idle, sizeof *idle_fds);
    expect(idle_fds != NULL);
    world_connect_idle(idle_fds, shared->idle);
    for (size_t i = 0; i < count; i++) {
        runners[i].library = world_libraries[i];
        for (size_t j = 0; j < ACTIVE_MAX; j++)
            world_connect(&runners[i].fds[j], &runners[i].peers[j]);
        start_runner(&runners[i], idle_fds, active);
    }
    run_scene(runners, count, active, &shared->results[shared->scene]);
}

static void print_scene(size_t scene) {
    double fast[LIBRARIES_MAX];
    size_t count = count_libraries();
    for (size_t i = 0; i < count; i++)
        fast[i] = timing_fast(shared->results[scene].times_ns[i], shared->results[scene].slices[i]);
    printf("event_%u ns idle %u", (unsigned)actives[scene], (unsigned)shared->idle);
    for (size_t i = 0; i < count; i++)
        printf(" %s %.0f", world_libraries[i]->name, fast[i]);
    printf("\nevent_%u ratio idle %u", (unsigned)actives[scene], (unsigned)shared->idle);
    for (size_t i = 1; i < count; i++)
        printf(" %s %.3f", world_libraries[i]->name, fast[i] / fast[0]);
    printf("\n");
    fflush(stdout);
}

/* All epochs of a size. Each has a process of its own, so that nothing is left over of the others.
 */
static void run_size(size_t size) {
    shared->idle = size;
    for (size_t scene = 0; scene < SCENES; scene++) {
        shared->scene = scene;
        memset(shared->results[scene].slices, 0, sizeof shared->results[scene].slices);
        for (int epoch = 0; epoch < world_epochs; epoch++)
            world_restart();
        print_scene(scene);
    }
}

int main(void) {
    size_t most = world_files();
    size_t own = count_libraries() * (2 * ACTIVE_MAX + 5) + 64;
    bool restarted = world_is_restarted();
    shared = world_share(sizeof *shared);
    if (restarted) {
        run_epoch();
        return 0;
    }
    timing_pin_to_one_cpu();
    for (const size_t *size = world_sizes; *size != 0; size++) {
        if (*size + own <= most)
            run_size(*size);
        else
            printf("skipped: %u idle sockets, only %u can be open\n", (unsigned)*size,
                   (unsigned)most);
    }
    return 0;
}
