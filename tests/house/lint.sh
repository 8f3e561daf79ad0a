#!/bin/bash
# The format of every C file, and clang-tidy on the library: lint.sh SOURCE_DIR
set -u
cd "$1" || exit 1
. tests/house/tap.sh

formatted() {
    git ls-files '*.c' '*.h' | xargs clang-format --dry-run --Werror
}

# tidy FILE... -- FLAG...: clang-tidy counts what it suppressed in system headers; only what is left is
# an error. Each file has a process of its own: version 14 now and then mistakes the variables of one
# file for those of another (seen: va_end() in a function without arguments).
tidy() {
    local files=()
    while [ "$1" != -- ]; do
        files+=("$1")
        shift
    done
    printf '%s\0' "${files[@]}" |
        xargs -0 -P 2 -I FILE clang-tidy --quiet FILE "$@" -std=c11 -Iinclude -Isrc
}

# kqueue's header is the one of the tests here.
tidy_posix() {
    tidy src/*.c src/posix/*.c -- -D_GNU_SOURCE -Itests/kqueue
}

tidy_windows() {
    tidy src/win32/*.c examples/*_win32.c -- --target=x86_64-w64-windows-gnu -isystem /usr/x86_64-w64-mingw32/include \
        -D_WIN32_WINNT=0x0601 -DWIN32_LEAN_AND_MEAN
}

# GLib's example only where GLib is.
tidy_examples() {
    local skip="win32|foreign_glib" glib=
    if glib=$(pkg-config --cflags glib-2.0 2>/dev/null); then
        skip=win32
    fi
    tidy $(ls examples/*.c | grep -vE "$skip") -- ${glib//-I/-isystem}
}

check "every C file is formatted" formatted
check "clang-tidy: the core and the POSIX port" tidy_posix
check "clang-tidy: the Windows port" tidy_windows
check "clang-tidy: the examples" tidy_examples
finish
