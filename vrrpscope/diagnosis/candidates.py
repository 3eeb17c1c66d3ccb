"""Causes that no rule can find: their evidence is where this program does not look.

A switch's table, a hypervisor's setting, the state of a remote host: such a cause has no picture of
its own in captures, configurations and logs. It shares the picture of a rule, and that rule names
it among what is not excluded. Here stands what would settle it.
"""

from msgspec import Struct


class Candidate(Struct, frozen=True):
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
        "the platform's network settings (source/destination check, allowed address pairs, "
        "multicast); adverts that come through with unicast_peer show that it drops multicast",
        ("igmp-snooping-or-multicast-filter", "hypervisor-mac-security-or-vm-nic-filter"),
    ),
    Candidate(
        "rp-filter-or-vmac-receive",
        "the kernel drops the adverts that come in by the virtual interface (rp_filter)",
        "a capture sees packets before the kernel drops them, and nothing is logged",
        "on the router that does not react: nstat -az TcpExtIPReversePathFilter, twice; a count "
        "that grows is the proof (sysctl -a -r rp_filter shows the settings)",
        ("adverts-lost-one-way", "adverts-lost-both-ways"),
    ),
    Candidate(
        "unicast-neighbour-unresolved",
        "unicast adverts wait in the sender's kernel for the MAC of a peer that does not answer",
        "ordinary ARP requests and the sender's neighbour table are not looked at",
        "on the sender: ip neighbour show; a peer that is FAILED or INCOMPLETE gets no advert",
        ("adverts-lost-one-way",),
    ),
    Candidate(
        "vrf-or-policy-route",
        "adverts leave, or are expected, by another interface or VRF than keepalived's own",
        "which interface a socket is bound to is not in any packet",
        "on both routers: ip rule, ip vrf show, ip route get PEER; another interface than "
        "keepalived's own in the answer is the cause (tcpdump -ni any 'ip proto 112' shows which)",
        ("adverts-lost-both-ways",),
    ),
    Candidate(
        "interface-down-not-noticed",
        "keepalived before 2.0 does not notice that its interface has lost its addresses",
        "the adverts go on as if nothing had happened; only the host itself shows it",
        "on the master: keepalived --version (before 2.0?) and ip address show (is the virtual "
        "address missing?)",
        ("vip-unreachable",),
    ),
    Candidate(
        "service-does-not-follow-vip",
        "the notify scripts did not start the service on the new master, or started it too late",
        "the election is right and so are the announcements; scripts leave no packet",
        "on the new master: journalctl around the hand-over (did the notify script run, and did "
        "it fail?), and the script run by hand",
        ("vip-unreachable",),
    ),
)

CANDIDATES = {candidate.id: candidate for candidate in _ALL}
"""Every candidate by its id."""
