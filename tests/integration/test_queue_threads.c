/*
 * Threads around one queue: one waits, others add, change, remove, close, send, arm and wake. Run
 * under ThreadSanitizer too. Threads return codes; the main thread waits and asserts.
 */
#include <stdatomic.h>

#include "deviations.h"
#include "queues.h"

enum { THREADS = 3, ROUNDS = 1500, TICKETS = THREADS * ROUNDS };

static atomic_int finished; /* threads */

static void start_all(struct thread *threads, size_t size, int (*function)(void *),
                      char *arguments) {
    atomic_store(&finished, 0);
    for (size_t i = 0; i < THREADS; i++)
        thread_start(&threads[i], function, arguments + i * size);
}

static void join_all(struct thread *threads) {
    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(ANYSOCK_OK, thread_join(&threads[i]));
}

/* The last thing that a thread does. */
static int finish(int code) {
    atomic_fetch_add(&finished, 1);
    int woken = anysock_queue_wake(queue);
    return code != ANYSOCK_OK ? code : woken;
}

/* --- coming and going --- */

/* The number of the wait that has begun last; and for every registration the last one that had
 * begun when its removal returned, or "not yet". */
static atomic_uint wait_number;
static atomic_uint removed_in[TICKETS];
#define NOT_YET UINT32_MAX

static unsigned first_tickets[THREADS];

/* Opens, adds, changes, and removes or closes, over and over. */
static int come_and_go(void *argument) {
    unsigned ticket = *(const unsigned *)argument;
    int code = ANYSOCK_OK;
    for (int i = 0; i < ROUNDS && code == ANYSOCK_OK; i++, ticket++) {
        struct anysock s;
        void *data = (void *)&removed_in[ticket];
        enum anysock_type type = i % 2 == 0 ? ANYSOCK_STREAM : ANYSOCK_DGRAM;
        code = anysock_open(ANYSOCK_INET, type, ANYSOCK_NONBLOCK, &s);
        if (code == ANYSOCK_OK)
            code = anysock_queue_add(queue, &s, BOTH, (enum anysock_queue_mode)(i % 3), data);
        if (code == ANYSOCK_OK && i % 5 == 0)
            code = anysock_queue_modify(queue, &s, ANYSOCK_WRITABLE, LEVEL, data);
        if (code == ANYSOCK_OK && i % 7 == 0)
            code = anysock_queue_wake(queue);
        if (code == ANYSOCK_OK && i % 4 != 0)
            code = anysock_queue_remove(queue, &s);
        if (code == ANYSOCK_OK && i % 4 == 0)
            code = anysock_close(&s);
        atomic_store(&removed_in[ticket], atomic_load(&wait_number));
        if (anysock_is_open(&s))
            (void)anysock_close(&s);
    }
    return finish(code);
}

/* An event may be of somebody who was removed while the wait lasted, and not of others. */
static void check_events(unsigned number) {
    for (size_t i = 0; i < count; i++) {
        atomic_uint *removed = got[i].data;
        assert_true(removed >= removed_in && removed < removed_in + TICKETS);
        if (atomic_load(removed) < number)
            fail_msg("%s: an event came after its socket had been removed",
                     anysock_queue_backend(queue));
    }
}

static void sockets_come_and_go_while_a_thread_waits(void **state) {
    (void)state;
    struct thread threads[THREADS];
    atomic_store(&wait_number, 0);
    for (size_t i = 0; i < TICKETS; i++)
        atomic_store(&removed_in[i], NOT_YET);
    for (size_t i = 0; i < THREADS; i++)
        first_tickets[i] = (unsigned)i * ROUNDS;
    start_all(threads, sizeof first_tickets[0], come_and_go, (char *)first_tickets);
    while (atomic_load(&finished) < THREADS) {
        unsigned number = atomic_fetch_add(&wait_number, 1) + 1;
        (void)wait_for(1 + number % 8, number % 2 == 0 ? 0 : PATIENCE_MS);
        check_events(number);
    }
    join_all(threads);
    (void)wait_for(1, 0); /* the wake that may have come last */
    expect_silence();
}

/* Several threads do so with the same socket: each gets what it asked for, or a code. */
static struct anysock shared;

