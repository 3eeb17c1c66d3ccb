"""VRRP itself, and its sisters, of which the name is enough."""

from vrrpscope.decode.network import VRRP
from vrrpscope.decode.walk import (
    CARP,
    GLBP,
    HSRP,
    MALFORMED,
    OTHER,
    TRUNCATED,
    IpHeader,
    Layers,
    Space,
    Step,
    Walk,
    address,
)
from vrrpscope.observation import Carp, Other, Sighting, VirtualRouter
from vrrpscope.protocol.advertisement import Defect
from vrrpscope.protocol.timers import NS
from vrrpscope.protocol.wire import Unreadable, parse_message

_CARP_TIMERS_END = 6
"""Bytes of a CARP advert up to its timers."""

_REFUSALS = {
    Unreadable.TRUNCATED: TRUNCATED,
    Unreadable.TOO_SHORT: MALFORMED,
}


def vrrp(walk: Walk, data: bytes) -> Step:
    """An advert: a sighting where it is credible."""
    ip = walk.ip
    if ip is None:
        return OTHER
    advertisement = parse_message(
        data,
        source=address(ip.source),
        destination=address(ip.destination),
        source_mac=walk.mac,
        ttl=ip.ttl,
        length=ip.length,
        defects=_frame_defects(walk, ip, data),
    )
    if advertisement is Unreadable.CARP:
        return _carp(walk, ip, data)
    if isinstance(advertisement, Unreadable):
        return _REFUSALS[advertisement]
    if advertisement.auth.trailer is not None:
        walk.repeatable = False  # equal bytes do not come again: not worth remembering
    if not advertisement.is_credible:
        return Other("malformed", refused=True, advertisement=advertisement)
    router = _router(walk, ip, advertisement.vrid)
    return Sighting(walk.frame.time_ns, ip.identification, router, advertisement, walk.ref)


def _router(walk: Walk, ip: IpHeader, vrid: int) -> VirtualRouter:
    family = "ipv4" if len(ip.source) == 4 else "ipv6"
    return VirtualRouter(family, vrid, walk.vlans, walk.segment)


def _carp(walk: Walk, ip: IpHeader, data: bytes) -> Step:
    """A CARP advert (OpenBSD's `struct carp_header`), where its timers were captured.

    It has its virtual host id (VHID) where VRRP has the VRID, then advskew in 1/256 s, and advbase
    in s at offset 5.
    """
    if len(data) < _CARP_TIMERS_END:
        return CARP
    interval_ns = data[5] * NS + data[2] * NS // 256
    router, source = _router(walk, ip, data[1]), address(ip.source)
    return Carp(walk.frame.time_ns, router, source, walk.mac, interval_ns, walk.ref)


def _frame_defects(walk: Walk, ip: IpHeader, data: bytes) -> tuple[Defect, ...]:
    """Note a record that lies: more captured than there was, or less than IP says though whole."""
    lies = walk.frame.original_length < len(walk.frame.data)
    lacks = len(data) < ip.length and not walk.is_cut
    return (Defect.FRAME_LENGTH,) if lies or lacks else ()


def hsrp(_walk: Walk, _data: bytes) -> Step:
    """HSRP (RFC 2281; 2029 over IPv6)."""
    return HSRP


def glbp(_walk: Walk, _data: bytes) -> Step:
    """Cisco's GLBP."""
    return GLBP


LAYERS: Layers = {
    (Space.IP, VRRP): vrrp,
    (Space.UDP, 1985): hsrp,
    (Space.UDP, 2029): hsrp,
    (Space.UDP, 3222): glbp,
}
