"""The better router boots under `nopreempt`, hears nothing at first, and takes the role.

Both routers run `nopreempt`; db-b is master. db-a is better, and should stay a backup when it comes
back. But for its first five seconds it hears nothing (INPUT drops IP protocol 112, as a network
that is not up yet), so it becomes master after one Master_Down_Interval, and db-b gives way to it.
"""

from lab import Instance, Lab, keepalived_conf


def record(lab: Lab) -> None:
    """db-a starts with its ears shut for 5 s."""
    common = {"vrid": 12, "version": 3, "addresses": ("192.0.2.50",), "nopreempt": True}
    db_a = lab.keepalived("db-a", "192.0.2.51", keepalived_conf(Instance(150, **common)))
    db_b = lab.keepalived("db-b", "192.0.2.52", keepalived_conf(Instance(100, **common)))
    lab.capture()
    db_b.start()
    db_b.wait_log("Entering MASTER STATE")
    lab.sleep(6)
    db_a.run("iptables -A INPUT -p vrrp -j DROP")
    db_a.start()
    lab.sleep(5)
    db_a.run("iptables -D INPUT -p vrrp -j DROP")
    lab.sleep(8)
    lab.who_holds("192.0.2.50")
