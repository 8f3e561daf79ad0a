#!/usr/bin/env bash
#
# Runs the example programs against each other: examples.sh DIR [RUN]
#
# DIR has the programs, RUN is what runs them (cmake/wine-run for Windows). Prints TAP; the exit
# status is 0 if nothing failed. What each program must print is in scenarios.sh, once for every
# system.

if [ $# -lt 1 ] || [ $# -gt 2 ]; then
    echo "usage: examples.sh DIR [RUN]" >&2
    exit 2
fi
directory=$1 run=${2-}

# shellcheck source=tests/integration/scenarios.sh
. "$(dirname "${BASH_SOURCE[0]}")/scenarios.sh"
use_platforms "$directory" "$run" "$directory" "$run"
if [ ! -x "$server_dir/echo_server$server_exe" ]; then
    echo "examples.sh: no example programs in $directory" >&2
    exit 2
fi

programs=(
    blocking_client
    blocking_client_recv
    blocking_server
    chat_client
    chat_server
    echo_client
    echo_many
    echo_server
    foreign_loop
    nonblocking_client
    nonblocking_client_recv
    nonblocking_connect
    peer_closed
    sockinfo
    udp_connect
    udp_echo
)
# Only where GLib is.
if [ -x "$directory/foreign_glib" ]; then
    programs+=(foreign_glib)
    scenarios+=(foreign_glib)
    # A queue that works with poll has no descriptor.
    [ "${ANYSOCK_QUEUE-}" = poll ] || scenarios+=(foreign_glib_queue)
fi
# Only where nc is; scripts/test.sh installs it.
if command -v nc.openbsd >/dev/null; then
    scenarios+=("${foreign_client_scenarios[@]}" "${foreign_server_scenarios[@]}")
fi
tests=0 failed=0

# result NAME: as $trouble, $deviation and $diagnostics say.
result() {
    tests=$((tests + 1))
    if [ -z "$trouble" ]; then
        echo "ok $tests - $1"
    elif [ -n "$deviation" ]; then
        echo "ok $tests - $1 # SKIP $deviation"
    else
        echo "not ok $tests - $1"
        printf '%s\n' "$trouble" "$diagnostics" | sed 's/^/# /'
        failed=$((failed + 1))
    fi
}

# check_command_line OPTION STATUS LINE PRINTS SILENT: starts all programs with it, and checks of
# each the exit status, the beginning of the first line that it prints (out or err; PROGRAM stands
# for its name), and that the other output stays empty.
check_command_line() {
    local option=$1 status=$2 line=$3 prints=$4 silent=$5
    local program files
    rm -f "$scratch"/[0-9]*
    for program in "${programs[@]}"; do
        start "$program" ${run:+"$run"} "$directory/$program$server_exe" "$option"
    done
    for program in "${programs[@]}"; do
        finish "$program" "$status"
        files=$(echo "$scratch"/*."$program.err")
        files=${files%.err}
        printf '%s' "${printed[$program]}" >"$files.out"
        if ! head -n 1 "$files.$prints" | grep -q "^${line/PROGRAM/$program}" ||
            [ -s "$files.$silent" ]; then
            fail "$program $option does not say \"$line\""
        fi
    done
}

echo "1..$((${#scenarios[@]} + 3))"
for scenario in "${scenarios[@]}"; do
    run_scenario "$scenario"
    result "$scenario"
done

# Without --native the same lines appear without the system's numbers.
options=()
run_scenario nonblocking_connect_refused
[[ ${printed[client]} != *\[* ]] || fail "the system's number is shown without --native"
result without_native

scenario_command_line() {
    check_command_line --help 0 'usage: PROGRAM ' out err
    check_command_line --nonsense 2 'PROGRAM: --nonsense is not an option' err out
}
run_scenario command_line
result command_line

# A program's output may end before the program does: its status is not missed.
scenario_early_end() {
    start early bash -c 'exec >&-; exit 3' && hear early something
    case $trouble in
        *'early has ended with 3'*) trouble='' ;;
        *) fail 'the status of who ended early is missed' ;;
    esac
}
run_scenario early_end
result early_end

[ "$failed" -eq 0 ]
