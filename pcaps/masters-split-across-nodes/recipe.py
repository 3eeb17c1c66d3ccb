"""Two instances of one router part: the inside moves to the other router, the outside stays.

gate-1 is master of VRID 11 (inside) and of VRID 12 (outside). Its check is tracked by the inside
instance only. When it fails, the inside goes to gate-2; the outside stays on gate-1. Both elections
are right, and packets come in at the one router and want to go out by the other one.
"""

from lab import Instance, Lab, keepalived_conf

SCRIPT = """\
vrrp_script chk_lan {
    script "/usr/bin/test -e /run/service.up"
    interval 1
    weight -60
}

"""
TRACK = ("track_script {", "    chk_lan", "}")


def record(lab: Lab) -> None:
    """The check of gate-1 fails."""

    def router(number: int, priority: int):
        inside = Instance(
            priority, vrid=11, addresses=("10.11.0.1",), name="INSIDE", extra=TRACK, auth_type=None
        )
        outside = Instance(
            priority, vrid=12, addresses=("203.0.113.1",), name="OUTSIDE", auth_type=None
        )
        conf = SCRIPT + keepalived_conf(inside, outside)
        return lab.keepalived(f"gate-{number}", f"10.11.0.{number + 1}", conf)

    gate1, gate2 = router(1, 150), router(2, 100)
    lab.capture()
    gate1.start()
    lab.sleep(0.3)
    gate2.start()
    gate1.wait_log("(OUTSIDE) Entering MASTER STATE")
    lab.sleep(6)
    gate1.service_down()
    lab.sleep(18)
    lab.who_holds("10.11.0.1")
    lab.who_holds("203.0.113.1")
