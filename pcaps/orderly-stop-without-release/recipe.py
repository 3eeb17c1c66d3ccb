"""The master is stopped in good order, but its network is gone before: no priority 0 leaves.

When a machine shuts down, its network is often stopped before keepalived. Here a firewall rule
drops what r1 sends just before keepalived is stopped: it believes that it gave the role up, and r2
waits for its whole Master_Down_Interval instead of its Skew_Time.
"""

from lab import Instance, Lab, keepalived_conf


def record(lab: Lab) -> None:
    """r1 is stopped while nothing of it gets out."""
    common = {"vrid": 150, "addresses": ("10.150.3.1",), "advert_int": "2"}
    r1 = lab.keepalived("r1", "10.150.3.2", keepalived_conf(Instance(210, **common)))
    r2 = lab.keepalived("r2", "10.150.3.3", keepalived_conf(Instance(190, **common)))
    lab.capture()
    r1.start()
    lab.sleep(0.3)
    r2.start()
    r1.wait_log("Entering MASTER STATE")
    lab.sleep(7)
    r1.run("iptables -A OUTPUT -j DROP")
    r1.stop()
    r2.wait_log("Entering MASTER STATE")
    lab.sleep(8)
    lab.who_holds("10.150.3.1")
