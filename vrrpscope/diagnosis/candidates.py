"""Causes that no rule can find: their evidence is where this program does not look.

A switch's table, a hypervisor's setting, the state of a remote host: such a cause has no picture of
its own in captures, configurations and logs. It shares the picture of a rule, and that rule names
it among what is not excluded. Here stands what would settle it.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Candidate:
    """A cause that is named by rules, and found by none.

    Attributes:
        id: as the rules name it in `not_excluded`.
        title: what it is, in a few words; it completes "it may also be that ...".
        why: why there is no rule for it.
        settle_with: what to type, and what the answer means.
        of: ids of the rules whose picture it shares.
    """

    id: str
    title: str
    why: str
    settle_with: str
    of: tuple[str, ...]


_ALL = (
    Candidate(
        "cloud-no-multicast-or-spoof-guard",
        "the virtual network carries no multicast, or drops addresses that it did not assign",
        "the platform's network is not in any capture of its guests",
        "the platform's network settings: source/destination check, allowed address pairs, "
        "multicast; with unicast_peer the adverts should come through",
        ("igmp-snooping-or-multicast-filter", "hypervisor-mac-security-or-vm-nic-filter"),
    ),
    Candidate(
        "rp-filter-or-vmac-receive",
        "the kernel drops the adverts that come in by the virtual interface (rp_filter)",
        "a capture sees packets before the kernel drops them, and nothing is logged",
        "nstat -az TcpExtIPReversePathFilter and sysctl -a -r rp_filter on the router that does "
        "not react",
        ("adverts-lost-one-way", "adverts-lost-both-ways"),
    ),
    Candidate(
        "unicast-neighbour-unresolved",
        "unicast adverts wait in the sender's kernel for the MAC of a peer that does not answer",
        "ordinary ARP requests and the sender's neighbour table are not looked at",
        "ip neighbour show on the sender: is the peer FAILED or INCOMPLETE? tcpdump -ni eth0 arp",
        ("adverts-lost-one-way",),
    ),
    Candidate(
        "vrf-or-policy-route",
        "adverts leave, or are expected, by another interface or VRF than keepalived's own",
        "which interface a socket is bound to is not in any packet",
        "ip rule, ip route get PEER, ip vrf show on both routers; a capture on every interface",
        ("adverts-lost-both-ways",),
    ),
    Candidate(
        "interface-down-not-noticed",
        "keepalived before 2.0 does not notice that its interface has lost its addresses",
        "the adverts go on as if nothing had happened; only the host itself shows it",
        "keepalived --version and ip address show on the master",
        ("vip-unreachable",),
    ),
    Candidate(
        "service-does-not-follow-vip",
        "the notify scripts did not start the service on the new master, or started it too late",
        "the election is right and so are the announcements; scripts leave no packet",
        "the log of the new master around the hand-over, and the script by hand",
        ("vip-unreachable",),
    ),
)

CANDIDATES = {candidate.id: candidate for candidate in _ALL}
"""Every candidate by its id."""
