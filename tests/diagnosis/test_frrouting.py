"""What FRRouting's configuration says, where it is not what keepalived would make of it.

Source: FRRouting 8.4, vrrpd/vrrp_packet.c and vrrp_vty.c.
"""

from ipaddress import ip_address

import pytest
from routers import case, conf
from sightings import SECOND, A, B, Wire, advert

from vrrpscope.diagnosis.case import Case
from vrrpscope.diagnosis.finding import Finding
from vrrpscope.diagnosis.questions.collided import immune
from vrrpscope.diagnosis.questions.terms import Field, told_lines, told_terms
from vrrpscope.diagnosis.rule import all_rules
from vrrpscope.evidence.intent import Intent, parse_configuration_text
from vrrpscope.protocol.advertisement import Advertisement, ChecksumForm

RULE = "config-syntax-silently-different"


def frr(*lines: str, before: str = "") -> str:
    """A frr.conf with one router, VRID 60."""
    body = "".join(f" vrrp 60 {line}\n" for line in lines)
    return f"{before}interface eth0\n vrrp 60\n{body} vrrp 60 ip 10.0.0.100\n"


def intent(text: str) -> Intent:
    (only,) = parse_configuration_text(text, "a.conf", "a").intents
    return only


def found(rule: str, of: Case) -> list[Finding]:
    return list(all_rules()[rule].run(of))


@pytest.mark.parametrize(
    ("text", "form", "line"),
    [
        (frr(), ChecksumForm.WITH_PSEUDO_HEADER, None),
        (frr("version 2"), ChecksumForm.UNCHECKED, None),
        (
            frr(before="no vrrp default checksum-with-ipv4-pseudoheader\n"),
            ChecksumForm.WITHOUT_PSEUDO_HEADER,
            1,
        ),
    ],
)
def test_the_checksum_is_told(text: str, form: ChecksumForm, line: int | None) -> None:
    told = intent(text)
    assert told_terms(told).checksum is form
    lines = told_lines(told, Field.CHECKSUM) if form is not ChecksumForm.UNCHECKED else ()
    assert [place.line for place in lines] == ([line] if line else [])


def test_a_checksum_that_keepalived_is_not_told_of_is_open() -> None:
    assert told_terms(intent(conf(100, "version 3"))).checksum is ChecksumForm.UNCHECKED


def v3(source: str, priority: int, form: ChecksumForm) -> Advertisement:
    return advert(source, priority, version=3, checksum=form)


def two_masters(mine: ChecksumForm, theirs: ChecksumForm) -> Wire:
    wire = Wire()
    for second in range(10):
        wire.say(1000 * second, v3(A, 101, mine))
        wire.say(1000 * second + 400, v3(B, 100, theirs))
    return wire


def test_the_line_that_changed_the_checksum_is_shown() -> None:
    without, with_it = ChecksumForm.WITHOUT_PSEUDO_HEADER, ChecksumForm.WITH_PSEUDO_HEADER
    told = frr(before="no vrrp default checksum-with-ipv4-pseudoheader\n")
    of = case(two_masters(without, with_it), a=told, b=frr())
    (finding,) = found("v3-checksum-pseudo-header", of)
    assert "a.conf:1" in [str(e) for e in finding.evidence]


def test_strangers_do_not_start_the_timer_of_vrrpd_again() -> None:
    (step,) = immune([intent(frr()), None])
    assert "vrrpd of FRRouting sends on" in step.statement
    assert "vrrp_lower_prio_no_advert" not in step.statement
    assert [str(e) for e in step.evidence] == ["a.conf:2"]
    assert list(immune([intent(conf(100))])) == []
    (keepalived,) = immune([intent(conf(100, "lower_prio_no_advert true"))])
    assert keepalived.statement.startswith("vrrp_lower_prio_no_advert is set")


def priority(told: str, own: int, master: int) -> Case:
    """A said a priority for three seconds, then B is master."""
    wire = Wire()
    wire.repeat(1000, 3, advert(A, own))
    wire.repeat(3600, 20, advert(B, master))
    return case(wire, a=told, b=conf(master))


def test_a_priority_that_equals_the_built_in_default_is_not_taken() -> None:
    """`vrrp default priority 90` stays in force: the line changes nothing in the tree."""
    told = frr("version 2", "priority 100", before="vrrp default priority 90\n")
    of = priority(told, 90, 95)
    (lost,) = of.lost_priorities
    assert (lost.written, lost.effective) == (100, 90)
    (finding,) = found(RULE, of)
    assert str(finding.verdict) == "proven"
    assert "what vrrpd takes then" in " ".join(s.statement for s in finding.because)
    assert "vtysh -c 'show vrrp'" in finding.remedy
    assert "keepalived" not in finding.remedy


def test_a_priority_that_vrrpd_refuses() -> None:
    """1 to 254: an address owner is not told by its priority."""
    of = priority(frr("version 2", "priority 255"), 100, 150)
    assert [(p.written, p.effective) for p in of.lost_priorities] == [(255, 100)]


def test_a_line_about_another_router_is_not_to_blame() -> None:
    told = frr("version 2") + " vrrp 61 priority 255\n vrrp 61 ip 10.0.0.101\n"
    assert priority(told, 100, 150).lost_priorities == ()


def test_an_interval_that_version_2_cannot_say() -> None:
    """vrrp_pkt_adver_build(): whole seconds, while the timer runs 2.5 s."""
    told = frr("version 2", "advertisement-interval 2500")
    said = [(2500 * n, advert(A, 101, advert_interval_ns=2 * SECOND)) for n in range(10)]
    said += [(1000 * n + 400, advert(B, 100)) for n in range(25)]
    wire = Wire()
    for at_ms, spoken in sorted(said, key=lambda s: s[0]):
        wire.say(at_ms, spoken)
    of = case(wire, a=told, b=conf(100))
    (odd,) = of.misconfigured
    assert [note.code for note in odd.notes] == ["interval-in-v2"]
    (finding,) = found(RULE, of)
    assert "come every 2500 ms and say 2 s" in finding.says


def test_an_address_that_vrrpd_refuses() -> None:
    told = frr("version 2", "ip 10.0.0.256")
    two = (ip_address("10.0.0.100"), ip_address("10.0.0.101"))
    wire = Wire()
    for second in range(10):
        wire.say(1000 * second, advert(A, 101))
        wire.say(1000 * second + 400, advert(B, 100, addresses=two))
    (odd,) = case(wire, a=told).misconfigured
    assert [note.code for note in odd.notes] == ["line-refused"]
    assert odd.mismatch.what is Field.VIP_COUNT
