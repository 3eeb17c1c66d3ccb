"""The database behind both proxies fails: both checks fail, and the order stays as it was.

ha-1 (140) and ha-2 (120) take 50 points off when the database does not answer. It fails for both,
first noticed by ha-2: 70 against 90. ha-2 had started first and been master until ha-1 came, so it
is known to be there. Its log tells the rest, and goes on until the database is back, after the
capture.
"""

from lab import Check, Instance, Lab, keepalived_conf


def conf(priority: int, own: str, other: str) -> str:
    """Unicast, VRID 230."""
    instance = Instance(
        priority,
        vrid=230,
        addresses=("172.28.0.100",),
        name="HA",
        auth_type=None,
        unicast_src_ip=own,
        unicast_peers=(other,),
    )
    return keepalived_conf(instance, check=Check(weight=-50, interval_s=1))


def record(lab: Lab) -> None:
    """The database fails, and comes back after the capture."""
    one, two = "172.28.0.1", "172.28.0.2"
    ha1 = lab.keepalived("ha-1", one, conf(140, one, two))
    ha2 = lab.keepalived("ha-2", two, conf(120, two, one))
    lab.capture()
    ha2.start()
    ha2.wait_log("Entering MASTER STATE")
    lab.sleep(2)
    ha1.start()
    ha1.wait_log("Entering MASTER STATE")
    lab.sleep(5)
    ha2.service_down()
    lab.sleep(0.6)
    ha1.service_down()
    ha1.wait_log("Changing effective priority from 140 to 90")
    lab.sleep(14)
    lab.who_holds("172.28.0.100")
    lab.end_captures()
    lab.note("the capture ends")
    ha2.service_up()
    ha1.service_up()
    ha2.wait_log("Changing effective priority from 70 to 120")
