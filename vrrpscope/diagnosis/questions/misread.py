"""Positive weights that were read as penalties.

keepalived adds a positive weight while the check passes, and a negative one while it fails
(process_script_update_priority). So a failure takes a router with a positive weight back to its
base priority, and no lower.
"""

from msgspec import Struct

from vrrpscope.diagnosis.questions.due import Backup, DueFailover
from vrrpscope.evidence.model import LOWEST_PRIORITY, Intent, TrackedItem


class Misread(Struct, frozen=True):
    """A fall that does not suffice, and would with the other sign.

    Attributes:
        item: what failed; its weight is positive.
        backup: the best of the others, which is no better even now.
        as_penalty: the priority that the master would have fallen to, were the weight a penalty.
        others: other checks whose failure gives the same fall.
    """

    item: TrackedItem
    backup: Backup
    backup_priority: int
    as_penalty: int
    others: tuple[str, ...] = ()


def find_misread(due: DueFailover, master: Intent | None) -> Misread | None:
    """The check whose positive weight explains a fall that nobody answered; None where none does.

    Only where the configuration accounts for the priorities before and after the fall, and the best
    backup lies between what the master fell to and what a penalty would have made of it. Where a
    backup has the bonus too, the weight is what it should be, and at most too small.
    """
    known = [(b.healthy_priority, b) for b in due.backups if b.healthy_priority is not None]
    if master is None or not known or due.fall.priority_before != master.healthy_priority:
        return None
    priority, backup = max(known, key=lambda pair: pair[0])
    fitting = [i for i in master.tracked if master.priority_when_failed(i) == due.priority]
    told = {s.name for s in due.logged}
    for item in sorted(fitting, key=lambda i: i.name not in told):
        if item.is_open or item.reverse or item.weight.value <= 0 or _has_bonus(due, item):
            continue
        as_penalty = max(LOWEST_PRIORITY, due.priority - item.weight.value)
        if as_penalty < priority <= due.priority:
            others = tuple(i.name for i in fitting if i is not item and item.name not in told)
            return Misread(item, backup, priority, as_penalty, others)
    return None


def _has_bonus(due: DueFailover, item: TrackedItem) -> bool:
    """True where a backup has a bonus from the same kind of check, by its name or its command."""
    return any(
        own.kind is item.kind
        and own.weight.value > 0
        and (own.name == item.name or (own.command is not None and own.command == item.command))
        for backup in due.backups
        if backup.intent is not None
        for own in backup.intent.tracked
    )
