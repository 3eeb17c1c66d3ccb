"""The master's link goes down and comes up again: the role goes to the backup and comes back.

dr-1 notices and goes into FAULT; its priority 0 never reaches the wire, but it is counted: the IP
identification goes on two or three higher. dr-2 takes over when its timer expires.
"""

from lab import Instance, Lab, keepalived_conf


def record(lab: Lab) -> None:
    """The link of dr-1 is down for ten seconds."""
    dr1, dr2 = lab.pair(keepalived_conf(Instance(101)), keepalived_conf(Instance(100)))
    lab.capture()
    dr1.start()
    lab.sleep(0.3)
    dr2.start()
    dr1.wait_log("Entering MASTER STATE")
    lab.sleep(7)
    dr1.run("ip link set eth0 down")
    dr2.wait_log("Entering MASTER STATE")
    lab.sleep(6)
    dr1.run("ip link set eth0 up")
    lab.sleep(12)
    lab.who_holds("172.31.23.6")
