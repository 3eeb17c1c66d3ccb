"""One virtual router as JSON: who spoke, who was master when, and what was told of it."""

from collections.abc import Iterable, Iterator
from typing import Any

from vrrpscope.diagnosis.case import Silent
from vrrpscope.diagnosis.finding import Evidence
from vrrpscope.diagnosis.nodes import Node
from vrrpscope.evidence.statement import Statement
from vrrpscope.observation import FrameRef, VirtualRouter
from vrrpscope.protocol.advertisement import Address
from vrrpscope.render.view import View
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

Object = dict[str, Any]
_Seen = list[tuple[Timeline, RouterStory]]


def router_of(view: View, router: VirtualRouter, seen: _Seen) -> Object:
    """All that is known of a virtual router at all vantages; what may be many as iterators."""
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
        "tenures": (_tenure(t, s) for t, story in seen for s in story.tenures),
        "handovers": (_handover(view, t, s, h) for t, s in seen for h in s.handovers),
        "overlaps": (_overlap(t, o) for t, story in seen for o in story.overlaps),
        "silences": (_silence(t, s) for t, story in seen for s in story.silences),
        "priority_steps": (_step(t, s) for t, story in seen for s in story.steps),
        "interval_changes": (_interval(t, c) for t, story in seen for c in story.interval_changes),
        "told": [_told(s, node) for node in view.analysis.nodes for s in node.said(router, ())],
        "pauses": (_pause(t, m) for t, story in seen for m in story.missed),
    }


def _told(said: Statement, node: Node) -> Object:
    """A line of a log that is about this virtual router, or about its daemon or host."""
    return {
        "node": node.name,
        "said": str(said.said),
        "time_ns": said.time_ns,
        "state": said.state,
        "name": said.name,
        "address": str(said.address) if said.address else None,
        "before": said.before,
        "after": said.after,
        "good": said.good,
        "reason": said.reason,
        "delay_ns": said.delay_ns,
        "evidence": evidence_of(said.line),
    }


def _node(view: View, address: Address) -> str | None:
    node = view.case.node(address)
    return node.name if node else None


def _senders(view: View, stories: list[RouterStory]) -> Iterator[Object]:
    """Every sender once, over all vantages."""
    found: dict[Sender, list[tuple[Streak, ...]]] = {}
    for story in stories:
        for sender, streaks in story.by_sender.items():
            found.setdefault(sender, []).append(streaks)
    return (_sender(view, sender, seen) for sender, seen in found.items())


def _sender(view: View, sender: Sender, seen: list[tuple[Streak, ...]]) -> Object:
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
    speakers = {address for story in stories for address in story.speakers}
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


def _handover(view: View, timeline: Timeline, story: RouterStory, handover: Handover) -> Object:
    before, after = handover.before, handover.after
    timing, since = view.case.timing(story, handover), handover.counted_from
    return {
        "vantage": timeline.vantage.id,
        "from": str(before.sender.address) if before else None,
        "from_node": _node(view, before.sender.address) if before else None,
        "to": str(after.sender.address),
        "to_node": _node(view, after.sender.address),
        "at_ns": handover.at.time_ns,
        "frame": handover.at.ref.number,
        "took_ns": handover.took_ns,
        "expected_ns": list(timing.expected_ns) if timing.expected_ns else None,
        "kind": str(handover.kind),
        "on_time": timing.on_time,
        "implied_priority": list(timing.implied) if timing.implied else None,
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


def evidence_of(item: Evidence) -> Object:
    """A frame of a vantage, or a line of a file."""
    if isinstance(item, FrameRef):
        return {"vantage": item.vantage, "frame": item.number}
    return {"file": item.file, "line": item.line}
