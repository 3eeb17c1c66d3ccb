"""The VRRP process of a unicast master dies and is started again; nobody reports to any group.

Only the identification and the time tell: it begins at 1 again, one Master_Down_Interval after the
last advert, give or take the time until the next one was due. The new process is faster than the
backup, whose Skew_Time is much longer: the role does not move, and yet the address was gone for one
and a half seconds.
"""

from lab import Instance, Lab, keepalived_conf


def record(lab: Lab) -> None:
    """The VRRP child of nat-a is killed."""

    def conf(priority: int, own: str, peer: str) -> str:
        instance = Instance(
            priority,
            vrid=201,
            version=3,
            advert_int="0.5",
            addresses=("172.20.1.1",),
            unicast_src_ip=own,
            unicast_peers=(peer,),
        )
        return keepalived_conf(instance)

    nat_a = lab.keepalived("nat-a", "172.20.1.2", conf(240, "172.20.1.2", "172.20.1.3"))
    nat_b = lab.keepalived("nat-b", "172.20.1.3", conf(100, "172.20.1.3", "172.20.1.2"))
    lab.capture()
    nat_a.start()
    nat_b.start()
    nat_a.wait_log("Entering MASTER STATE")
    lab.sleep(5)
    since = nat_a.log_position()
    nat_a.kill_child()
    nat_a.wait_log("Entering MASTER STATE", since=since)
    lab.sleep(5)
    lab.who_holds("172.20.1.1")
