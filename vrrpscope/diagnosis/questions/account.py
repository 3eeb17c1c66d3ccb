"""What a router's own log says of its state and its priority during a span.

A silent backup shows neither on the wire. Its log does, with two limits: a line happened at some
moment within the log's resolution, and silence tells something only where the log has lines of any
kind before and after (`Node.log_covers`). The log of a daemon that has nothing to say ends early.
"""

from msgspec import Struct

from vrrpscope.diagnosis.finding import Step
from vrrpscope.diagnosis.questions.logbook import LogBook
from vrrpscope.evidence.statement import Said, Statement
from vrrpscope.observation import Basis

_LIFE = (Said.STATE, Said.STARTED, Said.STOPPING, Said.CHILD_DIED)
_PRIORITY = (Said.PRIORITY, Said.STARTED, Said.RELOADED)
_OUT = ("FAULT", "INIT", "MASTER", "STOPPED")


class Account(Struct, frozen=True):
    """A log about one virtual router, before a span and within it.

    Attributes:
        life: the last statement before the span about the daemon's life or the instance's state.
        priority: the last change of the effective priority before it; None where none was told
            since the daemon started or was reloaded.
        base: the statement that the daemon started, where the log has it and no change after it:
            the priority is then the configured one.
        within: what may have been said within the span.
        covers: the log has lines before and after the span: what it omits did not happen.
        cleared: the line that says that nopreempt was cleared when the daemon started.
    """

    life: Statement | None
    priority: Statement | None
    base: Statement | None
    within: tuple[Statement, ...]
    covers: bool
    cleared: Statement | None = None

    @property
    def state(self) -> str | None:
        """The state before the span: "BACKUP", "FAULT" or the like, "STOPPED"; None if not told."""
        if self.life is None:
            return None
        if self.life.said in (Said.STOPPING, Said.CHILD_DIED):
            return "STOPPED"
        return self.life.state

    @property
    def stays_backup(self) -> bool:
        """True where it was BACKUP before the span and, by a log that covers it, all the while."""
        return self.covers and self.state == "BACKUP" and not self._of(*_LIFE, Said.RELOADED)

    @property
    def is_out(self) -> bool:
        """True where it was no backup (in FAULT, stopped, or master) and did not become one."""
        back = any(s.state == "BACKUP" for s in self._of(Said.STATE))
        return self.state in _OUT and not back

    @property
    def preempts(self) -> bool:
        """True where it says that it discards a lower priority, or that nopreempt was cleared."""
        return self.cleared is not None or bool(self._of(Said.DISCARDED_LOWER))

    @property
    def starts_anew(self) -> Statement | None:
        """A start or a reload within the span: the configuration may have been another before."""
        return next(iter(self._of(Said.STARTED, Said.RELOADED)), None)

    def priorities(self, base: int | None) -> frozenset[int] | None:
        """Every effective priority that it had within the span; None where that is not certain.

        Args:
            base: the configured priority; None where no configuration tells it.
        """
        if not self.covers or self._of(Said.STARTED, Said.RELOADED):
            return None
        first = self.last_priority(base)
        if first is None:
            return None
        return frozenset({first, *(s.after for s in self._of(Said.PRIORITY) if s.after)})

    def last_priority(self, base: int | None) -> int | None:
        """The effective priority before the span, by the lines that the log has."""
        if self.priority is not None:
            return self.priority.after
        return base if self.base is not None else None

    def _of(self, *said: Said) -> tuple[Statement, ...]:
        return tuple(s for s in self.within if s.said in said)


def logged_backup(account: Account | None, name: str) -> tuple[Step, ...]:
    """The step that says by a router's log that it was a backup all the while."""
    if account is None or not account.stays_backup or account.life is None:
        return ()
    text = f"the log of {name} goes on beyond that time: it was BACKUP all the while"
    return (Step(text, Basis.TOLD, (account.life.line,)),)


def ask_beyond(name: str) -> tuple[str, ...]:
    """What to ask where a router's log ends too early to tell."""
    return (
        f"the log of {name} has no line after that time, so its silence proves nothing. On {name}: "
        "kill -USR1 $(cat /run/keepalived.pid), then 'State', 'Effective priority' and 'Preempt' "
        "in /tmp/keepalived.data",
    )


def read_account(book: LogBook, since_ns: int, until_ns: int) -> Account | None:
    """What a log says of a virtual router; None without a log whose times are known."""
    if book.is_empty:
        return None
    changed = book.last_before(since_ns, *_PRIORITY)
    return Account(
        life=book.last_before(since_ns, *_LIFE),
        priority=changed if changed is not None and changed.said is Said.PRIORITY else None,
        base=changed if changed is not None and changed.said is Said.STARTED else None,
        within=book.within(since_ns, until_ns),
        covers=book.node.log_covers(since_ns, until_ns),
        cleared=cleared_before(book, since_ns),
    )


def cleared_before(book: LogBook, time_ns: int) -> Statement | None:
    """The line since the last start or reload that says that nopreempt was cleared."""
    began = book.last_before(time_ns, Said.STARTED, Said.RELOADED)
    since_ns = began.time_ns if began is not None and began.time_ns is not None else 0
    for statement in book.within(since_ns, time_ns, Said.CONFIG):
        if statement.reason == "nopreempt-cleared":
            return statement
    return None
