"""The master's whole machine stands still for nine seconds, as during a snapshot.

hv-east asks for its gateway by ARP once a second, as busy hosts do. While it is frozen nothing of
it is seen at all, and it answers nothing; hv-west takes over. When it goes on it is master still.
The freeze is imitated: its processes are paused and its port is taken out of the switch, so that
nothing waits for it when it goes on.
"""

from lab import Instance, Lab, keepalived_conf


def record(lab: Lab) -> None:
    """hv-east is frozen for 9 s."""
    common = {"vrid": 33, "addresses": ("192.168.40.1",)}
    east = lab.keepalived("hv-east", "192.168.40.2", keepalived_conf(Instance(180, **common)))
    west = lab.keepalived("hv-west", "192.168.40.3", keepalived_conf(Instance(90, **common)))
    gateway = lab.client("gateway", "192.168.40.254")
    lab.capture()
    east.start()
    west.start()
    east.keep_asking("192.168.40.254")
    gateway.keep_asking("192.168.40.3")
    east.wait_log("Entering MASTER STATE")
    lab.sleep(9)
    east.freeze()
    lab.sleep(9)
    lab.who_holds("192.168.40.1")
    east.thaw()
    lab.sleep(8)
    lab.who_holds("192.168.40.1")
