import re
from dataclasses import replace
from ipaddress import ip_address

import pytest
import rendercases

from vrrpscope.diagnosis.case import Case
from vrrpscope.diagnosis.finding import Finding, Kind, Role, Severity, Step, Verdict
from vrrpscope.observation import Basis, FrameRef, Sighting, Vantage, VirtualRouter
from vrrpscope.pipeline import Analysis, analyze_files
from vrrpscope.protocol.advertisement import PRIORITY_OWNER, Advertisement
from vrrpscope.render import report
from vrrpscope.render.chapters import chapters
from vrrpscope.render.values import cells
from vrrpscope.render.view import View
from vrrpscope.timeline.builder import TimelineBuilder

FOLDERS = sorted(folder.name for folder in rendercases.CASES.iterdir() if folder.is_dir())


def diagnosis(case, **options):
    return rendercases.text(rendercases.view(case, **options), report.diagnosis)


def finding(kind=Kind.CAUSE, rule="nopreempt-weighted-check", at_s=0, **changes):
    at_ns = rendercases.START_NS + at_s * 10**9
    values = {
        "rule": rule,
        "kind": kind,
        "severity": Severity.ERROR,
        "verdict": Verdict.PROVEN,
        "virtual_router": VirtualRouter("ipv4", 7),
        "vantage": "made.pcap",
        "at_ns": at_ns,
        "until_ns": at_ns,
        "says": "Something happened.",
        "remedy": "",
        "facts": {},
        "because": (),
        "explains": ("missed-failover",) if kind is Kind.CAUSE else (),
    }
    return Finding(**(values | changes))


def told(*findings, **options):
    view = rendercases.story_view(*[(float(t), "1", 100) for t in range(20)], **options)
    shown = View(Analysis(view.case, findings), view.clock, view.screen)
    return rendercases.text(shown, report.diagnosis)


@pytest.mark.parametrize("unicode", [True, False])
@pytest.mark.parametrize("width", [80, 100, 120])
@pytest.mark.parametrize("case", [rendercases.MISSED, rendercases.PREEMPTED, "ipv6-failover"])
def test_no_report_is_wider_than_the_screen(case, width, unicode):
    view = rendercases.view(case, width=width, unicode=unicode, verbose=True)
    for part in (report.diagnosis, report.story, report.quiet):
        shown = rendercases.text(view, part)
        assert max(map(cells, shown.splitlines())) <= width
        assert "\x1b" not in shown
        assert unicode or shown.isascii()


def test_the_incident_is_explained():
    shown = diagnosis(rendercases.MISSED)
    words = " ".join(shown.split())
    head = words.split("What was looked at")[0]
    assert head.startswith("172.31.23.6 (ipv4/60): dr-1 lowered its priority from 101 to 99")
    assert "Why: a failed check only lowers the priority" in head
    assert "48 frames = 34 adverts + 14 others" in words
    # The lines of the configuration that say it, as an editor numbers them.
    lines = (rendercases.CASES / rendercases.MISSED / "dr-2.conf").read_text().splitlines()
    number = next(n for n, text in enumerate(lines, 1) if text.strip() == "nopreempt")
    assert f"dr-2.conf:{number}: nopreempt" in shown
    # Its address stands in the sentence above the reasoning, and need not be said again.
    assert re.search(r"^  Let +dr-1 has a base priority of 101\.$", shown, re.M)
    assert re.search(r"^  However +dr-2", shown, re.M)
    assert "inferred, see RFC 5798 section 6.4.2" in shown
    assert re.search(r"In Wireshark: frame\.number in \{[\d, ]+\}", shown)
    assert "One speaker in a capture is not evidence of one master" in words


def test_no_password_is_in_any_report():
    folder = rendercases.CASES / rendercases.MISSED
    password = re.search(r"auth_pass (\S+)", (folder / "dr-1.conf").read_text())[1]
    view = rendercases.view(rendercases.MISSED, verbose=True)
    for part in (report.diagnosis, report.story):
        assert password[:8] not in rendercases.text(view, part)


def test_a_healthy_failover_says_so_in_its_first_line():
    first = diagnosis(rendercases.PREEMPTED).splitlines()[0]
    assert first == (
        "172.31.23.6 (ipv4/60): no fault found; 2 hand-overs (dr-1 → dr-2 → dr-1), none late"
    )


def test_the_story_has_lists_and_no_findings():
    shown = rendercases.text(rendercases.view(rendercases.PREEMPTED), report.story)
    for heading in ("Hand-overs", "Masters", "Priority changes", "Rhythm"):
        assert f"\n{heading}\n" in shown
    assert "Findings" not in shown
    assert "preemption  3.610 s  3.609 s  yes" in shown


def test_quiet_means_the_headlines_alone():
    view = rendercases.view(rendercases.PREEMPTED)
    assert len(rendercases.text(view, report.quiet).splitlines()) == 1


