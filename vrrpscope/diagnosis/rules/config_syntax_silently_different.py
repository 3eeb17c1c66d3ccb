"""The rule config-syntax-silently-different."""

from collections.abc import Iterator

from vrrpscope.diagnosis.case import Case
from vrrpscope.diagnosis.finding import Duration, Hit, Kind, Role, Severity, Step, Verdict
from vrrpscope.diagnosis.questions.misconfigured import LostPriority, Misconfigured
from vrrpscope.diagnosis.questions.unheeded import Unheeded
from vrrpscope.diagnosis.rule import rule
from vrrpscope.evidence.statement import Said
from vrrpscope.evidence.told import Note
from vrrpscope.observation import Basis
from vrrpscope.protocol.advertisement import Address
from vrrpscope.timeline.model import RouterStory

_CLAUSE, _FRR_CLAUSE = "keepalived vrrp_parser.c", "FRRouting vrrp_northbound.c"
_OTHER_FILE = "another file that the daemon runs with"
_CHECK = (
    "let keepalived -t -f FILE check the file before each restart or reload: it names every line "
    "that it does not take. keepalived itself says so once, in its log at the start, and goes on"
)
_FRR_CHECK = "see with vtysh -c 'show vrrp' what vrrpd made of the file"


@rule(
    title="What stands in the configuration is not what the daemon runs",
    kind=Kind.CAUSE,
    severity=Severity.ERROR,
    clauses=(_CLAUSE, "keepalived process_stream()"),
    explains=("dual-master", "missed-failover", "wrong-master"),
    rank=4,
    says="{router} does not run what its configuration seems to say ({oddity}): {consequence}.",
    remedy="Mend the line, and {check}.",
)
def config_syntax_silently_different(case: Case) -> Iterator[Hit]:
    """
    ### What it looks like
    Any picture that a wrong setting gives: multicast where unicast was meant, the default
    priority 100, no address, no authentication. Only the configuration says that it was meant
    otherwise.

    ### Why it stops a failover
    keepalived ignores a word that it does not know, and an address that is none, with one line in
    its log, and starts. A misspelt word before a `{` is worse: the next `}` ends the block around
    it, and what follows there is not read. A `unicast_src_ip` without peers means multicast.
    `state Master` is not `state MASTER`, and means BACKUP (which does no harm by itself). In a sync
    group a check with a weight is ignored unless the group has `sync_group_tracking_weight`.
    vrrpd of FRRouting refuses a line that it does not understand, and a setting that is told with
    its built-in default (`vrrp 5 priority 100`) leaves what `vrrp default` says.

    ### How to confirm it
    `keepalived -t -f FILE` (FRRouting: `vtysh -c 'show vrrp'`), or the log at the start: `Unknown
    keyword`, `unknown state`, `without any unicast peers. Defaulting to multicast`, `ignoring
    tracked script`.

    ### What else could look like this
    A configuration that says plainly what is wrong: then the rule about that field stands alone
    (`unicast-multicast-mismatch`, `vip-count-mismatch` and the like). A file that was changed after
    keepalived had read it.
    """
    for odd in case.misconfigured:
        yield _of_difference(case, odd)
    for lost in case.lost_priorities:
        yield _of_priority(case, lost)
    for unheeded in case.unheeded:
        if not unheeded.is_owner and unheeded.failed_ns is not None:
            yield _of_group(case, unheeded)


def _of_difference(case: Case, odd: Misconfigured) -> Hit:
    """The hit for a difference between two routers that comes of an odd line."""
    mismatch, side, other = odd.mismatch, odd.side, odd.other
    what, is_frr = mismatch.what, side.intent is not None and side.intent.is_frrouting
    proven = mismatch.verdict is Verdict.PROVEN
    return Hit(
        virtual_router=mismatch.story.router,
        vantage=mismatch.timeline.vantage.id,
        at_ns=mismatch.since.time_ns,
        until_ns=mismatch.until.time_ns,
        verdict=mismatch.verdict,
        severity=None if mismatch.rivalry is not None else Severity.WARNING,
        facts={
            "router": side.name,
            "check": _FRR_CHECK if is_frr else _CHECK,
            "oddity": _oddity(odd.notes),
            "consequence": f"it sends {what.label}{side.value(what)}, {other.name} sends "
            f"{what.label}{other.value(what)}",
        },
        because=(
            *_odd_lines(odd.notes, side.name, is_frr),
            *_logged(case, mismatch.story, odd.node.addresses, odd.notes),
            *side.steps(what),
            *other.steps(what),
        ),
        settle_with=() if proven else (_ask(side.name, is_frr),),
        not_excluded=mismatch.not_excluded if not proven else (),
    )


