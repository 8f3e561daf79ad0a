/*
 * Network interfaces: which one has an address, and its name.
 */
#include <string.h>

#include "internal.h"

/* The host alone, and IPv4 as IPv4. */
static struct anysock_addr host_of(const struct anysock_addr *addr) {
    struct anysock_addr host;
    const unsigned char *bytes = addr_bytes(addr), *bytes6 = bytes + INET6_HOST_AT;
    if (addr_family(addr) == ANYSOCK_INET)
        anysock_addr_fill(&host, ANYSOCK_INET, bytes + INET_HOST_AT, 0, 0);
    else if (anysock_addr_is_mapped(bytes6))
        anysock_addr_fill(&host, ANYSOCK_INET, bytes6 + 12, 0, 0);
    else
        anysock_addr_fill(&host, ANYSOCK_INET6, bytes6, 0, 0);
    return host;
}

struct search {
    struct anysock_addr host;
    uint32_t zone; /* an index already; 0: any interface will do */
    uint32_t found;
};

/* Of 127.0.0.0/8 an interface has one, and answers to all. */
static bool is_wanted(const struct search *search, const struct anysock_addr *host,
                      uint32_t index) {
    if (anysock_addr_is_loopback(&search->host) && addr_family(&search->host) == addr_family(host))
        return anysock_addr_is_loopback(host);
    return (search->zone == 0 || search->zone == index) && anysock_addr_equal(&search->host, host);
}

static bool visit(void *context, const struct anysock_addr *addr, uint32_t index) {
    struct search *search = context;
    struct anysock_addr host = host_of(addr);
    if (is_wanted(search, &host, index))
        search->found = index;
    return search->found == 0;
}

int anysock_interface_of(const struct anysock_addr *addr, uint32_t *index) {
    if (addr == NULL || index == NULL)
        return refuse(ANYSOCK_EFAULT);
    if (anysock_addr_family(addr) == ANYSOCK_UNSPEC)
        return refuse(ANYSOCK_EAFNOSUPPORT);
    struct search search = {host_of(addr), anysock_addr_scope(addr), 0};
    if (anysock_port_each_address(visit, &search) != 0)
        return fail_native(OP_ANY, true);
    if (search.found == 0)
        return refuse(ANYSOCK_EADDRNOTAVAIL);
    *index = search.found;
    return ANYSOCK_OK;
}

int anysock_interface_name(uint32_t index, char *name, size_t size) {
    if (name == NULL)
        return refuse(ANYSOCK_EFAULT);
    if (size > 0)
        name[0] = '\0';
    char text[ANYSOCK_INTERFACE_NAME_MAX];
    if (!anysock_port_interface_name(index, text))
        return refuse(ANYSOCK_ENODEV);
    if (strlen(text) >= size)
        return refuse(ANYSOCK_ENOBUFS);
    memcpy(name, text, strlen(text) + 1);
    return ANYSOCK_OK;
}
