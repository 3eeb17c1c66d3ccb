"""What neighbours said: who listens to the VRRP group, and what a new master announced."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence

from vrrpscope.events.event import Event, EventKind, EventSeverity, Names, milliseconds
from vrrpscope.events.scene import Scene, seconds
from vrrpscope.observation import JOINS, LEAVES, AnnouncementKind, Vantage
from vrrpscope.protocol.advertisement import Address
from vrrpscope.protocol.timers import NS
from vrrpscope.timeline.model import Announced, Handover, HandoverKind, RouterStory, Timeline

ANNOUNCES_WITHIN_NS = 2 * NS
"""A new master announces its addresses at once (RFC 3768 section 6.4.1); this much is late."""

_BEFORE_NS = NS // 10
"""The announcement may leave the host before the first advert does."""

_BURST_ENDS_NS = NS
"""What follows within this belongs to the same burst, and is counted with it."""

_HOST = tuple[Address, str]

_FAMILIES = {
    "ipv4": (
        AnnouncementKind.GRATUITOUS_ARP,
        (AnnouncementKind.GRATUITOUS_ARP, AnnouncementKind.ARP_REPLY),
        "gratuitous ARP",
    ),
    "ipv6": (
        AnnouncementKind.UNSOLICITED_NA,
        (AnnouncementKind.UNSOLICITED_NA,),
        "neighbour advertisement",
    ),
}
"""What announces an address, what shows that the capture has such frames, and what it is called."""


def find_listeners(timeline: Timeline, names: Names) -> Iterator[Event]:
    """Who joined and left the VRRP group; it is one for all virtual routers of a network."""
    networks: dict[tuple[object, ...], list[RouterStory]] = {}
    for story in timeline.routers:
        key = (story.router.family, story.router.vlans, story.router.segment)
        networks.setdefault(key, []).append(story)
    for stories in networks.values():
        yield from _memberships(timeline.vantage, stories, names)


def _memberships(vantage: Vantage, stories: Sequence[RouterStory], names: Names) -> Iterator[Event]:
    """Each host once until it leaves: whoever is a member is asked again and again."""
    spoke_ns = _first_words(stories)
    members: set[_HOST] = set()
    gone: set[_HOST] = set()
    # Every story of one network and family has all joins and leaves.
    for said in stories[0].announcements:
        host = (said.subject, said.mac)
        if said.kind in JOINS and host not in members:
            members.add(host)
            if host in gone or not _has_spoken(said, spoke_ns):
                yield _membership(vantage, stories[0], said, names)
            gone.discard(host)
        elif said.kind in LEAVES and host not in gone:
            gone.add(host)
            members.discard(host)
            yield _membership(vantage, stories[0], said, names)


def _first_words(stories: Sequence[RouterStory]) -> dict[object, int]:
    """When each address and each MAC advertised first."""
    first: dict[object, int] = {}
    for story in stories:
        for streak in story.streaks:
            for known in (streak.sender.address, streak.sender.mac):
                began_ns = streak.first.time_ns
                first[known] = min(first.get(known, began_ns), began_ns)
    return first


def _has_spoken(said: Announced, spoke_ns: dict[object, int]) -> bool:
    """True where who joins had advertised by then."""
    now_ns = said.first.time_ns
    return any(spoke_ns.get(known, now_ns) < now_ns for known in (said.subject, said.mac) if known)


def _membership(vantage: Vantage, story: RouterStory, said: Announced, names: Names) -> Event:
    joined = said.kind in JOINS
    kind = EventKind.ROUTER_JOINED if joined else EventKind.ROUTER_LEFT
    name = names(said.subject)
    router = story.router
    number = said.first.ref.number
    facts = {
        "router": str(said.subject),
        "mac": said.mac,
        "family": router.family,
        "by": str(said.kind),
    }
    if joined:
        says = (
            f"{name} joined the VRRP group ({said.kind}): it listens, and does not advertise yet."
        )
    else:
        says = f"{name} left the VRRP group ({said.kind}): it listens to no master any more."
    return Event(
        kind,
        (str(kind), vantage.id, router.family, str(number)),
        said.first.time_ns,
        said.first.time_ns,
        vantage.id,
        None,
        EventSeverity.INFO if joined else EventSeverity.NOTICE,
        (said.first.ref,),
        facts,
        says,
    )


def find_announcements(scene: Scene) -> Iterator[Event]:
    """Whether each new master announced the virtual addresses."""
    by_mac = _bursts_by_mac(scene.story)
    for handover in scene.story.handovers:
        # After a contest nothing is due: it was master before, and announced itself then.
        if handover.before is None or handover.kind is HandoverKind.CONTEST:
            continue
        since_ns = handover.after.since.time_ns
        said = by_mac.get(handover.after.sender.mac, [])
        start = bisect_left(said, since_ns - _BEFORE_NS, key=_began_ns)
        stop = bisect_right(said, since_ns + ANNOUNCES_WITHIN_NS, key=_began_ns)
        event = _announced(scene, handover, said[start:stop])
        if event is not None:
            yield event


def _bursts_by_mac(story: RouterStory) -> dict[str, list[Announced]]:
    """What each MAC announced to all, in the order of time."""
    wanted = _FAMILIES[story.router.family][0]
    found: dict[str, list[Announced]] = {}
    for burst in sorted((a for a in story.announcements if a.kind is wanted), key=_began_ns):
        found.setdefault(burst.mac, []).append(burst)
    return found


def _began_ns(burst: Announced) -> int:
    return burst.first.time_ns


def _announced(scene: Scene, handover: Handover, said: Sequence[Announced]) -> Event | None:
    """What was announced after one hand-over; None where nobody can know."""
    due = handover.after.streaks[0].advertisement.addresses
    own = [a for a in said if a.is_by(handover.after.sender) and a.subject in due]
    if not own and not (due and _are_visible(scene)):
        return None
    since = handover.after.since
    known_ns = max(
        scene.known_from_ns(handover),
        since.time_ns + ANNOUNCES_WITHIN_NS + 1,
        *(a.last.time_ns + _BURST_ENDS_NS + 1 for a in own),
    )
    facts, says = _seen(scene, handover, own) if own else _not_seen(scene, handover)
    return scene.event(
        EventKind.ANNOUNCED if own else EventKind.NOT_ANNOUNCED,
        EventSeverity.INFO if own else EventSeverity.WARNING,
        (own[0].first.time_ns if own else since.time_ns + ANNOUNCES_WITHIN_NS, known_ns),
        (since.ref, own[0].first.ref) if own else (since.ref,),
        facts,
        says,
        since.ref.number,
    )


def _are_visible(scene: Scene) -> bool:
    """True where the capture has such frames at all: some filters leave them out."""
    shows = _FAMILIES[scene.story.router.family][1]
    return any(scene.timeline.counts.get(kind, 0) for kind in shows)


def _seen(
    scene: Scene, handover: Handover, own: Sequence[Announced]
) -> tuple[dict[str, object], str]:
    due = handover.after.streaks[0].advertisement.addresses
    announced = list(dict.fromkeys(a.subject for a in own))
    count = sum(a.count for a in own)
    first_ns = own[0].first.time_ns - handover.after.since.time_ns
    kind = _FAMILIES[scene.story.router.family]
    facts: dict[str, object] = {
        "master": str(handover.after.sender.address),
        "announcement": str(kind[0]),
        "addresses": len(announced),
        "not_announced": [str(a) for a in due if a not in announced],
        "count": count,
        "first_after_ms": milliseconds(first_ns),
    }
    times = "once" if count == 1 else f"{count} times"
    says = (
        f"{scene.name(handover.after.sender)} announced {len(announced)} of {len(due)} virtual "
        f"addresses of {scene.story.router.id} ({kind[2]}, {times}), first "
        f"{seconds(first_ns)} after its first advert."
    )
    return facts, says


def _not_seen(scene: Scene, handover: Handover) -> tuple[dict[str, object], str]:
    due = handover.after.streaks[0].advertisement.addresses
    facts: dict[str, object] = {
        "master": str(handover.after.sender.address),
        "addresses": [str(a) for a in due],
        "waited_ms": milliseconds(ANNOUNCES_WITHIN_NS),
    }
    says = (
        f"{scene.name(handover.after.sender)} took {scene.title(handover.after)} over and has not "
        f"announced it within {ANNOUNCES_WITHIN_NS // NS} s "
        f"({_FAMILIES[scene.story.router.family][2]}), "
        "although the capture shows others: hosts may still send to the old master."
    )
    return facts, says
