"""The same three adverts in every encapsulation, against literals and against tshark."""

from ipaddress import ip_address

import pytest
from decodeframes import ADVERTS, IP_V2, IP_V3, IP_V6, frame, ip_version, tshark, write_pcapng
from encapsulations import CASES, Case

from vrrpscope.decode.decoder import Decoder
from vrrpscope.observation import FrameRef, Sighting
from vrrpscope.protocol.advertisement import ChecksumForm

PACKETS = [
    pytest.param(case, packet, id=f"{name}-{number}")
    for name, case in CASES.items()
    for number, packet in enumerate(ADVERTS)
    if ip_version(packet) in case.versions
]

# packet: family, source, version, priority, addresses, checksum
MEANINGS = {
    IP_V2: ("ipv4", "10.0.0.1", 2, 101, ["10.0.0.6"], ChecksumForm.V2),
    IP_V3: ("ipv4", "10.0.0.1", 3, 100, ["10.0.0.6"], ChecksumForm.WITH_PSEUDO_HEADER),
    IP_V6: (
        "ipv6", "fe80::1", 3, 200, ["fe80::6", "2001:db8::6"], ChecksumForm.WITH_PSEUDO_HEADER
    ),
}  # fmt: skip


@pytest.mark.parametrize(("case", "packet"), PACKETS)
def test_gives_the_advert(case: Case, packet: bytes):
    family, source, version, priority, addresses, checksum = MEANINGS[packet]
    data = case.wrap(packet)
    decoder = Decoder()
    for number in (1, 2):  # dissected, and then remembered
        decoded = decoder.decode(frame(data, case.link_type, number=number, time_ns=5), "here")
        assert isinstance(decoded, Sighting)
        assert decoded.time_ns == 5
        assert decoded.ref == FrameRef("here", number)
        assert decoded.ip_id == (0x1234 if family == "ipv4" else None)
        router, advert = decoded.router, decoded.advertisement
        assert (router.family, router.vrid) == (family, 60)
        assert (router.vlans, router.segment) == (case.vlans, case.segment)
        assert (advert.version, advert.vrid, advert.priority) == (version, 60, priority)
        assert advert.advert_interval_ns == 1_000_000_000
        assert [str(address) for address in advert.addresses] == addresses
        assert advert.source == ip_address(source)
        assert (advert.source_mac, advert.ttl) == (case.mac, 255)
        assert advert.checksum is checksum
        assert advert.defects == ()


@pytest.mark.parametrize(("case", "packet"), PACKETS)
def test_no_cut_of_it_is_read_wrongly(case: Case, packet: bytes):
    """Cut anywhere, it gives the same identity or no sighting at all."""
    data = case.wrap(packet)
    decoder = Decoder()
    for length in range(len(data)):
        decoded = decoder.decode(frame(data, case.link_type, cut_to=length), "here")
        if isinstance(decoded, Sighting):
            advert = decoded.advertisement
            _, source, version, priority, addresses, _ = MEANINGS[packet]
            assert (advert.version, advert.vrid, advert.priority) == (version, 60, priority)
            assert (decoded.router.vlans, decoded.router.segment) == (case.vlans, case.segment)
            assert advert.source == ip_address(source)
            assert [str(a) for a in advert.addresses] == addresses[: len(advert.addresses)]
            assert advert.advert_interval_ns in (1_000_000_000, None)


@pytest.mark.tshark
def test_tshark_reads_the_same(tmp_path):
    cases = [parameter.values for parameter in PACKETS]
    path = tmp_path / "encapsulations.pcapng"
    write_pcapng(path, [(case.link_type, case.wrap(packet)) for case, packet in cases])
    fields = ["vrrp.version", "vrrp.virt_rtr_id", "vrrp.prio", "vrrp.ip_addr", "vrrp.ipv6_addr"]
    lines = tshark(path, fields)
    assert len(lines) == len(cases)
    wrong = []
    for (case, packet), parameter, line in zip(cases, PACKETS, lines, strict=True):
        family, _, version, priority, addresses, _ = MEANINGS[packet]
        both = [",".join(addresses), ""] if family == "ipv4" else ["", ",".join(addresses)]
        read = [line[field] for field in fields]
        # Where tshark 4.0 cannot read it, another version may.
        if case.tshark and read != [str(version), "60", str(priority), *both]:
            wrong.append((line["frame.number"], parameter.id, read))
    assert wrong == []
