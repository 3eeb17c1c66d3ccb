"""The tree of keywords: blocks, quotes, lines, and configurations that are broken."""

import time

import pytest

from vrrpscope.errors import EvidenceError
from vrrpscope.evidence.keepalived_conf import parse_text, shell_words


def shape(nodes):
    """Nested (line, words, children) of a tree."""
    return [
        (n.line.line, " ".join(n.words), *([shape(n.children)] if n.has_block else []))
        for n in nodes
    ]


def parsed(text):
    tree = parse_text(text)
    return shape(tree.nodes), [(note.code, note.line.line) for note in tree.notes]


def test_blocks_nest_and_lists_span_lines():
    text = """\
vrrp_instance VI_1 {          # line 1
    authentication
    {

        auth_type PASS }
    virtual_ipaddress { 10.0.0.1/24 dev eth0
        10.0.0.2 }
    unknown_keyword a b
}
after
"""
    assert parsed(text) == (
        [
            (
                1,
                "vrrp_instance VI_1",
                [
                    (2, "authentication", [(5, "auth_type PASS")]),
                    (6, "virtual_ipaddress", [(6, "10.0.0.1/24 dev eth0"), (7, "10.0.0.2")]),
                    (8, "unknown_keyword a b"),
                ],
            ),
            (10, "after"),
        ],
        [],
    )


def test_a_keyword_takes_the_rest_of_its_line():
    (node,) = parse_text("script /bin/x interval 3\n").nodes
    assert node.values == ("/bin/x", "interval", "3")


@pytest.mark.parametrize(
    ("line", "values"),
    [
        ('x "a b" c', ("a b", "c")),
        ('x "" c', ("", "c")),
        ("x 'a b'", ("'a", "b'")),  # only script commands know single quotes
        ('x a"b c"d', ("a", "b c", "d")),
        ('x "a { b } ! #"', ("a { b } ! #",)),
        ("x a\\b", ("a\\b",)),
        ("x \u00a0\u2003y", ("\u00a0\u2003y",)),
        ('x "a', ()),
    ],
)
def test_double_quotes(line, values):
    (node,) = parse_text(line + "\n").nodes
    assert node.values == values


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('abcd" efg h jkl "mnop', ("abcd efg h jkl mnop",)),  # keepalived.conf(5)
        ('abcd "efg h jkl" mnop', ("abcd", "efg h jkl", "mnop")),
        ("script '/a b' \"c 'd'\"", ("script", "/a b", "c 'd'")),
        (r"a\ b \x41 \101 \n \cA \\ \"", ("a b", "A", "A", "\n", "\x01", "\\", '"')),
        ("'' a", ("", "a")),
        ("", ()),
    ],
)
def test_words_of_scripts(text, words):
    assert shell_words(text) == words


@pytest.mark.parametrize(
    ("text", "expected", "notes"),
    [
        ("a {\nb\n", [(1, "a", [(2, "b")])], [("brace-missing", 1)]),
        ("a\n}\nb\n", [(1, "a"), (3, "b")], [("brace-extra", 2)]),
        ("{\na\n}\n", [(1, "", [(2, "a")])], []),
        ("a { {\nb } }\n", [(1, "a", [(1, "", [(2, "b")])])], []),
        (
            "vrrp_script x\nrise 2\n}\n",
            [(1, "vrrp_script x", [(2, "rise 2")])],
            [("brace-missing", 2)],
        ),
        ('"abc\n', [], [("open-quote", 1)]),
        ("\f\n\v\n", [], []),
        ("", [], []),
    ],
)
def test_what_is_broken_is_read_as_far_as_possible(text, expected, notes):
    assert parsed(text) == (expected, notes)


def test_the_brace_after_an_unknown_word_is_ignored_and_the_next_one_ends_the_outer_block():
    """As keepalived 2.2.7 logs it: Unknown keyword 'unicast_peers', Unexpected '{' - ignoring."""
    text = """
        vrrp_instance A {
            unicast_peers {
                192.0.2.1
            }
            priority 7
        }
        vrrp_instance B {
            unicast_peer {
                192.0.2.1
            }
            priority 8
        }
    """
    tree = parse_text(text)
    assert [(node.keyword, len(node.children)) for node in tree.nodes] == [
        ("vrrp_instance", 2),
        ("priority", 0),
        ("vrrp_instance", 2),
    ]
    assert [(note.code, note.line.line) for note in tree.notes] == [
        ("block-unknown", 3),
        ("brace-extra", 7),
    ]


def test_a_block_that_was_clearly_never_closed_is_refused():
    text = "vrrp_instance A {\n state BACKUP\nvrrp_instance B {\n}\n}\n"
    with pytest.raises(EvidenceError) as caught:
        parse_text(text, "dr-1.conf")
    assert caught.value.message.startswith("dr-1.conf:3: vrrp_instance inside of the block")
    assert caught.value.message.endswith("begins at dr-1.conf:1: a '}' is missing")
    assert "keepalived -t" in caught.value.hint


@pytest.mark.parametrize("text", ["{" * 1_000_000, "a {\n" * 1_000_000, "a{" * 1_000_000])
def test_deep_nesting_is_refused_at_once(text):
    start = time.monotonic()
    with pytest.raises(EvidenceError, match=r"keepalived\.conf:\d+: blocks nested deeper than 32"):
        parse_text(text)
    assert time.monotonic() - start < 5


@pytest.mark.parametrize(
    "text",
    [
        "}" * 5000,
        '"' * 5001,
        "$" * 5000,
        "@" * 5000,
        "~SEQ(" * 500,
        "\\" * 3001,
        "'{' \"}\n" * 20,
        "\x1b[31m\x07\x1c\x85\u2028 {\n}\n",
        "include " * 50,
        "a\r{\r}\rb",
    ],
)
def test_nonsense_neither_crashes_nor_hangs(text):
    assert parse_text(text).file == "keepalived.conf"


def test_notes_hold_no_control_characters(tmp_path):
    tree = parse_text("include x\x1b[31m\n", str(tmp_path / "a.conf"))
    assert [note.code for note in tree.notes] == ["include-missing"]
    assert "\x1b" not in tree.notes[0].text


def test_a_repr_shows_no_password():
    tree = parse_text("auth_pass s3cret\n")
    assert "s3cret" not in repr(tree)
