/*
 * Name resolution on POSIX systems: what the numbers of getaddrinfo and getnameinfo mean. They are
 * no errno values; on some systems they are negative, on others the same numbers as those.
 */
#include <netdb.h>

#include "port.h"

#include "../error_types.h"

static const struct entry entries[] = {
    {EAI_NONAME, ANYSOCK_EAI_NONAME},
    {EAI_AGAIN, ANYSOCK_EAI_AGAIN},
    {EAI_FAIL, ANYSOCK_EAI_FAIL},
    {EAI_SERVICE, ANYSOCK_EAI_SERVICE},
    {EAI_FAMILY, ANYSOCK_EAI_FAMILY},
    {EAI_SOCKTYPE, ANYSOCK_EAI_SOCKTYPE},
    {EAI_BADFLAGS, ANYSOCK_EAI_BADFLAGS},
    {EAI_OVERFLOW, ANYSOCK_EAI_OVERFLOW},
    {EAI_MEMORY, ANYSOCK_ENOMEM},
#ifdef EAI_NODATA
    {EAI_NODATA, ANYSOCK_EAI_NODATA},
#endif
#ifdef EAI_ADDRFAMILY /* addresses, but none of this family */
    {EAI_ADDRFAMILY, ANYSOCK_EAI_NODATA},
#endif
#ifdef EAI_BADHINTS /* the BSDs */
    {EAI_BADHINTS, ANYSOCK_EAI_BADFLAGS},
#endif
#ifdef EAI_PROTOCOL
    {EAI_PROTOCOL, ANYSOCK_EPROTONOSUPPORT},
#endif
#ifdef EAI_IDN_ENCODE /* glibc: the name is no text */
    {EAI_IDN_ENCODE, ANYSOCK_EAI_NONAME},
#endif
#ifdef EAI_INPROGRESS /* glibc's getaddrinfo_a, and so the next two */
    {EAI_INPROGRESS, ANYSOCK_EINPROGRESS},
#endif
#ifdef EAI_CANCELED
    {EAI_CANCELED, ANYSOCK_ECANCELED},
#endif
#ifdef EAI_INTR
    {EAI_INTR, ANYSOCK_EINTR},
#endif
};

int anysock_port_map_resolve_error(int result) {
    if (result == 0)
        return ANYSOCK_OK;
    if (result != EAI_SYSTEM)
        return find_code(entries, sizeof entries / sizeof entries[0], result);
    /* There are systems that leave errno 0. */
    return errno != 0 ? anysock_port_map_error(errno, OP_ANY, true) : ANYSOCK_EUNKNOWN;
}
