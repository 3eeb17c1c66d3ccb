"""Packets that a capture has more than once."""

from sightings import A, Wire, advert

from vrrpscope.diagnosis.case import Case
from vrrpscope.diagnosis.questions.copies import Copies


def test_copies_of_a_mirror() -> None:
    """Each of ten adverts is there three times."""
    wire = Wire()
    for step in range(10):
        for copy in range(3):
            wire.say(1000 * step + 0.05 * copy, advert(A, 101), ip_id=step + 1)
    case = Case((wire.builder.finish(),))
    (copies,) = case.copies
    assert isinstance(copies, Copies)
    assert (copies.vantage, copies.adverts, copies.copies) == ("crafted.pcap", 10, 20)
    assert copies.says.startswith("crafted.pcap has 20 copies of its 10 adverts")


def test_each_advert_once() -> None:
    wire = Wire()
    wire.repeat(0, 10, advert(A, 101))
    assert Case((wire.builder.finish(),)).copies == ()
