"""A reload whose new configuration has one instance less: its role is given up at once.

The new file of app-1 lacks the instance VI_B. keepalived removes it, with one priority 0, and goes
on with the other one; app-2 takes VRID 72 over in its Skew_Time. On the wire VRID 72 looks like an
orderly stop, but for VRID 71, whose identification begins at 1 again at the same moment.
"""

from lab import Instance, Lab, keepalived_conf


def record(lab: Lab) -> None:
    """app-1 is reloaded without its second instance."""

    def instances(priority: int) -> tuple[Instance, Instance]:
        common = {"priority": priority, "auth_type": None, "version": 3}
        return (
            Instance(vrid=71, name="VI_A", addresses=("10.71.2.1",), **common),
            Instance(vrid=72, name="VI_B", addresses=("10.71.2.2",), **common),
        )

    app1 = lab.keepalived("app-1", "10.71.2.11", keepalived_conf(*instances(110)))
    app2 = lab.keepalived("app-2", "10.71.2.12", keepalived_conf(*instances(100)))
    lab.capture()
    app1.start()
    lab.sleep(0.3)
    app2.start()
    app1.wait_log("(VI_B) Entering MASTER STATE")
    lab.sleep(6.5)
    app1.reload(keepalived_conf(instances(110)[0]))
    app2.wait_log("(VI_B) Entering MASTER STATE")
    lab.sleep(7)
    lab.who_holds("10.71.2.1")
    lab.who_holds("10.71.2.2")
