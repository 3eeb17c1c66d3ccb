"""Crafted logs: lines at seconds of the crafted wire's clock, which begins at 0."""

from ipaddress import ip_address

from sightings import ROUTER, SECOND

from vrrpscope.diagnosis.log_clock import LogClock
from vrrpscope.diagnosis.nodes import Node, TiedBy
from vrrpscope.evidence.intent import parse_configuration_text
from vrrpscope.evidence.logs import read_log_text


def node(
    name: str,
    address: str,
    *lines: tuple[int, str],
    conf: str | None = None,
    compared: bool = True,
) -> Node:
    """A node whose log says these lines of the instance VI_1, or of the daemon, at these times."""
    text = "".join(
        f"1970-01-01T00:{at // 60:02}:{at % 60:02}+00:00 {name} Keepalived_vrrp[7]: {line}\n"
        for at, line in lines
    )
    return Node(
        name=name,
        configuration=parse_configuration_text(conf, f"{name}.conf", name) if conf else None,
        addresses=frozenset({ip_address(address)}),
        tied_by=TiedBy.USER,
        log=read_log_text(text, f"{name}.log", name) if lines else None,
        clock=LogClock(0, 0, 1) if compared else LogClock(None, SECOND, 0),
        instances={ROUTER: "VI_1"},
    )
