"""The adverts that no daemon of the lab can be made to send."""

from lab.advertise import message, parse

BASE = ["--source", "10.66.1.3", "--vrid", "66", "--priority", "140", "--vip", "10.66.1.1"]


def test_a_version_2_advert_with_two_bytes_behind_it() -> None:
    """2142 + 8c01 + 0001 + 0a42 + 0101 = b887; its complement is the checksum."""
    found = message(parse([*BASE, "--version", "2", "--trailing", "2"]))
    assert found == bytes.fromhex("21428c01 0001 4778 0a420101 0000000000000000 0000")


def test_a_version_3_advert_without_a_pseudo_header() -> None:
    """3142 + 8c01 + 0014 + 0a42 + 0101 = c89a."""
    options = ["--interval-ms", "200", "--checksum", "without-pseudo-header"]
    found = message(parse([*BASE, *options]))
    assert found == bytes.fromhex("31428c01 0014 3765 0a420101")


def test_a_version_3_advert_with_a_pseudo_header() -> None:
    """c89a + 0a42 + 0103 + e000 + 0012 + 0070 + 000c = 1b46d: b46e with the carry."""
    found = message(parse([*BASE, "--interval-ms", "200"]))
    assert found[6:8] == (0xFFFF - 0xB46E).to_bytes(2, "big")
