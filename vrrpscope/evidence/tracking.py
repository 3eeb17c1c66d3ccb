"""What instances and sync groups watch: scripts, processes, files, interfaces, BFD sessions.

Source: keepalived 2.2.7, vrrp/vrrp_track.c, vrrp/vrrp_parser.c, trackers/track_file.c,
bfd/bfd_parser.c.
"""

from collections.abc import Callable

from msgspec import Struct, field
from msgspec.structs import replace

from vrrpscope.evidence.keepalived_conf import Node
from vrrpscope.evidence.keywords import SCRIPT, TRACK_FILE, TRACK_PROCESS
from vrrpscope.evidence.model import TrackedItem, TrackKind
from vrrpscope.evidence.settings import INT_MAX, UINT_MAX, Number, read_number
from vrrpscope.evidence.told import Notes, SourceLine, Told
from vrrpscope.evidence.values import NS_PER_S, check_keywords, read_int, value_of

_SCRIPT_NUMBERS = {
    "interval": Number(0, UINT_MAX // 1_000_000, NS_PER_S, instead_of_zero=1),
    "timeout": Number(0, UINT_MAX // 1_000_000, NS_PER_S, instead_of_zero=1),
    "rise": Number(1, INT_MAX),
    "fall": Number(1, INT_MAX),
}
_TRACK_KEYWORDS = {
    "track_script": TrackKind.SCRIPT,
    "track_process": TrackKind.PROCESS,
    "track_file": TrackKind.FILE,
    "track_interface": TrackKind.INTERFACE,
    "track_bfd": TrackKind.BFD,
}
_WIDEST = {TrackKind.PROCESS: 254, TrackKind.FILE: 254}
"""Greatest weight; 253 for the others, which turn 254 into 253."""


class Definition(Struct, frozen=True):
    """A `vrrp_script`, `vrrp_track_process`, `track_file` or `bfd_instance`."""

    line: SourceLine
    weight: Told[int]
    reverse: bool = False
    command: str | None = None
    numbers: dict[str, Told[int]] = field(default_factory=dict)
    init_fail: bool = False


Definitions = dict[tuple[TrackKind, str], Definition]
"""What is defined so far: keepalived looks only at what stands above the reference."""


def read_definition(node: Node, known: Definitions, notes: Notes) -> None:
    """Add what a block of the top level defines; anything else is left alone."""
    readers: dict[str, tuple[TrackKind, Callable[[Node, Notes], Definition | None]]] = {
        "vrrp_script": (TrackKind.SCRIPT, _script),
        "vrrp_track_process": (TrackKind.PROCESS, _process),
        "track_file": (TrackKind.FILE, _file),
        "vrrp_track_file": (TrackKind.FILE, _file),
        "bfd_instance": (TrackKind.BFD, _bfd),
    }
    if node.keyword not in readers:
        return
    kind, reader = readers[node.keyword]
    name = value_of(node, notes)
    definition = reader(node, notes)
    if definition is None:
        text = f"{node.keyword} {name} says not what to watch: keepalived drops it"
        notes.add("definition-empty", text, node.line)
    elif (kind, name) in known:
        text = f"{node.keyword} {name} is defined a second time: the first one counts"
        notes.add("defined-twice", text, node.line)
    else:
        known[kind, name] = definition


def _script(node: Node, notes: Notes) -> Definition | None:
    check_keywords(node, SCRIPT, notes)
    numbers: dict[str, Told[int]] = {}
    command = None
    for child in node.children:
        if child.keyword in _SCRIPT_NUMBERS:
            number = read_number(child, _SCRIPT_NUMBERS[child.keyword], notes)
            if number is not None:
                numbers[child.keyword] = number
        elif child.keyword == "script":
            command = " ".join(child.shell_words)
    if not command:
        return None
    # 2.2.7 complains about a weight beyond 253 of a script, and uses it all the same.
    weight, reverse = _weight(node, 0, INT_MAX, notes)
    if abs(weight.value) > 253:
        notes.add("weight-out-of-range", f"weight {weight.value} is beyond 253", weight.line)
    init_fail = any(node.all("init_fail"))
    return Definition(node.line, weight, reverse, command, numbers, init_fail)


def _process(node: Node, notes: Notes) -> Definition | None:
    check_keywords(node, TRACK_PROCESS, notes)
    weight, reverse = _weight(
        node, 0, 254, notes
    )  # the manual page says 1; the program starts at 0
    return _watched(node, "process", weight, reverse)


def _file(node: Node, notes: Notes) -> Definition | None:
    check_keywords(node, TRACK_FILE, notes)
    weight, reverse = _weight(node, 1, 254, notes)
    return _watched(node, "file", weight, reverse)


def _bfd(node: Node, notes: Notes) -> Definition | None:
    weight, reverse = _weight(node, 0, 253, notes)
    return Definition(node.line, weight, reverse)


def _watched(node: Node, keyword: str, weight: Told[int], reverse: bool) -> Definition | None:
    words = next((child.values for child in node.all(keyword) if child.values), ())
    return Definition(node.line, weight, reverse, " ".join(words)) if words else None


def _weight(node: Node, default: int, widest: int, notes: Notes) -> tuple[Told[int], bool]:
    """The `weight` of a definition and whether it is reversed."""
    told, reverse = Told(default), False
    for child in node.all("weight"):
        number = read_number(child, Number(-widest, widest), notes)
        told = number or told
        reverse = reverse or child.values[1:2] == ("reverse",)
    return told, reverse


def read_tracked(
    node: Node, owner: str, known: Definitions, items: list[TrackedItem], notes: Notes
) -> None:
    """Add what a `track_...` block lists to `items`; what keepalived ignores becomes a note.

    Args:
        node: the block.
        owner: name of the instance or group, for the notes.
        known: what was defined above it.
        items: what is watched already; changed in place.
        notes: where notes go.
    """
    kind = _TRACK_KEYWORDS[node.keyword]
    for child in node.children:
        item = _tracked_item(child, kind, known, notes)
        if item is None:
            continue
        if any(other.kind is kind and other.name == item.name for other in items):
            text = f"({owner}) {kind} {item.name} is tracked twice: the first one counts"
            notes.add("tracked-twice", text, child.line)
        else:
            items.append(item)


def is_track_keyword(keyword: str) -> bool:
    """True for the keyword of a block that `read_tracked` reads."""
    return keyword in _TRACK_KEYWORDS


def _tracked_item(
    node: Node, kind: TrackKind, known: Definitions, notes: Notes
) -> TrackedItem | None:
    name, options = node.words[0], node.words[1:]
    definition = known.get((kind, name))
    if definition is None and kind is not TrackKind.INTERFACE:
        text = f"{kind} {name} is not defined above this line: keepalived ignores it"
        notes.add("tracked-unknown", text, node.line)
        return None
    if options and (options[0] != "weight" or len(options) == 1):
        text = f"{kind} {name} is not tracked: expected 'weight' and a number after it"
        notes.add("tracked-option", text, node.line)
        return None
    item = _from_definition(kind, name, node.line, definition)
    return _with_weight(item, node, options, notes) if options else item


def _from_definition(
    kind: TrackKind, name: str, line: SourceLine, definition: Definition | None
) -> TrackedItem:
    if definition is None:
        return TrackedItem(kind, name, Told(0), line)
    item = TrackedItem(
        kind, name, definition.weight, line, definition.reverse, definition.command, definition.line
    )
    if kind is not TrackKind.SCRIPT:
        return item
    interval = definition.numbers.get("interval", Told(NS_PER_S))
    return replace(
        item,
        interval_ns=interval,
        timeout_ns=definition.numbers.get("timeout", Told(interval.value)),
        rise=definition.numbers.get("rise", Told(1)),
        fall=definition.numbers.get("fall", Told(1)),
        init_fail=definition.init_fail,
    )


def _with_weight(
    item: TrackedItem, node: Node, options: tuple[str, ...], notes: Notes
) -> TrackedItem:
    """The item with the weight that the reference gives instead of the definition's."""
    widest = _WIDEST.get(item.kind, 253)
    tolerated = 253 if item.kind is TrackKind.BFD else 254
    number = read_int(options[1], -tolerated, tolerated)
    if number is None:
        text = f"weight {options[1]} of {item.kind} {item.name} is out of range, ignored"
        notes.add("value-invalid", text, node.line)
    else:
        weight = max(-widest, min(widest, number))
        item = replace(item, weight=Told(weight, node.line))
    reverse = {"reverse": True, "noreverse": False}.get(options[2] if len(options) > 2 else "")
    return item if reverse is None else replace(item, reverse=reverse)
