"""The master gets no processor for seven seconds: the backup takes over from a router that lives.

dr-1's VRRP process is paused (SIGSTOP), its host goes on. dr-2 takes over. When dr-1 goes on it
is master still, hears dr-2, and takes the role back. Its IP identification is contiguous over
the gap: it sent nothing.
"""

from lab import Instance, Lab, keepalived_conf


def record(lab: Lab) -> None:
    """dr-1 is paused for 7 s."""
    dr1, dr2 = lab.pair(keepalived_conf(Instance(101)), keepalived_conf(Instance(100)))
    lab.capture()
    dr1.start()
    lab.sleep(0.3)
    dr2.start()
    dr1.wait_log("Entering MASTER STATE")
    lab.sleep(7)
    dr1.pause()
    lab.sleep(7)
    lab.who_holds("172.31.23.6")
    dr1.resume()
    lab.sleep(10)
    lab.who_holds("172.31.23.6")
