"""nopreempt and `state MASTER` on the better router: it takes the role back all the same.

north (150) was meant to stay backup when it returns: it has `nopreempt`. But it has `state MASTER`
as well, and keepalived clears nopreempt then, with one line in its log. north loses power, south
(100) takes over, north returns and preempts south one Master_Down_Interval after its start.
"""

from lab import Instance, Lab, keepalived_conf


def record(lab: Lab) -> None:
    """North loses power for ten seconds."""
    terms = {"vrid": 66, "addresses": ("10.66.0.1",), "name": "CORE", "auth_pass": "k7"}
    conf1 = keepalived_conf(Instance(150, state="MASTER", nopreempt=True, **terms))
    conf2 = keepalived_conf(Instance(100, nopreempt=True, **terms))
    north = lab.keepalived("north", "10.66.0.2", conf1)
    south = lab.keepalived("south", "10.66.0.3", conf2)
    lab.capture()
    north.start()
    lab.sleep(0.3)
    south.start()
    north.wait_log("Entering MASTER STATE")
    lab.sleep(5)
    north.power_cut()
    south.wait_log("Entering MASTER STATE")
    lab.sleep(6)
    since = north.log_position()
    north.power_on()
    north.wait_log("Entering MASTER STATE", since=since)
    lab.sleep(6)
    lab.who_holds("10.66.0.1")
