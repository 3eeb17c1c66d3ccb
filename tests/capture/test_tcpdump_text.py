"""Text that tcpdump printed: compared with the captures that it was printed from."""

import gzip
import os
import subprocess
from functools import cache
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from capturebytes import reading
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from vrrpscope.capture.source import CaptureFile, open_capture
from vrrpscope.decode.decoder import Decoder
from vrrpscope.errors import CaptureError
from vrrpscope.observation import Announcement, Decoded, Other, Sighting
from vrrpscope.pipeline import analyze_files
from vrrpscope.protocol.advertisement import ChecksumForm, Defect

PCAPS = Path(__file__).resolve().parents[2] / "pcaps"

RECORDED = [
    "healthy-failover-and-return",
    "article-1-nopreempt-keeps-lower",
    "article-2-nopreempt-weighted-check",
    "ipv4-v3-failover",
    "ipv6-failover",
    "frr-v3-failover",
    "version-mismatch",
    "auth-password-mismatch",
    "vip-list-mismatch",
    "advert-interval-mismatch",
    "same-vrid-on-two-vlans",
    "stale-vip-holder-after-kill",
    "no-backup-left",
    "unicast-multicast-mismatch",
]
"""Both versions and families, unicast, VLANs, two daemons, passwords, ARP answers."""

DAY_NS = 86_400_000_000_000


@cache
def printed(case: str, options: str) -> bytes:
    """What tcpdump prints of a recorded capture."""
    file = PCAPS / case / "incident.pcap"
    path = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/sbin", "/sbin"])
    done = subprocess.run(
        ["tcpdump", *options.split(), "-r", str(file)],
        capture_output=True,
        check=True,
        env={"PATH": path, "TZ": "UTC"},
    )
    return done.stdout


def decoded(text: str | bytes) -> tuple[list[Decoded], CaptureFile]:
    """What the decoder makes of the frames of a text, and the capture with its notes."""
    frames, capture = reading(text.encode() if isinstance(text, str) else text)
    decoder = Decoder()
    return [decoder.decode(frame, "v") for frame in frames], capture


@cache
def recorded(case: str) -> list[Decoded]:
    """What the decoder makes of the capture itself."""
    decoder = Decoder()
    with open_capture(PCAPS / case / "incident.pcap") as capture:
        return [decoder.decode(frame, "v") for frame in capture]


def only(text: str) -> Sighting:
    """The one advert of a text."""
    (found,), _ = decoded(text)
    assert isinstance(found, Sighting)
    return found


# What real tcpdump prints of real captures


@pytest.mark.tcpdump
@pytest.mark.parametrize("case", RECORDED)
@pytest.mark.parametrize("options", ["-n -e -v -tt", "-n -e -vv -tt", "-n -XX -tt", "-n -e -x -tt"])
def test_a_rich_text_says_all_that_the_capture_says(case: str, options: str) -> None:
    """VRID, priority, interval, addresses, sender, MAC, TTL, IP id, checksum, password, time."""
    found, _ = decoded(printed(case, options))
    assert found == recorded(case)


def without_mac(said: Decoded) -> Decoded:
    """The same as it is in a text without MACs, and so without VLAN tags."""
    if isinstance(said, Sighting):
        advertisement = said.advertisement
        router = said.router.__class__(said.router.family, said.router.vrid)
        return said._replace(router=router, advertisement=replaced(advertisement, source_mac=""))
    if isinstance(said, Announcement) and "arp" in said.kind:
        # Replies tell a MAC themselves; who got them, and so whether all did, they do not.
        return Other("other") if said.kind == "gratuitous-arp" else said._replace(vlans=(), to=None)
    if isinstance(said, Announcement) and said.kind != "unsolicited-na":
        return said._replace(mac="", vlans=())
    return said._replace(vlans=()) if isinstance(said, Announcement) else said


def replaced(value: Any, **changes: Any) -> Any:
    from dataclasses import replace

    return replace(value, **changes)


