/*
 * The blocking mode and the event association: a state machine, and the only writer of its bits.
 *
 * Two facts are kept apart. The logical mode (ST_NONBLOCK) is what the caller asked for. The
 * kernel mode is what the descriptor is in: non-blocking by us (ST_KERNEL_NONBLOCK), or else
 * blocking, until a blocking call finds that somebody else has changed it (ST_KERNEL_FOREIGN);
 * then it is theirs until the caller sets the mode anew. A plain blocking socket blocks in the
 * kernel too, so that a blocking receive is one system call. As soon as the library needs
 * control (a time-out, a bound event, on Windows a call that must not wait) the kernel mode becomes
 * non-blocking and the library waits in the kernel's place.
 *
 * It goes back only in calls that want the other threads out: the caller sets the mode, takes the
 * last time-out away, unbinds, releases. All other calls may make it non-blocking, and none of them
 * blocking, so that whoever relies on control has it until the end of the call.
 *
 * Every decision is one row of the table below. Each row has a test of its name on the fake port
 * and on the real ones.
 */
#include "internal.h"

/* What a row makes of the kernel mode. */
enum kernel_action {
    KEEP,             /* no system call */
    MAKE_NONBLOCKING, /* never refused on an open socket */
    MAKE_BLOCKING     /* Winsock refuses it while anybody's event selection is on the socket */
};

enum { L = ST_NONBLOCK, K = ST_KERNEL_NONBLOCK, F = ST_KERNEL_FOREIGN, E = ST_EVENT, T = ST_TIMED };

/* Bytes, since every program carries the table. */
struct rule {
    uint8_t input;      /* enum anysock_mode_input */
    uint8_t mask, bits; /* the row applies if (state & mask) == bits; the first one counts */
    uint8_t action;     /* enum kernel_action */
    uint8_t clear, set; /* the state afterwards */
};

static const struct rule rules[] = {
    /* The caller wants non-blocking: the kernel must be so before the next call. */
    /* set_nonblocking_while_kernel_is: nothing to do but to remember. */
    {MODE_WANT_NONBLOCKING, K | F, K, KEEP, 0, L},
    /* set_nonblocking_makes_sure: a foreign hand that was seen may have made it blocking again. */
    {MODE_WANT_NONBLOCKING, 0, 0, MAKE_NONBLOCKING, F, L | K},

    /* The caller wants blocking: possible at any time, whatever the kernel mode must stay. */
    /* set_blocking_while_bound: Winsock would answer WSAEINVAL to FIONBIO 0. */
    {MODE_WANT_BLOCKING, E, E, KEEP, L, 0},
    /* set_blocking_while_timed: the next call with a deadline would undo it. */
    {MODE_WANT_BLOCKING, T, T, KEEP, L, 0},
    /* set_blocking_while_kernel_is */
    {MODE_WANT_BLOCKING, L | K | F, 0, KEEP, 0, 0},
    /* set_blocking_restores_the_kernel */
    {MODE_WANT_BLOCKING, 0, 0, MAKE_BLOCKING, L | K | F, 0},

    /* A deadline counts: the kernel must not wait in our place. */
    /* control_is_taken_once */
    {MODE_WANT_CONTROL, K, K, KEEP, 0, 0},
    /* control_is_taken_by_the_first_timed_call */
    {MODE_WANT_CONTROL, 0, 0, MAKE_NONBLOCKING, 0, K},

    /* A blocking call without deadline met "would block", and waits for readiness. */
    /* would_block_under_control_waits */
    {MODE_WOULD_BLOCK, K, K, KEEP, 0, 0},
    /* would_block_by_a_foreign_hand_waits: we left it blocking, somebody made it non-blocking.
     * It is theirs; do not fight. */
    {MODE_WOULD_BLOCK, 0, 0, KEEP, 0, F},

    /* An event is bound only to a non-blocking descriptor, as Winsock makes it so anyway. */
    /* binding_keeps_a_nonblocking_kernel */
    {MODE_BINDING, K, K, KEEP, 0, E},
    /* binding_forces_the_kernel */
    {MODE_BINDING, 0, 0, MAKE_NONBLOCKING, 0, E | K},

    /* A need is over: an event is unbound, the last time-out is taken away. */
    /* unbind_keeps_a_nonblocking_socket */
    {MODE_NEED_OVER, L, L, KEEP, 0, 0},
    /* the_last_timeout_keeps_control_while_bound */
    {MODE_NEED_OVER, E, E, KEEP, 0, 0},
    /* unbind_keeps_control_while_timed */
    {MODE_NEED_OVER, T, T, KEEP, 0, 0},
    /* unbind_leaves_a_foreign_mode */
    {MODE_NEED_OVER, F, F, KEEP, 0, 0},
    /* the_last_timeout_restores_blocking */
    {MODE_NEED_OVER, K, K, MAKE_BLOCKING, K, 0},
    /* control_that_was_not_taken_is_not_given_back */
    {MODE_NEED_OVER, 0, 0, KEEP, 0, 0},

    /* The descriptor leaves in its logical mode. */
    /* release_keeps_a_nonblocking_socket */
    {MODE_RELEASING, L, L, KEEP, 0, 0},
    /* release_keeps_a_blocking_kernel */
    {MODE_RELEASING, K | F, 0, KEEP, 0, 0},
    /* release_restores_blocking */
    {MODE_RELEASING, 0, 0, MAKE_BLOCKING, 0, 0},
};

