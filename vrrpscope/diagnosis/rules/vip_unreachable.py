"""The rule vip-unreachable."""

from collections.abc import Iterator

from vrrpscope.diagnosis.case import Case
from vrrpscope.diagnosis.finding import (
    Duration,
    Hit,
    Kind,
    Role,
    Severity,
    Step,
    Verdict,
    listed,
)
from vrrpscope.diagnosis.questions.misled import Misled, Way
from vrrpscope.diagnosis.questions.reigns import reigned
from vrrpscope.diagnosis.rule import rule
from vrrpscope.observation import Basis

_UNSEEN = {
    Way.LAST_WORD: "a later announcement that was not captured",
    Way.OLD_ANSWER: "a later announcement that was not captured",
    Way.ANSWER: "hosts that keep the answer of the master",
}


@rule(
    title="The election is right, and hosts are told the wrong MAC",
    kind=Kind.SYMPTOM,
    severity=Severity.ERROR,
    clauses=("RFC 5798 section 6.4.2", "RFC 5798 section 8.1.2"),
    says="{master} is master, and {what} came from {router}, with its MAC {mac}: who believes that "
    "sends to the wrong router.",
)
def vip_unreachable(case: Case) -> Iterator[Hit]:
    """
    ### What it looks like
    One master advertises, and the last gratuitous ARP (or unsolicited neighbour advertisement)
    for a virtual address has the MAC of another router: the new master announced nothing, or a
    router that was master for a moment had the last word. Or a router that is no master answers
    ARP requests for the address: beside the master's answer the host gets another one, and which of
    the two it keeps is chance. The finding names the hosts that were answered.

    ### Why it matters
    Hosts and the gateway keep that MAC until their entry ages, for minutes or hours. To them the
    virtual address is dead, while every log says that the failover went well.

    ### How to confirm it
    `ip neighbour` on a client, or the ARP table of the gateway: whose MAC is it? `ip address` on
    the routers: who has the address configured? `arping -c 3 ADDRESS` on a client shows whether
    two MACs answer.

    ### What else could look like this
    Announcements that were sent and not captured: this rule only speaks where the capture has
    announcements of these addresses at all, or answers, and six seconds after the take-over. A
    virtual MAC (00:00:5e:00:01:xx) is shared by all routers and never wrong here, even where a
    switch has it at the wrong port. Where the other router is a second, hidden master, the election
    is not right either: see `dual-master`. A router that answers with both its own MAC and the
    virtual one (FRRouting without `arp_ignore`) is meant where it is the master.
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
            not_excluded=_not_excluded(case, misled),
        )


def _not_excluded(case: Case, misled: Misled) -> tuple[str, ...]:
    """What else could be; old releases do not notice that an address is gone."""
    others = (_UNSEEN[misled.way], "service-does-not-follow-vip")
    release = case.release(misled.tenure.sender.address)
    is_old = release is None or release < (2,)
    return (*others, "interface-down-not-noticed") if is_old else others


def _facts(case: Case, misled: Misled) -> dict[str, object]:
    return {
        "master": case.name(misled.tenure.sender.address),
        "router": case.name(misled.router.address),
        "mac": misled.said.mac,
        "addresses": listed(misled.addresses),
        "hosts": listed(misled.hosts),
        "what": _what(misled),
    }


def _what(misled: Misled) -> str:
    """What was said, and to whom."""
    addresses = listed(misled.addresses)
    to = f", to {listed(misled.hosts)}," if misled.hosts else ""
    if misled.way is Way.LAST_WORD:
        return f"the last announcement of {addresses}"
    if misled.way is Way.OLD_ANSWER:
        return f"the last answer about {addresses}{to}"
    answers = "an answer" if misled.times == 1 else f"{misled.times} answers"
    return f"{answers} about {addresses}{to}"


def _because(case: Case, misled: Misled) -> Iterator[Step]:
    facts = _facts(case, misled)
    yield reigned(str(facts["master"]), misled.tenure)
    told = (
        "announced"
        if misled.way is Way.LAST_WORD
        else f"told {facts['hosts'] or 'a host'} that it has"
    )
    yield Step(
        f"{facts['router']} {told} {facts['addresses']}, with its own MAC {misled.said.mac}, "
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
    host = str(misled.hosts[0]) if misled.hosts else "a client"
    return (
        f"on {host}, and likewise on the gateway: ip neighbour show {misled.addresses[0]}; "
        f"{misled.said.mac} is the MAC of {router}, the wrong one",
        f"on {router}: ip address show; where it has {misled.addresses[0]}, it answers for it",
    )
