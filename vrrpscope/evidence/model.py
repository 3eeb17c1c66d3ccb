"""What a keepalived.conf tells a router to do, as values.

Every value is what keepalived 2.2.7 makes of the configuration, its defaults included. Where that
is not what is written, a note says so. Times are integers of nanoseconds.
"""

from enum import StrEnum
from typing import Literal

from msgspec import Struct

from vrrpscope.evidence.told import Note, SourceLine, Told
from vrrpscope.protocol.advertisement import PRIORITY_OWNER, Address, Authentication

LOWEST_PRIORITY = 1
HIGHEST_PRIORITY = PRIORITY_OWNER - 1
"""Bounds of a priority that weights change (keepalived: vrrp_set_effective_priority)."""

Family = Literal["ipv4", "ipv6"]


class TrackKind(StrEnum):
    """What is watched."""

    SCRIPT = "script"
    PROCESS = "process"
    FILE = "file"
    INTERFACE = "interface"
    BFD = "bfd"


class TrackedItem(Struct, frozen=True):
    """Something that an instance watches, and what its failure does to the priority.

    Attributes:
        weight: 0 puts the instance into FAULT on failure; a positive weight is added while all is
            well; a negative one while it fails; for a file it multiplies the number in the file.
        line: where the instance (or its sync group) says that it watches this.
        reverse: the effect is the other way round.
        command: a script's command line, a process's path, a file's path.
        definition: where the script, process, file or BFD session is defined.
        interval_ns, timeout_ns, rise, fall: of scripts; None for everything else.
        init_fail: a script counts as failed until it first succeeds.
        sync_group: the group through which the instance watches this.
    """

    kind: TrackKind
    name: str
    weight: Told[int]
    line: SourceLine
    reverse: bool = False
    command: str | None = None
    definition: SourceLine | None = None
    interval_ns: Told[int] | None = None
    timeout_ns: Told[int] | None = None
    rise: Told[int] | None = None
    fall: Told[int] | None = None
    init_fail: bool = False
    sync_group: str | None = None

    @property
    def faults(self) -> bool:
        """True where failure (success, with `reverse`) means FAULT instead of a priority."""
        return self.weight.value == 0

    @property
    def is_open(self) -> bool:
        """True where the effect on the priority is not in the configuration: a weighted file."""
        return self.kind is TrackKind.FILE and not self.faults

    @property
    def contributions(self) -> tuple[int, int]:
        """What is added to the priority while all is well, and while it fails.

        keepalived: process_script_update_priority and its like. For a weighted file: with 0 and
        with 1 in it.
        """
        weight = -self.weight.value if self.reverse else self.weight.value
        if self.is_open:
            return 0, weight
        return (weight, 0) if self.weight.value > 0 else (0, weight)


class GarpSettings(Struct, frozen=True):
    """Gratuitous ARPs and neighbour advertisements of a master."""

    delay_ns: Told[int]
    repeat: Told[int]
    refresh_ns: Told[int]
    refresh_repeat: Told[int]
    lower_prio_delay_ns: Told[int]
    lower_prio_repeat: Told[int]


class GlobalSettings(Struct, frozen=True):
    """What `global_defs` says, as far as it matters to VRRP."""

    router_id: Told[str] | None
    vrrp_version: Told[int]
    strict: Told[bool]
    multicast_group4: Told[Address]
    multicast_group6: Told[Address]
    garp: GarpSettings
    down_timer_adverts: Told[int]
    lower_prio_no_advert: Told[bool]
    higher_prio_send_advert: Told[bool]
    skip_check_adv_addr: Told[bool]
    check_unicast_src: Told[bool]
    startup_delay_ns: Told[int]
    dynamic_interfaces: Told[bool]
    script_security: Told[bool]
    script_user: Told[str] | None


class SyncGroup(Struct, frozen=True):
    """A `vrrp_sync_group`: its members change their state together.

    `tracking_weight` is `sync_group_tracking_weight`: without it, weights of what the members
    watch are dropped.
    """

    name: str
    line: SourceLine
    members: tuple[Told[str], ...]
    tracked: tuple[TrackedItem, ...]
    tracking_weight: Told[bool]
    notes: tuple[Note, ...]


