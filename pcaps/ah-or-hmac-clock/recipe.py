"""IPSEC-AH with different keys: both are masters, and each rejects the other.

Both have `auth_type AH`, and the keys (`auth_pass`) differ, which no advert shows. Each logs
`IPSEC-AH : invalid IPSEC HMAC-MD5 value`.
"""

from lab import Instance, Lab, keepalived_conf

VIPS = ("10.31.4.9/24",)


def record(lab: Lab) -> None:
    """The router west starts when east is master."""
    east = lab.keepalived(
        "east", "10.31.4.1", keepalived_conf(Instance(110, 44, VIPS, auth_type="AH"))
    )
    west = lab.keepalived(
        "west",
        "10.31.4.2",
        keepalived_conf(Instance(90, 44, VIPS, auth_type="AH", auth_pass="f0a1b2c3")),
    )
    lab.capture()
    east.start()
    east.wait_log("Entering MASTER STATE")
    lab.sleep(2)
    west.start()
    west.wait_log("Entering MASTER STATE")
    lab.sleep(18)
    lab.who_holds("10.31.4.9")
