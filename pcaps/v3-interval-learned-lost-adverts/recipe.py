"""A quick backup of a slow master loses three adverts, takes over, and gives way at the next one.

core advertises every 2 s, spare is configured for 300 ms and has learned the 2 s. For 7.4 s a
filter on spare drops what core sends: spare takes over 3 x 2 s + 156/256 x 2 s = 7.219 s after the
last advert that it got. Then the filter goes, the next advert of core arrives, and spare yields. It
had been running for long: its own interval has nothing to do with it.
"""

from lab import Instance, Lab, keepalived_conf


def record(lab: Lab) -> None:
    """The router spare is deaf for a while."""
    common = {"vrid": 12, "addresses": ("10.12.0.1/24",), "version": 3}
    core = lab.keepalived(
        "core", "10.12.0.2", keepalived_conf(Instance(190, advert_int="2", **common))
    )
    spare = lab.keepalived(
        "spare", "10.12.0.3", keepalived_conf(Instance(100, advert_int="0.3", **common))
    )
    lab.capture()
    core.start()
    core.wait_log("Entering MASTER STATE")
    lab.sleep(1)
    spare.start()
    lab.sleep(7)
    spare.run("iptables -A INPUT -p vrrp -s 10.12.0.2 -j DROP")
    spare.wait_log("Entering MASTER STATE")
    spare.run("iptables -D INPUT -p vrrp -s 10.12.0.2 -j DROP")
    lab.sleep(9)
    lab.who_holds("10.12.0.1")
