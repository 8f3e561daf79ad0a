/*
 * Reading the error tables, written once. Each port includes this file in its error.c, behind the
 * tables entries[], names[], broken[] and exceptions[], which are made of its own numbers.
 */

#define LENGTH_OF(array) (sizeof(array) / sizeof *(array))

static bool moves_data(enum anysock_op op) {
    return op == OP_SEND || op == OP_RECV || op == OP_RECV_OOB;
}

int anysock_port_map_error(int native, enum anysock_op op, bool stream) {
    if (native == 0)
        return ANYSOCK_OK;
    for (size_t i = 0; i < LENGTH_OF(exceptions); i++) {
        const struct exception *exception = &exceptions[i];
        if (exception->native == native && exception->op == op &&
            (exception->kinds & (stream ? STREAM : DATAGRAM)) != 0)
            return exception->code;
    }
    int code =
        stream && moves_data(op) ? find_code(broken, LENGTH_OF(broken), native) : ANYSOCK_EUNKNOWN;
    return code != ANYSOCK_EUNKNOWN ? code : find_code(entries, LENGTH_OF(entries), native);
}

const char *anysock_port_error_name(int native) {
    for (size_t i = 0; i < LENGTH_OF(names); i++)
        if (names[i].native == native)
            return names[i].name;
    return NULL;
}
