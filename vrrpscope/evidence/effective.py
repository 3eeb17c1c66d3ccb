"""What keepalived makes of an instance once all of it is read.

keepalived clears, rounds and overrides settings that do not go together. Each such change is a
note; the order of the steps is that of vrrp_complete_instance in vrrp/vrrp.c of keepalived 2.2.7.
"""

from vrrpscope.evidence.effective_tracking import effective_tracking, ignored_tracking
from vrrpscope.evidence.instance import DEFAULT_PRIORITY, Draft
from vrrpscope.evidence.model import GlobalSettings, Intent, SyncGroup
from vrrpscope.evidence.settings import garp_settings
from vrrpscope.evidence.told import SourceLine, Told
from vrrpscope.evidence.values import NS_PER_S
from vrrpscope.protocol.advertisement import (
    PRIORITY_OWNER,
    Address,
    Authentication,
    AuthenticationType,
)

_NS_PER_CS = 10_000_000
_MAX_ADDRESSES = {"ipv4": 255, "ipv6": 89}
"""What fits into an advert: the count has eight bits, and IPv6 meets the MTU of 1500 first."""

_V2_LIMIT_NS = 255 * NS_PER_S
_V3_LIMIT_NS = 4095 * _NS_PER_CS


def base_priority(draft: Draft) -> Told[int]:
    """The configured priority, or what follows from the state where there is none."""
    state = draft.words.get("state")
    owner = state is not None and state.value == "MASTER"
    return draft.numbers.get("priority", Told(PRIORITY_OWNER if owner else DEFAULT_PRIORITY))


