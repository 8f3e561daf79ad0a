/*
 * Adopting real sockets of kinds that the library does not know. Nothing becomes of them: they stay
 * the caller's.
 */
#include "net.h"
#include "platform.h"

/* Inheritable it is by itself, and a handle that is closed is not. */
static void expect_refusal(enum foreign_kind kind, int code) {
    anysock_native native;
    struct anysock s;
    if (!foreign_socket_of(kind, &native))
        skip();
    for (unsigned flags = 0; flags <= ANYSOCK_NONBLOCK; flags++) {
        unsigned before = open_handles();
        assert_anysock(code, anysock_adopt(native, flags, &s));
        assert_int_equal(0, anysock_native_error());
        assert_false(anysock_is_open(&s));
        assert_int_equal(before, open_handles());
        assert_true(is_inheritable(native));
    }
    foreign_close(native);
}

static void local_socket_is_of_no_known_family(void **state) {
    (void)state;
    expect_refusal(FOREIGN_LOCAL_STREAM, ANYSOCK_EAFNOSUPPORT);
}

static void raw_socket_is_of_no_known_type(void **state) {
    (void)state;
    expect_refusal(FOREIGN_RAW, ANYSOCK_ESOCKTNOSUPPORT);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(local_socket_is_of_no_known_family),
        TEST(raw_socket_is_of_no_known_type),
    };
    return cmocka_run_group_tests_name("adopt", tests, NULL, NULL);
}