static int treat(void *argument) {
    unsigned turn = *(const unsigned *)argument;
    int wrong = 0;
    for (unsigned i = turn; i < turn + ROUNDS; i++) {
        unsigned wanted = i % 5 == 0 ? ANYSOCK_WRITABLE : ANYSOCK_READABLE;
        enum anysock_queue_mode mode = i % 7 == 0 ? ONE_SHOT : LEVEL;
        int added = anysock_queue_add(queue, &shared, wanted, mode, &shared);
        int modified = anysock_queue_modify(queue, &shared, wanted, LEVEL, &added);
        int removed = i % 3 == 0 ? anysock_queue_remove(queue, &shared) : ANYSOCK_OK;
        wrong += (added != ANYSOCK_OK && added != ANYSOCK_EBUSY) ||
                 (modified != ANYSOCK_OK && modified != ANYSOCK_EINVAL) || removed != ANYSOCK_OK;
    }
    return finish(wrong == 0 ? ANYSOCK_OK : ANYSOCK_EINVAL);
}

static void socket_may_be_treated_by_several_threads(void **state) {
    (void)state;
    static struct anysock peer;
    struct thread threads[THREADS];
    for (size_t i = 0; i < THREADS; i++)
        first_tickets[i] = (unsigned)i;
    make_pair(0, 0, &shared, &peer);
    start_all(threads, sizeof first_tickets[0], treat, (char *)first_tickets);
    while (atomic_load(&finished) < THREADS)
        (void)wait_for(1, PATIENCE_MS);
    join_all(threads);
    (void)wait_for(1, 0); /* the wake that may have come last */
    assert_anysock(ANYSOCK_OK, anysock_queue_remove(queue, &shared));
    expect_silence();
    add(&shared, ANYSOCK_WRITABLE, LEVEL);
    assert_int_equal(1, wait_for(1, PATIENCE_MS));
    close_pair(&shared, &peer);
}

/* Looks and arms again, while the main thread finds that the queue cannot be closed. */
static int look_and_arm(void *argument) {
    int code = ANYSOCK_OK;
    (void)argument;
    for (int i = 0; i < ROUNDS && code == ANYSOCK_OK; i++) {
        struct anysock_queue_event event;
        size_t found;
        code = anysock_queue_wait(queue, &event, 1, 0, &found);
        if (code == ANYSOCK_OK)
            code = anysock_queue_modify(queue, &shared, ANYSOCK_WRITABLE, ONE_SHOT, &shared);
    }
    atomic_store(&finished, 1);
    return code;
}

static void used_queue_is_not_closed(void **state) {
    (void)state;
    struct thread thread;
    assert_anysock(ANYSOCK_OK, anysock_open(ANYSOCK_INET, ANYSOCK_DGRAM, 0, &shared));
    add(&shared, ANYSOCK_WRITABLE, ONE_SHOT);
    atomic_store(&finished, 0);
    thread_start(&thread, look_and_arm, NULL);
    int code = ANYSOCK_EBUSY;
    while (code == ANYSOCK_EBUSY && !atomic_load(&finished))
        code = anysock_queue_close(queue);
    assert_int_equal(ANYSOCK_OK, thread_join(&thread));
    assert_anysock(ANYSOCK_EBUSY, code);
    assert_anysock(ANYSOCK_OK, anysock_close(&shared));
}

/* --- waiting --- */

static int wait_until_woken(void *argument) {
    struct anysock_queue_event event;
    size_t found;
    int code;
    (void)argument;
    do
        code = anysock_queue_wait(queue, &event, 1, PATIENCE_MS, &found);
    while (code == ANYSOCK_EBUSY); /* the main thread was looking */
    return code;
}

static void second_thread_may_not_wait(void **state) {
    (void)state;
    struct thread thread;
    int code;
    size_t none;
    thread_start(&thread, wait_until_woken, NULL);
    for (int ms = 0; ms < PATIENCE_MS; ms++) { /* until the thread is there */
        code = anysock_queue_wait(queue, got, 1, 0, &count);
        if (code != ANYSOCK_OK)
            break;
        (void)anysock_poll(NULL, 0, 1, &none);
    }
    assert_anysock(ANYSOCK_EBUSY, code);
    assert_int_equal(0, count);
    assert_anysock(ANYSOCK_EBUSY, anysock_queue_close(queue));
    assert_anysock(ANYSOCK_OK, anysock_queue_wake(queue));
    assert_int_equal(ANYSOCK_OK, thread_join(&thread));
}

