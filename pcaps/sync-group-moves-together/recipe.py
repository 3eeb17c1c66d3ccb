"""A sync group of an IPv4 and an IPv6 instance: failure of a check, and the return.

The check of the group has no weight. When it fails on b-1 both instances give their roles up, b-2
takes both at once. When b-1 is well again it takes both back: b-2 hears a better master for one
of them, and stops the other as well, without a priority 0.
"""

from lab import Instance, Lab, keepalived_conf

MORE = """\
vrrp_script chk_uplink {
    script "/usr/bin/test -e /run/service.up"
    interval 1
}

vrrp_sync_group DUAL {
    group {
        FOUR
        SIX
    }
    track_script {
        chk_uplink
    }
}
"""


def record(lab: Lab) -> None:
    """The check fails on b-1 and recovers."""

    def router(name: str, number: int, priority: int):
        conf = keepalived_conf(
            Instance(priority, vrid=21, version=3, addresses=("10.21.0.1",), name="FOUR"),
            Instance(
                priority,
                vrid=21,
                version=3,
                addresses=("fe80::21", "2001:db8:21::1"),
                name="SIX",
            ),
            more=MORE,
        )
        return lab.keepalived(name, f"10.21.0.{number}", conf, f"2001:db8:21::{number}")

    one, other = router("b-1", 2, 180), router("b-2", 3, 170)
    lab.capture()
    one.start()
    lab.sleep(0.3)
    other.start()
    one.wait_log("(FOUR) Entering MASTER STATE")
    lab.sleep(6)
    one.service_down()
    other.wait_log("(FOUR) Entering MASTER STATE")
    lab.sleep(7)
    since = one.log_position()
    one.service_up()
    one.wait_log("(FOUR) Entering MASTER STATE", since=since)
    lab.sleep(7)
    lab.who_holds("10.21.0.1")
    lab.who_holds("2001:db8:21::1")
