"""A virtual address is added on one router, and a reload makes both of them masters.

All is well until db-2, the backup, is reloaded with a second virtual address. From then on it
rejects db-1's adverts (`received an unexpected ip number count 1, expected 2!`), and one
Master_Down_Interval later it is master as well.
"""

from lab import Instance, Lab, keepalived_conf


def record(lab: Lab) -> None:
    """db-2 is reloaded in mid-capture."""
    one = ("10.61.0.10/24",)
    db1 = lab.keepalived("db-1", "10.61.0.1", keepalived_conf(Instance(105, 161, one)))
    db2 = lab.keepalived("db-2", "10.61.0.2", keepalived_conf(Instance(95, 161, one)))
    lab.capture()
    db1.start()
    db2.start()
    db1.wait_log("Entering MASTER STATE")
    lab.sleep(5)
    db2.reload(keepalived_conf(Instance(95, 161, (*one, "10.61.0.11/24"))))
    db2.wait_log("Entering MASTER STATE")
    lab.sleep(18)
    lab.who_holds("10.61.0.10")
