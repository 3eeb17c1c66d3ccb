"""How numbers, durations and foreign text are written: the one place for it."""

from collections.abc import Iterable, Sequence

from vrrpscope.diagnosis.finding import Duration
from vrrpscope.protocol.timers import NS, Range

_LONG_NS = 120 * NS
"""From here on a duration is written in minutes, hours and days."""

_UNITS = ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s"))


def duration(duration_ns: int) -> str:
    """For example "3.609 s", "609 ms", "24.1 s", "12 min 3 s", "2 h 5 min"."""
    if abs(duration_ns) < _LONG_NS:
        return str(Duration(duration_ns))
    sign, seconds = ("-", -duration_ns // NS) if duration_ns < 0 else ("", duration_ns // NS)
    parts: list[tuple[int, str]] = []
    for size, name in _UNITS:
        count, seconds = divmod(seconds, size)
        if count or parts:
            parts.append((count, name))
    return sign + " ".join(f"{count} {name}" for count, name in parts[:2] if count)


def exact(duration_ns: int) -> str:
    """Seconds with as many digits as it takes: "1 s", "0.5 s", "3.609375 s"."""
    whole, fraction = divmod(abs(duration_ns), NS)
    digits = f"{whole}.{fraction:09d}".rstrip("0").rstrip(".")
    return f"{'-' if duration_ns < 0 else ''}{digits} s"


def allowed(expected: Range | None) -> str | None:
    """What the timers allow: one duration, or from the least to the most; None for neither."""
    if expected is None:
        return None
    if expected.low == expected.high:
        return duration(expected.low)
    return f"{duration(expected.low)} to {duration(expected.high)}"


def count(number: int, one: str, many: str | None = None) -> str:
    """For example "1 frame", "4,128 frames"."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def listed(items: Sequence[str], last: str = "and") -> str:
    """For example "a", "a and b", "a, b and c"."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {last} {items[-1]}"


def numbers(values: Iterable[int]) -> str:
    """For example "57, 58 and 61"."""
    return listed([str(value) for value in values])


def printable(text: str) -> str:
    """The text with everything escaped that could steer a terminal or reorder what it shows."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


def cells(text: str) -> int:
    """How many columns of a terminal the text takes."""
    if text.isascii():
        return len(text)
    # Imported here: most text is ASCII, and the tables of Unicode take a while to load.
    from unicodedata import combining, east_asian_width

    wide = (2 if east_asian_width(c) in "WF" else 1 for c in text if not combining(c))
    return sum(wide)


def shortened(text: str, width: int, mark: str = "…") -> str:
    """The text in at most `width` columns; what is cut from its middle leaves a mark."""
    if cells(text) <= width:
        return text
    room = max(width - len(mark), 0)
    tail = room // 2
    head, end = room - tail, text[len(text) - tail :]
    return f"{text[:head]}{mark}{end}"[: max(width, 0)]


def sentence(text: str) -> str:
    """With a capital letter and a full stop; a name or number at its start is left alone."""
    text = text.strip()
    return text if text.endswith((".", "?", "!", ":")) else f"{text}."
