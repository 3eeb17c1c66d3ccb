import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vrrpscope.render.document import Heading, Paragraph, Picture, Span, Table, code, line, strong
from vrrpscope.render.markdown import escaped, text_of


def test_blocks_become_headings_lists_tables_and_code():
    shown = text_of(
        [
            Heading(line("Findings")),
            Paragraph(line("it fell"), "Then", (line("seen: ", code("frame 57")),)),
            Table(("time", "kind"), ((line("10:00"), line("expiry")),)),
            Picture((line("a ━━┳99"),)),
        ]
    )
    assert shown == (
        "### Findings\n"
        "\n"
        "- **Then:** it fell\n"
        "  - seen: `frame 57`\n"
        "\n"
        "| time | kind |\n"
        "| --- | --- |\n"
        "| 10:00 | expiry |\n"
        "\n"
        "```text\n"
        "a ━━┳99\n"
        "```\n"
    )


def test_foreign_text_is_no_markup():
    assert escaped("<script>") == "\\<script\\>"
    assert escaped("[x](http://a)") == "\\[x](http://a)"
    assert escaped("*a* `b` |c| ~d~") == "\\*a\\* \\`b\\` \\|c\\| \\~d\\~"


def test_nobody_is_mentioned_and_no_issue_linked():
    assert escaped("@admin #12 &lt;") == "&#64;admin &#35;12 &amp;lt;"


def test_a_name_with_underscores_stays_readable():
    assert escaped("Master_Down_Interval _x_") == "Master_Down_Interval \\_x\\_"


def test_code_holds_backticks_and_table_bars():
    assert text_of([Paragraph(line(code("a`b")))]) == "``a`b``\n"
    rows = ((line(code("a|b")),),)
    assert text_of([Table(("x",), rows)]).splitlines()[2] == "| `a\\|b` |"


def test_a_picture_cannot_close_its_fence():
    shown = text_of([Picture((line("```"), line("<b>")))])
    assert shown == "````text\n```\n<b>\n````\n"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("- x", "\\- x"),
        ("1. x", "1\\. x"),
        ("+ x", "\\+ x"),
        ("= x", "\\= x"),
        ("---", "\\---"),
        ("1.5 s", "1.5 s"),
    ],
)
def test_a_line_cannot_begin_a_list_or_a_heading(text, shown):
    assert text_of([Paragraph(line(text))]) == f"{shown}\n"


@given(st.lists(st.text(max_size=30), max_size=4))
def test_control_characters_are_shown_and_tables_keep_their_shape(texts):
    rows = tuple((line(text), line(strong(text)), line(code(text))) for text in texts)
    shown = text_of([Table(("a", "b", "c"), rows)])
    assert len(shown.splitlines()) == 2 + len(texts)
    for row in shown.split("\n")[2:-1]:
        assert len(re.findall(r"(?<!\\)\|", row)) == 4
    assert all(row.isprintable() for row in shown.split("\n"))


def test_every_span_style_is_known():
    for style in ("", "strong", "dim", "code", "error", "warning", "info", "good", "number"):
        assert "x" in text_of([Paragraph((Span("x", style),))])