@pytest.mark.parametrize("case", FOLDERS)
def test_every_recorded_case_can_be_told(case):
    view = rendercases.view(case, told=False, width=80, verbose=True)
    shown = rendercases.text(view, report.diagnosis)
    # Where there are many, the first line counts them.
    assert any(word in shown.splitlines()[0] for word in ("ipv", "virtual routers"))
    for found in view.analysis.findings:
        assert found.rule in shown
        assert found.display_filter.replace(" ", "") in "".join(shown.split())


def test_symptoms_are_folded_under_the_cause_that_explains_them():
    near, far = (
        finding(Kind.SYMPTOM, "missed-failover"),
        finding(Kind.SYMPTOM, "missed-failover", at_s=500),
    )
    first, second = chapters([finding(), near, far])
    assert [c.finding for c in first.symptoms] == [near]
    assert second.finding is far
    assert [first.number, first.symptoms[0].number, second.number] == [1, 2, 3]


def test_where_no_cause_is_more_than_possible_the_symptom_comes_first():
    symptom = finding(Kind.SYMPTOM, "missed-failover")
    causes = [
        finding(Kind.CAUSE, rule, verdict=Verdict.POSSIBLE, explains=("missed-failover",))
        for rule in ("nopreempt-weighted-check", "backup-also-degraded")
    ]
    (chapter,) = chapters([*causes, symptom])
    assert chapter.finding is symptom
    assert [c.finding for c in chapter.candidates] == causes
    assert [c.number for c in (chapter, *chapter.candidates)] == [1, 2, 3]


def test_a_symptom_of_another_virtual_router_is_not_folded():
    other = finding(Kind.SYMPTOM, "missed-failover", virtual_router=VirtualRouter("ipv4", 8))
    assert [len(c.symptoms) for c in chapters([finding(), other])] == [0, 0]


def test_a_symptom_without_a_cause_names_the_causes_to_look_at():
    words = " ".join(told(finding(Kind.SYMPTOM, "missed-failover")).split())
    assert "No cause was found. Known ones, which this evidence does not show: " in words
    assert "nopreempt-weighted-check" in words
    assert "vrrpscope explain " in words


def test_the_steps_of_an_explanation_are_connected():
    steps = (
        Step("A is so", Basis.TOLD, role=Role.LET),
        Step("B is so", Basis.TOLD, role=Role.LET),
        Step("it fell", Basis.SEEN, (FrameRef("made.pcap", 3), FrameRef("made.pcap", 4))),
        Step("nobody heard", Basis.INFERRED, clause="RFC 5798 section 6.4.2", role=Role.HOWEVER),
        Step("it stayed", Basis.INFERRED, role=Role.SO),
    )
    shown = told(finding(because=steps))
    labels = re.findall(r"^  (Let|and let|Then|However|So) +(.*)$", shown, re.M)
    assert labels == [
        ("Let", "A is so."),
        ("and let", "B is so."),
        ("Then", "it fell."),
        ("However", "nobody heard."),
        ("So", "it stayed."),
    ]
    assert "seen: frames 3, 4" in shown


def test_what_is_open_is_said():
    shown = told(
        finding(
            verdict=Verdict.LIKELY,
            not_excluded=("no-backup-alive",),
            settle_with=("the log of dr-2",),
            remedy="Mend it.",
        )
    )
    assert "[likely] error nopreempt-weighted-check" in shown
    assert "Not excluded: no-backup-alive" in shown
    assert "What would settle it:\n  • the log of dr-2" in shown
    assert "What to do: Mend it." in shown


def test_hostile_names_cannot_steer_the_terminal():
    evil = "eth0\x1b]0;owned\x07\x1b[2J\r\n\u202e"
    shown = told(finding(says=evil, because=(Step(evil, Basis.SEEN),), settle_with=(evil,)))
    assert all(row.isprintable() for row in shown.split("\n"))
    assert "\\x1b]0;owned\\x07" in shown


def test_a_capture_without_vrrp_says_what_there_was():
    shown = rendercases.text(rendercases.story_view(), report.diagnosis)
    assert shown.startswith("No VRRP advert\nno frame at all: the capture is empty")


def test_adverts_without_times_are_not_called_none():
    shown_view = rendercases.story_view()
    (timeline,) = shown_view.analysis.timelines
    timeline.untimed = 3
    shown = rendercases.text(shown_view, report.diagnosis)
    assert shown.startswith("3 VRRP adverts without a time\nwithout times nobody can tell")
    assert "-tt instead of -t" in " ".join(shown.split())


