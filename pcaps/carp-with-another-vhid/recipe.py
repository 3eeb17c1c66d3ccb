"""CARP and VRRP on one network, with different numbers: they do not disturb each other.

The same routers as in `carp-collision`, but for the number: CARP uses VHID 21, keepalived VRID 20.
At the end the master is paused for four seconds, so that there is a take-over beside the CARP
speaker that has nothing to do with it.
"""

from lab import Instance, Lab, keepalived_conf


def record(lab: Lab) -> None:
    """CARP runs from the beginning; the master is paused later."""
    addresses = ("198.51.100.20",)
    edge1 = lab.keepalived(
        "edge-1",
        "198.51.100.11",
        keepalived_conf(Instance(140, vrid=20, addresses=addresses, version=3)),
    )
    edge2 = lab.keepalived(
        "edge-2",
        "198.51.100.12",
        keepalived_conf(Instance(100, vrid=20, addresses=addresses, version=3)),
    )
    pf1 = lab.ucarp("pf-1", "198.51.100.2", vhid=21, virtual="198.51.100.1", skew=10)
    lab.capture()
    pf1.start()
    edge1.start()
    lab.sleep(0.3)
    edge2.start()
    edge1.wait_log("Entering MASTER STATE")
    lab.sleep(6)
    edge1.pause()
    lab.sleep(4.4)
    edge1.resume()
    lab.sleep(6)
