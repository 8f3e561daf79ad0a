/*
 * Addresses: what is read and what is refused, the one text that is written, comparison, kinds,
 * and the native form, of which the fake port has Winsock's. "eth7" is its only interface.
 */
#include <string.h>

#include "check.h"
#include "fake_port.h"

static struct anysock_addr addr;
static char text[ANYSOCK_ADDR_TEXT_MAX];

static struct anysock_addr parse(const char *from) {
    struct anysock_addr parsed;
    memset(&parsed, 0, sizeof parsed);
    if (anysock_addr_parse(from, &parsed) != ANYSOCK_OK)
        fail_msg("\"%s\" is not read", from);
    return parsed;
}

/* One line of a table: a text, and how the address is written. */
struct pair {
    const char *from, *to;
};

/* --- making and taking apart --- */

static void any_and_loopback_are_made(void **state) {
    (void)state;
    static const struct {
        enum anysock_family family;
        const char *any, *loopback;
    } rows[] = {
        {ANYSOCK_INET, "0.0.0.0:8080", "127.0.0.1:8080"},
        {ANYSOCK_INET6, "[::]:8080", "[::1]:8080"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        memset(&addr, 0xff, sizeof addr); /* nothing of it is left */
        struct anysock_addr expected = parse(rows[i].any);
        assert_anysock(ANYSOCK_OK, anysock_addr_any(rows[i].family, 8080, &addr));
        assert_memory_equal(&expected, &addr, sizeof addr);
        memset(&addr, 0xff, sizeof addr);
        expected = parse(rows[i].loopback);
        assert_anysock(ANYSOCK_OK, anysock_addr_loopback(rows[i].family, 8080, &addr));
        assert_memory_equal(&expected, &addr, sizeof addr);
    }
}

static void any_and_loopback_want_a_family_and_a_place(void **state) {
    (void)state;
    enum anysock_family other = (enum anysock_family)3;
    assert_refusal(ANYSOCK_EAFNOSUPPORT, anysock_addr_any(ANYSOCK_UNSPEC, 80, &addr));
    assert_refusal(ANYSOCK_EAFNOSUPPORT, anysock_addr_any(other, 80, &addr));
    assert_refusal(ANYSOCK_EAFNOSUPPORT, anysock_addr_loopback(ANYSOCK_UNSPEC, 80, &addr));
    assert_refusal(ANYSOCK_EFAULT, anysock_addr_any(ANYSOCK_UNSPEC, 80, NULL));
    assert_refusal(ANYSOCK_EFAULT, anysock_addr_loopback(ANYSOCK_INET, 80, NULL));
}

static void parts_can_be_asked_for(void **state) {
    (void)state;
    static const struct {
        const char *text;
        enum anysock_family family;
        uint16_t port;
        uint32_t scope;
    } rows[] = {
        {"1.2.3.4:258", ANYSOCK_INET, 258, 0},
        {"[fe80::1%70000]:65535", ANYSOCK_INET6, 65535, 70000},
        {"::1", ANYSOCK_INET6, 0, 0},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        addr = parse(rows[i].text);
        assert_int_equal(rows[i].family, anysock_addr_family(&addr));
        assert_int_equal(rows[i].port, anysock_addr_port(&addr));
        assert_int_equal(rows[i].scope, anysock_addr_scope(&addr));
    }
}

static void no_address_has_no_parts(void **state) {
    (void)state;
    memset(&addr, 0, sizeof addr);
    const struct anysock_addr *const nothings[] = {&addr, NULL};
    for (size_t i = 0; i < COUNT_OF(nothings); i++) {
        const struct anysock_addr *nothing = nothings[i];
        assert_int_equal(ANYSOCK_UNSPEC, anysock_addr_family(nothing));
        assert_int_equal(0, anysock_addr_port(nothing));
        assert_int_equal(0, anysock_addr_scope(nothing));
        assert_false(anysock_addr_is_any(nothing));
        assert_false(anysock_addr_is_loopback(nothing));
        assert_false(anysock_addr_is_multicast(nothing));
        assert_false(anysock_addr_is_link_local(nothing));
        (void)anysock_addr_hash(nothing);
    }
}

static void port_is_replaced(void **state) {
    (void)state;
    addr = parse("[fe80::1%3]:80");
    assert_anysock(ANYSOCK_OK, anysock_addr_set_port(&addr, 65535));
    assert_anysock(ANYSOCK_OK, anysock_addr_format(&addr, text, sizeof text));
    assert_string_equal("[fe80::1%3]:65535", text);
    memset(&addr, 0, sizeof addr);
    assert_refusal(ANYSOCK_EAFNOSUPPORT, anysock_addr_set_port(&addr, 80));
    assert_refusal(ANYSOCK_EFAULT, anysock_addr_set_port(NULL, 80));
}

/* --- comparing --- */

static void different_addresses_are_not_equal(void **state) {
    (void)state;
    static const char *const texts[] = {
        "1.2.3.4:80",     "1.2.3.5:80",   "1.2.3.4:81",     "[::ffff:1.2.3.4]:80",
        "[fe80::1]:80",   "[fe80::2]:80", "[fe80::1%3]:80", "[fe80::1%4]:80",
        "[fe80::1%3]:81", "[::]:80",      "0.0.0.0:80"};
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        for (size_t j = 0; j < COUNT_OF(texts); j++) {
            struct anysock_addr a = parse(texts[i]), b = parse(texts[j]);
            if (anysock_addr_equal(&a, &b) != (i == j))
                fail_msg("%s and %s", texts[i], texts[j]);
        }
    }
}

