"""The filter that the kernel applies before a packet socket queues a frame.

What comes through: VRRP (and CARP, which shares its number), AH, ARP, RARP, IGMP, MLD, neighbour
and router discovery, everything with IPv6 hop-by-hop or destination options (MLD has the former),
and the refusals of protocol 112 by ICMP. All of it also with up to two VLAN tags that are still
in the frame, for the outer one is usually stripped before the filter sees it, and in LLC/SNAP.
Fragments come through where the protocol in their header does. TCP and UDP do not.

With tunnels everything comes through that may carry a frame with VRRP inside: GRE, ERSPAN, VXLAN,
Geneve, IP in IP, MPLS, PPPoE and the like. On a machine that forwards tunnels this can be most of
its traffic, so it has to be asked for.
"""

from functools import cache

from vrrpscope.capture.live.assembler import Instruction, assemble

ARPHRD_ETHERNET, ARPHRD_LOOPBACK, ARPHRD_NONE = 1, 772, 65534
"""Link layers (linux/if_arp.h); interfaces of the last kind give bare IP packets."""

_HARDWARE_TYPE = 0xFFFFF000 + 28
"""An ancillary load (SKF_AD_HATYPE): the link layer of the interface that has the frame."""

_ACCEPTED_BYTES = 0x40000
_TAGS = (0x8100, 0x88A8, 0x9100, 0x9200)
_SNAP = 0xAAAA0300
"""DSAP, SSAP, control and the first byte of the organization code."""

_ETHERTYPES = (0x0806, 0x8035)  # ARP, RARP
_PROTOCOLS = (112, 51, 2)  # VRRP, AH, IGMP
_NEXT_HEADERS = (112, 51, 0, 60)  # VRRP, AH, hop-by-hop and destination options
_FRAGMENTED = (*_NEXT_HEADERS, 58)
_ICMPV6_TYPES = (131, 132, 143, 133, 134, 135, 136)  # MLD, router and neighbour discovery
_PROTOCOL_UNREACHABLE = 0x0302
_UNRECOGNIZED_NEXT_HEADER = 0x0401

# MPLS, PPPoE, 802.1ah, VN-Tag, Cisco metadata, HSR and PRP.
_TUNNEL_ETHERTYPES = (0x8847, 0x8848, 0x8864, 0x88E7, 0x8926, 0x8909, 0x892F)
_TUNNEL_PROTOCOLS = (4, 41, 47)  # IP and IPv6 in IP, GRE
_TUNNEL_PORTS = (4789, 8472, 6081)  # VXLAN and its older port on Linux, Geneve

DROP_ALL = assemble("ret 0")

_PROGRAM = """
    ld   [{hardware_type}]
    jeq  {ethernet} ethernet
    jeq  {loopback} ethernet
    jeq  {none} bare
    jmp  refuse

bare:
    ldx  0
    ldb  [0]
    and  0xf0
    jeq  0x40 ipv4
    jeq  0x60 ipv6
    jmp  refuse

ethernet:
    ldx  14
    ldh  [12]
    {tag_to_once}
    jlt  0x0600 llc
    jmp  network
once:
    ldx  18
    ldh  [16]
    {tag_to_twice}
    jmp  network
llc:
    ld   [14]
    jne  {snap} refuse
twice:
    ldx  22
    ldh  [20]
    {third_tag}

network:
    jeq  0x0800 ipv4
    jeq  0x86dd ipv6
    {ethertypes}
    jmp  refuse

ipv4:
    ldb  [x+9]
    {protocols}
    jeq  1 icmp
    {tunnels_in_ipv4}
    jmp  refuse
icmp:
    ldh  [x+6]
    jset 0x1fff refuse
    ldb  [x+0]
    and  0x0f
    lsh  2
    addx
    tax
    ldh  [x+0]
    jeq  {protocol_unreachable} accept
    jmp  refuse

ipv6:
    ldb  [x+6]
    {next_headers}
    jeq  44 fragment
    jeq  58 icmpv6
    {tunnels_in_ipv6}
    jmp  refuse
fragment:
    ldb  [x+40]
    {fragmented}
    jmp  refuse
icmpv6:
    ldb  [x+40]
    {icmpv6_types}
    ldh  [x+40]
    jeq  {unrecognized} accept
    jmp  refuse
{udp}
refuse:
    ret  0
accept:
    ret  {accepted_bytes}
"""

