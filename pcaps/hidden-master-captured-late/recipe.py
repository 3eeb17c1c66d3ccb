"""Two masters of different versions; the capture begins when one of them is silent already.

fw-1 was moved to VRRPv3 at 500 ms, fw-2 still speaks VRRPv2 once a second. Each rejects the
other's adverts (`wrong version`). Both run since before the capture. fw-2 starts its advert timer
again at every advert of fw-1, which it rejects, and those come twice a second: it never speaks. In
the capture it shows itself by nothing but its answer to a client that asks for the address.
"""

from lab import Instance, Lab, keepalived_conf

VIPS = ("10.5.0.1/24",)


def record(lab: Lab) -> None:
    """The capture starts when both are master and one of them is silent."""
    fw1 = lab.keepalived(
        "fw-1", "10.5.0.2", keepalived_conf(Instance(200, 55, VIPS, version=3, advert_int="0.5"))
    )
    fw2 = lab.keepalived("fw-2", "10.5.0.3", keepalived_conf(Instance(199, 55, VIPS)))
    client = lab.client("client", "10.5.0.77")
    fw1.start()
    fw1.wait_log("Entering MASTER STATE")
    lab.sleep(2.5)
    fw2.start()
    fw2.wait_log("Entering MASTER STATE")
    lab.sleep(7)
    lab.capture()
    lab.sleep(6)
    client.resolve("10.5.0.1")
    lab.sleep(9)
    lab.who_holds("10.5.0.1")