/* Whatever the waiting thread is doing: the port is free for the next one. */
static void closed_listener_gives_its_port_back(void **state) {
    (void)state;
    struct thread thread;
    struct anysock listener;
    struct anysock_addr addr;
    thread_start(&thread, wait_until_woken, NULL);
    make_listener(ANYSOCK_INET, 0, &listener, &addr);
    int code = ANYSOCK_OK;
    for (int i = 0; i < 20 && code == ANYSOCK_OK; i++) {
        size_t none;
        add(&listener, ANYSOCK_READABLE, LEVEL);
        (void)anysock_poll(NULL, 0, 1, &none); /* mostly it waits by then, which is the point */
        assert_anysock(ANYSOCK_OK, anysock_close(&listener));
        assert_anysock(ANYSOCK_OK, anysock_open(ANYSOCK_INET, ANYSOCK_STREAM, 0, &listener));
        code = anysock_bind(&listener, &addr, ANYSOCK_BIND_SERVER);
        if (code == ANYSOCK_OK)
            code = anysock_listen(&listener, 5);
    }
    assert_anysock(ANYSOCK_OK, anysock_close(&listener));
    assert_anysock(ANYSOCK_OK, anysock_queue_wake(queue));
    assert_int_equal(ANYSOCK_OK, thread_join(&thread));
    if (!port_may_come_back_late(anysock_queue_backend(queue), code))
        assert_anysock(ANYSOCK_OK, code);
}

static int written; /* no atomic: the wake must order it */

static int write_and_wake(void *argument) {
    (void)argument;
    written++;
    return anysock_queue_wake(queue);
}

static void woken_thread_sees_what_was_written(void **state) {
    (void)state;
    written = 0;
    for (int i = 0; i < 50; i++) {
        struct thread thread;
        thread_start(&thread, write_and_wake, NULL);
        assert_int_equal(0, wait_for(1, PATIENCE_MS));
        assert_int_equal(i + 1, written);
        assert_int_equal(ANYSOCK_OK, thread_join(&thread));
    }
}

static int wake_often(void *argument) {
    int code = ANYSOCK_OK;
    (void)argument;
    for (int i = 0; i < ROUNDS && code == ANYSOCK_OK; i++)
        code = anysock_queue_wake(queue);
    return finish(code);
}

static void many_wake_one(void **state) {
    (void)state;
    struct thread threads[THREADS];
    char nothing[THREADS];
    start_all(threads, 1, wake_often, nothing);
    while (atomic_load(&finished) < THREADS)
        assert_int_equal(0, wait_for(1, PATIENCE_MS)); /* none gets lost, so that this ends */
    join_all(threads);
    (void)wait_for(1, 0);
    assert_int_equal(0, wait_for(1, 1));
}

/* --- moving data --- */

struct stream {
    struct anysock client, server;
    atomic_size_t received;
    atomic_int in_use;
};
static struct stream streams[THREADS];

enum { STREAM_BYTES = 64 * ROUNDS };

static int send_all_of_it(void *argument) {
    struct stream *stream = argument;
    static const char block[64];
    size_t sent;
    int code = ANYSOCK_OK;
    for (int i = 0; i < ROUNDS && code == ANYSOCK_OK; i++)
        code = anysock_send_all(&stream->client, block, sizeof block, &sent);
    return code;
}

static void open_streams(enum anysock_queue_mode mode) {
    for (size_t i = 0; i < THREADS; i++) {
        make_pair(0, ANYSOCK_NONBLOCK, &streams[i].client, &streams[i].server);
        atomic_store(&streams[i].received, 0);
        atomic_store(&streams[i].in_use, 0);
        assert_anysock(ANYSOCK_OK, anysock_queue_add(queue, &streams[i].server, ANYSOCK_READABLE,
                                                     mode, &streams[i]));
    }
}

static void close_streams(void) {
    for (size_t i = 0; i < THREADS; i++)
        close_pair(&streams[i].client, &streams[i].server);
}

/* Receives until there is nothing. */
static int receive_some(struct stream *stream) {
    char block[256];
    size_t received;
    int code;
    while ((code = anysock_recv(&stream->server, block, sizeof block, 0, &received)) == ANYSOCK_OK)
        atomic_fetch_add(&stream->received, received);
    return code == ANYSOCK_EAGAIN ? ANYSOCK_OK : code;
}