@pytest.mark.tcpdump
@pytest.mark.parametrize("case", RECORDED)
def test_without_e_only_macs_and_tags_are_unknown(case: str) -> None:
    found, capture = decoded(printed(case, "-n -v -tt"))
    found = [said._replace(to=None) if isinstance(said, Announcement) else said for said in found]
    assert found == [without_mac(said) for said in recorded(case)]
    assert any(note.startswith("packets without MAC addresses and VLAN") for note in capture.notes)


@pytest.mark.tcpdump
@pytest.mark.parametrize("case", RECORDED)
@pytest.mark.parametrize("options", ["-n -e -tt", "-n -tt"])
def test_without_v_an_advert_ends_after_its_interval(case: str, options: str) -> None:
    found, capture = decoded(printed(case, options))
    assert len(found) == len(recorded(case))
    adverts = 0
    for text, true in zip(found, recorded(case), strict=True):
        if not isinstance(true, Sighting):
            continue
        assert isinstance(text, Sighting)
        adverts += 1
        said, meant = text.advertisement, true.advertisement
        for known in ("version", "vrid", "priority", "advert_interval_ns", "source", "ttl"):
            assert getattr(said, known) == getattr(meant, known)
        assert (said.destination, said.address_count) == (meant.destination, meant.address_count)
        assert said.auth.type == meant.auth.type
        assert (text.time_ns, text.ip_id) == (true.time_ns, None if true.ip_id is None else 0)
        assert (said.addresses, said.auth.secret) == ((), b"")
        assert said.checksum is ChecksumForm.UNCHECKED
        assert said.defects == (Defect.TRUNCATED,)
    assert any(
        note.startswith("adverts without virtual addresses") and f": {adverts}," in note
        for note in capture.notes
    )


TIMES = {
    "-tttt": (0, "times have no zone: taken as UTC"),
    "": (None, "times have no date and no zone"),
    "-ttttt": (None, "times count from the first packet"),
    "-ttt": (None, "times count from the packet before"),
}


@pytest.mark.tcpdump
@pytest.mark.parametrize("case", RECORDED)
@pytest.mark.parametrize("option", TIMES)
def test_times_keep_their_distances(case: str, option: str) -> None:
    offset, note = TIMES[option]
    true = [f.time_ns for f in reading((PCAPS / case / "incident.pcap").read_bytes())[0]]
    frames, capture = reading(printed(case, f"-n -e {option}"))
    assert true[0] is not None
    if offset is None:
        offset = true[0] - (true[0] % DAY_NS if option == "" else 0)
    assert [f.time_ns for f in frames] == [t - offset for t in true if t is not None]
    assert sum(n.startswith(note) for n in capture.notes) == 1


@pytest.mark.tcpdump
def test_without_times_adverts_are_counted_and_tell_no_story() -> None:
    frames, capture = reading(printed("healthy-failover-and-return", "-n -v -t"))
    assert len(frames) == len(recorded("healthy-failover-and-return"))
    assert {frame.time_ns for frame in frames} == {None}
    assert any(n.startswith(f"packets without a time (tcpdump -t): {len(frames)}") for n in
               capture.notes)  # fmt: skip


def findings(file: Path) -> list[tuple[object, ...]]:
    return [
        (f.rule, f.verdict, f.virtual_router, f.at_ns, f.until_ns)
        for f in analyze_files([str(file)]).findings
    ]


@pytest.mark.tcpdump
@pytest.mark.parametrize("case", RECORDED)
def test_the_findings_of_a_ticket_are_those_of_the_capture(case: str, tmp_path: Path) -> None:
    ticket = tmp_path / "ticket.txt"
    ticket.write_bytes(b"Hello,\nplease have a look:\n\n" + printed(case, "-n -e -v -tt"))
    assert findings(ticket) == findings(PCAPS / case / "incident.pcap")


