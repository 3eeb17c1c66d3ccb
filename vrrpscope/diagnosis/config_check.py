"""Configurations that belong to another router than the log that was given under the same name.

A log that names its host's address ties the name, and with it the configuration, to that router.
Where the router sent or logged what its configuration cannot produce, the two were mixed up, or
the configuration was changed since. One that the user tied to an address is believed against what
it sent: rules hold the one against the other.
"""

from collections.abc import Iterable
from itertools import islice, pairwise

from msgspec.structs import replace

from vrrpscope.diagnosis.nodes import Node, TiedBy
from vrrpscope.diagnosis.questions.disagreements import differences
from vrrpscope.diagnosis.questions.logbook import LogBook
from vrrpscope.diagnosis.questions.terms import Field, terms_of, told_terms
from vrrpscope.evidence.model import Intent
from vrrpscope.evidence.statement import Said
from vrrpscope.evidence.told import Note
from vrrpscope.observation import VirtualRouter
from vrrpscope.protocol.advertisement import PRIORITY_OWNER, Address, Advertisement
from vrrpscope.timeline.model import RouterStory
from vrrpscope.timeline.streak import Streak, ip_id_step, late_after_ns

_CODE = "not-what-ran"
_ADVERTISED = {
    Field.VERSION,
    Field.AUTH_TYPE,
    Field.PASSWORD,
    Field.INTERVAL,
    Field.DESTINATION,
    Field.VIP_COUNT,
    Field.VIP_LIST,
}
"""What a router's own adverts show of its configuration."""

_MOST_STREAKS = 5000
"""Runs of one router in one virtual router that are held against its configuration."""


def checked(nodes: Iterable[Node], stories: list[RouterStory]) -> tuple[Node, ...]:
    """The nodes without the instances that cannot be what ran, and with a note for each."""
    found = [_without(node, _of_whole_file(node, _odd(node, stories))) for node in nodes]
    return tuple(_without(node, _exchanged(node, found, stories)) for node in found)


def _without(node: Node, odd: dict[VirtualRouter, Note]) -> Node:
    if not odd:
        return node
    told = {**(node.told or {}), **dict.fromkeys(odd)}
    return replace(node, told=told, doubts=(*node.doubts, *dict.fromkeys(odd.values())))


def _of_whole_file(node: Node, odd: dict[VirtualRouter, Note]) -> dict[VirtualRouter, Note]:
    """Where one instance is another router's, the file is."""
    if not odd or node.told is None:
        return odd
    note = next(iter(odd.values()))
    return {router: odd.get(router, note) for router in node.told}


def _odd(node: Node, stories: list[RouterStory]) -> dict[VirtualRouter, Note]:
    """What its own adverts and its own log say against its configuration."""
    found: dict[VirtualRouter, Note] = {}
    by_log = node.tied_by in (TiedBy.LOG, TiedBy.EVENTS)
    for story in stories:
        intent = node.intent(story.router)
        if intent is None or story.router in found:
            continue
        text = _discards(node, intent, story.router)
        if by_log and not text:
            text = _sent_else(node, intent, story) or _logged_else(node, intent, story.router)
        if text:
            found[story.router] = _note(intent, text)
    return found


def _note(intent: Intent, text: str) -> Note:
    return Note(_CODE, f"{text}: it is not what ran then, and is not used", intent.line)


def _sent_else(node: Node, intent: Intent, story: RouterStory) -> str:
    """Says which priority it sent that its configuration does not give it."""
    possible = _possible(intent)
    own = (s for s in story.streaks if s.sender.address in node.addresses and s.priority)
    said = [s for s in islice(own, _MOST_STREAKS) if not s.sender.is_shared]
    wrong = next((s for s in said if s.priority not in possible), None)
    if wrong is None:
        return ""
    book = LogBook(node, story.router)
    anew = book.within(wrong.first.time_ns, None, Said.RELOADED, Said.STARTED)
    ends = said[0].priority in possible or said[-1].priority in possible
    if anew or (ends and all(_was_anew(intent, *pair) for pair in pairwise(said))):
        return ""
    return (
        f"{intent.instance} cannot have the priority {wrong.priority} that {wrong.sender.address} "
        f"sent in frame {wrong.first.ref.number}"
    )


