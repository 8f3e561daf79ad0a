/*
 * `queue`, memory: the heap that a library takes for each socket of a queue. What the program
 * itself provides for each, the socket's own object included, is told beside it.
 */
#include "memory.h"
#include "peer.h"
#include "queue_world.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define SOCKETS 10000

static const struct queue_library *library;
static size_t sockets;
static double *bytes_per_socket;

static void fill_queue(void) {
    int *fds = calloc(sockets, sizeof *fds);
    uint16_t port;
    expect(fds != NULL);
    void *queue = library->open(sockets);
    for (size_t i = 0; i < sockets; i++) {
        fds[i] = peer_datagram(&port, 0);
        if (library->adopt != NULL)
            library->adopt(queue, i, fds[i]);
    }
    size_t before = memory_in_use();
    for (size_t i = 0; i < sockets; i++)
        library->add(queue, i, fds[i]);
    if (library->flush != NULL)
        library->flush(queue);
    *bytes_per_socket = (double)(memory_in_use() - before) / (double)sockets;
}

int main(void) {
    size_t most = peer_files();
    sockets = SOCKETS + 64 < most ? SOCKETS : most - 64;
    bytes_per_socket = world_share(sizeof *bytes_per_socket);
    printf("queue_heap bytes_per_socket");
    for (size_t i = 0; (library = world_libraries[i]) != NULL; i++) {
        if (library->modify == NULL || (i > 0 && library == world_libraries[0]))
            continue;
        fflush(stdout);
        world_isolate(fill_queue);
        printf(" %s %.0f", library->name, *bytes_per_socket);
    }
    printf("\nqueue_object bytes_per_socket");
    for (size_t i = 0; (library = world_libraries[i]) != NULL; i++)
        if (library->modify != NULL && (i == 0 || library != world_libraries[0]))
            printf(" %s %zu", library->name, library->object);
    printf("\n");
    return 0;
}
