"""The rule sync-group-partial."""

from collections.abc import Iterator

from vrrpscope.diagnosis.case import Case
from vrrpscope.diagnosis.finding import Hit, Kind, Role, Severity, Step, Verdict
from vrrpscope.diagnosis.questions.held import Held
from vrrpscope.diagnosis.rule import rule
from vrrpscope.observation import Basis

_GOTO_MASTER = "keepalived vrrp_sync_can_goto_master()"
_SYNC_BACKUP = "keepalived vrrp_sync_backup()"


@rule(
    title="A sync group holds one of its virtual routers back",
    kind=Kind.CAUSE,
    severity=Severity.ERROR,
    clauses=(_GOTO_MASTER, _SYNC_BACKUP),
    explains=("missed-failover", "wrong-master", "no-master", "slow-failover"),
    rank=4,
    says="{router} {what}: a vrrp_sync_group becomes master of all its virtual routers or of none"
    "{because_of}.",
    remedy="Where the virtual routers need not move together, drop the group on every router. "
    "Otherwise give all routers the same vrrp_sync_group, and its members the same order of "
    "priorities, the same advert_int and the same preemption. Let the group itself track what is "
    "to fail together (track_script in vrrp_sync_group), not one of its instances.",
)
def sync_group_partial(case: Case) -> Iterator[Hit]:
    """
    ### What it looks like
    Two or more virtual routers on the same routers. One of them has no master, or the wrong one, or
    moves late, while another one of them is well. Late means: at the very instant at which the
    other one moved, in time. Or a router yields one role and stops another one at the same moment,
    without a priority 0.

    ### Why it stops a failover
    keepalived takes over for a member of a sync group only when all members want to be master. The
    timer of the one runs out again and again (`Receive advertisement timeout` with `-D`), and as
    long as another member accepts its master's adverts nothing comes of it. When one member becomes
    a backup all others do, and only FAULT or a stop send priority 0; so they just fall silent.

    ### How to confirm it
    `vrrp_sync_group` in the configuration. The log of the router that is held back repeats
    `(...) Receive advertisement timeout` with no `Entering MASTER STATE` after it.

    ### What else could look like this
    Two virtual routers that moved at one instant by chance. A daemon that got no processor time
    (`daemon-starved`): then both are late. Members that stop without priority 0 when the whole
    group yields to a better router are healthy: nobody waits for anything then.
    """
    for held in case.held:
        verdict = _verdict(held)
        yield Hit(
            virtual_router=held.span.story.router,
            vantage=held.timeline.vantage.id,
            at_ns=held.span.since_ns,
            until_ns=held.span.until_ns,
            verdict=verdict,
            facts=_facts(case, held),
            because=tuple(_because(case, held)),
            settle_with=() if verdict is Verdict.PROVEN else _settle_with(case, held),
            not_excluded=() if verdict is Verdict.PROVEN else _not_excluded(held),
            severity=Severity.WARNING if held.is_harmless else None,
        )


def _verdict(held: Held) -> Verdict:
    """Proven where the group is told, and a log or the instant of the take-over shows its work."""
    return Verdict.PROVEN if held.is_sure else Verdict.LIKELY


def _not_excluded(held: Held) -> tuple[str, ...]:
    if held.together is not None:
        return ("two hand-overs at one instant by chance",)
    if held.yielded is not None:
        return ("a daemon that died when it yielded",)
    return ("a check that failed on it", "adverts that did not reach it")


def _facts(case: Case, held: Held) -> dict[str, object]:
    vrid = held.span.story.router.vrid
    other = held.other.router.vrid if held.other is not None else None
    if held.is_harmless:
        what = f"lets its timer for VRID {vrid} run out and does not become master"
    elif held.together is not None:
        what = f"took VRID {vrid} late, at the instant at which it could take VRID {other}"
    elif held.yielded is not None:
        what = (
            f"gave VRID {other} to a better router, stopped VRID {vrid} too, and nobody took that"
        )
    else:
        what = f"should have become master of VRID {vrid} and did not"
    waits = held.holder is not None and held.together is None
    because_of = f", and of VRID {other} {_holder(case, held)} is master" if waits else ""
    return {
        "router": case.name(held.router),
        "vrid": vrid,
        "other_vrid": other,
        "what": what,
        "because_of": because_of,
        "timeouts": len(held.timeouts),
    }


