/*
 * A chat for any number of people, in one thread: what one says goes to all others. Each line is a
 * message, so that nc is a client, too.
 *
 * Shows: a queue with a listener and many connections; output that is kept until the socket takes
 * it; that one who does not read holds nobody up; how to send the last words before closing; not to
 * free what an event of the same wait may still be about; and what to do when no descriptors are
 * left.
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common.h"

#define LINE_SIZE 512  /* the longest message; longer ones are cut */
#define NOTICE_SIZE 96 /* the longest line of our own */
/* Who was dropped or cannot be written to has so long to take the rest and go. */
#define FAREWELL_S 60
/* How often to look for those, and for descriptors when there were none. */
#define LOOK_MS 1000

/* A line and its speaker's name have to fit in any case. */
#define LIMIT_MIN (2 * LINE_SIZE)

enum presence {
    HERE,
    LEAVING, /* hears and says no more, but has not yet taken everything */
    GONE     /* the socket is closed; not freed before all events of a wait are dealt with */
};

struct person {
    struct anysock socket;
    struct person *next;
    int number;
    enum presence presence;
    const char *farewell; /* why it goes, until the others have been told */
    bool ended;           /* it has ended its direction */
    time_t deadline;      /* while leaving */
    char line[LINE_SIZE]; /* what came of a line whose end did not */
    size_t length;
    char *kept; /* what the socket did not take yet; null if there is nothing */
    size_t kept_length;
};

static struct {
    struct anysock_queue *queue;
    struct anysock listener;
    struct person *people;
    int here, come;
    size_t limit;     /* what is kept for one person at most */
    bool tidy;        /* somebody has left, or is about to */
    bool door_closed; /* until somebody has left, or for a while */
    bool shortage;    /* the last one who came could not be let in */
} room;

/* ------------------------------------------------------------------------------------------- *
 * Leaving
 * ------------------------------------------------------------------------------------------- */

static void go_away(struct person *p, enum presence presence, const char *farewell) {
    if (p->presence == HERE) {
        p->farewell = farewell;
        room.here--;
    }
    p->presence = presence;
    p->deadline = time(NULL) + FAREWELL_S;
    room.tidy = true;
}

static void lose(struct person *p, int code) {
    report(code, "guest%d lost", p->number);
    anysock_abort(&p->socket);
    go_away(p, GONE, "is lost");
}

/* To be readable does not matter any more when the other direction has ended, and would never
 * stop. */
static void watch(struct person *p) {
    unsigned wanted = (p->ended ? 0 : (unsigned)ANYSOCK_READABLE) |
                      (p->kept != NULL ? (unsigned)ANYSOCK_WRITABLE : 0);
    int code = anysock_queue_modify(room.queue, &p->socket, wanted, ANYSOCK_QUEUE_LEVEL, p);
    if (code != ANYSOCK_OK)
        lose(p, code);
}

/* When all is sent the own direction ends. To close before the other has ended its own could make
 * the system throw away what was sent last. */
static void say_goodbye(struct person *p) {
    if (p->presence != LEAVING || p->kept != NULL)
        return;
    if (p->ended) {
        anysock_close(&p->socket);
        go_away(p, GONE, NULL);
        return;
    }
    int code = anysock_shutdown(&p->socket, ANYSOCK_SHUT_WR);
    if (code != ANYSOCK_OK)
        lose(p, code);
}

/* ------------------------------------------------------------------------------------------- *
 * Speaking to one person
 * ------------------------------------------------------------------------------------------- */

/* Keeps a piece for later; false if there is too much of it. */
static bool keep(struct person *p, const char *text, size_t length, size_t limit) {
    if (p->kept_length + length > limit)
        return false;
    if (p->kept == NULL)
        p->kept = malloc(room.limit + NOTICE_SIZE);
    if (p->kept == NULL)
        return false;
    memcpy(p->kept + p->kept_length, text, length);
    p->kept_length += length;
    return true;
}

/* It does not read, or not fast enough. Instead of all that is kept it gets the rest of the line
 * that has begun, and a notice. */
static void drop(struct person *p) {
    static const char notice[] = "* you do not read fast enough: goodbye\n";
    say("guest%d dropped: does not read", p->number);
    const char *line_end = p->kept != NULL ? memchr(p->kept, '\n', p->kept_length) : NULL;
    p->kept_length = line_end != NULL ? (size_t)(line_end + 1 - p->kept) : 0;
    (void)keep(p, notice, sizeof notice - 1, room.limit + NOTICE_SIZE);
    go_away(p, LEAVING, "is dropped");
    say_goodbye(p);
}

