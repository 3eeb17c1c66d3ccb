"""Which log belongs to which router, and which of its instances to which virtual router."""

from dataclasses import replace
from ipaddress import ip_address
from pathlib import Path

import pytest
from sightings import SECOND, A, B, Wire, advert

from vrrpscope.diagnosis.binding import bind
from vrrpscope.diagnosis.nodes import Given, Node, TiedBy
from vrrpscope.diagnosis.questions.logbook import LogBook
from vrrpscope.errors import EvidenceError
from vrrpscope.evidence.intent import parse_configuration_text
from vrrpscope.evidence.logs import read_log_text
from vrrpscope.evidence.statement import Said
from vrrpscope.observation import VirtualRouter
from vrrpscope.pipeline import analyze_files

CASE = Path(__file__).resolve().parents[2] / "pcaps" / "article-2-nopreempt-weighted-check"
ROUTER = VirtualRouter("ipv4", 60)

MASTER_AT_9 = "1970-01-01T00:00:09.000000+00:00 {host} Keepalived_vrrp[7]: ({name}) {text}\n"


def line(text: str, host: str = "lb-1", name: str = "VI_1", second: int = 9) -> str:
    return f"1970-01-01T00:00:{second:02}+00:00 {host} Keepalived_vrrp[7]: ({name}) {text}\n"


def given(text: str, name: str = "", file: str = "x.log", address: str | None = None) -> Given:
    log = read_log_text(text, file, name or None)
    at = ip_address(address) if address else None
    return Given(name or file.removesuffix(".log"), log=log, address=at, is_named=bool(name))


def wire() -> Wire:
    """A is master from second 9 on, B from second 30 on."""
    seen = Wire()
    seen.repeat(9_000, 5, advert(A, 101))
    seen.repeat(30_000, 5, advert(B, 100))
    return seen


def only(nodes: tuple[Node, ...]) -> Node:
    (node,) = nodes
    return node


def test_a_log_without_a_name_is_called_after_its_host() -> None:
    node = only(bind([wire().builder.finish()], [given(line("Entering MASTER STATE"))]))
    assert node.name == "lb-1"


def test_what_happened_at_the_same_moment_ties_a_log_to_its_address() -> None:
    node = only(bind([wire().builder.finish()], [given(line("Entering MASTER STATE"), "one")]))
    assert (set(node.addresses), node.tied_by) == ({ip_address(A)}, TiedBy.EVENTS)
    text = line("Entering MASTER STATE", second=30)
    node = only(bind([wire().builder.finish()], [given(text, "other")]))
    assert set(node.addresses) == {ip_address(B)}


def test_an_address_that_was_typed_is_not_overruled_by_events() -> None:
    text = line("Entering MASTER STATE")
    node = only(bind([wire().builder.finish()], [given(text, "one", address=B)]))
    assert (set(node.addresses), node.tied_by) == ({ip_address(B)}, TiedBy.USER)


def test_the_address_that_the_log_names_as_the_hosts_own() -> None:
    own = "1970-01-01T00:00:02+00:00 lb-1 Keepalived_vrrp[7]: Assigned address 10.0.0.2 for "
    node = only(bind([wire().builder.finish()], [given(own + "interface eth0\n", "one")]))
    assert (set(node.addresses), node.tied_by) == ({ip_address(B)}, TiedBy.LOG)


def test_a_configuration_and_a_log_of_one_name_are_one_node() -> None:
    text = "vrrp_instance VI_1 {\n interface eth0\n virtual_router_id 60\n priority 101\n}\n"
    configuration = parse_configuration_text(text, "one.conf", "one")
    parts = [Given("one", configuration), given(line("Entering MASTER STATE"), "one")]
    node = only(bind([wire().builder.finish()], parts))
    assert node.configuration is configuration
    assert node.log is not None


def test_the_router_id_of_a_configuration_names_the_host_of_a_log() -> None:
    text = "global_defs {\n router_id lb-1\n}\nvrrp_instance VI_1 {\n interface eth0\n"
    text += " virtual_router_id 60\n priority 101\n}\n"
    configuration = parse_configuration_text(text, "keepalived.conf", None)
    parts = [
        Given("keepalived", configuration, is_named=False),
        given(line("Entering MASTER STATE")),
    ]
    assert only(bind([wire().builder.finish()], parts)).name == "lb-1"


def test_two_logs_of_one_name_are_refused() -> None:
    text = line("Entering MASTER STATE")
    parts = [given(text, "one", "a.log"), given(text, "one", "b.log")]
    with pytest.raises(EvidenceError) as caught:
        bind([wire().builder.finish()], parts)
    assert caught.value.hint == "name them apart: --log one-b=b.log"


def test_lines_of_another_instance_are_not_about_this_virtual_router() -> None:
    seen = Wire()
    seen.repeat(9_000, 5, advert(A, 101))
    timeline = seen.builder.finish()
    (story,) = timeline.routers
    other = replace(story, router=VirtualRouter("ipv4", 61), tenures=(), streaks=())
    timeline.routers = (story, other)
    text = line("Entering MASTER STATE", name="INSIDE") + line(
        "Changing effective priority from 90 to 80", name="OUTSIDE", second=20
    )
    node = only(bind([timeline], [given(text, "one", address=A)]))
    said = node.said(ROUTER, (Said.STATE, Said.PRIORITY))
    assert [(s.said, s.instance) for s in said] == [(Said.STATE, "INSIDE")]


def test_bounds_of_time_allow_for_the_step_of_the_log() -> None:
    node = only(bind([wire().builder.finish()], [given(line("Entering MASTER STATE"), "one")]))
    half = SECOND // 2
    # Written "at second 9": between 9 and 10.
    book = LogBook(node, ROUTER)
    assert book.within(9 * SECOND + half, 20 * SECOND, Said.STATE)
    assert not book.within(13 * SECOND, 20 * SECOND, Said.STATE)


def test_a_log_covers_only_what_lies_between_its_lines() -> None:
    text = line("Entering MASTER STATE") + line("sent 0 priority", second=20)
    node = only(bind([wire().builder.finish()], [given(text, "one", address=A)]))
    assert node.log_covers(10 * SECOND, 19 * SECOND)
    assert not node.log_covers(10 * SECOND, 25 * SECOND)


def test_recorded_logs_are_tied_without_a_name_and_without_configurations() -> None:
    analysis = analyze_files(
        [str(CASE / "incident.pcap")], logs=[str(CASE / "dr-1.log"), str(CASE / "dr-2.log")]
    )
    found = {node.name: sorted(map(str, node.addresses)) for node in analysis.nodes}
    assert found == {"dr-1": ["172.31.23.22"], "dr-2": ["172.31.23.23"]}
    assert all(node.clock and node.clock.offset_ns == 0 for node in analysis.nodes)
    # From "Starting Keepalived v2.2.7 (01/16,2022)".
    address = ip_address("172.31.23.23")
    assert analysis.case.release(address) == (2, 2, 7)
