"""Who heard a better master: the sweep answers what a look at every other sender would."""

import random
from ipaddress import ip_address

from sightings import MS, SECOND, VANTAGE, advert

from vrrpscope.observation import FrameRef
from vrrpscope.protocol.election import outranks
from vrrpscope.timeline.outdone import Silenced, find_outdone
from vrrpscope.timeline.streak import Mark, Sender, Streak, late_after_ns

SENDERS = tuple(Sender(ip_address(f"10.0.0.{n}"), f"02:00:00:00:00:{n:02x}") for n in range(1, 7))


def _streak(sender: Sender, first_ms: int, last_ms: int, priority: int) -> Streak:
    first, last = (Mark(ms * MS, FrameRef(VANTAGE.id, ms)) for ms in (first_ms, last_ms))
    said = advert(str(sender.address), priority)
    return Streak(sender, said, first, last, 1, 0, None, None, None, 0, {}, None, ())


def _silenced(streak: Streak) -> Silenced:
    return Silenced(streak, streak.last, streak.last.time_ns + late_after_ns(SECOND))


def _is_outdone(asked: Silenced, by_sender: dict[Sender, list[Streak]]) -> bool:
    """Each other sender's four latest streaks that had begun when the next advert was due."""
    for sender, own in by_sender.items():
        begun = [s for s in own if s.first.time_ns <= asked.due_ns][-4:]
        if sender != asked.last.sender and any(
            s.last.time_ns + late_after_ns(SECOND) >= asked.until.time_ns
            and outranks(s.advertisement, asked.last.advertisement)
            for s in begun
        ):
            return True
    return False


def test_a_better_master_that_speaks_when_one_falls_silent() -> None:
    worse, better = (_streak(s, 0, 5000, p) for s, p in zip(SENDERS, (100, 150), strict=False))
    asked = [_silenced(worse), _silenced(better)]
    by_sender = {worse.sender: [worse], better.sender: [better]}
    assert find_outdone(by_sender, asked) == [True, False]


def test_one_that_ended_long_before_or_began_long_after_is_not_heard() -> None:
    worse = _streak(SENDERS[0], 10_000, 20_000, 100)
    # An advert is late after 1,520 ms, of one as of the other.
    for first, last, heard in (
        (0, 18_479, False),
        (0, 18_480, True),
        (21_520, 30_000, True),
        (21_521, 30_000, False),
    ):
        better = _streak(SENDERS[1], first, last, 150)
        by_sender = {worse.sender: [worse], better.sender: [better]}
        assert find_outdone(by_sender, [_silenced(worse)]) == [heard]


def test_one_is_not_outdone_by_its_own_better_times() -> None:
    before = _streak(SENDERS[0], 0, 1000, 200)
    worse = _streak(SENDERS[0], 2000, 2000, 100)
    other = _streak(SENDERS[1], 0, 2000, 50)
    by_sender = {worse.sender: [before, worse], other.sender: [other]}
    assert find_outdone(by_sender, [_silenced(worse)]) == [False]
    middle = _streak(SENDERS[2], 0, 2000, 150)
    assert find_outdone(by_sender | {middle.sender: [middle]}, [_silenced(worse)]) == [True]


def test_the_sweep_finds_what_a_comparison_with_all_finds() -> None:
    rng = random.Random(5)
    for _ in range(60):
        by_sender: dict[Sender, list[Streak]] = {}
        for sender in SENDERS:
            begins = sorted(rng.sample(range(20_000), rng.randrange(1, 9)))
            by_sender[sender] = [
                _streak(sender, ms, ms + rng.randrange(6000), rng.choice((0, 1, 100, 150)))
                for ms in begins
            ]
        asked = [_silenced(s) for own in by_sender.values() for s in own if s.priority]
        rng.shuffle(asked)
        assert find_outdone(by_sender, asked) == [_is_outdone(a, by_sender) for a in asked]
