/*
 * The text of addresses: what is read and what is refused, and the one way in which it is written.
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

static void assert_read_as(const struct pair *pairs, size_t count) {
    for (size_t i = 0; i < count; i++) {
        addr = parse(pairs[i].from);
        assert_anysock(ANYSOCK_OK, anysock_addr_format(&addr, text, sizeof text));
        if (strcmp(pairs[i].to, text) != 0)
            fail_msg("\"%s\" is \"%s\", not \"%s\"", pairs[i].from, text, pairs[i].to);
    }
}

static void refuse_all(int code, const char *const *texts, size_t count) {
    struct anysock_addr before;
    memset(&before, 0x5a, sizeof before);
    for (size_t i = 0; i < count; i++) {
        addr = before;
        anysock_port_set_native_error(FAKE_EODD);
        int result = anysock_addr_parse(texts[i], &addr);
        if (result != code)
            fail_msg("\"%s\" gave %s", texts[i], anysock_error_name(result));
        assert_int_equal(0, anysock_native_error());
        assert_memory_equal(&before, &addr, sizeof addr); /* untouched */
    }
}

/* --- reading --- */

static void reads_ipv4(void **state) {
    (void)state;
    static const struct pair pairs[] = {
        {"0.0.0.0", "0.0.0.0:0"},
        {"192.0.2.1", "192.0.2.1:0"},
        {"255.255.255.255:65535", "255.255.255.255:65535"},
        {"127.0.0.1:80", "127.0.0.1:80"},
        {"1.20.100.200:1", "1.20.100.200:1"},
        {"9.8.7.6:0", "9.8.7.6:0"},
    };
    assert_read_as(pairs, COUNT_OF(pairs));
}

static void refuses_ipv4_of_another_shape(void **state) {
    (void)state;
    static const char *const texts[] = {"",           ".",        "1",      "1.2",      "1.2.3",
                                        "1.2.3.",     ".1.2.3.4", "1..3.4", "1.2.3.4.", "1.2.3.4.5",
                                        "2130706433", "127.1",    "80"};
    refuse_all(ANYSOCK_EINVAL, texts, COUNT_OF(texts));
}

static void refuses_ipv4_with_other_numbers(void **state) {
    (void)state;
    static const char *const texts[] = {
        "256.1.1.1",  "1.256.1.1", "1.1.1.256", "1.1.1.1000", "1.1.1.99999999999999999999",
        "01.2.3.4",   "1.2.3.04",  "1.2.3.00",  "00.0.0.0",   "0x7f.0.0.1",
        "0x7f000001", "1.2.3.4a",  "1.2.3.a",   "+1.2.3.4",   "1.-2.3.4",
        "-"};
    refuse_all(ANYSOCK_EINVAL, texts, COUNT_OF(texts));
}

static void refuses_what_is_not_only_ipv4(void **state) {
    (void)state;
    static const char *const texts[] = {
        " 1.2.3.4",   "1.2.3.4 ",  "1. 2.3.4",      "1.2.3.4\n", "1.2.3.4%3",
        "1.2.3.4/24", "[1.2.3.4]", "[1.2.3.4]:80",  "localhost", "localhost:80",
        "*",          ":80",       "\xd9\xa1.2.3.4"};
    refuse_all(ANYSOCK_EINVAL, texts, COUNT_OF(texts));
}

static void refuses_bad_ports(void **state) {
    (void)state;
    static const char *const texts[] = {
        "1.2.3.4:",     "1.2.3.4:65536", "1.2.3.4:99999999999999999999",
        "1.2.3.4:080",  "1.2.3.4:00",    "1.2.3.4:+80",
        "1.2.3.4:-1",   "1.2.3.4: 80",   "1.2.3.4:80 ",
        "1.2.3.4 :80",  "1.2.3.4:80a",   "1.2.3.4:0x50",
        "1.2.3.4:http", "1.2.3.4:80:80", "1.2.3.4::80",
        "[::1]:",       "[::1]:65536",   "[::1]:080",
        "[::1]: 80",    "[::1]:80 ",     "[::1]:80a",
        "[::1]80",      "[::1] :80",     "[::1]::80"};
    refuse_all(ANYSOCK_EINVAL, texts, COUNT_OF(texts));
}

