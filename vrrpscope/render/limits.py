"""What the captures do not show: said only where it applies."""

from collections.abc import Iterator
from ipaddress import IPv6Address

from vrrpscope.observation import VirtualRouter
from vrrpscope.protocol.advertisement import Address
from vrrpscope.render.document import Block, Heading, Paragraph, line
from vrrpscope.render.values import listed
from vrrpscope.render.view import View
from vrrpscope.timeline.model import RouterStory

_MOST = 8
_MOST_NAMED = 4


def limits(view: View) -> Iterator[Block]:
    """The honest last lines."""
    texts = list(_single_speakers(view))
    texts += [text for router in view.routers for text in _of_router(view, router)]
    if not texts:
        return
    yield Heading(line("What was not seen"))
    for text in texts[:_MOST]:
        yield Paragraph(line(text), bullet=True)
    if len(texts) > _MOST:
        yield Paragraph(line(f"and {len(texts) - _MOST} more of the same kind"), bullet=True)


def _senders(view: View, router: VirtualRouter) -> set[Address]:
    return {sender.address for _, story in view.routers[router] for sender in story.senders}


def _has_one_sender(view: View, router: VirtualRouter) -> bool:
    """True where one address speaks, and nobody else with the same address."""
    cloned = any(len(story.senders) > 1 for _, story in view.routers[router])
    return len(_senders(view, router)) == 1 and not cloned


def _single_speakers(view: View) -> Iterator[str]:
    """One speaker in a capture is not evidence of one master."""
    single = [router for router in view.routers if _has_one_sender(view, router)]
    if not single:
        return
    ids = [router.id for router in single[:_MOST_NAMED]]
    if len(single) > _MOST_NAMED:
        ids.append(f"{len(single) - _MOST_NAMED} more")
    who = "one router"
    if len(single) == 1:
        who = view.name(next(iter(_senders(view, single[0]))))
    yield (
        f"{listed(ids)}: only {who} advertises here. One speaker in a capture is not evidence of "
        "one master: a second one can be kept silent, or be out of sight"
    )


def _of_router(view: View, router: VirtualRouter) -> Iterator[str]:
    seen = [story for _, story in view.routers[router]]
    yield from _unknown_backups(view, router, seen)
    addresses = sorted(_senders(view, router), key=int)
    shared = [a for a in addresses if isinstance(a, IPv6Address) and _is_from_virtual_mac(a)]
    if shared:
        yield (
            f"{router.id}: {view.say(str(shared[0]))} is made of the virtual MAC, which all "
            "routers of the group share: several of them would look like one"
        )


def _unknown_backups(view: View, router: VirtualRouter, seen: list[RouterStory]) -> Iterator[str]:
    """Routers that were seen and never spoke, and whose configuration was not given."""
    silent = {s.address for story in seen for s in view.case.silent(story)}
    unknown = []
    for address in sorted(silent, key=int):
        node = view.case.node(address)
        if node is None or node.intent(router) is None:
            unknown.append(view.name(address))
    if unknown:
        whose = "its" if len(unknown) == 1 else "their"
        yield (
            f"{router.id}: {listed(unknown)} joined the VRRP group and never advertised here: "
            f"{whose} priority, preempt mode and health are on no wire; "
            "--config NODE=FILE tells what the router was told"
        )


def _is_from_virtual_mac(address: IPv6Address) -> bool:
    """True for fe80::200:5eff:fe00:2xx, derived from 00:00:5e:00:02:xx (RFC 4291 appendix A)."""
    return int(address) >> 8 == int(IPv6Address("fe80::200:5eff:fe00:200")) >> 8
