"""Under nopreempt whoever starts first stays master; each restart lets another one win.

dr-1 (101) and dr-2 (100) both have `nopreempt`. dr-2 starts first and becomes master. dr-1
starts later, hears dr-2 and stays backup, though its priority is the higher one. When dr-2 is
restarted, dr-1 takes over and dr-2 comes back as backup; when dr-1 is restarted, it is the
other way round.
"""

from lab import Check, Instance, Lab, keepalived_conf


def record(lab: Lab) -> None:
    """dr-2 starts first; then each one is restarted."""
    conf1 = keepalived_conf(Instance(101, nopreempt=True), check=Check(weight=-2))
    conf2 = keepalived_conf(Instance(100, nopreempt=True), check=Check(weight=-2))
    dr1, dr2 = lab.pair(conf1, conf2)
    lab.capture()
    dr2.start()
    dr2.wait_log("Entering MASTER STATE")
    lab.sleep(4)
    dr1.start()
    lab.sleep(12)
    dr2.restart()
    lab.sleep(12)
    dr1.restart()
    lab.sleep(12)
    lab.who_holds("172.31.23.6")
