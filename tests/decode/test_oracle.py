"""Captures of public projects: what tshark reads as VRRP, we read alike, field by field.

One exception: tshark reads CARP as VRRPv2 with seven random addresses, and so does tcpdump
without `-T carp`. With its VRRP dissector switched off, tshark says CARP too.
"""

from pathlib import Path

import pytest
from decodeframes import read, tshark

from vrrpscope.decode.decoder import Decoder
from vrrpscope.observation import Announcement, AnnouncementKind, Carp, Decoded, Other, Sighting
from vrrpscope.protocol.advertisement import Advertisement

CAPTURES = Path(__file__).parents[2] / "../shared/captures"
NAMES = sorted(path.name for path in CAPTURES.glob("*.pcap*"))

FIELDS = [
    "vrrp.version",
    "vrrp.virt_rtr_id",
    "vrrp.prio",
    "vrrp.addr_count",
    "vrrp.adver_int",
    "vrrp.short_adver_int",
    "vrrp.auth_type",
    "vrrp.ip_addr",
    "vrrp.ipv6_addr",
]

# capture: sightings by virtual router, and the others by name; counted by tshark's display filters
# (arp, hsrp, frames with VRRP) and by hand in the damaged files.
CONTENTS = {
    "PcapPlusPlus__VRRP-V2.pcap": {"ipv4/1": 1},
    "PcapPlusPlus__VRRP-V3-IPv4.pcap": {"ipv4/1": 1},
    "PcapPlusPlus__VRRP-V3-IPv6.pcap": {"ipv6/1": 1},
    "kholia__VRRP-IOU_10-0.0-1492075930.pcap": {"ipv4/1": 132, "rarp": 26, "other": 108},
    "kholia__VRRP_VRRP-samples_10-0.0-1412012360.pcap": {
        "ipv4/1": 56, "ipv4/2": 55, "gratuitous-arp": 6, "other": 12,
    },
    "libpcap__filter_carp.pcap": {"carp": 5},
    "libpcap__filter_vrrp.pcap": {
        "ipv4/42": 3, "ipv4/43": 3, "ipv4/44": 3, "ipv6/45": 3, "ipv6/46": 3,
    },
    "nDPI__fuzz-2020-02-16-11740.pcap": {"malformed": 1, "other": 365},
    "nDPI__hsrp2_ipv6.pcapng": {"hsrp": 36},
    "nDPI__vrrp3.pcapng": {"ipv6/36@36": 10},
    "tcpdump__HSRP_failover.pcap": {"hsrp": 39},
    "tcpdump__erspan-type-ii-2.pcap": {"hsrp": 16},
    "tcpdump__icmp-icmp_print-oobr-1.pcap": {"malformed": 1, "other": 2},
    "tcpdump__icmp-icmp_print-oobr-2.pcap": {"malformed": 2, "other": 1},
    "tcpdump__vrrp-vrrp_print-oobr-2.pcap": {"fragment": 10},
    "tcpdump__vrrp-vrrp_print-oobr.pcap": {"malformed": 3},
    "tcpdump__vrrp.pcap": {
        "ipv4/42": 34, "ipv4/43": 34, "ipv4/44": 33, "ipv6/45": 32, "ipv6/46": 32,
    },
    "zeek__pbb.pcap": {"ipv4/51%pbb:2014011": 1, "other": 11},
}  # fmt: skip


@pytest.fixture(params=NAMES or ["none"])
def capture(request, shared_captures: Path) -> Path:
    return shared_captures / request.param


def decode(path: Path) -> dict[int, Decoded]:
    decoder = Decoder()
    return {frame.number: decoder.decode(frame, path.name) for frame in read(path)}


def advert_of(decoded: Decoded) -> Advertisement | None:
    return None if isinstance(decoded, Announcement | Carp) else decoded.advertisement


