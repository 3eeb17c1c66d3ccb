"""CARP beside VRRP."""

from sightings import MS, SECOND, A, B, Wire, advert


def test_carp_with_the_number_of_a_virtual_router_is_kept_with_its_story() -> None:
    wire = Wire()
    wire.repeat(0, 3, advert(A, 100))
    for second in range(4):
        wire.carp(500 + 1000 * second, B)
    (run,) = wire.story().carp
    assert (str(run.sender.address), run.sender.mac) == (B, "00:00:5e:00:01:3c")
    assert (run.count, run.interval_ns, run.longest_gap_ns) == (4, SECOND, SECOND)
    assert (run.first.time_ns, run.last.time_ns) == (500 * MS, 3500 * MS)
    assert (run.first.ref.number, run.last.ref.number) == (4, 7)


def test_carp_with_another_number_is_not() -> None:
    wire = Wire()
    wire.repeat(0, 3, advert(A, 100))
    wire.carp(500, B, vhid=61)
    assert wire.story().carp == ()


def test_a_pause_begins_a_run_and_each_frame_is_counted() -> None:
    wire = Wire()
    wire.say(0, advert(A, 100))
    for at_ms in (100, 1100, 4100, 5100):
        wire.carp(at_ms, B)
    timeline = wire.builder.finish()
    assert [run.count for run in timeline.routers[0].carp] == [2, 2]
    assert (timeline.counts["carp"], timeline.frames) == (4, 5)
