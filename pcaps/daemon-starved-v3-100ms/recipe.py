"""A master at 100 ms intervals gets no processor for two and a half seconds.

fw-a's VRRP process is paused (SIGSTOP) while its kernel goes on: it answers ARP all the while. fw-b
takes over after 341 ms. When fw-a goes on it sends one advert for the timer that had expired, and
one more for each advert of fw-b that had waited in its socket: a burst within a few milliseconds.
"""

from lab import Instance, Lab, keepalived_conf


def record(lab: Lab) -> None:
    """fw-a is paused for 2.5 s."""
    common = {"vrid": 17, "addresses": ("10.8.0.1",), "version": 3, "advert_int": "0.1"}
    fw_a = lab.keepalived("fw-a", "10.8.0.2", keepalived_conf(Instance(200, **common)))
    fw_b = lab.keepalived("fw-b", "10.8.0.3", keepalived_conf(Instance(150, **common)))
    client = lab.client("client", "10.8.0.77")
    lab.capture()
    fw_a.start()
    fw_a.wait_log("Entering MASTER STATE")
    fw_b.start()
    client.keep_asking("10.8.0.2")
    lab.sleep(3)
    fw_a.pause()
    lab.sleep(2.5)
    lab.who_holds("10.8.0.1")
    fw_a.resume()
    lab.sleep(4)
    lab.who_holds("10.8.0.1")
