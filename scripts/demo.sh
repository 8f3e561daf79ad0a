#!/usr/bin/env bash
#
# Shows that programs written with anysock behave alike on Linux and Windows, and with each other:
# builds the examples for both, runs them across the border, and prints each unified result beside
# the system's own code. Ends with 0 if every result is the promised one.
#
# Wants Debian; installs what is missing, if it may. Windows is Wine here.

cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1
# shellcheck source=scripts/packages.sh
. scripts/packages.sh
ensure_packages cmake ninja-build gcc libc6-dev gcc-mingw-w64-x86-64 wine wine64 \
    netcat-openbsd util-linux || exit 1

# build DIRECTORY [CMAKE_OPTION]...
build() {
    local directory=$1 log=$1.log
    shift
    mkdir -p build
    if ! {
        cmake -S . -B "$directory" -G Ninja -DCMAKE_BUILD_TYPE=Release \
            -DANYSOCK_BUILD_TESTS=OFF "$@" && cmake --build "$directory"
    } >"$log" 2>&1; then
        cat "$log" >&2
        exit 1
    fi
}
echo "Building for Linux and for Windows ..."
build build/demo-linux
build build/demo-windows -DCMAKE_TOOLCHAIN_FILE=cmake/mingw-w64.cmake

# shellcheck source=tests/integration/scenarios.sh
. tests/integration/scenarios.sh

# What the table has: rows of one scenario and call, in the order in which they came, and notes.
declare -A rows=()
order=() notes=()
results=0 differing=0 documented=0

# add_rows SCENARIO SERVER CLIENT: what run_scenario left.
add_rows() {
    local finding call promised result native key remark
    [ ${#findings[@]} -gt 0 ] || findings=("-|the promised output|another one|")
    for finding in "${findings[@]}"; do
        IFS='|' read -r call promised result native <<<"$finding"
        key="$1|$call"
        [ -n "${rows[$key]+known}" ] || order+=("$key")
        results=$((results + 1))
        remark=''
        if [ -z "$trouble" ]; then
            :
        elif [ -n "$deviation" ]; then
            remark="documented deviation of Wine [$((${#notes[@]} + 1))]"
            documented=$((documented + 1))
        else
            remark="DIFFERS: promised is $promised [$((${#notes[@]} + 1))]"
            differing=$((differing + 1))
        fi
        rows[$key]+="$2|$3|$call|$result|$native|$remark"$'\n'
    done
    [ -z "$trouble" ] || notes+=("$1, $2 server, $3 client: ${deviation:-$trouble
$diagnostics}")
}

# run_all SERVER CLIENT SCENARIO...: each is "Linux", "Windows" or the name of a foreign program.
run_all() {
    local server=$1 client=$2 scenario
    shift 2
    use_platforms "$(directory_of "$server")" "$(runner_of "$server")" \
        "$(directory_of "$client")" "$(runner_of "$client")"
    echo "Running: server $server, client $client ..."
    for scenario; do
        run_scenario "$scenario"
        add_rows "$scenario" "$server" "$client"
    done
}

directory_of() {
    case $1 in
    Linux) echo "$PWD/build/demo-linux/examples" ;;
    Windows) echo "$PWD/build/demo-windows/examples" ;;
    esac
}

runner_of() {
    [ "$1" != Windows ] || echo "$PWD/cmake/wine-run"
}

run_all Linux Linux "${scenarios[@]}"
run_all Linux Windows "${scenarios[@]}"
run_all Windows Linux "${scenarios[@]}"
run_all Windows Windows "${scenarios[@]}"
run_all Linux nc "${foreign_client_scenarios[@]}"
run_all Windows nc "${foreign_client_scenarios[@]}"
run_all nc Linux "${foreign_server_scenarios[@]}"
run_all nc Windows "${foreign_server_scenarios[@]}"

# run_many SERVER CLIENT CONNECTIONS
load_lines=()
run_many() {
    local output
    echo "Running: $3 connections, server $1, client $2 ..."
    output=$(tests/integration/many.sh "$3" 1024 "$(directory_of "$1")" "$(runner_of "$1")" \
        "$(directory_of "$2")" "$(runner_of "$2")") || differing=$((differing + 1))
    load_lines+=("server $1, client $2: $(sed -nE \
        -e 's/^not ok 1 - .*/FAILED/p' -e 's/^ok 1 - .* # SKIP/skipped:/p' \
        -e 's/^# client: ([0-9]+ connections, )/\1/p' -e 's/^# It took (.*)\./in \1/p' \
        -e "s/^# The (server|client)'s queue is (.*)\./\1: \2/p" <<<"$output" |
        tr '\n' ' ')")
}
run_many Linux Linux 10000
run_many Linux Windows 2000
run_many Windows Linux 2000
run_many Windows Windows 2000

format='%-29s %-8s %-8s %-15s %-20s %-22s %s\n'
line() {
    # shellcheck disable=SC2059 # the format is a constant
    printf "$format" "$@" | sed 's/ *$//'
}
echo
line scenario server client call result "system's own code" ''
line -------- ------ ------ ---- ------ ----------------- ''
for key in "${order[@]}"; do
    name=${key%%|*}
    while IFS='|' read -r server client call result native remark; do
        # 0 stands for no error of the system: success, or the library's own decision.
        line "${name//_/ }" "$server" "$client" "$call" "$result" "${native#- 0}" "$remark"
        name=''
    done < <(printf '%s' "${rows[$key]}")
done

echo
printf '%s\n' "${load_lines[@]% }"
echo
for i in "${!notes[@]}"; do
    echo "[$((i + 1))] ${notes[i]}"
done
echo "Windows is $(WINEDEBUG=-all wine --version 2>/dev/null). An empty code: the system has none;" \
    "it is success or the library's own decision."
echo "$results results: $((results - differing - documented)) as promised," \
    "$documented documented deviations of Wine, $differing differ."
[ "$differing" -eq 0 ]
