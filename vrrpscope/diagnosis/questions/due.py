"""Falls of a master's priority that nobody answered, and who could have answered them."""

from msgspec import Struct
from msgspec.structs import replace

from vrrpscope.diagnosis.finding import Step
from vrrpscope.diagnosis.questions.account import Account, ask_beyond, logged_backup
from vrrpscope.diagnosis.questions.falls import Fall
from vrrpscope.evidence.model import HIGHEST_PRIORITY, Intent
from vrrpscope.evidence.statement import Said, Statement
from vrrpscope.observation import Basis
from vrrpscope.protocol.advertisement import Address, Advertisement
from vrrpscope.protocol.timers import NS
from vrrpscope.timeline.model import RouterStory, Timeline
from vrrpscope.timeline.streak import Mark, Sender

QUERY_NS = 135 * NS
"""Where a querier asks, a member answers within this: 125 s and 10 s (RFC 3376 section 8)."""

GROUP_MEMBERSHIP_INTERVAL_NS = 260 * NS
"""A member of a multicast group that was not heard for this long may be gone (RFC 3376 section 8.4,
RFC 3810 section 9.4: twice the query interval of 125 s and a response interval of 10 s)."""


class Backup(Struct, frozen=True):
    """A router that could have taken over at some moment.

    Attributes:
        address: None where only a configuration tells of it.
        seen: what shows that it was there: its join, or its last advert before the moment.
        seen_by: "igmp", "mld" or "advert"; "" where nothing was seen of it.
        left: its leave of the group between `seen` and the moment: it stopped.
        intent: what its configuration says.
        last_priority: the effective priority that it said last before the moment.
        unseen_ns: how long before the moment `seen` was.
        account: what its own log says of the time during which it could have taken over.
        settled: the same, from the moment on at which its timer would have run out.
        is_changed: it was started or reloaded before it took over at last, and may have had
            another configuration until then.
        shows_leave: it was seen to join the group, so its daemon's end would have been seen too.
        was_interrupted: it left the group before the end of the time: it was restarted or stopped.
    """

    name: str
    address: Address | None
    seen: Mark | None
    seen_by: str
    left: Mark | None
    intent: Intent | None
    last_priority: int | None
    unseen_ns: int = 0
    account: Account | None = None
    settled: Account | None = None
    is_changed: bool = False
    shows_leave: bool = False
    was_interrupted: bool = False

    @property
    def is_present(self) -> bool:
        """True where it was seen lately and nothing shows that it went away, or its log tells."""
        recent = self.unseen_ns <= GROUP_MEMBERSHIP_INTERVAL_NS
        seen = self.seen is not None and self.left is None and recent
        return seen or self.surely_waited

    @property
    def surely_waited(self) -> bool:
        """True where its log shows that it was a backup all the while: it heard and accepted."""
        return self.account is not None and self.account.stays_backup

    @property
    def is_out(self) -> Statement | None:
        """The line of its log by which it was no backup; None where none says so."""
        return self.settled.life if self.settled is not None and self.settled.is_out else None

    @property
    def rejected(self) -> bool:
        """True where its log says at that time that it rejects adverts: whose, it may not say."""
        told = self.account.within if self.account is not None else ()
        return any(s.said is Said.REJECTED for s in told)

    @property
    def sign(self) -> str:
        """What was seen of it, to follow its name in a sentence."""
        joined = "had joined the VRRP group"
        signs = {"igmp": f"{joined} (IGMP report)", "mld": f"{joined} (MLD report)"}
        return signs.get(self.seen_by, "had advertised before")

    @property
    def runs_by_file(self) -> bool:
        """True where nothing shows that it ran with another file than the one that was given.

        A start or a reload meanwhile reads the file anew; and a priority that the file cannot give
        was not told by that file. Who preempted after a reload, though the file says nopreempt, ran
        with that file before.
        """
        if self.intent is None:
            return False
        anew = self.was_interrupted
        if self.account is not None and self.account.starts_anew is not None:
            anew = True
        if anew or self.is_changed:
            return self.is_changed and self.intent.nopreempt.value
        said = self.last_priority
        return said is None or said in self.intent.effective_priorities()

    @property
    def preempts(self) -> bool | None:
        """What it did by its log, else what its configuration says; None without either.

        A configuration without nopreempt tells nothing of the time before a reload.
        """
        if self.account is not None and self.account.preempts:
            return True
        if self.is_changed and self.intent is not None and not self.intent.nopreempt.value:
            return None
        return None if self.intent is None else not self.intent.nopreempt.value

    def may_delay(self, held_ns: int) -> bool:
        """True where its preempt_delay is at least that long, and no log says that it ended."""
        if self.intent is None or not self.intent.preempt_delay_ns.value:
            return False
        told = self.account is not None and self.account.preempts
        return not told and self.intent.preempt_delay_ns.value >= held_ns

    @property
    def worst_priority(self) -> int:
        """The least that it can have by its configuration, whatever fails; 0 without one."""
        return min(self.intent.effective_priorities()) if self.intent is not None else 0

    @property
    def best_priority(self) -> int:
        """The most that it can have by its configuration; the most of all without one."""
        if self.intent is None:
            return HIGHEST_PRIORITY
        return max(self.intent.effective_priorities())

    @property
    def healthy_priority(self) -> int | None:
        """The priority with all checks passing: told, else the best that it said or logged last."""
        if self.intent is not None:
            return self.intent.healthy_priority
        change = self.account.priority if self.account is not None else None
        logged = () if change is None else (change.before, change.after)
        return max((p for p in (*logged, self.last_priority) if p is not None), default=None)

    @property
    def _base(self) -> int | None:
        return self.intent.base_priority.value if self.intent is not None else None

    def logged(self, priority: int) -> tuple[Step, ...]:
        """What its log tells of the time, against the master's priority."""
        if self.is_out is not None:
            state = (self.is_out.state or "stopped").replace("INIT", "starting")
            text = f"the log of {self.name} says that it was no backup then, but in state {state}"
            return (Step(text, Basis.TOLD, (self.is_out.line,)),)
        steps = logged_backup(self.account, self.name)
        if steps and self.was_better(priority):
            better = f"{steps[0].statement}, with a priority above {priority}"
            return (replace(steps[0], statement=better),)
        return steps

    def ask_log(self) -> tuple[str, ...]:
        """What to ask where its log was given and does not tell."""
        if self.account is None or self.account.covers:
            return ()
        return ask_beyond(self.name)

    def was_better(self, priority: int) -> bool:
        """True where by its log it was a backup of a higher priority all the while."""
        if self.account is None or not self.account.stays_backup:
            return False
        had = self.account.priorities(self._base)
        return had is not None and min(had) > priority

    def was_no_better(self, priority: int) -> bool:
        """True where by its log it was a backup and not better when its timer would have run out.

        Although it would be with its checks passing.
        """
        if self.settled is None or not self.settled.stays_backup or not self._may_beat(priority):
            return False
        had = self.settled.priorities(self._base)
        return had is not None and max(had) <= priority

    def was_degraded_before(self, priority: int) -> bool:
        """True where the last line of its log about its priority makes it no better."""
        if self.settled is None or not self._may_beat(priority):
            return False
        last = self.settled.priority
        return last is not None and last.after is not None and last.after <= priority

    def _may_beat(self, priority: int) -> bool:
        healthy = self.healthy_priority
        return healthy is None or healthy > priority


