"""Who wins (RFC 5798 section 6.4.3): the higher priority, and at equal ones the higher address."""

from vrrpscope.protocol.advertisement import Advertisement


def rank(advertisement: Advertisement) -> tuple[int, int]:
    """Sorts adverts of one family by the election's order: the greatest one wins."""
    return advertisement.priority, int(advertisement.source)


def outranks(challenger: Advertisement, holder: Advertisement) -> bool:
    """True where a *master* that sends `holder` must yield to `challenger`.

    The tie-break by address exists between masters only: a backup accepts an equal priority.
    """
    return rank(challenger) > rank(holder)
