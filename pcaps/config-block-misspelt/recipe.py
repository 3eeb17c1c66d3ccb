"""`unicast_peers` instead of `unicast_peer`: the instance ends there, and has no address.

Both were meant to use unicast. keepalived does not know the word, ignores the brace behind it, and
takes the next closing brace for the end of the instance: the addresses that follow are not read
either. left sends multicast adverts without any address, right sends unicast ones with one. Neither
hears the other.
"""

from lab import Instance, Lab, keepalived_conf


def conf(priority: int, own: str, other: str) -> str:
    """Unicast, VRID 145."""
    instance = Instance(
        priority,
        vrid=145,
        addresses=("192.168.145.1",),
        name="EDGE",
        auth_type=None,
        unicast_src_ip=own,
        unicast_peers=(other,),
    )
    return keepalived_conf(instance)


def record(lab: Lab) -> None:
    """Both start."""
    one, two = "192.168.145.2", "192.168.145.3"
    wrong = conf(140, one, two).replace("unicast_peer {", "unicast_peers {")
    left = lab.keepalived("left", one, wrong)
    right = lab.keepalived("right", two, conf(120, two, one))
    lab.capture()
    left.start()
    lab.sleep(0.3)
    right.start()
    right.wait_log("Entering MASTER STATE")
    lab.sleep(12)
    lab.who_holds("192.168.145.1")
