"""The rule lossy-path."""

from collections.abc import Iterator

from vrrpscope.diagnosis.case import Case
from vrrpscope.diagnosis.finding import Hit, Kind, Role, Severity, Step, Verdict
from vrrpscope.diagnosis.questions.lossy import LossyPath
from vrrpscope.diagnosis.rule import rule
from vrrpscope.evidence.statement import Said
from vrrpscope.observation import Basis

_MOST_SHOWN = 8
_SURE_TAKEOVERS = 3
_DROPPED = "packets that the capture itself lost"


@rule(
    title="Adverts get lost here and there on the way to a backup",
    kind=Kind.CAUSE,
    severity=Severity.ERROR,
    clauses=("RFC 5798 section 6.4.2", "keepalived vrrp_update_pkt()"),
    explains=("unexpected-failover", "flapping", "dual-master"),
    rank=6,
    says="{lost}{effect}.",
    remedy="VRRP shows a problem of the network here: look for what drops packets between {sender} "
    "and {where} (error and drop counters of the switch ports and network cards, storm control, "
    "rate limits, Wi-Fi, an overloaded link or hypervisor). Until it is mended: a longer "
    "advert_int or a greater down_timer_adverts (keepalived 2.2.3 and later) on all routers, or "
    "unicast_peer where multicast alone is lost.",
)
def lossy_path(case: Case) -> Iterator[Hit]:
    """
    ### What it looks like
    A master never stops, and single adverts of it are missing, again and again: its IP
    identification goes on by two or three where two or three intervals have passed, or another
    capture has them. Now and then enough in a row are lost, and a backup takes over for a moment,
    until it hears the next advert. Where all adverts are in the capture, only the moments remain: a
    backup that takes over beside a master again and again, and gives way each time, hears some
    adverts and not others.

    ### Why it stops a failover
    It causes failovers that nobody needs: three lost adverts in a row are enough (RFC 5798 section
    6.1), and a ping that loses one packet in ten does not show it. Each time two routers hold the
    address for a moment.

    ### How to confirm it
    `ip -s -s link show` and `ethtool -S` on the routers, the counters of the switch ports between
    them, and captures on both at the same time: `vrrpscope diagnose` holds them against each other.
    The backup's log says `Entering MASTER STATE` and, a moment later, `Entering BACKUP STATE`.

    ### What else could look like this
    `daemon-starved`: the IP identification of a master that got no processor time goes on by one.
    `adverts-lost-one-way`: no advert arrives at all, and the backup does not give way.
    `transmit-blocked`, now and then: the sender's log says `send advert error`. A capture that
    dropped packets itself shows the same holes, but no backup reacts to them: one take-over among
    them may have a reason of its own, several that come just in time have not.
    """
    for path in case.lossy_paths:
        if not _was_late(case, path):
            yield _hit(case, path)


def _was_late(case: Case, path: LossyPath) -> bool:
    """True where the log of the backup says that it got no processor time."""
    if path.backup is None:
        return False
    bounds = {"since_ns": path.since.time_ns, "until_ns": path.until.time_ns}
    return bool(case.said(path.story, path.backup.address, Said.TIMER_LATE, **bounds))


def _verdict(path: LossyPath) -> Verdict:
    """Proven where another vantage has the adverts, and the backup lost the same ones."""
    if path.losses:
        proven = path.has_them is not None and path.is_timed
        return Verdict.PROVEN if proven else Verdict.LIKELY
    return Verdict.LIKELY if len(path.takeovers) >= _SURE_TAKEOVERS else Verdict.POSSIBLE


def _hit(case: Case, path: LossyPath) -> Hit:
    sender = case.name(path.sender.address)
    backup = case.name(path.backup.address) if path.backup else None
    verdict = _verdict(path)
    return Hit(
        virtual_router=path.story.router,
        vantage=path.timeline.vantage.id,
        at_ns=path.since.time_ns,
        until_ns=path.until.time_ns,
        verdict=verdict,
        facts={
            "sender": sender,
            "where": backup or "the place of this capture",
            "lost": _lost(path, sender, backup),
            "effect": _effect(path, backup),
        },
        because=tuple(_because(path, sender, backup)),
        settle_with=() if verdict is Verdict.PROVEN else _settle_with(path, sender, backup),
        not_excluded=() if verdict is Verdict.PROVEN else _not_excluded(case, path),
        severity=None if path.takeovers else Severity.WARNING,
    )


