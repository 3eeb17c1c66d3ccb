"""Lines of logs in every format: when, where, by whom, what."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vrrpscope.evidence.log_lines import LineReader, cleaned
from vrrpscope.evidence.log_stamps import Stamp

NS = 1_000_000_000
SAYS = "(VI_1) Entering MASTER STATE"

# date -u -d '2026-11-22 19:23:20' +%s
AT_1923 = 1_795_375_400
# date -u -d '2026-11-22 18:23:20' +%s
AT_1823 = 1_795_371_800
# days before 22 November in a leap year: 31+29+31+30+31+30+31+31+30+31+21
YEARLESS = 326 * 86_400 + 19 * 3600 + 23 * 60 + 20

RECORD = {
    "__REALTIME_TIMESTAMP": f"{AT_1823}123456",
    "_HOSTNAME": "dr-1",
    "SYSLOG_IDENTIFIER": "Keepalived_vrrp",
    "MESSAGE": SAYS,
}
DATED, ZONED = True, True


def stamp(second, fraction=0, *, dated=True, zoned=True, step=NS):
    return Stamp(second * NS + fraction, dated, zoned, step)


YEARLESS_STAMP = stamp(YEARLESS, dated=False, zoned=False)
LOCAL = stamp(AT_1923, zoned=False)
MICRO = stamp(AT_1823, 123_456_000, step=1000)
NANO = stamp(AT_1823, 123_456_789, step=1)

FORMATS = {
    "syslog": (
        f"Nov 22 19:23:20 dr-1 Keepalived_vrrp[123]: {SAYS}",
        (YEARLESS_STAMP, "dr-1", "Keepalived_vrrp"),
    ),
    "syslog, one digit": (
        f"Nov  2 19:23:20 dr-1 Keepalived_vrrp[123]: {SAYS}",
        (
            stamp(YEARLESS - 20 * 86_400, dated=False, zoned=False),
            "dr-1",
            "Keepalived_vrrp",
        ),
    ),
    "syslog without a host": (
        f"Nov 22 19:23:20 Keepalived_vrrp [19244]: {SAYS}",
        (YEARLESS_STAMP, None, "Keepalived_vrrp"),
    ),
    "syslog without a process": (
        f"Nov 22 19:23:20 lb1 Keepalived_vrrp: {SAYS}",
        (YEARLESS_STAMP, "lb1", "Keepalived_vrrp"),
    ),
    "syslog with a priority": (
        f"<30>Nov 22 19:23:20 dr-1 Keepalived_vrrp[123]: {SAYS}",
        (YEARLESS_STAMP, "dr-1", "Keepalived_vrrp"),
    ),
    "busybox": (
        f"Nov 22 19:23:20 dr-1 daemon.info Keepalived_vrrp[123]: {SAYS}",
        (YEARLESS_STAMP, "dr-1", "Keepalived_vrrp"),
    ),
    "journal in Chinese": (
        f"11月 22 19:23:20 dr-1 Keepalived_vrrp[123]: {SAYS}",
        (YEARLESS_STAMP, "dr-1", "Keepalived_vrrp"),
    ),
    "short-precise": (
        f"Nov 22 19:23:20.123456 dr-1 Keepalived_vrrp[123]: {SAYS}",
        (
            stamp(YEARLESS, 123_456_000, dated=False, zoned=False, step=1000),
            "dr-1",
            "Keepalived_vrrp",
        ),
    ),
    "rsyslog, RFC 3339": (
        f"2026-11-22T19:23:20.123456+01:00 dr-1 Keepalived_vrrp[1]: {SAYS}",
        (MICRO, "dr-1", "Keepalived_vrrp"),
    ),
    "RFC 5424": (
        f"<30>1 2026-11-22T19:23:20.123456+01:00 dr-1 Keepalived_vrrp 123 - - {SAYS}",
        (MICRO, "dr-1", "Keepalived_vrrp"),
    ),
    "short-iso": (
        f"2026-11-22T19:23:20+0100 dr-1 Keepalived_vrrp[1]: {SAYS}",
        (stamp(AT_1823), "dr-1", "Keepalived_vrrp"),
    ),
    "short-iso of UTC": (
        f"2026-11-22T18:23:20Z dr-1 Keepalived_vrrp[1]: {SAYS}",
        (stamp(AT_1823), "dr-1", "Keepalived_vrrp"),
    ),
    "milliseconds, west": (
        f"2026-11-22 13:53:20.123-0430 dr-1 Keepalived_vrrp[1]: {SAYS}",
        (stamp(AT_1823, 123_000_000, step=1_000_000), "dr-1", "Keepalived_vrrp"),
    ),
    "no zone": (
        f"2026-11-22 19:23:20 Keepalived_vrrp[38]: {SAYS}",
        (LOCAL, None, "Keepalived_vrrp"),
    ),
    "short-full": (
        f"Sun 2026-11-22 19:23:20 CET dr-1 Keepalived_vrrp[1]: {SAYS}",
        (LOCAL, "dr-1", "Keepalived_vrrp"),
    ),
    "short-full of UTC": (
        f"Sun 2026-11-22 18:23:20 UTC dr-1 Keepalived_vrrp[1]: {SAYS}",
        (stamp(AT_1823), "dr-1", "Keepalived_vrrp"),
    ),
    "with-unit": (
        f"Sun 2026-11-22 19:23:20 CET dr-1 keepalived.service[1]: {SAYS}",
        (LOCAL, "dr-1", "keepalived.service"),
    ),
    "short-unix": (
        f"{AT_1823}.123456 dr-1 Keepalived_vrrp[1]: {SAYS}",
        (MICRO, "dr-1", "Keepalived_vrrp"),
    ),
    "short-monotonic": (
        f"[12345.123456] dr-1 Keepalived_vrrp[1]: {SAYS}",
        (None, "dr-1", "Keepalived_vrrp"),
    ),
    "a month in Russian": (
        f"ноя 22 19:23:20 dr-1 Keepalived_vrrp[1]: {SAYS}",
        (None, None, "Keepalived_vrrp"),
    ),
    "json": (json.dumps(RECORD), (MICRO, "dr-1", "Keepalived_vrrp")),
    "json-seq": ("\x1e" + json.dumps(RECORD), (MICRO, "dr-1", "Keepalived_vrrp")),
    "json with bytes": (
        json.dumps(RECORD | {"MESSAGE": list(SAYS.encode())}),
        (MICRO, "dr-1", "Keepalived_vrrp"),
    ),
    "json-file of Docker": (
        json.dumps(
            {
                "log": f"Sun Nov 22 19:23:20 2026: {SAYS}\n",
                "stream": "stdout",
                "time": "2026-11-22T18:23:20.123456789Z",
            }
        ),
        (NANO, None, None),
    ),
    "docker logs -t": (
        f"2026-11-22T18:23:20.123456789Z Sun Nov 22 19:23:20 2026: {SAYS}",
        (NANO, None, None),
    ),
    "docker logs -t, bare": (f"2026-11-22T18:23:20.123456789Z {SAYS}", (NANO, None, None)),
    "docker compose": (
        f"keepalived-1  | Sun Nov 22 19:23:20 2026: {SAYS}",
        (LOCAL, None, None),
    ),
    "keepalived itself": (f"Sun Nov 22 19:23:20 2026: {SAYS}", (LOCAL, None, None)),
    "keepalived 2.3": (
        f"Sun Nov 22 19:23:20.123456789 2026: {SAYS}",
        (stamp(AT_1923, 123_456_789, zoned=False, step=1), None, None),
    ),
    "OpenWrt": (
        f"Sun Nov 22 19:23:20 2026 daemon.info Keepalived_vrrp[1]: {SAYS}",
        (LOCAL, None, "Keepalived_vrrp"),
    ),
    "FRRouting": (f"2026/11/22 19:23:20 VRRP: {SAYS}", (LOCAL, None, "VRRP")),
    "FRRouting, precise": (
        f"2026/11/22 19:23:20.123456 informational: VRRP: {SAYS}",
        (stamp(AT_1923, 123_456_000, zoned=False, step=1000), None, "VRRP"),
    ),
    "bare": (SAYS, (None, None, None)),
}


@pytest.mark.parametrize("name", FORMATS)
def test_formats(name):
    text, expected = FORMATS[name]
    line = LineReader().read(text)
    assert (line.stamp, line.host, line.program) == expected
    assert line.message == SAYS


def test_formats_may_be_mixed():
    reader = LineReader()
    for text, expected in FORMATS.values():
        line = reader.read(text)
        assert (line.stamp, line.host, line.program) == expected


def test_an_object_over_several_lines_is_read_at_its_end():
    reader = LineReader()
    lines = [reader.read(text) for text in json.dumps(RECORD, indent="\t").split("\n")]
    assert [line.message for line in lines] == [""] * 5 + [SAYS]
    assert lines[-1].stamp == MICRO


@pytest.mark.parametrize(
    "text",
    [
        "Nov 32 19:23:20 dr-1 Keepalived_vrrp[1]: x",
        "Foo 22 19:23:20 dr-1 Keepalived_vrrp[1]: x",
        "2026-13-22T19:23:20Z dr-1 Keepalived_vrrp[1]: x",
        "Nov 22 29:23:20 dr-1 Keepalived_vrrp[1]: x",
    ],
)
def test_no_such_time(text):
    line = LineReader().read(text)
    assert line.stamp is None
    assert line.program == "Keepalived_vrrp"


def test_29_february_has_a_day_of_its_own():
    days = [
        LineReader().read(f"{day} 00:00:00 h p: m").stamp for day in ("Feb 28", "Feb 29", "Mar  1")
    ]
    assert [s.is_leap_day for s in days] == [False, True, False]
    day = 86_400 * NS
    # In a file with a leap day they follow each other; in one without, 1 March follows the 28th.
    assert days[1].in_year(0, leap=True) - days[0].in_year(0, leap=True) == day
    assert days[2].in_year(0, leap=True) - days[1].in_year(0, leap=True) == day
    assert days[2].in_year(0, leap=False) - days[0].in_year(0, leap=False) == day
    # 1970 has 58 days before 28 February's end.
    assert days[0].in_year(0, leap=False) == 58 * day


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("   Password = hunter2", "   Password ****"),
        ("auth_pass hunter2", "auth_pass ****"),
        (
            "Unknown keyword 'x' near auth_pass \"hunter2\"",
            "Unknown keyword 'x' near auth_pass ****\"",
        ),
        ("passwd: hunter2 and more", "passwd ****"),
        ("(Line 3) Truncating auth_pass to 8 characters", None),
        ("(VI_1) received an invalid passwd!", None),
        ("(VI_1) received an invalid passwd from 10.0.0.1!", None),
        ("\x1b[1mbold\x1b[0m", "bold"),
        ("a\x07b\x1b]0;title", "a\N{REPLACEMENT CHARACTER}b\N{REPLACEMENT CHARACTER}]0;title"),
        ("\0\0\0after the power came back", "after the power came back"),
    ],
)
def test_what_may_be_shown(text, shown):
    assert cleaned(text) == (text if shown is None else shown)


@given(st.text(max_size=300))
def test_any_text(text):
    line = LineReader().read(text)
    assert all(c.isprintable() or c == "\t" for c in line.text)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(st.sampled_from([*RECORD, "log", "time", "x"]), inner, max_size=5)
        ),
        max_leaves=10,
    )
)
def test_any_json(value):
    reader = LineReader()
    reader.read(json.dumps(value))
    reader.read(json.dumps(RECORD | {"MESSAGE": value, "__REALTIME_TIMESTAMP": value}))
    # Whatever it was, the next record is read as if nothing had happened.
    assert reader.read(json.dumps(RECORD)) == LineReader().read(json.dumps(RECORD))
