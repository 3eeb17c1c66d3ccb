"""Which priority a take-over tells: the timer of a backup ends with a skew by its own priority.

VRRPv2: 1/256 s (3.9 ms) a step. VRRPv3: 1/256 of the interval, so that at 100 ms a step is 0.39 ms
and the lateness of any ordinary machine hides them all (RFC 3768 and RFC 5798 section 6.1).
"""

from typing import NamedTuple

from vrrpscope.protocol.timers import (
    DOWN_TIMER_ADVERTS,
    HIGHEST_BACKUP_PRIORITY,
    LOWEST_BACKUP_PRIORITY,
    NS,
)
from vrrpscope.timeline.handovers import TOLERANCE_NS
from vrrpscope.timeline.model import Handover, HandoverKind, Tenure
from vrrpscope.timeline.streak import Mark

EARLY_NS = 10_000_000
"""A timer may run out this much before its time: FRRouting cuts the skew to hundredths of a second
(vrrp_recalculate_timers); nothing else that was measured came more than 2 ms early."""

_MOST_STEPS = 64
"""A range as wide as a quarter of all priorities tells nothing."""


class Priorities(NamedTuple):
    """A range of priorities, both ends included."""

    low: int
    high: int

    def __str__(self) -> str:
        return str(self.low) if self.low == self.high else f"{self.low} to {self.high}"

    def holds(self, priority: int) -> bool:
        """True for a priority of the range."""
        return self.low <= priority <= self.high


def implied_priority(
    handover: Handover, down_timer_adverts: int = DOWN_TIMER_ADVERTS
) -> Priorities | None:
    """The priorities with which a backup waits as long as the new master did.

    Its timer ran between `took_ns` less `TOLERANCE_NS` (it was late) and `took_ns` and `EARLY_NS`.
    None where no timer governs the hand-over, where the delay is that of no priority, and where
    the lateness covers too many of them. What it advertises afterwards is not asked, but that it
    discarded adverts is: those are of a lower priority than its own.
    """
    before, began = handover.before, handover.counted_from
    if before is None or began is None or handover.took_ns is None:
        return None
    new = handover.after.streaks[0].advertisement
    unit_ns = NS if new.version == 2 else before.interval_ns
    steps = (TOLERANCE_NS + EARLY_NS) * 256 // unit_ns
    if steps > _MOST_STEPS:
        return None
    waits = 0 if handover.kind is HandoverKind.RELEASE else down_timer_adverts
    skew_ns = handover.took_ns - waits * before.interval_ns
    least = max(LOWEST_BACKUP_PRIORITY, _discarded(before, began) + 1)
    low = max(256 - (skew_ns + EARLY_NS) * 256 // unit_ns, least)
    high = min(256 + (TOLERANCE_NS - skew_ns) * 256 // unit_ns, HIGHEST_BACKUP_PRIORITY)
    return Priorities(low, high) if low <= high else None


def _discarded(before: Tenure, began: Mark) -> int:
    """The highest priority after the advert that was accepted last; 0 where none came."""
    return max((s.priority for s in before.streaks if s.first > began), default=0)
