"""The text of keepalived.conf, written the way an administrator would."""

from dataclasses import dataclass

AUTH_PASS = "7c1e9b40a25f3d86e0b8174f69d2ac53"
"""Not a secret: the recordings are public. 32 characters, of which keepalived uses 8."""


@dataclass(frozen=True)
class Check:
    """A vrrp_script that tests whether the service is up.

    Attributes:
        weight: 0 puts the instance into FAULT when the check fails.
        interval_s, fall, rise: as in keepalived.conf.
        script: None for the test of the file that `Node.service_down` removes.
    """

    weight: int = -2
    interval_s: int = 3
    fall: int = 2
    rise: int = 2
    script: str | None = None

    def text(self) -> str:
        """The vrrp_script block."""
        script = self.script or "/usr/bin/test -e /run/service.up"
        return _block(
            "vrrp_script chk_service",
            [
                f'script "{script}"',
                f"interval {self.interval_s}",
                f"weight {self.weight}",
                f"fall {self.fall}",
                f"rise {self.rise}",
            ],
        )


@dataclass(frozen=True)
class Instance:
    """A vrrp_instance. `extra` are further lines, such as "preempt_delay 5"."""

    priority: int
    vrid: int = 60
    addresses: tuple[str, ...] = ("172.31.23.6",)
    name: str = "VI_1"
    state: str = "BACKUP"
    interface: str = "eth0"
    advert_int: str = "1"
    version: int | None = None
    nopreempt: bool = False
    auth_type: str | None = "PASS"
    auth_pass: str = AUTH_PASS
    unicast_src_ip: str | None = None
    unicast_peers: tuple[str, ...] = ()
    extra: tuple[str, ...] = ()

    def text(self, tracked: bool) -> str:
        """The vrrp_instance block; version 3 and no authentication go without auth lines."""
        lines = [f"state {self.state}"]
        lines += ["nopreempt"] if self.nopreempt else []
        lines += [f"interface {self.interface}", f"virtual_router_id {self.vrid}"]
        lines += [f"priority {self.priority}", f"advert_int {self.advert_int}"]
        lines += [f"version {self.version}"] if self.version else []
        lines += list(self.extra)
        if self.unicast_src_ip:
            lines += [f"unicast_src_ip {self.unicast_src_ip}"]
        if self.unicast_peers:
            lines += _inner("unicast_peer", self.unicast_peers)
        if self.auth_type and self.version != 3:
            pair = (f"auth_type {self.auth_type}", f"auth_pass {self.auth_pass}")
            lines += _inner("authentication", pair)
        lines += _inner("virtual_ipaddress", self.addresses)
        lines += _inner("track_script", ("chk_service",)) if tracked else []
        return _block(f"vrrp_instance {self.name}", lines)


def _inner(head: str, lines: tuple[str, ...]) -> list[str]:
    return [f"{head} {{", *(f"    {line}" for line in lines), "}"]


def _block(head: str, lines: list[str]) -> str:
    return "\n".join([f"{head} {{", *(f"    {line}" for line in lines), "}"]) + "\n"


def keepalived_conf(
    *instances: Instance,
    check: Check | None = None,
    global_lines: tuple[str, ...] = (),
    more: str = "",
) -> str:
    """The whole file: global_defs, the check where there is one, the instances, and `more`."""
    defs = ["enable_script_security", "script_user root", *global_lines]
    blocks = [_block("global_defs", defs)]
    if check:
        blocks.append(check.text())
    blocks += [instance.text(check is not None) for instance in instances]
    if more:
        blocks.append(more.strip() + "\n")
    return "\n".join(blocks)
