"""The rule ipv6-link-local-and-nd."""

from collections.abc import Iterator

from vrrpscope.diagnosis.case import Case
from vrrpscope.diagnosis.finding import Hit, Kind, Role, Severity, Step, Verdict, listed
from vrrpscope.diagnosis.rule import rule
from vrrpscope.observation import Basis
from vrrpscope.timeline.model import RouterStory
from vrrpscope.timeline.streak import Streak

_RFC = "RFC 5798 section 5.2.9"


@rule(
    title="The first virtual address of an IPv6 virtual router is not link-local",
    kind=Kind.NOTE,
    severity=Severity.INFO,
    clauses=(_RFC, "RFC 5798 section 6.1"),
    says="{sender} advertises {first} as the first address of VRID {vrid}; RFC 5798 asks for a "
    "link-local address (fe80::...) there.",
    remedy="Put a link-local address first in virtual_ipaddress, the same one on every router "
    "(fe80::1 or the like). Hosts that learn their gateway from router advertisements need it. "
    "Where hosts only use the address itself, it may stay as it is.",
)
def ipv6_link_local_and_nd(case: Case) -> Iterator[Hit]:
    """
    ### What it looks like
    VRRPv3 over IPv6 whose list of addresses begins with a global one, or has no link-local address
    at all.

    ### Why it matters
    The first address must be the link-local address of the virtual router (RFC 5798 section 5.2.9).
    Hosts use a link-local address as their gateway: one that does not move with the role is gone
    with the router that has it. keepalived does not mind, apart from `vrrp_strict`; other routers
    may reject such adverts. At a take-over hosts learn the new place by neighbour advertisements:
    where those are missing, see `garp-missing`.

    ### How to confirm it
    `virtual_ipaddress` in the configuration: which address is first? `ip -6 route` on a host: which
    address is its gateway?

    ### What else could look like this
    Nothing: it is in the advert.
    """
    for timeline, story in case.stories():
        streak = _first_without(story)
        if streak is None:
            continue
        sender, addresses = streak.sender.address, streak.advertisement.addresses
        yield Hit(
            virtual_router=story.router,
            vantage=timeline.vantage.id,
            at_ns=streak.first.time_ns,
            until_ns=streak.last.time_ns,
            verdict=Verdict.PROVEN,
            facts={
                "sender": case.name(sender),
                "first": addresses[0],
                "vrid": story.router.vrid,
            },
            because=(
                Step(
                    f"{case.name(sender)} advertised {listed(addresses)}"
                    f"{', in this order' if len(addresses) > 1 else ''}",
                    Basis.SEEN,
                    (streak.first.ref,),
                ),
                Step(
                    f"the first of them, {addresses[0]}, is not link-local",
                    Basis.INFERRED,
                    clause=_RFC,
                    role=Role.HOWEVER,
                ),
            ),
        )


def _first_without(story: RouterStory) -> Streak | None:
    """The first run whose list of addresses does not begin with a link-local one."""
    if story.router.family != "ipv6":
        return None
    for streak in story.streaks:
        addresses = streak.advertisement.addresses
        if streak.priority and addresses and not addresses[0].is_link_local:
            return streak
    return None
