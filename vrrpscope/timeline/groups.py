"""Groups of routers that share a VRID and nothing else.

Two clusters of one network that were given the same VRID are two elections: a hand-over from a
router of the one to a router of the other does not exist.
"""

from collections import Counter
from itertools import groupby

from vrrpscope.protocol.advertisement import Address
from vrrpscope.timeline.streak import Sender, Streak

Group = frozenset[Sender]

_Terms = tuple[object, ...]


def find_groups(streaks: tuple[Streak, ...]) -> tuple[Group, ...]:
    """The senders, parted where no virtual address ever connects them.

    One router with a wrong list shares no address with the others either. So they are parted only
    where one group has two senders at least, so that its list is what a group has in common, or
    where they speak on other terms as well; and not where the capture cut off the list of one.
    """
    lists: dict[Sender, set[Address]] = {}
    terms: dict[Sender, set[_Terms]] = {}
    for streak in streaks:
        lists.setdefault(streak.sender, set()).update(streak.advertisement.addresses)
        terms.setdefault(streak.sender, set()).add(_terms(streak))
    whole = (frozenset(lists),)
    if len(lists) < 2 or not all(lists.values()):
        return whole
    parted = _parted(lists)
    if len(parted) > 1 and not any(len(group) > 1 for group in parted):
        said = Counter(t for own in terms.values() for t in own)
        if any(senders > 1 for senders in said.values()):
            return whole
    return parted


def number(groups: tuple[Group, ...]) -> dict[Address, frozenset[int]]:
    """In which groups each address spoke; a cloned one can be in several."""
    found: dict[Address, frozenset[int]] = {}
    for place, group in enumerate(groups):
        for sender in group:
            found[sender.address] = found.get(sender.address, frozenset()) | {place}
    return found


def _terms(streak: Streak) -> _Terms:
    """What the routers of one cluster have in common, the addresses left out.

    VRRPv3 has no authentication, and its interval is the master's (RFC 5798 section 6.1).
    """
    said = streak.advertisement
    if said.version == 3:
        return said.version, said.address_count
    return said.version, said.address_count, said.auth, said.advert_interval_ns


def _parted(lists: dict[Sender, set[Address]]) -> tuple[Group, ...]:
    """Connects senders by their addresses; the groups are in the order of their first sender."""
    leader: dict[Address, Address] = {}

    def find(address: Address) -> Address:
        while leader.setdefault(address, address) != address:
            leader[address] = leader[leader[address]]
            address = leader[address]
        return address

    for addresses in lists.values():
        first, *rest = addresses
        for address in rest:
            leader[find(address)] = find(first)
    order = list(lists)
    roots = {sender: find(next(iter(lists[sender]))) for sender in order}
    places = {root: place for place, root in reversed(list(enumerate(roots.values())))}
    order.sort(key=lambda sender: places[roots[sender]])
    return tuple(frozenset(group) for _, group in groupby(order, key=lambda sender: roots[sender]))
