#!/bin/bash
# Builds the benchmarks in build/bench and runs them; bench/README.md says what they measure.
#
#   scripts/bench.sh [calls|streams|size|all]     default: all
#   scripts/bench.sh calls --check                compares anysock with bench/limits.txt, as TAP
set -u
cd "$(dirname "$0")/.." || exit 1
. scripts/packages.sh

build=build/bench
out=$build/out
rows="send recv send_to recv_from recv_would_block poll wait accept close set_blocking
      parse_v4 format_v4 parse_v6 format_v6"
libraries="anysock raw apr glib uv nspr sdl"
declare -A package=([apr]=libapr1-dev [glib]=libglib2.0-dev [uv]=libuv1-dev [nspr]=libnspr4-dev
    [sdl]=libsdl2-net-dev)

usage() {
    sed -n 's/^#   //p' "$0" >&2
    exit 2
}

# The peers are welcome but not needed: if they cannot be had together, those that can.
install_peers() {
    local peer
    ensure_packages pkg-config "${package[@]}" >&2 && return
    for peer in pkg-config "${package[@]}"; do
        ensure_packages "$peer" >&2
    done
}

# build_targets [TARGET...]: all targets without names.
build_targets() {
    local log=$build.log
    if ! { cmake -S bench -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DCMAKE_C_COMPILER=gcc &&
        cmake --build "$build" --target "${@:-all}"; } >"$log" 2>&1; then
        tail -n 40 "$log" >&2
        exit 1
    fi
}

installed_libraries() {
    local library
    for library in $libraries; do
        [ ! -x "$build/calls_$library" ] || echo "$library"
    done
}

name_missing_peers() {
    local library
    for library in $libraries; do
        [ -x "$build/calls_$library" ] || echo "not installed: $library (${package[$library]})"
    done
}

# ---------------------------------------------------------------------------------------- calls

# count_instructions LIBRARY: a line "row number" for each row. Callgrind writes one part per row;
# the empty row is what measuring costs by itself.
count_instructions() {
    local file=$out/callgrind.$1
    rm -f "$file"
    valgrind -q --tool=callgrind --collect-atstart=no --combine-dumps=yes \
        --callgrind-out-file="$file" "$build/calls_$1" instructions >&2 || return 1
    awk -v rounds=1000 '
        /^desc: Trigger: Client Request:/ { row = $NF }
        /^summary:/ && row == "empty" { empty = $2 }
        /^summary:/ && row == "" { next }
        /^summary:/ && row != "empty" { printf "%s %.0f\n", row, ($2 - empty) / rounds }
        /^summary:/ { row = "" }' "$file"
}

# count_syscalls LIBRARY: the same for system calls; the markers are writes to descriptor -1.
count_syscalls() {
    local file=$out/strace.$1
    strace -f -qq -o "$file" "$build/calls_$1" syscalls >&2 || return 1
    awk -v rounds=10 '
        match($0, /write\(-1, "[a-z0-9_ ]*"/) {
            split(substr($0, RSTART + 11, RLENGTH - 12), words, " ")
            if (words[1] == "row") { row = words[2]; calls = 0 }
            if (words[1] == "done" && row != "empty") printf "%s %.10g\n", row, calls / rounds
            if (words[1] == "done") row = ""
            inside = words[1] == "begin"
            next
        }
        inside && row != "" && !/ resumed>/ { calls++ }' "$file"
}

# measure UNIT LIBRARY...: fills numbers[UNIT LIBRARY ROW].
declare -A numbers
measure() {
    local unit=$1 library row number result
    shift
    mkdir -p "$out"
    for library; do
        result=$("count_$unit" "$library") || { echo "calls_$library failed" >&2; exit 1; }
        while read -r row number; do
            numbers["$unit $library $row"]=$number
        done <<<"$result"
    done
}

# print_table UNIT LIBRARY...: one line a row.
print_table() {
    local unit=$1 row library number line
    shift
    for row in $rows; do
        line="$row $unit"
        for library; do
            number=${numbers["$unit $library $row"]:-}
            [ -z "$number" ] || line+=" $library $number"
        done
        echo "$line"
    done
}

bench_calls() {
    local list unit
    build_targets
    mapfile -t list < <(installed_libraries)
    for unit in instructions syscalls; do
        measure "$unit" "${list[@]}"
        print_table "$unit" "${list[@]}"
    done
    name_missing_peers
}

check_calls() {
    local row most exact instructions calls verdict plural wanted number=0 failed=0
    build_targets calls_anysock
    measure instructions anysock
    measure syscalls anysock
    echo "1..$(grep -c '^[a-z]' bench/limits.txt)"
    while read -r row most exact goal; do
        instructions=${numbers["instructions anysock $row"]}
        calls=${numbers["syscalls anysock $row"]}
        verdict=ok plural=s wanted=
        [ "$calls" != 1 ] || plural=
        [ "$calls" = "$exact" ] || wanted=" instead of $exact"
        if [ "$instructions" -gt "$most" ] || [ -n "$wanted" ]; then
            verdict="not ok"
            failed=1
        fi
        echo "$verdict $((++number)) - $row: $instructions instructions, at most $most," \
            "goal $goal; $calls system call$plural$wanted"
    done < <(grep '^[a-z]' bench/limits.txt)
    return $failed
}

# ------------------------------------------------------------------------------ streams and size

bench_streams() {
    build_targets streams
    "$build/streams"
}

# The text of the program, as `size` tells it.
text_of() {
    size "$1" | awk 'NR == 2 { print $1 }'
}

bench_size() {
    local raw anysock
    build_targets
    "$build/heap"
    raw=$(text_of "$build/echo_raw")
    anysock=$(text_of "$build/echo_anysock")
    echo "text bytes_over_raw anysock $((anysock - raw))"
}

# -----------------------------------------------------------------------------------------------

what=${1:-all}
case "$what ${2:-}" in
    "calls " | "streams " | "size " | "all " | "calls --check") [ $# -le 2 ] || usage ;;
    *) usage ;;
esac
ensure_packages gcc libc6-dev binutils cmake ninja-build valgrind strace >&2 || exit 1
mkdir -p "$out"
# One run at a time: they share the build folder.
exec 9>"$build.lock"
flock 9
if [ "${2:-}" = --check ]; then
    check_calls
    exit
fi
install_peers
if [ "$what" = all ]; then
    bench_calls && bench_streams && bench_size
else
    "bench_$what"
fi
