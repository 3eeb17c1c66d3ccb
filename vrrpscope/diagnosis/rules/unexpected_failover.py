"""The rule unexpected-failover."""

from collections.abc import Iterator

from vrrpscope.diagnosis.case import Case
from vrrpscope.diagnosis.finding import (
    Duration,
    Evidence,
    Hit,
    Kind,
    Role,
    Severity,
    Step,
    Verdict,
    lines,
)
from vrrpscope.diagnosis.questions.deaf import DeafBackup
from vrrpscope.diagnosis.questions.delays import Delay
from vrrpscope.diagnosis.questions.displaced import Displaced, Forbidden
from vrrpscope.diagnosis.questions.given_up import GivenUp
from vrrpscope.diagnosis.questions.signs import Pause, Signs
from vrrpscope.diagnosis.questions.sums import waited_sum
from vrrpscope.diagnosis.rule import rule
from vrrpscope.observation import Basis
from vrrpscope.timeline.model import Handover, HandoverKind, RouterStory, Timeline
from vrrpscope.timeline.streak import Gap, Streak

_SAYS = {
    Pause.QUIET: "was not restarted and sent nothing for",
    Pause.TRANSMITTED: "was sending all the while, and its adverts did not arrive for",
    Pause.PARTLY: "was running and sent at least some of its adverts, which did not arrive for",
    Pause.UNKNOWN: "was silent for",
}
_AWAY = "the old master was away for that time"
_ASK_NOPREEMPT = (
    "the log of {} (--log NODE=FILE): 'received lower priority advert - discarding' before that "
    "means that it ran without nopreempt; systemctl status keepalived and the time of its "
    "configuration tell whether that was changed since"
)

_SETTLE = (
    "the log of {} (--log NODE=FILE): 'Entering BACKUP STATE' at that time means that it gave way"
)


@rule(
    title="The role moved although the old master was alive",
    kind=Kind.SYMPTOM,
    severity=Severity.ERROR,
    clauses=("RFC 5798 section 6.4.2",),
    says="{new} took over from {old} although {old} was alive: it {did} {pause_ns}.",
)
def unexpected_failover(case: Case) -> Iterator[Hit]:
    """
    ### What it looks like
    The master falls silent without a priority 0, a backup takes over when its timer expires, and
    later the old master speaks again as if nothing had happened. Its IP identification, with which
    keepalived numbers its adverts, goes on where it was. A step of one: it sent nothing (no
    processor time, a frozen virtual machine,
    another speaker that silenced it). A step of about the pause divided by the interval: it sent
    on, and the adverts were lost before this place and before the backup. Or the master's adverts
    are all there, and the backup takes over for moments beside it: they did not reach the backup.

    ### Why it matters
    Nothing was wrong with the master as VRRP sees it. Connections were cut for nothing, and for
    some time two routers held the address.

    ### How to confirm it
    The log of the old master says nothing for the time of the failover but
    `A thread timer expired ... seconds ago` (it got no processor time) or
    `send advert error` (its adverts did not leave). The hypervisor's events tell of a freeze.

    ### What else could look like this
    A restart: the IP identification begins at 1 again, and this rule says nothing. A link that
    went down: the step is two or three, for the priority 0 that was tried and not sent. A member
    of a sync group that follows another one stops without priority 0 too: where the same router
    gave up or yielded another virtual router's role just then, this rule says nothing.
    """
    releases = {id(timeline): GivenUp(timeline) for timeline in case.timelines}
    for timeline, story in case.stories():
        for handover in story.handovers:
            hit = _hit(case, timeline, story, handover, releases[id(timeline)])
            if hit is not None:
                yield hit
    for deaf in case.needless_takeovers:
        yield _beside_the_master(case, deaf)
    for displaced in case.displaced:
        yield _of_displaced(case, displaced)


def _of_displaced(case: Case, displaced: Displaced) -> Hit:
    """The hit for a master that gave way although its configuration seems to forbid that."""
    handover = displaced.handover
    assert handover.before is not None
    old, new = (case.name(t.sender.address) for t in (handover.before, handover.after))
    forbids = "both claim to be the address owner (priority 255)"
    told: tuple[Evidence, ...] = (handover.before.until.ref, handover.at.ref)
    basis = Basis.SEEN
    if displaced.intent is not None:
        forbids, basis = f"{new} has nopreempt", Basis.TOLD
        told = lines(displaced.intent.nopreempt_told)
    open_ = tuple(_open(displaced, old, new))
    return Hit(
        virtual_router=displaced.story.router,
        vantage=displaced.timeline.vantage.id,
        at_ns=handover.at.time_ns,
        until_ns=handover.at.time_ns,
        verdict=Verdict.PROVEN if displaced.is_certain else Verdict.LIKELY,
        facts={
            "old": old,
            "new": new,
            "did": f"was advertising until {new} began, and then",
            "pause_ns": f"{'gave way' if displaced.is_sure else 'fell silent'}, though {forbids}",
        },
        because=(
            Step(forbids, basis, told, role=Role.LET),
            Step(
                f"{old} advertised priority {handover.before.last_priority} up to frame "
                f"{handover.before.until.ref.number}, and {new} began with priority "
                f"{displaced.first.priority} in frame {handover.at.ref.number}",
                Basis.SEEN,
                (handover.before.until.ref, handover.at.ref),
            ),
        ),
        settle_with=tuple(settle for _, settle in open_),
        not_excluded=tuple(other for other, _ in open_),
    )


