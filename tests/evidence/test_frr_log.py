"""Wordings of FRRouting's vrrpd, from vrrpd/vrrp.c and from recorded logs."""

from ipaddress import ip_address

import pytest

from vrrpscope.evidence.frr_log import understand_frr

V4 = "[W23ZH-NY264] [CORE] [VRID 60] [IPv4] "
PEER = ip_address("10.7.0.1")

KNOWN = [
    ("Initialize -> Backup", [("state", {"state": "BACKUP"})]),
    ("Backup -> Master", [("state", {"state": "MASTER"})]),
    ("Master -> Backup", [("state", {"state": "BACKUP"})]),
    # vrrp_shutdown sends priority 0 in state Master.
    ("Master -> Initialize", [("state", {"state": "INIT"}), ("sent-release", {"state": "INIT"})]),
    ("Backup -> Initialize", [("state", {"state": "INIT"})]),
    ("Master_Down_Timer expired", [("timeout", {})]),
    (
        "Received advertisement from 10.7.0.1 w/ priority 200; switching to Backup",
        [("yielded", {"address": PEER, "before": 200})],
    ),
    (
        "Discarding advertisement from 10.7.0.1 (90 < 100 & preempt = true)",
        [("discarded-lower", {"address": PEER, "before": 90, "after": 100})],
    ),
    (
        "Discarding advertisement from 10.7.0.1 (90 <= 100 & 10.7.0.1 <= 10.7.0.2)",
        [("election-forced", {"address": PEER, "before": 90, "after": 100})],
    ),
    (
        "Datagram invalid: Received advertisement with advertisement interval 2 unequal to our "
        "configured value 1",
        [
            (
                "rejected",
                {
                    "reason": "advert-interval-mismatch",
                    "before": 2_000_000_000,
                    "after": 1_000_000_000,
                },
            )
        ],
    ),
    (
        "Datagram invalid: Bad VRRP checksum 1234; should be 4321",
        [("rejected", {"reason": "v3-checksum-pseudo-header"})],
    ),
    (
        "Datagram invalid: IPv4 TTL is 254; should be 255",
        [("rejected", {"reason": "ttl-not-255", "before": 254})],
    ),
    (
        "Datagram invalid: Bad version 2",
        [("rejected", {"reason": "version-mismatch", "before": 2})],
    ),
    (
        "Datagram has 2 addresses, but this VRRP instance has 1",
        [("accepted-with-warning", {"reason": "vip-count-mismatch", "before": 2, "after": 1})],
    ),
    (
        "Failed to send VRRP Advertisement: Network is unreachable",
        [("send-failed", {"reason": "Network is unreachable"})],
    ),
    ("Failed to find address to bind on vrrp6-60", [("bind-failed", {"name": "vrrp6-60"})]),
    (
        "Refusing to start Virtual Router: No VRRP interface",
        [("config", {"reason": "refused", "text": "No VRRP interface"})],
    ),
    ("Refusing to start Virtual Router: Already running", []),
    ("'Startup' event", []),
    ("Interface: vrrp4-60", []),
]


@pytest.mark.parametrize(("message", "expected"), KNOWN)
def test_a_virtual_router(message, expected):
    found = [(said.value, fields) for said, fields in understand_frr(V4 + message)]
    assert found == [(kind, {"vrid": 60, "family": "ipv4"} | f) for kind, f in expected]


def test_the_daemon_and_older_releases():
    def one(message):
        ((said, fields),) = understand_frr(message)
        return said.value, fields

    assert one("[T83RR-8SM5G] vrrpd 8.4.4 starting: vty@2619") == ("started", {"text": "8.4.4"})
    assert one("[N50WA-0KKX6] Terminating on signal") == ("stopping", {})
    assert one("[CORE] [VRID 5] [IPv6] Backup -> Master") == (
        "state",
        {"vrid": 5, "family": "ipv6", "state": "MASTER"},
    )
    # Release 7 does not name the family.
    assert one("[CORE] [VRID 5] Backup -> Master") == ("state", {"vrid": 5, "state": "MASTER"})
