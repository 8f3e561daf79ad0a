/*
 * A client in a loop that is not the library's: it waits for a socket and for something else at the
 * same time, in the system's own way. Lines from standard input are sent, and what the server
 * answers is printed.
 *
 * Shows: an event as a handle for WaitForMultipleObjects on Windows and as a descriptor for poll
 * elsewhere. Only how the loop waits differs (the first part); what it does about the socket is the
 * same (the second). Where a handle is signalled although nothing is left to do,
 * anysock_event_which() says so.
 */
#include <string.h>

#include "common.h"

enum { LINE_SIZE = 1024 };

/* What the loop was woken by. */
enum waker { FROM_SOCKET, FROM_INPUT, FROM_NOBODY };

#ifdef _WIN32

#include <windows.h>

/* Standard input may be a pipe, which cannot be waited for: a thread reads it. Two events tell that
 * a line is there, and that it was taken; both belong to the program and not to a socket. */
static HANDLE line_is_there, line_was_taken;
static char input_line[LINE_SIZE];
static bool input_ended;

static DWORD WINAPI read_input(void *unused) {
    (void)unused;
    do {
        WaitForSingleObject(line_was_taken, INFINITE);
        input_ended = !read_command(input_line, sizeof input_line);
        SetEvent(line_is_there);
    } while (!input_ended);
    return 0;
}

static bool start_input(void) {
    line_is_there = CreateEvent(NULL, TRUE, FALSE, NULL);
    line_was_taken = CreateEvent(NULL, FALSE, TRUE, NULL);
    HANDLE thread = CreateThread(NULL, 0, read_input, NULL, 0, NULL);
    if (thread != NULL)
        CloseHandle(thread);
    return line_is_there != NULL && line_was_taken != NULL && thread != NULL;
}

/* The next line; false at the end of the input. */
static bool take_line(char *line) {
    bool more = !input_ended;
    strcpy(line, input_line);
    ResetEvent(line_is_there);
    SetEvent(line_was_taken);
    return more;
}

static enum waker wait_for_both(const struct anysock_event *event, bool with_input) {
    HANDLE handles[] = {anysock_event_native(event), line_is_there};
    switch (WaitForMultipleObjects(with_input ? 2 : 1, handles, FALSE, INFINITE)) {
    case WAIT_OBJECT_0:
        return FROM_SOCKET;
    case WAIT_OBJECT_0 + 1:
        return FROM_INPUT;
    default:
        return FROM_NOBODY;
    }
}

#else

#include <poll.h>

/* One line for each that poll reports: none may hide in the buffer of standard input. */
static bool start_input(void) {
    return setvbuf(stdin, NULL, _IONBF, 0) == 0;
}

static bool take_line(char *line) {
    return read_command(line, LINE_SIZE);
}

static enum waker wait_for_both(const struct anysock_event *event, bool with_input) {
    struct pollfd fds[] = {{anysock_event_native(event), POLLIN, 0}, {0, POLLIN, 0}};
    if (poll(fds, with_input ? 2 : 1, -1) <= 0)
        return FROM_NOBODY;
    return fds[0].revents != 0 ? FROM_SOCKET : FROM_INPUT;
}

#endif

/* ------------------------------------------------------------------------------------------- */

/* Connects without waiting: the loop would be notified of the result as of anything else. */
static int start_connect(struct anysock *s, struct anysock_event *event,
                         const struct anysock_addr *server) {
    int code = anysock_open(anysock_addr_family(server), ANYSOCK_STREAM, ANYSOCK_NONBLOCK, s);
    if (code == ANYSOCK_OK)
        code = anysock_connect(s, server);
    if (code == ANYSOCK_OK || code == ANYSOCK_EINPROGRESS)
        code = anysock_event_bind(event, s, ANYSOCK_WRITABLE);
    return code;
}

/* It is writable when the connect has its result. From then on only reading is of interest: a
 * socket with room to write would wake the loop for ever. */
static int finish_connect(struct anysock *s, struct anysock_event *event) {
    int code = anysock_connect_result(s);
    report(code, "connect result");
    if (code == ANYSOCK_OK)
        code = anysock_event_unbind(s);
    if (code == ANYSOCK_OK)
        code = anysock_event_bind(event, s, ANYSOCK_READABLE);
    return code;
}

static int send_line(struct anysock *s, bool *over) {
    char line[LINE_SIZE];
    size_t sent;
    *over = !take_line(line);
    if (!*over)
        return anysock_send_all(s, line, strlen(line), &sent); /* little enough to fit */
    say("end of input");
    return anysock_shutdown(s, ANYSOCK_SHUT_WR);
}

/* What there is: once is enough, since the event stays signalled while there is more. */
static int receive(struct anysock *s, bool *ended) {
    char data[LINE_SIZE];
    size_t received;
    int code = anysock_recv(s, data, sizeof data, 0, &received);
    if (code != ANYSOCK_OK)
        return code == ANYSOCK_EAGAIN ? ANYSOCK_OK : code;
    *ended = received == 0;
    if (*ended)
        say("end of stream");
    else
        say_received(data, received);
    return code;
}

/* The socket was reported; the report may be older than what it is about. */
static int serve_socket(struct anysock *s, struct anysock_event *event, bool *connected,
                        bool *ended) {
    unsigned events;
    int code = anysock_event_which(event, &events);
    if (code != ANYSOCK_OK || events == 0)
        return code;
    if (*connected)
        return receive(s, ended);
    *connected = true;
    return finish_connect(s, event);
}

static int run(struct anysock *s, struct anysock_event *event) {
    bool connected = false, input_is_over = false, ended = false;
    int code = ANYSOCK_OK;
    while (code == ANYSOCK_OK && !ended) {
        switch (wait_for_both(event, connected && !input_is_over)) {
        case FROM_SOCKET:
            code = serve_socket(s, event, &connected, &ended);
            break;
        case FROM_INPUT:
            code = send_line(s, &input_is_over);
            break;
        case FROM_NOBODY: /* a signal of the system, perhaps */
            break;
        }
    }
    return code;
}

int main(int argc, char **argv) {
    struct anysock_addr server = {0};
    const struct option options[] = {
        {"--connect", OPTION_REQUIRED, &server, "the server, for example echo_server"},
        {NULL, OPTION_FLAG, NULL, NULL},
    };
    read_options(argc, argv, "foreign_loop",
                 "Sends the lines of its standard input and prints what comes back, in a loop of\n"
                 "the system's.",
                 options);

    struct anysock s = ANYSOCK_INIT;
    struct anysock_event *event;
    int code = anysock_event_create(&event);
    if (code != ANYSOCK_OK)
        return fail(code, "event");
    code = start_connect(&s, event, &server);
    if (code == ANYSOCK_OK && !start_input())
        code = ANYSOCK_EUNKNOWN;
    if (code == ANYSOCK_OK)
        code = run(&s, event);
    if (code != ANYSOCK_OK)
        return fail(code, "loop");
    anysock_close(&s); /* leaves the event, too */
    anysock_event_destroy(event);
    return HAPPENED;
}
