"""What speaks against a log: lines that its router cannot have written at that time.

Someone may have given the log of another router, of another cluster, or of another day. What a
router sends, its own log cannot deny. The other way round proves nothing: a master whose adverts
nobody sees is what this program looks for.
"""

from bisect import bisect_right
from collections.abc import Hashable, Iterator, Mapping
from typing import NamedTuple

from vrrpscope.diagnosis.log_clock import LogClock
from vrrpscope.evidence.statement import Log, Said, Statement
from vrrpscope.observation import VirtualRouter
from vrrpscope.protocol.advertisement import Address
from vrrpscope.protocol.timers import NS
from vrrpscope.timeline.model import RouterStory
from vrrpscope.timeline.streak import Mark, Streak, late_after_ns

_ANEW = (Said.STARTED, Said.STOPPING, Said.RELOADED, Said.CHILD_DIED)
"""After these nothing is known of state and priority until the next line that tells them."""

_ENDS = (Said.STATE, Said.SENT_RELEASE, Said.VIP_REMOVED, Said.ADDRESS_REMOVED, *_ANEW)
"""By these a reign ends; a state that is not MASTER."""

_STOP_NS = 2 * NS
"""A daemon sends its priority 0 within this after it was told to stop."""

_LISTENS = ("BACKUP", "FAULT")
_MOST_STREAKS = 5000
"""Runs of one router in one virtual router that are held against its log."""


class _Claim(NamedTuple):
    """What the log says from one moment on: a state or a priority; None for what is not known."""

    time_ns: int
    said: str | int | None
    line: int


class LogClaims:
    """What a log says of states and priorities, ordered; made once, and asked for every clock."""

    def __init__(self, log: Log) -> None:
        self.log = log
        self._told: dict[Hashable, list[Statement]] = {}
        self._times = sorted(s.time_ns for s in log.statements if s.time_ns is not None)
        ends = (s for s in log.statements if s.said in _ENDS and s.state != "MASTER")
        self._ends = sorted(s.time_ns for s in ends if s.time_ns is not None)
        self._claims: dict[tuple[Hashable, Said], list[_Claim]] = {}
        for statement in log.statements:
            if statement.said in (Said.STATE, Said.PRIORITY, *_ANEW):
                self._told.setdefault(_whose(statement), []).append(statement)

    def of(self, router: VirtualRouter, instance: str | None, kind: Said) -> list[_Claim]:
        """What it says of one kind about one virtual router, in the order of time."""
        whose = _name(self.log, router, instance)
        key = whose, kind
        if key not in self._claims:
            told = [*self._told.get(whose, ()), *self._told.get(None, ())]
            kinds = (kind, *_ANEW)
            found = [_claim(s) for s in told if s.said in kinds and s.time_ns is not None]
            self._claims[key] = sorted(found, key=_time_ns)
        return self._claims[key]

    def is_silent(self, since_ns: int, until_ns: int) -> bool:
        """True where it has lines before and after a time, and says nothing in it."""
        first_ns, last_ns = self.log.first_ns, self.log.last_ns
        if first_ns is None or last_ns is None or not first_ns < since_ns <= until_ns < last_ns:
            return False
        return bisect_right(self._times, until_ns) == bisect_right(self._times, since_ns)

    def has_no_end(self, since_ns: int, until_ns: int) -> bool:
        """True where it has lines before and after a time, and none by which a reign can end."""
        first_ns, last_ns = self.log.first_ns, self.log.last_ns
        if first_ns is None or last_ns is None or not first_ns < since_ns <= until_ns < last_ns:
            return False
        return bisect_right(self._ends, until_ns) == bisect_right(self._ends, since_ns)


def _whose(statement: Statement) -> Hashable:
    """Whom a line is about; None for the daemon."""
    if statement.vrid is None:
        return statement.instance
    return statement.vrid, statement.family


def _name(log: Log, router: VirtualRouter, instance: str | None) -> Hashable:
    return (router.vrid, router.family) if log.daemon == "frr" else (instance or "")


def _claim(statement: Statement) -> _Claim:
    said: str | int | None = None
    if statement.said is Said.STATE:
        said = statement.state
    elif statement.said is Said.PRIORITY:
        said = statement.after
    return _Claim(statement.time_ns or 0, said, statement.line.line)


def _time_ns(claim: _Claim) -> int:
    return claim.time_ns


def contradiction(
    claims: LogClaims,
    clock: LogClock,
    stories: tuple[RouterStory, ...],
    own: frozenset[Address],
    names: Mapping[VirtualRouter, str],
) -> str:
    """What a log denies that its router did; "" where it denies nothing.

    Args:
        claims: what the log says.
        clock: by which its times are compared.
        stories: what one vantage saw.
        own: the addresses of the router.
        names: the instance of each virtual router, as far as it is known.
    """
    if clock.offset_ns is None:
        return ""
    for story in stories:
        before: Streak | None = None
        for streak in _own(story, own):
            check = _Check(claims, clock, story.router, names.get(story.router), streak)
            found = check.denied() or (before and check.unsaid(before))
            if found:
                return found
            before = streak
    return ""


