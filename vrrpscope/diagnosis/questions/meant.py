"""Whose adverts a log means that it rejects: before 2.3.3 keepalived does not name the sender.

But most of its lines tell what it received, and that is on the wire as well.
"""

from vrrpscope.diagnosis.questions.releases import NO_REARM, Release
from vrrpscope.diagnosis.questions.terms import Field, Terms
from vrrpscope.evidence.statement import Statement
from vrrpscope.protocol.advertisement import AuthenticationType
from vrrpscope.protocol.timers import NS

_LONG_NS = 10 * NS
"""A backup that accepts nothing for so long is master by then, at the usual intervals."""


def may_mean(said: Statement, what: Field, heard: Terms) -> bool:
    """False where a rejected advert cannot be one of these: another sender, or another value."""
    if said.address is not None and heard.source is not None and said.address != heard.source:
        return False
    if what is Field.PASSWORD:
        return heard.auth.type == AuthenticationType.PASS
    if what is Field.VIP_LIST:
        return said.name not in {str(a) for a in heard.addresses or ()}
    shown = _shown(what, heard)
    return said.before is None or shown is None or said.before == shown


def _shown(what: Field, heard: Terms) -> int | None:
    """The number that keepalived logs of such an advert; None where there is none."""
    match what:
        case Field.VERSION:
            return heard.version
        case Field.AUTH_TYPE:
            return heard.auth.type
        case Field.INTERVAL:
            return heard.interval_ns
        case Field.TTL:
            return heard.ttl
        case Field.VIP_COUNT:
            return None if heard.addresses is None else len(heard.addresses)
        case _:
            return None


def surely_means(rejects: tuple[Statement, ...], states: tuple[Statement, ...]) -> bool:
    """True where the log names the sender, or its router became master beside the only speaker.

    `states` are the lines about its state. A backup that rejects the adverts of strangers is a
    backup still, of the master that it accepts.
    """
    last_ns = rejects[-1].time_ns or 0
    before = [s.state for s in states if (s.time_ns or 0) <= last_ns]
    return any(s.address is not None for s in rejects) or before[-1:] == ["MASTER"]


def means_strangers(
    rejects: tuple[Statement, ...], states: tuple[Statement, ...], release: Release | None
) -> bool:
    """True where it stayed backup although it rejected adverts for long: it accepted the master's.

    From 2.0 on one that accepts nothing becomes master (vrrp_state_backup()).
    """
    first_ns, last_ns = rejects[0].time_ns or 0, rejects[-1].time_ns or 0
    if release is None or release < NO_REARM or last_ns - first_ns < _LONG_NS:
        return False
    before = [s.state for s in states if (s.time_ns or 0) <= first_ns]
    meanwhile = [s for s in states if first_ns < (s.time_ns or 0) <= last_ns]
    return before[-1:] == ["BACKUP"] and not meanwhile
