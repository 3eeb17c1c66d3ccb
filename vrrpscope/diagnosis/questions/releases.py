"""What a backup makes of an advert that it cannot accept depends on its release of keepalived.

The timer decides: a backup whose timer starts again at every rejected advert stays backup for ever;
one whose timer runs on becomes a second master. Each line names the function that does it.
"""

from enum import StrEnum

from msgspec import Struct

from vrrpscope.diagnosis.questions.terms import Field

Release = tuple[int, ...]


class Effect(StrEnum):
    """What becomes of a backup that hears nothing but adverts of that kind."""

    STAYS_BACKUP = "stays-backup"
    """It rejects them, and starts its timer again all the same: it never takes over."""
    SECOND_MASTER = "second-master"
    """It rejects them, its timer runs out, and it becomes a second master."""
    ACCEPTS = "accepts"
    """It takes them as valid, with a warning or without."""


class Behaviour(Struct, frozen=True):
    """What some releases do: from `since` (inclusive) up to `until` (exclusive)."""

    fields: frozenset[Field]
    since: Release
    until: Release | None
    effect: Effect
    source: str


_NEVER_DELIVERED = frozenset({Field.DESTINATION, Field.PEER})
_LISTS = frozenset({Field.VIP_COUNT, Field.VIP_LIST})
_ALL = frozenset(Field) - _NEVER_DELIVERED

NO_REARM: Release = (2, 0, 0)
"""From here on a rejected advert leaves a backup's timer alone."""
LENIENT_LISTS: Release = (2, 3, 3)
"""From here on another address list is accepted, with a warning (RFC 9568)."""

BEHAVIOURS = (
    # 1.x: vrrp_in_chk() returns VRRP_PACKET_DROP for the interval, which only a master tests for.
    Behaviour(
        frozenset({Field.INTERVAL}),
        (1, 2),
        NO_REARM,
        Effect.ACCEPTS,
        "keepalived 1.x vrrp_state_backup(), VRRP_PACKET_DROP",
    ),
    Behaviour(
        _ALL - {Field.INTERVAL},
        (1, 2),
        NO_REARM,
        Effect.STAYS_BACKUP,
        "keepalived 1.x vrrp_state_backup(), VRRP_PACKET_KO",
    ),
    Behaviour(
        _ALL - _LISTS,
        NO_REARM,
        None,
        Effect.SECOND_MASTER,
        "keepalived vrrp_state_backup()",
    ),
    Behaviour(
        _LISTS,
        NO_REARM,
        LENIENT_LISTS,
        Effect.SECOND_MASTER,
        "keepalived vrrp_check_packet()",
    ),
    Behaviour(_LISTS, LENIENT_LISTS, None, Effect.ACCEPTS, "keepalived vrrp_check_packet()"),
    # What the kernel never delivers starts no timer again, whatever the release.
    Behaviour(
        _NEVER_DELIVERED,
        NO_REARM,
        None,
        Effect.SECOND_MASTER,
        "keepalived open_vrrp_read_socket()",
    ),
)


def behaviour(what: Field, release: Release) -> Behaviour | None:
    """What a release does about adverts that differ in a field; None where that is not known."""
    return next(
        (
            b
            for b in BEHAVIOURS
            if what in b.fields and b.since <= release and (b.until is None or release < b.until)
        ),
        None,
    )


def shown(release: Release) -> str:
    """For example "2.2.7"."""
    return ".".join(map(str, release))
