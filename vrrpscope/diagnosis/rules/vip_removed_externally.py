"""The rule vip-removed-externally."""

from collections.abc import Iterator

from vrrpscope.diagnosis.case import Case
from vrrpscope.diagnosis.finding import Duration, Hit, Kind, Role, Severity, Step, Verdict
from vrrpscope.diagnosis.questions.reelections import Reelection
from vrrpscope.diagnosis.questions.sums import skew_sum
from vrrpscope.diagnosis.rule import rule
from vrrpscope.evidence.statement import Said, Statement
from vrrpscope.observation import Basis
from vrrpscope.timeline.model import EndedBy, Handover, RouterStory, Tenure, Timeline
from vrrpscope.timeline.streak import Mark

_REMOVED = "keepalived set_vrrp_backup()"

_SETTLE = (
    "on {}: journalctl -u keepalived | grep 'removed from'; such a line at that time, which "
    "keepalived writes with -D only, is the proof (--log NODE=FILE)"
)


@rule(
    title="Somebody else removed the virtual address from the master",
    kind=Kind.CAUSE,
    severity=Severity.ERROR,
    clauses=(_REMOVED,),
    explains=("unexpected-failover", "flapping"),
    follows=("two-daemons-one-host",),
    rank=2,
    says="A virtual address was removed from {router} by something other than its keepalived: it "
    "gave the role up, and {effect}.",
    remedy="journalctl on {router} around that time says what was active beside keepalived. Keep "
    "it off the interface: systemd-networkd (KeepConfiguration=yes, or Unmanaged=yes), "
    "NetworkManager (unmanaged-devices), netplan apply, cloud-init, somebody's ip address del.",
)
def vip_removed_externally(case: Case) -> Iterator[Hit]:
    """
    ### What it looks like
    The master says priority 0 once, and speaks again as the same process after its own Skew_Time (a
    fraction of an interval that is shorter the higher the priority), sooner than any router with a
    lesser priority could. Or a better backup wins that race, and the hand-over looks like an
    orderly one.

    ### Why it stops a failover
    keepalived (2.0 and later) watches its addresses. When one is removed by somebody else it gives
    the role up and takes it again, to set all of them anew. Connections are cut each time, and a
    network manager that does it again and again makes the role flap. Older releases do not notice,
    and advertise an address that they do not have.

    ### How to confirm it
    With `-D` its log says `Netlink reflector reports IP ... removed from ...` just before
    `Entering BACKUP STATE`.

    ### What else could look like this
    A check without a weight that fails and recovers at once: it says priority 0 twice, and then
    waits for a whole Master_Down_Interval (`stuck-in-fault`). A restart begins to count at 1.
    """
    shown: set[Mark] = set()
    for reelection in case.reelections:
        shown.add(reelection.released.until)
        yield _seen(case, reelection)
    for timeline, story in case.stories():
        for handover in story.handovers:
            before = handover.before
            if before is None or before.ended_by is not EndedBy.RELEASED:
                continue
            said = _removals(case, story, before)
            if said and before.until not in shown and not _has_another_reason(case, story, before):
                yield _told(case, timeline, story, handover, before, said[0])


def _removals(case: Case, story: RouterStory, released: Tenure) -> tuple[Statement, ...]:
    """What its log says about an address of this virtual router, just before its priority 0."""
    said = case.said(
        story,
        released.sender.address,
        Said.VIP_REMOVED,
        since_ns=released.until.time_ns - released.interval_ns // 2,
        until_ns=released.until.time_ns,
    )
    own = set(story.addresses)
    return tuple(s for s in said if s.address in own)


def _has_another_reason(case: Case, story: RouterStory, released: Tenure) -> bool:
    """True where its log tells of a stop, a reload or a FAULT at that moment."""
    since_ns = released.until.time_ns - released.interval_ns
    kinds = (Said.STOPPING, Said.RELOADED, Said.STATE)
    said = case.said(
        story,
        released.sender.address,
        *kinds,
        since_ns=since_ns,
        until_ns=released.until.time_ns,
    )
    return any(s.said is not Said.STATE or s.state == "FAULT" for s in said)


def _seen(case: Case, found: Reelection) -> Hit:
    """The hit for a master that took its role back itself."""
    router = case.name(found.released.sender.address)
    told = _removals(case, found.story, found.released)
    proven = found.is_same_process or bool(told)
    release = found.released.streaks[-1]
    first = found.resumed.streaks[0]
    waited = skew_sum(first.advertisement.version, first.priority)
    return Hit(
        virtual_router=found.story.router,
        vantage=found.timeline.vantage.id,
        at_ns=release.first.time_ns,
        until_ns=found.resumed.since.time_ns,
        verdict=Verdict.PROVEN if proven else Verdict.LIKELY,
        facts={
            "router": router,
            "effect": f"took it back itself {Duration(found.took_ns)} later",
        },
        because=(
            Step(
                f"{router} was master and gave the role up once (priority 0), in frame "
                f"{release.first.ref.number}",
                Basis.SEEN,
                (release.first.ref,),
                role=Role.LET,
            ),
            Step(
                f"it was master again {Duration(found.took_ns)} later, which is its own Skew_Time, "
                f"{Duration(found.skew_ns)}: {waited}",
                Basis.SEEN,
                (first.first.ref,),
                "RFC 5798 section 6.1",
            ),
            *_same_process(found),
            *(_line(router, s) for s in told[:1]),
            Step(
                "keepalived waits so short only after an address was removed from it; after a "
                "start or a failed check it waits three intervals longer",
                Basis.INFERRED,
                clause=_REMOVED,
                role=Role.SO,
            ),
        ),
        settle_with=() if proven else (_SETTLE.format(router),),
        not_excluded=()
        if proven
        else ("a router of another make that does so for another reason",),
    )


def _same_process(found: Reelection) -> Iterator[Step]:
    if found.is_same_process:
        yield Step(
            "its IP identification, which counts its adverts, went on by one: no restart",
            Basis.SEEN,
            (found.released.until.ref, found.resumed.since.ref),
            "keepalived vrrp_update_pkt()",
        )


def _line(router: str, said: Statement) -> Step:
    where = f" from {said.name}" if said.name else ""
    text = f"the log of {router} says that {said.address} was removed{where}"
    return Step(text, Basis.TOLD, (said.line,), _REMOVED)


def _told(
    case: Case,
    timeline: Timeline,
    story: RouterStory,
    handover: Handover,
    before: Tenure,
    said: Statement,
) -> Hit:
    """The hit for a removal that the log tells of, and that moved the role."""
    router, new = (case.name(t.sender.address) for t in (before, handover.after))
    return Hit(
        virtual_router=story.router,
        vantage=timeline.vantage.id,
        at_ns=before.until.time_ns,
        until_ns=handover.at.time_ns,
        verdict=Verdict.PROVEN,
        facts={"router": router, "effect": f"{new} took it"},
        because=(
            _line(router, said),
            Step(
                f"{router} gave the role up (priority 0) in frame {before.until.ref.number}",
                Basis.SEEN,
                (before.until.ref,),
            ),
            Step(f"{new} took over", Basis.SEEN, (handover.at.ref,), role=Role.SO),
        ),
    )