static size_t all_received(void) {
    size_t total = 0;
    for (size_t i = 0; i < THREADS; i++)
        total += atomic_load(&streams[i].received);
    return total;
}

static void one_thread_receives_what_many_send(void **state) {
    (void)state;
    for (int mode = LEVEL; mode <= EDGE; mode++) {
        struct thread threads[THREADS];
        open_streams((enum anysock_queue_mode)mode);
        start_all(threads, sizeof streams[0], send_all_of_it, (char *)streams);
        while (all_received() < THREADS * STREAM_BYTES) {
            if (wait_for(2, PATIENCE_MS) == 0)
                fail_msg("%s, mode %d: stuck at %zu", anysock_queue_backend(queue), mode,
                         all_received());
            for (size_t i = 0; i < count; i++) {
                struct stream *stream = got[i].data;
                assert_anysock(ANYSOCK_OK, receive_some(stream));
                if (mode == ONE_SHOT)
                    assert_anysock(ANYSOCK_OK,
                                   anysock_queue_modify(queue, &stream->server, ANYSOCK_READABLE,
                                                        ONE_SHOT, stream));
            }
        }
        join_all(threads);
        close_streams();
    }
}

/* One-shots are handed to whoever is free: here to a thread for each event, which receives and arms
 * the socket again while the main thread waits. */
static int receive_and_arm(void *argument) {
    struct stream *stream = argument;
    int code = receive_some(stream);
    atomic_store(&stream->in_use, 0);
    if (code == ANYSOCK_OK)
        code = anysock_queue_modify(queue, &stream->server, ANYSOCK_READABLE, ONE_SHOT, stream);
    return code == ANYSOCK_OK ? anysock_queue_wake(queue) : code;
}

static void one_shots_can_be_handed_to_other_threads(void **state) {
    (void)state;
    struct thread senders[THREADS], receivers[THREADS];
    bool started[THREADS] = {false};
    open_streams(ONE_SHOT);
    start_all(senders, sizeof streams[0], send_all_of_it, (char *)streams);
    while (all_received() < THREADS * STREAM_BYTES) {
        (void)wait_for(THREADS, PATIENCE_MS);
        for (size_t i = 0; i < count; i++) {
            struct stream *stream = got[i].data;
            size_t k = (size_t)(stream - streams);
            assert_int_equal(0, atomic_exchange(&stream->in_use, 1)); /* nobody else has it */
            if (started[k])
                assert_int_equal(ANYSOCK_OK, thread_join(&receivers[k]));
            thread_start(&receivers[k], receive_and_arm, stream);
            started[k] = true;
        }
    }
    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(ANYSOCK_OK, started[i] ? thread_join(&receivers[i]) : ANYSOCK_OK);
    join_all(senders);
    close_streams();
}

/* A thread sends until it would block, and goes on when the waiting thread tells it of an edge. */
static atomic_int edges;

static int send_by_edges(void *argument) {
    struct stream *stream = argument;
    static const char block[65536];
    size_t sent = 0, total = 0, ready;
    int seen = 0;
    while (total < 4u << 20) {
        int code = anysock_send(&stream->client, block, sizeof block, ANYSOCK_NO_WAIT, &sent);
        total += sent;
        if (code != ANYSOCK_OK && code != ANYSOCK_EAGAIN)
            return finish(code);
        for (int ms = 0; code == ANYSOCK_EAGAIN && atomic_load(&edges) == seen; ms++) {
            if (ms == PATIENCE_MS)
                return finish(ANYSOCK_ETIMEDOUT);
            (void)anysock_poll(NULL, 0, 1, &ready);
        }
        if (code == ANYSOCK_EAGAIN)
            seen++;
    }
    return finish(ANYSOCK_OK);
}

