"""Three routers with virtual MACs at 250 ms: maintenance, a restarted backup, and a reload.

The administrator takes the role from core-1 by a file that the check looks for (weight -90), gives
it back, restarts keepalived on the backup and reloads it on the master.
`vrrp_higher_prio_send_advert` is set, the announcements come again after two seconds and every
three seconds, and a client asks for the address as one does that has none yet (ARP probe).
"""

from lab import Check, Instance, Lab, keepalived_conf

VIP = "10.60.6.254"


def record(lab: Lab) -> None:
    """The role goes to core-2 and back."""

    def router(number: int, priority: int):
        instance = Instance(
            priority,
            vrid=201,
            version=3,
            advert_int="0.25",
            addresses=(f"{VIP}/24",),
            name="CORE",
            extra=("use_vmac", "garp_master_delay 2", "garp_master_refresh 3"),
        )
        conf = keepalived_conf(
            instance,
            check=Check(weight=-90, interval_s=1, fall=1, rise=1),
            global_lines=("vrrp_higher_prio_send_advert true",),
        )
        return lab.keepalived(f"core-{number}", f"10.60.6.{number}", conf)

    core1, core2, core3 = router(1, 210), router(2, 150), router(3, 130)
    client = lab.client("client", "10.60.6.99")
    lab.capture()
    for node in (core1, core2, core3):
        node.start()
    core1.wait_log("Entering MASTER STATE")
    lab.sleep(4)
    core1.service_down()
    core2.wait_log("Entering MASTER STATE")
    lab.sleep(5)
    client.run(f"arping -0 -c 2 -I eth0 {VIP}")
    core1.service_up()
    lab.sleep(6)
    core2.restart()
    lab.sleep(6)
    client.run(f"arping -0 -c 2 -I eth0 {VIP}")
    core1.reload()
    lab.sleep(5)
    lab.who_holds(VIP)
