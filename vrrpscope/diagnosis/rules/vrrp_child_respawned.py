"""The rule vrrp-child-respawned."""

from collections.abc import Iterator

from vrrpscope.diagnosis.case import Case
from vrrpscope.diagnosis.finding import Duration, Hit, Kind, Role, Severity, Step, Verdict
from vrrpscope.diagnosis.questions.respawns import Respawn
from vrrpscope.diagnosis.rule import rule
from vrrpscope.evidence.statement import Said, Statement
from vrrpscope.observation import Basis, FrameRef
from vrrpscope.protocol.advertisement import Address
from vrrpscope.protocol.timers import NS
from vrrpscope.timeline.model import EndedBy, RouterStory, Tenure, Timeline
from vrrpscope.timeline.streak import Mark

_RESPAWN = "keepalived start_vrrp_child()"
_SETTLE = (
    "on {}: journalctl -u keepalived | grep -E 'died: Respawning|exited due to signal'; such a "
    "line at that time is the proof (--log NODE=FILE)"
)


@rule(
    title="The VRRP process died and was started again",
    kind=Kind.CAUSE,
    severity=Severity.ERROR,
    clauses=("keepalived vrrp_update_pkt()", _RESPAWN),
    explains=("unexpected-failover", "no-master", "flapping"),
    rank=5,
    says="The VRRP process of {router} {died} while it was master, without giving the role up "
    "(priority 0){again}; {effect}.",
    remedy="Find out why it died: journalctl -u keepalived and dmesg -T of that time. Out of "
    "memory: give the machine more. rlimit_rttime exceeded: raise vrrp_rlimit_rttime in "
    "global_defs. A crash (segmentation fault): update keepalived, and report it if it comes back.",
)
def vrrp_child_respawned(case: Case) -> Iterator[Hit]:
    """
    ### What it looks like
    The master falls silent without priority 0, and speaks again one Master_Down_Interval after it
    was started anew: within seconds, with an IP identification that begins at 1. A backup with
    nearly the same priority takes over for moments in between; another one is just too slow, and
    then nobody notices but the hosts that use the address.

    ### Why it stops a failover
    keepalived's parent process starts a VRRP process that died again at once. The new one begins as
    a backup, removes the addresses that the old one had left, and waits for its timer. For that
    time nobody answers for the address.

    ### How to confirm it
    Its log: `pid ... exited due to signal 9 (Killed) - has rlimit_rttime been exceeded?` and
    `VRRP child process(...) died: Respawning`.

    ### What else could look like this
    All of keepalived died and systemd started it again. An orderly stop whose priority 0 got lost
    (`orderly-stop-expected-slow`), and a start after it. A reload makes the count begin at 1 as
    well, without any pause (`reload-causes-failover`).
    """
    shown: set[Mark] = set()
    for respawn in case.respawns:
        if not _was_stopped(case, respawn):
            shown.add(respawn.gap.from_)
            yield _seen(case, respawn)
    for timeline, story in case.stories():
        for tenure in story.tenures:
            if tenure.ended_by is EndedBy.SILENT and tenure.until not in shown:
                said = _died(case, story, tenure.sender.address, tenure.until, tenure.interval_ns)
                if said:
                    yield _told(case, timeline, story, tenure, said[0])


def _was_stopped(case: Case, respawn: Respawn) -> bool:
    """True where its log says that somebody stopped it."""
    since_ns = respawn.gap.from_.time_ns
    until_ns = respawn.started_ns
    address = respawn.sender.address
    stopped = case.said(respawn.story, address, Said.STOPPING, since_ns=since_ns, until_ns=until_ns)
    return bool(stopped)


def _died(
    case: Case, story: RouterStory, address: Address, last: Mark, interval_ns: int
) -> tuple[Statement, ...]:
    """What its log says of the death, from its last advert on until the next one was due."""
    return case.said(
        story,
        address,
        Said.CHILD_DIED,
        since_ns=last.time_ns,
        until_ns=last.time_ns + 2 * interval_ns + NS // 2,
    )


