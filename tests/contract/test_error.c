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
        {"EDQUOT", "WSAEDQUOT", ANYSOCK_ENOBUFS},
        {"EUSERS", "WSAEUSERS", ANYSOCK_ENOBUFS},
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
        {OP_ACCEPT, true, "EMFILE", "WSAEMFILE", ANYSOCK_EMFILE},
        {OP_ACCEPT, true, "ENOBUFS", "WSAENOBUFS", ANYSOCK_ENOBUFS},
        {OP_ACCEPT, true, "EINVAL", "WSAEINVAL", ANYSOCK_EINVAL}, /* see deviations.h */
        {OP_SEND, true, "EPIPE", "WSAEDISCON", ANYSOCK_EPIPE},
        {OP_RECV, false, "ECONNREFUSED", "WSAECONNRESET", ANYSOCK_ECONNREFUSED},
        {OP_SEND, false, "ECONNREFUSED", "WSAECONNRESET", ANYSOCK_ECONNREFUSED},
        {OP_SEND, false, "EDESTADDRREQ", "WSAEDESTADDRREQ", ANYSOCK_ENOTCONN},
        {OP_OPEN, true, "EINVAL", "WSAEINVAL", ANYSOCK_ESOCKTNOSUPPORT},
        {OP_RECV_OOB, true, "EINVAL", "WSAEINVAL", ANYSOCK_EAGAIN},
        {OP_RECV_OOB, true, "EAGAIN", "WSAEWOULDBLOCK", ANYSOCK_EAGAIN},
        {OP_RECV, true, "EINVAL", "WSAEINVAL", ANYSOCK_EINVAL},
        {OP_OPTION, true, "EOPNOTSUPP", "WSAEOPNOTSUPP", ANYSOCK_ENOPROTOOPT},
        {OP_OPTION, false, "ENOPROTOOPT", "WSAENOPROTOOPT", ANYSOCK_ENOPROTOOPT},
        {OP_LISTEN, false, "EOPNOTSUPP", "WSAEOPNOTSUPP", ANYSOCK_EOPNOTSUPP},
        {OP_RECV, false, "ENETRESET", "WSAENETRESET", ANYSOCK_ENETRESET},
        {OP_BIND, true, "EACCES", "WSAEACCES", ANYSOCK_EACCES},
        {OP_SEND, true, "EPIPE", "WSAESHUTDOWN", ANYSOCK_EPIPE},
        {OP_RECV, true, "ECONNRESET", "WSAECONNRESET", ANYSOCK_ECONNRESET},
        {OP_CONNECT, false, "EAGAIN", "WSAEWOULDBLOCK", ANYSOCK_EAGAIN},
        {OP_RECV, false, "ENOPROTOOPT", "WSAECONNRESET", ANYSOCK_ECONNREFUSED}, /* by ICMP */
        {OP_SEND, false, "ENOPROTOOPT", "WSAECONNRESET", ANYSOCK_ECONNREFUSED},
        {OP_SEND, false, "ENOMEM", "WSAENOBUFS", ANYSOCK_ENOBUFS},
        {OP_BIND, false, "ENODEV", "WSAEADDRNOTAVAIL", ANYSOCK_EADDRNOTAVAIL},
        {OP_BIND, true, "ENXIO", "WSAEADDRNOTAVAIL", ANYSOCK_EADDRNOTAVAIL},
    };
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        int native = native_named(table[i].posix, table[i].windows);
        assert_anysock(table[i].code, anysock_port_map_error(native, table[i].op, table[i].stream));
    }
}

/* However the system says that a connection is gone, who sends or receives gets one of three codes:
 * these are remembered, so that no receive behind them reads as end of stream. */
