"""The switch loses every second advert on its way to one of three nodes.

fw-south's port drops 55 of 100 adverts at random, as an oversubscribed link or a storm control
does. Each time that three in a row are lost, fw-south takes over beside fw-north, which is alive
and answers at once; fw-west hears everything and stays backup. On the switch no advert is
missing; in `at-fw-south.pcap` many are.
"""

from lab import Instance, Lab, keepalived_conf

VIP = ("10.77.4.1",)


def _conf(priority: int) -> str:
    return keepalived_conf(
        Instance(priority, vrid=114, addresses=VIP, version=3, advert_int="0.5", name="INSIDE")
    )


def record(lab: Lab) -> None:
    """fw-south loses more than half of the adverts."""
    north = lab.keepalived("fw-north", "10.77.4.11", _conf(180))
    south = lab.keepalived("fw-south", "10.77.4.12", _conf(140))
    west = lab.keepalived("fw-west", "10.77.4.13", _conf(120))
    lab.capture()
    lab.capture("at-fw-south", at=south)
    north.start()
    lab.sleep(0.3)
    south.start()
    west.start()
    north.wait_log("Entering MASTER STATE")
    lab.sleep(4)
    lab.on_switch("nft add table bridge loss")
    lab.on_switch(
        "nft add chain bridge loss lossy { type filter hook forward priority 0 ; policy accept ; }"
    )
    lab.on_switch(
        f"nft add rule bridge loss lossy oifname {south.host.port} ip protocol vrrp "
        "numgen random mod 100 < 55 drop"
    )
    lab.sleep(30)
    lab.on_switch("nft delete table bridge loss")
    lab.sleep(4)
    lab.who_holds("10.77.4.1")
