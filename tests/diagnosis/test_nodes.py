"""Which configuration belongs to which router."""

from ipaddress import ip_address

import pytest

from vrrpscope.diagnosis.binding import bind
from vrrpscope.diagnosis.nodes import Given, Node
from vrrpscope.errors import EvidenceError
from vrrpscope.evidence.intent import parse_configuration_text
from vrrpscope.observation import (
    Announcement,
    AnnouncementKind,
    FrameRef,
    Sighting,
    Vantage,
    VirtualRouter,
)
from vrrpscope.protocol.advertisement import Advertisement
from vrrpscope.timeline.builder import TimelineBuilder
from vrrpscope.timeline.model import Timeline


def conf(priority: int, weight: int = -2, extra: str = "") -> str:
    return f"""
vrrp_script chk {{
    script "/bin/true"
    weight {weight}
}}
vrrp_instance VI_1 {{
    state BACKUP
    interface eth0
    virtual_router_id 60
    priority {priority}
    {extra}
    virtual_ipaddress {{
        10.0.0.100/24
    }}
    track_script {{
        chk
    }}
}}
"""


def given(name: str, text: str, address: str | None = None) -> Given:
    configuration = parse_configuration_text(text, f"{name}.conf", name)
    return Given(name, configuration, ip_address(address) if address else None)


def timeline(priorities: dict[str, list[int]], silent: tuple[str, ...] = ()) -> Timeline:
    builder = TimelineBuilder(Vantage("x.pcap", "x.pcap"))
    number = 0
    for address in silent:
        number += 1
        ref = FrameRef("x.pcap", number)
        kind = AnnouncementKind.IGMP_JOIN
        builder.announce(
            Announcement(0, kind, ip_address(address), "02:00:00:00:00:09", (), "", ref)
        )
    for address, said in priorities.items():
        for priority in said:
            number += 1
            advertisement = Advertisement(
                version=2,
                vrid=60,
                priority=priority,
                advert_interval_ns=10**9,
                addresses=(ip_address("10.0.0.100"),),
                source=ip_address(address),
                destination=ip_address("224.0.0.18"),
                source_mac="02:00:00:00:00:01",
                ttl=255,
                address_count=1,
            )
            router = VirtualRouter("ipv4", 60)
            ref = FrameRef("x.pcap", number)
            builder.push(Sighting(number * 10**9, number, router, advertisement, ref))
    return builder.finish()


def addresses(nodes: tuple[Node, ...]) -> dict[str, list[str]]:
    return {node.name: sorted(map(str, node.addresses)) for node in nodes}


def test_priorities_that_only_one_configuration_can_produce() -> None:
    seen = timeline({"10.0.0.1": [101, 99]}, silent=("10.0.0.2",))
    nodes = bind([seen], [given("dr-1", conf(101)), given("dr-2", conf(100))])
    assert addresses(nodes) == {"dr-1": ["10.0.0.1"], "dr-2": ["10.0.0.2"]}


def test_the_order_of_the_configurations_makes_no_difference() -> None:
    seen = timeline({"10.0.0.1": [101, 99]}, silent=("10.0.0.2",))
    nodes = bind([seen], [given("dr-2", conf(100)), given("dr-1", conf(101))])
    assert addresses(nodes) == {"dr-1": ["10.0.0.1"], "dr-2": ["10.0.0.2"]}


def test_what_the_user_typed_comes_first() -> None:
    seen = timeline({"10.0.0.1": [101]})
    nodes = bind([seen], [given("x", conf(101), "10.0.0.7"), given("y", conf(101), "10.0.0.1")])
    assert addresses(nodes) == {"x": ["10.0.0.7"], "y": ["10.0.0.1"]}


def test_an_address_that_the_user_typed_is_not_overruled_by_priorities() -> None:
    seen = timeline({"10.0.0.1": [101]})
    nodes = bind([seen], [given("x", conf(101), "10.0.0.7")])
    assert addresses(nodes) == {"x": ["10.0.0.7"]}


def test_two_configurations_of_one_name_are_refused() -> None:
    with pytest.raises(EvidenceError) as caught:
        bind([timeline({"10.0.0.1": [101]})], [given("x", conf(101)), given("x", conf(100))])
    assert "configuration of x" in caught.value.message


def test_the_source_address_in_the_configuration() -> None:
    seen = timeline({"10.0.0.1": [100]})
    nodes = bind(
        [seen],
        [
            given("a", conf(100, extra="mcast_src_ip 10.0.0.2")),
            given("b", conf(100, extra="mcast_src_ip 10.0.0.1")),
        ],
    )
    assert addresses(nodes) == {"a": ["10.0.0.2"], "b": ["10.0.0.1"]}


def test_two_configurations_that_fit_alike_are_refused_with_what_to_type() -> None:
    seen = timeline({"10.0.0.1": [100]})
    with pytest.raises(EvidenceError) as caught:
        bind([seen], [given("a", conf(100)), given("b", conf(100))])
    assert "a.conf and b.conf" in caught.value.message
    assert caught.value.hint.endswith("--config a@10.0.0.1=a.conf")


def test_two_routers_that_one_configuration_fits_alike_are_refused_too() -> None:
    seen = timeline({"10.0.0.1": [100], "10.0.0.2": [100]})
    with pytest.raises(EvidenceError) as caught:
        bind([seen], [given("a", conf(100))])
    assert "10.0.0.1 and 10.0.0.2" in caught.value.message


def test_what_is_certain_decides_what_is_not() -> None:
    """100 fits both, 101 only a: so 100 is b's."""
    seen = timeline({"10.0.0.1": [100], "10.0.0.2": [101]})
    nodes = bind([seen], [given("a", conf(101, weight=-1)), given("b", conf(100))])
    assert addresses(nodes) == {"a": ["10.0.0.2"], "b": ["10.0.0.1"]}


def test_a_configuration_of_nobody_who_was_seen_stays_without_an_address() -> None:
    seen = timeline({"10.0.0.1": [101]})
    nodes = bind([seen], [given("dr-1", conf(101)), given("dr-2", conf(100))])
    assert addresses(nodes) == {"dr-1": ["10.0.0.1"], "dr-2": []}


def test_two_silent_routers_are_not_guessed() -> None:
    seen = timeline({"10.0.0.1": [101]}, silent=("10.0.0.2", "10.0.0.3"))
    nodes = bind([seen], [given("dr-1", conf(101)), given("dr-2", conf(100))])
    assert addresses(nodes) == {"dr-1": ["10.0.0.1"], "dr-2": []}


def test_a_silent_router_that_is_the_only_other_one_may_still_be_a_third() -> None:
    """With three configurations and one silent address nobody is tied by elimination."""
    seen = timeline({"10.0.0.1": [101]}, silent=("10.0.0.2",))
    three = [given("a", conf(101)), given("b", conf(90)), given("c", conf(80))]
    assert addresses(bind([seen], three)) == {"a": ["10.0.0.1"], "b": [], "c": []}


def test_a_silent_router_may_belong_to_a_virtual_router_that_is_not_configured() -> None:
    seen = timeline({"10.0.0.1": [101]}, silent=("10.0.0.2",))
    other = timeline({"10.0.0.8": [150]})
    other.routers[0].router = VirtualRouter("ipv4", 70)
    nodes = bind([seen, other], [given("dr-1", conf(101)), given("dr-2", conf(100))])
    assert addresses(nodes) == {"dr-1": ["10.0.0.1"], "dr-2": []}
