"""The rule adverts-lost-one-way."""

from collections.abc import Iterator

from vrrpscope.diagnosis.case import Case
from vrrpscope.diagnosis.finding import Duration, Hit, Kind, Role, Severity, Step, Verdict
from vrrpscope.diagnosis.questions.cuts import Cut
from vrrpscope.diagnosis.questions.rivals import Rivalry
from vrrpscope.diagnosis.questions.unseen import UnseenMaster
from vrrpscope.diagnosis.questions.vantages import VIRTUAL_MAC
from vrrpscope.diagnosis.rule import rule
from vrrpscope.evidence.statement import Said
from vrrpscope.observation import Basis
from vrrpscope.timeline.streak import Sender


@rule(
    title="A router does not get the better one's adverts, while its own ones arrive",
    kind=Kind.CAUSE,
    severity=Severity.ERROR,
    clauses=("RFC 5798 section 6.4.3", "keepalived vrrp_state_master_rx()"),
    explains=("dual-master", "unexpected-failover", "flapping"),
    rank=3,
    says="{deaf} seems not to get the adverts of {better}, which {shows}: {effect}.",
    remedy="Look for what drops IP protocol 112 on the way to {deaf}: its firewall (iptables -S "
    "INPUT, nft list ruleset), rp_filter (sysctl net.ipv4.conf.all.rp_filter), a filter of its "
    "virtual switch or hypervisor.",
)
def adverts_lost_one_way(case: Case) -> Iterator[Hit]:
    """
    ### What it looks like
    Two masters with the same fields, and the better one's advert follows each advert of the lesser
    one within milliseconds: it hears the lesser one and answers at once, in vain. Or the better
    one's adverts do not come here either, and only the gratuitous ARPs do with which it answers
    each advert of the lesser one.

    ### Why it stops a failover
    A master that accepts a better advert yields at once (RFC 5798 section 6.4.3). The lesser one
    does not, so it does not get the better one's adverts, or not enough of them.

    ### How to confirm it
    The better router's log says `Received advert from ... with lower priority ..., forcing new
    election` once a second; the lesser one's log says nothing. A capture on the lesser router
    tells where they are lost: adverts that are in its capture were dropped by its own host
    (firewall, rp_filter), for a capture sees packets before the firewall does. Captures of several
    places, given together, are held against each other.

    ### What else could look like this
    A rejection on one side: the lesser router's log then says why (`ttl-not-255`, a checksum).
    `adverts-lost-both-ways`, where both began at the same instant. `lossy-path`, where the lesser
    router takes over for moments only. `transmit-blocked`, where the adverts do not leave the
    better router. `igmp-snooping-or-multicast-filter`, where the network passes everything else.
    """
    lossy = {(path.story.router, path.sender) for path in case.lossy_paths}
    for rivalry in case.rivalries:
        key = (rivalry.story.router, rivalry.better)
        if rivalry.is_unheard and rivalry.hears and key not in lossy:
            cut = case.cut_between(rivalry.story.router, rivalry.better, rivalry.worse)
            if cut is None or cut.is_one_way:
                yield _of_rivals(case, rivalry, cut)
    refused = {(unsent.story.router, unsent.sender.address) for unsent in case.unsent}
    for unseen in case.unseen_masters:
        router = unseen.story.router
        if not unseen.hears or unseen.yielded or (router, unseen.old.address) in refused:
            continue
        if case.cut_between(router, unseen.old, unseen.new) is None:
            yield _of_unseen(case, unseen)


def _of_rivals(case: Case, rivalry: Rivalry, cut: Cut | None) -> Hit:
    better, worse = case.name(rivalry.better.address), case.name(rivalry.worse.address)
    answers = rivalry.spoken(rivalry.better)
    said = sum(s.count for s in rivalry.spoken(rivalry.worse))
    return Hit(
        virtual_router=rivalry.story.router,
        vantage=rivalry.timeline.vantage.id,
        at_ns=rivalry.since.time_ns,
        until_ns=rivalry.until.time_ns,
        verdict=Verdict.LIKELY if rivalry.comparison.is_whole else Verdict.POSSIBLE,
        facts={
            "better": better,
            "deaf": worse,
            "shows": f"answers the adverts of {worse} at once and so hears it well",
            "effect": f"both were master for {Duration(rivalry.lasted_ns)}",
        },
        because=(
            *rivalry.witnessed(better, worse),
            Step(
                f"{sum(s.answered for s in answers)} adverts of {better} came within 10 ms after "
                f"one of the {said} of {worse}: {better} hears {worse}",
                Basis.SEEN,
                (rivalry.since.ref, rivalry.until.ref),
                "keepalived vrrp_state_master_rx()",
            ),
            *_told(case, rivalry, better),
            *_place(case, rivalry, cut, better),
            Step(
                "nothing in the adverts of either forbids the other one to accept them, as far as "
                f"can be seen here: those of {better} seem not to reach keepalived on {worse}",
                Basis.INFERRED,
                role=Role.SO,
            ),
        ),
        settle_with=_settle_with(better, worse, rivalry.worse),
        not_excluded=_not_excluded(case, rivalry),
    )


