"""The case: all that was seen and told, and the questions that the rules ask of it.

A question that two rules need is a method here, with a test of its own. Rules ask only the case.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from vrrpscope.diagnosis.finding import Duration, Role, Step
from vrrpscope.diagnosis.nodes import Node, TiedBy
from vrrpscope.diagnosis.questions.account import Account, read_account
from vrrpscope.diagnosis.questions.addressless import Addressless, find_addressless
from vrrpscope.diagnosis.questions.boots import BootGrab, find_boot_grabs
from vrrpscope.diagnosis.questions.collisions import (
    Collision,
    find_carp_collisions,
    find_collisions,
)
from vrrpscope.diagnosis.questions.cuts import Cut, find_cuts
from vrrpscope.diagnosis.questions.deaf import DeafBackup, find_deaf
from vrrpscope.diagnosis.questions.delays import Delay, explain_delay, witness_of
from vrrpscope.diagnosis.questions.disagreements import rejected
from vrrpscope.diagnosis.questions.displaced import Displaced, find_displaced
from vrrpscope.diagnosis.questions.due import QUERY_NS, Backup, DueFailover
from vrrpscope.diagnosis.questions.due_search import find_due_failovers
from vrrpscope.diagnosis.questions.faults import FaultSpell, find_fault_spells
from vrrpscope.diagnosis.questions.held import Held, find_held
from vrrpscope.diagnosis.questions.hidden import HiddenMaster, find_hidden
from vrrpscope.diagnosis.questions.islands import Islands, find_islands
from vrrpscope.diagnosis.questions.kept_down import KeptDown, find_kept_down
from vrrpscope.diagnosis.questions.late import LateHandover, find_late_handovers
from vrrpscope.diagnosis.questions.lossy import LossyPath, find_lossy
from vrrpscope.diagnosis.questions.misconfigured import (
    LostPriority,
    Misconfigured,
    find_lost_priority,
    find_misconfigured,
)
from vrrpscope.diagnosis.questions.learned import Learned, find_learned
from vrrpscope.diagnosis.questions.misled import Misled, find_misled, never_yielded
from vrrpscope.diagnosis.questions.mismatch import Mismatch
from vrrpscope.diagnosis.questions.mismatches import MismatchFinder, Sources
from vrrpscope.diagnosis.questions.misread import Misread, find_misread
from vrrpscope.diagnosis.questions.moves import ToAndFro, find_to_and_fro
from vrrpscope.diagnosis.questions.proofs import find_proof
from vrrpscope.diagnosis.questions.races import (
    EdgeRace,
    EqualRace,
    find_edge_races,
    find_equal_races,
)
from vrrpscope.diagnosis.questions.reception import Reception, find_receptions
from vrrpscope.diagnosis.questions.reelections import Reelection, find_reelections
from vrrpscope.diagnosis.questions.reflections import Reflection, find_reflections
from vrrpscope.diagnosis.questions.rejections import rejected_strangers
from vrrpscope.diagnosis.questions.reloads import Reload, find_reloads
from vrrpscope.diagnosis.questions.respawns import Respawn, find_respawns
from vrrpscope.diagnosis.questions.rivals import Rivalry, find_rivalries
from vrrpscope.diagnosis.questions.rounded import Flood, Rounded, find_floods, find_rounded
from vrrpscope.diagnosis.questions.shared import SharedAddress, find_shared
from vrrpscope.diagnosis.questions.signs import Signs
from vrrpscope.diagnosis.questions.splits import Split, find_splits
from vrrpscope.diagnosis.questions.stalls import Stall, find_stalls
from vrrpscope.diagnosis.questions.standing import Standing, find_standing
from vrrpscope.diagnosis.questions.terms import Field, terms_of, told_terms
from vrrpscope.diagnosis.questions.timing import Timing, time_handover
from vrrpscope.diagnosis.questions.twins import Twins, find_twins
from vrrpscope.diagnosis.questions.unchecked import Unchecked, find_unchecked
from vrrpscope.diagnosis.questions.unheeded import Unheeded, find_unheeded
from vrrpscope.diagnosis.questions.unmastered import Unmastered, find_unmastered
from vrrpscope.diagnosis.questions.unseen import UnseenMaster, find_unseen
from vrrpscope.diagnosis.questions.unsent import Unsent, find_unsent
from vrrpscope.diagnosis.questions.vantages import ClockComparison, compare_clocks
from vrrpscope.diagnosis.questions.vmac import Poisoned, find_poisoned
from vrrpscope.diagnosis.questions.wanted import (
    Span,
    spans_of_due,
    spans_of_kept_down,
    spans_of_late,
    spans_of_silence,
)
from vrrpscope.evidence.model import Intent
from vrrpscope.evidence.statement import Said, Statement
from vrrpscope.observation import LEAVES, AnnouncementKind, Basis, VirtualRouter
from vrrpscope.protocol.advertisement import Address, Advertisement
from vrrpscope.timeline.model import Handover, RouterStory, Timeline
from vrrpscope.timeline.streak import Gap, Mark, Sender

_SEEN_BY = {AnnouncementKind.IGMP_JOIN: "igmp", AnnouncementKind.MLD_JOIN: "mld"}


@dataclass(frozen=True, slots=True)
class Silent:
    """A router that joined the VRRP group and never advertised for this virtual router."""

    address: Address
    mac: str
    seen_by: str
    mark: Mark
    node: str | None


class Case:
    """Timelines of one or more vantages, and the nodes whose configuration is known."""

    def __init__(self, timelines: tuple[Timeline, ...], nodes: tuple[Node, ...] = ()) -> None:
        self.timelines = timelines
        self.nodes = nodes

    def stories(self) -> Iterator[tuple[Timeline, RouterStory]]:
        """Every virtual router at every vantage."""
        for timeline in self.timelines:
            for story in timeline.routers:
                yield timeline, story

    # Who is who

    def node(self, address: Address) -> Node | None:
        """The node that has this address."""
        return next((node for node in self.nodes if address in node.addresses), None)

    def name(self, address: Address) -> str:
        """How a report calls a router: "dr-1 (172.31.23.22)", or its address alone."""
        node = self.node(address)
        return f"{node.name} ({address})" if node else str(address)

    def identified(self, address: Address) -> tuple[Step, ...]:
        """How a silent router was recognised, where that was an inference; else nothing."""
        node = self.node(address)
        if node is None or node.tied_by is not TiedBy.ELIMINATION:
            return ()
        statement = f"{node.name} is {address}, by {node.tied_by}"
        return (Step(statement, Basis.INFERRED, role=Role.LET),)

    def intent(self, story: RouterStory, address: Address) -> Intent | None:
        """What the configuration of the router at this address says for this virtual router."""
        node = self.node(address)
        return node.intent(story.router) if node else None

    def release(self, address: Address) -> tuple[int, ...] | None:
        """The release of keepalived at this address, for example (2, 2, 7); None if not told."""
        node = self.node(address)
        version = node.log.version if node and node.log else None
        return tuple(int(n) for n in version.split(".") if n.isdigit()) if version else None

    def said(
        self,
        story: RouterStory,
        address: Address,
        *said: Said,
        since_ns: int | None = None,
        until_ns: int | None = None,
    ) -> tuple[Statement, ...]:
        """What the log of the router at this address says about this virtual router.

        Lines about the whole daemon or host are among them. Times are the capture's, and the
        bounds include the log's resolution. Empty without a log.
        """
        node = self.node(address)
        return node.said(story.router, said, since_ns, until_ns) if node else ()

    def log_covers(self, address: Address, since_ns: int, until_ns: int) -> bool:
        """True where the log has lines before and after a span: then what it omits did not happen.

        False without a log, and where its times could not be compared with the capture's.
        """
        node = self.node(address)
        return node is not None and node.log_covers(since_ns, until_ns)

    def silent(self, story: RouterStory) -> tuple[Silent, ...]:
        """Routers that joined the group and never advertised for this virtual router."""
        if any(sender.is_shared for sender in story.senders):
            # FRRouting's IPv6 routers join from another address than they advertise from.
            return ()
        speakers = {sender.address for sender in story.senders}
        first: dict[Address, Silent] = {}
        for join in story.announcements:
            address = join.subject
            if join.kind not in _SEEN_BY or address in speakers or address.is_unspecified:
                continue
            node = self.node(address)
            silent = Silent(
                address, join.mac, _SEEN_BY[join.kind], join.first, node.name if node else None
            )
            first.setdefault(address, silent)
        return tuple(first.values())

    # Who could have taken over

    def backups(
        self, story: RouterStory, holder: Sender, at: Mark, due_ns: int = 0
    ) -> tuple[Backup, ...]:
        """Everybody but the holder who was seen before the moment, or of whom a file tells.

        Who left the group within `due_ns` after the moment could not wait for its timer any more.
        """
        seen: dict[Address, tuple[Mark, str]] = {}
        for join in story.announcements:
            if join.kind in _SEEN_BY and join.first < at and not join.subject.is_unspecified:
                seen[join.subject] = (min(join.last, at), _SEEN_BY[join.kind])
        for streak in story.streaks:
            if story.are_parted(streak.sender.address, holder.address):
                seen.pop(streak.sender.address, None)
            elif streak.first < at:
                seen[streak.sender.address] = (min(streak.last, at), "advert")
        seen.pop(holder.address, None)
        until_ns = at.time_ns + due_ns
        found = [self._backup(story, a, m, by, (at, until_ns)) for a, (m, by) in seen.items()]
        return (*found, *self._told_only(story, holder, set(seen)))

    def _backup(
        self, story: RouterStory, address: Address, seen: Mark, seen_by: str, when: tuple[Mark, int]
    ) -> Backup:
        at, until_ns = when
        said = [
            s.priority
            for s in story.streaks
            if s.sender.address == address and s.first < at and s.priority
        ]
        left = [
            mark
            for a in story.announcements
            if a.kind in LEAVES and a.subject == address
            for mark in (a.first, a.last)
            if seen < mark and mark.time_ns < until_ns
        ]
        return Backup(
            name=self.name(address),
            address=address,
            seen=seen,
            seen_by=seen_by,
            left=max(left, default=None),
            intent=self.intent(story, address),
            last_priority=said[-1] if said else None,
            unseen_ns=at.time_ns - seen.time_ns,
        )

    def _told_only(
        self, story: RouterStory, holder: Sender, seen: set[Address]
    ) -> Iterator[Backup]:
        """Routers that have a configuration for this virtual router and were never seen."""
        for node in self.nodes:
            intent = node.intent(story.router)
            if intent is None or holder.address in node.addresses or node.addresses & seen:
                continue
            yield Backup(node.name, None, None, "", None, intent, None)

    def surely_listens(self, backup: Backup, advertisement: Advertisement) -> bool:
        """True where by its configuration a backup accepts the advert and cannot be in FAULT.

        One in FAULT listens to nothing, and looks like any other silent backup. Or its log shows
        that it stayed a backup: one that accepts nothing becomes master.
        """
        if backup.surely_waited:
            return True
        intent = backup.intent
        if intent is None or any(item.faults for item in intent.tracked):
            return False
        if backup.unseen_ns > QUERY_NS:
            return False
        return not self.rejects(backup, advertisement)

    def rejects(self, backup: Backup, advertisement: Advertisement) -> bool:
        """True where a backup's configuration makes it reject the advert.

        It then becomes a second master, which the first one can keep silent.
        """
        if backup.intent is None:
            return False
        heard = terms_of(advertisement)
        return bool(heard.flaws or rejected(heard, told_terms(backup.intent)))

    # What was due

    @cached_property
    def due_failovers(self) -> tuple[DueFailover, ...]:
        """Every fall of a master's priority that nobody answered in time."""
        return tuple(
            due
            for timeline, story in self.stories()
            for due in find_due_failovers(
                timeline, story, self.signs(story), self.nodes, self.backups
            )
        )

    def misread_weight(self, due: DueFailover) -> Misread | None:
        """The check with a positive weight that would have moved the role with a negative one."""
        return find_misread(due, self.intent(due.story, due.master.address))

    def surely_no_better(self, due: DueFailover) -> bool:
        """True where no backup can have been better even after the fall, and each one preempts.

        Also a backup that was not seen: a better one that does not run is a cause of its own. Under
        nopreempt it would not have reacted to a deeper fall either: then two causes are there.
        """
        lower = all(b.best_priority <= due.priority for b in due.backups)
        listen = all(b.preempts and self.surely_listens(b, due.heard) for b in due.backups)
        return bool(due.backups) and lower and listen

    @cached_property
    def kept_down(self) -> tuple[KeptDown, ...]:
        """Every time that a router was better, alive and silent, and a lesser one was master."""
        return tuple(
            kept
            for timeline, story in self.stories()
            for kept in find_kept_down(timeline, story, self.signs(story), self.intent)
            if not self._has_better_master(kept)
        )

    def _has_better_master(self, kept: KeptDown) -> bool:
        """True where a second master was better than the silent router: it rightly keeps still."""
        return any(
            r.story is kept.story
            and r.worse == kept.tenure.sender
            and r.since.time_ns < kept.until_ns
            and kept.since_ns < r.until.time_ns
            and any(
                s.sender == r.better and s.priority >= kept.priority and s.last > r.since
                for s in kept.story.streaks
            )
            for r in self.rivalries
        )

    # How the role moved

    def signs(self, story: RouterStory) -> Signs:
        """The signs of life of everybody in a story of this case."""
        return self._signs[id(story)]

    @cached_property
    def _signs(self) -> dict[int, Signs]:
        return {id(story): Signs(story) for _, story in self.stories()}

    def timing(self, story: RouterStory, handover: Handover) -> Timing:
        """How a hand-over fits the timers, those that the new master's configuration tells."""
        return time_handover(handover, self.intent(story, handover.after.sender.address))

    def delay(self, story: RouterStory, handover: Handover) -> Delay:
        """What else accounts for the time that a hand-over took; empty where it was on time."""
        new, before = handover.after.sender.address, handover.before
        if before is None:
            return Delay()
        witness = witness_of(self.node(new), story.router, handover)
        names = (self.name(new), self.name(before.sender.address))
        return explain_delay(self.timing(story, handover), names, witness)

    @cached_property
    def late_handovers(self) -> tuple[LateHandover, ...]:
        """Every hand-over that took longer than the timers allow."""
        return tuple(
            late
            for timeline, story in self.stories()
            for late in find_late_handovers(timeline, story, self.signs(story), self.intent)
        )

    @cached_property
    def learned_intervals(self) -> tuple[Learned, ...]:
        """Every pair of routers of VRRPv3 that advertise at different intervals."""
        return tuple(
            learned
            for timeline, story in self.stories()
            for learned in find_learned(timeline, story)
        )

    @cached_property
    def rounded_intervals(self) -> tuple[Rounded, ...]:
        """Every router that was told a fraction of a second in VRRPv2."""
        return tuple(
            rounded
            for timeline, story in self.stories()
            for rounded in find_rounded(timeline, story, self.nodes)
        )

    @cached_property
    def floods(self) -> tuple[Flood, ...]:
        """Every sender of adverts with interval 0, as fast as it can."""
        return tuple(
            flood for timeline, story in self.stories() for flood in find_floods(timeline, story)
        )

    @cached_property
    def unmastered(self) -> tuple[Unmastered, ...]:
        """Every time that nobody advertised for longer than any backup's timer runs."""
        found: list[Unmastered] = []
        for timeline, story in self.stories():
            late = tuple(h for h in self.late_handovers if h.story is story)
            told = tuple(i for node in self.nodes if (i := node.intent(story.router)))
            found.extend(find_unmastered(timeline, story, self.signs(story), told, late))
        return tuple(found)

    @cached_property
    def held(self) -> tuple[Held, ...]:
        """Every role that a sync group kept somebody from taking."""
        wanted = list(self._wanted())
        return tuple(
            held
            for timeline in self.timelines
            for held in find_held(timeline, (s for t, s in wanted if t is timeline), self.nodes)
        )

    def _wanted(self) -> Iterator[tuple[Timeline, Span]]:
        """Every time during which somebody should have taken a role, the most telling first."""
        yield from spans_of_silence(self.unmastered)
        yield from spans_of_late(self.late_handovers)
        yield from spans_of_due(self.due_failovers)
        yield from spans_of_kept_down(self.kept_down)

    @cached_property
    def to_and_fro(self) -> tuple[ToAndFro, ...]:
        """Every time that the role went back and forth between the same routers."""
        return tuple(
            found
            for timeline, story in self.stories()
            for found in find_to_and_fro(timeline, story, self.signs(story))
        )

    @cached_property
    def misled(self) -> tuple[Misled, ...]:
        """Every time that hosts were told a wrong MAC although the election was right."""
        return tuple(
            misled
            for timeline, story in self.stories()
            for misled in find_misled(timeline, story, self.rivalries)
        )

    @cached_property
    def poisoned(self) -> tuple[Poisoned, ...]:
        """Every router that sent from the virtual MAC while another one was master."""
        return tuple(
            p for timeline, story in self.stories() for p in find_poisoned(timeline, story)
        )

    def never_yielded(self, misled: Misled) -> bool:
        """True where the master of a `Misled` never was a backup: it had nothing to announce.

        It paused, or its adverts did not come here, by itself or by what another vantage shows.
        """
        master, other = misled.tenure.sender, misled.router
        cut = self.cut_between(misled.story.router, master, other)
        return cut is not None or never_yielded(misled, self.signs(misled.story))

    def standing(self, story: RouterStory, address: Address, at: Mark) -> Standing | None:
        """What was seen last, before a moment, of a router that is no master."""
        return find_standing(self.signs(story), address, at)

    def account(
        self, story: RouterStory, address: Address, since_ns: int, until_ns: int
    ) -> Account | None:
        """What the log of the router at this address says of its state during a span."""
        return read_account(self.node(address), story.router, since_ns, until_ns)

    @cached_property
    def needless_takeovers(self) -> tuple[DeafBackup, ...]:
        """Every backup that took over for moments beside a better master, and gave way again."""
        seen = [r.story for r in self.rivalries if r.is_seen]
        return tuple(d for d in self.deaf_backups if not any(d.story is s for s in seen))

    @cached_property
    def unchecked(self) -> tuple[Unchecked, ...]:
        """Every check that does not run, or cannot do its work, by a log or a configuration."""
        return tuple(
            unchecked
            for timeline, story in self.stories()
            for unchecked in find_unchecked(timeline, story, self.nodes)
        )

    @cached_property
    def misconfigured(self) -> tuple[Misconfigured, ...]:
        """Every difference of two routers that an odd line of a configuration explains."""
        return tuple(find_misconfigured(self._mismatches, self.nodes))

    @cached_property
    def lost_priorities(self) -> tuple[LostPriority, ...]:
        """Every priority that is written, not used, and would have decided who is master."""
        return tuple(
            lost
            for timeline, story in self.stories()
            for lost in find_lost_priority(timeline, story, self.nodes)
        )

    @cached_property
    def unheeded(self) -> tuple[Unheeded, ...]:
        """Every check that a master is told to watch, and that keepalived drops."""
        return tuple(
            unheeded
            for timeline, story in self.stories()
            for unheeded in find_unheeded(timeline, story, self.nodes)
        )

    @cached_property
    def displaced(self) -> tuple[Displaced, ...]:
        """Every living master that gave way although nopreempt or an address owner forbids it."""
        return tuple(
            displaced
            for timeline, story in self.stories()
            for displaced in find_displaced(
                timeline, story, self.signs(story), self.nodes, self._elsewhere(story)
            )
            if not self._misunderstand(displaced)
        )

    def _elsewhere(self, story: RouterStory) -> tuple[RouterStory, ...]:
        """The same virtual router as other vantages saw it."""
        return tuple(s for _, s in self.stories() if s.router == story.router and s is not story)

    def _misunderstand(self, displaced: Displaced) -> bool:
        """True where the two do not accept each other's adverts: then neither gave way."""
        before, after = displaced.handover.before, displaced.handover.after
        pair = {after.sender, before.sender if before is not None else after.sender}
        return any(
            rivalry.story is displaced.story
            and {rivalry.better, rivalry.worse} == pair
            and bool(rivalry.comparison.fields or rivalry.comparison.flaws)
            for rivalry in self.rivalries
        )

    # What happened to a router's daemon or its host

    @cached_property
    def stalls(self) -> tuple[Stall, ...]:
        """Every pause of a master whose process lived and sent nothing."""
        return tuple(
            stall
            for timeline, story in self.stories()
            for stall in find_stalls(timeline, story, self.signs(story))
        )

    @cached_property
    def respawns(self) -> tuple[Respawn, ...]:
        """Every daemon that died without priority 0 and was running again at once."""
        return tuple(
            respawn
            for timeline, story in self.stories()
            for respawn in find_respawns(timeline, story, self.signs(story))
        )

    @cached_property
    def reelections(self) -> tuple[Reelection, ...]:
        """Every master that gave the role up and took it back after its own Skew_Time."""
        return tuple(
            found
            for timeline, story in self.stories()
            for found in find_reelections(timeline, story, self.signs(story))
        )

    @cached_property
    def reloads(self) -> tuple[Reload, ...]:
        """Every reload of a master that the wire or its log shows."""
        return tuple(
            r for t in self.timelines for r in find_reloads(t, self._signs, self._was_reloaded)
        )

    def _was_reloaded(
        self, story: RouterStory, address: Address, since_ns: int, until_ns: int
    ) -> bool:
        """True where its log tells of a reload at that time, of no stop, no FAULT, no check."""
        kinds = (Said.RELOADED, Said.STOPPING, Said.PRIORITY, Said.STATE)
        said = self.said(story, address, *kinds, since_ns=since_ns, until_ns=until_ns)
        other = any(s.said in (Said.STOPPING, Said.PRIORITY) or s.state == "FAULT" for s in said)
        return any(s.said is Said.RELOADED for s in said) and not other

    @cached_property
    def boot_grabs(self) -> tuple[BootGrab, ...]:
        """Every router that was master right after its start, beside another one."""
        return tuple(
            grab
            for timeline, story in self.stories()
            for grab in find_boot_grabs(timeline, story, self.signs(story))
        )

    @cached_property
    def fault_spells(self) -> tuple[FaultSpell, ...]:
        """Every time that a router was in FAULT by its own log."""
        return tuple(
            spell
            for timeline, story in self.stories()
            for spell in find_fault_spells(timeline, story, self.nodes)
        )

    def in_fault(self, story: RouterStory, address: Address, at_ns: int) -> FaultSpell | None:
        """The time in FAULT, by its own log, that a router was in at a moment."""
        for spell in self.fault_spells:
            if spell.story is story and address in spell.node.addresses:
                if spell.since_ns <= at_ns <= spell.until_ns:
                    return spell
        return None

    def stopped(self, story: RouterStory, address: Address, at_ns: int) -> Statement | None:
        """The line that says that a router's daemon had stopped, where it was not started since.

        None where the log ends with it: a later start may be in another file.
        """
        life = (Said.STARTED, Said.STOPPING, Said.STATE)
        said = [s for s in self.said(story, address, *life) if (s.time_ns or at_ns) < at_ns]
        if not said or said[-1].said is not Said.STOPPING:
            return None
        covers = self.log_covers(address, said[-1].time_ns or at_ns, at_ns)
        return said[-1] if covers else None

    def harm_of(self, spell: FaultSpell) -> str:
        """What went wrong because a router was in FAULT, as half a sentence; "" for nothing."""
        own = spell.node.addresses
        for gap in self.unmastered:
            silence = gap.silence
            if gap.story is spell.story and spell.overlaps(silence.since.time_ns, silence.until_ns):
                return f"no master was seen for {Duration(silence.duration_ns)}"
        for due in self.due_failovers:
            is_other = due.story is spell.story and due.master.address not in own
            if is_other and spell.overlaps(due.fall.after.first.time_ns, due.held_until.time_ns):
                return f"{self.name(due.master.address)} stayed master at priority {due.priority}"
        for kept in self.kept_down:
            is_own = kept.story is spell.story and kept.better in own
            if is_own and spell.overlaps(kept.since_ns, kept.tenure.until.time_ns):
                master = self.name(kept.tenure.sender.address)
                return f"{master} was master with a lesser priority"
        return ""

    @cached_property
    def addressless(self) -> tuple[Addressless, ...]:
        """Every router that joined the group before it had an address."""
        return tuple(
            found
            for timeline, story in self.stories()
            for found in find_addressless(timeline, story)
        )

    # Several vantages

    @cached_property
    def clock_comparisons(self) -> tuple[ClockComparison, ...]:
        """How the clocks of each two vantages differ, or why that cannot be told."""
        return tuple(compare_clocks(self.timelines))

    @cached_property
    def receptions(self) -> tuple[Reception, ...]:
        """Which adverts of each sender each vantage saw, held against each other vantage."""
        return tuple(find_receptions(self.timelines, self.clock_comparisons))

    @cached_property
    def cuts(self) -> tuple[Cut, ...]:
        """Every two masters of which one vantage shows the one alone and another one the other."""
        return tuple(find_cuts(self.receptions))

    @cached_property
    def lossy_paths(self) -> tuple[LossyPath, ...]:
        """Every sender whose adverts get lost here and there on the way to some place."""
        return find_lossy(self.stories(), self.receptions, self.deaf_backups)

    @cached_property
    def unseen_masters(self) -> tuple[UnseenMaster, ...]:
        """Every master that sent on while nothing of that came, and that a backup replaced.

        Not where adverts get lost again and again: that is one thing, and not many.
        """
        lossy = {(path.story.router, path.sender) for path in self.lossy_paths}
        return tuple(
            unseen
            for timeline, story in self.stories()
            for unseen in find_unseen(timeline, story, self.signs(story))
            if (story.router, unseen.old) not in lossy
        )

    @cached_property
    def unsent(self) -> tuple[Unsent, ...]:
        """Every time that a router's host refused to send its adverts, by its log."""
        return tuple(
            unsent
            for timeline, story in self.stories()
            for unsent in find_unsent(timeline, story, self.said)
        )

    def cut_between(self, router: VirtualRouter, one: Sender, other: Sender) -> Cut | None:
        """Where the adverts of one of two routers, or of both, got lost between two vantages."""
        pair = {one, other}
        return next(
            (c for c in self.cuts if c.router == router and {c.sender, c.other} == pair), None
        )

    def arrived(self, rivalry: Rivalry, sender: Sender) -> tuple[Timeline, ...]:
        """Other vantages that have all adverts of one of two masters while both were master."""
        return tuple(
            r.there
            for r in self.receptions
            if r.story is rivalry.story
            and r.sender == sender
            and r.has_all(rivalry.since.time_ns, rivalry.until.time_ns)
        )

    # Two masters at once, and routers that do not understand each other

    @cached_property
    def rivalries(self) -> tuple[Rivalry, ...]:
        """Every pair of routers that were both master of one virtual router, seen or deduced."""
        return tuple(
            replace(rivalry, proof=find_proof(story, rivalry.trace, self.said))
            if rivalry.trace is not None and rivalry.may_be_proven
            else rivalry
            for timeline, story in self.stories()
            for rivalry in find_rivalries(timeline, story)
        )

    @cached_property
    def hidden_masters(self) -> tuple[HiddenMaster, ...]:
        """Every router that was master beside another one and never spoke meanwhile."""
        return tuple(
            hidden
            for timeline, story in self.stories()
            for hidden in find_hidden(timeline, story, self.nodes)
            if not self._is_known(hidden)
        )

    def _is_known(self, hidden: HiddenMaster) -> bool:
        """True where the two are known to be rivals already, here or by two vantages."""
        pairs = [(r.story.router, {r.better.address, r.worse.address}) for r in self.rivalries]
        pairs += [(i.story.router, {i.one.address, i.other.address}) for i in self.islands]
        return any(
            router == hidden.story.router
            and hidden.visible.address in pair
            and bool(pair & hidden.addresses)
            for router, pair in pairs
        )

    @cached_property
    def islands(self) -> tuple[Islands, ...]:
        """Every pair of routers that were master at once, each as another vantage saw it."""
        seen = {(r.story.router, r.better, r.worse) for r in self.rivalries if r.is_seen}
        seen |= {(router, worse, better) for router, better, worse in seen}
        found = find_islands(self.timelines, self.clock_comparisons)
        return tuple(i for i in found if (i.story.router, i.one, i.other) not in seen)

    @cached_property
    def deaf_backups(self) -> tuple[DeafBackup, ...]:
        """Every backup that took over again and again beside a better master on the wire."""
        return tuple(
            deaf for timeline, story in self.stories() for deaf in find_deaf(timeline, story)
        )

    @cached_property
    def shared_addresses(self) -> tuple[SharedAddress, ...]:
        """Every pair of virtual routers whose masters held one address at once."""
        return tuple(shared for timeline in self.timelines for shared in find_shared(timeline))

    def mismatches(self, what: Field) -> tuple[Mismatch, ...]:
        """Every pair of routers of one group that differ in this field."""
        return tuple(mismatch for mismatch in self._mismatches if mismatch.what is what)

    @cached_property
    def _mismatches(self) -> tuple[Mismatch, ...]:
        found: list[Mismatch] = []
        for timeline, story in self.stories():
            sources = Sources(self.name, self.intent, self.said, self.release)
            finder = MismatchFinder(timeline, story, self.nodes, sources)
            found.extend(finder.find([r for r in self.rivalries if r.story is story]))
        return tuple(found)

    # Who uses whose number or name, and what happens at one moment

    @cached_property
    def collisions(self) -> tuple[Collision, ...]:
        """Every pair of clusters that share a VRID and nothing else."""
        return tuple(
            collision
            for timeline, story in self.stories()
            for collision in find_collisions(timeline, story, self.signs(story), self._told_count)
        )

    def _told_count(self, story: RouterStory, addresses: tuple[Address, ...]) -> int:
        """How many routers are told to hold any of these addresses in this virtual router."""
        intents = (node.intent(story.router) for node in self.nodes)
        held = ({told.value for told in i.addresses} for i in intents if i is not None)
        return sum(not own.isdisjoint(addresses) for own in held)

    @cached_property
    def carp_collisions(self) -> tuple[Collision, ...]:
        """Every virtual router whose VRID is a virtual host id of CARP."""
        return tuple(
            collision
            for timeline, story in self.stories()
            for collision in find_carp_collisions(timeline, story, self.signs(story))
        )

    def rejected_strangers(self, collision: Collision) -> tuple[Statement, ...]:
        """Lines of the routers' logs that can only mean the adverts of strangers."""
        return rejected_strangers(collision, self._rejections)

    def _rejections(
        self, story: RouterStory, address: Address, since_ns: int, until_ns: int
    ) -> tuple[Statement, ...]:
        return self.said(story, address, Said.REJECTED, since_ns=since_ns, until_ns=until_ns)

    def is_silenced(self, story: RouterStory, gap: Gap) -> bool:
        """True where strangers on the VRID explain that a master sent nothing in this pause."""
        return gap in self._silenced_gaps.get(id(story), ())

    @cached_property
    def _silenced_gaps(self) -> dict[int, set[Gap]]:
        found: dict[int, set[Gap]] = {}
        for collision in (*self.collisions, *self.carp_collisions):
            found.setdefault(id(collision.story), set()).update(collision.gaps)
        return found

    @cached_property
    def twins(self) -> tuple[Twins, ...]:
        """Every sender behind whose address and MAC two speak."""
        return tuple(
            twins for timeline, story in self.stories() for twins in find_twins(timeline, story)
        )

    @cached_property
    def reflections(self) -> tuple[Reflection, ...]:
        """Every router that gets its own adverts back."""
        return tuple(
            reflection
            for timeline, story in self.stories()
            for reflection in find_reflections(
                timeline, story, self._twins_in(story), self._own_heard
            )
        )

    def _twins_in(self, story: RouterStory) -> tuple[Twins, ...]:
        return tuple(twins for twins in self.twins if twins.story is story)

    def _own_heard(self, story: RouterStory, address: Address) -> tuple[Statement, ...]:
        return self.said(story, address, Said.OWN_ADDRESS_HEARD)

    @cached_property
    def equal_races(self) -> tuple[EqualRace, ...]:
        """Every moment at which backups of one priority became master together."""
        return tuple(
            race for timeline, story in self.stories() for race in find_equal_races(timeline, story)
        )

    @cached_property
    def edge_races(self) -> tuple[EdgeRace, ...]:
        """Every master that was silent, and returned just when its backup took over."""
        return tuple(
            race
            for timeline, story in self.stories()
            for race in find_edge_races(timeline, story, self.signs(story))
            if not self.is_silenced(story, race.gap)
        )

    @cached_property
    def splits(self) -> tuple[Split, ...]:
        """Every virtual router that left another one of the same host behind."""
        return tuple(
            split for timeline in self.timelines for split in find_splits(timeline, self.node)
        )
