"""Whether the daemon of a router that is no master still ran, by what was seen of it."""

from enum import StrEnum

from msgspec import Struct

from vrrpscope.diagnosis.questions.signs import Signs
from vrrpscope.protocol.advertisement import Address
from vrrpscope.timeline.model import EndedBy
from vrrpscope.timeline.streak import Mark


class Sign(StrEnum):
    """The last thing that was seen of a router; the text follows its name in a sentence."""

    JOINED = "had joined the VRRP group, and was not seen to leave it"
    YIELDED = "had been master and had yielded to a better one: it runs as a backup"
    RELEASED = "had given the role up"
    SILENT = "had fallen silent as a master"
    LEFT = "had left the VRRP group: its daemon ended"


class Standing(Struct, frozen=True):
    """The last sign of a router before a moment, and what shows it."""

    sign: Sign
    mark: Mark

    @property
    def runs(self) -> bool:
        """True where the sign is one of a daemon that runs and is a backup."""
        return self.sign in (Sign.JOINED, Sign.YIELDED)


def find_standing(signs: Signs, address: Address, at: Mark) -> Standing | None:
    """What a router was at a moment, as far as frames tell; None where none does.

    The kernel tells the network that nobody listens any more when a daemon ends, however it ends:
    a leave is seen even after a SIGKILL, but not where the whole host dies, and never of a router
    with unicast peers.
    """
    found = []
    if joined := signs.joined(address, at):
        found.append(Standing(Sign.JOINED, joined))
    if left := signs.left(address, at):
        found.append(Standing(Sign.LEFT, left))
    ended = [t for t in signs.tenures_of(address) if t.until < at]
    if ended:
        last = max(ended, key=lambda t: t.until)
        found.append(Standing(_SIGNS.get(last.ended_by, Sign.SILENT), last.until))
    return max(found, key=lambda s: s.mark, default=None)


_SIGNS = {EndedBy.RELEASED: Sign.RELEASED, EndedBy.YIELDED: Sign.YIELDED}
