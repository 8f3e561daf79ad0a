/*
 * The world of the fake port: time, what happens in it, the trace, failures on demand, and sockets
 * in the usual states.
 */
#include "fake_world.h"

#include <stdio.h>
#include <string.h>

#define START_MS 1000
#define SOCKETS (sizeof fake.sockets / sizeof fake.sockets[0])

struct fake fake;
int fake_slot;

/* ------------------------------------------------------------------------------------------- */

struct failure {
    const char *word;
    int native, count;
};
static struct failure failures[8];

struct happening {
    uint64_t at_ns;
    void (*what)(struct fake_socket *);
    struct fake_socket *socket;
};
static struct happening happenings[8];

struct other_thread {
    const char *word; /* null: it does nothing */
    void (*what)(struct anysock *);
    struct anysock *s;
};
static struct other_thread other_thread;

int fake_reset(void **state) {
    (void)state;
    memset(&fake, 0, sizeof fake);
    memset(failures, 0, sizeof failures);
    memset(happenings, 0, sizeof happenings);
    memset(&other_thread, 0, sizeof other_thread);
    fake.now_ns = START_MS * NS_PER_MS;
    fake_slot = FAKE_EODD; /* of an earlier failure */
    return 0;
}

int fake_check(void **state) {
    (void)state;
    if (fake.sockets_alive != 0 || fake.events_alive != 0)
        fprintf(stderr, "left open: %u sockets, %u events\n", fake.sockets_alive,
                fake.events_alive);
    bool stuck = fake.stuck || fake.awaited > 0;
    if (stuck)
        fprintf(stderr, "a call waited for ever\n");
    return fake.sockets_alive != 0 || fake.events_alive != 0 || stuck ? -1 : 0;
}

const char *fake_trace(void) {
    static char copy[sizeof fake.trace];
    strcpy(copy, fake.trace);
    fake.trace[0] = '\0';
    return copy;
}

void fake_fail(const char *word, int native, int count) {
    struct failure *failure = failures;
    while (failure->count != 0)
        failure++;
    failure->word = word;
    failure->native = native;
    failure->count = count;
}

void fake_later(int ms, void (*what)(struct fake_socket *), const struct anysock *s) {
    struct happening *happening = happenings;
    while (happening->what != NULL)
        happening++;
    happening->at_ns = fake.now_ns + (uint64_t)ms * NS_PER_MS;
    happening->what = what;
    happening->socket = fake_of(s);
}

void fake_meanwhile(const char *word, void (*what)(struct anysock *), struct anysock *s) {
    other_thread = (struct other_thread){word, what, s};
}

/* The other thread has its own error slot. */
static void let_the_other_thread_in(const char *word) {
    struct other_thread now = other_thread;
    if (now.word == NULL || strcmp(now.word, word) != 0)
        return;
    int slot = fake_slot;
    other_thread.word = NULL;
    now.what(now.s);
    fake_slot = slot;
}

int fake_elapsed_ms(void) {
    return (int)(fake.now_ns / NS_PER_MS) - START_MS;
}

/* A port call that uses another one leaves only its own word. */
static bool skips_next;

void fake_skip_next_word(void) {
    skips_next = true;
}

void fake_say(const char *word) {
    bool skip = skips_next;
    skips_next = false;
    if (skip)
        return;
    size_t used = strlen(fake.trace);
    if (used + 1 + strlen(word) >= sizeof fake.trace)
        return; /* full: no test reads so long a one */
    if (used > 0)
        strcat(fake.trace, " ");
    strcat(fake.trace, word);
}

int fake_deny(int native) {
    fake_slot = native;
    return -1;
}

/* Begins a port call: leaves its word, and says whether it is to fail. */
bool fake_fails(const char *word) {
    fake_say(word);
    let_the_other_thread_in(word);
    for (size_t i = 0; i < sizeof failures / sizeof failures[0]; i++) {
        if (failures[i].count > 0 && strcmp(failures[i].word, word) == 0) {
            failures[i].count--;
            fake_slot = failures[i].native;
            return true;
        }
    }
    return false;
}

