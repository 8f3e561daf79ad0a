# shellcheck shell=bash
#
# The scenarios of the example programs: one server and one or two clients, each for Linux or for
# Windows, driven through their standard inputs. Sourced by examples.sh and scripts/demo.sh.
#
# use_platforms says where the programs are; run_scenario runs one of $scenarios and leaves
#   trouble      what went wrong; empty if everything was as promised
#   deviation    why the trouble, if any, is a documented one of Wine and not the library's
#   findings     lines "call|promised result|result|system's name and number"
#   diagnostics  what all programs printed, for a human
#
# Nothing here relies on time or knows a port: every step waits for a line that a program prints,
# at most $patience seconds. Only processes that were started here are ended, by their number.
#
# shellcheck disable=SC2034 # the variables are for those who source this

scenarios=(
    blocking_send_until_reset
    blocking_send_until_close
    blocking_send_timeout
    nonblocking_send
    blocking_recv
    blocking_recv_until_reset
    nonblocking_recv
    echo_bind_none
    echo_bind_port_0
    echo_bind_fixed_port
    echo_bind_port_in_use
    echo_two_clients
    nonblocking_connect
    nonblocking_connect_refused
)
# With a foreign program on the other side; these want nc from netcat-openbsd.
foreign_client_scenarios=(nc_and_echo_server nc_and_blocking_server)
foreign_server_scenarios=(echo_client_and_nc blocking_client_recv_and_nc)

patience=60
options=(--native)

declare -A pid=() input=() output=() printed=()
names=()
serial=0
scratch=$(mktemp -d "${TMPDIR:-/tmp}/anysock-scenarios.XXXXXX") || exit 1
mkfifo "$scratch/never" && exec {never}<>"$scratch/never" || exit 1
# A program that is gone makes writing to it fail, and not end this shell.
trap '' PIPE
trap 'stop_all; rm -rf "$scratch"' EXIT

# use_platforms SERVER_DIR SERVER_RUN CLIENT_DIR CLIENT_RUN: where the programs are, and what runs
# them (empty for nothing).
use_platforms() {
    server_dir=$1 server_run=$2 client_dir=$3 client_run=$4
    server_exe='' client_exe=''
    [ ! -e "$server_dir/echo_server.exe" ] || server_exe=.exe
    [ ! -e "$client_dir/echo_client.exe" ] || client_exe=.exe
}

# ---- processes -------------------------------------------------------------------------------

# start NAME COMMAND...: in the background, with pipes that only we and it have. A pipe that another
# process has too would never end.
start() {
    local name=$1 files fd
    shift
    files=$scratch/$((++serial)).$name
    mkfifo "$files.in" "$files.out" || return 1
    (
        for fd in "$never" "${input[@]}" "${output[@]}"; do
            exec {fd}>&-
        done
        trap - PIPE EXIT
        exec "$@" <"$files.in" >"$files.out" 2>"$files.err"
    ) &
    pid[$name]=$!
    # Each of these waits until the other side opens its end.
    exec {fd}>"$files.in"
    input[$name]=$fd
    exec {fd}<"$files.out"
    output[$name]=$fd
    rm "$files.in" "$files.out"
    [ -n "${printed[$name]+started}" ] || names+=("$name")
    printed[$name]=''
}

