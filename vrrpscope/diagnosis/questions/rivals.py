"""Two masters at once: seen, or deduced from what only a second master leaves behind."""

from bisect import bisect_right
from collections.abc import Iterator
from itertools import combinations

from msgspec import Struct

from vrrpscope.diagnosis.finding import Duration, Role, Step, Verdict
from vrrpscope.diagnosis.questions.disagreements import (
    Comparison,
    compare,
    rejected,
)
from vrrpscope.diagnosis.questions.proofs import Proof
from vrrpscope.diagnosis.questions.reigns import (
    Reign,
    Window,
    find_reigns,
    find_windows,
    reign_at,
    runs_backwards,
)
from vrrpscope.diagnosis.questions.replays import is_replayed
from vrrpscope.diagnosis.questions.strangers import are_near, are_strangers
from vrrpscope.diagnosis.questions.traces import Trace, TraceKind, find_trace
from vrrpscope.observation import Basis
from vrrpscope.protocol.advertisement import Address
from vrrpscope.protocol.election import rank
from vrrpscope.timeline.model import RouterStory, Timeline
from vrrpscope.timeline.streak import ANSWER_NS, Mark, Sender, Streak, late_after_ns

_SURE_PAUSES = 3
"""So often must a master have skipped adverts while the other one spoke, to be no coincidence."""

_VIRTUAL_MAC = "00:00:5e:00:"
"""RFC 5798 section 7.3: routers of one group have it in common."""

_MOST, _FEW = 0.8, 0.2
"""Shares of adverts that were answered at once: almost all, almost none."""


