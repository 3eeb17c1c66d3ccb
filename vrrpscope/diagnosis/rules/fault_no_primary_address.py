"""The rule fault-no-primary-address."""

from collections.abc import Iterator

from vrrpscope.diagnosis.case import Case
from vrrpscope.diagnosis.finding import Duration, Hit, Kind, Role, Severity, Step, Verdict
from vrrpscope.diagnosis.questions.addressless import Addressless
from vrrpscope.diagnosis.questions.faults import FaultSpell, Reason
from vrrpscope.diagnosis.rule import rule
from vrrpscope.observation import Basis
from vrrpscope.protocol.timers import NS

_DOWN = "keepalived down_instance()"

_LONG_NS = 5 * NS
"""While a machine boots, its address may come a moment after its daemon."""


@rule(
    title="A router has no address to send from, and is in FAULT",
    kind=Kind.CAUSE,
    severity=Severity.ERROR,
    clauses=("RFC 3376 section 4.2.13", _DOWN),
    explains=("no-master", "missed-failover", "wrong-master", "unexpected-failover", "flapping"),
    follows=("all-nodes-fault",),
    rank=4,
    says="{router} {has} no address to send adverts from, for {lasted_ns}{so}: in that time it "
    "{takes} no part in the election{effect}.",
    remedy="See what gives {router} its address and takes it away: journalctl -u systemd-networkd "
    "-u NetworkManager, the DHCP lease. Give the interface a static address, and let keepalived "
    "start after network-online.target. sysctl net.ipv4.conf.INTERFACE.promote_secondaries=1 keeps "
    "the virtual addresses when the first address of their network goes.",
)
def fault_no_primary_address(case: Case) -> Iterator[Hit]:
    """
    ### What it looks like
    With its log: `Entering FAULT STATE` just after `Deassigned address ...`, or `entering FAULT
    state (no IPv4 address for interface)`. On the wire: a master says priority 0 (2.2.7 twice) and
    is silent. Or a router reports from 0.0.0.0 that it joined the VRRP group, and never advertises:
    its daemon started before the interface had an address.

    ### Why it stops a failover
    Without an address of the virtual router's family keepalived has nothing to send from. The
    instance is in FAULT: it neither sends nor listens, until the address comes.

    ### How to confirm it
    `ip -4 address show` on the router, and its log.

    ### What else could look like this
    `stuck-in-fault`: another reason for the same state. `vip-removed-externally`: a virtual address
    was removed, and not the primary one; then the role is given up for a moment only.
    """
    told: list[FaultSpell] = []
    for spell in case.fault_spells:
        if spell.reason is Reason.ADDRESS:
            told.append(spell)
            harm = case.harm_of(spell)
            if harm or spell.ended is not None or spell.lasted_ns >= _LONG_NS:
                yield _told(case, spell, harm)
    for found in case.addressless:
        if not any(s.story is found.story and _covers(s, found) for s in told):
            yield _seen(case, found)


def _covers(spell: FaultSpell, found: Addressless) -> bool:
    until_ns = found.until.time_ns if found.until is not None else found.joined.time_ns
    return spell.overlaps(found.joined.time_ns, until_ns)


def _told(case: Case, spell: FaultSpell, harm: str) -> Hit:
    name = spell.node.name if spell.address is None else case.name(spell.address)
    return Hit(
        virtual_router=spell.story.router,
        vantage=spell.timeline.vantage.id,
        at_ns=spell.since_ns,
        until_ns=spell.until_ns,
        verdict=Verdict.PROVEN,
        facts={
            "router": name,
            "has": "had",
            "takes": "took",
            "lasted_ns": Duration(spell.lasted_ns),
            "so": ", and was in FAULT by its own log",
            "effect": f", and {harm}" if harm else "",
        },
        because=tuple(_because(name, spell)),
        severity=None if harm else Severity.WARNING,
    )


def _because(name: str, spell: FaultSpell) -> Iterator[Step]:
    if spell.because is not None and spell.because is not spell.entered:
        where = f" on {spell.name}" if spell.name else ""
        text = f"the log of {name} says that its address{where} was gone"
        yield Step(text, Basis.TOLD, (spell.because.line,), role=Role.LET)
    yield Step(
        f"the log of {name} says that it went into FAULT", Basis.TOLD, (spell.entered.line,), _DOWN
    )
    if spell.ended is not None:
        mark = spell.ended.until
        text = f"its last word as master was frame {mark.ref.number}"
        yield Step(text, Basis.SEEN, (mark.ref,))
    if spell.left is not None:
        text = f"it left FAULT {Duration(spell.lasted_ns)} later"
        yield Step(text, Basis.TOLD, (spell.left.line,), role=Role.HOWEVER)


def _seen(case: Case, found: Addressless) -> Hit:
    until_ns = found.until.time_ns if found.until is not None else found.timeline.last_ns or 0
    lasted_ns = until_ns - found.joined.time_ns
    name = _name(case, found)
    return Hit(
        virtual_router=found.story.router,
        vantage=found.timeline.vantage.id,
        at_ns=found.joined.time_ns,
        until_ns=until_ns,
        verdict=Verdict.LIKELY,
        facts={
            "router": name,
            "has": "seems to have had",
            "takes": "could take",
            "lasted_ns": Duration(lasted_ns),
            "so": " after it joined the VRRP group",
            "effect": "",
        },
        because=tuple(_wire(name, found)),
        settle_with=(
            f"on {name}: journalctl -u keepalived | grep 'no IPv4 address for interface'; such a "
            "line at that time is the proof",
            f"on {name}: ip -4 address show; 'dynamic' behind the address means that DHCP gives "
            "it, and may take it away",
        ),
        not_excluded=("a daemon that sends from another interface of that host",),
        severity=Severity.WARNING,
    )


def _name(case: Case, found: Addressless) -> str:
    """The router by the address that it had later, else by its MAC."""
    if found.spoke is not None:
        return case.name(found.spoke.sender.address)
    return f"the router at {found.mac}"


def _wire(name: str, found: Addressless) -> Iterator[Step]:
    yield Step(
        f"{found.mac} joined the VRRP group from 0.0.0.0 in frame {found.joined.ref.number}: its "
        "interface had no address",
        Basis.SEEN,
        (found.joined.ref,),
        "RFC 3376 section 4.2.13",
        Role.LET,
    )
    if found.until is None:
        yield Step("no sign of it with an address followed", Basis.SEEN, (found.joined.ref,))
        return
    yield Step(
        f"its first sign with an address was frame {found.until.ref.number}: {name}",
        Basis.SEEN,
        (found.until.ref,),
    )