_Static_assert((L | K | F | E | T) <= UINT8_MAX, "the mode bits fit the rows");

/* Whether a row applies to what is going on. */
static bool applies(const struct rule *rule, uint8_t input, uint8_t state) {
    return rule->input == input && (state & rule->mask) == rule->bits;
}

int anysock_mode(struct anysock *s, enum anysock_mode_input input) {
    const struct rule *rule = rules;
    uint8_t state = (uint8_t)state_of(s);
    while (!applies(rule, (uint8_t)input, state))
        rule++; /* every input has a last row without condition */

    if (rule->action != KEEP &&
        anysock_port_set_blocking(s->native_, rule->action == MAKE_BLOCKING) != 0) {
        int code = fail_native(OP_MODE, is_stream(s));
        if (rule->action != MAKE_BLOCKING || code != ANYSOCK_EBUSY)
            return code;
        /* refused_by_a_foreign_selection: the kernel stays non-blocking, the socket is logically
         * what it was to become, and its blocking calls wait. */
        change_mode(s, rule->clear, F);
        return ANYSOCK_OK;
    }
    change_mode(s, rule->clear, rule->set);
    return ANYSOCK_OK;
}

int anysock_mode_unbound(struct anysock *s) {
    change_mode(s, E, 0);
    return anysock_mode(s, MODE_NEED_OVER);
}

uint32_t anysock_mode_initial(bool nonblocking, bool kernel_nonblocking) {
    return (nonblocking ? L : 0) | (kernel_nonblocking ? K : 0);
}

int anysock_mode_prepare(struct anysock *s, unsigned flags, enum anysock_timeout which) {
    uint32_t state = state_of(s);
    if ((state & (L | K)) != 0)
        return ANYSOCK_OK;
    bool no_wait = (flags & ANYSOCK_NO_WAIT) != 0 && !anysock_port_traits.has_no_wait_flag;
    if (no_wait || s->timeout_[which] != 0)
        return anysock_mode(s, MODE_WANT_CONTROL);
    return ANYSOCK_OK;
}

int anysock_set_blocking(struct anysock *s, bool blocking) {
    int code = check_open(s);
    if (code != ANYSOCK_OK)
        return code;
    return anysock_mode(s, blocking ? MODE_WANT_BLOCKING : MODE_WANT_NONBLOCKING);
}

bool anysock_is_blocking(const struct anysock *s) {
    return s != NULL && (state_of(s) & (ST_OPEN | ST_NONBLOCK)) == ST_OPEN;
}

int anysock_set_timeout(struct anysock *s, enum anysock_timeout which, int timeout_ms) {
    int code = check_open(s);
    if (code != ANYSOCK_OK)
        return code;
    if ((unsigned)which > ANYSOCK_TIMEOUT_CONNECT || !is_timeout(timeout_ms))
        return refuse(ANYSOCK_EINVAL);

    s->timeout_[which] = timeout_ms + 1; /* so that a zeroed socket has none */
    bool timed = (s->timeout_[0] | s->timeout_[1] | s->timeout_[2]) != 0;
    change_state(s, T, timed ? T : 0);
    if (!timed) /* calls wait all the same if it fails */
        (void)anysock_mode(s, MODE_NEED_OVER);
    anysock_plain_raise(s);
    return ANYSOCK_OK;
}

int anysock_get_timeout(const struct anysock *s, enum anysock_timeout which, int *timeout_ms) {
    if (timeout_ms == NULL)
        return refuse(ANYSOCK_EFAULT);
    *timeout_ms = ANYSOCK_FOREVER;
    int code = check_open(s);
    if (code != ANYSOCK_OK)
        return code;
    if ((unsigned)which > ANYSOCK_TIMEOUT_CONNECT)
        return refuse(ANYSOCK_EINVAL);
    *timeout_ms = s->timeout_[which] - 1;
    return ANYSOCK_OK;
}
