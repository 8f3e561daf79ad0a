/*
 * Names and texts of the result codes, from the one list in the public header.
 */
#include "internal.h"

#define CODE(name, number, text) number,
static const int16_t codes[] = {ANYSOCK_OK, ANYSOCK_ERROR_LIST(CODE)};

/* The names and the texts, in the order of the codes and each with its NUL; the last one is for a
 * number that is no code. Pointers to them would be relocated at the start of every program. They
 * are two lists, since most programs write only texts. */
#define NAME(name, number, text) "ANYSOCK_" #name "\0"
static const char names[] = "ANYSOCK_OK\0" ANYSOCK_ERROR_LIST(NAME) "ANYSOCK_(not a code)";

#define TEXT(name, number, text) text "\0"
static const char texts[] = "success\0" ANYSOCK_ERROR_LIST(TEXT) "not a result code";

/* What stands in a list for a code. */
static const char *look_up(const char *list, int code) {
    for (size_t i = 0; i < sizeof codes / sizeof codes[0] && codes[i] != code; i++)
        while (*list++ != '\0')
            continue;
    return list;
}

const char *anysock_error_name(int code) {
    return look_up(names, code);
}

const char *anysock_error_text(int code) {
    return look_up(texts, code);
}

int anysock_fail_native(enum anysock_op op, bool stream) {
    return anysock_port_map_error(anysock_port_native_error(), op, stream);
}

int anysock_native_error(void) {
    return anysock_port_native_error();
}

const char *anysock_native_error_name(int native) {
    if (native == 0)
        return "-";
    const char *name = anysock_port_error_name(native);
    return name != NULL ? name : "?";
}

int anysock_error_from_native(int native) {
    return anysock_port_map_error(native, OP_ANY, true);
}
