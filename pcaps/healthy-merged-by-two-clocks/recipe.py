"""A healthy failover, and a capture of each router: merged into one file, with two clocks.

rack-1 is stopped, and rack-2 takes over at once. Somebody captured on both and merged the two files
(`mergecap`). The clock of rack-2 is 6.4 s fast, so the merged file has every frame twice: for 6.4 s
it shows rack-1 as a master by the one clock and rack-2 by the other one.
"""

from lab import Instance, Lab, keepalived_conf

VIP = "10.45.7.1"


def record(lab: Lab) -> None:
    """Two captures, an orderly stop, and the return."""

    def router(number: int, priority: int):
        instance = Instance(priority, vrid=45, addresses=(VIP,), name="RACK", auth_type=None)
        return lab.keepalived(f"rack-{number}", f"10.45.7.{number + 1}", keepalived_conf(instance))

    rack1, rack2 = router(1, 140), router(2, 110)
    lab.capture("at-rack-1", at=rack1)
    lab.capture("at-rack-2", at=rack2)
    rack1.start()
    rack2.start()
    rack1.wait_log("Entering MASTER STATE")
    lab.sleep(8)
    rack1.stop()
    rack2.wait_log("Entering MASTER STATE")
    lab.sleep(9)
    rack1.start()
    lab.sleep(9)
    lab.who_holds(VIP)
    lab.end_captures()
    lab.set_clock("at-rack-2", 6.4)
    lab.merge(("at-rack-1", "at-rack-2"), "incident")
