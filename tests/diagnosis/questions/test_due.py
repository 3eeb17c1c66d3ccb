"""Falls of a master's priority that nobody answered."""

from sightings import A, B, Wire, advert

from vrrpscope.diagnosis.case import Case
from vrrpscope.observation import AnnouncementKind


def due(wire: Wire):
    return Case((wire.builder.finish(),)).due_failovers


def test_a_fall_that_is_held_for_longer_than_any_timer_runs() -> None:
    wire = Wire()
    wire.repeat(0, 5, advert(A, 101))
    wire.repeat(5000, 10, advert(A, 99))
    (found,) = due(wire)
    assert (found.fall.priority_before, found.priority) == (101, 99)
    assert found.held_ns == 9 * 10**9
    assert found.allowed_ns == 3_996_093_750


def test_a_fall_that_is_not_yet_overdue() -> None:
    """Up to the longest Master_Down_Interval, counted from the last advert at 101."""
    wire = Wire()
    wire.repeat(0, 5, advert(A, 101))
    wire.repeat(5000, 4, advert(A, 99))
    assert due(wire) == ()


def test_a_fall_that_is_over_in_time() -> None:
    wire = Wire()
    wire.repeat(0, 5, advert(A, 101))
    wire.repeat(5000, 3, advert(A, 99))
    wire.repeat(8000, 10, advert(A, 101))
    assert due(wire) == ()


def test_a_fall_that_is_answered_late_is_not_missed() -> None:
    wire = Wire()
    wire.repeat(0, 5, advert(A, 101))
    wire.repeat(5000, 9, advert(A, 99))
    wire.repeat(13_600, 5, advert(B, 100))
    assert due(wire) == ()


def test_a_second_fall_belongs_to_the_first() -> None:
    wire = Wire()
    wire.repeat(0, 5, advert(A, 101))
    wire.repeat(5000, 8, advert(A, 99))
    wire.repeat(13_000, 8, advert(A, 97))
    (found,) = due(wire)
    assert (found.fall.priority_before, found.held_ns) == (101, 15 * 10**9)


def test_two_falls_with_a_recovery_between_are_two() -> None:
    wire = Wire()
    for start in (0, 20_000):
        wire.repeat(start, 10, advert(A, 101))
        wire.repeat(start + 10_000, 10, advert(A, 99))
    wire.repeat(40_000, 2, advert(A, 101))
    assert len(due(wire)) == 2


def test_who_could_have_taken_over() -> None:
    wire = Wire()
    wire.announce(0, AnnouncementKind.IGMP_JOIN, B, "02:00:00:00:00:20")
    wire.announce(1, AnnouncementKind.IGMP_JOIN, "10.0.0.3", "02:00:00:00:00:30")
    wire.repeat(10, 5, advert(A, 101))
    wire.announce(4500, AnnouncementKind.IGMP_LEAVE, "10.0.0.3", "02:00:00:00:00:30")
    wire.repeat(5010, 10, advert(A, 99))
    (found,) = due(wire)
    present = {str(b.address): b.is_present for b in found.backups}
    assert present == {B: True, "10.0.0.3": False}


def test_a_backup_that_was_not_heard_for_260_seconds_may_be_gone() -> None:
    wire = Wire()
    wire.announce(0, AnnouncementKind.IGMP_JOIN, B, "02:00:00:00:00:20")
    wire.repeat(10, 262, advert(A, 101))
    wire.repeat(262_010, 10, advert(A, 99))
    (found,) = due(wire)
    assert [b.is_present for b in found.backups] == [False]


def test_the_master_itself_is_no_backup_of_its_own() -> None:
    wire = Wire()
    wire.announce(0, AnnouncementKind.IGMP_JOIN, A, "02:00:00:00:00:10")
    wire.repeat(10, 5, advert(A, 101))
    wire.repeat(5010, 10, advert(A, 99))
    (found,) = due(wire)
    assert found.backups == ()
