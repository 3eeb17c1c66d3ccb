"""A check without a weight flaps: the master goes into FAULT and comes back, again and again.

dr-1's check has no weight and runs every 2 s with fall 1 and rise 1; it succeeds five times and
fails twice. Each failure gives the role up with priority 0; dr-1 returns when the check succeeds
again, and preempts. The process runs all the while: its IP identification goes on counting.
"""

from lab import Check, Instance, Lab, keepalived_conf

FLIP = """\
#!/bin/sh
# Succeeds 5 times, fails 2 times, and so on.
count=$(cat /run/check.count 2>/dev/null || echo 0)
echo $((count + 1)) >/run/check.count
test $((count % 7)) -lt 5
"""


def record(lab: Lab) -> None:
    """The check of dr-1 flaps."""
    flapping = Check(weight=0, interval_s=2, fall=1, rise=1, script="/etc/keepalived/check.sh")
    dr1, dr2 = lab.pair(
        keepalived_conf(Instance(101), check=flapping),
        keepalived_conf(Instance(100)),
    )
    dr1.script("check.sh", FLIP)
    lab.capture()
    dr1.start()
    lab.sleep(0.3)
    dr2.start()
    dr1.wait_log("Entering MASTER STATE")
    lab.sleep(48)
