"""The master's check fails and recovers every eight seconds, and the role goes to and fro.

dr-1's check runs every 2 s with fall 1 and rise 1; it succeeds four times and then fails four
times. The priority moves between 101 and 99, and the role follows it each time.
"""

from lab import Check, Instance, Lab, keepalived_conf

FLIP = """\
#!/bin/sh
# Succeeds 4 times, fails 4 times, and so on.
count=$(cat /run/check.count 2>/dev/null || echo 0)
echo $((count + 1)) >/run/check.count
exit $((count / 4 % 2))
"""


def record(lab: Lab) -> None:
    """The check of dr-1 flaps."""
    flapping = Check(weight=-2, interval_s=2, fall=1, rise=1, script="/etc/keepalived/check.sh")
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
    lab.sleep(40)