@pytest.mark.tcpdump
@pytest.mark.parametrize("case", RECORDED)
@pytest.mark.parametrize("options", ["-n -tt", "-n -v -tt", "-n -e -tt"])
def test_a_poorer_text_proves_nothing_that_the_capture_does_not(
    case: str, options: str, tmp_path: Path
) -> None:
    ticket = tmp_path / "ticket.txt"
    ticket.write_bytes(printed(case, options))
    proven = {f[0] for f in findings(ticket) if f[1] == "proven"}
    assert proven <= {f[0] for f in findings(PCAPS / case / "incident.pcap")}


@pytest.mark.tcpdump
@pytest.mark.parametrize("chunk_size", [1, 61, 4096])
def test_a_text_is_read_in_chunks_of_any_size(chunk_size: int) -> None:
    text = printed("ipv6-failover", "-n -e -v -tt")
    whole, capture = reading(text)
    assert reading(text, chunk_size)[0] == whole
    assert reading(gzip.compress(text))[0] == whole
    assert reading(text.replace(b"\n", b"\r\n"))[0] == whole
    assert len(whole) > 100
    assert capture.notes[0].startswith("this is text that tcpdump printed")
    assert capture.is_text


# What people make of it

LINE = (
    "12:00:01.000500 IP 10.0.0.1 > 224.0.0.18: VRRPv2, Advertisement, vrid 51, prio 100, "
    "authtype simple, intvl 1s, length 20\n"
)
WITH_V = """\
12:00:01.000500 IP (tos 0xc0, ttl 255, id 7, offset 0, flags [none], proto VRRP (112), length 40)
    10.0.0.1 > 224.0.0.18: VRRPv2, Advertisement, vrid 51, prio 100, authtype simple, intvl 1s, \
length 20, addrs: 10.0.0.9 auth "secret"
"""


def quoted(text: str) -> str:
    return "".join(f"> {line}\n" for line in text.splitlines())


DRESSED = {
    "plain": WITH_V,
    "quoted": quoted(WITH_V),
    "quoted twice": quoted(quoted(WITH_V)),
    "in a fence": f"Look:\n\n```console\n{WITH_V}```\nThat is all.\n",
    "behind comment marks": "".join(f"#  {line}\n" for line in WITH_V.splitlines()),
    "indented": "".join(f"      {line}\n" for line in WITH_V.splitlines()),
    "without indents": WITH_V.replace("    10", "10"),
    "with carriage returns": WITH_V.replace("\n", "\r\n"),
    "on a web page": WITH_V.replace(">", "&gt;").replace('"', "&quot;"),
    "coloured": WITH_V.replace("vrid", "\x1b[01;31m\x1b[Kvrid\x1b[m\x1b[K"),
    "numbered": WITH_V.replace("12:00:01", "    1  12:00:01"),
    "folded": WITH_V.replace("flags [none], ", "flags [none],\n").replace("intvl", "\nintvl"),
    "under a prompt": "root@lb1:~# tcpdump -ni eth0 -v vrrp\ntcpdump: listening on eth0, link-type "
    f"EN10MB (Ethernet), capture size 262144 bytes\n{WITH_V}^C\n1 packet captured\n",
    "as 4.1 to 4.9 print it": WITH_V.replace(": VRRPv2", ": vrrp 10.0.0.1 > 224.0.0.18: VRRPv2"),
    "with all eight bytes of the password": WITH_V.replace('"secret"', '"secret^@^@"'),
    "with a byte order mark": "\ufeff" + WITH_V,
}


@pytest.mark.parametrize("dress", DRESSED)
def test_what_surrounds_the_text_does_not_matter(dress: str) -> None:
    found = only(DRESSED[dress])
    advertisement = found.advertisement
    assert (found.time_ns, found.ip_id, found.router.id) == (43_201_000_500_000, 7, "ipv4/51")
    assert (advertisement.priority, advertisement.advert_interval_ns) == (100, 1_000_000_000)
    assert advertisement.addresses == (ip_address("10.0.0.9"),)
    assert advertisement.auth.secret == b"secret\0\0"
    assert (advertisement.checksum, advertisement.defects) == (ChecksumForm.V2, ())


def test_a_password_is_in_no_note() -> None:
    for text in (WITH_V, WITH_V.replace("10.0.0.1 >", "lb1 >"), WITH_V + 'auth "secret"\n'):
        assert "secret" not in " ".join(decoded(text + LINE)[1].notes)


