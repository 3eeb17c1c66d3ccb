"""The check calls a program that keepalived does not find: it fails from the first time on.

mail-1 (120, weight -40) should be master. Its check is `curl-health`, which lies in
`/usr/local/sbin` and is found by hand, but not by keepalived, whose PATH has no such folder: the
shell exits with status 127. mail-1 has 80 from the start, and mail-2 (100) is master although
nothing is wrong with mail-1.
"""

from lab import Check, Instance, Lab, keepalived_conf

SCRIPT = "/etc/keepalived/check-mail.sh"


def record(lab: Lab) -> None:
    """Both start; nothing fails."""
    check = Check(weight=-40, interval_s=1, script=SCRIPT)
    terms = {"vrid": 25, "addresses": ("10.25.0.25",), "name": "MAIL"}
    one = lab.keepalived(
        "mail-1", "10.25.0.1", keepalived_conf(Instance(120, **terms), check=check)
    )
    two = lab.keepalived(
        "mail-2", "10.25.0.2", keepalived_conf(Instance(100, **terms), check=check)
    )
    one.script("check-mail.sh", "#!/bin/sh\ncurl-health smtp\n")
    two.script("check-mail.sh", "#!/bin/sh\ntest -e /run/service.up\n")
    lab.capture()
    one.start()
    lab.sleep(0.3)
    two.start()
    two.wait_log("Entering MASTER STATE")
    lab.sleep(15)
    lab.who_holds("10.25.0.25")