def _open(displaced: Displaced, old: str, new: str) -> Iterator[tuple[str, str]]:
    """What else it could be, and what would settle that."""
    if displaced.is_certain:
        return
    if not displaced.is_sure:
        yield "a router that ended at that moment", _SETTLE.format(old)
    if displaced.forbidden is Forbidden.NOPREEMPT and not displaced.is_borne_out:
        yield f"{new} ran without nopreempt then", _ASK_NOPREEMPT.format(new)


def _beside_the_master(case: Case, deaf: DeafBackup) -> Hit:
    """The hit for take-overs during which the master was never silent."""
    old, new = case.name(deaf.master.address), case.name(deaf.backup.address)
    times = len(deaf.takeovers)
    return Hit(
        virtual_router=deaf.story.router,
        vantage=deaf.timeline.vantage.id,
        at_ns=deaf.takeovers[0].time_ns,
        until_ns=deaf.until.time_ns,
        verdict=Verdict.LIKELY,
        facts={
            "old": old,
            "new": new,
            "did": f"never stopped sending, and {new} took over {times} times within",
            "pause_ns": Duration(deaf.until.time_ns - deaf.takeovers[0].time_ns),
        },
        because=(
            Step(
                f"{new} began to advertise {times} times, although {old} had been sending better "
                "adverts for longer than its timer runs",
                Basis.SEEN,
                tuple(mark.ref for mark in deaf.takeovers),
            ),
            Step(
                f"{old} went on advertising all the while, and {new} gave way again",
                Basis.SEEN,
                (deaf.until.ref,),
                role=Role.HOWEVER,
            ),
        ),
        settle_with=(f"a capture on {new}: adverts of {old} that it lacks did not reach it",),
        not_excluded=("another router that was not captured",),
    )


def _hit(
    case: Case,
    timeline: Timeline,
    story: RouterStory,
    handover: Handover,
    releases: GivenUp,
) -> Hit | None:
    """The hit for one hand-over, where the old master was alive."""
    before = handover.before
    if before is None or handover.kind is not HandoverKind.EXPIRY:
        return None
    returned = case.signs(story).next_streak(before.sender, before.until)
    if returned is None or returned.gap_before is None:
        return None
    pause, gap = case.signs(story).pause_before(returned), returned.gap_before
    verdict = _verdict(case.signs(story), handover, pause, gap)
    if verdict is None or _moved_with_its_group(case, story, handover, releases):
        return None
    delay = Delay() if verdict is Verdict.PROVEN else case.delay(story, handover)
    old = case.name(before.sender.address)
    return Hit(
        virtual_router=story.router,
        vantage=timeline.vantage.id,
        at_ns=handover.at.time_ns,
        until_ns=returned.first.time_ns,
        verdict=verdict,
        facts={
            "old": old,
            "new": case.name(handover.after.sender.address),
            "did": _SAYS[pause],
            "pause_ns": Duration(gap.duration_ns),
            "pause": str(pause),
            "ip_id_step": gap.ip_id_step,
        },
        because=(*_because(case, handover, returned, gap, pause), *delay.steps),
        settle_with=() if _is_known(case, story, gap, verdict) else _settle_with(old, pause),
        not_excluded=() if verdict is Verdict.PROVEN else (_AWAY, *delay.not_excluded),
    )


def _verdict(signs: Signs, handover: Handover, pause: Pause, gap: Gap) -> Verdict | None:
    """Proven where the count goes on; None where the old master may well have been away."""
    assert handover.before is not None
    if pause is Pause.TRANSMITTED:
        return Verdict.PROVEN
    if pause is Pause.QUIET:
        # Where the time does not fit, it may have yielded to somebody who was not captured.
        return Verdict.PROVEN if handover.on_time else Verdict.LIKELY
    if pause is Pause.PARTLY:
        return Verdict.LIKELY
    if pause is not Pause.UNKNOWN or not gap.sender_frames:
        return None
    # Without a count: a restarted daemon joins the group again. Where its first join was seen, a
    # second one would have been seen too; where nobody's can be read, nothing tells of a restart.
    joined = signs.joined(handover.before.sender.address, gap.until)
    if joined is None:
        return Verdict.POSSIBLE if signs.shows_joins else None
    return Verdict.LIKELY if joined < gap.from_ else None


