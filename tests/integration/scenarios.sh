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
    peer_closed
    peer_closed_unread
    peer_reset
    peer_closed_server
    udp_echo
    udp_no_answer
    udp_connect
    udp_connect_refused
    chat
    chat_slow_reader
    echo_many
    sockinfo
    foreign_loop
    foreign_loop_refused
)
# With a foreign program on the other side; these want nc from netcat-openbsd.
foreign_client_scenarios=(
    nc_and_echo_server
    nc_and_blocking_server
    nc_and_peer_closed
    nc_and_udp_echo
    nc_and_chat_server
)
foreign_server_scenarios=(echo_client_and_nc blocking_client_recv_and_nc)

patience=60
# Of echo_many: how many connections, and how many bytes on each.
many=200 many_bytes=5000
options=(--native)

declare -A pid=() input=() output=() printed=() errors=()
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
    errors[$name]=$files.err
    [ -n "${printed[$name]+started}" ] || names+=("$name")
    printed[$name]=''
}

# server_named NAME PROGRAM [OPTION]...: starts it and waits until it listens at $address.
server_named() {
    local name=$1 program=$2
    shift 2
    start "$name" ${server_run:+"$server_run"} "$server_dir/$program$server_exe" \
        "${options[@]}" "$@" && hear "$name" 'listening on *' && address=${line#listening on }
}

server() {
    server_named server "$@"
}

# client_with NAME PROGRAM [OPTION]...: starts it.
client_with() {
    local name=$1 program=$2
    shift 2
    start "$name" ${client_run:+"$client_run"} "$client_dir/$program$client_exe" \
        "${options[@]}" "$@"
}

# client NAME PROGRAM [OPTION]...: starts it; it is to connect to $address.
client() {
    local name=$1 program=$2
    shift 2
    client_with "$name" "$program" --connect "$address" "$@"
}

# neighbour NAME PROGRAM [OPTION]...: a client too, but on the server's system.
neighbour() {
    local name=$1 program=$2
    shift 2
    start "$name" ${server_run:+"$server_run"} "$server_dir/$program$server_exe" \
        "${options[@]}" --connect "$address" "$@"
}

# join_as NAME: this very shell connects to $address; NAME is no program then.
join_as() {
    local name=$1 fd
    { exec {fd}<>"/dev/tcp/${address%:*}/${address##*:}"; } 2>/dev/null ||
        fail "$name cannot connect" || return
    output[$name]=$fd
    names+=("$name")
    printed[$name]=''
}

# hang_up NAME: closes the connection of join_as.
hang_up() {
    local fd=${output[$1]}
    exec {fd}>&-
    unset "output[$1]"
}

# tell NAME TEXT: gives a line to its standard input.
tell() {
    printf '%s\n' "$2" >&"${input[$1]-${output[$1]}}" || fail "$1 does not take \"$2\""
}

# Reads one line into $line; the last one may lack its end. Wine ends lines with CR LF.
next_line() {
    local status=0
    IFS= read -r -t "$patience" -u "${output[$1]}" line || status=$?
    [[ $status -eq 0 || ($status -eq 1 && -n $line) ]] || return "$status"
    line=${line%$'\r'}
    printed[$1]+=$line$'\n'
}

# hear NAME PATTERN: waits for a line. Who has closed its output is about to end: its status is waited
# for, since it may come a moment later.
hear() {
    local status=0
    while next_line "$1" || { status=$? && false; }; do
        # shellcheck disable=SC2053 # it is a pattern
        [[ $line != $2 ]] || return 0
    done
    fail "$1 did not print \"$2\""
    if [[ -n ${pid[$1]-} && $status -le 128 ]]; then
        wait "${pid[$1]}"
        status=$?
        unset "pid[$1]"
        fail "$1 has ended with $status"
    fi
    return 1
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
    [ "$status" -eq "$expected" ] && return
    fail "$name exits with $status instead of $expected"
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
    # With --native there is a number: the system's, or 0 for a success and what we decide by
    # ourselves. A reset is the system's, but Wine 8 forgets what the library remembers.
    case $native:$result in
    '- 0:ANYSOCK_OK' | '- 0:ANYSOCK_ETIMEDOUT' | '- 0:ANYSOCK_ENOTCONN' | [A-Z]*) ;;
    '- 0:ANYSOCK_ECONNRESET') [[ $client_run == *wine* ]] || fail "$4: the number is lost" ;;
    :*) [ ${#options[@]} -eq 0 ] || fail "$4: no number with $result" ;;
    *) fail "$4: the system's number with $result is $native" ;;
    esac
}

