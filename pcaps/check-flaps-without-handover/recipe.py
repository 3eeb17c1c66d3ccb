"""The master's check flaps faster than the backup can react.

dr-1's check runs every 2 s with fall 1 and rise 1; it succeeds and fails in turn. The priority
moves between 101 and 99 every 2 s; that is less than dr-2's Master_Down_Interval, and the role
stays.
"""

from lab import Check, Instance, Lab, keepalived_conf

FLIP = """\
#!/bin/sh
# Succeeds 1 times, fails 1 times, and so on.
count=$(cat /run/check.count 2>/dev/null || echo 0)
echo $((count + 1)) >/run/check.count
exit $((count / 1 % 2))
"""


def record(lab: Lab) -> None:
    """The check of dr-1 flaps quickly."""
    flapping = Check(weight=-2, interval_s=2, fall=1, rise=1, script="/etc/keepalived/check.sh")
    dr1, dr2 = lab.pair(
        keepalived_conf(Instance(101), check=flapping),
        keepalived_conf(Instance(100)),
    )
    dr1.script("check.sh", FLIP)
    lab.capture()
    dr1.start()
    dr1.wait_log("Entering MASTER STATE")
    dr2.start()
    lab.sleep(28)