static void broken_connection_is_reset_timed_out_or_a_broken_pipe(void **state) {
    (void)state;
    static const enum anysock_op ops[] = {OP_SEND, OP_RECV, OP_RECV_OOB};
    static const struct {
        const char *posix, *windows;
        int code;
    } table[] = {
        {"ECONNRESET", "WSAECONNRESET", ANYSOCK_ECONNRESET},
        {"ECONNABORTED", "WSAECONNABORTED", ANYSOCK_ECONNRESET},
        {"ETIMEDOUT", "WSAETIMEDOUT", ANYSOCK_ETIMEDOUT},
        {"ENETRESET", "WSAENETRESET", ANYSOCK_ETIMEDOUT},
        {"ENETUNREACH", "WSAENETUNREACH", ANYSOCK_ETIMEDOUT},
        {"EHOSTUNREACH", "WSAEHOSTUNREACH", ANYSOCK_ETIMEDOUT},
        {"EHOSTDOWN", "WSAEHOSTDOWN", ANYSOCK_ETIMEDOUT},
        {"EPIPE", "WSAESHUTDOWN", ANYSOCK_EPIPE},
    };
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        int native = native_named(table[i].posix, table[i].windows);
        for (size_t op = 0; op < COUNT_OF(ops); op++)
            assert_anysock(table[i].code, anysock_port_map_error(native, ops[op], true));
    }
}

/* What no call on a socket can end with: files, processes, streams of System V, hardware; on
 * Windows what the headers have from BSD and nobody returns, the ends of lists of services, reports
 * about the quality of service, which need a provider that Windows no longer has, and the policies
 * of a name table for IPsec. */
static const char *const unknown_on_purpose[] = {
    "WSAENOTEMPTY",
    "WSAESTALE",
    "WSAEREMOTE",
    "WSAENOMORE",
    "WSA_E_NO_MORE",
    "WSA_IPSEC_NAME_POLICY_ERROR",
    "ESRCH",
    "E2BIG",
    "ENOEXEC",
    "ECHILD",
    "ENOTBLK",
    "EXDEV",
    "EISDIR",
    "ENOTTY",
    "ETXTBSY",
    "EFBIG",
    "ESPIPE",
    "EROFS",
    "EMLINK",
    "ERANGE",
    "EDEADLK",
    "ENOLCK",
    "ENOTEMPTY",
    "ENOMSG",
    "EIDRM",
    "ECHRNG",
    "EL2NSYNC",
    "EL3HLT",
    "EL3RST",
    "ELNRNG",
    "EUNATCH",
    "ENOCSI",
    "EL2HLT",
    "EBADE",
    "EBADR",
    "EXFULL",
    "ENOANO",
    "EBADRQC",
    "EBADSLT",
    "EBFONT",
    "ENOSTR",
    "ENODATA",
    "ETIME",
    "ENOSR",
    "ENOPKG",
    "EREMOTE",
    "ENOLINK",
    "EADV",
    "ESRMNT",
    "ECOMM",
    "EMULTIHOP",
    "EDOTDOT",
    "EBADMSG",
    "EOVERFLOW",
    "ENOTUNIQ",
    "EBADFD",
    "EREMCHG",
    "ELIBACC",
    "ELIBBAD",
    "ELIBSCN",
    "ELIBMAX",
    "ELIBEXEC",
    "EILSEQ",
    "ERESTART",
    "ESTRPIPE",
    "ESTALE",
    "EUCLEAN",
    "ENOTNAM",
    "ENAVAIL",
    "EISNAM",
    "EREMOTEIO",
    "ENOMEDIUM",
    "EMEDIUMTYPE",
    "ENOKEY",
    "EKEYEXPIRED",
    "EKEYREVOKED",
    "EKEYREJECTED",
    "EOWNERDEAD",
    "ENOTRECOVERABLE",
    "ERFKILL",
    "EHWPOISON",
    /* The BSDs and macOS: remote procedure calls, attributes and formats of files, devices,
     * programs, debugging. */
    "EBADRPC",
    "ERPCMISMATCH",
    "EPROGUNAVAIL",
    "EPROGMISMATCH",
    "EPROCUNAVAIL",
    "EFTYPE",
    "EAUTH",
    "ENEEDAUTH",
    "ENOATTR",
    "EDOOFUS",
    "EINTEGRITY",
    "EPWROFF",
    "EDEVERR",
    "EBADEXEC",
    "EBADARCH",
    "ESHLIBVERS",
    "EBADMACHO",
    "ENOPOLICY",
    "EPROCLIM",
    /* OpenBSD's IPsec; sockets may meet it, but nobody has tried what it means to them. */
    "EIPSEC",
};