class DueFailover(Struct, frozen=True):
    """A master's priority fell and it kept the role for longer than any backup's timer runs.

    Attributes:
        held_until: the last advert at a priority below the one before the fall.
        allowed_ns: the longest Master_Down_Interval that any backup could have had.
        backups: who could have taken over.
        logged: what the master's own log says of the moment of the fall.
        anew: the line by which the router that took over at last had been started or reloaded
            shortly before that; None where nobody took over.
    """

    timeline: Timeline
    story: RouterStory
    fall: Fall
    held_until: Mark
    allowed_ns: int
    backups: tuple[Backup, ...]
    logged: tuple[Statement, ...] = ()
    anew: Statement | None = None

    @property
    def master(self) -> Sender:
        """Who kept the role."""
        return self.fall.tenure.sender

    @property
    def priority(self) -> int:
        """The priority after the fall."""
        return self.fall.priority

    @property
    def since(self) -> Mark:
        """The first advert at the lower priority that was captured."""
        return self.fall.after.first

    @property
    def heard(self) -> Advertisement:
        """What a backup heard from then on."""
        return self.fall.after.advertisement

    @property
    def held_ns(self) -> int:
        """How long it advertised the lower priority, as far as it was captured."""
        return self.held_until.time_ns - self.since.time_ns

    def witnessed(self, master: str) -> tuple[Step, ...]:
        """What went over the wire, as a witness tells it; `master` is how a report calls it."""
        told = tuple(Step(_failure(s), Basis.TOLD, (s.line,)) for s in self.logged)
        return (*self.fall.witnessed(master, self.held_until), *told)


def _failure(statement: Statement) -> str:
    """What a line of the master's log says of a failed check, as a sentence."""
    if statement.said is Said.PRIORITY:
        change = f"from {statement.before} to {statement.after}"
        return f"its log says that its priority changed {change} at that time"
    late = "ran too long" if statement.said is Said.SCRIPT_LATE else "failed"
    reason = f" ({statement.reason})" if statement.reason else ""
    return f"its log says that {statement.name or 'a check'} {late} at that time{reason}"


def is_about_fall(statement: Statement, priority: int) -> bool:
    """True for a line that tells of a failure, or of a change to just this priority."""
    if statement.said is Said.PRIORITY:
        return statement.after == priority
    return statement.said is Said.SCRIPT_LATE or (
        statement.said is Said.TRACKED and statement.good is False
    )
