"""What keepalived says when it does not accept an advert, or accepts it with a warning.

From vrrp_in_chk (until 1.4) and vrrp_check_packet; since 2.3.3 the lines name the sender and come
once for each master. The reasons are ids of causes.
"""

from vrrpscope.evidence.statement import Said
from vrrpscope.evidence.wording import ADDRESS, FROM, Wording, wording


def _rejected(reason: str, *patterns: str) -> tuple[Wording, ...]:
    return tuple(wording(Said.REJECTED, pattern, reason=reason) for pattern in patterns)


def _two(theirs: str, own: str) -> str:
    """A pattern of two numbers: theirs before, ours after."""
    return rf"{theirs} ?(?P<before>\d{{1,18}}) and {own} ?(?P<after>\d{{1,18}})"


REJECTIONS: tuple[Wording, ...] = (
    *_rejected("auth-password-mismatch", rf"received? an invalid passwd{FROM}"),
    *_rejected(
        "auth-type-mismatch",
        rf"received? a (?P<before>\d{{1,3}}) auth{FROM}, expecting (?P<after>\d{{1,3}})",
        rf"Invalid auth type{FROM}: (?P<before>\d{{1,3}})",
        rf"Received AH header but auth type not AH{FROM}",
        rf"No AH header but auth type is AH{FROM}",
    ),
    *_rejected(
        "vip-count-mismatch",
        r"received? an (?:unexpected|invalid) ip number count "
        r"(?P<before>\d{1,5}), expected (?P<after>\d{1,5})",
        r"received? an invalid ip number count",
    ),
    *_rejected(
        "vip-list-mismatch",
        r"ip address associated with VRID(?: \d+)? not present in "
        r"(?:MASTER advert|received packet) ?: (?P<name>\S+)",
        r"one or more VIP associated with VRID mismatch",
    ),
    *_rejected(
        "advert-interval-mismatch",
        rf"advertiss?ement interval mismatch(?: with {ADDRESS})? "
        r"mine=(?P<after_s>\d{1,9}) sec rc(?:v'd|ved)=(?P<before_s>\d{1,9})",
        r"advertiss?ement interval mismatch mine=",
    ),
    *_rejected(
        "version-mismatch",
        rf"wrong (?:VRRP )?version{FROM}\. {_two('Received', 'expect')}",
        rf"invalid version\. {_two('', 'expect')}",
    ),
    *_rejected(
        "ttl-not-255",
        rf"invalid TTL/HL{FROM}\. {_two('Received', 'expect')}",
        rf"invalid ttl\. {_two('', 'expect')}",
        rf"TTL/HL (?P<before>\d{{1,3}}){FROM} not in range",
    ),
    *_rejected("v3-checksum-pseudo-header", rf"Invalid VRRP(?:v[23])? checksum{FROM}"),
    *_rejected(
        "length-or-padding-mismatch",
        rf"VRRP packet{FROM} too (?:short|long), {_two('length', 'expect')}",
        rf"ip_tot_len mismatch against received length{FROM}\. {_two('', 'received')}",
        r"IPv[46] VRRP packet (?:with AH )?too short",
        r"(?:ip payload|ip/vrrp header|vrrp header) too short",
        r"Received packet length mismatch against expected",
    ),
    *_rejected("unicast-source-mismatch", rf"unicast source address {ADDRESS} not a unicast peer"),
    *_rejected(
        "unicast-multicast-mismatch",
        rf"Expected (?:un|mult)icast packet but received (?:un|mult)icast packet{FROM}",
        r"discarding (?:un|mult)icast packet on",
    ),
    *_rejected(
        "ah-or-hmac-clock",
        r"IPSEC[- ]AH : (?:invalid|sequence)",
        rf"(?:missing|malformed|stale|replayed) authentication trailer from {ADDRESS}",
        rf"unknown authentication key id \d+ from {ADDRESS}",
        rf"invalid authentication HMAC from {ADDRESS}",
    ),
    *_rejected(
        "vrid-mismatch",
        r"received VRID mismatch\. Received (?P<before>\d{1,3}), Expected (?P<after>\d{1,3})",
        r"Unknown VRID\((?P<vrid>\d{1,3})\) received on interface ?\((?P<name>[^)]+)\)" + FROM,
    ),
    *_rejected("packet-type", r"Invalid packet type"),
    *_rejected(
        "duplicate-address-owner", rf"Dropping packet\(s\){FROM} since we are address owner"
    ),
    # Until 1.4 these close the lines of a rejection; the reason stands before them.
    wording(Said.REJECTED, r"(?:ignoring received advertis|Dropping received VRRP packet)"),
    wording(
        Said.ACCEPTED_WITH_WARNING,
        r"expected (?P<after>\d{1,5}) VIPs but received (?P<before>\d{1,5})",
        reason="vip-count-mismatch",
    ),
    wording(
        Said.ACCEPTED_WITH_WARNING,
        rf"ip address associated with VRID \d+ not present in advert from {ADDRESS}: (?P<name>\S+)",
        reason="vip-list-mismatch",
    ),
    wording(
        Said.ACCEPTED_WITH_WARNING,
        r"advertisement interval mismatch ours = (?P<after_cs>\d{1,9}) centi-sec "
        r"rcv'd=(?P<before_cs>\d{1,9}) centi-sec",
        reason="v3-interval-learned",
    ),
    wording(
        Said.ACCEPTED_WITH_WARNING,
        rf"authentication clock skew -?\d+ sec from {ADDRESS} approaching window",
        reason="ah-or-hmac-clock",
    ),
)
