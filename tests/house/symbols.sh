#!/bin/bash
# The shared library exports the functions of the public header, all of them and nothing else; the
# static one defines no global name without our prefix; and the test of bad input knows them all:
# symbols.sh NM HEADER SHARED_LIBRARY STATIC_LIBRARY BAD_INPUT_TEST
set -u
. "$(dirname "$0")/tap.sh"
nm=$1 header=$2 shared=$3 static=$4 bad_input=$5

declared() {
    # Declarations may span lines; the name is what stands before the first parenthesis.
    tr '\n' ' ' <"$header" | grep -oE 'ANYSOCK_API [^;(]*\(' |
        sed -n 's/.*[ *]\(anysock_[a-z0-9_]*\)($/\1/p' | sort -u
}

exported() {
    case $shared in
    *.dll) # the export table
        "${nm%nm}objdump" -p "$shared" |
            sed -n '/\[Ordinal\/Name Pointer\] Table/,/^$/s/.* \(anysock_[a-z0-9_]*\)$/\1/p' ;;
    *) "$nm" -D --defined-only "$shared" | awk '{ print $NF }' ;;
    esac | grep -vE '^(__gcov_|mangle_path$)' | sort -u # what a coverage build adds
}

same() { diff <(declared) <(exported); }
enough() { [ "$(declared | wc -l)" -ge 50 ]; }

prefixed() {
    ! "$nm" -g --defined-only "$static" 2>/dev/null | awk 'NF == 3 { print $3 }' |
        grep -vE '^_?(anysock_|\.refptr|__gcov|__asan|__odr_asan|__profn|_?__lsan)'
}

# But for those that only the header calls: their names end in an underscore.
tested() { sed -n 's/^    NAME(\([a-z0-9_]*\)),$/anysock_\1/p' "$bad_input" | sort; }
known() { diff <(declared | grep -v '_$') <(tested); }

check "the header declares functions" enough
check "the shared library exports exactly the header's functions" same
check "the static library's global names have our prefix" prefixed
check "the test of bad input lists exactly the header's functions" known
finish