# server PROGRAM [OPTION]...: starts it and waits until it listens at $address.
server() {
    local program=$1
    shift
    start server ${server_run:+"$server_run"} "$server_dir/$program$server_exe" \
        "${options[@]}" "$@" && hear server 'listening on *' && address=${line#listening on }
}

# client NAME PROGRAM [OPTION]...: starts it; it is to connect to $address.
client() {
    local name=$1 program=$2
    shift 2
    start "$name" ${client_run:+"$client_run"} "$client_dir/$program$client_exe" \
        "${options[@]}" --connect "$address" "$@"
}

# tell NAME TEXT: gives a line to its standard input.
tell() {
    printf '%s\n' "$2" >&"${input[$1]}" || fail "$1 does not take \"$2\""
}

# Reads one line into $line; the last one may lack its end. Wine ends lines with CR LF.
next_line() {
    local status=0
    IFS= read -r -t "$patience" -u "${output[$1]}" line || status=$?
    [[ $status -eq 0 || ($status -eq 1 && -n $line) ]] || return "$status"
    line=${line%$'\r'}
    printed[$1]+=$line$'\n'
}

# hear NAME PATTERN: waits for a line.
hear() {
    while next_line "$1"; do
        # shellcheck disable=SC2053 # it is a pattern
        [[ $line != $2 ]] || return 0
    done
    fail "$1 did not print \"$2\""
}

# What its threads do: the state of each, and how often it gave the processor away.
activity() {
    grep -hE '^(State|.*ctxt_switches)' /proc/"${pid[$1]}"/task/*/status 2>/dev/null
}

# sleeps NAME: waits until it is blocked, as far as that can be seen: all its threads sleep, and
# none of them ran while we looked away for a moment. Systems without /proc are believed.
sleeps() {
    local before='' now looks
    [ -d /proc/self/task ] || return 0
    for ((looks = 0; looks < patience * 50; looks++)); do
        now=$(activity "$1")
        [[ $now = *R\ \(running\)* || $now != "$before" ]] || return 0
        before=$now
        read -r -t 0.02 -u "$never"
    done
    fail "$1 does not block"
}

# End of its standard input.
end_input() {
    local fd=${input[$1]-}
    [ -z "$fd" ] || exec {fd}>&-
    unset "input[$1]"
}

# finish NAME STATUS: ends its standard input, waits for its end and compares its exit status.
finish() {
    local name=$1 expected=$2 status=0 fd
    end_input "$name"
    while [ "$status" -eq 0 ]; do
        next_line "$name" || status=$?
    done
    if [ "$status" -gt 128 ]; then # not the end of the pipe, but the end of our patience
        fail "$name does not end"
        return 1
    fi
    wait "${pid[$name]}"
    status=$?
    fd=${output[$name]}
    exec {fd}<&-
    unset "output[$name]" "pid[$name]"
    [ "$status" -eq "$expected" ] || fail "$name exits with $status instead of $expected"
}

# Ends whatever a scenario left.
stop_all() {
    local name fd
    for name in "${!pid[@]}"; do
        kill -KILL "${pid[$name]}" 2>/dev/null
        wait "${pid[$name]}" 2>/dev/null
    done
    for fd in "${input[@]}" "${output[@]}"; do
        exec {fd}>&-
    done
    pid=() input=() output=()
}

# ---- outcomes --------------------------------------------------------------------------------

fail() {
    trouble+="${trouble:+; }$1"
    return 1
}

# What follows a pattern in the last line of a program that begins with it.
last_line() {
    local text last=''
    while IFS= read -r text; do
        # shellcheck disable=SC2053,SC2295 # it is a pattern
        [[ $text != $2* ]] || last=${text#$2}
    done <<<"${printed[$1]-}"
    printf '%s' "$last"
}

# finding NAME LINE PROMISED CALL: keeps the result at the end of a line as that of a call, with the
# system's own name and number.
finding() {
    local text result native=''
    text=$(last_line "$1" "$2: ")
    result=${text%% *}
    case $text in
    *\[*\])
        native=${text#*\[}
        native=${native%\]}
        native="${native#* } ${native%% *}"
        ;;
    esac
    findings+=("$4|$3|${result:-none}|$native")
    [ "$result" = "$3" ] || fail "$4: ${result:-no result} instead of $3"
    # With --native there is a number: the system's, or 0 for a success and a time-out of our own.
    case $native:$result in
    '- 0:ANYSOCK_OK' | '- 0:ANYSOCK_ETIMEDOUT' | [A-Z]*) ;;
    :*) [ ${#options[@]} -eq 0 ] || fail "$4: no number with $result" ;;
    *) fail "$4: the system's number with $result is $native" ;;
    esac
}

# What all programs printed, without what differs from run to run: ports, the size of the window,
# the system's own numbers.
transcript() {
    local name text
    for name in "${names[@]}"; do
        while IFS= read -r text; do
            echo "$name: $text"
        done < <(printf '%s' "${printed[$name]}")
    done | sed -E -e 's/ \[-?[0-9]+ [A-Z_?-]+\]$//' -e 's/127\.0\.0\.1([: ])[1-9][0-9]*/127.0.0.1\1PORT/' \
        -e 's/(window full after) [1-9][0-9]* bytes/\1 N bytes/'
}

# Compares the transcript with the expected one on standard input.
expect() {
    local expected actual
    expected=$(cat)
    actual=$(transcript)
    [ "$actual" = "$expected" ] ||
        fail "the output differs: $(diff <(echo "$expected") <(echo "$actual") | sed -n 's/^[<>]/&/p' |
            tr '\n' ' ')"
}

