"""Two voices behind one address and one MAC."""

from routers import case, found
from sightings import A, Wire, advert

from vrrpscope.diagnosis.questions.twins import Twins

SHARED = "fe80::200:5eff:fe00:23c"
SHARED_MAC = "00:00:5e:00:02:3c"


def twins(wire: Wire) -> list[Twins]:
    return list(case(wire).twins)


def two_counts(offset_ms: float, begin: int = 1, adverts: int = 8) -> Wire:
    """One counts from 50 on; the other joins later and counts from `begin` on."""
    wire = Wire()
    for second in range(14):
        wire.say(1000 * second, advert(A, 100), ip_id=50 + second)
        if 5 <= second < 5 + adverts:
            wire.say(1000 * second + offset_ms, advert(A, 100), ip_id=begin + second - 5)
    return wire


def test_two_counts_are_two_processes() -> None:
    (found_,) = twins(two_counts(400))
    assert (found_.kind, found_.priorities, found_.adverts) == ("counts", (100,), 16)
    assert (found_.since.time_ns, found_.until.time_ns) == (5_400_000_000, 12_400_000_000)


def test_two_counts_in_one_step_are_two_processes_as_well() -> None:
    """0.8 ms apart, as two daemons that lost their address at the same moment."""
    (found_,) = twins(two_counts(0.8))
    assert found_.kind == "counts"


def test_the_same_numbers_again_are_the_same_packets() -> None:
    (found_,) = twins(two_counts(20, begin=55))
    assert found_.kind == "echo"
    assert found_rules(two_counts(20, begin=55)) == []


def found_rules(wire: Wire) -> list[str]:
    return [f.rule for f in found("two-daemons-one-host", case(wire))]


def test_two_packets_are_an_accident() -> None:
    assert twins(two_counts(400, adverts=2)) == []


def test_a_reload_is_one_process() -> None:
    wire = Wire()
    for second in range(12):
        wire.say(1000 * second, advert(A, 100), ip_id=50 + second if second < 6 else second - 5)
    assert twins(wire) == []


def uncounted(source: str, mac: str) -> Wire:
    wire = Wire()
    for second in range(6):
        wire.say_uncounted(1000 * second, advert(source, 200, source_mac=mac, version=3))
        wire.say_uncounted(1000 * second + 500, advert(source, 130, source_mac=mac, version=3))
    return wire


def test_two_priorities_behind_the_virtual_mac_are_two_routers() -> None:
    wire = uncounted(SHARED, SHARED_MAC)
    (found_,) = twins(wire)
    assert (found_.kind, found_.priorities) == ("priorities", (200, 130))
    assert found_rules(wire) == []
    (finding,) = found("dual-master", case(uncounted(SHARED, SHARED_MAC)))
    assert (str(finding.verdict), finding.not_excluded) == ("likely", ("two-daemons-one-host",))


def test_two_priorities_behind_a_mac_of_its_own_are_two_daemons() -> None:
    wire = uncounted("fe80::1", "02:00:00:00:00:10")
    assert found_rules(wire) == ["two-daemons-one-host"]


def test_a_clock_that_is_set_back_makes_no_second_process() -> None:
    wire = Wire()
    wire.repeat(0, 8, advert(A, 100))
    wire.repeat(4000, 8, advert(A, 100))
    assert twins(wire) == []
