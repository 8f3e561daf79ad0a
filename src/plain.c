/*
 * What follows from the state for the straight ways of the calls; see plain_way in state.h.
 */
#include "internal.h"

/* Which bits matter to each way, what they are when it is plain, and how that is written. */
static const struct {
    uint32_t mask, wanted;
    unsigned char plain;
} ways[PLAIN_WAYS] = {
    [PLAIN_SEND] = {SENDING, PLAIN_STREAM, 1},
    [PLAIN_RECV] = {RECEIVING, PLAIN_STREAM, 1},
    [PLAIN_SEND_TO] = {SENDING_TO | ST_INET6, PLAIN_DATAGRAM, 1},
    [PLAIN_RECV_FROM] = {RECEIVING_FROM, PLAIN_DATAGRAM, 1},
    [PLAIN_WAIT] = {QUIET_MASK, QUIET, BOTH},
};

static bool is_plain_to(const struct anysock *s, int way) {
    return is_plain(s, ways[way].mask, ways[way].wanted, 0);
}

_Static_assert(sizeof(((struct anysock *)0)->plain_) == PLAIN_WAYS, "a byte for each way");
_Static_assert(PLAIN_SEND == 0 && PLAIN_RECV == 1, "as programs were compiled with the header");

static void set_way(struct anysock *s, int way, unsigned char plain) {
    atomic_store_explicit((_Atomic unsigned char *)&s->plain_[way], plain, memory_order_relaxed);
}

/* Other threads may do the same at the same time: nobody writes anything but zeros. */
void anysock_plain_lower(struct anysock *s) {
    for (int way = 0; way < PLAIN_WAYS; way++)
        if (!is_plain_to(s, way))
            set_way(s, way, 0);
}

void anysock_plain_raise(struct anysock *s) {
    for (int way = 0; way < PLAIN_WAYS; way++)
        set_way(s, way, is_plain_to(s, way) ? ways[way].plain : 0);
}