# observation NAME LINE PROMISED CALL: the same for what a line says that has no system's number.
observation() {
    local text
    text=$(last_line "$1" "$2: ")
    text=${text%% \[*}
    findings+=("$4|$3|${text:-none}|")
    [ "$text" = "$3" ] || fail "$4: ${text:-nothing} instead of $3"
}

# What all programs printed, without what differs from run to run: ports, the size of the window,
# the system's own numbers, its interfaces, the values of options.
transcript() {
    local name text
    for name in "${names[@]}"; do
        while IFS= read -r text; do
            echo "$name: $text"
        done < <(printf '%s' "${printed[$name]}")
    done | sed -E -e 's/ \[-?[0-9]+ [A-Z_?-]+\]$//' -e 's/127\.0\.0\.1([: ])[1-9][0-9]*/127.0.0.1\1PORT/' \
        -e 's/(window full after) [1-9][0-9]* bytes/\1 N bytes/' \
        -e 's/^([a-z]+: queue:) (epoll|kqueue|afd|poll)$/\1 BACKEND/' \
        -e 's/(interface:) [^ ]+, number [1-9][0-9]*$/\1 NAME, number N/' \
        -e 's/(option [A-Z0-9_]+:) (-|-?[0-9]+)$/\1 VALUE/'
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

# ---- in loops that are not the library's -----------------------------------------------------

# The socket wakes the loop, then the input, then the socket, in turns.
converse_with() {
    server blocking_server && client client "$@" && hear client 'connect result: *' &&
        tell server 'send hello' && hear client 'received *' && tell client 'any news?' &&
        tell server 'send none' && hear client 'received *: none' &&
        end_input client && hear client 'end of input' && tell server shutdown &&
        finish client 0 && finish server 0
    finding client 'connect result' ANYSOCK_OK 'connect result'
    expect <<'END'
server: listening on 127.0.0.1:PORT
server: accepted
server: send: ANYSOCK_OK
server: send: ANYSOCK_OK
server: shutdown: ANYSOCK_OK
client: connect result: ANYSOCK_OK
client: received 5 bytes: hello
client: received 4 bytes: none
client: end of input
client: end of stream
END
}

scenario_foreign_loop() {
    converse_with foreign_loop
}

scenario_foreign_loop_refused() {
    server echo_server && hold_connection && address=$held &&
        client client foreign_loop && finish client 1 && finish holder 0 && finish server 0
    finding client 'connect result' ANYSOCK_ECONNREFUSED 'connect result'
    expect <<'END'
server: listening on 127.0.0.1:PORT
server: client gone after 5 bytes
holder: bound to 127.0.0.1:PORT
holder: local address 127.0.0.1:PORT
holder: echo: hello
client: connect result: ANYSOCK_ECONNREFUSED
client: loop: ANYSOCK_ECONNREFUSED
END
}

# Linux only, and only where GLib is.
scenario_foreign_glib() {
    converse_with foreign_glib
}

scenario_foreign_glib_queue() {
    converse_with foreign_glib --queue
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

# ---- looking at the peer ---------------------------------------------------------------------

scenario_peer_closed() {
    server blocking_server && client client peer_closed && hear server accepted &&
        tell client look && hear client 'peer: *' && tell client wait && sleeps client &&
        tell server 'send hello' && hear client '* readable, *' && tell client look &&
        hear client '* readable, *' && tell client read && hear client 'received *' &&
        tell client wait && sleeps client && tell server shutdown && hear client 'peer: *' &&
        tell client read && tell client look && finish client 0 && finish server 0
    observation client peer finished 'peek state'
    expect <<'END'
server: listening on 127.0.0.1:PORT
server: accepted
server: send: ANYSOCK_OK
server: shutdown: ANYSOCK_OK
client: peer: open
client: 5 bytes readable, peer: open
client: 5 bytes readable, peer: open
client: received 5 bytes: hello
client: peer: finished
client: end of stream
client: peer: finished
END
}

# look_for_end NAME: looks until the end is seen behind the data. Nothing can wait for that, since
# the data wake every wait. Wine never shows it there, so a few looks are enough for it.
look_for_end() {
    local looks=$((patience * 50))
    [[ $client_run != *wine* ]] || looks=3
    while tell "$1" look && hear "$1" '*peer: *' && [[ $line != *finished ]] && ((--looks > 0)); do
        read -r -t 0.02 -u "$never"
    done
}

scenario_peer_closed_unread() {
    local seen
    server blocking_server && client client peer_closed && hear server accepted &&
        tell server 'send hello' && tell server shutdown && hear server 'shutdown: *' || return
    look_for_end client
    seen=${line##*: }
    # When the data were read, it is seen everywhere.
    tell client read && hear client 'received 5 bytes: hello' &&
        tell client wait && hear client 'peer: finished' && finish client 0 && finish server 0 ||
        return
    findings+=("peek state|finished|$seen|")
    [ "$seen" != finished ] || return 0
    [[ $client_run != *wine* ]] ||
        deviation='Wine shows the end of the stream only when everything before it was read'
    fail "peek state: $seen instead of finished"
}

scenario_peer_reset() {
    server blocking_server && client client peer_closed && hear server accepted &&
        tell client wait && sleeps client && tell server reset && hear client 'peer: *' &&
        tell client read && tell client look && finish client 1 && finish server 0
    observation client peer reset 'peek state'
    finding client recv ANYSOCK_ECONNRESET recv
    expect <<'END'
server: listening on 127.0.0.1:PORT
server: accepted
server: reset: ANYSOCK_OK
client: peer: reset
client: recv: ANYSOCK_ECONNRESET
client: peer: reset
END
}

# The other way round: the client comes and goes.
scenario_peer_closed_server() {
    server peer_closed && client client nonblocking_connect && hear server accepted &&
        tell server wait && hear server 'peer: *' && tell server read &&
        finish client 0 && finish server 0
    observation server peer finished 'peek state'
    expect <<'END'
server: listening on 127.0.0.1:PORT
server: accepted
server: peer: finished
server: end of stream
client: connect: ANYSOCK_EINPROGRESS
client: connect result: ANYSOCK_OK
client: asked again: ANYSOCK_OK
END
}

# ---- datagrams -------------------------------------------------------------------------------

scenario_udp_echo() {
    server udp_echo --capacity 5 &&
        client_with client udp_echo --send "$address" hello '' 'too long' &&
        finish client 0 && finish server 0
    [[ ${printed[client]} == *"from $address: hello"* ]] || fail "the sender is not $address"
    observation server 'received * bytes of more from *' 'too l' recv_from
    expect <<'END'
server: listening on 127.0.0.1:PORT
server: received 5 bytes from 127.0.0.1:PORT: hello
server: received 0 bytes from 127.0.0.1:PORT
server: received 5 bytes of more from 127.0.0.1:PORT: too l
client: sent 5 bytes
client: received 5 bytes from 127.0.0.1:PORT: hello
client: sent 0 bytes
client: received 0 bytes from 127.0.0.1:PORT
client: sent 8 bytes
client: received 5 bytes from 127.0.0.1:PORT: too l
END
}

# Makes $address one where nobody takes a datagram, and nobody else can, not even the client by
# chance: it is that of this very shell, which hears only a server that has gone home.
hold_silent_address() {
    local fd
    server udp_echo --count 1 && exec {fd}<>"/dev/udp/${address%:*}/${address##*:}" || return
    output[nobody]=$fd
    printf bye >&"$fd" && finish server 0 && address=$(last_line server '* bytes from ') &&
        address=${address%: bye}
}

# Who is connected to nobody in particular does not hear that nobody is there.
scenario_udp_no_answer() {
    hold_silent_address && client_with client udp_echo --send "$address" --timeout-ms 50 &&
        finish client 1
    finding client recv_from ANYSOCK_ETIMEDOUT recv_from
    expect <<'END'
server: listening on 127.0.0.1:PORT
server: received 3 bytes from 127.0.0.1:PORT: bye
client: sent 5 bytes
client: recv_from: ANYSOCK_ETIMEDOUT
END
}

scenario_udp_connect() {
    local second
    server_named second udp_echo --count 2 && second=$address && server udp_echo --count 2 &&
        client client udp_connect --second "$second" && finish client 0 &&
        finish server 0 && finish second 0
    finding client send ANYSOCK_ENOTCONN send
    expect <<'END'
second: listening on 127.0.0.1:PORT
second: received 3 bytes from 127.0.0.1:PORT: two
second: received 4 bytes from 127.0.0.1:PORT: four
server: listening on 127.0.0.1:PORT
server: received 3 bytes from 127.0.0.1:PORT: one
server: received 5 bytes from 127.0.0.1:PORT: three
client: connected to 127.0.0.1:PORT
client: received 3 bytes: one
client: connected to 127.0.0.1:PORT
client: received 3 bytes: two
client: disconnected
client: send: ANYSOCK_ENOTCONN
client: received 5 bytes from 127.0.0.1:PORT: three
client: received 4 bytes from 127.0.0.1:PORT: four
END
}

# The answer comes at once, so the time-out matters only where there is none: under Wine.
scenario_udp_connect_refused() {
    local patient=() heard
    [[ $client_run != *wine* ]] || patient=(--timeout-ms 50)
    hold_silent_address && client client udp_connect "${patient[@]}" && finish client 1
    heard=$(last_line client 'recv: ')
    expect <<END
server: listening on 127.0.0.1:PORT
server: received 3 bytes from 127.0.0.1:PORT: bye
client: connected to 127.0.0.1:PORT
client: recv: ${heard%% *}
END
    [[ -n $trouble || $heard != ANYSOCK_ETIMEDOUT* || $client_run != *wine* ]] ||
        deviation='Wine never tells that nobody received a datagram'
    finding client recv ANYSOCK_ECONNREFUSED recv
}

# ---- many sockets ----------------------------------------------------------------------------

# hear_all LINE NAME...: every one of them waits for it.
hear_all() {
    local text=$1 name
    shift
    for name; do
        hear "$name" "$text" || return
    done
}

# Guests from both systems, and one that is no program of ours.
scenario_chat() {
    local greeting=$'h\xc3\xa9llo,\ttoo'
    server chat_server --until-empty &&
        client far chat_client && hear far '\* you are guest1, *' &&
        neighbour near chat_client && hear_all '\* *guest2*' near far &&
        join_as stranger && hear_all '\* *guest3*' stranger near far &&
        tell far 'hello from afar' && hear_all 'guest1: *' near stranger &&
        tell near "$greeting" && hear_all 'guest2: *' far stranger &&
        tell stranger $'no \a bell\r' && hear_all 'guest3: *' far near || return
    hang_up stranger && hear_all '\* guest3 left' far near &&
        client brief chat_client one 'two words' && finish brief 0 &&
        hear_all '\* guest4 left' far near && finish near 0 && hear far '\* guest2 left' &&
        finish far 0 && finish server 0
    expect <<END && findings+=("chat|every line|every line|")
server: listening on 127.0.0.1:PORT
server: guest1 joined
server: guest2 joined
server: guest3 joined
server: guest3 left
server: guest4 joined
server: guest4 left
server: guest2 left
server: guest1 left
far: * you are guest1, others here: 0
far: * guest2 joined
far: * guest3 joined
far: guest2: $greeting
far: guest3: no  bell
far: * guest3 left
far: * guest4 joined
far: guest4: one
far: guest4: two words
far: * guest4 left
far: * guest2 left
near: * you are guest2, others here: 1
near: * guest3 joined
near: guest1: hello from afar
near: guest3: no  bell
near: * guest3 left
near: * guest4 joined
near: guest4: one
near: guest4: two words
near: * guest4 left
stranger: * you are guest3, others here: 2
stranger: guest1: hello from afar
stranger: guest2: $greeting
brief: * you are guest4, others here: 2
END
}

# So many lines of some hundred bytes, numbered from $1.
long_lines() {
    local i end=$(($1 + $2))
    for ((i = $1; i < end; i++)); do
        printf '%d %0400d\n' "$i" 0
    done
}

# talk_until_dropped: lines from the talker, all of which the listener hears, until it hears that
# the first guest is dropped. How many that takes is the system's secret. What is on its way to the
# listener is always less than what the server alone keeps for it (64 KiB): however late the
# listener, or this shell, gets the processor, it is never the listener who is dropped.
talk_until_dropped() {
    lines=0
    while ((lines < 50000)); do
        long_lines "$lines" 100 >&"${input[talker]}" || return
        lines=$((lines + 100))
        hear listener "guest3: $((lines - 1)) *" || return
        [[ ${printed[listener]} != *'guest1 is dropped'* ]] || return 0
    done
    fail 'who does not read is never dropped'
}

# check_numbers WHO FILE: the talker's lines are all there, in order, from the first one on.
check_numbers() {
    awk '/^guest3: / && $2 != n++ { bad = 1 } END { exit bad || n == 0 }' "$2" || fail "$1 misses lines"
}

# Who does not read is told so, instead of what it missed; the others do not notice.
scenario_chat_slow_reader() {
    local lines slow=$scratch/0.slow
    server chat_server --until-empty && join_as sleeper && hear sleeper '\* you are guest1, *' &&
        client listener chat_client && hear listener '\* you are guest2, *' &&
        client talker chat_client && hear_all '\* *guest3*' talker listener &&
        talk_until_dropped && hear server 'guest1 dropped: does not read' || return
    timeout "$patience" cat <&"${output[sleeper]}" >"$slow" || fail 'the connection does not end'
    [ "$(tail -n 1 "$slow")" = '* you do not read fast enough: goodbye' ] ||
        fail 'who is dropped is not told so'
    check_numbers 'who is dropped' "$slow"
    hang_up sleeper && finish talker 0 && hear listener '\* guest3 left' && finish listener 0 &&
        finish server 0
    printf '%s' "${printed[listener]}" >"$slow"
    [ "$(grep -c '^guest3: ' "$slow")" = "$lines" ] || fail 'the listener does not hear every line'
    check_numbers 'the listener' "$slow"
    # What was said is too much for a transcript.
    printed[listener]=$(grep -v '^guest3: ' "$slow")$'\n'
    expect <<'END' && findings+=("chat|others hear all|others hear all|")
server: listening on 127.0.0.1:PORT
server: guest1 joined
server: guest2 joined
server: guest3 joined
server: guest1 dropped: does not read
server: guest3 left
server: guest2 left
sleeper: * you are guest1, others here: 0
listener: * you are guest2, others here: 1
listener: * guest3 joined
listener: * guest1 is dropped
listener: * guest3 left
talker: * you are guest3, others here: 2
talker: * guest1 is dropped
END
}

scenario_echo_many() {
    local bytes=$((many * many_bytes))
    server echo_many server 0 "$many" &&
        client_with client echo_many client "${address%:*}" "${address##*:}" "$many" "$many_bytes" &&
        finish client 0 && finish server 0
    expect <<END && findings+=("echo|$many connections|$many connections|")
server: queue: BACKEND
server: listening on 127.0.0.1:PORT
server: $many clients served, $bytes bytes sent back, 0 lost
client: queue: BACKEND
client: $many connections, $bytes bytes sent, $bytes received, 0 wrong, 0 lost
END
}

# ---- facts -----------------------------------------------------------------------------------

# All options that the documentation has, as NAME's program prints them.
option_lines() {
    sed -nE "s/^\| .ANYSOCK_OPTION_([A-Z0-9_]+). .*/$1: option \1: VALUE/p" \
        "$(dirname "${BASH_SOURCE[0]}")/../../docs/options.md"
}

# The values are each system's own, but for those that are the same everywhere.
scenario_sockinfo() {
    server blocking_server && client tcp sockinfo && hear server accepted &&
        client udp sockinfo --udp --nonblock --timeout-ms 70 &&
        finish tcp 0 && finish udp 0 && finish server 0
    observation udp mode non-blocking 'is blocking'
    observation tcp 'option NODELAY' 0 'TCP get NODELAY'
    observation udp 'option NODELAY' - 'UDP get NODELAY'
    [ "$(last_line tcp 'interface: ')" = "$(last_line udp 'interface: ')" ] ||
        fail 'the interfaces are two'
    [[ $(last_line tcp 'peer address ') == "$address" && \
    $(last_line tcp 'local address ') != "$address" ]] || fail 'the addresses are wrong'
    expect <<END
server: listening on 127.0.0.1:PORT
server: accepted
tcp: protocol: TCP over IPv4
tcp: local address 127.0.0.1:PORT
tcp: peer address 127.0.0.1:PORT
tcp: interface: NAME, number N
tcp: mode: blocking
tcp: receive time-out: none
tcp: send time-out: none
tcp: connect time-out: none
tcp: peer: open
tcp: bytes readable: 0
$(option_lines tcp)
udp: protocol: UDP over IPv4
udp: local address 127.0.0.1:PORT
udp: peer address 127.0.0.1:PORT
udp: interface: NAME, number N
udp: mode: non-blocking
udp: receive time-out: 70 ms
udp: send time-out: none
udp: connect time-out: none
udp: peer: ANYSOCK_EOPNOTSUPP
udp: bytes readable: 0
$(option_lines udp)
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

scenario_nc_and_peer_closed() {
    server peer_closed && nc_connects && hear server accepted && tell nc hello &&
        tell server wait && hear server '* readable, *' && tell server read &&
        hear server 'received *' && end_input nc && tell server wait && hear server 'peer: *' &&
        finish server 0 && finish nc 0
    observation server peer finished 'peek state'
    expect <<'END'
server: listening on 127.0.0.1:PORT
server: accepted
server: 6 bytes readable, peer: open
server: received 6 bytes: hello.
server: peer: finished
END
}

scenario_nc_and_chat_server() {
    server chat_server --until-empty && nc_connects && hear nc '\* you are guest1, *' &&
        neighbour client chat_client && hear_all '\* *guest2*' nc client &&
        tell nc hello && hear client 'guest1: hello' && tell client hello && hear nc 'guest2: *' &&
        end_input nc && hear client '\* guest1 left' && finish nc 0 && finish client 0 &&
        finish server 0
    expect <<'END' && findings+=("chat|every line|every line|")
server: listening on 127.0.0.1:PORT
server: guest1 joined
server: guest2 joined
server: guest1 left
server: guest2 left
nc: * you are guest1, others here: 0
nc: * guest2 joined
nc: guest2: hello
client: * you are guest2, others here: 1
client: guest1: hello
client: * guest1 left
END
}

# Datagrams have no end, so nc does not end by itself.
scenario_nc_and_udp_echo() {
    server udp_echo --count 1 && start nc nc.openbsd -nu "${address%:*}" "${address##*:}" &&
        tell nc hello && hear nc hello && finish server 0
    expect <<'END' && findings+=("echo|hello|hello|")
server: listening on 127.0.0.1:PORT
server: received 6 bytes from 127.0.0.1:PORT: hello.
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
