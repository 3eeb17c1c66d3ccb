"""What a daemon makes of a configuration that is not what is written, and what came of it.

The evidence parsers note what keepalived, or vrrpd of FRRouting, changes, ignores or refuses. Most
of it does no harm; here is what has a consequence that was seen.
"""

from collections.abc import Iterator
from difflib import SequenceMatcher

from msgspec import Struct

from vrrpscope.diagnosis.nodes import Node
from vrrpscope.diagnosis.questions.disagreements import differences
from vrrpscope.diagnosis.questions.mismatch import Mismatch
from vrrpscope.diagnosis.questions.side import Side
from vrrpscope.diagnosis.questions.terms import Field, told_terms
from vrrpscope.evidence.frr_settings import setting_of
from vrrpscope.evidence.model import Intent
from vrrpscope.evidence.told import Note
from vrrpscope.timeline.model import RouterStory, Tenure, Timeline

_LISTS = (
    ("address-invalid", "virtual_ipaddress"),
    ("list-on-one-line", "address:"),
    ("too-many-addresses", ""),
    ("no-addresses", ""),
    ("block-unknown", ""),
)
_CAUSES: dict[Field, tuple[tuple[str, str], ...]] = {
    Field.DESTINATION: (("unicast-without-peers", ""), ("block-unknown", "")),
    Field.PEER: (("list-on-one-line", "peer:"), ("address-invalid", "unicast_peer")),
    Field.PASSWORD: (("comment-in-word", ""),),
    Field.AUTH_TYPE: (
        ("strict-auth", ""),
        ("v3-auth", ""),
        ("auth-without-password", ""),
        ("ah-ipv6", ""),
        ("value-invalid", "auth_type"),
    ),
    Field.INTERVAL: (("value-invalid", "advert_int"),),
    Field.VERSION: (("version-conflict", ""),),
    Field.VIP_COUNT: _LISTS,
    Field.VIP_LIST: _LISTS,
}
"""The notes, by code and a part of the text, that can make a router differ in a field."""

_FRR_NOTES = frozenset({"default-kept", "interval-cut", "interval-in-v2", "line-refused"})
_FRR_SETTINGS: dict[Field, tuple[str, ...]] = {
    Field.INTERVAL: ("advertisement-interval",),
    Field.VERSION: ("version",),
    Field.CHECKSUM: ("checksum-with-ipv4-pseudoheader",),
    Field.VIP_COUNT: ("ip", "ipv6"),
    Field.VIP_LIST: ("ip", "ipv6"),
}
"""The settings of vrrpd that a field stands for."""

_ALIKE = 0.75
_INVALID = ("priority-invalid", "default-kept")
_GREATEST = 255


class Misconfigured(Struct, frozen=True):
    """A difference of two routers that an odd line of one configuration explains."""

    mismatch: Mismatch
    node: Node
    side: Side
    other: Side
    notes: tuple[Note, ...]


class LostPriority(Struct, frozen=True):
    """A priority that is written and not used, and the router that is master because of it.

    Attributes:
        written: the number on the line that keepalived did not take.
        effective: what it took instead.
        tenure: of a router that is better than that, and would not be better than what is written.
        own: the tenure in which the router itself advertised what it took; None if it was not seen.
        is_frrouting: vrrpd of FRRouting runs it.
    """

    timeline: Timeline
    story: RouterStory
    node: Node
    note: Note
    written: int
    effective: int
    tenure: Tenure
    own: Tenure | None
    is_frrouting: bool = False


def find_misconfigured(
    mismatches: tuple[Mismatch, ...], nodes: tuple[Node, ...]
) -> Iterator[Misconfigured]:
    """Every difference that a note about one of the two configurations explains, once a router."""
    seen: set[tuple[str, str]] = set()
    for mismatch in mismatches:
        for side, other in ((mismatch.one, mismatch.other), (mismatch.other, mismatch.one)):
            node = next((n for n in nodes if any(i is side.intent for i in n.intents)), None)
            notes = _notes(node, mismatch, side) if node is not None else ()
            key = (node.name if node else "", mismatch.story.router.id)
            if node is None or not notes or key in seen:
                continue
            seen.add(key)
            yield Misconfigured(mismatch, node, side, other, notes)


