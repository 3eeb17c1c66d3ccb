"""The rule too-many-vips."""

from collections.abc import Iterator

from vrrpscope.diagnosis.case import Case
from vrrpscope.diagnosis.finding import Hit, Kind, Role, Severity, Step, Verdict, lines
from vrrpscope.diagnosis.rule import rule
from vrrpscope.evidence.model import Intent
from vrrpscope.evidence.statement import Said, Statement
from vrrpscope.observation import Basis
from vrrpscope.timeline.model import RouterStory, Timeline
from vrrpscope.timeline.streak import Streak

_MOST = {"ipv4": 255, "ipv6": 89}
"""What fits into an advert: a count of eight bits, and for IPv6 an MTU of 1,500 bytes."""
_MOST_UNTIL_1_2_19 = 20
"""keepalived's own limit (VRRP_MAX_VIP) until 1.2.19."""
_FIRST_WITH_MORE = (1, 2, 20)


@rule(
    title="More virtual addresses than fit into an advert",
    kind=Kind.NOTE,
    severity=Severity.INFO,
    clauses=("RFC 5798 section 5.2.5", "keepalived vrrp_complete_instance()"),
    says="{sender} advertises {seen} addresses, {limit}{told}: the others move with the role, but "
    "no other router sees them.",
    remedy="Put all but one into virtual_ipaddress_excluded, which moves them just the same and "
    "keeps the adverts small; or split them into several instances in one vrrp_sync_group.",
)
def too_many_vips(case: Case) -> Iterator[Hit]:
    """
    ### What it looks like
    Adverts with exactly as many addresses as fit: 255 for IPv4 (the count has eight bits), 89 for
    IPv6 on Ethernet (1,500 bytes), 20 with keepalived until 1.2.19. The configuration has more.

    ### Why it matters
    keepalived takes the addresses beyond that for excluded ones: it sets and removes them with the
    role, announces them by ARP, and does not advertise them. That works. But the routers compare
    what they advertise, so where two releases or two MTUs cut at different places the lists differ
    (`vip-count-mismatch`), and each address costs ten announcements at a take-over.

    ### How to confirm it
    The log says `Number of VIPs (...) exceeds maximum/space available in packet`.

    ### What else could look like this
    Exactly so many addresses, and no more: the configuration tells.
    """
    for timeline, story in case.stories():
        hit = next((h for s in _full(story) if (h := _hit(case, timeline, story, s))), None)
        if hit is not None:
            yield hit


def _full(story: RouterStory) -> Iterator[Streak]:
    """A run of each sender whose adverts may be full."""
    seen = set()
    for streak in story.streaks:
        count = len(streak.advertisement.addresses)
        whole = count == streak.advertisement.address_count
        full = whole and count in (_MOST_UNTIL_1_2_19, _MOST[story.router.family])
        if full and streak.priority and streak.sender not in seen:
            seen.add(streak.sender)
            yield streak


def _hit(case: Case, timeline: Timeline, story: RouterStory, streak: Streak) -> Hit | None:
    """What is known about the rest: by the configuration, the log, or the number alone."""
    address, seen = streak.sender.address, len(streak.advertisement.addresses)
    intent = case.intent(story, address)
    told = _told(intent, seen)
    logged = next(
        (s for s in case.said(story, address, Said.CONFIG) if s.reason == "too-many-addresses"),
        None,
    )
    if told is None and logged is None and (intent is not None or seen == _MOST_UNTIL_1_2_19):
        return None
    # A router that has 20 addresses may not have read the file since more were written into it.
    old = case.release(address)
    cut = seen > _MOST_UNTIL_1_2_19 or (old is not None and old < _FIRST_WITH_MORE)
    sure = logged is not None or (told is not None and cut)
    return Hit(
        virtual_router=story.router,
        vantage=timeline.vantage.id,
        at_ns=streak.first.time_ns,
        until_ns=streak.last.time_ns,
        verdict=Verdict.PROVEN if sure else Verdict.LIKELY,
        facts={
            "sender": case.name(address),
            "seen": seen,
            "limit": "as many as fit" if seen > _MOST_UNTIL_1_2_19 else "the limit until 1.2.19",
            "told": f", and its configuration has {told}" if told else "",
        },
        because=tuple(_because(case, streak, intent if told else None, told, logged)),
        settle_with=() if sure else (_settle(case.name(address), told),),
        not_excluded=() if sure else (_open(told),),
    )


def _settle(name: str, told: int | None) -> str:
    if told is None:
        return f"the keepalived.conf of {name}: are there more addresses in it? --config NODE=FILE"
    return (
        f"on {name}: keepalived --version; before 1.2.20 this is the limit, later releases have "
        "not read the file again (systemctl reload keepalived)"
    )


def _open(told: int | None) -> str:
    if told is None:
        return "just as many addresses as fit"
    return "a configuration that was changed and not read again"


def _told(intent: Intent | None, seen: int) -> int | None:
    """The number of addresses that are told, where it is more than are advertised.

    The excluded ones are among them where the configuration itself had too many.
    """
    if intent is None:
        return None
    if intent.has_note("too-many-addresses"):
        return len(intent.addresses) + len(intent.excluded)
    return len(intent.addresses) if len(intent.addresses) > seen else None


def _because(
    case: Case,
    streak: Streak,
    intent: Intent | None,
    told: int | None,
    logged: Statement | None,
) -> Iterator[Step]:
    sender, seen = case.name(streak.sender.address), len(streak.advertisement.addresses)
    yield Step(f"{sender} advertised {seen} addresses", Basis.SEEN, (streak.first.ref,))
    if intent is not None:
        ends = (intent.addresses[0], (intent.excluded or intent.addresses)[-1])
        yield Step(
            f"its configuration has {told} addresses", Basis.TOLD, lines(*ends), role=Role.HOWEVER
        )
    if logged is not None:
        yield Step(
            f"the log of {sender} says that not all of its addresses fit",
            Basis.TOLD,
            (logged.line,),
        )
    if intent is None and logged is None:
        yield Step(
            "that is the greatest number that fits into an advert",
            Basis.INFERRED,
            clause="RFC 5798 section 5.2.5",
            role=Role.SO,
        )
