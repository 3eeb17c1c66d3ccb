"""The rule vip-unreachable."""

from collections.abc import Iterator
from dataclasses import dataclass

from vrrpscope.diagnosis.case import Case
from vrrpscope.diagnosis.finding import Duration, Hit, Kind, Role, Severity, Step, Verdict
from vrrpscope.diagnosis.rule import rule
from vrrpscope.observation import AnnouncementKind, Basis
from vrrpscope.protocol.advertisement import Address
from vrrpscope.protocol.timers import NS
from vrrpscope.timeline.model import Announced, RouterStory, Tenure
from vrrpscope.timeline.streak import Mark, Sender

_TO_HOSTS = (AnnouncementKind.GRATUITOUS_ARP, AnnouncementKind.UNSOLICITED_NA)
_VIRTUAL_MACS = ("00:00:5e:00:01:", "00:00:5e:00:02:")
_WAIT_NS = 6 * NS
"""keepalived repeats its announcements after 5 s (garp_master_delay, garp_lower_prio_delay)."""
_RIVALRY_NS = NS
"""Who still has the address answers a rival's announcement at once, and tells it to nobody else."""


@dataclass(frozen=True, slots=True)
class _Wrong:
    """What told hosts the wrong MAC: the last announcement, or an answer to a question."""

    tenure: Tenure
    router: Sender
    said: Announced
    since: Mark
    addresses: tuple[Address, ...]

    @property
    def is_answer(self) -> bool:
        return self.said.kind is AnnouncementKind.ARP_REPLY


@rule(
    title="The election is right, and hosts are told the wrong MAC",
    kind=Kind.SYMPTOM,
    severity=Severity.ERROR,
    clauses=("RFC 5798 section 6.4.2", "RFC 5798 section 8.1.2"),
    says="{master} is master, and {what} {addresses} came from {router}: hosts that believe it "
    "send to the wrong router.",
)
def vip_unreachable(case: Case) -> Iterator[Hit]:
    """
    ### What it looks like
    One master advertises, and the last gratuitous ARP (or unsolicited neighbour advertisement)
    for a virtual address has the MAC of another router: the new master announced nothing, or a
    router that was master for a moment had the last word. Or a router that is no master answers
    ARP requests for the address.

    ### Why it matters
    Hosts and the gateway keep that MAC until their entry ages, for minutes or hours. To them the
    virtual address is dead, while every log says that the failover went well.

    ### How to confirm it
    `ip neighbour` on a client, or the ARP table of the gateway: whose MAC is it? `ip address` on
    the routers: who has the address configured?

    ### What else could look like this
    Announcements that were sent and not captured: this rule only speaks where the capture has
    announcements of these addresses at all, and six seconds after the take-over. A virtual MAC
    (00:00:5e:00:01:xx) is shared by all routers and never wrong. Where the other router is a
    second, hidden master, the election is not right either: see `dual-master`.
    """
    for timeline, story in case.stories():
        for wrong in _wrongs(story):
            if _are_both_masters(case, story, wrong):
                continue
            yield Hit(
                virtual_router=story.router,
                vantage=timeline.vantage.id,
                at_ns=wrong.said.first.time_ns,
                until_ns=wrong.tenure.until.time_ns,
                verdict=Verdict.LIKELY,
                facts=_facts(case, wrong),
                because=tuple(_because(case, wrong)),
                settle_with=_settle_with(case, wrong),
            )


def _are_both_masters(case: Case, story: RouterStory, wrong: _Wrong) -> bool:
    """True where the other router is a second master at that time: then the election is wrong."""
    pair = {wrong.tenure.sender, wrong.router}
    return any(
        rivalry.story is story
        and {rivalry.better, rivalry.worse} == pair
        and rivalry.since < wrong.tenure.until
        and rivalry.until > wrong.since
        for rivalry in case.rivalries
    )


def _wrongs(story: RouterStory) -> Iterator[_Wrong]:
    """What hosts were told wrong during each tenure, most telling first and once for a tenure."""
    for tenure in story.tenures:
        found = [*_last_words(story, tenure), *_answers(story, tenure)]
        seen = set()
        for wrong in found:
            if (wrong.router, wrong.is_answer) not in seen:
                seen.add((wrong.router, wrong.is_answer))
                same = [
                    w for w in found if (w.router, w.said.kind) == (wrong.router, wrong.said.kind)
                ]
                addresses = tuple(dict.fromkeys(a for w in same for a in w.addresses))
                yield _Wrong(tenure, wrong.router, wrong.said, wrong.since, addresses)


