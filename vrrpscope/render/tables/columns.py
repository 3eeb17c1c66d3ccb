"""Which columns the tables have, of which type, in which unit. Promised: add some, change none."""

from msgspec import Struct

TIME = "datetime64[ns, UTC]"
CATEGORY = "category"
TEXT = "string"
FLAG = "boolean"


class Column(Struct, frozen=True):
    """One column.

    `dtype` is the one of pandas: those in capitals, `boolean`, and whatever is no number may hold
    missing values.
    """

    name: str
    dtype: str
    meaning: str


_PLACE = (
    Column("vantage", CATEGORY, "the capture; with several interfaces, the interface of it"),
    Column("virtual_router", CATEGORY, "id, for example ipv4/60, ipv6/60, ipv4/60@30 in VLAN 30"),
    Column("family", CATEGORY, "ipv4 or ipv6"),
    Column("vrid", "uint8", "virtual router identifier"),
    Column("vlan", "UInt16", "VLAN, of several the inner one; missing where untagged"),
    Column("segment", CATEGORY, "the tunnel, for example vxlan:100; missing outside tunnels"),
)

_SENDER = (
    Column("sender", CATEGORY, "source address of the IP header"),
    Column("mac", CATEGORY, "source MAC; missing where the link layer has none"),
)

_NODE = Column("node", CATEGORY, "the router's name, where a configuration or a log tells it")

_ADVERT = (
    Column("destination", CATEGORY, "destination address of the IP header"),
    Column("version", "uint8", "2 or 3"),
    Column("priority", "uint8", "the effective priority; 0 gives the role up"),
    Column("advert_interval_ns", "Int64", "advertised interval, ns; missing where cut off"),
    Column("addresses", CATEGORY, "virtual addresses in the packet's order, between spaces"),
    Column("address_count", "uint8", "how many addresses the packet claims to hold"),
    Column("ttl", "uint8", "TTL or hop limit"),
    Column("auth_type", "UInt8", "0 none, 1 password, 2 AH, 254 MD5; missing in VRRPv3"),
    Column("auth_fingerprint", CATEGORY, "tells two passwords of one file apart, and no more"),
    Column("auth_trailer", CATEGORY, "what follows the message: cisco-md5 or keepalived-hmac"),
    Column("checksum", CATEGORY, "which way of computing it fits, wrong, or unchecked"),
    Column(
        "defects", CATEGORY, "what is wrong with the packet, between spaces; missing if nothing"
    ),
)

_ADVERTS = (
    Column("time", TIME, "when it was captured; missing where the record has no time"),
    Column("frame", "int64", "frame number as Wireshark counts"),
    Column("ip_id", "UInt16", "identification of the IPv4 header; missing for IPv6"),
    *_PLACE,
    *_SENDER,
    *_ADVERT,
)

_STREAKS = (
    *_PLACE,
    *_SENDER,
    _NODE,
    Column("first", TIME, "its first advert"),
    Column("last", TIME, "its last advert"),
    Column("first_frame", "int64", "frame number of the first"),
    Column("last_frame", "int64", "frame number of the last"),
    Column("adverts", "int64", "adverts in it, copies of a mirror port not counted"),
    Column("copies", "int64", "packets seen a second time"),
    *_ADVERT,
    Column("first_ip_id", "UInt16", "identification of the first; missing for IPv6"),
    Column("last_ip_id", "UInt16", "identification of the last; missing for IPv6"),
    Column("ip_id_counts", FLAG, "every step of it was 1; missing where nothing can be said"),
    Column("longest_gap_ns", "int64", "longest pause inside the run, ns"),
    Column(
        "gap_before_ns", "Int64", "pause since the sender spoke last, ns; missing if it had not"
    ),
)

_TENURES = (
    *_PLACE,
    *_SENDER,
    _NODE,
    Column("from", TIME, "its first advert"),
    Column("until", TIME, "its last advert with a priority above 0, or its first release"),
    Column("from_frame", "int64", "frame number of the first"),
    Column("until_frame", "int64", "frame number of the last"),
    Column("duration_ns", "int64", "from the one to the other, ns"),
    Column("ended_by", CATEGORY, "released, silent, yielded or capture-ended"),
    Column("priorities", TEXT, "effective priorities as they were first said, between spaces"),
    Column("adverts", "int64", "adverts sent, releases included"),
)

_HANDOVERS = (
    *_PLACE,
    Column("from", CATEGORY, "address of the old master; missing for the first of the capture"),
    Column("from_node", CATEGORY, "its name, where a configuration or a log tells it"),
    Column("to", CATEGORY, "address of the new master"),
    Column("to_node", CATEGORY, "its name, where a configuration or a log tells it"),
    Column("at", TIME, "the new master's first advert; of a contest, when it was settled"),
    Column("frame", "int64", "frame number of that"),
    Column("kind", CATEGORY, "first, release, expiry, preemption, contest or unexplained"),
    Column("took_ns", "Int64", "since counted_from, ns; missing where that was not seen"),
    Column("expected_low_ns", "Int64", "the least that the timers allow, ns; missing: no timer"),
    Column("expected_high_ns", "Int64", "the most that the timers allow, ns"),
    Column("on_time", FLAG, "it took what the timers allow; missing where no timer governs it"),
    Column("counted_from", TIME, "the last advert that the new master accepted"),
    Column("counted_from_frame", "Int64", "frame number of that"),
    Column("discarded", "int64", "adverts of the old master after it, which were not accepted"),
    Column("basis", CATEGORY, "seen, told or inferred"),
)

_FINDINGS = (
    Column("rule", CATEGORY, "id of the rule: see rules.md"),
    Column("kind", CATEGORY, "symptom, cause or note"),
    Column("severity", CATEGORY, "error, warning or info"),
    Column("verdict", CATEGORY, "proven, likely or possible"),
    *_PLACE,
    Column("at", TIME, "from when"),
    Column("until", TIME, "to when"),
    Column("says", TEXT, "one sentence with names and numbers"),
    Column("explains", TEXT, "the symptoms that it explains, between spaces"),
    Column("not_excluded", TEXT, "what else the evidence leaves open, between semicolons"),
    Column("settle_with", TEXT, "what would decide what is open, between semicolons"),
    Column("remedy", TEXT, "what to do; missing for most symptoms"),
    Column("frames", TEXT, "frame numbers of the evidence, between spaces"),
    Column("display_filter", TEXT, "shows them in Wireshark; missing where it cannot"),
)

TABLES: dict[str, tuple[Column, ...]] = {
    "adverts": _ADVERTS,
    "streaks": _STREAKS,
    "tenures": _TENURES,
    "handovers": _HANDOVERS,
    "findings": _FINDINGS,
}

MEANINGS: dict[str, str] = {
    "adverts": "One row for each advert, in the order of the capture.",
    "streaks": "One row for each run of equal adverts of one sender that came on time.",
    "tenures": "One row for each time that a sender was master.",
    "handovers": "One row for each time that the role passed to another sender.",
    "findings": "One row for each finding, in the order of the report.",
}
