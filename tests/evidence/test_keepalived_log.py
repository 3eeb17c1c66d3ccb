"""Wordings of keepalived, from its source in several releases and from recorded logs."""

from ipaddress import ip_address

import pytest

from vrrpscope.evidence.keepalived_log import understand_keepalived, understand_system

PEER = ip_address("192.168.6.236")


def said(message):
    """What one message says, as (kind, fields); most say one thing."""
    found = [(kind.value, fields) for kind, fields in understand_keepalived(message)]
    return found[0] if len(found) == 1 else found


STATES = [
    ("(VI_1) Entering MASTER STATE", {"state": "MASTER"}),
    ("(VI_1) Entering BACKUP STATE (init)", {"state": "BACKUP", "reason": "init"}),
    ("VRRP_Instance(VI_1) Entering BACKUP STATE", {"state": "BACKUP"}),
    ("VRRP_Instance(VI_1): Entering BACKUP STATE", {"state": "BACKUP"}),
    ("VRRP_Instance(VI_1) Transition to MASTER STATE", {"state": "MASTER", "reason": "transition"}),
    ("VRRP_Instance(VI_1) Now in FAULT state", {"state": "FAULT"}),
    ("(VI_1) Entering FAULT STATE", {"state": "FAULT"}),
    (
        "(VI_1) entering FAULT state (no IPv4 address for interface)",
        {"state": "FAULT", "reason": "no IPv4 address for interface"},
    ),
    (
        "(VI_1): entering FAULT state (interface eth1 down)",
        {"state": "FAULT", "reason": "interface eth1 down"},
    ),
    (
        "(VI_1): entering FAULT state due to script chk",
        {"state": "FAULT", "reason": "script chk"},
    ),
    (
        "(VI_1): entering FAULT state (src address not configured)",
        {"state": "FAULT", "reason": "src address not configured"},
    ),
]


@pytest.mark.parametrize(("message", "fields"), STATES)
def test_states(message, fields):
    assert said(message) == ("state", {"instance": "VI_1"} | fields)


REJECTED = [
    ("auth-password-mismatch", "received an invalid passwd!", {}),
    (
        "auth-password-mismatch",
        "received an invalid passwd from 192.168.6.236!",
        {"address": PEER},
    ),
    ("auth-type-mismatch", "received a 1 auth, expecting 0!", {"before": 1, "after": 0}),
    (
        "auth-type-mismatch",
        "received a 1 auth from 192.168.6.236, expecting 0!",
        {"before": 1, "after": 0, "address": PEER},
    ),
    ("auth-type-mismatch", "Invalid auth type: 7", {"before": 7}),
    ("auth-type-mismatch", "Received AH header but auth type not AH", {}),
    (
        "vip-count-mismatch",
        "received an unexpected ip number count 3, expected 2!",
        {"before": 3, "after": 2},
    ),
    (
        "vip-count-mismatch",
        "received an invalid ip number count 3, expected 2!",
        {"before": 3, "after": 2},
    ),
    (
        "vip-list-mismatch",
        "ip address associated with VRID 51 not present in MASTER advert: 10.0.0.100",
        {"name": "10.0.0.100"},
    ),
    (
        "vip-list-mismatch",
        "ip address associated with VRID 51 not present in MASTER advert : 10.0.0.100",
        {"name": "10.0.0.100"},
    ),
    (
        "advert-interval-mismatch",
        "advertisement interval mismatch mine=1 sec rcv'd=2 sec",
        {"before": 2_000_000_000, "after": 1_000_000_000},
    ),
    (
        "advert-interval-mismatch",
        "advertisement interval mismatch with 192.168.6.236 mine=1 sec rcv'd=2 sec",
        {"before": 2_000_000_000, "after": 1_000_000_000, "address": PEER},
    ),
    ("version-mismatch", "wrong version. Received 3 and expect 2", {"before": 3, "after": 2}),
    (
        "version-mismatch",
        "wrong VRRP version from 192.168.6.236. Received 3 and expect 2",
        {"before": 3, "after": 2, "address": PEER},
    ),
    ("version-mismatch", "invalid version. 3 and expect 2", {"before": 3, "after": 2}),
    ("ttl-not-255", "invalid TTL/HL. Received 254 and expect 255", {"before": 254, "after": 255}),
    ("ttl-not-255", "invalid ttl. 252 and expect 255", {"before": 252, "after": 255}),
    ("v3-checksum-pseudo-header", "Invalid VRRPv3 checksum", {}),
    ("v3-checksum-pseudo-header", "Invalid VRRPv2 checksum from 192.168.6.236", {"address": PEER}),
    (
        "length-or-padding-mismatch",
        "vrrp packet too long, length 42 and expect 40",
        {"before": 42, "after": 40},
    ),
    (
        "length-or-padding-mismatch",
        "vrrp packet from 192.168.6.236 too short, length 56 and expect 64",
        {"before": 56, "after": 64, "address": PEER},
    ),
    (
        "length-or-padding-mismatch",
        "ip_tot_len mismatch against received length. 40 and received 42",
        {"before": 40, "after": 42},
    ),
    (
        "unicast-source-mismatch",
        "unicast source address 192.168.6.236 not a unicast peer",
        {"address": PEER},
    ),
    (
        "unicast-multicast-mismatch",
        "Expected unicast packet but received multicast packet",
        {},
    ),
    (
        "ah-or-hmac-clock",
        "IPSEC-AH : invalid IPSEC HMAC-MD5 value. Due to fields mutation or bad password !",
        {},
    ),
    (
        "ah-or-hmac-clock",
        "stale authentication trailer from 192.168.6.236, clock skew 40 sec exceeds window 30 sec",
        {"address": PEER},
    ),
    ("packet-type", "Invalid packet type. 3 and expect 1", {}),
]


