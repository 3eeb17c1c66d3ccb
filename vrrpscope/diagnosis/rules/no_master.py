"""The rule no-master."""

from collections.abc import Iterator

from vrrpscope.diagnosis.case import Case
from vrrpscope.diagnosis.finding import Duration, Hit, Kind, Role, Severity, Step, Verdict
from vrrpscope.diagnosis.questions.sums import longest_sum
from vrrpscope.diagnosis.questions.unmastered import Unmastered
from vrrpscope.diagnosis.rule import rule
from vrrpscope.observation import Basis, FrameRef
from vrrpscope.timeline.model import EndedBy

_UNCAPTURED = "a master that was not captured"


@rule(
    title="Nobody advertises, and no backup takes over",
    kind=Kind.SYMPTOM,
    severity=Severity.ERROR,
    clauses=("RFC 3768 section 6.4.2", "RFC 5798 section 6.4.2"),
    says="Nobody advertised for {silent_ns} after {master} {ended}; no backup waits longer than "
    "{allowed_ns}{unless}.",
)
def no_master(case: Case) -> Iterator[Hit]:
    """
    ### What it looks like
    The master gives the role up (priority 0) or falls silent, and no advert follows for longer
    than any backup waits: three intervals and a bit (its Master_Down_Interval). After a priority 0
    a backup waits for that bit only (its Skew_Time), less than one interval.

    ### Why it matters
    Nobody holds the virtual address: hosts that use it reach nothing.

    ### How to confirm it
    `ip address` on every router of the group shows who has the virtual address, and
    `systemctl status keepalived` who could take it.

    ### What else could look like this
    A capture that stalled or was cut: where no frame of anybody was seen meanwhile, the capture
    cannot tell. A capture that is filtered to one host does not show its successor. A backup with
    `down_timer_adverts` above 3 waits longer; its configuration tells.
    """
    for gap in case.unmastered:
        times = gap.silence.since.time_ns, gap.silence.until_ns
        elsewhere = case.spoke_elsewhere(gap.timeline, gap.story.router, *times)
        seen = elsewhere.vantage.id if elsewhere is not None else ""
        yield Hit(
            virtual_router=gap.story.router,
            vantage=gap.timeline.vantage.id,
            at_ns=gap.silence.since.time_ns,
            until_ns=gap.silence.until_ns,
            verdict=Verdict.POSSIBLE if seen else _verdict(gap),
            facts={
                "master": case.name(gap.silence.before.sender.address),
                "ended": _ended(gap),
                "silent_ns": Duration(gap.silence.duration_ns),
                "allowed_ns": Duration(gap.allowed_ns),
                "unless": _unless(gap),
                "frames": gap.frames,
            },
            because=(*_because(case, gap), *_seen_elsewhere(seen)),
            settle_with=_settle_with(gap, seen),
            not_excluded=() if gap.is_certain and not seen else (_UNCAPTURED,),
        )


def _seen_elsewhere(seen: str) -> Iterator[Step]:
    """What another capture of the same time has."""
    if seen:
        text = f"{seen} has adverts of that time: somebody was master, and was not seen here"
        yield Step(text, Basis.SEEN, role=Role.HOWEVER)


def _verdict(gap: Unmastered) -> Verdict:
    """Proven where the capture shows that it went on, and that it shows others too."""
    if gap.is_certain:
        return Verdict.PROVEN
    if gap.sent_unseen or gap.fitting_adverts is not None:
        return Verdict.POSSIBLE
    return Verdict.LIKELY if gap.frames or gap.nothing_missed else Verdict.POSSIBLE


def _ended(gap: Unmastered) -> str:
    released = gap.silence.before.ended_by is EndedBy.RELEASED
    return "gave the role up" if released else "fell silent"


def _unless(gap: Unmastered) -> str:
    """What would make the backup's timer run for just this time."""
    adverts = gap.fitting_adverts
    return "" if adverts is None else f", unless its down_timer_adverts is {adverts}"


def _because(case: Case, gap: Unmastered) -> Iterator[Step]:
    master, silence = case.name(gap.silence.before.sender.address), gap.silence
    released = silence.before.ended_by is EndedBy.RELEASED
    last = "sent priority 0" if released else "sent its last advert"
    yield Step(
        f"{master} was master and {last} in frame {silence.since.ref.number}",
        Basis.SEEN,
        (silence.before.since.ref, silence.since.ref),
        role=Role.LET,
    )
    resumed: tuple[FrameRef, ...] = ()
    until = "up to the end of the capture"
    if silence.resumed is not None:
        resumed = (silence.resumed.since.ref,)
        until = f"until {case.name(silence.resumed.sender.address)} spoke"
    yield Step(
        f"no advert of anybody followed for {Duration(silence.duration_ns)}, {until}",
        Basis.SEEN,
        (silence.since.ref, *resumed),
    )
    yield Step(
        f"a backup takes over after {Duration(gap.allowed_ns)} at the latest"
        f"{longest_sum(silence.before.streaks[-1], gap.allowed_ns)}",
        Basis.INFERRED,
        clause="RFC 5798 section 6.1",
    )
    yield from _doubts(gap, resumed)


def _doubts(gap: Unmastered, resumed: tuple[FrameRef, ...]) -> Iterator[Step]:
    """What speaks for the capture having gone on, and what speaks against the silence."""
    if gap.frames:
        seen = "one other frame was" if gap.frames == 1 else f"{gap.frames} other frames were"
        yield Step(f"{seen} captured meanwhile: the capture went on", Basis.SEEN)
    else:
        yield Step(
            "no other frame is known to be of that time: the capture may have stalled",
            Basis.SEEN,
            role=Role.HOWEVER,
        )
    if gap.fitting_adverts is not None:
        yield Step(
            f"a backup with down_timer_adverts {gap.fitting_adverts} would have waited just as "
            "long",
            Basis.INFERRED,
            clause="keepalived down_timer_adverts",
            role=Role.HOWEVER,
        )
    if gap.sent_unseen:
        yield Step(
            "the IP identification of the router that spoke next, which counts its adverts, shows "
            "that it had been sending some that did not come here",
            Basis.SEEN,
            resumed,
            role=Role.HOWEVER,
        )


def _settle_with(gap: Unmastered, seen: str) -> tuple[str, ...]:
    if gap.is_certain and not seen:
        return ()
    settle = [
        "on each router: journalctl -u keepalived | grep 'Entering MASTER STATE'; such a line in "
        "that time means that there was a master, and the capture missed it"
    ]
    if gap.fitting_adverts is not None:
        settle.append(
            "the backup's keepalived.conf (--config NODE=FILE): down_timer_adverts "
            f"{gap.fitting_adverts} makes it wait that long"
        )
    if not gap.frames:
        settle.append(
            "a capture of the same time from another place: adverts in it mean that this one "
            "missed them"
        )
    if not gap.others_seen:
        settle.append(
            "how the capture was filtered: nobody but this router was ever seen in it, so a new "
            "master may have been left out"
        )
    return tuple(settle)
