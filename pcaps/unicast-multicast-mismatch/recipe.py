"""One router sends unicast, the other multicast: both are masters, and no log says so.

dr-1 has dr-2 as `unicast_peer`; dr-2 uses multicast. The kernel delivers neither's adverts to
the other's socket. dr-2's host sends no ICMP "protocol unreachable" either, because keepalived
has a raw socket for the protocol.
"""

from lab import Instance, Lab, keepalived_conf


def record(lab: Lab) -> None:
    """Both start."""
    dr1, dr2 = lab.pair(
        keepalived_conf(
            Instance(101, unicast_src_ip="172.31.23.22", unicast_peers=("172.31.23.23",))
        ),
        keepalived_conf(Instance(100)),
    )
    lab.capture()
    dr1.start()
    lab.sleep(0.3)
    dr2.start()
    dr2.wait_log("Entering MASTER STATE")
    lab.sleep(22)
    lab.who_holds("172.31.23.6")
