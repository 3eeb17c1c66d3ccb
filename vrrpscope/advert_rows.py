"""Every single advert, as a row of integers: for tables of millions, which no story keeps."""

from array import array
from collections.abc import Callable
from typing import NamedTuple

from vrrpscope.observation import Sighting, VirtualRouter
from vrrpscope.protocol.advertisement import Advertisement
from vrrpscope.timeline.streak import NO_IP_ID

ROW_WORDS = 4
"""Time in nanoseconds since the epoch, frame number, index of the meaning, IP identification."""
ROWS_PER_BATCH = 262_144


class Meaning(NamedTuple):
    """What adverts say, where, and of which virtual router: equal for all but a few hundred."""

    vantage: str
    router: VirtualRouter
    advertisement: Advertisement


class AdvertBatch(NamedTuple):
    """Some adverts in the order of the capture.

    Attributes:
        rows: `ROW_WORDS` integers for each; the time of an advert without one is `NO_TIME`, the IP
            identification of IPv6 is -1.
        meanings: what the rows' indices stand for; it grows from batch to batch.
    """

    rows: "array[int]"
    meanings: list[Meaning]


NO_TIME = -(2**63)


class AdvertRows:
    """Collects adverts and hands them over in batches."""

    def __init__(self, take: Callable[[AdvertBatch], None]) -> None:
        self._take = take
        self._rows = array("q")
        self._meanings: list[Meaning] = []
        self._indices: dict[Meaning, int] = {}

    def index_of(self, vantage: str, sighting: Sighting) -> int:
        """The index of what an advert says."""
        meaning = Meaning(vantage, sighting.router, sighting.advertisement)
        index = self._indices.get(meaning)
        if index is None:
            index = self._indices[meaning] = len(self._meanings)
            self._meanings.append(meaning)
        return index

    def add(self, vantage: str, sighting: Sighting) -> int:
        """Takes one advert; returns the index of what it says."""
        time_ns = NO_TIME if sighting.time_ns is None else sighting.time_ns
        ip_id = NO_IP_ID if sighting.ip_id is None else sighting.ip_id
        index = self.index_of(vantage, sighting)
        self.extend(array("q", (time_ns, sighting.ref.number, index, ip_id)))
        return index

    def extend(self, rows: "array[int]") -> None:
        """Takes several adverts, as rows."""
        self._rows += rows
        if len(self._rows) >= ROWS_PER_BATCH * ROW_WORDS:
            self.finish()

    def finish(self) -> None:
        """Hands over what is left."""
        if self._rows:
            self._take(AdvertBatch(self._rows, self._meanings))
            self._rows = array("q")
