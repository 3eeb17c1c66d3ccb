"""The VRRP process of the master dies and its parent starts another one at once.

As after the kernel's out-of-memory killer, or a real-time limit. Nothing is sent when it dies: no
priority 0. lb-2 takes over when its timer expires, and lb-1's new process takes the role back one
Master_Down_Interval after its start: two moves within a second, of both virtual routers. The
addresses had stayed on lb-1 until the new process removed them.
"""

from lab import Instance, Lab, keepalived_conf


def record(lab: Lab) -> None:
    """The VRRP child of lb-1 is killed."""

    def conf(inside: int, outside: int) -> str:
        return keepalived_conf(
            Instance(inside, vrid=10, name="VI_IN", addresses=("10.30.0.1",), auth_type=None),
            Instance(outside, vrid=11, name="VI_OUT", addresses=("10.30.0.9",), auth_type=None),
        )

    lb1 = lab.keepalived("lb-1", "10.30.0.2", conf(220, 220))
    lb2 = lab.keepalived("lb-2", "10.30.0.3", conf(200, 200))
    lab.capture()
    lb1.start()
    lab.sleep(0.5)
    lb2.start()
    lb1.wait_log("(VI_OUT) Entering MASTER STATE")
    lab.sleep(6.6)
    since = lb1.log_position()
    lb1.kill_child()
    lb1.wait_log("(VI_OUT) Entering MASTER STATE", since=since)
    lab.sleep(7)
    lab.who_holds("10.30.0.1")