static void no_address_equals_only_itself(void **state) {
    (void)state;
    struct anysock_addr nothing, something = parse("0.0.0.0:0");
    memset(&nothing, 0, sizeof nothing);
    addr = nothing;
    assert_true(anysock_addr_equal(&nothing, &addr));
    assert_false(anysock_addr_equal(&nothing, &something));
    assert_false(anysock_addr_equal(&something, &nothing));
    assert_false(anysock_addr_equal(&something, NULL));
    assert_false(anysock_addr_equal(NULL, &something));
}

static void what_is_no_part_of_an_address_does_not_count(void **state) {
    (void)state;
    unsigned char native[28];
    size_t length;
    struct anysock_addr plain = parse("[2001:db8::1]:80");
    assert_anysock(ANYSOCK_OK, anysock_addr_to_native(&plain, native, sizeof native, &length));
    native[7] = 9; /* the flow label */
    assert_anysock(ANYSOCK_OK, anysock_addr_from_native(native, length, &addr));
    assert_true(anysock_addr_equal(&plain, &addr));
    assert_true(anysock_addr_hash(&plain) == anysock_addr_hash(&addr));
    plain = parse("1.2.3.4:80");
    assert_anysock(ANYSOCK_OK, anysock_addr_to_native(&plain, native, sizeof native, &length));
    native[15] = 9; /* sin_zero */
    assert_anysock(ANYSOCK_OK, anysock_addr_from_native(native, length, &addr));
    assert_true(anysock_addr_equal(&plain, &addr));
    assert_true(anysock_addr_hash(&plain) == anysock_addr_hash(&addr));
}

static void hash_tells_most_addresses_apart(void **state) {
    (void)state;
    enum { HASHES = 512 };
    uint32_t hashes[HASHES];
    int same = 0;
    for (int i = 0; i < HASHES; i++) {
        /* One after the other in the first byte of the host, and then in the port. */
        const unsigned char native[16] = {2, 0, 0, (unsigned char)(i / 256), (unsigned char)i};
        assert_anysock(ANYSOCK_OK, anysock_addr_from_native(native, sizeof native, &addr));
        hashes[i] = anysock_addr_hash(&addr);
        for (int j = 0; j < i; j++)
            same += hashes[i] == hashes[j];
    }
    assert_true(same <= 1);
}

static void kinds_are_told(void **state) {
    (void)state;
    enum { ANY = 1, LOOPBACK = 2, MULTICAST = 4, LINK_LOCAL = 8 };
    static const struct {
        const char *text;
        int kinds;
    } rows[] = {
        {"0.0.0.0:80", ANY},
        {"0.0.0.1", 0},
        {"126.255.255.255", 0},
        {"127.0.0.0", LOOPBACK},
        {"127.255.255.255", LOOPBACK},
        {"128.0.0.0", 0},
        {"223.255.255.255", 0},
        {"224.0.0.0", MULTICAST},
        {"239.255.255.255", MULTICAST},
        {"240.0.0.0", 0},
        {"255.255.255.255", 0},
        {"169.253.0.1", 0},
        {"169.254.0.1", LINK_LOCAL},
        {"169.255.0.1", 0},
        {"168.254.0.1", 0},
        {"[::]:80", ANY},
        {"::1", LOOPBACK},
        {"::2", 0},
        {"1::1", 0},
        {"::ffff:127.1.2.3", LOOPBACK},
        {"::ffff:128.0.0.1", 0},
        {"::127.0.0.1", 0},
        {"::ffff:0.0.0.0", 0},
        {"fe7f::1", 0},
        {"fe80::1", LINK_LOCAL},
        {"fe80::1%3", LINK_LOCAL},
        {"febf::1", LINK_LOCAL},
        {"fec0::1", 0},
        {"feff::1", 0},
        {"ff00::", MULTICAST},
        {"ff02::1", MULTICAST},
        {"2001:db8::1", 0},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        addr = parse(rows[i].text);
        int kinds = (anysock_addr_is_any(&addr) ? ANY : 0) |
                    (anysock_addr_is_loopback(&addr) ? LOOPBACK : 0) |
                    (anysock_addr_is_multicast(&addr) ? MULTICAST : 0) |
                    (anysock_addr_is_link_local(&addr) ? LINK_LOCAL : 0);
        if (kinds != rows[i].kinds)
            fail_msg("%s has the kinds %d", rows[i].text, kinds);
    }
}

/* --- the native form --- */

