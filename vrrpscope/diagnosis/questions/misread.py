"""Positive weights that were read as penalties.

keepalived adds a positive weight while the check passes, and a negative one while it fails
(process_script_update_priority). So a failure takes a router with a positive weight back to its
base priority, and no lower.
"""

from dataclasses import dataclass

from vrrpscope.diagnosis.questions.due import Backup, DueFailover
from vrrpscope.evidence.model import LOWEST_PRIORITY, Intent, TrackedItem


@dataclass(frozen=True, slots=True)
class Misread:
    """A fall that does not suffice, and would with the other sign.

    Attributes:
        item: what failed; its weight is positive.
        backup: the best of the others, which is no better even now.
        as_penalty: the priority that the master would have fallen to, were the weight a penalty.
    """

    item: TrackedItem
    backup: Backup
    backup_priority: int
    as_penalty: int


def find_misread(due: DueFailover, master: Intent | None) -> Misread | None:
    """The check whose positive weight explains a fall that nobody answered; None where none does.

    Only where the configuration accounts for the priorities before and after the fall, and the best
    backup lies between what the master fell to and what a penalty would have made of it.
    """
    known = [(b.healthy_priority, b) for b in due.backups if b.healthy_priority is not None]
    if master is None or not known or due.fall.priority_before != master.healthy_priority:
        return None
    priority, backup = max(known, key=lambda pair: pair[0])
    for item in master.tracked:
        if item.is_open or item.reverse or item.weight.value <= 0:
            continue
        as_penalty = max(LOWEST_PRIORITY, due.priority - item.weight.value)
        fits = master.priority_when_failed(item) == due.priority
        if fits and as_penalty < priority <= due.priority:
            return Misread(item, backup, priority, as_penalty)
    return None
