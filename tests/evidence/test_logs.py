"""Logs as a whole: what they cover, whose they are, and what cannot be one."""

import bz2
import gzip
import lzma
import time

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from vrrpscope.errors import EvidenceError
from vrrpscope.evidence.log_files import MAX_BYTES
from vrrpscope.evidence.logs import read_log, read_log_text
from vrrpscope.evidence.statement import Said

NS = 1_000_000_000
DAY_NS = 86_400 * NS

LOG = """\
Nov 22 19:23:19 dr-1 sshd[12]: Accepted publickey for root
Nov 22 19:23:20 dr-1 Keepalived[122]: Starting Keepalived v2.2.7 (01/16,2022)
Nov 22 19:23:20 dr-1 Keepalived_vrrp[123]: (VI_1) Entering BACKUP STATE (init)
Nov 22 19:23:24 dr-1 Keepalived_vrrp[123]: (VI_1) Entering MASTER STATE
Nov 22 19:23:25 dr-1 Keepalived_healthcheckers[124]: Netlink reflector reports IP 10.0.0.9 removed
Nov 22 19:23:30 dr-1 Keepalived_vrrp[123]: (VI_1) Changing effective priority from 101 to 99
Nov 22 19:24:00 dr-1 cron[7]: job
"""


def states(log):
    return [s.state for s in log.of(Said.STATE)]


def test_a_syslog():
    log = read_log_text(LOG, "dr-1.log")
    assert (log.daemon, log.host, log.version) == ("keepalived", "dr-1", "2.2.7")
    assert (log.dated, log.zoned, log.resolution_ns) == (False, False, NS)
    assert (log.lines, log.read, log.notes) == (7, 5, ())
    assert states(log) == ["BACKUP", "MASTER"]
    assert not log.of(Said.VIP_REMOVED)
    # 22 November is the 326th day of 1970: 325 are over.
    start = 325 * DAY_NS + (19 * 3600 + 23 * 60) * NS
    assert (log.first_ns, log.last_ns) == (start + 19 * NS, start + 60 * NS)
    (priority,) = log.of(Said.PRIORITY)
    assert (priority.before, priority.after, priority.instance) == (101, 99, "VI_1")
    assert priority.time_ns == start + 30 * NS
    assert str(priority.line) == "dr-1.log:6"
    assert log.quote(priority.line).endswith("Changing effective priority from 101 to 99")


@pytest.mark.parametrize(
    "pack", [bytes, gzip.compress, bz2.compress, lzma.compress, zstandard.compress]
)
def test_files_may_be_compressed(tmp_path, pack):
    path = tmp_path / "keepalived.log.1"
    path.write_bytes(pack(LOG.encode()))
    log = read_log(str(path), "dr-1")
    assert (states(log), log.lines, log.node) == (["BACKUP", "MASTER"], 7, "dr-1")


def test_a_damaged_file_gives_what_could_be_read(tmp_path):
    path = tmp_path / "log.gz"
    path.write_bytes(gzip.compress(LOG.encode() + bytes(range(1, 256)) * 2000)[:-2000])
    log = read_log(str(path))
    assert states(log) == ["BACKUP", "MASTER"]
    assert any("damaged" in note for note in log.notes)


def test_utf_16_as_powershell_writes_it(tmp_path):
    path = tmp_path / "log"
    path.write_bytes(LOG.replace("\n", "\r\n").encode("utf-16"))
    assert states(read_log(str(path))) == ["BACKUP", "MASTER"]


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"", "0 lines"),
        (b"Nov 22 19:23:19 dr-1 sshd[12]: Accepted publickey\n" * 3, "3 lines"),
        (b"Sun Nov 22 19:23:20 2026: I am another program\n", "1 lines"),
        (b"vrrp_instance VI_1 {\n  state MASTER\n  auth_pass hunter2\n}\n", "4 lines"),
        (bytes(range(256)) * 10, "binary"),
    ],
)
def test_what_is_no_log_of_a_daemon(tmp_path, content, found):
    path = tmp_path / "other"
    path.write_bytes(content)
    with pytest.raises(EvidenceError) as caught:
        read_log(str(path))
    assert found in caught.value.message
    assert "journalctl -u keepalived -o short-iso > dr-1.log" in caught.value.hint
    assert "hunter2" not in caught.value.message


