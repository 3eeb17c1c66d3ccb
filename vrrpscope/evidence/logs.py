"""Logs of keepalived and of FRRouting: from a file to what the daemon said, and when."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from vrrpscope.errors import EvidenceError
from vrrpscope.evidence.log_files import LogFile
from vrrpscope.evidence.log_reading import Found, Kind, Reading, Span
from vrrpscope.evidence.log_stamps import Stamp
from vrrpscope.evidence.statement import Daemon, Log, Said, Statement
from vrrpscope.evidence.told import SourceLine
from vrrpscope.evidence.wording import Fields

_SECOND_NS = 1_000_000_000
_HINT = "journalctl -u keepalived -o short-iso > dr-1.log"
_ACCEPTS_SINCE = (2, 3, 3)
"""keepalived accepts adverts whose addresses differ since this release (RFC 9568 section 7.1)."""

_PID_ENDED = re.compile(r"pid (\d+) (exited due to .+)")
_NO_HOST = frozenset({"localhost", "-"})


def read_log(path: str, node: str | None = None) -> Log:
    """Read a log file, compressed or not.

    Args:
        path: of the file.
        node: whose log it is; where the file has lines of several hosts, one of them.

    Raises:
        EvidenceError: where it cannot be read, is too much, or holds no line of a daemon.
    """
    source = LogFile(path)
    reading = Reading(path)
    for raw in source.lines():
        reading.add(raw)
    notes = [f"{path} is damaged: read up to line {len(reading.texts)}"] if source.damage else []
    return _log(reading, node, notes)


def read_log_text(
    text: str | bytes | Iterable[bytes], file: str = "log", node: str | None = None
) -> Log:
    """Read a log that is in memory already; as `read_log`.

    Raises:
        EvidenceError: where it holds no line of a daemon.
    """
    reading = Reading(file)
    for raw in _lines(text):
        reading.add(raw)
    return _log(reading, node, [])


def _lines(text: str | bytes | Iterable[bytes]) -> Iterator[bytes]:
    if isinstance(text, str):
        text = text.encode("utf-8", "surrogateescape")
    if isinstance(text, bytes):
        text = text.removesuffix(b"\n").split(b"\n") if text else ()
    for line in text:
        yield line.rstrip(b"\r\n")


def _log(reading: Reading, node: str | None, notes: list[str]) -> Log:
    daemon = _daemon(reading, notes)
    host = _host(reading, daemon, node)
    hosts = {f.line.host for f in reading.found}
    same = {name for name in hosts if _is_of(name, host)}
    ours = [f for f in reading.found if f.line.host in same]
    own = [f for f in ours if f.daemon == daemon]
    about = own if daemon == "frr" else [f for f in ours if f.daemon in (daemon, None)]
    kind = _kind(own)
    span = reading.spans.get(kind, Span()) if kind else Span()
    if kind is None:
        notes.append(f"{reading.file}: its lines tell no time of day")
    elif any(f.line.stamp and f.line.stamp[1:3] != kind for f in own):
        notes.append(f"{reading.file}: times in several formats; those of the rarer are not used")
    return Log(
        file=reading.file,
        node=node,
        daemon=daemon,
        host=host,
        statements=tuple(_statements(reading.file, about, kind, leap=span.leap)),
        dated=kind[0] if kind else False,
        zoned=kind[1] if kind else False,
        resolution_ns=span.step_ns if kind else _SECOND_NS,
        first_ns=_time_ns(span.first, leap=span.leap),
        last_ns=_time_ns(span.last, leap=span.leap),
        lines=len(reading.texts),
        read=len(own),
        notes=tuple(notes),
        texts=tuple(reading.texts),
    )


def _daemon(reading: Reading, notes: list[str]) -> Daemon:
    """The daemon that wrote most of the lines.

    Raises:
        EvidenceError: where none did.
    """
    named = (f for f in reading.found if f.line.program or f.said)
    counts = Counter(f.daemon for f in named if f.daemon is not None)
    if not counts:
        what = "binary data" if reading.binary else f"{len(reading.texts)} lines"
        raise EvidenceError(
            f"{reading.file}: expected a log of keepalived or of FRRouting's vrrpd, found {what} "
            "without one line of either",
            f"on the router: {_HINT}",
        )
    daemon, _ = counts.most_common(1)[0]
    if len(counts) > 1:
        notes.append(f"{reading.file}: lines of two daemons; only those of {daemon} are used")
    return daemon


def _host(reading: Reading, daemon: Daemon, node: str | None) -> str | None:
    """The host of the daemon's lines.

    Raises:
        EvidenceError: where there are several, and `node` is none of them.
    """
    counts = Counter(f.line.host for f in reading.found if f.daemon == daemon and f.line.host)
    names: dict[str, str] = {}
    for name, _ in counts.most_common():
        if name.lower() not in _NO_HOST:
            names.setdefault(_short(name), name)
    if len(names) > 1:
        chosen = names.get(_short(node)) if node else None
        if chosen is None:
            several = ", ".join(sorted(names.values())[:5])
            one = next(iter(names.values()))
            raise EvidenceError(
                f"{reading.file}: lines of several hosts: {several}",
                f"name the one that is meant: --log {one}={reading.file}",
            )
        return chosen
    return next(iter(names.values()), next(iter(counts), None))


def _short(host: str) -> str:
    """The name without its domain; an address as it is."""
    return host.lower() if re.fullmatch(r"[\d.:]+", host) else host.lower().partition(".")[0]


def _is_of(name: str | None, host: str | None) -> bool:
    return name is None or host is None or name.lower() in _NO_HOST or _short(name) == _short(host)


def _kind(own: list[Found]) -> Kind | None:
    """What most times of the daemon's lines tell."""
    counts = Counter(f.line.stamp[1:3] for f in own if f.line.stamp is not None)
    return counts.most_common(1)[0][0] if counts else None


