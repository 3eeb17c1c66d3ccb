"""The rule vip-unreachable."""

from collections.abc import Iterator

from vrrpscope.diagnosis.case import Case
from vrrpscope.diagnosis.finding import Duration, Hit, Kind, Role, Severity, Step, Verdict
from vrrpscope.diagnosis.questions.misled import Misled
from vrrpscope.diagnosis.rule import rule
from vrrpscope.observation import Basis


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
    for misled in case.misled:
        yield Hit(
            virtual_router=misled.story.router,
            vantage=misled.timeline.vantage.id,
            at_ns=misled.said.first.time_ns,
            until_ns=misled.tenure.until.time_ns,
            verdict=Verdict.LIKELY,
            facts=_facts(case, misled),
            because=tuple(_because(case, misled)),
            settle_with=_settle_with(case, misled),
            not_excluded=("a later announcement that was not captured",),
        )


def _facts(case: Case, misled: Misled) -> dict[str, object]:
    answer = "an answer to a host that asked for"
    return {
        "master": case.name(misled.tenure.sender.address),
        "router": case.name(misled.router.address),
        "mac": misled.said.mac,
        "addresses": ", ".join(map(str, misled.addresses)),
        "what": answer if misled.is_answer else "the last announcement of",
    }


def _because(case: Case, misled: Misled) -> Iterator[Step]:
    facts = _facts(case, misled)
    yield Step(
        f"{facts['master']} was master from frame {misled.tenure.since.ref.number} to frame "
        f"{misled.tenure.until.ref.number}",
        Basis.SEEN,
        (misled.tenure.since.ref, misled.tenure.until.ref),
        role=Role.LET,
    )
    verb = "answered for" if misled.is_answer else "announced"
    yield Step(
        f"{facts['router']} {verb} {facts['addresses']} with its own MAC {misled.said.mac} "
        f"in frame {misled.said.last.ref.number}",
        Basis.SEEN,
        (misled.said.last.ref,),
    )
    alone_ns = misled.tenure.until.time_ns - misled.since.time_ns
    if not misled.is_answer:
        yield Step(
            f"{facts['master']} announced nothing after that, though it was the only master for "
            f"{Duration(alone_ns)}",
            Basis.SEEN,
            (misled.since.ref,),
            "RFC 5798 section 6.4.2",
            Role.HOWEVER,
        )


def _settle_with(case: Case, misled: Misled) -> tuple[str, ...]:
    router = case.name(misled.router.address)
    return (
        f"ip neighbour show {misled.addresses[0]} on a client, and the ARP table of the gateway: "
        "whose MAC is it?",
        f"ip address show on {router}: does it still have the virtual address?",
    )
