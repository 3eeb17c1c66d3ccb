"""Findings as a careful witness tells them: causes first, their symptoms beneath.

Where no cause is more than possible the symptom comes first, and the causes that fit beneath it.
"""

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from vrrpscope.diagnosis.candidates import CANDIDATES
from vrrpscope.diagnosis.finding import Evidence, Finding, Kind, Role, Step, Verdict
from vrrpscope.diagnosis.rule import all_rules
from vrrpscope.observation import Basis, FrameRef
from vrrpscope.render.chapters import Chapter, alike
from vrrpscope.render.document import (
    Block,
    Heading,
    Line,
    Paragraph,
    Span,
    code,
    dim,
    join,
    line,
    strong,
)
from vrrpscope.render.values import listed, sentence
from vrrpscope.render.view import View

_MOST_AGAIN = 12
_LABELS = {Role.LET: "Let", Role.THEN: "Then", Role.HOWEVER: "However", Role.SO: "So"}


def findings(view: View, told: Sequence[Chapter]) -> Iterator[Block]:
    """The findings of one virtual router."""
    for chapter in told:
        yield from _chapter(view, chapter)
        for consequence in chapter.consequences:
            yield from _consequence(view, consequence)
        for symptom, again in alike(chapter.symptoms, apart=view.verbose):
            yield from _folded(view, symptom, chapter.finding)
            if again:
                yield _again(view, again)
        for candidate in chapter.candidates:
            yield from _candidate(view, candidate)


def _head(finding: Finding, number: int) -> Line:
    return line(
        strong(f"{number}. "),
        Span(f"[{finding.verdict}] ", "strong"),
        Span(f"{finding.severity} ", finding.severity),
        strong(finding.rule),
        dim(f"  ({finding.kind})"),
    )


def _chapter(view: View, chapter: Chapter) -> Iterator[Block]:
    finding = chapter.finding
    yield Heading(_head(finding, chapter.number), 3)
    yield Paragraph(line(view.say(finding.says)), notes=(line(_when(view, finding)),), indent=1)
    if finding.kind is not Kind.NOTE or view.verbose:
        yield from _because(view, finding)
    yield from _in_wireshark(view, finding)
    yield from _outlook(view, finding)
    if chapter.candidates:
        text = "These causes fit, and the evidence does not tell which one it was:"
        yield Paragraph(line(strong(text)), indent=1, apart=True)
    elif finding.kind is Kind.SYMPTOM:
        yield from _possible_causes(finding)


def _consequence(view: View, chapter: Chapter) -> Iterator[Block]:
    """A cause that another one led to: what it says, what shows it, and what is open about it."""
    finding = chapter.finding
    head = (Span("Led to "), *_head(finding, chapter.number))
    notes = (line(view.say(finding.says)), line(_when(view, finding)))
    yield Paragraph(head, notes=notes, indent=1, apart=True)
    yield from _because(view, finding)
    yield from _in_wireshark(view, finding)
    yield from _outlook(view, finding)


def _folded(view: View, chapter: Chapter, cause: Finding) -> Iterator[Block]:
    """A symptom under its cause: what it says, and where to look."""
    finding = chapter.finding
    head = (Span("Explains "), *_head(finding, chapter.number))
    notes = (line(view.say(finding.says)), line(_when(view, finding)))
    yield Paragraph(head, notes=notes, indent=1, apart=True)
    if view.verbose:
        yield from _because(view, finding)
    if finding.display_filter != cause.display_filter:
        yield from _in_wireshark(view, finding)
    yield from _outlook(view, finding)


def _again(view: View, told: Sequence[Chapter]) -> Paragraph:
    """Further symptoms that say the same of other moments."""
    times = listed(
        [f"{c.number} at {view.clock.time(c.finding.at_ns)}" for c in told[:_MOST_AGAIN]]
    )
    more = f", and {len(told) - _MOST_AGAIN} more" if len(told) > _MOST_AGAIN else ""
    text = f"The same again: {times}{more}; -v shows each"
    return Paragraph(line(text), indent=1, apart=True)


def _candidate(view: View, chapter: Chapter) -> Iterator[Block]:
    """A cause that fits, under its symptom: what differs from the other ones."""
    finding = chapter.finding
    yield Paragraph(_head(finding, chapter.number), indent=1, apart=True)
    yield Paragraph(line(view.say(finding.says)), indent=2)
    inferred = [s for s in finding.because if s.basis is Basis.INFERRED]
    for step in finding.because if view.verbose else inferred:
        text = line(f"{_LABELS[step.role]}, ", sentence(view.in_short(finding, step.statement)))
        yield Paragraph(text, notes=tuple(_support(view, step)), indent=2)
    if finding.display_filter:
        yield Paragraph(_look_at(view, finding, finding.vantage), indent=2)
    if finding.remedy:
        remedy = view.in_short(finding, finding.remedy)
        yield Paragraph(line(strong("If so: "), remedy), indent=2)
    for text_ in finding.settle_with:
        settle = view.in_short(finding, text_)
        yield Paragraph(line(strong("To settle it: "), settle), indent=2)


