"""The rule igmp-snooping-or-multicast-filter."""

from collections.abc import Iterator

from vrrpscope.diagnosis.case import Case
from vrrpscope.diagnosis.finding import Duration, Hit, Kind, Role, Severity, Step, Verdict
from vrrpscope.diagnosis.questions.cuts import Cut, CutKind
from vrrpscope.diagnosis.rule import rule
from vrrpscope.observation import Basis, FrameRef


@rule(
    title="The network passes a router's other frames on, and its multicast adverts not",
    kind=Kind.CAUSE,
    severity=Severity.ERROR,
    clauses=("RFC 4541 section 2.1.2", "RFC 5798 section 5.1.1.2"),
    explains=("dual-master", "unexpected-failover"),
    rank=3,
    says="{sent} adverts of {one} that are in {here} did not come to {there}, while {else_}: it "
    "seems that the network between the two filters the multicast of VRRP.",
    remedy="Let the switches pass 224.0.0.18 (ff02::12 for IPv6) on to every router: 224.0.0.0/24 "
    "must be flooded whatever IGMP snooping has learned (RFC 4541). Turn snooping off for that "
    "VLAN, or give it a querier and a static entry for the routers' ports. Where the network has "
    "no multicast at all, as many clouds, use unicast_peer on all routers.",
)
def igmp_snooping_or_multicast_filter(case: Case) -> Iterator[Hit]:
    """
    ### What it looks like
    Two captures from two places. The one has the adverts of a master, the other one has not, and
    shows another router as master; but other frames of the first router do arrive there, such as
    its gratuitous ARPs. Often it begins some minutes after a start, when a switch forgets who had
    joined the group.

    ### Why it stops a failover
    A backup that gets no adverts becomes master beside the one that it does not hear. Adverts go to
    224.0.0.18 (ff02::12), and something between the routers does not pass that on: IGMP snooping
    that ignores RFC 4541, an access point, a virtual switch, a cloud without multicast.

    ### How to confirm it
    `show ip igmp snooping groups` on the switches, `ip maddress show` on the routers. On the router
    that hears nothing: `tcpdump -ni eth0 host 224.0.0.18` shows no advert of the other one, while a
    ping to it works. With `unicast_peer` on both routers it would work at once.

    ### What else could look like this
    `adverts-lost-one-way` and `adverts-lost-both-ways`: a firewall on the routers themselves; the
    adverts are then in the capture of the router that ignores them. `network-partition`: nothing
    gets through. `cloud-no-multicast-or-spoof-guard` is the same thing in a provider's network.
    `hypervisor-mac-security-or-vm-nic-filter`, where the adverts come from a virtual MAC.
    """
    for cut in case.cuts:
        if cut.kind is CutKind.FILTERED:
            yield _hit(case, cut)


def _hit(case: Case, cut: Cut) -> Hit:
    one, other = case.name(cut.sender.address), case.name(cut.other.address)
    here, there = cut.here.vantage.id, cut.there.vantage.id
    return Hit(
        virtual_router=cut.router,
        vantage=cut.here.vantage.id,
        at_ns=cut.hole.since_ns,
        until_ns=cut.hole.until_ns,
        # From which MAC the adverts come is the question that parts this from a filter for that.
        verdict=Verdict.POSSIBLE if cut.may_be_two_times or not cut.sender.mac else Verdict.LIKELY,
        facts={
            "one": one,
            "other": other,
            "here": here,
            "there": there,
            "sent": cut.hole.count,
            "else_": f"other frames of {one} did",
            "lasted_ns": Duration(cut.hole.until_ns - cut.hole.since_ns),
        },
        because=_because(cut, one, other),
        settle_with=(
            "show ip igmp snooping groups on the switches between the two: is the port in it?",
            f"on {other}: tcpdump -ni eth0 'host {cut.reception.destination}' shows no advert of "
            f"{one}, while ping -c 3 {cut.sender.address} gets answers",
            f"was {there} captured with a filter that leaves the adverts of {one} out?",
        ),
        not_excluded=(
            "cloud-no-multicast-or-spoof-guard",
            "hypervisor-mac-security-or-vm-nic-filter",
            *cut.doubts,
        ),
    )


def _because(cut: Cut, one: str, other: str) -> tuple[Step, ...]:
    """What each place shows, and what follows."""
    here, there = cut.here.vantage.id, cut.there.vantage.id
    return (
        Step(cut.reception.clock.says, Basis.INFERRED, role=Role.LET),
        Step(
            f"{here} has {cut.hole.count} adverts of {one} in a row that {there} has not, by "
            "multicast",
            Basis.SEEN,
            cut.hole.shown,
        ),
        Step(
            f"{there} shows {other} as master in that time"
            + (f", and {here} has none of its adverts" if cut.back is not None else ""),
            Basis.SEEN,
            tuple(mark.ref for mark in cut.spoken),
        ),
        _arrived(cut, one, there),
        Step(
            "the adverts were lost between the two places, and other frames were not: something "
            "there does not pass multicast on",
            Basis.INFERRED,
            clause="RFC 4541 section 2.1.2",
            role=Role.SO,
        ),
    )


def _arrived(cut: Cut, one: str, there: str) -> Step:
    """Which other frames of the sender came."""
    said = _announcement(cut)
    if said is not None:
        text = f"{there} has announcements from the MAC of {one} in that time"
        return Step(text, Basis.SEEN, (said,), role=Role.HOWEVER)
    if cut.hole.sender_frames:
        text = f"{there} has {cut.hole.sender_frames} other frames from the MAC of {one} meanwhile"
        marks = (cut.hole.before, cut.hole.after)
        return Step(text, Basis.SEEN, tuple(m.ref for m in marks if m), role=Role.HOWEVER)
    text = f"both captures have frames of the same hosts: {there} is connected to where {one} is"
    return Step(text, Basis.SEEN, cut.hole.shown, role=Role.HOWEVER)


def _announcement(cut: Cut) -> FrameRef | None:
    """An announcement of the sender that came to the other vantage during the cut."""
    theirs, clock = cut.reception.theirs, cut.reception.clock
    since_ns = cut.hole.since_ns + clock.offset_at(cut.hole.since_ns)
    for said in theirs.announcements if theirs is not None else ():
        if said.is_by(cut.sender) and said.last.time_ns > since_ns:
            return said.last.ref
    return None