def _moved_with_its_group(
    case: Case, story: RouterStory, handover: Handover, releases: GivenUp
) -> bool:
    """True where another instance of the old master gave its role up at that time.

    keepalived vrrp_sync_backup(): the other members of a sync group stop without priority 0.
    """
    before = handover.before
    assert before is not None
    intent = case.intent(story, before.sender.address)
    if intent is not None and intent.sync_group is not None:
        return True
    earliest_ns = before.until.time_ns - 2 * before.interval_ns
    host, latest_ns = before.sender.host, handover.at.time_ns
    return releases.elsewhere(host, story.router, earliest_ns, latest_ns)


def _because(
    case: Case, handover: Handover, returned: Streak, gap: Gap, pause: Pause
) -> Iterator[Step]:
    assert handover.before is not None
    old, new = (case.name(t.sender.address) for t in (handover.before, handover.after))
    yield Step(
        f"{old} was master and sent an advert in frame {gap.from_.ref.number}, then no more, and "
        "no priority 0 (by which a master gives the role up)",
        Basis.SEEN,
        (gap.from_.ref,),
        role=Role.LET,
    )
    waited = Duration(handover.at.time_ns - gap.from_.time_ns)
    text = f"{new} took over {waited} later{_sum(handover)}"
    yield Step(text, Basis.SEEN, (handover.at.ref,))
    yield Step(
        f"{old} spoke again in frame {returned.first.ref.number}, {Duration(gap.duration_ns)} "
        "after its last advert",
        Basis.SEEN,
        (returned.first.ref,),
    )
    yield _conclusion(old, returned, gap, pause)


def _sum(handover: Handover) -> str:
    """Where the length of the new master's timer comes from, where it was on time."""
    if not handover.on_time or handover.before is None or handover.expected_ns is None:
        return ""
    new, interval_ns = handover.after.streaks[0], handover.before.interval_ns
    return f": its timer is {waited_sum(new, interval_ns, handover.expected_ns.low)}"


def _conclusion(old: str, returned: Streak, gap: Gap, pause: Pause) -> Step:
    """What the IP identification, or the lack of one, says about the pause."""
    refs = (gap.from_.ref, returned.first.ref)
    clause = "keepalived vrrp_update_pkt()"
    if pause is Pause.QUIET:
        text = (
            "its IP identification, which keepalived raises by one with each advert, went on by "
            "one: the same process, which had sent nothing"
        )
        return Step(text, Basis.SEEN, refs, clause, Role.HOWEVER)
    if pause in (Pause.TRANSMITTED, Pause.PARTLY):
        due = gap.duration_ns / returned.interval_ns
        text = (
            f"its IP identification, which counts its adverts, went on by {gap.ip_id_step}, where "
            f"{due:.1f} intervals had passed: the same process had been sending, and that came "
            "neither here nor to the backup"
        )
        return Step(text, Basis.SEEN, refs, clause, Role.HOWEVER)
    frames = gap.sender_frames
    seen = "1 other frame" if frames == 1 else f"{frames} other frames"
    text = (
        f"{seen} of {old} {'was' if frames == 1 else 'were'} seen meanwhile, and it did not join "
        "the VRRP group anew, as a restarted daemon does"
    )
    return Step(text, Basis.SEEN, refs, role=Role.HOWEVER)


def _is_known(case: Case, story: RouterStory, gap: Gap, verdict: Verdict) -> bool:
    """True where strangers on the VRID explain the pause: its reason need not be looked for."""
    return verdict is Verdict.PROVEN and case.is_silenced(story, gap)


def _settle_with(old: str, pause: Pause) -> tuple[str, ...]:
    """Where the reason is to be looked for."""
    if pause in (Pause.TRANSMITTED, Pause.PARTLY):
        return (
            f"on {old}: journalctl -u keepalived | grep 'send advert error'; such lines mean that "
            "its own host holds the adverts back",
            f"a capture on {old}: adverts that are in it did leave, and the network loses them",
            "the error and drop counters of the switch ports between the two routers",
        )
    return (
        f"on {old}: journalctl -u keepalived | grep 'A thread timer expired'; such a line at that "
        "time means that it got no processor time",
        "on a virtual machine: the hypervisor's events (snapshot, migration, backup) at that time",
    )
