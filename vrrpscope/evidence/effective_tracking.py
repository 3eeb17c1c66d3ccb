"""What an instance watches in the end: weights that do not fit are dropped, its group's are added.

Source: keepalived 2.2.7, vrrp/vrrp.c (vrrp_complete_instance, sync_group_tracking_init).
"""

from msgspec.structs import replace

from vrrpscope.evidence.instance import Draft
from vrrpscope.evidence.model import SyncGroup, TrackedItem, TrackKind
from vrrpscope.evidence.told import Told


def effective_tracking(
    draft: Draft, is_owner: bool, group: SyncGroup | None
) -> tuple[TrackedItem, ...]:
    """The instance's own items after what keepalived drops, then those of its sync group."""
    own = [item for item in draft.tracked if not _is_own_interface(draft, item)]
    in_group = group is not None and not group.tracking_weight.value
    if in_group or is_owner:
        unweighted = [_unweighted(draft, item, in_group) for item in own]
        own = [item for item in unweighted if item is not None]
    for item in group.tracked if group else ():
        _merge(own, item)
    return tuple(own)


def ignored_tracking(
    draft: Draft, is_owner: bool, group: SyncGroup | None
) -> tuple[TrackedItem, ...]:
    """What the configuration says that the instance watches, and what keepalived drops."""
    in_group = group is not None and not group.tracking_weight.value
    if not in_group and not is_owner:
        return ()
    return tuple(item for item in draft.tracked if _is_ignored(item, in_group))


def _is_ignored(item: TrackedItem, in_group: bool) -> bool:
    """True for what `_unweighted` drops altogether."""
    if item.faults or item.kind is TrackKind.PROCESS:
        return False
    default_file = item.kind is TrackKind.FILE and item.weight.value == 1
    return not default_file and not (item.kind is TrackKind.INTERFACE and in_group)


def _is_own_interface(draft: Draft, item: TrackedItem) -> bool:
    interface = draft.words.get("interface")
    if item.kind is not TrackKind.INTERFACE or not interface or item.name != interface.value:
        return False
    text = f"({draft.name}) track_interface {item.name}: its own interface, ignored"
    draft.notes.add("tracks-own-interface", text, item.line)
    return True


def _unweighted(draft: Draft, item: TrackedItem, in_group: bool) -> TrackedItem | None:
    """The item without its weight, or None where keepalived drops it altogether.

    2.2.7 forgets processes: they keep their weights.
    """
    if item.faults or item.kind is TrackKind.PROCESS:
        return item
    reason = "its sync group" if in_group else "priority 255"
    if not _is_ignored(item, in_group):
        text = f"({draft.name}) weight of {item.kind} {item.name} dropped because of {reason}"
        draft.notes.add("weight-dropped", text, item.line)
        return replace(item, weight=Told(0, item.weight.line))
    text = f"({draft.name}) {item.kind} {item.name} with a weight ignored because of {reason}"
    draft.notes.add("weight-ignored", text, item.line)
    return None


def _merge(own: list[TrackedItem], item: TrackedItem) -> None:
    """Add what the group watches; its weight replaces a weight of the instance's own."""
    for index, other in enumerate(own):
        if (other.kind, other.name) == (item.kind, item.name):
            if not other.faults:
                own[index] = replace(item, line=other.line)
            return
    own.append(item)
