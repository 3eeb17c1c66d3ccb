"""Routers that joined the VRRP group before their interface had an IPv4 address.

A host that has no address yet reports its memberships from 0.0.0.0 (RFC 3376 section 4.2.13), and
keepalived is in FAULT until it has one.
"""

from collections.abc import Iterator

from msgspec import Struct

from vrrpscope.observation import AnnouncementKind
from vrrpscope.timeline.index import segment_of
from vrrpscope.timeline.model import RouterStory, Timeline
from vrrpscope.timeline.streak import Mark, Streak

_VIRTUAL_MAC = "00:00:5e:00:"


class Addressless(Struct, frozen=True):
    """A router that listens to the group and has no address to send from.

    Attributes:
        mac: all that is known of it so far.
        joined: its report from 0.0.0.0.
        until: its first sign with an address, None where there is none in the capture.
        spoke: its first advert afterwards, where it ever spoke.
    """

    timeline: Timeline
    story: RouterStory
    mac: str
    joined: Mark
    until: Mark | None
    spoke: Streak | None


def find_addressless(timeline: Timeline, story: RouterStory) -> Iterator[Addressless]:
    """Each MAC that joined from 0.0.0.0 and had shown no address before; no virtual MACs.

    Where several virtual routers are on the segment, only for one for which it spoke later: a
    report does not say which VRID it is for.
    """
    spoken: dict[str, Streak] = {}
    for streak in story.streaks:
        spoken.setdefault(streak.sender.mac, streak)
    if any(mac.startswith(_VIRTUAL_MAC) for mac in spoken):
        # The virtual interface (use_vmac) has no address of its own, so its reports come from
        # 0.0.0.0, and keepalived's rules in nftables give them the MAC of the base interface.
        return
    addresses = set(story.addresses)
    own: dict[str, Mark] = {}
    nameless: dict[str, Mark] = {}
    for said in sorted(story.announcements, key=lambda a: a.first):
        if not said.mac:
            # Nobody knows who it is that says so.
            continue
        if said.kind is AnnouncementKind.IGMP_JOIN and said.subject.is_unspecified:
            nameless.setdefault(said.mac, said.first)
        elif said.subject not in addresses:
            own.setdefault(said.mac, said.first)
    # A report does not say which VRID it is for.
    is_alone = timeline.index.segments[segment_of(story.router)] == 1
    for mac, joined in nameless.items():
        spoke = spoken.get(mac)
        signs = [m for m in (own.get(mac), spoke.first if spoke else None) if m is not None]
        if mac.startswith(_VIRTUAL_MAC) or any(mark < joined for mark in signs):
            continue
        if spoke is not None or is_alone:
            yield Addressless(timeline, story, mac, joined, min(signs, default=None), spoke)
