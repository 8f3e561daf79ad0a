# TAP in shell: check NAME COMMAND... runs a command and prints "ok" or "not ok"; skip NAME REASON
# prints that it could not be run; finish prints the plan and exits accordingly. What a failing
# command printed follows as a comment.
count=0
failed=0

check() {
    check_name=$1
    shift
    count=$((count + 1))
    if output=$("$@" 2>&1); then
        echo "ok $count - $check_name"
    else
        failed=$((failed + 1))
        echo "not ok $count - $check_name"
        printf '%s\n' "$output" | sed 's/^/# /'
    fi
}

skip() {
    count=$((count + 1))
    echo "ok $count - $1 # SKIP $2"
}

finish() {
    echo "1..$count"
    [ "$failed" = 0 ]
    exit
}