def _told(case: Case, rivalry: Rivalry, better: str) -> Iterator[Step]:
    """What the better one's log says about it."""
    bounds = {"since_ns": rivalry.since.time_ns, "until_ns": rivalry.until.time_ns}
    story, address = rivalry.story, rivalry.better.address
    forced = case.said(story, address, Said.ELECTION_FORCED, **bounds)
    if forced:
        text = f"the log of {better} says that it hears the lower priority, and forces an election"
        yield Step(text, Basis.TOLD, (forced[0].line, forced[-1].line))


def _place(case: Case, rivalry: Rivalry, cut: Cut | None, better: str) -> Iterator[Step]:
    """How far the better one's adverts come, where other captures tell."""
    if cut is not None:
        there = cut.there.vantage.id
        yield Step(
            f"{cut.here.vantage.id} has {cut.hole.count} adverts of {better} in a row that {there} "
            "has not: they are lost in the network between the two places",
            Basis.SEEN,
            cut.hole.shown,
        )
    arrived = case.arrived(rivalry, rivalry.better)
    if arrived and cut is None:
        places = " and ".join(timeline.vantage.id for timeline in arrived)
        yield Step(
            f"{places} has all of these adverts of {better} as well: they come as far as there",
            Basis.SEEN,
            (rivalry.since.ref, rivalry.until.ref),
        )


def _not_excluded(case: Case, rivalry: Rivalry) -> tuple[str, ...]:
    """The other causes that the evidence leaves open."""
    since_ns, until_ns = rivalry.since.time_ns, rivalry.until.time_ns
    others = ["rp-filter-or-vmac-receive"]
    if not case.log_covers(rivalry.worse.address, since_ns, until_ns):
        others.append("ttl-not-255")
    if not tuple(_told(case, rivalry, "")):
        others.append("adverts-lost-both-ways")
    if not rivalry.comparison.is_whole:
        others += ["vip-list-mismatch", "vrid-collision"]
    return tuple(others)


def _of_unseen(case: Case, unseen: UnseenMaster) -> Hit:
    """The better one's adverts do not come here either; what else it says does."""
    better, worse = case.name(unseen.old.address), case.name(unseen.new.address)
    gap = unseen.gap
    return Hit(
        virtual_router=unseen.story.router,
        vantage=unseen.timeline.vantage.id,
        at_ns=unseen.handover.at.time_ns,
        until_ns=gap.until.time_ns,
        verdict=Verdict.LIKELY,
        facts={
            "better": better,
            "deaf": worse,
            "shows": f"was sending them and answered {worse} by gratuitous ARP",
            "effect": f"{worse} took over, and both were master",
        },
        because=_unseen_because(unseen, better, worse),
        settle_with=(
            f"the log of {better}: 'send advert error' means that its own host holds them back",
            f"a capture on {better}: adverts that are in it did leave, and the network loses them",
            f"with unicast_peer: does {better} know the MAC of {worse} (ip neighbour)?",
        ),
        not_excluded=(
            "transmit-blocked",
            "igmp-snooping-or-multicast-filter",
            "unicast-neighbour-unresolved",
        ),
    )


def _unseen_because(unseen: UnseenMaster, better: str, worse: str) -> tuple[Step, ...]:
    """What shows that it sent, and hears the lesser one."""
    gap = unseen.gap
    return (
        Step(
            f"the IP identification of {better}, which keepalived counts up by one with each "
            f"advert, went on by {gap.ip_id_step} over {Duration(gap.duration_ns)}: it sent "
            "adverts, and they did not come here",
            Basis.INFERRED,
            (gap.from_.ref, gap.until.ref),
            "keepalived vrrp_update_pkt()",
        ),
        Step(
            f"{worse} took over, so it did not get them either",
            Basis.SEEN,
            (unseen.handover.at.ref,),
        ),
        Step(
            f"{better} announced the address {unseen.claims} times from then on: it is master "
            f"and hears {worse}, and its other frames do come here",
            Basis.SEEN,
            (unseen.handover.at.ref, gap.until.ref),
            "keepalived vrrp_state_master_rx()",
            Role.HOWEVER,
        ),
    )


def _settle_with(better: str, worse: str, deaf: Sender) -> tuple[str, ...]:
    virtual = deaf.mac.startswith(VIRTUAL_MAC)
    filters = f"iptables -nvL INPUT, nft list ruleset on {worse}"
    reverse_path = f"nstat -az TcpExtIPReversePathFilter and sysctl -a -r rp_filter on {worse}"
    return (
        f"a capture on {worse}: are the adverts of {better} in it? Then its own host drops them",
        *((reverse_path, filters) if virtual else (filters, reverse_path)),
        f"the log of {worse}: it says so where keepalived itself rejects the adverts",
    )
