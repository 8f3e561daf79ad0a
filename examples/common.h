/*
 * What the example programs share: the command line, the lines that they print and their exit
 * codes. Nothing here is needed to use the library; the sockets are in the programs themselves.
 */
#ifndef EXAMPLES_COMMON_H
#define EXAMPLES_COMMON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include <anysock.h>

/* Exit codes: what the program is about happened; something else did; a wrong command line. */
enum { HAPPENED = 0, DIFFERENT = 1, USAGE = 2 };

/* One option of a program; a table of them ends with one that has no name. */
enum option_kind {
    OPTION_FLAG,     /* sets a bool */
    OPTION_NUMBER,   /* sets an int, at least 1 */
    OPTION_TEXT,     /* sets a const char * */
    OPTION_ADDRESS,  /* sets a struct anysock_addr */
    OPTION_REQUIRED, /* the same, and must be there */
    OPTION_OPERANDS, /* sets a char **: what follows the options, up to a null pointer */
};

struct option {
    const char *name;
    enum option_kind kind;
    void *value; /* holds the default before, and is left alone if the option is not there */
    const char *help;
};

/*
 * Reads the command line. --help and --native, which every program has, are dealt with here.
 * Ends the program after --help, and with USAGE if something is wrong.
 */
void read_options(int argc, char **argv, const char *program, const char *purpose,
                  const struct option *options);

/*
 * Prints a line on standard output and flushes it: whoever reads a pipe wants it now. These two
 * are macros so that the compiler checks the format.
 */
#define say(...) ((void)printf(__VA_ARGS__), end_line())

/*
 * Prints a line with a result code: "connect: ANYSOCK_EINPROGRESS". With --native the operating
 * system's own number and name follow. It must come directly after the call that it reports,
 * since every other call may change the system's number.
 */
#define report(code, ...) (keep_result(code), (void)printf(__VA_ARGS__), end_line_with_result())

/* Reports a result that the program cannot go on with, explains it on standard error, and gives
 * the exit code. */
int fail(int code, const char *what);

/* Prints what and an address. */
void say_address(const char *what, const struct anysock_addr *addr);

/* Prints what and the socket's local address; says itself what went wrong. */
int say_local_address(struct anysock *s, const char *what);

/* Prints what was received; bytes that are no text appear as dots. */
void say_received(const char *data, size_t length);

/* The same for what anysock_recv_from() gave. */
void say_datagram(const struct anysock_addr *from, unsigned info, const char *data, size_t length);

const char *peer_state_name(enum anysock_peer_state state);

/* Reads a line from standard input, without its end; false when there are no more. */
bool read_command(char *line, int size);

/* The common first steps of a client and of a server; each says itself what went wrong. */
int connect_to(const struct anysock_addr *peer, struct anysock *s);
int listen_on(const struct anysock_addr *addr, struct anysock *s);

/* For the macros above. */
void end_line(void);
void keep_result(int code);
void end_line_with_result(void);

#endif /* EXAMPLES_COMMON_H */
