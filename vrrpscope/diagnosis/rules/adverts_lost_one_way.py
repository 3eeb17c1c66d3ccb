"""The rule adverts-lost-one-way."""

from collections.abc import Iterator

from vrrpscope.diagnosis.case import Case
from vrrpscope.diagnosis.finding import Duration, Hit, Kind, Role, Severity, Step, Verdict
from vrrpscope.diagnosis.questions.deaf import DeafBackup
from vrrpscope.diagnosis.questions.rivals import Rivalry
from vrrpscope.diagnosis.rule import rule
from vrrpscope.observation import Basis


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
    one within milliseconds: it hears the lesser one and answers at once, in vain. Or a lesser
    router takes over for a moment, again and again, beside a master whose adverts are all there.

    ### Why it stops a failover
    A master that accepts a better advert yields at once (RFC 5798 section 6.4.3). The lesser one
    does not, so it does not get the better one's adverts, or not enough of them.

    ### How to confirm it
    The better router's log says `Received advert from ... with lower priority ..., forcing new
    election` once a second; the lesser one's log says nothing. A capture on the lesser router
    tells where they are lost: adverts that are in its capture were dropped by its own host
    (firewall, rp_filter), for a capture sees packets before the firewall does.

    ### What else could look like this
    A rejection on one side: the lesser router's log then says why (`ttl-not-255`, a checksum).
    `adverts-lost-both-ways`, where both began at the same instant. `lossy-path` and
    `daemon-starved`, where the lesser router takes over for a moment only.
    """
    for rivalry in case.rivalries:
        if rivalry.is_unheard and rivalry.hears:
            yield _of_rivals(case, rivalry)
    for deaf in case.deaf_backups:
        if not any(r.is_seen and r.story is deaf.story for r in case.rivalries):
            yield _of_deaf(case, deaf)


def _of_rivals(case: Case, rivalry: Rivalry) -> Hit:
    better, worse = case.name(rivalry.better.address), case.name(rivalry.worse.address)
    answers = rivalry.spoken(rivalry.better)
    said = sum(s.count for s in rivalry.spoken(rivalry.worse))
    return Hit(
        virtual_router=rivalry.story.router,
        vantage=rivalry.timeline.vantage.id,
        at_ns=rivalry.since.time_ns,
        until_ns=rivalry.until.time_ns,
        verdict=Verdict.LIKELY,
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
            Step(
                "nothing in the adverts of either forbids the other one to accept them, as far as "
                f"can be seen here: those of {better} seem not to reach keepalived on {worse}",
                Basis.INFERRED,
                role=Role.SO,
            ),
        ),
        settle_with=_settle_with(better, worse),
        not_excluded=("ttl-not-255", "rp-filter-or-vmac-receive", "adverts-lost-both-ways"),
    )


def _of_deaf(case: Case, deaf: DeafBackup) -> Hit:
    better, worse = case.name(deaf.master.address), case.name(deaf.backup.address)
    return Hit(
        virtual_router=deaf.story.router,
        vantage=deaf.timeline.vantage.id,
        at_ns=deaf.takeovers[0].time_ns,
        until_ns=deaf.until.time_ns,
        verdict=Verdict.POSSIBLE,
        facts={
            "better": better,
            "deaf": worse,
            "shows": "advertised without a pause",
            "effect": f"{worse} took over {len(deaf.takeovers)} times without need",
        },
        because=(
            Step(
                f"{worse} became master {len(deaf.takeovers)} times while {better} advertised a "
                "higher rank without a pause",
                Basis.SEEN,
                tuple(mark.ref for mark in deaf.takeovers[:8]),
            ),
            Step(
                f"each time {worse} had accepted no advert of {better} for a whole "
                "Master_Down_Interval",
                Basis.INFERRED,
                clause="RFC 5798 section 6.4.2",
                role=Role.SO,
            ),
        ),
        settle_with=_settle_with(better, worse),
        not_excluded=("lossy-path", "daemon-starved"),
        severity=Severity.WARNING,
    )


def _settle_with(better: str, worse: str) -> tuple[str, ...]:
    return (
        f"a capture on {worse}: are the adverts of {better} in it? Then its own host drops them",
        f"iptables -nvL INPUT, nft list ruleset, nstat -az TcpExtIPReversePathFilter on {worse}",
        f"the log of {worse}: it says so where keepalived itself rejects the adverts",
    )
