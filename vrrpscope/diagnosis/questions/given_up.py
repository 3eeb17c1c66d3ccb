"""Roles that a host gave up or yielded: other instances of it may have followed without a word.

keepalived vrrp_sync_backup(): the other members of a sync group stop without a priority 0.
"""

from bisect import bisect_left

from vrrpscope.observation import VirtualRouter
from vrrpscope.timeline.model import EndedBy, Timeline


class GivenUp:
    """When each host gave up, or yielded, the role of which virtual router."""

    def __init__(self, timeline: Timeline) -> None:
        self._by_host: dict[str, list[tuple[int, VirtualRouter]]] = {}
        for story in timeline.routers:
            for streak in story.streaks:
                if streak.priority == 0:
                    said = self._by_host.setdefault(streak.sender.host, [])
                    said.append((streak.first.time_ns, story.router))
            for tenure in story.tenures:
                if tenure.ended_by is EndedBy.YIELDED:
                    said = self._by_host.setdefault(tenure.sender.host, [])
                    said.append((tenure.until.time_ns, story.router))
        for said in self._by_host.values():
            said.sort(key=lambda release: release[0])

    def elsewhere(self, host: str, router: VirtualRouter, from_ns: int, until_ns: int) -> bool:
        """True where it gave up another virtual router's role in that time."""
        said = self._by_host.get(host, [])
        index = bisect_left(said, from_ns, key=lambda release: release[0])
        while index < len(said) and said[index][0] <= until_ns:
            if said[index][1] != router:
                return True
            index += 1
        return False
