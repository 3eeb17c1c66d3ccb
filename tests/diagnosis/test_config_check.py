"""A configuration that was given with another router's log is not believed."""

from ipaddress import ip_address

from routers import A_MAC, B_MAC, VIP, conf
from sightings import ROUTER, A, B, Wire, advert

from vrrpscope.diagnosis.binding import bind
from vrrpscope.diagnosis.nodes import Given, Node, TiedBy
from vrrpscope.evidence.intent import parse_configuration_text
from vrrpscope.evidence.logs import read_log_text
from vrrpscope.observation import AnnouncementKind

JOIN = AnnouncementKind.IGMP_JOIN
OLD, NEW = conf(101, scripts={"chk": -2}), conf(100, scripts={"chk": -2})


def wire(reload: bool = False) -> Wire:
    """A falls from 101 to 99, by a check or by a reload; B is silent."""
    seen = Wire()
    seen.announce(1000, JOIN, A, A_MAC)
    seen.announce(1100, JOIN, B, B_MAC)
    seen.repeat(5000, 10, advert(A, 101))
    seen.say(15_000, advert(A, 99), 1 if reload else None)
    seen.repeat(16_000, 10, advert(A, 99))
    return seen


def given(name: str, told: str, of: str | None, *more: str) -> Given:
    """A configuration, and a log whose host has an address."""
    lines = (f"Assigned address {of} for interface eth0", *more) if of else ()
    log = "".join(
        f"1970-01-01T00:00:{second:02}+00:00 {name} Keepalived_vrrp[7]: {line}\n"
        for second, line in enumerate(lines, 1)
    )
    read = read_log_text(log, f"{name}.log", name) if log else None
    return Given(name, parse_configuration_text(told, f"{name}.conf", name), log=read)


def bound(seen: Wire, *parts: Given) -> dict[str, Node]:
    return {node.name: node for node in bind([seen.builder.finish()], parts)}


def codes(node: Node) -> list[str]:
    return [note.code for note in node.doubts]


def test_the_right_ones_are_believed() -> None:
    nodes = bound(wire(), given("one", OLD, A), given("two", NEW, B))
    assert [codes(node) for node in nodes.values()] == [[], []]
    assert all(node.intent(ROUTER) is not None for node in nodes.values())


def test_logs_that_were_mixed_up_make_neither_configuration_count() -> None:
    """100 and 98 are all that `two` can have, and its log is that of the one that sent 101."""
    nodes = bound(wire(), given("one", OLD, B), given("two", NEW, A))
    assert {name: sorted(map(str, node.addresses)) for name, node in nodes.items()} == {
        "one": [B],
        "two": [A],
    }
    assert [node.intent(ROUTER) for node in nodes.values()] == [None, None]
    assert (
        "cannot have the priority 101 that 10.0.0.1 sent in frame 3" in nodes["two"].notes[0].text
    )
    assert "alone fits what 10.0.0.1 sent" in nodes["one"].notes[0].text


def test_a_log_ties_a_name_to_one_router_of_a_virtual_router_only() -> None:
    """The configuration of `one` fits A; its log is that of B, who is silent."""
    nodes = bound(wire(), given("one", OLD, B))
    assert nodes["one"].addresses == {ip_address(B)}
    assert nodes["one"].tied_by is TiedBy.LOG


def test_a_configuration_from_before_a_reload_counts() -> None:
    nodes = bound(wire(reload=True), given("one", conf(101), A))
    assert codes(nodes["one"]) == []
    nodes = bound(wire(), given("one", conf(101), A))
    assert codes(nodes["one"]) == ["not-what-ran"]


def test_a_configuration_that_the_user_tied_is_believed_against_what_was_sent() -> None:
    part = Given("one", parse_configuration_text(NEW, "one.conf", "one"), ip_address(A))
    assert codes(bound(wire(), part)["one"]) == []


def test_a_priority_that_only_the_log_tells() -> None:
    changed = "(VI_1) Changing effective priority from 80 to 70"
    assert codes(bound(wire(), given("two", NEW, B, changed))["two"]) == ["not-what-ran"]


def test_who_discards_a_lower_priority_does_not_run_with_nopreempt() -> None:
    told = conf(100, "nopreempt", {"chk": -2})
    lower = f"(VI_1) received lower priority (99) advert from {A} - discarding"
    assert codes(bound(wire(), given("two", told, B, lower))["two"]) == ["not-what-ran"]
    again = bound(wire(), given("two", told, B, "Reloading ...", lower))
    assert codes(again["two"]) == []


def test_a_configuration_of_another_cluster_is_not_tied_by_its_priority() -> None:
    for told, addresses in (
        (conf(101), {ip_address(A)}),
        (conf(101).replace(VIP, "10.7.7.7"), set()),
        (conf(101, "version 3"), set()),
    ):
        seen = Wire()
        seen.repeat(5000, 10, advert(A, 101))
        assert bound(seen, given("one", told, None))["one"].addresses == addresses
