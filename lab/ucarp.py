"""A node that runs ucarp: CARP, which shares VRRP's protocol number and multicast group."""

import subprocess
from pathlib import Path

from lab.journal import Journal
from lab.network import Host
from lab.node import Node
from lab.shell import end

_SCRIPT = '#!/bin/sh\nexec ip address {verb} "$2/24" dev "$1"\n'


class Ucarp(Node):
    """ucarp with one virtual address; the virtual host id is what VRRP calls a VRID."""

    etc_name = "/etc/network"

    def __init__(
        self, host: Host, work: Path, journal: Journal, *, vhid: int, address: str, skew: int
    ) -> None:
        """Write the two scripts; nothing runs yet. `skew` is in 1/256 s; the lowest one wins."""
        super().__init__(host, work, journal)
        self.process: subprocess.Popen[bytes] | None = None
        self.vhid = vhid
        self.virtual_address = address
        self.skew = skew
        for name, verb in (("up", "add"), ("down", "del")):
            (self.etc / name).write_text(_SCRIPT.format(verb=verb))
            (self.etc / name).chmod(0o755)

    def start(self) -> None:
        """Start ucarp with an advertisement base of one second."""
        self.note(f"ucarp starts with VHID {self.vhid} for {self.virtual_address}")
        command = ["ucarp", "--interface=eth0", f"--srcip={self.address}", f"--vhid={self.vhid}"]
        command += ["--pass=lab", f"--addr={self.virtual_address}", "--neutral", "--preempt"]
        command += ["--advbase=1", f"--advskew={self.skew}"]
        command += ["--upscript=/etc/network/up", "--downscript=/etc/network/down"]
        with self.log_path.open("ab") as log:
            self.process = self.spawn(command, log)

    def stop(self) -> None:
        """Orderly stop (SIGTERM)."""
        self.note("ucarp is stopped (SIGTERM)")
        self.close()

    def close(self) -> None:
        """End ucarp."""
        super().close()
        if self.process is not None:
            end(self.process)