def test_what_tcpdump_says_of_itself_is_kept() -> None:
    frames, capture = reading(
        DRESSED["under a prompt"].encode() + b"12 packets dropped by kernel\n"
    )
    assert len(frames) == 1
    assert [(i.name, i.dropped_by_system) for i in capture.interfaces] == [("eth0", 12)]
    assert "interface eth0 dropped frames: 12 by the system" in capture.notes
    # The command line is nothing that tcpdump printed.
    assert [n for n in capture.notes if n.startswith("lines that are no output")] == [
        "lines that are no output of tcpdump, passed over: 1, the first is line 1 of the text"
    ]


def test_two_dumps_in_one_text_are_said() -> None:
    one = DRESSED["under a prompt"]
    _, capture = reading((one + one).encode())
    assert any("output of 2 runs of tcpdump" in note for note in capture.notes)


def test_interfaces_of_any_are_kept_apart() -> None:
    text = "".join(
        LINE.replace(" IP ", f" {name} IP ") for name in ("eth0  M  ", "eth1  Out", "eth0  In ")
    )
    frames, capture = reading(text.encode())
    assert [interface.name for interface in capture.interfaces] == ["eth0", "eth1"]
    assert [frame.interface for frame in frames] == [0, 1, 0]


def test_the_mac_that_any_prints_is_used() -> None:
    """tcpdump 4.99 -e on `any`: interface, direction, index, and the sender's MAC alone."""
    found = only(
        "1795375404.031894 eth0  M   ifindex 2 52:54:00:1f:17:16 ethertype IPv4 (0x0800), "
        "length 60: 172.31.23.22 > 224.0.0.18: VRRPv2, Advertisement, vrid 60, prio 101, "
        "authtype simple, intvl 1s, length 20\n"
    )
    assert found.advertisement.source_mac == "52:54:00:1f:17:16"
    assert found.time_ns == 1_795_375_404_031_894_000


def test_tags_in_tags() -> None:
    found = only(
        "12:00:01.000500 52:54:00:1f:17:16 > 01:00:5e:00:00:12, ethertype 802.1Q-QinQ (0x88a8), "
        "length 62: vlan 100, p 0, ethertype 802.1Q (0x8100), vlan 30, p 6, ethertype IPv4 "
        "(0x0800), 10.0.0.1 > 224.0.0.18: VRRPv3, Advertisement, vrid 51, prio 100, intvl 100cs, "
        "length 12\n"
    )
    assert found.router.id == "ipv4/51@100.30"


def test_midnight_leads_forward() -> None:
    text = LINE.replace("12:00:01", "23:59:59") + LINE.replace("12:00:01", "00:00:00")
    frames, capture = reading(text.encode())
    assert [f.time_ns for f in frames] == [DAY_NS - 999_500_000, DAY_NS + 500_000]
    assert not any("backwards" in note for note in capture.notes)


@pytest.mark.parametrize(
    ("stamps", "seconds"),
    [
        # Deltas fall as often as they grow; distances from the first packet do not.
        ([" 00:00:00.0", " 00:00:01.2", " 00:00:00.9", " 00:00:01.1"], [0, 1.2, 2.1, 3.2]),
        ([" 00:00:01.2", " 00:00:00.9", " 00:00:01.1", " 00:00:01.0"], [1.2, 2.1, 3.2, 4.2]),
        ([" 00:00:00.0", " 00:00:01.0", " 00:00:01.1"], [0, 1, 2.1]),
        ([" 00:00:00.0", " 00:00:01.0", " 00:00:02.1"], [0, 1, 2.1]),
        # A minute after midnight; one packet was printed late.
        (["00:00:10.0", "00:00:11.0", "00:00:10.9", *(f"00:00:{s}.0" for s in range(12, 18))],
         [10, 11, 10.9, 12, 13, 14, 15, 16, 17]),
        (["1700000000.25", "1700000001.5"], [1_700_000_000.25, 1_700_000_001.5]),
        (["2023-11-14 22:13:20.25"], [1_700_000_000.25]),
    ],
)  # fmt: skip
def test_what_times_mean(stamps: list[str], seconds: list[float]) -> None:
    text = "".join(LINE.replace("12:00:01.000500", s.ljust(len(s) + 5, "0")) for s in stamps)
    frames, _ = reading(text.encode())
    assert [f.time_ns for f in frames] == [round(s * 1000) * 1_000_000 for s in seconds]


