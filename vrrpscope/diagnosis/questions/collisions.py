"""Two clusters on one VRID, or CARP on it, and what they do to each other."""

from collections.abc import Callable, Iterator
from ipaddress import ip_address
from itertools import combinations

from msgspec import Struct

from vrrpscope.diagnosis.questions.disagreements import compare
from vrrpscope.diagnosis.questions.signs import Signs
from vrrpscope.diagnosis.questions.silenced import Pauses, Silenced, Strangers
from vrrpscope.diagnosis.questions.strangers import are_neighbours
from vrrpscope.diagnosis.questions.terms import Field
from vrrpscope.protocol.advertisement import Address
from vrrpscope.timeline.model import RouterStory, Timeline
from vrrpscope.timeline.streak import Gap, Mark, Sender, Streak

_MOST_GROUPS = 8
"""Clusters on one VRID that are compared with each other: the first ones."""

_SURE_RESTARTS = 3
"""Pauses that end one interval after a stranger's advert: more often than chance has it."""

_SURE_ANSWERS = 2
"""A master that was paused may go on just when its backup takes over: once, not twice."""

_VIRTUAL_MAC = "00:00:5e:00:"
"""RFC 5798 section 7.3: all clusters with one VRID have it in common."""

_GROUPS = frozenset({ip_address("224.0.0.18"), ip_address("ff02::12")})
"""Where CARP sends to."""

ToldCount = Callable[[RouterStory, tuple[Address, ...]], int]
"""How many routers are told to hold any of these addresses."""


class Collision(Struct, frozen=True):
    """A cluster, and strangers that use its number at the same time.

    Attributes:
        ours, theirs: who spoke for each; of CARP, `theirs` are those who speak it.
        our_addresses, their_addresses: the virtual addresses; none for CARP.
        our_mark, their_mark: an advert of each.
        since, until: from when to when both spoke.
        silenced: pauses of masters of either that the other one explains.
        fields: ids of the causes by which the two differ, beside the list of addresses.
        is_certain: by their number or protocol the strangers are surely not one router of the
            cluster that was given a wrong list of addresses.
        are_near: by their addresses both are of one network.
    """

    timeline: Timeline
    story: RouterStory
    ours: tuple[Sender, ...]
    theirs: tuple[Sender, ...]
    our_addresses: tuple[Address, ...]
    their_addresses: tuple[Address, ...]
    our_mark: Mark
    their_mark: Mark
    since: Mark
    until: Mark
    silenced: tuple[Silenced, ...]
    fields: tuple[str, ...]
    is_certain: bool
    are_near: bool

    @property
    def takeovers(self) -> tuple[Silenced, ...]:
        """The pauses after which a backup took over without need."""
        return tuple(s for s in self.silenced if s.takeover is not None)

    @property
    def does_silence(self) -> bool:
        """True where nothing else makes a master that is awake send nothing for so long.

        Two networks that one capture shows side by side do not do so, but by chance.
        """
        answers = sum(s.answered for s in self.takeovers)
        restarts = sum(s.restarted for s in self.silenced)
        most = 2 * restarts >= len(self.silenced) - answers
        answered = answers >= (1 if self.are_near else _SURE_ANSWERS)
        return answered or (restarts >= _SURE_RESTARTS and most)

    @property
    def gaps(self) -> frozenset[Gap]:
        """The pauses of masters that the strangers explain."""
        return frozenset(s.gap for s in self.silenced)


def find_collisions(
    timeline: Timeline, story: RouterStory, signs: Signs, told: ToldCount
) -> Iterator[Collision]:
    """All pairs of clusters that share the VRID, and were there at one time."""
    if len(story.groups) < 2:
        return
    pauses = Pauses(story, signs)
    for one, other in combinations(story.groups[:_MOST_GROUPS], 2):
        mine = [s for s in story.streaks if s.sender in one]
        theirs = [s for s in story.streaks if s.sender in other]
        if _is_one_host(mine, theirs):
            continue
        heard, said = _heard_by(mine, theirs), _heard_by(theirs, mine)
        silenced = [
            *pauses.silenced(one, Strangers(heard)),
            *pauses.silenced(other, Strangers(said)),
        ]
        meet = bool(heard or said) or _share_a_mac(mine, theirs)
        found = _collision(timeline, story, (mine, theirs), silenced, told) if meet else None
        if found is not None and (silenced or found.are_near):
            yield found


def _is_one_host(ones: list[Streak], others: list[Streak]) -> bool:
    """True where a MAC of its own speaks for both: one host in two networks.

    No daemon uses one VRID twice in one network.
    """
    mine = {s.sender.mac for s in ones if s.sender.mac}
    shared = mine & {s.sender.mac for s in others}
    return any(not mac.startswith(_VIRTUAL_MAC) for mac in shared)


