/*
 * The rows of the error tables that every port fills with its own numbers: error_tpl.h reads them.
 */
#ifndef ANYSOCK_ERROR_TYPES_H
#define ANYSOCK_ERROR_TYPES_H

#include "internal.h"

/* Every program carries the tables, so that they are narrow: no system has larger numbers. */

/* What a number means by itself; or, in the table broken[], met by a send or receive on a stream:
 * the connection is gone, for a reason that only the number tells. */
struct entry {
    int16_t native, code;
};

/* What a number is called. */
struct name {
    int native;
    const char *name;
};

/* What a number means after an operation, if that is something else. */
struct exception {
    uint8_t op;    /* enum anysock_op */
    uint8_t kinds; /* of socket that it holds for */
    int16_t native, code;
};
enum { STREAM = 1, DATAGRAM = 2, ALL_KINDS = 3 };

/* What a table says of a number. */
static inline int find_code(const struct entry *entries, size_t count, int native) {
    for (size_t i = 0; i < count; i++)
        if (entries[i].native == native)
            return entries[i].code;
    return ANYSOCK_EUNKNOWN;
}

#endif
