"""Two causes in one capture: a lossy path, and later a weighted check under nopreempt.

For twenty seconds most adverts to db-2 are lost, and it takes over for moments. Then the path is
good again, the service of db-1 fails, its priority falls below db-2's, and nobody takes over:
db-2 runs nopreempt. `incident.pcap` is captured on the switch, `at-db-2.pcap` behind the loss.
"""

from lab import Check, Instance, Lab, keepalived_conf

VIP = ("10.60.0.9",)


def _conf(priority: int) -> str:
    instance = Instance(priority, vrid=66, addresses=VIP, name="DB", nopreempt=True)
    return keepalived_conf(instance, check=Check(weight=-30, interval_s=1, fall=2, rise=2))


def record(lab: Lab) -> None:
    """Loss first, then the service fails."""
    one = lab.keepalived("db-1", "10.60.0.1", _conf(120))
    other = lab.keepalived("db-2", "10.60.0.2", _conf(110))
    lab.capture()
    lab.capture("at-db-2", at=other)
    one.start()
    lab.sleep(0.3)
    other.start()
    one.wait_log("Entering MASTER STATE")
    lab.sleep(5)
    lab.on_switch("nft add table bridge loss")
    lab.on_switch(
        "nft add chain bridge loss lossy { type filter hook forward priority 0 ; policy accept ; }"
    )
    lab.on_switch(
        f"nft add rule bridge loss lossy oifname {other.host.port} ip protocol vrrp "
        "numgen inc mod 5 > 0 drop"
    )
    lab.sleep(20)
    lab.on_switch("nft delete table bridge loss")
    lab.sleep(5)
    one.service_down()
    lab.sleep(12)
    lab.who_holds("10.60.0.9")
