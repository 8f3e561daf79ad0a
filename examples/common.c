/*
 * What the example programs share: the command line, the lines that they print and their exit
 * codes.
 */
#include "common.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

static const char *program_name = "";
static bool show_native = false;
static int kept_code, kept_native;

/* ------------------------------------------------------------------------------------------- */

/* What stands for the option's value in the help. */
static const char *placeholder(enum option_kind kind) {
    switch (kind) {
    case OPTION_NUMBER:
        return " N";
    case OPTION_TEXT:
        return " TEXT";
    case OPTION_ADDRESS:
    case OPTION_REQUIRED:
        return " ADDR";
    case OPTION_FLAG:
    case OPTION_OPERANDS:
        break;
    }
    return "";
}

static void print_option(const char *name, const char *value, const char *help) {
    int width = 22 - (int)strlen(name);
    printf("  %s%-*s%s\n", name, width > 0 ? width : 0, value, help);
}

static void print_help(const char *purpose, const struct option *options) {
    printf("usage: %s [OPTION]...", program_name);
    for (const struct option *option = options; option->name != NULL; option++)
        if (option->kind == OPTION_OPERANDS)
            printf(" [%s]", option->name);
    printf("\n%s\n\n", purpose);
    for (const struct option *option = options; option->name != NULL; option++)
        print_option(option->name, placeholder(option->kind), option->help);
    print_option("--native", "", "print the system's own number with each result");
    print_option("--help", "", "print this");
    printf("\nADDR is like 127.0.0.1:4000 or [::1]:4000. Exit codes: 0 if the above happened,\n"
           "1 if something else did, 2 for a wrong command line.\n");
}

static void usage_error(const char *name, const char *problem) {
    fprintf(stderr, "%s: %s %s (see --help)\n", program_name, name, problem);
    exit(USAGE);
}

static void set_number(const struct option *option, const char *text) {
    char *end;
    long number = strtol(text, &end, 10);
    if (end == text || *end != '\0' || number < 1 || number >= INT_MAX)
        usage_error(option->name, "wants a number from 1");
    *(int *)option->value = (int)number;
}

static void set_value(const struct option *option, const char *text) {
    switch (option->kind) {
    case OPTION_FLAG:
        *(bool *)option->value = true;
        break;
    case OPTION_NUMBER:
        set_number(option, text);
        break;
    case OPTION_TEXT:
        *(const char **)option->value = text;
        break;
    case OPTION_ADDRESS:
    case OPTION_REQUIRED:
        if (anysock_addr_parse(text, option->value) != ANYSOCK_OK)
            usage_error(option->name, "wants an address like 127.0.0.1:4000");
        break;
    case OPTION_OPERANDS:
        break;
    }
}

/* The option, or the end of the table. */
static const struct option *find_option(const struct option *options, const char *name) {
    while (options->name != NULL && strcmp(options->name, name) != 0)
        options++;
    return options;
}

/* What does not look like an option ends them, if the program takes operands. */
static bool take_operands(const struct option *options, char **rest) {
    while (options->name != NULL && options->kind != OPTION_OPERANDS)
        options++;
    if (options->name == NULL || rest[0][0] == '-')
        return false;
    *(char ***)options->value = rest;
    return true;
}

void read_options(int argc, char **argv, const char *program, const char *purpose,
                  const struct option *options) {
    program_name = program;
    for (int i = 1; i < argc; i++) {
        const char *name = argv[i];
        if (strcmp(name, "--help") == 0) {
            print_help(purpose, options);
            exit(HAPPENED);
        }
        if (strcmp(name, "--native") == 0) {
            show_native = true;
            continue;
        }
        if (take_operands(options, &argv[i]))
            break;
        const struct option *option = find_option(options, name);
        if (option->name == NULL || option->kind == OPTION_OPERANDS)
            usage_error(name, "is not an option");
        if (option->kind != OPTION_FLAG && ++i == argc)
            usage_error(name, "wants a value");
        set_value(option, argv[i]);
    }
    for (const struct option *option = options; option->name != NULL; option++)
        if (option->kind == OPTION_REQUIRED && anysock_addr_family(option->value) == ANYSOCK_UNSPEC)
            usage_error(option->name, "is required");
}

