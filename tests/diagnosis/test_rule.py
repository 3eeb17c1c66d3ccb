"""What every rule must have."""

import importlib
import re
from pathlib import Path

import pytest

from vrrpscope.diagnosis.finding import Kind
from vrrpscope.diagnosis.rule import Rule, all_rules

FOLDER = Path(__file__).resolve().parents[2] / "vrrpscope" / "diagnosis" / "rules"

SYMPTOMS = {
    "missed-failover",
    "wrong-master",
    "no-master",
    "dual-master",
    "unexpected-failover",
    "slow-failover",
    "flapping",
    "vip-unreachable",
}
CAUSES = {
    "nopreempt-weighted-check",
    "nopreempt-keeps-lower-master",
    "weight-smaller-than-priority-gap",
    "backup-also-degraded",
    "no-backup-alive",
    "all-nodes-fault",
    "adverts-lost-one-way",
    "adverts-lost-both-ways",
    "lossy-path",
    "network-partition",
    "transmit-blocked",
    "igmp-snooping-or-multicast-filter",
    "hypervisor-mac-security-or-vm-nic-filter",
    "stp-or-link-late-forwarding",
    "auth-password-mismatch",
    "auth-type-mismatch",
    "version-mismatch",
    "advert-interval-mismatch",
    "vip-count-mismatch",
    "vip-list-mismatch",
    "vrid-mismatch",
    "unicast-multicast-mismatch",
    "ttl-not-255",
    "unicast-source-mismatch",
    "v3-checksum-pseudo-header",
    "v3-unicast-checksum-old-keepalived",
    "length-or-padding-mismatch",
    "ah-or-hmac-clock",
    "subsecond-interval-in-v2",
    "address-family-mix",
    "check-flaps",
    "preempt-delay",
    "vrid-collision",
    "carp-collision",
    "duplicate-primary-address",
    "equal-priority-race",
    "two-daemons-one-host",
    "down-timer-edge-race",
    "garp-missing",
    "ghost-arp-after-short-split",
    "vmac-table-poisoned-by-backup",
    "sync-group-partial",
    "backup-still-answers",
    "daemon-starved",
    "vm-freeze",
    "vrrp-child-respawned",
    "stale-vip-holder",
    "vip-removed-externally",
    "fault-no-primary-address",
    "master-at-boot",
    "orderly-stop-expected-slow",
    "reload-causes-failover",
    "stuck-in-fault",
    "positive-weight-misread",
    "nopreempt-cleared-by-state-master",
    "nopreempt-does-not-protect-master",
    "owner-255-ignores-tracking",
    "duplicate-address-owner",
    "check-script-not-running",
    "config-syntax-silently-different",
}

NOTES = {
    "v3-interval-learned",
    "link-down-on-master",
    "own-advert-reflected",
    "masters-split-across-nodes",
    "strict-mode-drops-vip-traffic",
    "ipv6-link-local-and-nd",
    "too-many-vips",
}

HEADINGS = [
    r"### What it looks like",
    r"### Why it (stops a failover|matters)",
    r"### How to confirm it",
    r"### What else could look like this",
]

rules = pytest.mark.parametrize("rule", all_rules().values(), ids=lambda rule: rule.id)


def test_the_ids_are_these_for_ever() -> None:
    by_kind = {kind: {r.id for r in all_rules().values() if r.kind is kind} for kind in Kind}
    assert by_kind == {Kind.SYMPTOM: SYMPTOMS, Kind.CAUSE: CAUSES, Kind.NOTE: NOTES}


def test_each_file_is_one_rule_of_that_name() -> None:
    names = {path.stem for path in FOLDER.glob("*.py")} - {"__init__"}
    assert {rule_id.replace("-", "_") for rule_id in all_rules()} == names
    for name in names:
        module = importlib.import_module(f"vrrpscope.diagnosis.rules.{name}")
        assert isinstance(getattr(module, name), Rule)


@rules
def test_the_manual_page_has_its_four_parts_in_order(rule: Rule) -> None:
    found = re.findall(r"^### .*$", rule.manual, flags=re.MULTILINE)
    assert len(found) == len(HEADINGS)
    for heading, wanted in zip(found, HEADINGS, strict=True):
        assert re.fullmatch(wanted, heading)


@rules
def test_causes_explain_symptoms_and_nothing_else_explains(rule: Rule) -> None:
    """So the relation has no cycle."""
    assert set(rule.explains) <= SYMPTOMS
    assert bool(rule.explains) == (rule.kind is Kind.CAUSE)


@rules
def test_a_cause_has_a_remedy(rule: Rule) -> None:
    assert bool(rule.remedy) or rule.kind is not Kind.CAUSE
    assert rule.says.endswith(".")
    assert rule.title[0].isupper() and not rule.title.endswith(".")


def test_every_symptom_has_a_cause_that_can_explain_it_or_stands_alone() -> None:
    explained = {symptom for rule in all_rules().values() for symptom in rule.explains}
    assert SYMPTOMS - explained == set()