static void edges_are_armed_by_other_threads(void **state) {
    (void)state;
    struct thread thread;
    atomic_store(&edges, 0);
    atomic_store(&finished, 0);
    make_pair(0, ANYSOCK_NONBLOCK, &streams[0].client, &streams[0].server);
    add(&streams[0].client, ANYSOCK_WRITABLE, EDGE);
    add(&streams[0].server, ANYSOCK_READABLE, LEVEL);
    thread_start(&thread, send_by_edges, &streams[0]);
    while (atomic_load(&finished) == 0) {
        (void)wait_for(2, PATIENCE_MS);
        if (events_of(&streams[0].client) != 0)
            atomic_fetch_add(&edges, 1);
        if (events_of(&streams[0].server) != 0)
            (void)drain(&streams[0].server);
    }
    assert_int_equal(ANYSOCK_OK, thread_join(&thread));
    close_pair(&streams[0].client, &streams[0].server);
    (void)wait_for(1, 0);
}

/* A receive meets "would block" and tells the queue, if there is one at that moment. */
static atomic_bool enough;

static int receive_nothing(void *argument) {
    struct anysock *s = argument;
    char byte;
    size_t received;
    int code = ANYSOCK_EAGAIN;
    while (code == ANYSOCK_EAGAIN && !atomic_load(&enough))
        code = anysock_recv(s, &byte, 1, 0, &received);
    return code == ANYSOCK_EAGAIN ? ANYSOCK_OK : code;
}

static void receiving_socket_comes_and_goes(void **state) {
    (void)state;
    struct thread thread;
    struct anysock *s = &streams[0].server;
    atomic_store(&enough, false);
    make_pair(0, ANYSOCK_NONBLOCK, &streams[0].client, s);
    thread_start(&thread, receive_nothing, s);
    int code = ANYSOCK_OK;
    for (int i = 0; i < ROUNDS && code == ANYSOCK_OK; i++) {
        code = anysock_queue_add(queue, s, ANYSOCK_READABLE, EDGE, s);
        if (code == ANYSOCK_OK)
            code = anysock_queue_remove(queue, s);
    }
    atomic_store(&enough, true);
    assert_int_equal(ANYSOCK_OK, thread_join(&thread));
    assert_anysock(ANYSOCK_OK, code);
    close_pair(&streams[0].client, s);
}

/* What another thread does to a socket at the same moment as it is added: either the one or the
 * other must notice. */
enum { MEETINGS = 400 };
static struct anysock newcomer;
static atomic_uint arrived;

/* Waits until the other thread has come as often. */
static void meet(unsigned meeting) {
    size_t none;
    atomic_fetch_add(&arrived, 1);
    while (atomic_load(&arrived) < 2 * meeting)
        (void)anysock_poll(NULL, 0, 0, &none);
}

static int shut_newcomers(void *argument) {
    (void)argument;
    int code = ANYSOCK_OK;
    for (unsigned i = 0; i < MEETINGS; i++) {
        meet(2 * i + 1);
        int result = anysock_shutdown(&newcomer, ANYSOCK_SHUT_RD);
        code = code != ANYSOCK_OK ? code : result;
        meet(2 * i + 2);
    }
    return code;
}

static void what_happens_to_a_newcomer_is_told(void **state) {
    (void)state;
    struct thread thread;
    unsigned added = 0, told = 0;
    atomic_store(&arrived, 0);
    thread_start(&thread, shut_newcomers, NULL);
    for (unsigned i = 0; i < MEETINGS; i++) {
        (void)anysock_open(ANYSOCK_INET, ANYSOCK_DGRAM, 0, &newcomer);
        meet(2 * i + 1);
        int code = anysock_queue_add(queue, &newcomer, ANYSOCK_READABLE, LEVEL, &newcomer);
        meet(2 * i + 2);
        added += code == ANYSOCK_OK;
        told += wait_for(1, 0) == 1 && got[0].events == ANYSOCK_READABLE;
        (void)anysock_close(&newcomer);
    }
    assert_int_equal(ANYSOCK_OK, thread_join(&thread));
    assert_int_equal(MEETINGS, added);
    assert_int_equal(MEETINGS, told);
}

/* A thread that sleeps hears of a socket that another one adds, or wants to know more of. */
enum { ADDITIONS = 100 };

static int wait_for_newcomers(void *argument) {
    (void)argument;
    unsigned missed = 0;
    for (unsigned i = 0; i < ADDITIONS; i++) {
        struct anysock_queue_event event;
        size_t found;
        meet(2 * i + 1);
        int code = anysock_queue_wait(queue, &event, 1, PATIENCE_MS, &found);
        missed += code != ANYSOCK_OK || found != 1 || event.events != ANYSOCK_WRITABLE;
        meet(2 * i + 2);
    }
    return missed == 0 ? ANYSOCK_OK : ANYSOCK_ETIMEDOUT;
}

