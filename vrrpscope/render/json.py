"""The document that other programs read. Its keys are promised: add some, change none."""

import json
from collections.abc import Iterator, Mapping
from io import StringIO
from typing import TYPE_CHECKING, Any

from vrrpscope import __version__
from vrrpscope.diagnosis.finding import Finding, Step
from vrrpscope.diagnosis.nodes import Node
from vrrpscope.diagnosis.questions.vantages import ClockComparison
from vrrpscope.render.json_router import Object, evidence_of, router_of
from vrrpscope.render.view import View
from vrrpscope.timeline.model import Timeline

if TYPE_CHECKING:
    from vrrpscope.render.redact import Redactor

DIAGNOSIS = "vrrpscope.diagnosis/1"
TIMELINE = "vrrpscope.timeline/1"

_ENCODER = json.JSONEncoder(indent=2)


def text_of(view: View, schema: str = DIAGNOSIS, more: Object | None = None) -> str:
    """The document as text; ASCII, so that it survives any terminal and encoding.

    Args:
        view: the analysis.
        schema: which document.
        more: further keys of the document.
    """
    found = document(view, schema) | (more or {})
    if view.redactor is not None:
        found = _redacted(found, view.redactor)
    text = StringIO()
    text.writelines(_pieces(found, "\n"))
    text.write("\n")
    return text.getvalue()


def line_of(view: View) -> str:
    """The document on one line, as the last one of a stream of objects."""
    return json.dumps(json.loads(text_of(view))) + "\n"


def document(view: View, schema: str = DIAGNOSIS) -> Object:
    """The analysis as objects, lists, strings, numbers, booleans and null.

    A list that may be very long is an iterator: its items are made one after the other.
    """
    return {
        "schema": schema,
        "version": __version__,
        "vantages": [_vantage(t) for t in view.analysis.timelines],
        "clocks": [_clocks(c) for c in view.case.clock_comparisons],
        "configurations": [
            _configuration(view, node) for node in view.analysis.nodes if node.configuration
        ],
        "logs": [_log(node) for node in view.analysis.nodes if node.log],
        "virtual_routers": (router_of(view, r, seen) for r, seen in view.routers.items()),
        "findings": (_finding(view, f) for f in view.analysis.findings),
    }


def _pieces(value: Any, newline: str) -> Iterator[str]:
    """A value as indented text; `newline` has the indentation of the line that it begins on."""
    inner = newline + "  "
    if isinstance(value, Iterator):
        before = "["
        for item in value:
            yield before + inner
            yield from _pieces(item, inner)
            before = ","
        yield "[]" if before == "[" else newline + "]"
    elif isinstance(value, dict) and any(isinstance(v, Iterator) for v in value.values()):
        before = "{"
        for key, item in value.items():
            yield f"{before}{inner}{json.dumps(key)}: "
            yield from _pieces(item, inner)
            before = ","
        yield newline + "}"
    else:
        # In a string a line break is escaped: each that is seen is one of the layout.
        yield _ENCODER.encode(value).replace("\n", newline)


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


def _clocks(comparison: ClockComparison) -> Object:
    """How the clocks of two vantages differ; a null offset where nothing tells."""
    return {
        "here": comparison.here,
        "there": comparison.there,
        "offset_ns": comparison.offset_ns,
        "spread_ns": comparison.spread_ns,
        "common_points": comparison.points,
        "identified": comparison.is_identified,
        "says": comparison.says,
    }


def _log(node: Node) -> Object:
    """A log, and what to add to its times: the offset, and how far that may be off."""
    log, clock = node.log, node.clock
    assert log is not None
    return {
        "file": log.file,
        "node": node.name,
        "addresses": sorted(map(str, node.addresses)),
        "daemon": log.daemon,
        "release": log.version,
        "lines": log.lines,
        "read": log.read,
        "offset_ns": clock.offset_ns if clock else None,
        "spread_ns": clock.spread_ns if clock else None,
        "matched_events": clock.matched if clock else 0,
        "doubt": (clock.doubt or None) if clock else None,
        "notes": list(log.notes),
    }


def _configuration(view: View, node: Node) -> Object:
    assert node.configuration is not None
    return {
        "file": node.configuration.file,
        "node": node.name,
        "addresses": sorted(map(str, node.addresses)),
        "notes": [
            {
                "code": note.code,
                "text": view.quote(note.text),
                "line": evidence_of(note.line) if note.line else None,
            }
            for note in node.notes
        ],
    }


def _finding(view: View, finding: Finding) -> Object:
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
        "follows": list(finding.follows),
        "says": finding.says,
        "facts": {name: _plain(value) for name, value in finding.facts.items()},
        "because": [_reason(step) for step in finding.because],
        "display_filter": "" if finding.vantage in view.texts else finding.display_filter,
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
        "evidence": [evidence_of(item) for item in step.evidence],
    }


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


def _redacted(value: Any, redactor: "Redactor") -> Any:
    """The document with every string redacted, keys as well."""
    if isinstance(value, str):
        return redactor.text(value)
    if isinstance(value, list | Iterator):
        return [_redacted(item, redactor) for item in value]
    if isinstance(value, dict):
        return {redactor.text(k): _redacted(item, redactor) for k, item in value.items()}
    return value
