"""A positive weight was meant as a penalty, and is a bonus.

web-1 has priority 110 and a check with `weight 20`, web-2 has 100 and no check. Whoever wrote it
thought that a failure would take 20 off: 90, below web-2's 100. But a positive weight is added
while the check passes: web-1 advertises 130, and falls to 110 when its service fails.
"""

from lab import Check, Instance, Lab, keepalived_conf


def record(lab: Lab) -> None:
    """web-1's service fails."""
    terms = {"vrid": 42, "addresses": ("192.0.2.10",), "name": "WEB", "auth_type": None}
    web1 = lab.keepalived(
        "web-1",
        "192.0.2.21",
        keepalived_conf(Instance(110, **terms), check=Check(weight=20, interval_s=2, fall=1)),
    )
    web2 = lab.keepalived("web-2", "192.0.2.22", keepalived_conf(Instance(100, **terms)))
    lab.capture()
    web1.start()
    lab.sleep(0.3)
    web2.start()
    web1.wait_log("Entering MASTER STATE")
    lab.sleep(5)
    web1.service_down()
    web1.wait_log("Changing effective priority from 130 to 110")
    lab.sleep(15)
    lab.who_holds("192.0.2.10")
