/*
 * Reading the error tables, written once. Each port includes this file in its error.c, behind the
 * tables entries[], names[] and exceptions[], which are made of its own numbers.
 */

int anysock_port_map_error(int native, enum anysock_op op, bool stream) {
    if (native == 0)
        return ANYSOCK_OK;
    for (size_t i = 0; i < sizeof exceptions / sizeof exceptions[0]; i++) {
        const struct exception *exception = &exceptions[i];
        if (exception->native == native && exception->op == op &&
            (exception->kinds & (stream ? STREAM : DATAGRAM)) != 0)
            return exception->code;
    }
    return find_code(entries, sizeof entries / sizeof entries[0], native);
}

const char *anysock_port_error_name(int native) {
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (names[i].native == native)
            return names[i].name;
    return NULL;
}
