"""The rule transmit-blocked."""

from collections.abc import Iterator

from vrrpscope.diagnosis.case import Case
from vrrpscope.diagnosis.finding import Duration, Hit, Kind, Role, Severity, Step, Verdict
from vrrpscope.diagnosis.questions.unseen import UnseenMaster
from vrrpscope.diagnosis.questions.unsent import Unsent
from vrrpscope.diagnosis.rule import rule
from vrrpscope.observation import Basis


@rule(
    title="A router's own host does not let its adverts out",
    kind=Kind.CAUSE,
    severity=Severity.ERROR,
    clauses=("keepalived vrrp_send_pkt()",),
    explains=("dual-master", "unexpected-failover", "no-master"),
    rank=7,
    says="The adverts of {sender} {refused} for {lasted_ns}: {shows}.",
    remedy="On {sender}: let IP protocol 112 out (iptables -S OUTPUT, nft list ruleset: look for a "
    "rule that drops it), give keepalived the right to send raw packets (CAP_NET_RAW in a "
    "container), and see that there is a route for the adverts (ip route get 224.0.0.18).",
)
def transmit_blocked(case: Case) -> Iterator[Hit]:
    """
    ### What it looks like
    A master falls silent, without a priority 0, and a backup takes over. Later its IP
    identification has gone on: it had tried to send. Its other frames still arrive, such as the
    gratuitous ARPs with which it answers each advert of the new master. Or it sent just as many
    adverts as were due until the new master spoke, and yielded to it: it hears well.

    ### Why it stops a failover
    The role moves although nothing is wrong with the master but that it cannot be heard. It stays
    master where it is the better one, and both hold the address.

    ### How to confirm it
    Its log says `send advert error 1 (Operation not permitted)` (a firewall rule in OUTPUT, or a
    missing CAP_NET_RAW), `22 (Invalid argument)` or `101 (Network is unreachable)` once an
    interval; keepalived before 2.0.16 says nothing. A capture on that host shows nothing either: it
    sees packets after the firewall's OUTPUT.

    ### What else could look like this
    `adverts-lost-one-way`: the adverts leave the host, and the network loses them.
    `network-partition`: nothing else of the router arrives either. `daemon-starved`: the IP
    identification goes on by one, nothing was sent. A script that silences the router on purpose
    while its service is down does just this, and it should.
    """
    told = {(u.story.router, u.sender.address) for u in case.unsent}
    for unsent in case.unsent:
        yield _of_log(case, unsent)
    for unseen in case.unseen_masters:
        if not unseen.yielded or (unseen.story.router, unseen.old.address) in told:
            continue
        if case.has_elsewhere(unseen.timeline, unseen.old, unseen.gap.from_) is None:
            yield _of_pause(case, unseen)


def _of_log(case: Case, unsent: Unsent) -> Hit:
    """The router's own log says so."""
    sender = case.name(unsent.sender.address)
    first, last = unsent.lines[0], unsent.lines[-1]
    reasons = " and ".join(dict.fromkeys(s.reason or "an error" for s in unsent.lines))
    because = [
        Step(
            f"the log of {sender} says {len(unsent.lines)} times that an advert could not be sent: "
            f"{reasons}",
            Basis.TOLD,
            (first.line, last.line),
            "keepalived vrrp_send_pkt()",
        ),
        Step(
            f"the last advert of {sender} before that is frame {unsent.last_word.ref.number}, and "
            "none came while the log says so",
            Basis.SEEN,
            (unsent.last_word.ref,),
        ),
    ]
    if unsent.on_purpose is not None:
        because.append(
            Step(
                f"a check of {sender} had failed just before: a script may silence it on purpose, "
                "so that the backup takes over",
                Basis.TOLD,
                (unsent.on_purpose.line,),
                role=Role.HOWEVER,
            )
        )
    meant = unsent.on_purpose is not None
    return Hit(
        virtual_router=unsent.story.router,
        vantage=unsent.timeline.vantage.id,
        at_ns=unsent.since_ns,
        until_ns=unsent.until_ns,
        verdict=Verdict.PROVEN,
        facts={
            "sender": sender,
            "refused": "were refused by its own host",
            "lasted_ns": Duration(unsent.until_ns - unsent.since_ns),
            "shows": f"its log says so ({reasons})"
            + (", just after a check had failed" if meant else ""),
        },
        because=tuple(because),
        severity=Severity.INFO if meant else None,
    )


def _of_pause(case: Case, unseen: UnseenMaster) -> Hit:
    """It tried to send until it heard the new master."""
    old, new = case.name(unseen.old.address), case.name(unseen.new.address)
    gap = unseen.gap
    return Hit(
        virtual_router=unseen.story.router,
        vantage=unseen.timeline.vantage.id,
        at_ns=gap.from_.time_ns,
        until_ns=gap.until.time_ns,
        verdict=Verdict.POSSIBLE,
        facts={
            "sender": old,
            "refused": "seem not to have left its host",
            "lasted_ns": Duration(unseen.handover.at.time_ns - gap.from_.time_ns),
            "shows": f"it sent until {new} took over, none of that came, and it heard {new}",
        },
        because=_pause_because(unseen, old, new),
        settle_with=(
            f"the log of {old}: does it say 'send advert error'? --log NODE=FILE",
            f"iptables -nvL OUTPUT and nft list ruleset on {old}",
            f"a capture on {old}: adverts that are in it did leave, and the network lost them",
        ),
        not_excluded=("adverts-lost-one-way", "network-partition"),
    )


def _pause_because(unseen: UnseenMaster, old: str, new: str) -> tuple[Step, ...]:
    """What shows that it sent, and then heard the other one."""
    gap = unseen.gap
    return (
        Step(
            f"the IP identification of {old}, which keepalived counts up by one with each advert, "
            f"went on by {gap.ip_id_step} over a pause of {Duration(gap.duration_ns)}",
            Basis.SEEN,
            (gap.from_.ref, gap.until.ref),
            "keepalived vrrp_update_pkt()",
        ),
        Step(
            f"{new} took over {Duration(unseen.handover.at.time_ns - gap.from_.time_ns)} after "
            f"the last advert of {old} that came",
            Basis.SEEN,
            (unseen.handover.at.ref,),
        ),
        Step(
            f"it sent as many adverts as were due until then, and none afterwards: {old} stopped "
            f"when it heard {new}, so it hears and is not heard",
            Basis.INFERRED,
            (gap.from_.ref, gap.until.ref),
            role=Role.SO,
        ),
    )
