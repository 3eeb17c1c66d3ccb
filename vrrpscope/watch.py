"""From frames as they come to what is new: the story while it happens.

Theory of operation. The builder is the one that reads files. When something begins that equal
adverts on time do not account for (a run, an announcement), or a moment comes at which silence
means something (`next_deadline_ns`), the story so far is told anew, and compared with what was told
before. So what is said live is what `diagnose` says of the same frames.

It reads no clock and does no I/O: frames and the time are given.
"""

from collections.abc import Sequence

from vrrpscope.capture.ledger import Interface
from vrrpscope.diagnosis.nodes import Given
from vrrpscope.events.event import Event
from vrrpscope.events.findings import Change, Revision, finding_events, revisions
from vrrpscope.events.live import events_of, next_deadline_ns
from vrrpscope.intake import Intake
from vrrpscope.observation import Frame
from vrrpscope.pipeline import Analysis, analyze_timelines
from vrrpscope.protocol.timers import NS
from vrrpscope.timeline.model import Timeline

IN_FLIGHT_NS = 20_000_000
"""A frame is this old at most when it comes: so much later is a deadline judged."""

FINDINGS_EVERY_NS = NS // 2
"""Rules look at the whole story: they run at most this often."""


class Watcher:
    """Takes frames and the time, and gives what is new.

    Args:
        source: the name of the vantage.
        interfaces: what is captured on; a list that may grow.
        given: configurations and logs.
        vrid: look at this VRID alone.
    """

    def __init__(
        self,
        source: str,
        interfaces: Sequence[Interface],
        given: Sequence[Given] = (),
        vrid: int | None = None,
    ) -> None:
        self._given = given
        self._intake = Intake(source, source, interfaces, vrid)
        self._begun: tuple[int, int, int] = (0, 0, 0)
        self._dropped = 0
        self._deadline_ns: int | None = None
        self._rules_due_ns: int | None = None
        self._events: tuple[Event, ...] = ()
        self._findings: tuple[Event, ...] = ()

    def take(self, frame: Frame) -> None:
        """Takes the next frame."""
        self._intake.take(frame)

    def drop(self, frames: int, now_ns: int) -> None:
        """Tells how many frames were lost up to now, before they came here."""
        for builder in self._intake.builders:
            builder.drop(frames, now_ns)
        self._dropped = frames

    def tell(self, now_ns: int) -> tuple[Revision, ...]:
        """What is new, now that it is this late; mostly nothing."""
        now_ns -= IN_FLIGHT_NS
        begun = (self._intake.registers.runs, self._intake.announced, self._dropped)
        overdue = self._deadline_ns is not None and now_ns >= self._deadline_ns
        rules_due = self._rules_due_ns is not None and now_ns >= self._rules_due_ns
        if begun == self._begun and not (overdue or rules_due):
            return ()
        self._begun = begun
        timelines = self.timelines(now_ns + IN_FLIGHT_NS)
        told = self._tell_events(timelines)
        if rules_due:
            self._rules_due_ns = None
            return (*told, *self._tell_findings(self._analysis(timelines)))
        if self._rules_due_ns is None:
            self._rules_due_ns = now_ns + FINDINGS_EVERY_NS
        return told

    def finish(self) -> tuple[Analysis, tuple[Revision, ...]]:
        """The report on all that came, and what was not told before it."""
        timelines = self.timelines()
        analysis = self._analysis(timelines)
        events = tuple(e for t in timelines for e in events_of(t, is_complete=True))
        # What only the passing of time has shown stays told, though a finished capture lacks it.
        told = (r for r in revisions(self._events, events) if r.change is not Change.WITHDRAWN)
        return analysis, (*told, *self._tell_findings(analysis))

    def timelines(self, now_ns: int | None = None) -> tuple[Timeline, ...]:
        """The story so far, one for each interface; up to `now_ns`, where that is given."""
        builders = self._intake.builders
        if now_ns is not None:
            for builder in builders:
                builder.advance(now_ns - IN_FLIGHT_NS)
        return tuple(builder.finish() for builder in builders)

    def _analysis(self, timelines: tuple[Timeline, ...]) -> Analysis:
        return analyze_timelines(timelines, self._given, diagnosed=True)

    def _tell_events(self, timelines: tuple[Timeline, ...]) -> tuple[Revision, ...]:
        events = tuple(event for timeline in timelines for event in events_of(timeline))
        deadlines = [next_deadline_ns(timeline) for timeline in timelines]
        self._deadline_ns = min((d for d in deadlines if d is not None), default=None)
        told = revisions(self._events, events)
        self._events = events
        return told

    def _tell_findings(self, analysis: Analysis) -> tuple[Revision, ...]:
        findings = tuple(
            event
            for timeline in analysis.timelines
            for event in finding_events(analysis.findings, timeline)
        )
        told = revisions(self._findings, findings)
        self._findings = findings
        return told
