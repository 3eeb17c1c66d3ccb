"""keepalived itself as the judge: what it says that it was told, against `Intent`.

keepalived (2.2) starts in a network namespace of its own with `--dump-conf`, writes what it made of
the configuration, and is stopped. Nothing is sent to any real network.
"""

import re
import subprocess
import threading
from collections import defaultdict
from pathlib import Path

import pytest

from vrrpscope.evidence.intent import parse_configuration

SAMPLES = Path("/usr/share/doc/keepalived/samples")
START = """\
ip link set lo up
for n in 0 1 2; do
    ip link add eth$n type veth peer name peer$n
    ip link set eth$n up
    ip link set peer$n up
done
ip address add 172.31.23.22/24 dev eth0
exec "$@"
"""
HEADER = "virtual_router_id %d\ninterface eth0\nvirtual_ipaddress { 10.0.0.%d }\n"

CASES = {
    "article": """\
vrrp_script chk_haproxy {
    script "/bin/true"
    interval 3
    weight -2
    fall 2
    rise 2
}
vrrp_instance VI_1 {
    state BACKUP
    interface eth0
    virtual_router_id 60
    priority 101
    advert_int 1
    nopreempt
    authentication {
        auth_type PASS
        auth_pass 0123456789abcdef0123456789abcdef
    }
    virtual_ipaddress {
        172.31.23.6/24
    }
    track_script {
        chk_haproxy
    }
}
""",
    "one line": """\
vrrp_script chk { script "/bin/true"  interval 3  weight -2  fall 2  rise 2 }
vrrp_instance A { virtual_router_id 60  priority 101
  interface eth0  virtual_router_id 61
  authentication { auth_type PASS  auth_pass 1111 }
  virtual_ipaddress { 10.0.0.1 10.0.0.2 }
  track_script { chk }
}
""",
    "states": """\
vrrp_instance A {
    state MASTER
    virtual_router_id 1
    interface eth0
    virtual_ipaddress { 10.0.0.1 }
}
vrrp_instance B {
    state MASTER
    priority 90
    nopreempt
    preempt_delay 5
    virtual_router_id 2
    interface eth0
    virtual_ipaddress { 10.0.0.2 }
}
vrrp_instance C {
    state Master
    priority 300
    preempt_delay 2.5
    virtual_router_id 3
    interface eth0
    virtual_ipaddress { 10.0.0.3 }
}
vrrp_instance D {
    priority 255
    nopreempt
    virtual_router_id 4
    interface eth0
    virtual_ipaddress { 10.0.0.4 }
}
""",
    "intervals": "".join(
        f"vrrp_instance I{n} {{\n{extra}\n{HEADER % (n, n)}}}\n"
        for n, extra in enumerate(
            [
                "advert_int 0.4",
                "advert_int 1.5",
                "advert_int 1s",
                "advert_int 255",
                "advert_int 256",
                "preempt_delay 5s",
                "version 3\nadvert_int 0.123",
                "version 3\nadvert_int 0.125",
                "version 3\nadvert_int 100",
                "version 3\nadvert_int 40.955",
                "version 3\nadvert_int .5",
                "version 3\nadvert_int 0.4999996",
            ],
            1,
        )
    ),
    "passwords": "".join(
        f"vrrp_instance I{n} {{\n{HEADER % (n, n)}"
        f"authentication {{\nauth_type {kind}\n{word}\n}}\n}}\n"
        for n, (kind, word) in enumerate(
            [
                ("PASS", "auth_pass 1111"),
                ("PASS", "auth_pass 'ab'"),
                ("PASS", 'auth_pass "a b"'),
                ("PASS", "auth_pass ab#cd"),
                ("PASS", "auth_pass ab\\!cd"),
                ("PASS", "auth_pass a\nauth_pass b"),
                ("PASS", "auth_pass a\\b"),
                ("PASS", ""),
                ("pass", "auth_pass x"),
                ("AH", "auth_pass x"),
            ],
            1,
        )
    ),
    "strict": """\
global_defs {
    vrrp_strict
    vrrp_garp_master_delay 7
    router_id somewhere
}
vrrp_instance A {
    state MASTER
    priority 90
    accept
    lower_prio_no_advert off
    higher_prio_send_advert
    down_timer_adverts 5
    garp_lower_prio_repeat 3
    preempt_delay 3
    virtual_router_id 1
    interface eth0
    authentication {
        auth_type PASS
        auth_pass 1111
    }
    virtual_ipaddress { 10.0.0.1 }
}
""",
    "globals": """\
vrrp_instance A {
    virtual_router_id 1
    interface eth0
    virtual_ipaddress { 10.0.0.1 }
    garp_master_repeat 0
    garp_lower_prio_delay 9
    higher_prio_send_advert yes
    skip_check_adv_addr off
}
global_defs {
    vrrp_version 3
    vrrp_garp_master_delay 7
    vrrp_garp_master_repeat 3
    vrrp_garp_master_refresh 60
    vrrp_garp_master_refresh_repeat 2
    vrrp_down_timer_adverts 4
    vrrp_lower_prio_no_advert
    vrrp_mcast_group4 224.0.0.99
}
vrrp_instance B {
    virtual_router_id 2
    interface eth0
    advert_int 2.55
    virtual_ipaddress { 10.0.0.2 }
}
""",
    "families": """\
vrrp_instance A {
    virtual_router_id 1
    interface eth0
    virtual_ipaddress { fe80::1
        10.0.0.1
        2001:db8::1/64
    }
    virtual_ipaddress_excluded { 10.3.3.3/24 }
}
vrrp_instance B {
    version 2
    virtual_router_id 2
    interface eth0
    virtual_ipaddress { fe80::2 }
}
vrrp_instance C {
    virtual_router_id 3
    interface eth0
    virtual_ipaddress { 10.0.0.1/24 dev eth1 label eth1:1
        10.0.0.999
        10.0.0.1
        10.0.0.4 dev
        fe80::9
    }
    version 2
    version 3
}
""",
    "unicast": """\
vrrp_instance A {
    virtual_router_id 1
    interface eth0
    unicast_src_ip 172.31.23.22
    unicast_peer {
        172.31.23.23
        172.31.23.24, 172.31.23.25
        172.31.23.26 min_ttl 250
    }
    virtual_ipaddress { 10.0.0.1 }
}
vrrp_instance B {
    virtual_router_id 2
    interface eth0
    unicast_src_ip 172.31.23.22
    virtual_ipaddress { 10.0.0.2 }
}
vrrp_instance C {
    virtual_router_id 3
    interface eth0
    mcast_src_ip 172.31.23.22
    mcast_dst_ip 224.0.0.77
    virtual_ipaddress { 10.0.0.3 }
}
""",
    "tracking": """\
vrrp_script s0 { script /bin/true
}
vrrp_script low {
    script /bin/true
    weight -20
    interval 0
}
vrrp_script beyond {
    script /bin/true
    weight 300
}
vrrp_script nothing {
    rise 3
}
vrrp_track_process p {
    process nginx
}
track_file f {
    file /run/f
}
vrrp_instance A {
    virtual_router_id 1
    interface eth0
    virtual_ipaddress { 10.0.0.1 }
    track_script {
        s0 weight 254 reverse
        low
        low weight 5
        beyond
        nothing
        later
        s1 wieght 5
    }
    track_process { p }
    track_file { f weight 3 reverse }
    track_interface { eth0 weight 3
        eth1 weight -10 reverse
        eth2
    }
}
vrrp_script later { script /bin/true
}
""",
    "sync groups": """\
vrrp_script s0 {
    script /bin/true
}
vrrp_script low {
    script /bin/true
    weight -20
}
track_file f {
    file /run/f
}
"""
    + "".join(
        f"vrrp_instance {name} {{\n{HEADER % (n, n)}{extra}\ntrack_script {{\ns0\nlow\n}}\n"
        "track_interface { eth1 weight 5 }\ntrack_file { f }\n}\n"
        for n, (name, extra) in enumerate(
            [("A", ""), ("B", ""), ("C", ""), ("D", ""), ("E", "priority 255")], 1
        )
    )
    + """\
vrrp_sync_group G {
    group { A
        B }
}
vrrp_sync_group H {
    group {
        C D
    }
    sync_group_tracking_weight
}
""",
    "definitions": """\
$PRIO=101
$BLOCK= state BACKUP \\
    interface eth0 \\
    priority ${PRIO}   # a comment
include vi.conf
vrrp_instance X {
    $BLOCK
    virtual_router_id 9
    virtual_ipaddress {
        ~SEQ(n, 2, 3, 9) 10.9.0.$n
        ~LST(n, 77, 78) 10.9.${n}.1
        ~SEQx(n, 9, 11) 10.9.9.1 # $n
    }
@high garp_master_delay 11
@^high garp_master_delay 12
    track_interface {
        ~LST({a, b}, {eth1, 40}, {eth2, 50}) ${a} weight ${b}
    }
}
""",
}
CASES["braces"] = f"""\
vrrp_instance A

{{
{HEADER % (1, 1)}}}
}}
vrrp_instance B
    nonsense
    priority 5
    advert_int "2"
{HEADER % (2, 2)}}}
vrrp_instance C{{ priority 7
{HEADER % (3, 3)}}}vrrp_instance D {{
    priority 8 }} vrrp_instance E {{
{HEADER % (5, 5)}
"""
CASES["braces"] = CASES["braces"].replace("priority 8 }", HEADER % (4, 4) + "priority 8 }")
CASES["line ends"] = CASES["article"].replace("\n", " \t\r\n")
INCLUDED = (
    "vrrp_instance INC {\ninterface eth0\nvirtual_router_id 77\nvirtual_ipaddress { 10.7.7.7 }\n}\n"
)


