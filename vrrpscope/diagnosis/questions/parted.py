"""One virtual router in two VLANs, with one router in each: a port that is in the wrong one."""

from collections.abc import Iterator
from itertools import combinations

from msgspec import Struct

from vrrpscope.diagnosis.finding import Duration, Role, Step
from vrrpscope.diagnosis.questions.disagreements import differences
from vrrpscope.diagnosis.questions.reigns import Window, find_reigns, find_windows
from vrrpscope.diagnosis.questions.terms import terms_of
from vrrpscope.observation import JOINS, Basis
from vrrpscope.protocol.advertisement import Address
from vrrpscope.timeline.model import RouterStory, Timeline
from vrrpscope.timeline.streak import Mark, Sender

_MOST_STORIES = 8
"""VLANs with one VRID and one set of addresses that are compared with each other."""


class Parted(Struct, frozen=True):
    """Two routers that agree in every field, each alone in a VLAN of its own, and both master.

    Attributes:
        one, other: the stories of the two VLANs; `one` was seen first.
        window: when both were master.
    """

    timeline: Timeline
    one: RouterStory
    other: RouterStory
    one_sender: Sender
    other_sender: Sender
    shown: tuple[Mark, Mark]
    window: Window

    @property
    def addresses(self) -> tuple[Address, ...]:
        """What both hold."""
        return self.one.addresses

    def witnessed(self, one: str, other: str) -> tuple[Step, ...]:
        """What shows it, as a witness tells it; the names are a report's."""
        return (
            Step(
                f"{one} was master in {_place(self.one)}, and nobody else was seen there",
                Basis.SEEN,
                (self.shown[0].ref,),
            ),
            Step(
                f"{other} was master in {_place(self.other)} with the same VRID and addresses, and "
                "nobody else was seen there",
                Basis.SEEN,
                (self.shown[1].ref,),
            ),
            Step(
                f"their adverts agree in every field, and both were master for "
                f"{Duration(self.window.duration_ns)}: they look like the two halves of one group",
                Basis.INFERRED,
                (self.window.since.ref, self.window.until.ref),
                role=Role.SO,
            ),
        )


def _place(story: RouterStory) -> str:
    """In which VLAN a story is."""
    vlans = ".".join(map(str, story.router.vlans))
    return f"VLAN {vlans}" if vlans else "the untagged network"


def find_parted(timeline: Timeline) -> Iterator[Parted]:
    """All pairs of lonely routers of one group in two VLANs."""
    alike: dict[object, list[RouterStory]] = {}
    for story in timeline.routers:
        router = story.router
        if len(story.senders) == 1 and story.addresses and not _others(story):
            key = (router.family, router.vrid, router.segment, frozenset(story.addresses))
            alike.setdefault(key, []).append(story)
    for stories in alike.values():
        for one, other in combinations(stories[:_MOST_STORIES], 2):
            parted = _parted(timeline, one, other)
            if parted is not None:
                yield parted


def _others(story: RouterStory) -> bool:
    """True where another router joined the VRRP group in that VLAN: a group of its own."""
    (sender,) = story.senders
    return any(
        a.kind in JOINS and a.subject != sender.address and not a.subject.is_unspecified
        for a in story.announcements
    )


def _parted(timeline: Timeline, one: RouterStory, other: RouterStory) -> Parted | None:
    """The two halves; None where they are one router, differ, or were not master at once."""
    (mine,), (theirs,) = one.senders, other.senders
    if mine.address == theirs.address or mine.mac == theirs.mac:
        return None
    said = one.streaks[0], other.streaks[0]
    if differences(*(terms_of(streak.advertisement) for streak in said)):
        return None
    windows = find_windows(find_reigns(one)[mine], find_reigns(other)[theirs])
    if not windows:
        return None
    longest = max(windows, key=lambda w: w.duration_ns)
    shown = (said[0].first, said[1].first)
    return Parted(timeline, one, other, mine, theirs, shown, longest)
