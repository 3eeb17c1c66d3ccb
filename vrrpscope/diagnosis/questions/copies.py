"""Packets that a capture has more than once: a copy is no second advert, and no second master."""

from collections.abc import Iterator

from msgspec import Struct

from vrrpscope.diagnosis.finding import Duration
from vrrpscope.timeline.model import Timeline


class Copies(Struct, frozen=True):
    """A vantage that has packets more than once, as a mirror of several ports does.

    Attributes:
        vantage: its id.
        adverts: adverts of all senders, each counted once.
        copies: packets that are one of these again, within milliseconds.
    """

    vantage: str
    adverts: int
    copies: int

    @property
    def says(self) -> str:
        """The fact as a sentence."""
        return (
            f"{self.vantage} has {self.copies} copies of its {self.adverts} adverts, as a mirror "
            "of several ports or interfaces makes them; each advert is counted once"
        )


class PutTogether(Struct, frozen=True):
    """A vantage that is two captures in one file, whose clocks differ by `shift_ns`."""

    vantage: str
    shift_ns: int

    @property
    def says(self) -> str:
        """The fact as a sentence."""
        return (
            f"{self.vantage} has the adverts twice, {Duration(self.shift_ns)} apart: two captures "
            "whose clocks differ were merged into it. Nothing is said of two routers at once; "
            "give the captures one by one, not merged"
        )


def find_copies(timelines: tuple[Timeline, ...]) -> Iterator[Copies]:
    """Every vantage that has copies."""
    for timeline in timelines:
        streaks = [s for story in timeline.routers for s in story.streaks]
        copies = sum(s.copies for s in streaks)
        if copies:
            yield Copies(timeline.vantage.id, sum(s.count for s in streaks), copies)
