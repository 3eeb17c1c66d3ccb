"""Three routers, one of which has another password.

k-1 is master, k-2 its backup. k-3 has another password: it rejects all adverts and becomes a second
master, which k-1 and it keep silent in turn. k-2 accepts k-1 and never speaks.
"""

from lab import Instance, Lab, keepalived_conf

VIPS = ("10.3.3.3/24",)


def record(lab: Lab) -> None:
    """k-3 starts last."""
    k1 = lab.keepalived("k-1", "10.3.3.11", keepalived_conf(Instance(103, 33, VIPS)))
    k2 = lab.keepalived("k-2", "10.3.3.12", keepalived_conf(Instance(102, 33, VIPS)))
    k3 = lab.keepalived(
        "k-3", "10.3.3.13", keepalived_conf(Instance(101, 33, VIPS, auth_pass="9d8c7b6a"))
    )
    lab.capture()
    k1.start()
    k2.start()
    k1.wait_log("Entering MASTER STATE")
    lab.sleep(2)
    k3.start()
    k3.wait_log("Entering MASTER STATE")
    lab.sleep(18)
    lab.who_holds("10.3.3.3")
