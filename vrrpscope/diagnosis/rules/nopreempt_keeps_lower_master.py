"""The rule nopreempt-keeps-lower-master."""

from collections.abc import Iterator

from vrrpscope.diagnosis.case import Case
from vrrpscope.diagnosis.finding import Duration, Hit, Kind, Role, Severity, Step, Verdict, lines
from vrrpscope.diagnosis.questions.account import Account, ask_beyond, logged_backup
from vrrpscope.diagnosis.questions.kept_down import KeptDown
from vrrpscope.diagnosis.rule import rule
from vrrpscope.observation import Basis

_RFC = "RFC 5798 section 6.4.2"


@rule(
    title="Under nopreempt whoever starts first stays master",
    kind=Kind.CAUSE,
    severity=Severity.WARNING,
    clauses=(_RFC, "keepalived vrrp_state_backup()"),
    explains=("wrong-master",),
    says="{better}, priority {better_priority}, found {master}, priority {master_priority}, "
    "advertising and stayed backup{times}: {under_nopreempt} it accepts every advert, whatever its "
    "priority, so whoever starts first stays master.",
    remedy="With nopreempt this is intended: the role moves only when the master is silent or "
    "releases it. Where {better} must win, drop nopreempt on it (preempt_delay can make the "
    "change wait until its services are up), or restart keepalived on {master} once.",
)
def nopreempt_keeps_lower_master(case: Case) -> Iterator[Hit]:
    """
    ### What it looks like
    A sender of a lower priority, steady. The router of the higher priority joins the group (an
    IGMP or MLD report from its address) and never speaks.

    ### Why it stops a failover
    With Preempt_Mode False any advert that is heard restarts the Master_Down_Timer, whatever its
    priority (RFC 5798 section 6.4.2). At each restart of the master the other router wins.

    ### How to confirm it
    The higher router's configuration says `nopreempt`; its log says `Entering BACKUP STATE (init)`
    and nothing after it.

    ### What else could look like this
    `preempt-delay` (it waits, and will preempt), a failed check that lowers the silent router's
    priority, a router in FAULT.
    """
    for kept in case.kept_down:
        preempts = None if kept.intent is None else not kept.intent.nopreempt.value
        if preempts:
            continue
        account = case.account(kept.story, kept.better, *kept.steady_ns)
        if preempts is None and account is not None and account.preempts:
            continue
        verdict = _verdict(kept, preempts, account)
        yield Hit(
            virtual_router=kept.story.router,
            vantage=kept.timeline.vantage.id,
            at_ns=kept.since_ns,
            until_ns=kept.until_ns,
            verdict=verdict,
            facts=_facts(case, kept, preempts),
            because=tuple(_because(case, kept, preempts, account)),
            settle_with=_settle_with(case, kept, preempts, verdict, account),
            not_excluded=_not_excluded(preempts, verdict),
        )


def _verdict(kept: KeptDown, preempts: bool | None, account: Account | None) -> Verdict:
    """Proven where nopreempt is told and nothing but it can have kept the router back.

    A take-over in time after the master's end shows that the router had listened; that no failed
    check had made it the lesser one, or put it into FAULT, must follow from its configuration. Its
    log shows both, where it covers the time.
    """
    if preempts is None or kept.intent is None:
        return Verdict.POSSIBLE
    if kept.was_better(account):
        return Verdict.PROVEN
    always_better = min(kept.intent.effective_priorities()) > kept.master_priority
    always_better = always_better and kept.is_told_rightly
    may_fault = any(item.faults for item in kept.intent.tracked)
    if kept.took_over is not None and always_better and not may_fault:
        return Verdict.PROVEN
    return Verdict.LIKELY


def _facts(case: Case, kept: KeptDown, preempts: bool | None) -> dict[str, object]:
    return {
        "master": case.name(kept.tenure.sender.address),
        "better": case.name(kept.better),
        "master_priority": kept.tenure.last_priority,
        "better_priority": kept.priority,
        "lasted_ns": Duration(kept.total_ns),
        "times": "" if kept.times == 1 else f" ({kept.times} times in all)",
        "under_nopreempt": "under nopreempt" if preempts is False else "if it runs nopreempt",
    }


def _because(
    case: Case, kept: KeptDown, preempts: bool | None, account: Account | None
) -> Iterator[Step]:
    better = case.name(kept.better)
    yield from case.identified(kept.better)
    if kept.intent is not None:
        yield Step(
            f"{better} has a base priority of {kept.intent.base_priority.value} and nopreempt",
            Basis.TOLD,
            lines(kept.intent.base_priority, kept.intent.nopreempt),
            role=Role.LET,
        )
    yield from kept.witnessed(case.name(kept.tenure.sender.address), better)
    yield from logged_backup(account, better)
    condition = "" if preempts is False else "if it runs nopreempt, "
    yield Step(
        f"{condition}every advert that {better} hears, whatever its priority, sets back the timer "
        "(Master_Down_Timer) after which it would become master",
        Basis.INFERRED,
        clause=_RFC,
        role=Role.HOWEVER,
    )


def _settle_with(
    case: Case, kept: KeptDown, preempts: bool | None, verdict: Verdict, account: Account | None
) -> tuple[str, ...]:
    if verdict is Verdict.PROVEN:
        return ()
    better = case.name(kept.better)
    log: tuple[str, ...] = (f"the log of {better}: was it in BACKUP, with its full priority?",)
    if account is not None:
        log = ask_beyond(better) if not account.covers else log
    if preempts is not None:
        return log
    return (f"the keepalived.conf of {better}: --config NODE=FILE", *log)


def _not_excluded(preempts: bool | None, verdict: Verdict) -> tuple[str, ...]:
    if verdict is Verdict.PROVEN:
        return ()
    others = ("a failed check on the silent router", "a silent router in FAULT")
    return others if preempts is not None else ("preempt-delay", *others)
