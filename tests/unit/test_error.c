/*
 * Result codes: the one list, its numbers, names and texts; and the system's number behind a
 * failure, which is 0 where the library decided itself.
 */
#include <string.h>

#include "check.h"
#include "fake_port.h"

struct code {
    int number;
    const char *name;
};

#define ROW(name, number, text) {ANYSOCK_##name, "ANYSOCK_" #name},
static const struct code codes[] = {ANYSOCK_ERROR_LIST(ROW)};

static void every_code_has_a_number_of_its_own(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT_OF(codes); i++) {
        assert_in_range(-codes[i].number, 2001, 2999);
        for (size_t j = 0; j < i; j++)
            if (codes[i].number == codes[j].number)
                fail_msg("%s and %s are the same", codes[i].name, codes[j].name);
    }
}

static void every_code_has_its_name(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT_OF(codes); i++) {
        const char *name = anysock_error_name(codes[i].number);
        assert_string_equal(codes[i].name, name);
        assert_memory_equal("ANYSOCK_E", name, strlen("ANYSOCK_E"));
    }
}

static void every_code_has_a_text_without_full_stop(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT_OF(codes); i++) {
        const char *text = anysock_error_text(codes[i].number);
        size_t length = strlen(text);
        if (length == 0 || text[length - 1] == '.' || strchr(text, '\n') != NULL)
            fail_msg("%s has the text \"%s\"", codes[i].name, text);
    }
}

static void every_code_has_a_text_of_its_own(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT_OF(codes); i++)
        for (size_t j = 0; j < i; j++)
            if (strcmp(anysock_error_text(codes[i].number), anysock_error_text(codes[j].number)) ==
                0)
                fail_msg("%s and %s have one text", codes[i].name, codes[j].name);
}

/* Programs have them in their logs and wire formats: the list only grows at its end. */
static void numbers_stay_what_they_are(void **state) {
    (void)state;
    assert_int_equal(0, ANYSOCK_OK);
    assert_int_equal(-2001, ANYSOCK_EAGAIN);
    assert_int_equal(-2002, ANYSOCK_EINPROGRESS);
    assert_int_equal(-2008, ANYSOCK_ECONNRESET);
    assert_int_equal(-2010, ANYSOCK_EPIPE);
    assert_int_equal(-2011, ANYSOCK_ETIMEDOUT);
    assert_int_equal(-2025, ANYSOCK_EBADF);
    assert_int_equal(-2026, ANYSOCK_EINVAL);
    assert_int_equal(-2033, ANYSOCK_EINTR);
    assert_int_equal(-2043, ANYSOCK_EBADSTATE);
    assert_int_equal(-2050, ANYSOCK_EUNKNOWN);
    assert_int_equal(-2101, ANYSOCK_EAI_NONAME);
    assert_int_equal(-2109, ANYSOCK_EAI_OVERFLOW);
    assert_int_equal(ANYSOCK_EBADF, ANYSOCK_ENOTSOCK);
}

static void success_has_a_name_too(void **state) {
    (void)state;
    assert_string_equal("ANYSOCK_OK", anysock_error_name(ANYSOCK_OK));
    assert_true(strlen(anysock_error_text(ANYSOCK_OK)) > 0);
}

static void number_that_is_no_code_is_called_so(void **state) {
    (void)state;
    static const int numbers[] = {1, -1, -2000, -2099, -2110, 10035, INT_MAX, INT_MIN};
    for (size_t i = 0; i < COUNT_OF(numbers); i++) {
        assert_string_equal("ANYSOCK_(not a code)", anysock_error_name(numbers[i]));
        assert_true(strlen(anysock_error_text(numbers[i])) > 0);
    }
}

static void native_numbers_are_translated(void **state) {
    (void)state;
    assert_anysock(ANYSOCK_OK, anysock_error_from_native(0));
    assert_anysock(ANYSOCK_ECONNREFUSED, anysock_error_from_native(FAKE_ECONNREFUSED));
    assert_anysock(ANYSOCK_EAGAIN, anysock_error_from_native(FAKE_EWOULDBLOCK));
    assert_anysock(ANYSOCK_EINTR, anysock_error_from_native(FAKE_EINTR));
    assert_anysock(ANYSOCK_EUNKNOWN, anysock_error_from_native(FAKE_EODD));
    assert_anysock(ANYSOCK_EUNKNOWN, anysock_error_from_native(-1));
}