static void reads_ipv6(void **state) {
    (void)state;
    static const struct pair pairs[] = {
        {"::", "[::]:0"},
        {"::1", "[::1]:0"},
        {"1::", "[1::]:0"},
        {"1:2:3:4:5:6:7:8", "[1:2:3:4:5:6:7:8]:0"},
        {"1:2:3:4:5:6:7::", "[1:2:3:4:5:6:7:0]:0"},
        {"::2:3:4:5:6:7:8", "[0:2:3:4:5:6:7:8]:0"},
        {"1:2:3::5:6:7:8", "[1:2:3:0:5:6:7:8]:0"},
        {"1::8", "[1::8]:0"},
        {"1:2::7:8", "[1:2::7:8]:0"},
        {"0:0:0:0:0:0:0:0", "[::]:0"},
        {"0000:0000:0000:0000:0000:0000:0000:0001", "[::1]:0"},
        {"2001:DB8::aBcD", "[2001:db8::abcd]:0"},
        {"2001:0db8:0:0:8:800:200C:417A", "[2001:db8::8:800:200c:417a]:0"},
        {"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:0"},
        {"[::]", "[::]:0"},
        {"[::1]:80", "[::1]:80"},
        {"[2001:db8::1]:65535", "[2001:db8::1]:65535"},
        {"[::1]:0", "[::1]:0"},
    };
    assert_read_as(pairs, COUNT_OF(pairs));
}

static void reads_ipv4_at_the_end_of_ipv6(void **state) {
    (void)state;
    static const struct pair pairs[] = {
        {"::ffff:192.0.2.1", "[::ffff:192.0.2.1]:0"},
        {"[::ffff:192.0.2.1]:80", "[::ffff:192.0.2.1]:80"},
        {"0:0:0:0:0:ffff:1.2.3.4", "[::ffff:1.2.3.4]:0"},
        {"::ffff:102:304", "[::ffff:1.2.3.4]:0"},
        {"::1.2.3.4", "[::102:304]:0"},
        {"64:ff9b::192.0.2.33", "[64:ff9b::c000:221]:0"},
        {"1:2:3:4:5:6:255.255.255.255", "[1:2:3:4:5:6:ffff:ffff]:0"},
        {"::3:4:5:6:7:1.2.3.4", "[0:3:4:5:6:7:102:304]:0"},
        {"1::0.0.0.0", "[1::]:0"},
    };
    assert_read_as(pairs, COUNT_OF(pairs));
}

static void refuses_ipv6_of_another_shape(void **state) {
    (void)state;
    static const char *const texts[] = {
        ":",
        ":::",
        "::::",
        "1:",
        ":1",
        "1:2",
        "1:2:",
        ":1:2",
        "1:2:3:4:5:6:7",
        "1:2:3:4:5:6:7:",
        ":2:3:4:5:6:7:8",
        "1:2:3:4:5:6:7:8:",
        "1:2:3:4:5:6:7:8:9",
        "1:2:3:4:5:6:7:8::",
        "::1:2:3:4:5:6:7:8",
        "1:2:3:4::5:6:7:8",
        "1::2::3",
        "::1::",
        "1:::2",
        "12345::",
        "::00001",
    };
    refuse_all(ANYSOCK_EINVAL, texts, COUNT_OF(texts));
}

static void refuses_what_is_not_only_ipv6(void **state) {
    (void)state;
    static const char *const texts[] = {"::g",  "::-1",  "::+1",  ":: 1",  " ::1",
                                        "::1 ", "::1\n", "0x1::", "::1/64"};
    refuse_all(ANYSOCK_EINVAL, texts, COUNT_OF(texts));
}

static void refuses_ipv4_at_a_wrong_place(void **state) {
    (void)state;
    static const char *const texts[] = {
        "::1.2.3",
        "::1.2.3.4.5",
        "::1.2.3.256",
        "::ffff:01.2.3.4",
        "::ffff:1.2.3.4:5",
        "::1.2.3.4:5:6",
        "1.2.3.4::",
        "1.2.3.4::1",
        "1:2:3:4:5:6:7:1.2.3.4",
        "1:2:3:4:5:1.2.3.4",
        "::2:3:4:5:6:7:1.2.3.4",
        "::a.2.3.4",
        "::1.2.3.a",
    };
    refuse_all(ANYSOCK_EINVAL, texts, COUNT_OF(texts));
}

static void refuses_brackets_that_do_not_match(void **state) {
    (void)state;
    static const char *const texts[] = {"[",         "[]",      "[]:80",  "[::1",    "[::1:80",
                                        "::1]",      "::1]:80", "]",      "[[::1]]", "[::1]]",
                                        "[::1]:80]", "[:1]",    "[ ::1]", "[::1 ]"};
    refuse_all(ANYSOCK_EINVAL, texts, COUNT_OF(texts));
}