/* ------------------------------------------------------------------------------------------- */

/* Line buffering does not exist on Windows, hence the flush. */
void end_line(void) {
    putchar('\n');
    fflush(stdout);
}

void keep_result(int code) {
    kept_native = code != ANYSOCK_OK ? anysock_native_error() : 0; /* before any other call */
    kept_code = code;
}

void end_line_with_result(void) {
    printf(": %s", anysock_error_name(kept_code));
    if (show_native)
        printf(" [%d %s]", kept_native, anysock_native_error_name(kept_native));
    end_line();
}

int fail(int code, const char *what) {
    report(code, "%s", what);
    fprintf(stderr, "%s: %s: %s\n", program_name, what, anysock_error_text(code));
    return DIFFERENT;
}

void say_address(const char *what, const struct anysock_addr *addr) {
    char text[ANYSOCK_ADDR_TEXT_MAX];
    anysock_addr_format(addr, text, sizeof text);
    say("%s %s", what, text);
}

int say_local_address(struct anysock *s, const char *what) {
    struct anysock_addr addr;
    int code = anysock_local_addr(s, &addr);
    if (code != ANYSOCK_OK) {
        fail(code, "local address");
        return code;
    }
    say_address(what, &addr);
    return ANYSOCK_OK;
}

static void end_line_with_text(const char *data, size_t length) {
    if (length > 0)
        printf(": ");
    for (size_t i = 0; i < length; i++)
        putchar(data[i] >= ' ' && data[i] <= '~' ? data[i] : '.');
    end_line();
}

void say_received(const char *data, size_t length) {
    printf("received %lu bytes", (unsigned long)length);
    end_line_with_text(data, length);
}

void say_datagram(const struct anysock_addr *from, unsigned info, const char *data, size_t length) {
    char sender[ANYSOCK_ADDR_TEXT_MAX];
    anysock_addr_format(from, sender, sizeof sender);
    printf("received %lu bytes%s from %s", (unsigned long)length,
           (info & ANYSOCK_TRUNCATED) != 0 ? " of more" : "", sender);
    end_line_with_text(data, length);
}

const char *peer_state_name(enum anysock_peer_state state) {
    switch (state) {
    case ANYSOCK_PEER_OPEN:
        return "open";
    case ANYSOCK_PEER_FINISHED:
        return "finished";
    case ANYSOCK_PEER_RESET:
        return "reset";
    }
    return "?";
}

bool read_command(char *line, int size) {
    if (fgets(line, size, stdin) == NULL)
        return false;
    line[strcspn(line, "\r\n")] = '\0'; /* two bytes where the text was made on Windows */
    return true;
}

/* ------------------------------------------------------------------------------------------- */

int connect_to(const struct anysock_addr *peer, struct anysock *s) {
    int code = anysock_open(anysock_addr_family(peer), ANYSOCK_STREAM, 0, s);
    if (code != ANYSOCK_OK) {
        fail(code, "open");
        return code;
    }
    code = anysock_connect(s, peer);
    if (code != ANYSOCK_OK) {
        fail(code, "connect");
        anysock_close(s);
    }
    return code;
}

/* Ends by saying where, since the system chooses the port if the address has port 0. */
int listen_on(const struct anysock_addr *addr, struct anysock *s) {
    const char *step = "open";
    int code = anysock_open(anysock_addr_family(addr), ANYSOCK_STREAM, 0, s);
    if (code == ANYSOCK_OK) {
        step = "bind";
        code = anysock_bind(s, addr, ANYSOCK_BIND_SERVER);
    }
    if (code == ANYSOCK_OK) {
        step = "listen";
        code = anysock_listen(s, 0);
    }
    if (code == ANYSOCK_OK)
        return say_local_address(s, "listening on");
    fail(code, step);
    anysock_close(s); /* harmless if it was never opened */
    return code;
}
