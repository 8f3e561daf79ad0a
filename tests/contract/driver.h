/*
 * What the tests of requests to the driver share: a queue whose questions are counted and can be
 * refused.
 */
#ifndef ANYSOCK_TESTS_CONTRACT_DRIVER_H
#define ANYSOCK_TESTS_CONTRACT_DRIVER_H

#include "win32/queue_afd.h"

#include "imports.h"

/* The driver, in front of every queue here. */
static struct {
    afd_control ask;
    bool lacks_memory;
    size_t asked;            /* so often */
    size_t asked_alone;      /* so often about one socket only */
    size_t sockets;          /* about so many, counted with every question */
    IO_STATUS_BLOCK *latest; /* of the last question */
} driver;

static inline NTSTATUS NTAPI ask(HANDLE helper, HANDLE event, PIO_APC_ROUTINE routine,
                                 PVOID context, IO_STATUS_BLOCK *result, ULONG code, PVOID in,
                                 ULONG in_length, PVOID out, ULONG out_length) {
    const struct afd_questions *questions = in;
    driver.asked++;
    driver.asked_alone += questions->count == 1;
    driver.sockets += questions->count;
    driver.latest = result;
    if (driver.lacks_memory)
        return (NTSTATUS)0xC000009A; /* STATUS_INSUFFICIENT_RESOURCES */
    return driver.ask(helper, event, routine, context, result, code, in, in_length, out,
                      out_length);
}

static inline struct anysock_queue *open_queue(void) {
    struct anysock_afd afd;
    assert_int_equal(0, anysock_afd_find(&afd));
    memset(&driver, 0, sizeof driver);
    driver.ask = afd.control;
    struct anysock_queue *queue =
        open_queue_with("NtDeviceIoControlFile", (FARPROC)(function_pointer)ask);
    assert_string_equal("afd", anysock_queue_backend(queue));
    return queue;
}

/* From here on. */
static inline void count_anew(void) {
    driver.asked = driver.asked_alone = driver.sockets = 0;
}

static inline void add(struct anysock_queue *queue, struct anysock *s, unsigned wanted) {
    assert_anysock(ANYSOCK_OK, anysock_queue_add(queue, s, wanted, ANYSOCK_QUEUE_LEVEL, s));
}

/* Opens sockets in which nothing happens, and adds them. */
static inline void add_new(struct anysock_queue *queue, struct anysock *sockets, size_t count) {
    for (size_t i = 0; i < count; i++) {
        sockets[i] = open_datagram();
        add(queue, &sockets[i], ANYSOCK_READABLE);
    }
}

/* Closes those that are still open, and the queue. */
static inline void close_all(struct anysock_queue *queue, struct anysock *sockets, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (anysock_is_open(&sockets[i]))
            assert_anysock(ANYSOCK_OK, anysock_close(&sockets[i]));
    assert_anysock(ANYSOCK_OK, anysock_queue_close(queue));
}

/* A look, which also makes requests for those who have nothing. */
static inline size_t look(struct anysock_queue *queue) {
    struct anysock_queue_event events[4];
    size_t count;
    assert_anysock(ANYSOCK_OK, anysock_queue_wait(queue, events, COUNT_OF(events), 0, &count));
    return count;
}

/* Sends something from one datagram socket to another one, or to itself. */
static inline void whisper(struct anysock *from, struct anysock *to) {
    struct anysock_addr addr;
    size_t sent;
    assert_anysock(ANYSOCK_OK, anysock_local_addr(to, &addr));
    assert_anysock(ANYSOCK_OK, anysock_send_to(from, "x", 1, 0, &addr, &sent));
    (void)await(to, ANYSOCK_READABLE);
}

static inline void assert_told(struct anysock_queue *queue, const struct anysock *s,
                               unsigned wanted) {
    struct anysock_queue_event events[2];
    size_t count;
    assert_anysock(ANYSOCK_OK,
                   anysock_queue_wait(queue, events, COUNT_OF(events), PATIENCE_MS, &count));
    assert_int_equal(1, count);
    assert_ptr_equal(s, events[0].data);
    assert_int_equal(wanted, events[0].events);
}

#endif
