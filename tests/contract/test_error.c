/*
 * The error tables of the real port: no number falls through unnoticed, and the calls decide about
 * those that mean different things.
 */
#include <string.h>

#include "check.h"
#include "internal.h"
#include "platform.h"

/* Every number that the system's headers know, from one end to the other. */
static void range_of_numbers(int *first, int *last) {
    *first = is_windows() ? 10004 : 1;
    *last = is_windows() ? 11034 : 133;
}

static bool is_code(int code) {
    return strcmp(anysock_error_name(code), anysock_error_name(1)) != 0;
}

static void every_number_maps_to_a_code(void **state) {
    (void)state;
    int first, last;
    range_of_numbers(&first, &last);
    for (int native = first; native <= last; native++) {
        for (int op = OP_ANY; op <= OP_OPTION; op++) {
            for (int stream = 0; stream < 2; stream++) {
                int code = anysock_port_map_error(native, (enum anysock_op)op, stream != 0);
                if (!is_code(code) || code == ANYSOCK_OK)
                    fail_msg("%d after operation %d gave %d", native, op, code);
            }
        }
    }
}

/* A number with a name has a meaning, and one without has none. */
static void named_numbers_are_known(void **state) {
    (void)state;
    int first, last;
    unsigned known = 0;
    range_of_numbers(&first, &last);
    for (int native = first; native <= last; native++) {
        bool named = strcmp(anysock_native_error_name(native), "?") != 0;
        assert_int_equal(named, anysock_error_from_native(native) != ANYSOCK_EUNKNOWN);
        known += named;
    }
    assert_true(known > 45);
}

static void zero_is_success_and_rubbish_is_unknown(void **state) {
    (void)state;
    assert_anysock(ANYSOCK_OK, anysock_error_from_native(0));
    assert_string_equal("-", anysock_native_error_name(0));
    assert_anysock(ANYSOCK_EUNKNOWN, anysock_error_from_native(-77));
    assert_anysock(ANYSOCK_EUNKNOWN, anysock_error_from_native(999999));
    assert_string_equal("?", anysock_native_error_name(999999));
}

/* The numbers by name, so that the test reads the same on both systems. */
static int native_named(const char *posix, const char *windows) {
    const char *name = is_windows() ? windows : posix;
    int first, last;
    range_of_numbers(&first, &last);
    for (int native = first; native <= last; native++)
        if (strcmp(anysock_native_error_name(native), name) == 0)
            return native;
    fail_msg("no number is called %s", name);
    return 0;
}

static void names_and_codes_agree(void **state) {
    (void)state;
    static const struct {
        const char *posix, *windows;
        int code;
    } table[] = {
        {"EAGAIN", "WSAEWOULDBLOCK", ANYSOCK_EAGAIN},
        {"EALREADY", "WSAEALREADY", ANYSOCK_EALREADY},
        {"EISCONN", "WSAEISCONN", ANYSOCK_EISCONN},
        {"ENOTCONN", "WSAENOTCONN", ANYSOCK_ENOTCONN},
        {"ECONNREFUSED", "WSAECONNREFUSED", ANYSOCK_ECONNREFUSED},
        {"ECONNRESET", "WSAECONNRESET", ANYSOCK_ECONNRESET},
        {"ECONNABORTED", "WSAECONNABORTED", ANYSOCK_ECONNABORTED},
        {"EPIPE", "WSAESHUTDOWN", ANYSOCK_EPIPE},
        {"ETIMEDOUT", "WSAETIMEDOUT", ANYSOCK_ETIMEDOUT},
        {"ENETUNREACH", "WSAENETUNREACH", ANYSOCK_ENETUNREACH},
        {"EHOSTUNREACH", "WSAEHOSTUNREACH", ANYSOCK_EHOSTUNREACH},
        {"EHOSTDOWN", "WSAEHOSTDOWN", ANYSOCK_EHOSTUNREACH},
        {"ENETDOWN", "WSAENETDOWN", ANYSOCK_ENETDOWN},
        {"EADDRINUSE", "WSAEADDRINUSE", ANYSOCK_EADDRINUSE},
        {"EADDRNOTAVAIL", "WSAEADDRNOTAVAIL", ANYSOCK_EADDRNOTAVAIL},
        {"EACCES", "WSAEACCES", ANYSOCK_EACCES},
        {"EAFNOSUPPORT", "WSAEAFNOSUPPORT", ANYSOCK_EAFNOSUPPORT},
        {"EPFNOSUPPORT", "WSAEPFNOSUPPORT", ANYSOCK_EAFNOSUPPORT},
        {"EPROTONOSUPPORT", "WSAEPROTONOSUPPORT", ANYSOCK_EPROTONOSUPPORT},
        {"ESOCKTNOSUPPORT", "WSAESOCKTNOSUPPORT", ANYSOCK_ESOCKTNOSUPPORT},
        {"EPROTOTYPE", "WSAEPROTOTYPE", ANYSOCK_EPROTOTYPE},
        {"ENOPROTOOPT", "WSAENOPROTOOPT", ANYSOCK_ENOPROTOOPT},
        {"EOPNOTSUPP", "WSAEOPNOTSUPP", ANYSOCK_EOPNOTSUPP},
        {"ENOTSOCK", "WSAENOTSOCK", ANYSOCK_EBADF},
        {"EINVAL", "WSAEINVAL", ANYSOCK_EINVAL},
        {"EFAULT", "WSAEFAULT", ANYSOCK_EFAULT},
        {"EMSGSIZE", "WSAEMSGSIZE", ANYSOCK_EMSGSIZE},
        {"ENOBUFS", "WSAENOBUFS", ANYSOCK_ENOBUFS},
        {"EMFILE", "WSAEMFILE", ANYSOCK_EMFILE},
    };
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        int native = native_named(table[i].posix, table[i].windows);
        assert_anysock(table[i].code, anysock_error_from_native(native));
    }
}

