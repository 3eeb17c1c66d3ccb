"""The master dies without a word, and the backup takes over when its timer expires.

dr-1 loses power: no priority 0, and its kernel cannot say anything either. dr-2 takes over
3.609 s after dr-1's last advert. Later dr-1 boots and preempts.
"""

from lab import Instance, Lab, keepalived_conf


def record(lab: Lab) -> None:
    """dr-1 dies and boots again."""
    dr1, dr2 = lab.pair(keepalived_conf(Instance(101)), keepalived_conf(Instance(100)))
    lab.capture()
    dr1.start()
    lab.sleep(0.3)
    dr2.start()
    dr1.wait_log("Entering MASTER STATE")
    lab.sleep(7)
    dr1.power_cut()
    dr2.wait_log("Entering MASTER STATE")
    lab.sleep(9)
    since = dr1.log_position()
    dr1.power_on()
    dr1.wait_log("Entering MASTER STATE", since=since)
    lab.sleep(8)
    lab.who_holds("172.31.23.6")
