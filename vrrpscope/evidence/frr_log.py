"""What FRRouting's vrrpd says in its log: the wordings of vrrpd/vrrp.c and vrrp_packet.c.

Lines of the level "debug" appear only with `debug vrrp protocol` and `debug vrrp packets`.
"""

import re
from functools import lru_cache

from vrrpscope.evidence.statement import Said
from vrrpscope.evidence.wording import ADDRESS, NUMBER, Fields, Wordings, wording

_HEAD = re.compile(
    r"(?:(?:VRRP|vrrpd): )?(?:\[[A-Z0-9]{5}-[A-Z0-9]{5}\] ?)?(?:\[EC \d+\] ?)?"
    r"(?:\[(?:CORE|ARP|NDISC|ZEBRA|PKT)\] )?"
    r"(?:\[VRID (?P<vrid>\d{1,3})\] )?(?:\[(?P<family>IPv[46])\] )?"
)
_STATE = r"Initialize|Backup|Master"
_INVALID = r"Datagram invalid: "

_KNOWN = Wordings(
    (
        # vrrp_shutdown: a master sends priority 0 before it leaves for Initialize.
        wording((Said.STATE, Said.SENT_RELEASE), r"Master -> (?P<state>Initialize)"),
        wording(Said.STATE, rf"(?:{_STATE}) -> (?P<state>{_STATE})"),
        wording(Said.TIMEOUT, r"Master_Down_Timer expired"),
        wording(
            Said.YIELDED,
            rf"Received advertisement from {ADDRESS} w/ priority (?P<before>{NUMBER}); switching",
        ),
        wording(
            Said.DISCARDED_LOWER,
            rf"Discarding advertisement from {ADDRESS} "
            rf"\((?P<before>{NUMBER}) < (?P<after>{NUMBER}) & preempt",
        ),
        wording(
            Said.ELECTION_FORCED,
            rf"Discarding advertisement from {ADDRESS} "
            rf"\((?P<before>{NUMBER}) <= (?P<after>{NUMBER}) ",
        ),
        wording(
            Said.REJECTED,
            rf"{_INVALID}Advertisement contains VRID (?P<before>\d{{1,3}})",
            reason="vrid-mismatch",
        ),
        wording(
            Said.REJECTED,
            rf"{_INVALID}Received advertisement but we are the address owner",
            reason="duplicate-address-owner",
        ),
        wording(
            Said.REJECTED,
            rf"{_INVALID}Received advertisement with advertisement interval "
            r"(?P<before_s>\d{1,5}) unequal to our configured value (?P<after_s>\d{1,5})",
            reason="advert-interval-mismatch",
        ),
        wording(
            Said.REJECTED,
            rf"{_INVALID}Bad version (?P<before>\d{{1,3}})",
            reason="version-mismatch",
        ),
        wording(Said.REJECTED, rf"{_INVALID}Bad authentication type", reason="auth-type-mismatch"),
        wording(
            Said.REJECTED,
            rf"{_INVALID}Bad VRRP checksum",
            reason="v3-checksum-pseudo-header",
        ),
        wording(
            Said.REJECTED,
            rf"{_INVALID}IPv[46] (?:TTL|Hop Limit) is (?P<before>\d{{1,3}})",
            reason="ttl-not-255",
        ),
        wording(
            Said.REJECTED,
            rf"{_INVALID}IPv4 packet length field",
            reason="length-or-padding-mismatch",
        ),
        wording(Said.REJECTED, rf"{_INVALID}Bad type", reason="packet-type"),
        wording(Said.REJECTED, _INVALID),
        wording(
            Said.ACCEPTED_WITH_WARNING,
            r"Datagram has (?P<before>\d{1,3}) addresses, but this VRRP instance has "
            r"(?P<after>\d{1,5})",
            reason="vip-count-mismatch",
        ),
        wording(Said.SEND_FAILED, r"Failed to send VRRP Advertisement: (?P<reason>.+)"),
        wording(
            Said.BIND_FAILED,
            rf"Failed to bind Tx socket to primary IP address {ADDRESS}(?:/\d+)?: (?P<reason>.+)",
        ),
        wording(Said.BIND_FAILED, r"Failed to find address to bind on (?P<name>\S+)"),
        wording(Said.BIND_FAILED, r"Failed to bind Rx socket to (?P<name>.+): (?P<reason>.+)"),
        wording(Said.INTERFACE, r"Interface (?P<name>\S+) (?P<up>up|down)$"),
        wording(
            Said.CONFIG,
            r"Refusing to start Virtual Router: (?!Already running)(?P<text>.+)",
            reason="refused",
        ),
        wording(
            Said.CONFIG, r"(?P<text>This VRRP router is not the address owner .+)", reason="other"
        ),
        wording(
            Said.GARP,
            r"Sending (?:gratuitous ARP|unsolicited Neighbor Advertisement) "
            rf"on (?P<name>\S+) for {ADDRESS}",
        ),
        wording(Said.STARTED, r"vrrpd (?P<text>\d[\w.-]*) starting"),
        wording(Said.STOPPING, r"Terminating on signal"),
    )
)


@lru_cache(maxsize=4096)
def understand_frr(message: str) -> tuple[tuple[Said, Fields], ...]:
    """What a message of vrrpd says; empty where it is nothing that matters here."""
    head = _HEAD.match(message)
    end = head.end() if head else 0
    where: Fields = {}
    if head and head["vrid"]:
        where["vrid"] = int(head["vrid"])
    if head and head["family"]:
        where["family"] = head["family"].lower()
    return tuple((said, where | fields) for said, fields in _KNOWN.read(message[end:]))
