"""IPv6: the master gets no processor for seven seconds, and there is no IP identification.

As `daemon-paused`, over VRRPv3 and IPv6. Nothing on the wire counts dr-1's adverts; that its MLD
membership was never joined anew is all that says that its process went on.
"""

from lab import Instance, Lab, keepalived_conf


def record(lab: Lab) -> None:
    """dr-1 is paused for 7 s."""
    addresses = ("fe80::6:6", "2001:db8:31:23::6")
    dr1 = lab.keepalived(
        "dr-1",
        "2001:db8:31:23::22",
        keepalived_conf(Instance(101, version=3, addresses=addresses)),
    )
    dr2 = lab.keepalived(
        "dr-2",
        "2001:db8:31:23::23",
        keepalived_conf(Instance(100, version=3, addresses=addresses)),
    )
    lab.capture()
    dr1.start()
    lab.sleep(0.3)
    dr2.start()
    dr1.wait_log("Entering MASTER STATE")
    lab.sleep(7)
    dr1.pause()
    lab.sleep(7)
    dr1.resume()
    lab.sleep(10)
    lab.who_holds("2001:db8:31:23::6")
