import re

from hypothesis import given
from hypothesis import strategies as st

from vrrpscope.render.document import Heading, Paragraph, Picture, Span, Table, code, line
from vrrpscope.render.style import Screen
from vrrpscope.render.terminal import text_of
from vrrpscope.render.values import cells

SPANS = st.builds(
    Span, st.text(max_size=60), st.sampled_from(["", "strong", "code", "error", "number", "legend"])
)
LINES = st.lists(SPANS, max_size=5).map(tuple)
PARAGRAPHS = st.builds(
    Paragraph,
    LINES,
    st.sampled_from(["", "Let", "However"]),
    st.lists(LINES, max_size=2).map(tuple),
    st.integers(0, 2),
    st.booleans(),
    st.booleans(),
)
TABLES = st.integers(1, 8).flatmap(
    lambda n: st.builds(
        Table,
        st.just(tuple("column")[:1] * n),
        st.lists(st.lists(LINES, min_size=n, max_size=n).map(tuple), max_size=4).map(tuple),
        st.integers(0, 2),
    )
)
BLOCKS = st.lists(st.one_of(PARAGRAPHS, TABLES, st.builds(Heading, LINES, st.integers(1, 3))))


@given(BLOCKS, st.integers(40, 120), st.booleans())
def test_no_line_is_wider_than_the_screen(blocks, width, unicode):
    text = text_of(blocks, Screen(width, False, unicode))
    assert all(cells(row) <= width for row in text.splitlines())
    assert all(row.isprintable() for row in text.split("\n"))


@given(BLOCKS)
def test_nothing_but_our_own_colours_reaches_the_terminal(blocks):
    text = text_of(blocks, Screen(100, True))
    rest = re.sub(r"\x1b\[[0-9;]+m", "", text)
    assert all(row.isprintable() for row in rest.split("\n"))


@given(st.lists(st.text("abc äß", max_size=90), min_size=1, max_size=4), st.integers(40, 120))
def test_wrapping_loses_no_word(texts, width):
    shown = text_of([Paragraph(line(*texts))], Screen(width))
    assert "".join(shown.split()) == "".join("".join(texts).split())


def test_lines_break_at_words_and_hang():
    text = "a failed check only lowers the priority and nobody reacts to that"
    shown = text_of([Paragraph(line(text), "Then", indent=1)], Screen(40))
    assert shown == (
        "  Then     a failed check only lowers\n"
        "           the priority and nobody\n"
        "           reacts to that\n"
    )


def test_columns_stand_beneath_each_other():
    rows = ((line("dr-1"), line("101")), (line("172.31.23.23"), line("99")))
    shown = text_of([Table(("router", "priority"), rows)], Screen(80))
    assert shown == "router        priority\ndr-1          101\n172.31.23.23  99\n"


def test_a_table_that_is_too_wide_is_told_row_by_row():
    rows = ((line("x" * 30), line("y" * 30)),)
    shown = text_of([Table(("one", "two"), rows)], Screen(50))
    assert shown == f"one {'x' * 30}; two\n  {'y' * 30}\n"


def test_a_number_keeps_its_unit():
    words = Paragraph((Span("it took exactly a duration of "), Span("3.609 s", "number")))
    assert "3.609 s" in text_of([words], Screen(40))


def test_pictures_are_never_wrapped():
    row = "━" * 60
    assert text_of([Picture((line(row),))], Screen(80)) == f"{row}\n"


def test_ascii_alone_where_nothing_else_can_be_shown():
    blocks = [Paragraph(line("dr-1 → dr-2 ", code("größe")), bullet=True)]
    assert text_of(blocks, Screen(80, unicode=False)) == "- dr-1 -> dr-2 gr\\xf6\\xdfe\n"


def test_a_wide_character_does_not_stand_out_at_the_edge():
    shown = text_of([Paragraph(line("a" + "路" * 60))], Screen(40))
    assert cells(shown.partition("\n")[0]) == 39
    assert max(map(cells, shown.splitlines())) <= 40
