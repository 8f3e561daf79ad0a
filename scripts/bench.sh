#!/bin/bash
# Builds the benchmarks in build/bench and runs them; bench/README.md says what they measure.
#
#   scripts/bench.sh [calls|streams|size|queue|all]   default: all
#   scripts/bench.sh calls --check                    compares anysock with bench/limits.txt and the
#                                                    size of a server with its limit, as TAP
set -u
cd "$(dirname "$0")/.." || exit 1
. scripts/packages.sh

build=build/bench
windows=$build-windows
out=$build/out
rows="send recv send_to recv_from recv_would_block poll wait accept close set_blocking
      parse_v4 format_v4 parse_v6 format_v6"
queue_rows="queue_event_10 queue_event_1 queue_add queue_add_new queue_modify queue_modify_same
      queue_remove"
libraries="anysock raw apr glib uv nspr sdl"
queue_libraries="anysock raw poll apr ev event glib uv"
declare -A package=([apr]=libapr1-dev [ev]=libev-dev [event]=libevent-dev [glib]=libglib2.0-dev
    [uv]=libuv1-dev [nspr]=libnspr4-dev [sdl]=libsdl2-net-dev)

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

# installed_libraries PROGRAM LIBRARY...: those that PROGRAM_LIBRARY was built with.
installed_libraries() {
    local program=$1 library
    shift
    for library; do
        [ ! -x "$build/${program}_$library" ] || echo "$library"
    done
}

name_missing_peers() {
    local program=$1 library
    shift
    for library; do
        [ -x "$build/${program}_$library" ] ||
            echo "not installed: $library (${package[$library]})"
    done
}

# ---------------------------------------------------------------------------------------- calls

# How many events a round of a row has: the number at its end, or one.
per_round='function per_round(row) { return match(row, /_[0-9]+$/) ? substr(row, RSTART + 1) : 1 }'

# How many idle sockets a queue watches while it is counted; empty for the program's own number.
idle=

# count_instructions PROGRAM: a line "row number" for each row. Callgrind writes one part per row;
# the empty row is what measuring costs by itself.
# shellcheck disable=SC2086 # $idle may be no argument
count_instructions() {
    local file=$out/callgrind.$1
    rm -f "$file"
    valgrind -q --tool=callgrind --collect-atstart=no --combine-dumps=yes \
        --callgrind-out-file="$file" "$build/$1" instructions $idle >&2 || return 1
    awk -v rounds=1000 "$per_round"'
        /^desc: Trigger: Client Request:/ { row = $NF }
        /^summary:/ && row == "empty" { empty = $2 }
        /^summary:/ && row == "" { next }
        /^summary:/ && row != "empty" {
            printf "%s %.0f\n", row, ($2 - empty) / rounds / per_round(row)
        }
        /^summary:/ { row = "" }' "$file"
}

