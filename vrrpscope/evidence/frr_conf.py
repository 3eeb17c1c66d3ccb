"""FRRouting's configuration: what vrrpd is told in frr.conf, vrrpd.conf or `show running-config`.

It is read as vrrpd reads its file: line by line, each in the place where it stands. Source:
FRRouting 8.4, vrrpd/vrrp_vty.c, vrrp.c and vrrp_packet.c; what a file makes of it was measured with
that vrrpd (`show vrrp json`).

Three things are not as they look. `vrrp default` applies to routers below it only. A setting that
is told with its built-in default (`vrrp 5 priority 100`) changes nothing, so that such a router
keeps what `vrrp default` says. And version 2 has whole seconds on the wire, whatever the timer
does.
"""

import re
from collections.abc import Iterable, Iterator
from ipaddress import IPv4Address, IPv6Address

from msgspec.structs import replace

from vrrpscope.errors import EvidenceError
from vrrpscope.evidence.frr_routers import (
    SWITCHES,
    Defaults,
    Router,
    Setting,
    apply,
    number_of,
)
from vrrpscope.evidence.frr_settings import setting_of
from vrrpscope.evidence.model import Family, GarpSettings, GlobalSettings, Intent
from vrrpscope.evidence.settings import read_globals
from vrrpscope.evidence.told import Notes, SourceLine, Told
from vrrpscope.protocol.advertisement import Address, Authentication, AuthenticationType

DAEMON = "FRRouting"

_MS = 1_000_000
_CENTISECOND_NS = 10 * _MS
_SECOND_NS = 1000 * _MS

_GROUPS: dict[Family, Address] = {
    "ipv4": IPv4Address("224.0.0.18"),
    "ipv6": IPv6Address("ff02::12"),
}

_VRRP_LINE = re.compile(r"\s*(?:no\s+)?vrrp\s+(?:\d|default\b|autoconfigure\b)")
_FRR_LINE = re.compile(r"frr (?:version|defaults) |service integrated-vtysh-config|line vty\s*$")
_KEEPALIVED_LINE = re.compile(r"\s*(?:vrrp_instance|vrrp_sync_group|global_defs|virtual_server)\b")
_LEAVES_INTERFACE = frozenset({"exit", "exit-vrf", "router", "line", "vrf", "route-map"})
_COMMENT = ("!", "#")


def is_frr(lines: Iterable[str]) -> bool:
    """True for a configuration of FRRouting, by its lines."""
    found = False
    for line in lines:
        if _KEEPALIVED_LINE.match(line):
            return False
        found = found or bool(_VRRP_LINE.match(line) or _FRR_LINE.match(line))
    return found


