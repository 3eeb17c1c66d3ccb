"""Reloads of a daemon (SIGHUP), and what each of them changed.

keepalived sends one advert at once with what it had, makes every instance anew, and counts from 1
again with the next advert, milliseconds later (sigreload_vrrp(), reload_vrrp_thread()). No restart
does that: a process that starts waits for a Master_Down_Interval. An instance that the new file
lacks gives its role up (clear_diff_vrrp()).
"""

from bisect import bisect_left
from collections.abc import Callable, Iterator

from msgspec import Struct

from vrrpscope.diagnosis.questions.disagreements import differences
from vrrpscope.diagnosis.questions.signs import Pause, Signs
from vrrpscope.diagnosis.questions.terms import Field, terms_of
from vrrpscope.protocol.advertisement import Address
from vrrpscope.protocol.timers import HIGHEST_BACKUP_PRIORITY
from vrrpscope.timeline.model import EndedBy, RouterStory, Tenure, Timeline
from vrrpscope.timeline.streak import Mark, Sender, Streak, late_after_ns

Told = Callable[[RouterStory, Address, int, int], bool]
"""Whether the log of the router at an address tells of a reload between two times, and of nothing
else that would explain what was seen."""

_FIELDS = {
    Field.VIP_COUNT: "the list of addresses",
    Field.VIP_LIST: "the list of addresses",
    Field.INTERVAL: "the interval",
    Field.VERSION: "the version",
    Field.AUTH_TYPE: "the authentication",
    Field.PASSWORD: "the authentication",
    Field.DESTINATION: "the destination of its adverts",
}
"""What a backup compares, as a reader calls it."""

_AT_ONCE_NS = 50_000_000
"""The adverts of a reload come within this, also with many instances."""


class Reload(Struct, frozen=True):
    """A master was reloaded.

    Attributes:
        before: its last run before; `after` the first one of the new instance, None where the
            reload removed the instance.
        shown: the first advert with the new count, of this virtual router or of another one of the
            same daemon; where only the log tells it, the first one that differs, or the priority 0.
        is_counted: the count shows it; otherwise only the log does.
        tenure: the one in which it happened, or that it ended.
    """

    timeline: Timeline
    story: RouterStory
    tenure: Tenure
    before: Streak
    after: Streak | None
    shown: Mark
    is_counted: bool = True

    @property
    def sender(self) -> Sender:
        """Whose daemon was reloaded."""
        return self.before.sender

    @property
    def lowered(self) -> bool:
        """True where the new priority is lower."""
        return self.after is not None and self.after.priority < self.before.priority

    @property
    def changed(self) -> tuple[str, ...]:
        """What a backup compares and the reload changed."""
        return tuple(dict.fromkeys(_FIELDS[f] for f in _FIELDS if f in self.changed_fields))

    @property
    def changed_fields(self) -> frozenset[Field]:
        """The same as fields in which two routers can differ."""
        if self.after is None:
            return frozenset()
        before, after = terms_of(self.before.advertisement), terms_of(self.after.advertisement)
        return frozenset(differences(before, after))


def find_reloads(timeline: Timeline, signs: dict[int, Signs], told: Told) -> Iterator[Reload]:
    """Every reload of a master that the wire shows, or a log; `signs` by the id of the story."""
    anew: dict[str, list[Mark]] = {}
    for story in timeline.routers:
        for reload in _made_anew(timeline, story, signs[id(story)], told):
            # A virtual MAC is that of a VRID: on another VLAN it is another router's.
            if reload.is_counted and (reload.sender.has_own_mac or not reload.sender.mac):
                anew.setdefault(reload.sender.host, []).append(reload.shown)
            yield reload
    for marks in anew.values():
        marks.sort()
    for story in timeline.routers:
        for tenure in story.tenures:
            removed = _removed(timeline, story, tenure, anew.get(tenure.sender.host, []), told)
            if removed is not None:
                yield removed


def _made_anew(
    timeline: Timeline, story: RouterStory, signs: Signs, told: Told
) -> Iterator[Reload]:
    """Runs that begin to count at 1 without a pause before them, or differ when a log says so."""
    for tenure in story.tenures:
        for before, after in zip(tenure.streaks, tenure.streaks[1:], strict=False):
            if not _follows(before, after):
                continue
            counted = after.first_ip_id == 1 and signs.pause_before(after) is Pause.RESTARTED
            span = before.last.time_ns, after.first.time_ns
            if counted or (_differ(before, after) and told(story, after.sender.address, *span)):
                yield Reload(timeline, story, tenure, before, after, after.first, counted)


def _follows(before: Streak, after: Streak) -> bool:
    """True where a run took the place of another one in time; an owner does not wait at a start.

    Where the old run goes on beside the new one, two daemons share one address.
    """
    gap = after.gap_before
    speak = 0 < before.priority <= HIGHEST_BACKUP_PRIORITY and after.priority > 0
    if gap is None or not speak or gap.from_ != before.last:
        return False
    return 0 <= gap.duration_ns <= late_after_ns(before.interval_ns)


def _differ(before: Streak, after: Streak) -> bool:
    return before.advertisement != after.advertisement


def _removed(
    timeline: Timeline, story: RouterStory, tenure: Tenure, anew: list[Mark], told: Told
) -> Reload | None:
    """A release at the moment at which another instance of the same daemon was made anew.

    Or one at a moment at which the log tells of a reload, and of nothing else.
    """
    if tenure.ended_by is not EndedBy.RELEASED:
        return None
    before = [s for s in tenure.streaks if s.priority][-1]
    released_ns = tenure.until.time_ns
    index = bisect_left(anew, released_ns - _AT_ONCE_NS, key=lambda mark: mark.time_ns)
    if index < len(anew) and anew[index].time_ns <= released_ns + _AT_ONCE_NS:
        return Reload(timeline, story, tenure, before, None, anew[index])
    since_ns = released_ns - _AT_ONCE_NS
    if told(story, tenure.sender.address, since_ns, released_ns):
        return Reload(timeline, story, tenure, before, None, tenure.until, False)
    return None
