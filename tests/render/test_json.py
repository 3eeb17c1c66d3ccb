"""The names and types are typed from the published contract, not taken from the code."""

import json
import subprocess

import pytest
import rendercases

from vrrpscope.render import json as document

INT, TEXT, LIST, TRUTH = (int,), (str,), (list,), (bool,)
TEXT_OR_NULL, INT_OR_NULL = (str, type(None)), (int, type(None))

TOP = {
    "schema": TEXT,
    "version": TEXT,
    "vantages": LIST,
    "virtual_routers": LIST,
    "findings": LIST,
}
VANTAGE = {
    "id": TEXT,
    "file": TEXT,
    "interface": TEXT_OR_NULL,
    "frames": INT,
    "adverts": INT,
    "first_ns": INT_OR_NULL,
    "last_ns": INT_OR_NULL,
    "notes": LIST,
}
ROUTER = {
    "id": TEXT,
    "family": TEXT,
    "vrid": INT,
    "vlan": INT_OR_NULL,
    "addresses": LIST,
    "senders": LIST,
    "silent": LIST,
    "tenures": LIST,
    "handovers": LIST,
}
SENDER = {
    "address": TEXT,
    "mac": TEXT,
    "node": TEXT_OR_NULL,
    "version": INT,
    "priorities": LIST,
    "advert_interval_ns": INT_OR_NULL,
    "adverts": INT,
    "first_ns": INT,
    "last_ns": INT,
}
SILENT = {"address": TEXT, "node": TEXT_OR_NULL, "seen_by": TEXT, "frame": INT}
TENURE = {"vantage": TEXT, "sender": TEXT, "from_ns": INT, "until_ns": INT, "ended_by": TEXT}
HANDOVER = {
    "vantage": TEXT,
    "from": TEXT_OR_NULL,
    "to": TEXT,
    "at_ns": INT,
    "took_ns": INT_OR_NULL,
    "expected_ns": (list, type(None)),
    "kind": TEXT,
    "on_time": (bool, type(None)),
}
FINDING = {
    "rule": TEXT,
    "kind": TEXT,
    "severity": TEXT,
    "verdict": TEXT,
    "virtual_router": TEXT,
    "at_ns": INT,
    "until_ns": INT,
    "explains": LIST,
    "says": TEXT,
    "because": LIST,
    "display_filter": TEXT,
    "remedy": TEXT,
    "settle_with": LIST,
}
REASON = {"statement": TEXT, "basis": TEXT, "clause": TEXT_OR_NULL, "evidence": LIST}

ENDED_BY = {"released", "silent", "yielded", "capture-ended"}
HANDOVER_KIND = {"first", "release", "expiry", "preemption", "contest", "unexplained"}

CASES = (
    rendercases.MISSED,
    rendercases.PREEMPTED,
    "all-nodes-fault",
    "auth-password-mismatch-both-visible",
    "flapping",
    "frr-v3-failover",
    "healthy-power-cut",
    "ipv6-failover",
    "silenced-by-firewall-and-back",
)


def loaded(case, told=True, schema=document.DIAGNOSIS):
    return json.loads(document.text_of(rendercases.view(case, told), schema))


def check(value, keys):
    assert set(keys) <= set(value)
    for key, types in keys.items():
        assert type(value[key]) in types, key


@pytest.mark.parametrize("told", [True, False])
@pytest.mark.parametrize("case", CASES)
def test_every_promised_key_is_there_with_its_type(case, told):
    found = loaded(case, told)
    check(found, TOP)
    assert found["schema"] == "vrrpscope.diagnosis/1"
    for vantage in found["vantages"]:
        check(vantage, VANTAGE)
    for router in found["virtual_routers"]:
        check(router, ROUTER)
        assert router["family"] in ("ipv4", "ipv6")
        for key, keys in (("senders", SENDER), ("silent", SILENT), ("tenures", TENURE)):
            for value in router[key]:
                check(value, keys)
        for handover in router["handovers"]:
            check(handover, HANDOVER)
            assert handover["kind"] in HANDOVER_KIND
            assert (handover["from"] is None) == (handover["kind"] == "first")
            assert all(type(ns) is int for ns in handover["expected_ns"] or [])
        assert {tenure["ended_by"] for tenure in router["tenures"]} <= ENDED_BY
        assert {silent["seen_by"] for silent in router["silent"]} <= {"igmp", "mld"}
    for finding in found["findings"]:
        check_finding(finding, found)


