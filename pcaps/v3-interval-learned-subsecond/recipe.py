"""In VRRPv3 the backup waits as long as the master's interval says, though its own is shorter.

slow advertises every 500 ms, quick is configured for 100 ms and learns the 500. slow loses power:
quick takes over 3 x 500 ms + 156/256 x 500 ms = 1.805 s after its last advert; by its own interval
that would be 0.361 s.
"""

from lab import Instance, Lab, keepalived_conf

VIPS = ("10.50.1.1/24",)


def record(lab: Lab) -> None:
    """The router slow dies."""
    slow = lab.keepalived(
        "slow", "10.50.1.2", keepalived_conf(Instance(150, 50, VIPS, version=3, advert_int="0.5"))
    )
    quick = lab.keepalived(
        "quick", "10.50.1.3", keepalived_conf(Instance(100, 50, VIPS, version=3, advert_int="0.1"))
    )
    lab.capture()
    slow.start()
    slow.wait_log("Entering MASTER STATE")
    lab.sleep(1)
    quick.start()
    lab.sleep(6)
    slow.power_cut()
    quick.wait_log("Entering MASTER STATE")
    lab.sleep(5)
    lab.who_holds("10.50.1.1")