def _seen(case: Case, respawn: Respawn) -> Hit:
    """The hit for a death that the wire shows."""
    router = case.name(respawn.sender.address)
    said = _died(
        case, respawn.story, respawn.sender.address, respawn.gap.from_, respawn.before.interval_ns
    )
    return Hit(
        virtual_router=respawn.story.router,
        vantage=respawn.timeline.vantage.id,
        at_ns=respawn.gap.from_.time_ns,
        until_ns=respawn.gap.until.time_ns,
        verdict=Verdict.PROVEN if said else Verdict.LIKELY,
        facts={
            "router": router,
            "died": "died" if said else "seems to have died",
            "again": "; a new one was started at once",
            "effect": _effect(case, respawn),
        },
        because=(*_because(case, router, respawn), *(_line(router, s) for s in said[:1])),
        settle_with=() if said else (_SETTLE.format(router),),
        not_excluded=()
        if said
        else ("orderly-stop-expected-slow", "a crash of all of keepalived, restarted by systemd"),
    )


def _effect(case: Case, respawn: Respawn) -> str:
    if respawn.takeover is not None:
        return f"{case.name(respawn.takeover.after.sender.address)} took over meanwhile"
    return f"nobody advertised for {Duration(respawn.gap.duration_ns)}, and nobody took over"


def _because(case: Case, router: str, respawn: Respawn) -> Iterator[Step]:
    refs = (respawn.gap.from_.ref, respawn.gap.until.ref)
    yield Step(
        f"{router} was master and sent its last advert in frame {refs[0].number}, and no priority "
        "0 (by which a master gives the role up)",
        Basis.SEEN,
        refs[:1],
        role=Role.LET,
    )
    if respawn.takeover is not None:
        new = case.name(respawn.takeover.after.sender.address)
        yield Step(f"{new} took over", Basis.SEEN, (respawn.takeover.at.ref,))
    yield Step(
        f"{router} spoke again in frame {refs[1].number} with the IP identification 1: keepalived "
        "numbers its adverts with it, so this is a new process",
        Basis.SEEN,
        refs[1:],
        "keepalived vrrp_update_pkt()",
    )
    after_ns = Duration(respawn.started_ns - respawn.gap.from_.time_ns)
    if respawn.joined is not None:
        joined: tuple[FrameRef, ...] = (respawn.joined.ref,)
        text = f"it joined the group {after_ns} after the old one's last advert"
        yield Step(f"{text}: no machine boots that fast", Basis.SEEN, joined, role=Role.SO)
        return
    yield Step(
        "a new process listens for a whole timer before it speaks, so this one ran at most "
        f"{after_ns} after the old one's last advert: no machine boots that fast",
        Basis.INFERRED,
        refs,
        "RFC 5798 section 6.4.1",
        Role.SO,
    )


def _line(router: str, said: Statement) -> Step:
    return Step(
        f"the log of {router} says that its VRRP process died ({said.text or 'no reason given'})",
        Basis.TOLD,
        (said.line,),
        _RESPAWN,
        Role.SO,
    )


def _told(
    case: Case, timeline: Timeline, story: RouterStory, tenure: Tenure, said: Statement
) -> Hit:
    """The hit for a death that the log tells of, and whose new process stayed a backup."""
    router = case.name(tenure.sender.address)
    after = next(iter(story.handovers_from(tenure)), None)
    effect = "nobody took over"
    if after is not None:
        effect = f"{case.name(after.after.sender.address)} took over"
    return Hit(
        virtual_router=story.router,
        vantage=timeline.vantage.id,
        at_ns=tenure.until.time_ns,
        until_ns=after.at.time_ns if after is not None else tenure.until.time_ns,
        verdict=Verdict.PROVEN,
        facts={"router": router, "died": "died", "again": "", "effect": effect},
        because=(
            Step(
                f"{router} was master up to frame {tenure.until.ref.number} and fell silent "
                "without priority 0",
                Basis.SEEN,
                (tenure.until.ref,),
                role=Role.LET,
            ),
            _line(router, said),
        ),
    )