@pytest.mark.parametrize(("reason", "message", "fields"), REJECTED)
@pytest.mark.parametrize("before", ["(VI_1) ", "VRRP_Instance(VI_1) ", "(VI_1): "])
def test_rejections(before, reason, message, fields):
    expected = {"instance": "VI_1", "reason": reason} | fields
    assert said(before + message) == ("rejected", expected)


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        # Release 1.2.7 names no instance.
        ("receive an invalid passwd!", "auth-password-mismatch"),
        ("receive a 1 auth, expecting 0!", "auth-type-mismatch"),
        ("receive an invalid ip number count associated with VRID!", "vip-count-mismatch"),
        (
            "ip address associated with VRID not present in received packet : 10.0.0.1",
            "vip-list-mismatch",
        ),
        ("advertissement interval mismatch mine=1000000 rcved=2", "advert-interval-mismatch"),
        ("Invalid vrrp checksum", "v3-checksum-pseudo-header"),
        ("ip payload too short. 4 and expect at least 8", "length-or-padding-mismatch"),
        ("received VRID mismatch. Received 51, Expected 52", "vrid-mismatch"),
        ("Unknown VRID(51) received on interface(eth0). ignoring...", "vrid-mismatch"),
    ],
)
def test_rejections_without_an_instance(message, reason):
    kind, fields = said(message)
    assert (kind, fields["reason"], fields.get("instance")) == ("rejected", reason, None)