def test_of_a_text_packets_are_named_and_no_display_filter():
    shown_view = replace(rendercases.view(rendercases.MISSED), verbose=True)
    (timeline,) = shown_view.analysis.timelines
    assert "In Wireshark: frame.number in {" in rendercases.text(shown_view, report.diagnosis)
    text = replace(timeline, vantage=replace(timeline.vantage, is_text=True))
    told_of = Case((text,), shown_view.case.nodes)
    shown_view = replace(shown_view, analysis=replace(shown_view.analysis, case=told_of))
    shown = rendercases.text(shown_view, report.diagnosis)
    assert "Wireshark" not in shown
    assert re.search(r"In tcpdump's text: packets \d+, \d+", shown)


def test_routers_behind_one_address_are_not_called_unseen():
    """FRRouting, IPv6: nothing ties either configuration to the one sender."""
    shown = diagnosis("frr-v6-one-source")
    assert "never seen" not in shown
    assert "fr-1 (not told apart)" in shown
    assert "what fr-2 (one of several that send from one address) was told" in " ".join(
        shown.split()
    )


def test_many_quiet_virtual_routers_share_a_line_and_a_table():
    builder = TimelineBuilder(Vantage("made.pcap", "made.pcap"))
    for vrid in range(1, 41):
        advert = Advertisement(
            version=2,
            vrid=vrid,
            priority=PRIORITY_OWNER,
            advert_interval_ns=10**9,
            addresses=(ip_address(f"10.2.{vrid}.1"),),
            source=ip_address("10.2.0.9"),
            destination=ip_address("224.0.0.18"),
            source_mac="02:00:00:00:00:09",
            ttl=255,
            address_count=1,
        )
        ref = FrameRef("made.pcap", vrid)
        router = VirtualRouter("ipv4", vrid)
        builder.push(Sighting(rendercases.START_NS + vrid, None, router, advert, ref))
    view = rendercases.story_view()
    view.analysis = Analysis(Case((builder.finish(),)), ())
    shown = rendercases.text(view, report.diagnosis)
    assert shown.startswith("40 virtual routers: no fault found; see the table below\n\n")
    assert "ipv4/1, ipv4/2, ipv4/3, ipv4/4 and 36 more: only one router" in shown
    row = r"^10\.2\.\d+\.1 \(ipv4/\d+\) +10\.2\.0\.9 +1 +none$"
    assert len(re.findall(row, shown, re.M)) == 40


def test_two_vantages_that_saw_the_same_are_drawn_once():
    folder = rendercases.CASES / rendercases.MISSED
    both = analyze_files([str(folder / "incident.pcap"), str(folder / "at-dr-2.pcap")])
    view = rendercases.story_view()
    view.analysis = both
    shown = rendercases.text(view, report.diagnosis)
    assert shown.count("since start") == 1
    assert "at-dr-2.pcap shows the same story" in shown
    assert "of incident.pcap" in shown


def test_the_other_vrid_of_a_mismatch_is_not_called_healthy():
    shown = rendercases.text(rendercases.view("vrid-mismatch", told=False), report.quiet)
    words = " ".join(shown.split())
    assert "(ipv4/61): two routers use different VRIDs" in words
    assert "see ipv4/60" in words
    assert "no fault found" not in words


@pytest.mark.parametrize(
    ("verdict", "head"),
    [(Verdict.PROVEN, "Where to look next:"), (Verdict.POSSIBLE, "What would settle it:")],
)
def test_what_is_proven_is_not_called_unsettled(verdict, head):
    assert f"{head}\n  • the log of dr-2" in told(
        finding(verdict=verdict, settle_with=("the log of dr-2",))
    )


def test_the_headline_names_the_root_and_what_it_led_to():
    """1.2 s and 1.6 s, rounded to 1 s and 2 s: the routers differ because of the rounding."""
    words = " ".join(diagnosis("subsecond-interval-rounded-apart").split())
    why = words.partition("Why: ")[2].partition(" What was looked at")[0]
    assert why == (
        "a fraction of a second as the interval of VRRPv2; which led to: "
        "two routers of VRRPv2 advertise at different intervals [proven]"
    )


def test_what_is_not_settled_is_told_in_words():
    shown = rendercases.text(rendercases.view(rendercases.MISSED, told=False), report.quiet)
    assert "Why: not settled, one of these [possible]" in shown
    assert "under nopreempt no backup reacts" in " ".join(shown.split())


def test_a_router_is_called_by_its_name_where_its_address_was_said():
    words = " ".join(diagnosis("auth-password-mismatch-both-visible").split())
    assert "dr-1 (172.31.23.22) and dr-2 (172.31.23.23) have different passwords" in words
    assert "Then dr-1 advertised priority 101" in words


def test_an_abbreviation_keeps_its_capitals_in_the_headline():
    assert "Why: CARP on the same network" in diagnosis("carp-collision")


def test_a_symptom_that_repeats_itself_is_told_once():
    view = rendercases.view("vrid-collision", told=False)
    shown = rendercases.text(view, report.diagnosis)
    times = sum(f.rule == "unexpected-failover" for f in view.analysis.findings)
    assert times > 2
    assert shown.count("Explains") < times
    assert shown.count("The same again: ") == 1