def _own(story: RouterStory, own: frozenset[Address]) -> Iterator[Streak]:
    """The runs of a router; none where several may speak by its address."""
    senders = [s for s in story.senders if s.address in own]
    addresses = [s.address for s in senders]
    single = {s for s in senders if addresses.count(s.address) == 1 and not s.is_shared}
    if single:
        found = (s for s in story.streaks if s.sender in single and not s.interleaved)
        yield from (s for s, _ in zip(found, range(_MOST_STREAKS), strict=False))


class _Check:
    """One run of adverts against the log of who sent it."""

    def __init__(
        self,
        claims: LogClaims,
        clock: LogClock,
        router: VirtualRouter,
        instance: str | None,
        streak: Streak,
    ) -> None:
        self._claims, self._clock, self._streak = claims, clock, streak
        self._router, self._instance = router, instance
        self._offset_ns = clock.offset_ns or 0
        step_ns = claims.log.resolution_ns
        self._give_ns = clock.spread_ns + step_ns + 2 * streak.interval_ns + NS

    def denied(self) -> str:
        """The log says BACKUP, FAULT or another priority, and the router sends on."""
        if self._streak.priority == 0:
            return ""
        for kind in (Said.STATE, Said.PRIORITY):
            claims = self._claims.of(self._router, self._instance, kind)
            start = max(0, bisect_right(claims, self._log_ns(self._streak.first), key=_time_ns) - 1)
            for place in range(start, len(claims)):
                if claims[place].time_ns > self._log_ns(self._streak.last):
                    break
                if self._is_denied(kind, claims[place]) and self._overlaps(claims, place):
                    return self._text(claims[place])
        return ""

    def unsaid(self, before: Streak) -> str:
        """It gives the role up, or changes its priority, and the log has no line of that time."""
        after = self._streak
        if self._claims.log.daemon != "keepalived" or not before.priority:
            return ""
        if not after.priority:
            return self._unsaid_release()
        pause_ns = after.first.time_ns - before.last.time_ns
        if before.priority == after.priority or pause_ns > late_after_ns(before.interval_ns):
            return ""
        since_ns = self._log_ns(before.last) - self._give_ns
        if not self._claims.is_silent(since_ns, self._log_ns(after.first) + self._give_ns):
            return ""
        return (
            f"{after.sender.address} changed its priority from {before.priority} to "
            f"{after.priority} in frame {after.first.ref.number}, and the log has no line of that"
        )

    def _unsaid_release(self) -> str:
        """Whoever sends priority 0 stops, leaves the state MASTER, or was reloaded without it."""
        at_ns = self._log_ns(self._streak.first)
        if not self._claims.has_no_end(
            at_ns - self._give_ns - _STOP_NS, at_ns + self._give_ns + _STOP_NS
        ):
            return ""
        return (
            f"{self._streak.sender.address} gave the role up in frame "
            f"{self._streak.first.ref.number}, and the log has no line of that"
        )

    def _log_ns(self, mark: Mark) -> int:
        return mark.time_ns - self._offset_ns

    def _is_denied(self, kind: Said, claim: _Claim) -> bool:
        if kind is Said.STATE:
            return claim.said in _LISTENS
        return claim.said is not None and claim.said != self._streak.priority

    def _overlaps(self, claims: list[_Claim], place: int) -> bool:
        """True where at least two adverts were surely sent while the log claimed otherwise."""
        last_ns = self._claims.log.last_ns or 0
        ends_ns = claims[place + 1].time_ns if place + 1 < len(claims) else last_ns
        since_ns = max(claims[place].time_ns + self._give_ns, self._log_ns(self._streak.first))
        until_ns = min(ends_ns - self._give_ns, self._log_ns(self._streak.last))
        return until_ns - since_ns > 2 * self._streak.interval_ns

    def _text(self, claim: _Claim) -> str:
        what = f"priority {claim.said}" if isinstance(claim.said, int) else claim.said
        first, last = self._streak.first.ref.number, self._streak.last.ref.number
        return (
            f"line {claim.line} says {what}, and {self._streak.sender.address} advertised "
            f"priority {self._streak.priority} all the same (frames {first} to {last})"
        )


def foreign_address(
    log: Log, own: frozenset[Address], routers: frozenset[Address], sourceless: frozenset[int]
) -> str:
    """The line by which its host is another one; "" where none says so.

    keepalived tells the first address of each family of its interfaces, and sends from that one
    where no other source is configured.

    Args:
        log: as it was read.
        own: the addresses of the router whose log it is said to be.
        routers: the addresses of all that were seen.
        sourceless: the IP versions in which the router sends from its interface's own address.
    """
    told = [(s.address, s.line.line) for s in log.of(Said.ADDRESS_ASSIGNED) if s.address]
    for version in sorted({address.version for address in own}):
        mine = sorted((a for a in own if a.version == version), key=str)
        same = [(address, line) for address, line in told if address.version == version]
        other = [t for t in same or told if not same or t[0] in routers or version in sourceless]
        if other and not any(address in own for address, _ in same):
            address, line = other[0]
            return f"line {line} names {address} as the address of its host, and not {mine[0]}"
    return ""
