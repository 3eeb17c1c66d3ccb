"""An address owner whose check has no weight: it goes into FAULT, and the role moves.

store-1 has priority 255. Weights would change nothing there; a check without a weight works.
"""

from lab import Check, Instance, Lab, keepalived_conf


def record(lab: Lab) -> None:
    """store-1's service fails."""
    terms = {"vrid": 99, "addresses": ("10.8.0.1",), "name": "STORE", "auth_type": None}
    check = Check(weight=0, interval_s=1)
    one = lab.keepalived(
        "store-1", "10.8.0.2", keepalived_conf(Instance(255, **terms), check=check)
    )
    two = lab.keepalived(
        "store-2", "10.8.0.3", keepalived_conf(Instance(100, **terms), check=check)
    )
    lab.capture()
    two.start()
    lab.sleep(0.3)
    one.start()
    one.wait_log("Entering MASTER STATE")
    lab.sleep(6)
    one.service_down()
    two.wait_log("Entering MASTER STATE")
    lab.sleep(6)
    lab.who_holds("10.8.0.1")
