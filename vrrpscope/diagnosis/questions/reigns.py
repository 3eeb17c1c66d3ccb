"""Times during which a sender was certainly master without a break."""

from bisect import bisect_right
from collections.abc import Sequence
from itertools import pairwise

from msgspec import Struct

from vrrpscope.diagnosis.finding import Role, Step
from vrrpscope.observation import Basis
from vrrpscope.protocol.advertisement import Advertisement
from vrrpscope.protocol.timers import master_down_interval_ns
from vrrpscope.timeline.model import RouterStory, Tenure
from vrrpscope.timeline.streak import Mark, Sender, Streak

_MOST_SENDERS = 16
"""Senders of one virtual router that are compared with each other: the loudest ones."""

ELECTION_SLACK_NS = 50_000_000
"""Jitter of the adverts that settle an election."""

_DISORDER_NS = 500_000_000
"""Frames of several queues or interfaces may be out of order by less than this."""


class Reign(Struct, frozen=True):
    """A sender's adverts with no pause in which it could have been a backup.

    Who yields cannot speak again before its Master_Down_Interval has passed, or the other one has
    released the role. So a router that speaks again sooner has been master all the time.

    `streaks` are in the order in which they began; `interval_ns` is the longest that it advertised.
    """

    sender: Sender
    streaks: tuple[Streak, ...]
    since: Mark
    until: Mark
    released: bool
    interval_ns: int

    def said(self, at: Mark) -> Advertisement:
        """What the master had said last at a moment; its first advert before that."""
        index = bisect_right(self.streaks, at, key=lambda streak: streak.first)
        return self.streaks[max(index - 1, 0)].advertisement


class Window(Struct, frozen=True):
    """A time during which two senders were both master."""

    since: Mark
    until: Mark

    @property
    def duration_ns(self) -> int:
        """Length of the window."""
        return self.until.time_ns - self.since.time_ns


def reigned(name: str, tenure: Tenure) -> Step:
    """The step that a router, called so, was master from one frame to another one."""
    since, until = tenure.since.ref, tenure.until.ref
    return Step(
        f"{name} was master from frame {since.number} to frame {until.number}",
        Basis.SEEN,
        (since, until),
        role=Role.LET,
    )


def find_reigns(story: RouterStory) -> dict[Sender, tuple[Reign, ...]]:
    """The reigns of the loudest senders, each in the order of time."""
    streaks = story.by_sender
    loudest = sorted(streaks, key=lambda s: -sum(x.count for x in streaks[s]))[:_MOST_SENDERS]
    releases = [s.first for s in story.streaks if s.priority == 0]
    shortest_ns = min((s.interval_ns for s in story.streaks), default=0)
    return {
        sender: tuple(_reign(sender, run) for run in _runs(streaks[sender], releases, shortest_ns))
        for sender in loudest
    }


def _runs(streaks: Sequence[Streak], releases: list[Mark], shortest_ns: int) -> list[list[Streak]]:
    """One sender's streaks, cut where it may have been a backup in between."""
    runs: list[list[Streak]] = []
    latest: Mark | None = None
    for streak in streaks:
        released = bool(runs) and runs[-1][-1].priority == 0
        if streak.priority == 0:
            if runs and not released:
                runs[-1].append(streak)
            continue
        begins = latest is None or released or _released_between(releases, latest, streak.first)
        if begins or _may_have_yielded(runs[-1][-1], latest, streak, shortest_ns):
            runs.append([])
        runs[-1].append(streak)
        latest = max(latest, streak.last) if latest is not None else streak.last
    return runs


def _released_between(releases: list[Mark], latest: Mark, first: Mark) -> bool:
    """True where anybody released the role during the pause; `releases` are sorted."""
    index = bisect_right(releases, latest)
    return index < len(releases) and releases[index] < first


def _may_have_yielded(
    before: Streak, latest: Mark | None, streak: Streak, shortest_ns: int
) -> bool:
    """True where the pause is as long as the sender's own Master_Down_Interval, give or take 5 %.

    A backup of VRRPv3 goes by the interval of the master that it hears, so the shortest one counts.
    """
    version, priority = before.advertisement.version, before.priority
    interval_ns = before.interval_ns if version == 2 else min(before.interval_ns, shortest_ns)
    down_ns = master_down_interval_ns(version, priority, interval_ns)
    return latest is not None and streak.first.time_ns - latest.time_ns >= down_ns * 19 // 20


def _reign(sender: Sender, run: list[Streak]) -> Reign:
    speaking = tuple(s for s in run if s.priority)
    until = max(s.last for s in speaking)
    interval_ns = max(s.interval_ns for s in speaking)
    released = run[-1].priority == 0
    return Reign(sender, speaking, speaking[0].first, until, released, interval_ns)


def reign_at(reigns: tuple[Reign, ...], time_ns: int) -> Reign | None:
    """The latest reign that had begun at a time."""
    index = bisect_right(reigns, time_ns, key=lambda r: r.since.time_ns)
    return reigns[index - 1] if index else None


def election_ns(one: Reign, other: Reign) -> int:
    """Two masters for longer than this are no election: three adverts of the slower one.

    One of two masters yields to the first advert that it accepts (RFC 5798 section 6.4.3).
    """
    slower_ns = max(one.interval_ns, other.interval_ns)
    return slower_ns * 5 // 2 + ELECTION_SLACK_NS


def _is_in_order(window: Window) -> bool:
    """False where the file says the opposite of the times: the clock was set back in between."""
    since, until = window.since.ref, window.until.ref
    return since.vantage != until.vantage or since.number < until.number


def runs_backwards(story: RouterStory) -> bool:
    """True where the times of the capture go back: its clock was set, or it was put together."""
    marks = [mark for s in story.streaks for mark in (s.first, s.last)]
    marks.sort(key=lambda mark: mark.ref.number)
    return any(b.time_ns < a.time_ns - _DISORDER_NS for a, b in pairwise(marks))


def find_windows(ones: tuple[Reign, ...], others: tuple[Reign, ...]) -> tuple[Window, ...]:
    """The times during which both were master for longer than an election may take."""
    windows = []
    left, right = 0, 0
    while left < len(ones) and right < len(others):
        one, other = ones[left], others[right]
        window = Window(max(one.since, other.since), min(one.until, other.until))
        if window.duration_ns > election_ns(one, other) and _is_in_order(window):
            windows.append(window)
        if one.until < other.until:
            left += 1
        else:
            right += 1
    return tuple(windows)