OTHERS = [
    (
        "(VI_1) Changing effective priority from 101 to 99",
        "priority",
        {"before": 101, "after": 99},
    ),
    ("VRRP_Instance(VI_1) Effective priority = 98", "priority", {"after": 98}),
    (
        "(VI_1) received lower priority (99) advert from 192.168.6.236 - discarding",
        "discarded-lower",
        {"before": 99, "address": PEER},
    ),
    (
        "(VI_1) Received advert from 192.168.6.236 with lower priority 100, ours 101, "
        "forcing new election",
        "election-forced",
        {"before": 100, "after": 101, "address": PEER},
    ),
    (
        "VRRP_Instance(VI_1) Received advert with lower priority 100, ours 101, "
        "forcing new election",
        "election-forced",
        {"before": 100, "after": 101},
    ),
    (
        "VRRP_Instance(VI_1) Received lower prio advert, forcing new election",
        "election-forced",
        {},
    ),
    (
        "VRRP_Instance(VI_1) Received lower prio advert 101, forcing new election",
        "election-forced",
        {"before": 101},
    ),
    (
        "(VI_1) Master received advert from 192.168.6.236 with higher priority 101, ours 100",
        "yielded",
        {"before": 101, "after": 100, "address": PEER},
    ),
    (
        "(VI_1) Master received advert from 192.168.6.236 with same priority 130 but higher IP "
        "address than ours",
        "yielded",
        {"before": 130, "after": 130, "address": PEER},
    ),
    (
        "VRRP_Instance(VI_1) Received advert with higher priority 255, ours 254",
        "yielded",
        {"before": 255, "after": 254},
    ),
    ("VRRP_Instance(VI_1) Received higher prio advert 100", "yielded", {"before": 100}),
    ("VRRP_Instance(VI_1) Received higher prio advert", "yielded", {}),
    (
        "(VI_1) WARNING - equal priority advert received from remote host with our IP address.",
        "own-address-heard",
        {},
    ),
    (
        "(VI_1) CONFIGURATION ERROR: local instance and a remote instance are both configured as "
        "address owner, please fix - reducing local priority",
        "owner-conflict",
        {},
    ),
    (
        "(VI_1) CONFIGURATION ERROR: local instance and 192.168.6.236 are both configured as "
        "address owner, please resolve",
        "owner-conflict",
        {"address": PEER},
    ),
    (
        "(VI_1) 192.168.6.236 is still advertising as address owner, please resolve - reducing "
        "our priority",
        "owner-conflict",
        {"address": PEER},
    ),
    ("(VI_1) sent 0 priority", "sent-release", {}),
    ("VRRP_Instance(VI_1) sending 0 priority", "sent-release", {}),
    ("(VI_1) Backup received priority 0 advertisement", "heard-release", {}),
    ("(VI_1) Master received priority 0 message", "heard-release", {}),
    ("(VI_1) Receive advertisement timeout", "timeout", {}),
    (
        "(VI_1): send advert error 1 (Operation not permitted)",
        "send-failed",
        {"reason": "Operation not permitted"},
    ),
    (
        "(VI_1) Cant send advert to 9.1.2.12 (Operation not permitted)",
        "send-failed",
        {"reason": "Operation not permitted"},
    ),
    ("(VI_1) start preempt delay (5.000000)", "preempt-delay", {"delay_ns": 5_000_000_000}),
    ("VRRP_Instance(VI_1) start preempt delay(300)", "preempt-delay", {"delay_ns": 300 * 10**9}),
    (
        "(VI_1) advertisement interval updated from 5000ms to 1000ms by master",
        "interval-learned",
        {"before": 5_000_000_000, "after": 1_000_000_000},
    ),
    (
        "(VI_1) changing advert interval from 1000ms to locally configured 5000ms",
        "interval-learned",
        {"before": 1_000_000_000, "after": 5_000_000_000},
    ),
    (
        "VRRP_Instance(VI_1) advertisement interval updated to 1000 milli-sec",
        "interval-learned",
        {"after": 1_000_000_000},
    ),
    (
        "(VI_1) Sending/queueing gratuitous ARPs on eth0 for 192.168.6.236",
        "garp",
        {"name": "eth0", "address": PEER},
    ),
    (
        "(VI_1) ignoring tracked script chk with weights due to address_owner",
        "script-unusable",
        {"name": "chk", "reason": "due to address_owner"},
    ),
    (
        "(VI_1) track script chk not found, ignoring...",
        "script-unusable",
        {"name": "chk", "reason": "not found"},
    ),
    ("(VI_1): tracked file f1 now FAULT state", "tracked", {"name": "f1", "good": False}),
    ("(VI_1): tracked file f1 leaving FAULT state", "tracked", {"name": "f1", "good": True}),
    (
        "(VI_1) expected 2 VIPs but received 3",
        "accepted-with-warning",
        {"reason": "vip-count-mismatch", "before": 3, "after": 2},
    ),
    (
        "(VI_1) ip address associated with VRID 51 not present in advert from 192.168.6.236: "
        "10.0.0.9",
        "accepted-with-warning",
        {"reason": "vip-list-mismatch", "address": PEER, "name": "10.0.0.9"},
    ),
    (
        "(VI_1) advertisement interval mismatch ours = 100 centi-sec rcv'd=500 centi-sec",
        "accepted-with-warning",
        {"reason": "v3-interval-learned", "before": 5_000_000_000, "after": 1_000_000_000},
    ),
]


