"""The document that other programs read. Its keys are promised: add some, change none."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from vrrpscope import __version__
from vrrpscope.diagnosis.case import Silent
from vrrpscope.diagnosis.finding import Evidence, Finding, Step
from vrrpscope.diagnosis.nodes import Node
from vrrpscope.observation import FrameRef, VirtualRouter
from vrrpscope.protocol.advertisement import Address
from vrrpscope.render.redact import Redactor
from vrrpscope.render.view import View, by_sender
from vrrpscope.timeline.model import (
    Handover,
    IntervalChange,
    MissedAdverts,
    Overlap,
    PriorityStep,
    RouterStory,
    Silence,
    Tenure,
    Timeline,
)
from vrrpscope.timeline.streak import Sender, Streak

DIAGNOSIS = "vrrpscope.diagnosis/1"
TIMELINE = "vrrpscope.timeline/1"

Object = dict[str, Any]
_Seen = list[tuple[Timeline, RouterStory]]


def text_of(view: View, schema: str = DIAGNOSIS) -> str:
    """The document as text; ASCII, so that it survives any terminal and encoding."""
    found = document(view, schema)
    if view.redactor is not None:
        found = _redacted(found, view.redactor)
    return json.dumps(found, indent=2) + "\n"


def document(view: View, schema: str = DIAGNOSIS) -> Object:
    """The analysis as objects, lists, strings, numbers, booleans and null."""
    return {
        "schema": schema,
        "version": __version__,
        "vantages": [_vantage(t) for t in view.analysis.timelines],
        "configurations": [_configuration(view, node) for node in view.analysis.nodes],
        "virtual_routers": [_router(view, r, seen) for r, seen in view.routers.items()],
        "findings": [_finding(f) for f in view.analysis.findings],
    }


def _vantage(timeline: Timeline) -> Object:
    refused = {name: timeline.counts.get(name, 0) for name in sorted(timeline.refused)}
    return {
        "id": timeline.vantage.id,
        "file": timeline.vantage.file,
        "interface": timeline.vantage.interface,
        "frames": timeline.frames,
        "adverts": timeline.adverts,
        "first_ns": timeline.first_ns,
        "last_ns": timeline.last_ns,
        "notes": list(timeline.notes),
        "counts": {str(name): number for name, number in timeline.counts.items()},
        "refused": refused,
        "untimed": timeline.untimed,
    }


def _configuration(view: View, node: Node) -> Object:
    configuration = node.configuration
    notes = [
        *configuration.notes,
        *(note for intent in configuration.intents for note in intent.notes),
    ]
    return {
        "file": configuration.file,
        "node": node.name,
        "addresses": sorted(map(str, node.addresses)),
        "notes": [
            {
                "code": note.code,
                "text": view.quote(note.text),
                "line": _evidence(note.line) if note.line else None,
            }
            for note in notes
        ],
    }


def _router(view: View, router: VirtualRouter, seen: _Seen) -> Object:
    stories = [story for _, story in seen]
    return {
        "id": router.id,
        "family": router.family,
        "vrid": router.vrid,
        "vlan": router.vlan,
        "segment": router.segment or None,
        "addresses": list(dict.fromkeys(str(a) for story in stories for a in story.addresses)),
        "senders": _senders(view, stories),
        "silent": _silent(view, stories),
        "tenures": [_tenure(t, s) for t, story in seen for s in story.tenures],
        "handovers": [_handover(view, t, h) for t, story in seen for h in story.handovers],
        "overlaps": [_overlap(t, o) for t, story in seen for o in story.overlaps],
        "silences": [_silence(t, s) for t, story in seen for s in story.silences],
        "priority_steps": [_step(t, s) for t, story in seen for s in story.steps],
        "interval_changes": [_interval(t, c) for t, story in seen for c in story.interval_changes],
        "pauses": [_pause(t, m) for t, story in seen for m in story.missed],
    }


def _node(view: View, address: Address) -> str | None:
    node = view.case.node(address)
    return node.name if node else None


def _senders(view: View, stories: list[RouterStory]) -> list[Object]:
    """Every sender once, over all vantages."""
    found: dict[Sender, list[list[Streak]]] = {}
    for story in stories:
        for sender, streaks in by_sender(story).items():
            found.setdefault(sender, []).append(streaks)
    return [_sender(view, sender, seen) for sender, seen in found.items()]


def _sender(view: View, sender: Sender, seen: list[list[Streak]]) -> Object:
    streaks = sorted((s for own in seen for s in own), key=lambda s: s.first.time_ns)
    # Each vantage counts the same adverts again: the one that saw the most saw the most of them.
    fullest = max(seen, key=_adverts)
    return {
        "address": str(sender.address),
        "mac": sender.mac,
        "node": _node(view, sender.address),
        "version": streaks[0].advertisement.version,
        "versions": sorted({s.advertisement.version for s in streaks}),
        "priorities": list(dict.fromkeys(s.priority for s in streaks if s.priority)),
        "advert_interval_ns": streaks[-1].advertisement.advert_interval_ns,
        "adverts": _adverts(fullest),
        "copies": sum(s.copies for s in fullest),
        "first_ns": min(s.first.time_ns for s in streaks),
        "last_ns": max(s.last.time_ns for s in streaks),
    }


def _adverts(streaks: Iterable[Streak]) -> int:
    return sum(s.count for s in streaks)


def _silent(view: View, stories: list[RouterStory]) -> list[Object]:
    """Routers that joined the group and spoke at no vantage."""
    speakers = {sender.address for story in stories for sender in story.senders}
    found: dict[Address, Silent] = {}
    for story in stories:
        for silent in view.case.silent(story):
            if silent.address not in speakers:
                found.setdefault(silent.address, silent)
    return [
        {
            "address": str(silent.address),
            "node": silent.node,
            "seen_by": silent.seen_by,
            "vantage": silent.mark.ref.vantage,
            "frame": silent.mark.ref.number,
            "mac": silent.mac,
        }
        for silent in found.values()
    ]


def _tenure(timeline: Timeline, tenure: Tenure) -> Object:
    return {
        "vantage": timeline.vantage.id,
        "sender": str(tenure.sender.address),
        "mac": tenure.sender.mac,
        "from_ns": tenure.since.time_ns,
        "until_ns": tenure.until.time_ns,
        "duration_ns": tenure.until.time_ns - tenure.since.time_ns,
        "ended_by": str(tenure.ended_by),
        "priorities": list(tenure.priorities),
        "adverts": tenure.adverts,
    }


def _handover(view: View, timeline: Timeline, handover: Handover) -> Object:
    before, after = handover.before, handover.after
    expected, since = handover.expected_ns, handover.counted_from
    return {
        "vantage": timeline.vantage.id,
        "from": str(before.sender.address) if before else None,
        "from_node": _node(view, before.sender.address) if before else None,
        "to": str(after.sender.address),
        "to_node": _node(view, after.sender.address),
        "at_ns": handover.at.time_ns,
        "frame": handover.at.ref.number,
        "took_ns": handover.took_ns,
        "expected_ns": [expected.low, expected.high] if expected else None,
        "kind": str(handover.kind),
        "on_time": handover.on_time,
        "counted_from": {"frame": since.ref.number, "time_ns": since.time_ns} if since else None,
        "discarded": handover.discarded,
        "basis": str(handover.basis),
    }


def _overlap(timeline: Timeline, overlap: Overlap) -> Object:
    return {
        "vantage": timeline.vantage.id,
        "senders": [str(t.sender.address) for t in (overlap.first, overlap.second)],
        "from_ns": overlap.since.time_ns,
        "until_ns": overlap.until.time_ns,
        "duration_ns": overlap.duration_ns,
        "settled": overlap.settled,
    }


def _silence(timeline: Timeline, silence: Silence) -> Object:
    resumed = silence.resumed
    return {
        "vantage": timeline.vantage.id,
        "after": str(silence.before.sender.address),
        "resumed_by": str(resumed.sender.address) if resumed else None,
        "from_ns": silence.since.time_ns,
        "until_ns": silence.until_ns,
        "duration_ns": silence.duration_ns,
        "allowed_ns": silence.allowed_ns,
    }


def _step(timeline: Timeline, step: PriorityStep) -> Object:
    return {
        "vantage": timeline.vantage.id,
        "sender": str(step.tenure.sender.address),
        "at_ns": step.after.first.time_ns,
        "frame": step.after.first.ref.number,
        "before": step.before.priority,
        "after": step.after.priority,
    }


def _interval(timeline: Timeline, change: IntervalChange) -> Object:
    return {
        "vantage": timeline.vantage.id,
        "sender": str(change.tenure.sender.address),
        "at_ns": change.after.first.time_ns,
        "frame": change.after.first.ref.number,
        "before_ns": change.before.interval_ns,
        "after_ns": change.after.interval_ns,
    }


def _pause(timeline: Timeline, missed: MissedAdverts) -> Object:
    gap = missed.gap
    return {
        "vantage": timeline.vantage.id,
        "sender": str(missed.tenure.sender.address),
        "from_ns": gap.from_.time_ns,
        "until_ns": gap.until.time_ns,
        "frames": [gap.from_.ref.number, gap.until.ref.number],
        "ip_id_step": gap.ip_id_step,
        "meanwhile": str(gap.meanwhile),
    }


def _finding(finding: Finding) -> Object:
    return {
        "rule": finding.rule,
        "kind": str(finding.kind),
        "severity": str(finding.severity),
        "verdict": str(finding.verdict),
        "virtual_router": finding.virtual_router.id,
        "vantage": finding.vantage,
        "at_ns": finding.at_ns,
        "until_ns": finding.until_ns,
        "explains": list(finding.explains),
        "says": finding.says,
        "facts": {name: _plain(value) for name, value in finding.facts.items()},
        "because": [_reason(step) for step in finding.because],
        "display_filter": finding.display_filter,
        "remedy": finding.remedy,
        "settle_with": list(finding.settle_with),
        "not_excluded": list(finding.not_excluded),
    }


def _reason(step: Step) -> Object:
    return {
        "statement": step.statement,
        "role": str(step.role),
        "basis": str(step.basis),
        "clause": step.clause,
        "evidence": [_evidence(item) for item in step.evidence],
    }


def _evidence(item: Evidence) -> Object:
    if isinstance(item, FrameRef):
        return {"vantage": item.vantage, "frame": item.number}
    return {"file": item.file, "line": item.line}


def _plain(value: object) -> Any:
    """A fact as JSON knows it; durations are nanoseconds."""
    if value is None or isinstance(value, bool | float):
        return value
    if isinstance(value, int):
        return int(value)
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(item) for item in value]
    return str(value)


def _redacted(value: Any, redactor: Redactor) -> Any:
    """The document with every string redacted, keys as well."""
    if isinstance(value, str):
        return redactor.text(value)
    if isinstance(value, list):
        return [_redacted(item, redactor) for item in value]
    if isinstance(value, dict):
        return {redactor.text(k): _redacted(item, redactor) for k, item in value.items()}
    return value