class Rivalry(Struct, frozen=True):
    """Two masters of one virtual router at once.

    Attributes:
        better, worse: as the election ranks them when it begins.
        windows: the times at which both are seen to be master; empty where it is deduced.
        trace: what it is deduced from; None where it is seen.
        comparison: their terms when it began.
        is_backwards: the clock of the capture was set back, or it was put together of captures
            whose clocks differ: its times order nothing.
        proof: what shows that the hidden one of a trace was master still; None where nothing does.
    """

    timeline: Timeline
    story: RouterStory
    better: Sender
    worse: Sender
    windows: tuple[Window, ...]
    trace: Trace | None
    comparison: Comparison
    is_backwards: bool = False
    proof: Proof | None = None

    @property
    def is_seen(self) -> bool:
        """True where both were seen to go on as master."""
        return bool(self.windows)

    @property
    def since(self) -> Mark:
        """When it began."""
        return self.trace.since if self.trace else self.windows[0].since

    @property
    def until(self) -> Mark:
        """The last advert that shows it."""
        return self.trace.until if self.trace else self.windows[-1].until

    @property
    def lasted_ns(self) -> int:
        """From the first to the last moment at which both were master, as far as it is proven."""
        until = self.proof.until if self.proof is not None else self.until
        return until.time_ns - self.since.time_ns

    @property
    def may_last_longer(self) -> bool:
        """True where the proof ends before the visible one does."""
        return self.proof is not None and self.proof.until < self.until

    @property
    def addresses(self) -> tuple[Address, ...]:
        """The virtual addresses that both hold; all of the story where they share none."""
        mine, theirs = self.comparison.one.addresses, self.comparison.other.addresses
        shared = (mine or frozenset()) & (theirs or frozenset())
        return tuple(a for a in self.story.addresses if a in shared) or self.story.addresses

    @property
    def is_one_address(self) -> bool:
        """True where both send from one address: cloned hosts, or one router with two MACs."""
        return self.better.address == self.worse.address

    @property
    def is_one_host(self) -> bool:
        """True where both may be one host: one address, one MAC of its own, or one packet twice.

        A packet that is captured before and after NAT comes from two addresses.
        """
        mac = self.better.mac
        same_mac = mac == self.worse.mac and bool(mac) and not mac.startswith(_VIRTUAL_MAC)
        return self.is_one_address or same_mac or self.is_one_packet()

    def is_one_packet(self) -> bool:
        """True where both begin with the same content, under one IP identification, at once."""
        ours, theirs = self.spoken(self.better), self.spoken(self.worse)
        if not self.windows or not ours or not theirs:
            return False
        one, other = ours[0], theirs[0]
        apart_ns = abs(one.first.time_ns - other.first.time_ns)
        same = one.priority == other.priority and one.first_ip_id == other.first_ip_id
        return same and one.first_ip_id is not None and apart_ns < ANSWER_NS

    def _is_steady(self) -> bool:
        """True where the worse one surely was no backup in between.

        It spoke three times on time beside the other one: with `down_timer_adverts` 1 it could
        have yielded, and been back, after little more than an interval. Or it cannot have yielded.
        """
        if self.comparison.flaws or rejected(self.comparison.one, self.comparison.other):
            return True
        return any(
            min(s.last.time_ns, w.until.time_ns) - max(s.first.time_ns, w.since.time_ns)
            >= s.interval_ns * 19 // 10
            for s in self.spoken(self.worse)
            for w in self.windows
        )

    @property
    def may_be_proven(self) -> bool:
        """False where the two may be one host, or no rivals at all, whatever one of them claims."""
        return not (self.is_one_host or self.comparison.may_be_disjoint or self.is_backwards)

    @property
    def verdict(self) -> Verdict:
        """How certain it is that both were master of the same address."""
        if self.trace is None:
            near = are_near(self.better.address, self.worse.address)
            if not (near or self.comparison.is_whole):
                return Verdict.POSSIBLE
            sure = self.may_be_proven and self._is_steady() and self._is_one_network()
            return Verdict.PROVEN if sure else Verdict.LIKELY
        if self.proof is not None:
            return Verdict.PROVEN
        supported = self.comparison.fields or self.trace.claims
        return (
            Verdict.LIKELY if supported or self.trace.kind is TraceKind.UNSEEN else Verdict.POSSIBLE
        )

    def _is_one_network(self) -> bool:
        """True where the two surely are in one: without a link layer VLANs cannot be told apart."""
        return bool(self.better.mac or self.worse.mac or self.hears or self.is_rejected)

    @property
    def doubt(self) -> str:
        """Why two that are seen side by side may not both have been master of one address."""
        if self.is_backwards:
            return "a capture whose clock was set back"
        if self.is_one_host:
            return "one host whose adverts are captured twice (NAT), or two daemons on it"
        if self._is_one_network():
            return "a backup with down_timer_adverts below 3 that yielded each time"
        return "two networks that are set up alike (VLAN tags were not captured: tcpdump -e)"

    @property
    def is_unheard(self) -> bool:
        """True where nothing that is seen keeps either from accepting the other's adverts."""
        agree = not self.comparison.fields and not self.comparison.flaws
        return self.is_seen and agree and not self.is_one_address and self._is_addressed()

    def _is_addressed(self) -> bool:
        """True where each sends to the VRRP group or to the other one."""
        return all(
            any(
                not s.advertisement.is_unicast or s.advertisement.destination == to.address
                for s in self.spoken(from_)
            )
            for from_, to in ((self.better, self.worse), (self.worse, self.better))
        )

    @property
    def hears(self) -> bool | None:
        """Whether the better one answers the worse one's adverts at once; None where unclear.

        A master that accepts a lower priority answers within milliseconds (keepalived:
        vrrp_state_master_rx, "forcing new election").
        """
        said = sum(s.count for s in self.spoken(self.worse))
        answered = sum(s.answered for s in self.spoken(self.better))
        speakers = {s.sender for s in self.story.streaks if self._is_within(s)}
        if not said or len(speakers) > 2:
            return None
        share = answered / said
        return True if share >= _MOST else False if share <= _FEW else None

    @property
    def is_rejected(self) -> bool:
        """True where the worse one skipped adverts, again and again, while the better one spoke.

        Its IP identification shows that it sent nothing, and the pause is too short for a backup:
        its timer began anew at adverts that it got, and did not accept.
        """
        return self._skipped(self.worse, sure=True) >= _SURE_PAUSES

    @property
    def is_kept_silent(self) -> bool:
        """True where one of the two was master and did not speak, because the other one did."""
        if self.trace is not None:
            unseen = self.proof is not None and self.proof.was_sending
            return self.trace.kind is not TraceKind.UNSEEN and not unseen
        heard = any(f.is_heard for f in self.comparison.fields) or bool(self.comparison.flaws)
        skipped = (self._skipped(s, sure=not heard) for s in (self.worse, self.better))
        return max(skipped) >= _SURE_PAUSES

    def _skipped(self, sender: Sender, *, sure: bool) -> int:
        """How often a master was late while the other one spoke, though it had sent nothing.

        `sure` asks for the proof of the IP identification, which IPv6 does not have.
        """
        spoken = self.spoken(sender)
        pauses = [s.gap_before for s in spoken if s.gap_before is not None]
        late_ns = late_after_ns(max((s.interval_ns for s in spoken), default=0))
        steps = (1,) if sure else (1, None)
        skipped = [
            p
            for p in pauses
            if p.ip_id_step in steps
            and p.duration_ns > late_ns
            and self._is_inside(p.from_, p.until)
        ]
        return len(skipped)

    def witnessed(self, better: str, worse: str) -> tuple[Step, ...]:
        """What shows two masters, as a witness tells it; the names are a report's."""
        if self.trace is not None:
            hidden, other = (better, worse) if self.trace.hidden == self.better else (worse, better)
            said = self.trace.witnessed(hidden, other)
            return said if self.proof is None else (*said, *self.proof.witnessed(hidden, other))
        return (
            self._speech(self.better, better),
            self._speech(self.worse, worse),
            Step(
                "of two masters that hear each other the lesser one (lower priority or, where "
                "those are equal, lower address) falls silent until its own timer has run out",
                Basis.INFERRED,
                clause="RFC 5798 section 6.4.3",
                role=Role.HOWEVER,
            ),
            Step(
                f"{worse} spoke again sooner than that: both were master for "
                f"{Duration(self.lasted_ns)}",
                Basis.INFERRED,
                (self.since.ref, self.until.ref),
                role=Role.SO,
            ),
        )

    def _speech(self, sender: Sender, name: str) -> Step:
        """What one of the two said while both were master."""
        streaks = self.spoken(sender)
        said = dict.fromkeys(s.priority for s in streaks)
        first, last = streaks[0].first, max(s.last for s in streaks)
        return Step(
            f"{name} advertised priority {' and '.join(map(str, said))} "
            f"from frame {first.ref.number} to frame {last.ref.number}",
            Basis.SEEN,
            (first.ref, last.ref),
        )

    def spoken(self, sender: Sender) -> list[Streak]:
        """The runs of one of the two during the windows."""
        return [s for s in self.story.streaks_of(sender) if self._is_within(s)]

    def _is_within(self, streak: Streak) -> bool:
        window = self._window_before(streak.last)
        return streak.priority != 0 and window is not None and streak.first <= window.until

    def _is_inside(self, from_: Mark, until: Mark) -> bool:
        window = self._window_before(from_)
        return window is not None and until <= window.until

    def _window_before(self, at: Mark) -> Window | None:
        """The latest window that had begun."""
        index = bisect_right(self.windows, at, key=lambda w: w.since)
        return self.windows[index - 1] if index else None


def find_rivalries(timeline: Timeline, story: RouterStory) -> Iterator[Rivalry]:
    """All pairs of senders that were master at once, strangers of another network left out."""
    reigns = find_reigns(story)
    backwards = runs_backwards(story) or is_replayed(story)
    for one, other in combinations(reigns, 2):
        windows = find_windows(reigns[one], reigns[other])
        # What a trace tells, it tells by the order of times.
        trace = None if windows or backwards else find_trace(story, reigns[one], reigns[other])
        if not windows and trace is None:
            continue
        since = trace.since if trace else windows[0].since
        better, worse = sorted((one, other), key=lambda s: _rank(reigns[s], since), reverse=True)
        comparison = compare(story, better, worse, since)
        if comparison is None or are_strangers(comparison, better, worse):
            continue
        if not story.are_parted(better.address, worse.address):
            yield Rivalry(timeline, story, better, worse, windows, trace, comparison, backwards)


def _rank(reigns: tuple[Reign, ...], at: Mark) -> tuple[int, int]:
    return rank((reign_at(reigns, at.time_ns) or reigns[0]).said(at))
