"""Cases of two crafted routers, with configurations where they are told."""

from ipaddress import ip_address

from sightings import A, B, Wire

from vrrpscope.diagnosis.binding import bind
from vrrpscope.diagnosis.case import Case
from vrrpscope.diagnosis.finding import Finding
from vrrpscope.diagnosis.nodes import Given
from vrrpscope.diagnosis.rule import all_rules
from vrrpscope.evidence.intent import parse_configuration_text

A_MAC = "02:00:00:00:00:10"
B_MAC = "02:00:00:00:00:20"
CLIENT_MAC = "02:00:00:00:00:99"
VIP = "10.0.0.100"


def conf(priority: int, extra: str = "", scripts: dict[str, int] | None = None) -> str:
    """A keepalived.conf; `scripts` are names of checks with their weights."""
    scripts = scripts or {}
    checks = "".join(
        f'vrrp_script {name} {{\n script "/bin/true"\n weight {weight}\n}}\n'
        for name, weight in scripts.items()
    )
    tracked = "track_script {\n" + "\n".join(scripts) + "\n}\n" if scripts else ""
    return (
        f"{checks}vrrp_instance VI_1 {{\n state BACKUP\n interface eth0\n virtual_router_id 60\n"
        f" priority {priority}\n {extra}\n virtual_ipaddress {{\n {VIP}/24\n }}\n {tracked}}}\n"
    )


def case(wire: Wire, a: str | None = None, b: str | None = None) -> Case:
    """The case of what the wire saw, and the routers' configurations."""
    timeline = wire.builder.finish()
    told = [(name, text, at) for name, text, at in (("a", a, A), ("b", b, B)) if text]
    given = [
        Given(name, parse_configuration_text(text, f"{name}.conf", name), ip_address(at))
        for name, text, at in told
    ]
    return Case((timeline,), bind([timeline], given))


def found(rule: str, of: Case) -> list[Finding]:
    """What one rule finds."""
    return list(all_rules()[rule].run(of))


def verdicts(rule: str, of: Case) -> list[str]:
    """The verdicts of what one rule finds."""
    return [str(finding.verdict) for finding in found(rule, of)]