class Completion:
    """Turns one draft into an intent."""

    def __init__(self, draft: Draft, settings: GlobalSettings, group: SyncGroup | None) -> None:
        self._draft = draft
        self._settings = settings
        self._group = group
        self._off: Told[bool] = Told(False)
        self._strict = draft.flags.get("strict_mode", settings.strict)
        self._family = draft.family or Told("ipv4")
        self._version = self._effective_version()
        self._priority = self._base_priority()
        self._state = self._effective_state()

    def intent(self, node: str | None) -> Intent:
        """The instance as keepalived runs it."""
        draft, settings = self._draft, self._settings
        authentication = self._authentication()
        is_unicast = self._is_unicast()
        addresses, excluded = self._addresses()
        nopreempt = self._nopreempt()
        preempt_delay = self._preempt_delay(nopreempt)
        return Intent(
            node=node,
            file=draft.line.file,
            instance=draft.name,
            line=draft.line,
            family=self._family,
            version=self._version,
            vrid=self._required_vrid(),
            interface=self._interface(),
            state=self._state,
            base_priority=self._priority,
            nopreempt=nopreempt,
            nopreempt_told=draft.flags.get("nopreempt", self._off),
            preempt_delay_ns=preempt_delay,
            advert_interval_ns=self._advert_interval(),
            down_timer_adverts=self._down_timer_adverts(),
            source=draft.source,
            is_unicast=is_unicast,
            unicast_peers=tuple(draft.peers),
            multicast_group=None if is_unicast else self._multicast_group(),
            unicast_ttl=draft.numbers.get("unicast_ttl") if is_unicast else None,
            addresses=addresses,
            excluded=excluded,
            authentication=authentication,
            tracked=effective_tracking(draft, self._is_owner, self._group),
            ignored=ignored_tracking(draft, self._is_owner, self._group),
            sync_group=self._group.name if self._group else None,
            use_vmac=draft.flags.get("use_vmac", self._off),
            vmac_xmit_base=draft.flags.get("vmac_xmit_base", self._off),
            garp=garp_settings(draft.numbers, self._strict.value, settings.garp),
            lower_prio_no_advert=self._under_strict(
                "lower_prio_no_advert", settings.lower_prio_no_advert, True
            ),
            higher_prio_send_advert=self._under_strict(
                "higher_prio_send_advert", settings.higher_prio_send_advert, False
            ),
            skip_check_adv_addr=draft.flags.get(
                "skip_check_adv_addr", settings.skip_check_adv_addr
            ),
            check_unicast_src=draft.flags.get("check_unicast_src", settings.check_unicast_src),
            old_unicast_checksum=draft.words.get("old_unicast_checksum"),
            strict=self._strict,
            accept=self._accept(),
            dont_track_primary=draft.flags.get("dont_track_primary", self._off),
            notes=tuple(draft.notes),
        )

    def _note(self, code: str, text: str, line: SourceLine | None) -> None:
        self._draft.notes.add(code, f"({self._draft.name}) {text}", line)

    def _effective_version(self) -> Told[int]:
        version = self._draft.version
        if self._family.value == "ipv6":
            if version and version.value == 2 and self._strict.value:
                self._note("version-conflict", "IPv6 needs version 3 under strict", version.line)
                return Told(3)
            return version or Told(3)
        return version or self._settings.vrrp_version

    def _base_priority(self) -> Told[int]:
        priority = base_priority(self._draft)
        if priority.is_default and priority.value == PRIORITY_OWNER:
            text = "state MASTER without priority: keepalived takes 255, the address owner"
            self._note("priority-from-state", text, self._draft.words["state"].line)
        return priority

    @property
    def _is_owner(self) -> bool:
        return self._priority.value == PRIORITY_OWNER

    def _effective_state(self) -> Told[str]:
        expected = "MASTER" if self._is_owner else "BACKUP"
        told = self._draft.words.get("state")
        if told is None:
            return Told(expected)
        if self._strict.value and told.value != expected:
            text = f"strict mode makes the state {expected}: it follows from the priority"
            self._note("strict-state", text, told.line)
            return Told(expected, self._strict.line)
        return told

    def _authentication(self) -> Told[Authentication]:
        """No authentication under strict mode, version 3, or without a password."""
        version, auth_type = self._version.value, self._draft.auth_type
        nothing = Authentication(type=None if version == 3 else AuthenticationType.NONE)
        if auth_type is None:
            return Told(nothing)
        password = self._draft.password
        reason = self._why_no_authentication(auth_type.value)
        if reason:
            code, text = reason
            self._note(code, text, auth_type.line)
            return Told(nothing, auth_type.line)
        if auth_type.value is AuthenticationType.AH or password is None:
            key = b"" if password is None else password.value
            return Told(Authentication(AuthenticationType.AH, key), auth_type.line)
        return Told(Authentication(AuthenticationType.PASS, password.value), password.line)

    def _why_no_authentication(self, auth_type: AuthenticationType) -> tuple[str, str] | None:
        password = self._draft.password
        if self._strict.value:
            return "strict-auth", "strict mode has no authentication: removed"
        if self._version.value == 3:
            return "v3-auth", "version 3 has no authentication: removed"
        if password is None or not password.value.strip(b"\0"):
            return "auth-without-password", "no auth_pass: sends no authentication"
        if self._family.value == "ipv6" and auth_type is AuthenticationType.AH:
            return "ah-ipv6", "no AH with IPv6: removed"
        return None

    def _is_unicast(self) -> bool:
        draft = self._draft
        if draft.peers:
            if self._strict.value:
                text = "unicast peers under strict mode: keepalived does not start"
                self._note("refused", text, draft.peers[0].line)
            return True
        if draft.unicast and not draft.flags.get("unicast_fault_no_peer", self._off).value:
            text = "a unicast keyword, but no peers: keepalived uses multicast"
            self._note("unicast-without-peers", text, draft.unicast)
        return False

    def _multicast_group(self) -> Told[Address]:
        if self._draft.group is not None:
            return self._draft.group
        if self._family.value == "ipv6":
            return self._settings.multicast_group6
        return self._settings.multicast_group4

    def _required_vrid(self) -> Told[int | None]:
        told = self._draft.numbers.get("virtual_router_id")
        if told is None:
            text = "no virtual_router_id: keepalived does not start"
            self._note("refused", text, self._draft.line)
            return Told(None)
        return Told(told.value, told.line)

    def _interface(self) -> Told[str | None]:
        told = self._draft.words.get("interface")
        if told is None:
            text = "no interface: keepalived does not start"
            self._note("refused", text, self._draft.line)
            return Told(None)
        return Told(told.value, told.line)

    def _addresses(self) -> tuple[tuple[Told[Address], ...], tuple[Told[Address], ...]]:
        """Addresses that do not fit into an advert are not advertised."""
        limit = _MAX_ADDRESSES[self._family.value]
        addresses, excluded = self._draft.addresses, self._draft.excluded
        if not addresses:
            refused = self._version.value == 3 or self._strict.value
            text = "no virtual address" + (": keepalived does not start" if refused else "")
            self._note("refused" if refused else "no-addresses", text, self._draft.line)
        if len(addresses) > limit:
            text = f"{len(addresses)} addresses: only {limit} fit into an advert"
            self._note("too-many-addresses", text, addresses[limit].line)
        return tuple(addresses[:limit]), tuple(excluded + addresses[limit:])

    def _nopreempt(self) -> Told[bool]:
        told = self._draft.flags.get("nopreempt", self._off)
        if told.value and self._is_owner:
            text = "priority 255 clears nopreempt"
            self._note("nopreempt-cleared", text, told.line)
        elif told.value and self._state.value == "MASTER":
            text = "state MASTER clears nopreempt"
            self._note("nopreempt-cleared", text, told.line)
        else:
            return told
        return Told(False, told.line)

    def _preempt_delay(self, nopreempt: Told[bool]) -> Told[int]:
        told = self._draft.numbers.get("preempt_delay", Told(0))
        if told.value == 0:
            return told
        reasons = (
            (self._state.value == "MASTER", "state MASTER"),
            (self._strict.value, "strict mode"),
            (nopreempt.value, "nopreempt"),
        )
        reason = next((text for applies, text in reasons if applies), None)
        if reason is None:
            return told
        self._note("preempt-delay-cleared", f"{reason} clears preempt_delay", told.line)
        return Told(0, told.line)

    def _down_timer_adverts(self) -> Told[int]:
        told = self._draft.numbers.get("down_timer_adverts", self._settings.down_timer_adverts)
        if self._strict.value and told.value != 3:
            self._note("strict-down-timer", "strict mode: down_timer_adverts is 3", told.line)
            return Told(3, told.line)
        return told

    def _advert_interval(self) -> Told[int]:
        """Whole seconds in version 2 (1 to 255), centiseconds in version 3 (to 40.95 s)."""
        told = self._draft.numbers.get("advert_int", Told(NS_PER_S))
        version = self._version.value
        unit = NS_PER_S if version == 2 else _NS_PER_CS
        limit = _V2_LIMIT_NS if version == 2 else _V3_LIMIT_NS
        # keepalived leaves alone what lies between 40.95 and 40.96 s, and rounds it to 40.96 s.
        if told.value >= limit + unit:
            rounded = limit
        else:
            rounded = max((told.value + unit // 2) // unit, 1) * unit
        if rounded == told.value:
            return told
        text = f"version {version}: advert_int becomes {rounded / NS_PER_S:g} s"
        self._note("advert-int-rounded", text, told.line)
        return Told(rounded, told.line)

    def _under_strict(self, name: str, default: Told[bool], enforced: bool) -> Told[bool]:
        told = self._draft.flags.get(name)
        if not self._strict.value:
            return told or default
        if told is not None and told.value is not enforced:
            text = f"strict mode makes {name} {'on' if enforced else 'off'}"
            self._note("strict-advert", text, told.line)
        return Told(enforced, self._strict.line)

    def _accept(self) -> Told[bool]:
        told = self._draft.flags.get("accept")
        if told is None:
            return Told(self._is_owner or not self._strict.value)
        v2_strict = self._strict.value and self._version.value == 2
        if told.value and v2_strict and not self._is_owner:
            self._note("strict-accept", "strict mode and version 2 clear accept", told.line)
            return Told(False, told.line)
        return told
