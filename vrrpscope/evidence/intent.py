"""From a keepalived.conf, or FRRouting's, to what the instances are told: the entry point.

Source of the order of things: keepalived 2.2.7, vrrp/vrrp.c (vrrp_complete_init) and
vrrp/vrrp_sync.c.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from msgspec.structs import replace

from vrrpscope.evidence.config_files import ConfigFiles
from vrrpscope.evidence.effective import Completion, base_priority
from vrrpscope.evidence.frr_conf import FrrReader, is_frr
from vrrpscope.evidence.instance import Draft, InstanceReader
from vrrpscope.evidence.keepalived_conf import Node, Tree, parse_files, parse_text
from vrrpscope.evidence.keywords import ROOT, SYNC_GROUP
from vrrpscope.evidence.model import (
    GarpSettings,
    GlobalSettings,
    Intent,
    SyncGroup,
    TrackedItem,
    TrackKind,
)
from vrrpscope.evidence.settings import read_globals
from vrrpscope.evidence.told import Note, Notes, SourceLine, Told, printable
from vrrpscope.evidence.tracking import (
    Definitions,
    is_track_keyword,
    read_definition,
    read_tracked,
)
from vrrpscope.protocol.advertisement import PRIORITY_OWNER, Address

__all__ = [
    "Configuration",
    "GarpSettings",
    "GlobalSettings",
    "Intent",
    "Note",
    "SourceLine",
    "SyncGroup",
    "Told",
    "TrackKind",
    "TrackedItem",
    "parse_configuration",
    "parse_configuration_text",
]

_MASK = "********"
_PASSWORD = re.compile(r"(auth_pass[ \t\r\f\v]+)\S.*")
_SHORTEST_MASKED = 3
_FRR_SECRET = re.compile(
    r"(\b(?:password|key-string|authentication-key|md5|community|secret)[ \t]+)\S.*"
)


@dataclass(frozen=True, slots=True)
class Configuration:
    """One router's keepalived.conf, or its configuration of FRRouting.

    Attributes:
        file: as the user gave it.
        node: the name that the user gave to the router; None where none was given.
        settings: global_defs.
        intents: the instances, in order.
        sync_groups: those that have members.
        notes: what is odd outside of instances; `Intent.notes` has the others.
        lines: the lines of every file that was read, with passwords masked; see `quote`.
    """

    file: str
    node: str | None
    settings: GlobalSettings
    intents: tuple[Intent, ...]
    sync_groups: tuple[SyncGroup, ...]
    notes: tuple[Note, ...] = field(repr=False)
    lines: dict[str, tuple[str, ...]] = field(repr=False)
    tree: tuple[Node, ...] = field(repr=False, compare=False)

    @property
    def router_id(self) -> Told[str] | None:
        """`router_id`, a hint at the node's name; None where it is not told."""
        return self.settings.router_id

    @property
    def sources(self) -> tuple[Told[Address], ...]:
        """`unicast_src_ip` and `mcast_src_ip` of the instances: addresses of this node."""
        found = (intent.source for intent in self.intents)
        return tuple(source for source in found if source is not None)

    def quote(self, line: SourceLine) -> str:
        """The text of a line, without password and control characters; "" for unknown lines."""
        lines = self.lines.get(line.file, ())
        return lines[line.line - 1].strip() if 0 < line.line <= len(lines) else ""


def parse_configuration(
    path: str, node: str | None = None, config_id: str | None = None
) -> Configuration:
    """Read a keepalived.conf and what it includes, or a configuration of FRRouting.

    Args:
        path: the file; files that it includes are read from its folder and below.
        node: the router's name, where the user gave one.
        config_id: what `@id` lines are for (keepalived -i); by default the first part of `node`,
            as keepalived takes the host name up to the first dot.

    Raises:
        EvidenceError: where it cannot be read, is no configuration of keepalived, or is one of
            FRRouting in which nothing is about VRRP.
    """
    files = ConfigFiles(str(Path(path).parent), Notes())
    lines = files.read(path)
    if is_frr(lines):
        return _frr_configuration(path, lines, node, files.notes)
    tree = parse_files(path, files, _config_id(node, config_id))
    return _configuration(tree, node, config_id)


