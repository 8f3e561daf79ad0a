#!/bin/bash
# Installs what the tests need, builds for Linux and for Windows, and runs every test natively and
# under Wine. The last line is "N passed, N failed", summed over all suites and platforms.
#
#   scripts/test.sh [PRESET...]     default: all of them (see CMakePresets.json), and a build for the
#                                   systems that nobody can run here
set -u
cd "$(dirname "$0")/.." || exit 1
. scripts/packages.sh

targets=no
[ $# -gt 0 ] || { targets=yes; set -- gcc clang asan tsan release lto mingw64 mingw32; }
logs=build/logs

ensure_packages gcc g++ libc6-dev clang clang-format clang-tidy libclang-rt-14-dev cmake ninja-build \
    libcmocka-dev dpkg-dev binutils valgrind strace netcat-openbsd libglib2.0-dev pkg-config \
    gcc-mingw-w64-x86-64 gcc-mingw-w64-i686 wine wine64 util-linux ||
    { echo "0 passed, 1 failed"; exit 1; }

# Every preset in full, whatever became of the others. CTest keeps its log in the build folder.
run_preset() {
    local preset=$1
    echo "== $preset"
    if cmake --workflow --preset "$preset" --fresh >"$logs/$preset.txt" 2>&1; then
        grep -E '^[0-9]+% tests passed' "$logs/$preset.txt"
    else
        broken="$broken $preset"
        tail -n 60 "$logs/$preset.txt"
    fi
    # mingw32 is built and not run: this Wine has no 32-bit side.
    [ "$preset" = mingw32 ] || cp "build/$preset/Testing/Temporary/LastTest.log" "$logs/$preset.log"
}

# The log looks like CTest's.
build_targets() {
    echo "== other systems"
    {
        echo "1/1 Testing: compile-targets"
        scripts/compile-targets.sh 2>&1 && echo "Test Passed." || echo "Test Failed."
    } >"$logs/targets.log"
    grep -E '^(not )?ok' "$logs/targets.log"
}

broken=
rm -rf "$logs"
mkdir -p "$logs"
for preset in "$@"; do
    rm -f "build/$preset/Testing/Temporary/LastTest.log"
    run_preset "$preset"
done
[ $targets = no ] || build_targets

echo "== tests"
results=$(ls "$logs"/*.log 2>/dev/null)
[ -z "$broken" ] || echo "not clean:$broken"
if [ -z "$results" ]; then
    # A build alone has no test; it counts as one, so that this run says something.
    [ -z "$broken" ] && echo "$# passed, 0 failed" || { echo "0 passed, 1 failed"; exit 1; }
    exit
fi
sum=$(scripts/count-tests.sh $results)
counted=$?
printf '%s\n' "$sum" | sed '$d'
# A preset that broke before or beside its tests is a failure too.
if [ -n "$broken" ] && [ $counted = 0 ]; then
    echo "${sum##*$'\n'}" | sed 's/, 0 failed/, 1 failed/'
    exit 1
fi
echo "${sum##*$'\n'}"
exit $counted
