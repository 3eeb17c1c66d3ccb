"""The rule masters-split-across-nodes."""

from collections.abc import Iterator

from vrrpscope.diagnosis.case import Case
from vrrpscope.diagnosis.finding import Duration, Hit, Kind, Role, Severity, Step, Verdict, lines
from vrrpscope.diagnosis.questions.splits import Split
from vrrpscope.diagnosis.rule import rule
from vrrpscope.observation import Basis
from vrrpscope.timeline.model import RouterStory
from vrrpscope.timeline.streak import Sender


@rule(
    title="One router's instances do not move together",
    kind=Kind.NOTE,
    severity=Severity.INFO,
    clauses=("keepalived vrrp_sync_group",),
    says="{old} was master of {lost} and of {kept}; {lost} went to {new}, and {kept} stayed behind "
    "for {apart_ns} at least.",
    remedy="Where the two belong together (the inside and the outside of one router), put both "
    "instances into one vrrp_sync_group on every router, or let both track the same checks. Where "
    "they share the load on purpose, leave it.",
)
def masters_split_across_nodes(case: Case) -> Iterator[Hit]:
    """
    ### What it looks like
    One host is master of two virtual routers. It loses the one, by a priority 0, a fallen priority
    or silence, and keeps the other. Both elections are right.

    ### Why it matters
    A router with an inside and an outside leg needs both: what comes in by the one host wants to
    leave by the other, and connection tracking or address translation drops it.

    ### How to confirm it
    The configurations: is there a `vrrp_sync_group` with both instances, and do both track the same
    checks and interfaces?

    ### What else could look like this
    Two virtual routers that share the load on purpose: they were apart before, or go apart when a
    better router returns, which is not reported. `sync-group-partial`: there is a group, and one of
    its members is held back.
    """
    for split in case.splits:
        yield _hit(case, split)


def _hit(case: Case, split: Split) -> Hit:
    assert split.handover.before is not None
    old, new = split.handover.before.sender, split.handover.after.sender
    at = split.handover.at
    return Hit(
        virtual_router=split.lost.router,
        vantage=split.timeline.vantage.id,
        at_ns=at.time_ns,
        until_ns=split.until.time_ns,
        verdict=Verdict.PROVEN if split.is_told else Verdict.LIKELY,
        facts={
            "old": case.name(old.address),
            "new": case.name(new.address),
            "lost": split.lost.router.id,
            "kept": split.kept.router.id,
            "apart_ns": Duration(split.until.time_ns - at.time_ns),
        },
        because=tuple(_because(case, split, old, new)),
        settle_with=() if split.is_told else (_SETTLE.format(case.name(old.address)),),
        not_excluded=() if split.is_told else ("virtual routers that share the load on purpose",),
    )


_SETTLE = (
    "the keepalived.conf of {} (--config NODE=FILE): a vrrp_sync_group that lists both instances "
    "makes them move together"
)


def _because(case: Case, split: Split, old: Sender, new: Sender) -> Iterator[Step]:
    tenure, at = split.tenure, split.handover.at
    yield Step(
        f"{case.name(old.address)} was master of {split.lost.router.id} and of "
        f"{split.kept.router.id}",
        Basis.SEEN,
        (split.handover.before.until.ref if split.handover.before else at.ref, tenure.since.ref),
        role=Role.LET,
    )
    yield Step(
        f"{case.name(new.address)} took {split.lost.router.id} over in frame {at.ref.number}",
        Basis.SEEN,
        (at.ref,),
    )
    yield Step(
        f"{case.name(tenure.sender.address)} stayed master of {split.kept.router.id}, up to frame "
        f"{tenure.until.ref.number}",
        Basis.SEEN,
        (tenure.until.ref,),
        role=Role.HOWEVER,
    )
    if split.is_told:
        yield from _told(case, split.lost, old)
        yield from _told(case, split.kept, tenure.sender)


def _told(case: Case, story: RouterStory, sender: Sender) -> Iterator[Step]:
    intent = case.intent(story, sender.address)
    if intent is not None:
        group = intent.sync_group
        where = f"in the sync group {group}" if group else "in no sync group"
        yield Step(
            f"the configuration of {case.name(sender.address)} has {story.router.id} {where}",
            Basis.TOLD,
            lines(intent.vrid),
        )