def parse_configuration_text(
    text: str, file: str = "keepalived.conf", node: str | None = None, config_id: str | None = None
) -> Configuration:
    """Like `parse_configuration` for a text in memory.

    Raises:
        EvidenceError: where it is no configuration of keepalived.
    """
    lines = text.split("\n")
    if is_frr(lines):
        return _frr_configuration(file, lines, node, Notes())
    return _configuration(parse_text(text, file, _config_id(node, config_id)), node, config_id)


def _frr_configuration(
    file: str, lines: Iterable[str], node: str | None, notes: Notes
) -> Configuration:
    """What FRRouting's vrrpd makes of its file."""
    lines = [line.rstrip("\r") for line in lines]
    reader = FrrReader(file)
    reader.read(lines)
    intents = tuple(reader.intents(node))
    return Configuration(
        file=file,
        node=node,
        settings=reader.settings(),
        intents=intents,
        sync_groups=(),
        notes=(*notes, *reader.notes),
        lines={file: tuple(printable(_FRR_SECRET.sub(rf"\g<1>{_MASK}", line)) for line in lines)},
        tree=(),
    )


def _config_id(node: str | None, config_id: str | None) -> str | None:
    return config_id or (node.partition(".")[0] if node else None)


def _configuration(tree: Tree, node: str | None, config_id: str | None) -> Configuration:
    notes = Notes(tree.notes)
    _check_conditions(tree, _config_id(node, config_id), notes)
    _check_root(tree.nodes, notes)
    settings = read_globals(tree.nodes, notes)
    drafts, groups = _read_blocks(tree, notes)
    members = _members(groups, drafts, notes)
    owners = {
        group.name
        for name, group in members.items()
        if base_priority(drafts[name]).value == PRIORITY_OWNER
    }
    members = {name: _without_weights(group, owners, notes) for name, group in members.items()}
    intents = tuple(
        Completion(draft, settings, members.get(draft.name)).intent(node)
        for draft in drafts.values()
    )
    intents = tuple(_with_group_state(intents, notes))
    _check_conflicts(intents, notes)
    return Configuration(
        file=tree.file,
        node=node,
        settings=settings,
        intents=intents,
        sync_groups=tuple({group.name: group for group in members.values()}.values()),
        notes=tuple(notes),
        lines=_masked(tree),
        tree=tree.nodes,
    )


def _check_conditions(tree: Tree, config_id: str | None, notes: Notes) -> None:
    if tree.conditions and config_id not in tree.conditions:
        given = f"{config_id!r} is none of them" if config_id else "no name was given"
        text = f"has lines for {', '.join(sorted(tree.conditions))} only; {given}"
        notes.add("condition-unmatched", text, SourceLine(tree.file, 1))


def _check_root(nodes: Iterable[Node], notes: Notes) -> None:
    for node in nodes:
        if node.keyword not in ROOT:
            text = f"keepalived 2.2 does not know {node.keyword!r} here"
            notes.add("unknown-keyword", text, node.line)


def _read_blocks(tree: Tree, notes: Notes) -> tuple[dict[str, Draft], dict[str, SyncGroup]]:
    """Instances and groups, read in order: a reference finds only what stands above it."""
    known: Definitions = {}
    drafts: dict[str, Draft] = {}
    groups: dict[str, SyncGroup] = {}
    for node in tree.nodes:
        read_definition(node, known, notes)
        if node.keyword == "vrrp_instance" and _is_new(node, drafts, notes):
            drafts[node.values[0]] = InstanceReader(node, known, tree.encodings).draft
        elif node.keyword == "vrrp_sync_group" and _is_new(node, groups, notes):
            groups[node.values[0]] = _sync_group(node, known)
    return drafts, groups


def _is_new(node: Node, known: Iterable[str], notes: Notes) -> bool:
    """True for a block with one name that no earlier block has; keepalived skips others."""
    if len(node.values) != 1:
        text = f"{node.keyword} needs exactly one name: keepalived skips the block"
        notes.add("block-skipped", text, node.line)
        return False
    if node.values[0] in known:
        text = f"{node.keyword} {node.values[0]} is there already: keepalived skips this one"
        notes.add("block-skipped", text, node.line)
        return False
    return True


