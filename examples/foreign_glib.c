/*
 * The client of foreign_loop.c in GLib's main loop: lines from standard input are sent, and what
 * the server answers is printed.
 *
 * Shows: an event's descriptor as a source of GLib. It stays the same while the event is bound to
 * one socket after the other, or for other conditions, so that GLib need not be told.
 */
#include <string.h>

#include <glib-unix.h>

#include "common.h"

enum { LINE_SIZE = 1024 };

struct client {
    GMainLoop *loop;
    struct anysock s;
    struct anysock_event *event;
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

/* From now on reading is of interest, and standard input. */
static int finish_connect(struct client *client) {
    int code = anysock_connect_result(&client->s);
    report(code, "connect result");
    if (code == ANYSOCK_OK)
        code = anysock_event_unbind(&client->s);
    if (code == ANYSOCK_OK)
        code = anysock_event_bind(client->event, &client->s, ANYSOCK_READABLE);
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
    int code = anysock_event_which(client->event, &events);
    if (code == ANYSOCK_OK && events != 0)
        code = client->connected ? receive(client) : finish_connect(client);
    return go_on(client, code);
}

static int start_connect(struct client *client, const struct anysock_addr *server) {
    int code = anysock_event_create(&client->event);
    if (code == ANYSOCK_OK)
        code =
            anysock_open(anysock_addr_family(server), ANYSOCK_STREAM, ANYSOCK_NONBLOCK, &client->s);
    if (code == ANYSOCK_OK)
        code = anysock_connect(&client->s, server);
    if (code == ANYSOCK_OK || code == ANYSOCK_EINPROGRESS)
        code = anysock_event_bind(client->event, &client->s, ANYSOCK_WRITABLE);
    return code;
}

int main(int argc, char **argv) {
    struct anysock_addr server = {0};
    const struct option options[] = {
        {"--connect", OPTION_REQUIRED, &server, "the server, for example echo_server"},
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
    int code = start_connect(&client, &server);
    if (code != ANYSOCK_OK)
        return fail(code, "connect");
    client.loop = g_main_loop_new(NULL, FALSE);
    g_unix_fd_add(anysock_event_native(client.event), G_IO_IN, on_socket, &client);
    g_main_loop_run(client.loop);
    g_main_loop_unref(client.loop);
    if (client.code != ANYSOCK_OK)
        return fail(client.code, "loop");
    anysock_close(&client.s); /* leaves the event, too */
    anysock_event_destroy(client.event);
    return HAPPENED;
}
