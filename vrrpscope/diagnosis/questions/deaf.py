"""Take-overs beside a master whose adverts were on the wire: the newcomer did not get them."""

from collections.abc import Iterator
from itertools import combinations

from msgspec import Struct

from vrrpscope.diagnosis.questions.disagreements import compare
from vrrpscope.diagnosis.questions.reigns import Reign, find_reigns, reign_at
from vrrpscope.protocol.election import outranks
from vrrpscope.protocol.timers import master_down_interval_ns
from vrrpscope.timeline.model import RouterStory, Timeline
from vrrpscope.timeline.streak import Mark, Sender

_SURE_TAKEOVERS = 2
"""Once may be a router that had just started."""


class DeafBackup(Struct, frozen=True):
    """A backup that became master again and again beside a better one that was on the wire.

    Attributes:
        master, backup: the better one, and the one that took over without need.
        takeovers: its first advert of each time; it had not been restarted in between.
        until: its last advert.
    """

    timeline: Timeline
    story: RouterStory
    master: Sender
    backup: Sender
    takeovers: tuple[Mark, ...]
    until: Mark


def find_deaf(timeline: Timeline, story: RouterStory) -> Iterator[DeafBackup]:
    """All pairs of senders of which one took over beside the other, more than once."""
    reigns = find_reigns(story)
    for one, other in combinations(reigns, 2):
        for master, backup in ((one, other), (other, one)):
            found = [r for r in reigns[backup] if _is_needless(r, reigns[master])]
            if len(found) < _SURE_TAKEOVERS or not _agree(story, master, backup, found[0].since):
                continue
            marks = tuple(reign.since for reign in found)
            yield DeafBackup(timeline, story, master, backup, marks, found[-1].until)


def _is_needless(reign: Reign, masters: tuple[Reign, ...]) -> bool:
    """True where a better master had been on the wire for a whole Master_Down_Interval."""
    first = reign.streaks[0]
    master = reign_at(masters, reign.since.time_ns)
    if master is None or master.until <= reign.until or _has_restarted(reign):
        return False
    said = master.said(reign.since)
    down_ns = master_down_interval_ns(said.version, first.priority, master.interval_ns)
    waited_ns = reign.since.time_ns - master.since.time_ns
    return waited_ns > down_ns and outranks(said, first.advertisement)


def _has_restarted(reign: Reign) -> bool:
    """True where the IP identification began anew: keepalived counts from 1 (vrrp_update_pkt)."""
    first, gap = reign.streaks[0], reign.streaks[0].gap_before
    return gap is not None and gap.ip_id_step != 1 and first.first_ip_id == 1


def _agree(story: RouterStory, one: Sender, other: Sender, at: Mark) -> bool:
    """True where nothing forbids the two to accept each other."""
    comparison = compare(story, one, other, at)
    return comparison is not None and not comparison.fields and not comparison.flaws
