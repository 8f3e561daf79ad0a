#!/bin/bash
# The rules of the house that can be checked mechanically: house.sh SOURCE_DIR
set -u
cd "$1" || exit 1
. tests/house/tap.sh

no_match() { ! grep -nE "$@"; }

header_includes_only() {
    [ "$(sed -n 's/^#include <\(.*\)>/\1/p' include/anysock.h | sort | xargs)" = \
        "stdbool.h stddef.h stdint.h" ] && no_match '^#include "' include/anysock.h
}

# The header alone, as the first include, in every language that it promises.
header_compiles_as() { # COMPILER STANDARD LANGUAGE
    local flags="-Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror -fsyntax-only"
    "$1" -std="$2" $flags -x "$3" include/anysock.h &&
        "$1" -std="$2" $flags -O2 -x "$3" include/anysock.h # with the calls that are inline then
}

half_is_documentation() {
    awk '/^ *(\/\*|\*)/ { comment++ } /[^ ]/ { lines++ }
         END { exit !(comment * 2 >= lines) }' include/anysock.h
}

# Every function of the header has a comment that states its thread safety.
documented() {
    awk '/^\/\*\*/ { doc = 1; safety = 0 } /Thread safety/ { safety = 1 }
         /^ANYSOCK_API/ { if (!doc || !safety) { print; bad = 1 } doc = safety = 0 }
         END { exit bad }' include/anysock.h
}

ports_are_twins() {
    diff <(cd src/posix && ls *.c | sed 's/\(event\|queue\)_[a-z]*\.c/\1.c/' | sort -u) \
        <(cd src/win32 && ls *.c | sed 's/queue_[a-z]*\.c/queue.c/' | sort -u)
}

files_are_short() { ! wc -l src/*.[ch] src/*/*.[ch] | awk '$2 != "total" && $1 > 500' | grep .; }

# The README's program, as it stands there, for both systems.
readme_example() { # COMPILER [LIBRARY...]
    local work status
    work=$(mktemp -d)
    sed -n '/^```c$/,/^```$/p' README.md | sed '/^```/d' >"$work/example.c"
    [ "$(wc -l <"$work/example.c")" -le 40 ] &&
        "$1" -std=c99 -Wall -Wextra -Werror -Iinclude -c "$work/example.c" -o "$work/example.o"
    status=$?
    rm -r "$work"
    return $status
}

links_lead_somewhere() {
    local file bad=0
    for file in $(grep -ohE '\]\([^)#:]+\)' README.md CONTRIBUTING.md | tr -d '])('); do
        [ -e "$file" ] || { echo "$file is missing"; bad=1; }
    done
    return $bad
}

run_bits() {
    for script in .ci/run scripts/test.sh scripts/demo.sh cmake/wine-run; do
        [ -x "$script" ] || { echo "$script has no run bit"; return 1; }
    done
}

# count_tests LINE...: what count-tests.sh says of a log of these lines.
count_tests() {
    local log status=0
    log=$(mktemp)
    printf '%s\n' '1/1 Testing: program' "$@" >"$log"
    scripts/count-tests.sh "$log" || status=$?
    rm "$log"
    return $status
}

# A program that ended in the middle with status 0, as under a Wine whose server died.
cut_short_is_a_failure() {
    local result
    ! result=$(count_tests '[==========] Running 2 test(s).' '[       OK ] one' 'Test Passed.') &&
        [ "${result##*$'\n'}" = "1 passed, 1 failed" ]
}

# A test that this system cannot run is a result, and neither good nor bad.
skipped_is_no_failure() {
    local result
    result=$(count_tests '[==========] Running 2 test(s).' '[       OK ] one' '[ RUN      ] two' \
        '[  SKIPPED ] two' '[  SKIPPED ] 1 test(s), listed below:' '[  SKIPPED ] two' 'Test Passed.') &&
        [[ $result == *'skipped two'* && "${result##*$'\n'}" = "1 passed, 0 failed" ]]
}

# CI keeps only what count-tests.sh prints.
failure_says_why() {
    local result
    ! result=$(count_tests '1..2' 'not ok 1 - one' '# because' 'ok 2 - two' '# no matter' 'Test Failed.') &&
        [[ $result == *'# because'* && $result != *'# no matter'* ]]
}

# A stand-in for Wine says how it was started.
wine_starts_without_chance() {
    local scratch personality status=0
    scratch=$(mktemp -d)
    printf '#!/bin/sh\ncat /proc/self/personality\n' >"$scratch/wine"
    printf '#!/bin/sh\nexit 0\n' >"$scratch/wineserver"
    chmod +x "$scratch/wine" "$scratch/wineserver"
    head -c 128 /dev/zero >"$scratch/program"
    personality=$(PATH="$scratch:$PATH" WINEPREFIX="$scratch/prefix" cmake/wine-run "$scratch/program") || status=1
    rm -r "$scratch"
    echo "the personality is $personality"
    [ "$status" -eq 0 ] && [ $((0x$personality & 0x40000)) -ne 0 ] # ADDR_NO_RANDOMIZE
}

check "the core has no preprocessor conditions" \
    no_match '^[[:space:]]*#[[:space:]]*(if|ifdef|ifndef|elif)' src/*.c
check "the core includes no system header" \
    no_match '#[[:space:]]*include[[:space:]]*<(sys/|netinet/|arpa/|unistd|fcntl|poll|winsock|ws2|windows|errno)' src/*.c
check "the public header includes stddef, stdint and stdbool only" header_includes_only
check "the public header is C99" header_compiles_as gcc c99 c
check "the public header is C11" header_compiles_as gcc c11 c
for standard in 98 11 14 17 20; do
    check "the public header is C++$standard" header_compiles_as g++ c++$standard c++
done
check "the public header is C99 for Windows" header_compiles_as x86_64-w64-mingw32-gcc c99 c
check "half of the public header is documentation" half_is_documentation
check "every public function is documented, with its thread safety" documented
check "the ports are twins by name" ports_are_twins
check "no source file is longer than 500 lines" files_are_short
check "the scripts can be run" run_bits
check "a test program that stopped short counts as a failure" cut_short_is_a_failure
check "a test that is skipped counts as nothing" skipped_is_no_failure
check "what a failed test says of itself is shown" failure_says_why
wine_check="Wine's heap is not where a Windows process has its shared data"
if setarch -R true 2>/dev/null; then
    check "$wine_check" wine_starts_without_chance
else
    skip "$wine_check" "personality(2) is not allowed here"
fi
check "the README's example compiles for Linux" readme_example gcc
check "the README's example compiles for Windows" readme_example x86_64-w64-mingw32-gcc
check "the links of the README and the guide lead somewhere" links_lead_somewhere
finish
