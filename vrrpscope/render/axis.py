"""A time axis with round ticks."""

from msgspec import Struct

from vrrpscope.protocol.timers import NS
from vrrpscope.render.clock import Clock

_MS = NS // 1000
_DAY = 86_400 * NS
_STEPS: tuple[int, ...] = (
    *(n * _MS for n in (1, 2, 5, 10, 20, 50, 100, 200, 500)),
    *(n * NS for n in (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800)),
    *(n * 3600 * NS for n in (1, 2, 3, 6, 12)),
    *(_DAY * n for n in (1, 2, 7, 14, 28)),
    *(_DAY * (56 << n) for n in range(14)),
)
_LABEL_GAP = 2


class Axis(Struct, frozen=True):
    """Maps times to columns: the first column holds `start_ns`, the last one `end_ns`."""

    start_ns: int
    end_ns: int
    columns: int

    def column(self, time_ns: int) -> int:
        """The column of a time; times outside are put at the ends."""
        span_ns = max(self.end_ns - self.start_ns, 1)
        column = (time_ns - self.start_ns) * (self.columns - 1) // span_ns
        return max(0, min(column, self.columns - 1))

    @property
    def column_ns(self) -> int:
        """The time that one column stands for."""
        return max(1, (self.end_ns - self.start_ns) // max(self.columns - 1, 1))

    def step_ns(self, label_width: int) -> int:
        """The smallest round step whose labels do not touch each other."""
        least_ns = (label_width + _LABEL_GAP) * self.column_ns
        return next((step for step in _STEPS if step >= least_ns), _STEPS[-1])

    def ticks(self, clock: Clock) -> tuple[list[int], int]:
        """The times of the ticks, round in the clock's zone, and the step between them."""
        step_ns = self.step_ns(len(self.label(self.start_ns, NS, clock)))
        if step_ns < NS or step_ns >= _DAY:
            step_ns = self.step_ns(len(self.label(self.start_ns, step_ns, clock)))
        offset_ns = clock.offset_ns(self.start_ns)
        first_ns = -(-(self.start_ns + offset_ns) // step_ns) * step_ns - offset_ns
        return list(range(first_ns, self.end_ns + 1, step_ns)), step_ns

    def label(self, time_ns: int, step_ns: int, clock: Clock) -> str:
        """A tick's time, as short as it can be."""
        moment = clock.moment(time_ns)
        if step_ns < NS:
            return clock.time(time_ns)
        if step_ns >= _DAY:
            return clock.date(time_ns)
        if self.end_ns - self.start_ns >= _DAY:
            return moment.strftime("%m-%d %H:%M")
        return moment.strftime("%H:%M:%S")


def relative(time_ns: int, step_ns: int) -> str:
    """The time since the start of the axis: "+9.6s", "+01:05:00"."""
    if step_ns < NS:
        return f"+{time_ns / NS:.3f}s"
    seconds, tenths = divmod((time_ns + NS // 20) // (NS // 10), 10)
    if seconds < 600:
        return f"+{seconds}.{tenths}s"
    hours, rest = divmod(seconds, 3600)
    if hours < 100:
        return f"+{hours}:{rest // 60:02}:{rest % 60:02}"
    return f"+{hours // 24}d"
