"""What the makers of events share: one virtual router at one vantage, and how things are called."""

from collections import Counter
from collections.abc import Mapping
from functools import cached_property

from vrrpscope.diagnosis.finding import Duration, listed
from vrrpscope.events.event import Event, EventKind, EventSeverity, Names
from vrrpscope.observation import FrameRef
from vrrpscope.protocol.timers import Range, master_down_interval_ns, master_down_range_ns
from vrrpscope.timeline.model import EndedBy, Handover, RouterStory, Tenure, Timeline
from vrrpscope.timeline.streak import Sender, late_after_ns


class Scene:
    """One virtual router as one vantage saw it so far."""

    def __init__(self, timeline: Timeline, story: RouterStory, names: Names) -> None:
        self.timeline = timeline
        self.story = story
        self.now_ns = timeline.last_ns or 0
        self._names = names

    def event(
        self,
        kind: EventKind,
        severity: EventSeverity,
        at: tuple[int, int],
        frames: tuple[FrameRef, ...],
        facts: Mapping[str, object],
        says: str,
        *identity: object,
    ) -> Event:
        """An event; `at` is when it happened and from when on it is known.

        What identifies it are its kind, the virtual router and `identity`.
        """
        vantage = self.timeline.vantage.id
        router = self.story.router
        key = (str(kind), vantage, router.id, *map(str, identity))
        return Event(kind, key, *at, vantage, router, severity, frames, facts, says)

    def name(self, sender: Sender) -> str:
        """How a sender is called; two of one address are told apart by their MACs."""
        name = self._names(sender.address)
        if sender.mac and self._hosts_by_address[sender.address] > 1:
            return f"{name} [{sender.mac}]"
        return name

    @cached_property
    def _hosts_by_address(self) -> Counter[object]:
        return Counter(sender.address for sender in self.story.senders)

    def title(self, master: Tenure) -> str:
        """The virtual addresses that a master names, and the id: "172.31.23.6 (ipv4/60)"."""
        named = master.streaks[0].advertisement.addresses
        if not named:
            return self.story.router.id
        return f"{listed(named, 2)} ({self.story.router.id})"

    @cached_property
    def _turns(self) -> tuple[dict[int, Tenure], dict[int, Tenure]]:
        """By the identity of a tenure, the next and the previous one of the same sender."""
        following: dict[int, Tenure] = {}
        previous: dict[int, Tenure] = {}
        latest: dict[Sender, Tenure] = {}
        for tenure in self.story.tenures:
            before = latest.get(tenure.sender)
            if before is not None:
                following[id(before)] = tenure
                previous[id(tenure)] = before
            latest[tenure.sender] = tenure
        return following, previous

    def next_of(self, tenure: Tenure) -> Tenure | None:
        """The tenure with which the same sender speaks again."""
        return self._turns[0].get(id(tenure))

    def previous_of(self, tenure: Tenure) -> Tenure | None:
        """The tenure of the same sender before this one."""
        return self._turns[1].get(id(tenure))

    def known_from_ns(self, handover: Handover) -> int:
        """From when on nothing that comes can undo a hand-over.

        One who is heard after the new master began, and again before it could have been a backup,
        has been master all the time. So has one who is late where the new master had not been away
        for long enough to have been a backup.
        """
        before, after = handover.before, handover.after
        at_ns = handover.at.time_ns
        if before is None or (before.ended_by is EndedBy.RELEASED and before.until <= after.since):
            return at_ns
        earlier = self.previous_of(after)
        was_away = (
            earlier is None
            or earlier.ended_by is EndedBy.RELEASED
            or over_ns(earlier) < after.since.time_ns
        )
        if was_away and before.until < after.since:
            return at_ns
        return max(at_ns, over_ns(before))


def overdue_ns(tenure: Tenure) -> Range:
    """When a backup takes over from a master that stops: at the earliest, and at the latest."""
    last = tenure.streaks[-1]
    down = master_down_range_ns(last.advertisement.version, last.interval_ns)
    return Range(tenure.until.time_ns + down.low, tenure.until.time_ns + down.high)


def late_ns(tenure: Tenure) -> int:
    """From when on a master's next advert is late."""
    return tenure.until.time_ns + late_after_ns(tenure.interval_ns) + 1


def over_ns(tenure: Tenure) -> int:
    """From when on a sender that comes back has been a backup, or away, in between.

    Its own Master_Down_Interval after its last advert (RFC 3768 and RFC 5798, section 6.1).
    """
    last = tenure.streaks[-1]
    down_ns = master_down_interval_ns(
        last.advertisement.version, tenure.last_priority, last.interval_ns
    )
    return tenure.until.time_ns + down_ns + 1


def seconds(duration_ns: int) -> str:
    """For a sentence: "606 ms", "3.609 s"."""
    return str(Duration(duration_ns))
