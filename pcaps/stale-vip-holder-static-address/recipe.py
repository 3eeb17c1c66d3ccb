"""The virtual address is in the host's own network configuration as well.

keepalived of a1 is stopped in good order: priority 0, the address is removed, a2 takes over in its
Skew_Time. Then the network of a1 is configured anew (as by `netplan apply`), and the address is
there again, though no keepalived runs: hosts that ask get two answers.
"""

from lab import Instance, Lab, keepalived_conf


def record(lab: Lab) -> None:
    """a1 is stopped, then its network sets the address again."""
    common = {"vrid": 99, "addresses": ("10.0.99.1/24",), "auth_type": None}
    a1 = lab.keepalived("a1", "10.0.99.11", keepalived_conf(Instance(101, **common)))
    a2 = lab.keepalived("a2", "10.0.99.12", keepalived_conf(Instance(100, **common)))
    client = lab.client("client", "10.0.99.100")
    lab.capture()
    a1.start()
    lab.sleep(0.3)
    a2.start()
    a1.wait_log("Entering MASTER STATE")
    lab.sleep(5)
    a1.stop()
    a2.wait_log("Entering MASTER STATE")
    lab.sleep(2)
    a1.run("ip address add 10.0.99.1/24 dev eth0")
    lab.sleep(6)
    client.resolve("10.0.99.1")
    lab.sleep(3)
    lab.who_holds("10.0.99.1")
