"""What the words of a report mean, for whoever never read an RFC: only those that occur in it."""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from vrrpscope.diagnosis.finding import Finding, Kind
from vrrpscope.render.document import Block, Heading, Paragraph, line, strong
from vrrpscope.render.view import View
from vrrpscope.timeline.model import HandoverKind


class _Word(NamedTuple):
    """A word, how it is found in a text, and what it means."""

    word: str
    found_as: str
    meaning: str


_WORDS = (
    _Word(
        "Master_Down_Interval",
        r"Master_Down_(Interval|Timer)",
        "how long a backup waits for an advert that it accepts before it takes over: three advert "
        "intervals and its Skew_Time",
    ),
    _Word(
        "Skew_Time",
        r"Skew_Time",
        "(256 - priority)/256 of a second, in VRRPv3 of an interval: the higher the priority of a "
        "backup, the shorter",
    ),
    _Word(
        "priority 0",
        r"priority 0\b",
        "what a master sends to give the role up at once: a backup then waits for its Skew_Time "
        "only",
    ),
    _Word(
        "FAULT",
        r"\bFAULT\b",
        "a state of keepalived: a check without a weight failed, or the interface or its address "
        "is gone. The router sends nothing, and cannot be master",
    ),
    _Word(
        "nopreempt",
        r"\bnopreempt\b",
        "with it a backup leaves a master of a lower priority alone: it takes over only when it "
        "hears nothing, or a priority 0",
    ),
    _Word(
        "VRID",
        r"\bVRIDs?\b",
        "the number of a virtual router, 1 to 255: routers with one number on one network are one "
        "group",
    ),
    _Word(
        "gratuitous ARP",
        r"gratuitous ARP|neighbour advertisement",
        "an announcement that nobody asked for: it tells hosts and switches at which MAC the "
        "virtual address is now (IPv6: an unsolicited neighbour advertisement)",
    ),
    _Word(
        "IP identification",
        r"IP identification",
        "a number in the header of every IPv4 packet. keepalived raises it by one with each "
        "advert, so it counts what was sent, whether it was seen or not",
    ),
    _Word(
        "virtual MAC",
        r"virtual MAC|use_vmac",
        "00:00:5e:00:01 (IPv6: 02) and the VRID: with it the MAC of the virtual address moves with "
        "the role",
    ),
    _Word(
        "sync group",
        r"sync[_ ]group",
        "instances of one keepalived that become master, and backup, together",
    ),
    _Word(
        "effective priority",
        r"[Ee]ffective priority",
        "the configured priority and the weights of the checks: what the adverts say",
    ),
    _Word(
        "address owner",
        r"address owner",
        "a router with priority 255: the virtual address is an address of its own interface",
    ),
)

_KINDS = {
    HandoverKind.RELEASE: "a hand-over after the old master gave the role up (priority 0)",
    HandoverKind.EXPIRY: "a hand-over after silence: the timer of the new master ran out",
    HandoverKind.PREEMPTION: "a hand-over to a router whose priority is higher",
    HandoverKind.CONTEST: "a hand-over between two that were master at once: one gave way",
}


_ALLOWED = (
    "allowed",
    "how long a hand-over may take: three intervals and the Skew_Time of the new master, after a "
    "priority 0 its Skew_Time alone",
)
_TIMED = {HandoverKind.RELEASE, HandoverKind.EXPIRY}


def of_report(view: View, findings: Iterable[Finding]) -> Iterator[Block]:
    """The words of the findings, and of the tables of hand-overs."""
    seen = {h.kind for _, story in view.case.stories() for h in story.handovers}
    kinds = [(str(kind), meaning) for kind, meaning in _KINDS.items() if kind in seen]
    kinds += [_ALLOWED] if seen & _TIMED else []
    text = "\n".join(text for f in findings for text in _texts(f, view.verbose))
    yield from _listed([*known(text, [meaning for _, meaning in kinds]), *kinds], 2)


def of_text(text: str) -> Iterator[Block]:
    """The words of a manual page."""
    yield from _listed(known(text), 3)


def known(text: str, others: Iterable[str] = ()) -> list[tuple[str, str]]:
    """The words that occur in the texts, or in what explains another one of them; in our order."""
    whole, found = "\n".join((text, *others)), list[_Word]()
    while new := [w for w in _WORDS if w not in found and re.search(w.found_as, whole)]:
        found += new
        whole = "\n".join(w.meaning for w in new)
    return [(w.word, w.meaning) for w in _WORDS if w in found]


def _texts(finding: Finding, verbose: bool) -> Iterator[str]:
    """What a report shows of a finding: the reasons of a note only where all is shown."""
    yield from (finding.says, finding.remedy, *finding.settle_with)
    if finding.kind is not Kind.NOTE or verbose:
        yield from (step.statement for step in finding.because)


def _listed(words: list[tuple[str, str]], level: int) -> Iterator[Block]:
    if words:
        yield Heading(line("Words"), level)
    for word, meaning in words:
        yield Paragraph(line(strong(word), f": {meaning}"), bullet=True)
