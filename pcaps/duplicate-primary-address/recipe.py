"""A virtual machine was cloned with its address: two routers are 10.3.0.10.

Both take themselves for the only 10.3.0.10. The kernel of each drops the other one's adverts, for a
packet that claims to come from oneself cannot come from outside; keepalived hears nothing and logs
nothing. Both become master, and both hold 10.3.0.1.
"""

from lab import Instance, Lab, keepalived_conf


def record(lab: Lab) -> None:
    """Both start, the clone a little later."""
    conf = keepalived_conf(Instance(90, vrid=33, addresses=("10.3.0.1",), auth_type=None))
    original = lab.keepalived("core-gw", "10.3.0.10", conf)
    clone = lab.keepalived("core-gw-copy", "10.3.0.10", conf, mac="52:54:00:c0:9f:10")
    lab.capture()
    original.start()
    lab.sleep(1.4)
    clone.start()
    lab.sleep(18)
    lab.who_holds("10.3.0.1")