def _of_priority(case: Case, lost: LostPriority) -> Hit:
    """The hit for a priority that is written and not used."""
    name = next((case.name(a) for a in sorted(lost.node.addresses, key=str)), lost.node.name)
    master = case.name(lost.tenure.sender.address)
    proven = lost.own is not None
    seen = () if lost.own is None else (lost.own.since.ref,)
    daemon = "vrrpd" if lost.is_frrouting else "keepalived"
    spoke = f"{name} advertised priority {lost.effective}, which is what {daemon} takes then"
    return Hit(
        virtual_router=lost.story.router,
        vantage=lost.timeline.vantage.id,
        at_ns=lost.tenure.since.time_ns,
        until_ns=lost.tenure.until.time_ns,
        verdict=Verdict.PROVEN if proven else Verdict.LIKELY,
        severity=Severity.WARNING,
        facts={
            "router": name,
            "check": _FRR_CHECK if lost.is_frrouting else _CHECK,
            "oddity": _oddity((lost.note,)),
            "consequence": f"it has priority {lost.effective} instead of {lost.written}, so "
            f"{master}, priority {lost.tenure.last_priority}, "
            f"{'is' if lost.written > lost.effective else 'is not'} master",
        },
        because=(
            *_odd_lines((lost.note,), name, lost.is_frrouting),
            *_logged(case, lost.story, lost.node.addresses, (lost.note,)),
            *((Step(spoke, Basis.SEEN, seen),) if proven else ()),
            Step(
                f"{master} advertised priority {lost.tenure.last_priority} from frame "
                f"{lost.tenure.since.ref.number} on, which lies between {lost.effective} and "
                f"{lost.written}",
                Basis.SEEN,
                (lost.tenure.since.ref, lost.tenure.until.ref),
            ),
        ),
        settle_with=() if proven else (_ask(name, lost.is_frrouting),),
        not_excluded=() if proven else (_OTHER_FILE,),
    )


def _of_group(case: Case, unheeded: Unheeded) -> Hit:
    """The hit for a check with a weight in a sync group without weights."""
    master, item = case.name(unheeded.tenure.sender.address), unheeded.item
    group = unheeded.intent.sync_group
    logged = (unheeded.logged.line,) if unheeded.logged is not None else ()
    seen = (unheeded.sibling.after.first.ref,) if unheeded.sibling is not None else ()
    assert unheeded.failed_ns is not None
    return Hit(
        virtual_router=unheeded.story.router,
        vantage=unheeded.timeline.vantage.id,
        at_ns=unheeded.failed_ns,
        until_ns=unheeded.tenure.until.time_ns,
        verdict=Verdict.PROVEN,
        facts={
            "router": master,
            "check": _CHECK,
            "oddity": f"{item.name} has weight {item.weight.value}, and the sync group {group} "
            "has no sync_group_tracking_weight",
            "consequence": f"{item.name} failed, and nothing changed for "
            f"{Duration(unheeded.held_ns)}",
        },
        because=(
            Step(
                f"{master} is told to watch {item.name} with weight {item.weight.value}, as a "
                f"member of the sync group {group}",
                Basis.TOLD,
                (item.line,),
                "keepalived vrrp_complete_instance()",
                Role.LET,
            ),
            Step(
                f"{item.name} failed on {master}",
                Basis.SEEN if seen else Basis.TOLD,
                (*seen, *logged),
            ),
            Step(
                f"{master} went on advertising priority {unheeded.tenure.last_priority} up to "
                f"frame {unheeded.tenure.until.ref.number}",
                Basis.SEEN,
                (unheeded.tenure.until.ref,),
                role=Role.HOWEVER,
            ),
        ),
    )


def _odd_lines(notes: tuple[Note, ...], name: str, is_frr: bool) -> Iterator[Step]:
    """What the daemon makes of each odd line."""
    for note in notes:
        evidence = (note.line,) if note.line is not None else ()
        text = f"the configuration of {name}: {note.text}"
        yield Step(text, Basis.TOLD, evidence, _FRR_CLAUSE if is_frr else _CLAUSE, Role.LET)


def _logged(
    case: Case, story: RouterStory, addresses: frozenset[Address], notes: tuple[Note, ...]
) -> Iterator[Step]:
    """The lines of the log about the same lines of the file, each once."""
    codes = {n.code for n in notes}
    places = [f"Line {n.line.line})" for n in notes if n.line is not None]
    found: dict[str, Step] = {}
    for address in addresses:
        for said in case.said(story, address, Said.CONFIG):
            text = said.text or ""
            if said.reason in codes or any(place in text for place in places):
                step = Step(f"its log says so: {text}", Basis.TOLD, (said.line,))
                found.setdefault(text, step)
    yield from list(found.values())[:4]


def _oddity(notes: tuple[Note, ...]) -> str:
    """The first note in brackets: where, and what."""
    note = notes[0]
    where = f"line {note.line.line}: " if note.line is not None else ""
    return where + note.text


def _ask(name: str, is_frr: bool) -> str:
    if is_frr:
        return f"vtysh -c 'show vrrp' on {name}: what vrrpd really uses"
    return f"the log of {name} at its start, or keepalived -t -f FILE there: 'Unknown keyword' ..."