static void operation_and_kind_decide(void **state) {
    (void)state;
    static const struct {
        enum anysock_op op;
        bool stream;
        const char *posix, *windows;
        int code;
    } table[] = {
        {OP_CONNECT, true, "EINPROGRESS", "WSAEWOULDBLOCK", ANYSOCK_EINPROGRESS},
        {OP_RECV, true, "EAGAIN", "WSAEWOULDBLOCK", ANYSOCK_EAGAIN},
        {OP_ACCEPT, true, "EAGAIN", "WSAEWOULDBLOCK", ANYSOCK_EAGAIN},
        {OP_CONNECT, true, "ECONNABORTED", "WSAECONNABORTED", ANYSOCK_EBADSTATE},
        {OP_ACCEPT, true, "ECONNABORTED", "WSAECONNRESET", ANYSOCK_ECONNABORTED},
        {OP_SEND, true, "ECONNRESET", "WSAECONNABORTED", ANYSOCK_ECONNRESET},
        {OP_RECV, true, "ECONNRESET", "WSAECONNABORTED", ANYSOCK_ECONNRESET},
        {OP_RECV, true, "ETIMEDOUT", "WSAENETRESET", ANYSOCK_ETIMEDOUT},
        {OP_RECV, false, "ECONNREFUSED", "WSAECONNRESET", ANYSOCK_ECONNREFUSED},
        {OP_SEND, false, "ECONNREFUSED", "WSAECONNRESET", ANYSOCK_ECONNREFUSED},
        {OP_SEND, false, "EDESTADDRREQ", "WSAEDESTADDRREQ", ANYSOCK_ENOTCONN},
        {OP_OPEN, true, "EINVAL", "WSAEINVAL", ANYSOCK_ESOCKTNOSUPPORT},
    };
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        int native = native_named(table[i].posix, table[i].windows);
        assert_anysock(table[i].code, anysock_port_map_error(native, table[i].op, table[i].stream));
    }
}

static void slot_keeps_what_is_put_in(void **state) {
    (void)state;
    anysock_port_set_native_error(17);
    assert_int_equal(17, anysock_native_error());
    anysock_port_set_native_error(0);
    assert_int_equal(0, anysock_native_error());
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_number_maps_to_a_code),
        cmocka_unit_test(named_numbers_are_known),
        cmocka_unit_test(zero_is_success_and_rubbish_is_unknown),
        cmocka_unit_test(names_and_codes_agree),
        cmocka_unit_test(operation_and_kind_decide),
        cmocka_unit_test(slot_keeps_what_is_put_in),
    };
    return cmocka_run_group_tests_name("error", tests, NULL, NULL);
}
