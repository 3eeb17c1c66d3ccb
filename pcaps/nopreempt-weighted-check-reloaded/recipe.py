"""The check's penalty is raised in mid-incident, and nothing moves all the same.

db-1 (110, weight -20) fell to 90 below db-2 (100), and under `nopreempt` nothing happened. Somebody
took the weight for the reason, made it -60 and reloaded keepalived on db-1 (`db-1-2.conf`). db-1
goes on at 50, and db-2 stays backup: with nopreempt it does not compare priorities at all.
"""

from lab import Check, Instance, Lab, keepalived_conf


def conf(priority: int, own: str, other: str, weight: int = -20) -> str:
    """Unicast, VRID 77."""
    instance = Instance(
        priority,
        vrid=77,
        addresses=("10.20.30.100",),
        name="DB",
        nopreempt=True,
        auth_type=None,
        unicast_src_ip=own,
        unicast_peers=(other,),
    )
    return keepalived_conf(instance, check=Check(weight=weight, interval_s=1))


def record(lab: Lab) -> None:
    """The service of db-1 fails; twelve seconds later its weight is raised."""
    one, two = "10.20.30.11", "10.20.30.12"
    db1 = lab.keepalived("db-1", one, conf(110, one, two))
    db2 = lab.keepalived("db-2", two, conf(100, two, one))
    lab.capture()
    db1.start()
    lab.sleep(0.3)
    db2.start()
    db1.wait_log("Entering MASTER STATE")
    lab.sleep(4)
    db1.service_down()
    db1.wait_log("Changing effective priority from 110 to 90")
    lab.sleep(12)
    db1.reload(conf(110, one, two, weight=-60))
    lab.sleep(12)
    lab.who_holds("10.20.30.100")
