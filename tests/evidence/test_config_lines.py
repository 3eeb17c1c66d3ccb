"""Comments, braces, conditions, definitions and includes: what the keywords see."""

import pytest

from vrrpscope.errors import EvidenceError
from vrrpscope.evidence.config_files import ConfigFiles
from vrrpscope.evidence.config_lines import LineReader, decomment, split_at_brace
from vrrpscope.evidence.told import Notes


def read(text, config_id=None):
    """The logical lines as (line number, text), and the codes of the notes."""
    notes = Notes()
    files = ConfigFiles("", notes)
    files.add("a.conf", text.encode())
    reader = LineReader(files, notes, config_id)
    lines = [(line.line.line, line.text) for line in reader.logical_lines("a.conf")]
    return lines, [note.code for note in notes]


def texts(text, config_id=None):
    return [line for _, line in read(text, config_id)[0]]


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("  priority 100  # comment", "priority 100"),
        ("priority 100! comment", "priority 100"),
        ("auth_pass abc#d", "auth_pass abc"),
        (r"auth_pass abc\#d", "auth_pass abc#d"),
        (r"auth_pass abc\!d!x", "auth_pass abc!d"),
        ('script "a # b" # c', 'script "a # b"'),
        (r'script "a \" # b" # c', r'script "a \" # b"'),
        ("script 'a # b'", "script 'a"),  # single quotes protect nothing
        ("# all", ""),
        ("x \\", "x\\"),
        ("x # y \\", "x\\"),
    ],
)
def test_comments(raw, expected):
    assert decomment(raw).text == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a {", ("a", "{")),
        ("a{b}", ("a", "{b}")),
        ("{b}", ("{", "b}")),
        ("} c", ("}", "c")),
        ('a "{" {', ('a "{"', "{")),
        ("a '{'", ("a '", "{'")),  # single quotes protect nothing here either
        ("a b", ("a b", "")),
        ('a "b {', ('a "b {', "")),
    ],
)
def test_lines_are_cut_at_braces(text, expected):
    assert split_at_brace(text) == expected


def test_every_part_of_a_line_keeps_its_number():
    lines, notes = read("\n\na { b c { d } }\r\ne\n")
    assert lines == [
        (3, "a"),
        (3, "{"),
        (3, "b c"),
        (3, "{"),
        (3, "d"),
        (3, "}"),
        (3, "}"),
        (4, "e"),
    ]
    assert notes == []


@pytest.mark.parametrize(
    ("config_id", "expected"),
    [
        ("high", ["priority 170", "x"]),
        ("low", ["priority 85", "y", "x"]),
        (None, ["y", "x"]),
        ("hig", ["y", "x"]),
    ],
)
def test_conditional_lines(config_id, expected):
    text = "@high priority 170\n@low  priority 85\n@^high y\n@high\nx\n"
    assert texts(text, config_id) == expected


def test_a_definition_of_several_lines():
    text = (
        "$B = state BACKUP \\\n  # a comment \\\n  priority $P \\\n  nopreempt\n$P=9\na {\n$B\n}\n"
    )
    lines, _ = read(text)
    assert lines == [
        (6, "a"),
        (6, "{"),
        (7, "state BACKUP"),
        (7, "priority 9"),
        (7, "nopreempt"),
        (8, "}"),
    ]


def test_a_blank_line_ends_a_definition():
    assert texts("$B=a \\\n\nb\n$B\n") == ["b", "a"]


def test_sequences_repeat_a_line_with_its_braces():
    assert texts("~SEQ(n, 1, 2) v 10.0.0.$n { a${n} }\n") == [
        *("v 10.0.0.1", "{", "a1", "}"),
        *("v 10.0.0.2", "{", "a2", "}"),
    ]


def test_sequences_nest():
    found = texts("~SEQ(a, 1, 2) ~LST(b, x, y) ${a}${b}\n")
    assert found == ["1x", "1y", "2x", "2y"]


def test_a_sequence_in_a_definition_of_several_lines():
    text = "$B=~SEQ(n, 1, 2) a $n \\\nlast\n$B\n"
    assert texts(text) == ["a 1", "a 2", "last"]


def test_an_escaped_comment_character_does_not_survive_the_second_reading():
    # keepalived reads the configuration, writes a copy without the backslash, and reads the copy
    assert texts("a \\#b\n") == ["a"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('script "abc\n', "open-quote"),
        ("auth_pass ab#cd\n", "comment-in-word"),
        ("$A=$A\n$A\n", "line-too-long"),
        ("x" * 1500 + "\n", "line-too-long"),
        ("~SEQ(a) b\n", "bad-repetition"),
        ("x $_RANDOM\n", "random-value"),
        ("include missing/*.conf\n", "include-missing"),
    ],
)
def test_oddities_are_noted(text, code):
    assert read(text)[1] == [code]


def test_keepalived_reads_1023_bytes_of_a_line():
    # the rest of a long comment is no comment any more
    assert texts("#" + "a" * 1022 + "priority 5\n") == ["priority 5"]


@pytest.mark.parametrize(
    "text",
    [
        "~SEQ(a, 1, 999999999999) x\n",
        "~SEQ(a, 1, 999999999999) @never x\n",
        "$A=~SEQ(x, 1, 2) $A\n$A\n",
    ],
)
def test_repetition_without_end_is_refused(text):
    with pytest.raises(EvidenceError, match=r"^a\.conf:\d+: more than 200000 lines"):
        read(text)
