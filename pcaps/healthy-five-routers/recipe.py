"""Five routers share twenty virtual routers of both families: one of them is stopped and returns.

Each of agg-1 to agg-5 is the best one for two VRIDs over IPv4 and the same two over IPv6, and has
a place of its own for the others. The announcements are repeated every four seconds. The switch
asks who listens (IGMP and MLD querier), and a client asks for one of the addresses once a second.
"""

from lab import Instance, Lab, keepalived_conf

COUNT = 5


def priority(router: int, vrid: int) -> int:
    """Best for two VRIDs, and twenty less for each step away from them."""
    return 200 - 20 * ((router - vrid) % COUNT)


def instances(router: int) -> list[Instance]:
    """One of each family for VRID 101 to 110."""
    refresh = ("garp_master_refresh 4",)
    found = []
    for number in range(1, 2 * COUNT + 1):
        vrid, own = 100 + number, priority(router, number)
        found.append(
            Instance(
                own,
                vrid=vrid,
                addresses=(f"10.77.0.{vrid}/24",),
                name=f"V4_{vrid}",
                auth_type=None,
                extra=refresh,
            )
        )
        found.append(
            Instance(
                own,
                vrid=vrid,
                version=3,
                addresses=(f"fe80::77:{number}", f"2001:db8:77::{vrid}/64"),
                name=f"V6_{vrid}",
                extra=refresh,
            )
        )
    return found


def record(lab: Lab) -> None:
    """agg-2 is stopped and started again."""
    routers = [
        lab.keepalived(
            f"agg-{number}",
            f"10.77.0.1{number}",
            keepalived_conf(*instances(number)),
            f"2001:db8:77::1{number}",
        )
        for number in range(1, COUNT + 1)
    ]
    client = lab.client("client", "10.77.0.200")
    lab.capture()
    for router in routers:
        router.start()
    routers[1].wait_log("(V4_102) Entering MASTER STATE")
    lab.sleep(4)
    client.keep_asking("10.77.0.102")
    lab.on_switch("ip link set br0 type bridge mcast_snooping 1 mcast_querier 1")
    lab.sleep(5)
    routers[1].stop()
    lab.sleep(8)
    routers[1].start()
    lab.sleep(10)
    lab.who_holds("10.77.0.102")
    lab.who_holds("2001:db8:77::107")
