"""The rule stuck-in-fault."""

from collections.abc import Iterator

from vrrpscope.diagnosis.case import Case
from vrrpscope.diagnosis.finding import Duration, Hit, Kind, Role, Severity, Step, Verdict
from vrrpscope.diagnosis.questions.faults import FaultSpell, Reason
from vrrpscope.diagnosis.rule import rule
from vrrpscope.observation import Basis

_DOWN = "keepalived down_instance()"


@rule(
    title="A router is in FAULT and takes no part in the election",
    kind=Kind.CAUSE,
    severity=Severity.ERROR,
    clauses=(_DOWN, "keepalived vrrp_dispatcher_read()"),
    explains=("no-master", "missed-failover", "wrong-master"),
    follows=("all-nodes-fault", "check-flaps"),
    rank=3,
    says="{router} was in FAULT for {lasted_ns}{times} by its own log, {reason}: it could not be "
    "master{effect}.",
    remedy="Mend what failed on {router}. If such a failure should not take the router out "
    "altogether, give the check or the tracked interface a weight. Where the reason is gone and "
    "the instance stays in FAULT: systemctl restart keepalived there.",
)
def stuck_in_fault(case: Case) -> Iterator[Hit]:
    """
    ### What it looks like
    With its log: `Entering FAULT STATE`, and for a while, or for ever, nothing after it. On the
    wire a master says priority 0 (2.2.7 twice); a backup goes into FAULT in silence, and looks like
    any other backup.

    ### Why it stops a failover
    In FAULT a router sends nothing and ignores what it hears. A check without a weight that fails,
    a tracked interface that is down, or the interface of a virtual address puts it there.

    ### How to confirm it
    Its log says why just before: `VRRP_Script(...) failed`, `Netlink reports ... down`. `ip link`
    and the check itself, run by hand as its script_user, show whether the reason is still there.

    ### What else could look like this
    `no-backup-alive`: keepalived does not run at all. `fault-no-primary-address`: the reason is the
    missing address. Without the log nothing tells a router in FAULT from a healthy backup.
    """
    same: dict[object, list[FaultSpell]] = {}
    for spell in case.fault_spells:
        if spell.reason is not Reason.ADDRESS and not _is_link_down(case, spell):
            key = (id(spell.story), spell.node.name, spell.reason, spell.name)
            same.setdefault(key, []).append(spell)
    for spells in same.values():
        harmful = [(spell, harm) for spell in spells if (harm := case.harm_of(spell))]
        lost = [(spell, "") for spell in spells if spell.ended is not None]
        for spell, harm in (harmful or lost)[:1]:
            yield _hit(case, spell, harm, spells)


def _is_link_down(case: Case, spell: FaultSpell) -> bool:
    """True where its own link is down: it falls silent like any router that is cut off."""
    own = case.own_interfaces(spell.story, spell.address) if spell.address is not None else ()
    return spell.reason is Reason.INTERFACE and spell.name in own


def _hit(case: Case, spell: FaultSpell, harm: str, spells: list[FaultSpell]) -> Hit:
    name = spell.node.name if spell.address is None else case.name(spell.address)
    is_told = spell.reason is not Reason.UNTOLD
    return Hit(
        virtual_router=spell.story.router,
        vantage=spell.timeline.vantage.id,
        at_ns=spells[0].since_ns,
        until_ns=spells[-1].until_ns,
        verdict=Verdict.PROVEN if is_told else Verdict.LIKELY,
        facts={
            "router": name,
            "lasted_ns": Duration(sum(s.lasted_ns for s in spells)),
            "times": "" if len(spells) == 1 else f" ({len(spells)} times)",
            "reason": _reason(spell),
            "effect": _effect(case, spell, harm),
        },
        because=tuple(_because(name, spell)),
        settle_with=() if is_told else (_ask_why(name),),
        not_excluded=() if is_told else ("fault-no-primary-address", "link-down-on-master"),
        severity=None if harm else Severity.INFO,
    )


def _ask_why(name: str) -> str:
    return (
        f"on {name}: keepalived with -D logs what put it into FAULT; journalctl -k and ip -br addr "
        "show whether its interface was down or without an address"
    )


def _reason(spell: FaultSpell) -> str:
    if spell.reason is Reason.TRACKED:
        return f"because {spell.name} failed"
    if spell.reason is Reason.INTERFACE:
        return f"because {spell.name or 'an interface'} was down"
    return "for a reason that its log does not tell"


def _effect(case: Case, spell: FaultSpell, harm: str) -> str:
    if harm:
        return f", and {harm}"
    if spell.handover is not None:
        return f"; {case.name(spell.handover.after.sender.address)} took over, as it should"
    return ""


def _because(name: str, spell: FaultSpell) -> Iterator[Step]:
    if spell.because is not None and spell.because is not spell.entered:
        text = f"the log of {name} says what failed: {spell.name}"
        yield Step(text, Basis.TOLD, (spell.because.line,), role=Role.LET)
    yield Step(
        f"the log of {name} says that it went into FAULT", Basis.TOLD, (spell.entered.line,), _DOWN
    )
    if spell.ended is not None:
        mark = spell.ended.until
        yield Step(
            f"it had been master, and gave the role up in frame {mark.ref.number}",
            Basis.SEEN,
            (mark.ref,),
        )
    if spell.left is not None:
        text = f"it left FAULT {Duration(spell.lasted_ns)} later"
        yield Step(text, Basis.TOLD, (spell.left.line,), role=Role.HOWEVER)
        return
    yield Step("its log does not say that it ever left FAULT", Basis.TOLD, (spell.entered.line,))
