/*
 * Name resolution: so far the meaning of what the system's own calls return. A file of its own, so
 * that programs that resolve nothing do not carry its tables.
 */
#include "internal.h"

int anysock_error_from_getaddrinfo(int result) {
    return anysock_port_map_resolve_error(result);
}
