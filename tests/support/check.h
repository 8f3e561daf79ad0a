/*
 * What every test includes: CMocka with the headers that it wants first, and an assertion that
 * speaks the library's language.
 */
#ifndef TESTS_CHECK_H
#define TESTS_CHECK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "anysock.h"

/* Asserts a result code, and names both if it is another. */
#define assert_anysock(expected, call)                                                             \
    do {                                                                                           \
        int expected_ = (expected), actual_ = (call), native_ = anysock_native_error();            \
        if (actual_ != expected_)                                                                  \
            fail_msg("%s gave %s (native %d %s), not %s", #call, anysock_error_name(actual_),      \
                     native_, anysock_native_error_name(native_), anysock_error_name(expected_));  \
    } while (0)

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

#endif
