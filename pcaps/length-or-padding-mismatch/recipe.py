"""Adverts that are two bytes longer than they say are rejected.

box is another vendor's router, played by a few lines of Python: two bytes of padding follow its
adverts inside the IP packet. ka, which runs keepalived, logs `vrrp packet too long, length 42 and
expect 40` and stays master; box accepts nothing.
"""

from lab import Instance, Lab, keepalived_conf

VIP = "10.66.1.1"


def record(lab: Lab) -> None:
    """The router box is master when ka starts."""
    instance = Instance(90, 66, (f"{VIP}/24",), auth_type=None)
    ka = lab.keepalived("ka", "10.66.1.2", keepalived_conf(instance))
    options = "--version 2 --vrid 66 --priority 140 --trailing 2 --vip"
    box = lab.stranger("box", "10.66.1.3", *options.split(), VIP)
    lab.capture()
    box.start()
    lab.sleep(2)
    ka.start()
    ka.wait_log("Entering MASTER STATE")
    lab.sleep(14)
    lab.who_holds(VIP)