def test_impossible_times_are_none() -> None:
    text = LINE + LINE.replace("12:00", "25:00") + LINE.replace("12:00", "2023-02-30 12:00")
    frames, capture = reading((text + "999999999999.000000" + LINE[15:]).encode())
    assert [f.time_ns for f in frames[1:]] == [None, None, None]
    assert any("taken as without a time: 3" in note for note in capture.notes)


# What tickets of public projects hold

OLD = "12:25:19.241517  In IP {} > vrrp.mcast.net: VRRPv2-advertisement 20: vrid=11 prio=110 authtype=none intvl=1\n"  # noqa: E501


def test_tcpdump_3_on_a_router() -> None:
    found = only(OLD.format("10.92.71.1"))
    advertisement = found.advertisement
    assert (advertisement.vrid, advertisement.priority, advertisement.auth.type) == (11, 110, 0)
    assert advertisement.destination == ip_address("224.0.0.18")
    assert (advertisement.address_count, advertisement.addresses) == (1, ())


def test_tcpdump_3_with_v_puts_the_header_behind() -> None:
    found = only(
        "12:25:19.241517 0:0:5e:0:1:b 1:0:5e:0:0:12 0800 60: 10.0.0.2 > 224.0.0.18: "
        "VRRPv2-advertisement 24: vrid=11 prio=110 authtype=none intvl=1 addrs(2): "
        "10.0.0.1,10.0.0.9 [tos 0xc0]  (ttl 255, id 513, len 44)\n"
    )
    assert (found.ip_id, found.advertisement.source_mac) == (513, "00:00:5e:00:01:0b")
    assert found.advertisement.addresses == (ip_address("10.0.0.1"), ip_address("10.0.0.9"))
    assert found.advertisement.checksum is ChecksumForm.V2


def test_names_of_hosts_are_refused_by_reason() -> None:
    found, capture = decoded(LINE + OLD.format("sfo-vlan140.example.net"))
    assert isinstance(found[0], Sighting)
    assert isinstance(found[1], Other)
    assert found[1].refused
    assert "adverts with host names instead of addresses, refused: 1, the first is frame 2; " \
        "tcpdump -n prints numbers" in capture.notes  # fmt: skip


REFUSED = {
    "no content": "12:00:02.0 10.7.15.40 > 224.0.0.18: ip-proto-112 20\n",
    "breaks off": "12:00:02.0 IP 10.0.0.1 > 224.0.0.18: VRRPv2, Advertisement, vrid 51, prio 100\n",
    "do not fit": LINE.replace("vrid 51", "vrid 256"),
    "do not fit, interval": LINE.replace("intvl 1s", "intvl 100cs"),
    "CARP or VRRP": LINE.replace("authtype simple", "authtype none").replace("th 20", "th 36"),
    "inside of another packet": LINE.replace("18: ", "18: IP 10.1.1.1 > 10.2.2.2: "),
}


@pytest.mark.parametrize("reason", REFUSED)
def test_what_cannot_be_used_is_counted_by_reason(reason: str) -> None:
    (good, bad), capture = decoded(LINE + REFUSED[reason])
    assert isinstance(good, Sighting)
    assert isinstance(bad, Other)
    assert bad.refused
    words = reason.partition(",")[0].replace("no content", "content is not printed")
    words = words.replace("CARP or VRRP", "either CARP or VRRP")
    assert sum(words in n and "refused: 1, the first is frame 2" in n for n in capture.notes) == 1


