"""Routers that share a VRID and nothing else: two groups, or even two networks in one capture."""

from collections.abc import Collection

from vrrpscope.diagnosis.questions.disagreements import Comparison, differences
from vrrpscope.diagnosis.questions.terms import Field, Terms
from vrrpscope.protocol.advertisement import Address
from vrrpscope.timeline.streak import Sender


def are_strangers(comparison: Comparison, one: Sender, other: Sender) -> bool:
    """True where two senders share a VRID and nothing else: two groups, or even two networks.

    They announce other addresses, and on other terms too or another number of them (a list that
    was edited keeps something), or each is nearer to its own virtual address than to the other
    sender (a capture of several networks shows them side by side). Where the addresses are cut
    off: both use unicast, and neither sends to the other.
    """
    mine, theirs = comparison.one, comparison.other
    if not comparison.is_whole and mine.peers is not None and theirs.peers is not None:
        return other.address not in mine.peers and one.address not in theirs.peers
    return are_strange_terms(mine, theirs) or _are_far(mine, one.address, theirs, other.address)


def are_strange_terms(one: Terms, other: Terms) -> bool:
    """True where two routers share no address, and differ in something else as well."""
    if not _are_disjoint(one, other):
        return False
    return any(field is not Field.VIP_LIST for field in differences(one, other))


def are_told_apart(one: Terms, other: Terms) -> bool:
    """True where two configurations are those of strangers."""
    if are_strange_terms(one, other):
        return True
    if one.source is None or other.source is None:
        return False
    return _are_far(one, one.source, other, other.source)


def are_neighbours(
    one: Sender, mine: Collection[Address], other: Sender, theirs: Collection[Address]
) -> bool:
    """True where two strangers seem to be of one network, by their addresses.

    They are as near to each other as to their own virtual addresses, or in one network of the
    usual size.
    """
    nearness = _nearness(one.address, mine, other.address, theirs)
    return are_near(one.address, other.address) or (
        _common_bits(one.address, other.address) >= nearness
    )


def are_near(one: Address, other: Address) -> bool:
    """True where two addresses are in one network of the usual size."""
    return _common_bits(one, other) >= (24 if one.version == 4 else 64)


def _are_disjoint(one: Terms, other: Terms) -> bool:
    return bool(one.addresses and other.addresses and not one.addresses & other.addresses)


def _are_far(one: Terms, mine: Address, other: Terms, theirs: Address) -> bool:
    """True where each is nearer to its own virtual addresses than to the other one."""
    if not _are_disjoint(one, other):
        return False
    nearness = _nearness(mine, one.addresses or (), theirs, other.addresses or ())
    return _common_bits(mine, theirs) < nearness


def _nearness(
    one: Address, mine: Collection[Address], other: Address, theirs: Collection[Address]
) -> int:
    """The leading bits that each of the two shares with one of its virtual addresses."""
    return min(
        max((_common_bits(one, a) for a in mine), default=0),
        max((_common_bits(other, a) for a in theirs), default=0),
    )


def _common_bits(one: Address, other: Address) -> int:
    """The number of leading bits that two addresses share."""
    if one.version != other.version:
        return 0
    return one.max_prefixlen - (int(one) ^ int(other)).bit_length()
