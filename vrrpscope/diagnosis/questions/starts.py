"""Routers that were seen to start: whose MAC is known, though they may never have advertised."""

from msgspec import Struct

from vrrpscope.observation import JOINS
from vrrpscope.protocol.advertisement import Address
from vrrpscope.protocol.timers import NS
from vrrpscope.timeline.model import RouterStory
from vrrpscope.timeline.streak import Mark, Sender

_REPEATED_NS = 2 * NS
"""Who joins a group says so twice within a second (RFC 3376 sections 8.1 and 8.11, RFC 3810
sections 9.1 and 9.11); who answers a querier says so once."""


class Starts(Struct, frozen=True):
    """The routers that joined the group as a daemon does that starts, by their MACs.

    What was running before the capture began may be anything: a master, too, that is kept silent.
    `first_words` are the first adverts of everybody.
    """

    routers: dict[str, Sender]
    first_words: dict[Address, Mark]

    def is_no_second_master(self, mac: str, master: Address, at: Mark) -> bool:
        """True for the MAC of the master itself, or of a router that has not spoken since it began.

        A master speaks when its timer has run out for the first time, and only then can it be
        silenced.
        """
        router = self.routers.get(mac)
        if router is None:
            return False
        spoke = self.first_words.get(router.address)
        return router.address == master or spoke is None or spoke > at


def find_starts(story: RouterStory) -> Starts:
    """Everybody who was seen to start."""
    latest: dict[Sender, Mark] = {}
    routers: dict[str, Sender] = {}
    for said in story.announcements:
        if said.kind not in JOINS or said.subject.is_unspecified:
            continue
        router = Sender(said.subject, said.mac)
        before = latest.get(router)
        repeated = before is not None and said.first.time_ns - before.time_ns <= _REPEATED_NS
        if said.mac and (said.count > 1 or repeated):
            routers.setdefault(said.mac, router)
        latest[router] = said.last
    first_words: dict[Address, Mark] = {}
    for streak in story.streaks:
        first_words.setdefault(streak.sender.address, streak.first)
    return Starts(routers, first_words)
