"""Why a router did not take over at one moment: the answer for a terminal, and as JSON."""

import re
from collections.abc import Iterator
from typing import Any

from vrrpscope.diagnosis.nodes import Node
from vrrpscope.diagnosis.why import Answer, Decision, Known, why
from vrrpscope.errors import UsageError
from vrrpscope.observation import FrameRef
from vrrpscope.protocol.advertisement import Address
from vrrpscope.render.document import Block, Heading, Line, Paragraph, code, dim, line, strong
from vrrpscope.render.values import listed, sentence
from vrrpscope.render.view import View

_TIME_OF_DAY = re.compile(r"\d{1,2}:\d{2}(:\d{2}(\.\d{1,9})?)?")
_DAY_NS = 86_400_000_000_000


def answers(view: View, node: str, at: str) -> tuple[Answer, ...]:
    """What `--why NODE --at TIME` asks for.

    Raises:
        UsageError: nobody is called so, or no capture covers the time.
    """
    subject = _subject(view, node)
    at_ns = _moment(view, at)
    found = why(view.case, subject, at_ns)
    if not found:
        raise UsageError(
            f"no capture has a virtual router of {node} at {view.clock.full(at_ns)}",
            f"type --at with a time from {_spans(view)}",
        )
    return found


def _subject(view: View, text: str) -> Node | Address:
    """A node by its name, a router by its address."""
    known: dict[str, Node | Address] = {node.name: node for node in view.case.nodes}
    for _, story in view.case.stories():
        addresses = [sender.address for sender in story.senders]
        addresses += [silent.address for silent in view.case.silent(story)]
        known |= {str(a): view.case.node(a) or a for a in addresses}
    if text not in known:
        names = listed([view.say(name) for name in list(known)[:8]], "or")
        raise UsageError(
            f"nobody here is called {text}", f"type --why with {names or 'an address'}"
        )
    return known[text]


def _moment(view: View, text: str) -> int:
    """A time as the report prints it: a time of the day falls on the day of the capture."""
    first_ns = min(
        (t.first_ns for t in view.analysis.timelines if t.first_ns is not None), default=0
    )
    if not _TIME_OF_DAY.fullmatch(text):
        return view.clock.parse(text, "--at")
    at_ns = view.clock.parse(f"{view.clock.date(first_ns)}T{text.zfill(5)}", "--at")
    last_ns = max((t.last_ns or 0 for t in view.analysis.timelines), default=0)
    return at_ns + _DAY_NS if at_ns < first_ns and at_ns + _DAY_NS <= last_ns else at_ns


def _spans(view: View) -> str:
    """From when to when the captures go."""
    spans = [
        f"{view.clock.time(t.first_ns)} to {view.clock.time(t.last_ns)}"
        for t in view.analysis.timelines
        if t.first_ns is not None and t.last_ns is not None
    ]
    return listed(spans, "or") or "a capture that has frames"


def document(view: View, found: tuple[Answer, ...]) -> Iterator[Block]:
    """The answers, each as the decisions in their order."""
    for answer in found:
        where = f", as seen in {view.say(answer.vantage)}" if view.several_vantages else ""
        head = f"Why {answer.name} did what it did at {view.clock.full(answer.at_ns)}"
        yield Heading(line(view.say(head)))
        yield Paragraph(line(dim(f"virtual router {answer.router.id}{where}")), indent=1)
        for number, decision in enumerate(answer.decisions, 1):
            yield from _decision(view, number, decision)
        yield Paragraph(line(strong("So: "), sentence(view.say(answer.says))), indent=1, apart=True)


def _decision(view: View, number: int, decision: Decision) -> Iterator[Block]:
    head = line(strong(f"{number}. {decision.question} "), strong(decision.answer))
    notes: list[Line] = [line(sentence(_capital(view.say(decision.statement))))]
    notes.append(line(f"{decision.known}", *_support(view, decision)))
    if decision.settle_with and decision.known in (Known.UNKNOWN, Known.INFERRED):
        notes.append(line(strong("To settle it: "), view.say(decision.settle_with)))
    yield Paragraph(head, notes=tuple(notes), indent=1, apart=True)


def _support(view: View, decision: Decision) -> Line:
    """Frames, lines and the clause on which it rests."""
    places = [
        view.frames([item]) if isinstance(item, FrameRef) else view.place(item)
        for item in decision.evidence
    ]
    text = f": {', '.join(places)}" if places else ""
    clause = f"; by {decision.clause}" if decision.clause else ""
    return line(code(text), clause) if text else line(clause.removeprefix(";"))


def _capital(text: str) -> str:
    """A sentence that begins with a word of ours begins with a capital letter."""
    ours = text.split(" ", 1)[0]
    return text[:1].upper() + text[1:] if ours.isalpha() and ours.islower() else text


def as_json(found: tuple[Answer, ...]) -> list[dict[str, Any]]:
    """The answers as objects for the document of `diagnose --format json`."""
    return [
        {
            "virtual_router": answer.router.id,
            "vantage": answer.vantage,
            "router": answer.name,
            "at_ns": answer.at_ns,
            "says": answer.says,
            "decisions": [_as_json(decision) for decision in answer.decisions],
        }
        for answer in found
    ]


def _as_json(decision: Decision) -> dict[str, Any]:
    return {
        "question": decision.question,
        "answer": decision.answer,
        "statement": decision.statement,
        "basis": str(decision.known),
        "clause": decision.clause,
        "evidence": [
            {"vantage": e.vantage, "frame": e.number}
            if isinstance(e, FrameRef)
            else {"file": e.file, "line": e.line}
            for e in decision.evidence
        ],
        "settle_with": decision.settle_with,
    }
