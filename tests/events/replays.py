"""Recorded captures, told again frame by frame."""

from collections.abc import Iterator
from pathlib import Path

from vrrpscope.capture.source import open_capture
from vrrpscope.decode.decoder import Decoder
from vrrpscope.decode.essence import mac_offset
from vrrpscope.observation import Announcement, Carp, Frame, Sighting, Vantage
from vrrpscope.timeline.builder import TimelineBuilder
from vrrpscope.timeline.model import Timeline

CASES = Path(__file__).resolve().parents[2] / "pcaps"


class Replay:
    """A capture that grows."""

    def __init__(self, case: str, file: str = "incident.pcap") -> None:
        with open_capture(CASES / case / file) as capture:
            self.frames = list(capture)
        self.builder = TimelineBuilder(Vantage(file, file))
        self._decoder = Decoder()

    def take(self, frame: Frame) -> None:
        """Hands one frame to the builder, as the reader does."""
        builder = self.builder
        decoded = self._decoder.decode(frame, builder.vantage.id)
        if isinstance(decoded, Sighting):
            builder.push(decoded)
        elif isinstance(decoded, Announcement):
            builder.announce(decoded)
        elif isinstance(decoded, Carp):
            builder.meet(decoded)
        else:
            start = mac_offset(frame.link_type)
            mac = "" if start < 0 else frame.data[start : start + 6].hex(":")
            builder.notice(decoded.name, decoded.refused, mac, frame.time_ns)

    def whole(self) -> Timeline:
        """The story of all frames."""
        for frame in self.frames:
            self.take(frame)
        return self.builder.finish()

    def prefixes(self) -> Iterator[Timeline]:
        """The story after every frame."""
        for frame in self.frames:
            self.take(frame)
            yield self.builder.finish()
