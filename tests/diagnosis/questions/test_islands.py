"""Two masters of which each capture shows one."""

from pathlib import Path

from sightings import SECOND, A, B, Wire, advert

from vrrpscope.diagnosis.case import Case
from vrrpscope.pipeline import analyze_files
from vrrpscope.timeline.model import Timeline

PARTITION = Path(__file__).resolve().parents[3] / "pcaps" / "partition"


def at_a(later_ms: float = 0) -> Wire:
    """A's own side: it never stops."""
    wire = Wire()
    wire.repeat(later_ms, 30, advert(A, 101))
    return wire


def at_b() -> Wire:
    """B's side: A is gone after ten seconds, and B takes over."""
    wire = Wire()
    wire.repeat(0, 10, advert(A, 101))
    wire.repeat(9000 + 3610, 10, advert(B, 100))
    return wire


def timelines(*wires: Wire) -> tuple[Timeline, ...]:
    return tuple(wire.builder.finish() for wire in wires)


def test_two_vantages_show_two_masters() -> None:
    case = Case(timelines(at_b(), at_a()))
    (islands,) = case.islands
    assert (str(islands.one.address), str(islands.other.address)) == (B, A)
    assert islands.window.duration_ns == 9 * SECOND
    assert islands.clock.offset_ns == 0
    assert islands.is_sure


def test_clocks_that_differ_are_set_right() -> None:
    """By its own clock, A stopped an hour before B began."""
    hour_ms = 3600 * 1000
    one, other = timelines(at_b(), at_a(later_ms=-hour_ms))
    (islands,) = Case((one, other)).islands
    assert islands.window.duration_ns == 9 * SECOND
    assert islands.clock.offset_ns == -3600 * SECOND
    # Or the clocks are right, and A's daemon was started at both times.
    assert not islands.is_sure


def test_a_clock_that_is_set_forward_makes_no_second_master_for_sure() -> None:
    """Both saw all of A's adverts; one clock was set while A was master."""
    stepped = Wire()
    stepped.repeat(0, 5, advert(A, 101))
    stepped.repeat(15_000, 5, advert(A, 101))
    case = Case(timelines(at_b(), stepped))
    assert not any(islands.is_sure for islands in case.islands)


def test_captures_that_share_no_advert_are_not_compared() -> None:
    later = Wire()
    for step in range(30):
        later.say(1000 * step, advert(A, 101), ip_id=200 + step)
    assert Case(timelines(at_b(), later)).islands == ()


def test_a_take_over_that_both_saw_is_none() -> None:
    assert Case(timelines(at_b(), at_b())).islands == ()


def test_a_recorded_partition() -> None:
    captures = [str(PARTITION / name) for name in ("incident.pcap", "at-dr-1.pcap")]
    verdicts = [f.verdict for f in analyze_files(captures).findings if f.rule == "dual-master"]
    assert verdicts == ["proven"]
    # From the switch alone it is deduced, from dr-1's own side there is nothing to see.
    for capture, wanted in zip(captures, (["likely"], []), strict=True):
        found = [f.verdict for f in analyze_files([capture]).findings if f.rule == "dual-master"]
        assert found == wanted
