#!/bin/bash
# Breaks every row of the mode machine on purpose and expects the unit test of its name to fail:
# mutate_mode.sh SOURCE_DIR CC [FLAG...]. A row is broken in three ways, where they apply: another
# action, other state bits afterwards, and never chosen.
set -u
cd "$1" || exit 1
shift
. tests/house/tap.sh
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

compile="$* -std=c11 -O0 -Iinclude -Isrc -Itests/fake -Itests/support"
objects=
for source in $(ls src/*.c | grep -v '^src/mode.c$') tests/fake/*.c tests/unit/test_mode.c; do
    object=$work/$(basename "$source" .c).o
    $compile -c "$source" -o "$object" || exit 1
    objects="$objects $object"
done

# The names of the tests that fail with this mode.c; "timeout" if it hangs.
failing_tests() {
    $compile -c "$1" -o "$work/mode.o" && $compile $objects "$work/mode.o" -lcmocka -o "$work/test" ||
        return 1
    timeout 10 "$work/test" 2>&1 | sed -n 's/^\[  \(FAILED\|ERROR \)  \] \([a-z_]*\)$/\2/p' | sort -u
}

unbroken() { [ -z "$(failing_tests src/mode.c)" ]; }

# row LINE: the number of a row's line. name_of: the name in the comment above it.
name_of() { head -n "$1" src/mode.c | grep -oE '^    /\* [a-z_]{8,}' | tail -n 1 | cut -c8-; }

# broken LINE SED-EXPRESSION: the row, changed so, is noticed by its test.
broken() {
    sed "$1$2" src/mode.c >"$work/mode.c"
    if cmp -s src/mode.c "$work/mode.c"; then
        echo "the mutation changed nothing"
        return 1
    fi
    failing_tests "$work/mode.c" >"$work/failing"
    cat "$work/failing"
    grep -qx "$(name_of "$1")" "$work/failing"
}

check "the unbroken machine passes" unbroken
for line in $(grep -nE '^    \{MODE_' src/mode.c | cut -d: -f1); do
    name=$(name_of "$line")
    row=$(sed -n "${line}p" src/mode.c)
    case $row in
    *MODE_WANT_BLOCKING*KEEP* | *MODE_WOULD_BLOCK*KEEP* | *MODE_NEED_OVER*KEEP* | *MODE_RELEASING*KEEP*)
        check "$name: blocking instead of nothing" broken "$line" 's/KEEP/MAKE_BLOCKING/' ;;
    *KEEP*)
        check "$name: non-blocking instead of nothing" broken "$line" 's/KEEP/MAKE_NONBLOCKING/' ;;
    *) check "$name: no action" broken "$line" 's/MAKE_[A-Z]*/KEEP/' ;;
    esac
    # {input, mask, bits, action, clear, set}
    clear=$(echo "$row" | cut -d, -f5 | xargs)
    set=$(echo "$row" | cut -d, -f6 | tr -d '}' | xargs)
    [ "$clear" = 0 ] || check "$name: clears nothing" broken "$line" "s/, $clear, /, 0, /"
    [ "$set" = 0 ] || check "$name: sets nothing" broken "$line" "s/, $set}/, 0}/"
    case $row in
    "    {"*", 0, 0, "[KM]*) ;; # the last row of its input: without it nothing would apply
    *) check "$name: never chosen" broken "$line" 's/{\(MODE_[A-Z_]*\), [^,]*, [^,]*,/{\1, 0, 1,/' ;;
    esac
done
finish