def _notes(node: Node, mismatch: Mismatch, side: Side) -> tuple[Note, ...]:
    """The notes that explain the field, where the wire shows what they make of it."""
    intent, what = side.intent, mismatch.what
    if intent is None or side.terms is None or node.configuration is None:
        return ()
    if what in differences(side.terms, told_terms(intent, side.terms.source)):
        return ()
    if intent.is_frrouting:
        settings = _FRR_SETTINGS.get(what, ())
        return tuple(n for n in _frr_notes(node, intent) if _setting(node, n) in settings)
    known = (*node.configuration.notes, *intent.notes)
    causes = _CAUSES.get(what, ())
    return tuple(n for n in known if any(n.code == c and part in n.text for c, part in causes))


def _frr_notes(node: Node, intent: Intent) -> Iterator[Note]:
    """Notes about lines of one of vrrpd's routers, and about the defaults that it takes."""
    notes = node.configuration.notes if node.configuration is not None else ()
    for note in notes:
        if note.line is not None and note.code in _FRR_NOTES:
            words = _frr_words(node, note)
            if words[1:2] in ([str(intent.vrid.value)], ["default"]):
                yield note


def _frr_words(node: Node, note: Note) -> list[str]:
    """`vrrp VRID SETTING VALUE`, as it stands on the line; without `no`."""
    words = node.quote(note.line).split() if note.line is not None else []
    return words[1:] if words[:1] == ["no"] else words


def _setting(node: Node, note: Note) -> str | None:
    words = _frr_words(node, note)
    return setting_of(words[2]) if len(words) > 2 else None


def find_lost_priority(
    timeline: Timeline, story: RouterStory, nodes: tuple[Node, ...]
) -> Iterator[LostPriority]:
    """Every router whose written priority was not taken, where that decided who is master."""
    for node in nodes:
        intent = node.intent(story.router)
        found = _lost(node, intent) if intent is not None else None
        if intent is None or found is None:
            continue
        note, written = found
        effective = intent.base_priority.value
        own = [t for t in story.tenures if t.sender.address in node.addresses]
        better = (
            t
            for t in story.tenures
            if t.sender.address not in node.addresses
            and min(effective, written) < t.last_priority < max(effective, written)
        )
        for tenure in better:
            spoke = next((t for t in own if effective in t.priorities), None)
            yield LostPriority(
                timeline,
                story,
                node,
                note,
                written,
                effective,
                tenure,
                spoke,
                intent.is_frrouting,
            )
            break


def _lost(node: Node, intent: Intent) -> tuple[Note, int] | None:
    """The line that was meant to tell the priority, and the number on it."""
    notes = _frr_notes(node, intent) if intent.is_frrouting else intent.notes
    for note in notes:
        taken = not intent.base_priority.is_default and note.code not in _INVALID
        if note.line is None or taken:
            continue
        words = node.quote(note.line).split()
        place = next((i for i, word in enumerate(words) if _is_meant(note, i, word)), None)
        number = words[place + 1] if place is not None and len(words) > place + 1 else ""
        if number.isascii() and number.isdigit() and 0 < int(number[:4]) <= _GREATEST:
            return note, int(number)
    return None


def _is_meant(note: Note, place: int, word: str) -> bool:
    """True for the word `priority` where keepalived did not take it, or one much like it."""
    match note.code:
        case "priority-invalid" | "keyword-swallowed":
            return word == "priority" and (place > 0) == (note.code == "keyword-swallowed")
        case "default-kept" | "line-refused":
            return place > 0 and setting_of(word) == "priority"
        case "unknown-keyword":
            return place == 0 and SequenceMatcher(None, word.lower(), "priority").ratio() >= _ALIKE
    return False
