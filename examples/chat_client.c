/*
 * A guest of the chat server: says what stands on the command line, or else on standard input, and
 * prints what the others say.
 *
 * Shows: a queue for one socket and for something that no system lets wait for together with
 * sockets. Standard input is one on Windows, and so it is read by a thread of its own, which says
 * with anysock_queue_wake() that there is a line. The thread in turn waits until the line was
 * taken, for which a queue without sockets will do.
 */
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "common.h"
#include "thread.h"

/* Passes lines from one thread to the other, one at a time. */
struct mailbox {
    struct anysock_queue *receiver, *sender; /* whom to wake */
    atomic_bool full;
    bool last; /* there is no line in it, and there will not be any more */
    char line[512];
};

static struct {
    struct anysock socket;
    struct anysock_queue *queue;
    struct mailbox input;
    struct thread *reader;
    char **arguments; /* to be said; null: it is the input */
    const char *text; /* what is being said: the rest of a line */
    size_t length;
    char line[sizeof((struct mailbox *)0)->line + 1];
    bool finished; /* everything is said */
} guest;

/* ------------------------------------------------------------------------------------------- *
 * The thread that reads
 * ------------------------------------------------------------------------------------------- */

/* A wake is never lost, but it may be that for the line before: hence the loop around. */
static bool wait_until_taken(struct mailbox *box) {
    struct anysock_queue_event nothing;
    size_t count;
    int code = ANYSOCK_OK;
    while (code == ANYSOCK_OK && atomic_load(&box->full))
        code = anysock_queue_wait(box->sender, &nothing, 1, ANYSOCK_FOREVER, &count);
    return code == ANYSOCK_OK;
}

static void read_lines(void *argument) {
    struct mailbox *box = argument;
    while (!box->last && wait_until_taken(box)) {
        box->last = fgets(box->line, sizeof box->line, stdin) == NULL;
        atomic_store(&box->full, true);
        (void)anysock_queue_wake(box->receiver);
    }
}

static int start_reading(void) {
    guest.input.receiver = guest.queue;
    int code = anysock_queue_open(0, &guest.input.sender);
    if (code == ANYSOCK_OK)
        guest.reader = start_thread(read_lines, &guest.input);
    if (code == ANYSOCK_OK && guest.reader == NULL)
        code = ANYSOCK_ENOMEM;
    if (code != ANYSOCK_OK)
        fail(code, "read standard input");
    return code;
}

/* ------------------------------------------------------------------------------------------- *
 * The thread that talks
 * ------------------------------------------------------------------------------------------- */

/* Gets the next line, if there is one already. */
static void take_line(void) {
    if (!atomic_load(&guest.input.full))
        return;
    guest.finished = guest.input.last;
    if (!guest.finished) {
        guest.text = guest.line;
        guest.length = strlen(guest.input.line);
        memcpy(guest.line, guest.input.line, guest.length);
    }
    atomic_store(&guest.input.full, false);
    (void)anysock_queue_wake(guest.input.sender);
}

static void take_argument(void) {
    const char *argument = *guest.arguments;
    guest.finished = argument == NULL;
    if (guest.finished)
        return;
    guest.arguments++;
    int length =
        snprintf(guest.line, sizeof guest.line, "%.*s\n", (int)sizeof guest.line - 2, argument);
    guest.text = guest.line;
    guest.length = (size_t)length;
}

/* Says as much as there is and as the socket takes. The end of what there is to say is the end of
 * our direction; the others may still have something to say. */
static int speak(void) {
    while (!guest.finished) {
        if (guest.length == 0) {
            if (guest.arguments != NULL)
                take_argument();
            else
                take_line();
        }
        if (guest.finished)
            return anysock_shutdown(&guest.socket, ANYSOCK_SHUT_WR);
        if (guest.length == 0)
            return ANYSOCK_OK; /* the thread will wake us */
        size_t sent;
        int code = anysock_send(&guest.socket, guest.text, guest.length, 0, &sent);
        guest.text += sent;
        guest.length -= sent;
        if (code != ANYSOCK_OK)
            return code == ANYSOCK_EAGAIN ? ANYSOCK_OK : code;
    }
    return ANYSOCK_OK;
}

static int listen_once(bool *over) {
    char data[4096];
    size_t received;
    int code = anysock_recv(&guest.socket, data, sizeof data, 0, &received);
    *over = code == ANYSOCK_OK && received == 0;
    (void)fwrite(data, 1, received, stdout);
    (void)fflush(stdout);
    return code == ANYSOCK_EAGAIN ? ANYSOCK_OK : code;
}

/* A wake comes without an event, or together with one: so we look for a line in any case. */
static int talk(void) {
    bool over = false;
    while (!over) {
        const char *step = "send";
        int code = speak();
        if (code == ANYSOCK_OK) {
            step = "wait";
            unsigned wanted =
                (unsigned)ANYSOCK_READABLE | (guest.length > 0 ? (unsigned)ANYSOCK_WRITABLE : 0);
            code =
                anysock_queue_modify(guest.queue, &guest.socket, wanted, ANYSOCK_QUEUE_LEVEL, NULL);
        }
        struct anysock_queue_event event;
        size_t count = 0;
        if (code == ANYSOCK_OK)
            code = anysock_queue_wait(guest.queue, &event, 1, ANYSOCK_FOREVER, &count);
        if (code == ANYSOCK_OK && count > 0 && (event.events & ANYSOCK_READABLE) != 0) {
            step = "receive";
            code = listen_once(&over);
        }
        if (code != ANYSOCK_OK)
            return fail(code, step);
    }
    if (guest.finished)
        return HAPPENED;
    say("the server has ended the conversation");
    return DIFFERENT;
}

static int join(const struct anysock_addr *peer) {
    if (connect_to(peer, &guest.socket) != ANYSOCK_OK)
        return DIFFERENT;
    int code = anysock_set_blocking(&guest.socket, false);
    if (code == ANYSOCK_OK)
        code = anysock_queue_open(0, &guest.queue);
    if (code == ANYSOCK_OK)
        code = anysock_queue_add(guest.queue, &guest.socket, ANYSOCK_READABLE, ANYSOCK_QUEUE_LEVEL,
                                 NULL);
    if (code != ANYSOCK_OK)
        return fail(code, "join");
    if (guest.arguments == NULL && start_reading() != ANYSOCK_OK)
        return DIFFERENT;
    return talk();
}

int main(int argc, char **argv) {
    struct anysock_addr peer = {0};
    const struct option options[] = {
        {"--connect", OPTION_REQUIRED, &peer, "the server"},
        {"LINE...", OPTION_OPERANDS, &guest.arguments, "what to say (default: standard input)"},
        {NULL, OPTION_FLAG, NULL, NULL},
    };
    read_options(argc, argv, "chat_client",
                 "Says lines to the others at the chat server and prints what they say. Leaves at\n"
                 "the end of its own lines.",
                 options);
    int outcome = join(&peer);
    (void)anysock_close(&guest.socket);
    /* It ends when everything is said. To leave in the middle of that is to leave it in the middle
     * of anything: once in a few thousand times Wine's exit then hangs, and is killed. */
    if (guest.reader != NULL && guest.finished)
        join_thread(guest.reader);
    /* Not exit(): some C libraries wait there for standard input, from which the other thread may
     * still be reading. All output is flushed. */
    _Exit(outcome);
}
