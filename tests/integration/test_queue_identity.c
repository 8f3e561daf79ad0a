/*
 * Sockets that come and go while their descriptors' numbers are used again: an event always belongs
 * to who is registered, and never to who was.
 */
#include <string.h>

#include "queues.h"

/* How often. A process of Wine asks its server for every call: there the portable queue, which is
 * the same code everywhere, goes round less often. */
static int cycles(void) {
    bool is_portable = strcmp(anysock_queue_backend(queue), "poll") == 0;
    return is_wine() && is_portable ? 10000 : 100000;
}

#define SLOTS 8

/* Whoever is registered in a slot has its own data, never used before. */
struct slot {
    struct anysock s;
    uintptr_t ticket; /* 0: not registered */
};

static struct slot slots[SLOTS];
static uintptr_t tickets;

/* The same numbers come on every system. */
static uint32_t randomness;

static unsigned draw(unsigned below) {
    randomness = randomness * 1664525u + 1013904223u;
    return (randomness >> 16) % below;
}

static void enter(struct slot *slot) {
    static const unsigned interests[] = {BOTH, ANYSOCK_READABLE, CONDITIONS, 0};
    slot->ticket = ++tickets;
    assert_anysock(ANYSOCK_OK,
                   anysock_queue_add(queue, &slot->s, interests[draw(4)],
                                     (enum anysock_queue_mode)draw(3), (void *)slot->ticket));
}

static void leave(struct slot *slot) {
    take_out(&slot->s);
    slot->ticket = 0;
}

static void close_slot(struct slot *slot) {
    if (anysock_is_open(&slot->s))
        assert_anysock(ANYSOCK_OK,
                       draw(2) == 0 ? anysock_close(&slot->s) : anysock_abort(&slot->s));
    slot->ticket = 0;
}

/* A fresh stream, a datagram socket with or without a peer. */
static void open_slot(struct slot *slot) {
    struct anysock_addr addr;
    enum anysock_type type = draw(3) == 0 ? ANYSOCK_STREAM : ANYSOCK_DGRAM;
    assert_anysock(ANYSOCK_OK, anysock_open(ANYSOCK_INET, type, ANYSOCK_NONBLOCK, &slot->s));
    if (type == ANYSOCK_STREAM || draw(2) == 0)
        return;
    assert_anysock(ANYSOCK_OK, anysock_addr_loopback(ANYSOCK_INET, 9, &addr));
    assert_anysock(ANYSOCK_OK, anysock_connect(&slot->s, &addr));
}

/* One random step in the life of one slot. */
static void step(struct slot *slot) {
    if (!anysock_is_open(&slot->s)) {
        open_slot(slot);
        enter(slot);
        return;
    }
    switch (draw(5)) {
    case 0:
        close_slot(slot); /* registered or not */
        break;
    case 1:
        if (slot->ticket != 0)
            leave(slot);
        break;
    case 2:
        if (slot->ticket == 0)
            enter(slot);
        break;
    case 3: /* whatever comes of it, the queue hears of it */
        (void)anysock_shutdown(&slot->s, (enum anysock_shutdown_how)(1 + draw(3)));
        break;
    default:
        if (slot->ticket != 0) {
            slot->ticket = ++tickets;
            assert_anysock(ANYSOCK_OK, anysock_queue_modify(queue, &slot->s, BOTH,
                                                            (enum anysock_queue_mode)draw(3),
                                                            (void *)slot->ticket));
        }
        break;
    }
}

static void check_events(void) {
    bool came[SLOTS] = {false};
    for (size_t i = 0; i < count; i++) {
        size_t k = 0;
        while (k < SLOTS && (void *)slots[k].ticket != got[i].data)
            k++;
        if (k == SLOTS || came[k])
            fail_msg("%s: event 0x%x with the data %p, %s", anysock_queue_backend(queue),
                     got[i].events, got[i].data, k == SLOTS ? "which nobody has" : "twice");
        came[k] = true;
    }
}

static void events_belong_to_who_is_registered(void **state) {
    (void)state;
    randomness = 1;
    tickets = 0;
    for (int cycle = 0; cycle < cycles(); cycle++) {
        step(&slots[draw(SLOTS)]);
        (void)wait_for(1 + draw(SLOTS), 0);
        check_events();
    }
    assert_true(tickets >= (uintptr_t)cycles() / 4);
    for (size_t i = 0; i < SLOTS; i++)
        close_slot(&slots[i]);
    expect_silence();
}

/* The shortest life: always the same descriptor, ready when it is closed. */
static void reused_descriptor_brings_nothing_of_the_last_one(void **state) {
    (void)state;
    struct anysock keeper;
    assert_anysock(ANYSOCK_OK, anysock_open(ANYSOCK_INET, ANYSOCK_DGRAM, 0, &keeper));
    add(&keeper, ANYSOCK_READABLE, LEVEL);
    for (int cycle = 0; cycle < cycles(); cycle++) {
        struct anysock s;
        void *data = (void *)(uintptr_t)(cycle + 1);
        assert_anysock(ANYSOCK_OK, anysock_open(ANYSOCK_INET, ANYSOCK_DGRAM, 0, &s));
        assert_anysock(ANYSOCK_OK, anysock_queue_add(queue, &s, BOTH, LEVEL, data));
        assert_int_equal(1, wait_for(4, PATIENCE_MS));
        assert_ptr_equal(data, got[0].data);
        assert_int_equal(ANYSOCK_WRITABLE, got[0].events);
        if (cycle % 2 == 0)
            take_out(&s);
        assert_anysock(ANYSOCK_OK, anysock_close(&s));
        assert_int_equal(0, wait_for(4, 0));
    }
    assert_anysock(ANYSOCK_OK, anysock_close(&keeper));
}

/* The descriptor lives on in another process or under another number, as epoll would notice. */
static void released_socket_is_silent_though_it_lives_on(void **state) {
    (void)state;
    for (int i = 0; i < 20; i++) {
        struct anysock client, server;
        anysock_native native;
        make_pair(0, 0, &client, &server);
        say(&server, "x");
        add(&client, CONDITIONS, LEVEL);
        assert_int_equal(ANYSOCK_WRITABLE, told(&client) & (unsigned)ANYSOCK_WRITABLE);
        assert_anysock(ANYSOCK_OK, anysock_release(&client, &native));
        expect_silence();
        assert_anysock(ANYSOCK_OK, anysock_adopt(native, 0, &client));
        expect_silence();
        add(&client, BOTH, LEVEL); /* and may be registered anew */
        while (told(&client) != BOTH) {
            /* The data are on their way. */
        }
        close_pair(&client, &server);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        ON_EACH(events_belong_to_who_is_registered),
        ON_EACH(reused_descriptor_brings_nothing_of_the_last_one),
        ON_EACH(released_socket_is_silent_though_it_lives_on),
    };
    return cmocka_run_group_tests_name("queue_identity", tests, NULL, NULL);
}
