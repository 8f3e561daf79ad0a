#!/bin/bash
# Installs the build and uses it from a project of its own, as a user would:
# consumer.sh SOURCE_DIR BUILD_DIR COMPILER [TOOLCHAIN [RUN]]
set -u
. "$(dirname "$0")/tap.sh"
source=$1 build=$2 compiler=$3 toolchain=${4:-} run=${5:-}
prefix=$build/consumer-prefix
suffix=
[ -z "$toolchain" ] || suffix=.exe

configure() {
    local tool=-DCMAKE_C_COMPILER=$compiler
    [ -z "$toolchain" ] || tool=-DCMAKE_TOOLCHAIN_FILE=$toolchain
    rm -rf "$build/consumer"
    cmake -S "$source/tests/consumer" -B "$build/consumer" -G Ninja "$tool" \
        -Danysock_DIR="$prefix/lib/cmake/anysock"
}

# The dynamic linker of Linux finds the library by itself (run path); Windows wants it beside.
runs() { # PROGRAM
    cp "$prefix"/bin/*.dll "$build/consumer" 2>/dev/null
    $run "$build/consumer/$1$suffix"
}

header_is_there() { [ -f "$prefix/include/anysock.h" ]; }

check "the package installs" cmake --install "$build" --prefix "$prefix"
check "the header is where a compiler looks" header_is_there
check "a foreign project configures with find_package" configure
check "it builds" cmake --build "$build/consumer"
check "it runs, linked with the static library" runs consumer_static
check "it runs, linked with the shared library" runs consumer_shared
check "it runs, linked with the default" runs consumer
finish
