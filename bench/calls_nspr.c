/*
 * `calls` on NSPR. Its blocking descriptors are non-blocking in the kernel.
 */
#include "calls.h"

#include <nspr.h>
#include <string.h>
#include <unistd.h>

#define FOREVER PR_INTERVAL_NO_TIMEOUT

static PRNetAddr loopback(uint16_t port) {
    PRNetAddr addr;
    expect(PR_InitializeNetAddr(PR_IpAddrLoopback, port, &addr) == PR_SUCCESS);
    return addr;
}

static uint16_t bind_loopback(PRFileDesc *s) {
    PRNetAddr addr = loopback(0);
    expect(PR_Bind(s, &addr) == PR_SUCCESS && PR_GetSockName(s, &addr) == PR_SUCCESS);
    return PR_ntohs(addr.inet.port);
}

static PRStatus set_blocking(PRFileDesc *s, PRBool blocking) {
    PRSocketOptionData option = {.option = PR_SockOpt_Nonblocking};
    option.value.non_blocking = !blocking;
    return PR_SetSocketOption(s, &option);
}

static void streams(void) {
    uint16_t port;
    int listener = peer_listen(&port);
    PRNetAddr addr = loopback(port);
    PRFileDesc *s = PR_NewTCPSocket();
    expect(s != NULL && PR_Connect(s, &addr, FOREVER) == PR_SUCCESS);
    int peer = peer_accept(listener);
    char data[BENCH_SIZE];
    PRInt32 count;

    while (bench_row("send")) {
        bench_begin();
        count = PR_Send(s, bench_data, sizeof bench_data, 0, FOREVER);
        bench_end();
        expect(count == BENCH_SIZE);
        peer_drain(peer);
    }
    while (bench_row("recv")) {
        peer_feed(peer);
        bench_begin();
        count = PR_Recv(s, data, sizeof data, 0, FOREVER);
        bench_end();
        expect(count == BENCH_SIZE);
    }
    peer_feed(peer);
    while (bench_row("poll")) {
        PRPollDesc item = {.fd = s, .in_flags = PR_POLL_READ};
        bench_begin();
        count = PR_Poll(&item, 1, FOREVER);
        bench_end();
        expect(count == 1 && item.out_flags == PR_POLL_READ);
    }
    expect(PR_Recv(s, data, sizeof data, 0, FOREVER) == BENCH_SIZE);
    while (bench_row("set_blocking")) {
        PRStatus status;
        bench_begin();
        status = set_blocking(s, PR_FALSE);
        bench_end();
        expect(status == PR_SUCCESS && set_blocking(s, PR_TRUE) == PR_SUCCESS);
    }
    expect(set_blocking(s, PR_FALSE) == PR_SUCCESS);
    while (bench_row("recv_would_block")) {
        bench_begin();
        count = PR_Recv(s, data, sizeof data, 0, FOREVER);
        bench_end();
        expect(count == -1 && PR_GetError() == PR_WOULD_BLOCK_ERROR);
    }
    PR_Close(s);
    close(peer);
    close(listener);
}

static void datagrams(void) {
    uint16_t peers_port;
    PRFileDesc *s = PR_NewUDPSocket();
    expect(s != NULL);
    int peer = peer_datagram(&peers_port, bind_loopback(s));
    PRNetAddr addr = loopback(peers_port);
    char data[BENCH_SIZE];
    PRInt32 count;

    while (bench_row("send_to")) {
        bench_begin();
        count = PR_SendTo(s, bench_data, sizeof bench_data, 0, &addr, FOREVER);
        bench_end();
        expect(count == BENCH_SIZE);
        peer_drain(peer);
    }
    while (bench_row("recv_from")) {
        PRNetAddr from;
        peer_feed(peer);
        bench_begin();
        count = PR_RecvFrom(s, data, sizeof data, 0, &from, FOREVER);
        bench_end();
        expect(count == BENCH_SIZE && PR_ntohs(from.inet.port) == peers_port);
    }
    PR_Close(s);
    close(peer);
}

static void life(void) {
    PRFileDesc *listener = PR_NewTCPSocket();
    expect(listener != NULL);
    uint16_t port = bind_loopback(listener);
    expect(PR_Listen(listener, 16) == PR_SUCCESS);
    PRFileDesc *s;

    while (bench_row("accept")) {
        int peer = peer_connect(port);
        bench_begin();
        s = PR_Accept(listener, NULL, FOREVER);
        bench_end();
        expect(s != NULL);
        peer_reset(peer);
        PR_Close(s);
    }
    while (bench_row("close")) {
        PRStatus status;
        s = PR_NewTCPSocket();
        expect(s != NULL);
        bench_begin();
        status = PR_Close(s);
        bench_end();
        expect(status == PR_SUCCESS);
    }
    PR_Close(listener);
}

static void address(const char *parse, const char *format, const char *host) {
    PRNetAddr addr = {{0}}; /* parsing leaves the scope as it was */
    char text[64];
    PRStatus status;

    while (bench_row(parse)) {
        bench_begin();
        status = PR_StringToNetAddr(host, &addr);
        bench_end();
        expect(status == PR_SUCCESS);
    }
    while (bench_row(format)) {
        bench_begin();
        status = PR_NetAddrToString(&addr, text, sizeof text);
        bench_end();
        expect(status == PR_SUCCESS && strcmp(text, host) == 0);
    }
}

int main(int argc, char **argv) {
    bench_start(argc, argv);
    PR_Init(PR_USER_THREAD, PR_PRIORITY_NORMAL, 0);
    streams();
    datagrams();
    life();
    address("parse_v4", "format_v4", BENCH_HOST_V4);
    address("parse_v6", "format_v6", BENCH_HOST_V6);
    return 0;
}
