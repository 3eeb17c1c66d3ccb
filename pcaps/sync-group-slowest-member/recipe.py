"""A sync group takes over when its slowest member may: the fast one waits for it.

VRID 71 advertises every second, VRID 72 every three. gate-1 loses power. gate-2 could have VRID
71 after 3.6 s, but its group takes both or none, and VRID 72 needs 9.6 s.
"""

from lab import Instance, Lab, keepalived_conf

GROUP = """\
vrrp_sync_group GATE {
    group {
        fast
        slow
    }
}
"""


def record(lab: Lab) -> None:
    """gate-1 loses power."""

    def router(name: str, number: int, priority: int):
        conf = keepalived_conf(
            Instance(priority, vrid=71, addresses=("10.7.1.1",), name="fast"),
            Instance(priority, vrid=72, addresses=("10.7.2.1",), name="slow", advert_int="3"),
            more=GROUP,
        )
        return lab.keepalived(name, f"10.7.1.{number}", conf)

    gate1, gate2 = router("gate-1", 4, 110), router("gate-2", 5, 100)
    lab.capture()
    gate1.start()
    lab.sleep(0.3)
    gate2.start()
    gate1.wait_log("(slow) Entering MASTER STATE")
    lab.sleep(7)
    gate1.power_cut()
    gate2.wait_log("(fast) Entering MASTER STATE")
    lab.sleep(6)
    lab.who_holds("10.7.1.1")
    lab.who_holds("10.7.2.1")
