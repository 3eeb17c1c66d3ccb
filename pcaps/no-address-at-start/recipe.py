"""The better router starts before its interface has an address, and is in FAULT from the start.

As with a DHCP server that answers late. spare is master with the lesser priority; main says
nothing, but its kernel reports that it joined the VRRP group, from 0.0.0.0. Its address comes at
the end, and with it the role.
"""

from lab import Instance, Lab, keepalived_conf


def record(lab: Lab) -> None:
    """The better router, main, starts without an address and gets one 14 s later."""
    common = {"vrid": 5, "addresses": ("10.5.5.1/32",), "auth_type": None}
    main = lab.keepalived("main", "10.5.5.2", keepalived_conf(Instance(200, **common)))
    spare = lab.keepalived("spare", "10.5.5.3", keepalived_conf(Instance(100, **common)))
    lab.capture()
    main.run("ip address del 10.5.5.2/24 dev eth0")
    main.start()
    spare.start()
    spare.wait_log("Entering MASTER STATE")
    lab.sleep(10)
    main.run("ip address add 10.5.5.2/24 dev eth0")
    main.wait_log("Entering MASTER STATE")
    lab.sleep(6)
    lab.who_holds("10.5.5.1")
