"""The uplink that both routers track fails on both, the backup's first: nobody is master.

The backup's FAULT is silent; the master's says priority 0 twice. No router leaves the group and
nobody takes the role, though both are well but for their uplinks.
"""

from lab import Instance, Lab, keepalived_conf


def record(lab: Lab) -> None:
    """The uplinks of site-1 and site-2 fail."""
    tracked = ("track_interface {", "    wan0", "}")
    common = {"vrid": 3, "version": 3, "addresses": ("10.3.0.1",), "extra": tracked}
    one = lab.keepalived("site-1", "10.3.0.2", keepalived_conf(Instance(101, **common)))
    two = lab.keepalived("site-2", "10.3.0.3", keepalived_conf(Instance(100, **common)))
    client = lab.client("client", "10.3.0.100")
    for node in (one, two):
        node.host.namespace.run("ip link add wan0 type veth peer name wan-peer")
        node.host.namespace.run("ip link set wan-peer up")
        node.host.namespace.run("ip link set wan0 up")
    lab.capture()
    one.start()
    lab.sleep(0.3)
    two.start()
    one.wait_log("Entering MASTER STATE")
    lab.sleep(6)
    two.run("ip link set wan-peer down")
    lab.sleep(3)
    one.run("ip link set wan-peer down")
    lab.sleep(8)
    client.resolve("10.3.0.1")
    lab.sleep(2)
    lab.who_holds("10.3.0.1")
