"""What is tracked, and what its failure does to the priority."""

import pytest

from vrrpscope.evidence.intent import parse_configuration_text
from vrrpscope.evidence.model import TrackKind

DEFINITIONS = """\
vrrp_script s0 {
    script /s0
}
vrrp_script down2 {
    script /down2
    weight -2
}
vrrp_script up5 {
    script /up5
    weight 5 reverse
    timeout 0
    init_fail
}
vrrp_track_process p {
    process nginx -g x
}
track_file f {
    file /run/f
}
bfd_instance b {
    neighbor_ip 10.0.0.1
    weight 7
}
"""
INSTANCE = """\
vrrp_instance %s {
    interface eth0
    virtual_router_id %d
    virtual_ipaddress { 10.0.0.1 }
    %s
}
"""


def configure(body, *, name="A", vrid=1, more=""):
    return parse_configuration_text(DEFINITIONS + INSTANCE % (name, vrid, body) + more, "a.conf")


def tracked(body):
    """The first instance, its items as (kind, name, weight, reverse), and the notes' codes."""
    intent = configure(body).intents[0]
    items = [(str(i.kind), i.name, i.weight.value, i.reverse) for i in intent.tracked]
    return intent, items, [note.code for note in intent.notes]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("track_script { s0 }", ("script", "s0", 0, False)),
        ("track_script { down2 }", ("script", "down2", -2, False)),
        ("track_script { down2 weight -20 }", ("script", "down2", -20, False)),
        ("track_script { down2 weight -20 reverse }", ("script", "down2", -20, True)),
        ("track_script { up5 }", ("script", "up5", 5, True)),
        ("track_script { up5 weight 6 noreverse }", ("script", "up5", 6, False)),
        ("track_script { down2 weight 254 }", ("script", "down2", 253, False)),
        ("track_script { down2 weight 255 }", ("script", "down2", -2, False)),
        ("track_process { p }", ("process", "p", 0, False)),  # keepalived.conf(5) says 1
        ("track_process { p weight 254 }", ("process", "p", 254, False)),
        ("track_file { f }", ("file", "f", 1, False)),
        ("track_file { f weight 0 }", ("file", "f", 0, False)),
        ("track_bfd { b }", ("bfd", "b", 7, False)),
        ("track_interface { eth9 }", ("interface", "eth9", 0, False)),
        ("track_interface { eth9 weight -10 reverse }", ("interface", "eth9", -10, True)),
    ],
)
def test_weights(line, expected):
    assert tracked(line)[1] == [expected]


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("track_script { later }", "tracked-unknown"),
        ("track_script { s0 wieght 5 }", "tracked-option"),
        ("track_script { s0 weight }", "tracked-option"),
        ("track_interface { eth0 weight 5 }", "tracks-own-interface"),
    ],
)
def test_what_is_not_tracked(line, code):
    more = "vrrp_script later {\nscript /x\n}\n"
    intent = configure(line, more=more).intents[0]
    assert intent.tracked == ()
    assert [note.code for note in intent.notes] == [code]


def test_twice_is_once():
    _, items, notes = tracked("track_script {\ns0\ns0 weight 5\n}")
    assert items == [("script", "s0", 0, False)]
    assert notes == ["tracked-twice"]


def test_details_of_definitions():
    intent = configure("track_script {\nup5\n}\ntrack_process { p }\ntrack_file { f }").intents[0]
    script, process, file = intent.tracked
    assert (script.timeout_ns.value, script.interval_ns.value) == (10**9, 10**9)
    assert script.init_fail
    assert (process.command, file.command) == ("nginx -g x", "/run/f")
    assert (script.line.line, script.definition.line) == (29, 8)


@pytest.mark.parametrize(
    ("priority", "line", "healthy", "failed", "all_priorities"),
    [
        (101, "track_script { down2 }", 101, 99, {99, 101}),
        (101, "track_script { down2 weight 5 }", 106, 101, {101, 106}),
        (101, "track_script { down2 weight -5 reverse }", 101, 106, {101, 106}),
        (101, "track_script { up5 }", 96, 101, {96, 101}),
        (101, "track_script { s0 }", 101, None, {101}),
        (2, "track_script { down2 weight -200 }", 2, 1, {1, 2}),
        (200, "track_script { down2 weight 100 }", 254, 200, {200, 254}),
        (255, "track_script { s0 }", 255, None, {255}),
        (101, "track_interface { eth9 weight -10 }", 101, 91, {91, 101}),
        (101, "track_file { f weight 0 }", 101, None, {101}),
        (101, "track_file { f }", 101, 102, set(range(1, 255))),
    ],
)
def test_priorities(priority, line, healthy, failed, all_priorities):
    intent = configure(f"priority {priority}\n{line}").intents[0]
    assert intent.healthy_priority == healthy
    assert intent.priority_when_failed(intent.tracked[0]) == failed
    assert intent.effective_priorities() == all_priorities