/* Sends what can be sent now and keeps the rest. */
static void deliver(struct person *p, const char *text, size_t length) {
    size_t sent = 0;
    int code = ANYSOCK_EAGAIN;
    if (p->kept == NULL)
        code = anysock_send_all(&p->socket, text, length, &sent);
    if (code == ANYSOCK_OK)
        return;
    if (code != ANYSOCK_EAGAIN)
        lose(p, code);
    else if (!keep(p, text + sent, length - sent, room.limit))
        drop(p);
    else
        watch(p);
}

static void send_kept(struct person *p) {
    size_t sent;
    int code = anysock_send_all(&p->socket, p->kept, p->kept_length, &sent);
    if (code != ANYSOCK_OK && code != ANYSOCK_EAGAIN) {
        lose(p, code);
        return;
    }
    p->kept_length -= sent;
    memmove(p->kept, p->kept + sent, p->kept_length);
    if (p->kept_length > 0)
        return;
    free(p->kept);
    p->kept = NULL;
    say_goodbye(p);
}

/* ------------------------------------------------------------------------------------------- *
 * Listening to one, speaking to all others
 * ------------------------------------------------------------------------------------------- */

static void tell_others(const struct person *speaker, const char *text, size_t length) {
    for (struct person *p = room.people; p != NULL; p = p->next)
        if (p != speaker && p->presence == HERE)
            deliver(p, text, length);
}

static void announce(const struct person *p, const char *what) {
    char text[NOTICE_SIZE];
    int length = snprintf(text, sizeof text, "* guest%d %s\n", p->number, what);
    tell_others(p, text, (size_t)length);
}

static void publish(struct person *p) {
    char text[LINE_SIZE + NOTICE_SIZE];
    int length = snprintf(text, sizeof text, "guest%d: %.*s\n", p->number, (int)p->length, p->line);
    p->length = 0;
    tell_others(p, text, (size_t)length);
}

/* What could move the cursor of somebody else's terminal is no text. */
static bool is_text(char c) {
    unsigned char byte = (unsigned char)c;
    return byte >= ' ' && byte != 0x7f;
}

static void hear(struct person *p, char c) {
    if (c == '\n')
        publish(p);
    else if (c == '\t' || is_text(c))
        p->line[p->length++] = c;
    if (p->length == LINE_SIZE)
        publish(p);
}

static void hear_end(struct person *p) {
    p->ended = true;
    if (p->presence == HERE) {
        if (p->length > 0)
            publish(p);
        say("guest%d left", p->number);
        go_away(p, LEAVING, "left");
    }
    say_goodbye(p);
}

/* One piece at a time: level-triggered events come again, and the others get their turn. */
static void listen_to(struct person *p) {
    char data[4096];
    size_t received;
    int code = anysock_recv(&p->socket, data, sizeof data, 0, &received);
    if (code == ANYSOCK_EAGAIN)
        return;
    if (code != ANYSOCK_OK)
        lose(p, code);
    else if (received == 0)
        hear_end(p);
    for (size_t i = 0; i < received && p->presence == HERE; i++)
        hear(p, data[i]);
}

static void serve(struct person *p, unsigned events) {
    if (p->presence != GONE && (events & ANYSOCK_READABLE) != 0 && !p->ended)
        listen_to(p);
    if (p->presence != GONE && (events & ANYSOCK_WRITABLE) != 0 && p->kept != NULL)
        send_kept(p);
    if (p->presence != GONE)
        watch(p);
}

/* ------------------------------------------------------------------------------------------- *
 * The door
 * ------------------------------------------------------------------------------------------- */

/* The system's buffer is bounded, too: without that it may keep megabytes for one who does not
 * read. It is a wish only, so its result does not matter. */
static int let_in(struct person *p) {
    (void)anysock_set_option(&p->socket, ANYSOCK_OPTION_SEND_BUFFER, (int)room.limit);
    int code = anysock_queue_add(room.queue, &p->socket, ANYSOCK_READABLE, ANYSOCK_QUEUE_LEVEL, p);
    if (code != ANYSOCK_OK)
        return code;
    room.shortage = false;
    p->number = ++room.come;
    p->next = room.people;
    room.people = p;
    say("guest%d joined", p->number);
    char text[NOTICE_SIZE];
    int length =
        snprintf(text, sizeof text, "* you are guest%d, others here: %d\n", p->number, room.here++);
    announce(p, "joined");
    deliver(p, text, (size_t)length);
    return ANYSOCK_OK;
}

static void watch_door(bool open) {
    if (anysock_queue_modify(room.queue, &room.listener, open ? ANYSOCK_READABLE : 0,
                             ANYSOCK_QUEUE_LEVEL, NULL) == ANYSOCK_OK)
        room.door_closed = !open;
}

