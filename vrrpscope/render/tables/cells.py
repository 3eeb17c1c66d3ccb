"""What stands in a row, as Python knows it: integers, strings, booleans, None for a missing value.

Times are nanoseconds since the epoch. Several things in one cell stand between spaces, since a
column of lists is a column of objects to pandas.
"""

from collections.abc import Iterable

from vrrpscope.observation import VirtualRouter
from vrrpscope.protocol.advertisement import Advertisement
from vrrpscope.timeline.streak import Sender

Cell = int | str | bool | None
Row = dict[str, Cell]


def spaced(items: Iterable[object]) -> str | None:
    """Some things between spaces; None for none of them, as a CSV file cannot tell them apart."""
    return " ".join(map(str, items)) or None


def place(vantage: str, router: VirtualRouter) -> Row:
    """Where it was seen, and of which virtual router it tells."""
    return {
        "vantage": vantage,
        "virtual_router": router.id,
        "family": router.family,
        "vrid": router.vrid,
        "vlan": router.vlan,
        "segment": router.segment or None,
    }


def sender(who: Sender) -> Row:
    """Who speaks."""
    return {"sender": str(who.address), "mac": who.mac or None}


def advert(said: Advertisement) -> Row:
    """What an advert says; of a password only what tells it from another one."""
    return {
        "destination": str(said.destination),
        "version": said.version,
        "priority": said.priority,
        "advert_interval_ns": said.advert_interval_ns,
        "addresses": spaced(said.addresses),
        "address_count": said.address_count,
        "ttl": said.ttl,
        "auth_type": said.auth.type,
        "auth_fingerprint": said.auth.fingerprint or None,
        "auth_trailer": said.auth.trailer,
        "checksum": str(said.checksum),
        "defects": spaced(said.defects),
    }
