#!/usr/bin/env bash
#
# Many connections at the same time between two processes, every byte compared:
#
#     many.sh CONNECTIONS BYTES DIR [RUN [CLIENT_DIR [CLIENT_RUN]]]
#
# BYTES are sent on each connection. DIR has the programs and RUN is what runs them (cmake/wine-run
# for Windows); those of the client are the same if nothing else is said. Prints TAP, with the time
# that it took; the exit status is 0 if nothing failed.

if [ $# -lt 3 ] || [ $# -gt 6 ]; then
    echo "usage: many.sh CONNECTIONS BYTES DIR [RUN [CLIENT_DIR [CLIENT_RUN]]]" >&2
    exit 2
fi

# shellcheck source=tests/integration/scenarios.sh
. "$(dirname "${BASH_SOURCE[0]}")/scenarios.sh"
use_platforms "$3" "${4-}" "${5-$3}" "${6-${4-}}"
many=$1 many_bytes=$2 patience=150

tests=0 failed=0

# result NAME SKIP: as $trouble says.
result() {
    tests=$((tests + 1))
    if [ -n "$2" ]; then
        echo "ok $tests - $1 # SKIP $2"
    elif [ -z "$trouble" ]; then
        echo "ok $tests - $1"
    else
        echo "not ok $tests - $1"
        echo "# $trouble"
        failed=$((failed + 1))
    fi
}

# may_have COUNT: whether that many descriptors are allowed; if so, they are.
may_have() {
    [ "$(ulimit -Sn)" = unlimited ] || [ "$(ulimit -Sn)" -ge "$1" ] || ulimit -Sn "$1" 2>/dev/null
}

# Each process of ours needs one descriptor for a connection; Wine's server has those of both.
connect_many() {
    local needed=$((many + 200)) from=${EPOCHREALTIME/[.,]/} name
    [[ $server_run$client_run != *wine* ]] || needed=$((2 * many + 200))
    trouble='' deviation=''
    if ! may_have "$needed"; then
        result "$1" "this user may have $(ulimit -Hn) descriptors only"
        return
    fi
    run_scenario echo_many
    result "$1" "$deviation"
    echo "# It took $(((${EPOCHREALTIME/[.,]/} - from) / 1000)) ms."
    while IFS= read -r line; do
        echo "# $line"
    done <<<"$diagnostics"
    for name in server client; do
        echo "# The $name's queue is $(last_line "$name" 'queue: ')."
    done
}

# What could be opened works, and the rest is not passed over in silence.
run_short_of_descriptors() {
    local output status
    trouble=''
    output=$(ulimit -n 300 && "$server_dir/echo_many" 1000 2>&1)
    status=$?
    [[ $status -eq 1 && $output == *' of 1000 connections can be opened: ANYSOCK_EMFILE'* &&
        $output == *'too many descriptors'* && $output == *' 0 wrong, 0 lost'* ]] || fail "with 300 descriptors: $output"
    result 'too few descriptors are reported' ''
}

echo 1..2
connect_many "$many connections of $many_bytes bytes"
if [[ $server_run$client_run == *wine* ]]; then
    result 'too few descriptors are reported' 'Windows has no limit of a process'
else
    run_short_of_descriptors
fi
[ "$failed" -eq 0 ]
