"""The manual pages of the rules: for `vrrpscope explain`, and for docs/rules.md."""

import re
from collections.abc import Iterator
from difflib import get_close_matches
from string import Formatter

from vrrpscope.diagnosis.candidates import CANDIDATES, Candidate
from vrrpscope.diagnosis.finding import Kind
from vrrpscope.diagnosis.rule import Rule, all_rules
from vrrpscope.errors import UsageError
from vrrpscope.render import words
from vrrpscope.render.document import (
    Block,
    Heading,
    Line,
    Paragraph,
    Picture,
    Span,
    Table,
    code,
    line,
    strong,
)
from vrrpscope.render.markdown import escaped, text_of
from vrrpscope.render.values import listed

_INLINE = re.compile(r"`([^`]+)`|\*\*([^*]+)\*\*|\*([^*\s][^*]*)\*")
_ITEM = re.compile(r"(?:[-*+]|\d+[.)])\s+")
_INTRODUCTION = """\
# The rules

What vrrpscope can find, one rule each: `vrrpscope explain RULE` shows the same page. A *symptom* is
what the user suffers, a *cause* is why, a *note* is worth knowing and does no harm. What the words
mean stands in the [glossary](glossary.md), and at the end of each page of `vrrpscope explain`.
"""


def find_rule(name: str) -> Rule:
    """The rule with this id.

    Raises:
        UsageError: where there is none; the hint has the one that is most alike.
    """
    rules = all_rules()
    if name in rules:
        return rules[name]
    typed = name.lower().replace("_", "-")
    close = [r for r in rules if r.startswith(typed)] or get_close_matches(typed, rules, 1, 0.5)
    hint = f"type vrrpscope explain {close[0]}" if close else "type vrrpscope explain for the list"
    raise UsageError(f"there is no rule called {name}", hint)


def pages(name: str) -> Iterator[Block]:
    """The page of a rule, or what is known of a cause that no rule finds.

    Raises:
        UsageError: see `find_rule`.
    """
    if name not in CANDIDATES:
        yield from page(find_rule(name))
        return
    candidate = CANDIDATES[name]
    yield Paragraph(line(strong(candidate.id)))
    yield Paragraph(line(f"It may be that {candidate.title}."), indent=1)
    text = f"There is no rule for it: {candidate.why}. It shares the picture of "
    yield Paragraph(line(text, listed(candidate.of), "."), indent=1, apart=True)
    yield Paragraph(line(strong("To settle it: "), candidate.settle_with), indent=1, apart=True)


def overview() -> Iterator[Block]:
    """The list of all rules."""
    rows = tuple(
        (line(code(r.id)), line(r.kind), line(Span(r.severity, r.severity)), line(r.title))
        for r in all_rules().values()
    )
    yield Table(("rule", "kind", "severity", "title"), rows)
    hint = line("The manual page of one of them: ", code("vrrpscope explain RULE"))
    yield Paragraph(hint, apart=True)


def page(rule: Rule) -> Iterator[Block]:
    """The manual page of one rule."""
    yield Paragraph(line(strong(rule.id)))
    yield Paragraph(line(rule.title), indent=1)
    for index, (name, text) in enumerate(_facts(rule)):
        yield Paragraph(text, name, indent=1, apart=index == 0)
    yield from manual(rule.manual)
    if rule.remedy:
        yield Heading(line("What to do"), 3)
        yield Paragraph(line(humanised(rule.remedy)), indent=1)
    yield from words.of_text("\n".join((rule.title, rule.says, rule.manual, rule.remedy)))


def _facts(rule: Rule) -> Iterator[tuple[str, Line]]:
    """What the rule's metadata says."""
    yield "Kind", line(rule.kind, ", ", Span(rule.severity, rule.severity))
    if rule.explains:
        yield "Explains", line(", ".join(rule.explains))
    if rule.clauses:
        yield "Clauses", line("; ".join(rule.clauses))
    yield "Says", line(humanised(rule.says))


def humanised(template: str) -> str:
    """A template with its facts as words: "{held_ns}" becomes "<held>"."""
    parts = []
    for text, name, _, _ in Formatter().parse(template):
        parts.append(text)
        if name is not None:
            parts.append(f"<{name.removesuffix('_ns').replace('_', ' ')}>")
    return "".join(parts)


