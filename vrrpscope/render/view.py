"""What every part of a report needs: the analysis, the clock, the screen, how to call a router."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import PurePath
from typing import TYPE_CHECKING

from vrrpscope.diagnosis.case import Case
from vrrpscope.diagnosis.finding import Finding
from vrrpscope.diagnosis.nodes import Node
from vrrpscope.evidence.told import SourceLine
from vrrpscope.observation import FrameRef, VirtualRouter
from vrrpscope.pipeline import Analysis
from vrrpscope.protocol.advertisement import Address
from vrrpscope.render.clock import Clock
from vrrpscope.render.style import Screen
from vrrpscope.timeline.model import RouterStory, Timeline
from vrrpscope.timeline.streak import Sender

if TYPE_CHECKING:
    from vrrpscope.render.redact import Redactor


@dataclass
class View:
    """One way of looking at an analysis.

    Attributes:
        verbose: also what is rarely needed.
        redactor: replaces addresses; None where they are shown.
    """

    analysis: Analysis
    clock: Clock
    screen: Screen = field(default_factory=Screen)
    verbose: bool = False
    redactor: "Redactor | None" = None

    @property
    def case(self) -> Case:
        """What was seen and told."""
        return self.analysis.case

    def say(self, text: str) -> str:
        """Text from a capture or a configuration, as it may be shown."""
        return self.redactor.text(text) if self.redactor else text

    def quote(self, text: str) -> str:
        """A line of a configuration, as it may be shown."""
        return self.redactor.quotation(text) if self.redactor else text

    def name(self, address: Address) -> str:
        """The router's name where it has one, else its address."""
        node = self.case.node(address)
        return node.name if node else self.say(str(address))

    def unseen(self, node: Node, story: RouterStory | None = None) -> str:
        """Why a router has no address among those that were seen, or was not seen in a story."""
        stories = [story] if story is not None else [s for _, s in self.case.stories()]
        own = (s for s in stories if node.intent(s.router) is not None)
        shared = any(sender.is_shared for s in own for sender in s.senders)
        if story is not None:
            return "not told apart" if shared else "never seen"
        several = "one of several that send from one address"
        return several if shared else "never seen in the captures"

    def brief(self, text: str, context: str = "") -> str:
        """The text with routers called by their names alone.

        One that the text, or what stands around it, calls by two addresses keeps them: there may
        be two daemons on one host.
        """
        whole = f"{context}\n{text}"
        for node in self.case.nodes:
            full = {f"{node.name} ({address})" for address in node.addresses}
            used = [name for name in full if name in whole]
            if len(used) == 1:
                text = text.replace(used[0], node.name)
        return text

    def in_short(self, finding: Finding, text: str) -> str:
        """A part of a finding as it may be shown, with names alone: `says` has the addresses."""
        if not self.case.nodes:
            return self.say(text)
        parts = (finding.says, finding.remedy, *finding.settle_with)
        context = "\n".join((*parts, *(step.statement for step in finding.because)))
        return self.say(self.brief(text, context))

    def speakers(self, story: RouterStory) -> dict[Sender, str]:
        """How each sender is called; two that share a name or address show their MACs."""
        names = {sender: self.name(sender.address) for sender in story.senders}
        times = Counter(names.values())
        return {
            sender: f"{name} {self.say(sender.mac)}" if times[name] > 1 and sender.mac else name
            for sender, name in names.items()
        }

    @cached_property
    def has_logs(self) -> bool:
        """True where some router's log was given."""
        return any(node.log for node in self.case.nodes)

    @cached_property
    def several_vantages(self) -> bool:
        """True where a frame number alone does not say which frame is meant."""
        return len(self.analysis.timelines) > 1

    @cached_property
    def texts(self) -> frozenset[str]:
        """Vantages that are what tcpdump printed: Wireshark cannot open them."""
        vantages = (timeline.vantage for timeline in self.analysis.timelines)
        return frozenset(vantage.id for vantage in vantages if vantage.is_text)

    @cached_property
    def _short_paths(self) -> dict[str, str]:
        """Configurations by their names alone, where that is clear; the whole paths stand above."""
        paths = [path for node in self.case.nodes for path in node.files]
        names = [PurePath(path).name for path in paths]
        return {p: n for p, n in zip(paths, names, strict=True) if names.count(n) == 1}

    def place(self, line: SourceLine) -> str:
        """A line of a configuration: "dr-2.conf:16"."""
        return self.say(f"{self._short_paths.get(line.file, line.file)}:{line.line}")

    def frames(self, refs: Iterable[FrameRef]) -> str:
        """Frames of one vantage: "frames 57, 58", with several vantages "... of at-dr-2.pcap"."""
        found = list(refs)
        numbers = list(dict.fromkeys(str(ref.number) for ref in found))
        text = f"frame{'s' if len(numbers) > 1 else ''} {', '.join(numbers)}"
        return f"{text} of {self.say(found[0].vantage)}" if self.several_vantages else text

    @cached_property
    def routers(self) -> dict[VirtualRouter, list[tuple[Timeline, RouterStory]]]:
        """Every virtual router and who saw it; those with the gravest findings first."""
        seen: dict[VirtualRouter, list[tuple[Timeline, RouterStory]]] = {}
        for timeline, story in self.case.stories():
            seen.setdefault(story.router, []).append((timeline, story))
        rank = {router: index for index, router in enumerate(self._in_trouble())}

        def order(router: VirtualRouter) -> tuple[int, str, int, tuple[int, ...], str]:
            place = rank.get(router, len(rank))
            return place, router.family, router.vrid, router.vlans, router.segment

        return {router: seen[router] for router in sorted(seen, key=order)}

    @cached_property
    def told_of_pairs(self) -> dict[tuple[str, tuple[int, ...], str, object], Finding]:
        """The first finding about two VRIDs of one wire: by its family, its tags, and either."""
        found: dict[tuple[str, tuple[int, ...], str, object], Finding] = {}
        for finding in self.analysis.findings:
            router = finding.virtual_router
            for fact in ("one_vrid", "other_vrid"):
                if fact in finding.facts:
                    key = (router.family, router.vlans, router.segment, finding.facts[fact])
                    found.setdefault(key, finding)
        return found

    def _in_trouble(self) -> list[VirtualRouter]:
        """Virtual routers with findings, the gravest first."""
        severities = ["error", "warning", "info"]
        found = sorted(self.analysis.findings, key=lambda f: severities.index(f.severity))
        return list(dict.fromkeys(f.virtual_router for f in found))

    def title(self, router: VirtualRouter) -> str:
        """Virtual addresses and id: "172.31.23.6 (ipv4/60)"."""
        stories = [story for _, story in self.routers.get(router, [])]
        addresses = list(dict.fromkeys(str(a) for story in stories for a in story.addresses))
        shown = addresses[:2] + ([f"{len(addresses) - 2} more"] if len(addresses) > 2 else [])
        return self.say(f"{', '.join(shown)} ({router.id})") if addresses else router.id

    def findings_of(self, router: VirtualRouter) -> list[Finding]:
        """What was found about a virtual router, in the report's order."""
        return self._findings.get(router, [])

    @cached_property
    def _findings(self) -> dict[VirtualRouter, list[Finding]]:
        found: dict[VirtualRouter, list[Finding]] = {}
        for finding in self.analysis.findings:
            found.setdefault(finding.virtual_router, []).append(finding)
        return found
