#!/bin/sh
# Runs every check, also after one has failed, and says at the end which ones did.
# `make test` calls it, once .venv and the system packages are there.
set -u
cd "$(dirname "$0")/.." || exit 1
PATH=$PWD/.venv/bin:$PATH:/usr/sbin:/sbin
export PATH
failed=''
left_out=''

check() {
    title=$1
    shift
    printf '\n== %s\n' "$title"
    "$@" || failed="$failed
  $title"
}

leave_out() {
    left_out="$left_out
  $1"
}

check 'Format: ruff format' ruff format --check .
check 'Lint: ruff check' ruff check .
check 'Types: mypy --strict' mypy
check 'Layers: lint-imports' lint-imports --no-logo
check 'Generated documentation is up to date' python tools/generate_docs.py --check
check 'Unit tests and scenarios: pytest' pytest -n "${WORKERS:-2}" -m 'not lab'
if [ "$(id -u)" = 0 ] && [ "$(uname)" = Linux ]; then
    # These mostly wait for timers: more of them than there are cores do no harm.
    check 'Live lab: pytest -m lab' pytest -n "${LAB_WORKERS:-4}" -m lab
else
    leave_out 'Live lab: it makes network namespaces, which needs root on Linux (sudo make test)'
fi
command -v "${TSHARK:-tshark}" >/dev/null || leave_out 'Tests with tshark: it is not installed'

[ -z "$left_out" ] || printf '\nLeft out:%s\n' "$left_out"
if [ -n "$failed" ]; then
    printf '\nFailed:%s\n' "$failed"
    exit 1
fi
printf '\nAll checks passed.\n'