diagnose() {
    local name
    transcript
    for name in "$scratch"/*.err; do
        [ ! -s "$name" ] || sed "s/^/standard error: /" "$name"
    done
}

# run_scenario NAME: status 0 if everything was as promised.
run_scenario() {
    trouble='' deviation='' findings=() names=() printed=() address='' serial=0
    rm -f "$scratch"/[0-9]*
    "scenario_$1" || [ -n "$trouble" ] || fail "scenario_$1 failed"
    stop_all
    diagnostics=$(diagnose)
    [ -z "$trouble" ]
}

# ---- sending and receiving -------------------------------------------------------------------

# The client has no way to end its waiting: only what the server does then can.
send_until_server_does() {
    server blocking_server && client client blocking_client &&
        hear client 'window full after *' && sleeps client && tell server "$1" &&
        finish client 0 && finish server 0
    finding client 'send returned after blocking' ANYSOCK_ECONNRESET send
    expect <<END
server: listening on 127.0.0.1:PORT
server: accepted
server: $1: ANYSOCK_OK
client: window full after N bytes
client: send returned after blocking: ANYSOCK_ECONNRESET
END
}

scenario_blocking_send_until_reset() {
    send_until_server_does reset
}

scenario_blocking_send_until_close() {
    send_until_server_does close
}

scenario_blocking_send_timeout() {
    server blocking_server && client client blocking_client --timeout-ms 50 &&
        finish client 0 && finish server 0
    finding client 'send returned after blocking' ANYSOCK_ETIMEDOUT send
    expect <<'END'
server: listening on 127.0.0.1:PORT
server: accepted
client: window full after N bytes
client: send returned after blocking: ANYSOCK_ETIMEDOUT
END
}

scenario_nonblocking_send() {
    server blocking_server && client client nonblocking_client &&
        finish client 0 && finish server 0
    finding client 'window full after * bytes' ANYSOCK_EAGAIN send
    expect <<'END'
server: listening on 127.0.0.1:PORT
server: accepted
client: window full after N bytes: ANYSOCK_EAGAIN
END
}

scenario_blocking_recv() {
    server blocking_server && client client blocking_client_recv &&
        hear client 'waiting in recv' && sleeps client && tell server 'send hello' &&
        hear client 'received *' && tell server 'send again' &&
        hear client 'received *' && tell server shutdown &&
        finish client 0 && finish server 0
    expect <<'END' && findings+=("recv|data, end of stream|data, end of stream|")
server: listening on 127.0.0.1:PORT
server: accepted
server: send: ANYSOCK_OK
server: send: ANYSOCK_OK
server: shutdown: ANYSOCK_OK
client: waiting in recv
client: received 5 bytes: hello
client: received 5 bytes: again
client: end of stream
END
}

# Wine 8 tells a reset only to a recv that is already blocked; to a later one it looks like the end
# of the stream. Whether the client blocks is seen from outside only, so it may take a few attempts.
scenario_blocking_recv_until_reset() {
    local attempts=5
    while server blocking_server && client client blocking_client_recv &&
        hear client 'waiting in recv' && sleeps client && tell server reset &&
        hear client '*' && [[ $line == 'end of stream' && $client_run == *wine* ]]; do
        finish client 0 && finish server 0 || return
        if ((--attempts == 0)); then
            deviation='Wine 8 takes a reset that came before recv for the end of the stream'
            findings+=("recv|ANYSOCK_ECONNRESET|end of stream|")
            fail 'the client reads the end of the stream instead of a reset'
            return
        fi
    done
    finish client 1 && finish server 0
    finding client recv ANYSOCK_ECONNRESET recv
    expect <<'END'
server: listening on 127.0.0.1:PORT
server: accepted
server: reset: ANYSOCK_OK
client: waiting in recv
client: recv: ANYSOCK_ECONNRESET
END
}

scenario_nonblocking_recv() {
    server blocking_server && client client nonblocking_client_recv &&
        hear client 'recv: *' && tell server 'send hello' &&
        hear client 'received *' && hear client 'recv: *' && tell server 'send again' &&
        hear client 'received *' && hear client 'recv: *' && tell server shutdown &&
        finish client 0 && finish server 0
    finding client recv ANYSOCK_EAGAIN recv
    expect <<'END'
server: listening on 127.0.0.1:PORT
server: accepted
server: send: ANYSOCK_OK
server: send: ANYSOCK_OK
server: shutdown: ANYSOCK_OK
client: recv: ANYSOCK_EAGAIN
client: received 5 bytes: hello
client: recv: ANYSOCK_EAGAIN
client: received 5 bytes: again
client: recv: ANYSOCK_EAGAIN
client: end of stream
END
}

# ---- local addresses -------------------------------------------------------------------------

# What was bound is what the connection has.
check_bound() {
    local bound
    bound=$(last_line "$1" 'bound to ')
    [[ -n $bound && $bound == "$(last_line "$1" 'local address ')" ]] ||
        fail "$1 was bound to ${bound:-nothing} but has another local address"
}

# The client's finding.
echoed() {
    local echo
    echo=$(last_line client 'echo: ')
    findings+=("echo|hello|${echo:-none}|")
}

scenario_echo_bind_none() {
    server echo_server && client client echo_client &&
        finish client 0 && finish server 0
    echoed
    expect <<'END'
server: listening on 127.0.0.1:PORT
server: client gone after 5 bytes
client: local address 127.0.0.1:PORT
client: echo: hello
END
}

expect_bound() {
    expect <<'END'
server: listening on 127.0.0.1:PORT
server: client gone after 5 bytes
client: bound to 127.0.0.1:PORT
client: local address 127.0.0.1:PORT
client: echo: hello
END
}

scenario_echo_bind_port_0() {
    server echo_server && client client echo_client --bind 127.0.0.1:0 &&
        finish client 0 && finish server 0 && check_bound client
    echoed
    expect_bound
}

# Nobody can promise that a port is free. Take one below those that systems give away by
# themselves, and if the program itself finds it in use, the next.
scenario_echo_bind_fixed_port() {
    local port=$((20000 + RANDOM % 10000)) tries=100
    server echo_server || return
    while client client echo_client --bind "127.0.0.1:$port" && hear client 'b*' &&
        [[ $line == bind:* ]] && ((--tries > 0)); do
        finish client 1 || return
        port=$((port + 1))
    done
    finish client 0 && finish server 0 && check_bound client
    [[ $(last_line client 'bound to ') == *":$port" ]] || fail "the port is not $port"
    echoed
    expect_bound
}

# hold_connection: a client named holder that was bound to $held keeps its connection.
hold_connection() {
    client holder echo_client --bind 127.0.0.1:0 --hold && hear holder 'echo: *' &&
        held=$(last_line holder 'bound to ')
}

scenario_echo_bind_port_in_use() {
    server echo_server && hold_connection && client client echo_client --bind "$held" &&
        finish client 1 && finish holder 0 && finish server 0
    finding client bind ANYSOCK_EADDRINUSE bind
    expect <<'END'
server: listening on 127.0.0.1:PORT
server: client gone after 5 bytes
holder: bound to 127.0.0.1:PORT
holder: local address 127.0.0.1:PORT
holder: echo: hello
client: bind: ANYSOCK_EADDRINUSE
END
}

# The second client comes and goes while the first one is there.
scenario_echo_two_clients() {
    server echo_server --clients 2 && hold_connection &&
        client client echo_client && finish client 0 && hear server 'client gone *' &&
        finish holder 0 && finish server 0
    echoed
    expect <<'END'
server: listening on 127.0.0.1:PORT
server: client gone after 5 bytes
server: client gone after 5 bytes
holder: bound to 127.0.0.1:PORT
holder: local address 127.0.0.1:PORT
holder: echo: hello
client: local address 127.0.0.1:PORT
client: echo: hello
END
}

# ---- connecting ------------------------------------------------------------------------------

scenario_nonblocking_connect() {
    server blocking_server && client client nonblocking_connect &&
        hear server accepted && finish client 0 && finish server 0
    finding client connect ANYSOCK_EINPROGRESS connect
    finding client 'connect result' ANYSOCK_OK 'connect result'
    expect <<'END'
server: listening on 127.0.0.1:PORT
server: accepted
client: connect: ANYSOCK_EINPROGRESS
client: connect result: ANYSOCK_OK
client: asked again: ANYSOCK_OK
END
}

# The address that refuses is that of a connection: bound, so that nobody else can listen there.
scenario_nonblocking_connect_refused() {
    server echo_server && hold_connection && address=$held &&
        client client nonblocking_connect && finish client 1 &&
        finish holder 0 && finish server 0
    finding client connect ANYSOCK_EINPROGRESS connect
    finding client 'connect result' ANYSOCK_ECONNREFUSED 'connect result'
    expect <<'END'
server: listening on 127.0.0.1:PORT
server: client gone after 5 bytes
holder: bound to 127.0.0.1:PORT
holder: local address 127.0.0.1:PORT
holder: echo: hello
client: connect: ANYSOCK_EINPROGRESS
client: connect result: ANYSOCK_ECONNREFUSED
client: asked again: ANYSOCK_ECONNREFUSED
END
}

# ---- foreign peers ---------------------------------------------------------------------------

# -N: the end of its standard input ends its sending direction.
nc_connects() {
    start nc nc.openbsd -nN "${address%:*}" "${address##*:}"
}

# It says on standard error which port the system gave it.
nc_listens() {
    start nc sh -c 'exec nc.openbsd -nvN -l 127.0.0.1 0 2>&1' &&
        hear nc 'Listening on *' && address=127.0.0.1:${line##* }
}

scenario_nc_and_echo_server() {
    server echo_server && nc_connects && tell nc hello && hear nc hello &&
        finish nc 0 && finish server 0
    expect <<'END' && findings+=("echo|hello|hello|")
server: listening on 127.0.0.1:PORT
server: client gone after 6 bytes
nc: hello
END
}

scenario_nc_and_blocking_server() {
    server blocking_server && nc_connects && hear server accepted &&
        tell server 'send hello' && tell server shutdown && finish nc 0 && finish server 0
    expect <<'END' && findings+=("shutdown|data, end of stream|data, end of stream|")
server: listening on 127.0.0.1:PORT
server: accepted
server: send: ANYSOCK_OK
server: shutdown: ANYSOCK_OK
nc: hello
END
}

# nc has the echo ready before it gets the message; no line end, for nobody would read it.
scenario_echo_client_and_nc() {
    nc_listens && printf hello >&"${input[nc]}" &&
        client client echo_client && finish client 0 && finish nc 0
    echoed
    expect <<'END'
nc: Listening on 127.0.0.1 PORT
nc: Connection received on 127.0.0.1 PORT
nc: hello
client: local address 127.0.0.1:PORT
client: echo: hello
END
}

scenario_blocking_client_recv_and_nc() {
    nc_listens && client client blocking_client_recv && hear client 'waiting in recv' &&
        tell nc hello && hear client 'received *' && end_input nc && finish client 0 && finish nc 0
    expect <<'END' && findings+=("recv|data, end of stream|data, end of stream|")
nc: Listening on 127.0.0.1 PORT
nc: Connection received on 127.0.0.1 PORT
client: waiting in recv
client: received 6 bytes: hello.
client: end of stream
END
}
