"""FRRouting's configuration as Intent: literals, recorded cases, and vrrpd itself as the judge."""

import json
import os
import shutil
import subprocess
import tempfile
import time
from ipaddress import ip_address
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vrrpscope.errors import EvidenceError
from vrrpscope.evidence.intent import (
    Configuration,
    Intent,
    SourceLine,
    Told,
    parse_configuration,
    parse_configuration_text,
)
from vrrpscope.pipeline import analyze_files
from vrrpscope.protocol.advertisement import Authentication

PCAPS = Path(__file__).resolve().parents[2] / "pcaps"
MS = 1_000_000
FILE = "r1.conf"

# The example of FRRouting's documentation (doc/user/vrrp.rst).
DOCUMENTED = """\
interface eth0
 vrrp 5 version 3
 vrrp 5 priority 200
 vrrp 5 advertisement-interval 1500
 vrrp 5 ip 10.0.2.16
 vrrp 5 ipv6 2001:0db8::0370:7334
"""


def parsed(text: str) -> Configuration:
    return parse_configuration_text(text, FILE, "r1")


def intents(text: str) -> tuple[Intent, ...]:
    return parsed(text).intents


def only(text: str) -> Intent:
    (intent,) = intents(text)
    return intent


def at(line: int) -> SourceLine:
    return SourceLine(FILE, line)


def codes(text: str) -> list[tuple[str, int]]:
    return [(note.code, note.line.line if note.line else 0) for note in parsed(text).notes]


def test_the_documented_example() -> None:
    v4, v6 = intents(DOCUMENTED)
    assert v4.addresses == (Told(ip_address("10.0.2.16"), at(5)),)
    assert v6.addresses == (Told(ip_address("2001:db8::370:7334"), at(6)),)
    assert (v4.family.value, v6.family.value) == ("ipv4", "ipv6")
    assert (v4.multicast_group, v6.multicast_group) == (
        Told(ip_address("224.0.0.18")),
        Told(ip_address("ff02::12")),
    )
    for intent in (v4, v6):
        assert (intent.node, intent.file, intent.instance) == ("r1", FILE, "eth0 vrrp 5")
        assert (intent.line, intent.daemon) == (at(2), "FRRouting")
        assert (intent.vrid, intent.version) == (Told(5, at(2)), Told(3, at(2)))
        assert intent.interface == Told("eth0", at(1))
        assert intent.base_priority == Told(200, at(3))
        assert intent.advert_interval_ns == Told(1500 * MS, at(4))
        assert (intent.nopreempt, intent.state) == (Told(False), Told("BACKUP"))
        assert (intent.tracked, intent.source, intent.use_vmac) == ((), None, Told(True))
        assert intent.authentication == Told(Authentication())
        assert intent.effective_priorities() == {200}
    assert parsed(DOCUMENTED).notes == ()


def test_what_autoconfigure_writes_has_the_defaults() -> None:
    """doc/user/vrrp.rst: version 3, priority 100, preempt; vrrp.h: 100 centiseconds."""
    text = "interface eth0\n vrrp 5\n vrrp 5 ip 10.0.2.16\n vrrp 5 ipv6 2001:db8::370:7334\n"
    for intent in intents(text):
        assert intent.version == Told(3, at(2))
        assert intent.base_priority == Told(100)
        assert intent.advert_interval_ns == Told(1000 * MS)
        assert intent.nopreempt == Told(False)
        assert intent.pseudo_header == Told(True)


