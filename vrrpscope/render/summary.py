"""The top of a report: what happened, in one line each, and what was looked at."""

from collections import Counter
from collections.abc import Iterator

from vrrpscope.diagnosis.finding import Finding, Kind, Severity, Verdict
from vrrpscope.diagnosis.rule import all_rules
from vrrpscope.evidence.told import Note
from vrrpscope.observation import VirtualRouter
from vrrpscope.render.chapters import Roots
from vrrpscope.render.document import Block, Heading, Line, Paragraph, Span, code, dim, line, strong
from vrrpscope.render.values import count, duration
from vrrpscope.render.view import View
from vrrpscope.timeline.model import EndedBy, Handover, HandoverKind, RouterStory, Timeline

_ENDINGS = {
    EndedBy.RELEASED: "until it gave up the role",
    EndedBy.SILENT: "until it fell silent",
    EndedBy.YIELDED: "until it yielded",
    EndedBy.CAPTURE_ENDED: "to the end of the capture",
}
MOST_QUIET = 6
"""More virtual routers without a finding than that share a line and a table."""

_SURELY = {
    Verdict.PROVEN: "Why: ",
    Verdict.LIKELY: "Why, most likely: ",
    Verdict.POSSIBLE: "Why, possibly: ",
}
_UNTIMED = (
    "without times nobody can tell who was master, and when: let tcpdump print them (-tt instead "
    "of -t), or record the frames (tcpdump -w out.pcap)"
)
_MOST_NOTES = 5
_ORDINARY = ("A", "No", "Nobody", "One", "The", "Two")
"""Words that lose their capital after a colon; a name keeps it."""


def headlines(view: View, diagnosed: bool) -> Iterator[Block]:
    """What happened to which virtual address; `diagnosed` False tells the story alone."""
    if not view.routers:
        untimed = sum(timeline.untimed for timeline in view.analysis.timelines)
        heading = f"{count(untimed, 'VRRP advert')} without a time" if untimed else "No VRRP advert"
        yield Heading(line(heading), 1)
        yield Paragraph(line(_UNTIMED if untimed else _nothing(view)))
    quiet = [r for r in view.routers if not view.findings_of(r)]
    together = set(quiet) if diagnosed and len(quiet) > MOST_QUIET else set()
    for router in view.routers:
        if router in together:
            continue
        told = _verdict(view, router) if diagnosed else (_story_line(view, router), "", ())
        text, style, why = told
        head = (strong(view.title(router)), Span(": "), Span(text, style))
        yield Paragraph(head, notes=why)
    if together:
        others = "more virtual router" if len(together) < len(view.routers) else "virtual router"
        text = "no fault found; see the table below"
        yield Paragraph(line(strong(count(len(together), others)), ": ", Span(text, "good")))


def _nothing(view: View) -> str:
    """What was there instead of adverts."""
    counts: Counter[str] = Counter()
    for timeline in view.analysis.timelines:
        counts.update(timeline.counts)
    frames = sum(counts.values())
    others = ", ".join(f"{name} {number:,}" for name, number in counts.most_common(6))
    if not frames:
        return "no frame at all: the capture is empty, or --since and --until leave nothing of it"
    return f"{count(frames, 'frame')}: {others}"


def _verdict(view: View, router: VirtualRouter) -> tuple[str, str, tuple[Line, ...]]:
    """The headline of a virtual router, its style, and why."""
    findings = view.findings_of(router)
    symptoms = [f for f in findings if f.kind is Kind.SYMPTOM]
    causes = [f for f in findings if f.kind is Kind.CAUSE]
    grave = [f for f in causes if f.severity is not Severity.INFO]
    if symptoms:
        head = symptoms[0]
        return _short(view, head), head.severity, _why(head, causes)
    if grave:
        root = Roots(grave).of(grave[0])
        return _short(view, root), root.severity, ()
    elsewhere = _told_elsewhere(view, router)
    if elsewhere is not None:
        text = f"{_title(elsewhere.rule)}: see {elsewhere.virtual_router.id}"
        return text, elsewhere.severity, ()
    return f"no fault found; {_story_line(view, router)}", "good", ()


def _told_elsewhere(view: View, router: VirtualRouter) -> Finding | None:
    """A finding about two VRIDs that stands under the other one of them."""
    wire = (router.family, router.vlans, router.segment)
    return view.told_of_pairs.get((*wire, router.vrid))


def _short(view: View, finding: Finding) -> str:
    """What a finding says, with the routers' names alone."""
    text = view.say(view.brief(finding.says)).rstrip(".")
    first = text.partition(" ")[0]
    return first.lower() + text[len(first) :] if first in _ORDINARY else text


def _why(head: Finding, causes: list[Finding]) -> tuple[Line, ...]:
    """The cause of a headline, and what it led to; all of them where none is more than possible."""
    fitting = [c for c in causes if head.rule in c.explains]
    if not fitting:
        return ()
    first = fitting[0]
    if len(fitting) > 1 and first.verdict is Verdict.POSSIBLE:
        rules = dict.fromkeys(c.rule for c in fitting)
        known = (line("- ", _title(rule), dim(f" ({rule})")) for rule in rules)
        return (line("Why: not settled, one of these", dim(f" [{first.verdict}]")), *known)
    roots = Roots(causes)
    root = roots.of(first)
    led_to = next((c for c in fitting if c is not root and roots.of(c) is root), None)
    then = "" if led_to is None else f"; which led to: {_title(led_to.rule)}"
    shown = first if led_to is None else led_to
    return (line(_SURELY[shown.verdict], _title(root.rule), then, dim(f" [{shown.verdict}]")),)


def _title(rule: str) -> str:
    """Its title, to go on a sentence with; an abbreviation such as CARP keeps its capitals."""
    title = all_rules()[rule].title
    return title if title[1:2].isupper() else title[:1].lower() + title[1:]


