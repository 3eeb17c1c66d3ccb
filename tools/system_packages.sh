#!/bin/sh
# Sees to it that the programs which the tests run are there: installs them where it is root on a
# machine with apt; elsewhere says which tests will be left out, and what to install.
# What cannot be installed is no error here: the tests say what they lack (see tests/conftest.py).
set -eu
cd "$(dirname "$0")/.."
. tools/apt.sh
PATH=$PATH:/usr/sbin:/sbin:/usr/lib/frr

# program:package, for the tests marked "tshark" and for those marked "lab".
for_tshark='tshark:tshark'
for_lab='ip:iproute2 sysctl:procps iptables:iptables tcpdump:tcpdump keepalived:keepalived
    vrrpd:frr'

# Prints the packages of those programs that are missing.
missing() {
    for pair in "$@"; do
        command -v "${pair%%:*}" >/dev/null || printf '%s ' "${pair#*:}"
    done
}

# shellcheck disable=SC2086  # the lists are meant to be split
absent=$(missing $for_tshark $for_lab)
[ -n "$absent" ] || exit 0

# shellcheck disable=SC2086
if can_apt && apt_install $absent; then
    exit 0
fi
echo "Some tests will be left out, for want of these packages: $absent"
echo "They are installed by \`make test\` as root on a machine with apt; else install them by hand."
