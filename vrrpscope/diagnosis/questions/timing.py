"""How a hand-over fits the timers, by what is told of the new master."""

from msgspec import Struct

from vrrpscope.evidence.model import Intent
from vrrpscope.protocol.timers import (
    DOWN_TIMER_ADVERTS,
    Range,
    master_down_interval_ns,
    skew_time_ns,
)
from vrrpscope.timeline.handovers import TOLERANCE_NS
from vrrpscope.timeline.implied import Priorities, implied_priority
from vrrpscope.timeline.model import Handover, HandoverKind


class Timing(Struct, frozen=True):
    """The timers of one hand-over.

    Attributes:
        expected_ns: what they allow with the priority that the new master advertised first, and
            with its own `down_timer_adverts` where it is told; None where no timer governs it.
        on_time: whether it took that long, give or take `TOLERANCE_NS`.
        implied: the priorities with which a backup waits as long as the new master did.
        told: the configuration of the new master.
    """

    handover: Handover
    expected_ns: Range | None
    on_time: bool | None
    implied: Priorities | None
    told: Intent | None

    @property
    def said(self) -> int:
        """The priority that the new master advertised first."""
        return self.handover.after.streaks[0].priority

    @property
    def late_ns(self) -> int:
        """How much longer than expected it took; negative where it came too soon."""
        if self.expected_ns is None or self.handover.took_ns is None:
            return 0
        return self.handover.took_ns - self.expected_ns.high


def time_handover(handover: Handover, told: Intent | None) -> Timing:
    """The timers of a hand-over; `told` is the configuration of the new master."""
    adverts = told.down_timer_adverts.value if told else DOWN_TIMER_ADVERTS
    expected_ns, on_time = handover.expected_ns, handover.on_time
    if expected_ns is not None and handover.took_ns is not None:
        waits_ns = allowed_ns(handover, adverts)
        expected_ns = Range(waits_ns, waits_ns)
        on_time = abs(handover.took_ns - waits_ns) <= TOLERANCE_NS
    return Timing(handover, expected_ns, on_time, implied_priority(handover, adverts), told)


def allowed_ns(handover: Handover, adverts: int = DOWN_TIMER_ADVERTS) -> int:
    """What the new master's timer runs with the priority that it advertised first."""
    assert handover.before is not None
    new, interval_ns = handover.after.streaks[0].advertisement, handover.before.interval_ns
    if handover.kind is HandoverKind.RELEASE:
        return skew_time_ns(new.version, new.priority, interval_ns)
    return master_down_interval_ns(new.version, new.priority, interval_ns, adverts)
