"""Two keepalived run on one host: the package's own one, and one that a container brought along.

proxy-1 runs keepalived with priority 120; later a second one is started beside it, with process
id files of its own and the same configuration. Neither hears the other, for a host does not get its
own multicast back. Both are master, and count their adverts each for itself. Then the first one is
stopped, as for maintenance: the second one goes on, and the role does not move.
"""

from lab import Instance, Lab, keepalived_conf


def record(lab: Lab) -> None:
    """The second daemon joins, the first one is stopped."""
    addresses = ("10.9.8.100",)
    proxy1 = lab.keepalived(
        "proxy-1",
        "10.9.8.1",
        keepalived_conf(Instance(120, vrid=98, addresses=addresses, name="PROXY")),
    )
    proxy2 = lab.keepalived(
        "proxy-2",
        "10.9.8.2",
        keepalived_conf(Instance(110, vrid=98, addresses=addresses, name="PROXY")),
    )
    lab.capture()
    proxy1.start()
    lab.sleep(0.3)
    proxy2.start()
    proxy1.wait_log("Entering MASTER STATE")
    lab.sleep(5.4)
    proxy1.start_second()
    lab.sleep(14)
    proxy1.stop()
    lab.sleep(8)
    lab.who_holds("10.9.8.100")
