"""Changes of the interval, and adverts that a master owed and nobody saw."""

from collections.abc import Iterator

from vrrpscope.render.document import Block, Heading, Line, Table, line
from vrrpscope.render.values import duration, exact
from vrrpscope.render.view import View
from vrrpscope.timeline.model import MissedAdverts, RouterStory
from vrrpscope.timeline.streak import Gap, Meanwhile

_MOST = 20
"""Pauses that are listed, the longest ones."""

_MEANWHILE = {
    Meanwhile.SENDER_SPOKE: "other frames of it came: VRRP alone was silent",
    Meanwhile.SENDER_STALLED: "others were captured, nothing of it: it stalled or was cut off",
    Meanwhile.CAPTURE_WENT_ON: "frames were captured; whether any was its own is not known",
    Meanwhile.NOTHING_CAPTURED: "nothing was captured: the capture may have stalled",
}


def changes(view: View, story: RouterStory) -> Iterator[Block]:
    """What changed in the rhythm of the masters."""
    if story.interval_changes:
        yield Heading(line("Interval changes"), 3)
        rows = tuple(
            (
                line(view.clock.time(change.after.first.time_ns)),
                line(view.name(change.tenure.sender.address)),
                line(
                    f"{exact(change.before.interval_ns)} {view.screen.glyphs.arrow} "
                    f"{exact(change.after.interval_ns)}"
                ),
                line(str(change.after.first.ref.number)),
            )
            for change in story.interval_changes
        )
        yield Table(("time", "master", "interval", "from frame"), rows, 1)
    if story.missed:
        longest = sorted(story.missed, key=lambda m: -m.gap.duration_ns)[:_MOST]
        yield Heading(line("Pauses of a master"), 3)
        pauses = tuple(_row(view, m) for m in sorted(longest, key=lambda m: m.gap.from_))
        header = ("from", "master", "for", "frames", "IP id", "meanwhile")
        yield Table(header, pauses, 1, ("frames", "IP id"))


def _row(view: View, missed: MissedAdverts) -> tuple[Line, ...]:
    gap = missed.gap
    return (
        line(view.clock.time(gap.from_.time_ns)),
        line(view.name(missed.tenure.sender.address)),
        line(duration(gap.duration_ns)),
        line(f"{gap.from_.ref.number} to {gap.until.ref.number}"),
        line(_step(gap)),
        line(_MEANWHILE[gap.meanwhile]),
    )


def _step(gap: Gap) -> str:
    """By how much the IP identification went on; a sender that counts sent that many adverts."""
    return "-" if gap.ip_id_step is None else f"+{gap.ip_id_step}"
