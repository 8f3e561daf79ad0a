/*
 * Network interfaces: which one has an address, and its name.
 */
#include <string.h>

#include "internal.h"

/* The host alone, and IPv4 as IPv4. */
static struct anysock_addr bare(const struct anysock_addr *addr) {
    struct anysock_addr host = *addr;
    const unsigned char *mapped = addr_bytes(addr) + INET6_HOST_AT;
    if (addr_family(addr) == ANYSOCK_INET6 && anysock_addr_is_mapped(mapped))
        anysock_addr_fill(&host, ANYSOCK_INET, mapped + 12, 0, 0);
    (void)anysock_addr_set_port(&host, 0);
    return host;
}

struct search {
    struct anysock_addr addr;
    uint32_t found;
};

/* Of 127.0.0.0/8 an interface has one, and answers to all. The zone of an address is an index
 * already; without one any interface will do. */
static bool is_wanted(const struct anysock_addr *wanted, const struct anysock_addr *addr,
                      uint32_t index) {
    if (anysock_addr_is_loopback(wanted) && addr_family(wanted) == addr_family(addr))
        return anysock_addr_is_loopback(addr);
    uint32_t zone = anysock_addr_scope(wanted);
    size_t at = addr_family(addr) == ANYSOCK_INET ? INET_HOST_AT : INET6_HOST_AT;
    size_t length = addr_family(addr) == ANYSOCK_INET ? 4 : 16;
    return addr_family(wanted) == addr_family(addr) && (zone == 0 || zone == index) &&
           memcmp(addr_bytes(wanted) + at, addr_bytes(addr) + at, length) == 0;
}

static bool visit(void *context, const struct anysock_addr *addr, uint32_t index) {
    struct search *search = context;
    if (is_wanted(&search->addr, addr, index))
        search->found = index;
    return search->found == 0;
}

int anysock_interface_of(const struct anysock_addr *addr, uint32_t *index) {
    if (addr == NULL || index == NULL)
        return refuse(ANYSOCK_EFAULT);
    if (anysock_addr_family(addr) == ANYSOCK_UNSPEC)
        return refuse(ANYSOCK_EAFNOSUPPORT);
    struct search search = {bare(addr), 0};
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
