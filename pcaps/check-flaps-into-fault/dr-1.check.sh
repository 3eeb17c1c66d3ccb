#!/bin/sh
# Succeeds 5 times, fails 2 times, and so on.
count=$(cat /run/check.count 2>/dev/null || echo 0)
echo $((count + 1)) >/run/check.count
test $((count % 7)) -lt 5
