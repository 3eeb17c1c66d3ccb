"""Live frames through dumpcap, Wireshark's small program that may capture where a user may not.

pyshark finds dumpcap, also where its configuration file says so; it is run as pyshark's
LiveCapture runs it, and its pcapng is read here. LiveCapture itself pipes that into tshark and
gives dissected packets only: the bytes of a frame would come back as hexadecimal text of tshark,
later and at many times the price, and only where tshark is installed and an event loop runs.
"""

import os
import select
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import suppress

from vrrpscope.capture.ledger import printable
from vrrpscope.capture.live import kernel_filter, refusals
from vrrpscope.capture.live.pumped import Pipe, PumpedSource
from vrrpscope.capture.source import CaptureFile
from vrrpscope.errors import CaptureError

ANY = "any"
_BUFFER_MIB = 16
_START_S = 10.0
_END_S = 3.0
_PIECE = 1 << 16
_MOST_MESSAGES = 4096
_NOT_PERMITTED = ("permission", "Operation not permitted")


class PysharkLive(PumpedSource):
    """Frames that dumpcap captures, with a filter of the kernel."""

    def __init__(
        self, interfaces: Sequence[str], *, promiscuous: bool = True, tunnels: bool = False
    ) -> None:
        """Starts dumpcap, and waits until it captures.

        Args:
            interfaces: their names; "any" is Linux's own for all of them.
            promiscuous: whether to hear what is for other hosts.
            tunnels: whether frames come through that may carry VRRP in a tunnel.

        Raises:
            CaptureError: dumpcap is not there, or cannot capture on one of the interfaces.
        """
        self._shown = ", ".join(interfaces)
        self._closing = False
        super().__init__(f"dumpcap on {self._shown}, kernel filter")
        for interface in interfaces:
            _check(interface)
        self._messages = tempfile.TemporaryFile()  # noqa: SIM115 - `close` closes it
        command = [_program(), *_parameters(interfaces, promiscuous, tunnels)]
        try:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=self._messages,
                env={**os.environ, "LC_ALL": "C"},
                start_new_session=True,  # Ctrl-C is for us, and we end it
            )
        except OSError as error:
            self._messages.close()
            raise self._not_started(error) from error
        try:
            self._beginning = self._begin()
        except BaseException:
            self.close()
            raise
        self.start()

    def _not_started(self, error: OSError) -> CaptureError:
        if isinstance(error, PermissionError):
            return refusals.dumpcap_not_permitted(self._shown, error.strerror or str(error))
        return CaptureError(
            f"dumpcap cannot be run: {error.strerror or error}", "dumpcap --version"
        )

    def _begin(self) -> bytes:
        """The first bytes that dumpcap writes: it does so when it captures."""
        output = self._output()
        poll = select.poll()
        poll.register(output, select.POLLIN)
        beginning = os.read(output, _PIECE) if poll.poll(_START_S * 1000) else b""
        if not beginning:
            raise self._failure()
        return beginning

    def _output(self) -> int:
        return self._process.stdout.fileno() if self._process.stdout else -1

    def _said(self) -> list[str]:
        """What dumpcap complained about, line by line, when it has ended."""
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(_END_S)
        self._messages.seek(0)
        said = self._messages.read(_MOST_MESSAGES).decode(errors="replace").splitlines()
        first = next((at for at, line in enumerate(said) if line.startswith("dumpcap: ")), None)
        return [] if first is None else [said[first].removeprefix("dumpcap: "), *said[first + 1 :]]

    def _failure(self) -> CaptureError:
        said = self._said() or ["it ended without a word"]
        if any(word in " ".join(said[:2]) for word in _NOT_PERMITTED):
            return refusals.dumpcap_not_permitted(self._shown, said[1] if said[1:] else said[0])
        return CaptureError(
            f"dumpcap failed on {self._shown}: {printable(' '.join(said[:2]))}",
            f"try it alone: dumpcap -i {self._shown.replace(', ', ' -i ')} -w /dev/null",
        )

    def _captures(self) -> Iterator[CaptureFile]:
        pipe = Pipe(self._output(), self.stopping)

        def read(count: int) -> bytes:
            beginning, self._beginning = self._beginning[:count], self._beginning[count:]
            return beginning or pipe.read(count)

        yield CaptureFile(read, "dumpcap")
        if self._closing:
            return
        for line in self._said()[:1]:  # an interface that is deleted is no failure for dumpcap
            self.note(f"dumpcap: {printable(line)}")
        if self._process.returncode:
            raise self._failure()

    def close(self) -> None:
        """Ends dumpcap; it says at its end how many frames were dropped."""
        if self._messages.closed:
            return
        self._closing = True
        self._process.terminate()
        if self._thread.ident is not None:
            self._thread.join(_END_S)
        super().close()
        try:
            self._process.wait(_END_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stdout:
            self._process.stdout.close()
        self._messages.close()


def _check(interface: str) -> None:
    """Says that an interface does not exist before dumpcap says that it may not look."""
    try:
        if interface != ANY:
            socket.if_nametoindex(interface)
    except OSError as error:
        raise refusals.no_such_interface(interface) from error


def _program() -> str:
    from pyshark.tshark import tshark  # takes 0.1 s

    try:
        return str(tshark.get_process_path(process_name="dumpcap"))
    except tshark.TSharkNotFoundException as error:
        raise CaptureError(
            "dumpcap, which captures in our place, is not installed",
            "install it, on Debian: sudo apt install wireshark-common",
        ) from error


def _parameters(interfaces: Sequence[str], promiscuous: bool, tunnels: bool) -> list[str]:
    """Those of pyshark's LiveCapture; what stands before the interfaces is for all of them."""
    parameters = ["-q", "-B", str(_BUFFER_MIB), "-f", kernel_filter.expression(tunnels)]
    parameters += [] if promiscuous else ["-p"]
    for interface in interfaces:
        parameters += ["-i", interface]
    return [*parameters, "-w", "-"]
