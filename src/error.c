/*
 * Names and texts of the result codes, from the one list in the public header.
 */
#include "internal.h"

/* All names and texts, one after the other: places in it are small numbers, where pointers would be
 * relocated at the start of every program. */
struct strings {
    char none_name[sizeof "ANYSOCK_(not a code)"], none_text[sizeof "not a result code"];
    char OK_name[sizeof "ANYSOCK_OK"], OK_text[sizeof "success"];
#define FIELDS(name, number, text)                                                                 \
    char name##_name[sizeof "ANYSOCK_" #name], name##_text[sizeof(text)];
    ANYSOCK_ERROR_LIST(FIELDS)
#undef FIELDS
};

static const struct strings strings = {"ANYSOCK_(not a code)", "not a result code", "ANYSOCK_OK",
                                       "success",
#define STRINGS(name, number, text) "ANYSOCK_" #name, text,
                                       ANYSOCK_ERROR_LIST(STRINGS)
#undef STRINGS
};

struct description {
    int16_t code;
    uint16_t name, text; /* offsets in strings */
};

#define DESCRIBE(name, number, text)                                                               \
    {number, offsetof(struct strings, name##_name), offsetof(struct strings, name##_text)},
static const struct description descriptions[] = {DESCRIBE(OK, ANYSOCK_OK, "")
                                                      ANYSOCK_ERROR_LIST(DESCRIBE)};
static const struct description unknown = {0, offsetof(struct strings, none_name),
                                           offsetof(struct strings, none_text)};

static const struct description *describe(int code) {
    for (size_t i = 0; i < sizeof descriptions / sizeof descriptions[0]; i++)
        if (descriptions[i].code == code)
            return &descriptions[i];
    return &unknown;
}

const char *anysock_error_name(int code) {
    return (const char *)&strings + describe(code)->name;
}

const char *anysock_error_text(int code) {
    return (const char *)&strings + describe(code)->text;
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
