"""Numbers, times, booleans and addresses as keepalived 2.2.7 reads them.

Source: lib/parser.c (read_int_func, read_unsigned_func, read_decimal_unsigned_long_func,
check_true_false), lib/utils.c (inet_stosockaddr), vrrp/vrrp_ipaddress.c (parse_ipaddress).
"""

import re
from ipaddress import IPv4Address, IPv6Address

from vrrpscope.evidence.keepalived_conf import Node
from vrrpscope.evidence.told import Notes
from vrrpscope.protocol.advertisement import Address

NS_PER_S = 1_000_000_000
NS_PER_US = 1_000
_LEADING_NUMBER = re.compile(r"[ \t]*([+-]?[0-9]{1,18})")
_DECIMAL = re.compile(r"([0-9]{0,12})(?:\.([0-9]{0,20}))?(.?)", re.DOTALL)
_TRUE = frozenset({"true", "on", "yes"})
_FALSE = frozenset({"false", "off", "no"})


def read_int(word: str, low: int, high: int, *, lenient: bool = True) -> int | None:
    """A whole number within bounds; None where keepalived refuses it.

    Lenient readers of keepalived take the number at the start of "5abc", with a warning.
    """
    match = _LEADING_NUMBER.match(word)
    number = int(match[1]) if match else 0
    complete = match is not None and match.end() == len(word)
    if not low <= number <= high or not (complete or lenient):
        return None
    return number


def read_ns(word: str, low_us: int, high_us: int) -> int | None:
    """Seconds with a fraction as nanoseconds, rounded to microseconds; None where refused.

    keepalived shifts the digits before it looks for other characters, so "5s" is 5 microseconds.
    """
    match = _DECIMAL.match(word)
    if match is None or word.startswith("-"):
        return None
    fraction = (match[2] or "")[:7]
    if match[3]:
        microseconds = int(match[1] + fraction[:6] or "0")
    else:
        microseconds = int(match[1] + fraction[:6].ljust(6, "0"))
        microseconds += fraction[6:] >= "5"
    return microseconds * NS_PER_US if low_us <= microseconds <= high_us else None


def read_bool(word: str) -> bool | None:
    """True for on, true, yes; False for off, false, no; None for anything else."""
    return True if word in _TRUE else False if word in _FALSE else None


def read_address(word: str, *, cut: str = "/") -> Address | None:
    """An address, without what follows one of the characters in `cut`; None where malformed."""
    for character in cut:
        word = word.partition(character)[0]
    try:
        return IPv4Address(word) if ":" not in word else IPv6Address(_no_zone(word))
    except ValueError:
        return None


def _no_zone(word: str) -> str:
    if "%" in word:  # inet_pton(3) takes no zone
        raise ValueError(word)
    return word


def value_of(node: Node, notes: Notes) -> str:
    """The first value of a keyword that needs one; "" and a note where there is none."""
    if node.values:
        return node.values[0]
    notes.add("value-missing", f"{node.keyword} needs a value; keepalived stops here", node.line)
    return ""


def switch_of(node: Node, notes: Notes) -> bool | None:
    """True for a keyword alone, else its boolean; None and a note where that is none."""
    value = read_bool(node.values[0]) if node.values else True
    if value is None:
        text = f"{node.keyword}: neither on nor off, ignored"
        notes.add("value-invalid", text, node.line)
    return value


def address_of(node: Node, notes: Notes) -> Address | None:
    """The address after a keyword; None and a note where it is malformed."""
    word = value_of(node, notes)
    address = read_address(word, cut="-/")
    if word and address is None:
        notes.add("address-invalid", f"{node.keyword} {word}: no address, ignored", node.line)
    return address


def check_keywords(
    node: Node, known: frozenset[str], notes: Notes, *, secret: bool = False
) -> None:
    """Note keywords that keepalived does not know, and those that stand on another one's line.

    Several keywords on one line are a common shorthand in documents, but keepalived takes
    everything after the first word as its values.
    """
    for child in node.children:
        if child.keyword not in known:
            name = "a keyword" if secret else repr(child.keyword)
            notes.add("unknown-keyword", f"keepalived 2.2 does not know {name} here", child.line)
            continue
        for word in child.values:
            if word in known and word != child.keyword and not secret_follows(child):
                text = f"{word!r} stands on the line of {child.keyword!r} and is part of its values"
                notes.add("keyword-swallowed", text, child.line)


def secret_follows(node: Node) -> bool:
    """True where the values of this keyword are a password."""
    return node.keyword == "auth_pass"
