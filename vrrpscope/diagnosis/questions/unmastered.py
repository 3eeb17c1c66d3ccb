"""Times without any master, how certain they are, and who could have ended them."""

from bisect import bisect_right
from collections.abc import Iterator
from enum import StrEnum

from msgspec import Struct

from vrrpscope.diagnosis.questions.late import LateHandover
from vrrpscope.diagnosis.questions.signs import Pause, Signs
from vrrpscope.evidence.model import Intent
from vrrpscope.protocol.advertisement import Address
from vrrpscope.protocol.timers import LOWEST_BACKUP_PRIORITY, master_down_interval_ns
from vrrpscope.timeline.handovers import TOLERANCE_NS
from vrrpscope.timeline.model import EndedBy, RouterStory, Silence, Timeline
from vrrpscope.timeline.streak import Mark

_FRAMES_THAT_PROVE = 2


class Fate(StrEnum):
    """What became of a router before, or at the begin of, a time without a master."""

    PRESENT = "present"
    """Nothing shows that it went away."""
    LEFT = "left"
    """It left the multicast group: its daemon stopped."""
    RELEASED = "released"
    """It gave the role up, and is in the group still: it stopped trying, but it runs."""
    RELEASED_UNSEEN = "released-unseen"
    """It gave the role up; whether it left the group was not to be seen."""
    DIED = "died"
    """It fell silent while it was master."""


class Member(Struct, frozen=True):
    """A router that was seen before a moment, what became of it, and what shows that."""

    address: Address
    fate: Fate
    mark: Mark


class Unmastered(Struct, frozen=True):
    """Nobody advertised for longer than any backup's timer runs.

    Attributes:
        frames: frames of anybody meanwhile, at least: they show that the capture went on.
        allowed_ns: the longest Master_Down_Interval that any backup could have, by the
            configurations where they are told.
        others_seen: somebody else of the group was seen at this vantage: it is not filtered to one.
        sent_unseen: the router that ended it had been sending adverts that did not come here.
        nothing_missed: its IP identification shows that it sent nothing meanwhile.
        fitting_adverts: a `down_timer_adverts` that would explain the length.
        members: everybody who had been seen before, the last master included.
        started_meanwhile: the join of the router that ended it, where nothing had been seen of it
            before.
    """

    timeline: Timeline
    story: RouterStory
    silence: Silence
    frames: int
    allowed_ns: int
    others_seen: bool
    sent_unseen: bool
    nothing_missed: bool
    fitting_adverts: int | None
    members: tuple[Member, ...]
    started_meanwhile: Mark | None

    @property
    def due_ns(self) -> int:
        """When somebody should have been master at the latest."""
        return self.silence.since.time_ns + self.allowed_ns

    @property
    def is_certain(self) -> bool:
        """True where the capture surely went on, shows others too, and nobody sent unseen.

        Frames alone do not show that another master would have been seen: at the old master's
        port no multicast may arrive any more once it has left the group, or its VLAN is cut. The
        first word of another router does: it had sent nothing, and it reached this place.
        """
        resumed = self.silence.resumed
        other = resumed is not None and resumed.sender.mac != self.silence.before.sender.mac
        watched = self.frames >= _FRAMES_THAT_PROVE and self.others_seen
        seen = watched and other and self.nothing_missed
        return seen and not self.sent_unseen and self.fitting_adverts is None


def find_unmastered(
    timeline: Timeline,
    story: RouterStory,
    signs: Signs,
    intents: tuple[Intent, ...],
    late: tuple[LateHandover, ...],
) -> Iterator[Unmastered]:
    """Every silence that is longer than the timers allow, the told ones included."""
    fitting = {id(h.handover.after): h.fitting_adverts for h in late}
    for silence in story.silences:
        allowed_ns = max([silence.allowed_ns, *(_told_ns(i, silence) for i in intents)])
        if silence.duration_ns <= allowed_ns + TOLERANCE_NS:
            continue
        resumed = silence.resumed
        first = resumed.streaks[0] if resumed else None
        pause = signs.pause_before(first) if first else Pause.UNKNOWN
        members = _members(signs, silence)
        yield Unmastered(
            timeline=timeline,
            story=story,
            silence=silence,
            frames=_frames(timeline, silence),
            allowed_ns=allowed_ns,
            # A capture that was filtered to one host would not show a new master.
            others_seen=signs.shows_others(silence.before.sender),
            sent_unseen=pause in (Pause.PARTLY, Pause.TRANSMITTED),
            nothing_missed=first is not None and signs.is_first_word(first),
            fitting_adverts=fitting.get(id(resumed)),
            members=members,
            started_meanwhile=_started_meanwhile(signs, silence, members),
        )


def _started_meanwhile(signs: Signs, silence: Silence, members: tuple[Member, ...]) -> Mark | None:
    """The join of a newcomer during the silence that it ended."""
    resumed = silence.resumed
    if resumed is None or resumed.sender.address in {m.address for m in members}:
        return None
    joined = signs.joined(resumed.sender.address, resumed.since)
    return joined if joined is not None and joined > silence.since else None


def _told_ns(intent: Intent, silence: Silence) -> int:
    """The longest time that a router with this configuration waits."""
    last = silence.before.streaks[-1]
    return master_down_interval_ns(
        last.advertisement.version,
        LOWEST_BACKUP_PRIORITY,
        last.interval_ns,
        intent.down_timer_adverts.value,
    )


def _frames(timeline: Timeline, silence: Silence) -> int:
    """Frames during the silence; the frame that ended it is not one of them."""
    since = silence.since.ref.number
    if silence.resumed is not None:
        resumed = silence.resumed.since.ref.number
        # With a number beyond its frames, other interfaces of the file are counted as well.
        return resumed - since - 1 if resumed <= timeline.frames else 0
    # Its end is the capture's last frame. Frames of other interfaces may have numbers too.
    return max(timeline.frames - since, 1)


def _members(signs: Signs, silence: Silence) -> tuple[Member, ...]:
    """Everybody who was seen before the silence began."""
    found = (_member(signs, silence, address) for address in signs.addresses)
    return tuple(member for member in found if member is not None)


def _member(signs: Signs, silence: Silence, address: Address) -> Member | None:
    """What became of a router by the end of the silence; None where it had not been seen yet."""
    since = silence.since
    joined = signs.joined(address, since)
    left = signs.left(address, Mark(silence.until_ns, since.ref))
    own = signs.tenures_of(address)
    index = bisect_right(own, since, key=lambda tenure: tenure.since)
    last = own[index - 1] if index else None
    if joined is None and last is None:
        return None
    if left is not None and (joined is None or left > joined):
        return Member(address, Fate.LEFT, left)
    if last is not None and (joined is None or joined < last.until):
        if last.ended_by is EndedBy.RELEASED:
            fate = Fate.RELEASED if joined is not None else Fate.RELEASED_UNSEEN
            return Member(address, fate, last.until)
        if last.ended_by is EndedBy.SILENT:
            return Member(address, Fate.DIED, last.until)
    marks = [m for m in (joined, last.until if last else None) if m is not None]
    return Member(address, Fate.PRESENT, max(marks))
