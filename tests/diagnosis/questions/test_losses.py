"""A capture that lost adverts proves no absence."""

import struct
from pathlib import Path

import pytest
from sightings import A, Wire, advert

from vrrpscope.diagnosis.finding import Verdict
from vrrpscope.diagnosis.questions.losses import lacks_adverts
from vrrpscope.diagnosis.questions.signs import Signs
from vrrpscope.pipeline import analyze_files

CASE = Path(__file__).resolve().parents[3] / "pcaps" / "backup-started-late" / "incident.pcap"
PROTOCOL_AT = 14 + 9
"""Where an IPv4 header behind Ethernet has its protocol."""


def without(capture: bytes, dropped: set[int]) -> bytes:
    """A classic little-endian pcap without some of its adverts, counted from 1."""
    kept, offset, advert_number = [capture[:24]], 24, 0
    while offset < len(capture):
        (length,) = struct.unpack_from("<I", capture, offset + 8)
        record = capture[offset : offset + 16 + length]
        offset += len(record)
        is_advert = record[16 + 12 : 16 + 14] == b"\x08\x00" and record[16 + PROTOCOL_AT] == 112
        advert_number += is_advert
        if not (is_advert and advert_number in dropped):
            kept.append(record)
    return b"".join(kept)


def no_master(path: Path) -> tuple[Verdict, tuple[str, ...]]:
    (found,) = [f for f in analyze_files([str(path)]).findings if f.rule == "no-master"]
    return found.verdict, found.not_excluded


def test_a_silence_is_not_proven_where_other_adverts_are_missing(tmp_path: Path) -> None:
    # Two of the eight adverts of dr-1, and one of the six of dr-2, each between two that are there.
    lossy = tmp_path / "lossy.pcap"
    lossy.write_bytes(without(CASE.read_bytes(), {4, 6, 13}))
    assert no_master(CASE) == (Verdict.PROVEN, ())
    assert no_master(lossy) == (
        Verdict.LIKELY,
        ("adverts that were sent and are not in this capture",),
    )


@pytest.mark.parametrize(("holes", "lacks"), [(0, False), (2, False), (3, True)])
def test_single_holes_are_nothing(holes: int, lacks: bool) -> None:
    wire = Wire()
    at_ms, count = 0, 0
    for round_ in range(4):
        for _ in range(5):
            count += 1
            wire.say(at_ms, advert(A, 100), count)
            at_ms += 1000
        if round_ < holes:
            # An advert that was sent, and that is not here.
            count += 1
            at_ms += 1000
    timeline = wire.builder.finish()
    assert lacks_adverts(timeline, Signs) is lacks


def test_a_sender_that_did_not_send_has_lost_nothing() -> None:
    wire = Wire()
    at_ms = 0
    for count in range(1, 21):
        wire.say(at_ms, advert(A, 100), count)
        at_ms += 3000 if count % 5 == 0 else 1000
    assert not lacks_adverts(wire.builder.finish(), Signs)