static void who_waits_hears_of_newcomers(void **state) {
    (void)state;
    struct thread thread;
    int codes = ANYSOCK_OK;
    atomic_store(&arrived, 0);
    thread_start(&thread, wait_for_newcomers, NULL);
    for (unsigned i = 0; i < ADDITIONS; i++) {
        bool is_known = i % 2 == 0;
        int (*tell)(struct anysock_queue *, struct anysock *, unsigned, enum anysock_queue_mode,
                    void *) = is_known ? anysock_queue_modify : anysock_queue_add;
        size_t none;
        codes |= anysock_open(ANYSOCK_INET, ANYSOCK_DGRAM, 0, &newcomer);
        if (is_known)
            codes |= anysock_queue_add(queue, &newcomer, ANYSOCK_READABLE, LEVEL, &newcomer);
        meet(2 * i + 1);
        (void)anysock_poll(NULL, 0, 1, &none); /* mostly it sleeps by then, which is the point */
        codes |= tell(queue, &newcomer, ANYSOCK_WRITABLE, LEVEL, &newcomer);
        meet(2 * i + 2);
        codes |= anysock_close(&newcomer);
    }
    assert_int_equal(ANYSOCK_OK, thread_join(&thread));
    assert_int_equal(ANYSOCK_OK, codes);
}

/* A foreign loop that waits for the native handle hears of what happened while a wait was woken. */
enum { WAKES = 100 };

static int wait_and_meet(void *argument) {
    (void)argument;
    int code = ANYSOCK_OK;
    for (unsigned i = 0; i < WAKES; i++) {
        struct anysock_queue_event event;
        size_t found;
        meet(2 * i + 1);
        int result = anysock_queue_wait(queue, &event, 1, ANYSOCK_FOREVER, &found);
        code = code != ANYSOCK_OK ? code : result;
        meet(2 * i + 2);
    }
    return code;
}

static void wake_hides_nothing_from_a_foreign_loop(void **state) {
    (void)state;
    struct thread thread;
    unsigned signalled = 0;
    anysock_waitable native = anysock_queue_native(queue);
    bool has_none = native == (anysock_waitable)(intptr_t)-1;
    atomic_store(&arrived, 0);
    thread_start(&thread, wait_and_meet, NULL);
    for (unsigned i = 0; i < WAKES; i++) {
        size_t none;
        (void)anysock_open(ANYSOCK_INET, ANYSOCK_DGRAM, 0, &newcomer);
        (void)anysock_queue_add(queue, &newcomer, ANYSOCK_READABLE, LEVEL, &newcomer);
        meet(2 * i + 1);
        (void)anysock_poll(NULL, 0, 1, &none); /* mostly it waits by then, which is the point */
        (void)anysock_queue_wake(queue);
        (void)anysock_shutdown(&newcomer, ANYSOCK_SHUT_RD);
        meet(2 * i + 2);
        signalled += has_none || waitable_is_signalled(native, 0);
        (void)anysock_close(&newcomer);
        (void)anysock_queue_wait(queue, got, 1, 0, &count);
    }
    assert_int_equal(ANYSOCK_OK, thread_join(&thread));
    assert_int_equal(WAKES, signalled);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        ON_EACH(sockets_come_and_go_while_a_thread_waits),
        ON_EACH(socket_may_be_treated_by_several_threads),
        ON_EACH(used_queue_is_not_closed),
        ON_EACH(second_thread_may_not_wait),
        ON_EACH(closed_listener_gives_its_port_back),
        ON_EACH(woken_thread_sees_what_was_written),
        ON_EACH(many_wake_one),
        ON_EACH(one_thread_receives_what_many_send),
        ON_EACH(one_shots_can_be_handed_to_other_threads),
        ON_EACH(edges_are_armed_by_other_threads),
        ON_EACH(receiving_socket_comes_and_goes),
        ON_EACH(what_happens_to_a_newcomer_is_told),
        ON_EACH(who_waits_hears_of_newcomers),
        ON_EACH(wake_hides_nothing_from_a_foreign_loop),
    };
    return cmocka_run_group_tests_name("queue_threads", tests, NULL, NULL);
}