static void native_form_is_laid_out_as_everywhere(void **state) {
    (void)state;
    static const unsigned char inet[16] = {2, 0, 0x12, 0x34, 1, 2, 3, 4};
    unsigned char native[120];
    size_t length = 99;
    addr = parse("1.2.3.4:4660");
    assert_anysock(ANYSOCK_OK, anysock_addr_to_native(&addr, native, sizeof native, &length));
    assert_int_equal(16, length);
    assert_memory_equal(inet, native, 16);
    addr = parse("[2001::ff]:80");
    assert_anysock(ANYSOCK_OK, anysock_addr_to_native(&addr, native, sizeof native, &length));
    assert_int_equal(28, length);
    assert_int_equal(23, native[0]);
    assert_int_equal(80, native[3]);
    assert_int_equal(0x20, native[8]);
    assert_int_equal(0xff, native[23]);
}

static void native_form_is_taken(void **state) {
    (void)state;
    unsigned char native[120] = {2, 0, 0, 80, 1, 2, 3, 4};
    struct anysock_addr expected = parse("1.2.3.4:80");
    memset(&addr, 0xff, sizeof addr);
    assert_anysock(ANYSOCK_OK, anysock_addr_from_native(native, 16, &addr));
    assert_memory_equal(&expected, &addr, sizeof addr);
    /* A longer one, as a sockaddr_storage is, serves as well. */
    assert_anysock(ANYSOCK_OK, anysock_addr_from_native(native, sizeof native, &addr));
    assert_true(anysock_addr_equal(&expected, &addr));
}

static void native_form_of_a_wrong_length_is_refused(void **state) {
    (void)state;
    unsigned char native[128] = {2, 0};
    static const size_t lengths[] = {0, 1, 2, 15, 121, 128};
    for (size_t i = 0; i < COUNT_OF(lengths); i++)
        assert_refusal(ANYSOCK_EINVAL, anysock_addr_from_native(native, lengths[i], &addr));
    native[0] = 23;
    assert_refusal(ANYSOCK_EINVAL, anysock_addr_from_native(native, 16, &addr));
    assert_refusal(ANYSOCK_EINVAL, anysock_addr_from_native(native, 27, &addr));
    assert_anysock(ANYSOCK_OK, anysock_addr_from_native(native, 28, &addr));
}

static void native_form_of_an_unknown_family_is_refused(void **state) {
    (void)state;
    unsigned char native[28] = {1, 0};
    assert_refusal(ANYSOCK_EAFNOSUPPORT, anysock_addr_from_native(native, 28, &addr));
    native[0] = 0;
    assert_refusal(ANYSOCK_EAFNOSUPPORT, anysock_addr_from_native(native, 2, &addr));
}

static void native_form_wants_room(void **state) {
    (void)state;
    unsigned char native[28];
    size_t length = 99;
    addr = parse("::1");
    assert_refusal(ANYSOCK_ENOBUFS, anysock_addr_to_native(&addr, native, 27, &length));
    assert_int_equal(0, length);
    assert_anysock(ANYSOCK_OK, anysock_addr_to_native(&addr, native, 28, &length));
    memset(&addr, 0, sizeof addr);
    assert_refusal(ANYSOCK_EINVAL, anysock_addr_to_native(&addr, native, 28, &length));
    assert_int_equal(0, length);
}

static void native_form_wants_all_pointers(void **state) {
    (void)state;
    unsigned char native[28] = {2, 0};
    size_t length = 99;
    addr = parse("::1");
    assert_refusal(ANYSOCK_EFAULT, anysock_addr_from_native(NULL, 16, &addr));
    assert_refusal(ANYSOCK_EFAULT, anysock_addr_from_native(native, 16, NULL));
    assert_refusal(ANYSOCK_EFAULT, anysock_addr_to_native(&addr, native, 28, NULL));
    assert_refusal(ANYSOCK_EFAULT, anysock_addr_to_native(NULL, native, 28, &length));
    assert_int_equal(0, length);
    length = 99;
    assert_refusal(ANYSOCK_EFAULT, anysock_addr_to_native(&addr, NULL, 28, &length));
    assert_int_equal(0, length);
}

static void address_has_128_bytes(void **state) {
    (void)state;
    assert_int_equal(128, sizeof addr);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fake_reset, fake_check)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(any_and_loopback_are_made),
        TEST(any_and_loopback_want_a_family_and_a_place),
        TEST(parts_can_be_asked_for),
        TEST(no_address_has_no_parts),
        TEST(port_is_replaced),
        TEST(different_addresses_are_not_equal),
        TEST(no_address_equals_only_itself),
        TEST(what_is_no_part_of_an_address_does_not_count),
        TEST(hash_tells_most_addresses_apart),
        TEST(kinds_are_told),
        TEST(native_form_is_laid_out_as_everywhere),
        TEST(native_form_is_taken),
        TEST(native_form_of_a_wrong_length_is_refused),
        TEST(native_form_of_an_unknown_family_is_refused),
        TEST(native_form_wants_room),
        TEST(native_form_wants_all_pointers),
        TEST(address_has_128_bytes),
    };
    return cmocka_run_group_tests_name("address", tests, NULL, NULL);
}
