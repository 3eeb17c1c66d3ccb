# shellcheck shell=sh
# Sourced, not run: installs Debian packages without a question and without starting a daemon.

# True where packages can be installed: root, on a machine with apt.
can_apt() {
    [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null
}

# Runs apt-get without questions; waits two minutes for another apt to end.
quiet_apt() {
    DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=120 "$@" </dev/null
}

# Installs the packages in one go or, where one of them does not exist, one by one.
install_each() {
    # Capturing as another user than root is the administrator's decision, not ours.
    echo 'wireshark-common wireshark-common/install-setuid boolean false' |
        debconf-set-selections
    quiet_apt update
    quiet_apt install --no-install-recommends "$@" && return
    failures=0
    for package in "$@"; do
        quiet_apt install --no-install-recommends "$package" || failures=1
    done
    return $failures
}

# The tests start daemons of their own: those of the packages neither start now (exit 101 of
# policy-rc.d says so to every installation script) nor at the next boot.
# Usage: apt_install PACKAGE...   Prints apt's log only on failure. Runs in a subshell: its trap.
apt_install() (
    log=$(mktemp)
    policy=/usr/sbin/policy-rc.d
    trap 'rm -f "$log"' EXIT
    trap 'exit 130' INT TERM HUP
    if [ ! -e "$policy" ]; then
        trap 'rm -f "$log" "$policy"' EXIT
        printf '#!/bin/sh\nexit 101\n' >"$policy"
        chmod +x "$policy"
    fi
    echo "Installing system packages: $*" >&2
    if ! install_each "$@" >"$log" 2>&1; then
        cat "$log" >&2
        exit 1
    fi
    for package in "$@"; do
        if [ -e "/etc/init.d/$package" ]; then
            update-rc.d "$package" disable >/dev/null 2>&1 || true
        fi
    done
)
