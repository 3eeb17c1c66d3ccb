"""The rule all-nodes-fault."""

from collections.abc import Iterator

from vrrpscope.diagnosis.case import Case
from vrrpscope.diagnosis.finding import Hit, Kind, Role, Severity, Step, Verdict, lines
from vrrpscope.diagnosis.questions.faults import FaultSpell, Reason
from vrrpscope.diagnosis.questions.signs import Pause
from vrrpscope.diagnosis.questions.unmastered import Fate, Member, Unmastered
from vrrpscope.diagnosis.rule import rule
from vrrpscope.evidence.model import TrackedItem
from vrrpscope.observation import Basis
from vrrpscope.protocol.advertisement import Address

_FEWEST = 2
_FEWEST_FRAMES = 2
_RELEASED = (Fate.RELEASED, Fate.RELEASED_UNSEEN)
_SETTLE = (
    "on each router: journalctl -u keepalived | grep -B 3 'Entering FAULT STATE'; the lines before "
    "it say what had failed"
)


@rule(
    title="A check without a weight fails on every router, and nobody is left",
    kind=Kind.CAUSE,
    severity=Severity.ERROR,
    clauses=("keepalived down_instance()",),
    explains=("no-master",),
    says="{routers} {state}.",
    remedy="Now: mend what the checks look at, or take the check off one router. For good: give a "
    "check that looks beyond its own router a weight (weight -20, say), so that the least bad "
    "router stays master. A check without a weight is for what is local to the router.",
)
def all_nodes_fault(case: Case) -> Iterator[Hit]:
    """
    ### What it looks like
    One router after the other sends priority 0 (keepalived 2.2.7 sends it twice on its way into
    FAULT), and then nobody speaks. No router leaves the multicast group. One that comes back goes
    on with the next IP identification: the same process, which sent nothing in between.

    ### Why it stops a failover
    In FAULT state a router does not take part in the election. A check with weight 0, a tracked
    interface that is down, or a missing address puts it there.

    ### How to confirm it
    The log of each router says `Entering FAULT STATE`, and before it which check failed
    (`Script ... now returning 1`) or what is missing.

    ### What else could look like this
    `no-backup-alive`: the daemons were stopped; then each leaves the multicast group. Addresses
    or interfaces that went away put a router into FAULT just as a check does.
    """
    for gap in case.unmastered:
        told = _told(case, gap)
        out = [m for m in gap.members if m.fate in _RELEASED or m.address in told]
        others = [m for m in gap.members if m.fate is Fate.PRESENT and m.address not in told]
        if len(out) < _FEWEST or others or gap.sent_unseen:
            continue
        hidden = _may_hide_a_master(case, gap, told)
        proven = len(told) == len(gap.members) and not hidden
        verdict = Verdict.PROVEN if proven else _verdict(case, gap, out)
        yield Hit(
            virtual_router=gap.story.router,
            vantage=gap.timeline.vantage.id,
            at_ns=min(m.mark.time_ns for m in out),
            until_ns=gap.silence.until_ns,
            verdict=verdict,
            facts={
                "routers": " and ".join(case.name(m.address) for m in out),
                "state": _state(out, proven),
            },
            because=(*_because(case, gap, out), *_lines(case, out, told)),
            settle_with=() if proven else (_SETTLE,),
            not_excluded=_not_excluded(proven, hidden),
        )


def _told(case: Case, gap: Unmastered) -> dict[Address, FaultSpell]:
    """The members that were in FAULT by their own logs when somebody should have been master."""
    spells = {m.address: case.in_fault(gap.story, m.address, gap.due_ns) for m in gap.members}
    return {address: spell for address, spell in spells.items() if spell is not None}


def _may_hide_a_master(case: Case, gap: Unmastered, told: dict[Address, FaultSpell]) -> bool:
    """True where a router that never spoke here is told of, or where a link was down.

    A capture at a link that is down shows nobody else.
    """
    if case.tells_of_others(gap.story, {spell.node.name for spell in told.values()}):
        return True
    if gap.frames >= _FEWEST_FRAMES:
        return False
    for address, spell in told.items():
        own = case.own_interfaces(gap.story, address)
        if spell.reason is Reason.INTERFACE and (spell.name in own or not own):
            return True
    return False


def _not_excluded(proven: bool, hidden: bool) -> tuple[str, ...]:
    if proven:
        return ()
    others = ("no-backup-alive", "fault-no-primary-address")
    return (*others, "a master that was not captured") if hidden else others


def _state(out: list[Member], proven: bool) -> str:
    if proven:
        return (
            "went into FAULT by their own logs, a state in which a router cannot be master, so "
            "nobody was left"
        )
    if all(m.fate in _RELEASED for m in out):
        return (
            "gave the role up one after the other and nobody took it: each probably runs on in "
            "FAULT, a state in which a router cannot be master"
        )
    return "probably were in FAULT, a state in which a router cannot be master, and nobody was left"


def _lines(case: Case, out: list[Member], told: dict[Address, FaultSpell]) -> Iterator[Step]:
    for member in out:
        spell = told.get(member.address)
        if spell is not None:
            why = f" after {spell.name} had failed" if spell.name else ""
            text = f"the log of {case.name(member.address)} says that it went into FAULT{why}"
            yield Step(text, Basis.TOLD, (spell.entered.line,))


def _verdict(case: Case, gap: Unmastered, released: list[Member]) -> Verdict:
    """Likely where they are known to run, unless the configurations know of no such check."""
    intents = [case.intent(gap.story, m.address) for m in released]
    if any(intent is not None and not _faulting(intent.tracked) for intent in intents):
        return Verdict.POSSIBLE
    all_joined = all(m.fate is Fate.RELEASED for m in released)
    return Verdict.LIKELY if all_joined or _came_back(case, gap, released) else Verdict.POSSIBLE


def _faulting(tracked: tuple[TrackedItem, ...]) -> list[TrackedItem]:
    return [item for item in tracked if item.faults]


def _came_back(case: Case, gap: Unmastered, released: list[Member]) -> bool:
    """True where one that had released spoke again as the same process."""
    resumed = gap.silence.resumed
    if resumed is None or resumed.sender.address not in {m.address for m in released}:
        return False
    return case.signs(gap.story).pause_before(resumed.streaks[0]) in (Pause.QUIET, Pause.FEW)


def _because(case: Case, gap: Unmastered, released: list[Member]) -> Iterator[Step]:
    for member in released:
        name = case.name(member.address)
        intent = case.intent(gap.story, member.address)
        for item in _faulting(intent.tracked) if intent else []:
            yield Step(
                f"the failure of {item.name} puts {name} into FAULT state: it has no weight",
                Basis.TOLD,
                (*lines(item.weight), item.line),
                role=Role.LET,
            )
    for member in released:
        if member.fate not in _RELEASED:
            continue
        yield Step(
            f"{case.name(member.address)} sent priority 0 in frame {member.mark.ref.number}",
            Basis.SEEN,
            (member.mark.ref,),
        )
    if all(m.fate is Fate.RELEASED for m in released):
        yield Step(
            "each had joined the multicast group, and none was seen to leave it: the daemons run "
            "on",
            Basis.SEEN,
            role=Role.HOWEVER,
        )
    resumed = gap.silence.resumed
    if resumed is not None and _came_back(case, gap, released):
        yield Step(
            f"{case.name(resumed.sender.address)} came back with the next IP identification, "
            "which keepalived raises by one with each advert: the same process, which had sent "
            "nothing meanwhile",
            Basis.SEEN,
            (resumed.since.ref,),
            "keepalived vrrp_update_pkt()",
        )