def dumped(path, config_id):
    """The instances that keepalived dumps: name -> key -> values; list entries under their title.

    Raises an assertion with keepalived's words where it does not start.
    """
    pids = [f"--{kind}={path.parent / kind}" for kind in ("pid", "vrrp_pid", "checkers_pid")]
    command = ["keepalived", "-n", "-l", "-D", "-d", "-P", "-i", config_id, "-f", str(path), *pids]
    # In a process namespace of its own, all of keepalived ends together with unshare.
    spaces = ["unshare", "--net", "--mount-proc", "--pid", "--fork", "--kill-child"]
    process = subprocess.Popen(
        [*spaces, "sh", "-ec", START, "sh", *command],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    watchdog = threading.Timer(30, process.kill)
    watchdog.start()
    lines = []
    try:
        for line in process.stdout:
            lines.append(re.sub(r"^\w{3} \w{3} +\d+ [\d:]+ \d{4}: ", "", line.rstrip("\n")))
            if "< Interfaces >" in line:
                break
    finally:
        watchdog.cancel()
        process.kill()  # unshare lets SIGTERM wait while it has a child
        process.communicate(timeout=20)
    assert any("< Interfaces >" in line for line in lines), "\n".join(lines)
    return instances(lines)


def instances(lines):
    found, current, title = {}, None, None
    for line in lines:
        indent = len(line) - len(line.lstrip(" "))
        key, _, value = line.strip().partition(" = ")
        if indent == 1 and key == "VRRP Instance":
            current = found.setdefault(value, defaultdict(list))
        elif line.startswith("------<") or (indent == 1 and current is not None):
            current = None
        elif current is not None and indent == 3:
            title = re.sub(r" \(\d+\)| :|:$", "", key).strip(" :")
            current[title].append(value)
        elif current is not None and indent == 5:
            current[title].append(line.strip())
    return found


def addresses(entries):
    return [entry.split()[0].partition("/")[0] for entry in entries if entry]


def weights(intent, kind):
    return [
        f"{item.name} weight {item.weight.value}{' reverse' if item.reverse else ''}"
        for item in intent.tracked
        if item.kind == kind and item.sync_group is None
    ]


def seconds(nanoseconds):
    return str(nanoseconds // 1_000_000_000)


def yes(value):
    return "true" if value else "false"


def as_dumped(intent):
    """The same facts from an `Intent`, in keepalived's words."""
    version, interval = intent.version.value, intent.advert_interval_ns.value
    in_s = f"{interval // 10**9} sec"
    return {
        "VRRP Version": [str(version)],
        "Wantstate": [intent.state.value],
        "Virtual Router ID": [str(intent.vrid.value)],
        "Priority": [str(intent.base_priority.value)],
        "Advert interval": [in_s if version == 2 else f"{interval // 10**6} milli-sec"],
        "Preempt": ["disabled" if intent.nopreempt.value else "enabled"],
        "Accept": ["enabled" if intent.accept.value else "disabled"],
        "Gratuitous ARP delay": [seconds(intent.garp.delay_ns.value)],
        "Gratuitous ARP repeat": [str(intent.garp.repeat.value)],
        "Gratuitous ARP refresh": [seconds(intent.garp.refresh_ns.value)],
        "Gratuitous ARP refresh repeat": [str(intent.garp.refresh_repeat.value)],
        "Gratuitous ARP lower priority delay": [seconds(intent.garp.lower_prio_delay_ns.value)],
        "Gratuitous ARP lower priority repeat": [str(intent.garp.lower_prio_repeat.value)],
        "Down timer adverts": [str(intent.down_timer_adverts.value)],
        "Send advert after receive lower priority advert": [
            yes(not intent.lower_prio_no_advert.value)
        ],
        "Send advert after receive higher priority advert": [
            yes(intent.higher_prio_send_advert.value)
        ],
        "Preempt delay": [f"{intent.preempt_delay_ns.value / 1e9:g} secs"]
        if intent.preempt_delay_ns.value
        else [],
        "Sync group": [intent.sync_group] if intent.sync_group else [],
        "Skip checking advert IP addresses": [""] if intent.skip_check_adv_addr.value else [],
        "Enforcing strict VRRP compliance": [""] if intent.strict.value else [],
        "Using Native IPv6": [""] if intent.family.value == "ipv6" else [],
    }


def check_lists(intent, dump):
    assert [str(a.value) for a in intent.addresses] == addresses(dump["Virtual IP"])
    assert [str(a.value) for a in intent.excluded] == addresses(dump["Virtual IP Excluded"])
    assert [str(p.value) for p in intent.unicast_peers] == addresses(dump["Unicast Peer"])
    assert weights(intent, "script") == [e for e in dump["Tracked scripts"] if e]
    assert weights(intent, "interface") == [e for e in dump["Tracked interfaces"] if e]
    files = [e.replace(",", "") for e in dump["Tracked files"] if e]
    assert weights(intent, "file") == files
    processes = [e.replace(",", "") for e in dump["Tracked processes"] if e]
    assert weights(intent, "process") == processes
    group = [key for key in dump if key.startswith("Multicast address")]
    if intent.is_unicast:
        assert group == []
        assert dump["Check unicast src"] == [] or intent.check_unicast_src.value is not None
    else:
        assert group[0].split()[2].strip(",") == str(intent.multicast_group.value)


def check_authentication(intent, dump):
    secret = intent.authentication.value.secret.rstrip(b"\0").decode()
    kinds = {None: [], 0: ["none"], 1: ["SIMPLE_PASSWORD"], 2: ["IPSEC_AH"]}
    assert dump["Authentication type"] == kinds[intent.authentication.value.type]
    # keepalived shows no key of AH.
    is_shown = secret and intent.authentication.value.type == 1
    assert dump["Password"] == ([secret] if is_shown else [])


def same_facts(path, config_id="high"):
    """What we say and what keepalived says, in the same words."""
    configuration = parse_configuration(str(path), config_id=config_id)
    dump = dumped(path, config_id)
    ours, theirs = {}, {name: {} for name in dump}
    for intent in configuration.intents:
        ours[intent.instance] = as_dumped(intent)
        told = dump.get(intent.instance, defaultdict(list))
        theirs[intent.instance] = {key: told[key] for key in ours[intent.instance]}
        check_lists(intent, told)
        check_authentication(intent, told)
    return ours, theirs


@pytest.mark.lab
@pytest.mark.parametrize("name", CASES)
def test_keepalived_says_the_same(tmp_path, name):
    path = tmp_path / "keepalived.conf"
    path.write_text(CASES[name])
    (tmp_path / "vi.conf").write_text(INCLUDED)
    ours, theirs = same_facts(path)
    assert ours == theirs


SAMPLE_FILES = sorted(SAMPLES.glob("keepalived.conf.*")) if SAMPLES.is_dir() else []


@pytest.mark.skipif(not SAMPLE_FILES, reason="no samples of keepalived's Debian package")
@pytest.mark.parametrize("path", SAMPLE_FILES, ids=lambda path: path.name)
def test_samples_of_keepalived_are_read(path):
    configuration = parse_configuration(str(path), config_id="high")
    text = path.read_text()
    named = re.findall(r"^\s*vrrp_instance\s+(\S+?)\s*\{", text, re.MULTILINE)
    assert [intent.instance for intent in configuration.intents] == named
    priorities = re.findall(r"^\s*(?:@high\s+)?priority\s+(\d+)", text, re.MULTILINE)
    told = [i.base_priority for i in configuration.intents]
    assert [str(p.value) for p in told if not p.is_default] == priorities


@pytest.mark.lab
@pytest.mark.parametrize("sample", ["vrrp.scripts", "sample", "vrrp.localcheck"])
def test_keepalived_says_the_same_of_its_samples(tmp_path, sample):
    source = SAMPLES / f"keepalived.conf.{sample}"
    if not source.is_file():
        pytest.skip("no samples of keepalived's Debian package")
    # what the namespace lacks, or what keepalived resolves and drops: addresses of mail servers,
    # a third interface, scripts of programs that are not installed
    text = re.sub(r"^\s*(notify\S*|script) .*$", "", source.read_text(), flags=re.MULTILINE)
    text = re.sub(r"\beth3\b", "eth2", text)
    text = re.sub(r"(vrrp_script \w+ \{)", r"\1\nscript /bin/true", text)
    path = tmp_path / "keepalived.conf"
    path.write_text(text)
    ours, theirs = same_facts(path)
    assert ours == theirs