static void open_door(void) {
    struct person *p = calloc(1, sizeof *p);
    int code = ANYSOCK_ENOMEM;
    if (p != NULL)
        code = anysock_accept(&room.listener, ANYSOCK_NONBLOCK, &p->socket, NULL);
    if (code == ANYSOCK_OK)
        code = let_in(p);
    if (code == ANYSOCK_OK)
        return;
    if (p != NULL && anysock_is_open(&p->socket))
        anysock_abort(&p->socket);
    free(p);
    if (code == ANYSOCK_EAGAIN)
        return; /* who was there has gone again */
    /* Mostly there are no descriptors left. The listener stays readable then, so whoever goes on
     * watching it never sleeps again. */
    if (!room.shortage)
        report(code, "the door is closed for now");
    room.shortage = true;
    watch_door(false);
}

/* ------------------------------------------------------------------------------------------- *
 * All the rest
 * ------------------------------------------------------------------------------------------- */

/* Tells the others who has left. That may show that others have left, too. */
static void announce_farewells(void) {
    for (struct person *p = room.people; p != NULL;) {
        const char *farewell = p->farewell;
        p->farewell = NULL;
        if (farewell != NULL)
            announce(p, farewell);
        p = farewell != NULL ? room.people : p->next;
    }
}

/* Frees who has gone; who takes too long to go has to. Returns whether somebody is still leaving.
 */
static bool see_out(void) {
    time_t now = time(NULL);
    bool leaving = false;
    for (struct person **at = &room.people; *at != NULL;) {
        struct person *p = *at;
        if (p->presence == LEAVING && now >= p->deadline) {
            say("guest%d does not go by itself", p->number);
            anysock_abort(&p->socket);
            p->presence = GONE;
        }
        leaving = leaving || p->presence == LEAVING;
        if (p->presence != GONE) {
            at = &p->next;
            continue;
        }
        *at = p->next;
        free(p->kept);
        free(p);
        if (room.door_closed)
            watch_door(true);
    }
    return leaving;
}

static int host(bool until_empty) {
    struct anysock_queue_event events[64];
    while (!until_empty || room.come == 0 || room.people != NULL) {
        size_t count;
        int code =
            anysock_queue_wait(room.queue, events, sizeof events / sizeof *events,
                               room.tidy || room.door_closed ? LOOK_MS : ANYSOCK_FOREVER, &count);
        if (code != ANYSOCK_OK)
            return fail(code, "wait");
        for (size_t i = 0; i < count; i++) {
            if (events[i].data == NULL)
                open_door();
            else
                serve(events[i].data, events[i].events);
        }
        if (room.tidy) {
            announce_farewells();
            room.tidy = see_out();
        }
        if (count == 0 && room.door_closed)
            watch_door(true);
    }
    return HAPPENED;
}

static int open_room(const struct anysock_addr *addr) {
    int code = anysock_queue_open(0, &room.queue);
    if (code != ANYSOCK_OK) {
        fail(code, "open the queue");
        return code;
    }
    code = listen_on(addr, &room.listener);
    if (code != ANYSOCK_OK)
        return code;
    code = anysock_set_blocking(&room.listener, false);
    if (code == ANYSOCK_OK)
        code = anysock_queue_add(room.queue, &room.listener, ANYSOCK_READABLE, ANYSOCK_QUEUE_LEVEL,
                                 NULL);
    if (code != ANYSOCK_OK)
        fail(code, "watch the listener");
    return code;
}

int main(int argc, char **argv) {
    struct anysock_addr addr;
    anysock_addr_loopback(ANYSOCK_INET, 0, &addr);
    bool until_empty = false;
    int limit = 64 * 1024;
    const struct option options[] = {
        {"--listen", OPTION_ADDRESS, &addr, "where to listen (default 127.0.0.1:0)"},
        {"--until-empty", OPTION_FLAG, &until_empty, "end when the last guest has left"},
        {"--buffer", OPTION_NUMBER, &limit, "bytes to keep for a slow reader (default 65536)"},
        {NULL, OPTION_FLAG, NULL, NULL},
    };
    read_options(argc, argv, "chat_server",
                 "Tells what each guest says to all others, until it is interrupted.", options);
    room.limit = (size_t)(limit > LIMIT_MIN ? limit : LIMIT_MIN);

    if (open_room(&addr) != ANYSOCK_OK)
        return DIFFERENT;
    int outcome = host(until_empty);
    anysock_close(&room.listener);
    (void)anysock_queue_close(room.queue);
    return outcome;
}
