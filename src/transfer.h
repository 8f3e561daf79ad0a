/*
 * What a send or receive is to the careful way (transfer.c), and how the calls (io.c) go it.
 */
#ifndef ANYSOCK_TRANSFER_H
#define ANYSOCK_TRANSFER_H

#include "internal.h"

struct transfer;
/* Tries once. It is a pointer, so that a program carries only the calls that it makes. */
typedef ptrdiff_t try_function(const struct anysock *s, const struct transfer *transfer,
                               unsigned flags);

/* A call: what is to be moved, and in which direction. */
struct transfer {
    try_function *attempt;
    enum anysock_op op; /* OP_SEND or OP_RECV */
    unsigned flags;
    void *data; /* of a send, too: it is only read */
    size_t length;
    const struct anysock_buffer *buffers; /* instead of data and length, if not null */
    size_t count;
    const struct anysock_addr *to; /* for send_to, else null */
    bool wants_from;               /* for recv_from */
    struct anysock_addr *from;
    unsigned *info;
};

/* What came before the careful way. */
enum before { NOT_TRIED, FAILED };

/* A whole call. */
int anysock_transfer(struct anysock *s, struct transfer *transfer, enum before before,
                     size_t *moved);
/* Until everything is moved, the stream ends or the call fails; moved is the progress. */
int anysock_transfer_all(struct anysock *s, struct transfer *transfer, size_t *moved);
/* How many bytes there are to move. */
size_t anysock_transfer_total(const struct transfer *transfer);

#endif /* ANYSOCK_TRANSFER_H */
