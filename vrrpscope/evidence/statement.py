"""What a log says that a daemon did: statements, each with its line.

A log is a witness for its own node only, and by its own clock. `Statement.time_ns` is in that clock
until the log has been compared with a capture (`diagnosis.clocks`), and in the capture's from then
on.
"""

from enum import StrEnum
from typing import Literal

from msgspec import Struct

from vrrpscope.evidence.told import SourceLine
from vrrpscope.protocol.advertisement import Address

Daemon = Literal["keepalived", "frr"]


class Said(StrEnum):
    """What a line of a log is about. Each says which fields of `Statement` it fills."""

    STARTED = "started"
    """The daemon started; `text` is its version where the line tells it ("2.2.7")."""
    STOPPING = "stopping"
    """The daemon was told to stop ("Stopping", "Stopped Keepalived")."""
    RELOADED = "reloaded"
    """The configuration was read again (SIGHUP: "Reloading ...")."""
    CHILD_DIED = "child-died"
    """A child process died and is started again; `text` is how it ended."""
    STATE = "state"
    """The instance entered a state: `state` is MASTER, BACKUP, FAULT or INIT; `reason`."""
    PRIORITY = "priority"
    """The effective priority changed: `before`, `after`."""
    TRACKED = "tracked"
    """A script, process, file or interface changed: `name`, `good`, `reason`."""
    SCRIPT_UNUSABLE = "script-unusable"
    """A tracked script is disabled, not found, or not used: `name`, `reason`."""
    SCRIPT_LATE = "script-late"
    """A script timed out or still ran when it was due again: `name`."""
    TIMEOUT = "timeout"
    """"Receive advertisement timeout": the Master_Down_Timer ran out (only with -D)."""
    REJECTED = "rejected"
    """An advert was not accepted: `reason` is the id of the cause in the catalogue."""
    ACCEPTED_WITH_WARNING = "accepted-with-warning"
    """An advert differs and was accepted (>= 2.3.3): `reason` is the id of the cause."""
    DISCARDED_LOWER = "discarded-lower"
    """A backup that preempts ignored a lower priority: `before` theirs; `address` whose."""
    ELECTION_FORCED = "election-forced"
    """A master heard a lower priority: `before` theirs, `after` its own, `address` whose."""
    YIELDED = "yielded"
    """A master heard a higher priority and gave way: `before` theirs, `after` own, `address`."""
    OWN_ADDRESS_HEARD = "own-address-heard"
    """An advert of the same priority came from the node's own address."""
    OWNER_CONFLICT = "owner-conflict"
    """Another router claims to be the address owner as well (priority 255)."""
    SENT_RELEASE = "sent-release"
    """The instance sent priority 0 ("sent 0 priority", only with -D)."""
    HEARD_RELEASE = "heard-release"
    """Priority 0 was received (only with -D)."""
    SEND_FAILED = "send-failed"
    """An advert could not be sent: `reason` is the system's error."""
    TIMER_LATE = "timer-late"
    """"A thread timer expired N seconds ago": `delay_ns`. The daemon did not run meanwhile."""
    PREEMPT_DELAY = "preempt-delay"
    """A preempt delay began: `delay_ns`."""
    INTERVAL_LEARNED = "interval-learned"
    """VRRPv3: the interval changed to the master's or back to its own: `before`, `after` in ns."""
    ADDRESS_ASSIGNED = "address-assigned"
    """The kernel reports an address of the host itself: `address`, `name` the interface."""
    ADDRESS_REMOVED = "address-removed"
    """The kernel reports that an address is gone: `address`, `name` the interface."""
    VIP_REMOVED = "vip-removed"
    """The netlink reflector reports that a virtual address was removed: `address`, `name`."""
    INTERFACE = "interface"
    """An interface went up or down: `name`, `good`."""
    BIND_FAILED = "bind-failed"
    """A socket could not be bound to the source address: `address`, `reason`."""
    GARP = "garp"
    """Gratuitous ARPs or unsolicited neighbour advertisements were sent: `address`."""
    SYNC = "sync"
    """A sync group moved its members: `name` the group, `state`."""
    CONFIG = "config"
    """Something of the configuration was changed, ignored or refused: `reason` is a code like
    those of `evidence.model` notes ("nopreempt-cleared"), else "other"; `text` the line."""


class Statement(Struct, frozen=True):
    """One line of a log, understood.

    Attributes:
        time_ns: nanoseconds since the epoch; None for a line without a time.
        instance: the vrrp_instance that it is about; None where it is about the daemon.
        vrid, family: of FRRouting, which has no instance names; None for keepalived.
    """

    said: Said
    line: SourceLine
    time_ns: int | None
    instance: str | None = None
    vrid: int | None = None
    family: str | None = None
    state: str | None = None
    name: str | None = None
    address: Address | None = None
    before: int | None = None
    after: int | None = None
    good: bool | None = None
    reason: str | None = None
    delay_ns: int | None = None
    text: str | None = None


class Log(Struct, frozen=True):
    """The log of one daemon on one node.

    Attributes:
        file: as the user named it.
        host: the host name in its lines; None where they have none.
        versions: each version that it tells and the statement of the start.
        dated: the times have a year; without one they are placed in 1970 until compared.
        zoned: the times have a zone; without one they are read as if they were UTC.
        resolution_ns: the step of its times: a line happened within this after its time.
        first_ns, last_ns: the first and the last time of any line of the file, understood or not.
        lines: how many lines it has, and `read` how many of them are the daemon's own.
        texts: every line, control characters and passwords masked, for quoting.
    """

    file: str
    node: str | None
    daemon: Daemon
    host: str | None
    statements: tuple[Statement, ...]
    dated: bool
    zoned: bool
    resolution_ns: int
    first_ns: int | None
    last_ns: int | None
    lines: int
    read: int
    notes: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()

    @property
    def version(self) -> str | None:
        """The version that the daemon told last; None where it did not."""
        told = [s.text for s in self.statements if s.said is Said.STARTED and s.text]
        return told[-1] if told else None

    def of(self, *said: Said) -> tuple[Statement, ...]:
        """The statements of these kinds, in the order of the file."""
        return tuple(s for s in self.statements if s.said in said)

    def quote(self, line: SourceLine) -> str:
        """The text of a line of this file; "" for a line of another one."""
        known = line.file == self.file and 0 < line.line <= len(self.texts)
        return self.texts[line.line - 1] if known else ""