def _possible(intent: Intent) -> frozenset[int]:
    """What it may send; an owner that hears another owner lowers its priority by 1."""
    lowered = {PRIORITY_OWNER - 1} if intent.is_owner else set()
    return intent.effective_priorities() | lowered


def _was_anew(intent: Intent, before: Streak, after: Streak) -> bool:
    """True where the configuration fits both or neither, or was read again between two runs."""
    possible = _possible(intent)
    if (before.priority in possible) == (after.priority in possible):
        return True
    if after.first.time_ns - before.last.time_ns > late_after_ns(before.interval_ns):
        return True
    # A reload makes the instance anew, and counts anew.
    step = ip_id_step(before.last_ip_id, after.first_ip_id)
    return step is not None and step > 1


def _discards(node: Node, intent: Intent, router: VirtualRouter) -> str:
    """Says by which line a router preempts that has nopreempt, where it was not read again."""
    kinds = (Said.DISCARDED_LOWER, Said.STARTED, Said.RELOADED)
    said = node.said(router, kinds) if intent.nopreempt.value else ()
    told = [s for s in said if s.said is Said.DISCARDED_LOWER]
    starts = [s for s in said if s.said is Said.STARTED]
    if not told or len(said) > len(told) + len(starts) or len(starts) > 1:
        return ""
    line = told[0].line
    return (
        f"{intent.instance} has nopreempt, and line {line.line} of {line.file} says that a lower "
        "priority is discarded"
    )


def _logged_else(node: Node, intent: Intent, router: VirtualRouter) -> str:
    """Says which priority it logged that its configuration does not give it."""
    said = node.said(router, (Said.PRIORITY, Said.RELOADED))
    told = [s for s in said if s.said is Said.PRIORITY and s.instance is not None]
    possible = _possible(intent)
    if not told or len(told) < len(said):
        return ""
    if any(p in possible for s in told for p in (s.before, s.after)):
        return ""
    first = told[0]
    return (
        f"{intent.instance} cannot have the priority {first.before} or {first.after} that line "
        f"{first.line.line} of {first.line.file} tells"
    )


def is_told(intent: Intent, advertisement: Advertisement) -> bool:
    """True where an advert is as a configuration says, the priority left out."""
    seen = terms_of(advertisement)
    fields = set(differences(seen, told_terms(intent))) & _ADVERTISED
    if seen.version == 2 and seen.auth.type is None:
        # The capture cut it off.
        fields -= {Field.AUTH_TYPE, Field.PASSWORD}
    return not fields


def _exchanged(
    node: Node, nodes: list[Node], stories: list[RouterStory]
) -> dict[VirtualRouter, Note]:
    """Instances that fit what another one sent, and nobody else's do: nothing ties them here."""
    found: dict[VirtualRouter, Note] = {}
    if node.tied_by not in (TiedBy.LOG, TiedBy.ELIMINATION):
        return found
    for story in stories:
        intent = node.intent(story.router)
        speakers = {s.address for s in story.senders}
        others = [n for n in nodes if n is not node and n.fitting(story.router)]
        if intent is None or intent.source is not None or speakers & node.addresses or not others:
            continue
        for address in sorted(speakers, key=str):
            if _fits(node, story, address) and not _is_explained(others, story, address):
                text = f"{intent.instance} alone fits what {address} sent, which is another router"
                found[story.router] = _note(intent, text)
    return found


def _fits(node: Node, story: RouterStory, address: Address) -> bool:
    said = {s.priority for s in story.streaks if s.sender.address == address and s.priority}
    fitting = node.fitting(story.router)
    return bool(said) and any(said <= _possible(intent) for intent in fitting)


def _is_explained(nodes: list[Node], story: RouterStory, address: Address) -> bool:
    """True where the configuration of another node may be that of an address."""
    return any(
        _fits(node, story, address)
        or (address in node.addresses and node.intent(story.router) is not None)
        for node in nodes
    )
