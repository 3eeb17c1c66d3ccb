"""What two clusters on one VRID, or VRRP and CARP, do to each other, in words."""

from collections.abc import Callable, Iterable, Iterator

from vrrpscope.diagnosis.finding import Duration, Role, Step, enumerated, lines
from vrrpscope.diagnosis.questions.collisions import Collision
from vrrpscope.diagnosis.questions.silenced import Silenced
from vrrpscope.evidence.model import Intent
from vrrpscope.evidence.statement import Statement
from vrrpscope.observation import Basis, FrameRef
from vrrpscope.protocol.advertisement import Address
from vrrpscope.timeline.streak import Sender

NameOf = Callable[[Address], str]

CLAUSE = "keepalived vrrp_dispatcher_read()"

_MOST_TOLD = 3
"""Pauses that are told one by one; the others are counted."""


def hosts(senders: Iterable[Sender], name_of: NameOf) -> str:
    """Who they are, with their MAC addresses, by which a switch finds them."""
    return enumerated(
        f"{name_of(s.address)} [{s.mac}]" if s.mac else name_of(s.address) for s in senders
    )


def effect(collision: Collision, name_of: NameOf) -> str:
    """What came of it."""
    told = collision.takeovers or collision.silenced
    if not told:
        return "no advert is missing so far, and nobody took over for it"
    masters = dict.fromkeys(name_of(s.tenure.sender.address) for s in told)
    were = f"{enumerated(masters)} {'was' if len(masters) == 1 else 'were'} kept silent by that"
    times = "once" if len(told) == 1 else f"{len(told)} times"
    if not collision.takeovers:
        return f"{were} {times}, so far not long enough for a take-over"
    backups = dict.fromkeys(name_of(s.takeover.after.sender.address) for s in told if s.takeover)
    return f"{were}, and {enumerated(backups)} took over {times} without need"


def pauses(collision: Collision, name_of: NameOf) -> Iterator[Step]:
    """The pauses that the strangers explain, the gravest ones first."""
    told = sorted(collision.silenced, key=lambda s: (s.takeover is None, s.gap.from_))[:_MOST_TOLD]
    for silenced in sorted(told, key=lambda s: s.gap.from_):
        yield _pause(silenced, name_of)
        if silenced.takeover is not None:
            yield _takeover(silenced, name_of)
    if len(collision.silenced) > len(told):
        others = [s for s in collision.silenced if s not in told]
        refs = tuple(ref for s in others[:8] for ref in _ends(s))
        yield Step(f"the same happened {len(others)} times more", Basis.SEEN, refs)
    if collision.silenced:
        yield Step(
            "a master of keepalived that gets a packet with its VRID, even one that it rejects, "
            "waits a whole interval again before it sends",
            Basis.INFERRED,
            clause=CLAUSE,
            role=Role.SO,
        )
        yield Step(
            "with one such packet in each interval it never sends, unless "
            "vrrp_lower_prio_no_advert is set",
            Basis.INFERRED,
            role=Role.SO,
        )


def _pause(silenced: Silenced, name_of: NameOf) -> Step:
    adverts = "advert" if silenced.intervals == 1 else "adverts"
    return Step(
        f"{name_of(silenced.tenure.sender.address)}, the master, sent nothing for "
        f"{Duration(silenced.gap.duration_ns)} while the strangers spoke within each interval: "
        f"{silenced.intervals} {adverts} missing, and its IP identification, which counts them, "
        "went on by one",
        Basis.SEEN,
        (*_ends(silenced), *(mark.ref for mark in silenced.strangers)),
        "keepalived vrrp_update_pkt()",
    )


def _takeover(silenced: Silenced, name_of: NameOf) -> Step:
    assert silenced.takeover is not None
    master = name_of(silenced.tenure.sender.address)
    backup = name_of(silenced.takeover.after.sender.address)
    waited = Duration(max(1_000_000, silenced.gap.until.time_ns - silenced.takeover.at.time_ns))
    answer = f"; {master} answered within {waited}: it was awake" if silenced.answered else ""
    return Step(
        f"{backup}, which does not accept the strangers' adverts either, took over when its timer "
        f"ran out{answer}",
        Basis.SEEN,
        (silenced.takeover.at.ref, silenced.gap.until.ref),
    )


def _ends(silenced: Silenced) -> tuple[FrameRef, FrameRef]:
    return silenced.gap.from_.ref, silenced.gap.until.ref


def rejected(said: tuple[Statement, ...]) -> Iterator[Step]:
    """What a log says about the strangers' adverts."""
    if said:
        yield Step(
            f"a log says {len(said)} times in that time that such a packet was rejected: they do "
            "arrive",
            Basis.TOLD,
            tuple(s.line for s in said[:4]),
        )


def immune(intents: Iterable[Intent | None]) -> Iterator[Step]:
    """Routers whose timer strangers do not start again, by their configuration."""
    known = [i for i in intents if i is not None]
    frr = [i.line for i in known if i.is_frrouting]
    if frr:
        yield Step(
            "vrrpd of FRRouting sends on, whatever the strangers send",
            Basis.TOLD,
            tuple(frr),
            "FRRouting vrrp_recv_advertisement()",
            Role.HOWEVER,
        )
    told = [i.lower_prio_no_advert for i in known if not i.is_frrouting]
    told = [setting for setting in told if setting.value]
    if told:
        yield Step(
            "vrrp_lower_prio_no_advert is set: such a master sends on, whatever the strangers send",
            Basis.TOLD,
            lines(*told),
            CLAUSE,
            Role.HOWEVER,
        )
