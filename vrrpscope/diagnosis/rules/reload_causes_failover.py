"""The rule reload-causes-failover."""

from collections.abc import Iterator

from vrrpscope.diagnosis.case import Case
from vrrpscope.diagnosis.finding import Duration, Hit, Kind, Role, Severity, Step, Verdict
from vrrpscope.diagnosis.questions.reloads import Reload
from vrrpscope.diagnosis.questions.rivals import Rivalry
from vrrpscope.diagnosis.rule import rule
from vrrpscope.evidence.statement import Said
from vrrpscope.observation import Basis, FrameRef
from vrrpscope.protocol.timers import NS
from vrrpscope.timeline.model import Handover, HandoverKind

_RELOAD = "keepalived reload_vrrp_thread()"


@rule(
    title="A reload moved the role, or made a second master",
    kind=Kind.CAUSE,
    severity=Severity.WARNING,
    clauses=(_RELOAD, "keepalived vrrp_update_pkt()"),
    explains=("unexpected-failover", "dual-master"),
    rank=4,
    says="keepalived on {router} was reloaded, and {changed}; {effect}.",
    remedy="Compare the new keepalived.conf of {router} with the one before and with those of the "
    "other routers, mend it, and reload again. Next time: test the file first (keepalived -t -f "
    "FILE), and change the backups before the master. Change what the routers compare (addresses, "
    "interval, authentication) on all of them within three intervals. Put addresses that come and "
    "go into virtual_ipaddress_excluded.",
)
def reload_causes_failover(case: Case) -> Iterator[Hit]:
    """
    ### What it looks like
    The master sends one advert too early, and milliseconds later another one whose IP
    identification (keepalived numbers its adverts with it) begins at 1 again: a reload (SIGHUP).
    From then on its priority is lower, its
    list of addresses or its interval another one; or it says priority 0, because the new file lacks
    the instance. One timer later another router is master.

    ### Why it stops a failover
    A reload makes every instance anew with what the file says now. A lower priority lets a better
    backup take over. A changed list of addresses, interval or authentication makes the backups
    reject the adverts, so that they become masters themselves.

    ### How to confirm it
    Its log says `Reloading ...`. `diff` of its keepalived.conf with the version before.

    ### What else could look like this
    A restart: there the count begins at 1 after a pause. A check that fails lowers the priority
    too, and the count goes on. A reload that changes nothing is harmless.
    """
    for reload in case.reloads:
        handover = _handover(reload)
        rivalry = _rivalry(case, reload)
        if handover is not None and (reload.lowered or reload.after is None):
            yield _hit(case, reload, _took_over(case, handover), handover.at.ref, True)
        elif rivalry is not None:
            sure = rivalry.verdict is Verdict.PROVEN
            yield _hit(case, reload, *_second_master(case, reload, rivalry), sure)


def _handover(reload: Reload) -> Handover | None:
    """The hand-over from the reloaded router at which its role ended, where it follows at once."""
    for handover in reload.story.handovers:
        if handover.before is not reload.tenure or handover.at < reload.shown:
            continue
        counted = handover.counted_from
        if reload.after is None:
            return handover if handover.kind is HandoverKind.RELEASE else None
        preempted = handover.kind is HandoverKind.PREEMPTION and bool(handover.on_time)
        from_before = counted is not None and counted <= reload.after.first
        return handover if preempted and from_before else None
    return None


def _rivalry(case: Case, reload: Reload) -> Rivalry | None:
    """Two masters that began within two timers after a reload that changed what they compare.

    In what it changed the two must differ: VRRPv3 learns intervals, and has no authentication.
    """
    if reload.after is None:
        return None
    since_ns = reload.shown.time_ns
    until_ns = since_ns + 8 * reload.before.interval_ns
    for rivalry in case.rivalries:
        is_same = rivalry.story is reload.story and reload.sender in (rivalry.better, rivalry.worse)
        differ = reload.changed_fields.intersection(rivalry.comparison.fields)
        if is_same and differ and since_ns <= rivalry.since.time_ns <= until_ns:
            return rivalry
    return None


def _took_over(case: Case, handover: Handover) -> str:
    return f"{case.name(handover.after.sender.address)} took over"


def _second_master(case: Case, reload: Reload, rivalry: Rivalry) -> tuple[str, FrameRef]:
    other = rivalry.worse if rivalry.better == reload.sender else rivalry.better
    became = "became" if rivalry.verdict is Verdict.PROVEN else "probably became"
    return f"{case.name(other.address)} {became} a second master", rivalry.since.ref


def _hit(case: Case, reload: Reload, effect: str, shown: FrameRef, sure: bool) -> Hit:
    router = case.name(reload.sender.address)
    return Hit(
        virtual_router=reload.story.router,
        vantage=reload.timeline.vantage.id,
        at_ns=reload.shown.time_ns,
        until_ns=reload.tenure.until.time_ns,
        verdict=Verdict.PROVEN if sure else Verdict.LIKELY,
        facts={"router": router, "changed": _changed(reload), "effect": effect},
        because=(
            *_because(case, router, reload),
            Step(effect, Basis.SEEN if sure else Basis.INFERRED, (shown,), role=Role.SO),
        ),
        settle_with=() if sure else ("ip address show on both: who holds the virtual address?",),
        not_excluded=() if sure else ("adverts-lost-both-ways",),
    )


def _changed(reload: Reload) -> str:
    """What the reload changed, as half a sentence."""
    if reload.after is None:
        return "this virtual router was not in its configuration any more"
    changes = list(reload.changed)
    if reload.lowered:
        changes.append(f"its priority from {reload.before.priority} to {reload.after.priority}")
    return f"it changed {' and '.join(changes)}"


def _because(case: Case, router: str, reload: Reload) -> Iterator[Step]:
    yield Step(
        f"{router} was master with priority {reload.before.priority} up to frame "
        f"{reload.before.last.ref.number}",
        Basis.SEEN,
        (reload.before.last.ref,),
        role=Role.LET,
    )
    for said in case.said(
        reload.story,
        reload.sender.address,
        Said.RELOADED,
        since_ns=reload.before.last.time_ns,
        until_ns=reload.shown.time_ns,
    )[:1]:
        yield Step(f"the log of {router} says that it was reloaded", Basis.TOLD, (said.line,))
    if reload.is_counted:
        yield _counted(router, reload)
    if reload.after is None:
        release = reload.tenure.until.ref
        text = f"at the same moment it gave the role up (priority 0), in frame {release.number}"
        yield Step(text, Basis.SEEN, (release,), "keepalived clear_diff_vrrp()")
        return
    yield Step(f"at that moment {_changed(reload)}", Basis.SEEN, (reload.after.first.ref,))


def _counted(router: str, reload: Reload) -> Step:
    """The reload as the IP identification shows it."""
    if reload.after is None:
        return Step(
            f"another virtual router of {router} began to count its adverts at 1 again, without a "
            f"pause, in frame {reload.shown.ref.number}: a reload",
            Basis.SEEN,
            (reload.shown.ref,),
            _RELOAD,
        )
    gap_ns = reload.after.first.time_ns - reload.before.last.time_ns
    after = f"{Duration(gap_ns)} later" if gap_ns >= NS // 1000 else "at once"
    return Step(
        f"its IP identification, which counts its adverts, began at 1 again {after}, in frame "
        f"{reload.after.first.ref.number}: a reload, for after a restart it would first listen for "
        "three intervals",
        Basis.SEEN,
        (reload.before.last.ref, reload.after.first.ref),
        _RELOAD,
    )
