"""The rule wrong-master."""

from collections.abc import Iterator

from vrrpscope.diagnosis.case import Case
from vrrpscope.diagnosis.finding import Duration, Hit, Kind, Severity, Verdict
from vrrpscope.diagnosis.questions.account import Account, ask_beyond, logged_backup
from vrrpscope.diagnosis.questions.kept_down import KeptDown
from vrrpscope.diagnosis.rule import rule


@rule(
    title="A router holds the role although a better one is alive",
    kind=Kind.SYMPTOM,
    severity=Severity.WARNING,
    clauses=("RFC 5798 section 6.4.2",),
    says="{master} was master with priority {master_priority} for {lasted_ns} while {better} "
    "with priority {better_priority} was there and stayed silent{times}.",
)
def wrong_master(case: Case) -> Iterator[Hit]:
    """
    ### What it looks like
    A master of a lower priority advertises steadily. A router of a higher priority is there (it
    joined the group, or gave way before) and does not take the role for more than twice as long as
    any backup waits.

    ### Why it matters
    The router that is meant to be master is not. Which one is, depends on who started first.

    ### How to confirm it
    Look at the higher router: `journalctl -u keepalived` there ends with `Entering BACKUP STATE`.

    ### What else could look like this
    The silent router's priority may be lower than the configured one while a check fails: nothing
    on the wire shows the priority of a silent router.
    """
    for kept in case.kept_down:
        account = case.account(kept.story, kept.better, *kept.steady_ns)
        sure = kept.was_better(account)
        master, better = case.name(kept.tenure.sender.address), case.name(kept.better)
        yield Hit(
            virtual_router=kept.story.router,
            vantage=kept.timeline.vantage.id,
            at_ns=kept.since_ns,
            until_ns=kept.until_ns,
            verdict=Verdict.PROVEN if sure else Verdict.LIKELY,
            facts={
                "master": master,
                "better": better,
                "master_priority": kept.tenure.last_priority,
                "better_priority": kept.priority,
                "lasted_ns": Duration(kept.total_ns),
                "times": "" if kept.times == 1 else f" ({kept.times} times in all)",
            },
            because=(
                *kept.witnessed(master, better),
                *(logged_backup(account, better) if sure else ()),
            ),
            settle_with=() if sure else _settle_with(better, account),
            not_excluded=() if sure else tuple(_not_excluded(kept)),
        )


def _not_excluded(kept: KeptDown) -> Iterator[str]:
    yield "a failed check that lowers the silent router's priority"
    if kept.was_restarted:
        yield "a lower priority since it was started again"


def _settle_with(better: str, account: Account | None) -> tuple[str, ...]:
    if account is not None and not account.covers:
        return ask_beyond(better)
    return (
        f"on {better}: journalctl -u keepalived | grep 'Changing effective priority'; the last "
        "such line before that time tells whether its priority was lower (--log NODE=FILE)",
    )
