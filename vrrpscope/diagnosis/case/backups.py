"""Who could have taken over, and when somebody should have."""

from bisect import bisect_right
from collections.abc import Iterator
from functools import cached_property

from vrrpscope.diagnosis.case.places import Places
from vrrpscope.diagnosis.case.roster import SEEN_BY
from vrrpscope.diagnosis.questions.disagreements import rejected
from vrrpscope.diagnosis.questions.due import QUERY_NS, Backup, DueFailover
from vrrpscope.diagnosis.questions.due_search import find_due_failovers
from vrrpscope.diagnosis.questions.kept_down import KeptDown, find_kept_down
from vrrpscope.diagnosis.questions.misread import Misread, find_misread
from vrrpscope.diagnosis.questions.signs import Pause
from vrrpscope.diagnosis.questions.terms import terms_of, told_terms
from vrrpscope.diagnosis.questions.unheeded import Unheeded, shown_well
from vrrpscope.evidence.model import Intent
from vrrpscope.observation import LEAVES
from vrrpscope.protocol.advertisement import Address, Advertisement
from vrrpscope.timeline.model import RouterStory
from vrrpscope.timeline.streak import Mark, Sender


class Backups(Places):
    """Who could have taken over, and when somebody should have."""

    def backups(
        self, story: RouterStory, holder: Sender, at: Mark, due_ns: int = 0
    ) -> tuple[Backup, ...]:
        """Everybody but the holder who was seen before the moment, or of whom a file tells.

        Who left the group within `due_ns` after the moment could not wait for its timer any more.
        """
        seen: dict[Address, tuple[Mark, str]] = {}
        for join in story.announcements:
            if join.kind in SEEN_BY and join.first < at and not join.subject.is_unspecified:
                seen[join.subject] = (min(join.last, at), SEEN_BY[join.kind])
        for address in dict.fromkeys(s.address for s in self.signs(story).senders):
            streak = self.signs(story).last_streak(address, at)
            if story.are_parted(address, holder.address):
                seen.pop(address, None)
            elif streak is not None:
                seen[address] = (min(streak.last, at), "advert")
        seen.pop(holder.address, None)
        until_ns = at.time_ns + due_ns
        found = [self._backup(story, a, m, by, (at, until_ns)) for a, (m, by) in seen.items()]
        all_ = (*found, *self._told_only(story, holder, set(seen)))
        return tuple(b for b in all_ if not self._is_strangers(story, b.intent, holder.address))

    def _is_strangers(self, story: RouterStory, intent: Intent | None, holder: Address) -> bool:
        """True where a router is told the addresses of another cluster that has the same VRID."""
        if intent is None or len(story.groups) < 2:
            return False
        told = {a.value for a in intent.addresses}
        own = story.group_numbers.get(holder, frozenset())
        of = {n for n, lists in enumerate(self._group_lists[id(story)]) if lists & told}
        return bool(of) and not of & own

    @cached_property
    def _group_lists(self) -> dict[int, tuple[set[Address], ...]]:
        """The virtual addresses of each cluster, where several share a VRID."""
        found: dict[int, tuple[set[Address], ...]] = {}
        for _, story in self.stories():
            if len(story.groups) > 1:
                number = {s: n for n, group in enumerate(story.groups) for s in group}
                found[id(story)] = tuple(set() for _ in story.groups)
                for streak in story.streaks:
                    found[id(story)][number[streak.sender]].update(streak.advertisement.addresses)
        return found

    def _backup(
        self, story: RouterStory, address: Address, seen: Mark, seen_by: str, when: tuple[Mark, int]
    ) -> Backup:
        at, until_ns = when
        said = self.signs(story).last_streak(address, at, speaking=True)
        left = [
            mark
            for a in story.announcements
            if a.kind in LEAVES and a.subject == address
            for mark in (a.first, a.last)
            if seen < mark and mark.time_ns < until_ns
        ]
        return Backup(
            name=self.name(address),
            address=address,
            seen=seen,
            seen_by=seen_by,
            left=max(left, default=None),
            intent=self.intent(story, address),
            last_priority=said.priority if said is not None else None,
            unseen_ns=at.time_ns - seen.time_ns,
            shows_leave=self.signs(story).joined(address, at) is not None,
        )

    def _told_only(
        self, story: RouterStory, holder: Sender, seen: set[Address]
    ) -> Iterator[Backup]:
        """Routers that have a configuration for this virtual router and were never seen."""
        for node in self.nodes:
            intent = node.intent(story.router)
            if intent is None or holder.address in node.addresses or node.addresses & seen:
                continue
            yield Backup(node.name, None, None, "", None, intent, None)

    def surely_listens(self, backup: Backup, advertisement: Advertisement) -> bool:
        """True where by its configuration a backup accepts the advert and cannot be in FAULT.

        One in FAULT listens to nothing, and looks like any other silent backup: one check without a
        weight is enough, or the fault of another member of its sync group. And one that was never
        seen to join the group (unicast peers) may have stopped without a sign. Or its log shows
        that it stayed a backup: one that accepts nothing becomes master.
        """
        if backup.surely_waited:
            return True
        intent = backup.intent
        if intent is None or not backup.runs_by_file:
            return False
        if intent.sync_group is not None or any(item.faults for item in intent.tracked):
            return False
        if backup.seen is not None and (not backup.shows_leave or backup.unseen_ns > QUERY_NS):
            return False
        return not self.rejects(backup, advertisement)

    def rejects(self, backup: Backup, advertisement: Advertisement) -> bool:
        """True where a backup's configuration makes it reject the advert.

        It then becomes a second master, which the first one can keep silent.
        """
        if backup.intent is None:
            return False
        heard = terms_of(advertisement)
        return bool(heard.flaws or rejected(heard, told_terms(backup.intent)))

    @cached_property
    def due_failovers(self) -> tuple[DueFailover, ...]:
        """Every fall of a master's priority that nobody answered in time."""
        return tuple(
            due
            for timeline, story in self.stories()
            for due in find_due_failovers(
                timeline, story, self.signs(story), self.nodes, self.backups, self.book
            )
        )

    def surely_failed(self, due: DueFailover) -> bool:
        """True where the priority surely fell because something that the master watches failed.

        By its log; else a reload may have lowered it, unless the count of the adverts went on.
        Where they are not counted, its configuration must be able to give both priorities.
        """
        if due.logged or due.fall.before is None:
            return True
        pause = self.signs(due.story).pause_before(due.fall.after)
        intent = self.intent(due.story, due.master.address)
        if pause is not Pause.UNKNOWN or intent is None:
            return pause not in (Pause.RESTARTED, Pause.UNKNOWN)
        return {due.fall.priority_before, due.priority} <= intent.effective_priorities()

    def misread_weight(self, due: DueFailover) -> Misread | None:
        """The check with a positive weight that would have moved the role with a negative one."""
        return find_misread(due, self.intent(due.story, due.master.address))

    def surely_no_better(self, due: DueFailover) -> bool:
        """True where no backup can have been better even after the fall, and each one preempts.

        Also a backup that was not seen: a better one that does not run is a cause of its own. Under
        nopreempt it would not have reacted to a deeper fall either: then two causes are there.
        """
        lower = all(b.best_priority <= due.priority for b in due.backups)
        lower = lower and self.surely_failed(due)
        listen = all(b.preempts and self.surely_listens(b, due.heard) for b in due.backups)
        return bool(due.backups) and lower and listen

    def surely_missed(self, unheeded: Unheeded) -> bool:
        """True where a backup surely listened that was better than the failure was to leave."""
        tenure, story = unheeded.tenure, unheeded.story
        index = bisect_right([s.first.time_ns for s in tenure.streaks], unheeded.failed_ns or 0)
        streak = tenure.streaks[max(0, index - 1)]
        at = Mark(unheeded.failed_ns or 0, streak.last.ref)
        return any(
            b.is_present
            and self._is_surely_above(b, unheeded)
            and not b.may_delay(unheeded.held_ns)
            and self.surely_listens(b, streak.advertisement)
            for b in self.backups(story, tenure.sender, at)
        )

    def _is_surely_above(self, backup: Backup, unheeded: Unheeded) -> bool:
        """True where it was better than what was meant, its own checks failing or known to pass."""
        node = self.node(backup.address) if backup.address is not None else None
        if backup.worst_priority > unheeded.meant or node is None or backup.intent is None:
            return backup.worst_priority > unheeded.meant
        span = unheeded.failed_ns or 0, unheeded.until_ns
        well = shown_well(unheeded.timeline, unheeded.story, node, *span)
        return well and backup.intent.healthy_priority > unheeded.meant

    @cached_property
    def kept_down(self) -> tuple[KeptDown, ...]:
        """Every time that a router was better, alive and silent, and a lesser one was master."""
        return tuple(
            kept
            for timeline, story in self.stories()
            for kept in find_kept_down(timeline, story, self.signs(story), self.intent)
            if not self._has_better_master(kept)
            and not self._is_strangers(story, kept.intent, kept.tenure.sender.address)
        )

    def _has_better_master(self, kept: KeptDown) -> bool:
        """True where a second master was better than the silent router: it rightly keeps still."""
        return any(
            r.worse == kept.tenure.sender
            and r.since.time_ns < kept.until_ns
            and kept.since_ns < r.until.time_ns
            and any(
                s.priority >= kept.priority and s.last > r.since
                for s in kept.story.streaks_of(r.better)
            )
            for r in self.rivalries_in(kept.story)
        )
