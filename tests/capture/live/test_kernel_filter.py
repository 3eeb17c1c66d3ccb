"""What the kernel's filter lets through, by running its programs here."""

import functools
import subprocess

import pytest
from classicbpf import accepts
from decodeframes import ADVERTS, ethernet, frame, ip_version, ipv4, ipv6, udp
from encapsulations import CASES, padded, tag

from vrrpscope.capture.live.assembler import assemble
from vrrpscope.capture.live.kernel_filter import DROP_ALL, expression, program
from vrrpscope.decode.decoder import Decoder
from vrrpscope.observation import Announcement, Carp, Sighting

NONE = 65534
PLAIN = ("ethernet", "padding and FCS", "802.1Q", "priority tag", "802.1ad", "QinQ 8100",
         "QinQ 9100", "priority tag outside", "LLC/SNAP", "AH", "options", "IP length 0",
         "atomic fragment")  # fmt: skip
"""Encapsulations that come through without tunnels: at most two tags, and nothing between."""

MACS = bytes.fromhex("01005e000012" + "02000000000a")
TAGS = {
    "untagged": b"",
    "802.1Q": tag(0x8100, 30),
    "802.1ad": tag(0x88A8, 100) + tag(0x8100, 30),
}
TCP = bytes.fromhex("c0000016" + "00000001" * 2 + "5010ffff00000000") + b"SSH-2.0-OpenSSH_9.2"
DNS = udp(53, bytes.fromhex("123401000001000000000000") + b"\3www\0\0\1\0\1")
MLD_HEAD = bytes.fromhex("3a00050200000100")  # hop-by-hop options with a router alert


def icmpv6(kind: int, code: int = 0) -> bytes:
    return ipv6(58, bytes((kind, code)) + bytes(22))


WANTED = {
    "ARP": (0x0806, bytes.fromhex("0001080006040002") + bytes(20)),
    "RARP": (0x8035, bytes(28)),
    "IGMPv2 with router alert": (0x0800, ipv4(2, bytes(8), options=b"\x94\x04\0\0")),
    "VRRP": (0x0800, ipv4(112, bytes(20))),
    "a later fragment of VRRP": (0x0800, ipv4(112, bytes(20), fragment=3)),
    "protocol unreachable": (0x0800, ipv4(1, b"\3\2" + bytes(26))),
    "protocol unreachable, behind options": (
        0x0800, ipv4(1, b"\3\2" + bytes(26), options=b"\x94\x04\0\0")),
    "MLDv2 behind hop-by-hop": (0x86DD, ipv6(0, MLD_HEAD + b"\x8f\0" + bytes(26))),
    "MLDv1 report": (0x86DD, icmpv6(131)),
    "MLDv1 done": (0x86DD, icmpv6(132)),
    "MLDv2 report": (0x86DD, icmpv6(143)),
    "router solicitation": (0x86DD, icmpv6(133)),
    "router advertisement": (0x86DD, icmpv6(134)),
    "neighbour solicitation": (0x86DD, icmpv6(135)),
    "neighbour advertisement": (0x86DD, icmpv6(136)),
    "unrecognized next header": (0x86DD, icmpv6(4, 1)),
    "fragment of VRRP": (0x86DD, ipv6(44, bytes((112, 0, 0, 1)) + bytes(12))),
    "fragment of ICMPv6": (0x86DD, ipv6(44, bytes((58, 0, 0, 1)) + bytes(12))),
}  # fmt: skip
UNWANTED = {
    "TCP": (0x0800, ipv4(6, TCP)),
    "DNS": (0x0800, ipv4(17, DNS)),
    "OSPF": (0x0800, ipv4(89, bytes(24))),
    "ping": (0x0800, ipv4(1, b"\x08\0" + bytes(30))),
    "port unreachable": (0x0800, ipv4(1, b"\3\3" + bytes(30))),
    "a later fragment of ICMP": (0x0800, ipv4(1, b"\3\2" + bytes(30), fragment=9)),
    "TCP over IPv6": (0x86DD, ipv6(6, TCP)),
    "DNS over IPv6": (0x86DD, ipv6(17, DNS)),
    "ping over IPv6": (0x86DD, icmpv6(128)),
    "packet too big": (0x86DD, icmpv6(2)),
    "fragment of UDP": (0x86DD, ipv6(44, bytes((17, 0, 0, 1)) + bytes(12))),
    "LLDP": (0x88CC, bytes(50)),
    "cut after the addresses": (0x0800, b""),
    "cut in the IPv4 header": (0x0800, ipv4(112, b"")[:9]),
    "cut in the IPv6 header": (0x86DD, ipv6(112, b"")[:6]),
}
TUNNEL_TRAFFIC = ("TCP", "DNS", "TCP over IPv6", "DNS over IPv6", "ping", "LLDP")