def check_finding(finding, found):
    check(finding, FINDING)
    assert finding["kind"] in ("symptom", "cause", "note")
    assert finding["severity"] in ("error", "warning", "info")
    assert finding["verdict"] in ("proven", "likely", "possible")
    assert finding["virtual_router"] in {r["id"] for r in found["virtual_routers"]}
    for reason in finding["because"]:
        check(reason, REASON)
        assert reason["basis"] in ("seen", "told", "inferred")
        for item in reason["evidence"]:
            assert set(item) in ({"vantage", "frame"}, {"file", "line"})


@pytest.mark.parametrize("case", CASES)
def test_the_counts_add_up(case):
    found = loaded(case)
    (vantage,) = found["vantages"]
    assert sum(vantage["counts"].values()) == vantage["frames"]
    senders = [s for router in found["virtual_routers"] for s in router["senders"]]
    counted = sum(s["adverts"] + s["copies"] for s in senders) + vantage["untimed"]
    assert counted == vantage["adverts"]


def test_the_incident_as_it_was():
    """What the README of the recorded case says: 101 falls to 99, dr-2 never speaks."""
    found = loaded(rendercases.MISSED)
    (router,) = found["virtual_routers"]
    assert router["id"] == "ipv4/60"
    assert router["addresses"] == ["172.31.23.6"]
    (sender,) = router["senders"]
    assert sender["node"] == "dr-1"
    assert sender["version"] == 2
    assert sender["priorities"] == [101, 99]
    assert sender["advert_interval_ns"] == 1_000_000_000
    (silent,) = router["silent"]
    assert (silent["address"], silent["node"], silent["seen_by"]) == (
        "172.31.23.23",
        "dr-2",
        "igmp",
    )
    (tenure,) = router["tenures"]
    assert tenure["ended_by"] == "capture-ended"
    assert router["priority_steps"][0]["before"] == 101
    assert "nopreempt-weighted-check" in {finding["rule"] for finding in found["findings"]}


def test_a_take_over_within_the_timers():
    """dr-2 has priority 100 at 1 s: 3 + (256 - 100) / 256 s."""
    (router,) = loaded(rendercases.PREEMPTED)["virtual_routers"]
    first, second, _ = router["handovers"]
    assert (first["kind"], first["from"]) == ("first", None)
    assert (second["from"], second["to"]) == ("172.31.23.22", "172.31.23.23")
    assert second["expected_ns"] == [3_609_375_000, 3_609_375_000]
    assert abs(second["took_ns"] - 3_609_375_000) < 50_000_000
    assert second["on_time"] is True


def test_without_configurations_nobody_has_a_name():
    (router,) = loaded(rendercases.MISSED, told=False)["virtual_routers"]
    assert [s["node"] for s in router["senders"] + router["silent"]] == [None, None]


def test_the_story_alone_has_another_schema():
    found = loaded(rendercases.PREEMPTED, schema=document.TIMELINE)
    assert found["schema"] == "vrrpscope.timeline/1"


def test_a_file_with_no_frame_is_described_too():
    assert not rendercases.story_view().case.timelines[0].routers
    found = json.loads(document.text_of(rendercases.story_view()))
    assert found["virtual_routers"] == []
    assert found["vantages"][0]["first_ns"] is None


@pytest.mark.tshark
@pytest.mark.parametrize("case", [rendercases.MISSED, rendercases.PREEMPTED])
def test_tshark_counts_the_same_adverts_and_priorities(case):
    found = loaded(case)
    file = str(rendercases.CASES / case / "incident.pcap")
    command = ["tshark", "-r", file, "-Y", "vrrp", "-T", "fields"]
    fields = ["-e", "ip.src", "-e", "vrrp.prio"]
    done = subprocess.run([*command, *fields], capture_output=True, text=True, check=True)
    rows = [row.split("\t") for row in done.stdout.splitlines()]
    assert len(rows) == found["vantages"][0]["adverts"]
    for sender in found["virtual_routers"][0]["senders"]:
        said = [int(prio) for source, prio in rows if source == sender["address"]]
        assert list(dict.fromkeys(p for p in said if p)) == sender["priorities"]
        assert len(said) == sender["adverts"]


def test_lists_that_are_made_one_after_the_other_look_like_others() -> None:
    inner = {"name": 'a\nb "c"', "none": [], "list": [1, {"x": None}], "empty": {}}
    whole = {"a": [inner, {"deep": [inner]}, 7], "nothing": [], "b": inner}
    parts = {"a": iter([inner, {"deep": iter([inner])}, 7]), "nothing": iter([]), "b": inner}
    assert "".join(document._pieces(parts, "\n")) == json.dumps(whole, indent=2)
