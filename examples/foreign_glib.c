/*
 * The client of foreign_loop.c in GLib's main loop: lines from standard input are sent, and what
 * the server answers is printed.
 *
 * Shows: an event's descriptor as a source of GLib, or with --queue that of a queue, in which there
 * could be thousands of sockets. It stays the same while the event is bound to one socket after the
 * other, or for other conditions, so that GLib need not be told. A queue has a descriptor where the
 * system has one for it, which Windows has not.
 */
#include <string.h>

#include <glib-unix.h>

#include "common.h"

enum { LINE_SIZE = 1024 };

struct client {
    GMainLoop *loop;
    struct anysock s;
    struct anysock_event *event;
    struct anysock_queue *queue; /* instead of the event; otherwise null */
    bool connected;
    int code; /* why the loop has ended */
};

/* Every callback ends with this: whether its source is to stay. */
static gboolean go_on(struct client *client, int code) {
    if (code == ANYSOCK_OK)
        return G_SOURCE_CONTINUE;
    client->code = code;
    g_main_loop_quit(client->loop);
    return G_SOURCE_REMOVE;
}

static gboolean on_input(gint fd, GIOCondition condition, gpointer data) {
    (void)fd;
    (void)condition;
    struct client *client = data;
    char line[LINE_SIZE];
    size_t sent;
    if (read_command(line, sizeof line)) /* little enough to fit */
        return go_on(client, anysock_send_all(&client->s, line, strlen(line), &sent));
    say("end of input");
    (void)go_on(client, anysock_shutdown(&client->s, ANYSOCK_SHUT_WR));
    return G_SOURCE_REMOVE;
}

/* Makes what is of interest another condition. */
static int watch(struct client *client, unsigned wanted) {
    if (client->queue != NULL)
        return anysock_queue_modify(client->queue, &client->s, wanted, ANYSOCK_QUEUE_LEVEL, NULL);
    int code = anysock_event_unbind(&client->s);
    return code == ANYSOCK_OK ? anysock_event_bind(client->event, &client->s, wanted) : code;
}

/* What has come of it; 0 for nothing. */
static int look(const struct client *client, unsigned *events) {
    struct anysock_queue_event event = {0};
    size_t count;
    if (client->queue == NULL)
        return anysock_event_which(client->event, events);
    int code = anysock_queue_wait(client->queue, &event, 1, 0, &count);
    *events = event.events;
    return code;
}

/* From now on reading is of interest, and standard input. */
static int finish_connect(struct client *client) {
    int code = anysock_connect_result(&client->s);
    report(code, "connect result");
    if (code == ANYSOCK_OK)
        code = watch(client, ANYSOCK_READABLE);
    if (code == ANYSOCK_OK)
        g_unix_fd_add(0, G_IO_IN | G_IO_HUP, on_input, client);
    client->connected = true;
    return code;
}

static int receive(struct client *client) {
    char data[LINE_SIZE];
    size_t received;
    int code = anysock_recv(&client->s, data, sizeof data, 0, &received);
    if (code != ANYSOCK_OK)
        return code == ANYSOCK_EAGAIN ? ANYSOCK_OK : code;
    if (received > 0) {
        say_received(data, received);
    } else {
        say("end of stream");
        g_main_loop_quit(client->loop);
    }
    return ANYSOCK_OK;
}

static gboolean on_socket(gint fd, GIOCondition condition, gpointer data) {
    (void)fd;
    (void)condition;
    struct client *client = data;
    unsigned events;
    int code = look(client, &events);
    if (code == ANYSOCK_OK && events != 0)
        code = client->connected ? receive(client) : finish_connect(client);
    return go_on(client, code);
}

static int start_connect(struct client *client, const struct anysock_addr *server) {
    int code =
        anysock_open(anysock_addr_family(server), ANYSOCK_STREAM, ANYSOCK_NONBLOCK, &client->s);
    if (code == ANYSOCK_OK)
        code = anysock_connect(&client->s, server);
    return code == ANYSOCK_EINPROGRESS ? ANYSOCK_OK : code;
}

/* The end of the connect is awaited first. native receives what GLib is to watch. */
static int start_watching(struct client *client, bool queue, int *native) {
    int code = queue ? anysock_queue_open(0, &client->queue) : anysock_event_create(&client->event);
    if (code == ANYSOCK_OK && queue)
        code = anysock_queue_add(client->queue, &client->s, ANYSOCK_WRITABLE, ANYSOCK_QUEUE_LEVEL,
                                 NULL);
    else if (code == ANYSOCK_OK)
        code = anysock_event_bind(client->event, &client->s, ANYSOCK_WRITABLE);
    *native = queue ? anysock_queue_native(client->queue) : anysock_event_native(client->event);
    if (code == ANYSOCK_OK && *native == -1)
        code = ANYSOCK_EOPNOTSUPP; /* a queue that works with poll has no descriptor */
    return code;
}

int main(int argc, char **argv) {
    struct anysock_addr server = {0};
    bool queue = false;
    const struct option options[] = {
        {"--connect", OPTION_REQUIRED, &server, "the server, for example echo_server"},
        {"--queue", OPTION_FLAG, &queue, "watch a queue instead of an event"},
        {NULL, OPTION_FLAG, NULL, NULL},
    };
    read_options(
        argc, argv, "foreign_glib",
        "Sends the lines of its standard input and prints what comes back, in GLib's main\n"
        "loop.",
        options);

    /* One line for each report: none may hide in the buffer of standard input. */
    setvbuf(stdin, NULL, _IONBF, 0);
    struct client client = {.code = ANYSOCK_OK};
    int native, code = start_connect(&client, &server);
    if (code != ANYSOCK_OK)
        return fail(code, "connect");
    code = start_watching(&client, queue, &native);
    if (code != ANYSOCK_OK)
        return fail(code, "watch");
    client.loop = g_main_loop_new(NULL, FALSE);
    g_unix_fd_add(native, G_IO_IN, on_socket, &client);
    g_main_loop_run(client.loop);
    g_main_loop_unref(client.loop);
    if (client.code != ANYSOCK_OK)
        return fail(client.code, "loop");
    anysock_close(&client.s); /* leaves the event or the queue, too */
    anysock_event_destroy(client.event);
    anysock_queue_close(client.queue);
    return HAPPENED;
}
