"""What releases of keepalived do about adverts that differ; from their sources and changelogs."""

import pytest

from vrrpscope.diagnosis.questions.releases import Effect, behaviour, shown
from vrrpscope.diagnosis.questions.terms import Field


@pytest.mark.parametrize(
    ("release", "what", "effect"),
    [
        # vrrp_state_backup() of 1.3.5: VRRP_PACKET_KO sets ms_down_timer anew.
        ((1, 3, 5), Field.PASSWORD, Effect.STAYS_BACKUP),
        ((1, 4, 5), Field.VIP_COUNT, Effect.STAYS_BACKUP),
        ((1, 2, 13), Field.TTL, Effect.STAYS_BACKUP),
        # ... and VRRP_PACKET_DROP, for the interval, is not tested for in a backup.
        ((1, 3, 5), Field.INTERVAL, Effect.ACCEPTS),
        ((2, 0, 0), Field.INTERVAL, Effect.SECOND_MASTER),
        # 2.0.0: a rejected advert leaves the timer alone.
        ((2, 0, 0), Field.PASSWORD, Effect.SECOND_MASTER),
        ((2, 2, 7), Field.VIP_LIST, Effect.SECOND_MASTER),
        ((2, 3, 2), Field.VIP_COUNT, Effect.SECOND_MASTER),
        # 2.3.3 (RFC 9568): lists are accepted with a warning; passwords are not.
        ((2, 3, 3), Field.VIP_COUNT, Effect.ACCEPTS),
        ((2, 4, 0), Field.VIP_LIST, Effect.ACCEPTS),
        ((2, 3, 3), Field.PASSWORD, Effect.SECOND_MASTER),
        # What the kernel does not deliver starts no timer.
        ((2, 2, 7), Field.DESTINATION, Effect.SECOND_MASTER),
        ((2, 2, 7), Field.PEER, Effect.SECOND_MASTER),
        # Not known: sockets of 1.x were not bound to an address.
        ((1, 3, 5), Field.DESTINATION, None),
        ((1, 1, 20), Field.PASSWORD, None),
    ],
)
def test_what_a_backup_makes_of_it(
    release: tuple[int, ...], what: Field, effect: Effect | None
) -> None:
    found = behaviour(what, release)
    assert (found.effect if found else None) is effect
    assert found is None or found.source.startswith("keepalived")


def test_a_release_in_words() -> None:
    assert shown((2, 2, 7)) == "2.2.7"
