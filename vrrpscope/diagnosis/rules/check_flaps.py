"""The rule check-flaps."""

from collections.abc import Iterator
from itertools import combinations, islice, pairwise

from msgspec import Struct

from vrrpscope.diagnosis.case import Case
from vrrpscope.diagnosis.finding import Duration, Hit, Kind, Role, Severity, Step, Verdict, lines
from vrrpscope.diagnosis.questions.signs import Pause
from vrrpscope.diagnosis.rule import rule
from vrrpscope.evidence.model import Intent, TrackedItem, TrackKind
from vrrpscope.evidence.statement import Said, Statement
from vrrpscope.observation import Basis
from vrrpscope.protocol.timers import NS
from vrrpscope.timeline.model import EndedBy, RouterStory, Timeline
from vrrpscope.timeline.streak import Mark, Sender, Streak

_FEWEST = 2
"""Falls, and rises: a service that fails and recovers once does not flap."""
_CLOSE_NS = 60 * NS
_OTHER = "a tracked interface, process or other check that comes and goes"
_LEAD_NS = 5 * NS
"""A check fails before the advert that shows it; a take-over after FAULT takes a while."""
_MOST_CHECKS = 10
"""Of more weighted checks than this not every combination is tried."""


class _Swing(Struct, frozen=True):
    """One router's priority goes to and fro between two values; `low` is 0 for releases."""

    sender: Sender
    high: int
    low: int
    falls: tuple[Mark, ...]
    rises: tuple[Mark, ...]
    same_process: bool

    @property
    def since(self) -> Mark:
        return min(self.falls + self.rises)

    @property
    def until(self) -> Mark:
        return max(self.falls + self.rises)


@rule(
    title="A check fails and recovers again and again",
    kind=Kind.CAUSE,
    severity=Severity.ERROR,
    clauses=("keepalived vrrp_script_child_thread()", "keepalived vrrp_set_effective_priority()"),
    explains=("flapping",),
    says="{router} went {falls} times from {high} to {low} and {rises} times back within "
    "{lasted_ns}: the result of {check} {surely}flaps.",
    remedy="Let the check need several results in a row (fall 3 and rise 3 in its vrrp_script, "
    "say), give it a timeout below its interval, and make it cheap: it should fail when the "
    "service is down, not when the machine is busy.",
)
def check_flaps(case: Case) -> Iterator[Hit]:
    """
    ### What it looks like
    One router's effective priority goes to and fro between two fixed values, or it releases the
    role and comes back again and again, without a restart: its IP identification goes on. The
    times between the changes are multiples of the check's interval.

    ### Why it stops a failover
    Each change asks for an election. Where the changes come slower than the
    Master_Down_Interval, the role follows each of them; where they come faster, nothing moves
    although the service is down half of the time.

    ### How to confirm it
    The log has `VRRP_Script(...) failed` and `VRRP_Script(...) succeeded` in turn, or
    `timed_out`. Run the check by hand, as the user that keepalived uses for scripts, many times.

    ### What else could look like this
    A service that really comes and goes; a tracked interface whose link flaps. Without weights:
    an address or an interface that goes away and comes back. A reload with another priority, too;
    but the IP identification begins at 1 then.
    """
    for timeline, story in case.stories():
        for sender in story.senders:
            for swing in (*_swings(case, story, sender), *_returns(case, story, sender)):
                yield _hit(case, timeline, story, swing)


def _swings(case: Case, story: RouterStory, sender: Sender) -> Iterator[_Swing]:
    """The longest alternation between two priorities."""
    changes: list[Streak] = []
    runs: list[list[Streak]] = []
    for streak in case.signs(story).streaks_of(sender):
        if not streak.priority or (changes and streak.priority == changes[-1].priority):
            continue
        if not _goes_on(case, story, changes, streak):
            runs.append(changes)
            changes = changes[-1:] if changes else []
        changes.append(streak)
    for run in (*runs, changes):
        swing = _swing(case, story, sender, run)
        if swing is not None:
            yield swing


def _goes_on(case: Case, story: RouterStory, changes: list[Streak], streak: Streak) -> bool:
    """True where the change goes back to the value before the last one, soon and as one process."""
    if case.signs(story).pause_before(streak) is Pause.RESTARTED:
        return False
    if len(changes) < _FEWEST:
        return True
    close = streak.first.time_ns - changes[-1].first.time_ns <= _CLOSE_NS
    return close and streak.priority == changes[-2].priority


