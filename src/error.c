/*
 * Names and texts of the result codes, from the one list in the public header.
 */
#include "internal.h"

struct description {
    int code;
    const char *name, *text;
};

#define DESCRIBE(name, number, text) {number, "ANYSOCK_" #name, text},
static const struct description descriptions[] = {{ANYSOCK_OK, "ANYSOCK_OK", "success"},
                                                  ANYSOCK_ERROR_LIST(DESCRIBE)};
#undef DESCRIBE

static const struct description unknown = {0, "ANYSOCK_(not a code)", "not a result code"};

static const struct description *describe(int code) {
    for (size_t i = 0; i < sizeof descriptions / sizeof descriptions[0]; i++)
        if (descriptions[i].code == code)
            return &descriptions[i];
    return &unknown;
}

const char *anysock_error_name(int code) {
    return describe(code)->name;
}

const char *anysock_error_text(int code) {
    return describe(code)->text;
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