def _last_words(story: RouterStory, tenure: Tenure) -> Iterator[_Wrong]:
    """Addresses whose last announcement is another router's, long after the take-over."""
    for address in _addresses(tenure):
        said = [
            a
            for a in story.announcements
            if a.kind in _TO_HOSTS and a.subject == address and a.first < tenure.until
        ]
        last = max(said, key=lambda a: a.last, default=None)
        router = _other_router(story, tenure, last) if last else None
        if last is None or router is None or _had_its_say(said, last, tenure):
            continue
        since = _alone_since(story, tenure, router, last.last)
        if since is not None and tenure.until.time_ns - since.time_ns >= _WAIT_NS:
            yield _Wrong(tenure, router, last, since, (address,))


def _had_its_say(said: list[Announced], last: Announced, tenure: Tenure) -> bool:
    """True where the master announced the address at about the same time as the other one."""
    own = [a.last.time_ns for a in said if a.mac == tenure.sender.mac]
    return any(last.last.time_ns - time_ns <= _RIVALRY_NS for time_ns in own)


def _answers(story: RouterStory, tenure: Tenure) -> Iterator[_Wrong]:
    """Answers of a router that is no master to hosts that asked for an address."""
    for reply in story.announcements:
        if reply.kind is not AnnouncementKind.ARP_REPLY or reply.subject not in _addresses(tenure):
            continue
        router = _other_router(story, tenure, reply)
        if router is None or not tenure.since < reply.first < tenure.until:
            continue
        since = _alone_since(story, tenure, router, tenure.since)
        if since is None or reply.first < since or _is_to_a_rival(story, reply):
            continue
        yield _Wrong(tenure, router, reply, since, (reply.subject,))


def _is_to_a_rival(story: RouterStory, reply: Announced) -> bool:
    """True where the reply answers another router's announcement of the address."""
    return any(
        a.kind is AnnouncementKind.GRATUITOUS_ARP
        and a.subject == reply.subject
        and a.mac != reply.mac
        and a.first.time_ns <= reply.first.time_ns <= a.last.time_ns + _RIVALRY_NS
        for a in story.announcements
    )


def _addresses(tenure: Tenure) -> tuple[Address, ...]:
    return tuple(dict.fromkeys(a for s in tenure.streaks for a in s.advertisement.addresses))


def _other_router(story: RouterStory, tenure: Tenure, said: Announced) -> Sender | None:
    """Whose MAC it is, where that is another router of the group and no virtual MAC."""
    if said.mac == tenure.sender.mac or said.mac.startswith(_VIRTUAL_MACS):
        return None
    return next((s for s in story.senders if s.mac == said.mac), None)


def _alone_since(story: RouterStory, tenure: Tenure, other: Sender, at: Mark) -> Mark | None:
    """Since when the tenure's router was the only master of the two; None where it was not."""
    others = [t for t in story.tenures if t.sender == other and t.since < tenure.until]
    since = max([at, tenure.since, *(t.until for t in others)])
    return since if since < tenure.until else None


def _facts(case: Case, wrong: _Wrong) -> dict[str, object]:
    answer = "an answer to a host that asked for"
    return {
        "master": case.name(wrong.tenure.sender.address),
        "router": case.name(wrong.router.address),
        "mac": wrong.said.mac,
        "addresses": ", ".join(map(str, wrong.addresses)),
        "what": answer if wrong.is_answer else "the last announcement of",
    }


def _because(case: Case, wrong: _Wrong) -> Iterator[Step]:
    facts = _facts(case, wrong)
    yield Step(
        f"{facts['master']} was master from frame {wrong.tenure.since.ref.number} to frame "
        f"{wrong.tenure.until.ref.number}",
        Basis.SEEN,
        (wrong.tenure.since.ref, wrong.tenure.until.ref),
        role=Role.LET,
    )
    verb = "answered for" if wrong.is_answer else "announced"
    yield Step(
        f"{facts['router']} {verb} {facts['addresses']} with its own MAC {wrong.said.mac} in frame "
        f"{wrong.said.last.ref.number}",
        Basis.SEEN,
        (wrong.said.last.ref,),
    )
    alone_ns = wrong.tenure.until.time_ns - wrong.since.time_ns
    if not wrong.is_answer:
        yield Step(
            f"{facts['master']} announced nothing after that, though it was the only master for "
            f"{Duration(alone_ns)}",
            Basis.SEEN,
            (wrong.since.ref,),
            "RFC 5798 section 6.4.2",
            Role.HOWEVER,
        )


def _settle_with(case: Case, wrong: _Wrong) -> tuple[str, ...]:
    router = case.name(wrong.router.address)
    return (
        "ip neighbour on a client, and the ARP table of the gateway: whose MAC is it?",
        f"ip address on {router}: does it still have the virtual address?",
    )
