"""An orderly stop that leaves the address behind: `--dont-release-vrrp`.

keepalived of dr-1 runs with `--dont-release-vrrp` and is stopped. It sends no priority 0 and
leaves the address on eth0; only the IGMP leave tells that a process closed its socket. dr-2
takes over one Master_Down_Interval after dr-1's last advert. A client that asks for the address
gets two answers, one from each host, though only dr-2 advertises.
"""

from lab import Instance, Lab, keepalived_conf


def record(lab: Lab) -> None:
    """dr-1 is stopped and keeps the address."""
    dr1, dr2 = lab.pair(keepalived_conf(Instance(101)), keepalived_conf(Instance(100)))
    client = lab.client("client", "172.31.23.100")
    lab.capture()
    dr1.start(options=("--dont-release-vrrp",))
    lab.sleep(0.3)
    dr2.start()
    dr1.wait_log("Entering MASTER STATE")
    lab.sleep(6)
    dr1.stop()
    dr2.wait_log("Entering MASTER STATE")
    lab.sleep(7)
    client.resolve("172.31.23.6")
    lab.sleep(3)
    lab.who_holds("172.31.23.6")
