/*
 * Interfaces of this machine: every address that an interface has leads to it, and its name to its
 * number.
 */
#include <string.h>

#include "check.h"
#include "internal.h"

static uint32_t loopback_index(enum anysock_family family) {
    struct anysock_addr addr;
    uint32_t index = 0;
    assert_anysock(ANYSOCK_OK, anysock_addr_loopback(family, 80, &addr));
    assert_anysock(ANYSOCK_OK, anysock_interface_of(&addr, &index));
    assert_int_not_equal(0, index);
    return index;
}

static void loopback_address_has_an_interface(void **state) {
    (void)state;
    struct anysock_addr other;
    uint32_t index = 0;
    assert_anysock(ANYSOCK_OK, anysock_addr_parse("127.3.4.5", &other));
    assert_anysock(ANYSOCK_OK, anysock_interface_of(&other, &index));
    assert_int_equal(loopback_index(ANYSOCK_INET), index);
    assert_anysock(ANYSOCK_OK, anysock_addr_parse("::ffff:127.0.0.1", &other));
    assert_anysock(ANYSOCK_OK, anysock_interface_of(&other, &index));
    assert_int_equal(loopback_index(ANYSOCK_INET), index);
}

/* One seen address: the library finds an interface that has it. With a link-local one, the zone
 * decides. */
static bool find(void *context, const struct anysock_addr *addr, uint32_t index) {
    int *count = context;
    uint32_t found = 0;
    assert_int_not_equal(0, index);
    assert_anysock(ANYSOCK_OK, anysock_interface_of(addr, &found));
    assert_int_not_equal(0, found);
    if (anysock_addr_scope(addr) != 0)
        assert_int_equal(index, found);
    ++*count;
    return true;
}

static void every_address_of_the_machine_leads_to_an_interface(void **state) {
    (void)state;
    int count = 0;
    assert_int_equal(0, anysock_port_each_address(find, &count));
    assert_true(count > 0);
}

static bool stop(void *context, const struct anysock_addr *addr, uint32_t index) {
    (void)addr;
    (void)index;
    ++*(int *)context;
    return false;
}

static void visitor_of_addresses_is_heard(void **state) {
    (void)state;
    int count = 0;
    assert_int_equal(0, anysock_port_each_address(stop, &count));
    assert_int_equal(1, count);
}

static void address_of_nobody_has_no_interface(void **state) {
    (void)state;
    static const char *const texts[] = {"0.0.0.0", "::", "0.0.0.1", "240.0.0.1", "ff02::1"};
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        struct anysock_addr addr;
        uint32_t index = 99;
        assert_anysock(ANYSOCK_OK, anysock_addr_parse(texts[i], &addr));
        assert_anysock(ANYSOCK_EADDRNOTAVAIL, anysock_interface_of(&addr, &index));
        assert_int_equal(99, index);
    }
}

/* The name is one that the zone of an address can have. */
static void name_leads_back_to_the_number(void **state) {
    (void)state;
    char name[ANYSOCK_INTERFACE_NAME_MAX], text[ANYSOCK_INTERFACE_NAME_MAX + 8] = "fe80::1%";
    struct anysock_addr addr;
    uint32_t index = loopback_index(ANYSOCK_INET);
    assert_anysock(ANYSOCK_OK, anysock_interface_name(index, name, sizeof name));
    assert_int_not_equal(0, strlen(name));
    assert_anysock(ANYSOCK_OK, anysock_addr_parse(strcat(text, name), &addr));
    assert_int_equal(index, anysock_addr_scope(&addr));
}

static void number_of_nobody_has_no_name(void **state) {
    (void)state;
    char name[ANYSOCK_INTERFACE_NAME_MAX] = "before";
    assert_anysock(ANYSOCK_ENODEV, anysock_interface_name(0, name, sizeof name));
    assert_string_equal("", name);
    assert_anysock(ANYSOCK_ENODEV, anysock_interface_name(0x7fffffff, name, sizeof name));
    assert_anysock(ANYSOCK_EFAULT, anysock_interface_name(1, NULL, 0));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(loopback_address_has_an_interface),
        cmocka_unit_test(every_address_of_the_machine_leads_to_an_interface),
        cmocka_unit_test(visitor_of_addresses_is_heard),
        cmocka_unit_test(address_of_nobody_has_no_interface),
        cmocka_unit_test(name_leads_back_to_the_number),
        cmocka_unit_test(number_of_nobody_has_no_name),
    };
    return cmocka_run_group_tests_name("interface", tests, NULL, NULL);
}
