"""Signs of life: what a sender did during a pause, and when it joined and left the group.

keepalived from 2.0 on counts its adverts in the IP identification, for each instance from 1, and
wraps to 1 (vrrp_update_pkt). That is used only where the stream itself proves that it counts.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from enum import StrEnum
from functools import cached_property
from itertools import accumulate

from vrrpscope.observation import JOINS, LEAVES
from vrrpscope.protocol.advertisement import Address
from vrrpscope.timeline.model import EndedBy, RouterStory, Tenure
from vrrpscope.timeline.streak import PROOF_COUNT, Mark, Sender, Streak, late_after_ns

_FEW_STEPS = 3
_BACKWARDS = 0x8000
"""A step that is greater than half of the numbers is one back."""

_MOST_ANSWERED = 4
"""Adverts an interval, at the most: a master answers each lesser one that it hears (keepalived
vrrp_state_master_rx)."""

_MOST_JUMPS = 1
"""An answer to a lesser master may have been lost."""

_NUMBERS = 0x10000
"""The IP identification has 16 bits."""


class Pause(StrEnum):
    """What a sender did while nothing was heard of it, by its IP identification."""

    QUIET = "quiet"
    """It sent nothing, and was not restarted."""
    FEW = "few"
    """It sent one or two packets that did not come here: an interface that was down, for one."""
    PARTLY = "partly"
    """It sent some of its adverts, and they did not come here."""
    TRANSMITTED = "transmitted"
    """It sent all of its adverts, and they did not come here."""
    RESTARTED = "restarted"
    """It counts anew: the daemon was restarted or reloaded."""
    UNKNOWN = "unknown"
    """It does not count, or that is not proven."""


class Signs:
    """The signs of life of everybody in one story; made once, asked often."""

    def __init__(self, story: RouterStory) -> None:
        self._streaks = story.by_sender
        self._by_address: dict[Address, list[Sender]] = {}
        for sender in self._streaks:
            self._by_address.setdefault(sender.address, []).append(sender)
        self._ending = {(s.sender, s.last): s for s in story.streaks}
        self._counting = {s for s, own in self._streaks.items() if _counts(own)}
        macs = {s.mac for s in self._streaks} | {a.mac for a in story.announcements}
        self._macs = macs - {""}
        self._tenures: dict[Address, list[Tenure]] = {}
        for tenure in story.tenures:
            self._tenures.setdefault(tenure.sender.address, []).append(tenure)
        self._own_tenures: dict[Sender, list[Tenure]] = {}
        for tenure in story.tenures:
            self._own_tenures.setdefault(tenure.sender, []).append(tenure)
        self._begins = [tenure.since for tenure in story.tenures]
        self._joins: dict[Address, list[Mark]] = {}
        self._leaves: dict[Address, list[Mark]] = {}
        for said in sorted(story.announcements, key=lambda a: a.first):
            if said.kind in JOINS:
                self._joins.setdefault(said.subject, []).append(said.first)
            elif said.kind in LEAVES:
                self._leaves.setdefault(said.subject, []).append(said.first)

    def streaks_of(self, sender: Sender) -> tuple[Streak, ...]:
        """The runs of one sender in the order of time."""
        return self._streaks.get(sender, ())

    def next_streak(self, sender: Sender, after: Mark) -> Streak | None:
        """The first run of a sender that began after a moment."""
        own = self.streaks_of(sender)
        index = bisect_right(own, after, key=lambda streak: streak.first)
        return own[index] if index < len(own) else None

    @property
    def senders(self) -> tuple[Sender, ...]:
        """Everybody who advertised, in the order of appearance."""
        return tuple(self._streaks)

    def last_streak(
        self, address: Address, before: Mark, *, speaking: bool = False
    ) -> Streak | None:
        """The run that began last before a moment at an address; `speaking` leaves out releases."""
        found = [
            streak
            for sender in self._by_address.get(address, ())
            if (streak := self._last(self._streaks[sender], before, speaking)) is not None
        ]
        return max(found, key=lambda streak: streak.first, default=None)

    def _last(self, own: Sequence[Streak], before: Mark, speaking: bool) -> Streak | None:
        index = bisect_left(own, before, key=lambda streak: streak.first)
        while speaking and index and not own[index - 1].priority:
            index -= 1
        return own[index - 1] if index else None

    def streak_to(self, sender: Sender, last: Mark) -> Streak | None:
        """The run of a sender that ended with this advert."""
        return self._ending.get((sender, last))

    def tenures_of(self, address: Address) -> list[Tenure]:
        """The tenures of one address in the order in which they began."""
        return self._tenures.get(address, [])

    def tenures_of_sender(self, sender: Sender) -> list[Tenure]:
        """The tenures of one sender in the order in which they began."""
        return self._own_tenures.get(sender, [])

    def tenure_before(self, address: Address, before: Mark) -> Tenure | None:
        """The tenure of an address that began last of those that had ended at a moment."""
        own = self.tenures_of(address)
        begun = bisect_left(own, before, key=lambda tenure: tenure.since)
        ended = (own[i] for i in range(begun - 1, -1, -1) if own[i].until < before)
        return next(ended, None)

    def speaks_beside(self, address: Address, tenure: Tenure) -> bool:
        """True where an address advertises during a tenure, and not only up to its begin."""
        own = self.tenures_of(address)
        begun = bisect_left(own, tenure.until, key=lambda other: other.since)
        if not begun:
            return False
        goes_on = self._furthest[address][begun - 1] > tenure.until
        return own[begun - 1].since > tenure.since or goes_on

    @cached_property
    def _furthest(self) -> dict[Address, list[Mark]]:
        """The last end of the tenures of each address up to each of them."""
        ends = {address: (t.until for t in own) for address, own in self._tenures.items()}
        return {address: list(accumulate(own, max)) for address, own in ends.items()}

    def last_end(self, address: Address, before: Mark, *ended_by: EndedBy) -> Mark | None:
        """When a tenure of an address ended last before a moment, in one of these ways."""
        own = self._ends.get(address, {})
        found = (_latest(own.get(how, []), before) for how in ended_by)
        return max((mark for mark in found if mark is not None), default=None)

    @cached_property
    def _ends(self) -> dict[Address, dict[EndedBy, list[Mark]]]:
        """When the tenures of each address ended, by how they did, in the order of time."""
        found: dict[Address, dict[EndedBy, list[Mark]]] = {}
        for address, own in self._tenures.items():
            ends = found.setdefault(address, {})
            for tenure in sorted(own, key=lambda tenure: tenure.until):
                ends.setdefault(tenure.ended_by, []).append(tenure.until)
        return found

    def somebody_began(self, after: Mark, before: Mark) -> bool:
        """True where a tenure of anybody began between two moments."""
        index = bisect_right(self._begins, after)
        return index < len(self._begins) and self._begins[index] < before

    def shows_others(self, sender: Sender) -> bool:
        """True where somebody else advertised or announced anything.

        By the MAC; where the sender has none, nobody knows who announces addresses.
        """
        if sender.mac:
            return bool(self._macs - {sender.mac})
        return any(address != sender.address for address in self.addresses)

    @property
    def addresses(self) -> tuple[Address, ...]:
        """Everybody who joined the group or advertised."""
        spoke = (sender.address for sender in self._streaks)
        return tuple(a for a in dict.fromkeys((*self._joins, *spoke)) if not a.is_unspecified)

    def pause_before(self, streak: Streak) -> Pause:
        """What the sender did during the pause before this streak."""
        gap = streak.gap_before
        if gap is None or gap.ip_id_step is None or streak.sender not in self._counting:
            return Pause.UNKNOWN
        assert streak.first_ip_id is not None
        return _pause(gap.ip_id_step, streak.first_ip_id, gap.duration_ns / streak.interval_ns)

    def is_first_word(self, streak: Streak) -> bool:
        """True where the IP identification proves that the sender sent nothing just before."""
        if streak.gap_before is not None:
            pause = self.pause_before(streak)
            anew = pause is Pause.RESTARTED and streak.first_ip_id == 1
            return anew or pause is Pause.QUIET
        return streak.first_ip_id == 1 and streak.sender in self._counting

    def began_unseen(self, streak: Streak) -> bool:
        """True where its count proves that adverts of the sender came before its very first one."""
        first = streak.gap_before is None and streak.sender in self._counting
        return first and streak.first_ip_id is not None and 1 < streak.first_ip_id < _BACKWARDS

    @property
    def shows_joins(self) -> bool:
        """True where somebody's joining of the group was seen: another one would be seen too.

        Unicast routers do not join, and `tcpdump` prints the groups of a report only with -v.
        """
        return bool(self._joins)

    def joined(self, address: Address, before: Mark) -> Mark | None:
        """The last time before a moment that it joined the group, or told a querier that it had."""
        return _latest(self._joins.get(address, []), before)

    def first_join(self, address: Address, after: Mark | None, before: Mark) -> Mark | None:
        """The first time that it joined the group after one moment, if any, and before another."""
        marks = self._joins.get(address, [])
        index = bisect_right(marks, after) if after is not None else 0
        return marks[index] if index < len(marks) and marks[index] < before else None

    def joined_between(self, address: Address, after: Mark, before: Mark) -> Mark | None:
        """The first time between two moments that it joined the group."""
        return self.first_join(address, after, before)

    def last_leave_within(self, address: Address, after: Mark, until_ns: int) -> Mark | None:
        """The last time after a moment, up to a time, that it left the group."""
        marks = self._leaves.get(address, [])
        index = bisect_right(marks, until_ns, key=lambda mark: mark.time_ns)
        return marks[index - 1] if index and marks[index - 1] > after else None

    def left(self, address: Address, before: Mark) -> Mark | None:
        """The last time before a moment that it left the group."""
        return _latest(self._leaves.get(address, []), before)


def _counts(streaks: Sequence[Streak]) -> bool:
    """True where the stream itself proves that the IP identification is a count of the adverts.

    One that counts everything that its host sends goes on by one as well, as long as that sends
    nothing else; its jumps without a pause tell it.
    """
    if any(s.ip_id_counts is False for s in streaks):
        return False
    if len([s for s in streaks if _jumps(s)]) > _MOST_JUMPS:
        return False
    return sum(s.count - 1 for s in streaks if s.ip_id_counts) >= PROOF_COUNT


def _jumps(streak: Streak) -> bool:
    """True where a run begins in time, with a number that is neither the next one nor the first."""
    gap = streak.gap_before
    if gap is None or gap.ip_id_step is None or not streak.priority:
        return False
    in_time = 0 <= gap.duration_ns <= late_after_ns(streak.interval_ns)
    return in_time and gap.ip_id_step not in (0, 1) and streak.first_ip_id != 1


def _pause(step: int, ip_id: int, due: float) -> Pause:
    """What a proven count did over a pause in which so many adverts were `due`.

    A number that is no greater than the step has wrapped, or begins anew at 1: that tells a daemon
    which was restarted after any number of adverts, also after more than half of the numbers.
    """
    most = _MOST_ANSWERED * due + _FEW_STEPS
    if most >= _NUMBERS:
        return Pause.UNKNOWN
    if step == 0 or ip_id <= step:
        is_anew = ip_id <= most and (step == 0 or step > most)
        return Pause.RESTARTED if is_anew else Pause.UNKNOWN
    if step > most:
        return Pause.UNKNOWN
    if step == 1:
        return Pause.QUIET
    if step <= _FEW_STEPS:
        return Pause.FEW
    return Pause.TRANSMITTED if step >= due - max(1.0, due / 10) else Pause.PARTLY


def _latest(marks: list[Mark], before: Mark) -> Mark | None:
    index = bisect_left(marks, before)
    return marks[index - 1] if index else None
