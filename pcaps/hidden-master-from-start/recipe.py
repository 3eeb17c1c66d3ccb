"""A second master that says one word and is silent from then on.

lb-1 speaks VRRPv3 at 500 ms, lb-2, which somebody forgot, VRRPv2 once a second. lb-2 rejects what
it hears (`wrong version. Received 3 and expect 2`), becomes master 3.6 s after its start, says so
in one advert and announces the address. From then on every advert of lb-1 makes it start its advert
timer again: the capture looks as if there were one master, and both hold the address.
"""

from lab import Instance, Lab, keepalived_conf

VIPS = ("10.70.0.1/24",)


def record(lab: Lab) -> None:
    """lb-2 starts when lb-1 is master."""
    one = lab.keepalived(
        "lb-1", "10.70.0.2", keepalived_conf(Instance(120, 70, VIPS, version=3, advert_int="0.5"))
    )
    two = lab.keepalived("lb-2", "10.70.0.3", keepalived_conf(Instance(110, 70, VIPS)))
    lab.capture()
    one.start()
    one.wait_log("Entering MASTER STATE")
    lab.sleep(2)
    two.start()
    two.wait_log("Entering MASTER STATE")
    lab.sleep(14)
    lab.who_holds("10.70.0.1")