def _time_ns(at: tuple[int, Stamp] | None, *, leap: bool) -> int | None:
    """Nanoseconds since the epoch of a stamp, and of the turns of the year before it."""
    if at is None:
        return None
    years, stamp = at
    return stamp.time_ns if stamp.dated else stamp.in_year(years, leap=leap)


def _statements(
    file: str, found: Iterable[Found], kind: Kind | None, *, leap: bool
) -> Iterator[Statement]:
    accepts = True
    ended = ("", "")
    exited = False
    for number, line, years, _, said in found:
        if "exited due to" in line.message:
            ended = _ended(line.message)
        if not said:
            continue
        known = line.stamp is not None and line.stamp[1:3] == kind
        time_ns = _time_ns((years, line.stamp), leap=leap) if known and line.stamp else None
        source = SourceLine(file, number)
        for what, fields in said:
            if what is Said.STARTED:
                accepts = _accepts(str(fields.get("text", "")))
            elif what is Said.CHILD_DIED and exited and "name" in fields:
                continue  # "exited due to ..." and "died: Respawning" are about one death
            rejects = what is Said.ACCEPTED_WITH_WARNING and not accepts
            shown = _how(fields, ended) if what is Said.CHILD_DIED else fields
            yield Statement(Said.REJECTED if rejects else what, source, time_ns, **shown)
        exited = said[0][0] is Said.CHILD_DIED and "name" not in said[0][1]


def _ended(message: str) -> tuple[str, str]:
    """Process and end of "pid 123 exited due to signal 9 (Killed)": a script, or the child."""
    match = _PID_ENDED.match(message)
    return (match[1], match[2]) if match else ("", "")


def _how(fields: Fields, ended: tuple[str, str]) -> Fields:
    """The end of a child with its signal, where a line before tells it of the same process."""
    others = {name: value for name, value in fields.items() if name != "name"}
    return others | ({"text": ended[1]} if fields.get("name") == ended[0] != "" else {})


def _accepts(version: str) -> bool:
    """Whether a release accepts adverts whose addresses differ; True where it is not told."""
    numbers = tuple(int(part[:4]) for part in re.findall(r"\d+", version)[:3])
    return not numbers or numbers >= _ACCEPTS_SINCE
