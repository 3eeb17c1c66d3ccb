"""What a capture file says besides its frames: its interfaces, and what was wrong with it."""

from dataclasses import dataclass

# Templates for what can happen many times; {count} and {first} are filled in at the end.
NO_TIME = "frames without a time (simple packet blocks): {count}, the first is frame {first}"
IMPOSSIBLE_TIME = (
    "frames with a time outside the years 1677 to 2262, taken as without a time: {count}, "
    "the first is frame {first}"
)
UNKNOWN_BLOCK = "blocks of an unknown type, skipped: {count}, the first is {first}"
NUMBERED_BLOCK = (
    "records that are no packets (custom, journal or system event blocks), skipped: {count}; "
    "each takes a frame number, as in Wireshark, the first is {first}"
)
NETFLIX_BLOCK = (
    "custom blocks of Netflix, skipped: {count}, the first after frame {first}; "
    "Wireshark may number the frames from there on differently"
)
STRAY_STATISTICS = (
    "statistics of interfaces that are not described, skipped: {count}, the first {first}"
)

MOST_DROP_NOTES = 16


@dataclass(slots=True)
class Interface:
    """One interface that was captured on; a pcap file has exactly one, without a name.

    Attributes:
        name: as the file gives it, at most 255 characters; None where it gives none. Foreign text!
        link_type: LINKTYPE_ value without the FCS bits.
        received: frames that the interface received (isb_ifrecv); None where the file is silent.
        dropped_by_interface: frames that the interface dropped (isb_ifdrop).
        dropped_by_system: frames that the operating system dropped (isb_osdrop).
        dropped_between: frames that were lost just before recorded ones (epb_dropcount, or the
            drops count of obsolete packet blocks), summed up.
    """

    name: str | None
    link_type: int
    received: int | None = None
    dropped_by_interface: int | None = None
    dropped_by_system: int | None = None
    dropped_between: int = 0

    @property
    def dropped(self) -> int:
        """Frames that were lost, by whatever."""
        counts = (self.dropped_by_interface, self.dropped_by_system, self.dropped_between)
        return sum(count or 0 for count in counts)


class Ledger:
    """Collects interfaces and notes while a file is read.

    What can happen once per frame is counted and becomes one note at the end, so that a hostile
    file cannot fill the memory with notes.
    """

    def __init__(self) -> None:
        self.interfaces: list[Interface] = []
        self.notes: list[str] = []
        self._tallies: dict[str, tuple[int, int | str]] = {}
        self._steps_back = 0
        self._first_step_back = 0
        self._largest_step_ns = 0

    def note(self, text: str) -> None:
        """Adds a note that can occur only a few times per file."""
        self.notes.append(text)

    def tally(self, kind: str, first: int | str) -> None:
        """Counts one occurrence of `kind`, one of the templates above; keeps the first `first`."""
        count, known = self._tallies.get(kind, (0, first))
        self._tallies[kind] = (count + 1, known)

    def step_back(self, number: int, step_ns: int) -> None:
        """Frame `number` is `step_ns` nanoseconds earlier than the frame before it."""
        self._first_step_back = self._first_step_back or number
        self._steps_back += 1
        self._largest_step_ns = max(self._largest_step_ns, step_ns)

    def cut_short(self, number: int, offset: int, have: int, want: int) -> None:
        """The file ends inside the record or block that should have become frame `number`."""
        self.note(
            f"cut short after frame {number - 1}: "
            f"the last record, at byte {offset}, has {have} of {want} bytes"
        )

    def damaged(self, number: int, offset: int, what: str) -> None:
        """The record or block at `offset`, after frame `number`, makes no sense; reading stops."""
        self.note(f"damaged at byte {offset}, after frame {number}: {what}; the rest is not read")

    def finish(self) -> None:
        """Turns the counts into notes. Call it once, when nothing more will be read."""
        for kind, (count, first) in self._tallies.items():
            self.note(kind.format(count=count, first=first))
        if self._steps_back:
            self.note(
                f"time runs backwards; steps back: {self._steps_back}, the first at frame "
                f"{self._first_step_back}, the largest {_seconds(self._largest_step_ns)} s"
            )
        self._note_drops()

    def _note_drops(self) -> None:
        notes = [text for text in map(_drops, self.interfaces) if text]
        self.notes.extend(notes[:MOST_DROP_NOTES])
        if len(notes) > MOST_DROP_NOTES:
            self.note(f"{len(notes) - MOST_DROP_NOTES} more interfaces dropped frames")


def _drops(interface: Interface) -> str:
    counts = (
        (interface.dropped_by_interface, "by the interface"),
        (interface.dropped_by_system, "by the system"),
        (interface.dropped_between, "between recorded frames"),
    )
    parts = [f"{count} {where}" for count, where in counts if count]
    name = "unnamed" if interface.name is None else printable(interface.name)
    return f"interface {name} dropped frames: {', '.join(parts)}" if parts else ""


def _seconds(duration_ns: int) -> str:
    whole, fraction = divmod(duration_ns, 1_000_000_000)
    return f"{whole}.{fraction:09d}".rstrip("0").rstrip(".")


def printable(text: str) -> str:
    """`text` with everything escaped that could steer a terminal."""
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)
