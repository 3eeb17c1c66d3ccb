import itertools

import pytest
import rendercases

from vrrpscope.protocol.timers import NS
from vrrpscope.render.axis import Axis, relative
from vrrpscope.render.clock import Clock
from vrrpscope.render.document import Picture
from vrrpscope.render.picture import picture
from vrrpscope.render.style import Screen

BAR = "━"


def drawn(view, numbers=()):
    timeline, story = next(view.case.stories())
    return list(picture(view, timeline, story, numbers))


def rows(view, numbers=()):
    (shown,) = [block for block in drawn(view, numbers) if isinstance(block, Picture)]
    return ["".join(span.text for span in row) for row in shown.lines]


def lane(view, name, numbers=()):
    """The plot area of one lane: what is behind the labels."""
    everything = rows(view, numbers)
    (axis,) = [row for row in everything if "──" in row]
    start = len(axis) - len(axis.lstrip())
    return next(row for row in everything if row.strip().startswith(name))[start:]


def steady(octet, priority, first, last):
    return [(float(t), octet, priority) for t in range(first, last + 1)]


def test_every_tick_is_a_round_time():
    axis = Axis(rendercases.START_NS + 123_456_789, rendercases.START_NS + 37 * NS, 60)
    ticks, step_ns = axis.ticks(Clock())
    assert step_ns == 10 * NS
    # 22:13:20 is the start, so the first round time after it is 22:13:30.
    assert [axis.label(t, step_ns, Clock()) for t in ticks] == ["22:13:30", "22:13:40", "22:13:50"]


@pytest.mark.parametrize("span_ns", [1, 50_000_000, 3 * NS, 86_400 * NS, 10**17, 9 * 10**18])
def test_any_span_has_ticks_whose_labels_do_not_touch(span_ns):
    axis = Axis(rendercases.START_NS, rendercases.START_NS + span_ns, 80)
    ticks, step_ns = axis.ticks(Clock())
    assert len(ticks) <= 9
    assert all(tick % 1_000_000 == 0 for tick in ticks)
    columns = [axis.column(tick) for tick in ticks]
    width = len(axis.label(ticks[0], step_ns, Clock())) if ticks else 0
    assert all(b - a > width for a, b in itertools.pairwise(columns))


def test_relative_times_count_from_the_start():
    assert relative(9_600_000_000, NS) == "+9.6s"
    assert relative(1_500_000, 1_000_000) == "+0.002s"
    assert relative(3_900 * NS, 60 * NS) == "+1:05:00"


def test_a_master_is_a_bar_that_begins_with_its_priority():
    view = rendercases.story_view(*steady("1", 100, 0, 60))
    shown = lane(view, "10.1.0.1")
    assert shown.startswith("100━━")
    assert shown.rstrip().endswith(BAR)
    assert " " not in shown.rstrip()


def test_a_change_of_the_priority_is_marked_where_it_happens():
    view = rendercases.story_view(*steady("1", 101, 0, 30), *steady("1", 99, 31, 60))
    shown = lane(view, "10.1.0.1")
    column = shown.index("┳")
    assert shown[column + 1 : column + 3] == "99"
    # The fall is between second 30 and second 31 of 60.
    assert (len(shown.rstrip()) - 1) * 30 / 60 - 1 <= column <= (len(shown.rstrip()) - 1) * 31 / 60


def test_a_gap_is_a_gap_and_the_other_master_fills_it():
    view = rendercases.story_view(
        *steady("1", 101, 0, 20), *steady("2", 100, 24, 39), *steady("1", 101, 40, 60)
    )
    first, second = lane(view, "10.1.0.1"), lane(view, "10.1.0.2")
    width = len(first.rstrip()) - 1
    for second_of_day in range(28, 38):
        column = width * second_of_day // 60
        assert first[column] == " "
        assert second[column] == BAR
    assert "▼" in "".join(rows(view))


def test_a_short_pause_leaves_a_mark_where_no_column_can_stay_blank():
    view = rendercases.story_view(*steady("1", 100, 0, 300), *steady("1", 100, 303, 600))
    assert lane(view, "10.1.0.1").count("┄") == 1


def test_a_release_is_marked():
    view = rendercases.story_view(
        *steady("1", 100, 0, 30), (30.5, "1", 0), *steady("2", 90, 31, 60)
    )
    assert lane(view, "10.1.0.1").rstrip().endswith("✕")


def test_findings_stand_where_they_happened():
    view = rendercases.story_view(*steady("1", 100, 0, 60))
    numbers = [(rendercases.START_NS + 30 * NS, n) for n in (1, 2)]
    numbers.append((rendercases.START_NS + 32 * NS, 3))
    shown = lane(view, "findings", numbers)
    width = len(lane(view, "10.1.0.1").rstrip()) - 1
    assert abs(shown.index("▲1,2") - width * 30 // 60) <= 1
    assert any("▲3" in row for row in rows(view, numbers))


def test_a_router_that_only_joined_has_a_lane():
    view = rendercases.view(rendercases.MISSED)
    assert lane(view, "dr-2 172.31.23.23").strip() == "○"
    untold = rendercases.view(rendercases.MISSED, told=False)
    assert lane(untold, "172.31.23.23").strip() == "○"


def test_the_legend_explains_the_characters_that_are_used_and_no_others():
    view = rendercases.story_view(*steady("1", 100, 0, 60))
    _, legend = drawn(view)
    assert "".join(span.text for span in legend.text) == "━ advertises, with its priority"


@pytest.mark.parametrize("width", [40, 80, 120])
def test_the_picture_fits_in_ascii_too(width):
    view = rendercases.story_view(
        *steady("1", 101, 0, 20), *steady("2", 100, 24, 39), *steady("1", 101, 40, 60), width=width
    )
    assert all(len(row) <= width for row in rows(view))
    view.screen = Screen(width, unicode=False)
    assert all(row.isascii() and len(row) <= width for row in rows(view))


def test_one_single_advert_can_be_drawn():
    view = rendercases.story_view((0.0, "1", 100))
    assert BAR in lane(view, "10.1.0.1")


def test_more_senders_than_lanes_are_counted():
    view = rendercases.story_view(*[(n * 5.0, str(n), n) for n in range(1, 40)])
    assert len([row for row in rows(view) if "10.1.0." in row]) == 16
    assert "23 more routers" in str(drawn(view)[-1])
