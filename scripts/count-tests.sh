#!/bin/sh
# Sums the tests in CTest logs: count-tests.sh LOG... A test is a line of CMocka ("[       OK ]",
# "[  FAILED  ]", "[  ERROR   ]") or of TAP ("ok", "not ok"). Failures are also a program that failed
# without such a line, one that passed without running any, and one that stopped short of the number
# that it had announced: when Wine's server dies, its programs end in the middle with status 0. What
# either calls skipped is shown and counts as nothing. Prints a line for each log and the sum at the end;
# fails if anything failed or nothing ran.
awk '
function end_program() {
    if (program == "")
        return
    if (verdict != "Passed" && bad == 0) {
        print "    " program " failed without a failing test"
        bad = 1
    }
    if (bad == 0 && good + skipped == 0) {
        print "    " program " ran no test"
        bad = 1
    }
    if (bad == 0 && good + skipped != planned) {
        print "    " program " stopped: " good + skipped " results, " planned " announced"
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
/^[0-9]+\/[0-9]+ Testing: / { end_program(); program = $3; good = bad = skipped = planned = 0; verdict = "missing" }
/^\[==========\] Running [0-9]+ test/ { planned += $3 }
/^1\.\.[0-9]+$/ { planned += substr($0, 4) }
/^ok [0-9].* # SKIP/ { skipped++; log_skipped++; print "    " program ": " $0; next }
# CMocka lists these, and the failures, once more at the end: count a name once.
/^\[  SKIPPED \] / && $0 !~ /test\(s\)/ {
    if (!((log_name, program, "skipped", $NF) in seen)) {
        seen[log_name, program, "skipped", $NF] = 1
        skipped++
        log_skipped++
        print "    " program ": skipped " $NF
    }
    next
}
/^\[       OK \]/ || /^ok [0-9]/ { good++ }
# The comments that follow say why; of a long story the beginning will do.
/^not ok [0-9]/ { bad++; print "    " program ": " $0; why = 20; next }
/^#/ && why > 0 { why--; print "        " $0; next }
{ why = 0 }
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
