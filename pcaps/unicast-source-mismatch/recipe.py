"""Unicast to an address that the peer does not speak from.

edge-b has two addresses, 10.20.0.12 and 10.20.0.32, and speaks and listens at 10.20.0.32
(`unicast_src_ip`). edge-a has 10.20.0.12 as its `unicast_peer`: keepalived on edge-b never gets
its adverts. edge-a does get those of edge-b, answers each of them, and stays master.
"""

from lab import Instance, Lab, keepalived_conf

VIPS = ("10.20.0.100/24",)


def record(lab: Lab) -> None:
    """Both start."""
    a = lab.keepalived(
        "edge-a",
        "10.20.0.11",
        keepalived_conf(
            Instance(
                150,
                vrid=88,
                addresses=VIPS,
                unicast_src_ip="10.20.0.11",
                unicast_peers=("10.20.0.12",),
            )
        ),
    )
    b = lab.keepalived(
        "edge-b",
        "10.20.0.12",
        keepalived_conf(
            Instance(
                90,
                vrid=88,
                addresses=VIPS,
                unicast_src_ip="10.20.0.32",
                unicast_peers=("10.20.0.11",),
            )
        ),
        "10.20.0.32",
    )
    lab.capture()
    a.start()
    lab.sleep(0.4)
    b.start()
    b.wait_log("Entering MASTER STATE")
    lab.sleep(15)
    lab.who_holds("10.20.0.100")