@pytest.mark.parametrize(("message", "kind", "fields"), OTHERS)
def test_instances(message, kind, fields):
    assert said(message) == (kind, {"instance": "VI_1"} | fields)


DAEMON = [
    ("Starting Keepalived v2.2.7 (01/16,2022)", "started", {"text": "2.2.7"}),
    ("Starting Keepalived v1.3.5 (03/19,2017), git commit v1.3.5-6", "started", {"text": "1.3.5"}),
    ("Stopping", "stopping", {}),
    ("Stopping Keepalived v1.2.13 (05/28,2014)", "stopping", {}),
    ("Stopped Keepalived v2.2.7 (01/16,2022)", "stopping", {}),
    ("Stopped - used 0.000000 user time, 0.001782 system time", "stopping", {}),
    ("Reloading ...", "reloaded", {}),
    ("Reloading", "reloaded", {}),
    ("Got SIGHUP, reloading configuration", "reloaded", {}),
    (
        "Keepalived_vrrp exited due to signal 9 (Killed) - has rlimit_rttime been exceeded?",
        "child-died",
        {"text": "exited due to signal 9 (Killed) - has rlimit_rttime been exceeded?"},
    ),
    (
        "VRRP child process(6433) died: Respawning",
        "child-died",
        {"name": "6433", "text": "died: Respawning"},
    ),
    (
        "A thread timer expired 6.150229 seconds ago",
        "timer-late",
        {"delay_ns": 6_150_229_000},
    ),
    (
        "VRRP_Script(chk) failed (exited with status 1)",
        "tracked",
        {"name": "chk", "good": False, "reason": "exited with status 1"},
    ),
    ("VRRP_Script(chk) succeeded", "tracked", {"name": "chk", "good": True}),
    ("VRRP_Script(chk) failed", "tracked", {"name": "chk", "good": False}),
    ("Quorum lost for tracked process haproxy", "tracked", {"name": "haproxy", "good": False}),
    ("Quorum gained for tracked process haproxy", "tracked", {"name": "haproxy", "good": True}),
    (
        "Track script chk is being timed out, expect idle - skipping run",
        "script-late",
        {"name": "chk", "reason": "being timed out"},
    ),
    (
        "Disabling track script chk since not found/accessible",
        "script-unusable",
        {"name": "chk", "reason": "since not found/accessible"},
    ),
    (
        "Script /x cannot be accessed - No such file or directory",
        "script-unusable",
        {"name": "/x", "reason": "No such file or directory"},
    ),
    ("Warning - script chk is not used", "script-unusable", {"name": "chk", "reason": "not used"}),
    (
        "Netlink reflector reports IP 192.168.6.236 removed from eth0",
        "vip-removed",
        {"address": PEER, "name": "eth0"},
    ),
    ("Netlink reflector reports IP 192.168.6.236 removed", "vip-removed", {"address": PEER}),
    (
        "Assigned address 192.168.6.236 for interface eth0",
        "address-assigned",
        {"address": PEER, "name": "eth0"},
    ),
    (
        "Assigned address fe80::1 for interface eth0",
        "address-assigned",
        {"address": ip_address("fe80::1"), "name": "eth0"},
    ),
    (
        "Deassigned address 192.168.6.236 from interface eth0",
        "address-removed",
        {"address": PEER, "name": "eth0"},
    ),
    ("Kernel is reporting: interface ens32 UP", "interface", {"name": "ens32", "good": True}),
    ("Kernel is reporting: interface ens32 DOWN", "interface", {"name": "ens32", "good": False}),
    ("Netlink reports eth0 down", "interface", {"name": "eth0", "good": False}),
    (
        "bind unicast_src 192.168.6.236 failed 99 - Cannot assign requested address",
        "bind-failed",
        {"address": PEER, "reason": "99 - Cannot assign requested address"},
    ),
    (
        "VRRP_Group(G1) Syncing instances to BACKUP state",
        "sync",
        {"name": "G1", "state": "BACKUP"},
    ),
]


@pytest.mark.parametrize(("message", "kind", "fields"), DAEMON)
def test_the_daemon(message, kind, fields):
    assert said(message) == (kind, fields)


