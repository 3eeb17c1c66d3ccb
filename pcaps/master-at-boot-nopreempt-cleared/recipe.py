"""The better router boots, hears nothing at first, and has cleared its `nopreempt` besides.

cache-1 (170) has `nopreempt` and `state MASTER`, so keepalived clears nopreempt. But for its first
five seconds it hears nothing at all (INPUT drops IP protocol 112, as a firewall that is loaded too
early), and it would have become master under nopreempt as well. On the wire it looks just like a
router that heard the lower master and preempted it.
"""

from lab import Instance, Lab, keepalived_conf


def record(lab: Lab) -> None:
    """cache-1 starts with its ears shut for 5 s."""
    common = {"vrid": 81, "addresses": ("172.20.8.1",), "name": "CACHE", "nopreempt": True}
    first = keepalived_conf(Instance(170, state="MASTER", **common))
    cache_1 = lab.keepalived("cache-1", "172.20.8.11", first)
    cache_2 = lab.keepalived("cache-2", "172.20.8.12", keepalived_conf(Instance(130, **common)))
    lab.capture()
    cache_2.start()
    cache_2.wait_log("Entering MASTER STATE")
    lab.sleep(6)
    cache_1.run("iptables -A INPUT -p vrrp -j DROP")
    cache_1.start()
    lab.sleep(5)
    cache_1.run("iptables -D INPUT -p vrrp -j DROP")
    lab.sleep(7)
    lab.who_holds("172.20.8.1")
