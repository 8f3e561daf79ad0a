/*
 * `queue`, time, depending on how many sockets are watched in which nothing happens: what an event
 * costs, the waiting and the receiving of its 64 bytes, and what it costs to add, modify and remove
 * a socket. An active socket has bytes for the whole slice, so that the peer's part is not in the
 * time.
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
    size_t first; /* the index of its first own socket; the others follow */
    size_t every; /* rounds it takes part in one: who is slow would take the time from the others */
};

/* Nanoseconds per event or change. */
struct results {
    size_t slices[LIBRARIES_MAX];
    double times_ns[LIBRARIES_MAX][SLICES_MAX];
};

/* What is measured in one go: events of so many active sockets, or, if there are none, changes. */
static const size_t actives[] = {1, ACTIVE_MAX, 0};
enum { SCENES = sizeof actives / sizeof actives[0], CHANGES = SCENES - 1 };

/* A row of the output for each of the first, and three for the last. */
enum { REMOVE = CHANGES, ADD, MODIFY, ROWS };
static const char *const row_names[ROWS] = {"event_1", "event_10", "remove", "add", "modify"};

/* Shared with the processes that measure. */
static struct shared {
    size_t idle, scene; /* of this epoch */
    struct results results[ROWS];
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
        if (is_active && next == 0)
            runner->first = i;
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

/* Keeps what one of the slices took. */
static void keep(size_t row, size_t library, uint64_t ns, size_t count) {
    struct results *into = &shared->results[row];
    if (into->slices[library] < SLICES_MAX)
        into->times_ns[library][into->slices[library]++] = (double)ns / (double)count;
}

/* A first turn, in which the caches fill, is not counted. Returns how long it took. */
static uint64_t run_events(const struct runner *runner, size_t active, uint64_t times_ns[]) {
    for (size_t i = 0; i < active; i++)
        world_feed(runner->fds[i], runner->peers[i], (runner->turns + 1) * BENCH_SIZE);
    take(runner, active);
    uint64_t begin = timing_now_ns();
    take(runner, runner->turns * active);
    times_ns[0] = timing_now_ns() - begin;
    return times_ns[0];
}

/* Carries out what the library has put off. */
static void flush(const struct runner *runner) {
    if (runner->library->flush != NULL)
        runner->library->flush(runner->queue);
}

/* Its own sockets, all together: removed, added, modified and modified back. */
static uint64_t run_changes(const struct runner *runner, uint64_t times_ns[]) {
    const struct queue_library *library = runner->library;
    uint64_t at[4];
    memset(times_ns, 0, 3 * sizeof *times_ns);
    for (size_t turn = 0; turn < runner->turns; turn++) {
        at[0] = timing_now_ns();
        for (size_t i = 0; i < ACTIVE_MAX; i++)
            library->remove(runner->queue, runner->first + i);
        flush(runner);
        at[1] = timing_now_ns();
        for (size_t i = 0; i < ACTIVE_MAX; i++)
            library->add(runner->queue, runner->first + i, runner->fds[i]);
        flush(runner);
        at[2] = timing_now_ns();
        for (int both = 1; both >= 0; both--) {
            for (size_t i = 0; i < ACTIVE_MAX; i++)
                library->modify(runner->queue, runner->first + i, both != 0);
            flush(runner);
        }
        at[3] = timing_now_ns();
        for (size_t i = 0; i < 3; i++)
            times_ns[i] += at[i + 1] - at[i];
    }
    return times_ns[0] + times_ns[1] + times_ns[2];
}

static uint64_t run_slice(const struct runner *runner, uint64_t times_ns[]) {
    size_t active = actives[shared->scene];
    return active > 0 ? run_events(runner, active, times_ns) : run_changes(runner, times_ns);
}

static void measure_slice(const struct runner *runner, size_t library) {
    uint64_t times_ns[3];
    size_t active = actives[shared->scene];
    run_slice(runner, times_ns);
    if (active > 0) {
        keep(shared->scene, library, times_ns[0], runner->turns * active);
        return;
    }
    for (size_t i = 0; i < 3; i++)
        keep(REMOVE + i, library, times_ns[i],
             runner->turns * ACTIVE_MAX * (REMOVE + i == MODIFY ? 2 : 1));
}

/* Chooses the number of turns that makes the slices equally long, if a turn is not longer. */
static void calibrate(struct runner *runner) {
    uint64_t times_ns[3];
    runner->turns = 3;
    double turn_ns = (double)run_slice(runner, times_ns) / 3;
    double turns = SLICE_NS / turn_ns;
    runner->turns = turns < 1 ? 1 : turns > MESSAGES_MAX ? MESSAGES_MAX : (size_t)turns;
    runner->every = turns < 1 ? 1 + (size_t)(1 / turns) : 1;
}

/* Who only receives has nothing to change, and some have no way written down. */
static bool takes_part(const struct runner *runner) {
    return shared->scene != CHANGES || runner->library->remove != NULL;
}

static void run_scene(struct runner *runners, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (takes_part(&runners[i]))
            calibrate(&runners[i]);
    uint64_t end = timing_now_ns() + (uint64_t)world_epoch_ms * 1000000u;
    for (size_t round = 0; timing_now_ns() < end; round++) {
        size_t order[LIBRARIES_MAX];
        timing_shuffle(order, count);
        for (size_t i = 0; i < count; i++)
            if (takes_part(&runners[order[i]]) && round % runners[order[i]].every == 0)
                measure_slice(&runners[order[i]], order[i]);
    }
}

/* One epoch of one size and scene. */
static void run_epoch(void) {
    struct runner runners[LIBRARIES_MAX];
    size_t count = count_libraries();
    queue_fd *idle_fds = calloc(shared->idle, sizeof *idle_fds);
    expect(idle_fds != NULL);
    world_connect_idle(idle_fds, shared->idle);
    for (size_t i = 0; i < count; i++) {
        runners[i].library = world_libraries[i];
        for (size_t j = 0; j < ACTIVE_MAX; j++) {
            world_connect(&runners[i].fds[j], &runners[i].peers[j]);
            if (shared->scene == CHANGES)
                world_fill(runners[i].fds[j]);
        }
        start_runner(&runners[i], idle_fds, actives[shared->scene]);
    }
    run_scene(runners, count);
}

/* The ratio is to the first library, if it took part. */
static void print_row(size_t row) {
    double fast[LIBRARIES_MAX];
    struct results *results = &shared->results[row];
    size_t count = count_libraries();
    printf("%s ns idle %u", row_names[row], (unsigned)shared->idle);
    for (size_t i = 0; i < count; i++) {
        if (results->slices[i] == 0)
            continue;
        fast[i] = timing_fast(results->times_ns[i], results->slices[i]);
        printf(" %s %.0f", world_libraries[i]->name, fast[i]);
    }
    if (results->slices[0] > 0)
        printf("\n%s ratio idle %u", row_names[row], (unsigned)shared->idle);
    for (size_t i = 1; i < count && results->slices[0] > 0; i++)
        if (results->slices[i] > 0)
            printf(" %s %.3f", world_libraries[i]->name, fast[i] / fast[0]);
    printf("\n");
    fflush(stdout);
}

/* All epochs of a size. Each has a process of its own, so that nothing is left over of the others.
 */
static void run_size(size_t size) {
    shared->idle = size;
    for (size_t row = 0; row < ROWS; row++)
        memset(shared->results[row].slices, 0, sizeof shared->results[row].slices);
    for (size_t scene = 0; scene < SCENES; scene++) {
        shared->scene = scene;
        for (int epoch = 0; epoch < world_epochs; epoch++)
            world_restart();
        for (size_t row = scene; row <= (scene < CHANGES ? scene : MODIFY); row++)
            print_row(row);
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
