"""A reload whose new configuration tracks a link that is down: the instance stays, in FAULT.

The new file of gw-1 has both of its instances, and one of them is told to track `wan0`, which is
down. With the reload that instance goes into FAULT in silence; the other one goes on, and
counts from 1 again.
"""

from lab import Instance, Lab, keepalived_conf

TRACKED = ("track_interface {", "    wan0", "}")


def record(lab: Lab) -> None:
    """gw-1 is reloaded with a tracked interface more."""

    def conf(priority: int, *extra: str) -> str:
        common = {"priority": priority, "auth_type": None, "version": 3}
        return keepalived_conf(
            Instance(vrid=31, name="VI_IN", addresses=("192.168.77.1",), **common),
            Instance(vrid=32, name="VI_OUT", addresses=("192.168.77.2",), extra=extra, **common),
        )

    gw1 = lab.keepalived("gw-1", "192.168.77.11", conf(140))
    gw2 = lab.keepalived("gw-2", "192.168.77.12", conf(90))
    gw1.host.namespace.run("ip link add wan0 type veth peer name wan-peer")
    lab.capture()
    gw1.start()
    lab.sleep(0.3)
    gw2.start()
    gw1.wait_log("(VI_OUT) Entering MASTER STATE")
    lab.sleep(6.5)
    gw1.reload(conf(140, *TRACKED))
    gw2.wait_log("(VI_OUT) Entering MASTER STATE")
    lab.sleep(7)
    lab.who_holds("192.168.77.1")
    lab.who_holds("192.168.77.2")
