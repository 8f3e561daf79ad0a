/*
 * Network interfaces on Windows.
 */
#include "port.h"

#include <iphlpapi.h>
#include <netioapi.h>
#include <stdlib.h>

/* How often the system is asked again because there are more interfaces than a moment ago. */
#define TRIES 8

/* All interfaces in a buffer of malloc(): null for none, or for an error, which is returned. */
static ULONG ask(IP_ADAPTER_ADDRESSES **all) {
    const ULONG flags = GAA_FLAG_SKIP_ANYCAST | GAA_FLAG_SKIP_MULTICAST | GAA_FLAG_SKIP_DNS_SERVER |
                        GAA_FLAG_SKIP_FRIENDLY_NAME;
    ULONG size = 16384, error = ERROR_BUFFER_OVERFLOW;
    *all = NULL;
    for (int i = 0; i < TRIES && error == ERROR_BUFFER_OVERFLOW; i++) {
        free(*all);
        *all = malloc(size);
        if (*all == NULL)
            return WSA_NOT_ENOUGH_MEMORY;
        error = GetAdaptersAddresses(AF_UNSPEC, flags, NULL, *all, &size);
    }
    if (error == ERROR_SUCCESS)
        return error;
    free(*all);
    *all = NULL;
    return error == ERROR_NO_DATA ? ERROR_SUCCESS : error;
}

/* Both numbers are one since Vista, but that of a protocol which an interface lacks is 0, and Wine
 * knows the first only. */
static uint32_t index_of(const IP_ADAPTER_ADDRESSES *adapter) {
    return adapter->IfIndex != 0 ? adapter->IfIndex : adapter->Ipv6IfIndex;
}

static bool visit_adapter(const IP_ADAPTER_ADDRESSES *adapter, anysock_address_visitor *visit,
                          void *context) {
    bool more = true;
    for (const IP_ADAPTER_UNICAST_ADDRESS *at = adapter->FirstUnicastAddress; more && at != NULL;
         at = at->Next) {
        struct anysock_addr addr;
        const SOCKET_ADDRESS *native = &at->Address;
        if (anysock_addr_from_native(native->lpSockaddr, (size_t)native->iSockaddrLength, &addr) ==
            ANYSOCK_OK)
            more = visit(context, &addr, index_of(adapter));
    }
    return more;
}

int anysock_port_each_address(anysock_address_visitor *visit, void *context) {
    IP_ADAPTER_ADDRESSES *all;
    ULONG error = ask(&all);
    bool more = true;
    for (const IP_ADAPTER_ADDRESSES *at = all; more && at != NULL; at = at->Next)
        more = visit_adapter(at, visit, context);
    free(all);
    if (error == ERROR_SUCCESS)
        return 0;
    set_error((int)error);
    return -1;
}

bool anysock_port_interface_name(uint32_t index, char *name) {
    _Static_assert(IF_MAX_STRING_SIZE + 1 <= ANYSOCK_INTERFACE_NAME_MAX, "a name fits");
    return if_indextoname(index, name) != NULL;
}
