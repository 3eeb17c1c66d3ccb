"""Times as people write them, and as they type them."""

import re
from datetime import UTC, datetime, timedelta, tzinfo

from msgspec import Struct

from vrrpscope.errors import UsageError
from vrrpscope.protocol.timers import NS

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_SECONDS = re.compile(r"(-?)(\d{1,11})(?:\.(\d{1,9}))?")
_FRACTION = re.compile(r"(?<=:\d\d)[.,](\d+)")


class Clock(Struct, frozen=True):
    """Writes nanoseconds since the epoch in a time zone; `zone` None is the local one."""

    zone: tzinfo | None = UTC

    def moment(self, time_ns: int) -> datetime:
        """The time with microseconds; UTC where the zone has no such time."""
        moment = _EPOCH + timedelta(microseconds=time_ns // 1000)
        try:
            return moment.astimezone(self.zone)
        except (OverflowError, ValueError, OSError):
            return moment

    def time(self, time_ns: int) -> str:
        """The time of the day in milliseconds: "18:10:03.118"."""
        return self.moment(time_ns).strftime("%H:%M:%S.%f")[:-3]

    def date(self, time_ns: int) -> str:
        """For example "2026-11-22"."""
        return self.moment(time_ns).strftime("%Y-%m-%d").zfill(10)

    def full(self, time_ns: int) -> str:
        """Date, time and zone: "2026-11-22 18:10:03.118 UTC"."""
        return f"{self.date(time_ns)} {self.time(time_ns)} {self.zone_name(time_ns)}"

    def zone_name(self, time_ns: int) -> str:
        """The zone as people know it, with its offset where the name says little: "CET +01:00"."""
        moment = self.moment(time_ns)
        name, offset = moment.tzname() or "", moment.strftime("%z")
        offset = f"{offset[:3]}:{offset[3:5]}"
        if name == "UTC":
            return name
        return f"{name} {offset}" if name.isalpha() else offset

    def offset_ns(self, time_ns: int) -> int:
        """What the zone adds to UTC at this time, in nanoseconds."""
        offset = self.moment(time_ns).utcoffset() or timedelta()
        return int(offset.total_seconds()) * NS

    def parse(self, text: str, option: str) -> int:
        """Nanoseconds since the epoch from what a user typed.

        Args:
            text: ISO 8601 with or without a zone (then this clock's), or seconds of the epoch.
            option: the option that it was typed for, to name it in the error.

        Raises:
            UsageError: where it is neither.
        """
        if match := _EPOCH_SECONDS.fullmatch(text.strip()):
            sign, seconds, fraction = match.groups()
            value = int(seconds) * NS + int((fraction or "0").ljust(9, "0"))
            return -value if sign else value
        fraction_ns = 0
        if match := _FRACTION.search(text):
            fraction_ns = int(match[1][:9].ljust(9, "0"))
            text = text[: match.start()] + text[match.end() :]
        try:
            moment = datetime.fromisoformat(text.strip())
            if moment.tzinfo is None:
                moment = _in_zone(moment, self.zone)
            elapsed = moment - _EPOCH
        except (ValueError, OverflowError, OSError) as error:
            raise UsageError(
                f"{option} {text} is no time: neither ISO 8601 nor seconds of the epoch",
                f"type {option} 2026-11-22T18:10:03.5 (with +01:00 or Z for a zone), "
                f"or {option} 1795371003.5",
            ) from error
        whole_s = elapsed.days * 86_400 + elapsed.seconds
        return whole_s * NS + fraction_ns


def _in_zone(moment: datetime, zone: tzinfo | None) -> datetime:
    return moment.astimezone() if zone is None else moment.replace(tzinfo=zone)


def clock(utc: bool, zone_name: str | None) -> Clock:
    """The clock for `--utc` and `--tz`.

    Raises:
        UsageError: both were given, or the zone is unknown.
    """
    if utc and zone_name:
        raise UsageError("--utc and --tz were both given", "give one of them")
    if utc or zone_name == "UTC":
        return Clock(UTC)
    return Clock(_zone(zone_name) if zone_name else None)


def _zone(name: str) -> tzinfo:
    from zoneinfo import ZoneInfo, available_timezones

    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError) as error:
        from difflib import get_close_matches

        close = get_close_matches(name, available_timezones(), 1)
        hint = f"type --tz {close[0]}" if close else "type a name such as --tz Europe/Berlin"
        raise UsageError(f"the time zone {name} is not known here", hint) from error
