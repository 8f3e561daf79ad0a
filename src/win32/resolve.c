/*
 * Name resolution on Windows: what the numbers of getaddrinfo and getnameinfo mean. They are
 * Winsock codes, some of which mean another thing here.
 */
#include "port.h"

#include "../error_types.h"

static const struct entry entries[] = {
    {WSAEAFNOSUPPORT, ANYSOCK_EAI_FAMILY},
    {WSAESOCKTNOSUPPORT, ANYSOCK_EAI_SOCKTYPE},
    {WSAEINVAL, ANYSOCK_EAI_BADFLAGS},
    /* getnameinfo into a short buffer. */
    {WSAEFAULT, ANYSOCK_EAI_OVERFLOW},
    {ERROR_INSUFFICIENT_BUFFER, ANYSOCK_EAI_OVERFLOW},
};

int anysock_port_map_resolve_error(int result) {
    int code = find_code(entries, sizeof entries / sizeof entries[0], result);
    return code != ANYSOCK_EUNKNOWN ? code : anysock_port_map_error(result, OP_ANY, true);
}