def manual(text: str) -> Iterator[Block]:
    """The blocks of a manual page in Markdown: headings, paragraphs, lists, code."""
    fence: list[str] | None = None
    paragraph: list[str] = []
    for row in [*text.splitlines(), ""]:
        if row.lstrip().startswith("```"):
            if fence is not None:
                yield Picture(tuple(line("  ", code(item)) for item in fence))
            fence = [] if fence is None else None
        elif fence is not None:
            fence.append(row)
        elif not row.strip() or row.startswith("#") or _ITEM.match(row.strip()):
            yield from _paragraph(paragraph)
            paragraph = [row.strip()] if row.strip() else []
            if row.startswith("#"):
                yield from _paragraph(paragraph)
                paragraph = []
        else:
            paragraph.append(row.strip())


def _paragraph(rows: list[str]) -> Iterator[Block]:
    text = " ".join(rows)
    if not text:
        return
    if text.startswith("#"):
        yield Heading(inline(text.lstrip("# ")), 3)
    elif match := _ITEM.match(text):
        yield Paragraph(inline(text[match.end() :]), indent=1, bullet=True)
    else:
        yield Paragraph(inline(text), indent=1)


def inline(text: str) -> Line:
    """Text with `code`, *emphasis* and **strong** of Markdown as spans.

    Code of several words is quoted: without colours nothing else shows where it ends.
    """
    spans, position = [], 0
    for match in _INLINE.finditer(text):
        quote = "'" if match[1] and " " in match[1] else ""
        spans.append(Span(text[position : match.start()] + quote))
        spans.append(code(match[1]) if match[1] else strong(match[2] or match[3]))
        spans.extend([Span(quote)] if quote else [])
        position = match.end()
    return (*spans, Span(text[position:]))


def rules_page() -> str:
    """All manual pages as one page in Markdown: docs/rules.md."""
    rules = all_rules().values()
    parts = [_INTRODUCTION]
    rows = tuple(
        (
            line(Span(f"[{r.id}](#{r.id})", "source")),
            line(r.kind),
            line(r.severity),
            line(r.title),
        )
        for r in rules
    )
    parts.append(text_of([Table(("rule", "kind", "severity", "title"), rows)]))
    parts.extend(_section(rule) for rule in rules)
    return "\n".join(parts)


def _section(rule: Rule) -> str:
    """One rule as a section; the anchor is its id."""
    explains = ", ".join(f"[{name}](#{name})" for name in rule.explains)
    facts = [
        f"**{escaped(rule.title)}.**",
        "",
        f"- Kind: {rule.kind}, severity {rule.severity}",
        *([f"- Explains: {explains}"] if explains else []),
        *([f"- Clauses: {escaped('; '.join(rule.clauses))}"] if rule.clauses else []),
        f"- Says: {escaped(humanised(rule.says))}",
    ]
    remedy = f"\n\n### What to do\n{escaped(humanised(rule.remedy))}" if rule.remedy else ""
    return f"## {rule.id}\n\n" + "\n".join(facts) + f"\n\n{rule.manual}{remedy}\n"


_CAUSES = """\
# Every known cause: a rule, or a candidate

Why failovers fail, as far as it is known here. A *rule* finds its cause in captures, configurations
or logs. A *candidate* has no picture of its own there: rules that share its picture name it among
what is not excluded, and say what would settle it.
"""


def causes_page() -> str:
    """Every cause and what becomes of it, in Markdown: docs/causes.md."""
    rows = [_cause(rule) for rule in all_rules().values() if rule.kind is not Kind.SYMPTOM]
    rows += [_candidate(candidate) for candidate in CANDIDATES.values()]
    rows.sort(key=lambda row: row[0])
    table = tuple(tuple(line(Span(cell, "source")) for cell in row) for row in rows)
    return _CAUSES + "\n" + text_of([Table(("cause", "what", "treated as", "why"), table)])


def _cause(rule: Rule) -> tuple[str, str, str, str]:
    explains = ", ".join(f"[{name}](rules.md#{name})" for name in rule.explains)
    why = f"has a picture of its own; explains {explains}" if explains else "worth knowing"
    what = escaped(rule.title)
    return f"[{rule.id}](rules.md#{rule.id})", what, f"rule ({rule.kind})", why


def _candidate(candidate: Candidate) -> tuple[str, str, str, str]:
    of = ", ".join(f"[{name}](rules.md#{name})" for name in candidate.of)
    why = f"{candidate.why}. To settle it: {candidate.settle_with}"
    return candidate.id, escaped(candidate.title), f"candidate of {of}", escaped(why)