def _story_line(view: View, router: VirtualRouter) -> str:
    """Who was master, and how often the role moved."""
    _, story = max(view.routers[router], key=lambda seen: len(seen[1].tenures))
    moves = [h for h in story.handovers if h.kind is not HandoverKind.FIRST]
    if moves:
        return _moves(view, story, moves)
    if not story.tenures:
        return "nobody was master"
    first = story.tenures[0]
    name = view.name(first.sender.address)
    if len(story.senders) > 1:
        return f"{count(len(story.senders), 'sender')}, no hand-over"
    return f"{name} was master {_ENDINGS[story.tenures[-1].ended_by]}; no hand-over"


def _moves(view: View, story: RouterStory, moves: list[Handover]) -> str:
    path = [moves[0].before.sender.address] if moves[0].before else []
    path += [h.after.sender.address for h in moves]
    arrow = f" {view.screen.glyphs.arrow} "
    shown = [view.name(a) for a in (path if len(path) <= 5 else [path[0], path[-1]])]
    route = (arrow if len(path) <= 5 else f"{arrow}...{arrow}").join(shown)
    return f"{count(len(moves), 'hand-over')} ({route}), {punctuality(view, story, moves)}"


def punctuality(view: View, story: RouterStory, moves: list[Handover]) -> str:
    """How many of the hand-overs were on time, by what is told of the timers."""
    on_time = [view.case.timing(story, move).on_time for move in moves]
    late = on_time.count(False)
    if late:
        return f"{'' if len(moves) == 1 else f'{late} of them '}later than the usual timer allows"
    if all(on_time):
        return "on time" if len(moves) == 1 else "all on time"
    return "none late"


def looked_at(view: View) -> Iterator[Block]:
    """The captures and configurations, with counts that add up."""
    yield Heading(line("What was looked at"))
    for timeline in view.analysis.timelines:
        yield from _capture(view, timeline)
    if view.several_vantages or view.case.put_together:
        yield from _compared(view)
    for node in view.analysis.nodes:
        known = ", ".join(view.say(str(a)) for a in sorted(node.addresses, key=str))
        where = f"({known})" if known else f"({view.unseen(node)})"
        if node.configuration is not None:
            texts = [_told_note(view, note) for note in node.notes]
            file = strong(view.say(node.configuration.file))
            yield Paragraph(
                line(file, f": what {node.name} {where} was told"), notes=_notes(view, texts)
            )
        if node.log is not None:
            from vrrpscope.render import logs

            odd = [line(text) for text in logs.notes(view, node)]
            yield Paragraph(logs.witness(view, node), notes=_notes(view, odd))


def _compared(view: View) -> Iterator[Block]:
    """How far the clocks of the captures are apart, and which of them has packets twice."""
    for comparison in view.case.clock_comparisons:
        yield Paragraph(line(view.say(comparison.says)), indent=1, bullet=True)
    for copies in view.case.copies:
        yield Paragraph(line(view.say(copies.says)), indent=1, bullet=True)


def _capture(view: View, timeline: Timeline) -> Iterator[Block]:
    vantage = timeline.vantage
    interface = f", interface {vantage.interface}" if vantage.interface else ""
    seen = [view.say(note) for note in timeline.notes]
    head = line(strong(view.say(vantage.id)), f"{view.say(interface)}: {_counts(view, timeline)}")
    yield Paragraph(head, notes=_notes(view, [line(t) for t in (*_span(view, timeline), *seen)]))


def _counts(view: View, timeline: Timeline) -> str:
    """Frames = adverts + others + refused."""
    counts = dict(timeline.counts)
    adverts = counts.pop("advert", 0)
    refused = {name: counts.pop(name) for name in sorted(timeline.refused) if name in counts}
    parts = [count(adverts, "advert"), _group(view, counts, "other", "others")]
    if refused:
        parts.append(_group(view, refused, "refused", "refused"))
    return f"{count(timeline.frames, 'frame')} = {' + '.join(parts)}"


def _group(view: View, counts: dict[str, int], one: str, many: str) -> str:
    """For example "14 others (igmp-join 4, gratuitous-arp 10)"."""
    most = len(counts) if view.verbose else 6
    sorted_counts = sorted(counts.items(), key=lambda item: -item[1])
    names = [f"{name} {number:,}" for name, number in sorted_counts[:most]]
    if len(sorted_counts) > most:
        names.append(f"and {len(sorted_counts) - most} more kinds")
    text = count(sum(counts.values()), one, many)
    return f"{text} ({', '.join(names)})" if names else text


def _span(view: View, timeline: Timeline) -> Iterator[str]:
    """From when to when the capture goes."""
    first_ns, last_ns, clock = timeline.first_ns, timeline.last_ns, view.clock
    if first_ns is not None and last_ns is not None:
        same_day = clock.date(first_ns) == clock.date(last_ns)
        end = clock.time(last_ns) if same_day else clock.full(last_ns)
        yield f"{clock.full(first_ns)} to {end}: {duration(last_ns - first_ns)}"
    if timeline.untimed:
        yield f"{count(timeline.untimed, 'advert')} without a time: not part of the story"


def _told_note(view: View, note: Note) -> Line:
    """What is odd about a configuration, and where."""
    where = (code(view.place(note.line)), Span(": ")) if note.line else ()
    return (*where, Span(view.quote(note.text)))


def _notes(view: View, notes: list[Line]) -> tuple[Line, ...]:
    """Notes, all of them with `-v`."""
    lines = list(notes if view.verbose else notes[:_MOST_NOTES])
    if len(notes) > len(lines):
        lines.append(line(f"{len(notes) - len(lines)} more notes: add -v"))
    return tuple(lines)
