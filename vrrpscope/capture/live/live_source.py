"""What all live sources have in common."""

from abc import ABC, abstractmethod
from types import TracebackType
from typing import Self

from vrrpscope.capture.ledger import Interface
from vrrpscope.observation import Frame

MOST_NOTES = 100


class LiveSource(ABC):
    """Where frames come from while they are being captured; a context manager.

    Frames are numbered from 1 over all that the source gives. It works from its construction on.

    Attributes:
        name: what is captured and how, for one line at the start.
        interfaces: what is captured on; grows while frames are read.
        notes: what was wrong or remarkable, one sentence each, the first hundred.
        ended: True where nothing more will come.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.interfaces: list[Interface] = []
        self.notes: list[str] = []
        self.ended = False

    @abstractmethod
    def next(self, timeout_s: float | None) -> Frame | None:
        """The next frame; None where none came within `timeout_s` seconds, or no more will.

        Args:
            timeout_s: how long to wait; None waits until a frame comes or the source ends.

        Raises:
            CaptureError: the capture failed.
        """

    @property
    @abstractmethod
    def dropped(self) -> int:
        """How many frames were lost before they came here, as far as is known."""

    @abstractmethod
    def close(self) -> None:
        """Ends the capture; may be called again."""

    def note(self, text: str) -> None:
        """Adds a note, unless it is known already or there are too many."""
        if len(self.notes) < MOST_NOTES and text not in self.notes:
            self.notes.append(text)

    def __enter__(self) -> Self:
        """Nothing more to do: it works already."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Closes it."""
        self.close()