def _sync_group(node: Node, known: Definitions) -> SyncGroup:
    notes = Notes()
    name = node.values[0]
    members: list[Told[str]] = []
    tracked: list[TrackedItem] = []
    weight: Told[bool] = Told(False)
    for child in node.children:
        if child.keyword == "group" and not members:
            members = [Told(word, line.line) for line in child.children for word in line.words]
        elif is_track_keyword(child.keyword):
            read_tracked(child, name, known, tracked, notes)
        elif child.keyword in ("sync_group_tracking_weight", "global_tracking"):
            weight = Told(True, child.line)
        elif child.keyword not in SYNC_GROUP:
            text = f"keepalived 2.2 does not know {child.keyword!r} here"
            notes.add("unknown-keyword", text, child.line)
    items = tuple(replace(item, sync_group=name) for item in tracked)
    return SyncGroup(name, node.line, tuple(members), items, weight, tuple(notes))


def _members(
    groups: dict[str, SyncGroup], drafts: dict[str, Draft], notes: Notes
) -> dict[str, SyncGroup]:
    """The group of each instance that is in one (keepalived: vrrp_sync_set_group)."""
    found: dict[str, SyncGroup] = {}
    for group in groups.values():
        present = tuple(m for m in group.members if m.value in drafts and m.value not in found)
        for member in group.members:
            if member not in present:
                text = f"({group.name}) no instance {member.value}, or it is in another group"
                notes.add("group-member-unknown", text, member.line)
        if len(present) == 1:
            text = f"sync group {group.name} has one member only"
            notes.add("group-of-one", text, group.line)
        complete = replace(group, members=present)
        found.update((member.value, complete) for member in present)
        notes.extend(group.notes)
    return found


def _without_weights(group: SyncGroup, owners: set[str], notes: Notes) -> SyncGroup:
    """An address owner in the group: what the group watches has no weight."""
    if group.name not in owners:
        return group
    for item in group.tracked:
        if not item.faults:
            text = f"({group.name}) a member has priority 255: {item.name} has no weight"
            notes.add("weight-dropped", text, item.line)
    tracked = (replace(item, weight=Told(0, item.weight.line)) for item in group.tracked)
    return replace(group, tracked=tuple(tracked))


def _with_group_state(intents: tuple[Intent, ...], notes: Notes) -> Iterator[Intent]:
    """In a sync group nobody starts as MASTER unless all do and own their addresses.

    keepalived: the end of vrrp_complete_init; nopreempt is cleared before, by the state as told.
    """
    backups = {i.sync_group for i in intents if i.state.value == "BACKUP" or not i.is_owner}
    for intent in intents:
        if intent.sync_group in backups - {None} and intent.state.value == "MASTER":
            text = f"({intent.instance}) starts as BACKUP because of its sync group"
            notes.add("group-state", text, intent.state.line)
            yield replace(intent, state=Told("BACKUP", intent.state.line))
        else:
            yield intent


def _check_conflicts(intents: Iterable[Intent], notes: Notes) -> None:
    """One VRID twice on an interface (keepalived: check_vrid_conflicts)."""
    seen: dict[tuple[object, ...], str] = {}
    for intent in intents:
        if intent.is_unicast or intent.interface.value is None or intent.multicast_group is None:
            continue
        group = intent.multicast_group.value
        key = (intent.interface.value, intent.family.value, intent.vrid.value, group)
        other = seen.setdefault(key, intent.instance)
        if other != intent.instance:
            text = f"{other} and {intent.instance} share a VRID: keepalived does not start"
            notes.add("refused", text, intent.vrid.line)


def _masked(tree: Tree) -> dict[str, tuple[str, ...]]:
    """The lines of the files, with passwords masked and control characters made visible.

    A password can also stand in a definition, so the words themselves are masked as well.
    """
    secrets = sorted(_secrets(tree.nodes), key=len, reverse=True)
    pattern = re.compile("|".join(map(re.escape, secrets))) if secrets else None
    masked = {}
    for file, lines in tree.lines.items():
        texts = (_PASSWORD.sub(rf"\g<1>{_MASK}", line) for line in lines)
        if pattern is not None:
            texts = (pattern.sub(_MASK, text) for text in texts)
        masked[file] = tuple(printable(text) for text in texts)
    return masked


def _secrets(nodes: Iterable[Node]) -> set[str]:
    found: set[str] = set()
    for node in nodes:
        if node.keyword == "auth_pass":
            found.update(word for word in node.values if len(word) >= _SHORTEST_MASKED)
        found |= _secrets(node.children)
    return found
