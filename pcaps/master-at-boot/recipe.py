"""A lesser router boots, hears nothing for five seconds, and grabs the role for a moment.

While kvm-2 boots its firewall lets nothing in (INPUT drops IP protocol 112 for five seconds). It
joins the group, hears no advert, and is master one Master_Down_Interval later, though kvm-1 has
been advertising all the while. As soon as it hears kvm-1 it gives way.
"""

from lab import Instance, Lab, keepalived_conf


def record(lab: Lab) -> None:
    """kvm-2 starts with its ears shut for 5 s."""
    common = {"vrid": 90, "addresses": ("10.90.0.1",)}
    kvm1 = lab.keepalived("kvm-1", "10.90.0.2", keepalived_conf(Instance(150, **common)))
    kvm2 = lab.keepalived("kvm-2", "10.90.0.3", keepalived_conf(Instance(100, **common)))
    lab.capture()
    kvm1.start()
    kvm1.wait_log("Entering MASTER STATE")
    lab.sleep(6)
    kvm2.run("iptables -A INPUT -p vrrp -j DROP")
    kvm2.start()
    lab.sleep(5)
    kvm2.run("iptables -D INPUT -p vrrp -j DROP")
    lab.sleep(8)
    lab.who_holds("10.90.0.1")