@pytest.mark.parametrize("case", ["frr-v3-failover", "frr-v6-one-source"])
def test_the_recorded_configurations(case: str) -> None:
    nodes = sorted((PCAPS / case).glob("*.conf"))
    for intent in (i for path in nodes for i in parse_configuration(str(path)).intents):
        assert intent.has_note("line-refused") is False
        assert intent.version.value == 3
    told = [
        (i.family.value, i.vrid.value, i.base_priority.value, i.advert_interval_ns.value // MS)
        for path in nodes
        for i in parse_configuration(str(path)).intents
    ]
    assert told == {
        "frr-v3-failover": [
            ("ipv4", 60, 120, 1000), ("ipv6", 60, 120, 1000),
            ("ipv4", 60, 100, 1000), ("ipv6", 60, 100, 1000),
        ],
        "frr-v6-one-source": [("ipv6", 160, 200, 500), ("ipv6", 160, 130, 500)],
    }[case]  # fmt: skip


def test_a_capture_is_diagnosed_with_them() -> None:
    case = PCAPS / "frr-v3-failover"
    configurations = [f"{node}={case / node}.conf" for node in ("dr-1", "dr-2")]
    found = analyze_files([str(case / "incident.pcap")], configurations)
    assert found.findings == ()
    assert {node.name: {str(a) for a in node.addresses} for node in found.nodes} == {
        "dr-1": {"172.31.23.22"},
        "dr-2": {"172.31.23.23"},
    }


def test_show_running_config_is_read() -> None:
    text = (
        "r1# show running-config\nBuilding configuration...\n\nCurrent configuration:\n!\n"
        "frr version 8.4.4\nfrr defaults traditional\nhostname r1\nlog syslog informational\n"
        "service integrated-vtysh-config\n!\ninterface eth0\n ip address 10.0.2.15/24\n"
        " no vrrp 7 preempt\n vrrp 7 ip 10.0.2.7\nexit\n!\nrouter bgp 65001\n"
        " neighbor 10.0.2.1 password hunter2\nexit\n!\nend\n"
    )
    configuration = parsed(text)
    (intent,) = configuration.intents
    assert configuration.router_id == Told("r1", at(8))
    assert intent.nopreempt == intent.nopreempt_told == Told(True, at(14))
    assert (intent.vrid, configuration.notes) == (Told(7, at(14)), ())


def test_passwords_are_masked() -> None:
    text = (
        "password 8 hash.1\nenable password clear1\ninterface eth0\n"
        " ip ospf authentication-key k1\n ip ospf message-digest-key 1 md5 m1\n"
        " vrrp 5 ip 10.0.2.16\nkey chain c\n key 1\n  key-string s1\n"
    )
    configuration = parsed(text)
    assert [configuration.quote(at(number)) for number in (1, 2, 4, 5, 6, 9)] == [
        "password ********",
        "enable password ********",
        "ip ospf authentication-key ********",
        "ip ospf message-digest-key 1 md5 ********",
        "vrrp 5 ip 10.0.2.16",
        "key-string ********",
    ]


def test_version_2_has_whole_seconds_and_no_ipv6() -> None:
    """vrrp_pkt_adver_build: MAX(max_adver_int / 100, 1)."""
    text = (
        "interface eth0\n vrrp 5 ipv6 fe80::5\n vrrp 5 version 2\n vrrp 5 ip 10.0.2.16\n"
        " vrrp 5 advertisement-interval {}\n vrrp 5 ipv6 fe80::6\n"
    )
    for written, wire in ((500, 1000), (1500, 1000), (3000, 3000), (2990, 2000)):
        intent = only(text.format(written))
        assert intent.advert_interval_ns == Told(wire * MS, at(5))
        assert (intent.family.value, intent.authentication.value.type) == ("ipv4", 0)
    assert codes(text.format(1500)) == [
        ("v2-without-ipv6", 3), ("line-refused", 6), ("interval-in-v2", 5)
    ]  # fmt: skip
    assert codes(text.format(3000)) == [("v2-without-ipv6", 3), ("line-refused", 6)]


def test_shut_down_is_not_told_to_take_part() -> None:
    text = "interface eth0\n vrrp 5 ip 10.0.2.16\n vrrp 5 shutdown\n vrrp 6 ip 10.0.2.17\n"
    assert [intent.vrid.value for intent in intents(text)] == [6]
    assert codes(text) == [("shutdown", 3)]
    assert codes(text + " no vrrp 5 shutdown\n") == []


def test_without_addresses_nothing_starts() -> None:
    assert intents("interface eth0\n vrrp 5 priority 3\n") == ()
    assert codes("interface eth0\n vrrp 5 priority 3\n") == [("router-without-addresses", 2)]


def test_the_checksum_of_newer_releases() -> None:
    text = "interface eth0\n vrrp 5 ip 10.0.2.16\n no vrrp 5 checksum-with-ipv4-pseudoheader\n"
    assert only(text).pseudo_header == Told(False, at(3))


def test_autoconfigure_is_said_to_tell_nothing() -> None:
    assert intents("frr version 8.4\nvrrp autoconfigure version 2\n") == ()
    assert codes("frr version 8.4\nvrrp autoconfigure version 2\n") == [("autoconfigure", 2)]


@pytest.mark.parametrize(
    "text",
    [
        "frr version 8.4\nfrr defaults traditional\nrouter bgp 1\n",
        "hostname r1\nline vty\n!\n",
        "frr version 8.4\ninterface eth0\nend\ninterface eth0\n vrrp 5 ip 10.0.0.1\n",
    ],
)
def test_a_configuration_without_vrrp_is_an_input_error(text: str) -> None:
    with pytest.raises(EvidenceError, match=r"r1\.conf is a configuration of FRRouting") as caught:
        parsed(text)
    assert "show running-config" in caught.value.hint


def test_a_keepalived_conf_stays_one() -> None:
    text = (
        "! vrrp 5 ip 10.0.0.1\nvrrp_instance A {\n interface eth0\n virtual_router_id 5\n"
        " virtual_ipaddress {\n 10.0.0.1\n }\n}\n"
    )
    assert only(text).daemon == "keepalived"
    assert only(text).instance == "A"


def test_a_pipe_is_read_once(tmp_path: Path) -> None:
    """`--config <(ssh r1 cat /etc/frr/frr.conf)`: the file cannot be read again."""
    for content, daemon in (
        (DOCUMENTED, "FRRouting"),
        ("vrrp_instance A {\n virtual_router_id 5\n}\n", "keepalived"),
    ):
        fifo = tmp_path / daemon
        os.mkfifo(fifo)
        with subprocess.Popen(["tee", str(fifo)], stdin=subprocess.PIPE, text=True,
                              stdout=subprocess.DEVNULL) as writer:  # fmt: skip
            assert writer.stdin is not None
            writer.stdin.write(content)
            writer.stdin.close()
            configuration = parse_configuration(str(fifo))
        assert {intent.daemon for intent in configuration.intents} == {daemon}


WORDS = (
    "vrrp no 5 256 -1 ٣ default autoconfigure priority pri ip ipv6 10.0.0.1 fe80::1 version 2 3 "
    "preempt p shutdown advertisement-interval 1000 1005 99999999999 interface eth0 exit end ! { } "
    "\x1b"
)
LINES = st.lists(st.lists(st.sampled_from(WORDS.split()), max_size=6).map(" ".join), max_size=12)


@settings(max_examples=200, deadline=None)
@given(LINES)
def test_no_text_is_too_bad(lines: list[str]) -> None:
    configuration = parsed("interface eth0\n vrrp 1 ip 10.0.0.9\n" + "\n".join(lines))
    for intent in configuration.intents:
        assert 1 <= intent.base_priority.value <= 254
        assert intent.vrid.value is not None
        assert 1 <= intent.vrid.value <= 255
        assert intent.addresses
    assert all(note.text.isprintable() for note in configuration.notes)


# vrrpd itself

JUDGED = {
    "settings": """\
interface eth0
 vrrp 5 version 2
 vrrp 5 priority 200
 vrrp 5 advertisement-interval 3000
 vrrp 5 ip 10.0.2.30
 vrrp 5 ip 10.0.2.16
 vrrp 5 ipv6 2001:db8::370:7334
 no vrrp 5 preempt
exit
!
interface eth0
 vrrp 6
 vrrp 6 ip 10.0.2.99
 vrrp 6 advertisement-interval 1005
 vrrp 7 priority 255
 vrrp 7 priority 0
 vrrp 8 ip 10.0.2.8/24
 vrrp 10 priority 33
 vrrp 10 ip 10.0.2.10
 no vrrp 10 priority
 vrrp 11 version 2
 vrrp 11 ip 10.0.2.11
 vrrp 11
 vrrp 12 ip 10.0.2.12
 no vrrp 12
 vrrp 13 prio 44
 vrrp 13 adv 3000
 vrrp 13 ip 10.0.2.13
 vrrp 13 p
 vrrp 14 ipv6 fe80::6
 vrrp 14 version 2
 vrrp 14 ip 10.0.2.14
 vrrp 15 ip 10.0.2.15 extra
 vrrp 0 ip 10.0.2.1
 vrrp 256 ip 10.0.2.1
 vrrp 16 advertisement-interval 9
 vrrp 16 advertisement-interval 40951
vrrp 17 ip 10.0.2.17
!
interface eth1 vrf default
 vrrp 5 ip 10.1.0.1
 vrrp 5 ip 10.1.0.1
 vrrp 5 ip 10.1.0.2
 no vrrp 5 ip 10.1.0.1
exit
 vrrp 18 ip 10.0.2.18
end
interface eth1
 vrrp 19 ip 10.0.2.19
""",
    "defaults": """\
interface eth0
 vrrp 1 ip 10.0.2.1
vrrp default priority 150
vrrp default advertisement-interval 2000
no vrrp default preempt
interface eth0
 vrrp 2 priority 100
 vrrp 2 ip 10.0.2.2
 vrrp 3 advertisement-interval 1000
 vrrp 3 ip 10.0.2.3
 vrrp 4 preempt
 vrrp 4 ip 10.0.2.4
 vrrp 5 priority 44
 vrrp 5 priority 100
 vrrp 5 ip 10.0.2.5
 vrrp 6 ip 10.0.2.6
 vrrp 6 priority 150
""",
}
VRRPD = Path("/usr/lib/frr/vrrpd")


def judged(text: str) -> dict[tuple[str, int, str], tuple[object, ...]]:
    """What vrrpd says that it was told, by interface, VRID and family."""
    # vrrpd gives root up, and cannot go into the folders that pytest makes.
    with tempfile.TemporaryDirectory() as name:
        return _judged(text, Path(name))


def _judged(text: str, folder: Path) -> dict[tuple[str, int, str], tuple[object, ...]]:
    (folder / "frr.conf").write_text(text)
    for path in (folder, folder / "frr.conf"):
        shutil.chown(path, "frr", "frr")
    command = [str(VRRPD), "-f", str(folder / "frr.conf"), "--vty_socket", str(folder)]
    command += ["-i", str(folder / "pid"), "-z", str(folder / "zebra"), "-P", "0"]
    with subprocess.Popen(
        ["unshare", "--net", *command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as daemon:
        try:
            for _ in range(100):
                time.sleep(0.1)
                if (folder / "vrrpd.vty").exists():
                    break
            shown = subprocess.run(
                ["vtysh", "--vty_socket", str(folder), "-d", "vrrpd", "-c", "show vrrp json"],
                capture_output=True, text=True, check=True,
            )  # fmt: skip
        finally:
            daemon.terminate()
    found = {}
    for router in json.loads(shown.stdout):
        for family, part in (("ipv4", router["v4"]), ("ipv6", router["v6"])):
            if part["addresses"]:
                found[router["interface"], router["vrid"], family] = (
                    router["version"],
                    part["effectivePriority"],
                    router["preemptMode"],
                    router["advertisementInterval"],
                    part["addresses"],
                )
    return found


@pytest.mark.lab
@pytest.mark.parametrize("name", JUDGED)
def test_vrrpd_makes_the_same_of_it(name: str) -> None:
    if not VRRPD.exists() or shutil.which("vtysh") is None:
        pytest.skip("FRRouting is not installed")
    told = {}
    for intent in intents(JUDGED[name]):
        key = (intent.interface.value, intent.vrid.value, intent.family.value)
        told[key] = (
            intent.version.value,
            intent.base_priority.value,
            not intent.nopreempt.value,
            intent.advert_interval_ns.value // MS,
            [str(address.value) for address in intent.addresses],
        )
    assert told == judged(JUDGED[name])