/* Other numbers than the error slot's, even if they look alike. */
static void numbers_of_getaddrinfo_are_translated(void **state) {
    (void)state;
    assert_anysock(ANYSOCK_OK, anysock_error_from_getaddrinfo(0));
    assert_anysock(ANYSOCK_EAI_NONAME, anysock_error_from_getaddrinfo(FAKE_HOST_NOT_FOUND));
    assert_anysock(ANYSOCK_EUNKNOWN, anysock_error_from_native(FAKE_HOST_NOT_FOUND));
    assert_anysock(ANYSOCK_EAI_BADFLAGS, anysock_error_from_getaddrinfo(FAKE_EINVAL));
    assert_anysock(ANYSOCK_EINVAL, anysock_error_from_native(FAKE_EINVAL));
    assert_anysock(ANYSOCK_EUNKNOWN, anysock_error_from_getaddrinfo(FAKE_EMFILE));
}

static void native_numbers_have_names(void **state) {
    (void)state;
    assert_string_equal("-", anysock_native_error_name(0));
    assert_string_equal("FAKE_EMFILE", anysock_native_error_name(FAKE_EMFILE));
    assert_string_equal("?", anysock_native_error_name(FAKE_EODD));
}

static void failure_of_the_system_leaves_its_number(void **state) {
    (void)state;
    struct anysock s;
    fake_fail("open", FAKE_EMFILE, 1);
    assert_anysock(ANYSOCK_EMFILE, anysock_open(ANYSOCK_INET, ANYSOCK_STREAM, 0, &s));
    assert_int_equal(FAKE_EMFILE, anysock_native_error());
    assert_string_equal("FAKE_EMFILE", anysock_native_error_name(anysock_native_error()));
}

static void refusal_of_the_library_leaves_no_number(void **state) {
    (void)state;
    struct anysock s = ANYSOCK_INIT;
    anysock_port_set_native_error(FAKE_EMFILE); /* of an earlier failure */
    assert_anysock(ANYSOCK_EBADF, anysock_close(&s));
    assert_int_equal(0, anysock_native_error());
}

static void own_timeout_and_that_of_the_system_differ(void **state) {
    (void)state;
    struct anysock s = fake_connected(0);
    char byte;
    size_t count;
    assert_anysock(ANYSOCK_OK, anysock_set_timeout(&s, ANYSOCK_TIMEOUT_RECV, 5));
    assert_anysock(ANYSOCK_ETIMEDOUT, anysock_recv(&s, &byte, 1, 0, &count));
    assert_int_equal(0, anysock_native_error());
    fake_fail("recv", FAKE_ETIMEDOUT, 1);
    assert_anysock(ANYSOCK_ETIMEDOUT, anysock_recv(&s, &byte, 1, 0, &count));
    assert_int_equal(FAKE_ETIMEDOUT, anysock_native_error());
    assert_anysock(ANYSOCK_OK, anysock_close(&s));
}

static void looking_at_errors_changes_none(void **state) {
    (void)state;
    anysock_port_set_native_error(FAKE_EMFILE);
    (void)anysock_error_name(-1);
    (void)anysock_error_text(-1);
    (void)anysock_native_error_name(FAKE_EODD);
    (void)anysock_error_from_native(FAKE_EODD);
    (void)anysock_error_from_getaddrinfo(FAKE_EODD);
    assert_int_equal(FAKE_EMFILE, anysock_native_error());
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fake_reset, fake_check)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(every_code_has_a_number_of_its_own),
        TEST(every_code_has_its_name),
        TEST(every_code_has_a_text_without_full_stop),
        TEST(every_code_has_a_text_of_its_own),
        TEST(numbers_stay_what_they_are),
        TEST(success_has_a_name_too),
        TEST(number_that_is_no_code_is_called_so),
        TEST(native_numbers_are_translated),
        TEST(numbers_of_getaddrinfo_are_translated),
        TEST(native_numbers_have_names),
        TEST(failure_of_the_system_leaves_its_number),
        TEST(refusal_of_the_library_leaves_no_number),
        TEST(own_timeout_and_that_of_the_system_differ),
        TEST(looking_at_errors_changes_none),
    };
    return cmocka_run_group_tests_name("error", tests, NULL, NULL);
}
