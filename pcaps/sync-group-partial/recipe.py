"""The backup has a sync group, the master has none: half of the failover never comes.

On fw-2 both instances are in a `vrrp_sync_group`, on fw-1 they are not. The service behind VRID
51 fails on fw-1, which gives up that role alone. fw-2's timer for VRID 51 runs out again and
again, but a sync group takes over all or nothing, and for VRID 52 fw-1 is alive: VRID 51 has no
master. When keepalived on fw-1 is killed as well, fw-2 takes both at the same instant.
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
CHECK = """\
vrrp_script chk_outside {
    script "/usr/bin/test -e /run/service.up"
    interval 1
}
"""
TRACK = ("track_script {", "    chk_outside", "}")


def instances(priority: int, *extra: str) -> tuple[Instance, Instance]:
    """The outer leg with these lines, and the inner leg."""
    return (
        Instance(
            priority,
            vrid=51,
            addresses=("198.51.100.1",),
            name="outside",
            auth_type=None,
            extra=extra,
        ),
        Instance(priority, vrid=52, addresses=("10.0.0.1",), name="inside", auth_type=None),
    )


def record(lab: Lab) -> None:
    """The outer service of fw-1 fails; later fw-1 dies."""
    conf1 = CHECK + "\n" + keepalived_conf(*instances(150, *TRACK))
    fw1 = lab.keepalived("fw-1", "198.51.100.2", conf1)
    fw2 = lab.keepalived("fw-2", "198.51.100.3", keepalived_conf(*instances(100), more=GROUP))
    lab.capture()
    fw1.start()
    lab.sleep(0.3)
    fw2.start()
    fw1.wait_log("(outside) Entering MASTER STATE")
    lab.sleep(4)
    fw1.service_down()
    lab.sleep(13)
    lab.who_holds("198.51.100.1")
    fw1.power_cut()
    fw2.wait_log("(outside) Entering MASTER STATE")
    lab.sleep(5)
    lab.who_holds("198.51.100.1")
