"""The rule own-advert-reflected."""

from collections.abc import Iterator

from vrrpscope.diagnosis.case import Case
from vrrpscope.diagnosis.finding import Hit, Kind, Role, Severity, Step, Verdict
from vrrpscope.diagnosis.questions.reflections import Reflection
from vrrpscope.diagnosis.rule import rule
from vrrpscope.observation import Basis


@rule(
    title="The network sends a router's own adverts back to it",
    kind=Kind.NOTE,
    severity=Severity.WARNING,
    clauses=("keepalived vrrp_state_master_rx()",),
    says="{router} gets its own adverts back: its log says so {said} times, and the capture has "
    "{copies} of its adverts a second time{same_mac}.",
    remedy="Look for a loop, or a port that reflects, next to {router}. Often it is hairpin mode "
    "of its switch port (bridge -d link show), a bond whose links are not bundled at the switch, "
    "or several uplinks of a virtual switch (ESXi: Net.ReversePathFwdCheckPromisc). keepalived "
    "ignores such adverts, but switches may learn the MAC on the wrong port.",
)
def own_advert_reflected(case: Case) -> Iterator[Hit]:
    """
    ### What it looks like
    Every advert of one router is in the capture twice within milliseconds, with the same MAC and,
    over IPv4, the same IP identification; and the router's log says `equal priority advert
    received from remote host with our IP address`. Without the log nothing is reported: a mirror
    port shows the same.

    ### Why it matters
    keepalived from 2.0 on ignores its own adverts, and the kernel drops most of them before. But
    what comes back by another port makes switches learn the router's MAC, or the virtual one,
    where it is not, and traffic goes astray for a moment after every advert.

    ### How to confirm it
    `tcpdump -e -Q in 'ether src OWN-MAC'` on the router: whatever it shows has come back.

    ### What else could look like this
    `duplicate-primary-address`: the same log line, but the other advert has another MAC.
    `two-daemons-one-host`: two counts in the IP identification. A mirror port that copies both
    directions of a port: the router's log says nothing.
    """
    for reflection in case.reflections:
        yield _hit(case, reflection)


def _hit(case: Case, reflection: Reflection) -> Hit:
    name, mac = case.name(reflection.sender.address), reflection.sender.mac
    statements, has_mac = reflection.statements, f" [{mac}]" if mac else ""
    open_ = tuple(_not_excluded(reflection))
    return Hit(
        virtual_router=reflection.story.router,
        vantage=reflection.timeline.vantage.id,
        at_ns=reflection.since.time_ns,
        until_ns=reflection.until.time_ns,
        verdict=Verdict.LIKELY if open_ else Verdict.PROVEN,
        facts={
            "router": name,
            "mac": mac,
            "same_mac": f", with the same MAC {mac}" if mac else "",
            "copies": reflection.copies,
            "said": len(statements),
        },
        because=(
            Step(
                f"{reflection.copies} adverts of {name}{has_mac} are in the capture a second time, "
                "within milliseconds",
                Basis.SEEN,
                (reflection.since.ref, reflection.until.ref),
            ),
            Step(
                f"the log of {name} says that an advert of its own priority came from its own "
                "address",
                Basis.TOLD,
                tuple(s.line for s in statements[:8]),
                "keepalived vrrp_state_master_rx()",
            ),
            Step(
                "nobody else sent from that address: these were its own adverts",
                Basis.INFERRED,
                role=Role.SO,
            ),
        ),
        settle_with=tuple(_settle_with(name, reflection.sender.mac)) if open_ else (),
        not_excluded=open_,
    )


def _not_excluded(reflection: Reflection) -> Iterator[str]:
    """What else could be, where the log or the capture tells too little."""
    if not reflection.is_timed:
        yield "a mirror port, and a log of another time"
    if not reflection.sender.mac:
        yield "duplicate-primary-address"


def _settle_with(name: str, mac: str) -> Iterator[str]:
    own = mac or "OWN-MAC"
    yield f"tcpdump -e -Q in 'ether src {own}' on {name}: whatever it shows has come back"
