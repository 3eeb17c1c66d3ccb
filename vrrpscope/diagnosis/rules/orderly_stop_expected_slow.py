"""The rule orderly-stop-expected-slow."""

from collections.abc import Iterator

from vrrpscope.diagnosis.case import Case
from vrrpscope.diagnosis.finding import Duration, Hit, Kind, Role, Severity, Step, Verdict
from vrrpscope.diagnosis.questions.sums import waited_sum
from vrrpscope.diagnosis.rule import rule
from vrrpscope.evidence.statement import Said, Statement
from vrrpscope.observation import Basis
from vrrpscope.protocol.timers import skew_time_ns
from vrrpscope.timeline.model import EndedBy, Handover, HandoverKind, RouterStory, Timeline

_STOP = "keepalived vrrp_restore_interface()"

_JITTER_NS = 100_000_000
"""The next advert was due an interval after the last one: had it come, the stop was later."""


@rule(
    title="An orderly stop whose priority 0 did not arrive",
    kind=Kind.CAUSE,
    severity=Severity.WARNING,
    clauses=("RFC 5798 section 6.4.3", _STOP),
    explains=("slow-failover",),
    rank=6,
    says="keepalived on {router} was stopped, and its farewell (priority 0) did not come: {new} "
    "waited {took_ns} instead of {skew_ns}.",
    remedy="See that keepalived stops before the network: After=network-online.target in its unit "
    "makes systemd stop it first. Look for what drops IP protocol 112 on its way out (iptables -S "
    "OUTPUT). Without --dont-release-vrrp and in a state other than FAULT, a stop sends priority "
    "0.",
)
def orderly_stop_expected_slow(case: Case) -> Iterator[Hit]:
    """
    ### What it looks like
    The master falls silent without priority 0, as if it had crashed, and the backup takes over
    after a whole Master_Down_Interval. But its log says that it was stopped.

    ### Why it stops a failover
    A master that stops sends priority 0, so that the backup waits for its Skew_Time only, less than
    one interval (RFC 5798 section 6.4.3). When the network is stopped first, or something drops
    that advert, the backup learns of the stop by the silence alone.

    ### How to confirm it
    Its log: `Stopping`, with `-D` `sent 0 priority`, and perhaps `send advert error`.

    ### What else could look like this
    Without the log, a crash, a power cut and a link that went down all look the same.
    """
    for timeline, story in case.stories():
        for handover in story.handovers:
            before = handover.before
            if before is None or handover.kind is not HandoverKind.EXPIRY:
                continue
            if before.ended_by is EndedBy.SILENT and handover.on_time:
                stopped = _stopped(case, story, handover)
                if stopped:
                    yield _hit(case, timeline, story, handover, stopped)


def _stopped(case: Case, story: RouterStory, handover: Handover) -> tuple[Statement, ...]:
    """The lines of a stop between the last advert and the time at which the next one was due."""
    before = handover.before
    assert before is not None
    kinds = (Said.STOPPING, Said.SEND_FAILED, Said.SENT_RELEASE, Said.STATE)
    said = case.said(
        story,
        before.sender.address,
        *kinds,
        since_ns=before.until.time_ns,
        until_ns=before.until.time_ns + before.interval_ns + _JITTER_NS,
    )
    stopping = next((s for s in said if s.said is Said.STOPPING), None)
    if stopping is None or any(s.state == "FAULT" for s in said):
        return ()
    rest = (s for s in said if s.said in (Said.SEND_FAILED, Said.SENT_RELEASE))
    return (stopping, *rest)


def _hit(
    case: Case,
    timeline: Timeline,
    story: RouterStory,
    handover: Handover,
    said: tuple[Statement, ...],
) -> Hit:
    before, new = handover.before, handover.after
    assert before is not None and handover.took_ns is not None
    router = case.name(before.sender.address)
    first = new.streaks[0]
    skew_ns = skew_time_ns(first.advertisement.version, first.priority, before.interval_ns)
    waits = waited_sum(first, before.interval_ns, handover.took_ns)
    return Hit(
        virtual_router=story.router,
        vantage=timeline.vantage.id,
        at_ns=before.until.time_ns,
        until_ns=handover.at.time_ns,
        verdict=Verdict.PROVEN,
        facts={
            "router": router,
            "new": case.name(new.sender.address),
            "took_ns": Duration(handover.took_ns),
            "skew_ns": Duration(skew_ns),
        },
        because=(
            *(_line(router, s) for s in said),
            Step(
                f"its last advert was frame {before.until.ref.number}, with priority "
                f"{before.last_priority}; no priority 0 followed",
                Basis.SEEN,
                (before.until.ref,),
                role=Role.HOWEVER,
            ),
            Step(
                f"{case.name(new.sender.address)} took over {Duration(handover.took_ns)} later "
                f"({waits}), as it does without a priority 0; with one it waits for the fraction "
                "alone",
                Basis.SEEN,
                (handover.at.ref,),
                "RFC 5798 section 6.4.2",
                Role.SO,
            ),
        ),
    )


def _line(router: str, said: Statement) -> Step:
    what = {
        Said.STOPPING: "it was stopped",
        Said.SENT_RELEASE: "it sent priority 0",
        Said.SEND_FAILED: f"an advert could not be sent ({said.reason})",
    }
    return Step(f"the log of {router} says that {what[said.said]}", Basis.TOLD, (said.line,), _STOP)
