"""The check's script is not where the configuration says, so nothing is checked.

Both routers track `/etc/keepalived/check-nginx.sh`. On proxy-1 the file is missing: keepalived says
so once, when it starts, and runs without the check. proxy-1's service fails, its priority stays at
150, and nobody takes over. On the wire this is a healthy master.
"""

from lab import Check, Instance, Lab, keepalived_conf

SCRIPT = "/etc/keepalived/check-nginx.sh"


def record(lab: Lab) -> None:
    """proxy-1's service fails."""
    check = Check(weight=-60, interval_s=1, script=SCRIPT)
    terms = {"vrid": 88, "addresses": ("10.4.4.4",), "name": "PROXY", "auth_type": None}
    one = lab.keepalived(
        "proxy-1", "10.4.4.11", keepalived_conf(Instance(150, **terms), check=check)
    )
    two = lab.keepalived(
        "proxy-2", "10.4.4.12", keepalived_conf(Instance(100, **terms), check=check)
    )
    two.script("check-nginx.sh", "#!/bin/sh\ntest -e /run/service.up\n")
    lab.capture()
    one.start()
    lab.sleep(0.3)
    two.start()
    one.wait_log("Entering MASTER STATE")
    lab.sleep(5)
    one.service_down()
    lab.sleep(15)
    lab.who_holds("10.4.4.4")
