"""The rule check-script-not-running."""

from collections.abc import Iterator

from vrrpscope.diagnosis.case import Case
from vrrpscope.diagnosis.finding import Hit, Kind, Role, Severity, Step, Verdict, lines
from vrrpscope.diagnosis.questions.unchecked import Unchecked
from vrrpscope.diagnosis.rule import rule
from vrrpscope.observation import Basis

_CLAUSE = "keepalived check_track_script_secure()"


@rule(
    title="A check does not run, so its result says nothing of the service",
    kind=Kind.CAUSE,
    severity=Severity.WARNING,
    clauses=(_CLAUSE,),
    explains=("missed-failover", "wrong-master", "no-master"),
    rank=2,
    says="{router}: the check {check} {does}{reason}; {effect}.",
    remedy="On {router}, run the check as keepalived does: sudo -u USER /bin/sh -c '{command}', "
    "USER being script_user, or keepalived_script. Write absolute paths (keepalived's PATH is "
    "short), make it executable for that user, and look for denials of SELinux or AppArmor. "
    "keepalived -t -f FILE tells before a restart.",
)
def check_script_not_running(case: Case) -> Iterator[Hit]:
    """
    ### What it looks like
    On the wire like a healthy router: the priority stays where it is although the service is
    down. Or, where the script runs and cannot do its work, the priority is low from the first
    advert on, or the router is in FAULT from the start. A capture alone cannot tell either from a
    check that works.

    ### Why it stops a failover
    keepalived disables a script at its start that it cannot find or must not run, and goes on
    without it, as if it passed. A script that is found but ends with status 126 or 127 (not
    executable, not found) counts as failed, for ever.

    ### How to confirm it
    The log says at the start `Disabling track script ... since not found/accessible`, `Script ...
    cannot be accessed`, `track script ... not found, ignoring`, `Script user '...' does not
    exist`, or again and again `exited with status 127`.

    ### What else could look like this
    A check that passes because it tests the wrong thing: only a test by hand tells.
    `owner-255-ignores-tracking` (priority 255), `nopreempt-weighted-check` (there the priority
    does fall).
    """
    for unchecked in case.unchecked:
        yield _hit(case, unchecked)


def _hit(case: Case, unchecked: Unchecked) -> Hit:
    router = case.name(unchecked.address) if unchecked.address else unchecked.node.name
    timeline = unchecked.timeline
    reason = f" ({unchecked.reason})" if unchecked.reason else ""
    return Hit(
        virtual_router=unchecked.story.router,
        vantage=timeline.vantage.id,
        at_ns=timeline.first_ns or 0,
        until_ns=timeline.last_ns or 0,
        verdict=Verdict.PROVEN if unchecked.is_sure else Verdict.LIKELY,
        severity=None if unchecked.is_logged else Severity.INFO,
        facts={
            "router": router,
            "check": unchecked.name,
            "does": "does not run" if unchecked.disabled else "runs and cannot do its work",
            "reason": reason,
            "effect": _effect(unchecked),
            "command": (unchecked.item and unchecked.item.command) or "COMMAND",
        },
        because=tuple(_because(case, unchecked, router)),
        settle_with=() if unchecked.is_sure else (_ask(router),),
        not_excluded=() if unchecked.is_sure else (_not_excluded(unchecked),),
    )


def _not_excluded(unchecked: Unchecked) -> str:
    if unchecked.is_logged:
        return "a later start, which is not in the log that was given"
    return "another file that keepalived runs with"


def _effect(unchecked: Unchecked) -> str:
    """What follows for the priority."""
    if unchecked.disabled:
        return "a failure of the service changes nothing in its priority"
    if unchecked.item is not None and unchecked.item.faults:
        return "it counts as failed, and keeps the instance in FAULT"
    return "it counts as failed, whether the service is well or not"


def _because(case: Case, unchecked: Unchecked, router: str) -> Iterator[Step]:
    item = unchecked.item
    if unchecked.address is not None:
        yield from case.identified(unchecked.address)
    if item is not None:
        command = f", which runs {item.command}" if item.command else ""
        yield Step(
            f"{router} watches {unchecked.name} with weight {item.weight.value}{command}",
            Basis.TOLD,
            (*lines(item.weight), item.line),
            role=Role.LET,
        )
    who = "the log" if unchecked.is_logged else "the configuration"
    says = "that it is not run" if unchecked.disabled else "that it fails each time"
    if not unchecked.is_logged:
        says = "what keepalived 2.2 does not take"
    yield Step(
        f"{who} of {router} says {says}: {unchecked.reason or unchecked.name}",
        Basis.TOLD,
        unchecked.evidence,
        _CLAUSE,
    )
    yield Step(
        f"{router} {_effect(unchecked).removeprefix('it ')}"
        if not unchecked.disabled
        else f"{router} runs as if {unchecked.name} passed",
        Basis.INFERRED,
        role=Role.SO,
    )


def _ask(router: str) -> str:
    return f"the log of {router} at its start: 'not found, ignoring', 'Disabling track script'"
