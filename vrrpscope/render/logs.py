"""What the logs say: how each was placed in time, and what its router says it did."""

from collections.abc import Iterator
from itertools import groupby

from vrrpscope.diagnosis.nodes import Node
from vrrpscope.evidence.statement import Said, Statement
from vrrpscope.observation import VirtualRouter
from vrrpscope.protocol.timers import NS
from vrrpscope.render.document import Block, Heading, Line, Paragraph, Table, line
from vrrpscope.render.values import count, duration
from vrrpscope.render.view import View

_MOST_ROWS = 12

_STATES = (Said.STATE,)
_EVENTS = (
    *_STATES,
    Said.STARTED,
    Said.STOPPING,
    Said.RELOADED,
    Said.CHILD_DIED,
    Said.PRIORITY,
    Said.TRACKED,
    Said.SCRIPT_UNUSABLE,
    Said.SCRIPT_LATE,
    Said.TIMEOUT,
    Said.REJECTED,
    Said.DISCARDED_LOWER,
    Said.ELECTION_FORCED,
    Said.YIELDED,
    Said.OWNER_CONFLICT,
    Said.SEND_FAILED,
    Said.TIMER_LATE,
    Said.VIP_REMOVED,
    Said.INTERFACE,
    Said.BIND_FAILED,
)
"""What a story tells; the rest (addresses, gratuitous ARPs and the like) is evidence only."""


def witness(view: View, node: Node) -> Line:
    """A log in the list of what was looked at: whose it is, how much of it was understood."""
    log = node.log
    assert log is not None
    release = f" {log.version}" if log.version else ""
    text = f": what {node.name} says it did; {count(log.lines, 'line')}, {log.read:,} of them "
    return line(view.say(log.file), f"{text}from {log.daemon}{release}")


def notes(view: View, node: Node) -> Iterator[str]:
    """How its clock was set, and what is odd about it."""
    if node.log is None or node.clock is None:
        return
    yield clock(view, node)
    yield from (view.quote(note) for note in node.log.notes)


def clock(view: View, node: Node) -> str:
    """How a log's clock was set by the capture's."""
    log, found = node.log, node.clock
    assert log is not None
    assert found is not None
    if found.doubt:
        return (
            f"not used: {view.say(found.doubt)}; is it the log of another router, or of another "
            "time?"
        )
    read = "" if log.zoned else " (they have no zone: read as UTC)"
    year = "" if log.dated else " (they have no year)"
    if found.offset_ns is None:
        return f"its times{read or year} could not be matched with the capture: no event is in both"
    if not found.is_compared:
        return "no event is in the log and in the capture: its times are taken as they are"
    events = f"by {count(found.matched, 'event')} that both saw"
    within = f"to within {duration(found.spread_ns)}"
    if not log.dated:
        return f"its times{year} were matched with the capture's {within}, {events}"
    if not found.offset_ns:
        return f"its times agree with the capture's {within}, {events}"
    side = "added to" if found.offset_ns > 0 else "taken from"
    amount = duration(abs(found.offset_ns))
    return f"{amount} {side} its times{read}: they then agree {within}, {events}"


def story(view: View, router: VirtualRouter, full: bool) -> Iterator[Block]:
    """What the logs say about one virtual router.

    Args:
        view: how to look at it.
        router: which one.
        full: everything, of everybody; else the states of those that the captures do not show.
    """
    rows = [
        row
        for node in view.case.nodes
        if full or not _is_seen(view, node, router)
        for row in _rows(node, router, _EVENTS if full else _STATES)
    ]
    rows.sort(key=lambda row: row[0].time_ns or 0)
    if not rows:
        return
    yield Heading(line("What the logs say"), 3)
    shown = rows if full else rows[:_MOST_ROWS]
    table = tuple(_shown(view, *row) for row in shown)
    yield Table(("time", "router", "says", "line"), table, 1)
    if len(rows) > len(shown):
        more = f"{len(rows) - len(shown)} more: vrrpscope timeline shows all of them"
        yield Paragraph(line(more), indent=1)


def _is_seen(view: View, node: Node, router: VirtualRouter) -> bool:
    """True where the captures show what the router advertised."""
    seen = {s.address for _, story in view.routers.get(router, ()) for s in story.senders}
    return bool(seen & node.addresses)


def _rows(
    node: Node, router: VirtualRouter, said: tuple[Said, ...]
) -> Iterator[tuple[Statement, Node, str]]:
    """Statements of a log, those that repeat themselves once with their number."""
    told = [s for s in node.said(router, said) if s.time_ns is not None]
    for words, run in groupby(told, key=words_of):
        first, *more = run
        yield first, node, f"{words} ({len(more) + 1} times)" if more else words


def _shown(view: View, said: Statement, node: Node, words: str) -> tuple[Line, ...]:
    time_ns = said.time_ns
    assert time_ns is not None
    assert node.log is not None
    time = view.clock.time(time_ns)
    if node.log.resolution_ns >= NS:
        time = time.partition(".")[0]
    return line(time), line(node.name), line(view.quote(words)), line(view.place(said.line))


def words_of(said: Statement) -> str:
    """A statement in a few words."""
    whose = f" from {said.address}" if said.address else ""
    reason = f": {said.reason}" if said.reason else ""
    name = said.name or ""
    match said.said:
        case Said.STATE:
            return f"{said.state}{reason}"
        case Said.PRIORITY:
            return f"priority {said.before} to {said.after}"
        case Said.TRACKED:
            return f"{name} {'succeeds' if said.good else 'fails'}{reason}"
        case Said.INTERFACE:
            return f"interface {name} is {'up' if said.good else 'down'}"
        case Said.REJECTED:
            return f"rejects an advert{whose}{reason}"
        case Said.DISCARDED_LOWER:
            return f"discards priority {said.before}{whose}"
        case Said.ELECTION_FORCED:
            return f"hears a lower priority ({said.before}){whose}, stays master"
        case Said.YIELDED:
            return f"hears a higher priority ({said.before}){whose}, gives way"
        case Said.TIMEOUT:
            return "Master_Down_Timer ran out"
        case Said.TIMER_LATE:
            return f"did not run for {duration(said.delay_ns or 0)}"
        case Said.VIP_REMOVED:
            return f"{said.address} was removed by something else"
        case Said.STARTED | Said.STOPPING | Said.RELOADED:
            return str(said.said)
    return f"{str(said.said).replace('-', ' ')} {name}".strip() + reason
