"""The link that the better router tracks stays down: it is in FAULT and takes no part any more.

rt-a tracks its uplink, `wan0`. The uplink fails: rt-a says priority 0 twice and rt-b takes over.
Then rt-b is stopped for maintenance, and nobody takes the address, though rt-a's eth0 and its
keepalived are well.
"""

from lab import Instance, Lab, keepalived_conf


def record(lab: Lab) -> None:
    """The uplink of rt-a fails, then rt-b is stopped."""
    common = {"vrid": 19, "addresses": ("10.19.0.1",)}
    tracked = ("track_interface {", "    wan0", "}")
    rt_a = lab.keepalived(
        "rt-a", "10.19.0.2", keepalived_conf(Instance(150, extra=tracked, **common))
    )
    rt_b = lab.keepalived("rt-b", "10.19.0.3", keepalived_conf(Instance(100, **common)))
    client = lab.client("client", "10.19.0.100")
    rt_a.host.namespace.run("ip link add wan0 type veth peer name wan-peer")
    rt_a.host.namespace.run("ip link set wan-peer up")
    rt_a.host.namespace.run("ip link set wan0 up")
    lab.capture()
    rt_a.start()
    lab.sleep(0.3)
    rt_b.start()
    rt_a.wait_log("Entering MASTER STATE")
    lab.sleep(6)
    rt_a.run("ip link set wan-peer down")
    rt_b.wait_log("Entering MASTER STATE")
    lab.sleep(6)
    rt_b.stop()
    for _ in range(3):
        lab.sleep(3)
        client.resolve("10.19.0.1")
    lab.who_holds("10.19.0.1")
