"""The backup gets no processor while the master dies, and takes over seconds late.

dr-2's VRRP process is paused one second before dr-1 dies, and goes on ten seconds later. First
it reads the last advert of dr-1, which waited in its socket; that one starts its timer again.
So it takes over one whole Master_Down_Interval (3.609 s) after it goes on, almost 14 s after
dr-1's last advert.
"""

from lab import Instance, Lab, keepalived_conf


def record(lab: Lab) -> None:
    """dr-1 dies while dr-2 is paused."""
    dr1, dr2 = lab.pair(keepalived_conf(Instance(101)), keepalived_conf(Instance(100)))
    lab.capture()
    dr1.start()
    lab.sleep(0.3)
    dr2.start()
    dr1.wait_log("Entering MASTER STATE")
    lab.sleep(7)
    dr2.pause()
    lab.sleep(1)
    dr1.power_cut()
    lab.sleep(10)
    dr2.resume()
    dr2.wait_log("Entering MASTER STATE")
    lab.sleep(8)
    lab.who_holds("172.31.23.6")
