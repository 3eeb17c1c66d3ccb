"""Nodes: hosts that run a VRRP daemon, or none."""

import signal
import subprocess
import time
from pathlib import Path
from typing import IO

from lab.journal import Journal
from lab.network import Host
from lab.shell import LabError, children, end, run, send, wait_for

_IN_PRIVATE_RUN = (
    'hostname "$1" && mount --bind "$2/run" /run && mount --bind "$2/etc" "$3" && shift 3 '
    '&& exec "$@"'
)
"""The daemon sees its own /run and its own configuration folder at the usual places.

So no path of the recording machine gets into a configuration or a log.
"""


class Node:
    """A host with its own /run, service and log; the base of the daemons.

    Every method that does something writes it into the journal.
    """

    etc_name = "/etc/keepalived"

    def __init__(self, host: Host, work: Path, journal: Journal) -> None:
        """Give the host a folder for configuration (`etc`), `run` and log."""
        self.host = host
        self.name = host.name
        self.address = host.address
        self.journal = journal
        self.etc = work / host.name / "etc"
        self.run_folder = work / host.name / "run"
        self.etc.mkdir(parents=True)
        self.run_folder.mkdir()
        self.log_path = work / f"{host.name}.log"
        self.log_path.touch()
        (self.run_folder / "service.up").touch()
        self.background: list[subprocess.Popen[bytes]] = []

    def note(self, text: str) -> None:
        """Write a step into the journal, in this node's name."""
        self.journal.note(f"{self.name}: {text}")

    def run(self, command: str) -> str:
        """Run a command line of plain words on the node, for example a firewall rule."""
        self.note(f"`{command}`")
        return self.host.namespace.run(command)

    def resolve(self, address: str) -> None:
        """Forget all neighbours and send a packet to the address: an ARP request goes out."""
        namespace = self.host.namespace
        namespace.run("ip neighbour flush all")
        # A router that does not forward answers nothing: only the ARP exchange matters.
        run(
            [
                "ip",
                "netns",
                "exec",
                namespace.path_name,
                "bash",
                "-c",
                f"echo >/dev/udp/{address}/9",
            ]
        )
        time.sleep(0.2)
        self.note(f"asked for {address}")
        self.neighbour(address)

    def neighbour(self, address: str) -> None:
        """Look up, and note, which MAC the host knows for the address."""
        known = self.host.namespace.run(f"ip neighbour show {address}").strip()
        self.note(f"looked up: its neighbour table says `{known or 'nothing'}`")

    def unplug(self) -> None:
        """Take the node's port out of the switch; the node's own link stays up."""
        self.note("port taken out of the switch, link stays up")
        self.host.segment.unplug(self.host.port)

    def plug(self) -> None:
        """Put the port back."""
        self.host.segment.plug(self.host.port)
        self.note("port back in the switch")

    def reflect(self, on: bool = True) -> None:
        """Let the node's switch port send the node's own frames back to it (hairpin mode)."""
        self.note(f"its switch port {'reflects' if on else 'reflects no more'} (hairpin mode)")
        self.host.segment.reflect(self.host.port, on)

    def service_down(self) -> None:
        """The service fails: the check finds its file no more."""
        (self.run_folder / "service.up").unlink()
        self.note("service fails")

    def service_up(self) -> None:
        """The service is back."""
        (self.run_folder / "service.up").touch()
        self.note("service is back")

    def spawn(self, command: list[str], log: IO[bytes]) -> "subprocess.Popen[bytes]":
        """Start a daemon in the node's namespace; the process id is the daemon's own."""
        prefix = ["nsenter", f"--net={self.host.namespace.path}", "unshare", "--mount", "--uts"]
        shell = ["sh", "-c", _IN_PRIVATE_RUN, "sh", self.name]
        places = [str(self.run_folder.parent), self.etc_name]
        return subprocess.Popen(
            [*prefix, *shell, *places, *command],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "TZ": "UTC", "LC_ALL": "C"},
            start_new_session=True,
        )

    def log_position(self) -> int:
        """How long the log is now, in bytes: what a later `wait_log` may start from."""
        return self.log_path.stat().st_size

    def wait_log(self, text: str, timeout_s: float = 20.0, since: int = 0) -> None:
        """Wait until the log has the text after the position `since`."""

        def found() -> bool:
            return text.encode() in self.log_path.read_bytes()[since:]

        wait_for(found, f"{text!r} in the log of {self.name}", timeout_s)

    def keep_asking(self, address: str) -> None:
        """Ask for the address by ARP once a second from now on, as a busy host does."""
        command = ["arping", "-I", "eth0", "-w", "600", address]
        asking = self.spawn(command, (self.run_folder / "arping").open("wb"))
        self.background.append(asking)
        self.note(f"asks for {address} by ARP once a second")

    def close(self) -> None:
        """End the node's daemon, if there is one, and what runs beside it."""
        for process in self.background:
            end(process)


