"""Two instances of one router in a sync group: they move together, at the same failure.

As in `masters-split-across-nodes`, but both instances are in one `vrrp_sync_group`, and the
check has no weight: its failure puts the group into FAULT. gate-1 gives up both roles at once.
"""

from lab import Instance, Lab, keepalived_conf

SCRIPT = """\
vrrp_script chk_lan {
    script "/usr/bin/test -e /run/service.up"
    interval 1
}

"""
GROUP = """\
vrrp_sync_group GATE {
    group {
        INSIDE
        OUTSIDE
    }
}
"""
TRACK = ("track_script {", "    chk_lan", "}")


def record(lab: Lab) -> None:
    """The check of gate-1 fails, and is well again later."""

    def router(number: int, priority: int):
        inside = Instance(
            priority, vrid=21, addresses=("10.12.0.1",), name="INSIDE", extra=TRACK, auth_type=None
        )
        outside = Instance(
            priority, vrid=22, addresses=("203.0.113.129",), name="OUTSIDE", auth_type=None
        )
        conf = SCRIPT + keepalived_conf(inside, outside, more=GROUP)
        return lab.keepalived(f"gate-{number}", f"10.12.0.{number + 1}", conf)

    gate1, gate2 = router(1, 150), router(2, 100)
    lab.capture()
    gate1.start()
    lab.sleep(0.3)
    gate2.start()
    gate1.wait_log("(OUTSIDE) Entering MASTER STATE")
    lab.sleep(5)
    gate1.service_down()
    lab.sleep(8)
    gate1.service_up()
    lab.sleep(9)
    lab.who_holds("10.12.0.1")
    lab.who_holds("203.0.113.129")
