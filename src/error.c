/*
 * Names and texts of the result codes, from the one list in the public header.
 */
#include "internal.h"

/* Where a code stands in the list, success being the first: the numbers are two runs without a gap,
 * so that no table of them is needed. A new code continues the run that is the last then. */
#define PLACE(code)                                                                                \
    ((code) > ANYSOCK_EAI_NONAME ? ANYSOCK_EAGAIN + 1 - (code)                                     \
                                 : ANYSOCK_EAI_NONAME + (int)PLACE_EAI_NONAME - (code))
#define ENTRY(name, number, text) PLACE_##name,
enum place { PLACE_OK, ANYSOCK_ERROR_LIST(ENTRY) PLACES };
#define CHECK(name, number, text)                                                                  \
    _Static_assert(PLACE(number) == (int)PLACE_##name, "the numbers follow each other");
ANYSOCK_ERROR_LIST(CHECK)
#define IS_CODE(code)                                                                              \
    (((code) <= ANYSOCK_EAGAIN && (code) >= ANYSOCK_EUNKNOWN) ||                                   \
     ((code) <= ANYSOCK_EAI_NONAME && (code) >= ANYSOCK_EAI_OVERFLOW))

/* The names and the texts, in the order of the codes and each with its NUL; the last one is for a
 * number that is no code. Pointers to them would be relocated at the start of every program. They
 * are two lists, since most programs write only texts. */
#define NAME(name, number, text) "ANYSOCK_" #name "\0"
static const char names[] = "ANYSOCK_OK\0" ANYSOCK_ERROR_LIST(NAME) "ANYSOCK_(not a code)";

#define TEXT(name, number, text) text "\0"
static const char texts[] = "success\0" ANYSOCK_ERROR_LIST(TEXT) "not a result code";

/* What stands in a list for a code. */
static const char *look_up(const char *list, int code) {
    int place = code == ANYSOCK_OK ? PLACE_OK : IS_CODE(code) ? PLACE(code) : (int)PLACES;
    for (; place > 0; place--)
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
