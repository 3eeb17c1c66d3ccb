"""How a log's clock was set by a capture's."""

from msgspec import Struct
from msgspec.structs import replace

from vrrpscope.evidence.statement import Log


class LogClock(Struct, frozen=True):
    """What is to be added to a log's times to have the capture's.

    Attributes:
        offset_ns: None where nothing tells it: then the statements have no times.
        spread_ns: the offset may be off by this much to either side; the log's step included.
        matched: events that both saw.
        doubt: why the log cannot be its router's, or not of that time; "" where nothing says so.
        is_identified: it is known to be its router's by what that one did, or by its address.
            A start, or what others did, may be in the logs of several routers.
    """

    offset_ns: int | None
    spread_ns: int
    matched: int
    doubt: str = ""
    is_identified: bool = True

    @property
    def is_compared(self) -> bool:
        """True where events that both saw tell the offset, and nothing speaks against it."""
        return self.matched > 0 and not self.doubt


def place(log: Log, clock: LogClock) -> Log:
    """The log with its times on the capture's clock; without times where that is unknown."""
    offset_ns = clock.offset_ns

    def moved(time_ns: int | None) -> int | None:
        return None if time_ns is None or offset_ns is None else time_ns + offset_ns

    statements = tuple(replace(s, time_ns=moved(s.time_ns)) for s in log.statements)
    first_ns, last_ns = moved(log.first_ns), moved(log.last_ns)
    return replace(log, statements=statements, first_ns=first_ns, last_ns=last_ns)
