/*
 * Interfaces: which one has an address, and its name. The fake port has the loopback interface (1),
 * eth7 (7), and a neighbour (8) with the same link-local address.
 */
#include <string.h>

#include "check.h"
#include "fake_port.h"

static uint32_t index_of(const char *text) {
    struct anysock_addr addr;
    uint32_t index = 99;
    assert_anysock(ANYSOCK_OK, anysock_addr_parse(text, &addr));
    int code = anysock_interface_of(&addr, &index);
    if (code != ANYSOCK_OK) {
        assert_int_equal(ANYSOCK_EADDRNOTAVAIL, code);
        assert_int_equal(99, index);
        return 0;
    }
    return index;
}

static void interface_is_found_by_its_address(void **state) {
    (void)state;
    static const struct {
        const char *addr;
        uint32_t index;
    } rows[] = {
        {"192.0.2.7", 7},        {"192.0.2.7:80", 7}, /* the port does not count */
        {"::ffff:192.0.2.7", 7}, {"192.0.2.8", 0},    {"127.0.0.1", 1}, {"127.9.9.9:1", 1},
        {"::ffff:127.0.0.2", 1}, {"::1", 1},          {"fe80::7%7", 7}, {"fe80::7%8", 8},
        {"fe80::7%9", 0},        {"fe80::7", 7}, /* without a zone the first will do */
        {"fe80::8%7", 0},        {"0.0.0.0", 0},      {"::", 0},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (index_of(rows[i].addr) != rows[i].index)
            fail_msg("%s is found at %u", rows[i].addr, (unsigned)index_of(rows[i].addr));
}

static void looking_for_an_interface_refuses_bad_arguments(void **state) {
    (void)state;
    struct anysock_addr addr = {0};
    uint32_t index = 99;
    assert_refusal(ANYSOCK_EAFNOSUPPORT, anysock_interface_of(&addr, &index));
    assert_refusal(ANYSOCK_EFAULT, anysock_interface_of(NULL, &index));
    assert_anysock(ANYSOCK_OK, anysock_addr_loopback(ANYSOCK_INET, 0, &addr));
    assert_refusal(ANYSOCK_EFAULT, anysock_interface_of(&addr, NULL));
    assert_int_equal(99, index);
}

static void failure_to_list_interfaces_is_reported(void **state) {
    (void)state;
    struct anysock_addr addr;
    uint32_t index = 99;
    assert_anysock(ANYSOCK_OK, anysock_addr_loopback(ANYSOCK_INET, 0, &addr));
    fake_fail("each_address", FAKE_ENOBUFS, 1);
    assert_anysock(ANYSOCK_ENOBUFS, anysock_interface_of(&addr, &index));
    assert_int_equal(FAKE_ENOBUFS, anysock_native_error());
    assert_int_equal(99, index);
}

static void interface_has_a_name(void **state) {
    (void)state;
    char name[ANYSOCK_INTERFACE_NAME_MAX];
    assert_anysock(ANYSOCK_OK, anysock_interface_name(7, name, sizeof name));
    assert_string_equal("eth7", name);
    assert_refusal(ANYSOCK_ENODEV, anysock_interface_name(6, name, sizeof name));
    assert_string_equal("", name);
    assert_refusal(ANYSOCK_EFAULT, anysock_interface_name(7, NULL, 5));
}

static void name_of_an_interface_fits_exactly_or_is_refused(void **state) {
    (void)state;
    char name[] = "unchanged";
    assert_refusal(ANYSOCK_ENOBUFS, anysock_interface_name(7, name, 0));
    assert_string_equal("unchanged", name);
    assert_refusal(ANYSOCK_ENOBUFS, anysock_interface_name(7, name, 4));
    assert_string_equal("", name);
    assert_anysock(ANYSOCK_OK, anysock_interface_name(7, name, 5));
    assert_string_equal("eth7", name);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fake_reset, fake_check)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(interface_is_found_by_its_address),
        TEST(looking_for_an_interface_refuses_bad_arguments),
        TEST(failure_to_list_interfaces_is_reported),
        TEST(interface_has_a_name),
        TEST(name_of_an_interface_fits_exactly_or_is_refused),
    };
    return cmocka_run_group_tests_name("interface", tests, NULL, NULL);
}