_UDP = """
udp_in_ipv4:
    ldh  [x+6]
    jset 0x1fff refuse
    ldb  [x+0]
    and  0x0f
    lsh  2
    addx
    tax
    ldh  [x+2]
    jmp  port
udp_in_ipv6:
    ldh  [x+42]
port:
    {ports}
"""


@cache
def program(tunnels: bool = False) -> tuple[Instruction, ...]:
    """The filter; with `tunnels`, whatever may carry VRRP inside comes through as well."""
    ethertypes = _ETHERTYPES + _TUNNEL_ETHERTYPES * tunnels
    in_ip = _jumps(_TUNNEL_PROTOCOLS, "accept") + "\njeq 17 "
    text = _PROGRAM.format(
        hardware_type=_HARDWARE_TYPE,
        ethernet=ARPHRD_ETHERNET,
        loopback=ARPHRD_LOOPBACK,
        none=ARPHRD_NONE,
        snap=_SNAP,
        tag_to_once=_jumps(_TAGS, "once"),
        tag_to_twice=_jumps(_TAGS, "twice"),
        third_tag=_jumps(_TAGS, "accept") if tunnels else "",
        ethertypes=_jumps(ethertypes, "accept"),
        protocols=_jumps(_PROTOCOLS, "accept"),
        next_headers=_jumps(_NEXT_HEADERS, "accept"),
        fragmented=_jumps(_FRAGMENTED, "accept"),
        icmpv6_types=_jumps(_ICMPV6_TYPES, "accept"),
        protocol_unreachable=_PROTOCOL_UNREACHABLE,
        unrecognized=_UNRECOGNIZED_NEXT_HEADER,
        tunnels_in_ipv4=in_ip + "udp_in_ipv4" if tunnels else "",
        tunnels_in_ipv6=in_ip + "udp_in_ipv6" if tunnels else "",
        udp=_UDP.format(ports=_jumps(_TUNNEL_PORTS, "accept")) if tunnels else "",
        accepted_bytes=_ACCEPTED_BYTES,
    )
    return assemble(text)


def expression(tunnels: bool = False) -> str:
    """The same as an expression of libpcap, for programs that capture in our place."""
    core = " or ".join(
        (
            "arp or rarp",
            *(f"ip proto {number}" for number in _PROTOCOLS),
            f"icmp[0:2] = {_PROTOCOL_UNREACHABLE}",
            *(f"(ip6 and ip6[6] = {number})" for number in _NEXT_HEADERS),
            f"(ip6 and ip6[6] = 44 and ({_any('ip6[40]', _FRAGMENTED)}))",
            f"(ip6 and ip6[6] = 58 and ({_any('ip6[40]', _ICMPV6_TYPES)}"
            f" or ip6[40:2] = {_UNRECOGNIZED_NEXT_HEADER}))",
        )
    )
    # `vlan` moves all that follows it, so the tagged variants stand inside each other.
    text = f"{core} or (vlan and ({core} or (vlan and ({core}))))"
    return f"{_tunnels()} or {text}" if tunnels else text


def _tunnels() -> str:
    """What may carry VRRP inside; with at most as many tags as the kernel strips."""
    return " or ".join(
        (
            *(f"ether proto {number}" for number in _TUNNEL_ETHERTYPES),
            *(f"ip proto {number} or ip6 proto {number}" for number in _TUNNEL_PROTOCOLS),
            *(f"udp dst port {port}" for port in _TUNNEL_PORTS),
        )
    )


def _any(field: str, numbers: tuple[int, ...]) -> str:
    return " or ".join(f"{field} = {number}" for number in numbers)


def _jumps(numbers: tuple[int, ...], label: str) -> str:
    return "\n".join(f"jeq {number} {label}" for number in numbers)