static bool is_unknown_on_purpose(const char *name) {
    if (strncmp(name, "WSA_QOS_", strlen("WSA_QOS_")) == 0)
        return true;
    for (size_t i = 0; i < COUNT_OF(unknown_on_purpose); i++)
        if (strcmp(unknown_on_purpose[i], name) == 0)
            return true;
    return false;
}

/* Each name of the system is ours too, or left out on purpose; and what has no name there has none
 * here. */
static void every_name_of_the_system_is_known_or_left_out(void **state) {
    (void)state;
    int first, last, named = 0;
    range_of_numbers(&first, &last);
    for (int native = first; native <= last; native++) {
        const char *theirs = system_error_name(native);
        const char *ours = anysock_native_error_name(native);
        bool known = strcmp(ours, "?") != 0;
        named += theirs != NULL;
        if (known && theirs == NULL)
            fail_msg("%d is %s, and not without a name", native, ours);
        if (known && strcmp(ours, theirs) != 0 && strcmp(theirs, "ENOTSUP") != 0)
            fail_msg("%d is %s, and not %s", native, theirs, ours);
        if (theirs != NULL && known == is_unknown_on_purpose(theirs))
            fail_msg("%s is %s", theirs, known ? "known, and left out" : "forgotten");
    }
    assert_true(named > 80);
}