def test_carp_is_told_by_its_addresses() -> None:
    """pfSense: tcpdump reads authlen 7 as seven addresses: counter and digest of CARP."""
    text = LINE.replace("authtype simple", "authtype none").replace(
        "length 20",
        "length 36, addrs(7): 139.6.4.22,12.99.7.1,4.4.9.8,1.7.250.9,33.4.7.66,171.4.9.2,8.8.9.1",
    )
    (good, carp), _ = decoded(LINE + text)
    assert isinstance(good, Sighting)
    assert not isinstance(carp, Sighting)
    assert getattr(carp, "name", "") == "carp"


def test_an_advert_without_addresses() -> None:
    """tcpdump prints neither a count nor an address where there are none (keepalived)."""
    found = only(
        "22:38:09.060644 IP (tos 0xc0, ttl 255, id 42945, offset 0, flags [none], proto VRRP "
        "(112), length 36)\n    10.200.6.25 > 224.0.0.18: vrrp 10.200.6.25 > 224.0.0.18: VRRPv2, "
        "Advertisement, vrid 30, prio 199, authtype none, intvl 1s, length 16, addrs:\n"
    )
    assert (found.advertisement.address_count, found.advertisement.defects) == (0, ())


def test_a_ttl_that_is_not_255_is_printed_without_v() -> None:
    text = LINE.replace("Advertisement,", "Advertisement, (ttl 254),")
    assert only(text).advertisement.ttl == 254
    assert only(LINE).advertisement.ttl == 255


def test_a_checksum_that_is_printed_as_bad_is_the_one_on_the_wire() -> None:
    """RFC 9568 section 5.2.8: no pseudo-header over IPv4; tcpdump takes that for wrong.

    31 33 64 01 | 00 64 | 0a 00 00 09 sums up to 0x3133 + 0x6401 + 0x0064 + 0x0a00 + 0x0009, which
    is 0x9fa1: without a pseudo-header the checksum is 0x605e.
    """
    text = (
        "12:00:01.000500 IP (tos 0xc0, ttl 255, id 7, offset 0, flags [none], proto VRRP (112), "
        "length 32)\n    10.0.0.1 > 224.0.0.18: VRRPv3, Advertisement, vrid 51, prio 100, "
        "intvl 100cs, length 12, {}addrs: 10.0.0.9\n"
    )
    form = {
        "": ChecksumForm.WITH_PSEUDO_HEADER,
        "(bad vrrp cksum 605e), ": ChecksumForm.WITHOUT_PSEUDO_HEADER,
        "(bad vrrp cksum 605f), ": ChecksumForm.WRONG,
    }
    for printed_as, expected in form.items():
        assert only(text.format(printed_as)).advertisement.checksum is expected


def test_what_a_short_snapshot_length_left_is_kept() -> None:
    text = WITH_V.replace('addrs: 10.0.0.9 auth "secret"', "addrs(3): 10.0.0.9,10.0.0.8 [|vrrp]")
    advertisement = only(text.replace("length 20", "length 28")).advertisement
    assert advertisement.addresses == (ip_address("10.0.0.9"), ip_address("10.0.0.8"))
    assert advertisement.defects == (Defect.TRUNCATED,)
    assert advertisement.checksum is ChecksumForm.UNCHECKED


def test_lines_without_their_first_one_have_no_time() -> None:
    """`tcpdump -v | grep VRRP` leaves the second lines only."""
    (first, second), capture = decoded(WITH_V.splitlines()[1] + "\n" + WITH_V.splitlines()[1])
    assert isinstance(first, Sighting)
    assert first == second._replace(ref=first.ref)  # type: ignore[union-attr]
    assert first.time_ns is None
    assert any(note.startswith("packets without a time") for note in capture.notes)