def _swing(case: Case, story: RouterStory, sender: Sender, run: list[Streak]) -> _Swing | None:
    """The alternation as a value, where it is one."""
    pairs = list(pairwise(run))
    falls = tuple(b.first for a, b in pairs if b.priority < a.priority)
    rises = tuple(b.first for a, b in pairs if b.priority > a.priority)
    if len(falls) < _FEWEST or len(rises) < _FEWEST:
        return None
    values = [s.priority for s in run]
    known = all(case.signs(story).pause_before(s) is not Pause.UNKNOWN for s in run[1:])
    return _Swing(sender, max(values), min(values), falls, rises, known)


def _returns(case: Case, story: RouterStory, sender: Sender) -> Iterator[_Swing]:
    """Releases after each of which the same process came back as master."""
    falls: list[Mark] = []
    rises: list[Mark] = []
    signs = case.signs(story)
    own = signs.tenures_of_sender(sender)
    for before, after in pairwise(own):
        pause = signs.pause_before(after.streaks[0])
        away = signs.somebody_began(before.until, after.since)
        close = after.since.time_ns - before.since.time_ns <= _CLOSE_NS
        released = before.ended_by is EndedBy.RELEASED
        if released and away and close and pause in (Pause.QUIET, Pause.FEW):
            falls.append(before.until)
            rises.append(after.since)
    if len(rises) >= _FEWEST:
        priority = own[-1].last_priority
        yield _Swing(sender, priority, 0, tuple(falls), tuple(rises), True)


def _hit(case: Case, timeline: Timeline, story: RouterStory, swing: _Swing) -> Hit:
    intent = case.intent(story, swing.sender.address)
    items = _responsible(intent, swing)
    logged = _logged(case, story, swing, intent, items)
    verdict = Verdict.PROVEN if logged else _verdict(intent, items, swing)
    moved = case.moves_to_and_fro(story)
    return Hit(
        virtual_router=story.router,
        vantage=timeline.vantage.id,
        at_ns=swing.since.time_ns,
        until_ns=swing.until.time_ns,
        verdict=verdict,
        severity=None if moved else Severity.WARNING,
        facts={
            "router": case.name(swing.sender.address),
            "high": f"priority {swing.high}",
            "low": f"priority {swing.low}" if swing.low else "priority 0 (a release)",
            "falls": len(swing.falls),
            "rises": len(swing.rises),
            "lasted_ns": Duration(swing.until.time_ns - swing.since.time_ns),
            "check": _check(items, logged),
            "surely": "" if verdict is Verdict.PROVEN else "probably ",
        },
        because=tuple(_because(case, swing, items, logged)),
        settle_with=() if logged else _settle_with(case, swing, intent),
        not_excluded=() if logged else _not_excluded(intent, items, swing),
    )


def _check(items: list[TrackedItem], logged: list[Statement]) -> str:
    if logged:
        return logged[0].name or "a check"
    return " or ".join(i.name for i in items) or "a check"


def _logged(
    case: Case, story: RouterStory, swing: _Swing, intent: Intent | None, items: list[TrackedItem]
) -> list[Statement]:
    """The results of the one check that, by the log, failed and recovered all the while.

    As often as the priority did, at least; and a check of another instance is none of these.
    """
    since_ns = swing.since.time_ns - _LEAD_NS
    address, until_ns = swing.sender.address, swing.until.time_ns
    said = case.said(story, address, Said.TRACKED, since_ns=since_ns, until_ns=until_ns)
    by_name: dict[str | None, list[Statement]] = {}
    for statement in said:
        by_name.setdefault(statement.name, []).append(statement)
    flapping = [
        results
        for results in by_name.values()
        if sum(s.good is False for s in results) >= len(swing.falls)
        and sum(s.good is True for s in results) >= len(swing.rises)
    ]
    found = flapping[0] if len(flapping) == 1 else []
    watched = intent is None or any(found and found[0].name == i.name for i in items)
    return found if watched else []