class Intent(Struct, frozen=True):
    """One `vrrp_instance` on one node: what it was told, and what keepalived makes of it.

    FRRouting's routers are put in the same words, one for each family: see `frr_conf`.

    Attributes:
        node: the name that the user gave to the router; None where none was given.
        line: where the block begins.
        state: the effective initial state, "MASTER" or "BACKUP".
        base_priority: the configured priority; the one on the wire may differ by weights.
        nopreempt: the effective setting; `nopreempt_told` is what is written.
        preempt_delay_ns, advert_interval_ns: effective, after rounding and clearing.
        source: `unicast_src_ip` or `mcast_src_ip`; None where keepalived takes the address of
            the interface.
        old_unicast_checksum: "never", or anything else for always; None where it is not told.
        is_unicast: unicast peers are told, so keepalived uses no multicast.
        multicast_group: where adverts go; None for unicast.
        addresses: the addresses in the adverts, in order, without prefix lengths.
        excluded: addresses that the master owns, but does not advertise.
        authentication: as it is on the wire: a password has eight bytes.
        tracked: what the instance watches, also through its sync group.
        ignored: what it is told to watch with a weight that keepalived does not allow here: an
            address owner's, or a member's of a sync group without weights.
        daemon: "keepalived" or "FRRouting".
        pseudo_header: the checksum of version 3 over IPv4 covers a pseudo-header.
    """

    node: str | None
    file: str
    instance: str
    line: SourceLine
    family: Told[Family]
    version: Told[int]
    vrid: Told[int | None]
    interface: Told[str | None]
    state: Told[str]
    base_priority: Told[int]
    nopreempt: Told[bool]
    nopreempt_told: Told[bool]
    preempt_delay_ns: Told[int]
    advert_interval_ns: Told[int]
    down_timer_adverts: Told[int]
    source: Told[Address] | None
    is_unicast: bool
    unicast_peers: tuple[Told[Address], ...]
    multicast_group: Told[Address] | None
    unicast_ttl: Told[int] | None
    addresses: tuple[Told[Address], ...]
    excluded: tuple[Told[Address], ...]
    authentication: Told[Authentication]
    tracked: tuple[TrackedItem, ...]
    sync_group: str | None
    use_vmac: Told[bool]
    vmac_xmit_base: Told[bool]
    garp: GarpSettings
    lower_prio_no_advert: Told[bool]
    higher_prio_send_advert: Told[bool]
    skip_check_adv_addr: Told[bool]
    check_unicast_src: Told[bool]
    old_unicast_checksum: Told[str] | None
    strict: Told[bool]
    accept: Told[bool]
    dont_track_primary: Told[bool]
    notes: tuple[Note, ...] = ()
    ignored: tuple[TrackedItem, ...] = ()
    daemon: str = "keepalived"
    pseudo_header: Told[bool] = Told(True)

    @property
    def is_frrouting(self) -> bool:
        """True where vrrpd of FRRouting runs it."""
        return self.daemon != "keepalived"

    @property
    def is_owner(self) -> bool:
        """True for the address owner: no weight changes its priority."""
        return self.base_priority.value == PRIORITY_OWNER

    @property
    def healthy_priority(self) -> int:
        """The priority on the wire while all that is watched is well."""
        return self._clamped(sum(item.contributions[0] for item in self.tracked))

    def priority_when_failed(self, *failed: TrackedItem) -> int | None:
        """The priority on the wire while these items fail and the others are well.

        None where that is FAULT: the instance sends priority 0 and then nothing. An item with
        `reverse` and weight 0 is in FAULT while it succeeds, so its failure is no FAULT.
        """
        if any(item.faults and not item.reverse for item in failed):
            return None
        total = sum(item.contributions[item in failed] for item in self.tracked)
        return self._clamped(total)

    def effective_priorities(self) -> frozenset[int]:
        """All priorities that may be on the wire, apart from 0, whatever fails or recovers."""
        if self.is_owner:
            return frozenset({PRIORITY_OWNER})
        if any(item.is_open for item in self.tracked):
            return frozenset(range(LOWEST_PRIORITY, HIGHEST_PRIORITY + 1))
        # One bit for each reachable sum: bounded work however many items there are.
        sums, offset = 1, 0
        for item in self.tracked:
            weight = sum(item.contributions)
            sums |= sums << abs(weight)
            offset -= abs(weight) if weight < 0 else 0
        low, high = LOWEST_PRIORITY, HIGHEST_PRIORITY
        first = self.base_priority.value + offset
        within = {p for p in range(low, high + 1) if p >= first and sums >> (p - first) & 1}
        below = sums & ((1 << max(0, low - first)) - 1)
        above = sums >> max(0, high + 1 - first)
        return frozenset(within | ({low} if below else set()) | ({high} if above else set()))

    def has_note(self, code: str) -> bool:
        """True where keepalived changes, ignores or refuses something by that name."""
        return any(note.code == code for note in self.notes)

    def _clamped(self, contribution: int) -> int:
        if self.is_owner:
            return PRIORITY_OWNER
        priority = self.base_priority.value + contribution
        return max(LOWEST_PRIORITY, min(HIGHEST_PRIORITY, priority))
