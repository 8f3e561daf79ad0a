/*
 * `calls` on SDL2_net. It has no blocking mode to set, no IPv6, and writes no addresses.
 */
#include "calls.h"

#include <SDL_net.h>
#include <arpa/inet.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

static uint16_t bound_port;

/* SDL2_net always binds to every interface and does not tell the port. This bind, found before
 * libc's, keeps it on loopback and remembers. */
int bind(int fd, const struct sockaddr *addr, socklen_t length) {
    struct sockaddr_in local;
    if (length != sizeof local)
        return -1;
    memcpy(&local, addr, sizeof local);
    local.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int code = (int)syscall(SYS_bind, fd, &local, length);
    if (code == 0)
        bound_port = peer_port(fd);
    return code;
}

static IPaddress loopback(uint16_t port) {
    return (IPaddress){.host = htonl(INADDR_LOOPBACK), .port = htons(port)};
}

static void streams(void) {
    uint16_t port;
    int listener = peer_listen(&port);
    IPaddress addr = loopback(port);
    TCPsocket s = SDLNet_TCP_Open(&addr);
    expect(s != NULL);
    int peer = peer_accept(listener);
    char data[BENCH_SIZE];
    int count;

    while (bench_row("send")) {
        bench_begin();
        count = SDLNet_TCP_Send(s, bench_data, sizeof bench_data);
        bench_end();
        expect(count == BENCH_SIZE);
        peer_drain(peer);
    }
    while (bench_row("recv")) {
        peer_feed(peer);
        bench_begin();
        count = SDLNet_TCP_Recv(s, data, sizeof data);
        bench_end();
        expect(count == BENCH_SIZE);
    }
    SDLNet_SocketSet set = SDLNet_AllocSocketSet(1);
    expect(set != NULL && SDLNet_TCP_AddSocket(set, s) == 1);
    peer_feed(peer);
    while (bench_row("poll")) {
        bench_begin();
        count = SDLNet_CheckSockets(set, 1000);
        bench_end();
        expect(count == 1 && SDLNet_SocketReady(s));
    }
    SDLNet_FreeSocketSet(set);
    SDLNet_TCP_Close(s);
    close(peer);
    close(listener);
}

static void datagrams(void) {
    uint16_t peers_port;
    UDPsocket s = SDLNet_UDP_Open(0);
    expect(s != NULL);
    int peer = peer_datagram(&peers_port, bound_port);
    UDPpacket *packet = SDLNet_AllocPacket(BENCH_SIZE);
    expect(packet != NULL);
    packet->len = BENCH_SIZE;
    packet->address = loopback(peers_port);
    int count;

    while (bench_row("send_to")) {
        bench_begin();
        count = SDLNet_UDP_Send(s, -1, packet);
        bench_end();
        expect(count == 1);
        peer_drain(peer);
    }
    while (bench_row("recv_from")) {
        peer_feed(peer);
        bench_begin();
        count = SDLNet_UDP_Recv(s, packet);
        bench_end();
        expect(count == 1 && packet->len == BENCH_SIZE);
    }
    /* Its datagram sockets are the ones that do not block. */
    while (bench_row("recv_would_block")) {
        bench_begin();
        count = SDLNet_UDP_Recv(s, packet);
        bench_end();
        expect(count == 0);
    }
    SDLNet_FreePacket(packet);
    SDLNet_UDP_Close(s);
    close(peer);
}

static void life(void) {
    IPaddress any = {.host = INADDR_ANY, .port = 0};
    TCPsocket listener = SDLNet_TCP_Open(&any);
    expect(listener != NULL);
    uint16_t port = bound_port;
    TCPsocket s;

    while (bench_row("accept")) {
        int peer = peer_connect(port);
        bench_begin();
        s = SDLNet_TCP_Accept(listener);
        bench_end();
        expect(s != NULL);
        peer_reset(peer);
        SDLNet_TCP_Close(s);
    }
    while (bench_row("close")) {
        int peer = peer_connect(port);
        s = SDLNet_TCP_Accept(listener);
        expect(s != NULL);
        bench_begin();
        SDLNet_TCP_Close(s);
        bench_end();
        peer_reset(peer);
    }
    SDLNet_TCP_Close(listener);
}

int main(int argc, char **argv) {
    bench_start(argc, argv);
    expect(SDL_Init(0) == 0 && SDLNet_Init() == 0);
    streams();
    datagrams();
    life();
    while (bench_row("parse_v4")) {
        IPaddress addr;
        int code;
        bench_begin();
        code = SDLNet_ResolveHost(&addr, BENCH_HOST_V4, BENCH_PORT);
        bench_end();
        expect(code == 0);
    }
    SDLNet_Quit();
    SDL_Quit();
    return 0;
}
