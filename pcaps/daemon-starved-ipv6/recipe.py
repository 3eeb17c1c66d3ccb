"""The master of an IPv6 group gets no processor for eight seconds.

There is no identification to count in IPv6; what is left to see is the burst: web1 sends its own
late advert, and answers each advert of web2 that had waited in its socket, all within milliseconds.
"""

from lab import Instance, Lab, keepalived_conf


def record(lab: Lab) -> None:
    """web1 is paused for 8 s."""
    common = {"vrid": 101, "version": 3, "addresses": ("fe80::101", "2001:db8:77::101")}
    web1 = lab.keepalived("web1", "2001:db8:77::11", keepalived_conf(Instance(120, **common)))
    web2 = lab.keepalived("web2", "2001:db8:77::12", keepalived_conf(Instance(110, **common)))
    lab.capture()
    web1.start()
    lab.sleep(0.3)
    web2.start()
    web1.wait_log("Entering MASTER STATE")
    lab.sleep(6)
    web1.pause()
    lab.sleep(8)
    lab.who_holds("2001:db8:77::101")
    web1.resume()
    lab.sleep(6)
    lab.who_holds("2001:db8:77::101")
