"""`global_defs`: what holds for all instances that do not say otherwise.

Source: keepalived 2.2.7, core/global_parser.c and core/global_data.c (set_vrrp_defaults).
"""

from collections.abc import Iterable, Mapping
from ipaddress import IPv4Address, IPv6Address
from typing import NamedTuple

from vrrpscope.evidence.keepalived_conf import Node
from vrrpscope.evidence.keywords import GLOBAL
from vrrpscope.evidence.model import GarpSettings, GlobalSettings
from vrrpscope.evidence.told import Notes, Told
from vrrpscope.evidence.values import (
    NS_PER_S,
    address_of,
    check_keywords,
    read_int,
    read_ns,
    switch_of,
    value_of,
)
from vrrpscope.protocol.advertisement import Address

UINT_MAX = 2**32 - 1
INT_MAX = 2**31 - 1
_MAX_DELAY_S = UINT_MAX // 1_000_000


class Number(NamedTuple):
    """How keepalived reads a number: bounds, factor to our unit, and what 0 becomes."""

    low: int
    high: int
    factor: int = 1
    instead_of_zero: int = 0
    lenient: bool = True

    def read(self, word: str) -> int | None:
        """The number in our unit; None where keepalived refuses it."""
        number = read_int(word, self.low, self.high, lenient=self.lenient)
        return None if number is None else (number or self.instead_of_zero) * self.factor


GARP_NUMBERS = {
    "garp_master_delay": Number(0, _MAX_DELAY_S, NS_PER_S),
    "garp_master_repeat": Number(0, UINT_MAX, instead_of_zero=1),
    "garp_master_refresh": Number(0, UINT_MAX, NS_PER_S),
    "garp_master_refresh_repeat": Number(0, UINT_MAX, instead_of_zero=1),
    "garp_lower_prio_delay": Number(0, _MAX_DELAY_S, NS_PER_S),
    "garp_lower_prio_repeat": Number(0, INT_MAX),
    "down_timer_adverts": Number(1, 100),
}
"""Numbers that an instance and, with `vrrp_` before it, `global_defs` may say."""

_GLOBAL_NUMBERS = {"vrrp_" + name: rule for name, rule in GARP_NUMBERS.items()} | {
    "vrrp_version": Number(2, 3)
}
_GLOBAL_FLAGS = frozenset(
    {"vrrp_check_unicast_src", "vrrp_skip_check_adv_addr", "vrrp_strict", "dynamic_interfaces"}
)
"""On as soon as they are written: keepalived does not look at a value."""

_GLOBAL_SWITCHES = frozenset({"vrrp_lower_prio_no_advert", "vrrp_higher_prio_send_advert"})
_GROUPS: dict[str, Address] = {
    "vrrp_mcast_group4": IPv4Address("224.0.0.18"),
    "vrrp_mcast_group6": IPv6Address("ff02::12"),
}


def read_number(node: Node, rule: Number, notes: Notes) -> Told[int] | None:
    """The number after a keyword; None and a note where keepalived ignores it."""
    word = value_of(node, notes)
    number = rule.read(word)
    if number is None:
        if word:
            text = f"{node.keyword} {word}: outside of {rule.low} to {rule.high}, ignored"
            notes.add("value-invalid", text, node.line)
        return None
    return Told(number, node.line)


def garp_settings(
    numbers: Mapping[str, Told[int]], strict: bool, defaults: GarpSettings | None = None
) -> GarpSettings:
    """The ARP settings; what is not told is the default, which for two of them is another one.

    keepalived: vrrp_complete_init (lower_prio follows the master's) and vrrp_complete_instance
    (none under strict mode).
    """
    delay = numbers.get("garp_master_delay", defaults.delay_ns if defaults else Told(5 * NS_PER_S))
    repeat = numbers.get("garp_master_repeat", defaults.repeat if defaults else Told(5))
    lower_delay = defaults.lower_prio_delay_ns if defaults else delay
    lower_repeat = defaults.lower_prio_repeat if defaults else repeat
    zero: Told[int] = Told(0)
    return GarpSettings(
        delay_ns=delay,
        repeat=repeat,
        refresh_ns=numbers.get("garp_master_refresh", defaults.refresh_ns if defaults else zero),
        refresh_repeat=numbers.get(
            "garp_master_refresh_repeat", defaults.refresh_repeat if defaults else Told(1)
        ),
        lower_prio_delay_ns=zero if strict else numbers.get("garp_lower_prio_delay", lower_delay),
        lower_prio_repeat=zero if strict else numbers.get("garp_lower_prio_repeat", lower_repeat),
    )


