"""An address is added on the master and it is reloaded; the backup still has the old list.

ns-2 rejects every advert of ns-1 from the reload on (its list has two addresses, theirs three) and
becomes a second master one Master_Down_Interval later, `nopreempt` or not.
"""

from lab import Instance, Lab, keepalived_conf


def record(lab: Lab) -> None:
    """ns-1 is reloaded with one address more."""
    old, new = ("10.53.0.53", "10.53.0.54"), ("10.53.0.53", "10.53.0.54", "10.53.0.55")
    common = {"vrid": 53, "auth_type": None, "nopreempt": True}
    ns1 = lab.keepalived(
        "ns-1", "10.53.0.1", keepalived_conf(Instance(150, addresses=old, **common))
    )
    ns2 = lab.keepalived(
        "ns-2", "10.53.0.2", keepalived_conf(Instance(100, addresses=old, **common))
    )
    lab.capture()
    ns1.start()
    lab.sleep(0.3)
    ns2.start()
    ns1.wait_log("Entering MASTER STATE")
    lab.sleep(6)
    ns1.reload(keepalived_conf(Instance(150, addresses=new, **common)))
    ns2.wait_log("Entering MASTER STATE")
    lab.sleep(10)
    lab.who_holds("10.53.0.53")
    lab.who_holds("10.53.0.55")