def test_a_packet_that_an_icmp_error_cites_is_no_packet() -> None:
    text = """\
12:00:01.000500 IP (tos 0xc0, ttl 64, id 9, offset 0, flags [none], proto ICMP (1), length 68)
    10.0.0.50 > 10.0.0.1: ICMP 10.0.0.50 protocol 112 unreachable, length 48
\tIP (tos 0xc0, ttl 255, id 7, offset 0, flags [none], proto VRRP (112), length 40)
    10.0.0.1 > 10.0.0.50: VRRPv2, Advertisement, vrid 51, prio 100, authtype none, intvl 1s, \
length 20, addrs: 10.0.0.9
"""
    (said, advert), _ = decoded(text + LINE)
    assert isinstance(said, Announcement)
    assert (said.kind, said.subject) == ("protocol-unreachable", ip_address("10.0.0.50"))
    assert isinstance(advert, Sighting)


NEIGHBOURS = {
    # tcpdump 3.9 and 4.99
    "arp reply 10.0.0.9 is-at 0:0:5e:0:1:33": ("arp-reply", "10.0.0.9", "00:00:5e:00:01:33"),
    "ARP, Reply 10.0.0.9 is-at 02:00:00:00:00:01, length 28": (
        "arp-reply", "10.0.0.9", "02:00:00:00:00:01"),
    "02:00:00:00:00:01 > Broadcast, ethertype ARP (0x0806), length 42: Request who-has 10.0.0.9 "
    "(Broadcast) tell 10.0.0.9, length 28": ("gratuitous-arp", "10.0.0.9", "02:00:00:00:00:01"),
    "02:00:00:00:00:01 > ff:ff:ff:ff:ff:ff, ethertype ARP (0x0806), length 42: Reply 10.0.0.9 "
    "is-at 02:00:00:00:00:01, length 28": ("gratuitous-arp", "10.0.0.9", "02:00:00:00:00:01"),
    "IP 10.0.0.2 > 224.0.0.18: igmp v2 report 224.0.0.18": ("igmp-join", "10.0.0.2", ""),
    "IP 10.0.0.2 > 224.0.0.2: igmp leave 224.0.0.18": ("igmp-leave", "10.0.0.2", ""),
    "IP 10.0.0.2 > igmp.mcast.net: igmp v3 report, 2 group record(s) [gaddr 239.1.1.1 to_ex { }] "
    "[gaddr vrrp.mcast.net to_in { }]": ("igmp-leave", "10.0.0.2", ""),
    "IP6 fe80::2 > ff02::16: HBH (rtalert: 0x0000) (padn) [icmp6 sum ok] ICMP6, multicast listener "
    "report v2, 1 group record(s) [gaddr ff02::12 is_ex, 0 source(s)]": (
        "mld-join", "fe80::2", ""),
    "IP6 fe80::2 > ff02::12: HBH ICMP6, multicast listener reportmax resp delay: 0 addr: ff02::12, "
    "length 24": ("mld-join", "fe80::2", ""),
    "IP6 (hlim 255, next-header ICMPv6 (58) payload length: 32) fe80::9 > ff02::1: [icmp6 sum ok] "
    "ICMP6, neighbor advertisement, length 32, tgt is fe80::9, Flags [override]\n\t  destination "
    "link-address option (2), length 8 (1): 02:00:00:00:00:01": (
        "unsolicited-na", "fe80::9", "02:00:00:00:00:01"),
}  # fmt: skip


@pytest.mark.parametrize("text", NEIGHBOURS)
def test_what_neighbours_say(text: str) -> None:
    (_, said), _ = decoded(f"{LINE}12:00:02.000000 {text}\n")
    assert isinstance(said, Announcement)
    assert (said.kind, str(said.subject), said.mac) == NEIGHBOURS[text]


def test_a_gratuitous_arp_without_a_mac_announces_none() -> None:
    text = "12:00:02.000000 ARP, Request who-has 10.0.0.9 tell 10.0.0.9, length 28\n"
    (_, said), capture = decoded(LINE + text)
    assert said == Other("other")
    assert any(
        note.startswith("gratuitous ARP requests that do not tell") for note in capture.notes
    )