static void codes_have_names_and_texts(void **state) {
    (void)state;
#define CHECK_CODE(name, number, text)                                                             \
    assert_int_equal(number, ANYSOCK_##name);                                                      \
    assert_string_equal("ANYSOCK_" #name, anysock_error_name(number));                             \
    assert_string_equal(text, anysock_error_text(number));
    ANYSOCK_ERROR_LIST(CHECK_CODE)
#undef CHECK_CODE
}

/* An unknown number is not lost: whoever gets EUNKNOWN can ask for it. */
static void unknown_numbers_are_kept(void **state) {
    (void)state;
    int first, last, unknown = 0;
    range_of_numbers(&first, &last);
    for (int native = first; native <= last + 1; native++) {
        int number = native <= last ? native : 999999;
        if (strcmp(anysock_native_error_name(number), "?") != 0)
            continue;
        unknown++;
        for (int op = OP_ANY; op <= OP_OPTION; op++) {
            anysock_port_set_native_error(number);
            assert_anysock(ANYSOCK_EUNKNOWN, fail_native((enum anysock_op)op, true));
            assert_int_equal(number, anysock_native_error());
        }
    }
    assert_true(unknown > 1);
}

/* Each as the system's header numbers it. */
static void results_of_getaddrinfo_have_codes(void **state) {
    (void)state;
    static const struct {
        const char *name;
        int code;
    } table[] = {
        {"EAI_NONAME", ANYSOCK_EAI_NONAME},
        {"EAI_AGAIN", ANYSOCK_EAI_AGAIN},
        {"EAI_FAIL", ANYSOCK_EAI_FAIL},
        {"EAI_SERVICE", ANYSOCK_EAI_SERVICE},
        {"EAI_FAMILY", ANYSOCK_EAI_FAMILY},
        {"EAI_SOCKTYPE", ANYSOCK_EAI_SOCKTYPE},
        {"EAI_BADFLAGS", ANYSOCK_EAI_BADFLAGS},
        {"EAI_MEMORY", ANYSOCK_ENOMEM},
        {"EAI_OVERFLOW", ANYSOCK_EAI_OVERFLOW},
        {"EAI_NODATA", ANYSOCK_EAI_NODATA},
        {"EAI_ADDRFAMILY", ANYSOCK_EAI_NODATA},
        {"EAI_BADHINTS", ANYSOCK_EAI_BADFLAGS},
        {"EAI_PROTOCOL", ANYSOCK_EPROTONOSUPPORT},
        {"EAI_IDN_ENCODE", ANYSOCK_EAI_NONAME},
        {"EAI_INPROGRESS", ANYSOCK_EINPROGRESS},
        {"EAI_CANCELED", ANYSOCK_ECANCELED},
        {"EAI_INTR", ANYSOCK_EINTR},
        /* No results of a look-up: getaddrinfo_a's answers about a list of them. */
        {"EAI_NOTCANCELED", ANYSOCK_EUNKNOWN},
        {"EAI_ALLDONE", ANYSOCK_EUNKNOWN},
    };
    int number, found = 0;
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        if (!resolver_number(table[i].name, &number))
            continue;
        found++;
        assert_anysock(table[i].code, anysock_error_from_getaddrinfo(number));
    }
    assert_true(found >= 11);
    assert_anysock(ANYSOCK_OK, anysock_error_from_getaddrinfo(0));
    assert_anysock(ANYSOCK_EUNKNOWN, anysock_error_from_getaddrinfo(999999));
    assert_anysock(ANYSOCK_EAI_NONAME,
                   anysock_error_from_getaddrinfo(foreign_lookup("no address")));
    assert_anysock(ANYSOCK_OK, anysock_error_from_getaddrinfo(foreign_lookup("192.0.2.1")));
}

/* EAI_SYSTEM says that the error slot has it, where there is such a result; others leave it alone.
 */
static void result_of_the_system_is_in_the_slot(void **state) {
    (void)state;
    int number, refused = native_named("ECONNREFUSED", "WSAECONNREFUSED");
    anysock_port_set_native_error(refused);
    if (resolver_number("EAI_SYSTEM", &number)) {
        assert_anysock(ANYSOCK_ECONNREFUSED, anysock_error_from_getaddrinfo(number));
        anysock_port_set_native_error(0);
        assert_anysock(ANYSOCK_EUNKNOWN, anysock_error_from_getaddrinfo(number));
        anysock_port_set_native_error(refused);
    }
    assert_true(resolver_number("EAI_AGAIN", &number));
    assert_anysock(ANYSOCK_EAI_AGAIN, anysock_error_from_getaddrinfo(number));
    assert_int_equal(refused, anysock_native_error());
}

/* Codes of the system that come without a WSA number; elsewhere the same meanings have names. */
static void numbers_of_other_kinds_are_known(void **state) {
    (void)state;
    static const struct {
        int number, code;
    } win32[] = {
        {6, ANYSOCK_EBADF},           {8, ANYSOCK_ENOMEM},          {87, ANYSOCK_EINVAL},
        {995, ANYSOCK_ECANCELED},     {997, ANYSOCK_EINPROGRESS},   {5, ANYSOCK_EACCES},
        {64, ANYSOCK_ECONNRESET},     {121, ANYSOCK_ETIMEDOUT},     {234, ANYSOCK_EMSGSIZE},
        {1225, ANYSOCK_ECONNREFUSED}, {1231, ANYSOCK_ENETUNREACH},  {1232, ANYSOCK_EHOSTUNREACH},
        {1234, ANYSOCK_ECONNREFUSED}, {1236, ANYSOCK_ECONNABORTED},
    };
    for (size_t i = 0; i < COUNT_OF(win32) && is_windows(); i++)
        assert_anysock(win32[i].code, anysock_error_from_native(win32[i].number));
    assert_anysock(ANYSOCK_EUNKNOWN, anysock_error_from_native(7777));
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
        cmocka_unit_test(broken_connection_is_reset_timed_out_or_a_broken_pipe),
        cmocka_unit_test(every_name_of_the_system_is_known_or_left_out),
        cmocka_unit_test(codes_have_names_and_texts),
        cmocka_unit_test(unknown_numbers_are_kept),
        cmocka_unit_test(results_of_getaddrinfo_have_codes),
        cmocka_unit_test(result_of_the_system_is_in_the_slot),
        cmocka_unit_test(numbers_of_other_kinds_are_known),
        cmocka_unit_test(slot_keeps_what_is_put_in),
    };
    return cmocka_run_group_tests_name("error", tests, NULL, NULL);
}