class Keepalived(Node):
    """A node that runs keepalived."""

    def __init__(self, host: Host, work: Path, journal: Journal, conf: str) -> None:
        """Write the configuration; nothing runs yet."""
        super().__init__(host, work, journal)
        self.process: subprocess.Popen[bytes] | None = None
        self.second: subprocess.Popen[bytes] | None = None
        self.generations = 0
        self._write(conf)

    def _write(self, conf: str) -> None:
        """Keep every configuration that ran: `<node>.conf`, then `<node>-2.conf`."""
        self.generations += 1
        suffix = f"-{self.generations}" if self.generations > 1 else ""
        (self.log_path.parent / f"{self.name}{suffix}.conf").write_text(conf)
        (self.etc / "keepalived.conf").write_text(conf)

    def script(self, name: str, text: str) -> None:
        """Put a script at /etc/keepalived/NAME and keep it with the recording."""
        (self.etc / name).write_text(text)
        (self.etc / name).chmod(0o755)
        (self.log_path.parent / f"{self.name}.{name}").write_text(text)

    def start(self, conf: str | None = None, options: tuple[str, ...] = ()) -> None:
        """Start keepalived, with another configuration or further options where some are given."""
        if conf is not None:
            self._write(conf)
        command = ["keepalived", "--dont-fork", "--log-console", "--no-syslog", "--log-detail"]
        command += ["--vrrp", *options]
        self.note(f"keepalived starts{''.join(f' `{option}`' for option in options)}")
        with self.log_path.open("ab") as log:
            self.process = self.spawn(command, log)

    def start_second(self, conf: str | None = None) -> None:
        """Start another keepalived beside the first one, with process id files of its own.

        It reads the configuration that is given, else that of the first one. Its log is
        `<node>-second.log`.
        """
        options = ["--pid", "/run/second.pid", "--vrrp_pid", "/run/second-vrrp.pid"]
        if conf is not None:
            (self.log_path.parent / f"{self.name}-second.conf").write_text(conf)
            (self.etc / "second.conf").write_text(conf)
            options += ["--use-file", "/etc/keepalived/second.conf"]
        command = ["keepalived", "--dont-fork", "--log-console", "--no-syslog", "--log-detail"]
        self.note("a second keepalived starts, with process id files of its own")
        with (self.log_path.parent / f"{self.name}-second.log").open("ab") as log:
            self.second = self.spawn([*command, "--vrrp", *options], log)

    @property
    def _parent(self) -> "subprocess.Popen[bytes]":
        if self.process is None:
            raise LabError(f"{self.name}: keepalived was not started")
        return self.process

    @property
    def vrrp_pid(self) -> int:
        """Process id of the VRRP child."""
        wait_for(lambda: bool(children(self._parent.pid)), f"the VRRP child of {self.name}")
        return children(self._parent.pid)[0]

    def stop(self) -> None:
        """Orderly stop (SIGTERM): a master gives its role up with priority 0."""
        self.note("keepalived is stopped (SIGTERM)")
        end(self._parent, timeout_s=10)

    def restart(self) -> None:
        """Stop and start again."""
        self.stop()
        self.start()

    def kill(self) -> None:
        """Both processes die at once, as in a power cut: nothing is sent, addresses stay."""
        child = self.vrrp_pid
        # The parent must neither respawn the child nor, by dying first, make it end politely.
        send(self._parent.pid, signal.SIGSTOP)
        send(child, signal.SIGKILL)
        send(self._parent.pid, signal.SIGKILL)
        self._parent.wait()
        self.note("both keepalived processes are killed (SIGKILL, child first)")

    def power_cut(self) -> None:
        """The machine is gone: the wire is dead, both processes and the addresses they set too.

        The wire dies first; a kernel that lives on would tell the switch that nobody listens to
        224.0.0.18 any more (IGMP leave).
        """
        self.host.segment.unplug(self.host.port)
        self.note("power cut")
        child = self.vrrp_pid
        send(self._parent.pid, signal.SIGSTOP)
        send(child, signal.SIGKILL)
        send(self._parent.pid, signal.SIGKILL)
        self._parent.wait()
        time.sleep(0.2)
        self.host.reset()

    def power_on(self) -> None:
        """The machine boots, and keepalived with it."""
        self.note("power is back")
        self.host.segment.plug(self.host.port)
        self.start()

    def kill_parent(self) -> None:
        """Only the parent dies: its child gets a signal, and ends in good order."""
        send(self._parent.pid, signal.SIGKILL)
        self._parent.wait()
        self.note("the parent process alone is killed (SIGKILL)")

    def freeze(self) -> None:
        """The whole machine stands still, as a virtual machine during a snapshot.

        Imitated: its processes are paused, and its port is out of the switch.
        """
        self.host.segment.unplug(self.host.port)
        for pid in (self.vrrp_pid, *(process.pid for process in self.background)):
            send(pid, signal.SIGSTOP)
        self.note("the machine freezes (imitated: processes paused, port out of the switch)")

    def thaw(self) -> None:
        """The machine goes on."""
        self.host.segment.plug(self.host.port)
        for pid in (self.vrrp_pid, *(process.pid for process in self.background)):
            send(pid, signal.SIGCONT)
        self.note("the machine goes on")

    def kill_child(self) -> None:
        """Only the VRRP child dies; the parent starts another one."""
        send(self.vrrp_pid, signal.SIGKILL)
        self.note("the VRRP child is killed (SIGKILL)")

    def pause(self) -> None:
        """The VRRP child gets no processor any more (SIGSTOP)."""
        send(self.vrrp_pid, signal.SIGSTOP)
        self.note("the VRRP process is paused (SIGSTOP)")

    def resume(self) -> None:
        """The VRRP child goes on (SIGCONT)."""
        send(self.vrrp_pid, signal.SIGCONT)
        self.note("the VRRP process goes on (SIGCONT)")

    def reload(self, conf: str | None = None) -> None:
        """Reload (SIGHUP), with another configuration where one is given."""
        if conf is not None:
            self._write(conf)
        send(self._parent.pid, signal.SIGHUP)
        self.note("keepalived reloads (SIGHUP)" + (", new configuration" if conf else ""))

    def close(self) -> None:
        """End keepalived and its child, and what runs beside them."""
        super().close()
        for process in (self.process, self.second):
            if process is not None:
                for pid in children(process.pid):
                    send(pid, signal.SIGCONT)
                end(process)
