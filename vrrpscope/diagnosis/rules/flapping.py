"""The rule flapping."""

from collections.abc import Iterator
from itertools import pairwise

from vrrpscope.diagnosis.case import Case
from vrrpscope.diagnosis.finding import Duration, Hit, Kind, Role, Severity, Step, Verdict, listed
from vrrpscope.diagnosis.questions.deaf import DeafBackup
from vrrpscope.diagnosis.questions.moves import CLOSE_NS, ToAndFro
from vrrpscope.diagnosis.rule import rule
from vrrpscope.observation import Basis
from vrrpscope.timeline.model import Handover, HandoverKind


@rule(
    title="The role moves back and forth",
    kind=Kind.SYMPTOM,
    severity=Severity.ERROR,
    clauses=("RFC 5798 section 6.4",),
    says="The role moved {moves} times in {lasted_ns} between {routers}{restarts}.",
)
def flapping(case: Case) -> Iterator[Hit]:
    """
    ### What it looks like
    The role goes to a backup, back, to the backup again and back, each time less than a minute
    after the last move. Each move is an election of its own: a release, an expired timer or a
    preemption. Two masters that silence each other take turns in being heard; that is
    `dual-master` and not this.

    ### Why it matters
    Every move cuts connections, and hosts and switches learn the address anew each time.

    ### How to confirm it
    `Entering MASTER STATE` and `Entering BACKUP STATE` in turn in the routers' logs.

    ### What else could look like this
    Somebody who restarts a daemon, for an upgrade or in a drill: up to two restarts in a row are
    left out, and so are two moves to and fro of which nothing tells whether they were restarts.
    More of them are a daemon that crashes, or that its supervisor restarts.
    """
    for found in case.to_and_fro:
        first, last = found.moves[0], found.moves[-1]
        verdict = _verdict(case, found)
        yield Hit(
            virtual_router=found.story.router,
            vantage=found.timeline.vantage.id,
            at_ns=first.at.time_ns,
            until_ns=last.at.time_ns,
            verdict=verdict,
            severity=Severity.WARNING if found.is_by_restarts else None,
            facts={
                "moves": len(found.moves),
                "lasted_ns": Duration(last.at.time_ns - first.at.time_ns),
                "routers": " and ".join(case.name(s.address) for s in found.senders),
                "restarts": _restarts(case, found),
            },
            because=tuple(_because(case, found)),
            settle_with=_settle_with(case, found),
            not_excluded=() if verdict is Verdict.PROVEN else ("dual-master",),
        )
    for deaf in case.needless_takeovers:
        if all(b.time_ns - a.time_ns <= CLOSE_NS for a, b in pairwise(deaf.takeovers)):
            yield _beside_the_master(case, deaf)


def _verdict(case: Case, found: ToAndFro) -> Verdict:
    """Proven where every move was an election that took its time, and nobody was a second master.

    Two masters that silence each other can look like moves of the role.
    """
    routers = set(found.senders)
    rivals = (r for r in case.rivalries if r.story is found.story)
    contested = any({r.better, r.worse} <= routers for r in rivals)
    return Verdict.PROVEN if found.on_time and not contested else Verdict.LIKELY


def _beside_the_master(case: Case, deaf: DeafBackup) -> Hit:
    """The hit for a backup that takes the role and gives it back while the master speaks on."""
    master, backup = case.name(deaf.master.address), case.name(deaf.backup.address)
    return Hit(
        virtual_router=deaf.story.router,
        vantage=deaf.timeline.vantage.id,
        at_ns=deaf.takeovers[0].time_ns,
        until_ns=deaf.until.time_ns,
        verdict=Verdict.LIKELY,
        facts={
            "moves": 2 * len(deaf.takeovers),
            "lasted_ns": Duration(deaf.until.time_ns - deaf.takeovers[0].time_ns),
            "routers": f"{backup} and {master}",
            "restarts": "",
        },
        because=(
            Step(
                f"{backup} became master {len(deaf.takeovers)} times beside {master}, and gave "
                "way each time",
                Basis.SEEN,
                tuple(mark.ref for mark in (*deaf.takeovers, deaf.until)),
            ),
        ),
        settle_with=(
            f"on {backup}: journalctl -u keepalived | grep 'Entering .* STATE'; MASTER and BACKUP "
            "in turn mean that it gave way each time",
        ),
        not_excluded=("dual-master",),
    )


def _restarts(case: Case, found: ToAndFro) -> str:
    if not found.is_by_restarts:
        return ""
    names = dict.fromkeys(case.name(t.sender.address) for t in found.restarted)
    return f": {' and '.join(names)} was restarted {len(found.restarted)} times"


def _because(case: Case, found: ToAndFro) -> Iterator[Step]:
    for move in found.moves:
        before = (move.before.until.ref,) if move.before else ()
        yield Step(
            f"{case.name(move.after.sender.address)} became master in frame "
            f"{move.at.ref.number}{_how(case, move)}",
            Basis.SEEN,
            (*before, move.at.ref),
        )
    if found.is_by_restarts:
        yield Step(
            "the routers that came back counted their adverts from 1 again (IP identification), or "
            "joined the group anew: their daemons had been restarted",
            Basis.SEEN,
            tuple(t.since.ref for t in found.restarted),
            "keepalived vrrp_update_pkt()",
            Role.HOWEVER,
        )


def _how(case: Case, move: Handover) -> str:
    """How the role came to it, to end the sentence with."""
    took = "" if move.took_ns is None else f", {Duration(move.took_ns)} after"
    if move.before is None or not took:
        return ", by its higher priority" if move.kind is HandoverKind.PREEMPTION else ""
    old = case.name(move.before.sender.address)
    match move.kind:
        case HandoverKind.RELEASE:
            return f"{took} {old} had given the role up (priority 0)"
        case HandoverKind.PREEMPTION:
            return f" by its higher priority{took} the last advert that it accepted"
        case _:
            return f"{took} the last advert of {old} that it accepted"


def _settle_with(case: Case, found: ToAndFro) -> tuple[str, ...]:
    if found.is_by_restarts:
        names = listed(list(dict.fromkeys(case.name(t.sender.address) for t in found.restarted)))
        return (
            f"on {names}: journalctl -u keepalived; 'Stopping' means that somebody wanted it, "
            "'exited due to signal' that it crashed",
        )
    if found.may_be_by_restarts:
        return (
            "on each router: journalctl -u keepalived; 'Starting Keepalived' each time means "
            "restarts, 'VRRP_Script(...) failed' a check",
        )
    return ()
