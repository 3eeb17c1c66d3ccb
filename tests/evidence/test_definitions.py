"""Definitions and repetitions, against examples of the manual page keepalived.conf(5)."""

import pytest

from vrrpscope.evidence.definitions import Definitions, definition, repetition


def defined(**values: str) -> Definitions:
    definitions = Definitions()
    for name, value in values.items():
        definitions.define(name, [value])
    return definitions


def rounds(text: str, **values: str) -> list[tuple[tuple[str, str], ...]] | None:
    found = repetition(text, defined(**values))
    return None if found is None else list(found.rounds)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("$PRIO=101", ("PRIO", "101")),
        ("$PRIO = 101 102", ("PRIO", "101 102")),
        ("$EMPTY=", ("EMPTY", "")),
        ("$1=x", None),
        ("PRIO=101", None),
    ],
)
def test_a_definition_is_a_dollar_a_name_and_an_equals_sign(text, expected):
    assert definition(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("priority $PRIO", "priority 101"),
        ("priority ${PRIO}", "priority 101"),
        ("VI_${PRIO}_a", "VI_101_a"),
        ("f($PRIO,$PRIO)", "f(101,101)"),
        ("$PRIO/24", "$PRIO/24"),  # a bare name ends at a blank, a comma or a parenthesis
        ("${PRIO 3}", "${PRIO 3}"),  # no parameters
        ("$UNKNOWN ${UNKNOWN}", "$UNKNOWN ${UNKNOWN}"),
        ("$OUTER", "x 101"),
    ],
)
def test_references_are_replaced(text, expected):
    assert defined(PRIO="101", OUTER="x $PRIO").substitute(text).text == expected


def test_a_definition_of_several_lines_counts_only_at_the_end_of_a_line():
    definitions = Definitions()
    definitions.define("BLOCK", ["state BACKUP", "priority 90"])
    at_end = definitions.substitute("x $BLOCK")
    assert (at_end.text, at_end.rest) == ("x state BACKUP", [("priority 90",)])
    assert definitions.substitute("$BLOCK x").text == "$BLOCK x"


@pytest.mark.parametrize("value", ["$SELF", "$SELF $SELF", "x$SELF"])
def test_a_definition_that_names_itself_ends(value):
    assert defined(SELF=value).substitute("$SELF").too_long


def test_random_is_its_least_value_and_says_so():
    result = Definitions().substitute("priority ${_RANDOM 100 200}")
    assert (result.text, result.random) == ("priority 100", True)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("~SEQ(n, 3) x", ["1", "2", "3"]),
        ("~SEQ(n, -2) x", ["-1", "-2"]),
        ("~SEQ(n, 4, 2) x", ["4", "3", "2"]),
        ("~SEQ(n, 2, 3, 8) x", ["2", "5", "8"]),
        ("~SEQ(n, 10, -4, 1) x", ["10", "6", "2"]),
        ("~SEQx(n, 9, 0xb) x", ["9", "a", "b"]),
        ("~SEQ(n, 010) x", ["1", "2", "3", "4", "5", "6", "7", "8"]),
        ("~SEQ(n, $LAST) x", ["1", "2"]),
    ],
)
def test_sequences(text, expected):
    found = rounds(text, LAST="2")
    assert found == [(("n", value),) for value in expected]


@pytest.mark.parametrize(
    "text",
    [
        "~SEQ(n) x",
        "~SEQ n, 1, 2 x",
        "~SEQ(n, 1, 0, 5) x",
        "~SEQ(n, 1, -1, 5) x",
        "~SEQ(n, a, b) x",
        "~SEQ(n, 1, 2, 3, 4) x",
        "~SEQx(n, -1, 2) x",
        "~LST(n) x",
        "~LST(n, {1, 2}) x",
        "~LST(n, {1) x",
        "~SEQ(n, 99999999999999999999999) x",
    ],
)
def test_malformed_repetitions(text):
    assert rounds(text) is None


def test_lists_of_values_and_of_tuples():
    assert rounds("~LST(n, a, b) x") == [(("n", "a"),), (("n", "b"),)]
    assert rounds("~LST({n, m}, {a, 1}, {b}) x") == [
        (("n", "a"), ("m", "1")),
        (("n", "b"), ("m", "")),
    ]
