"""Whether a node that the user named belongs to a virtual router that was seen.

A configuration knows no VLANs: the same VRID on two of them is two virtual routers.
"""

from vrrpscope.diagnosis.nodes import Node
from vrrpscope.observation import JOINS, LEAVES
from vrrpscope.timeline.model import RouterStory


def is_member(story: RouterStory, node: Node) -> bool:
    """True where it was seen there, or is told to hold one of the virtual addresses.

    Of a node without a configuration, its log tells: the binding knows the instance by its events.
    """
    if node.configuration is None and story.router in node.instances:
        return True
    intent = node.intent(story.router)
    told = {address.value for address in intent.addresses} if intent is not None else set()
    if told.intersection(story.addresses):
        return True
    seen = {sender.address for sender in story.senders}
    seen.update(a.subject for a in story.announcements if a.kind in (*JOINS, *LEAVES))
    return bool(node.addresses & seen)
