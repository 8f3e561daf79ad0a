/*
 * An echo server on raw calls, one client after the other: `size` subtracts its text from that of
 * echo_anysock.c, which is the same program.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int check(const char *what, int result) {
    if (result < 0) {
        perror(what);
        exit(1);
    }
    return result;
}

static void serve(int fd) {
    char data[4096];
    ssize_t count;
    while ((count = recv(fd, data, sizeof data, 0)) > 0) {
        for (ssize_t done = 0; done < count;) {
            ssize_t sent = send(fd, data + done, (size_t)(count - done), MSG_NOSIGNAL);
            if (sent < 0) {
                perror("send");
                return;
            }
            done += sent;
        }
    }
    if (count < 0)
        perror("recv");
}

int main(int argc, char **argv) {
    int listener = check("socket", socket(AF_INET, SOCK_STREAM, 0));
    struct sockaddr_in addr;
    memset(&addr, 0, sizeof addr);
    addr.sin_family = AF_INET;
    addr.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    addr.sin_port = htons((uint16_t)(argc > 1 ? atoi(argv[1]) : 0));
    check("bind", bind(listener, (struct sockaddr *)&addr, sizeof addr));
    check("listen", listen(listener, SOMAXCONN));
    for (;;) {
        int fd = check("accept", accept(listener, NULL, NULL));
        serve(fd);
        close(fd);
    }
}
