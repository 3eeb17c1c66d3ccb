"""The rows of the small tables, from an analysis."""

from collections.abc import Callable, Iterator

from vrrpscope.diagnosis.case import Case
from vrrpscope.diagnosis.finding import Finding
from vrrpscope.observation import FrameRef
from vrrpscope.pipeline import Analysis
from vrrpscope.protocol.advertisement import Address
from vrrpscope.render.tables import cells
from vrrpscope.render.tables.cells import Row, spaced
from vrrpscope.timeline.model import Handover, RouterStory, Tenure
from vrrpscope.timeline.streak import Streak


def rows(table: str, analysis: Analysis) -> Iterator[Row]:
    """The rows of a table other than `adverts`."""
    return _ROWS[table](analysis)


def _streaks(analysis: Analysis) -> Iterator[Row]:
    case = analysis.case
    for timeline, story in case.stories():
        place = cells.place(timeline.vantage.id, story.router)
        for streak in story.streaks:
            node = {"node": _node(case, streak.sender.address)}
            yield place | cells.sender(streak.sender) | node | _streak(streak)


def _streak(streak: Streak) -> Row:
    gap = streak.gap_before
    return cells.advert(streak.advertisement) | {
        "first": streak.first.time_ns,
        "last": streak.last.time_ns,
        "first_frame": streak.first.ref.number,
        "last_frame": streak.last.ref.number,
        "adverts": streak.count,
        "copies": streak.copies,
        "first_ip_id": streak.first_ip_id,
        "last_ip_id": streak.last_ip_id,
        "ip_id_counts": streak.ip_id_counts,
        "longest_gap_ns": streak.longest_gap_ns,
        "gap_before_ns": None if gap is None else gap.duration_ns,
    }


def _tenures(analysis: Analysis) -> Iterator[Row]:
    case = analysis.case
    for timeline, story in case.stories():
        place = cells.place(timeline.vantage.id, story.router)
        for tenure in story.tenures:
            node = {"node": _node(case, tenure.sender.address)}
            yield place | cells.sender(tenure.sender) | node | _tenure(tenure)


def _tenure(tenure: Tenure) -> Row:
    return {
        "from": tenure.since.time_ns,
        "until": tenure.until.time_ns,
        "from_frame": tenure.since.ref.number,
        "until_frame": tenure.until.ref.number,
        "duration_ns": tenure.until.time_ns - tenure.since.time_ns,
        "ended_by": str(tenure.ended_by),
        "priorities": spaced(tenure.priorities),
        "adverts": tenure.adverts,
    }


def _handovers(analysis: Analysis) -> Iterator[Row]:
    case = analysis.case
    for timeline, story in case.stories():
        place = cells.place(timeline.vantage.id, story.router)
        for handover in story.handovers:
            yield place | _masters(case, handover) | _handover(case, story, handover)


def _masters(case: Case, handover: Handover) -> Row:
    old = handover.before.sender.address if handover.before else None
    new = handover.after.sender.address
    return {
        "from": str(old) if old else None,
        "from_node": _node(case, old) if old else None,
        "to": str(new),
        "to_node": _node(case, new),
    }


def _handover(case: Case, story: RouterStory, handover: Handover) -> Row:
    timing, since = case.timing(story, handover), handover.counted_from
    expected = timing.expected_ns
    return {
        "at": handover.at.time_ns,
        "frame": handover.at.ref.number,
        "kind": str(handover.kind),
        "took_ns": handover.took_ns,
        "expected_low_ns": expected.low if expected else None,
        "expected_high_ns": expected.high if expected else None,
        "on_time": timing.on_time,
        "counted_from": since.time_ns if since else None,
        "counted_from_frame": since.ref.number if since else None,
        "discarded": handover.discarded,
        "basis": str(handover.basis),
    }


def _findings(analysis: Analysis) -> Iterator[Row]:
    texts = {t.vantage.id for t in analysis.timelines if t.vantage.is_text}
    for finding in analysis.findings:
        shown = None if finding.vantage in texts else finding.display_filter or None
        place = cells.place(finding.vantage, finding.virtual_router)
        yield place | _finding(finding) | {"display_filter": shown}


def _finding(finding: Finding) -> Row:
    return {
        "rule": finding.rule,
        "kind": str(finding.kind),
        "severity": str(finding.severity),
        "verdict": str(finding.verdict),
        "at": finding.at_ns,
        "until": finding.until_ns,
        "says": finding.says,
        "explains": spaced(finding.explains),
        "not_excluded": "; ".join(finding.not_excluded) or None,
        "settle_with": "; ".join(finding.settle_with) or None,
        "remedy": finding.remedy or None,
        "frames": spaced(_frames(finding)),
    }


def _frames(finding: Finding) -> list[int]:
    """The evidence's frames of the vantage that the finding names."""
    refs = (item for item in finding.evidence if isinstance(item, FrameRef))
    return sorted({ref.number for ref in refs if ref.vantage == finding.vantage})


def _node(case: Case, address: Address) -> str | None:
    node = case.node(address)
    return node.name if node else None


_ROWS: dict[str, Callable[[Analysis], Iterator[Row]]] = {
    "streaks": _streaks,
    "tenures": _tenures,
    "handovers": _handovers,
    "findings": _findings,
}