class _Globals:
    """Gathers what the `global_defs` blocks say; a later line replaces an earlier one."""

    def __init__(self, notes: Notes) -> None:
        self.notes = notes
        self.numbers: dict[str, Told[int]] = {}
        self.flags: dict[str, Told[bool]] = {}
        self.words: dict[str, Told[str]] = {}
        self.groups = {name: Told(group) for name, group in _GROUPS.items()}

    def read(self, node: Node) -> None:
        keyword = node.keyword
        if keyword in _GLOBAL_NUMBERS:
            number = read_number(node, _GLOBAL_NUMBERS[keyword], self.notes)
            if number is not None:
                self.numbers[keyword.removeprefix("vrrp_")] = number
        elif keyword in _GLOBAL_FLAGS:
            self._flag(node)
        elif keyword in _GLOBAL_SWITCHES:
            switch = switch_of(node, self.notes)
            if switch is not None:
                self.flags[keyword] = Told(switch, node.line)
        elif keyword in _GROUPS:
            self._group(node)
        elif keyword == "vrrp_startup_delay":
            self._startup_delay(node)
        elif keyword in ("router_id", "script_user", "enable_script_security"):
            self.words[keyword] = Told(" ".join(node.values[:1]), node.line)

    def _flag(self, node: Node) -> None:
        self.flags[node.keyword] = Told(True, node.line)
        if node.keyword != "dynamic_interfaces" and node.values[:1] in (
            ("no",),
            ("off",),
            ("false",),
        ):
            text = f"{node.keyword} takes no value: it is on as soon as it is written"
            self.notes.add("flag-with-value", text, node.line)

    def _group(self, node: Node) -> None:
        address = address_of(node, self.notes)
        if address is None:
            return
        if address.version != _GROUPS[node.keyword].version or not address.is_multicast:
            text = f"{node.keyword} {address}: no such multicast group, ignored"
            self.notes.add("address-invalid", text, node.line)
            return
        self.groups[node.keyword] = Told(address, node.line)

    def _startup_delay(self, node: Node) -> None:
        delay = read_ns(value_of(node, self.notes), 1000, UINT_MAX)
        if delay is None:
            text = "vrrp_startup_delay: not a number of seconds, ignored"
            self.notes.add("value-invalid", text, node.line)
        else:
            self.numbers[node.keyword] = Told(delay, node.line)


def read_globals(nodes: Iterable[Node], notes: Notes) -> GlobalSettings:
    """What all `global_defs` blocks say together."""
    found = _Globals(notes)
    for node in nodes:
        if node.keyword == "global_defs":
            check_keywords(node, GLOBAL, notes)
            for child in node.children:
                found.read(child)
    off: Told[bool] = Told(False)
    flags, numbers, words = found.flags, found.numbers, found.words
    security = words.get("enable_script_security")
    return GlobalSettings(
        router_id=words.get("router_id"),
        vrrp_version=numbers.get("version", Told(2)),
        strict=flags.get("vrrp_strict", off),
        multicast_group4=found.groups["vrrp_mcast_group4"],
        multicast_group6=found.groups["vrrp_mcast_group6"],
        garp=garp_settings(numbers, strict=False),
        down_timer_adverts=numbers.get("down_timer_adverts", Told(3)),
        lower_prio_no_advert=flags.get("vrrp_lower_prio_no_advert", off),
        higher_prio_send_advert=flags.get("vrrp_higher_prio_send_advert", off),
        skip_check_adv_addr=flags.get("vrrp_skip_check_adv_addr", off),
        check_unicast_src=flags.get("vrrp_check_unicast_src", off),
        startup_delay_ns=numbers.get("vrrp_startup_delay", Told(0)),
        dynamic_interfaces=flags.get("dynamic_interfaces", off),
        script_security=Told(True, security.line) if security else off,
        script_user=words.get("script_user"),
    )
