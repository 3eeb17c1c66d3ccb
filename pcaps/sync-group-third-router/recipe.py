"""A third router takes one VRID of a sync group: the other VRID loses its master.

fw-1 and fw-2 have VRID 51 and 52 in a sync group. A new router is set up with VRID 51 only, and a
higher priority. fw-1 yields, and its group with it: it stops VRID 52 too, without a priority 0.
Neither fw-1 nor fw-2 may take VRID 52 alone, so nobody has it.
"""

from lab import Instance, Lab, keepalived_conf

GROUP = """\
vrrp_sync_group VG {
    group {
        outside
        inside
    }
}
"""
OUTSIDE, INSIDE = ("198.51.100.1",), ("10.0.0.1",)


def record(lab: Lab) -> None:
    """The new router starts."""

    def router(name: str, number: int, priority: int):
        conf = keepalived_conf(
            Instance(priority, vrid=51, addresses=OUTSIDE, name="outside", auth_type=None),
            Instance(priority, vrid=52, addresses=INSIDE, name="inside", auth_type=None),
            more=GROUP,
        )
        return lab.keepalived(name, f"198.51.100.{number}", conf)

    fw1, fw2 = router("fw-1", 2, 150), router("fw-2", 3, 140)
    conf = keepalived_conf(
        Instance(200, vrid=51, addresses=OUTSIDE, name="outside", auth_type=None)
    )
    new = lab.keepalived("new", "198.51.100.9", conf)
    lab.capture()
    fw1.start()
    lab.sleep(0.3)
    fw2.start()
    fw1.wait_log("(inside) Entering MASTER STATE")
    lab.sleep(4)
    new.start()
    new.wait_log("Entering MASTER STATE")
    lab.sleep(13)
    lab.who_holds("198.51.100.1")
    lab.who_holds("10.0.0.1")