struct fake_socket *fake_at(anysock_native native) {
    static struct fake_socket nothing;
    size_t index = (size_t)native - 100;
    memset(&nothing, 0, sizeof nothing);
    return index < SOCKETS && fake.sockets[index].open ? &fake.sockets[index] : &nothing;
}

/* Like fake_fails(), for a call on a socket, which must be open. */
bool fake_fails_on(const char *word, anysock_native native) {
    if (fake_fails(word))
        return true;
    if (fake_at(native)->open)
        return false;
    fake_slot = FAKE_ENOTSOCK;
    return true;
}

struct fake_socket *fake_of(const struct anysock *s) {
    return fake_at(anysock_native_handle(s));
}

/* Lets time pass until the next happening, at most until the limit. False: there was none. */
bool fake_pass_time(uint64_t limit_ns) {
    struct happening *next = NULL;
    for (size_t i = 0; i < sizeof happenings / sizeof happenings[0]; i++)
        if (happenings[i].what != NULL && (next == NULL || happenings[i].at_ns < next->at_ns))
            next = &happenings[i];
    if (next == NULL || next->at_ns > limit_ns)
        return false;
    if (next->at_ns > fake.now_ns)
        fake.now_ns = next->at_ns;
    void (*what)(struct fake_socket *) = next->what;
    next->what = NULL;
    fake.happens = true;
    what(next->socket);
    fake.happens = false;
    return true;
}

/* A call on a kernel-blocking socket waits for the next happening, or is stuck for ever. */
bool fake_kernel_waits(const struct fake_socket *socket) {
    if (socket->kernel_nonblocking)
        return false;
    if (fake_pass_time(UINT64_MAX))
        return true;
    fake.stuck = true;
    return false;
}

/* ------------------------------------------------------------------------------------------- */

void fake_data_arrives(struct fake_socket *socket) {
    socket->incoming += 5;
}

void fake_fin_arrives(struct fake_socket *socket) {
    socket->fin = true;
}

void fake_room_appears(struct fake_socket *socket) {
    socket->room += 10;
}

void fake_client_arrives(struct fake_socket *socket) {
    socket->waiting++;
}

void fake_connect_succeeds(struct fake_socket *socket) {
    socket->connecting = false;
    socket->connected = true;
}

void fake_connect_fails(struct fake_socket *socket) {
    socket->connecting = false;
    socket->error = FAKE_ECONNREFUSED;
}

struct anysock fake_fresh(unsigned flags) {
    struct anysock s;
    (void)anysock_open(ANYSOCK_INET, ANYSOCK_STREAM, flags, &s);
    (void)fake_trace();
    return s;
}

struct anysock fake_listener(unsigned flags) {
    struct anysock s = fake_fresh(flags);
    (void)anysock_listen(&s, 5);
    (void)fake_trace();
    return s;
}

struct anysock fake_connected(unsigned flags) {
    struct anysock s = fake_fresh(flags);
    struct anysock_addr peer;
    bool at_once = fake.connect_at_once;
    (void)anysock_addr_loopback(ANYSOCK_INET, 80, &peer);
    fake.connect_at_once = true;
    (void)anysock_connect(&s, &peer);
    fake.connect_at_once = at_once;
    (void)fake_trace();
    return s;
}

struct anysock fake_connecting(void) {
    struct anysock s = fake_fresh(ANYSOCK_NONBLOCK);
    struct anysock_addr peer;
    (void)anysock_addr_loopback(ANYSOCK_INET, 80, &peer);
    (void)anysock_connect(&s, &peer);
    (void)fake_trace();
    return s;
}

struct anysock fake_datagram(unsigned flags) {
    struct anysock s;
    (void)anysock_open(ANYSOCK_INET, ANYSOCK_DGRAM, flags, &s);
    (void)fake_trace();
    return s;
}
