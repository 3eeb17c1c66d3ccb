"""CARP beside VRRP: who spoke it with the number of a virtual router, folded into runs."""

from dataclasses import dataclass, replace

from vrrpscope.observation import Carp, VirtualRouter
from vrrpscope.timeline.streak import Mark, Sender, late_after_ns

_MOST_RUNS = 10_000
"""Runs kept for one vantage, so that hostile frames cannot fill the memory."""


@dataclass(frozen=True, slots=True)
class CarpRun:
    """CARP adverts of one sender that came on time.

    Attributes:
        interval_ns: advbase and advskew together; the first advert's.
        first, last: the ends of the run.
        longest_gap_ns: the longest pause inside it.
    """

    sender: Sender
    interval_ns: int
    first: Mark
    last: Mark
    count: int = 1
    longest_gap_ns: int = 0


class CarpLog:
    """The runs of CARP adverts, by the virtual router whose number they use."""

    def __init__(self) -> None:
        self._closed: dict[VirtualRouter, list[CarpRun]] = {}
        self._open: dict[tuple[VirtualRouter, Sender], CarpRun] = {}
        self._kept = 0

    def add(self, carp: Carp) -> None:
        """Takes an advert that has a time; beyond the bound no new run begins."""
        assert carp.time_ns is not None
        mark = Mark(carp.time_ns, carp.ref)
        sender = Sender(carp.source, carp.mac)
        key = (carp.router, sender)
        run = self._open.get(key)
        if run is not None:
            gap_ns = mark.time_ns - run.last.time_ns
            if 0 <= gap_ns <= late_after_ns(run.interval_ns):
                longest_ns = max(run.longest_gap_ns, gap_ns)
                self._open[key] = replace(
                    run, last=mark, count=run.count + 1, longest_gap_ns=longest_ns
                )
                return
        if self._kept >= _MOST_RUNS:
            return
        self._kept += 1
        if run is not None:
            self._closed.setdefault(carp.router, []).append(run)
        self._open[key] = CarpRun(sender, carp.interval_ns, mark, mark)

    def runs_for(self, router: VirtualRouter) -> tuple[CarpRun, ...]:
        """The runs whose VHID is the VRID, in the order in which they began."""
        running = [run for (of, _), run in self._open.items() if of == router]
        return tuple(sorted([*self._closed.get(router, []), *running], key=lambda r: r.first))
