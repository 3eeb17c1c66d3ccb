"""Three routers: the first one dies and keeps the address, the third one was master last.

Both processes of s1 are killed and nobody removes the address. s2 takes over, and is stopped in
good order later: s3 takes over. A client that asks then gets two answers: s3's, and s1's.
"""

from lab import Instance, Lab, keepalived_conf


def record(lab: Lab) -> None:
    """s1 is killed, s2 is stopped."""
    common = {"vrid": 140, "version": 3, "advert_int": "0.5", "addresses": ("10.14.0.254",)}
    s1, s2, s3 = (
        lab.keepalived(name, address, keepalived_conf(Instance(priority, **common)))
        for name, address, priority in (
            ("s1", "10.14.0.1", 200),
            ("s2", "10.14.0.2", 150),
            ("s3", "10.14.0.3", 100),
        )
    )
    client = lab.client("client", "10.14.0.100")
    lab.capture()
    for node in (s1, s2, s3):
        node.start()
    s1.wait_log("Entering MASTER STATE")
    lab.sleep(4)
    s1.kill()
    s2.wait_log("Entering MASTER STATE")
    lab.sleep(7)
    s2.stop()
    s3.wait_log("Entering MASTER STATE")
    lab.sleep(7)
    client.resolve("10.14.0.254")
    lab.sleep(2)
    client.resolve("10.14.0.254")
    lab.sleep(2)
    lab.who_holds("10.14.0.254")
