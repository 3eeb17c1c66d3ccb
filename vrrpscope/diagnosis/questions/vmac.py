"""Frames from the virtual MAC that came from a router which is no master.

A switch looks for a MAC at the port that the last frame from it came in by. Only the master may
send from the virtual MAC (RFC 5798 section 7.3), or the switch sends its traffic elsewhere.
"""

from bisect import bisect_right
from collections.abc import Iterator

from msgspec import Struct

from vrrpscope.observation import JOINS, LEAVES, VirtualRouter
from vrrpscope.protocol.advertisement import Address
from vrrpscope.timeline.model import MOST_AT_ONCE, Announced, RouterStory, Tenure, Timeline
from vrrpscope.timeline.streak import Mark, Sender

_PREFIXES = {"ipv4": "00:00:5e:00:01:", "ipv6": "00:00:5e:00:02:"}
"""RFC 5798 section 7.3; the VRID follows."""


class Poisoned(Struct, frozen=True):
    """One router that sent from the virtual MAC while another one was master.

    Attributes:
        tenure: the master's, at the first of these frames.
        router: the address from which the frames came.
        frames: reports of group membership from the virtual MAC.
        is_known: the address is another router's for certain: it advertised itself.
        heals: the master's adverts come from the virtual MAC and put the switch right again.
    """

    timeline: Timeline
    story: RouterStory
    tenure: Tenure
    router: Address
    mac: str
    frames: tuple[Announced, ...]
    is_known: bool
    heals: bool

    @property
    def until(self) -> Mark:
        """The last of these frames."""
        return self.frames[-1].last


def virtual_mac(router: VirtualRouter) -> str:
    """The MAC that all routers of a virtual router share."""
    return f"{_PREFIXES[router.family]}{router.vrid:02x}"


def find_poisoned(timeline: Timeline, story: RouterStory) -> Iterator[Poisoned]:
    """Every router that reported its membership from the virtual MAC, and was no master then."""
    mac = virtual_mac(story.router)
    if any(sender.is_shared for sender in story.senders):
        # All routers have one address, made of the virtual MAC: nobody can be told apart by it.
        return
    found: dict[Address, list[tuple[Announced, Tenure]]] = {}
    tenures = sorted(story.tenures, key=lambda t: t.since)
    begins = [t.since for t in tenures]
    for said in story.announcements:
        if said.mac != mac or said.kind not in (*JOINS, *LEAVES) or not _is_telling(story, said):
            continue
        index = bisect_right(begins, said.first)
        lately = tenures[max(0, index - MOST_AT_ONCE) : index]
        masters = [t for t in lately if said.first < t.until]
        if masters and all(t.sender.address != said.subject for t in masters):
            found.setdefault(said.subject, []).append((said, masters[-1]))
    for router, reports in found.items():
        tenure = reports[0][1]
        yield Poisoned(
            timeline=timeline,
            story=story,
            tenure=tenure,
            router=router,
            mac=mac,
            frames=tuple(said for said, _ in reports),
            is_known=_is_another(tenures, router, tenure.sender.address),
            heals=tenure.sender.mac == mac,
        )


def _is_another(tenures: list[Tenure], router: Address, master: Address) -> bool:
    """True where two addresses surely are two routers: both advertised, and took turns.

    With one MAC for all, one router that was given another address looks like its successor.
    """
    own = [t for t in tenures if t.sender.address == router]
    its = [t for t in tenures if t.sender.address == master]
    if not own or not its:
        return False
    one, other = ({p for t in both for p in t.priorities} for both in (own, its))
    apart = own[-1].until < its[0].since or its[-1].until < own[0].since
    return not apart or not one & other


def _is_telling(story: RouterStory, said: Announced) -> bool:
    """True where the source address tells which router it was.

    A virtual address is the master's; one that is made of the virtual MAC may be anybody's; and
    0.0.0.0 is said by who has no address yet.
    """
    nobody = said.subject.is_unspecified or Sender(said.subject, said.mac).is_shared
    return not nobody and said.subject not in story.addresses
