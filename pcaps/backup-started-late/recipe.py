"""The master dies while nobody else runs; the backup is started eight seconds later.

dr-2's keepalived is not running when dr-1 loses power. It is started by hand, hears nothing, and
becomes master after its Master_Down_Interval: nothing was slow, nobody was there.
"""

from lab import Instance, Lab, keepalived_conf


def record(lab: Lab) -> None:
    """dr-1 dies, dr-2 is started afterwards."""
    dr1, dr2 = lab.pair(keepalived_conf(Instance(101)), keepalived_conf(Instance(100)))
    lab.capture()
    dr1.start()
    dr1.wait_log("Entering MASTER STATE")
    lab.sleep(7)
    dr1.power_cut()
    lab.sleep(8)
    dr2.start()
    dr2.wait_log("Entering MASTER STATE")
    lab.sleep(5)
    lab.who_holds("172.31.23.6")
