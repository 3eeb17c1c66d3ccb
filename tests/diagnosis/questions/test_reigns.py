"""A router that is master from one frame to another one."""

from sightings import A, Wire, advert

from vrrpscope.diagnosis.questions.reigns import reigned


def test_a_reign_is_told_by_its_first_and_last_frame() -> None:
    wire = Wire()
    wire.repeat(0, 5, advert(A, 101))
    (story,) = wire.builder.finish().routers
    step = reigned("dr-1", story.tenures[0])
    assert step.statement == "dr-1 was master from frame 1 to frame 5"
    assert [ref.number for ref in step.evidence] == [1, 5]
