/*
 * `streams` on APR.
 */
#include "streams.h"

#include <apr_general.h>
#include <apr_network_io.h>
#include <apr_portable.h>

static apr_pool_t *pool(void) {
    static apr_pool_t *made;
    if (made == NULL)
        expect(apr_initialize() == APR_SUCCESS && apr_pool_create(&made, NULL) == APR_SUCCESS);
    return made;
}

static void *adopt(int fd) {
    apr_socket_t *s = NULL;
    expect(apr_os_sock_put(&s, &fd, pool()) == APR_SUCCESS);
    return s;
}

static void drop(void *s) {
    apr_socket_close(s);
}

static void send_ping(apr_socket_t *s) {
    apr_size_t count = PING_SIZE;
    expect(apr_socket_send(s, stream_data, &count) == APR_SUCCESS && count == PING_SIZE);
}

static void recv_ping(apr_socket_t *s) {
    apr_size_t count = PING_SIZE;
    expect(apr_socket_recv(s, stream_data, &count) == APR_SUCCESS && count == PING_SIZE);
}

static void ping(void *s, int rounds) {
    for (int i = 0; i < rounds; i++) {
        send_ping(s);
        recv_ping(s);
    }
}

static void push(void *s) {
    apr_size_t count;
    for (size_t left = BULK_BYTES; left > 0; left -= count) {
        count = next_block(left);
        expect(apr_socket_send(s, stream_data, &count) == APR_SUCCESS);
    }
    count = 1;
    expect(apr_socket_recv(s, stream_data, &count) == APR_SUCCESS && count == 1);
}

static void pong(void *s) {
    for (;;) {
        recv_ping(s);
        send_ping(s);
    }
}

static void pull(void *s) {
    for (;;) {
        apr_size_t count;
        for (size_t left = BULK_BYTES; left > 0; left -= count) {
            count = BLOCK_SIZE;
            expect(apr_socket_recv(s, stream_data, &count) == APR_SUCCESS && count > 0);
        }
        count = 1;
        expect(apr_socket_send(s, stream_data, &count) == APR_SUCCESS);
    }
}

static void accept_echo_close(int fd) {
    apr_socket_t *listener = adopt(fd), *s;
    apr_pool_t *scratch;
    expect(apr_pool_create(&scratch, pool()) == APR_SUCCESS);
    for (;;) {
        expect(apr_socket_accept(&s, listener, scratch) == APR_SUCCESS);
        recv_ping(s);
        send_ping(s);
        apr_socket_close(s);
        apr_pool_clear(scratch);
    }
}

const struct stream_library streams_apr = {"apr", adopt, drop, ping,
                                           push,  pong,  pull, accept_echo_close};
