"""The master is reloaded again and again, as by a template that is rendered every second.

Ten reloads within some seconds, with the configuration that it has: early adverts and
identifications that begin at 1, and the role stays where it is.
"""

from lab import Instance, Lab, keepalived_conf


def record(lab: Lab) -> None:
    """k8s-1 is reloaded ten times, and k8s-2 as well."""
    common = {"vrid": 66, "version": 3, "advert_int": "0.5", "addresses": ("10.66.0.10",)}
    one = lab.keepalived("k8s-1", "10.66.0.1", keepalived_conf(Instance(101, **common)))
    two = lab.keepalived("k8s-2", "10.66.0.2", keepalived_conf(Instance(100, **common)))
    lab.capture()
    one.start()
    lab.sleep(0.3)
    two.start()
    one.wait_log("Entering MASTER STATE")
    lab.sleep(4)
    for _ in range(10):
        one.reload()
        two.reload()
        lab.sleep(0.7)
    lab.sleep(5)
    lab.who_holds("10.66.0.10")
