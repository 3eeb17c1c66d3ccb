"""What the hosts of routers send beside VRRP, as a pause remembers it."""

from ipaddress import ip_address

from routers import A_MAC, CLIENT_MAC
from sightings import MS, A, B, Wire, advert

from vrrpscope.protocol.advertisement import Defect


def host_seen(wire: Wire) -> list[int]:
    """Milliseconds at which A's host was seen up to the end of its pause."""
    gap = wire.story().streaks[-1].gap_before
    assert gap is not None
    return [time_ns // MS for time_ns in gap.host_seen]


def test_frames_of_the_sender_alone_and_after_its_first_advert() -> None:
    wire = Wire()
    wire.other(100, A_MAC)
    wire.repeat(1000, 3, advert(A, 101))
    wire.other(3100, A_MAC)
    wire.other(3200, CLIENT_MAC)
    wire.builder.notice("malformed", True, A_MAC, 3300 * MS)
    wire.builder.notice("other VRID", False, A_MAC, 3400 * MS)
    # A hypervisor announces where the machine is now that it has moved.
    wire.builder.notice("rarp", False, A_MAC, 3500 * MS)
    wire.repeat(9000, 3, advert(A, 101))
    assert host_seen(wire) == [3100]


def test_behind_a_router_the_mac_is_not_the_senders() -> None:
    """Unicast adverts that were routed have a lower TTL, and the MAC of the router."""
    wire = Wire()
    said = advert(A, 101, ttl=254, defects=(Defect.TTL_NOT_255,), destination=ip_address(B))
    wire.repeat(1000, 3, said)
    wire.other(3100, A_MAC)
    wire.repeat(9000, 3, said)
    assert host_seen(wire) == []
    gap = wire.story().streaks[-1].gap_before
    assert gap is not None
    assert (gap.knows_host, gap.sender_frames) == (False, 0)


def test_the_latest_sixteen() -> None:
    wire = Wire()
    wire.repeat(1000, 3, advert(A, 101))
    for step in range(40):
        wire.other(4000 + step, A_MAC)
    wire.repeat(9000, 3, advert(A, 101))
    assert host_seen(wire) == list(range(4024, 4040))
