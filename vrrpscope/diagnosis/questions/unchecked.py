"""Checks that do not run, or that fail for a reason of their own, by a router's log or its file.

keepalived checks at its start whether a script can be run, and disables it where not
(check_track_script_secure): the instance then runs as if the check passed. Since 1.3 scripts run as
the user `keepalived_script` or `script_user`.
"""

from collections.abc import Iterator

from msgspec import Struct

from vrrpscope.diagnosis.nodes import Node
from vrrpscope.diagnosis.questions.logbook import BookOf, LogBook
from vrrpscope.evidence.model import Intent, TrackedItem
from vrrpscope.evidence.statement import Said, Statement
from vrrpscope.evidence.told import Note, SourceLine
from vrrpscope.protocol.advertisement import Address
from vrrpscope.timeline.model import RouterStory, Timeline

_NOT_THIS = ("not used", "due to address_owner", "due to SYNC group")
"""Lines about scripts that can be run; their weight is what keepalived does not allow."""

_CANNOT_RUN = ("exited with status 126", "exited with status 127")
"""The shell's own: not executable, and not found."""

_DROPPED = ("tracked-unknown", "tracked-option", "definition-empty")


class Unchecked(Struct, frozen=True):
    """A check of a router that does not do what it is meant to do.

    Attributes:
        address: the router; None where it was not seen.
        name: the check.
        disabled: keepalived does not run it; else it runs, and cannot but fail.
        evidence: the lines that say so, the plainest first.
        reason: in keepalived's own words; "" where none is told.
        is_logged: a log says so; else the configuration alone.
        item: the check in the configuration; None where it is not told, or was dropped.
    """

    timeline: Timeline
    story: RouterStory
    node: Node
    address: Address | None
    name: str
    disabled: bool
    evidence: tuple[SourceLine, ...]
    reason: str
    is_logged: bool
    item: TrackedItem | None

    @property
    def is_sure(self) -> bool:
        """True where a log says so that is known to be of the time of the capture."""
        clock = self.node.clock
        return self.is_logged and clock is not None and clock.is_compared


def find_unchecked(
    timeline: Timeline, story: RouterStory, nodes: tuple[Node, ...], book_of: BookOf
) -> Iterator[Unchecked]:
    """Every check of the routers of a virtual router that does not do its work."""
    if timeline.last_ns is None:
        return
    spoke = [s.address for s in story.senders]
    for node in nodes:
        intent = node.intent(story.router)
        if node.intents and intent is None:
            continue
        known = [a for a in spoke if a in node.addresses] or sorted(node.addresses, key=str)
        address = known[0] if known else None
        found = {u.name: u for u in _by_file(timeline, story, node, address, intent)}
        for unchecked in _by_log(timeline, story, book_of(node, story.router), address, intent):
            found[unchecked.name] = unchecked
        yield from found.values()


def _by_file(
    timeline: Timeline,
    story: RouterStory,
    node: Node,
    address: Address | None,
    intent: Intent | None,
) -> Iterator[Unchecked]:
    """What the configuration names in vain: keepalived ignores the reference."""
    for note in intent.notes if intent is not None else ():
        name = _named(node, note)
        if note.code in _DROPPED and note.line is not None and name:
            yield Unchecked(
                timeline, story, node, address, name, True, (note.line,), note.text, False, None
            )


def _named(node: Node, note: Note) -> str:
    """The first word of the line that a note is about: there it stands which check is meant."""
    words = node.quote(note.line).split() if note.line is not None else []
    return words[0] if words else ""


def _by_log(
    timeline: Timeline,
    story: RouterStory,
    book: LogBook,
    address: Address | None,
    intent: Intent | None,
) -> Iterator[Unchecked]:
    """What the log says since the last start or reload before the end of the capture."""
    said = _since_last_start(book, timeline.last_ns or 0)
    items = {item.name: item for item in intent.tracked} if intent is not None else {}
    scripts = {s.name for s in said if s.name and s.said is not Said.SCRIPT_LATE}
    for name in sorted(scripts):
        own = [s for s in said if s.name == name]
        if intent is not None and name not in items:
            continue
        unusable = [s for s in own if _is_unusable(s)]
        results = [s for s in own if s.said is Said.TRACKED]
        never = bool(results) and all(_cannot_run(s) for s in results)
        if not unusable and not never:
            continue
        first = (unusable or results)[0]
        why = _why(said, items.get(name)) if unusable else []
        lines = tuple(s.line for s in (first, *why))
        reason = next((s.reason for s in (*why, first) if s.reason), "")
        yield Unchecked(
            timeline,
            story,
            book.node,
            address,
            name,
            bool(unusable),
            lines,
            reason,
            True,
            items.get(name),
        )


def _since_last_start(book: LogBook, until_ns: int) -> list[Statement]:
    """The statements about scripts after the last start or reload."""
    kinds = (Said.STARTED, Said.RELOADED, Said.SCRIPT_UNUSABLE, Said.TRACKED)
    found: list[Statement] = []
    for statement in book.within(None, until_ns, *kinds):
        if statement.said in (Said.STARTED, Said.RELOADED):
            found = []
        else:
            found.append(statement)
    return found


def _is_unusable(statement: Statement) -> bool:
    unusable = statement.said is Said.SCRIPT_UNUSABLE
    return unusable and (statement.reason or "") not in _NOT_THIS


def _cannot_run(statement: Statement) -> bool:
    return statement.good is False and (statement.reason or "") in _CANNOT_RUN


def _why(said: list[Statement], item: TrackedItem | None) -> list[Statement]:
    """Lines about the script's file, which are named by its path."""
    command = (item.command or "").split() if item is not None else []
    path = command[0] if command else None
    return [s for s in said if s.said is Said.SCRIPT_UNUSABLE and s.name == path]