def _share_a_mac(ones: list[Streak], others: list[Streak]) -> bool:
    """True where both have the virtual MAC: switches mix them up, whoever hears whom."""
    return all(any(s.sender.mac.startswith(_VIRTUAL_MAC) for s in own) for own in (ones, others))


def _heard_by(listeners: list[Streak], speakers: list[Streak]) -> list[Streak]:
    """What of the speakers' adverts gets to the listeners' daemons.

    The kernel gives a daemon what is sent to its own address, or to the group that it uses
    (keepalived: open_vrrp_read_socket).
    """
    groups = {s.advertisement.destination for s in listeners if not s.advertisement.is_unicast}
    own = groups | {s.sender.address for s in listeners}
    return [s for s in speakers if s.advertisement.destination in own]


def _are_near(ones: list[Streak], others: list[Streak]) -> bool:
    """True where the two are of one network, by their addresses."""
    one, other = ones[0], others[0]
    mine = {a for s in ones for a in s.advertisement.addresses}
    theirs = {a for s in others for a in s.advertisement.addresses}
    return are_neighbours(one.sender, mine, other.sender, theirs)


def _collision(
    timeline: Timeline,
    story: RouterStory,
    sides: tuple[list[Streak], list[Streak]],
    silenced: list[Silenced],
    told: ToldCount,
) -> Collision | None:
    """The collision of two clusters; None where they were there one after the other."""
    ones, others = sides
    since = max(ones[0].first, others[0].first)
    until = min(max(s.last for s in ones), max(s.last for s in others))
    if since >= until:
        return None
    fields = _fields(story, ones[-1].sender, others[-1].sender, until)
    sizes = [max(len(_senders(s)), told(story, _addresses(s))) for s in sides]
    return Collision(
        timeline=timeline,
        story=story,
        ours=_senders(ones),
        theirs=_senders(others),
        our_addresses=_addresses(ones),
        their_addresses=_addresses(others),
        our_mark=_beside(ones, since),
        their_mark=_beside(others, since),
        since=since,
        until=until,
        silenced=tuple(sorted(silenced, key=lambda s: s.gap.from_)),
        fields=fields,
        is_certain=min(sizes) > 1 or (max(sizes) > 1 and any(f != Field.VIP_COUNT for f in fields)),
        are_near=_are_near(ones, others),
    )


def _fields(story: RouterStory, one: Sender, other: Sender, at: Mark) -> tuple[str, ...]:
    """In what the two differ, beside the list of addresses."""
    comparison = compare(story, one, other, at)
    fields = comparison.fields if comparison is not None else ()
    return tuple(str(field) for field in fields if field is not Field.VIP_LIST)


def _senders(streaks: list[Streak]) -> tuple[Sender, ...]:
    return tuple(dict.fromkeys(s.sender for s in streaks))


def _addresses(streaks: list[Streak]) -> tuple[Address, ...]:
    return tuple(dict.fromkeys(a for s in streaks for a in s.advertisement.addresses))


def _beside(streaks: list[Streak], at: Mark) -> Mark:
    """An advert from the time at which both were there."""
    return next((s.first for s in streaks if s.first >= at), streaks[-1].last)


def find_carp_collisions(
    timeline: Timeline, story: RouterStory, signs: Signs
) -> Iterator[Collision]:
    """CARP that uses the VRID as its virtual host id, beside routers of VRRP."""
    speaks = [s for s in story.streaks if s.advertisement.destination in _GROUPS]
    virtual = any(s.mac.startswith(_VIRTUAL_MAC) for s in story.senders)
    if not story.carp or not story.streaks or not (speaks or virtual):
        return
    strangers = Strangers(story.carp)
    masters = frozenset(story.senders)
    silenced = sorted(Pauses(story, signs).silenced(masters, strangers), key=lambda s: s.gap.from_)
    since = max(story.streaks[0].first, story.carp[0].first)
    until = min(max(s.last for s in story.streaks), max(r.last for r in story.carp))
    yield Collision(
        timeline=timeline,
        story=story,
        ours=story.senders,
        theirs=tuple(dict.fromkeys(run.sender for run in story.carp)),
        our_addresses=story.addresses,
        their_addresses=(),
        our_mark=story.streaks[-1].last,
        their_mark=story.carp[0].first,
        since=min(since, until),
        until=max(since, until),
        silenced=tuple(silenced),
        fields=(),
        is_certain=True,
        are_near=_is_near_carp(story),
    )


def _is_near_carp(story: RouterStory) -> bool:
    """True where CARP comes from the network of the routers, by the addresses."""
    own, theirs = story.streaks[0], story.carp[0].sender
    return are_neighbours(own.sender, own.advertisement.addresses, theirs, story.addresses)