def on_wire(ethertype: int, payload: bytes, tags: bytes) -> bytes:
    return MACS + tags + ethertype.to_bytes(2, "big") + payload


@functools.cache
def of_tcpdump(tunnels: bool) -> tuple[tuple[int, int, int, int], ...]:
    """The program that libpcap makes of the expression."""
    command = ["tcpdump", "-y", "EN10MB", "-ddd", expression(tunnels)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return tuple(tuple(map(int, line.split())) for line in done.stdout.splitlines()[1:])  # type: ignore[return-value]


ENCAPSULATED = [
    (name, advert, case)
    for name, case in CASES.items()
    for advert in ADVERTS
    if case.link_type == 1 and ip_version(advert) in case.versions
]


@pytest.mark.parametrize(("name", "advert", "case"), ENCAPSULATED)
def test_every_encapsulation_with_tunnels(name, advert, case):
    data = case.wrap(advert)
    assert isinstance(Decoder().decode(frame(data), "x"), Sighting)
    assert accepts(program(tunnels=True), data)


@pytest.mark.parametrize(("name", "advert", "case"), ENCAPSULATED)
def test_plain_encapsulations_without_tunnels(name, advert, case):
    assert accepts(program(), case.wrap(advert)) == (name in PLAIN)


@pytest.mark.parametrize("tunnels", [False, True])
@pytest.mark.parametrize("tags", TAGS)
@pytest.mark.parametrize("name", WANTED)
def test_wanted(name, tags, tunnels):
    assert accepts(program(tunnels), on_wire(*WANTED[name], TAGS[tags]))


@pytest.mark.parametrize("tags", TAGS)
@pytest.mark.parametrize("name", UNWANTED)
def test_unwanted(name, tags):
    assert not accepts(program(), on_wire(*UNWANTED[name], TAGS[tags]))


@pytest.mark.parametrize("name", TUNNEL_TRAFFIC)
def test_unwanted_with_tunnels(name):
    assert not accepts(program(tunnels=True), on_wire(*UNWANTED[name], b""))


@pytest.mark.parametrize("advert", ADVERTS)
def test_interfaces_without_a_link_layer_give_bare_packets(advert):
    assert accepts(program(), advert, hardware_type=NONE)
    assert not accepts(program(), ethernet(advert), hardware_type=NONE)
    assert not accepts(program(), ipv4(6, TCP), hardware_type=NONE)
    assert not accepts(program(), advert, hardware_type=512)  # PPP


def test_loopback_has_ethernet_headers():
    assert accepts(program(), ethernet(ADVERTS[0]), hardware_type=772)


def test_spanning_tree_is_llc_without_snap():
    bridge = bytes.fromhex("0180c2000000" + "02000000000a" + "0026" + "424203") + bytes(35)
    assert not accepts(program(), bridge)


def test_whatever_the_decoder_understands_comes_through(shared_captures):
    """Ethernet captures of other projects: adverts, announcements and CARP."""
    from vrrpscope.capture.source import open_capture
    from vrrpscope.errors import CaptureError

    seen = 0
    for path in sorted(shared_captures.rglob("*.pcap*"))[:60]:
        decoder = Decoder()
        try:
            capture = open_capture(path)
        except CaptureError:
            continue
        with capture:
            for _, one in zip(range(300), capture, strict=False):
                if one.link_type != 1:
                    break
                if isinstance(decoder.decode(one, "x"), Sighting | Announcement | Carp):
                    seen += 1
                    assert accepts(program(tunnels=True), one.data), (path, one.number)
    assert seen > 400


def test_drop_all():
    assert not accepts(DROP_ALL, padded(ADVERTS[0]))


@pytest.mark.tcpdump
@pytest.mark.parametrize("tags", TAGS)
@pytest.mark.parametrize("name", [*WANTED, *UNWANTED])
def test_the_expression_means_the_same(name, tags):
    data = on_wire(*{**WANTED, **UNWANTED}[name], TAGS[tags])
    assert accepts(of_tcpdump(False), data) == (name in WANTED)


@pytest.mark.tcpdump
@pytest.mark.parametrize(
    ("name", "advert", "case"),
    [c for c in ENCAPSULATED if c[0] in PLAIN or "tag" not in c[0]],
)
def test_the_expression_finds_tunnels(name, advert, case):
    """Not behind a tag that is still there: the expression would have to say it all once more."""
    assert accepts(of_tcpdump(True), case.wrap(advert)) == (name not in ("LLC/SNAP", "802.1ah"))


def test_mistakes_in_a_program():
    with pytest.raises(ValueError, match="no such label: nowhere"):
        assemble("jmp nowhere")
    with pytest.raises(ValueError, match="no such operation: mul"):
        assemble("mul 3")
    with pytest.raises(ValueError, match="too far away"):
        assemble("jeq 1 end\n" + "tax\n" * 256 + "end:\nret 0")
