/*
 * What only privileged users may do, asked of the system by one who is not.
 */
#include "net.h"
#include "platform.h"

static struct anysock s;

static int set_option(void *argument) {
    const enum anysock_option *option = argument;
    return anysock_set_option(&s, *option, 1);
}

/* Who sets counts, and not who has made the socket. Returns whether the system can be asked. */
static bool is_refused(enum anysock_option option) {
    int value, code;
    if (anysock_get_option(&s, option, &value) == ANYSOCK_ENOPROTOOPT)
        return true; /* there is no such option */
    if (!run_unprivileged(set_option, &option, &code))
        return false;
    assert_anysock(ANYSOCK_EACCES, code);
    assert_anysock(ANYSOCK_OK, anysock_get_option(&s, option, &value));
    assert_int_equal(0, value);
    return true;
}

static void privileged_options_are_refused(void **state) {
    (void)state;
    bool asked = true;
    for (int family = ANYSOCK_INET; family <= ANYSOCK_INET6; family++) {
        assert_anysock(ANYSOCK_OK,
                       anysock_open((enum anysock_family)family, ANYSOCK_STREAM, 0, &s));
        asked = is_refused(ANYSOCK_OPTION_MARK) && is_refused(ANYSOCK_OPTION_TRANSPARENT) && asked;
        assert_anysock(ANYSOCK_OK, anysock_close(&s));
    }
    if (!asked)
        skip();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(privileged_options_are_refused),
    };
    return cmocka_run_group_tests_name("privilege", tests, NULL, NULL);
}
