#!/bin/sh
# Makes .venv and installs the project into it, unless that is done already.
# Usage: tools/venv.sh [EXTRA]    EXTRA: optional dependencies of pyproject.toml, such as "dev";
# "fast" where none is named: what the README says to install.
# PYTHON=... picks the interpreter. Installation logs are shown only where something fails.
set -eu
cd "$(dirname "$0")/.."
. tools/apt.sh

extra=${1:-fast}
venv=.venv
stamp=$venv/installed-$extra
# A copied folder or a changed pyproject.toml makes the stamp void; times of files do not.
wanted="$PWD $(cksum <pyproject.toml)"

die() {
    printf '%s\n' "$@" >&2
    exit 2
}

suits() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

find_python() {
    for candidate in ${PYTHON:-python3 python3.14 python3.13 python3.12 python3.11}; do
        if suits "$candidate"; then
            echo "$candidate"
            return
        fi
    done
    return 1
}

require_python() {
    python=$(find_python) && return
    if [ -z "${PYTHON:-}" ] && can_apt && apt_install python3 python3-venv; then
        python=$(find_python) && return
    fi
    found=$("${PYTHON:-python3}" --version 2>&1) || found="no ${PYTHON:-python3}"
    die "vrrpscope needs Python 3.11 or later; here is: $found" \
        "Install a later one, or name it: make PYTHON=/path/to/python3.12 demo"
}

require_ensurepip() {
    "$python" -c 'import ensurepip, venv' 2>/dev/null && return
    package=$("$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')
    if can_apt && apt_install "$package"; then
        return
    fi
    die "$python cannot make virtual environments: its ensurepip is missing." \
        "Type: sudo apt install $package    (or what your system calls it)"
}

make_venv() {
    require_python
    require_ensurepip
    "$python" -m venv --clear "$venv"
    echo "$PWD" >$venv/made-for
}

usable() {
    [ "$(cat $venv/made-for 2>/dev/null)" = "$PWD" ] && suits $venv/bin/python
}

if usable && [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ]; then
    exit 0
fi
usable || make_venv
echo "Installing into $venv ..." >&2
if ! $venv/bin/python -m pip install --disable-pip-version-check --no-input \
    --editable ".[$extra]" >$venv/install.log 2>&1; then
    cat $venv/install.log >&2
    die "Installing into $venv failed, see above." \
        "Where no package index is in reach, set PIP_INDEX_URL to one that is, and type it again."
fi
echo "$wanted" >$venv/installed-fast  # which "dev" includes
echo "$wanted" >"$stamp"
