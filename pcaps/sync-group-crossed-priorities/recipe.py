"""A sync group whose members prefer different routers: one of the two is always with the wrong one.

node-l has priority 150 for VRID 11 and 100 for VRID 12, node-r the other way round, as it is done
to share the load. But both have the two instances in a sync group: node-r may take VRID 12 only
together with VRID 11, where node-l is better. It tries at every end of its timer, and never gets
there.
"""

from lab import Instance, Lab, keepalived_conf

GROUP = """\
vrrp_sync_group BOTH {
    group {
        LEFT
        RIGHT
    }
}
"""


def record(lab: Lab) -> None:
    """Both start."""

    def router(name: str, number: int, left: int, right: int):
        conf = keepalived_conf(
            Instance(left, vrid=11, version=3, addresses=("10.5.1.1",), name="LEFT"),
            Instance(right, vrid=12, version=3, addresses=("10.5.2.1",), name="RIGHT"),
            more=GROUP,
        )
        return lab.keepalived(name, f"10.5.1.{number}", conf)

    node_l, node_r = router("node-l", 11, 150, 100), router("node-r", 12, 100, 150)
    lab.capture()
    node_l.start()
    lab.sleep(0.3)
    node_r.start()
    node_l.wait_log("(LEFT) Entering MASTER STATE")
    lab.sleep(18)
    lab.who_holds("10.5.1.1")
    lab.who_holds("10.5.2.1")
