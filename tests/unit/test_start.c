/*
 * Start and end of the library on the fake port. Every test takes its own startups back, since
 * they are counted for the whole process.
 */
#include "check.h"
#include "fake_port.h"

static void version_is_that_of_the_header(void **state) {
    (void)state;
    assert_string_equal(ANYSOCK_VERSION, anysock_version());
}

static void startup_asks_the_system(void **state) {
    (void)state;
    assert_anysock(ANYSOCK_OK, anysock_startup());
    assert_string_equal("startup", fake_trace());
    assert_anysock(ANYSOCK_OK, anysock_cleanup());
    assert_string_equal("", fake_trace()); /* the subsystem stays up */
}

static void cleanup_without_startup_is_refused(void **state) {
    (void)state;
    assert_refusal(ANYSOCK_ENOTINIT, anysock_cleanup());
}

static void startups_are_counted(void **state) {
    (void)state;
    for (int i = 0; i < 3; i++)
        assert_anysock(ANYSOCK_OK, anysock_startup());
    for (int i = 0; i < 3; i++)
        assert_anysock(ANYSOCK_OK, anysock_cleanup());
    assert_anysock(ANYSOCK_ENOTINIT, anysock_cleanup());
}

static void startup_that_fails_does_not_count(void **state) {
    (void)state;
    fake_fail("startup", FAKE_ESYSNOTREADY, 1);
    assert_anysock(ANYSOCK_ESYSNOTREADY, anysock_startup());
    assert_int_equal(FAKE_ESYSNOTREADY, anysock_native_error());
    assert_anysock(ANYSOCK_ENOTINIT, anysock_cleanup());
}

static void implicit_start_does_not_count(void **state) {
    (void)state;
    struct anysock s = fake_fresh(0);
    assert_anysock(ANYSOCK_OK, anysock_close(&s));
    assert_anysock(ANYSOCK_ENOTINIT, anysock_cleanup());
}

static void sockets_outlive_the_last_cleanup(void **state) {
    (void)state;
    assert_anysock(ANYSOCK_OK, anysock_startup());
    struct anysock s = fake_connected(0);
    assert_anysock(ANYSOCK_OK, anysock_cleanup());
    char byte = 0;
    size_t count;
    assert_anysock(ANYSOCK_OK, anysock_send(&s, &byte, 1, 0, &count));
    assert_anysock(ANYSOCK_OK, anysock_close(&s));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fake_reset, fake_check)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(version_is_that_of_the_header),      TEST(startup_asks_the_system),
        TEST(cleanup_without_startup_is_refused), TEST(startups_are_counted),
        TEST(startup_that_fails_does_not_count),  TEST(implicit_start_does_not_count),
        TEST(sockets_outlive_the_last_cleanup),
    };
    return cmocka_run_group_tests_name("start", tests, NULL, NULL);
}
