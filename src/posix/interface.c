/*
 * Network interfaces on POSIX systems.
 */
#include "port.h"

#include <ifaddrs.h>

static size_t length_of(const struct sockaddr *addr) {
    switch (addr->sa_family) {
    case AF_INET:
        return sizeof(struct sockaddr_in);
    case AF_INET6:
        return sizeof(struct sockaddr_in6);
    default:
        return 0;
    }
}

int anysock_port_each_address(anysock_address_visitor *visit, void *context) {
    struct ifaddrs *all;
    if (getifaddrs(&all) != 0)
        return -1;
    bool more = true;
    for (const struct ifaddrs *at = all; more && at != NULL; at = at->ifa_next) {
        struct anysock_addr addr;
        size_t length = at->ifa_addr != NULL ? length_of(at->ifa_addr) : 0;
        if (length > 0 && anysock_addr_from_native(at->ifa_addr, length, &addr) == ANYSOCK_OK)
            more = visit(context, &addr, if_nametoindex(at->ifa_name));
    }
    freeifaddrs(all);
    return 0;
}

bool anysock_port_interface_name(uint32_t index, char *name) {
    _Static_assert(IF_NAMESIZE <= ANYSOCK_INTERFACE_NAME_MAX, "a name fits");
    return if_indextoname(index, name) != NULL;
}