# count_syscalls PROGRAM: the same for system calls; the markers are writes to descriptor -1.
count_syscalls() {
    local file=$out/strace.$1
    strace -f -qq -o "$file" "$build/$1" syscalls >&2 || return 1
    awk -v rounds=10 "$per_round"'
        match($0, /write\(-1, "[a-z0-9_ ]*"/) {
            split(substr($0, RSTART + 11, RLENGTH - 12), words, " ")
            if (words[1] == "row") { row = words[2]; calls = 0 }
            if (words[1] == "done" && row != "empty")
                printf "%s %.10g\n", row, calls / rounds / per_round(row)
            if (words[1] == "done") row = ""
            inside = words[1] == "begin"
            next
        }
        inside && row != "" && !/ resumed>/ { calls++ }' "$file"
}

# measure PROGRAM UNIT LIBRARY...: fills numbers[UNIT LIBRARY ROW].
declare -A numbers
measure() {
    local program=$1 unit=$2 library row number result
    shift 2
    mkdir -p "$out"
    for library; do
        result=$("count_$unit" "${program}_$library") ||
            { echo "${program}_$library failed" >&2; exit 1; }
        while read -r row number; do
            numbers["$unit $library $row"]=$number
        done <<<"$result"
    done
}

# print_table ROWS UNIT LIBRARY...: one line a row.
print_table() {
    local rows=$1 unit=$2 row library number line
    shift 2
    for row in $rows; do
        line="$row $unit${idle:+ idle $idle}"
        for library; do
            number=${numbers["$unit $library $row"]:-}
            [ -z "$number" ] || line+=" $library $number"
        done
        echo "$line"
    done
}

# tabulate PROGRAM ROWS UNIT LIBRARY...: measures and prints.
tabulate() {
    local program=$1 rows=$2
    shift 2
    measure "$program" "$@"
    print_table "$rows" "$@"
}

# shellcheck disable=SC2086 # lists of words
bench_calls() {
    local list unit
    build_targets
    mapfile -t list < <(installed_libraries calls $libraries)
    for unit in instructions syscalls; do
        tabulate calls "$rows" $unit "${list[@]}"
    done
    name_missing_peers calls $libraries
}

check_calls() {
    local program row most exact goal instructions calls verdict plural wanted text number=0 failed=0
    build_targets # all, so that none goes stale
    ! command -v x86_64-w64-mingw32-gcc >/dev/null || build_windows "" queue_times
    for program in calls queue; do
        measure $program instructions anysock
        measure $program syscalls anysock
    done
    echo "1..$(($(grep -c '^[a-z]' bench/limits.txt) + 1))"
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
    verdict=ok text=$(text_over_raw)
    [ "$text" -le "$text_most" ] || { verdict="not ok"; failed=1; }
    echo "$verdict $((++number)) - a server's text: $text bytes over the raw one's, at most $text_most"
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

# What a static echo server costs, and what it may: 10 KiB.
text_most=10240
text_over_raw() {
    echo $(($(text_of "$build/echo_anysock") - $(text_of "$build/echo_raw")))
}

bench_size() {
    build_targets
    "$build/heap"
    echo "text bytes_over_raw anysock $(text_over_raw)"
}

# ---------------------------------------------------------------------------------------- queue

# shellcheck disable=SC2086 # lists of words
bench_queue() {
    local list
    build_targets
    mapfile -t list < <(installed_libraries queue $queue_libraries)
    for idle in 10 100 1000 10000; do
        tabulate queue "$queue_rows" instructions "${list[@]}"
    done
    idle=
    tabulate queue "$queue_rows" syscalls "${list[@]}"
    name_missing_peers queue $queue_libraries
    "$build/queue_heap"
    "$build/queue_times" | tee "$out/queue_times"
    [ "${PIPESTATUS[0]}" = 0 ] || exit 1
    awk -f bench/queue_plot.awk "$out/queue_times" >docs/queue.svg && echo "plotted: docs/queue.svg"
    bench_queue_wine
}

# Prints where the source of libuv is, since nobody has it built for Windows; nothing if it cannot be
# had.
libuv_source() {
    local dir=$PWD/$build-uv
    compgen -G "$dir/libuv1-*/CMakeLists.txt" >/dev/null || fetch_source libuv1 "$dir" >"$dir.log" 2>&1
    dirname "$(compgen -G "$dir/libuv1-*/CMakeLists.txt")" 2>/dev/null
}

# build_windows UV TARGET...: UV is where libuv's source is, or empty.
build_windows() {
    local uv=$1
    shift
    if ! { cmake -S bench -B "$windows" -G Ninja -DCMAKE_BUILD_TYPE=Release \
        -DBENCH_UV_SOURCE="$uv" -DCMAKE_TOOLCHAIN_FILE="$PWD/cmake/mingw-w64.cmake" &&
        cmake --build "$windows" --target "$@"; } >"$windows.log" 2>&1; then
        tail -n 40 "$windows.log" >&2
        exit 1
    fi
}

# The same under Wine, if there is Wine and a compiler.
bench_queue_wine() {
    local uv program
    if ! ensure_packages gcc-mingw-w64-x86-64 wine64 >&2; then
        echo "skipped: Windows (gcc-mingw-w64-x86-64, wine64)"
        return
    fi
    uv=$(libuv_source)
    build_windows "$uv" queue_times ${uv:+queue_times_uv}
    for program in queue_times ${uv:+queue_times_uv}; do
        cmake/wine-run "$windows/$program.exe" | sed 's/\r$//; s/^/wine_/'
    done
    [ -n "$uv" ] || echo "skipped: uv on Windows (its source cannot be had: $build-uv.log)"
}

# -----------------------------------------------------------------------------------------------

what=${1:-all}
case "$what ${2:-}" in
    "calls " | "streams " | "size " | "queue " | "all " | "calls --check") [ $# -le 2 ] || usage ;;
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
    bench_calls && bench_streams && bench_size && bench_queue
else
    "bench_$what"
fi