def _lost(path: LossyPath, sender: str, backup: str | None) -> str:
    """How much is lost."""
    if not path.losses:
        return f"{backup} seems not to get all adverts of {sender}, which never stopped"
    total = path.came + path.lost
    where = "here" if path.has_them is None else f"to {path.timeline.vantage.id}"
    return f"{path.lost} of {total} adverts of {sender} did not come {where}, a few at a time"


def _effect(path: LossyPath, backup: str | None) -> str:
    times = len(path.takeovers)
    if not times:
        return ": not yet so many in a row that a backup took over"
    often = "once" if times == 1 else f"{times} times"
    return f": {backup} took over {often} without need"


def _because(path: LossyPath, sender: str, backup: str | None) -> Iterator[Step]:
    """What is missing, who has it, and what came of it."""
    if path.losses:
        shown = path.losses[:_MOST_SHOWN]
        listed = ", ".join(str(loss.count) for loss in shown)
        more = " and more" if len(path.losses) > _MOST_SHOWN else ""
        refs = tuple(mark.ref for loss in shown for mark in (loss.before, loss.after))
        yield Step(
            f"adverts of {sender} are missing in {path.timeline.vantage.id} {len(path.losses)} "
            f"times, in a row {listed}{more}",
            Basis.SEEN,
            refs,
            role=Role.LET,
        )
        yield _sent(path, sender)
    if path.takeovers:
        yield Step(
            f"{backup} became master {len(path.takeovers)} times while {sender} was sending",
            Basis.SEEN,
            tuple(mark.ref for mark in path.takeovers[:_MOST_SHOWN]),
        )
        yield Step(_conclusion(path, sender, backup), Basis.INFERRED, role=Role.SO, clause=_RFC)


_RFC = "RFC 5798 section 6.4.2"


def _sent(path: LossyPath, sender: str) -> Step:
    """What shows that they were sent."""
    ends = tuple(mark.ref for mark in (path.losses[0].before, path.losses[-1].after))
    if path.has_them is not None:
        text = f"{path.has_them.vantage.id} has them: they were lost between the two places"
        return Step(text, Basis.SEEN, ends)
    return Step(
        f"the IP identification of {sender} went on by as many steps as intervals had passed: it "
        "sent them, and they were lost before this place",
        Basis.INFERRED,
        ends,
        "keepalived vrrp_update_pkt()",
    )


def _conclusion(path: LossyPath, sender: str, backup: str | None) -> str:
    if path.losses and path.is_timed:
        return (
            f"take-overs came one Master_Down_Interval, the time that a backup waits, after the "
            f"last advert of {sender} that {path.timeline.vantage.id} has: {backup} did not get "
            "those that are missing there either"
        )
    return (
        f"each time {backup} had accepted no advert of {sender} for a whole Master_Down_Interval, "
        "and then gave way: it gets some adverts, and not others"
    )


def _not_excluded(case: Case, path: LossyPath) -> tuple[str, ...]:
    """The other causes that the evidence leaves open."""
    if path.losses:
        others = [] if path.has_them is not None else ["transmit-blocked"]
        return (*others, *(() if path.is_timed else (_DROPPED,)))
    assert path.backup is not None
    told = case.log_covers(path.backup.address, path.since.time_ns, path.until.time_ns)
    return ("adverts-lost-one-way", "vm-freeze" if told else "daemon-starved")


def _settle_with(path: LossyPath, sender: str, backup: str | None) -> tuple[str, ...]:
    where = backup or "the backup"
    dropped = (
        f"what tcpdump said when it ended {path.timeline.vantage.id}: 'packets dropped by kernel' "
        "other than 0 means that the capture itself lost some"
    )
    captures = f"captures on {sender} and on {where} at the same time: what is in the one only?"
    return (
        captures if path.has_them is None else dropped,
        f"the log of {where}: 'A thread timer expired' would mean that it got no processor time",
        "the error and drop counters of every port between the two",
    )
