"""The rule dual-master."""

from collections.abc import Iterator, Sequence

from vrrpscope.diagnosis.case import Case
from vrrpscope.diagnosis.finding import (
    Duration,
    Hit,
    Kind,
    Role,
    Severity,
    Step,
    Verdict,
    enumerated,
)
from vrrpscope.diagnosis.questions.hidden import HiddenMaster
from vrrpscope.diagnosis.questions.islands import Islands
from vrrpscope.diagnosis.questions.parted import Parted
from vrrpscope.diagnosis.questions.rivals import Rivalry
from vrrpscope.diagnosis.questions.shared import SharedAddress
from vrrpscope.diagnosis.questions.traces import TraceKind
from vrrpscope.diagnosis.questions.twins import TwinKind, Twins
from vrrpscope.diagnosis.rule import rule
from vrrpscope.observation import Basis, VirtualRouter
from vrrpscope.protocol.advertisement import Address
from vrrpscope.timeline.streak import Sender

_SILENCED = "; one of them was kept silent by the other one's adverts"
_UNSEEN = ", and only one of them is seen to advertise"


@rule(
    title="Two routers are master at once",
    kind=Kind.SYMPTOM,
    severity=Severity.ERROR,
    clauses=("RFC 5798 section 6.4.3",),
    says="{better} and {worse} {were} master of {addresses} at once for "
    "{at_least}{lasted_ns}{how}.",
)
def dual_master(case: Case) -> Iterator[Hit]:
    """
    ### What it looks like
    Two routers advertise for one virtual router side by side, each again before it could have
    been a backup in between, for longer than an election takes. Or one virtual address is in two
    virtual routers of one network, and each has a master.

    A second master can also be hidden: a master of keepalived that gets any packet with its VRID,
    even one that it rejects, waits a whole interval again before it sends its own advert. So of
    two that reject each other often only one is seen. What the hidden one leaves behind: it falls
    silent, without a priority 0, when one with a lower priority speaks; a single advert that
    nobody answers; announcements of the virtual address by a router that does not advertise; an
    IP identification (keepalived numbers its adverts with it) that counts on over a pause.
    Its log proves it: `Entering MASTER STATE`, and nothing after that but rejected adverts. So do
    announcements of the address, or answers for it, by a router that cannot have accepted the
    other one's adverts.

    ### Why it matters
    Both hold the virtual address and answer for it: some hosts talk to the one, some to the
    other, and connections break whenever a host asks again.

    ### How to confirm it
    `ip address show` on both routers: each has the virtual address. `arping -c 3 ADDRESS` from a
    third host gets answers from two MAC addresses.

    ### What else could look like this
    An ordinary election, in which two masters overlap for milliseconds, or for as many intervals
    as adverts were lost. `stale-vip-holder`: the second router's keepalived is gone, and only its
    address was left behind. `vrid-collision`: two groups share nothing but the VRID.
    """
    split = {(i.story.router, frozenset((i.one, i.other))) for i in case.islands}
    seen = {_pair(rivalry) for rivalry in case.rivalries if rivalry.is_seen}
    for rivalry in case.rivalries:
        # What one vantage shows, another one need not deduce.
        known = split if rivalry.is_seen else split | seen
        if _pair(rivalry) not in known:
            yield _of_rivals(case, rivalry)
    for hidden in case.hidden_masters:
        yield _of_hidden(case, hidden)
    for twins in case.twins:
        if twins.sender.is_shared and twins.kind is TwinKind.PRIORITIES:
            yield _of_twins(twins)
    for islands in case.islands:
        yield _of_islands(case, islands)
    for parted in case.parted:
        yield _of_parted(case, parted)
    for shared in case.shared_addresses:
        yield _of_shared(case, shared)


def _pair(rivalry: Rivalry) -> tuple[VirtualRouter, frozenset[Sender]]:
    return rivalry.story.router, frozenset((rivalry.better, rivalry.worse))


def _of_rivals(case: Case, rivalry: Rivalry) -> Hit:
    better, worse = case.name(rivalry.better.address), case.name(rivalry.worse.address)
    if rivalry.is_one_address and rivalry.better.mac:
        better, worse = f"{better} [{rivalry.better.mac}]", f"{worse} [{rivalry.worse.mac}]"
    is_open = rivalry.verdict is not Verdict.PROVEN
    return Hit(
        virtual_router=rivalry.story.router,
        vantage=rivalry.timeline.vantage.id,
        at_ns=rivalry.since.time_ns,
        until_ns=rivalry.until.time_ns,
        verdict=rivalry.verdict,
        facts=_facts(
            better,
            worse,
            rivalry.addresses,
            rivalry.lasted_ns,
            sure=rivalry.verdict is Verdict.PROVEN,
            at_least="at least " if rivalry.may_last_longer else "",
            how=_SILENCED if rivalry.is_kept_silent else "",
        ),
        because=rivalry.witnessed(better, worse),
        settle_with=_settle_with(better, worse, rivalry.addresses) if is_open else (),
        not_excluded=_not_excluded(rivalry),
    )


def _of_hidden(case: Case, hidden: HiddenMaster) -> Hit:
    sure = hidden.verdict is Verdict.PROVEN
    visible = case.name(hidden.visible.address)
    address = min(hidden.addresses, key=str, default=None)
    name = hidden.name if address is None else case.name(address)
    return Hit(
        virtual_router=hidden.story.router,
        vantage=hidden.timeline.vantage.id,
        at_ns=hidden.since.time_ns,
        until_ns=hidden.until.time_ns,
        verdict=hidden.verdict,
        facts=_facts(
            visible,
            name,
            hidden.story.addresses,
            hidden.lasted_ns,
            sure=sure,
            how=_SILENCED if hidden.is_silenced else _UNSEEN,
        ),
        because=hidden.steps,
        settle_with=() if sure else _settle_with(visible, name, hidden.story.addresses),
        not_excluded=() if sure else hidden.not_excluded,
    )


