"""Segments and hosts: bridges and nodes, each in a network namespace of its own."""

import contextlib
import os
import signal
from ipaddress import ip_interface
from pathlib import Path

from lab.shell import LabError, run, send

_SYSCTLS = ("net.ipv6.conf.all.accept_dad=0", "net.ipv6.conf.default.accept_dad=0")


class Namespace:
    """A network namespace with a name that no other run has."""

    def __init__(self, name: str) -> None:
        """Make the namespace; `vs-<process id>-<name>` lets runs go side by side."""
        self.path_name = f"vs-{os.getpid()}-{name}"
        run(["ip", "netns", "add", self.path_name])
        self.run("ip link set lo up")

    @property
    def path(self) -> Path:
        """Where the namespace is bound."""
        return Path("/run/netns") / self.path_name

    def run(self, command: str) -> str:
        """Run one command line of plain words in the namespace."""
        return run(["ip", "netns", "exec", self.path_name, *command.split()])

    def close(self) -> None:
        """End what still runs in here, by process id, and delete the namespace."""
        with contextlib.suppress(LabError):
            for pid in run(["ip", "netns", "pids", self.path_name]).split():
                send(int(pid), signal.SIGKILL)
        with contextlib.suppress(LabError):
            run(["ip", "netns", "del", self.path_name])


class Segment:
    """A switch: a bridge that floods multicast, and whose own interface sees every frame once."""

    def __init__(self, name: str) -> None:
        """Make the bridge `br0` in a namespace of its own."""
        self.name = name
        self.namespace = Namespace(name)
        self.namespace.run("sysctl -q -w net.ipv6.conf.all.disable_ipv6=1")
        # Spanning tree off and no delay: a port forwards as soon as it is plugged in.
        self.namespace.run("ip link add br0 type bridge mcast_snooping 0 forward_delay 0")
        self.namespace.run("ip link set br0 up")

    def plug(self, port: str) -> None:
        """Attach a port to the bridge."""
        self.namespace.run(f"ip link set {port} master br0")

    def reflect(self, port: str, on: bool) -> None:
        """Hairpin mode: send every frame that comes in by the port out by it again as well."""
        self.namespace.run(f"bridge link set dev {port} hairpin {'on' if on else 'off'}")

    def unplug(self, port: str) -> None:
        """Take a port out of the bridge; the link of the host stays up."""
        self.namespace.run(f"ip link set {port} nomaster")


class Host:
    """A machine on a segment: a namespace with `eth0`, a fixed MAC and fixed addresses."""

    def __init__(self, name: str, segment: Segment, addresses: tuple[str, ...], mac: str) -> None:
        """Make the host and plug it in.

        IPv6 is off unless one of the addresses is IPv6: MLD would only blur an IPv4 case.
        """
        self.name = name
        self.segment = segment
        self.mac = mac
        self.addresses = addresses
        self.namespace = Namespace(name)
        self.port = f"p-{name}"[:15]
        self._set_ipv6(any(ip_interface(address).version == 6 for address in addresses))
        self._connect()

    def _set_ipv6(self, wanted: bool) -> None:
        for sysctl in _SYSCTLS:
            self.namespace.run(f"sysctl -q -w {sysctl}")
        if not wanted:
            self.namespace.run("sysctl -q -w net.ipv6.conf.all.disable_ipv6=1")
            self.namespace.run("sysctl -q -w net.ipv6.conf.default.disable_ipv6=1")

    def _connect(self) -> None:
        bridge_side = self.segment.namespace
        self.namespace.run(
            f"ip link add eth0 address {self.mac} type veth "
            f"peer name {self.port} netns {bridge_side.path_name}"
        )
        bridge_side.run(f"ip link set {self.port} master br0")
        bridge_side.run(f"ip link set {self.port} up")
        self.reset()
        self.namespace.run("ip link set eth0 up")

    def reset(self) -> None:
        """Give eth0 the host's own addresses and no others."""
        self.namespace.run("ip address flush dev eth0 scope global")
        for address in self.addresses:
            self.namespace.run(f"ip address add {address} dev eth0")

    @property
    def address(self) -> str:
        """The first address, without its prefix length."""
        return str(ip_interface(self.addresses[0]).ip)

    def holds(self, address: str) -> bool:
        """True where the address is configured on any interface of the host."""
        return f" {address}/" in self.namespace.run("ip address show")
