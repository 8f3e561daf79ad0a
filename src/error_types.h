/*
 * The rows of the error tables that every port fills with its own numbers: error_tpl.h reads them.
 */
#ifndef ANYSOCK_ERROR_TYPES_H
#define ANYSOCK_ERROR_TYPES_H

#include "internal.h"

/* What a number means by itself. */
struct entry {
    int native;
    int code;
};

/* What a number is called. */
struct name {
    int native;
    const char *name;
};

/* What a number means after an operation, if that is something else. */
struct exception {
    enum anysock_op op;
    bool stream, datagram; /* the kinds of socket that it holds for */
    int native;
    int code;
};

#endif