class FrrReader:
    """Reads the lines of one file.

    Attributes:
        notes: what is odd outside of routers.
        hostname: what `hostname` says; None without.
        has_vrrp: True as soon as a line is about VRRP.
    """

    def __init__(self, file: str) -> None:
        self.notes = Notes()
        self.hostname: Told[str] | None = None
        self.has_vrrp = False
        self._file = file
        self._defaults = Defaults()
        self._interface: Told[str] | None = None
        self._routers: dict[tuple[str, int], Router] = {}

    def read(self, lines: Iterable[str]) -> None:
        """Takes all lines, in order.

        Raises:
            EvidenceError: none is about VRRP.
        """
        for number, text in enumerate(lines, 1):
            words = text.split()
            if not words or words[0].startswith(_COMMENT):
                continue
            if words == ["end"]:
                break  # vrrpd does not read on
            self._take(words, SourceLine(self._file, number))
        if not self.has_vrrp:
            raise EvidenceError(
                f"{self._file} is a configuration of FRRouting in which no line is about VRRP",
                "give what vrrpd runs with: vtysh -c 'show running-config' > NODE.conf",
            )

    def _take(self, words: list[str], line: SourceLine) -> None:
        no = words[0] == "no"
        words = words[1:] if no else words
        match words:
            case ["vrrp", "default", *rest]:
                self.has_vrrp = True
                self._default(rest, no, line)
            case ["vrrp", "autoconfigure", *_]:
                self.has_vrrp = True
                if not no:
                    text = "vrrpd makes routers of the macvlan devices that it finds: not told here"
                    self.notes.add("autoconfigure", text, line)
            case ["vrrp", *rest]:
                self.has_vrrp = True
                if not self._vrrp(rest, no, line):
                    self._refuse(line)
            case ["interface", name, *_] if not no:
                self._interface = Told(name, line)
            case ["hostname", name] if not no:
                self.hostname = Told(name, line)
            case [keyword, *_] if keyword in _LEAVES_INTERFACE:
                self._interface = None

    def _refuse(self, line: SourceLine) -> None:
        where = "" if self._interface else " outside of an interface"
        self.notes.add("line-refused", f"vrrpd refuses this line{where}", line)

    def _default(self, words: list[str], no: bool, line: SourceLine) -> None:
        """`[no] vrrp default SETTING [VALUE]`."""
        defaults, keyword = self._defaults, setting_of(words[0]) if words else None
        number = number_of(keyword, words[1:])
        if keyword in SWITCHES and len(words) == 1:
            setattr(defaults, SWITCHES[keyword], Told(not no, line))
        elif keyword == "priority" and number is not None:
            defaults.priority = Told(100 if no else number, line)
        elif keyword == "advertisement-interval" and number is not None and number % 10 == 0:
            defaults.interval_cs = Told(100 if no else number // 10, line)
        else:
            self._refuse(line)

    def _vrrp(self, words: list[str], no: bool, line: SourceLine) -> bool:
        """`[no] vrrp VRID [SETTING [VALUE]]`; False where vrrpd refuses it."""
        if self._interface is None or not words or not words[0].isascii():
            return False
        vrid = int(words[0]) if words[0].isdigit() and len(words[0]) < 4 else 0
        keyword = setting_of(words[1]) if words[1:] else "version"
        if not 1 <= vrid <= 255 or keyword is None:
            return False
        key = (self._interface.value, vrid)
        if no and keyword == "version":
            return self._routers.pop(key, None) is not None
        router = self._routers.get(key) or self._new(self._interface, Told(vrid, line))
        if not apply(router, keyword, words[2:], no, line):
            return False
        self._routers[key] = router
        return True

    def _new(self, interface: Told[str], vrid: Told[int]) -> Router:
        """A router with the defaults of this place in the file (vrrp_vrouter_create)."""
        defaults = self._defaults
        return Router(
            interface,
            vrid,
            priority=Setting(100, defaults.priority),
            interval_cs=Setting(100, defaults.interval_cs),
            preempt=Setting(True, defaults.preempt),
            shutdown=Setting(False, defaults.shutdown),
            pseudo_header=Setting(True, defaults.pseudo_header),
            notes=self.notes,
        )

    def settings(self) -> GlobalSettings:
        """What holds for all routers, in keepalived's words."""
        base = read_globals((), Notes())
        return replace(
            base,
            router_id=self.hostname,
            vrrp_version=Told(3),
            garp=_GARP,
            # vrrp_recv_advertisement: a master discards what is not better, and says nothing.
            lower_prio_no_advert=Told(True),
        )

    def intents(self, node: str | None) -> Iterator[Intent]:
        """One for each family of each router that has addresses and is not shut down."""
        settings = self.settings()
        for router in self._routers.values():
            families = [family for family, told in router.addresses.items() if told]
            if router.shutdown.used.value:
                text = f"{router.name} is shut down: it takes no part"
                self.notes.add("shutdown", text, router.shutdown.used.line)
                continue
            if not families:
                text = f"{router.name} has no address: it does not start"
                self.notes.add("router-without-addresses", text, router.vrid.line)
            for family in families:
                yield _intent(router, family, settings, node)


_NEVER: Told[int] = Told(0)
_ONCE: Told[int] = Told(1)
# vrrp_garp_send_all: one for each address when the router becomes master, and no more.
_GARP = GarpSettings(
    delay_ns=_NEVER,
    repeat=_ONCE,
    refresh_ns=_NEVER,
    refresh_repeat=_ONCE,
    lower_prio_delay_ns=_NEVER,
    lower_prio_repeat=_NEVER,
)


def _interval_ns(router: Router) -> Told[int]:
    """The advertised interval (vrrp_pkt_adver_build): version 2 has whole seconds, at least one."""
    told = router.interval_cs.used
    timer_ns = told.value * _CENTISECOND_NS
    if router.version.value == 3:
        return Told(timer_ns, told.line)
    wire_ns = max(_SECOND_NS, timer_ns // _SECOND_NS * _SECOND_NS)
    if wire_ns != timer_ns:
        text = (
            f"{router.name}: its version 2 adverts come every {timer_ns // _MS} ms and say "
            f"{wire_ns // _SECOND_NS} s"
        )
        router.notes.add("interval-in-v2", text, told.line)
    return Told(wire_ns, told.line)


def _intent(router: Router, family: Family, settings: GlobalSettings, node: str | None) -> Intent:
    """One family of a router, in the words that there are for keepalived."""
    off: Told[bool] = Told(False)
    line = router.vrid.line or router.interface.line
    assert line is not None
    preempt = router.preempt.used
    nopreempt = Told(not preempt.value, preempt.line)
    kind = None if router.version.value == 3 else AuthenticationType.NONE
    return Intent(
        node=node,
        file=line.file,
        instance=router.name,
        line=line,
        family=Told(family),
        version=router.version,
        vrid=Told(router.vrid.value, router.vrid.line),
        interface=Told(router.interface.value, router.interface.line),
        state=Told("BACKUP"),
        base_priority=router.priority.used,
        nopreempt=nopreempt,
        nopreempt_told=nopreempt,
        preempt_delay_ns=Told(0),
        advert_interval_ns=_interval_ns(router),
        down_timer_adverts=Told(3),
        source=None,
        is_unicast=False,
        unicast_peers=(),
        multicast_group=Told(_GROUPS[family]),
        unicast_ttl=None,
        addresses=tuple(router.addresses[family].values()),
        excluded=(),
        authentication=Told(Authentication(type=kind)),
        tracked=(),
        sync_group=None,
        use_vmac=Told(True),
        vmac_xmit_base=off,
        garp=settings.garp,
        lower_prio_no_advert=settings.lower_prio_no_advert,
        higher_prio_send_advert=off,
        # vrrp_recv_advertisement only logs a difference of the address count.
        skip_check_adv_addr=Told(True),
        check_unicast_src=off,
        old_unicast_checksum=None,
        strict=off,
        accept=Told(True),
        dont_track_primary=off,
        daemon=DAEMON,
        pseudo_header=router.pseudo_header.used,
    )
