/*
 * What a socket has to say to those who watch it; and broken connections: whoever meets one first,
 * every later call knows of it, though the system may tell it only once.
 */
#include "internal.h"

void anysock_refresh_watchers(struct anysock *s) {
    const struct anysock_watcher *watcher = queue_watcher(s);
    if (watcher != NULL)
        watcher->refresh(s);
    watcher = event_watcher(s);
    if (watcher != NULL)
        watcher->refresh(s);
}

void anysock_note_reset(struct anysock *s, uint32_t how) {
    const uint32_t connection = ST_STREAM | ST_CONNECTED;
    uint32_t state = state_of(s);
    if ((state & (connection | ST_RESET)) == connection) {
        change_state(s, 0, ST_RESET | how);
        anysock_refresh_watchers(s);
    } else if ((state & ST_UNTOLD) != 0 && how != ST_UNTOLD) {
        change_state(s, ST_UNTOLD, how);
    }
}

bool anysock_was_reset(struct anysock *s) {
    if ((state_of(s) & ST_RESET) != 0)
        return true;
    const struct anysock_watcher *in_queue = queue_watcher(s), *in_event = event_watcher(s);
    if ((in_queue == NULL || !in_queue->saw_reset(s)) &&
        (in_event == NULL || !in_event->saw_reset(s)))
        return false;
    anysock_note_reset(s, ST_UNTOLD);
    return true;
}
