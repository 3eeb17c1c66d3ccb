"""Virtual MACs, both families: an orderly stop and the return.

VRID 51 over IPv4 and IPv6, each with `use_vmac`. A querier asks meanwhile: keepalived's rules in
nftables see to it that the backup's reports have the MAC of eth0.
"""

from lab import Instance, Lab, keepalived_conf


def record(lab: Lab) -> None:
    """fw-1 is stopped and started again."""

    def router(name: str, number: int, priority: int):
        extra = ("use_vmac",)
        four = Instance(
            priority, vrid=51, addresses=("10.9.8.1",), extra=extra, auth_type=None, name="V4"
        )
        six = Instance(
            priority,
            vrid=51,
            version=3,
            addresses=("fe80::51", "2001:db8:9:8::1"),
            extra=extra,
            name="V6",
        )
        conf = keepalived_conf(four, six)
        return lab.keepalived(name, f"10.9.8.{number}", conf, f"2001:db8:9:8::{number}")

    fw1, fw2 = router("fw-1", 2, 150), router("fw-2", 3, 140)
    client = lab.client("client", "10.9.8.100")
    lab.capture()
    fw1.start()
    lab.sleep(0.3)
    fw2.start()
    fw1.wait_log("(V4) Entering MASTER STATE")
    lab.sleep(2)
    lab.on_switch("ip link set br0 type bridge mcast_snooping 1 mcast_querier 1")
    lab.sleep(6)
    client.resolve("10.9.8.1")
    fw1.stop()
    fw2.wait_log("(V4) Entering MASTER STATE")
    lab.sleep(7)
    client.resolve("10.9.8.1")
    since = fw1.log_position()
    fw1.start()
    fw1.wait_log("(V4) Entering MASTER STATE", since=since)
    lab.sleep(7)
    lab.who_holds("10.9.8.1")
    lab.who_holds("2001:db8:9:8::1")