def test_bytes_are_better_than_words() -> None:
    """Names do no harm where the bytes are there."""
    text = """\
19:21:41.089249 IP lb1.example.net > vrrp.mcast.net: VRRPv2, Advertisement, vrid 51, prio 100, \
authtype none, intvl 1s, length 20
\t0x0000:  45c0 0028 0001 0000 ff70 c9c2 c000 0201  E..(.....p......
\t0x0010:  e000 0012 2133 6401 0001 70c9 0a00 0001  ....!3d...p.....
\t0x0020:  0000 0000 0000 0000                      ........
"""
    found = only(text)
    assert found.advertisement.source == ip_address("192.0.2.1")
    assert found.advertisement.addresses == (ip_address("10.0.0.1"),)
    assert (found.ip_id, found.advertisement.checksum) == (1, ChecksumForm.V2)


def test_a_dump_with_a_hole_ends_before_it() -> None:
    lines = """\
19:21:41.089249 IP 192.0.2.1 > 224.0.0.18: VRRPv2, Advertisement, vrid 51, prio 100, authtype \
none, intvl 1s, length 20
\t0x0000:  45c0 0028 0001 0000 ff70 c9c2 c000 0201
\t0x0010:  e000 0012 2133 6401 0001 70c9 0a00 0001
\t0x0030:  0000 0000 0000 0000
"""
    assert only(lines).advertisement.defects == (Defect.TRUNCATED,)


ORDINARY = {
    "a log": "Nov 22 19:24:27.093166 lb1 Keepalived_vrrp[1]: (VI_1) Entering MASTER STATE\n" * 50,
    "a configuration": "vrrp_instance VI_1 {\n    # VRRPv2, Advertisement\n}\n",
    "prose": "VRRPv2, Advertisement, vrid 51 is what we see. A > B: no.\n",
    "JSON": '{"line": "12:00:01.0 IP 10.0.0.1 > 224.0.0.18: VRRPv2, Advertisement, vrid 1"}',
    "tcpdump without VRRP": "12:00:01.000500 IP 10.0.0.1.22 > 10.0.0.2.4000: Flags [.], ack 1\n",
}


@pytest.mark.parametrize("name", ORDINARY)
def test_any_other_text_is_no_capture(name: str) -> None:
    with pytest.raises(CaptureError, match="a pcap or pcapng capture, or tcpdump's text"):
        reading(ORDINARY[name].encode())


quickly = settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
WORDS = st.sampled_from(
    [
        *WITH_V.split(), *LINE.split(), *" ".join(NEIGHBOURS).split(),
        "\n", "\n    ", "\n\t0x0000:",
        "0x0010:  45c0", "(", ")", "[|vrrp]", "addrs(255):", "AH(", "M-^", 'auth "', "99999", "::",
        "23:59:59.999999", "-00:00:01.0", "2026-11-22", "١٢", "\x1b[31m", "&#62;",
        "vlan 4095, p 9,",
    ]
)  # fmt: skip


@quickly
@given(st.lists(WORDS, max_size=80))
@example([f"{LINE}12:00:01.0 IP6 10.0.0.1 > ff02::12: VRRPv3, Advertisement,"])
def test_no_text_is_too_bad(words: list[str]) -> None:
    found, capture = decoded(LINE + " ".join(words))
    assert len(found) >= 1
    assert len(capture.notes) < 40
    assert all(frame.isprintable() for frame in capture.notes)


@pytest.mark.parametrize(
    "text",
    [
        LINE + "(" * 2_000_000,
        LINE + "12:00:01.0 IP (tos " + "(tos " * 400_000,
        (LINE + "    x\n" * 20).replace("\n", "\n\t") * 2_000,
        LINE + ("10.0.0.1 > " * 100_000) + "\n",
        LINE + "\t0x0000:  4500\n" * 200_000,
        LINE + "&gt;" * 500_000,
        WITH_V + ("\n" + "who-has " * 1000) * 300,
    ],
    ids=range(7),
)
def test_hostile_texts_cost_no_more_than_long_ones(text: str) -> None:
    """Each is about 1 to 3 MB; a quadratic reader takes minutes for it."""
    import time

    began = time.process_time()
    frames, _ = reading(text.encode())
    assert frames
    assert time.process_time() - began < 10
