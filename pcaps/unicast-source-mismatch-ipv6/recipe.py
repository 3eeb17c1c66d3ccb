"""IPv6 unicast: one router speaks from its link-local address, to which nobody sends.

left has no `unicast_src_ip`, so keepalived takes the link-local address of the interface, and
listens there. Its own adverts go to right's global address and are accepted; those of right go to
left's global address, where keepalived does not listen. left is the lesser one: it hears nothing
and becomes master as well.
"""

from lab import Instance, Lab, keepalived_conf

VIPS = ("2001:db8:a::100/64",)


def record(lab: Lab) -> None:
    """Both start; the interval is 500 ms."""
    left = lab.keepalived(
        "left",
        "2001:db8:a::1",
        keepalived_conf(
            Instance(
                100,
                vrid=7,
                version=3,
                advert_int="0.5",
                addresses=VIPS,
                unicast_peers=("2001:db8:a::2",),
            )
        ),
    )
    right = lab.keepalived(
        "right",
        "2001:db8:a::2",
        keepalived_conf(
            Instance(
                200,
                vrid=7,
                version=3,
                advert_int="0.5",
                addresses=VIPS,
                unicast_src_ip="2001:db8:a::2",
                unicast_peers=("2001:db8:a::1",),
            )
        ),
    )
    lab.capture()
    right.start()
    lab.sleep(0.4)
    left.start()
    left.wait_log("Entering MASTER STATE")
    lab.sleep(12)
    lab.who_holds("2001:db8:a::100")