def in_tshark_words(advert: Advertisement) -> dict[str, str]:
    """The advert as tshark would list its fields."""
    interval = advert.advert_interval_ns
    listed = ",".join(str(address) for address in advert.addresses)
    family = advert.source.version
    return {
        "vrrp.version": str(advert.version),
        "vrrp.virt_rtr_id": str(advert.vrid),
        "vrrp.prio": str(advert.priority),
        "vrrp.addr_count": str(advert.address_count),
        "vrrp.adver_int": "" if advert.version == 3 else str((interval or 0) // 1_000_000_000),
        "vrrp.short_adver_int": str((interval or 0) // 10_000_000) if advert.version == 3 else "",
        "vrrp.auth_type": "" if advert.auth.type is None else str(advert.auth.type),
        "vrrp.ip_addr": listed if family == 4 else "",
        "vrrp.ipv6_addr": listed if family == 6 else "",
    }


@pytest.mark.tshark
def test_every_advert_that_tshark_reads(capture: Path):
    ours = decode(capture)
    theirs = {int(line["frame.number"]): line for line in tshark(capture, FIELDS, "-Y", "vrrp")}
    differences = []
    for number, line in theirs.items():
        decoded = ours[number]
        if isinstance(decoded, Carp):
            continue  # see the next test
        advert = advert_of(decoded)
        if advert is None:
            differences.append(f"frame {number}: tshark reads an advert, we read {decoded}")
            continue
        differences += [
            f"frame {number} {field}: tshark {line[field]!r}, we {value!r}"
            for field, value in in_tshark_words(advert).items()
            if line[field] != value
        ]
    differences += [
        f"frame {number}: we read an advert, tshark none"
        for number, decoded in ours.items()
        if advert_of(decoded) is not None and number not in theirs
    ]
    assert differences == []


@pytest.mark.tshark
def test_what_we_call_carp_tshark_calls_carp(shared_captures: Path):
    path = shared_captures / "libpcap__filter_carp.pcap"
    ours = {number for number, decoded in decode(path).items() if isinstance(decoded, Carp)}
    lines = tshark(path, [], "--disable-protocol", "vrrp", "-Y", "carp")
    assert ours == {int(line["frame.number"]) for line in lines}
    assert len(ours) == 5


@pytest.mark.tshark
def test_gratuitous_arp_as_tshark_sees_it(shared_captures: Path):
    path = shared_captures / "kholia__VRRP_VRRP-samples_10-0.0-1412012360.pcap"
    ours = {
        number
        for number, decoded in decode(path).items()
        if isinstance(decoded, Announcement) and decoded.kind is AnnouncementKind.GRATUITOUS_ARP
    }
    lines = tshark(path, [], "-Y", "arp.isgratuitous == 1")
    assert ours == {int(line["frame.number"]) for line in lines}


@pytest.mark.parametrize("name", CONTENTS)
def test_contents(name: str, shared_captures: Path):
    counts: dict[str, int] = {}
    for decoded in decode(shared_captures / name).values():
        if isinstance(decoded, Sighting):
            word = decoded.router.id
        else:
            word = decoded.kind if isinstance(decoded, Announcement) else decoded.name
        counts[word] = counts.get(word, 0) + 1
    assert counts == CONTENTS[name]


def test_debris_is_refused(shared_captures: Path):
    """Hostile files: an advert can be read in them, and none is credible."""
    names = ["nDPI__fuzz-2020-02-16-11740.pcap"]
    names += [name for name in NAMES if "oobr" in name]
    for name in names:
        for decoded in decode(shared_captures / name).values():
            assert isinstance(decoded, Other)
            assert decoded.refused == (decoded.name == "malformed")


def test_equal_adverts_are_one_object(shared_captures: Path):
    """132 adverts of one router, 113 of them with an MD5 trailer that changes every time."""
    path = shared_captures / "kholia__VRRP-IOU_10-0.0-1492075930.pcap"
    seen = [d for d in decode(path).values() if isinstance(d, Sighting)]
    assert len({id(sighting.advertisement) for sighting in seen}) == 2
    assert {sighting.advertisement.auth.type for sighting in seen} == {254, 1}
    assert len({id(sighting.router) for sighting in seen}) == 1
