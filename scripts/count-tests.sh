#!/bin/sh
# Sums the tests in CTest logs: count-tests.sh LOG... A test is a line of CMocka ("[       OK ]",
# "[  FAILED  ]", "[  ERROR   ]") or of TAP ("ok", "not ok"); a program that failed without such a
# line, and one that passed without running any, counts as a failure. What TAP calls skipped is shown
# and counts as nothing. Prints a line for each log and the sum at the end; fails if anything failed
# or nothing ran.
awk '
function end_program() {
    if (program == "")
        return
    if (verdict != "Passed" && bad == 0) {
        print "    " program " failed without a failing test"
        bad = 1
    }
    if (good + bad + skipped == 0) {
        print "    " program " ran no test"
        bad = 1
    }
    passed += good
    failed += bad
    program = ""
}
function end_log() {
    if (log_name == "")
        return
    end_program()
    printf "%-50s %4d passed, %d failed\n", log_name, passed, failed
    if (passed + failed + log_skipped == 0)
        failed = 1
    all_passed += passed
    all_failed += failed
}
FNR == 1 { end_log(); log_name = FILENAME; passed = failed = log_skipped = 0; program = "" }
{ sub(/\r$/, "") }
/^[0-9]+\/[0-9]+ Testing: / { end_program(); program = $3; good = bad = skipped = 0; verdict = "missing"; done = 0 }
/^ok [0-9].* # SKIP/ { skipped++; log_skipped++; print "    " program ": " $0; next }
/^\[       OK \]/ || /^ok [0-9]/ { good++ }
/^not ok [0-9]/ { bad++; print "    " program ": " $0 }
# CMocka lists the failures once more at the end: count a name once.
(/^\[  FAILED  \] / || /^\[  ERROR   \] /) && $0 !~ /---/ && $0 !~ /test\(s\)/ {
    name = $NF
    if (!((log_name, program, name) in seen)) {
        seen[log_name, program, name] = 1
        bad++
        print "    " program ": " name
    }
}
/^Test Passed\./ { verdict = "Passed" }
/^Test Failed\./ { verdict = "Failed" }
END {
    end_log()
    printf "%d passed, %d failed\n", all_passed, all_failed
    exit all_failed != 0 || all_passed == 0
}' "$@"