def _log_steps(case: Case, swing: _Swing, logged: list[Statement]) -> Iterator[Step]:
    """What the log says of the check, the first lines of it as evidence."""
    if not logged:
        return
    failed = [s for s in logged if s.good is False]
    reason = f" ({failed[0].reason})" if failed[0].reason else ""
    yield Step(
        f"the log of {case.name(swing.sender.address)} says {len(failed)} times that "
        f"{logged[0].name} failed{reason}, and {len(logged) - len(failed)} times that it "
        "succeeded",
        Basis.TOLD,
        tuple(s.line for s in logged[:8]),
    )


def _responsible(intent: Intent | None, swing: _Swing) -> list[TrackedItem]:
    """What is watched whose failure alone makes the lower value of the higher one."""
    if intent is None or intent.healthy_priority != swing.high:
        return []
    low = swing.low or None
    return [i for i in intent.tracked if intent.priority_when_failed(i) == low]


def _is_one_check(items: list[TrackedItem]) -> bool:
    return len(items) == 1 and items[0].kind is not TrackKind.INTERFACE


def _is_only_way(intent: Intent, swing: _Swing) -> bool:
    """True where one set of failures alone makes the lower value: the weights add up."""
    weighted = [item for item in intent.tracked if not item.faults]
    if len(weighted) == 1:
        return True
    if len(weighted) > _MOST_CHECKS or any(item.is_open for item in weighted):
        return False
    sets = (s for size in range(1, len(weighted) + 1) for s in combinations(weighted, size))
    ways = (1 for failed in sets if intent.priority_when_failed(*failed) == swing.low)
    return sum(islice(ways, 2)) == 1


def _verdict(intent: Intent | None, items: list[TrackedItem], swing: _Swing) -> Verdict:
    """Proven where the arithmetic leaves one check, and the process was never restarted."""
    if intent is not None and not items:
        return Verdict.POSSIBLE
    one_way = _is_one_check(items) and intent is not None and _is_only_way(intent, swing)
    if one_way and swing.low and swing.same_process:
        return Verdict.PROVEN
    return Verdict.LIKELY


def _because(
    case: Case, swing: _Swing, items: list[TrackedItem], logged: list[Statement]
) -> Iterator[Step]:
    name = case.name(swing.sender.address)
    for item in items:
        effect = (
            f"its failure lowers the priority of {name} from {swing.high} to {swing.low}"
            if swing.low
            else f"its failure puts {name} into FAULT state"
        )
        yield Step(
            f"{item.name} has weight {item.weight.value}: {effect}",
            Basis.TOLD,
            (*lines(item.weight), item.line),
            "keepalived vrrp_set_effective_priority()",
            Role.LET,
        )
    down = f"to {swing.low}" if swing.low else "to 0"
    frames = ", ".join(str(m.ref.number) for m in swing.falls[:10])
    yield Step(
        f"the priority of {name} went from {swing.high} {down} in frames {frames}",
        Basis.SEEN,
        tuple(m.ref for m in swing.falls),
    )
    frames = ", ".join(str(m.ref.number) for m in swing.rises[:10])
    yield Step(
        f"it went back to {swing.high} in frames {frames}",
        Basis.SEEN,
        tuple(m.ref for m in swing.rises),
    )
    yield from _log_steps(case, swing, logged)
    if swing.same_process:
        yield Step(
            "its adverts are numbered on all the while (IP identification), and a restart or a "
            "reload would begin at 1 again",
            Basis.SEEN,
            (swing.since.ref, swing.until.ref),
            "keepalived vrrp_update_pkt()",
            Role.HOWEVER,
        )


def _settle_with(case: Case, swing: _Swing, intent: Intent | None) -> tuple[str, ...]:
    name = case.name(swing.sender.address)
    settle = [f"the log of {name}: 'failed' and 'succeeded' of one VRRP_Script in turn"]
    if intent is None:
        settle.append(f"the keepalived.conf of {name}: what does it track? --config NODE=FILE")
    return tuple(settle)


def _not_excluded(
    intent: Intent | None, items: list[TrackedItem], swing: _Swing
) -> tuple[str, ...]:
    """The other causes that the evidence leaves open."""
    if _verdict(intent, items, swing) is Verdict.PROVEN:
        return ()
    if not swing.low:
        return ("vip-removed-externally", "fault-no-primary-address")
    one_way = _is_one_check(items) and intent is not None and _is_only_way(intent, swing)
    others = () if one_way else (_OTHER,)
    return others if swing.same_process else (*others, "reload-causes-failover")