def test_files_that_cannot_be_opened(tmp_path):
    for path in (str(tmp_path), str(tmp_path / "missing"), "a\0b"):
        with pytest.raises(EvidenceError, match="cannot read the log"):
            read_log(path)


def test_more_than_anyone_wants_to_read(tmp_path):
    path = tmp_path / "bomb.gz"
    with gzip.open(path, "wb", compresslevel=1) as stream:
        for _ in range(MAX_BYTES // (1 << 22) + 2):
            stream.write(bytes(1 << 22))
    with pytest.raises(EvidenceError, match="256 MiB"):
        read_log(str(path))


def test_the_turn_of_the_year():
    log = read_log_text(
        "Dec 31 23:59:59 r Keepalived_vrrp[1]: (A) Entering MASTER STATE\n"
        "Jan  1 00:00:01 r Keepalived_vrrp[1]: (A) Entering BACKUP STATE\n"
        "Dec 31 23:59:58 r Keepalived_vrrp[1]: (A) sent 0 priority\n"
        "Jan  1 00:00:02 r Keepalived_vrrp[1]: (A) Entering MASTER STATE\n"
    )
    times = [s.time_ns - 365 * DAY_NS for s in log.statements]
    assert times == [-1 * NS, 1 * NS, -2 * NS, 2 * NS]
    assert (log.first_ns, log.last_ns) == (365 * DAY_NS - 2 * NS, 365 * DAY_NS + 2 * NS)


def test_a_leap_day():
    log = read_log_text(
        "Feb 28 12:00:00 r Keepalived_vrrp[1]: (A) Entering MASTER STATE\n"
        "Feb 29 12:00:00 r Keepalived_vrrp[1]: (A) Entering BACKUP STATE\n"
        "Mar  1 12:00:00 r Keepalived_vrrp[1]: (A) Entering MASTER STATE\n"
    )
    first, *others = [s.time_ns for s in log.statements]
    assert [t - first for t in others] == [DAY_NS, 2 * DAY_NS]


def test_times_of_the_rarer_format_are_not_used():
    log = read_log_text(
        LOG + "2026-11-22T19:25:00Z dr-1 Keepalived_vrrp[123]: (VI_1) Entering FAULT STATE\n"
    )
    assert states(log) == ["BACKUP", "MASTER", "FAULT"]
    assert log.statements[-1].time_ns is None
    assert not log.dated
    assert any("several formats" in note for note in log.notes)


def test_no_times_at_all():
    log = read_log_text("(VI_1) Entering MASTER STATE\n(VI_1) setting VIPs.\n")
    assert [s.time_ns for s in log.statements] == [None]
    assert (log.first_ns, log.last_ns, log.dated) == (None, None, False)
    assert any("no time" in note for note in log.notes)


MERGED = (
    "Nov 22 19:23:20 dr-1 Keepalived_vrrp[1]: (VI_1) Entering MASTER STATE\n"
    "Nov 22 19:23:21 dr-2.example.net Keepalived_vrrp[9]: (VI_1) Entering BACKUP STATE\n"
    "Nov 22 19:23:22 dr-1 systemd[1]: keepalived.service: Main process exited, "
    "code=killed, status=9/KILL\n"
)


def test_a_log_of_several_hosts_needs_a_name():
    with pytest.raises(EvidenceError, match=r"several hosts: dr-1, dr-2\.example\.net") as caught:
        read_log_text(MERGED, "all.log")
    assert caught.value.hint == "name the one that is meant: --log dr-1=all.log"
    two = read_log_text(MERGED, "all.log", "dr-2")
    assert (states(two), two.host, two.read, two.lines) == (
        ["BACKUP"],
        "dr-2.example.net",
        1,
        3,
    )
    one = read_log_text(MERGED, "all.log", "dr-1")
    assert [s.said.value for s in one.statements] == ["state", "child-died"]


def test_a_host_that_gets_its_name_late():
    log = read_log_text(
        "Nov 22 19:23:20 localhost Keepalived_vrrp[1]: (VI_1) Entering BACKUP STATE (init)\n"
        "Nov 22 19:23:21 dr-1.example.net Keepalived_vrrp[1]: (VI_1) Entering MASTER STATE\n"
        "Nov 22 19:23:22 dr-1 Keepalived_vrrp[1]: (VI_1) Entering FAULT STATE\n"
    )
    assert states(log) == ["BACKUP", "MASTER", "FAULT"]


def test_one_death_is_told_once():
    log = read_log_text(
        "Sun Nov 22 21:59:31 2026: pid 6256 exited due to signal 9 (Killed)\n"
        "Sun Nov 22 21:59:31 2026: VRRP child process(6256) died: Respawning\n"
        "Sun Nov 22 22:10:31 2026: pid 7000 exited due to signal 15 (Terminated)\n"
        "Sun Nov 22 22:10:32 2026: Keepalived_vrrp exited due to segmentation fault (SIGSEGV).\n"
        "Sun Nov 22 22:10:32 2026: VRRP child process(6999) died: Respawning\n"
    )
    assert [s.text for s in log.of(Said.CHILD_DIED)] == [
        "exited due to signal 9 (Killed)",
        "exited due to segmentation fault (SIGSEGV).",
    ]


def test_the_release_decides_whether_a_difference_is_a_rejection():
    says = "(VI_1) expected 2 VIPs but received 3\n"
    old = read_log_text(f"Starting Keepalived v2.3.2 (1/1,2025)\n{says}")
    new = read_log_text(f"Starting Keepalived v2.3.3 (1/1,2025)\n{says}")
    assert [s.said for s in old.statements[1:]] == [Said.REJECTED]
    assert [s.said for s in new.statements[1:]] == [Said.ACCEPTED_WITH_WARNING]
    assert read_log_text(says).statements[0].said is Said.ACCEPTED_WITH_WARNING


def test_passwords_and_colours_stay_inside():
    log = read_log_text(
        "\x1b[31mNov 22 19:23:20\x1b[0m r Keepalived_vrrp[1]: (Line 4) auth_pass hunter2 is odd\n"
        "Nov 22 19:23:20 r Keepalived_vrrp[1]:    Password = hunter2\n"
    )
    assert "hunter2" not in repr(log) + "".join(log.texts)
    assert "\x1b" not in "".join(log.texts)


def test_bytes_that_are_no_utf_8():
    log = read_log_text(
        b"Nov 22 19:23:20 r Keepalived_vrrp[1]: (\xfcber) Entering MASTER STATE\n"
        b"\0\0\0\0Nov 22 19:23:21 r Keepalived_vrrp[1]: (x) Entering MASTER STATE\n"
    )
    assert [s.instance for s in log.statements] == ["\N{REPLACEMENT CHARACTER}ber", "x"]


WORDS = st.sampled_from(
    [*LOG.split(), "(VI_1)", "%s", "9" * 40, "{", "}", '"', "\x1b[0m", "VRRP:", "2026/11/22"]
)


@given(st.lists(st.lists(WORDS, max_size=12).map(" ".join), max_size=12).map("\n".join))
def test_lines_of_known_words(text):
    try:
        log = read_log_text(text)
    except EvidenceError:
        return
    assert log.lines == len(log.texts) >= log.read


@given(st.binary(max_size=400))
def test_any_bytes(data):
    for content in (data, LOG.encode() + data, b"\x1f\x8b" + data):
        try:
            log = read_log_text(content)
        except EvidenceError:
            continue
        assert all(c.isprintable() or c == "\t" for text in log.texts for c in text)


@given(
    st.binary(max_size=200), st.sampled_from([b"", b"\x1f\x8b\x08", b"BZh9", b"\x28\xb5\x2f\xfd"])
)
def test_any_file(tmp_path_factory, data, magic):
    path = tmp_path_factory.mktemp("log") / "x"
    path.write_bytes(magic + data)
    try:
        read_log(str(path))
    except EvidenceError as error:
        assert error.hint


def test_a_long_log_is_read_in_seconds():
    lines = [
        f"Nov 22 {n // 3600 % 24:02}:{n // 60 % 60:02}:{n % 60:02} dr-1 Keepalived_vrrp[1]: "
        f"(VI_1) received lower priority ({n % 254}) advert from 10.0.0.2 - discarding".encode()
        for n in range(50_000)
    ]
    start = time.monotonic()
    log = read_log_text(lines)
    assert len(log.statements) == 50_000
    assert time.monotonic() - start < 10
