"""A node that runs FRRouting's zebra and vrrpd."""

import shutil
import subprocess
from pathlib import Path

from lab.journal import Journal
from lab.network import Host
from lab.node import Node
from lab.shell import end, run, wait_for


class Frr(Node):
    """zebra and vrrpd with one configuration file; macvlan devices are the recipe's to add."""

    etc_name = "/etc/frr"

    def __init__(self, host: Host, work: Path, journal: Journal, conf: str) -> None:
        """Write the configuration; nothing runs yet."""
        super().__init__(host, work, journal)
        self.processes: list[subprocess.Popen[bytes]] = []
        (work / f"{self.name}.conf").write_text(conf)
        (self.etc / "frr.conf").write_text(conf)
        (self.run_folder / "frr").mkdir()
        for folder in (self.etc.parent, self.etc, self.run_folder, self.run_folder / "frr"):
            shutil.chown(folder, "frr", "frr")

    def macvlan(self, name: str, mac: str, address: str) -> None:
        """The device that vrrpd wants for a virtual router: a macvlan with the virtual MAC."""
        run = self.host.namespace.run
        run(f"ip link add {name} link eth0 address {mac} type macvlan mode bridge")
        if ":" in address:
            run(f"sysctl -q -w net.ipv6.conf.{name}.accept_dad=0")
        run(f"ip address add {address} dev {name}")
        run(f"ip link set {name} up")

    def start(self) -> None:
        """Start zebra, and vrrpd when zebra listens."""
        self.note("zebra and vrrpd start")
        self._start("zebra", [])
        wait_for((self.run_folder / "frr" / "zserv.api").exists, "zebra to listen")
        self._start("vrrpd", ["-f", "/etc/frr/frr.conf"])

    def _start(self, daemon: str, options: list[str]) -> None:
        command = [f"/usr/lib/frr/{daemon}", *options, "--log", "stdout"]
        with self.log_path.open("ab") as log:
            self.processes.append(self.spawn(command, log))

    def vtysh(self, *lines: str) -> None:
        """Type lines of configuration into the running daemons."""
        words = [word for line in lines for word in ("-c", line)]
        sockets = str(self.run_folder / "frr")
        run(["vtysh", "--vty_socket", sockets, "-d", "vrrpd", "-c", "configure", *words])
        self.note(f"vtysh: `{' / '.join(lines)}`")

    def stop(self) -> None:
        """Orderly stop of vrrpd, then of zebra."""
        self.note("vrrpd and zebra are stopped (SIGTERM)")
        self.close()

    def kill(self) -> None:
        """Both die without a word (SIGKILL)."""
        self.note("vrrpd and zebra are killed (SIGKILL)")
        for process in self.processes:
            process.kill()
            process.wait()

    def close(self) -> None:
        """End both."""
        for process in reversed(self.processes):
            end(process)
        self.processes = []
        (self.run_folder / "frr" / "zserv.api").unlink(missing_ok=True)