static void port_of_ipv6_needs_brackets(void **state) {
    (void)state;
    addr = parse("::1:80");
    assert_int_equal(0, anysock_addr_port(&addr));
    assert_anysock(ANYSOCK_OK, anysock_addr_format(&addr, text, sizeof text));
    assert_string_equal("[::1:80]:0", text);
}

static void reads_a_zone(void **state) {
    (void)state;
    static const struct pair pairs[] = {
        {"fe80::1%3", "[fe80::1%3]:0"},
        {"[fe80::1%3]", "[fe80::1%3]:0"},
        {"[fe80::1%3]:80", "[fe80::1%3]:80"},
        {"fe80::%1", "[fe80::%1]:0"},
        {"fe80::1%eth7", "[fe80::1%7]:0"},
        {"[fe80::1%eth7]:80", "[fe80::1%7]:80"},
        {"fe80::1%4294967295", "[fe80::1%4294967295]:0"},
        {"fe80::1%0", "[fe80::1]:0"},
        {"fe80::1:2.3.4.5%3", "[fe80::1:203:405%3]:0"},
    };
    assert_read_as(pairs, COUNT_OF(pairs));
}

static void unknown_interface_is_no_device(void **state) {
    (void)state;
    static const char *const texts[] = {"fe80::1%eth8",  "[fe80::1%eth8]:80",  "fe80::1%eth",
                                        "fe80::1%eth77", "fe80::1%4294967296", "fe80::1%3x",
                                        "fe80::1%eth7 ", "fe80::1% 3"};
    refuse_all(ANYSOCK_ENODEV, texts, COUNT_OF(texts));
}

static void refuses_a_bad_zone(void **state) {
    (void)state;
    static const char *const texts[] = {
        "fe80::1%", "[fe80::1%]",    "[fe80::1%]:80", "[fe80::1]%3", "%3",
        "[%3]",     "fe80::1%eth7]", "[fe80::1%eth7", "[fe80::1%3]x"};
    refuse_all(ANYSOCK_EINVAL, texts, COUNT_OF(texts));
}

static void zone_is_at_most_63_characters(void **state) {
    (void)state;
    char zoned[] = "::1%abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijkl";
    assert_int_equal(4 + 64, strlen(zoned));
    assert_refusal(ANYSOCK_EINVAL, anysock_addr_parse(zoned, &addr));
    zoned[4 + 63] = '\0';
    assert_refusal(ANYSOCK_ENODEV, anysock_addr_parse(zoned, &addr));
}

static void parse_wants_both_pointers(void **state) {
    (void)state;
    assert_refusal(ANYSOCK_EFAULT, anysock_addr_parse(NULL, &addr));
    assert_refusal(ANYSOCK_EFAULT, anysock_addr_parse("1.2.3.4", NULL));
    assert_refusal(ANYSOCK_EFAULT, anysock_addr_parse(NULL, NULL));
}

/* --- writing --- */

static void writes_ipv6_as_rfc_5952_says(void **state) {
    (void)state;
    static const struct pair pairs[] = {
        {"2001:db8:0:0:1:0:0:1", "[2001:db8::1:0:0:1]:0"}, /* the first of equals */
        {"2001:0:0:1:0:0:0:1", "[2001:0:0:1::1]:0"},       /* the longest */
        {"1:0:0:0:2:0:0:0", "[1::2:0:0:0]:0"},
        {"0:0:1:0:0:0:0:1", "[0:0:1::1]:0"},
        {"2001:db8:0:1:1:1:1:1", "[2001:db8:0:1:1:1:1:1]:0"}, /* not a single one */
        {"0:1:0:1:0:1:0:1", "[0:1:0:1:0:1:0:1]:0"},
        {"1:0:1:0:1:0:1:0", "[1:0:1:0:1:0:1:0]:0"},
        {"0:0:1:1:1:1:1:1", "[::1:1:1:1:1:1]:0"},
        {"1:1:1:1:1:1:0:0", "[1:1:1:1:1:1::]:0"},
        {"1:1:1:0:0:1:1:1", "[1:1:1::1:1:1]:0"},
        {"ABCD:EF01:0023:0400::", "[abcd:ef01:23:400::]:0"},
        {"::fffe:1.2.3.4", "[::fffe:102:304]:0"}, /* not mapped */
        {"::ffff:0:1.2.3.4", "[::ffff:0:102:304]:0"},
        {"::ffff:0.0.0.0", "[::ffff:0.0.0.0]:0"},
    };
    assert_read_as(pairs, COUNT_OF(pairs));
}

static void no_address_is_written_as_a_dash(void **state) {
    (void)state;
    memset(&addr, 0, sizeof addr);
    assert_anysock(ANYSOCK_OK, anysock_addr_format(&addr, text, sizeof text));
    assert_string_equal("-", text);
}

