"""From frames to the builders of their interfaces: the same for files and live."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from vrrpscope.advert_rows import AdvertRows
from vrrpscope.capture.ledger import Interface
from vrrpscope.decode.decoder import Decoder
from vrrpscope.decode.essence import source_mac
from vrrpscope.observation import Announcement, Carp, Frame, Sighting, Vantage
from vrrpscope.timeline.builder import OTHER_VRID, TimelineBuilder
from vrrpscope.timeline.registers import Registers

if TYPE_CHECKING:
    from vrrpscope.compiled.accelerator import Accelerator


class Intake:
    """Decodes frames and hands them to the builders of their interfaces.

    Attributes:
        registers: of all builders.
        by_interface: the builder of each interface that was seen; two may have the same one.
        accelerator: what learns from each frame; None where there is none.
        announced: how many announcements came.
    """

    def __init__(
        self,
        name: str,
        file: str,
        interfaces: Sequence[Interface],
        vrid: int | None = None,
        rows: AdvertRows | None = None,
        *,
        is_text: bool = False,
    ) -> None:
        """Nothing is taken yet.

        Args:
            name: of the vantage; a second interface adds its own.
            file: what `Vantage.file` is to say.
            interfaces: what is captured on; a list that may grow.
            vrid: adverts of other ones are only counted; None takes all.
            rows: takes every advert as well.
            is_text: as in `Vantage`.
        """
        self._name = name
        self._file = file
        self._interfaces = interfaces
        self._vrid = vrid
        self._rows = rows
        self._is_text = is_text
        self._decoder = Decoder()
        self._builders: dict[object, TimelineBuilder] = {}
        self.registers = Registers()
        self.by_interface: dict[int, TimelineBuilder] = {}
        self.accelerator: Accelerator | None = None
        self.announced = 0

    @property
    def builders(self) -> Sequence[TimelineBuilder]:
        """All builders, in the order in which their interfaces were seen."""
        return tuple(self._builders.values())

    def take(self, frame: Frame) -> None:
        """Decodes a frame and hands it to the builder of its interface."""
        builder = self.by_interface.get(frame.interface)
        if builder is None:
            builder = self.builder(frame.interface)
        decoded = self._decoder.decode(frame, builder.vantage.id)
        if isinstance(decoded, Sighting):
            self._take_advert(frame, builder, decoded)
        elif isinstance(decoded, Announcement):
            self.announced += 1
            builder.announce(decoded)
            self._learn_host(builder, decoded.mac)
        elif isinstance(decoded, Carp):
            builder.meet(decoded)
        else:
            mac = source_mac(frame.link_type, frame.data)
            builder.notice(decoded.name, decoded.refused, mac, frame.time_ns)
            self._learn_host(builder, mac)

    def _learn_host(self, builder: TimelineBuilder, mac: str) -> None:
        if self.accelerator is not None and mac:
            self.accelerator.learn_host(mac, builder)

    def _take_advert(self, frame: Frame, builder: TimelineBuilder, advert: Sighting) -> None:
        """Hands an advert to its builder; only counts it where its VRID was not asked for."""
        accelerator = self.accelerator
        if self._vrid in (None, advert.router.vrid):
            place = builder.push(advert)
            meaning = 0
            if self._rows is not None:
                meaning = self._rows.add(builder.vantage.id, advert)
            if accelerator is not None and place is not None and self._decoder.remembers(frame):
                accelerator.learn_advert(frame, builder.at, place, meaning)
            return
        mac = advert.advertisement.source_mac
        builder.notice(OTHER_VRID, False, mac, frame.time_ns)
        if accelerator is not None and self._decoder.remembers(frame):
            accelerator.learn_not_asked_for(frame, builder.at, builder.host_at(mac) if mac else 0)

    def builder(self, index: int) -> TimelineBuilder:
        """The builder of an interface; one that a later section names again is the same."""
        name = self._interfaces[index].name if index < len(self._interfaces) else None
        key = name or index
        if key not in self._builders:
            id_ = self._name if not self._builders else f"{self._name}#{name or index}"
            vantage = Vantage(id_, self._file, name, self._is_text)
            self._builders[key] = TimelineBuilder(vantage, self.registers)
        builder = self.by_interface[index] = self._builders[key]
        if self.accelerator is not None:
            self.accelerator.see_vantage(index, builder)
        return builder
