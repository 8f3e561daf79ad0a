#!/bin/bash
# docs/options.md is what the table of options says: options.sh SOURCE_DIR PROGRAM [RUN]
set -u
. "$(dirname "$0")/tap.sh"
same() { diff <($3 "$2" | tr -d '\r') "$1/docs/options.md"; }
check "docs/options.md is up to date" same "$1" "$2" "${3:-}"
finish