static void format_fits_exactly_or_not_at_all(void **state) {
    (void)state;
    static const char *const texts[] = {
        "1.2.3.4:80", "[::1]:0", "[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff%4294967295]:65535", "-"};
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        size_t length = strlen(texts[i]);
        memset(&addr, 0, sizeof addr);
        if (length > 1)
            addr = parse(texts[i]);
        for (size_t size = 0; size <= length; size++) {
            memset(text, 'x', sizeof text);
            assert_refusal(ANYSOCK_ENOBUFS, anysock_addr_format(&addr, text, size));
            assert_int_equal(size > 0 ? '\0' : 'x', text[0]);
            assert_int_equal('x', text[size > 0 ? size : 1]); /* not written behind */
        }
        assert_anysock(ANYSOCK_OK, anysock_addr_format(&addr, text, length + 1));
        assert_string_equal(texts[i], text);
        assert_true(length < ANYSOCK_ADDR_TEXT_MAX);
    }
}

static void format_wants_both_pointers(void **state) {
    (void)state;
    addr = parse("1.2.3.4");
    assert_refusal(ANYSOCK_EFAULT, anysock_addr_format(&addr, NULL, sizeof text));
    strcpy(text, "before");
    assert_refusal(ANYSOCK_EFAULT, anysock_addr_format(NULL, text, sizeof text));
    assert_string_equal("", text);
    strcpy(text, "before");
    assert_refusal(ANYSOCK_EFAULT, anysock_addr_format(NULL, text, 0));
    assert_string_equal("before", text);
}

/* xorshift32, so that the set is the same everywhere. */
static uint32_t next_random(void) {
    static uint32_t random = 2463534242u;
    random ^= random << 13;
    random ^= random >> 17;
    return random ^= random << 5;
}

/* An address with many zeros in it, through its native form. */
static struct anysock_addr random_addr(void) {
    unsigned char native[28] = {0};
    bool inet = next_random() % 4 == 0;
    size_t begin = inet ? 4 : 8, end = inet ? 8 : 24;
    memcpy(native, inet ? anysock_port_traits.inet_head : anysock_port_traits.inet6_head, 2);
    for (size_t i = begin; i < end; i += 2) {
        uint32_t group = next_random() % 3 == 0 ? next_random() : next_random() % 2;
        native[i] = (unsigned char)(group >> 8);
        native[i + 1] = (unsigned char)group;
    }
    uint32_t scope = next_random() % 4 == 0 ? next_random() : 0;
    if (!inet)
        memcpy(native + 24, &scope, sizeof scope);
    struct anysock_addr made;
    assert_anysock(ANYSOCK_OK, anysock_addr_from_native(native, inet ? 16 : 28, &made));
    assert_anysock(ANYSOCK_OK, anysock_addr_set_port(&made, (uint16_t)next_random()));
    return made;
}

static void what_is_written_reads_as_the_same_address(void **state) {
    (void)state;
    for (int i = 0; i < 20000; i++) {
        struct anysock_addr made = random_addr();
        assert_anysock(ANYSOCK_OK, anysock_addr_format(&made, text, sizeof text));
        addr = parse(text);
        if (!anysock_addr_equal(&made, &addr))
            fail_msg("%s is another address when read", text);
        assert_true(anysock_addr_hash(&made) == anysock_addr_hash(&addr));
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fake_reset, fake_check)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(reads_ipv4),
        TEST(refuses_ipv4_of_another_shape),
        TEST(refuses_ipv4_with_other_numbers),
        TEST(refuses_what_is_not_only_ipv4),
        TEST(refuses_bad_ports),
        TEST(reads_ipv6),
        TEST(reads_ipv4_at_the_end_of_ipv6),
        TEST(refuses_ipv6_of_another_shape),
        TEST(refuses_what_is_not_only_ipv6),
        TEST(refuses_ipv4_at_a_wrong_place),
        TEST(refuses_brackets_that_do_not_match),
        TEST(port_of_ipv6_needs_brackets),
        TEST(reads_a_zone),
        TEST(unknown_interface_is_no_device),
        TEST(refuses_a_bad_zone),
        TEST(zone_is_at_most_63_characters),
        TEST(parse_wants_both_pointers),
        TEST(writes_ipv6_as_rfc_5952_says),
        TEST(no_address_is_written_as_a_dash),
        TEST(format_fits_exactly_or_not_at_all),
        TEST(format_wants_both_pointers),
        TEST(what_is_written_reads_as_the_same_address),
    };
    return cmocka_run_group_tests_name("address_text", tests, NULL, NULL);
}
