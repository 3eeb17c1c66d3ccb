"""The settings of one of FRRouting's virtual routers, and what each line makes of them.

Source: FRRouting 8.4, vrrpd/vrrp_vty.c and vrrp_northbound.c; measured with that vrrpd.
"""

import re
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address
from typing import Generic, TypeVar

from vrrpscope.evidence.model import Family
from vrrpscope.evidence.told import Notes, SourceLine, Told
from vrrpscope.protocol.advertisement import Address

T = TypeVar("T", bool, int)

SWITCHES = {
    "preempt": "preempt",
    "shutdown": "shutdown",
    "checksum-with-ipv4-pseudoheader": "pseudo_header",
}
_BOUNDS = {"advertisement-interval": (10, 40950), "priority": (1, 254)}


@dataclass(slots=True)
class Setting(Generic[T]):
    """A setting of a router: what the configuration tree holds, and what vrrpd uses.

    The tree begins with the built-in default, vrrpd with that of `vrrp default`. Only a change of
    the tree reaches vrrpd.
    """

    stored: T
    used: Told[T]

    def set(self, value: T, line: SourceLine) -> bool:
        """Takes a line; False where it changes nothing although it should."""
        if value == self.stored and value != self.used.value:
            return False
        self.stored = value
        self.used = Told(value, line)
        return True


@dataclass(slots=True)
class Defaults:
    """What `vrrp default` says for routers that come after it."""

    priority: Told[int] = field(default_factory=lambda: Told(100))
    interval_cs: Told[int] = field(default_factory=lambda: Told(100))
    preempt: Told[bool] = field(default_factory=lambda: Told(True))
    shutdown: Told[bool] = field(default_factory=lambda: Told(False))
    pseudo_header: Told[bool] = field(default_factory=lambda: Told(True))


@dataclass(slots=True)
class Router:
    """One VRID on one interface, for both families."""

    interface: Told[str]
    vrid: Told[int]
    priority: Setting[int]
    interval_cs: Setting[int]
    preempt: Setting[bool]
    shutdown: Setting[bool]
    pseudo_header: Setting[bool]
    notes: Notes
    version: Told[int] = field(default_factory=lambda: Told(3))
    addresses: dict[Family, dict[Address, Told[Address]]] = field(
        default_factory=lambda: {"ipv4": {}, "ipv6": {}}
    )

    @property
    def name(self) -> str:
        """What it is called where instances are named."""
        return f"{self.interface.value} vrrp {self.vrid.value}"


def apply(router: Router, keyword: str, values: list[str], no: bool, line: SourceLine) -> bool:
    """One setting of a router; False where vrrpd refuses the line."""
    if keyword in SWITCHES and not values:
        setting: Setting[bool] = getattr(router, SWITCHES[keyword])
        _set(router, setting, not no, keyword, line)
        return True
    if keyword == "version":
        # Without a number it is version 3 again, whatever was told before.
        version = {(): 3, ("2",): 2, ("3",): 3}.get(tuple(values))
        return version is not None and _set_version(router, version, line)
    if keyword in ("ip", "ipv6") and len(values) == 1:
        return _set_address(router, keyword, values[0], no, line)
    number = number_of(keyword, values)
    if number is None and not (no and not values and keyword in _BOUNDS):
        return False
    if keyword == "priority":
        _set(router, router.priority, 100 if no or number is None else number, keyword, line)
    else:
        _set_interval(router, 1000 if no or number is None else number, line)
    return True


def _set(router: Router, setting: Setting[T], value: T, keyword: str, line: SourceLine) -> None:
    if not setting.set(value, line):
        text = (
            f"{router.name}: {keyword} stays at what `vrrp default` says: vrrpd takes a setting "
            "that equals the built-in default for no change"
        )
        router.notes.add("default-kept", text, line)


def _set_interval(router: Router, milliseconds: int, line: SourceLine) -> None:
    if milliseconds % 10:
        text = f"{router.name}: {milliseconds} ms is cut to {milliseconds // 10 * 10} ms"
        router.notes.add("interval-cut", text, line)
    _set(router, router.interval_cs, milliseconds // 10, "advertisement-interval", line)


def _set_version(router: Router, version: int, line: SourceLine) -> bool:
    router.version = Told(version, line)
    if version == 2 and router.addresses["ipv6"]:
        text = f"{router.name}: version 2 has no IPv6, its IPv6 addresses are dropped"
        router.notes.add("v2-without-ipv6", text, line)
        router.addresses["ipv6"].clear()
    return True


def _set_address(router: Router, keyword: str, word: str, no: bool, line: SourceLine) -> bool:
    family: Family = "ipv6" if keyword == "ipv6" else "ipv4"
    address: Address
    try:
        address = IPv6Address(word) if family == "ipv6" else IPv4Address(word)
    except ValueError:
        return False
    if family == "ipv6" and router.version.value == 2:
        return False
    if no:
        return router.addresses[family].pop(address, None) is not None
    router.addresses[family].setdefault(address, Told(address, line))
    return True


def number_of(keyword: str | None, values: list[str]) -> int | None:
    """The number after a setting; None where vrrpd refuses it."""
    bounds = _BOUNDS.get(keyword or "")
    if bounds is None or len(values) != 1 or not re.fullmatch("[0-9]{1,5}", values[0]):
        return None
    number = int(values[0])
    return number if bounds[0] <= number <= bounds[1] else None