def test_a_script_that_timed_out_failed_and_was_late():
    assert said("VRRP_Script(chk) timed_out") == [
        ("tracked", {"name": "chk", "reason": "timed_out", "good": False}),
        ("script-late", {"name": "chk", "reason": "timed_out", "good": False}),
    ]


CONFIG = [
    (
        "(VI_1) Warning - nopreempt will not work with initial state MASTER - clearing",
        "nopreempt-cleared",
    ),
    (
        "(VI_1) nopreempt is incompatible with priority 255. resetting nopreempt",
        "nopreempt-cleared",
    ),
    (
        "(VI_1) Warning - preempt delay will not work with initial state MASTER - clearing",
        "preempt-delay-cleared",
    ),
    ("(/etc/keepalived/keepalived.conf: Line 12) Truncating auth_pass to 8 characters", None),
    ("(Line 12) (VI_1) unknown state 'Master', defaulting to BACKUP", "state-unknown"),
    (
        "(VI_1) A unicast keyword has been specified without any unicast peers. Defaulting to "
        "multicast. This usage is deprecated - please update your configuration.",
        "unicast-without-peers",
    ),
    (
        "(VI_1) VRRPv2 advertisement interval 0.400000s must be an integer. rounding",
        "advert-int-rounded",
    ),
    (
        "(VI_1) Number of VIPs (400) exceeds maximum/space available in packet (max 255 "
        "addresses) - excess moved to eVIPs",
        "too-many-addresses",
    ),
    ("(VI_1) Strict mode does not support authentication. Ignoring.", "strict-auth"),
    ("(VI_1): address family must match VRRP instance [10.0.0.1] - ignoring", "family-conflict"),
    ("Unknown keyword 'virtual_ipadress'", "unknown-keyword"),
    ("(VI_1) setting firewall drop rule", "firewall-drop-rule"),
    ("VRRP_Instance(VI_1) setting protocol iptable drop rule", "firewall-drop-rule"),
    ("Non-existent interface specified in configuration", "refused"),
    ("(VI_1) xmit_base is something new - resetting", "other"),
]


@pytest.mark.parametrize(("message", "reason"), CONFIG)
def test_configuration(message, reason):
    kind, fields = said(message)
    assert (kind, fields["reason"]) == ("config", reason or "auth-pass-truncated")
    assert fields["text"] in message


@pytest.mark.parametrize(
    "message",
    [
        "(VI_1) setting VIPs.",
        "(VI_1) removing VIPs.",
        "VRRP_Instance(VI_1) setting protocol VIPs.",
        "Opening file '/etc/keepalived/keepalived.conf'.",
        "Script `chk_service` now returning 1",
        "/etc/keepalived/check.sh exited with status 1",
        "/etc/keepalived/check.sh exited due to signal 15",
        "pid 17221 exited with status 1",
        "Healthcheck child process(12) died: Respawning",
        "bogus VRRP packet received on eth0 !!!",
        "(VI_1) stop preempt delay",
        "Netlink reflector reports IP 10.0.0.1 added",
        "",
        "(",
        "()",
        "(VI_1)",
    ],
)
def test_what_says_nothing(message):
    assert understand_keepalived(message) == ()


@pytest.mark.parametrize(
    ("message", "kind", "text"),
    [
        ("Stopping Keepalive Daemon (LVS and VRRP)...", "stopping", None),
        ("Stopping LVS and VRRP High Availability Monitor...", "stopping", None),
        (
            "keepalived.service: Main process exited, code=killed, status=9/KILL",
            "child-died",
            "code=killed, status=9/KILL",
        ),
        (
            "Out of memory: Killed process 801 (keepalived) total-vm:1kB",
            "child-died",
            "Out of memory",
        ),
        (
            "[ 1234.567890] Memory cgroup out of memory: Killed process 801 (keepalived)",
            "child-died",
            "out of memory",
        ),
    ],
)
def test_lines_of_the_system(message, kind, text):
    ((found, fields),) = understand_system(message)
    assert (found.value, fields.get("text")) == (kind, text)


def test_the_system_speaks_of_others():
    assert understand_system("Stopping OpenSSH server...") == []
    assert understand_system("Out of memory: Killed process 801 (mysqld)") == []