def _when(view: View, finding: Finding) -> str:
    start, end = view.clock.time(finding.at_ns), view.clock.time(finding.until_ns)
    where = f", seen in {view.say(finding.vantage)}" if view.several_vantages else ""
    return f"{start}{where}" if start == end else f"{start} to {end}{where}"


def _because(view: View, finding: Finding) -> Iterator[Block]:
    """The reasoning, step by step, each with what shows it."""
    before: Role | None = None
    for step in finding.because:
        label = "and let" if step.role is before is Role.LET else _LABELS[step.role]
        if step.role is before and step.role is not Role.LET:
            label = "and"
        before = step.role
        text = line(sentence(view.in_short(finding, step.statement)))
        yield Paragraph(text, label, tuple(_support(view, step)), indent=1)


def _support(view: View, step: Step) -> Iterator[Line]:
    """How it is known: frames, lines of configurations with their text, the clause."""
    found = [*_frames(view, step.evidence), *_lines(view, step.evidence)]
    if step.clause and not found:
        yield line(f"{step.basis}, see {_source(step.clause)}")
        return
    yield line(f"{step.basis}: ", *found[0]) if found else line(str(step.basis))
    yield from found[1:]
    if step.clause:
        yield line(f"see {_source(step.clause)}")


def _source(clause: str) -> str:
    """What a reader may look up: a section of an RFC, or a function of keepalived."""
    name = clause.removeprefix("keepalived ")
    return clause if name == clause else f"{name} in keepalived's source"


def _frames(view: View, evidence: Sequence[Evidence]) -> Iterator[Line]:
    """Frames to look at, those of each vantage together."""
    by_vantage: dict[str, list[FrameRef]] = {}
    for item in evidence:
        if isinstance(item, FrameRef):
            by_vantage.setdefault(item.vantage, []).append(item)
    parts = [line(code(view.frames(refs))) for refs in by_vantage.values()]
    if parts:
        yield join(parts)


def _lines(view: View, evidence: Sequence[Evidence]) -> Iterator[Line]:
    """Lines of configurations: where they stand, and what they say, passwords masked."""
    for item in evidence:
        if isinstance(item, FrameRef):
            continue
        texts = (node.quote(item) for node in view.case.nodes)
        quoted = next(filter(None, texts), "")
        where = line(code(view.place(item)))
        yield (*where, Span(": "), code(view.quote(quoted))) if quoted else where


def _in_wireshark(view: View, finding: Finding) -> Iterator[Block]:
    """Display filters to paste, one for each capture that has evidence."""
    frames = [item for item in finding.evidence if isinstance(item, FrameRef)]
    for index, vantage in enumerate(dict.fromkeys(ref.vantage for ref in frames)):
        file = f"  ({view.say(vantage)})" if view.several_vantages else ""
        shown = (*_look_at(view, finding, vantage), dim(file))
        yield Paragraph(shown, indent=1, apart=index == 0)


def _look_at(view: View, finding: Finding, vantage: str) -> Line:
    """Where the evidence of a vantage stands: a display filter, or packets of a text."""
    if vantage not in view.texts:
        return (
            strong("In Wireshark: "),
            code(replace(finding, vantage=vantage).display_filter),
        )
    frames = [item for item in finding.evidence if isinstance(item, FrameRef)]
    numbers = sorted({ref.number for ref in frames if ref.vantage == vantage})
    packets = f"packet{'' if len(numbers) == 1 else 's'} {', '.join(map(str, numbers))}"
    return (strong("In tcpdump's text: "), Span(packets))


def _outlook(view: View, finding: Finding) -> Iterator[Block]:
    """What to do, and what is open."""
    if finding.remedy:
        remedy = line(strong("What to do: "), view.in_short(finding, finding.remedy))
        yield Paragraph(remedy, indent=1, apart=True)
    if finding.not_excluded:
        names = "; ".join(_named(cause) for cause in finding.not_excluded)
        yield Paragraph(line(strong("Not excluded: "), names), indent=1, apart=True)
    if finding.settle_with:
        proven = finding.verdict is Verdict.PROVEN
        head = "Where to look next:" if proven else "What would settle it:"
        yield Paragraph(line(strong(head)), indent=1, apart=True)
        for text_ in finding.settle_with:
            yield Paragraph(line(view.in_short(finding, text_)), indent=1, bullet=True)


def _possible_causes(finding: Finding) -> Iterator[Block]:
    """Which causes could be looked at, where none was found."""
    rules = [rule.id for rule in all_rules().values() if finding.rule in rule.explains]
    if not rules:
        return
    text = f"No cause was found. Known ones, which this evidence does not show: {listed(rules)}. "
    hint = "What each looks like: "
    yield Paragraph(line(text, hint, code(f"vrrpscope explain {rules[0]}")), indent=1, apart=True)


def _named(cause: str) -> str:
    """A rule by its id; what has no page of its own in words."""
    if cause in CANDIDATES:
        return f"{CANDIDATES[cause].title} ({cause})"
    return cause if cause in all_rules() else cause.replace("-", " ")
