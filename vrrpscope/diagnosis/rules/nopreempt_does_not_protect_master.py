"""The rule nopreempt-does-not-protect-master."""

from collections.abc import Iterator

from vrrpscope.diagnosis.case import Case
from vrrpscope.diagnosis.finding import Hit, Kind, Role, Severity, Step, Verdict, lines
from vrrpscope.diagnosis.questions.displaced import Displaced, Forbidden
from vrrpscope.diagnosis.rule import rule
from vrrpscope.evidence.model import Intent
from vrrpscope.evidence.statement import Statement
from vrrpscope.observation import Basis

_RFC = "RFC 5798 section 6.4.3"
_CLAUSE = "keepalived vrrp_state_master_rx()"


@rule(
    title="A master gives way to a better one, nopreempt or not",
    kind=Kind.CAUSE,
    severity=Severity.WARNING,
    clauses=(_RFC, _CLAUSE),
    explains=("unexpected-failover",),
    follows=(
        "network-partition",
        "adverts-lost-both-ways",
        "adverts-lost-one-way",
        "master-at-boot",
        "stp-or-link-late-forwarding",
        "transmit-blocked",
        "lossy-path",
        "vm-freeze",
        "daemon-starved",
    ),
    rank=5,
    says="{old}, priority {old_priority}, gave the role up as soon as it heard {new}, priority "
    "{new_priority}, {already}: nopreempt keeps a backup from taking the role, and does not keep a "
    "master from giving it up.",
    remedy="No setting changes this: of two masters the better one stays, with nopreempt or "
    "without. Look for the reason why {new} became master beside {old}: it had heard no advert for "
    "a whole Master_Down_Interval (a partition, a firewall, a network that was up too late).",
)
def nopreempt_does_not_protect_master(case: Case) -> Iterator[Hit]:
    """
    ### What it looks like
    A master of the lower priority falls silent at the first advert of the better router, without a
    priority 0, although the better one has `nopreempt`. The better router's IP identification
    shows that it had been sending before: as a master, where the other one did not hear it.

    ### Why it stops a failover
    It does not stop one: it causes one that nobody wanted. nopreempt is tested in the state BACKUP
    only. A router that hears nothing becomes master, and when the two hear each other again the
    lesser one yields at once (RFC 5798 section 6.4.3).

    ### How to confirm it
    The log of the better router says `Entering MASTER STATE` some time before the other one says
    `Master received advert from ... with higher priority ..., ours ...`. `Warning - nopreempt will
    not work` in it would mean another cause.

    ### What else could look like this
    `nopreempt-cleared-by-state-master`: there nopreempt was never in effect. `master-at-boot`:
    the better router had just started, and heard nothing at first; it ends in the same way.
    """
    for displaced in case.displaced:
        intent = displaced.intent
        if displaced.forbidden is not Forbidden.NOPREEMPT or intent is None:
            continue
        if intent.nopreempt.value and displaced.cleared is None:
            yield _hit(case, displaced, intent)


def _hit(case: Case, displaced: Displaced, intent: Intent) -> Hit:
    handover = displaced.handover
    assert handover.before is not None
    old, new = (case.name(t.sender.address) for t in (handover.before, handover.after))
    sure = displaced.was_master is not None
    return Hit(
        virtual_router=displaced.story.router,
        vantage=displaced.timeline.vantage.id,
        at_ns=handover.at.time_ns,
        until_ns=handover.after.until.time_ns,
        verdict=Verdict.PROVEN if sure else Verdict.LIKELY,
        facts={
            "new": new,
            "old": old,
            "new_priority": displaced.first.priority,
            "old_priority": handover.before.last_priority,
            "already": "which was master already" if sure else "which must have been master then",
        },
        because=tuple(_because(case, displaced, intent, new, old)),
        settle_with=() if sure else _settle_with(new, old),
        not_excluded=()
        if sure
        else ("master-at-boot", "a configuration that was changed since, and had no nopreempt"),
    )


def _because(
    case: Case, displaced: Displaced, intent: Intent, new: str, old: str
) -> Iterator[Step]:
    handover, shown = displaced.handover, displaced.was_master
    assert handover.before is not None
    yield from case.identified(handover.after.sender.address)
    yield Step(f"{new} has nopreempt", Basis.TOLD, lines(intent.nopreempt), role=Role.LET)
    yield Step(
        f"{old} advertised priority {handover.before.last_priority} up to frame "
        f"{handover.before.until.ref.number}, and stopped at the priority "
        f"{displaced.first.priority} of {new} in frame {handover.at.ref.number}",
        Basis.SEEN,
        (handover.before.until.ref, handover.at.ref),
    )
    if isinstance(shown, Statement):
        text = f"the log of {new} says that it had become master before that"
        yield Step(text, Basis.TOLD, (shown.line,))
    elif shown is not None or displaced.may_have_been:
        had = "had been sending" if shown is not None else "may have been sending"
        yield Step(
            f"keepalived numbers its adverts from 1 on (IP identification), and that one is number "
            f"{displaced.first.first_ip_id}: {new} {had} before, and its adverts did not come here",
            Basis.SEEN,
            (displaced.first.first.ref,),
            "keepalived vrrp_update_pkt()",
        )
    yield Step(
        "under nopreempt only a router that hears no advert, or a priority 0, becomes master; and "
        "of two masters that hear each other the lesser one yields, nopreempt or not",
        Basis.INFERRED,
        clause=_RFC,
        role=Role.SO,
    )


def _settle_with(new: str, old: str) -> tuple[str, ...]:
    return (
        f"the log of {new}: how long before that did it say 'Entering MASTER STATE'?",
        f"a capture on {new}: did the adverts of {old} come in before it took over?",
    )
