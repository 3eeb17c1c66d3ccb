"""The lab: what a recipe is given, and what takes everything down again."""

import time
from contextlib import ExitStack
from ipaddress import ip_interface
from pathlib import Path
from types import TracebackType
from typing import TypeVar

from lab.capture import Capture, merge, merge_tagged, set_clock
from lab.frr import Frr
from lab.journal import Journal
from lab.network import Host, Segment
from lab.node import Keepalived, Node
from lab.stranger import Stranger
from lab.ucarp import Ucarp

N = TypeVar("N", bound=Node)


class Lab:
    """Segments, nodes and captures of one recording; a context manager.

    Everything that was started is ended on the way out, also after an error or Ctrl-C:
    captures first, so that the end of the daemons is not recorded.
    """

    def __init__(self, work: Path) -> None:
        """Record into the folder `work`, which must exist and be empty."""
        self.work = work
        self.journal = Journal()
        self.nodes: list[Node] = []
        self.captures: list[Capture] = []
        self._segments: dict[str, Segment] = {}
        self._stack = ExitStack()

    def __enter__(self) -> "Lab":
        """Enter the context; nothing is made yet."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Take everything down."""
        self._stack.close()

    def segment(self, name: str = "lan") -> Segment:
        """The switch of that name; made when first asked for."""
        if name not in self._segments:
            segment = Segment(name)
            self._stack.callback(segment.namespace.close)
            self._segments[name] = segment
        return self._segments[name]

    def keepalived(
        self,
        name: str,
        address: str,
        conf: str,
        *more_addresses: str,
        segment: str = "lan",
        mac: str | None = None,
    ) -> Keepalived:
        """A node with keepalived, not started yet. Addresses without a prefix get /24 or /64."""
        host = self._host(name, (address, *more_addresses), segment, mac)
        return self._add(Keepalived(host, self.work, self.journal, conf))

    def pair(self, first: str, second: str) -> tuple[Keepalived, Keepalived]:
        """The usual two nodes: dr-1 at 172.31.23.22 and dr-2 at 172.31.23.23, not started yet."""
        return (
            self.keepalived("dr-1", "172.31.23.22", first),
            self.keepalived("dr-2", "172.31.23.23", second),
        )

    def frr(self, name: str, address: str, conf: str, *more_addresses: str) -> Frr:
        """A node with FRRouting's vrrpd, not started yet."""
        host = self._host(name, (address, *more_addresses), "lan", None)
        return self._add(Frr(host, self.work, self.journal, conf))

    def ucarp(self, name: str, address: str, *, vhid: int, virtual: str, skew: int = 0) -> Ucarp:
        """A node with ucarp, which speaks CARP, not started yet."""
        host = self._host(name, (address,), "lan", None)
        node = Ucarp(host, self.work, self.journal, vhid=vhid, address=virtual, skew=skew)
        return self._add(node)

    def stranger(self, name: str, address: str, *options: str) -> Stranger:
        """Another vendor's router, played by `lab/advertise.py` with these options."""
        host = self._host(name, (address,), "lan", None)
        return self._add(Stranger(host, self.work, self.journal, options))

    def client(self, name: str, address: str, segment: str = "lan") -> Node:
        """A machine without VRRP, for example one that asks for the virtual address."""
        host = self._host(name, (address,), segment, None)
        return self._add(Node(host, self.work, self.journal))

    def _add(self, node: N) -> N:
        self._stack.callback(node.close)
        self.nodes.append(node)
        return node

    def _host(self, name: str, addresses: tuple[str, ...], segment: str, mac: str | None) -> Host:
        interfaces = tuple(_with_prefix(address) for address in addresses)
        host = Host(name, self.segment(segment), interfaces, mac or mac_for(interfaces[0]))
        self._stack.callback(host.namespace.close)
        return host

    def capture(
        self,
        name: str = "incident",
        at: Node | None = None,
        segment: str = "lan",
        interface: str | None = None,
    ) -> None:
        """Start to capture: on the switch (each frame once), or on a node's own eth0.

        Another interface of either can be named; "any" shows a frame once for each port.
        """
        if at is None:
            place, namespace = "the switch", self.segment(segment).namespace
            interface = interface or "br0"
        else:
            place, namespace, interface = at.name, at.host.namespace, interface or "eth0"
        place = f"on {place}" if interface == "br0" else f"on {place}'s {interface}"
        capture = Capture(namespace, interface, self.work / f"{name}.pcap")
        self.captures.append(capture)
        self._stack.callback(capture.close)
        self.journal.note(f"`{name}.pcap` starts {place}")

    def end_captures(self) -> None:
        """End all captures; what follows is not recorded."""
        for capture in self.captures:
            capture.close()

    def on_switch(self, command: str, segment: str = "lan") -> None:
        """Run a command line of plain words in the switch, for example a filter on a port."""
        self.journal.note(f"the switch: `{command}`")
        self.segment(segment).namespace.run(command)

    def set_clock(self, name: str, seconds: float, drift_ppm: float = 0.0) -> None:
        """Change the times of a capture afterwards, as if its host had another clock.

        Args:
            name: the capture.
            seconds: how much later the clock is at its first frame.
            drift_ppm: how much more it gains, in millionths.
        """
        self.end_captures()
        set_clock(self.work / f"{name}.pcap", seconds, drift_ppm)
        self.journal.note(
            f"clock changed afterwards: `{name}.pcap` is {seconds:+} s off"
            + (f" and gains {drift_ppm} millionths" if drift_ppm else "")
        )

    def merge_tagged(self, parts: dict[str, int], out: str) -> None:
        """Replace captures by one in which each has its VLAN tag: name to VLAN id."""
        self.end_captures()
        paths = {self.work / f"{name}.pcap": vlan for name, vlan in parts.items()}
        merge_tagged(paths, self.work / f"{out}.pcap")
        for path in paths:
            path.unlink()
        tags = ", ".join(f"{name} as VLAN {vlan}" for name, vlan in parts.items())
        self.journal.note(f"tagged and merged afterwards: {tags}")

    def merge(self, parts: tuple[str, ...], out: str) -> None:
        """Replace captures by one, by the times that each of them has."""
        self.end_captures()
        paths = [self.work / f"{name}.pcap" for name in parts]
        merge(paths, self.work / f"{out}.pcap")
        for path in paths:
            path.unlink()
        self.journal.note(f"merged afterwards into `{out}.pcap`: {' and '.join(parts)}")

    def sleep(self, seconds: float) -> None:
        """Let the daemons work."""
        time.sleep(seconds)

    def note(self, text: str) -> None:
        """Write a step into the journal."""
        self.journal.note(text)

    def who_holds(self, address: str) -> list[str]:
        """Look up, and note, on which nodes the address is configured."""
        names = [node.name for node in self.nodes if node.host.holds(address)]
        self.journal.note(
            f"looked up: {address} is configured on {' and '.join(names) or 'no node'}"
        )
        return names


def _with_prefix(address: str) -> str:
    if "/" in address:
        return address
    return f"{address}/{24 if ip_interface(address).version == 4 else 64}"


def mac_for(interface: str) -> str:
    """A fixed, locally administered MAC that ends like the address: 172.31.23.22 in 1f:17:16."""
    return "52:54:00:" + ip_interface(interface).ip.packed[-3:].hex(":")
