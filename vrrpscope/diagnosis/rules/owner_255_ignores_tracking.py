"""The rule owner-255-ignores-tracking."""

from collections.abc import Iterator

from vrrpscope.diagnosis.case import Case
from vrrpscope.diagnosis.finding import Duration, Hit, Kind, Role, Severity, Step, Verdict, lines
from vrrpscope.diagnosis.questions.unheeded import Unheeded
from vrrpscope.diagnosis.rule import rule
from vrrpscope.observation import Basis

_CLAUSE = "keepalived vrrp_complete_instance()"
_RFC = "RFC 5798 section 5.2.4"


@rule(
    title="An address owner (priority 255) does not watch a check that has a weight",
    kind=Kind.CAUSE,
    severity=Severity.ERROR,
    clauses=(_CLAUSE, _RFC),
    explains=("missed-failover",),
    rank=5,
    says="{owner} has priority 255 and so is the address owner, whose priority nothing changes: "
    "keepalived ignores its check {check}, because that has a weight{effect}.",
    remedy="Give {owner} priority 254 or less: 255 is for the router that has the virtual address "
    "as the address of its own interface. Or take the weight off {check}: a failure then puts the "
    "instance into FAULT, and the role is released, at 255 too.",
)
def owner_255_ignores_tracking(case: Case) -> Iterator[Hit]:
    """
    ### What it looks like
    A sender with priority 255, steady, while its service is down. No frame tells of that. Another
    instance of the same host with the same check falls, and this one does not.

    ### Why it stops a failover
    The priority of an address owner is 255 by definition. keepalived drops every check, file and
    interface with a weight from such an instance when it starts. What has no weight still works.

    ### How to confirm it
    The log says at the start `ignoring tracked script ... with weights due to address_owner`, and
    `Warning - script ... is not used` where no other instance watches it.

    ### What else could look like this
    `check-script-not-running`: there the priority is below 255. A service that is well: on the
    wire that is the same.
    """
    for unheeded in case.unheeded:
        if unheeded.is_owner:
            yield _hit(case, unheeded)


def _hit(case: Case, unheeded: Unheeded) -> Hit:
    failed_ns, tenure = unheeded.failed_ns, unheeded.tenure
    effect = ""
    if failed_ns is not None:
        effect = f"; {unheeded.item.name} failed, and the role was kept for "
        effect += str(Duration(unheeded.held_ns))
    return Hit(
        virtual_router=unheeded.story.router,
        vantage=unheeded.timeline.vantage.id,
        at_ns=tenure.since.time_ns if failed_ns is None else failed_ns,
        until_ns=unheeded.until_ns,
        verdict=Verdict.PROVEN,
        severity=Severity.INFO if failed_ns is None else None,
        facts={
            "owner": case.name(tenure.sender.address),
            "check": unheeded.item.name,
            "effect": effect,
        },
        because=tuple(_because(case, unheeded)),
    )


def _because(case: Case, unheeded: Unheeded) -> Iterator[Step]:
    owner, item, tenure = case.name(unheeded.tenure.sender.address), unheeded.item, unheeded.tenure
    yield Step(
        f"{owner} has priority 255, and is told to watch {item.name} with weight "
        f"{item.weight.value}",
        Basis.TOLD,
        (*lines(unheeded.intent.base_priority, item.weight), item.line),
        role=Role.LET,
    )
    yield Step(
        "keepalived ignores what has a weight where the priority is 255",
        Basis.INFERRED,
        clause=_CLAUSE,
        role=Role.LET,
    )
    if unheeded.logged is not None:
        yield Step(f"its log says that {item.name} failed", Basis.TOLD, (unheeded.logged.line,))
    if unheeded.sibling is not None:
        step = unheeded.sibling
        yield Step(
            f"another instance of {owner}, which watches {item.name} too, fell from "
            f"{step.before.priority} to {step.after.priority} in frame "
            f"{step.after.first.ref.number}: the check failed",
            Basis.SEEN,
            (step.after.first.ref,),
        )
    yield Step(
        f"{owner} advertised priority 255 from frame {tenure.since.ref.number} to frame "
        f"{tenure.until.ref.number}{'' if unheeded.failed_ns is None else ', and never less'}",
        Basis.SEEN,
        (tenure.since.ref, tenure.until.ref),
        role=Role.THEN if unheeded.failed_ns is None else Role.HOWEVER,
    )