def _holder(case: Case, held: Held) -> str:
    return case.name(held.holder.sender.address) if held.holder is not None else "another router"


def _because(case: Case, held: Held) -> Iterator[Step]:
    yield from case.identified(held.router)
    yield from _told(case, held)
    yield from _seen(case, held)
    vrid = held.span.story.router.vrid
    if held.timeouts:
        yield Step(
            f"the log of {case.name(held.router)} says {len(held.timeouts)} times that its timer "
            f"for VRID {vrid} ran out, without becoming master after it",
            Basis.TOLD,
            tuple(s.line for s in held.timeouts[:4]),
            _GOTO_MASTER,
            Role.SO,
        )


def _told(case: Case, held: Held) -> Iterator[Step]:
    """Where the group is told."""
    name = case.name(held.router)
    if held.group is not None:
        members = " and ".join(m.value for m in held.group.members)
        yield Step(
            f"the configuration of {name} has {members} in the sync group {held.group.name}",
            Basis.TOLD,
            (held.group.line,),
            role=Role.LET,
        )
    elif held.synced is not None:
        yield Step(
            f"the log of {name} tells of a sync group",
            Basis.TOLD,
            (held.synced.line,),
            role=Role.LET,
        )


def _seen(case: Case, held: Held) -> Iterator[Step]:
    """What went over the wire."""
    name, story, other = case.name(held.router), held.span.story, held.other
    vrid = story.router.vrid
    if held.together is not None and held.span.taken is not None and other is not None:
        yield Step(
            f"{name} took VRID {other.router.vrid} in frame {held.together.at.ref.number}, just "
            "when its timer allowed it",
            Basis.SEEN,
            (held.together.at.ref,),
        )
        apart_ns = abs(held.together.at.time_ns - held.span.taken.at.time_ns)
        yield Step(
            f"it took VRID {vrid} within {apart_ns / 1e6:.1f} ms of that, in frame "
            f"{held.span.taken.at.ref.number}, though by its timer it could have had it before",
            Basis.SEEN,
            (held.span.taken.at.ref,),
            role=Role.HOWEVER,
        )
    if held.yielded is not None and held.yielded.before is not None and other is not None:
        stopped = held.span.stopped
        assert stopped is not None
        better = case.name(held.yielded.after.sender.address)
        yield Step(
            f"{name} gave way to {better} for VRID {other.router.vrid} in frame "
            f"{held.yielded.at.ref.number}, and at the same moment fell silent for VRID {vrid}, "
            "without a priority 0",
            Basis.SEEN,
            (stopped.until.ref, held.yielded.at.ref),
            _SYNC_BACKUP,
        )
    if held.holder is not None and other is not None:
        yield Step(
            f"of VRID {other.router.vrid} {_holder(case, held)} was master meanwhile, with "
            f"priority {held.holder.last_priority}, and {name} has to accept that",
            Basis.SEEN,
            (held.holder.since.ref, held.holder.until.ref),
            _GOTO_MASTER,
            Role.HOWEVER,
        )


def _settle_with(case: Case, held: Held) -> tuple[str, ...]:
    name = case.name(held.router)
    settle = [
        f"on {name}: journalctl -u keepalived (with -D); 'Receive advertisement timeout' again and "
        "again with no 'Entering MASTER STATE' after it is the proof (--log NODE=FILE)"
    ]
    if held.group is None:
        settle.insert(
            0,
            f"the keepalived.conf of {name} (--config NODE=FILE): is there a vrrp_sync_group with "
            "both instances?",
        )
    return tuple(settle)