def test_several_items_add_up():
    intent = configure("priority 100\ntrack_script {\ndown2\nup5 weight 10 noreverse\n}").intents[0]
    down, up = intent.tracked
    assert intent.healthy_priority == 110
    assert intent.priority_when_failed(down) == 108
    assert intent.priority_when_failed(down, up) == 98
    assert intent.effective_priorities() == {98, 100, 108, 110}


def test_many_items_are_no_trouble():
    scripts = "".join(
        f"vrrp_script x{n} {{\nscript /x\nweight {n % 253 - 126}\n}}\n" for n in range(2000)
    )
    names = "\n".join(f"x{n}" for n in range(2000))
    body = INSTANCE % ("A", 1, f"track_script {{\n{names}\n}}")
    intent = parse_configuration_text(scripts + body).intents[0]
    assert intent.effective_priorities() == set(range(1, 255))


def test_the_address_owner_ignores_weights():
    _, items, notes = tracked(
        "priority 255\ntrack_script {\ns0\ndown2\n}\ntrack_interface { eth9 weight 5 }\n"
        "track_file { f }\ntrack_bfd { b }\ntrack_process { p weight 3 }"
    )
    assert items == [
        ("script", "s0", 0, False),
        ("file", "f", 0, False),
        ("process", "p", 3, False),
    ]
    assert sorted(notes) == ["weight-dropped"] + ["weight-ignored"] * 3


def test_what_is_dropped_is_kept_beside_what_is_watched():
    text = "priority 255\ntrack_script {\ns0\ndown2\n}\ntrack_interface { eth9 weight 5 }"
    (owner,) = configure(text).intents
    assert {(i.name, i.weight.value) for i in owner.ignored} == {("eth9", 5), ("down2", -2)}
    (other,) = configure(text.replace("255", "254")).intents
    assert other.ignored == ()


GROUP = """\
vrrp_sync_group G {
    group {
        A B
        missing
    }
    track_script { s0
        down2 weight -9 }
    %s
}
"""


def test_a_sync_group_drops_weights_and_adds_what_it_tracks():
    body = "track_script { up5 }\ntrack_interface { eth9 weight 5 }\ntrack_file { f weight 2 }"
    second = INSTANCE % ("B", 2, "")
    configuration = configure(body, more=second + GROUP % "")
    (group,) = configuration.sync_groups
    assert [(m.value, m.line.line) for m in group.members] == [("A", 40), ("B", 40)]
    a, b = configuration.intents
    assert [(i.name, i.weight.value, i.sync_group) for i in a.tracked] == [
        ("eth9", 0, None),
        ("s0", 0, "G"),
        ("down2", -9, "G"),
    ]
    assert [i.name for i in b.tracked] == ["s0", "down2"]
    assert a.sync_group == b.sync_group == "G"
    assert [note.code for note in a.notes] == ["weight-ignored", "weight-dropped", "weight-ignored"]
    assert [note.code for note in configuration.notes] == ["group-member-unknown"]


def test_a_sync_group_that_allows_weights():
    more = INSTANCE % ("B", 2, "") + GROUP % "sync_group_tracking_weight"
    configuration = configure("track_script {\nup5\ndown2\n}", more=more)
    weights = [(i.name, i.weight.value) for i in configuration.intents[0].tracked]
    # The group's weight replaces the instance's own.
    assert weights == [("up5", 5), ("down2", -9), ("s0", 0)]


def test_an_address_owner_in_a_sync_group():
    more = INSTANCE % ("B", 2, "priority 255") + GROUP % ""
    configuration = configure("", more=more)
    for intent in configuration.intents:
        assert [(i.name, i.weight.value) for i in intent.tracked] == [("s0", 0), ("down2", 0)]
    assert [note.code for note in configuration.notes] == [
        "group-member-unknown",
        "weight-dropped",
        "group-state",
    ]


def test_kinds_are_words():
    assert [str(kind) for kind in TrackKind] == ["script", "process", "file", "interface", "bfd"]
