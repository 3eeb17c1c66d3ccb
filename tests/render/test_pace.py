from collections import Counter

import rendercases

from vrrpscope.render.pace import longest_pauses, pace, quantile
from vrrpscope.render.terminal import text_of


def shown(view):
    _, story = next(view.case.stories())
    return text_of(pace(view, story), view.screen)


def test_quantiles_of_counts():
    paces = Counter({100: 90, 120: 9, 150: 1})
    assert quantile(paces, 0.5) == 100
    assert quantile(paces, 0.95) == 120
    assert quantile(paces, 1.0) == 150
    assert quantile(Counter(), 0.5) == 0


def test_the_rhythm_is_measured_against_the_advertised_interval():
    # A sender that is early, as IOS is: every 0.9 s instead of every second.
    view = rendercases.story_view(*[(n * 0.9, "1", 100) for n in range(50)])
    assert "10.1.0.1  1 s                  900 ms" in shown(view)


def test_the_longest_pause_is_a_share_of_the_shortest_timer():
    # Three seconds of silence; a backup with priority 254 waits for 3 + 2/256 s.
    adverts = [(float(t), "1", 100) for t in (*range(20), *range(22, 40))]
    view = rendercases.story_view(*adverts)
    _, story = next(view.case.stories())
    longest = longest_pauses(story)[0]
    assert longest.duration_ns == 3_000_000_000
    assert longest.shortest_down_ns == 3_007_812_500
    assert "10.1.0.1 paused for 3.000 s from frame 20 to 21: 100% of" in shown(view)


def test_a_pause_in_which_somebody_else_spoke_is_no_near_failover():
    first = [(float(t), "1", 101) for t in (*range(10), *range(14, 30))]
    second = [(t + 0.4, "2", 90) for t in range(8, 16)]
    _, story = next(rendercases.story_view(*first, *second).case.stories())
    assert all(p.duration_ns < 4_000_000_000 for p in longest_pauses(story))
