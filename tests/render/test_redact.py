import json
import re
from ipaddress import ip_address

import pytest
import rendercases

from vrrpscope.render import json as document
from vrrpscope.render import markdown, report
from vrrpscope.render.document import mapped
from vrrpscope.render.redact import Redactor

CASES = (rendercases.MISSED, rendercases.PREEMPTED, "ipv6-failover", "partition", "preempt-delay")
MAC = re.compile(r"(?:[0-9a-f]{2}:){5}[0-9a-f]{2}")


def originals(case):
    """All addresses and MACs that are in the analysis, the protocol's own ones left out."""
    found = set()
    for timeline, story in rendercases.analysis(case).case.stories():
        assert timeline.routers
        for sender in story.senders:
            found |= {str(sender.address), sender.mac}
        found |= {str(a) for a in story.addresses}
        for announced in story.announcements:
            found |= {str(announced.subject), announced.mac}
    return {
        text
        for text in found
        if not text.startswith(("00:00:5e:00:0", "224.", "ff02:")) and text not in ("0.0.0.0", "::")
    }


def everything(case):
    """The case in every format, redacted."""
    view = rendercases.redacted_view(case)
    view.verbose = True
    yield rendercases.text(view, report.diagnosis)
    yield rendercases.text(view, report.story)
    yield markdown.text_of(mapped(b, view.redactor.text) for b in report.diagnosis(view))
    yield document.text_of(view)


@pytest.mark.parametrize("case", CASES)
def test_no_original_address_is_left_in_any_format(case):
    wanted = originals(case)
    assert wanted
    for text in everything(case):
        for original in wanted:
            assert not re.search(rf"(?<![0-9a-f.:]){re.escape(original)}(?![0-9a-f:]|\.\d)", text)


@pytest.mark.parametrize("case", CASES[:2])
def test_no_name_of_a_router_and_no_folder_is_left(case):
    for text in everything(case):
        assert "router-1" in text
        assert str(rendercases.CASES) not in text
        # The names of the files stay: they were chosen by whoever shares the report.
        assert "dr-1" not in text.replace("dr-1.conf", "").replace("dr-1.log", "")


def test_what_is_the_same_stays_the_same():
    view = rendercases.redacted_view(rendercases.MISSED)
    shown = json.loads(document.text_of(view))
    plain = json.loads(document.text_of(rendercases.view(rendercases.MISSED)))
    pairs = {}
    for before, after in zip(strings(plain), strings(shown), strict=True):
        for old, new in zip(addresses(before), addresses(after), strict=True):
            assert pairs.setdefault(old, new) == new
    assert len(set(pairs.values())) == len(pairs) >= 3


def strings(value):
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from strings(item)
    elif isinstance(value, dict):
        for item in value.values():
            yield from strings(item)


def addresses(text):
    return re.findall(r"\d+\.\d+\.\d+\.\d+", text)


def test_replacements_are_documentation_addresses():
    redactor = Redactor()
    assert redactor.text("10.0.0.1 and 10.0.0.1, not 10.0.0.2") == (
        "192.0.2.1 and 192.0.2.1, not 192.0.2.2"
    )
    assert ip_address(redactor.text("fe80::1")) in {ip_address("2001:db8::1")}
    assert redactor.text("52:54:00:1f:17:16") == "00:00:5e:00:53:01"
    assert redactor.text("52-54-00-1F-17-16") == "00:00:5e:00:53:01"
    assert redactor.text("5254.001f.1716") == "00:00:5e:00:53:01"


def test_addresses_are_found_in_every_surrounding():
    redactor = Redactor()
    for text in (
        "10.9.8.7/24",
        "10.9.8.7.conf",
        "(10.9.8.7)",
        "from 10.9.8.7.",
        "10.9.8.7:60",
        "x=10.9.8.7",
    ):
        assert "10.9.8.7" not in redactor.text(text)
    for text in (
        "2001:bb::7/64",
        "[2001:bb::7]",
        "2001:bb::7, and",
        "2001:bb::7.",
        "is 2001:bb::7: it",
    ):
        assert "bb::7" not in redactor.text(text)


@pytest.mark.parametrize(
    "text",
    [
        "224.0.0.18 ff02::12 0.0.0.0 255.255.255.255 127.0.0.1",
        "00:00:5e:00:01:3c 01:00:5e:00:00:12 33:33:00:00:00:12 ff:ff:ff:ff:ff:ff",
        "RFC 5798 section 6.4.2, keepalived 2.3.3, 19:23:33.034 to 19:23:57.041",
        "dr-2.conf:16 3.609 s 1::2::3 999.1.1.1 1.2.3.4.5.6",
    ],
)
def test_what_belongs_to_the_protocol_stays(text):
    assert Redactor().text(text) == text


def test_redacting_twice_changes_nothing_more():
    redactor = Redactor()
    once = redactor.text("10.0.0.1 fe80::1 52:54:00:1f:17:16 192.0.2.77")
    assert redactor.text(once) == once


def test_a_replacement_is_never_somebody_elses_address():
    redactor = Redactor()
    redactor.learn([ip_address("192.0.2.1"), ip_address("192.0.2.2")])
    shown = [redactor.text(text) for text in ("192.0.2.1", "192.0.2.2", "10.0.0.1")]
    assert len(set(shown)) == 3
    assert not {"192.0.2.1", "192.0.2.2"} & set(shown)


def test_many_addresses_still_get_different_ones():
    redactor = Redactor()
    shown = {redactor.text(f"10.1.{n // 250}.{n % 250 + 1}") for n in range(2000)}
    assert len(shown) == 2000


def test_two_files_of_one_name_are_told_apart():
    redactor = Redactor()
    redactor.learn_path("/a/incident.pcap")
    redactor.learn_path("/b/incident.pcap")
    assert redactor.text("/a/incident.pcap") == "incident.pcap"
    assert redactor.text("/b/incident.pcap") == "incident.pcap~2"
