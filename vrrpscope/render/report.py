"""The report as a document: what happened, what was looked at, the story, the reasons."""

from collections.abc import Iterator

from vrrpscope.observation import VirtualRouter
from vrrpscope.render import words
from vrrpscope.render.chapters import Chapter, chapters
from vrrpscope.render.document import Block, Heading, line
from vrrpscope.render.findings import findings
from vrrpscope.render.limits import limits
from vrrpscope.render.story import Marker, Numbers, stories
from vrrpscope.render.summary import headlines, looked_at
from vrrpscope.render.view import View


def diagnosis(view: View) -> Iterator[Block]:
    """The report of `diagnose`."""
    yield from headlines(view, True)
    yield from looked_at(view)
    told = chapters(view.analysis.findings)
    by_router: dict[VirtualRouter, list[Chapter]] = {}
    for chapter in told:
        by_router.setdefault(chapter.finding.virtual_router, []).append(chapter)
    for router, blocks in stories(view, _numbers(told), False):
        yield from blocks
        if router in by_router:
            yield Heading(line("Findings"), 3)
            yield from findings(view, by_router[router])
    rest = [c for c in told if c.finding.virtual_router not in view.routers]
    if rest:
        yield Heading(line("Other findings"))
        yield from findings(view, rest)
    yield from limits(view)
    yield from words.of_report(view, view.analysis.findings)


def story(view: View) -> Iterator[Block]:
    """The report of `timeline`."""
    yield from headlines(view, False)
    yield from looked_at(view)
    for _, blocks in stories(view, {}, True):
        yield from blocks
    yield from limits(view)


def quiet(view: View) -> Iterator[Block]:
    """`diagnose --quiet`: the headlines alone."""
    yield from headlines(view, True)


def brief(view: View) -> Iterator[Block]:
    """`timeline --quiet`: the headlines alone."""
    yield from headlines(view, False)


def _numbers(told: list[Chapter]) -> Numbers:
    """Where the markers of the findings stand."""
    numbers: Numbers = {}
    for chapter in told:
        for part in (chapter, *chapter.parts):
            at = Marker(part.finding.vantage, part.finding.at_ns, part.number)
            numbers.setdefault(part.finding.virtual_router, []).append(at)
    return numbers