def _of_twins(twins: Twins) -> Hit:
    """Two routers of FRRouting that nothing tells apart but the priorities that they say."""
    higher, lower = max(twins.priorities), min(twins.priorities)
    one, other = (f"{twins.sender.address} with priority {p}" for p in (higher, lower))
    return Hit(
        virtual_router=twins.story.router,
        vantage=twins.timeline.vantage.id,
        at_ns=twins.since.time_ns,
        until_ns=twins.until.time_ns,
        verdict=Verdict.LIKELY,
        facts=_facts(
            one,
            other,
            twins.story.addresses,
            twins.lasted_ns,
            sure=False,
            how=", two routers behind one address, which is made of the virtual MAC",
        ),
        because=(
            Step(
                f"from frame {twins.since.ref.number} to frame {twins.until.ref.number} two "
                f"adverts came within each interval, with the priorities {higher} and {lower} in "
                "turn, from one address and one MAC",
                Basis.SEEN,
                (*(mark.ref for mark in twins.shown), twins.until.ref),
            ),
            Step(
                "a router has one priority at a time and sends once an interval: these are two "
                "routers",
                Basis.INFERRED,
                clause="RFC 5798 section 6.4.3",
                role=Role.SO,
            ),
        ),
        settle_with=(
            "on each FRRouting router: vtysh -c 'show vrrp'; two that say Master for IPv6 are two "
            "masters",
            "a capture on each router tells which of the two priorities comes from where",
        ),
        not_excluded=("two-daemons-one-host",),
    )


def _of_islands(case: Case, islands: Islands) -> Hit:
    one, other = case.name(islands.one.address), case.name(islands.other.address)
    return Hit(
        virtual_router=islands.story.router,
        vantage=islands.here.vantage.id,
        at_ns=islands.window.since.time_ns,
        until_ns=islands.window.until.time_ns,
        verdict=islands.verdict,
        facts=_facts(
            one, other, islands.story.addresses, islands.window.duration_ns, sure=islands.is_sure
        ),
        because=islands.witnessed(one, other),
        settle_with=() if islands.is_sure else _settle_with(one, other, islands.story.addresses),
        not_excluded=() if islands.is_sure else ("captures of two different times",),
    )


def _of_parted(case: Case, parted: Parted) -> Hit:
    one, other = (case.name(s.address) for s in (parted.one_sender, parted.other_sender))
    return Hit(
        virtual_router=parted.one.router,
        vantage=parted.timeline.vantage.id,
        at_ns=parted.window.since.time_ns,
        until_ns=parted.window.until.time_ns,
        verdict=Verdict.LIKELY,
        facts=_facts(one, other, parted.addresses, parted.window.duration_ns, sure=False),
        because=parted.witnessed(one, other),
        settle_with=_settle_with(one, other, parted.addresses),
        not_excluded=("two networks that are set up alike",),
    )


def _of_shared(case: Case, shared: SharedAddress) -> Hit:
    one, other = case.name(shared.one_sender.address), case.name(shared.other_sender.address)
    sure = shared.are_two_hosts
    return Hit(
        virtual_router=shared.one.router,
        vantage=shared.timeline.vantage.id,
        at_ns=shared.window.since.time_ns,
        until_ns=shared.window.until.time_ns,
        verdict=Verdict.PROVEN if sure else Verdict.LIKELY,
        facts=_facts(one, other, shared.addresses, shared.window.duration_ns, sure=sure),
        because=shared.witnessed(one, other),
        settle_with=() if sure else _settle_with(one, other, shared.addresses),
        not_excluded=() if sure else ("one host with two addresses",),
    )


def _facts(
    better: str,
    worse: str,
    addresses: Sequence[Address],
    lasted_ns: int,
    *,
    sure: bool,
    at_least: str = "",
    how: str = "",
) -> dict[str, object]:
    """What the sentence says; `how` is how it came to be seen."""
    return {
        "better": better,
        "worse": worse,
        "addresses": enumerated(addresses) or "the virtual router",
        "were": "were both" if sure else "were probably both",
        "lasted_ns": Duration(lasted_ns),
        "at_least": at_least,
        "how": how,
    }


def _settle_with(better: str, worse: str, addresses: Sequence[Address]) -> tuple[str, ...]:
    held = str(addresses[0]) if addresses else "the virtual address"
    is_ipv6 = bool(addresses) and addresses[0].version == 6
    ask = f"ndisc6 -m {held} eth0" if is_ipv6 else f"arping -I eth0 -c 3 {held}"
    return (
        f"on {better} and on {worse}: ip address show and systemctl status keepalived; both are "
        f"master where both have {held} and keepalived runs",
        f"on another host of that network: {ask}; answers from two MAC addresses mean that two "
        "hosts hold it",
    )


def _not_excluded(rivalry: Rivalry) -> tuple[str, ...]:
    """What else could have left these traces."""
    if rivalry.verdict is Verdict.PROVEN:
        return ()
    if rivalry.is_one_address:
        return ("duplicate-primary-address",)
    if rivalry.comparison.may_be_disjoint:
        return ("vrid-collision",)
    if rivalry.trace is None:
        return (rivalry.doubt,)
    if rivalry.trace is not None and rivalry.trace.kind is TraceKind.UNSEEN:
        return ("an IP identification that counts other packets as well",)
    return ("stale-vip-holder", "a router that ended at that moment")
